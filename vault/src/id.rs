//! Typed ids: UUIDs made here (version 7), so that one kind is never taken for another.

use std::fmt;

use coffret_envelope::Entropy;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::error::Result;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id: the moment and 74 random bits.
            pub fn make(entropy: &dyn Entropy, now: Timestamp) -> Result<Self> {
                Ok(Self(make_uuid_v7(entropy, now)?))
            }

            /// Reads the form with dashes; nothing else counts.
            pub fn parse(text: &str) -> Option<Self> {
                (text.len() == 36).then(|| Uuid::try_parse(text).ok().map(Self)).flatten()
            }

            /// The 16 bytes.
            pub fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

id! {
    /// A customer, or the deployment itself (nil).
    CustomerId
}
id! {
    /// A brand.
    BrandId
}
id! {
    /// A record.
    RecordId
}
id! {
    /// An access request.
    RequestId
}
id! {
    /// A grant.
    GrantId
}
id! {
    /// A certificate or client key of a brand.
    CredentialId
}
id! {
    /// A token.
    TokenId
}
id! {
    /// A passkey.
    PasskeyId
}
id! {
    /// A notice.
    NoticeId
}
id! {
    /// A complaint.
    ComplaintId
}

impl CustomerId {
    /// The deployment's own stream: administrative acts, and reads of unknown customers.
    pub const DEPLOYMENT: Self = Self(Uuid::nil());
}

/// A UUID of version 7 (RFC 9562): milliseconds, then random bits.
pub(crate) fn make_uuid_v7(entropy: &dyn Entropy, now: Timestamp) -> Result<Uuid> {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random)?;
    let millis = u64::try_from(now.micros() / 1000).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// As [`make_uuid_v7`], in the order of positions within a millisecond: for what one commit writes together and people read in order.
/// 40 bits are the position, the last 16 are random.
pub(crate) fn make_uuid_at(entropy: &dyn Entropy, now: Timestamp, sequence: i64) -> Result<Uuid> {
    let mut rest = [0_u8; 10];
    entropy.fill(&mut rest[8..])?;
    rest[3..8].copy_from_slice(&sequence.to_be_bytes()[3..]);
    let millis = u64::try_from(now.micros() / 1000).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
}

/// 128 random bits as a UUID of version 4, where even the time would tell too much.
pub(crate) fn make_uuid_v4(entropy: &dyn Entropy) -> Result<Uuid> {
    let mut random = [0_u8; 16];
    entropy.fill(&mut random)?;
    Ok(uuid::Builder::from_random_bytes(random).into_uuid())
}

/// A brand's own name for a customer, or its handle for whom it asked: 16 keyed bytes that mean nothing to another brand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject(pub [u8; 16]);

impl Subject {
    /// Reads 32 hexadecimal digits in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 || text.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(|number| Self(number.to_be_bytes()))
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({self})")
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a subject is 32 hexadecimal digits"))
    }
}
