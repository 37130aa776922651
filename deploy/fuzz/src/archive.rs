//! An export in one file: unpacked into a folder, and nowhere else.

use std::path::Path;

use coffret_export::{pack, unpack};

use crate::export::{EXPORT, Export, folder, put};

/// Any bytes as an archive.
pub fn check(bytes: &[u8]) {
    let root = folder();
    let at = |name: &str| root.path().join(name);
    assert!(put(root.path(), "given.tar", bytes) && std::fs::create_dir(at("below")).is_ok());
    let unpacked = unpack(at("given.tar"), at("below"));
    let beside = |path: &Path| std::fs::read_dir(path).expect("a folder is read").count();
    assert_eq!(beside(root.path()), 2, "nothing is written but below the folder");
    assert_eq!(std::fs::read(at("given.tar")).expect("it is still there"), bytes);
    let files = Export::read(&at("below"));
    assert!(files.0.values().map(Vec::len).sum::<usize>() <= bytes.len(), "files are no larger than what they came in");
    if unpacked.is_err() {
        return;
    }
    if !files.0.is_empty() {
        pack(at("below"), at("again.tar")).expect("what was unpacked can be packed");
        std::fs::create_dir(at("twice")).expect("a folder can be made");
        unpack(at("again.tar"), at("twice")).expect("what was packed can be unpacked");
        assert_eq!(Export::read(&at("twice")).0, files.0, "nothing is lost on the way");
    }
}

/// An export, and archives of few files.
pub fn seeds() -> Vec<Vec<u8>> {
    let names: [&[&str]; 3] = [&["checkpoint"], &["checkpoint", "log-key.txt", "tile/0/000.p/5"], &[]];
    let all: Vec<&str> = EXPORT.0.keys().map(String::as_str).collect();
    let packed = |names: &[&str]| {
        let root = folder();
        for name in names {
            assert!(put(root.path(), &["files/", name].concat(), EXPORT.file(name)));
        }
        std::fs::create_dir_all(root.path().join("files")).expect("a folder can be made");
        pack(root.path().join("files"), root.path().join("packed.tar")).expect("the folder can be packed");
        std::fs::read(root.path().join("packed.tar")).expect("it was just packed")
    };
    names.into_iter().chain([all.as_slice()]).map(packed).collect()
}
