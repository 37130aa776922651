//! The turn of the year.

use coffret_vault::log::binding_leaf;
use coffret_vault::tlog::{Checkpoint, LogProof, Note, WitnessPolicy};

use super::scene::Scene;
use crate::databases::on_each_place;
use crate::stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_year_ends_with_a_checkpoint_on_which_the_next_one_is_built() {
    on_each_place("log_year", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        let anna = stage::customer(&scene.vault, "anna@customer.example").await;
        scene.leave(300, 10).await;
        scene.clock.set("2026-12-31T23:59:59.999999Z".parse().expect("a moment"));
        scene.settle(&mut keeper, &mut publisher).await;
        // Sequenced in the old year, not yet signed; and written in the old year, not yet sequenced.
        stage::put(&scene.vault, anna, "body.height").await;
        keeper.sequence().await.expect("sequenced");
        stage::put(&scene.vault, anna, "body.height").await;
        scene.clock.set("2027-01-01T00:00:00Z".parse().expect("a moment"));
        assert!(keeper.hold().await.expect("held") && keeper.turn().await.expect("turned"));
        assert!(!keeper.turn().await.expect("once"));
        assert_eq!(scene.settle(&mut keeper, &mut publisher).await, 2, "the leaf that binds, and what was left over");
        stage::put(&scene.vault, anna, "body.height").await;
        assert_eq!(scene.settle(&mut keeper, &mut publisher).await, 3);
        let leaves = scene.audit().await;

        let logs = scene.vault.log_origins().await.expect("logs");
        let names: Vec<&str> = logs.iter().map(|log| log.name.as_str()).collect();
        assert_eq!(names, ["vault.example/ledger/2026", "vault.example/ledger/2027"]);
        let last = std::fs::read(scene.published().join("ledger/2026/checkpoint")).expect("published");
        let last = Checkpoint::parse(Note::parse(&last).expect("a note").text()).expect("a checkpoint");
        assert_eq!(leaves[leaves.len() - 3], binding_leaf(&last));
        assert_eq!(last.size() as usize, leaves.len() - 3);
        let binding = scene.vault.log_leaves(2, 0).await.expect("leaves")[0];
        assert_eq!((binding.customer, binding.sequence), (coffret_vault::id::CustomerId::DEPLOYMENT, 0));

        // Entries of both years have proofs, each under its own log's last checkpoint.
        for (sequence, origin) in [(1, 0), (2, 0), (3, 1), (4, 1)] {
            let proved = scene.vault.inclusion(anna, sequence).await.expect("proved");
            let key = scene.vault.log_verifier_key(names[origin]).await.expect("a key");
            let file = LogProof::parse(proved.tlog_proof.as_bytes()).expect("a proof");
            file.verify(&proved.leaf.hash(), &[key], &WitnessPolicy::none()).expect("convinces");
        }
        let keys = [names[0], names[1]].map(|name| scene.vault.log_verifier_key(name));
        let [old, new] = keys;
        assert_eq!(old.await.expect("a key").public_key(), new.await.expect("a key").public_key(), "auditors pin one key");
        // The clock may be behind on another server; a year never comes back.
        scene.clock.set("2026-12-31T23:59:59Z".parse().expect("a moment"));
        assert!(!keeper.turn().await.expect("looked at"));
        let again = scene.start().await;
        let (mut keeper, mut publisher) = again;
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        assert_eq!(scene.settle(&mut keeper, &mut publisher).await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_without_an_entry_has_its_checkpoint_too() {
    on_each_place("log_empty_year", async |place| {
        let scene = Scene::new(place).await;
        let database = place.back_door().await;
        sea_orm::ConnectionTrait::execute_unprepared(&database, "DELETE FROM log_pending").await.expect("emptied");
        database.close().await.expect("closes");
        let (mut keeper, mut publisher) = scene.start().await;
        scene.clock.set("2029-06-01T00:00:00Z".parse().expect("a moment"));
        assert_eq!(scene.settle(&mut keeper, &mut publisher).await, 1);
        let first = std::fs::read_to_string(scene.published().join("ledger/2026/checkpoint")).expect("published");
        assert!(first.starts_with("vault.example/ledger/2026\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"), "{first}");
        assert!(!scene.published().join("ledger/2026/tile").exists(), "an empty tile is never served");
        assert!(scene.published().join("ledger/2029/checkpoint").exists());
    })
    .await;
}
