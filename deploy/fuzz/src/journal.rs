//! `export.journal`, from which a killed writer goes on.

use coffret_export::ExportWriter;
use coffret_export::fuzzing::journal;
use coffret_export::sample::Sample;

use crate::export;

/// Any bytes as a journal.
pub fn check(bytes: &[u8]) {
    if let Some(written) = journal(bytes) {
        assert_eq!(journal(&written).as_ref(), Some(&written), "what is written of a journal is read as it was written");
    }
}

/// What a writer leaves that was not finished.
pub fn seeds() -> Vec<Vec<u8>> {
    [0, 3, 5000]
        .map(|size| {
            let (folder, sample) = (export::folder(), Sample::new(size.max(1)));
            let plan = sample.plan(coffret_export::Scope::default(), Vec::new());
            let mut writer = ExportWriter::create_or_resume(folder.path(), plan).expect("the folder is empty");
            (0..size).for_each(|index| writer.push(&sample.entry(index).entry()).expect("the entry is the log's"));
            drop(writer);
            std::fs::read(folder.path().join("export.journal")).expect("a writer begins with its journal")
        })
        .into()
}
