//! Entries that were deleted from the end of a stream: the log has them, and the check of the ledger tells.

use coffret_vault::consent::View;
use coffret_vault::id::CustomerId;

use super::scene::Scene;
use crate::databases::on_each_place;
use crate::stage::{brand, customer, granted, item, put, read, terms};

#[tokio::test(flavor = "multi_thread")]
async fn entries_deleted_from_the_end_of_a_stream_are_missed_whether_they_wait_or_are_in_the_log() {
    on_each_place("log_missing", async |place| {
        let scene = Scene::new(place).await;
        let vault = &scene.vault;
        let house = brand(vault, "Maison Alba").await;
        let mut cast = Vec::new();
        for email in ["ana@example.org", "ben@example.org", "cleo@example.org"] {
            let id = customer(vault, email).await;
            put(vault, id, "body.shoe_size").await;
            let grant = granted(vault, house, id, email, terms(vault, vec![item("body.shoe_size", View::Raw, true)])).await;
            cast.push((id, grant));
        }
        let (mut keeper, mut publisher) = scene.start().await;
        for _ in 0..10 {
            for (_, grant) in &cast {
                read(vault, house, grant).await.expect("an answer");
            }
        }
        scene.settle(&mut keeper, &mut publisher).await;
        // Of these nothing is in the log yet.
        for _ in 0..3 {
            read(vault, house, &cast[1].1).await.expect("an answer");
        }
        let sound = vault.check_ledger(None).await.expect("a check");
        assert_eq!(sound.faults, Vec::<String>::new());
        let number = async |column: &str, table: &str, id: CustomerId| {
            place.number(&format!("SELECT MAX({column}) FROM {table} WHERE customer_id = {}", place.id(id.0))).await
        };
        let mut expected = Vec::new();
        for (position, (id, _)) in cast.iter().take(2).enumerate() {
            let (last, saved) = (number("seq", "ledger_entry", *id).await, number("seq", "customer", *id).await);
            // All that the account's own count does not tell of.
            let gone = (last - saved).min(5);
            assert!(gone >= 3, "the account is {gone} entries behind");
            place.tamper(&[format!("DELETE FROM ledger_entry WHERE customer_id = {} AND seq > {}", place.id(id.0), last - gone)]).await;
            let told = if position == 1 && gone > 3 {
                vec![format!("entries {} to {} are in", last - gone + 1, last - 3), format!("entries {} to {last} are in", last - 2)]
            } else {
                vec![format!("entries {} to {last} are in", last - gone + 1)]
            };
            let own = vault.check_ledger(Some(*id)).await.expect("a check").faults;
            assert_eq!(own.len(), told.len(), "{own:?} {told:?}");
            for one in &told {
                assert!(own.iter().any(|fault| fault.contains(one) && fault.contains(&id.to_string())), "{own:?} {one}");
            }
            expected.extend(told);
        }
        let all = vault.check_ledger(None).await.expect("a check");
        assert_eq!(all.faults.len(), expected.len(), "{:?}", all.faults);
        assert_eq!(vault.check_ledger(Some(cast[2].0)).await.expect("a check").faults, Vec::<String>::new());
        // One in the middle is told once, as a gap.
        let cleo = cast[2].0;
        place.tamper(&[format!("DELETE FROM ledger_entry WHERE customer_id = {} AND seq = 3", place.id(cleo.0))]).await;
        let gap = vault.check_ledger(Some(cleo)).await.expect("a check").faults;
        assert!(gap.len() == 1 && gap[0].contains("entry 3 is missing"), "{gap:?}");
        // A whole stream with its account.
        for table in ["ledger_entry", "customer"] {
            place.tamper(&[format!("DELETE FROM {table} WHERE customer_id = {}", place.id(cleo.0))]).await;
        }
        let all = vault.check_ledger(None).await.expect("a check");
        assert!(all.faults.iter().any(|fault| fault.contains(&cleo.to_string()) && fault.contains("entries 1 to")), "{:?}", all.faults);
    })
    .await;
}
