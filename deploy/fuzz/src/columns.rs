//! `events.parquet`: what is read is what was written, and hostile files cost neither the process nor its memory.

use std::sync::LazyLock;

use coffret_export::fuzzing::{columns, is_of};
use coffret_export::sample::{Sample, SampleEntry};
use coffret_ledger::Leaf;

use crate::export::SIZE;

static ENTRIES: LazyLock<Vec<SampleEntry>> = LazyLock::new(|| (0..SIZE).map(|index| Sample::new(SIZE).entry(index)).collect());

fn rows() -> Vec<(Leaf, &'static str)> {
    ENTRIES.iter().map(|entry| (entry.leaf, entry.details.as_str())).collect()
}

/// Any bytes as a file of columns; any texts as the details of its rows.
pub fn check(bytes: &[u8]) {
    // Whether it is one is for the reader to say: that it ends, and in how much memory, is what counts.
    let _ = is_of(bytes.to_vec(), &rows());
    let texts: Vec<(Leaf, &str)> = bytes
        .split(|byte| *byte == b'\n')
        .zip(0_u8..200)
        .filter_map(|(text, number)| Some((Leaf { id: [number; 16], commit: [number; 32] }, str::from_utf8(text).ok()?)))
        .filter(|(_, text)| coffret_export::Details::parse(text).is_ok())
        .collect();
    if texts.is_empty() {
        return;
    }
    let written = columns(&texts).expect("details can be written");
    assert!(is_of(written.clone(), &texts), "what was written reads back");
    let mut others = texts;
    others[0].0.id[0] ^= 1;
    assert!(!is_of(written, &others), "and is of no other entries");
}

/// Files of columns, and details.
pub fn seeds() -> Vec<Vec<u8>> {
    let rows = rows();
    let details: Vec<&str> = rows.iter().map(|(_, details)| *details).collect();
    let some = |rows: &[(Leaf, &str)]| columns(rows).expect("the columns can be written");
    vec![some(&rows), some(&rows[..1]), some(&[]), details.join("\n").into_bytes()]
}
