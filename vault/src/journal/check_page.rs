//! A check of the ledger in pages, so that no call takes long, whoever waits sees how far it is, and a check that was cut short goes on.
//!
//! What leads to the next page carries the counts so far and where to go on. It is sealed under the deployment's key: any server takes it,
//! nobody makes one up, and it tells no customer's id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::check::{Check, Progress};
use super::check_log::Part;
use crate::Vault;
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::keys::Place;
use crate::store::entity::customer;

/// About how much one page looks at: a second's work.
#[derive(Clone, Copy)]
struct Size {
    entries: u64,
    streams: u64,
}

const USUAL: Size = Size { entries: 20_000, streams: 500 };
const PLACE: Place<'static> = Place { class: "check-page", record: &[], attribute: "", version: 1, schema: "" };

/// One page of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckPage {
    /// What was found so far, on this page and those before; the faults are this page's alone.
    pub check: Check,
    /// Streams that there were when the check began: about as many as there will be.
    pub all_streams: u64,
    /// Leads to the next page; empty on the last.
    pub next: String,
}

/// Where a check goes on, with what it has found.
#[derive(Default, Serialize, Deserialize)]
struct Position {
    scope: Option<CustomerId>,
    /// The last stream that was checked to its end.
    after: Option<Uuid>,
    /// The stream that was not, and its next entry.
    within: Option<(Uuid, i64)>,
    entries: u64,
    streams: u64,
    reads_answered: u64,
    reads_refused: u64,
    erased: u64,
    told: u64,
    untold: u64,
    all_streams: u64,
    /// Streams first, then the log.
    #[serde(default)]
    part: Part,
}

impl Position {
    fn progress(&self, size: Size) -> Progress {
        let check = Check {
            entries: self.entries,
            streams: self.streams,
            reads_answered: self.reads_answered,
            reads_refused: self.reads_refused,
            erased: self.erased,
            faults: Vec::new(),
        };
        Progress { check, told: self.told, untold: self.untold, until: self.entries + size.entries }
    }

    fn count(&mut self, progress: &Progress) {
        let Check { entries, streams, reads_answered, reads_refused, erased, .. } = progress.check;
        *self = Self {
            entries,
            streams,
            reads_answered,
            reads_refused,
            erased,
            told: progress.told,
            untold: progress.untold,
            ..std::mem::take(self)
        };
    }
}

impl Vault {
    /// The first page of a check, or the one that a token leads to. What is found on all pages is what [`Self::check_ledger`] finds.
    ///
    /// # Errors
    /// There is no such customer, or the token was not given by a check of the same streams.
    pub async fn check_ledger_page(&self, scope: Option<CustomerId>, token: &str) -> Result<CheckPage> {
        self.check_page(scope, token, USUAL).await
    }

    async fn check_page(&self, scope: Option<CustomerId>, token: &str, size: Size) -> Result<CheckPage> {
        let mut position = if token.is_empty() {
            let all_streams = if scope.is_some() { 1 } else { customer::Entity::find().count(self.store.reader()).await? };
            Position { scope, all_streams, ..Position::default() }
        } else {
            self.position(scope, token).await?
        };
        let mut progress = position.progress(size);
        let mut is_last = match (position.part, scope) {
            (Part::Streams, Some(id)) => self.check_one(&mut progress, &mut position, id).await?,
            (Part::Streams, None) => self.check_some(&mut progress, &mut position, size).await?,
            _ => true,
        };
        if is_last {
            is_last = self.check_leaves(&mut progress, &mut position.part, scope, size.entries).await?;
        }
        position.count(&progress);
        if is_last {
            return Ok(CheckPage { check: progress.finish(), all_streams: position.all_streams, next: String::new() });
        }
        Ok(CheckPage { check: progress.check, all_streams: position.all_streams, next: self.check_token(&position).await? })
    }

    /// Goes on in one stream; tells whether it is through.
    async fn check_one(&self, progress: &mut Progress, position: &mut Position, id: CustomerId) -> Result<bool> {
        let head = self.head(id).await?.ok_or_else(|| Error::not_found("customer"))?;
        let from = position.within.map_or(1, |(_, from)| from);
        position.within = self.check_stream(progress, &head, from).await?.map(|next| (head.customer_id, next));
        Ok(position.within.is_none())
    }

    /// Goes on in all streams; tells whether it is through.
    async fn check_some(&self, progress: &mut Progress, position: &mut Position, size: Size) -> Result<bool> {
        let begin = position.after;
        if let Some((within, from)) = position.within {
            let head = self.head(CustomerId(within)).await?.ok_or_else(|| Error::inconsistent("customer", "customer_id", within))?;
            position.within = self.check_stream(progress, &head, from).await?.map(|next| (within, next));
            if position.within.is_some() {
                return Ok(false);
            }
            position.after = Some(within);
        }
        let heads = self.heads(position.after, size.streams).await?;
        let mut is_last = (heads.len() as u64) < size.streams;
        for head in &heads {
            if progress.is_spent() {
                is_last = false;
                break;
            }
            if let Some(next) = self.check_stream(progress, head, 1).await? {
                position.within = Some((head.customer_id, next));
                is_last = false;
                break;
            }
            position.after = Some(head.customer_id);
        }
        // Between the streams that came to their end on this page.
        if is_last || position.after != begin {
            self.check_orphans(progress, begin, position.after.filter(|_| !is_last)).await?;
        }
        Ok(is_last)
    }

    async fn check_token(&self, position: &Position) -> Result<String> {
        let keys = self.session(CustomerId::DEPLOYMENT).await?.keys;
        Ok(URL_SAFE_NO_PAD.encode(keys.seal(self.entropy.as_ref(), &PLACE, &serde_json::to_vec(position)?)?))
    }

    async fn position(&self, scope: Option<CustomerId>, token: &str) -> Result<Position> {
        let wrong = || Error::invalid("page_token", "PAGE_TOKEN_INVALID", "This page token was not given by this check.");
        let keys = self.session(CustomerId::DEPLOYMENT).await?.keys;
        let sealed = URL_SAFE_NO_PAD.decode(token).map_err(|_| wrong())?;
        let opened = keys.open(&PLACE, &sealed).map_err(|_| wrong())?;
        let position: Position = serde_json::from_slice(&opened)?;
        if position.scope == scope { Ok(position) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sea_orm::ConnectionTrait;

    use super::*;
    use crate::customer::NewCustomer;
    use crate::ledger::{Note, Who};
    use crate::testing::vault_in;

    async fn customer(vault: &Vault, notes: usize) -> CustomerId {
        let new = NewCustomer { language: "en".to_owned(), time_zone: "UTC".to_owned(), identifiers: Vec::new() };
        let id = vault.create_customer(Who::Operator("operators/test".to_owned()), new, None).await.expect("a customer").id;
        let session = vault.session(id).await.expect("a session");
        for _ in 0..notes {
            vault.commit(&session, |draft| draft.note(Note::new("read", Who::Clock)).map(|_| ())).await.expect("written");
        }
        id
    }

    /// All pages of this size, joined; and how many there were.
    async fn whole(vault: &Arc<Vault>, scope: Option<CustomerId>, size: Size) -> (Check, usize) {
        let (mut token, mut faults, mut pages, mut entries) = (String::new(), Vec::new(), 0, 0);
        loop {
            let page = vault.check_page(scope, &token, size).await.expect("a page");
            pages += 1;
            assert!(pages < 1000 && page.check.entries >= entries, "it goes on");
            assert!(page.all_streams >= page.check.streams);
            entries = page.check.entries;
            faults.extend(page.check.faults);
            if page.next.is_empty() {
                return (Check { faults, ..page.check }, pages);
            }
            token = page.next;
        }
    }

    #[tokio::test]
    async fn pages_of_any_size_find_what_the_whole_finds() {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, _) = vault_in(folder.path(), 1).await.expect("a vault");
        let mut ids = Vec::new();
        for notes in [0, 7, 2, 0, 12, 1] {
            ids.push(customer(&vault, notes).await);
        }
        vault.erase_customer(ids[2], Who::Customer).await.expect("erased");
        let sizes = [1, 2, 3, 5, 1000].into_iter().flat_map(|entries| [1, 2, 100].map(|streams| Size { entries, streams }));
        let sound = vault.check_ledger(None).await.expect("a check");
        assert_eq!((sound.faults.len(), sound.streams), (0, 7));
        for size in sizes.clone() {
            let (found, pages) = whole(&vault, None, size).await;
            assert_eq!(found, sound, "{} entries, {} streams", size.entries, size.streams);
            assert!(pages > 1 || size.entries == 1000 && size.streams == 100);
        }
        let own = vault.check_ledger(Some(ids[4])).await.expect("a check");
        assert_eq!(whole(&vault, Some(ids[4]), Size { entries: 1, streams: 1 }).await.0, own);
        // A gap, entries without an account (the third, and the last), one beyond the head: each is found once, wherever pages end.
        let hex = |id: CustomerId| id.bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        for sql in [
            format!("DELETE FROM ledger_entry WHERE customer_id = x'{}' AND seq = 5", hex(ids[1])),
            format!("DELETE FROM customer WHERE customer_id IN (x'{}', x'{}')", hex(ids[2]), hex(ids[5])),
            format!("UPDATE ledger_entry SET commitment = x'00' WHERE customer_id = x'{}' AND seq = 9", hex(ids[4])),
        ] {
            vault.store.writer().execute_unprepared(&sql).await.expect("tampered with");
        }
        let mut broken = vault.check_ledger(None).await.expect("a check");
        assert_eq!(broken.faults.len(), 4, "{:?}", broken.faults);
        broken.faults.sort();
        for size in sizes {
            let (mut found, _) = whole(&vault, None, size).await;
            found.faults.sort();
            assert_eq!(found, broken, "{} entries, {} streams", size.entries, size.streams);
        }
    }

    #[tokio::test]
    async fn a_token_leads_on_in_its_own_check_alone_and_tells_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, _) = vault_in(folder.path(), 1).await.expect("a vault");
        let (ana, ben) = (customer(&vault, 3).await, customer(&vault, 3).await);
        let size = Size { entries: 1, streams: 1 };
        let all = vault.check_page(None, "", size).await.expect("a page").next;
        let own = vault.check_page(Some(ana), "", size).await.expect("a page").next;
        for (scope, token) in [
            (Some(ana), all.as_str()),
            (Some(ben), own.as_str()),
            (None, own.as_str()),
            (None, "x"),
            (None, "%"),
            (None, "AAAA"),
            (None, &all[..all.len() - 4]),
            (None, &all.replace(&all[40..44], "AAAA")),
        ] {
            let refused = vault.check_page(scope, token, size).await.expect_err("not its own");
            assert_eq!((refused.reason(), refused.field_violations()[0].field.as_str()), ("PAGE_TOKEN_INVALID", "page_token"), "{token}");
        }
        let bytes = URL_SAFE_NO_PAD.decode(&own).expect("base64");
        assert!(!bytes.windows(16).any(|window| window == ana.bytes()) && !own.contains(&ana.to_string()));
        vault.check_page(Some(ana), &own, size).await.expect("its own");
    }
}
