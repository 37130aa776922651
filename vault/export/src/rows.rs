//! The entries of a folder once more, one after the other, as they are listed in the events.

use std::io::BufRead;

use coffret_ledger::{Bundle, Leaf, TILE_WIDTH, TileKind, TilePath};

use crate::folder::Folder;
use crate::line::read_line;
use crate::opening::{OpeningLine, index_of};
use crate::scope::Limits;
use crate::writer::MAX_BUNDLE_LEN;
use crate::{Details, MAX_DETAILS_LEN, Unreadable};

/// The longest line of an opening in bytes: every byte of the details may be escaped in six.
pub(crate) const MAX_LINE: usize = 6 * MAX_DETAILS_LEN + 1024;

/// Why the entries were not all visited.
#[derive(Debug)]
pub(crate) enum Broken<E> {
    /// The folder.
    Folder,
    /// The visitor.
    Visitor(E),
}

/// Visits every entry that has a line in the events, with what was opened of it.
pub(crate) fn each<E>(
    folder: &Folder,
    size: u64,
    limits: &Limits,
    mut openings: impl BufRead,
    visit: &mut impl FnMut(u64, &Leaf, Option<(&Details<'_>, &str)>) -> Result<(), E>,
) -> Result<(), Broken<E>> {
    let broken = |_: Unreadable| Broken::Folder;
    let mut line = String::new();
    let mut next = next_line(&mut openings, &mut line).map_err(broken)?;
    for number in 0..size.div_ceil(u64::from(TILE_WIDTH)) {
        let path = TilePath::in_tree(TileKind::Entries, number, size).ok_or(Broken::Folder)?;
        let bytes = folder.read(&path.to_string(), MAX_BUNDLE_LEN).map_err(|_| Broken::Folder)?;
        let bundle = Bundle::parse(path.width(), bytes).map_err(|_| Broken::Folder)?;
        for (index, entry) in (number * u64::from(TILE_WIDTH)..).zip(bundle.entries()) {
            let leaf = Leaf::decode(entry).map_err(|_| Broken::Folder)?;
            if next == Some(index) {
                let opening = OpeningLine::parse(&line).map_err(broken)?;
                let details = Details::parse(&opening.details).map_err(broken)?;
                if limits.list(Some(&details)) {
                    visit(index, &leaf, Some((&details, &opening.details))).map_err(Broken::Visitor)?;
                }
                drop(details);
                drop(opening);
                next = next_line(&mut openings, &mut line).map_err(broken)?;
            } else if limits.list(None) {
                visit(index, &leaf, None).map_err(Broken::Visitor)?;
            }
        }
    }
    if next.is_none() { Ok(()) } else { Err(Broken::Folder) }
}

fn next_line(source: &mut impl BufRead, line: &mut String) -> Result<Option<u64>, Unreadable> {
    if read_line(source, line, MAX_LINE)? { index_of(line).map(Some) } else { Ok(None) }
}
