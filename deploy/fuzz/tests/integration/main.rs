//! Each target on its seeds and on changes of them, without a fuzzer.
#![allow(clippy::unwrap_used, reason = "every function here is part of a test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use coffret_fuzz::{TARGETS, Target};
use proptest::prelude::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder, in order; none where there is no such folder.
fn files(folder: PathBuf) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What was found by fuzzing, and the seeds.
fn inputs(target: &Target) -> Vec<Vec<u8>> {
    let kept = files(root().join("seeds").join(target.name)).into_iter().map(|path| std::fs::read(path).unwrap());
    kept.chain((target.seeds)()).collect()
}

#[test]
fn every_target_holds_on_its_seeds_and_on_what_was_found() {
    for target in TARGETS {
        let inputs = inputs(target);
        assert!(inputs.len() >= 2, "{} has seeds", target.name);
        for input in &inputs {
            (target.check)(input);
        }
    }
}

#[test]
fn seeds_are_the_same_each_time() {
    for target in TARGETS {
        assert!((target.seeds)() == (target.seeds)(), "{}", target.name);
    }
}

#[test]
fn every_target_has_a_fuzzer_and_every_fuzzer_a_target() {
    let names: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let built: BTreeSet<&str> = manifest.lines().skip_while(|line| *line != "[[bin]]").filter_map(|line| line.split('"').nth(1)).collect();
    let built: BTreeSet<&str> = built.into_iter().filter(|name| *name != "libfuzzer").collect();
    let programs = files(root().join("src/bin"));
    let written: BTreeSet<&str> = programs.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
    assert_eq!((&built, &written), (&names, &names));
    assert_eq!(manifest.matches("required-features = [\"libfuzzer\"]").count(), names.len());
    for program in &programs {
        let text = std::fs::read_to_string(program).unwrap();
        assert!(text.contains(&format!("coffret_fuzz::fuzz!({});", program.file_stem().unwrap().to_str().unwrap())));
        assert!(text.starts_with("//! ") && text.lines().next().unwrap().ends_with('.'));
    }
    for kept in files(root().join("seeds")).iter().filter(|path| path.is_dir()) {
        assert!(names.contains(kept.file_name().unwrap().to_str().unwrap()), "{} is of no target", kept.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// A fuzzer looks further; this is what runs everywhere.
    #[test]
    fn every_target_holds_on_changed_seeds(
        seed in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..20,
        instead in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        for target in TARGETS {
            let inputs = inputs(target);
            let input = &inputs[seed.index(inputs.len())];
            let at = at.index(input.len() + 1);
            let end = (at + cut).min(input.len());
            (target.check)(&[&input[..at], &instead, &input[end..]].concat());
            (target.check)(&input[..at]);
        }
    }
}
