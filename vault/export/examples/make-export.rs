//! Writes an export of invented entries, the same for the same numbers; to try verifiers out.
//!
//!     cargo run --release -p coffret-export --example make-export -- FOLDER [ENTRIES] [PROOFS]
//!
//! Beside the export, in FOLDER.checkpoints, lie ten older checkpoints of the log (`<size>.checkpoint`), each with the consistency
//! proof from it to the exported one (`<size>.proof`: a hash in base64 a line). Goes on where it was killed.

use std::error::Error;
use std::path::PathBuf;

use coffret_export::sample::{self, Sample};
use coffret_export::{ExportWriter, Plan, Scope};
use coffret_ledger::{Frontier, ProofPlan, TilePath, TiledTree, proof_to_lines};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("say into which folder")?);
    let size: u64 = arguments.next().map_or(Ok(1000), |number| number.parse())?;
    let proofs: u64 = arguments.next().map_or(Ok(100.min(size)), |number| number.parse())?;
    let sample = Sample::new(size);

    let older: Vec<u64> = (1..=10).map(|tenth| (size * tenth / 11).max(1)).filter(|old| *old < size).collect();
    let mut checkpoints = Vec::new();
    let mut tree = Frontier::new();
    for index in 0..size {
        tree.append(sample.entry(index).leaf.hash());
        if older.contains(&tree.size()) {
            checkpoints.push(sample::sign(&tree));
        }
    }
    let chosen = (0..proofs).map(|number| number * size / proofs.max(1)).collect();
    let plan = Plan { parquet: true, ..sample::plan(sample::sign(&tree), Scope::default(), chosen) };
    let mut writer = ExportWriter::create_or_resume(&folder, plan)?;
    for index in writer.next_index()..size {
        writer.push(&sample.entry(index).entry())?;
    }
    let finished = writer.finish(&sample::signer())?;

    let mut beside = folder.clone().into_os_string();
    beside.push(".checkpoints");
    std::fs::create_dir_all(&beside)?;
    for checkpoint in checkpoints {
        let old = checkpoint.checkpoint().size();
        let mut tiles = TiledTree::new(size, |path: TilePath| std::fs::read(folder.join(path.to_string())));
        let proof = ProofPlan::consistency(old, size)?.make(&mut tiles)?;
        std::fs::write(PathBuf::from(&beside).join(format!("{old}.checkpoint")), checkpoint.to_string())?;
        std::fs::write(PathBuf::from(&beside).join(format!("{old}.proof")), proof_to_lines(&proof))?;
    }
    #[allow(clippy::print_stdout, reason = "a program tells what it did")]
    {
        println!("{} files, {} bytes; the key is {}", finished.files, finished.bytes, sample::signer().verifier_key());
    }
    Ok(())
}
