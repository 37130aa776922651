//! Complaints: a customer does not recognise a read, asks for deletion, or reports something. Each is filed by an entry of their stream;
//! what it is about and their words are sealed under their key.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, ComplaintId, CustomerId, GrantId, make_uuid_at};
use crate::keys::{CustomerKeys, Place};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::page::{Page, PageRequest};
use crate::store::draft::{Draft, Write};
use crate::store::entity::complaint;
use crate::text::is_text;
use crate::{Session, Vault};

/// Characters of the customer's words, and of an answer, at most.
pub const MOST_TEXT: usize = 2000;
/// Open complaints of one customer at most.
const MOST_OPEN: u64 = 100;
const OPEN: i16 = 1;
const CLOSED: i16 = 2;

/// What a complaint asks; numbers as in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(i16)]
pub enum ComplaintKind {
    /// The customer does not recognise this.
    NotRecognised = 1,
    /// The customer asks for deletion of what was read.
    Deletion = 2,
    /// The customer reports it.
    Report = 3,
}

impl ComplaintKind {
    fn of_number(number: i16) -> Option<Self> {
        [Self::NotRecognised, Self::Deletion, Self::Report].into_iter().find(|kind| *kind as i16 == number)
    }

    const fn word(self) -> &'static str {
        match self {
            Self::NotRecognised => "not_recognised",
            Self::Deletion => "deletion",
            Self::Report => "report",
        }
    }
}

/// What a complaint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An entry of the customer's stream: a read, or a decision.
    Entry(i64),
    /// A grant of the customer's.
    Grant(GrantId),
}

/// A complaint to file.
#[derive(Clone, Debug)]
pub struct NewComplaint {
    /// What it asks.
    pub kind: ComplaintKind,
    /// What it is about.
    pub about: About,
    /// The customer's words, if any.
    pub text: Option<String>,
    /// Whether operators can read what it is about, and the words.
    pub shared: bool,
}

/// A complaint, opened for its customer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// Whose it is.
    pub customer: CustomerId,
    /// The id.
    pub id: ComplaintId,
    /// What it asks.
    pub kind: ComplaintKind,
    /// What it is about.
    pub about: About,
    /// The brand concerned.
    pub brand: Option<BrandId>,
    /// The grant concerned.
    pub grant: Option<GrantId>,
    /// The customer's words.
    pub text: Option<String>,
    /// Whether operators can read what it is about, and the words.
    pub shared: bool,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// The position of the entry that says so.
    pub filing: i64,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// What an operator answered; nothing where the customer took it back.
    pub answer: Option<String>,
}

impl std::fmt::Debug for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Complaint").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Complaint {
    /// As an operator sees it: without the words, unless the customer shares them.
    #[must_use]
    pub fn for_operators(mut self) -> Self {
        if !self.shared {
            self.text = None;
        }
        self
    }
}

/// What is sealed of it.
#[derive(Clone, Serialize, Deserialize)]
struct Sealed {
    about: About,
    brand: Option<BrandId>,
    grant: Option<GrantId>,
    text: Option<String>,
    shared: bool,
    filing: i64,
    closed_at: Option<Timestamp>,
    answer: Option<String>,
}

fn place(id: &Uuid, version: i64) -> Place<'_> {
    Place { class: "complaint", record: id.as_bytes(), attribute: "", version, schema: "complaint/1" }
}

fn check_text(text: Option<&str>, field: &str) -> Result<()> {
    if text.is_none_or(|text| is_text(text, MOST_TEXT)) {
        return Ok(());
    }
    Err(Error::invalid(field, "TEXT_INVALID", "This is a plain text of 1 to 2000 characters."))
}

fn open(keys: &CustomerKeys, row: &complaint::Model) -> Result<Complaint> {
    let id = ComplaintId(row.complaint_id);
    let plain = keys.open(&place(&row.complaint_id, row.version), &row.sealed)?;
    let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| Error::inconsistent("complaint", "sealed", id))?;
    Ok(Complaint {
        customer: CustomerId(row.customer_id),
        id,
        kind: ComplaintKind::of_number(row.kind).ok_or_else(|| Error::inconsistent("complaint", "kind", id))?,
        about: sealed.about,
        brand: sealed.brand,
        grant: sealed.grant,
        text: sealed.text,
        shared: sealed.shared,
        filed_at: Timestamp::from_micros(row.at),
        filing: sealed.filing,
        closed_at: sealed.closed_at,
        answer: sealed.answer,
    })
}

impl Draft<'_> {
    fn put_complaint(&mut self, complaint: &Complaint, version: i64) -> Result<()> {
        self.moving();
        let Complaint { id, kind, about, brand, grant, text, shared, filed_at, filing, closed_at, answer, .. } = complaint.clone();
        let sealed = Sealed { about, brand, grant, text, shared, filing, closed_at, answer };
        let plain = Zeroizing::new(serde_json::to_vec(&sealed)?);
        let sealed = self.keys.seal(self.entropy, &place(&id.0, version), &plain)?;
        self.writes.push(Write::Complaint(complaint::Model {
            customer_id: self.view.id.0,
            complaint_id: id.0,
            state: if closed_at.is_some() { CLOSED } else { OPEN },
            kind: kind as i16,
            at: filed_at.micros(),
            version,
            sealed,
        }));
        Ok(())
    }
}

impl Vault {
    /// Files a complaint. When this returns, its entry is durable: a proof that, and when, the customer complained.
    ///
    /// # Errors
    /// What it is about is not the customer's; the words are too long; or a hundred are open (`TOO_MANY_COMPLAINTS`).
    pub async fn file_complaint(&self, customer: CustomerId, who: Who, new: NewComplaint, once: Option<&Once>) -> Result<Complaint> {
        check_text(new.text.as_deref(), "complaint.text")?;
        self.once(customer, once, || {
            self.settled_afresh(|_| {
                let (who, call, new) = (who.clone(), once.cloned(), new.clone());
                async move {
                    let session = self.fresh_session(customer).await?;
                    let (brand, grant) = self.concerned(&session, new.about).await?;
                    let open = complaint::Entity::find()
                        .filter(complaint::Column::CustomerId.eq(customer.0))
                        .filter(complaint::Column::State.eq(OPEN));
                    if open.count(self.store.reader()).await? >= MOST_OPEN {
                        let sentence = "A hundred of your complaints are open. Wait for an answer, or take one back. Nothing was changed.";
                        return Err(Error::precondition("TOO_MANY_COMPLAINTS", sentence));
                    }
                    let version = session.view.version;
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        let about = match new.about {
                            About::Entry(sequence) => format!("{} entries/{sequence}", new.kind.word()),
                            About::Grant(grant) => format!("{} grants/{grant}", new.kind.word()),
                        };
                        let mut note = Note::new("complaint.filed", who.clone()).reason(about);
                        note = brand.into_iter().fold(note, Note::brand);
                        note = grant.into_iter().fold(note, Note::grant);
                        let (filing, _) = draft.note(note)?;
                        let id = ComplaintId(make_uuid_at(draft.entropy, draft.now, filing)?);
                        let filed = Complaint {
                            customer,
                            id,
                            kind: new.kind,
                            about: new.about,
                            brand,
                            grant,
                            text: new.text.clone(),
                            shared: new.shared,
                            filed_at: draft.now,
                            filing,
                            closed_at: None,
                            answer: None,
                        };
                        draft.put_complaint(&filed, 1)?;
                        draft.remember(call.as_ref(), &filed)?;
                        Ok(filed)
                    })
                    .await
                }
            })
        })
        .await
    }

    /// The brand and grant that a complaint concerns.
    async fn concerned(&self, session: &Session, about: About) -> Result<(Option<BrandId>, Option<GrantId>)> {
        match about {
            About::Grant(id) => {
                let grant = session.view.grant(id).ok_or_else(|| Error::not_found("grant"))?;
                Ok((Some(BrandId(grant.brand())), Some(id)))
            }
            About::Entry(sequence) => {
                let entry = self.entry(session.view.id, sequence).await?;
                Ok((entry.details.brand, entry.details.grant))
            }
        }
    }

    /// A customer's complaints, newest first.
    pub async fn complaints(&self, customer: CustomerId, page: &PageRequest) -> Result<Page<Complaint>> {
        let session = self.fresh_session(customer).await?;
        let mut query = complaint::Entity::find().filter(complaint::Column::CustomerId.eq(customer.0));
        if let Some(after) = page.after(ComplaintId::parse)? {
            query = query.filter(complaint::Column::ComplaintId.lt(after.0));
        }
        let rows = query.order_by_desc(complaint::Column::ComplaintId).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
        let cut = Page::cut(rows, page, |row| ComplaintId(row.complaint_id).to_string());
        let items = cut.items.iter().map(|row| open(&session.keys, row)).collect::<Result<_>>()?;
        Ok(Page { items, next: cut.next })
    }

    async fn complaint_row(&self, customer: CustomerId, id: ComplaintId) -> Result<complaint::Model> {
        let row = complaint::Entity::find_by_id((customer.0, id.0)).one(self.store.reader()).await?;
        row.ok_or_else(|| Error::not_found("complaint"))
    }

    /// One complaint of a customer's.
    pub async fn complaint(&self, customer: CustomerId, id: ComplaintId) -> Result<Complaint> {
        let session = self.fresh_session(customer).await?;
        open(&session.keys, &self.complaint_row(customer, id).await?)
    }

    /// Closes a complaint: an operator with an answer, the customer without.
    ///
    /// # Errors
    /// It is closed already (`COMPLAINT_CLOSED`); or an operator gives no answer.
    pub async fn close_complaint(
        &self,
        customer: CustomerId,
        who: Who,
        id: ComplaintId,
        answer: Option<String>,
        once: Option<&Once>,
    ) -> Result<Complaint> {
        check_text(answer.as_deref(), "answer")?;
        if matches!(who, Who::Operator(_)) != answer.is_some() {
            return Err(Error::invalid("answer", "ANSWER_MISPLACED", "An operator gives an answer, and a customer gives none."));
        }
        self.once(customer, once, || {
            self.settled_afresh(|_| {
                let (who, call, answer) = (who.clone(), once.cloned(), answer.clone());
                async move {
                    let session = self.fresh_session(customer).await?;
                    let row = self.complaint_row(customer, id).await?;
                    let found = open(&session.keys, &row)?;
                    if found.closed_at.is_some() {
                        return Err(Error::precondition("COMPLAINT_CLOSED", "This complaint is closed already. Nothing was changed."));
                    }
                    let version = session.view.version;
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        let closed = Complaint { closed_at: Some(draft.now), answer: answer.clone(), ..found.clone() };
                        draft.put_complaint(&closed, row.version + 1)?;
                        let mut note = Note::new("complaint.closed", who.clone()).reason(format!("complaint {id}"));
                        note = found.brand.into_iter().fold(note, Note::brand);
                        draft.note(note)?;
                        draft.remember(call.as_ref(), &closed)?;
                        Ok(closed)
                    })
                    .await
                }
            })
        })
        .await
    }

    /// The open complaints of all customers, oldest first, as operators see them.
    pub async fn open_complaints(&self, page: &PageRequest) -> Result<Page<Complaint>> {
        let mut query = complaint::Entity::find().filter(complaint::Column::State.eq(OPEN));
        if let Some(after) = page.after(ComplaintId::parse)? {
            query = query.filter(complaint::Column::ComplaintId.gt(after.0));
        }
        let rows = query.order_by_asc(complaint::Column::ComplaintId).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
        let cut = Page::cut(rows, page, |row| ComplaintId(row.complaint_id).to_string());
        let mut items = Vec::with_capacity(cut.items.len());
        for row in &cut.items {
            match self.fresh_session(CustomerId(row.customer_id)).await {
                Ok(session) => items.push(open(&session.keys, row)?.for_operators()),
                // Erased at this moment.
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Page { items, next: cut.next })
    }

    /// How many complaints are open.
    pub async fn count_open_complaints(&self) -> Result<u64> {
        Ok(complaint::Entity::find().filter(complaint::Column::State.eq(OPEN)).count(self.store.reader()).await?)
    }
}
