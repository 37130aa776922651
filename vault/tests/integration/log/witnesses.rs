//! Witnesses: what they cosign joins the log, whatever they answer stops nothing, and what they prove stops it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use coffret_vault::clock::{Clock, ManualClock};
use coffret_vault::log::WitnessFault::{Disagrees, Invalid, Refuses, Unreachable};
use coffret_vault::log::{Log, Settings, Witness, WitnessFault, Witnesses};
use coffret_vault::tlog::{Cosigner, NoteSignature, Policy, SignedCheckpoint, Signer, VerifierKey, proof_from_lines, verify_consistency};

use super::refusing::{back_up, restore};
use super::scene::Scene;
use crate::databases::{Place, on_each_place};
use crate::stage;

/// What a witness does, instead of what it should.
#[derive(Clone)]
enum Says {
    Truth,
    /// This answer.
    Answer(u16, Vec<u8>),
    Hangs,
    IsGone,
    /// A cosignature by another key of its name.
    WrongKey,
    /// A cosignature of the checkpoint that it cosigned before.
    OtherCheckpoint,
    /// A cosignature with a flipped bit.
    BadSignature,
    /// A cosignature of so many seconds from now.
    At(i64),
    /// That it has cosigned the size that it is shown.
    OurSize,
    /// That it has cosigned a larger size.
    LargerSize,
}

/// A witness after C2SP tlog-witness, that can be told to do otherwise.
pub(super) struct Fake {
    cosigner: Cosigner,
    clock: Arc<ManualClock>,
    says: Mutex<Says>,
    /// The newest cosigned checkpoint of each log, as bytes.
    seen: Mutex<BTreeMap<String, (u64, String)>>,
    /// The `old` of each request.
    olds: Mutex<Vec<u64>>,
    calls: AtomicU32,
    log_key: Mutex<Option<Vec<VerifierKey>>>,
}

impl Fake {
    pub(super) fn new(number: u8, clock: &Arc<ManualClock>) -> Arc<Self> {
        Arc::new(Self {
            cosigner: Cosigner::from_seed(&format!("witness.example/w{number}"), &[number; 32]).expect("a key"),
            clock: Arc::clone(clock),
            says: Mutex::new(Says::Truth),
            seen: Mutex::default(),
            olds: Mutex::default(),
            calls: AtomicU32::new(0),
            log_key: Mutex::default(),
        })
    }

    fn key(&self) -> VerifierKey {
        self.cosigner.verifier_key().clone()
    }

    fn say(&self, says: Says) {
        *self.says.lock().expect("whole") = says;
    }

    async fn trust(&self, scene: &Scene<'_>, origins: &[&str]) {
        let mut keys = Vec::new();
        for origin in origins {
            keys.push(scene.vault.log_verifier_key(origin).await.expect("a key"));
        }
        *self.log_key.lock().expect("whole") = Some(keys);
    }

    fn now(&self) -> i64 {
        self.clock.now().micros() / 1_000_000
    }

    fn cosign(&self, checkpoint: &SignedCheckpoint, time: i64) -> (u16, Vec<u8>) {
        (200, self.cosigner.cosign(checkpoint, time as u64).expect("cosigned").to_string().into_bytes())
    }

    /// As the specification has it.
    fn truth(&self, old: u64, proof: &str, checkpoint: &SignedCheckpoint) -> (u16, Vec<u8>) {
        let (origin, size) = (checkpoint.checkpoint().origin().to_owned(), checkpoint.checkpoint().size());
        let mut seen = self.seen.lock().expect("whole");
        let (known, note) = seen.get(&origin).cloned().unwrap_or_default();
        if old != known {
            return (409, format!("{known}\n").into_bytes());
        }
        let keys = self.log_key.lock().expect("whole").clone().expect("trusted");
        if known > 0 {
            let before = SignedCheckpoint::open(note.as_bytes(), &keys).expect("signed");
            let proof = proof_from_lines(proof).expect("a proof");
            if verify_consistency(known, before.checkpoint().root(), size, checkpoint.checkpoint().root(), &proof).is_err() {
                return if old == size { (409, format!("{known}\n").into_bytes()) } else { (422, Vec::new()) };
            }
        }
        seen.insert(origin, (size, checkpoint.to_string()));
        self.cosign(checkpoint, self.now())
    }
}

#[async_trait]
impl Witness for Fake {
    async fn add_checkpoint(&self, body: String) -> io::Result<(u16, Vec<u8>)> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let (head, note) = body.split_once("\n\n").expect("a blank line");
        let (old, proof) = head.split_once('\n').map_or((head, String::new()), |(old, proof)| (old, format!("{proof}\n")));
        let old = old.strip_prefix("old ").and_then(|old| old.parse().ok()).expect("a size");
        self.olds.lock().expect("whole").push(old);
        let keys = self.log_key.lock().expect("whole").clone().expect("trusted");
        let checkpoint = SignedCheckpoint::open(note.as_bytes(), &keys).expect("signed by the log");
        let says = self.says.lock().expect("whole").clone();
        Ok(match says {
            Says::Truth => self.truth(old, &proof, &checkpoint),
            Says::Answer(status, body) => (status, body),
            Says::Hangs => std::future::pending().await,
            Says::IsGone => return Err(io::ErrorKind::ConnectionRefused.into()),
            Says::WrongKey => {
                let other = Cosigner::from_seed(self.cosigner.verifier_key().name(), &[99; 32]).expect("a key");
                (200, other.cosign(&checkpoint, self.now() as u64).expect("cosigned").to_string().into_bytes())
            }
            Says::OtherCheckpoint => {
                let note = self.seen.lock().expect("whole")[checkpoint.checkpoint().origin()].1.clone();
                self.cosign(&SignedCheckpoint::open(note.as_bytes(), &keys).expect("signed"), self.now())
            }
            Says::BadSignature => {
                let (status, mut line) = self.cosign(&checkpoint, self.now());
                let at = line.len() - 20;
                line[at] = if line[at] == b'A' { b'B' } else { b'A' };
                (status, line)
            }
            Says::At(seconds) => self.cosign(&checkpoint, self.now() + seconds),
            Says::OurSize => (409, format!("{}\n", checkpoint.checkpoint().size()).into_bytes()),
            Says::LargerSize => (409, format!("{}\n", checkpoint.checkpoint().size() + 1).into_bytes()),
        })
    }

    async fn latest(&self, origin: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.seen.lock().expect("whole").get(origin).map(|(_, note)| note.clone().into_bytes()))
    }
}

const ORIGIN: &str = "vault.example/ledger/2026";

/// A scene whose log goes by these witnesses; the rest of the policy follows their lines.
fn goes_by(scene: &mut Scene<'_>, fakes: &[&Arc<Fake>], quorum: &str) {
    let mut text = String::new();
    for (number, fake) in (1..).zip(fakes) {
        writeln!(text, "witness w{number} {}", fake.key()).expect("written");
    }
    let witnesses = fakes.iter().map(|fake| (fake.key(), Arc::clone(*fake) as Arc<dyn Witness>)).collect();
    let policy = Policy::parse(&(text + quorum)).expect("a policy");
    scene.settings = Settings { witnesses, policy, every: Duration::from_millis(1), ..scene.settings.clone() };
}

async fn round(witnesses: &mut Witnesses) {
    // A pause after a failure or two.
    tokio::time::sleep(Duration::from_millis(20)).await;
    witnesses.round().await.expect("asked");
}

fn published(scene: &Scene<'_>, year: i64) -> String {
    std::fs::read_to_string(scene.published().join(format!("ledger/{year}/checkpoint"))).expect("published")
}

/// The names of those who have signed, in the order of the note.
fn signers(note: &str) -> Vec<String> {
    let lines = NoteSignature::parse_lines(note.split_once("\n\n").expect("a note").1).expect("signatures");
    lines.iter().map(|line| line.name().to_owned()).collect()
}

async fn fault(scene: &Scene<'_>) -> Option<WitnessFault> {
    scene.vault.log_status().await.expect("known").witnesses[0].fault
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_witness_cosigns_joins_the_published_checkpoint_and_a_restart_goes_on() {
    on_each_place("log_witness", async |place| {
        let mut scene = Scene::new(place).await;
        let fake = Fake::new(1, &scene.clock);
        fake.trust(&scene, &[ORIGIN]).await;
        goes_by(&mut scene, &[&fake], "quorum w1\n");
        let (mut keeper, mut publisher) = scene.start().await;
        let mut witnesses = Witnesses::new(&scene.vault, &scene.settings);
        // Nothing is published yet.
        round(&mut witnesses).await;
        assert_eq!(fake.calls.load(Ordering::SeqCst), 0);
        let mut sizes = Vec::new();
        for leaves in [10, 300, 1] {
            scene.leave(leaves, 10).await;
            let size = scene.settle(&mut keeper, &mut publisher).await;
            assert_eq!(signers(&published(&scene, 2026)), [ORIGIN], "it is published at once");
            round(&mut witnesses).await;
            publisher.publish().await.expect("published again");
            let note = published(&scene, 2026);
            assert_eq!(signers(&note), [ORIGIN, "witness.example/w1"]);
            let key = scene.vault.log_verifier_key(ORIGIN).await.expect("a key");
            let checkpoint = SignedCheckpoint::open(note.as_bytes(), &[key]).expect("signed");
            assert!(scene.settings.policy.check(&checkpoint).is_ok());
            assert_eq!(checkpoint.checkpoint().size(), size);
            assert_eq!(scene.vault.log_checkpoint().expect("published").note, note);
            let status = scene.vault.log_status().await.expect("known");
            assert_eq!((status.witnessed, status.witnesses[0].cosigned.map(|cosigned| cosigned.0)), (Some(size), Some(size)));
            assert_eq!(scene.vault.log_witnessed().map(|witnessed| witnessed.size), Some(size));
            sizes.push(size);
        }
        assert_eq!(*fake.olds.lock().expect("whole"), [0, sizes[0], sizes[1]]);
        // Nothing new, nothing said.
        round(&mut witnesses).await;
        assert_eq!(fake.calls.load(Ordering::SeqCst), 3);
        assert_eq!(place.number("SELECT COUNT(*) FROM log_cosignature").await, 1, "older ones are not kept");

        // Another process begins with what is stored.
        drop((keeper, publisher, witnesses));
        let folder = scene.published();
        let settings = scene.settings.clone();
        let before = published(&scene, 2026);
        let (vault, clock) = if matches!(place.location(), coffret_vault::Location::Postgres(_)) {
            place.open().await
        } else {
            (scene.vault.clone(), scene.clock.clone())
        };
        let mut again = Scene::over_folder(place, vault, clock, folder.parent().expect("a folder"));
        again.settings = settings;
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        let (mut keeper, mut publisher) = again.start().await;
        let mut witnesses = Witnesses::new(&again.vault, &again.settings);
        assert_eq!(again.settle(&mut keeper, &mut publisher).await, sizes[2]);
        assert_eq!(published(&again, 2026), before, "with the cosignature that there was");
        round(&mut witnesses).await;
        assert_eq!(fake.calls.load(Ordering::SeqCst), 3, "what is cosigned is not shown again");
        again.leave(5, 5).await;
        again.settle(&mut keeper, &mut publisher).await;
        round(&mut witnesses).await;
        assert_eq!(*fake.olds.lock().expect("whole"), [0, sizes[0], sizes[1], sizes[2]]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_witness_answers_the_log_goes_on_and_nothing_false_is_kept() {
    on_each_place("log_witness_answers", async |place| {
        let mut scene = Scene::new(place).await;
        let fake = Fake::new(1, &scene.clock);
        fake.trust(&scene, &[ORIGIN]).await;
        goes_by(&mut scene, &[&fake], "quorum w1\n");
        let (mut keeper, mut publisher) = scene.start().await;
        let mut witnesses = Witnesses::new(&scene.vault, &scene.settings);
        scene.leave(20, 10).await;
        let mut witnessed = scene.settle(&mut keeper, &mut publisher).await;
        round(&mut witnesses).await;
        let text = |status: u16, body: &str| Says::Answer(status, body.as_bytes().to_vec());
        let huge = "x".repeat(10 << 20);
        for (what, says, expected) in [
            ("bad signature", Says::BadSignature, Some(Invalid)),
            ("wrong key", Says::WrongKey, Some(Invalid)),
            ("another checkpoint", Says::OtherCheckpoint, Some(Invalid)),
            ("stale", Says::At(-601), Some(Invalid)),
            ("not yet", Says::At(601), Some(Invalid)),
            ("a clock a minute off", Says::At(60), None),
            ("no line", text(200, ""), Some(Invalid)),
            ("garbage", text(200, "<html>\u{0}</html>"), Some(Invalid)),
            ("huge", text(200, &huge), Some(Invalid)),
            ("404", text(404, "no such log\n"), Some(Refuses)),
            ("403", text(403, ""), Some(Refuses)),
            ("redirect", text(302, ""), Some(Refuses)),
            ("500", text(500, ""), Some(Unreachable)),
            ("503", text(503, ""), Some(Unreachable)),
            ("gone", Says::IsGone, Some(Unreachable)),
            ("409, our size", Says::OurSize, Some(Disagrees)),
            ("409, larger size", Says::LargerSize, Some(Disagrees)),
            ("409, the same again", text(409, "0\n"), Some(Disagrees)),
            ("409, garbage", text(409, "many\n"), Some(Invalid)),
            ("409, huge", text(409, &huge), Some(Invalid)),
            ("422", text(422, ""), Some(Disagrees)),
        ] {
            fake.say(says);
            scene.leave(3, 3).await;
            let size = scene.settle(&mut keeper, &mut publisher).await;
            round(&mut witnesses).await;
            publisher.publish().await.expect("published");
            assert_eq!(fault(&scene).await, expected, "{what}");
            let status = scene.vault.log_status().await.expect("known");
            assert_eq!((status.stopped, status.published), (None, Some(size)), "{what}");
            if expected.is_some() {
                assert_eq!(status.witnessed, Some(witnessed), "{what}");
                assert_eq!(signers(&published(&scene, 2026)), [ORIGIN], "{what}");
            }
            assert_eq!(scene.vault.log_disagreeing().is_empty(), expected != Some(Disagrees), "{what}");
            fake.say(Says::Truth);
            round(&mut witnesses).await;
            publisher.publish().await.expect("published");
            assert_eq!(fault(&scene).await, None, "{what}: it cosigns again");
            witnessed = scene.vault.log_status().await.expect("known").witnessed.expect("witnessed");
            assert_eq!(witnessed, size, "{what}");
        }
        assert!(!scene.settings.kept.with_file_name("evidence").exists(), "none of this is evidence");
        // A witness that has lost what it had is proved to from where it is.
        fake.seen.lock().expect("whole").clear();
        scene.leave(3, 3).await;
        let size = scene.settle(&mut keeper, &mut publisher).await;
        round(&mut witnesses).await;
        assert_eq!(scene.vault.log_status().await.expect("known").witnessed, Some(size));
        assert_eq!(fake.olds.lock().expect("whole").iter().rev().take(2).collect::<Vec<_>>(), [&0, &witnessed]);
        scene.audit().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_that_hang_hold_up_nothing() {
    on_each_place("log_witness_hangs", async |place| {
        let mut scene = Scene::new(place).await;
        let (hanging, good) = (Fake::new(1, &scene.clock), Fake::new(2, &scene.clock));
        for fake in [&hanging, &good] {
            fake.trust(&scene, &[ORIGIN]).await;
        }
        hanging.say(Says::Hangs);
        goes_by(&mut scene, &[&hanging, &good], "group any any w1 w2\nquorum any\n");
        let settings = Settings { every: Duration::from_millis(50), ..scene.settings.clone() };
        let log = Log::start(&scene.vault, &settings).await.expect("started");
        let anna = stage::customer(&scene.vault, "anna@customer.example").await;
        for sequence in 2..6 {
            stage::put(&scene.vault, anna, "body.height").await;
            let waited = tokio::time::timeout(Duration::from_secs(5), scene.vault.await_inclusion(anna, sequence)).await;
            waited.expect("nobody waits for a witness").expect("included");
        }
        let mut tries = 0;
        while scene.vault.log_witnessed().is_none() {
            tries += 1;
            assert!(tries < 500, "the other witness counts");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::timeout(Duration::from_secs(5), log.stop()).await.expect("a stop does not wait either");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_is_reached_without_the_one_that_is_gone() {
    on_each_place("log_witness_quorum", async |place| {
        let mut scene = Scene::new(place).await;
        let fakes = [1, 2, 3].map(|number| Fake::new(number, &scene.clock));
        for fake in &fakes {
            fake.trust(&scene, &[ORIGIN]).await;
        }
        goes_by(&mut scene, &[&fakes[0], &fakes[1], &fakes[2]], "group two 2 w1 w2 w3\nquorum two\n");
        let (mut keeper, mut publisher) = scene.start().await;
        let mut witnesses = Witnesses::new(&scene.vault, &scene.settings);
        fakes[0].say(Says::IsGone);
        fakes[1].say(Says::Answer(500, Vec::new()));
        scene.leave(5, 5).await;
        let size = scene.settle(&mut keeper, &mut publisher).await;
        round(&mut witnesses).await;
        publisher.publish().await.expect("published");
        assert_eq!(scene.vault.log_status().await.expect("known").witnessed, None, "one of three is too few");
        assert_eq!(signers(&published(&scene, 2026)), [ORIGIN, "witness.example/w3"], "and its cosignature is handed on");
        fakes[1].say(Says::Truth);
        round(&mut witnesses).await;
        publisher.publish().await.expect("published");
        assert_eq!(scene.vault.log_status().await.expect("known").witnessed, Some(size));
        assert_eq!(signers(&published(&scene, 2026)).len(), 3);
        // A cosignature that was moved to another checkpoint is handed on by nobody.
        scene.leave(5, 5).await;
        scene.settle(&mut keeper, &mut publisher).await;
        place.tamper(&["UPDATE log_cosignature SET size = (SELECT MAX(size) FROM log_checkpoint)".to_owned()]).await;
        publisher.publish().await.expect("published");
        assert_eq!(signers(&published(&scene, 2026)), [ORIGIN]);
        assert_eq!(scene.vault.log_status().await.expect("known").witnessed, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_checkpoint_of_a_year_is_cosigned_after_the_turn_as_well() {
    on_each_place("log_witness_turn", async |place| {
        let mut scene = Scene::new(place).await;
        let fake = Fake::new(1, &scene.clock);
        fake.trust(&scene, &[ORIGIN, "vault.example/ledger/2027"]).await;
        goes_by(&mut scene, &[&fake], "quorum w1\n");
        let (mut keeper, mut publisher) = scene.start().await;
        let mut witnesses = Witnesses::new(&scene.vault, &scene.settings);
        scene.leave(20, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        scene.clock.set("2027-01-01T00:00:00Z".parse().expect("a moment"));
        scene.leave(20, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        round(&mut witnesses).await;
        publisher.publish().await.expect("published");
        for year in [2026, 2027] {
            assert_eq!(signers(&published(&scene, year)).len(), 2, "{year}");
        }
        assert_eq!(*fake.olds.lock().expect("whole"), [0, 0], "each log is its own");
        assert_eq!(scene.vault.log_checkpoint().expect("published").origin, "vault.example/ledger/2027");
    })
    .await;
}

/// A log that was cosigned at a size, put back to before it, with nothing kept outside the database but at the witness.
async fn put_back(place: &Place, more: usize) -> (Scene<'_>, Arc<Fake>, u64) {
    let mut scene = Scene::new(place).await;
    let fake = Fake::new(1, &scene.clock);
    fake.trust(&scene, &[ORIGIN]).await;
    goes_by(&mut scene, &[&fake], "quorum w1\n");
    let (mut keeper, mut publisher) = scene.start().await;
    scene.leave(300, 10).await;
    scene.settle(&mut keeper, &mut publisher).await;
    back_up(place).await;
    scene.leave(50, 10).await;
    let size = scene.settle(&mut keeper, &mut publisher).await;
    round(&mut Witnesses::new(&scene.vault, &scene.settings)).await;
    assert_eq!(scene.vault.log_status().await.expect("known").witnessed, Some(size));
    restore(place).await;
    place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned(), "DELETE FROM log_cosignature".to_owned()]).await;
    drop((keeper, publisher));
    let settings = scene.settings.clone();
    let mut blind = Scene::over(place, scene.vault.clone(), scene.clock.clone());
    blind.settings = Settings { kept: blind.settings.kept.clone(), publication: blind.settings.publication.clone(), ..settings };
    blind.leave(more, 10).await;
    (blind, fake, size)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_of_ours_that_only_a_witness_still_has_stops_the_log_and_is_kept() {
    for (name, more, reason) in [("log_witness_back", 10, "LOG_ROLLED_BACK"), ("log_witness_fork", 400, "LOG_FORKED")] {
        on_each_place(name, async |place| {
            let (scene, fake, size) = put_back(place, more).await;
            let (mut keeper, mut publisher) = scene.start().await;
            // Nobody here knows better.
            let signed = scene.settle(&mut keeper, &mut publisher).await;
            assert_eq!(signed > size, reason == "LOG_FORKED");
            let mut witnesses = Witnesses::new(&scene.vault, &scene.settings);
            round(&mut witnesses).await;
            let status = scene.vault.log_status().await.expect("known");
            assert_eq!((status.stopped, status.witnesses[0].fault), (Some(reason), Some(WitnessFault::Disagrees)));
            assert_eq!(status.witnessed, None);
            let evidence = scene.settings.kept.with_file_name("evidence");
            let files: Vec<_> = std::fs::read_dir(&evidence).expect("kept").map(|file| file.expect("a file").path()).collect();
            assert_eq!(files.len(), 2, "theirs and ours: {files:?}");
            let theirs = files.iter().find(|file| file.extension().is_some_and(|ending| ending == "checkpoint")).expect("theirs");
            assert_eq!(std::fs::read_to_string(theirs).expect("kept"), fake.seen.lock().expect("whole")[ORIGIN].1);
            let key = scene.vault.log_verifier_key(ORIGIN).await.expect("a key");
            for file in &files {
                SignedCheckpoint::open(&std::fs::read(file).expect("kept"), std::slice::from_ref(&key))
                    .expect("both are signed by our key");
            }

            // From here on nothing is signed, after a restart either, and the witness is left alone.
            scene.leave(10, 10).await;
            let (mut other, _) = scene.start().await;
            place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
            for one in [&mut keeper, &mut other] {
                assert!(one.hold().await.expect("held"));
                assert_eq!(one.checkpoint().await.expect_err("refused").reason(), reason);
                one.release().await.expect("released");
            }
            let calls = fake.calls.load(Ordering::SeqCst);
            round(&mut witnesses).await;
            assert_eq!(fake.calls.load(Ordering::SeqCst), calls);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_makes_its_evidence_up_stops_nothing() {
    on_each_place("log_witness_lies", async |place| {
        let mut scene = Scene::new(place).await;
        let fake = Fake::new(1, &scene.clock);
        fake.trust(&scene, &[ORIGIN]).await;
        goes_by(&mut scene, &[&fake], "quorum w1\n");
        let (mut keeper, mut publisher) = scene.start().await;
        let mut witnesses = Witnesses::new(&scene.vault, &scene.settings);
        scene.leave(20, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        let own = scene.vault.log_checkpoint().expect("published");
        let other = Signer::from_seed(ORIGIN, &[7; 32]).expect("a key");
        let root = super::scene::whole(&own.note);
        let forged = coffret_vault::tlog::Checkpoint::new(ORIGIN, own.size + 9, root).and_then(|made| made.sign(&other)).expect("signed");
        // Another key; ours over another text; and what is true and proves nothing against us.
        for lie in [forged.to_string(), own.note.replace(&format!("\n{}\n", own.size), &format!("\n{}\n", own.size + 9)), own.note.clone()]
        {
            fake.seen.lock().expect("whole").insert(ORIGIN.to_owned(), (own.size + 9, lie));
            fake.say(Says::LargerSize);
            scene.leave(3, 3).await;
            scene.settle(&mut keeper, &mut publisher).await;
            round(&mut witnesses).await;
            assert_eq!(fault(&scene).await, Some(WitnessFault::Disagrees));
            assert_eq!(scene.vault.log_status().await.expect("known").stopped, None);
        }
        assert!(!scene.settings.kept.with_file_name("evidence").exists());
        scene.leave(3, 3).await;
        scene.settle(&mut keeper, &mut publisher).await;
    })
    .await;
}
