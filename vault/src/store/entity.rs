//! The tables. Private to the store: nothing outside sees a row.

pub(crate) mod access_grant;
pub(crate) mod access_request;
pub(crate) mod assertion;
pub(crate) mod blob_part;
pub(crate) mod brand;
pub(crate) mod brand_grant;
pub(crate) mod brand_request;
pub(crate) mod ceiling;
pub(crate) mod code;
pub(crate) mod credential;
pub(crate) mod customer;
pub(crate) mod customer_key;
pub(crate) mod fence;
pub(crate) mod identifier;
pub(crate) mod key_epoch;
pub(crate) mod ledger_entry;
pub(crate) mod log_pending;
pub(crate) mod meta;
pub(crate) mod node;
pub(crate) mod outbox;
pub(crate) mod passkey;
pub(crate) mod purpose;
pub(crate) mod record;
pub(crate) mod replay;
pub(crate) mod token;
