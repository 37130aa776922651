//! Every file against the manifest, and the manifest against the folder.

use std::cmp::Ordering;

use super::Sheet;
use super::report::{CheckName, Place};
use crate::folder::{Folder, order};
use crate::manifest::{Listed, ManifestReader};
use crate::{FolderError, layout, name};

/// Both in one order, side by side: neither is held in memory.
pub(super) fn check(folder: &Folder, sheet: &mut Sheet) {
    let check = CheckName::Files;
    let Ok(source) = folder.reader(name::MANIFEST) else {
        return sheet.not_checked(check, "there is no manifest to hold the files against");
    };
    let Ok((header, mut manifest)) = ManifestReader::open(source) else {
        return sheet.not_checked(check, "the manifest is not in the form of an export");
    };
    let mut before = String::new();
    // False order would let a file stand twice, or be passed over.
    let mut next = |sheet: &mut Sheet| -> Option<Listed> {
        match manifest.next() {
            Ok(Some(listed)) if before.is_empty() || order(&before, &listed.path) == Ordering::Less => {
                before.clone_from(&listed.path);
                Some(listed)
            }
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => {
                sheet.fail(check, "the list of the manifest is not in its form", Place::default());
                None
            }
        }
    };
    let (mut files, mut bytes) = (0_u64, 0_u64);
    let missing = |sheet: &mut Sheet, listed: &Listed| sheet.fail(check, format!("{}: missing", listed.path), Place::default());
    let mut listed = next(sheet);
    let walked: Result<(), FolderError> = folder.walk(&mut |found| {
        if [name::MANIFEST, name::MANIFEST_SIGNATURE].contains(&found) {
            return Ok(());
        }
        while let Some(gone) = listed.take_if(|listed| order(&listed.path, found) == Ordering::Less) {
            missing(sheet, &gone);
            listed = next(sheet);
        }
        let Some(known) = listed.take_if(|listed| listed.path == found) else {
            sheet.fail(check, format!("{found}: not in the manifest"), Place::default());
            return Ok(());
        };
        // Whoever received what was handed over makes the list: it must not bring anything that the log does not vouch for.
        if !layout::has(&header, found) {
            sheet.fail(check, format!("{found}: no part of an export as the manifest describes it"), Place::default());
        }
        let (size, sha256) = folder.hash(found)?;
        if (size, sha256) != (known.bytes, known.sha256) {
            sheet.fail(check, format!("{found}: not the file that the manifest lists"), Place::default());
        }
        (files, bytes) = (files + 1, bytes + size);
        listed = next(sheet);
        Ok(())
    });
    if let Err(error) = walked {
        sheet.fail(check, error.to_string(), Place::default());
    }
    while let Some(gone) = listed {
        missing(sheet, &gone);
        listed = next(sheet);
    }
    sheet.pass(check, format!("{files} files, {bytes} bytes"));
}
