//! The transparency log: every ledger entry gets a place in a Merkle tree whose signed checkpoints anybody can hold against each other.
//!
//! A commit leaves its leaves waiting in its own transaction. From there three steps lead to the public, each of which may break off, or
//! be done twice, at any point:
//!
//! 1. The *sequencer* gives what waits its places: bundles, tiles and the head move in one transaction, for whoever holds the head.
//! 2. The *checkpointer* reads back what was stored, hashes it again, holds it against the last signed checkpoint, and signs.
//! 3. The *publisher* keeps the checkpoint outside the database, then puts out tiles, then the checkpoint. Each server has its own.
//!
//! [`Keeper`] does the first two, [`Publisher`] the third, and [`Log`] runs both. Beside them [`Witnesses`] shows what was published to
//! others, who cosign it; nothing waits for them.
//!
//! A log has the name `<name>/ledger/<year>`, ends with its
//! year (UTC), and is followed by the next one, whose first leaf commits to the last checkpoint of the one before: see [`binding_leaf`].
//!
//! What was once signed is never contradicted. A database that has been put back behind the checkpoint that is kept outside it, or that
//! tells another history, stops the log (not the vault): entries wait, reads go on, and [`Status::stopped`] says why. Only
//! [`Vault::accept_log_loss`](crate::Vault::accept_log_loss) leads past it: it gives the log up, and begins another.

mod checkpointer;
mod consistency;
mod evidence;
mod export;
mod file;
mod folder;
mod guard;
mod inspection;
mod keeper;
mod loss;
mod opening;
mod origin;
mod proof;
mod publisher;
mod read;
mod sequencer;
mod state;
mod step;
mod task;
#[cfg(test)]
mod tests;
mod turn;
mod witness;
mod witnessed;
mod witnessing;

pub use export::{Exported, ExportedConsent, LogExport, LogExportRequest};
pub use folder::Folder;
pub use inspection::{Inspected, InspectedPage, Inspection, LogFilter};
pub use keeper::Keeper;
pub use loss::AcceptedLoss;
pub use opening::LogOpening;
pub use proof::{Consistency, Inclusion};
pub use publisher::{Publication, Publisher};
pub use read::{LogLeaf, LogOrigin};
pub use sequencer::Sequenced;
pub(crate) use state::State;
pub use state::{Published, Status, WitnessFault, WitnessStatus};
pub use step::{Step, Steps};
pub use task::Log;
pub use turn::binding_leaf;
pub use witness::{MAX_ANSWER_LEN, Witness};
pub use witnessing::Witnesses;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use coffret_ledger::{Policy, VerifierKey};

/// A witness, with its key.
pub type KeyedWitness = (VerifierKey, Arc<dyn Witness>);

/// How a log is kept.
#[derive(Clone)]
pub struct Settings {
    /// A URL without its scheme, such as `vault.example`: what the name of each log begins with. Counts when a log is opened.
    pub name: String,
    /// How often what is new is signed.
    pub every: Duration,
    /// How often the end of the log is checked when nothing is new.
    pub idle_every: Duration,
    /// The file that holds the last checkpoint outside the database. Its folder is made where it is missing.
    pub kept: PathBuf,
    /// Where tiles and checkpoints are put out; nowhere when absent.
    pub publication: Option<Arc<dyn Publication>>,
    /// Who is asked to cosign what was published.
    pub witnesses: Vec<KeyedWitness>,
    /// How many of them must have cosigned. A cosignature of somebody whom it does not name is not handed on.
    pub policy: Policy,
    /// What is told of each step; [`Settings::new`] has nobody told.
    pub steps: Arc<dyn Steps>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("name", &self.name).field("every", &self.every).field("kept", &self.kept).finish_non_exhaustive()
    }
}

impl Settings {
    /// Signs every second, checks every ten minutes when idle, and publishes nowhere.
    pub fn new(name: impl Into<String>, kept: PathBuf) -> Self {
        Self {
            name: name.into(),
            every: Duration::from_secs(1),
            idle_every: Duration::from_mins(10),
            kept,
            publication: None,
            witnesses: Vec::new(),
            policy: Policy::none(),
            steps: Arc::new(step::Untold),
        }
    }
}
