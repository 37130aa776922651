//! A loss is accepted knowingly, or not at all; and nothing that was signed is contradicted by going on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use coffret_vault::Vault;
use coffret_vault::error::Error;
use coffret_vault::id::CustomerId;
use coffret_vault::ledger::Who;
use coffret_vault::log::{AcceptedLoss, Keeper, Publisher, Settings, Step, Steps, binding_leaf};
use coffret_vault::page::PageRequest;
use coffret_vault::tlog::{Checkpoint, LogProof, Note, WitnessPolicy};

use super::refusing::{back_up, restore};
use super::scene::{Scene, audit_folder};
use crate::databases::{Place, on_each_place};
use crate::stage::{self, operator};

const REASON: &str = "The disk was lost (INC-204).";

async fn accept(vault: &Vault, settings: &Settings) -> Result<AcceptedLoss, Error> {
    vault.accept_log_loss(settings, operator(), REASON).await
}

fn stated(note: &str) -> Checkpoint {
    Checkpoint::parse(Note::parse(note.as_bytes()).expect("a note").text()).expect("a checkpoint")
}

async fn names(vault: &Vault) -> Vec<String> {
    vault.log_origins().await.expect("logs").into_iter().map(|log| log.name).collect()
}

/// Sequences and signs until something is refused.
async fn refused(keeper: &mut Keeper, publisher: &mut Publisher) -> &'static str {
    assert!(keeper.hold().await.expect("held"));
    let signed = match keeper.sequence().await {
        Err(refused) => return refused.reason(),
        Ok(_) => keeper.checkpoint().await,
    };
    match signed {
        Err(refused) => refused.reason(),
        Ok(_) => publisher.publish().await.expect_err("refused").reason(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_accepted_loss_a_new_log_goes_on_and_the_old_one_stays_as_it_was_published() {
    on_each_place("log_loss", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        let anna = stage::customer(&scene.vault, "anna@customer.example").await;
        scene.leave(300, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        // Has its place when the backup is made, and no signature.
        stage::put(&scene.vault, anna, "body.height").await;
        keeper.sequence().await.expect("sequenced");
        back_up(place).await;
        scene.leave(50, 10).await;
        let size = scene.settle(&mut keeper, &mut publisher).await;
        let old = scene.published_as("vault.example/ledger/2026");
        let published = std::fs::read_to_string(old.join("checkpoint")).expect("published");
        restore(place).await;
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        stage::put(&scene.vault, anna, "body.height").await;
        let (mut keeper, mut publisher) = scene.start().await;
        assert_eq!(refused(&mut keeper, &mut publisher).await, "LOG_ROLLED_BACK");

        let accepted = accept(&scene.vault, &scene.settings).await.expect("accepted");
        assert_eq!(accepted.given_up, [("vault.example/ledger/2026".to_owned(), size)]);
        assert_eq!((accepted.next.as_str(), accepted.waiting), ("vault.example/ledger/2026-2", 1));
        let record: serde_json::Value = serde_json::from_slice(&std::fs::read(&accepted.record).expect("recorded")).expect("JSON");
        assert_eq!((record["lost"][0].as_str(), record["reason"].as_str()), (Some(published.as_str()), Some(REASON)));
        let newest = scene.vault.deployment_entries(&PageRequest::first(1)).await.expect("entries").items.remove(0);
        assert_eq!((newest.details.kind.as_str(), &newest.details.who), ("ledger.loss_accepted", &operator()));
        let told = newest.details.reason.expect("a reason");
        assert!(told.contains(REASON) && told.contains(&format!("vault.example/ledger/2026 at {size} leaves")), "{told}");

        // The keeper that saw it and one that did not go on alike.
        scene.settle(&mut keeper, &mut publisher).await;
        scene.leave(300, 10).await;
        let (mut other, mut again) = scene.start().await;
        keeper.release().await.expect("released");
        let grown = scene.settle(&mut other, &mut again).await;
        assert!(grown > 300);
        assert_eq!(std::fs::read_to_string(old.join("checkpoint")).expect("published"), published, "byte for byte");
        let key = scene.vault.log_verifier_key("vault.example/ledger/2026").await.expect("a key");
        assert_eq!(audit_folder(&old, &key).1, size, "and every tile under it");
        let key = scene.vault.log_verifier_key(&accepted.next).await.expect("a key");
        let (leaves, signed) = audit_folder(&scene.published_as(&accepted.next), &key);
        assert_eq!((signed, leaves[0]), (grown, binding_leaf(&stated(&published))));
        assert!(leaves.iter().any(|leaf| leaf.id == *newest.event.as_bytes()), "the acceptance is in the new log");
        // Each entry that is there has one proof: what was signed in the old log, the rest in the new one.
        for (sequence, name) in [(1, "2026"), (2, "2026-2"), (3, "2026-2")] {
            let proved = scene.vault.inclusion(anna, sequence).await.expect("proved");
            let key = scene.vault.log_verifier_key(&format!("vault.example/ledger/{name}")).await.expect("a key");
            let file = LogProof::parse(proved.tlog_proof.as_bytes()).expect("a proof");
            file.verify(&proved.leaf.hash(), &[key], &WitnessPolicy::none()).expect("convinces");
        }
        let events: Vec<_> = leaves.iter().map(|leaf| leaf.id).collect();
        let mut once = events.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), events.len(), "an entry is there twice");
        assert_eq!(scene.vault.check_ledger(Some(anna)).await.expect("a check").faults, Vec::<String>::new());
        let origin = scene.vault.log_checkpoint().expect("published").origin.clone();
        assert_eq!((origin, scene.vault.log_status().await.expect("known").stopped), (accepted.next.clone(), None));
        // It was accepted once.
        assert_eq!(accept(&scene.vault, &scene.settings).await.expect_err("nothing is lost now").reason(), "LOG_NOT_LOST");

        // Put back to before that: neither name is signed again.
        restore(place).await;
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned(), "DELETE FROM log_loss".to_owned()]).await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(1, 1).await;
        assert_eq!(refused(&mut keeper, &mut publisher).await, "LOG_ROLLED_BACK");
        let second = std::fs::read_to_string(scene.published_as(&accepted.next).join("checkpoint")).expect("published");
        let accepted = accept(&scene.vault, &scene.settings).await.expect("accepted");
        assert_eq!(accepted.next, "vault.example/ledger/2026-3");
        let given_up: Vec<&str> = accepted.given_up.iter().map(|(origin, _)| origin.as_str()).collect();
        assert_eq!(given_up, ["vault.example/ledger/2026", "vault.example/ledger/2026-2"]);
        scene.settle(&mut keeper, &mut publisher).await;
        let key = scene.vault.log_verifier_key(&accepted.next).await.expect("a key");
        assert_eq!(audit_folder(&scene.published_as(&accepted.next), &key).0[0], binding_leaf(&stated(&second)));
        // And the year turns.
        scene.clock.set("2027-01-01T00:00:00Z".parse().expect("a moment"));
        scene.settle(&mut keeper, &mut publisher).await;
        assert_eq!(names(&scene.vault).await, ["2026", "2026-3", "2027"].map(|year| format!("vault.example/ledger/{year}")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_is_none_or_cannot_be_told_is_not_accepted_and_nothing_changes() {
    on_each_place("log_no_loss", async |place| {
        let scene = Scene::new(place).await;
        assert_eq!(accept(&scene.vault, &scene.settings).await.expect_err("no log").reason(), "LOG_NOT_LOST");
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(30, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        scene.leave(3, 3).await;
        keeper.sequence().await.expect("sequenced");
        let before = (names(&scene.vault).await, scene.vault.check_ledger(Some(CustomerId::DEPLOYMENT)).await.expect("a check").entries);
        assert_eq!(accept(&scene.vault, &scene.settings).await.expect_err("all is well").reason(), "LOG_NOT_LOST");
        back_up(place).await;
        scene.leave(30, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        restore(place).await;
        for reason in ["", " ", "x\u{7}", &"x".repeat(301)] {
            let refused = scene.vault.accept_log_loss(&scene.settings, operator(), reason).await.expect_err("no reason");
            assert_eq!(refused.reason(), "REASON_INVALID", "{reason:?}");
        }
        let nameless = scene.vault.accept_log_loss(&scene.settings, Who::Operator("a\nb".to_owned()), REASON).await;
        assert_eq!(nameless.expect_err("no name").reason(), "NAME_INVALID");
        let kept = std::fs::read(&scene.settings.kept).expect("kept");
        std::fs::write(&scene.settings.kept, "nothing of ours").expect("written");
        assert_eq!(accept(&scene.vault, &scene.settings).await.expect_err("unreadable").reason(), "LOG_KEPT_UNREADABLE");
        std::fs::write(&scene.settings.kept, kept).expect("written");
        // Where it cannot be recorded outside the database, it does not happen.
        let losses = scene.settings.kept.with_file_name("losses");
        std::fs::write(&losses, "in the way").expect("written");
        assert_eq!(accept(&scene.vault, &scene.settings).await.expect_err("unrecorded").reason(), "LOG_NOT_KEPT");
        std::fs::remove_file(&losses).expect("removed");
        let after = (names(&scene.vault).await, scene.vault.check_ledger(Some(CustomerId::DEPLOYMENT)).await.expect("a check").entries);
        assert_eq!(after, before);
        assert_eq!(place.number("SELECT COUNT(*) FROM log_loss").await, 0);
        // What is only published counts as well.
        std::fs::remove_file(&scene.settings.kept).expect("removed");
        assert_eq!(accept(&scene.vault, &scene.settings).await.expect("accepted").next, "vault.example/ledger/2026-2");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_runs_goes_on_by_itself_once_the_loss_is_accepted() {
    on_each_place("log_loss_runs", async |place| {
        let scene = Scene::new(place).await;
        let log = scene.run().await;
        let anna = stage::customer(&scene.vault, "anna@customer.example").await;
        scene.vault.await_inclusion(anna, 1).await.expect("included");
        log.stop().await;
        back_up(place).await;
        let log = scene.run().await;
        stage::put(&scene.vault, anna, "body.height").await;
        scene.vault.await_inclusion(anna, 2).await.expect("included");
        log.stop().await;
        restore(place).await;
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        let log = scene.run().await;
        stage::put(&scene.vault, anna, "body.height").await;
        let mut tries = 0;
        while scene.vault.log_status().await.expect("known").stopped != Some("LOG_ROLLED_BACK") {
            tries += 1;
            assert!(tries < 500, "it is noticed");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let accepted = accept(&scene.vault, &scene.settings).await.expect("accepted");
        let proved = tokio::time::timeout(std::time::Duration::from_secs(30), scene.vault.await_inclusion(anna, 3)).await;
        assert_eq!(proved.expect("in time").expect("included").checkpoint.checkpoint().origin(), accepted.next);
        assert_eq!(scene.vault.log_status().await.expect("known").stopped, None);
        log.stop().await;
    })
    .await;
}

/// Accepts the loss in the moment in which somebody is about to store a signature.
struct AcceptsBeforeSign {
    vault: Arc<Vault>,
    settings: Settings,
    accepted: Mutex<Option<AcceptedLoss>>,
}

impl Steps for AcceptsBeforeSign {
    fn before(&self, step: Step) -> Result<(), Error> {
        if step == Step::Sign {
            let accepting = accept(&self.vault, &self.settings);
            let accepted = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(accepting))?;
            *self.accepted.lock().expect("whole") = Some(accepted);
        }
        Ok(())
    }

    fn after(&self, _: Step) -> Result<(), Error> {
        Ok(())
    }
}

/// A log of which what was published is lost, and a server without what was kept. Gives the sizes that were signed.
async fn lose(place: &Place, scene: &Scene<'_>) -> (u64, u64) {
    let (mut keeper, mut publisher) = scene.start().await;
    scene.leave(300, 10).await;
    let first = scene.settle(&mut keeper, &mut publisher).await;
    back_up(place).await;
    scene.leave(50, 10).await;
    let lost = scene.settle(&mut keeper, &mut publisher).await;
    restore(place).await;
    place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
    (first, lost)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_not_signed_once_it_is_given_up() {
    on_each_place("log_loss_race", async |place| {
        let scene = Scene::new(place).await;
        let (first, _) = lose(place, &scene).await;
        let blind = Scene::over(place, scene.vault.clone(), scene.clock.clone());
        scene.leave(400, 10).await;
        let (vault, settings) = (scene.vault.clone(), scene.settings.clone());
        let accepts = Arc::new(AcceptsBeforeSign { vault, settings, accepted: Mutex::default() });
        let (mut keeper, _) = blind.start_told(Arc::<AcceptsBeforeSign>::clone(&accepts)).await;
        assert!(keeper.hold().await.expect("held"));
        while keeper.sequence().await.expect("sequenced").more {}
        assert_eq!(keeper.checkpoint().await.expect("looked at"), None, "it is another's now");
        let accepted = accepts.accepted.lock().expect("whole").take().expect("accepted");
        assert_eq!((accepted.signed, accepted.waiting >= 400), (first, true), "{accepted:?}");
        assert_eq!(place.number("SELECT MAX(size) FROM log_checkpoint WHERE log = 1").await as u64, first);
        assert!(!keeper.sequence().await.expect("looked at").more || keeper.hold().await.expect("held"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_off_the_published_history_waits_for_the_new_log() {
    for publishes in [true, false] {
        on_each_place("log_loss_fork", async |place| {
            let scene = Scene::new(place).await;
            let (first, lost) = lose(place, &scene).await;
            let blind = Scene::over(place, scene.vault.clone(), scene.clock.clone());
            let (mut other, _) = blind.start().await;
            // Two signatures off the published history, one of them of more leaves.
            for leaves in [20, 400] {
                scene.leave(leaves, 10).await;
                assert!(other.hold().await.expect("held"));
                while other.sequence().await.expect("sequenced").more {}
                other.checkpoint().await.expect("nobody there knows better").expect("signed");
            }
            other.release().await.expect("released");
            let settings = if publishes {
                // What that server has kept is of its own history, and shows nothing.
                let own = scene.vault.log_signed(1).await.expect("looked at").expect("signed").note;
                std::fs::create_dir_all(blind.settings.kept.parent().expect("a folder")).expect("a folder");
                std::fs::write(&blind.settings.kept, own).expect("kept");
                Settings { publication: scene.settings.publication.clone(), ..blind.settings.clone() }
            } else {
                Settings { publication: None, ..scene.settings.clone() }
            };
            let accepted = accept(&scene.vault, &settings).await.expect("accepted");
            assert_eq!(accepted.given_up, [("vault.example/ledger/2026".to_owned(), lost)]);
            // Without what was published nothing shows that any of it began so.
            assert_eq!(accepted.signed, if publishes { first } else { 0 });
            let old = scene.vault.log_signed(1).await.expect("looked at");
            assert_eq!(old.map(|old| old.size), publishes.then_some(first), "the rest is forgotten");
            let (mut keeper, mut publisher) = scene.start().await;
            scene.settle(&mut keeper, &mut publisher).await;
            let key = scene.vault.log_verifier_key(&accepted.next).await.expect("a key");
            let (leaves, _) = audit_folder(&scene.published_as(&accepted.next), &key);
            assert!(leaves.len() as u64 > accepted.waiting && accepted.waiting >= if publishes { 420 } else { 720 });
            let left = place.left.lock().expect("whole").clone();
            let again = left.iter().filter(|id| leaves.iter().any(|leaf| leaf.id == **id)).count();
            assert!(again >= if publishes { 420 } else { 720 }, "{again} entries of {} are in the new log", left.len());
            assert_eq!(scene.vault.check_ledger(Some(CustomerId::DEPLOYMENT)).await.expect("a check").faults, Vec::<String>::new());
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_what_is_published_contradicts_it_a_server_that_runs_signs_nothing_more_and_keeps_nothing() {
    on_each_place("log_published_stops", async |place| {
        let scene = Scene::new(place).await;
        lose(place, &scene).await;
        std::fs::remove_file(&scene.settings.kept).expect("removed");
        let log = scene.run().await;
        let mut tries = 0;
        while scene.vault.log_status().await.expect("known").stopped != Some("LOG_ROLLED_BACK") {
            tries += 1;
            assert!(tries < 500, "it is noticed");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // What was on the way when it was noticed.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let signed = place.number("SELECT COUNT(*) FROM log_checkpoint").await;
        for _ in 0..3 {
            scene.leave(1, 1).await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(scene.vault.log_status().await.expect("known").stopped, Some("LOG_ROLLED_BACK"));
        }
        assert_eq!(place.number("SELECT COUNT(*) FROM log_checkpoint").await, signed);
        assert!(!scene.settings.kept.exists(), "nothing of it is kept");
        log.stop().await;
        assert_eq!(place.number("SELECT COUNT(*) FROM log_checkpoint").await, signed);
    })
    .await;
}
