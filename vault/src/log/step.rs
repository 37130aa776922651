//! The steps of the log's way to the public, where tests let it fail.

use crate::error::Result;

/// One step. Each is durable, or was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Takes or renews the hold on the head.
    Hold,
    /// Gives leaves their places.
    Sequence,
    /// Stores a signed checkpoint.
    Sign,
    /// Follows a log by the next.
    Turn,
    /// Keeps the checkpoint outside the database.
    Keep,
    /// Puts out one tile or bundle.
    PublishTile,
    /// Puts out the checkpoint.
    PublishCheckpoint,
    /// Removes partial tiles that full ones have replaced.
    Tidy,
}

impl Step {
    /// Every step, in the order in which they are done.
    pub const ALL: [Self; 8] =
        [Self::Hold, Self::Sequence, Self::Sign, Self::Turn, Self::Keep, Self::PublishTile, Self::PublishCheckpoint, Self::Tidy];
}

/// Is told of each step. For tests: an error from [`Steps::before`] is a step that failed; one from [`Steps::after`] a step that failed as
/// far as the caller can tell, but is done and durable.
pub trait Steps: Send + Sync + 'static {
    /// Before the step.
    fn before(&self, step: Step) -> Result<()>;
    /// After it was done.
    fn after(&self, step: Step) -> Result<()>;
}

/// Nobody is told.
pub(super) struct Untold;

impl Steps for Untold {
    fn before(&self, _: Step) -> Result<()> {
        Ok(())
    }

    fn after(&self, _: Step) -> Result<()> {
        Ok(())
    }
}

/// Does a step.
pub(super) async fn step<T>(steps: &dyn Steps, step: Step, work: impl Future<Output = Result<T>>) -> Result<T> {
    steps.before(step)?;
    let done = work.await?;
    steps.after(step)?;
    Ok(done)
}
