//! How the log is, as this process knows it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use coffret_ledger::{Policy, VerifierKey};
use tokio::sync::{Notify, OnceCell, watch};

use crate::Vault;
use crate::clock::Timestamp;
use crate::envelope::Key;
use crate::error::{Error, Result};

/// A checkpoint that this server has published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The log's number, from 1, in the order of opening.
    pub log: i64,
    /// The log's name.
    pub origin: String,
    /// Its leaves.
    pub size: u64,
    /// The signed note, with the cosignatures that had come.
    pub note: String,
    /// When it was signed, by this deployment's own clock: the note does not say it.
    pub at: Timestamp,
}

/// What is wrong with a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WitnessFault {
    /// It does not answer, or answers that it cannot.
    Unreachable,
    /// It does not know the log, or does not want to.
    Refuses,
    /// What it answers cannot be read, or is no valid cosignature of now.
    Invalid,
    /// It has seen another history than ours, or says so.
    Disagrees,
}

impl WitnessFault {
    /// The stable name.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Unreachable => "WITNESS_UNREACHABLE",
            Self::Refuses => "WITNESS_REFUSES",
            Self::Invalid => "WITNESS_ANSWER_INVALID",
            Self::Disagrees => "WITNESS_DISAGREES",
        }
    }
}

/// How a witness is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessStatus {
    /// The name of its key.
    pub name: String,
    /// Leaves under the newest checkpoint of the newest log that it has cosigned, and when; nothing when it has cosigned none.
    pub cosigned: Option<(u64, Timestamp)>,
    /// What is wrong with it, as far as this server knows: only the one that holds the log's head asks witnesses.
    pub fault: Option<WitnessFault>,
}

/// How the log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The newest log's name; empty before the first was opened.
    pub origin: String,
    /// Leaves that have their place.
    pub size: u64,
    /// Entries that wait for theirs.
    pub waiting: u64,
    /// Leaves under the newest signed checkpoint, and when it was signed; nothing when none was signed yet.
    pub signed: Option<(u64, Timestamp)>,
    /// Leaves under the newest checkpoint that this server has published.
    pub published: Option<u64>,
    /// Leaves under the newest checkpoint that enough witnesses have cosigned.
    pub witnessed: Option<u64>,
    /// The witnesses, in the order of the policy.
    pub witnesses: Vec<WitnessStatus>,
    /// Why the log stands still on this server, as a stable reason: `LOG_ROLLED_BACK`, `LOG_FORKED`, `LOG_DAMAGED`, `LOG_KEPT_UNREADABLE`.
    pub stopped: Option<&'static str>,
}

/// What the vault remembers of the log.
pub(crate) struct State {
    pub(super) key: OnceCell<Key>,
    pub(super) published: watch::Sender<Option<Arc<Published>>>,
    /// The newest checkpoint that enough witnesses have cosigned.
    pub(super) witnessed: watch::Sender<Option<Arc<Published>>>,
    pub(super) policy: ArcSwap<Policy>,
    stopped: Mutex<Stops>,
    /// By the witness's key, as text, and log.
    faults: Mutex<BTreeMap<(String, i64), WitnessFault>>,
    holds: AtomicBool,
    /// Wakes the publisher.
    pub(super) signed: Notify,
}

/// Why the log stands still, by who found it: only who found it can find that it is well again.
#[derive(Default)]
struct Stops {
    /// What is stored, or kept outside the database.
    kept: Option<&'static str>,
    /// What is published.
    published: Option<&'static str>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            key: OnceCell::new(),
            published: watch::channel(None).0,
            witnessed: watch::channel(None).0,
            policy: ArcSwap::from_pointee(Policy::none()),
            stopped: Mutex::default(),
            faults: Mutex::default(),
            holds: AtomicBool::new(false),
            signed: Notify::new(),
        }
    }

    /// Whether this process holds the log's head.
    pub(super) fn holds(&self) -> bool {
        self.holds.load(Ordering::Acquire)
    }

    pub(super) fn set_holds(&self, holds: bool) {
        self.holds.store(holds, Ordering::Release);
    }

    /// What is wrong with a witness about a log from here on; gives what was.
    pub(super) fn set_fault(&self, witness: &str, log: i64, fault: Option<WitnessFault>) -> Option<WitnessFault> {
        let (mut faults, at) = (locked(&self.faults), (witness.to_owned(), log));
        match fault {
            Some(fault) => faults.insert(at, fault),
            None => faults.remove(&at),
        }
    }

    /// Forgets what is wrong about logs that witnesses are shown no more: nothing that they do could mend it.
    pub(super) fn forget_faults(&self, shown: &[i64]) {
        locked(&self.faults).retain(|(_, log), _| shown.contains(log));
    }

    /// The worst that is wrong with a witness: that it disagrees about a log, else what it is about the newest.
    fn fault(&self, witness: &VerifierKey) -> Option<WitnessFault> {
        let (faults, witness) = (locked(&self.faults), witness.to_string());
        let mut of = faults.iter().filter(|((key, _), _)| *key == witness).map(|(_, fault)| *fault);
        of.clone().find(|fault| *fault == WitnessFault::Disagrees).or_else(|| of.next_back())
    }

    /// Why the log stands still.
    pub(super) fn stopped(&self) -> Option<&'static str> {
        let stops = locked(&self.stopped);
        stops.published.or(stops.kept)
    }

    /// Why it stands still because of what is published. Nothing is signed meanwhile: it would be a second history.
    pub(super) fn stopped_by_publication(&self) -> Option<&'static str> {
        locked(&self.stopped).published
    }

    /// It stands still from here on, when the error is one of those that no further try mends. Tells in the log, once.
    pub(super) fn stop_on(&self, error: &Error) {
        tell_stop(&mut locked(&self.stopped).kept, error);
    }

    /// As [`Self::stop_on`], of what the publisher has found.
    pub(super) fn stop_on_publication(&self, error: &Error) {
        tell_stop(&mut locked(&self.stopped).published, error);
    }

    /// What is stored and kept was looked at again, and is well.
    pub(super) fn go_on(&self) {
        tell_end(&mut locked(&self.stopped).kept);
    }

    /// What is published was looked at again, and is well.
    pub(super) fn go_on_publishing(&self) {
        tell_end(&mut locked(&self.stopped).published);
    }
}

fn tell_stop(stop: &mut Option<&'static str>, error: &Error) {
    if let Some(reason) = stops(error)
        && stop.replace(reason) != Some(reason)
    {
        tracing::error!(reason, cause = error.cause().map(ToString::to_string), "THE TRANSPARENCY LOG IS STOPPED: {error}");
    }
}

fn tell_end(stop: &mut Option<&'static str>) {
    if let Some(reason) = stop.take() {
        tracing::warn!(reason, "what stopped the transparency log is well");
    }
}

fn stops(error: &Error) -> Option<&'static str> {
    let reasons = ["LOG_ROLLED_BACK", "LOG_FORKED", "LOG_DAMAGED", "LOG_KEPT_UNREADABLE"];
    reasons.into_iter().find(|reason| *reason == error.reason())
}

impl Vault {
    /// How the log is.
    pub async fn log_status(&self) -> Result<Status> {
        let head = self.store.log_head().await?;
        let waiting = self.store.pending_leaves().await?;
        let (mut origin, mut signed, mut witnessed, mut cosigned) = (String::new(), None, None, Vec::new());
        let policy = self.log_policy();
        if let Some(head) = &head {
            let origins = self.store.log_origins().await?;
            origin = origins.into_iter().find(|origin| origin.log == head.log).map(|origin| origin.name).unwrap_or_default();
            signed = self.store.last_checkpoint(head.log).await?.map(|signed| (signed.size, signed.at));
            if policy.witnesses().next().is_some() {
                cosigned = self.store.cosignatures(head.log).await?;
                witnessed = self.witnessed_of(head.log, &policy, &cosigned).await?.map(|(size, _)| size);
            }
        }
        let published = self.log.published.borrow().as_ref().map(|published| published.size);
        let witness = |key: &VerifierKey| {
            let own = key.to_string();
            let cosigned = cosigned.iter().find(|row| row.witness == own).map(|row| (row.size, row.at));
            WitnessStatus { name: key.name().to_owned(), cosigned, fault: self.log.fault(key) }
        };
        Ok(Status {
            origin,
            size: head.map_or(0, |head| head.size),
            waiting,
            signed,
            published,
            witnessed,
            witnesses: policy.witnesses().map(witness).collect(),
            stopped: self.log.stopped(),
        })
    }

    /// Witnesses that say that the log has shown them another history, by the names of their keys, as far as this server knows.
    pub fn log_disagreeing(&self) -> Vec<String> {
        let policy = self.log_policy();
        let disagrees = |key: &&VerifierKey| self.log.fault(key) == Some(WitnessFault::Disagrees);
        policy.witnesses().filter(disagrees).map(|key| key.name().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_publication_stopped_goes_on_by_the_publication_alone() {
        let state = State::new();
        let forked = Error::precondition("LOG_FORKED", "Another history.");
        state.stop_on(&forked);
        state.stop_on_publication(&Error::precondition("LOG_ROLLED_BACK", "An older one."));
        state.go_on();
        assert_eq!((state.stopped(), state.stopped_by_publication()), (Some("LOG_ROLLED_BACK"), Some("LOG_ROLLED_BACK")));
        state.go_on_publishing();
        assert_eq!(state.stopped(), None);
        state.stop_on(&forked);
        state.go_on_publishing();
        assert_eq!(state.stopped(), Some("LOG_FORKED"));
    }

    #[test]
    fn a_fault_is_of_one_key_and_ends_with_the_log_that_it_is_about() {
        let key = |seed| coffret_ledger::Cosigner::from_seed("witness.example", &[seed; 32]).expect("a key").verifier_key().clone();
        let (one, namesake) = (key(1), key(2));
        let state = State::new();
        state.set_fault(&one.to_string(), 1, Some(WitnessFault::Disagrees));
        state.set_fault(&one.to_string(), 2, Some(WitnessFault::Refuses));
        assert_eq!((state.fault(&one), state.fault(&namesake)), (Some(WitnessFault::Disagrees), None));
        state.forget_faults(&[2, 3]);
        assert_eq!(state.fault(&one), Some(WitnessFault::Refuses));
    }
}
