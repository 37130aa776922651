//! What of the log an export opens.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::details::micros;
use crate::{Details, Unreadable};

/// Which entries an export opens. Tiles and bundles are always those of the whole log: a leaf tells a stranger nothing, and
/// without them nothing could be verified.
///
/// Without any limit, every entry has a line in the events, and those that cannot be opened say so. With a limit, only entries
/// that were opened and lie within all limits have one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Nothing is opened: commitments and positions alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// Of these streams; a customer has one. All when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<Uuid>,
    /// Concerning this brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Uuid>,
    /// Concerning this purpose: `code`, or `code@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// From this moment on (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Before this moment (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// With the receipts of decisions and the consent records of grants that are opened. These name customers, which entries do not.
    /// A record says how a grant stands when the export is made: none come with `to`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub receipts: bool,
}

/// A scope that was looked through: its moments are moments, its streams in order.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    scope: Scope,
    streams: Vec<Uuid>,
    from: i64,
    to: i64,
}

impl Scope {
    /// Whether every entry has a line.
    pub fn is_whole(&self) -> bool {
        self.streams.is_empty() && self.has_whole_streams()
    }

    /// Whether of each stream that is in it all entries are: limits of other kinds make holes.
    pub fn has_whole_streams(&self) -> bool {
        self.brand.is_none() && self.purpose.is_none() && self.from.is_none() && self.to.is_none()
    }

    /// SHA-256 of the scope as the manifest writes it.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(serde_json::to_string(self).expect("a scope is made of texts")).into()
    }

    pub(crate) fn limits(&self) -> Result<Limits, Unreadable> {
        // A limit is held against the details: with sealed entries it would let nothing through.
        if self.sealed && (!self.is_whole() || self.receipts) {
            return Err(Unreadable);
        }
        let moment = |text: &Option<String>, without: i64| text.as_deref().map_or(Ok(without), micros);
        let mut streams = self.streams.clone();
        streams.sort_unstable();
        Ok(Limits { from: moment(&self.from, i64::MIN)?, to: moment(&self.to, i64::MAX)?, streams, scope: self.clone() })
    }
}

impl Limits {
    /// Whether receipts and consent records come with what is opened.
    pub(crate) const fn has_receipts(&self) -> bool {
        self.scope.receipts
    }

    /// Whether consent records come with what is opened: they say how a grant stands now, which is not before an end.
    pub(crate) const fn has_records(&self) -> bool {
        self.scope.receipts && self.scope.to.is_none()
    }

    /// Whether an entry has a line.
    pub(crate) fn list(&self, details: Option<&Details<'_>>) -> bool {
        self.scope.is_whole() || details.is_some_and(|details| self.open(details))
    }

    /// Whether an entry is opened.
    pub(crate) fn open(&self, details: &Details<'_>) -> bool {
        let purpose = |wanted: &String| {
            let found = details.purpose.as_deref().unwrap_or_default();
            found == wanted || found.split_once('@').is_some_and(|(code, _)| code == wanted)
        };
        !self.scope.sealed
            && (self.streams.is_empty() || self.streams.binary_search(&details.stream).is_ok())
            && (self.scope.brand.is_none() || details.brand == self.scope.brand)
            && self.scope.purpose.as_ref().is_none_or(purpose)
            && (self.from..self.to).contains(&details.micros())
    }
}
