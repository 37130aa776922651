//! What can go wrong: closed, with a plain sentence. None carries what an entry says.

use std::path::PathBuf;

/// Why an export was not written, or not to its end. What is in the folder stays; the same call goes on where that is possible.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The folder holds something else.
    #[error("{}: this folder is not empty, and it holds no unfinished export.", .0.display())]
    NotEmpty(PathBuf),
    /// The folder holds an export that is whole.
    #[error("{}: this folder holds an export already. Take an empty folder.", .0.display())]
    Whole(PathBuf),
    /// The folder holds an unfinished export of something else.
    #[error("{}: this folder holds an unfinished export with another plan. Finish that one, or take an empty folder.", .0.display())]
    OtherPlan(PathBuf),
    /// The journal of an unfinished export does not fit what lies beside it.
    #[error("{}: the unfinished export is damaged. Begin again with an empty folder.", .0.display())]
    Damaged(PathBuf),
    /// The plan contradicts itself.
    #[error("The plan of the export is not sound: {0}.")]
    Plan(&'static str),
    /// More entries than the checkpoint has.
    #[error("The log has no entry {0}: its checkpoint ends before.")]
    TooMany(u64),
    /// Fewer entries than the checkpoint has.
    #[error("The entries end at {given}, and the checkpoint has {size}.")]
    TooFew {
        /// How many were given.
        given: u64,
        /// How many the checkpoint has.
        size: u64,
    },
    /// An opening that does not open its entry.
    #[error("The opening of entry {0} does not match its commitment. It was not exported.")]
    Opening(u64),
    /// An opening that this program cannot read.
    #[error("The details of entry {0} are not in the form of an entry. It was not exported.")]
    Details(u64),
    /// The entries are not those that were signed.
    #[error("The entries do not lead to the root of the checkpoint. Nothing was signed.")]
    Root,
    /// What was written reads back differently.
    #[error("{0}: it does not read back as it was written. Nothing was signed.")]
    ReadBack(String),
    /// A file that is no part of this export.
    #[error("{}: this file is no part of the export. Nothing was signed. Take it away, and go on.", .0.display())]
    Stray(PathBuf),
    /// The log has signed something else than what came.
    #[error("What came up to entry {0} is not what the log says that it handed over. It was not kept.")]
    Handover(u64),
    /// The key is not the log's.
    #[error("The key does not belong to the log of this checkpoint. Nothing was signed.")]
    Key,
}

/// Why a file or folder was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The machine.
    #[error("{path}: {cause}.", path = .0.display(), cause = .1)]
    Machine(PathBuf, #[source] std::io::Error),
    /// A link, a pipe, a device.
    #[error("{}: this is neither a plain file nor a folder.", .0.display())]
    NotPlain(PathBuf),
    /// Longer than anything of its kind.
    #[error("{}: this file is longer than one of its kind can be.", .0.display())]
    TooLong(PathBuf),
}

/// A line, a file or a list of the export that is not in its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not in the form of an export")]
pub struct Unreadable;
