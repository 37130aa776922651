//! A small whole export, made once, for the targets that begin with a good one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use coffret_export::sample::{Sample, SampleEntry, signer};
use coffret_export::{Entry, ExportWriter, Plan, Scope};
use coffret_ledger::JwsSigner;
use tempfile::TempDir;

/// Entries of the export.
pub const SIZE: u64 = 5;

/// An export, file by file.
#[derive(Clone, Debug)]
pub struct Export(pub BTreeMap<String, Vec<u8>>);

/// With columns, receipts and a proof.
pub static EXPORT: LazyLock<Export> = LazyLock::new(|| {
    let folder = folder();
    write(folder.path());
    Export::read(folder.path())
});

/// A folder that goes when it is dropped; in memory where there is such a place.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder can be made")
}

impl Export {
    /// Reads a folder of plain files.
    pub fn read(root: &Path) -> Self {
        let (mut files, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
        while let Some(folder) = folders.pop() {
            for found in std::fs::read_dir(folder).expect("a folder is read") {
                let path = found.expect("a folder is read").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(root).expect("it lies below").to_str().expect("names are plain").to_owned();
                    files.insert(name, std::fs::read(&path).expect("a file is read"));
                }
            }
        }
        Self(files)
    }

    /// The bytes of a file that is there.
    pub fn file(&self, name: &str) -> &[u8] {
        &self.0[name]
    }

    /// Writes all files into a folder.
    pub fn write(&self, root: &Path) {
        for (name, bytes) in &self.0 {
            put(root, name, bytes);
        }
    }
}

/// Writes a file, and the folders above it; false where something else lies in its place.
pub fn put(root: &Path, name: &str, bytes: &[u8]) -> bool {
    let path = root.join(name);
    path.parent().is_some_and(|above| std::fs::create_dir_all(above).is_ok()) && std::fs::write(path, bytes).is_ok()
}

/// The key of receipts.
pub fn receipt_key() -> JwsSigner {
    JwsSigner::from_seed(&[5; 32]).expect("a sound key")
}

/// What is exported.
pub fn plan() -> Plan {
    let public = receipt_key().public().clone();
    let keys = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{}","kid":"{}"}}]}}"#, public.x(), public.id());
    let scope = Scope { receipts: true, ..Scope::default() };
    Plan { parquet: true, receipt_keys: keys, ..Sample::new(SIZE).plan(scope, vec![2]) }
}

fn write(folder: &Path) {
    let sample = Sample::new(SIZE);
    let mut writer = ExportWriter::create_or_resume(folder, plan()).expect("the folder is empty");
    for index in 0..SIZE {
        let entry = sample.entry(index);
        let receipt = (index == 3).then(|| receipt(&entry));
        let record = (index == 3).then_some(r#"{"@type":["dpv:ConsentRecord"]}"#);
        writer.push(&Entry { receipt: receipt.as_deref(), record, ..entry.entry() }).expect("the entry is the log's");
    }
    writer.finish(&signer()).expect("all entries are there");
}

/// The receipt of an entry, which says what the entry says.
fn receipt(entry: &SampleEntry) -> String {
    let details: serde_json::Value = serde_json::from_str(&entry.details).expect("details are JSON");
    let said = serde_json::json!({"entry": {
        "stream": details["stream"], "sequence": details["sequence"], "event": uuid::Uuid::from_bytes(entry.leaf.id),
        "commitment": hex(&entry.leaf.commit), "details": details,
    }});
    receipt_key().sign("consent-receipt+jwt", said.to_string().as_bytes())
}

/// Hexadecimal in lower case.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
