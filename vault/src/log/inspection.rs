//! Inspections of the log: an auditor opens entries page by page. An entry says so before anything is opened.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffret_ledger::Leaf;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::LogOrigin;
use super::consistency::damaged;
use super::proof::Inclusion;
use super::read::LogLeaf;
use super::state::Published;
use crate::Vault;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::journal::EntryFilter;
use crate::ledger::{Details, Note, Row, Who};
use crate::page::PageRequest;
use crate::store::entity::{customer, ledger_entry};
use crate::store::log::Place;
use crate::text::{is_line, is_text};

/// What the ledger calls an inspection of all streams, and one of a single stream.
const ALL: &str = "ledger.inspected";
const ONE: &str = "ledger.stream_inspected";
/// How long an inspection lasts: half a day.
const LASTS_SECONDS: i64 = 43_200;
/// Entries that one page looks at, at most: what a filter asks for is sealed, so it opens what it passes over.
const MOST_OPENED: u64 = 4_096;
/// Entries in one look.
const CHUNK: u64 = 512;

/// An inspection that stands in the ledger. Nothing is opened without one.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Its own id, for the auditor who began it.
    pub id: String,
    /// Why.
    pub reason: String,
    /// When it was begun.
    pub begun: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// The one stream that it is of; all when absent.
    pub stream: Option<Uuid>,
    /// Whose that is.
    subject: Option<CustomerId>,
}

/// Which entries of the log; an entry that cannot be opened lies within no filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// By kind, brand and time.
    pub entries: EntryFilter,
    /// Concerning this purpose: `code`, or `code@version`.
    pub purpose: Option<String>,
    /// Decided on exactly this text: SHA-256 in hexadecimal.
    pub notice: Option<String>,
}

/// An entry of the log as an auditor sees it.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// The position in the log, from 0.
    pub index: u64,
    /// The leaf.
    pub leaf: Leaf,
    /// Whether it is the deployment's own; not told of one that is not opened.
    pub deployment: bool,
    /// What it says; nothing where it was not opened, or its customer was erased.
    pub details: Option<Details>,
}

/// A page of entries, newest first.
#[derive(Clone, Debug)]
pub struct InspectedPage {
    /// The log.
    pub origin: String,
    /// Its leaves under the newest published checkpoint.
    pub size: u64,
    /// The entries.
    pub items: Vec<Inspected>,
    /// How many entries were looked at.
    pub looked_at: u64,
    /// Empty on the last page.
    pub next: String,
}

impl LogFilter {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn lets(&self, details: &Details) -> bool {
        let EntryFilter { from, to, .. } = self.entries;
        self.entries.lets_details(details)
            && from.is_none_or(|from| details.time >= from)
            && to.is_none_or(|to| details.time < to)
            && self.lets_text(details)
    }

    fn lets_text(&self, details: &Details) -> bool {
        let purpose = |wanted: &String| {
            let found = details.purpose.as_deref().unwrap_or_default();
            found == wanted || found.split_once('@').is_some_and(|(code, _)| code == wanted)
        };
        // An entry says the text's digest, then its language and version.
        let digest = details.notice.as_deref().map(|notice| notice.split(' ').next().unwrap_or_default());
        self.purpose.as_ref().is_none_or(purpose) && self.notice.as_ref().is_none_or(|wanted| digest == Some(wanted))
    }
}

fn unknown() -> Error {
    Error::not_found("inspection")
}

/// The place that leads to whose stream it is (all zero for all streams), and the position of the inspection's entry in that stream.
fn write(place: Option<Place>, sequence: i64) -> String {
    let (log, index) = place.map_or((0, 0), |place| (place.log, place.index));
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&log.to_be_bytes());
    bytes[8..16].copy_from_slice(&index.to_be_bytes());
    bytes[16..].copy_from_slice(&sequence.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read(id: &str) -> Option<(Option<Place>, i64)> {
    let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(id).ok()?.try_into().ok()?;
    let eight = |at: usize| bytes[at..at + 8].try_into().expect("8 bytes");
    let (log, index, sequence) = (i64::from_be_bytes(eight(0)), u64::from_be_bytes(eight(8)), i64::from_be_bytes(eight(16)));
    // Positions beyond are in no database.
    let fits = log >= 0 && sequence > 0 && i64::try_from(index).is_ok();
    fits.then_some(((log > 0).then_some(Place { log, index }), sequence))
}

impl Vault {
    /// Begins an inspection of all streams, or of one. When this returns, it stands in the deployment's stream, and in the one that was
    /// named, where the customer reads who, when and why.
    ///
    /// # Errors
    /// `REASON_INVALID`: the reason cannot be read by people. `NOT_FOUND`: there is no such stream, or it was erased. Then nothing is opened.
    pub async fn begin_inspection(&self, who: Who, reason: &str, stream: Option<Uuid>) -> Result<Inspection> {
        if !is_text(reason, 300) {
            let sentence = "A reason has 1 to 300 characters that can be read, and no control characters: the customers concerned read it.";
            return Err(Error::invalid("reason", "REASON_INVALID", sentence));
        }
        if let Who::Operator(name) | Who::Auditor(name) = &who
            && !is_line(name, 200)
        {
            return Err(Error::precondition("NAME_INVALID", "The name of who inspects is one line: the customers concerned read it."));
        }
        let reason = reason.to_owned();
        let Some(stream) = stream else {
            let note = Note::new(ALL, who).reason(reason.clone());
            let (sequence, begun) = self.administer(move |draft| Ok((draft.note(note.clone())?.0, draft.now))).await?;
            return Ok(Inspection::new(write(None, sequence), reason, begun, None));
        };
        let subject = self.owner_of(stream).await?.ok_or_else(|| Error::not_found("stream"))?;
        let note = Note::new(ONE, who).reason(reason.clone());
        // Every stream has a first entry, and it keeps its place.
        let place = self.store.log_place(subject, 1).await?.ok_or_else(|| Error::not_found("stream"))?;
        let told = note.clone();
        let (sequence, begun) = if subject == CustomerId::DEPLOYMENT {
            self.administer(move |draft| Ok((draft.note(told.clone())?.0, draft.now))).await?
        } else {
            let session = self.fresh_session(subject).await?;
            let begun = self.commit(&session, move |draft| Ok((draft.note(told.clone())?.0, draft.now))).await?;
            self.administer(move |draft| draft.note(note.clone()).map(|_| ())).await?;
            begun
        };
        Ok(Inspection::new(write(Some(place), sequence), reason, begun, Some((stream, subject))))
    }

    /// The inspection with this id, if this auditor began it and it has not ended.
    ///
    /// # Errors
    /// `NOT_FOUND`: there is none.
    pub async fn inspection(&self, who: &Who, id: &str) -> Result<Inspection> {
        let (place, sequence) = read(id).ok_or_else(unknown)?;
        let subject = match place {
            None => CustomerId::DEPLOYMENT,
            Some(place) => self.store.log_entries(place.log, place.index, 1).await?.first().ok_or_else(unknown)?.0,
        };
        let session = self.fresh_session(subject).await?;
        let row = ledger_entry::Entity::find_by_id((subject.0, sequence)).one(self.store.reader()).await?.ok_or_else(unknown)?;
        let stream = row.stream;
        let entry = Row::try_from(row)?.open(&session.keys)?;
        let kind = if place.is_some() { ONE } else { ALL };
        let found = Inspection::new(
            id.to_owned(),
            entry.details.reason.clone().unwrap_or_default(),
            entry.details.time,
            place.map(|_| (stream, subject)),
        );
        let own = entry.valid && entry.details.kind == kind && entry.details.who == *who;
        if own && self.now() < found.ends { Ok(found) } else { Err(unknown()) }
    }

    /// Whose stream this is. Read from the whole table: streams have no index, and this is asked once for each inspection.
    async fn owner_of(&self, stream: Uuid) -> Result<Option<CustomerId>> {
        let found = customer::Entity::find()
            .filter(customer::Column::Stream.eq(stream))
            .select_only()
            .column(customer::Column::CustomerId)
            .into_tuple::<Uuid>()
            .one(self.store.reader())
            .await?;
        Ok(found.map(CustomerId))
    }

    /// The log of this name, or the newest, with its newest published checkpoint.
    async fn inspected_log(&self, origin: &str) -> Result<(LogOrigin, std::sync::Arc<Published>)> {
        let wanted = |known: &LogOrigin| origin.is_empty() || known.name == origin;
        let log = self.log_origins().await?.into_iter().rfind(wanted).ok_or_else(|| Error::not_found("log"))?;
        let published = self.published_of(log.log).await?.ok_or_else(|| {
            Error::precondition("LOG_NOT_PUBLISHED_HERE", "This server has not published a checkpoint of the log yet.").retry_after(1)
        })?;
        Ok((log, published))
    }

    /// Entries of a log, newest first: opened under an inspection, sealed without one. A page may have fewer entries than asked for, or
    /// none, and lead on all the same.
    ///
    /// # Errors
    /// `INSPECTION_MISSING`: a filter goes with an inspection. `NOT_FOUND`: there is no such log.
    pub async fn inspect(
        &self,
        origin: &str,
        inspection: Option<&Inspection>,
        filter: &LogFilter,
        page: &PageRequest,
    ) -> Result<InspectedPage> {
        if inspection.is_none() && !filter.is_empty() {
            let sentence = "What entries say is sealed: a filter goes with an inspection. Nothing was opened.";
            return Err(Error::invalid("inspection", "INSPECTION_MISSING", sentence));
        }
        let (log, published) = self.inspected_log(origin).await?;
        let (mut items, mut looked_at) = (Vec::new(), 0);
        let next = match inspection.and_then(|inspection| inspection.subject) {
            Some(subject) => self.inspect_stream(subject, (log.log, published.size), filter, page, &mut items, &mut looked_at).await?,
            None => self.inspect_all(inspection.is_some(), (log.log, published.size), filter, page, &mut items, &mut looked_at).await?,
        };
        Ok(InspectedPage { origin: log.name, size: published.size, items, looked_at, next })
    }

    /// One stream, by its own positions: the others are not touched.
    async fn inspect_stream(
        &self,
        subject: CustomerId,
        (log, size): (i64, u64),
        filter: &LogFilter,
        page: &PageRequest,
        items: &mut Vec<Inspected>,
        looked_at: &mut u64,
    ) -> Result<String> {
        let found = self.stream_entries(subject, &filter.entries, page).await?;
        *looked_at = found.items.len() as u64;
        for entry in found.items.into_iter().filter(|entry| filter.lets_text(&entry.details)) {
            let place = self.store.log_place(subject, entry.sequence).await?;
            // Others are in another log, or not published yet.
            if let Some(place) = place.filter(|place| place.log == log && place.index < size) {
                let leaf = Leaf { id: *entry.event.as_bytes(), commit: entry.commitment };
                let deployment = subject == CustomerId::DEPLOYMENT;
                items.push(Inspected { index: place.index, leaf, deployment, details: Some(entry.details) });
            }
        }
        Ok(found.next)
    }

    async fn inspect_all(
        &self,
        open: bool,
        (log, size): (i64, u64),
        filter: &LogFilter,
        page: &PageRequest,
        items: &mut Vec<Inspected>,
        looked_at: &mut u64,
    ) -> Result<String> {
        let mut before = page.after(|text| text.parse::<u64>().ok())?.unwrap_or(size).min(size);
        let mut step = page.size() as u64;
        while before > 0 && *looked_at < MOST_OPENED {
            let leaves = self.leaves_between(log, before.saturating_sub(step), before).await?;
            let openings = if open { self.log_openings(&leaves).await? } else { leaves.iter().map(|_| None).collect() };
            for (leaf, opening) in leaves.into_iter().zip(openings).rev() {
                (before, *looked_at) = (leaf.index, *looked_at + 1);
                let details = opening.map(|opening| serde_json::from_str::<Details>(&opening.details)).transpose()?;
                if filter.is_empty() || details.as_ref().is_some_and(|details| filter.lets(details)) {
                    items.push(Inspected::of(&leaf, details));
                    if items.len() == page.size() {
                        return Ok(next(before));
                    }
                }
            }
            // What is rare is looked for in larger steps.
            step = CHUNK;
        }
        Ok(next(before))
    }

    async fn leaves_between(&self, log: i64, from: u64, before: u64) -> Result<Vec<LogLeaf>> {
        let mut leaves: Vec<LogLeaf> = Vec::new();
        while leaves.last().map_or(from, |last| last.index + 1) < before {
            let some = self.log_leaves(log, leaves.last().map_or(from, |last| last.index + 1)).await?;
            if some.is_empty() {
                return Err(damaged("an entry of a published checkpoint is missing"));
            }
            leaves.extend(some);
        }
        leaves.retain(|leaf| leaf.index < before);
        Ok(leaves)
    }

    /// One entry of a log with the proof that it is in it; opened under an inspection, unless that is of another stream.
    ///
    /// # Errors
    /// `NOT_FOUND`: there is no such log, or it has no such entry under a published checkpoint.
    pub async fn inspect_entry(&self, origin: &str, index: u64, inspection: Option<&Inspection>) -> Result<(Inspected, Inclusion)> {
        let (log, published) = self.inspected_log(origin).await?;
        if index >= published.size {
            return Err(Error::not_found("entry"));
        }
        let leaf = self.leaves_between(log.log, index, index + 1).await?.pop().ok_or_else(|| Error::not_found("entry"))?;
        let opens = |inspection: &Inspection| inspection.subject.is_none_or(|subject| subject == leaf.customer);
        let opening = if inspection.is_some_and(opens) { self.log_openings(&[leaf]).await?.pop().flatten() } else { None };
        let details = opening.map(|opening| serde_json::from_str(&opening.details)).transpose()?;
        let inclusion = self.prove(Place { log: log.log, index }, &published).await?;
        Ok((Inspected::of(&leaf, details), inclusion))
    }
}

fn next(before: u64) -> String {
    if before == 0 { String::new() } else { URL_SAFE_NO_PAD.encode(before.to_string()) }
}

impl Inspected {
    fn of(leaf: &LogLeaf, details: Option<Details>) -> Self {
        let deployment = details.is_some() && leaf.customer == CustomerId::DEPLOYMENT;
        Self { index: leaf.index, leaf: leaf.leaf, deployment, details }
    }
}

impl Inspection {
    fn new(id: String, reason: String, begun: Timestamp, of: Option<(Uuid, CustomerId)>) -> Self {
        let ends = begun.plus_seconds(LASTS_SECONDS);
        Self { id, reason, begun, ends, stream: of.map(|(stream, _)| stream), subject: of.map(|(_, subject)| subject) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_a_foreign_one_does_not() {
        let place = Place { log: 2, index: 7 };
        assert_eq!(read(&write(Some(place), 9)), Some((Some(place), 9)));
        assert_eq!(read(&write(None, 1)), Some((None, 1)));
        for foreign in ["", "%", "AAAA", &write(None, 0), &write(None, -1), &write(Some(Place { log: 1, index: u64::MAX }), 1)] {
            assert_eq!(read(foreign), None, "{foreign}");
        }
    }
}
