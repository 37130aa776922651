//! The check of streams against the log: an entry whose leaf the log has, or has waiting, was written. Where its row is gone from the end
//! of a stream, nothing in the stream itself tells: reads leave the account's own count a few entries behind.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::check::Progress;
use crate::Vault;
use crate::error::Result;
use crate::id::CustomerId;
use crate::store::statement::placeholders;

/// Commits in one look.
const COMMITS: u64 = 64;
/// Customers in one look.
const CUSTOMERS: usize = 500;
/// Leaves in the time that one entry takes to be opened.
const LEAVES_FOR_ENTRY: u64 = 6;
/// How far before a stream's last entry its next one may lie in the log, in leaves: servers number their commits by their own clocks.
const DISORDER: u64 = 1 << 16;

/// How far a check is, after the streams. What waits comes first: from there it moves into the log, not back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Part {
    /// Among the streams.
    #[default]
    Streams,
    /// After this commit of those that wait.
    Waiting(Option<Uuid>),
    /// From this place in the log on.
    Log(i64, u64),
}

impl Vault {
    /// Goes on in what waits and in the log; tells whether it is through. Entries are looked at for one customer, or for all.
    pub(super) async fn check_leaves(
        &self,
        progress: &mut Progress,
        part: &mut Part,
        scope: Option<CustomerId>,
        entries: u64,
    ) -> Result<bool> {
        let mut left = entries.saturating_mul(LEAVES_FOR_ENTRY).max(1);
        let concerns = |customer: CustomerId| scope.is_none_or(|scope| scope == customer);
        loop {
            let mut found: BTreeMap<CustomerId, Vec<i64>> = BTreeMap::new();
            let (leaves, next) = match *part {
                Part::Streams => (0, Some(Part::Waiting(None))),
                Part::Waiting(after) => {
                    let waiting = self.store.pending_after(after, COMMITS).await?;
                    let last = waiting.last().map(|commit| commit.batch);
                    let mut leaves = 0;
                    for leaf in waiting.iter().flat_map(|commit| &commit.leaves) {
                        leaves += 1;
                        if concerns(CustomerId(leaf.customer)) {
                            found.entry(CustomerId(leaf.customer)).or_default().push(leaf.sequence);
                        }
                    }
                    (
                        leaves,
                        Some(match last {
                            Some(last) => Part::Waiting(Some(last)),
                            None => self.begin_in_log(scope).await?,
                        }),
                    )
                }
                Part::Log(log, from) => {
                    let batches = self.store.log_batches(log, from, COMMITS).await?;
                    let mut leaves = 0;
                    let mut next = None;
                    for (log, first, entries) in batches {
                        leaves += entries.len() as u64;
                        next = Some(Part::Log(log, first + 1));
                        for (customer, sequence) in entries.into_iter().filter(|(customer, _)| concerns(*customer)) {
                            found.entry(customer).or_default().push(sequence);
                        }
                    }
                    (leaves, next)
                }
            };
            self.check_found(progress, found).await?;
            let Some(next) = next else { return Ok(true) };
            *part = next;
            left = left.saturating_sub(leaves);
            if left == 0 {
                return Ok(false);
            }
        }
    }

    /// Where the leaves of entries can lie that are missing at the end: of one customer's stream, about where its last one lies.
    async fn begin_in_log(&self, scope: Option<CustomerId>) -> Result<Part> {
        let whole = Part::Log(0, 0);
        let Some(customer) = scope else { return Ok(whole) };
        let Some(last) = self.ends(&[customer]).await?.remove(&customer).and_then(|(last, _)| last) else { return Ok(whole) };
        let place = match self.store.log_place(customer, last).await? {
            Some(place) => Some((place.log, place.index)),
            None => self.store.log_head().await?.map(|head| (head.log, head.size)),
        };
        Ok(place.map_or(whole, |(log, index)| Part::Log(log, index.saturating_sub(DISORDER))))
    }

    /// Last entry and account's count of each of these customers.
    async fn ends(&self, customers: &[CustomerId]) -> Result<BTreeMap<CustomerId, (Option<i64>, Option<i64>)>> {
        let sql = format!(
            "SELECT v.column1, (SELECT MAX(e.seq) FROM ledger_entry AS e WHERE e.customer_id = v.column1), \
             (SELECT c.seq FROM customer AS c WHERE c.customer_id = v.column1) FROM (VALUES {}) AS v",
            placeholders(self.store.backend(), &mut 1, customers.len(), 1)
        );
        let values: Vec<Value> = customers.iter().map(|customer| customer.0.into()).collect();
        let rows = self.store.reader().query_all_raw(self.store.statement(sql, values)).await?;
        rows.iter().map(|row| Ok((CustomerId(row.try_get_by_index(0)?), (row.try_get_by_index(1)?, row.try_get_by_index(2)?)))).collect()
    }

    /// Holds what the log has against the streams. What is missing before an entry, or before the account's count, the streams have shown.
    async fn check_found(&self, progress: &mut Progress, found: BTreeMap<CustomerId, Vec<i64>>) -> Result<()> {
        let customers: Vec<CustomerId> = found.keys().copied().collect();
        for some in customers.chunks(CUSTOMERS) {
            for (customer, (last, count)) in self.ends(some).await? {
                let known = last.unwrap_or(0).max(count.unwrap_or(0));
                let beyond = found[&customer].iter().copied().filter(|sequence| *sequence > known);
                let (first, last) = (beyond.clone().min(), beyond.max());
                match (first, last) {
                    (Some(first), Some(last)) if first == last => {
                        progress.fault(customer, &format!("entry {first} is in the log, and missing here."));
                    }
                    (Some(first), Some(last)) => {
                        progress.fault(customer, &format!("entries {first} to {last} are in the log, and missing here."));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}
