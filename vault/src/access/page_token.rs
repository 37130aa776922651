//! What leads from one page of a read to the next: bound to brand, grant and question by a keyed digest, and short-lived, since a
//! further page costs no further use.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Read;
use crate::Vault;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::id::{BrandId, GrantId, RecordId};

/// Seconds after the first page in which further pages can be had.
const OPEN_SECONDS: i64 = 600;
/// Record, moment, digest.
const LENGTH: usize = 16 + 8 + 16;

/// Where a page goes on.
pub(super) struct Continued {
    pub(super) after: RecordId,
    /// When the first page was read.
    pub(super) since: Timestamp,
}

impl Vault {
    fn page_digest(&self, brand: BrandId, grant: GrantId, read: &Read, since: Timestamp, after: &RecordId) -> [u8; 16] {
        let mut asked = String::new();
        for (attribute, view) in &read.items {
            asked.push_str(attribute);
            asked.push(':');
            asked.push_str(view.map_or("granted", crate::view_word));
            asked.push(' ');
        }
        let parts: [&[u8]; 5] = [brand.bytes(), grant.bytes(), asked.as_bytes(), &since.micros().to_be_bytes(), after.bytes()];
        coffret_envelope::pairwise(&self.pairwise, "page", &parts)
    }

    /// The token that leads on after a record.
    pub(super) fn page_token(&self, brand: BrandId, grant: GrantId, read: &Read, since: Timestamp, after: &RecordId) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(after.bytes());
        bytes.extend_from_slice(&since.micros().to_be_bytes());
        bytes.extend_from_slice(&self.page_digest(brand, grant, read, since, after));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Where this read goes on; nothing for a first page.
    pub(super) fn continued(&self, brand: BrandId, grant: GrantId, read: &Read) -> Result<Option<Continued>> {
        if read.page_token.is_empty() {
            return Ok(None);
        }
        let wrong = || {
            Error::invalid("page_token", "PAGE_TOKEN_INVALID", "This page token was not given for this read, or is older than ten minutes.")
        };
        let bytes: [u8; LENGTH] =
            URL_SAFE_NO_PAD.decode(&read.page_token).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(wrong)?;
        let (record, rest) = bytes.split_first_chunk::<16>().ok_or_else(wrong)?;
        let (since, digest) = rest.split_first_chunk::<8>().ok_or_else(wrong)?;
        let after = RecordId(uuid::Uuid::from_bytes(*record));
        let since = Timestamp::from_micros(i64::from_be_bytes(*since));
        let expected = self.page_digest(brand, grant, read, since, &after);
        let good = bool::from(subtle::ConstantTimeEq::ct_eq(expected.as_slice(), digest));
        if !good || self.now() >= since.plus_seconds(OPEN_SECONDS) {
            return Err(wrong());
        }
        Ok(Some(Continued { after, since }))
    }
}
