//! Shows each published checkpoint to the witnesses. Nothing waits for them: what they answer is added when it comes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use coffret_ledger::{SignedCheckpoint, VerifierKey};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::Instant;

use super::consistency::{consistency_proof, damaged};
use super::guard::{Guard, refuse_behind};
use super::origin::open_checkpoint;
use super::witness::{Answer, MAX_ANSWER_LEN, Witness, answer, cosignature, request};
use super::{KeyedWitness, Settings, state::WitnessFault};
use crate::Vault;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::log::{Cosigned, Origin, Signed};

/// How long a witness may take for one checkpoint.
const PATIENCE: Duration = Duration::from_secs(10);
/// Calls of one witness for one checkpoint: each may tell another size to prove from.
const TRIES: usize = 4;
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// How often a server that does not hold the head looks whether it does.
const LOOK: Duration = Duration::from_secs(1);

/// Asks the witnesses, from one server: the one that holds the log's head.
pub struct Witnesses {
    vault: Arc<Vault>,
    guard: Guard,
    parties: Vec<Party>,
    /// The first pause after a failure; each further one is twice as long.
    pause: Duration,
}

impl std::fmt::Debug for Witnesses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witnesses").field("witnesses", &self.parties.len()).finish_non_exhaustive()
    }
}

struct Party {
    key: VerifierKey,
    client: Arc<dyn Witness>,
    logs: BTreeMap<i64, Progress>,
}

/// How far a witness is with a log.
#[derive(Clone, Copy)]
struct Progress {
    /// What it has cosigned, as far as is known.
    size: u64,
    /// Failures since then.
    failures: u32,
    /// Not before.
    due: Instant,
}

/// What came of showing a checkpoint to a witness.
enum Outcome {
    Cosigned(Cosigned),
    /// It has seen a newer one of ours already.
    Newer,
    Failed(WitnessFault, String),
}

impl Witnesses {
    /// Nobody was asked yet.
    pub fn new(vault: &Arc<Vault>, settings: &Settings) -> Self {
        vault.log.policy.store(Arc::new(settings.policy.clone()));
        let party = |(key, client): &KeyedWitness| Party { key: key.clone(), client: Arc::clone(client), logs: BTreeMap::new() };
        let parties = settings.witnesses.iter().map(party).collect();
        Self { vault: Arc::clone(vault), guard: Guard(settings.kept.clone()), parties, pause: settings.every }
    }

    /// Shows the newest published checkpoint, and the last one of the log before, to every witness that has not cosigned it and is not
    /// in a pause after a failure. Gives when the next one is due, if any waits.
    ///
    /// A witness that fails is told of in the log and by [`Vault::log_status`]; it stops nothing. One that refuses what we signed is asked
    /// what it has seen: if that is a checkpoint of ours that this database cannot account for, it is kept as evidence, and the log stands
    /// still.
    pub async fn round(&mut self) -> Result<Option<Instant>> {
        let newest = self.vault.log.published.borrow().clone();
        let (Some(newest), true, None) = (newest, self.vault.log.holds(), self.vault.log.stopped()) else {
            return Ok(Some(Instant::now() + LOOK));
        };
        let mut shown = Vec::new();
        for origin in self.vault.store.log_origins().await? {
            let signed = if origin.log == newest.log {
                self.vault.store.checkpoint_at(newest.log, newest.size).await?
            } else if origin.log + 1 == newest.log {
                self.vault.store.last_checkpoint(origin.log).await?
            } else {
                None
            };
            let Some(signed) = signed.filter(|signed| signed.size > 0) else { continue };
            if self.vault.store.log_loss(&origin.name).await?.is_none() {
                self.learn(&signed).await?;
                shown.push((origin, signed));
            }
        }
        let logs: Vec<i64> = shown.iter().map(|(_, signed)| signed.log).collect();
        self.vault.log.forget_faults(&logs);
        let now = Instant::now();
        let mut asked = FuturesUnordered::new();
        let this = &*self;
        for (number, party) in this.parties.iter().enumerate() {
            for (origin, signed) in &shown {
                let progress = party.logs.get(&signed.log).copied().unwrap_or_else(Progress::new);
                if progress.size < signed.size && progress.due <= now {
                    asked.push(async move {
                        let asked = tokio::time::timeout(PATIENCE, this.ask(party, origin, signed, progress.size)).await;
                        let late = || Ok(Outcome::Failed(WitnessFault::Unreachable, "it did not answer in time".to_owned()));
                        let outcome = asked.unwrap_or_else(|_| late());
                        // Here, where it takes no time from the others.
                        let investigated = match &outcome {
                            Ok(Outcome::Failed(WitnessFault::Disagrees, what)) => {
                                this.tell_fault(party, signed, WitnessFault::Disagrees, what);
                                this.investigate(party, origin, signed).await
                            }
                            _ => Ok(()),
                        };
                        (number, signed, investigated.and(outcome))
                    });
                }
            }
        }
        let mut done = Vec::new();
        let mut failed = None;
        while let Some((number, signed, outcome)) = asked.next().await {
            let recorded = match outcome {
                Ok(outcome) => this.record(&this.parties[number], signed, outcome).await,
                Err(error) => Err(error),
            };
            match recorded {
                Ok(cosigned) => done.push((number, signed.log, cosigned)),
                // What the others answer counts all the same.
                Err(error) => failed = Some(error),
            }
        }
        drop(asked);
        for (number, log, cosigned) in done {
            let pause = self.pause;
            let progress = self.parties[number].logs.entry(log).or_insert_with(Progress::new);
            match cosigned {
                Some(size) => *progress = Progress { size: progress.size.max(size), ..Progress::new() },
                None => progress.fail(pause),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        let mut next: Option<Instant> = None;
        for (party, (_, signed)) in self.parties.iter().flat_map(|party| shown.iter().map(move |shown| (party, shown))) {
            if let Some(progress) = party.logs.get(&signed.log).filter(|progress| progress.size < signed.size) {
                next = Some(next.map_or(progress.due, |next| next.min(progress.due)));
            }
        }
        Ok(next)
    }

    /// What is stored of a log's cosignatures tells where to go on after a start.
    async fn learn(&mut self, signed: &Signed) -> Result<()> {
        if self.parties.iter().all(|party| party.logs.contains_key(&signed.log)) {
            return Ok(());
        }
        let rows = self.vault.store.cosignatures(signed.log).await?;
        for party in &mut self.parties {
            let own = party.key.to_string();
            let size = rows.iter().find(|row| row.witness == own).map_or(0, |row| row.size);
            party.logs.entry(signed.log).or_insert(Progress { size, ..Progress::new() });
        }
        Ok(())
    }

    async fn ask(&self, party: &Party, origin: &Origin, signed: &Signed, from: u64) -> Result<Outcome> {
        let store = &self.vault.store;
        let mut old = from;
        let checkpoint = self.open(&signed.note).await?;
        for _ in 0..TRIES {
            let proof = if old == 0 || old == signed.size {
                Some(Vec::new())
            } else {
                consistency_proof(store, signed.log, old, signed.size).await?
            };
            let proof = proof.ok_or_else(|| damaged("a tile of a proof is missing"))?;
            let (status, body) = match party.client.add_checkpoint(request(old, &proof, &signed.note)).await {
                Ok(answered) => answered,
                Err(cause) => return Ok(Outcome::Failed(WitnessFault::Unreachable, cause.to_string())),
            };
            match answer(status, &body) {
                Answer::Cosigned(lines) => {
                    let now = self.vault.now().micros().div_euclid(1_000_000);
                    let Some((line, time)) = cosignature(&checkpoint, lines, &party.key, now) else {
                        return Ok(Outcome::Failed(WitnessFault::Invalid, "its cosignature is not valid, or not of now".to_owned()));
                    };
                    let at = Timestamp::from_seconds(i64::try_from(time).unwrap_or(i64::MAX));
                    let (witness, line) = (party.key.to_string(), line.to_string());
                    return Ok(Outcome::Cosigned(Cosigned { log: signed.log, size: signed.size, witness, line, at }));
                }
                Answer::Conflict(size) if size > signed.size => {
                    // Whatever we have signed is stored before anybody sees it.
                    let newest = store.last_checkpoint(signed.log).await?.map_or(0, |newest| newest.size);
                    if size <= newest {
                        return Ok(Outcome::Newer);
                    }
                    let what = format!("it says that it has cosigned {size} leaves of {}, and we have signed {newest}", origin.name);
                    return Ok(Outcome::Failed(WitnessFault::Disagrees, what));
                }
                Answer::Conflict(size) if size != old => old = size,
                Answer::Conflict(size) => {
                    let what = format!("it does not take our {} leaves of {} as what follows from {size}", signed.size, origin.name);
                    return Ok(Outcome::Failed(WitnessFault::Disagrees, what));
                }
                Answer::Unprocessable => {
                    let what = format!("it takes no proof from {old} to {} leaves of {}", signed.size, origin.name);
                    return Ok(Outcome::Failed(WitnessFault::Disagrees, what));
                }
                Answer::Refused(status @ 500..) => return Ok(Outcome::Failed(WitnessFault::Unreachable, format!("it answered {status}"))),
                Answer::Refused(status) => return Ok(Outcome::Failed(WitnessFault::Refuses, format!("it answered {status}"))),
                Answer::Garbage => return Ok(Outcome::Failed(WitnessFault::Invalid, format!("its answer ({status}) cannot be read"))),
            }
        }
        Ok(Outcome::Failed(WitnessFault::Disagrees, "it tells another size each time".to_owned()))
    }

    /// Keeps what came of it; gives the size where that is a cosignature.
    async fn record(&self, party: &Party, signed: &Signed, outcome: Outcome) -> Result<Option<u64>> {
        match outcome {
            Outcome::Cosigned(cosigned) => {
                self.vault.store.insert_cosignature(&cosigned).await?;
                let witnessed = self.vault.newest_witnessed(signed.log).await?.map_or(0, |(size, _)| size);
                self.vault.store.forget_cosignatures(signed.log, witnessed).await?;
                // To be published with it.
                self.vault.log.signed.notify_one();
                if self.vault.log.set_fault(&party.key.to_string(), signed.log, None).is_some() {
                    tracing::info!(witness = party.key.name(), size = signed.size, "the witness cosigns again");
                }
                Ok(Some(signed.size))
            }
            Outcome::Newer => Ok(None),
            Outcome::Failed(fault, what) => {
                self.tell_fault(party, signed, fault, &what);
                Ok(None)
            }
        }
    }

    /// Remembers what is wrong with a witness; tells in the log, once.
    fn tell_fault(&self, party: &Party, signed: &Signed, fault: WitnessFault, what: &str) {
        let name = party.key.name();
        if self.vault.log.set_fault(&party.key.to_string(), signed.log, Some(fault)) == Some(fault) {
            return;
        }
        if fault == WitnessFault::Disagrees {
            tracing::error!(witness = name, cause = what, "A WITNESS DISAGREES WITH THE TRANSPARENCY LOG");
        } else {
            tracing::warn!(witness = name, reason = fault.reason(), cause = what, "a witness does not cosign; trying again");
        }
    }

    /// Asks a witness that disagrees for what it has seen. Its word counts for nothing; a checkpoint with our signature does.
    async fn investigate(&self, party: &Party, origin: &Origin, signed: &Signed) -> Result<()> {
        let Ok(Ok(Some(note))) = tokio::time::timeout(PATIENCE, party.client.latest(&origin.name)).await else { return Ok(()) };
        let seen = if note.len() <= MAX_ANSWER_LEN { open_checkpoint(self.vault.log_key().await?, &note) } else { None };
        let Some(seen) = seen.filter(|seen| seen.checkpoint().origin() == origin.name) else { return Ok(()) };
        // Read after it was seen, so that it has everything that we have signed.
        let ours = self.vault.store.last_checkpoint(signed.log).await?.ok_or_else(|| damaged("a checkpoint is gone"))?;
        let Err(error) = refuse_behind(&self.vault, &seen, ours.tree()).await else { return Ok(()) };
        if !matches!(error.reason(), "LOG_ROLLED_BACK" | "LOG_FORKED") {
            return Err(error);
        }
        match self.guard.keep_evidence(&seen, &ours.note).await {
            Ok(file) => {
                let witness = party.key.name();
                tracing::error!(witness, file = %file.display(), "a witness has a checkpoint of ours that contradicts this database");
            }
            Err(cause) => tracing::error!(%cause, note = %seen, "the evidence could not be kept"),
        }
        self.vault.log.stop_on(&error);
        Ok(())
    }

    async fn open(&self, note: &str) -> Result<SignedCheckpoint> {
        open_checkpoint(self.vault.log_key().await?, note.as_bytes()).ok_or_else(|| damaged("a checkpoint is not of this log's key"))
    }

    /// Asks again and again, until told to stop.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut published = self.vault.log.published.subscribe();
        loop {
            published.mark_unchanged();
            // Whatever is given up in the middle is done again after the next start.
            let round = tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                round = self.round() => round,
            };
            let due = round.unwrap_or_else(|error| {
                self.vault.log.stop_on(&error);
                tracing::warn!(reason = error.reason(), cause = error.cause().map(ToString::to_string), "the witnesses were not asked");
                Some(Instant::now() + LOOK)
            });
            let pause = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                // It is looked at again either way; when nobody can publish any more, the vault is going.
                changed = published.changed() => if changed.is_err() { return },
                () = pause => {}
            }
        }
    }
}

impl Progress {
    fn new() -> Self {
        Self { size: 0, failures: 0, due: Instant::now() }
    }

    fn fail(&mut self, pause: Duration) {
        let pause = pause.saturating_mul(1 << self.failures.min(20)).min(LONGEST_PAUSE);
        self.failures += 1;
        self.due = Instant::now() + pause;
    }
}
