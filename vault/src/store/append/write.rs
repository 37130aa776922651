//! Writes decided changes: one transaction, few statements, whatever the number of customers in it.
//!
//! The statement that writes each customer's first entry is the one that decides: a position that another server took is left out, and
//! with it everything else of that change. Reads alone are one single statement on PostgreSQL ([`super::postgres`]), and one hand-over in
//! the embedded database ([`super::embedded`]).

use std::collections::HashSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, QueryResult, Value,
};
use uuid::Uuid;

use super::Written;
use crate::credential::Role;
use crate::id::{CustomerId, RecordId};
use crate::ledger::Row;
use crate::store::Store;
use crate::store::draft::{Change, Write};
use crate::store::entity::{
    access_grant, access_request, blob_part, brand, brand_grant, brand_request, ceiling, code, credential, customer, customer_key,
    identifier, ledger_entry, log_pending, outbox, passkey, purpose, record, replay, token,
};
use crate::store::pending::Leaf;
use crate::store::statement::placeholders;
use crate::store::view::{encode_heads, encode_usage, seal_heads};

/// Rows in one statement at most: SQLite and PostgreSQL bind at most 32,766 and 65,535 values.
const TOGETHER: usize = 500;
/// The columns of an entry, in the order of [`entry_values`].
pub(super) const ENTRY_COLUMNS: &str = "customer_id, seq, stream, event_id, at, commitment, opening, batch";
/// How often a position is asked for, each time after waiting for whoever was about to take it.
const PLACES: usize = 256;

fn entry_values(batch: Uuid, rows: &[&Row]) -> Vec<Value> {
    let values = |row: &&Row| -> [Value; 8] {
        [
            row.customer.0.into(),
            row.sequence.into(),
            row.stream.into(),
            row.event.into(),
            row.time.micros().into(),
            row.commitment.to_vec().into(),
            row.opening.clone().into(),
            batch.into(),
        ]
    };
    rows.iter().flat_map(values).collect()
}

/// What the log needs of an entry.
pub(super) fn leaf(row: &Row) -> [u8; Leaf::LEN] {
    Leaf { customer: row.customer.0, sequence: row.sequence, event: row.event, commitment: row.commitment }.to_bytes()
}

/// Which changes went through, of the customers whose positions were won.
pub(super) fn applied(changes: &[Written], won: &HashSet<Uuid>) -> Vec<bool> {
    changes.iter().map(|change| won.contains(&change.view.id.0)).collect()
}

/// A transaction in which nobody else can move a customer.
pub(crate) struct Held {
    transaction: DatabaseTransaction,
    /// What keeps the next position until the entry comes.
    placeholder: Option<(CustomerId, i64)>,
}

impl Store {
    /// Writes every change whose customer nobody else has moved, in the commit of this id; tells which those are.
    pub(crate) async fn write(&self, batch: Uuid, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        if let Some(checkpoints) = &self.checkpoints {
            checkpoints.count(changes);
        }
        let reads = |change: &Written| !change.moved && !change.is_new && change.writes.is_empty() && change.outbox.is_empty();
        if changes.iter().all(reads) {
            return if self.is_postgres() {
                self.write_reads_postgres(batch, changes).await
            } else {
                self.write_reads_embedded(batch, changes).await
            };
        }
        let transaction = self.begin().await?;
        self.write_holding(Held { transaction, placeholder: None }, batch, changes).await
    }

    /// As [`Self::write`], and commits a transaction that may hold a customer's position.
    pub(crate) async fn write_holding(&self, held: Held, batch: Uuid, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        let Held { transaction, placeholder } = held;
        let written = async {
            if let Some((customer, sequence)) = placeholder {
                ledger_entry::Entity::delete_by_id((customer.0, sequence)).exec(&transaction).await?;
            }
            self.write_in(&transaction, batch, changes).await
        };
        match written.await {
            Ok(applied) => transaction.commit().await.map(|()| applied),
            Err(cause) => {
                transaction.rollback().await?;
                Err(cause)
            }
        }
    }

    /// A transaction in which nobody else can move this customer: whoever asks for the next position waits until it has ended.
    pub(crate) async fn hold(&self, customer: CustomerId) -> Result<Held, DbErr> {
        let transaction = self.begin().await?;
        if !self.is_postgres() {
            return Ok(Held { transaction, placeholder: None });
        }
        let sql = "INSERT INTO ledger_entry (customer_id, seq, stream, event_id, at, commitment, opening) \
                   SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $2, 0, $3, $3 FROM ledger_entry WHERE customer_id = $1 \
                   ON CONFLICT DO NOTHING RETURNING seq";
        for _ in 0..PLACES {
            let values = vec![customer.0.into(), Uuid::nil().into(), Vec::<u8>::new().into()];
            if let Some(row) = transaction.query_one_raw(self.statement(sql, values)).await? {
                return Ok(Held { transaction, placeholder: Some((customer, row.try_get_by_index(0)?)) });
            }
        }
        Err(DbErr::Custom("the next position was always taken".to_owned()))
    }

    /// Whether an entry is where a change put it.
    pub(crate) async fn has_entry(&self, customer: CustomerId, sequence: i64, event: Uuid) -> Result<bool, DbErr> {
        let found = ledger_entry::Entity::find_by_id((customer.0, sequence)).one(self.reader()).await?;
        Ok(found.is_some_and(|row| row.event_id == event))
    }

    async fn write_in(&self, on: &DatabaseTransaction, batch: Uuid, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        let (new, known): (Vec<&Written>, Vec<&Written>) = changes.iter().partition(|change| change.is_new);
        let mut won = self.take_positions(on, batch, known).await?;
        if !new.is_empty() {
            customer::Entity::insert_many(new.iter().map(|change| customer_row(change).into_active_model()))
                .exec_without_returning(on)
                .await?;
            won.extend(new.iter().map(|change| change.view.id.0));
        }
        let written: Vec<&Written> = changes.iter().filter(|change| won.contains(&change.view.id.0)).collect();
        let entries: Vec<&Row> = written.iter().flat_map(|change| change.rows.iter().skip(usize::from(!change.is_new))).collect();
        for some in entries.chunks(TOGETHER) {
            self.insert_entries(on, batch, some, "").await?;
        }
        let saving: Vec<&Written> = written.iter().copied().filter(|change| change.saves && !change.is_new).collect();
        let (moving, reading): (Vec<&Written>, Vec<&Written>) = saving.into_iter().partition(|change| change.moved);
        self.save_uses(on, &reading).await?;
        self.save_changed(on, &moving).await?;
        write_rows(self, on, &written).await?;
        self.write_outbox(on, &written).await?;
        let leaves: Vec<u8> = written.iter().flat_map(|change| &change.rows).flat_map(leaf).collect();
        if !leaves.is_empty() {
            log_pending::Entity::insert(log_pending::Model { batch, leaves }.into_active_model()).exec_without_returning(on).await?;
        }
        Ok(applied(changes, &won))
    }

    /// Writes each customer's first entry where its position is free; tells whose it was. In the order of customers, so that two servers
    /// never wait for each other in a circle.
    async fn take_positions(&self, on: &DatabaseTransaction, batch: Uuid, mut changes: Vec<&Written>) -> Result<HashSet<Uuid>, DbErr> {
        changes.sort_by_key(|change| change.view.id);
        let first: Vec<&Row> = changes.iter().filter_map(|change| change.rows.first()).collect();
        let mut won: HashSet<Uuid> = changes.iter().filter(|change| change.rows.is_empty()).map(|change| change.view.id.0).collect();
        for some in first.chunks(TOGETHER) {
            for row in self.insert_entries(on, batch, some, " ON CONFLICT (customer_id, seq) DO NOTHING RETURNING customer_id").await? {
                won.insert(row.try_get_by_index(0)?);
            }
        }
        Ok(won)
    }

    async fn insert_entries(&self, on: &DatabaseTransaction, batch: Uuid, rows: &[&Row], then: &str) -> Result<Vec<QueryResult>, DbErr> {
        let places = placeholders(self.backend(), &mut 1, rows.len(), 8);
        let sql = format!("INSERT INTO ledger_entry ({ENTRY_COLUMNS}) VALUES {places}{then}");
        on.query_all_raw(self.statement(sql, entry_values(batch, rows))).await
    }

    /// Writes positions and uses, of customers whose positions are won.
    async fn save_uses(&self, on: &DatabaseTransaction, changes: &[&Written]) -> Result<(), DbErr> {
        for some in changes.chunks(TOGETHER) {
            let value = |change: &&Written| -> [Value; 3] {
                [change.view.id.0.into(), change.view.seq.into(), encode_usage(&change.view.usage).into()]
            };
            let values = some.iter().flat_map(value).collect();
            let rows = placeholders(self.backend(), &mut 1, some.len(), 3);
            let sql = format!(
                "UPDATE customer SET seq = v.column2, usage = v.column3 FROM (VALUES {rows}) AS v WHERE customer.customer_id = v.column1"
            );
            on.execute_raw(self.statement(sql, values)).await?;
        }
        Ok(())
    }

    /// Writes everything of the customers' own rows, of customers whose positions are won.
    async fn save_changed(&self, on: &DatabaseTransaction, changes: &[&Written]) -> Result<(), DbErr> {
        for some in changes.chunks(200) {
            let mut values = Vec::with_capacity(some.len() * 8);
            for change in some {
                let row = customer_row(change);
                let sound = change.view.broken.is_none();
                values.extend([
                    row.customer_id.into(),
                    sound.then_some(row.seq).into(),
                    sound.then_some(row.usage).into(),
                    row.version.into(),
                    i32::from(row.state).into(),
                    row.heads.into(),
                    row.heads_seal.into(),
                    change.profile.clone().into(),
                ]);
            }
            let rows = placeholders(self.backend(), &mut 1, some.len(), 8);
            let sql = format!(
                "UPDATE customer SET seq = COALESCE(v.column2, customer.seq), usage = COALESCE(v.column3, customer.usage), version = v.column4, state = v.column5, heads = v.column6, \
                 heads_seal = v.column7, profile = COALESCE(v.column8, customer.profile) FROM (VALUES {rows}) AS v \
                 WHERE customer.customer_id = v.column1"
            );
            on.execute_raw(self.statement(sql, values)).await?;
        }
        Ok(())
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
        Write::Passkey(row) => {
            let conflict = OnConflict::columns([passkey::Column::CustomerId, passkey::Column::PasskeyId])
                .update_columns([passkey::Column::Version, passkey::Column::Sealed])
                .to_owned();
            passkey::Entity::insert(row.clone().into_active_model()).on_conflict(conflict).exec_without_returning(on).await?;
        }
        Write::PasskeyGone(passkey) => {
            passkey::Entity::delete_by_id((id.0, *passkey)).exec(on).await?;
        }
        Write::Code(row) => {
            code::Entity::insert(row.clone().into_active_model()).exec_without_returning(on).await?;
        }
        Write::CodesGone(kinds) => {
            code::Entity::delete_many()
                .filter(code::Column::CustomerId.eq(id.0))
                .filter(code::Column::Kind.is_in(kinds.iter().copied()))
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
    passkey::Entity::delete_many().filter(passkey::Column::CustomerId.eq(id.0)).exec(on).await?;
    code::Entity::delete_many().filter(code::Column::CustomerId.eq(id.0)).exec(on).await?;
    token::Entity::delete_many()
        .filter(token::Column::Subject.eq(id.to_string()))
        .filter(token::Column::Role.eq(Role::Customer as i16))
        .exec(on)
        .await?;
    brand_grant::Entity::delete_many().filter(brand_grant::Column::CustomerId.eq(id.0)).exec(on).await?;
    brand_request::Entity::update_many()
        .col_expr(brand_request::Column::CustomerId, Option::<Uuid>::None.into())
        .filter(brand_request::Column::CustomerId.eq(id.0))
        .exec(on)
        .await?;
    Ok(())
}
