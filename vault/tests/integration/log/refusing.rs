//! What is never signed: what was put back, what tells another history, what was changed where it lay.

use coffret_vault::error::Error;
use coffret_vault::log::Keeper;

use super::scene::Scene;
use crate::databases::{Place, on_each_place};
use crate::stage;

const TABLES: [&str; 6] = ["log_head", "log_origin", "log_batch", "log_bundle", "log_tile", "log_checkpoint"];

/// Keeps the log as it is now, to be put back.
pub(super) async fn back_up(place: &Place) {
    let statements = TABLES.iter().map(|table| format!("CREATE TABLE backup_{table} AS SELECT * FROM {table}"));
    let database = place.back_door().await;
    for statement in statements {
        sea_orm::ConnectionTrait::execute_unprepared(&database, &statement).await.expect("a copy");
    }
    database.close().await.expect("closes");
}

/// Puts back what was kept, as a restored database would have it.
pub(super) async fn restore(place: &Place) {
    let clear = TABLES.iter().map(|table| format!("DELETE FROM {table}"));
    let fill = TABLES.iter().map(|table| format!("INSERT INTO {table} SELECT * FROM backup_{table}"));
    place.tamper(&clear.chain(fill).collect::<Vec<_>>()).await;
}

async fn checkpoints(place: &Place) -> i64 {
    place.number("SELECT COUNT(*) FROM log_checkpoint").await
}

/// Sequences and signs; the first refusal.
async fn refused(keeper: &mut Keeper) -> Error {
    assert!(keeper.hold().await.expect("held"));
    if let Err(refused) = keeper.sequence().await {
        return refused;
    }
    keeper.checkpoint().await.expect_err("refused")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_put_back_signs_nothing_and_reads_go_on() {
    on_each_place("log_restored", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(300, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        back_up(place).await;
        scene.leave(50, 10).await;
        let size = scene.settle(&mut keeper, &mut publisher).await;
        let published = std::fs::read(scene.published().join("ledger/2026/checkpoint")).expect("published");
        restore(place).await;
        let signed = checkpoints(place).await;

        // A start after it, and the process that saw it happen.
        for mut one in [scene.start().await.0, keeper] {
            place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
            // What was lost waits in nobody's list; what comes now does.
            scene.leave(100, 10).await;
            assert_eq!(refused(&mut one).await.reason(), "LOG_ROLLED_BACK");
        }
        // Nor does it grow past the old size and then sign.
        assert_eq!(checkpoints(place).await, signed);
        let (_, mut after) = scene.start().await;
        assert_eq!(after.publish().await.expect_err("refused").reason(), "LOG_ROLLED_BACK");
        assert_eq!(std::fs::read(scene.published().join("ledger/2026/checkpoint")).expect("published"), published);
        assert!(String::from_utf8_lossy(&published).contains(&format!("\n{size}\n")));
        // The vault is not stopped by it.
        let anna = stage::customer(&scene.vault, "anna@customer.example").await;
        assert_eq!(scene.vault.entry(anna, 1).await.expect("an entry").details.kind, "customer.created");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_that_has_outgrown_the_old_one_is_another_history() {
    on_each_place("log_forked", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(300, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        back_up(place).await;
        scene.leave(50, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        restore(place).await;
        // Without the kept checkpoint, on another server with nothing published, it grows past the old size, and is signed.
        let blind = Scene::over(place, scene.vault.clone(), scene.clock.clone());
        let (mut other, _) = blind.start().await;
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        scene.leave(400, 10).await;
        assert!(other.hold().await.expect("held"));
        while other.sequence().await.expect("sequenced").more {}
        other.checkpoint().await.expect("nobody there knows better");
        // With it, neither signs nor publishes.
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        let signed = checkpoints(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(1, 1).await;
        assert_eq!(refused(&mut keeper).await.reason(), "LOG_FORKED");
        assert_eq!(publisher.publish().await.expect_err("refused").reason(), "LOG_FORKED");
        assert_eq!(checkpoints(place).await, signed);
        // What is published protects as well, should what is kept be lost.
        std::fs::remove_file(&scene.settings.kept).expect("removed");
        let (_, mut publisher) = scene.start().await;
        assert_eq!(publisher.publish().await.expect_err("refused").reason(), "LOG_FORKED");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_size_never_gets_a_second_root() {
    on_each_place("log_two_roots", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(300, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        back_up(place).await;
        scene.leave(40, 10).await;
        let size = scene.settle(&mut keeper, &mut publisher).await;
        // Everything but the signed checkpoints is put back, what was kept is lost, and others take the places.
        let others = TABLES.iter().filter(|table| **table != "log_checkpoint");
        let clear = others.clone().map(|table| format!("DELETE FROM {table}"));
        let fill = others.map(|table| format!("INSERT INTO {table} SELECT * FROM backup_{table}"));
        place.tamper(&clear.chain(fill).collect::<Vec<_>>()).await;
        std::fs::remove_file(&scene.settings.kept).expect("removed");
        place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        scene.leave(40, 10).await;
        let signed = checkpoints(place).await;
        let (mut keeper, _) = scene.start().await;
        assert!(keeper.hold().await.expect("held"));
        while keeper.sequence().await.expect("sequenced").more {}
        assert_eq!(place.number("SELECT size FROM log_head").await as u64, size);
        assert_eq!(keeper.checkpoint().await.expect_err("refused").reason(), "LOG_DAMAGED");
        // Nor a larger one that does not follow.
        scene.leave(5, 5).await;
        keeper.hold().await.expect("held");
        while keeper.sequence().await.expect("sequenced").more {}
        assert_eq!(keeper.checkpoint().await.expect_err("refused").reason(), "LOG_DAMAGED");
        assert_eq!(checkpoints(place).await, signed);
    })
    .await;
}

/// A statement that changes one bit of a blob.
fn flip(table: &str, column: &str, which: &str, at: usize, place: &Place) -> String {
    let id = place.bytes(&[]);
    if id.starts_with("x'") {
        let (before, byte, after) = (format!("substr({column}, 1, {at})"), at + 1, at + 2);
        // SQLite has no bits in blobs; one byte becomes another.
        let other = format!("CASE substr({column}, {byte}, 1) WHEN x'00' THEN x'01' ELSE x'00' END");
        format!("UPDATE {table} SET {column} = CAST({before} || {other} || substr({column}, {after}) AS BLOB) WHERE {which}")
    } else {
        format!("UPDATE {table} SET {column} = set_byte({column}, {at}, get_byte({column}, {at}) # 1) WHERE {which}")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_bit_is_never_signed_wherever_it_lies() {
    on_each_place("log_bits", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(300, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        // Bundle 1 holds leaves from before and after the checkpoint; so does its tile.
        let places = [
            ("log_bundle", "leaves", "n = 1", 0),
            ("log_bundle", "leaves", "n = 1", 48 * 200 + 47),
            ("log_bundle", "leaves", "n = 2", 17),
            ("log_tile", "hashes", "level = 0 AND n = 1", 3),
            ("log_tile", "hashes", "level = 0 AND n = 1", 32 * 200 + 31),
            ("log_tile", "hashes", "level = 0 AND n = 2", 32 * 9),
            ("log_tile", "hashes", "level = 1 AND n = 0", 5),
            ("log_tile", "hashes", "level = 1 AND n = 0", 32 + 5),
            ("log_head", "root", "id = 1", 31),
        ];
        scene.leave(600, 10).await;
        assert!(keeper.hold().await.expect("held"));
        while keeper.sequence().await.expect("sequenced").more {}
        for (table, column, which, at) in places {
            let signed = checkpoints(place).await;
            place.keep(table).await;
            place.tamper(&[flip(table, column, which, at, place)]).await;
            let (mut fresh, _) = scene.start().await;
            fresh.hold().await.expect("asked");
            keeper.hold().await.expect("held");
            for one in [&mut keeper, &mut fresh] {
                match one.checkpoint().await {
                    Err(refused) => assert_eq!(refused.reason(), "LOG_DAMAGED", "{table}.{column} {which} {at}"),
                    Ok(done) => assert_eq!(done, None, "{table}.{column} {which} {at} was signed"),
                }
            }
            assert_eq!(checkpoints(place).await, signed, "{table}.{column} {which} {at}");
            let back = [format!("DELETE FROM {table}"), format!("INSERT INTO {table} SELECT * FROM kept")];
            place.tamper(&back).await;
            let database = place.back_door().await;
            sea_orm::ConnectionTrait::execute_unprepared(&database, "DROP TABLE kept").await.expect("dropped");
            database.close().await.expect("closes");
            place.tamper(&["UPDATE log_head SET expires_at = 0".to_owned()]).await;
        }
        // Put right, it goes on.
        scene.settle(&mut keeper, &mut publisher).await;
        scene.audit().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_checkpoint_that_is_not_one_of_ours_stops_the_log_until_it_is_put_right() {
    on_each_place("log_kept", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(20, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        let kept = std::fs::read(&scene.settings.kept).expect("kept");
        assert_eq!(kept, std::fs::read(scene.published().join("ledger/2026/checkpoint")).expect("published"));
        let foreign = String::from_utf8_lossy(&kept).replace("\n22\n", "\n21\n");
        for wrong in ["", "x", &foreign[..foreign.len() / 2]] {
            std::fs::write(&scene.settings.kept, wrong).expect("written");
            scene.leave(1, 1).await;
            assert_eq!(refused(&mut keeper).await.reason(), "LOG_KEPT_UNREADABLE");
            assert!(publisher.publish().await.expect("nothing new was signed").is_some());
        }
        std::fs::write(&scene.settings.kept, &kept).expect("written");
        scene.settle(&mut keeper, &mut publisher).await;
        scene.audit().await;
    })
    .await;
}
