//! The first schema. Applied migrations never change; the next one is a new file.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, boolean, integer, small_integer, text, uuid};

use super::{full, maybe, table};

/// Creates every table and index of the first version.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Every table of this version.
fn tables() -> Vec<TableCreateStatement> {
    vec![
        table("meta", 1, vec![full("name", text), full("value", blob)]),
        table(
            "key_epoch",
            1,
            vec![
                full("epoch", big_integer),
                full("key_id", blob),
                full("root_version", big_integer),
                full("wrapped", blob),
                full("index_key_id", blob),
                full("index_wrapped", blob),
                full("created_at", big_integer),
            ],
        ),
        table(
            "customer_key",
            2,
            vec![
                full("customer_id", uuid),
                full("generation", big_integer),
                full("epoch", big_integer),
                full("key_id", blob),
                full("wrapped", blob),
            ],
        ),
        table(
            "customer",
            1,
            vec![
                full("customer_id", uuid),
                full("state", small_integer),
                full("version", big_integer),
                full("seq", big_integer),
                full("stream", uuid),
                full("usage", blob),
                full("heads", blob),
                full("heads_seal", blob),
                full("profile", blob),
                full("created_at", big_integer),
            ],
        ),
        table(
            "identifier",
            1,
            vec![
                full("token", blob),
                full("customer_id", uuid),
                full("kind", small_integer),
                maybe("brand_id", uuid),
                full("created_at", big_integer),
            ],
        ),
        table(
            "record",
            3,
            vec![
                full("customer_id", uuid),
                full("record_id", uuid),
                full("version", big_integer),
                full("attribute", text),
                full("current", boolean),
                full("schema", small_integer),
                full("month", integer),
                full("source", small_integer),
                full("written_at", big_integer),
                maybe("blob_size", big_integer),
                full("envelope", blob),
            ],
        ),
        table("blob_part", 3, vec![full("customer_id", uuid), full("record_id", uuid), full("part", integer), full("body", blob)]),
        table(
            "access_request",
            2,
            vec![
                full("customer_id", uuid),
                full("request_id", uuid),
                full("brand_id", uuid),
                full("open", boolean),
                full("asked_at", big_integer),
                full("version", big_integer),
                full("sealed", blob),
            ],
        ),
        table(
            "access_grant",
            2,
            vec![
                full("customer_id", uuid),
                full("grant_id", uuid),
                full("brand_id", uuid),
                full("live", boolean),
                full("due_at", big_integer),
                full("version", big_integer),
                full("sealed", blob),
            ],
        ),
        table(
            "brand_request",
            2,
            vec![
                full("brand_id", uuid),
                full("request_id", uuid),
                full("handle", blob),
                maybe("customer_id", uuid),
                full("purpose", text),
                full("state", small_integer),
                maybe("grant_id", uuid),
                full("asked_at", big_integer),
                full("terms", text),
            ],
        ),
        table(
            "brand_grant",
            2,
            vec![
                full("brand_id", uuid),
                full("grant_id", uuid),
                full("customer_id", uuid),
                full("subject", blob),
                full("purpose", text),
                full("created_at", big_integer),
            ],
        ),
        table(
            "ledger_entry",
            2,
            vec![
                full("customer_id", uuid),
                full("seq", big_integer),
                full("stream", uuid),
                full("event_id", uuid),
                full("at", big_integer),
                full("commitment", blob),
                full("opening", blob),
                maybe("leaf_index", big_integer),
            ],
        ),
        table(
            "outbox",
            2,
            vec![
                full("brand_id", uuid),
                full("seq", big_integer),
                full("kind", small_integer),
                maybe("request_id", uuid),
                maybe("grant_id", uuid),
                maybe("subject", blob),
                full("at", big_integer),
            ],
        ),
        table(
            "replay",
            3,
            vec![
                full("customer_id", uuid),
                full("caller", blob),
                full("request_id", uuid),
                full("fingerprint", blob),
                full("answer", blob),
                full("at", big_integer),
            ],
        ),
        table(
            "brand",
            1,
            vec![
                full("brand_id", uuid),
                full("title", text),
                full("legal_name", text),
                full("country", text),
                full("contact", text),
                full("state", small_integer),
                full("outbox_seq", big_integer),
                full("outbox_acked", big_integer),
                full("created_at", big_integer),
            ],
        ),
        table(
            "purpose",
            3,
            vec![full("brand_id", uuid), full("code", text), full("version", integer), full("body", text), full("created_at", big_integer)],
        ),
        table("ceiling", 1, vec![full("code", text), full("body", text)]),
        table(
            "credential",
            1,
            vec![
                full("credential_id", uuid),
                full("brand_id", uuid),
                full("kind", small_integer),
                full("fingerprint", blob),
                maybe("public_key", text),
                full("created_at", big_integer),
                full("expires_at", big_integer),
                maybe("revoked_at", big_integer),
            ],
        ),
        table(
            "token",
            1,
            vec![
                full("token_id", uuid),
                full("hash", blob),
                full("role", small_integer),
                full("subject", text),
                full("scopes", text),
                maybe("certificate", blob),
                full("created_at", big_integer),
                full("expires_at", big_integer),
                maybe("revoked_at", big_integer),
            ],
        ),
        table("assertion", 1, vec![full("digest", blob), full("expires_at", big_integer)]),
        table(
            "node",
            1,
            vec![full("node_id", uuid), full("exclusive", boolean), full("started_at", big_integer), full("expires_at", big_integer)],
        ),
        table("fence", 1, vec![full("fence_id", uuid), full("node_id", uuid), full("created_at", big_integer)]),
    ]
}

/// Every index of this version: name, table, columns, unique.
const INDEXES: [(&str, &str, &[&str], bool); 12] = [
    ("identifier_by_customer", "identifier", &["customer_id"], false),
    ("record_by_attribute", "record", &["customer_id", "attribute", "current"], false),
    ("access_request_open", "access_request", &["open", "asked_at"], false),
    ("access_grant_due", "access_grant", &["live", "due_at"], false),
    ("access_grant_by_brand", "access_grant", &["brand_id", "live", "customer_id"], false),
    ("brand_grant_by_subject", "brand_grant", &["brand_id", "subject", "purpose"], false),
    ("brand_request_by_handle", "brand_request", &["brand_id", "handle", "purpose"], false),
    ("credential_by_fingerprint", "credential", &["fingerprint"], true),
    ("credential_by_brand", "credential", &["brand_id"], false),
    ("token_by_hash", "token", &["hash"], true),
    ("token_by_subject", "token", &["subject"], false),
    ("assertion_by_end", "assertion", &["expires_at"], false),
];

#[expect(elided_lifetimes_in_paths, reason = "the trait is declared without, and async_trait tells the two apart")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, in both databases: a program that is killed begins again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in tables() {
            manager.create_table(statement).await?;
        }
        for (name, table, columns, unique) in INDEXES {
            let mut index = Index::create();
            index.name(name).table(Alias::new(table));
            for column in columns {
                index.col(Alias::new(*column));
            }
            if unique {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
