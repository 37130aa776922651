//! The transparency log: every entry in it once, every checkpoint true, whatever fails.

mod faults;
mod inspecting;
mod killing;
mod losing;
mod missing;
mod public;
mod refusing;
mod running;
mod scene;
mod turning;
mod witnesses;

use coffret_vault::error::Kind;
use coffret_vault::id::CustomerId;
use coffret_vault::log::Sequenced;
use coffret_vault::tlog::{Hash, LogProof, WitnessPolicy, verify_consistency};

use crate::databases::{on_each_place, on_postgres};
use crate::stage;
use scene::{Scene, whole};

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_gets_one_place_and_a_proof_that_needs_no_vault() {
    on_each_place("log_places", async |place| {
        let scene = Scene::new(place).await;
        let anna = stage::customer(&scene.vault, "anna@customer.example").await;
        let record = stage::put(&scene.vault, anna, "body.height").await;
        assert_eq!(record.version, 1);
        scene.leave(700, 9).await;
        let (mut keeper, mut publisher) = scene.start().await;
        assert_eq!(scene.vault.log_checkpoint().expect_err("none yet").reason(), "LOG_NOT_PUBLISHED_HERE");
        assert_eq!(scene.vault.inclusion(anna, 1).await.expect_err("not yet").reason(), "NOT_YET_PUBLISHED");
        let size = scene.settle(&mut keeper, &mut publisher).await;
        let seen = scene.audit().await;
        assert_eq!(seen.len() as u64, size);
        assert!(size > 700);

        let key = scene.vault.log_verifier_key("vault.example/ledger/2026").await.expect("a key");
        for (customer, sequence) in [(anna, 1), (anna, 2), (CustomerId::DEPLOYMENT, 1)] {
            let proved = scene.vault.inclusion(customer, sequence).await.expect("proved");
            let file = LogProof::parse(proved.tlog_proof.as_bytes()).expect("a proof");
            let stated = file.verify(&proved.leaf.hash(), std::slice::from_ref(&key), &WitnessPolicy::none()).expect("convinces");
            assert_eq!((stated.checkpoint().size(), file.index()), (size, proved.index));
        }
        let own = scene.vault.entry(anna, 2).await.expect("an entry");
        let proved = scene.vault.inclusion(anna, 2).await.expect("proved");
        assert_eq!((proved.leaf.id, proved.leaf.commit), (*own.event.as_bytes(), own.commitment), "the leaf is the entry's");
        let missing = scene.vault.inclusion(anna, 99).await.expect_err("no such entry");
        assert_eq!(missing.kind(), Kind::NotFound);
        // Erasure takes the opening, not the place.
        scene.vault.erase_customer(anna, coffret_vault::ledger::Who::Customer).await.expect("erased");
        assert_eq!(scene.vault.inclusion(anna, 2).await.expect("still there").index, proved.index);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_checkpoint_follows_from_those_before() {
    on_each_place("log_consistent", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        let mut sizes = vec![scene.settle(&mut keeper, &mut publisher).await];
        for leaves in [1, 2, 253, 256, 1, 700, 3000] {
            scene.leave(leaves, 40).await;
            sizes.push(scene.settle(&mut keeper, &mut publisher).await);
            scene.audit().await;
        }
        let origin = "vault.example/ledger/2026";
        let newest = scene.vault.consistency("", 0, 0).await.expect("proved");
        assert_eq!(newest.checkpoint.size, *sizes.last().expect("some"));
        for new in &sizes {
            for old in sizes.iter().filter(|old| *old <= new) {
                let proved = scene.vault.consistency(origin, *old, *new).await.expect("proved");
                let root = whole(&proved.checkpoint.note);
                verify_consistency(*old, &proved.old_root, *new, &root, &proved.hashes).expect("consistent");
            }
        }
        // An older tree need not have been signed; a newer one must have been.
        scene.vault.consistency(origin, 7, sizes[5]).await.expect("proved");
        for (old, new, field) in [(0, sizes[7] + 1, "new_size"), (0, sizes[6] + 1, "new_size"), (sizes[2], sizes[1], "old_size")] {
            let refused = scene.vault.consistency(origin, old, new).await.expect_err("refused");
            assert_eq!((refused.reason(), refused.field_violations()[0].field.as_str()), ("SIZE_INVALID", field));
        }
        assert_eq!(scene.vault.consistency("vault.example/ledger/1999", 0, 0).await.expect_err("none").kind(), Kind::NotFound);
        assert_eq!(scene.vault.consistency(origin, 0, 0).await.expect("proved").old_root, Hash::EMPTY_ROOT);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_sequencers_at_once_one_writes() {
    on_each_place("log_two", async |place| {
        let scene = Scene::new(place).await;
        let (mut one, mut publisher) = scene.start().await;
        let (mut other, _) = scene.start().await;
        assert!(one.hold().await.expect("held"));
        for round in 0..30 {
            scene.leave(400, 7).await;
            if round % 3 == 0 {
                // As if the hold had run out: the other takes it, and neither knows of the other.
                place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
                let (first, second) = if round % 2 == 0 { (&mut one, &mut other) } else { (&mut other, &mut one) };
                first.sequence().await.expect("one of them");
                second.hold().await.expect("asked");
            }
            let (a, b) = tokio::join!(one.sequence(), other.sequence());
            let [a, b] = [a, b].map(|done| done.expect("neither fails"));
            assert!(a.leaves == 0 || b.leaves == 0, "{a:?} {b:?}");
            let (a, b) = tokio::join!(one.checkpoint(), other.checkpoint());
            assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        }
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        scene.settle(&mut one, &mut publisher).await;
        scene.audit().await;
        other.hold().await.expect("asked");
        assert_eq!(other.sequence().await.expect("nothing to do"), Sequenced::default());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_holds_no_head_writes_nothing() {
    on_each_place("log_unheld", async |place| {
        let scene = Scene::new(place).await;
        scene.leave(10, 3).await;
        let (mut keeper, mut publisher) = scene.start().await;
        assert_eq!(keeper.sequence().await.expect("nothing"), Sequenced::default());
        assert_eq!(keeper.checkpoint().await.expect("nothing"), None);
        assert!(!keeper.turn().await.expect("nothing"));
        assert_eq!(publisher.publish().await.expect("nothing"), None);
        assert_eq!(place.number("SELECT COUNT(*) FROM log_bundle").await + place.number("SELECT COUNT(*) FROM log_checkpoint").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_of_one_database_keep_one_log_and_each_publishes_it() {
    on_postgres("log_servers", async |place| {
        let (first, second) = (Scene::new(place).await, Scene::new(place).await);
        let (one, two) = (first.run().await, second.run().await);
        let anna = stage::customer(&first.vault, "anna@customer.example").await;
        for _ in 0..20 {
            stage::put(&second.vault, anna, "body.height").await;
        }
        let newest = 21;
        for scene in [&first, &second] {
            let proved = scene.vault.await_inclusion(anna, newest).await.expect("included");
            assert!(proved.index < proved.checkpoint.checkpoint().size());
        }
        // Whoever goes lets the other go on at once.
        one.stop().await;
        stage::put(&second.vault, anna, "body.height").await;
        tokio::time::timeout(std::time::Duration::from_secs(30), second.vault.await_inclusion(anna, newest + 1))
            .await
            .expect("in time")
            .expect("included");
        two.stop().await;
        second.audit().await;
        assert!(first.vault.log_status().await.expect("known").stopped.is_none());
    })
    .await;
}
