//! What a database of the first schema brings along.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use coffret_envelope::testing::SeededEntropy;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;
use uuid::Uuid;

use super::{Folder, Keeper, LogLeaf, Publisher, Settings};
use crate::Location;
use crate::id::{CustomerId, make_uuid_v4};
use crate::store::migration::Migrator;
use crate::testing::{create_database, drop_database, vault_at};

/// More than go into one commit of the upgrade, and than one transaction of the sequencer takes.
const ENTRIES: i64 = 9_000;

type Events = BTreeMap<(Uuid, i64), Uuid>;

/// The first schema with entries of many customers.
async fn old_database(on: &DatabaseConnection, customers: i64) -> Events {
    Migrator::up(on, Some(1)).await.expect("the first schema");
    let entropy = SeededEntropy::new(5);
    let mut events = Events::new();
    for customer in 0..customers {
        let id = make_uuid_v4(&entropy).expect("an id");
        let rows: Vec<(i64, Uuid)> = (1..=ENTRIES / customers).map(|seq| (seq, make_uuid_v4(&entropy).expect("an id"))).collect();
        let backend = on.get_database_backend();
        for some in rows.chunks(500) {
            let row = |first: usize| format!("({})", (first..first + 7).map(|n| format!("${n}")).collect::<Vec<_>>().join(", "));
            let places = (0..some.len()).map(|place| row(place * 7 + 1)).collect::<Vec<_>>().join(", ");
            let sql = format!("INSERT INTO ledger_entry (customer_id, seq, stream, event_id, at, commitment, opening) VALUES {places}");
            let values = some.iter().flat_map(|(seq, event)| -> [sea_orm::Value; 7] {
                let commitment = coffret_ledger::Hash::leaf(event.as_bytes()).as_bytes().to_vec();
                [
                    id.into(),
                    (*seq).into(),
                    Uuid::from_u128(customer as u128).into(),
                    (*event).into(),
                    1_i64.into(),
                    commitment.into(),
                    vec![0_u8].into(),
                ]
            });
            on.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.expect("entries");
        }
        events.extend(rows.into_iter().map(|(seq, event)| ((id, seq), event)));
    }
    events
}

async fn upgrade(location: Location, url: &str, folder: &Path, customers: i64) {
    let back_door = Database::connect(url).await.expect("a database");
    let events = old_database(&back_door, customers).await;
    back_door.close().await.expect("closes");
    let (vault, _) = vault_at(location, &folder.join("keys"), 1).await.expect("upgraded");
    let settings = Settings {
        publication: Some(Arc::new(Folder::new(folder.join("public")))),
        ..Settings::new("vault.example", folder.join("checkpoint"))
    };
    let mut keeper = Keeper::new(&vault, &settings).await.expect("a keeper");
    assert!(keeper.hold().await.expect("held"));
    while keeper.sequence().await.expect("sequenced").more {}
    let size = keeper.checkpoint().await.expect("signed").expect("held");
    Publisher::new(&vault, &settings).publish().await.expect("published");
    // The upgrade's own start adds entries of the deployment.
    let own = vault.deployment_entries(&crate::page::PageRequest::first(100)).await.expect("entries").items.len() as u64;
    assert_eq!(size, events.len() as u64 + own);
    let mut found = Events::new();
    let mut from = 0;
    loop {
        let some = vault.log_leaves(1, from).await.expect("leaves");
        let Some(last) = some.last() else { break };
        from = last.index + 1;
        for LogLeaf { customer, sequence, leaf, .. } in some {
            if customer != CustomerId::DEPLOYMENT {
                assert_eq!(found.insert((customer.0, sequence), Uuid::from_bytes(leaf.id)), None, "an entry is there twice");
            }
        }
    }
    assert!(found == events, "{} of {} entries are in the log", found.len(), events.len());
    for ((customer, sequence), event) in events.iter().step_by(997) {
        let proved = vault.inclusion(CustomerId(*customer), *sequence).await.expect("proved");
        assert_eq!(proved.leaf.id, *event.as_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_of_an_older_database_ends_in_the_log_once_on_sqlite() {
    for customers in [1, 90] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("vault.db");
        let url = format!("sqlite://{}?mode=rwc", path.display());
        upgrade(Location::Sqlite(path), &url, folder.path(), customers).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the test command names the server to test with")]
async fn every_entry_of_an_older_database_ends_in_the_log_once_on_postgresql() {
    let Some(server) = std::env::var("COFFRET_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else {
        let line = "every_entry_of_an_older_database_ends_in_the_log_once_on_postgresql: COFFRET_TEST_POSTGRES names no PostgreSQL\n";
        print!("skipped: {line}");
        if let Some(path) = std::env::var_os("COFFRET_SKIPPED") {
            let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
            std::io::Write::write_all(&mut file.expect("writable"), line.as_bytes()).expect("written");
        }
        return;
    };
    let name = format!("coffret_adoption_{}", std::process::id());
    let url = create_database(&server, &name).await.expect("a database");
    let folder = tempfile::tempdir().expect("a folder");
    upgrade(Location::Postgres(url.clone()), &url, folder.path(), 90).await;
    drop_database(&server, &name).await.expect("dropped");
}
