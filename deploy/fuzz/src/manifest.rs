//! `manifest.json` of an export.

use coffret_export::fuzzing::manifest;

use crate::export::EXPORT;

/// Any bytes as a manifest.
pub fn check(bytes: &[u8]) {
    if let Some(written) = manifest(bytes) {
        assert_eq!(written, bytes, "a manifest has one spelling");
    }
}

/// Manifests with and without what may be left out.
pub fn seeds() -> Vec<Vec<u8>> {
    let whole = EXPORT.file("manifest.json").to_vec();
    let text = String::from_utf8_lossy(&whole).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let head = lines[0];
    let limited = head.replacen(
        "\"scope\":{",
        "\"scope\":{\"streams\":[\"00000000-0000-4000-8000-000000000001\"],\"purpose\":\"fit@1\",\"from\":\"2026-11-22T12:00:00Z\",",
        1,
    );
    let sealed = head.replacen("\"scope\":{\"receipts\":true}", "\"scope\":{\"sealed\":true}", 1);
    let with = |head: &str| [head, "\n", lines[1].trim_end_matches(','), "\n]}\n"].concat().into_bytes();
    vec![whole, with(head), with(&limited), with(&sealed)]
}
