//! The acts of the story, one file each.

pub(super) mod asking;
pub(super) mod checking;
pub(super) mod deciding;
pub(super) mod reading;
pub(super) mod refusing;
pub(super) mod staying;
pub(super) mod stopping;
pub(super) mod waiting;

use coffret_proto::v1;

/// A request that a client has not answered yet.
pub(super) struct Asked {
    pub(super) client: usize,
    pub(super) request: v1::AccessRequest,
}

/// An access that began.
pub(super) struct Granted {
    pub(super) client: usize,
    /// `brands/{brand}/grants/{grant}`.
    pub(super) grant: String,
    /// `subjects/{subject}`.
    pub(super) subject: String,
}

impl Granted {
    /// The grant's id, which is the same in every name of it.
    pub(super) fn id(&self) -> &str {
        self.grant.rsplit('/').next().unwrap_or_default()
    }
}
