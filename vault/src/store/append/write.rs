//! Writes decided changes: one transaction, few statements, whatever the number of customers in it.
//!
//! The statement that moves the customers' positions is the one that checks them: it returns those that nobody else has moved, and only
//! their rows follow. Reads alone are one single statement on PostgreSQL, and one hand-over in the embedded database ([`super::embedded`]).

use std::collections::HashSet;
use std::fmt::Write as _;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, Value,
};
use uuid::Uuid;

use super::Written;
use crate::id::{CustomerId, RecordId};
use crate::ledger::Row;
use crate::store::Store;
use crate::store::draft::{Change, Write};
use crate::store::entity::{
    access_grant, access_request, blob_part, brand, brand_grant, brand_request, ceiling, credential, customer, customer_key, identifier,
    ledger_entry, outbox, purpose, record, replay, token,
};
use crate::store::view::{encode_heads, encode_usage, seal_heads};

/// `($1, $2), ($3, $4)`: placeholders for so many rows of so many columns, counted on from `next`. SQLite gets `(?, ?)`: there a
/// numbered one counts as a name, which the driver looks for among all others, so that many rows would cost the square of their number.
pub(crate) fn placeholders(backend: DbBackend, next: &mut usize, rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            sql.push_str(if column == 0 { "" } else { ", " });
            let _ = match backend {
                DbBackend::Postgres => write!(sql, "${next}"),
                _ => write!(sql, "?"),
            };
            *next += 1;
        }
        sql.push(')');
    }
    sql
}

/// Rows in one statement at most: SQLite and PostgreSQL bind at most 32,766 and 65,535 values.
const TOGETHER: usize = 500;
const ENTRY_COLUMNS: &str = "customer_id, seq, stream, event_id, at, commitment, opening";

fn entry_values(rows: &[&Row]) -> Vec<Value> {
    let values = |row: &&Row| -> [Value; 7] {
        [
            row.customer.0.into(),
            row.sequence.into(),
            row.stream.into(),
            row.event.into(),
            row.time.micros().into(),
            row.commitment.to_vec().into(),
            row.opening.clone().into(),
        ]
    };
    rows.iter().flat_map(values).collect()
}

impl Store {
    /// Writes every change whose customer nobody else has moved; tells which those are.
    pub(crate) async fn write(&self, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        self.checkpoints.count(changes);
        let reads = |change: &Written| !change.moved && !change.is_new && change.writes.is_empty() && change.outbox.is_empty();
        if changes.iter().all(reads) {
            return if self.is_postgres() { self.write_reads_postgres(changes).await } else { self.write_reads_embedded(changes).await };
        }
        let transaction = self.begin().await?;
        self.write_holding(transaction, changes).await
    }

    /// As [`Self::write`], and commits a transaction that may hold the customers' rows.
    pub(crate) async fn write_holding(&self, transaction: DatabaseTransaction, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        match self.write_in(&transaction, changes).await {
            Ok(applied) => transaction.commit().await.map(|()| applied),
            Err(cause) => {
                transaction.rollback().await?;
                Err(cause)
            }
        }
    }

    /// A transaction in which nobody else can move this customer.
    pub(crate) async fn hold(&self, customer: CustomerId) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.begin().await?;
        if self.is_postgres() {
            let sql = "SELECT seq FROM customer WHERE customer_id = $1 FOR UPDATE";
            transaction.query_all_raw(self.statement(sql, vec![customer.0.into()])).await?;
        }
        Ok(transaction)
    }

    /// Whether an entry is where a change put it.
    pub(crate) async fn has_entry(&self, customer: CustomerId, sequence: i64, event: Uuid) -> Result<bool, DbErr> {
        let found = ledger_entry::Entity::find_by_id((customer.0, sequence)).one(self.reader()).await?;
        Ok(found.is_some_and(|row| row.event_id == event))
    }

    async fn write_in(&self, on: &DatabaseTransaction, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        let mut moved: HashSet<Uuid> = HashSet::new();
        let new: Vec<&Written> = changes.iter().filter(|change| change.is_new).collect();
        if !new.is_empty() {
            customer::Entity::insert_many(new.iter().map(|change| customer_row(change).into_active_model()))
                .exec_without_returning(on)
                .await?;
            moved.extend(new.iter().map(|change| change.view.id.0));
        }
        let mut moving: Vec<&Written> = changes.iter().filter(|change| !change.is_new && change.moved).collect();
        let mut reading: Vec<&Written> = changes.iter().filter(|change| !change.is_new && !change.moved).collect();
        moving.sort_by_key(|change| change.view.id);
        reading.sort_by_key(|change| change.view.id);
        moved.extend(self.move_reading(on, &reading).await?);
        moved.extend(self.move_changed(on, &moving).await?);
        let written: Vec<&Written> = changes.iter().filter(|change| moved.contains(&change.view.id.0)).collect();
        let entries: Vec<&Row> = written.iter().flat_map(|change| &change.rows).collect();
        for some in entries.chunks(TOGETHER) {
            let rows = placeholders(self.backend(), &mut 1, some.len(), 7);
            let sql = format!("INSERT INTO ledger_entry ({ENTRY_COLUMNS}) VALUES {rows}");
            on.execute_raw(self.statement(sql, entry_values(some))).await?;
        }
        write_rows(self, on, &written).await?;
        self.write_outbox(on, &written).await?;
        Ok(changes.iter().map(|change| moved.contains(&change.view.id.0)).collect())
    }

    /// Moves positions and uses, where nobody else has moved them.
    async fn move_reading(&self, on: &DatabaseTransaction, changes: &[&Written]) -> Result<Vec<Uuid>, DbErr> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = Vec::with_capacity(changes.len() * 4);
        for change in changes {
            values.extend([change.view.id.0.into(), change.before.into(), change.view.seq.into(), encode_usage(&change.view.usage).into()]);
        }
        let rows = placeholders(self.backend(), &mut 1, changes.len(), 4);
        let sql = format!(
            "UPDATE customer SET seq = v.column3, usage = v.column4 FROM (VALUES {rows}) AS v \
             WHERE customer.customer_id = v.column1 AND customer.seq = v.column2 RETURNING customer.customer_id"
        );
        let moved = on.query_all_raw(self.statement(sql, values)).await?;
        moved.iter().map(|row| row.try_get_by_index::<Uuid>(0)).collect()
    }

    /// Moves everything of the customers' own rows, where nobody else has moved them.
    async fn move_changed(&self, on: &DatabaseTransaction, changes: &[&Written]) -> Result<Vec<Uuid>, DbErr> {
        let mut moved = Vec::with_capacity(changes.len());
        for some in changes.chunks(200) {
            let mut values = Vec::with_capacity(some.len() * 9);
            for change in some {
                let row = customer_row(change);
                values.extend([
                    row.customer_id.into(),
                    change.before.into(),
                    row.seq.into(),
                    row.usage.into(),
                    row.version.into(),
                    i32::from(row.state).into(),
                    row.heads.into(),
                    row.heads_seal.into(),
                    change.profile.clone().into(),
                ]);
            }
            let rows = placeholders(self.backend(), &mut 1, some.len(), 9);
            let sql = format!(
                "UPDATE customer SET seq = v.column3, usage = v.column4, version = v.column5, state = v.column6, heads = v.column7, \
                 heads_seal = v.column8, profile = COALESCE(v.column9, customer.profile) FROM (VALUES {rows}) AS v \
                 WHERE customer.customer_id = v.column1 AND customer.seq = v.column2 RETURNING customer.customer_id"
            );
            let rows = on.query_all_raw(self.statement(sql, values)).await?;
            for row in rows {
                moved.push(row.try_get_by_index::<Uuid>(0)?);
            }
        }
        Ok(moved)
    }

    /// Marks versions as no longer current.
    async fn replace_records(&self, on: &DatabaseTransaction, replaced: &mut Vec<(CustomerId, RecordId, i64)>) -> Result<(), DbErr> {
        for some in std::mem::take(replaced).chunks(ROWS) {
            let values =
                some.iter().flat_map(|(customer, record, version)| [customer.0.into(), record.0.into(), (*version).into()]).collect();
            let rows = placeholders(self.backend(), &mut 1, some.len(), 3);
            let sql = format!(
                "UPDATE record SET current = false FROM (VALUES {rows}) AS v \
                 WHERE record.customer_id = v.column1 AND record.record_id = v.column2 AND record.version = v.column3"
            );
            on.execute_raw(self.statement(sql, values)).await?;
        }
        Ok(())
    }

    /// Numbers each brand's changes without a gap, in the order of commits: the brand's row is held until this commit ends.
    async fn write_outbox(&self, on: &DatabaseTransaction, written: &[&Written]) -> Result<(), DbErr> {
        let mut changes: Vec<&Change> = written.iter().flat_map(|change| &change.outbox).collect();
        changes.sort_by_key(|change| change.brand);
        for of_brand in changes.chunk_by(|a, b| a.brand == b.brand) {
            let Some(first) = of_brand.first() else { continue };
            let count = i64::try_from(of_brand.len()).unwrap_or_default();
            let sql = "UPDATE brand SET outbox_seq = outbox_seq + $1 WHERE brand_id = $2 RETURNING outbox_seq";
            let row = on.query_one_raw(self.statement(sql, vec![count.into(), first.brand.0.into()])).await?;
            let Some(row) = row else { continue };
            let last: i64 = row.try_get_by_index(0)?;
            let rows = of_brand.iter().zip(last - count + 1..).map(|(change, seq)| {
                outbox::Model {
                    brand_id: change.brand.0,
                    seq,
                    kind: change.kind as i16,
                    request_id: change.request.map(|id| id.0),
                    grant_id: change.grant.map(|id| id.0),
                    subject: change.subject.map(|subject| subject.0.to_vec()),
                    at: change.at.micros(),
                }
                .into_active_model()
            });
            let rows: Vec<_> = rows.collect();
            for some in rows.chunks(TOGETHER) {
                outbox::Entity::insert_many(some.iter().cloned()).exec_without_returning(on).await?;
            }
        }
        Ok(())
    }
}

fn customer_row(change: &Written) -> customer::Model {
    let view = &change.view;
    let heads = encode_heads(&view.heads);
    customer::Model {
        customer_id: view.id.0,
        state: view.state,
        version: view.version,
        seq: view.seq,
        stream: view.stream,
        usage: encode_usage(&view.usage),
        heads_seal: seal_heads(&change.keys, view.version, &heads),
        heads,
        profile: change.profile.clone().unwrap_or_default(),
        created_at: view.created_at.micros(),
    }
}

/// Rows of one statement. Statements are kept prepared by their text, so what is left over makes at most so many of them for a table.
const ROWS: usize = 64;

/// Rows that many changes of one batch write alike, on their way into one statement.
#[derive(Default)]
struct Alike {
    records: Vec<record::Model>,
    replaced: Vec<(CustomerId, RecordId, i64)>,
    keys: Vec<customer_key::Model>,
    identifiers: Vec<identifier::Model>,
    replays: Vec<replay::Model>,
    parts: Vec<blob_part::Model>,
}

impl Alike {
    /// Writes them all, and leaves none.
    async fn write(&mut self, store: &Store, on: &DatabaseTransaction) -> Result<(), DbErr> {
        insert(on, &mut self.records, ROWS).await?;
        // Every version that is replaced is stored by now.
        store.replace_records(on, &mut self.replaced).await?;
        insert(on, &mut self.keys, ROWS).await?;
        insert(on, &mut self.identifiers, ROWS).await?;
        insert(on, &mut self.replays, ROWS).await?;
        // A part is a mebibyte.
        insert(on, &mut self.parts, 1).await
    }
}

/// Rows that many changes write alike go in one statement; the rest one by one, in the order decided.
async fn write_rows(store: &Store, on: &DatabaseTransaction, written: &[&Written]) -> Result<(), DbErr> {
    let mut alike = Alike::default();
    for change in written {
        let id = change.view.id;
        for write in &change.writes {
            match write {
                Write::Record(row) => alike.records.push(row.clone()),
                Write::Replaced(record, version) => alike.replaced.push((id, *record, *version)),
                Write::Key(row) => alike.keys.push(row.clone()),
                Write::Identifier(row) => alike.identifiers.push(row.clone()),
                Write::Replay(row) => alike.replays.push(row.clone()),
                Write::BlobPart(row) => alike.parts.push(row.clone()),
                Write::RecordGone(_) | Write::IdentifierGone(_) | Write::Erase => {
                    // What was put before goes as well; what is put later stays.
                    alike.write(store, on).await?;
                    write_one(on, id, write).await?;
                }
                other => write_one(on, id, other).await?,
            }
        }
    }
    alike.write(store, on).await
}

/// Inserts rows of one table, and leaves none.
async fn insert<M>(on: &DatabaseTransaction, rows: &mut Vec<M>, together: usize) -> Result<(), DbErr>
where
    M: IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + ModelTrait + Clone,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let rows = std::mem::take(rows);
    for some in rows.chunks(together) {
        M::Entity::insert_many(some.iter().cloned().map(IntoActiveModel::into_active_model)).exec_without_returning(on).await?;
    }
    Ok(())
}

async fn write_one(on: &DatabaseTransaction, id: CustomerId, write: &Write) -> Result<(), DbErr> {
    match write {
        Write::Record(_) | Write::Replaced(..) | Write::Key(_) | Write::Identifier(_) | Write::Replay(_) | Write::BlobPart(_) => {}
        Write::RecordGone(record) => {
            record::Entity::delete_many()
                .filter(record::Column::CustomerId.eq(id.0))
                .filter(record::Column::RecordId.eq(record.0))
                .exec(on)
                .await?;
            blob_part::Entity::delete_many()
                .filter(blob_part::Column::CustomerId.eq(id.0))
                .filter(blob_part::Column::RecordId.eq(record.0))
                .exec(on)
                .await?;
        }
        Write::Request(row) => {
            let conflict = OnConflict::columns([access_request::Column::CustomerId, access_request::Column::RequestId])
                .update_columns([access_request::Column::Open, access_request::Column::Version, access_request::Column::Sealed])
                .to_owned();
            access_request::Entity::insert(row.clone().into_active_model()).on_conflict(conflict).exec_without_returning(on).await?;
        }
        Write::Grant(row) => {
            let conflict = OnConflict::columns([access_grant::Column::CustomerId, access_grant::Column::GrantId])
                .update_columns([
                    access_grant::Column::Live,
                    access_grant::Column::DueAt,
                    access_grant::Column::Version,
                    access_grant::Column::Sealed,
                ])
                .to_owned();
            access_grant::Entity::insert(row.clone().into_active_model()).on_conflict(conflict).exec_without_returning(on).await?;
        }
        Write::BrandRequest(row) => {
            brand_request::Entity::insert(row.clone().into_active_model()).exec_without_returning(on).await?;
        }
        Write::BrandRequestState(brand, request, state, grant) => {
            brand_request::Entity::update_many()
                .col_expr(brand_request::Column::State, (*state).into())
                .col_expr(brand_request::Column::GrantId, grant.map(|grant| grant.0).into())
                .filter(brand_request::Column::BrandId.eq(brand.0))
                .filter(brand_request::Column::RequestId.eq(request.0))
                .exec(on)
                .await?;
        }
        Write::BrandGrant(row) => {
            brand_grant::Entity::insert(row.clone().into_active_model()).exec_without_returning(on).await?;
        }
        Write::IdentifierGone(token) => {
            // Their own alone: it may have become somebody else's meanwhile.
            identifier::Entity::delete_by_id(token.clone()).filter(identifier::Column::CustomerId.eq(id.0)).exec(on).await?;
        }
        Write::Erase => erase(on, id).await?,
        Write::Brand(row) => {
            let conflict = OnConflict::column(brand::Column::BrandId)
                .update_columns([
                    brand::Column::Title,
                    brand::Column::LegalName,
                    brand::Column::Country,
                    brand::Column::Contact,
                    brand::Column::State,
                ])
                .to_owned();
            brand::Entity::insert(row.clone().into_active_model()).on_conflict(conflict).exec_without_returning(on).await?;
        }
        Write::Purpose(row) => {
            purpose::Entity::insert(row.clone().into_active_model()).exec_without_returning(on).await?;
        }
        Write::Ceiling(row) => {
            let conflict = OnConflict::column(ceiling::Column::Code).update_column(ceiling::Column::Body).to_owned();
            ceiling::Entity::insert(row.clone().into_active_model()).on_conflict(conflict).exec_without_returning(on).await?;
        }
        Write::Credential(row) => {
            credential::Entity::insert(row.clone().into_active_model()).exec_without_returning(on).await?;
        }
        Write::CredentialRevoked(credential, at) => {
            credential::Entity::update_many()
                .col_expr(credential::Column::RevokedAt, (*at).into())
                .filter(credential::Column::CredentialId.eq(*credential))
                .exec(on)
                .await?;
        }
        Write::Token(row) => {
            token::Entity::insert(row.clone().into_active_model()).exec_without_returning(on).await?;
        }
        Write::TokenRevoked(token, at) => {
            token::Entity::update_many()
                .col_expr(token::Column::RevokedAt, (*at).into())
                .filter(token::Column::TokenId.eq(*token))
                .exec(on)
                .await?;
        }
    }
    Ok(())
}

/// Keys first, then ciphertext, index and grants. The ledger's rows stay; their openings open no more.
async fn erase(on: &DatabaseTransaction, id: CustomerId) -> Result<(), DbErr> {
    // Overwritten before deleted, so that a freed page holds zeros even where the database would leave it as it was.
    customer_key::Entity::update_many()
        .col_expr(customer_key::Column::Wrapped, vec![0_u8; 128].into())
        .filter(customer_key::Column::CustomerId.eq(id.0))
        .exec(on)
        .await?;
    customer_key::Entity::delete_many().filter(customer_key::Column::CustomerId.eq(id.0)).exec(on).await?;
    record::Entity::delete_many().filter(record::Column::CustomerId.eq(id.0)).exec(on).await?;
    blob_part::Entity::delete_many().filter(blob_part::Column::CustomerId.eq(id.0)).exec(on).await?;
    identifier::Entity::delete_many().filter(identifier::Column::CustomerId.eq(id.0)).exec(on).await?;
    access_request::Entity::delete_many().filter(access_request::Column::CustomerId.eq(id.0)).exec(on).await?;
    access_grant::Entity::delete_many().filter(access_grant::Column::CustomerId.eq(id.0)).exec(on).await?;
    replay::Entity::delete_many().filter(replay::Column::CustomerId.eq(id.0)).exec(on).await?;
    brand_grant::Entity::delete_many().filter(brand_grant::Column::CustomerId.eq(id.0)).exec(on).await?;
    brand_request::Entity::update_many()
        .col_expr(brand_request::Column::CustomerId, Option::<Uuid>::None.into())
        .filter(brand_request::Column::CustomerId.eq(id.0))
        .exec(on)
        .await?;
    Ok(())
}
