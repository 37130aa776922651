//! The proof that one read is covered.

use uuid::Uuid;

use super::purpose::PurposeRef;
use super::terms::{Mode, View};
use crate::clock::Timestamp;

/// What one read may open. Only [`super::check()`] makes one, for one moment; it is neither stored nor sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    pub(super) grant: Uuid,
    pub(super) brand: Uuid,
    pub(super) purpose: PurposeRef,
    pub(super) items: Vec<(String, View)>,
    pub(super) range: Option<(Timestamp, Timestamp)>,
    pub(super) mode: Mode,
    pub(super) expires_at: Timestamp,
}

impl Permit {
    /// Id of the grant that covers the read.
    pub fn grant_id(&self) -> Uuid {
        self.grant
    }

    /// Id of the brand that reads.
    pub fn brand(&self) -> Uuid {
        self.brand
    }

    /// The purpose.
    pub fn purpose(&self) -> &PurposeRef {
        &self.purpose
    }

    /// Attribute types with the view to apply, sorted by type.
    pub fn items(&self) -> &[(String, View)] {
        &self.items
    }

    /// Records' own time from (inclusive) to (exclusive); all when absent.
    pub fn range(&self) -> Option<(Timestamp, Timestamp)> {
        self.range
    }

    /// What the brand may do with what it gets.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// End of the grant: a permit held longer than a moment is checked against it.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The view to apply to an attribute type; `None` when it is not covered.
    pub fn view_of(&self, attribute: &str) -> Option<View> {
        let index = self.items.binary_search_by(|(covered, _)| covered.as_str().cmp(attribute)).ok()?;
        self.items.get(index).map(|(_, view)| *view)
    }

    /// Whether a record with this time of its own is covered. Where the grant has a range, a record without a time is not.
    pub fn covers_time(&self, time: Option<Timestamp>) -> bool {
        match (self.range, time) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((from, to)), Some(time)) => from <= time && time < to,
        }
    }
}
