//! A brand reads what a grant covers: checked, opened, coarsened, logged durably, and only then answered.

pub(crate) mod kept;
mod page_token;
mod photo;
mod refusal;
mod release;
mod stream;

use std::sync::Arc;

use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedRwLockReadGuard;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::consent::Usage;
use crate::consent::check::{Ask, Method, Refusal, check};
use crate::consent::grant::Grant;
use crate::consent::permit::Permit;
use crate::consent::terms::{Mode, View};
use crate::consent::{Actor, GrantState};
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId, GrantId, RecordId, Subject};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::draft::{ChangeKind, Draft, is_stale, stale};
use crate::store::entity::{brand_grant, record};
use crate::text::is_line;
use crate::{Session, Vault, view_word};
use refusal::refusal_note;

/// Records in one answer when the brand does not say.
pub const USUAL_RECORDS: usize = 100;
/// Records in one answer at most.
pub const MOST_RECORDS: usize = 1000;
/// Seconds for which a repeated request id repeats its answer.
const REPEAT_SECONDS: i64 = 600;

/// Under what a brand reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This grant.
    Grant(GrantId),
    /// Whatever grant it holds from this customer for this purpose.
    Subject(Subject, String),
}

/// What a brand asks to read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Under what.
    pub target: Target,
    /// Attribute types, each in a view or as granted; all that is granted when empty.
    pub items: Vec<(String, Option<View>)>,
    /// Why, for the customer.
    pub reason: String,
    /// The advisor for whom the brand's system reads.
    pub advisor: Option<String>,
    /// Records at most; 0 means 100.
    pub size: usize,
    /// What an earlier answer gave to go on with.
    pub page_token: String,
    /// A call that may be repeated.
    pub once: Option<Once>,
}

/// A datum that was released.
pub struct ReleasedRecord {
    /// The record.
    pub id: RecordId,
    /// Its version.
    pub version: i64,
    /// The attribute type.
    pub attribute: String,
    /// How much of it.
    pub view: View,
    /// The value as released, JSON text.
    pub value: Zeroizing<String>,
    /// The record's own time; of a masked one the first of its month.
    pub time: Timestamp,
}

impl std::fmt::Debug for ReleasedRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReleasedRecord").field("attribute", &self.attribute).field("view", &self.view).finish_non_exhaustive()
    }
}

/// Where a stream goes on: after this record, in the order of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamCursor {
    /// When the record was written.
    pub written_at: Timestamp,
    /// The record.
    pub record: RecordId,
}

impl StreamCursor {
    /// Before all records.
    pub const START: Self = Self { written_at: Timestamp::MIN, record: RecordId(uuid::Uuid::nil()) };
}

/// Held until the answer is handed over; a stop that comes meanwhile waits for it.
#[derive(Debug)]
pub struct Answering {
    #[expect(dead_code, reason = "held, not used")]
    share: OwnedRwLockReadGuard<()>,
    /// How often this server's lease had lapsed when the answer began.
    lapses: u64,
}

/// What was read.
#[derive(Debug)]
pub struct Released {
    /// The data.
    pub records: Vec<ReleasedRecord>,
    /// The grant.
    pub grant: GrantId,
    /// The brand's own name for the customer.
    pub subject: Subject,
    /// The ledger entry's position in the customer's stream.
    pub sequence: i64,
    /// The entry's commitment.
    pub commitment: [u8; 32],
    /// When it was read.
    pub read_at: Timestamp,
    /// Reads left, where they are limited.
    pub uses_left: Option<u32>,
    /// Until when the brand may keep it, where it may store it.
    pub delete_by: Option<Timestamp>,
    /// Leads to the next page; empty on the last.
    pub next: String,
    /// Keep it until the answer is handed over.
    pub answering: Arc<Answering>,
}

/// What a read decided, for its entry and for a repeated call.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Answer {
    grant: GrantId,
    sequence: i64,
    commitment: [u8; 32],
    read_at: Timestamp,
    uses_left: Option<u32>,
    records: Vec<(RecordId, i64, View)>,
    next: String,
}

/// A read on its way: who asks for what, under which grant.
struct Question<'a> {
    brand: BrandId,
    grant: GrantId,
    read: &'a Read,
    ask: Ask,
    /// A further page of a read that was counted.
    continued: bool,
}

/// How a decision came out in the commit; a refusal is written too.
enum Decided {
    Answered(Answer),
    /// With the position of its entry.
    Refused(Refusal, i64),
}

impl Vault {
    /// Reads under a grant. The answer is given only after its entry is durable; a refusal by consent has an entry too.
    pub async fn read(&self, brand: BrandId, read: &Read) -> Result<Released> {
        check_read(read)?;
        let Some((customer, grant)) = self.route(brand, &read.target).await? else {
            return Err(self.refuse_unknown(brand, read).await?);
        };
        let guard = self.begin_answer(customer).await;
        // Under the share that a suspension waits for: a brand that is suspended meanwhile gets no answer.
        self.require_brand(brand).await?;
        if let Some(released) = self.repeated(brand, customer, read, &guard).await? {
            return Ok(released);
        }
        let mut tries = 0;
        loop {
            match self.read_once(brand, customer, grant, read, &guard, tries > 0).await {
                Err(error) if is_stale(&error) && tries < 64 => tries += 1,
                // The same call at the same time: the other one was first.
                Err(error) if error.kind() == Kind::AlreadyExists => {
                    return self.repeated(brand, customer, read, &guard).await?.ok_or(error);
                }
                // Gone between the look-up and now: as if it had never been.
                Err(error) if error.reason() == "NOT_FOUND" => return Err(self.refuse_unknown(brand, read).await?),
                other => return other,
            }
        }
    }

    /// Takes the share that a stop waits for.
    async fn begin_answer(&self, customer: CustomerId) -> Arc<Answering> {
        let lapses = self.lease.lapses();
        Arc::new(Answering { share: Arc::clone(self.answering(customer)).read_owned().await, lapses })
    }

    /// The customer and grant that a target leads to.
    async fn route(&self, brand: BrandId, target: &Target) -> Result<Option<(CustomerId, GrantId)>> {
        let grant = match target {
            Target::Grant(grant) => *grant,
            Target::Subject(subject, purpose) => match self.newest_grant(brand, *subject, purpose).await? {
                Some(found) => return Ok(Some(found)),
                None => return Ok(None),
            },
        };
        let key = (brand, grant);
        if let Some(customer) = self.routes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key) {
            return Ok(Some((*customer, grant)));
        }
        let Some(customer) = self.fetcher.route(brand, grant).await? else { return Ok(None) };
        self.routes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).put(key, customer);
        Ok(Some((customer, grant)))
    }

    async fn newest_grant(&self, brand: BrandId, subject: Subject, purpose: &str) -> Result<Option<(CustomerId, GrantId)>> {
        use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
        let row = brand_grant::Entity::find()
            .filter(brand_grant::Column::BrandId.eq(brand.0))
            .filter(brand_grant::Column::Subject.eq(subject.0.to_vec()))
            .filter(brand_grant::Column::Purpose.eq(purpose))
            .order_by_desc(brand_grant::Column::GrantId)
            .one(self.store.reader())
            .await?;
        Ok(row.map(|row| (CustomerId(row.customer_id), GrantId(row.grant_id))))
    }

    async fn read_once(
        &self,
        brand: BrandId,
        customer: CustomerId,
        grant_id: GrantId,
        read: &Read,
        guard: &Arc<Answering>,
        fresh: bool,
    ) -> Result<Released> {
        let session = self.session_of(customer, fresh).await?;
        let Some(grant) = session.view.grant(grant_id).filter(|grant| grant.brand() == brand.0).cloned() else {
            // The brand has a row for it, the customer does not: only an old view explains that.
            return if fresh { Err(Error::not_found("grant")) } else { Err(stale()) };
        };
        let page = self.continued(brand, grant_id, read)?;
        let question = Question { brand, grant: grant_id, read, ask: ask_of(read), continued: page.is_some() };
        let Ok(permit) = question.check(&grant, &session.view.used(grant_id).usage, self.now()) else {
            return Err(self.refuse(&session, &question).await);
        };
        let found = self.release(&session, &permit, read.size, page.as_ref(), None).await?;
        let next = match &found.last {
            Some(last) => self.page_token(brand, grant_id, read, page.as_ref().map_or(self.now(), |page| page.since), last),
            None => String::new(),
        };
        let answer = match self.decide(&session, &question, &permit, &found, next).await? {
            Decided::Answered(answer) => answer,
            Decided::Refused(refusal, sequence) => {
                self.tell_refused(customer, brand, sequence);
                return Err(self.public_error(&refusal, &grant));
            }
        };
        self.hand_over(brand, customer, &grant, found.records, answer, guard)
    }

    /// What a brand is given, unless this server's lease has lapsed since the answer began.
    fn hand_over(
        &self,
        brand: BrandId,
        customer: CustomerId,
        grant: &Grant,
        records: Vec<ReleasedRecord>,
        answer: Answer,
        guard: &Arc<Answering>,
    ) -> Result<Released> {
        self.lease.check(guard.lapses)?;
        Ok(Released {
            records,
            grant: answer.grant,
            subject: self.subject_of(brand, customer),
            sequence: answer.sequence,
            commitment: answer.commitment,
            read_at: answer.read_at,
            uses_left: answer.uses_left,
            delete_by: delete_by(grant, answer.read_at),
            next: answer.next,
            answering: Arc::clone(guard),
        })
    }

    /// Commits the read's entry and counts it, on the newest view: what was opened counts only if nothing has changed since.
    async fn decide(
        &self,
        session: &Session,
        question: &Question<'_>,
        permit: &Permit,
        found: &release::Found,
        next: String,
    ) -> Result<Decided> {
        let Question { brand, grant: grant_id, read, continued, .. } = *question;
        let (version, ask, once) = (session.view.version, question.ask.clone(), read.once.clone());
        let released: Vec<(RecordId, i64, View)> = found.records.iter().map(|one| (one.id, one.version, one.view)).collect();
        let note = Note::new(if continued { "read.page" } else { "read" }, Who::Brand(brand))
            .brand(brand)
            .grant(grant_id)
            .purpose(&permit.purpose().code, permit.purpose().version)
            .attributes(permit.items().iter().map(|(attribute, view)| format!("{attribute}:{}", view_word(*view))).collect())
            .records(released.iter().map(|(id, version, _)| (*id, *version)))
            .reason(read.reason.clone())
            .advisor(read.advisor.clone());
        let refused = read.clone();
        self.commit(session, move |draft| {
            draft.require_version(version)?;
            let grant = Arc::clone(draft.view.grant(grant_id).ok_or_else(stale)?);
            let used = draft.view.used(grant_id);
            if let Err(refusal) = check_page(&grant, &used.usage, &ask, draft.now, continued) {
                let (sequence, _) = draft.note(refusal_note(brand, Some(&grant), &refused, &refusal))?;
                return Ok(Decided::Refused(refusal, sequence));
            }
            draft.require_sound()?;
            let (sequence, commitment) = draft.note(note.clone())?;
            if !continued {
                draft.count_read(&grant)?;
            }
            let uses_left = grant.terms().terms().uses.map(|uses| uses.saturating_sub(draft.view.used(grant_id).usage.used));
            let answer = Answer {
                grant: grant_id,
                sequence,
                commitment,
                read_at: draft.now,
                uses_left,
                records: released.clone(),
                next: next.clone(),
            };
            draft.remember(once.as_ref(), &answer)?;
            if uses_left == Some(0) && next.is_empty() && grant.state() == GrantState::Active {
                exhaust(draft, brand, &grant)?;
            }
            Ok(Decided::Answered(answer))
        })
        .await
    }

    /// The answer that the same call had within the last ten minutes, if the grant still allows it.
    async fn repeated(&self, brand: BrandId, customer: CustomerId, read: &Read, guard: &Arc<Answering>) -> Result<Option<Released>> {
        let Some(once) = &read.once else { return Ok(None) };
        let Some((answer, at)) = self.replayed::<Answer>(customer, once).await? else { return Ok(None) };
        if self.now() >= at.plus_seconds(REPEAT_SECONDS) {
            return Err(Error::invalid(
                "request_id",
                "REQUEST_ID_REUSED",
                "This request id was used more than ten minutes ago. Use a new one.",
            ));
        }
        // From the database, under the share that a stop waits for: a stop on any server either is seen here or waits for this answer.
        let session = self.fresh_session(customer).await?;
        let grant = session.view.grant(answer.grant).cloned().ok_or_else(Error::no_access)?;
        let state = grant.effective_state(self.now());
        if !matches!(state, GrantState::Active | GrantState::Exhausted) {
            let refusal = match state {
                GrantState::Paused => Refusal::GrantPaused,
                GrantState::Revoked => Refusal::GrantRevoked,
                GrantState::Expired => Refusal::GrantExpired,
                GrantState::Superseded => Refusal::GrantSuperseded,
                _ => Refusal::GrantSuspended,
            };
            return Err(self.public_error(&refusal, &grant));
        }
        let records = self.release_again(&session, &answer.records).await?;
        self.hand_over(brand, customer, &grant, records, answer, guard).map(Some)
    }
}

impl Question<'_> {
    fn check(&self, grant: &Grant, usage: &Usage, now: Timestamp) -> std::result::Result<Permit, Refusal> {
        check_page(grant, usage, &self.ask, now, self.continued)
    }
}

fn check_read(read: &Read) -> Result<()> {
    let length = read.reason.chars().count();
    if length == 0 || length > 300 {
        return Err(Error::invalid("reason", "REASON_LENGTH", "A reason has 1 to 300 characters: the customer reads it."));
    }
    if read.advisor.as_ref().is_some_and(|advisor| advisor.chars().count() > 100) {
        return Err(Error::invalid("advisor", "ADVISOR_LENGTH", "An advisor's name has at most 100 characters."));
    }
    let not_plain = |field| Error::invalid(field, "TEXT_NOT_PLAIN", "This is one line without control characters: the customer reads it.");
    if !is_line(&read.reason, 300) {
        return Err(not_plain("reason"));
    }
    if read.advisor.as_ref().is_some_and(|advisor| !is_line(advisor, 100)) {
        return Err(not_plain("advisor"));
    }
    if read.items.len() > 200 {
        return Err(Error::invalid("items", "TOO_MANY_ITEMS", "A read names at most 200 attribute types."));
    }
    Ok(())
}

fn ask_of(read: &Read) -> Ask {
    Ask { method: Method::Read, attributes: read.items.clone(), reason: read.reason.clone() }
}

/// A further page of a read that was counted: uses and frequency are not asked again, everything else is.
fn check_page(grant: &Grant, usage: &Usage, ask: &Ask, now: Timestamp, continued: bool) -> std::result::Result<Permit, Refusal> {
    if continued { check(grant, &Usage::default(), ask, now) } else { check(grant, usage, ask, now) }
}

/// Until when a brand may keep what it read: never beyond the grant's end; not at all where it may only look.
fn delete_by(grant: &Grant, read_at: Timestamp) -> Option<Timestamp> {
    let terms = grant.terms().terms();
    match terms.mode {
        Mode::View | Mode::Query => None,
        Mode::Store | Mode::Stream => {
            Some(terms.data_life_days.map_or(grant.expires_at(), |days| read_at.plus_days(i64::from(days)).min(grant.expires_at())))
        }
    }
}

/// The last use was made: the grant ends in the same commit.
fn exhaust(draft: &mut Draft<'_>, brand: BrandId, grant: &Grant) -> Result<()> {
    let id = GrantId(grant.id());
    let usage = draft.view.used(id).usage;
    let ended = grant.clone().exhaust(&usage, Actor::Clock, draft.now).map_err(|rejected| Error::internal(rejected.error.reason()))?;
    draft.put_grant(ended)?;
    draft.note(Note::new("grant.exhausted", Who::Clock).brand(brand).grant(id))?;
    draft.tell(brand, ChangeKind::Exhausted, None, Some(id), None);
    Ok(())
}

impl Vault {
    /// Rows of the current records of these attribute types.
    pub(crate) async fn current_rows(&self, customer: CustomerId, attributes: &[&str]) -> Result<Vec<record::Model>> {
        self.fetcher.records(customer, attributes.iter().map(|&attribute| attribute.to_owned()).collect()).await
    }
}
