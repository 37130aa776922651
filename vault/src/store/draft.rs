//! A change in the making: decided on a view of one customer, in memory, and written only if nothing else came first.

use std::collections::BTreeMap;
use std::sync::Arc;

use coffret_envelope::{Entropy, HeadEntry, envelope_hash};
use uuid::Uuid;

use super::entity::{
    access_grant, access_request, blob_part, brand, brand_grant, brand_request, ceiling, code, complaint, credential, customer_key,
    identifier, notice, notice_settings, passkey, purpose, record, replay, token,
};
use super::view::{GRANTS_HEAD, GrantUse, Head, Profile, View, grant_place, profile_place, request_place};
use crate::clock::Timestamp;
use crate::consent::grant::{Grant, GrantState};
use crate::consent::request::{Request, RequestState};
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId, GrantId, RecordId, RequestId, Subject};
use crate::keys::CustomerKeys;
use crate::ledger::{Note, Noted, Row};
use crate::notice::NoticeKind;

/// What a brand must hear of; numbers as in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum ChangeKind {
    /// A request was approved; a grant began.
    Approved = 1,
    /// The customer offers less.
    Countered = 2,
    /// A grant was paused.
    Paused = 3,
    /// A grant was resumed.
    Resumed = 4,
    /// A grant was stopped.
    Revoked = 5,
    /// A grant ended by time.
    Expired = 6,
    /// A grant was replaced.
    Superseded = 7,
    /// A grant was suspended.
    Suspended = 8,
    /// The customer was erased.
    Erased = 9,
    /// A grant's reads are used up.
    Exhausted = 10,
    /// A suspended grant is live again.
    Reinstated = 11,
}

/// A change on its way to a brand, without its number.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) brand: BrandId,
    pub(crate) kind: ChangeKind,
    pub(crate) request: Option<RequestId>,
    pub(crate) grant: Option<GrantId>,
    pub(crate) subject: Option<Subject>,
    pub(crate) at: Timestamp,
}

/// One row to write besides the customer's own and the ledger's.
#[derive(Clone, Debug)]
pub(crate) enum Write {
    Key(customer_key::Model),
    Record(record::Model),
    /// The version before is no longer the current one.
    Replaced(RecordId, i64),
    /// A record with all versions and its photo.
    RecordGone(RecordId),
    BlobPart(blob_part::Model),
    Request(access_request::Model),
    Grant(access_grant::Model),
    BrandRequest(brand_request::Model),
    /// What the brand may know of its request now.
    BrandRequestState(BrandId, RequestId, i16, Option<GrantId>),
    BrandGrant(brand_grant::Model),
    Identifier(identifier::Model),
    IdentifierGone(Vec<u8>),
    Replay(replay::Model),
    /// Everything of the customer's that is sealed: keys first, then ciphertext, index and grants. The ledger's rows stay.
    Erase,
    Brand(brand::Model),
    Purpose(purpose::Model),
    Ceiling(ceiling::Model),
    Credential(credential::Model),
    CredentialRevoked(Uuid, i64),
    Token(token::Model),
    TokenRevoked(Uuid, i64),
    /// A passkey, new or used.
    Passkey(passkey::Model),
    PasskeyGone(Uuid),
    Code(code::Model),
    /// Something that a customer is told; the deployment tells customers too.
    Notice(notice::Model),
    NoticeSettings(notice_settings::Model),
    Complaint(complaint::Model),
    /// All codes of the customer's of these kinds.
    CodesGone(&'static [i16]),
}

/// A change in the making.
pub(crate) struct Draft<'a> {
    pub(crate) view: View,
    pub(crate) now: Timestamp,
    pub(crate) entropy: &'a dyn Entropy,
    pub(crate) keys: Arc<CustomerKeys>,
    pub(crate) rows: Vec<Row>,
    pub(crate) writes: Vec<Write>,
    pub(crate) outbox: Vec<Change>,
    /// Whether more than the uses and the stream's position changed.
    pub(crate) moved: bool,
    pub(crate) profile: Option<Vec<u8>>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(view: View, keys: Arc<CustomerKeys>, entropy: &'a dyn Entropy, now: Timestamp) -> Self {
        Self { view, now, entropy, keys, rows: Vec::new(), writes: Vec::new(), outbox: Vec::new(), moved: false, profile: None }
    }

    /// Whether two such changes at once collide: on the entry's position, or, where nothing else is changed, on the request id's own key.
    pub(crate) fn collides(&self) -> bool {
        let alone = self.writes.iter().all(|write| matches!(write, Write::Replay(_)));
        !self.rows.is_empty() || (alone && self.outbox.is_empty() && !self.moved)
    }

    /// Fails so that the verb starts again when the account has changed since the verb looked.
    pub(crate) fn require_version(&self, version: i64) -> Result<()> {
        if self.view.version == version { Ok(()) } else { Err(stale()) }
    }

    /// Fails when the account is not open.
    pub(crate) fn require_active(&self) -> Result<()> {
        if self.view.is_active() { Ok(()) } else { Err(Error::not_found("customer")) }
    }

    /// Writes an entry at the next position of the stream; returns the position and the commitment.
    pub(crate) fn note(&mut self, note: Note) -> Result<(i64, [u8; 32])> {
        let noted = self.note_in_full(note)?;
        Ok((noted.details.sequence, noted.commitment))
    }

    /// As [`Self::note`]; returns what a receipt says of the entry.
    pub(crate) fn note_in_full(&mut self, note: Note) -> Result<Noted> {
        let sequence = self.view.seq + 1;
        let (row, noted) = note.seal(self.entropy, &self.keys, self.view.stream, sequence, self.now)?;
        self.rows.push(row);
        self.view.seq = sequence;
        self.give_notice_of(&noted.details)?;
        Ok(noted)
    }

    /// The account's version that this change makes; one for the whole change.
    pub(crate) fn moving(&mut self) -> i64 {
        if !self.moved {
            self.moved = true;
            self.view.version += 1;
        }
        self.view.version
    }

    /// Moves the digest of one attribute type.
    fn move_head(
        &mut self,
        attribute: &str,
        remove: Option<(&[u8; 16], i64, [u8; 32])>,
        add: Option<(&[u8; 16], i64, [u8; 32])>,
    ) -> Result<()> {
        let version = self.moving();
        let keys = Arc::clone(&self.keys);
        let mut digest = self.view.head(&keys, attribute)?;
        if let Some((id, at, hash)) = remove {
            digest.remove(HeadEntry { record: id, version: at.unsigned_abs(), envelope_hash: &hash });
        }
        if let Some((id, at, hash)) = add {
            digest.add(HeadEntry { record: id, version: at.unsigned_abs(), envelope_hash: &hash });
        }
        let stored = digest.store(version.unsigned_abs()).to_vec();
        Arc::make_mut(&mut self.view.heads).insert(attribute.to_owned(), Head { moved_at: version, stored });
        Ok(())
    }

    /// Stores one version of a record; `before` is the version that it replaces, with its envelope's hash.
    pub(crate) fn put_record(&mut self, row: record::Model, before: Option<(i64, [u8; 32])>) -> Result<()> {
        let id = RecordId(row.record_id);
        let remove = before.map(|(version, hash)| (id.bytes(), version, hash));
        self.move_head(&row.attribute, remove, Some((id.bytes(), row.version, envelope_hash(&row.envelope))))?;
        if let Some((version, _)) = before {
            self.writes.push(Write::Replaced(id, version));
        }
        self.writes.push(Write::Record(row));
        Ok(())
    }

    /// Deletes a record whose current version is this one.
    pub(crate) fn delete_record(&mut self, id: RecordId, attribute: &str, version: i64, hash: [u8; 32]) -> Result<()> {
        self.move_head(attribute, Some((id.bytes(), version, hash)), None)?;
        self.writes.push(Write::RecordGone(id));
        Ok(())
    }

    /// Stores a request; `before` is the version of its row.
    pub(crate) fn put_request(&mut self, request: &Request, before: Option<i64>) -> Result<()> {
        self.moving();
        let id = RequestId(request.id());
        let version = before.unwrap_or_default() + 1;
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(request)?);
        let sealed = self.keys.seal(self.entropy, &request_place(&id, version), &plain)?;
        self.writes.push(Write::Request(access_request::Model {
            customer_id: self.view.id.0,
            request_id: id.0,
            brand_id: request.brand(),
            open: matches!(request.state(), RequestState::Pending | RequestState::Countered),
            asked_at: request.asked_at().micros(),
            version,
            sealed,
        }));
        Ok(())
    }

    /// Stores a grant, new or in its next state.
    pub(crate) fn put_grant(&mut self, grant: Grant) -> Result<()> {
        let id = GrantId(grant.id());
        let version = self.moving();
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(&grant)?);
        let sealed = self.keys.seal(self.entropy, &grant_place(&id, version), &plain)?;
        let hash = envelope_hash(&sealed);
        let before = Arc::make_mut(&mut self.view.grant_rows).insert(id, (version, hash));
        self.move_head(GRANTS_HEAD, before.map(|(at, hash)| (id.bytes(), at, hash)), Some((id.bytes(), version, hash)))?;
        let live = matches!(grant.state(), GrantState::Active | GrantState::Paused | GrantState::Suspended);
        let due = match grant.pause_set().and_then(|pause| pause.until) {
            Some(until) if grant.state() == GrantState::Paused && until > self.now => until.min(grant.expires_at()),
            _ => grant.expires_at(),
        };
        self.writes.push(Write::Grant(access_grant::Model {
            customer_id: self.view.id.0,
            grant_id: id.0,
            brand_id: grant.brand(),
            live,
            due_at: due.micros(),
            version,
            sealed,
        }));
        Arc::make_mut(&mut self.view.grants).insert(id, Arc::new(grant));
        Ok(())
    }

    /// Fails when what was read before is in doubt.
    pub(crate) fn require_sound(&self) -> Result<()> {
        match self.view.broken {
            Some(sequence) => Err(Error::inconsistent("ledger_entry", "opening", sequence)),
            None => Ok(()),
        }
    }

    /// Counts a read under a grant, whose entry was just noted; the first one is told to the customer.
    pub(crate) fn count_read(&mut self, grant: &Grant) -> Result<()> {
        let used = Arc::make_mut(&mut self.view.usage).entry(GrantId(grant.id())).or_default();
        let first = used.usage.used == 0;
        used.count(grant.terms().terms().frequency, self.now);
        if first {
            self.give_notice(NoticeKind::FirstRead, Some(grant.id()))?;
        }
        Ok(())
    }

    /// Gives a new grant the uses of the one that it replaces.
    pub(crate) fn carry_usage(&mut self, from: GrantId, to: GrantId) -> Result<()> {
        self.require_sound()?;
        let used = self.view.used(from);
        Arc::make_mut(&mut self.view.usage).insert(to, used);
        Ok(())
    }

    /// Stores the first key.
    pub(crate) fn put_key(&mut self, key: &crate::keys::WrappedKey) {
        self.writes.push(Write::Key(customer_key::Model {
            customer_id: self.view.id.0,
            generation: key.generation,
            epoch: key.epoch,
            key_id: key.key_id.0.to_vec(),
            wrapped: key.wrapped.clone(),
        }));
    }

    /// Changes what the customer chose for themself.
    pub(crate) fn put_profile(&mut self, profile: Profile) -> Result<()> {
        let version = self.moving();
        let plain = serde_json::to_vec(&profile)?;
        let mut stored = version.to_be_bytes().to_vec();
        stored.extend_from_slice(&self.keys.seal(self.entropy, &profile_place(version), &plain)?);
        self.profile = Some(stored);
        self.view.profile = Arc::new(profile);
        Ok(())
    }

    /// Tells a brand what happened.
    pub(crate) fn tell(
        &mut self,
        brand: BrandId,
        kind: ChangeKind,
        request: Option<RequestId>,
        grant: Option<GrantId>,
        subject: Option<Subject>,
    ) {
        self.outbox.push(Change { brand, kind, request, grant, subject, at: self.now });
    }

    /// Ends the account: its key and everything sealed under it goes with this commit.
    pub(crate) fn erase(&mut self) {
        self.moving();
        self.view.state = super::view::ERASED;
        self.view.key = None;
        self.view.grants = Arc::default();
        self.view.grant_rows = Arc::default();
        self.view.heads = Arc::default();
        self.view.usage = Arc::default();
        self.profile = Some(Vec::new());
        self.writes.push(Write::Erase);
    }
}

/// A new account, before its first commit.
pub(crate) fn new_view(id: CustomerId, stream: Uuid, profile: Profile, key: crate::keys::WrappedKey, now: Timestamp) -> View {
    View {
        id,
        state: super::view::ACTIVE,
        version: 0,
        seq: 0,
        saved: 0,
        broken: None,
        stream,
        created_at: now,
        key: Some(Arc::new(key)),
        usage: Arc::new(BTreeMap::<GrantId, GrantUse>::new()),
        heads: Arc::default(),
        profile: Arc::new(profile),
        grants: Arc::default(),
        grant_rows: Arc::default(),
    }
}

/// The verb must look again: what it saw has changed.
pub(crate) fn stale() -> Error {
    Error::new(Kind::Aborted, "CHANGED_MEANWHILE", "Somebody else changed the same thing at the same time. Nothing was changed; try again.")
}

/// Whether a failure is [`stale`].
pub(crate) fn is_stale(error: &Error) -> bool {
    error.reason() == "CHANGED_MEANWHILE"
}
