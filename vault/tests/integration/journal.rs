//! Reading and checking the ledger: nothing is missing, and whoever meddles with it is found out.

use coffret_vault::Vault;
use coffret_vault::error::Kind;
use coffret_vault::id::{BrandId, CustomerId};
use coffret_vault::journal::{Check, EntryFilter};
use coffret_vault::ledger::{Entry, Who};
use coffret_vault::page::PageRequest;
use coffret_vault::record::{NewRecord, Source};

use crate::databases::{Place, on_each_database, on_each_place};
use crate::stage::{brand, customer, granted, item, put, read, reading, terms};

/// A customer with six entries, two of them reads and one a refusal.
async fn storied(vault: &Vault, house: BrandId, name: &str) -> CustomerId {
    let email = format!("{name}@example.org");
    let id = customer(vault, &email).await;
    put(vault, id, "body.shoe_size").await;
    let asked = terms(vault, vec![item("body.shoe_size", coffret_vault::consent::View::Raw, true)]);
    let grant = granted(vault, house, id, &email, asked).await;
    read(vault, house, &grant).await.expect("an answer");
    read(vault, house, &grant).await.expect("an answer");
    let mut other = reading(coffret_vault::id::GrantId(grant.grant.id()));
    other.items = vec![("identity.name".to_owned(), None)];
    vault.read(house, &other).await.expect_err("refused");
    id
}

async fn faults(vault: &Vault, scope: Option<CustomerId>) -> Vec<String> {
    vault.check_ledger(scope).await.expect("a check").faults
}

fn kinds(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.details.kind.as_str()).collect()
}

const STORY: [&str; 7] = ["read.refused", "read", "read", "request.approved", "request.asked", "record.put", "customer.created"];

#[tokio::test]
async fn a_customer_reads_their_entries_newest_first() {
    on_each_database("entries", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = storied(&vault, house, "ana").await;
        storied(&vault, house, "ben").await;
        let all = vault.entries(ana, &EntryFilter::default(), &PageRequest::first(100)).await.expect("entries");
        assert_eq!((kinds(&all.items), all.next.as_str()), (STORY.to_vec(), ""));
        assert!(all.items.iter().all(|entry| entry.valid));
        assert_eq!(all.items.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [7, 6, 5, 4, 3, 2, 1]);
        let mut found = Vec::new();
        let mut page = PageRequest::first(3);
        loop {
            let part = vault.entries(ana, &EntryFilter::default(), &page).await.expect("entries");
            assert!(part.items.len() <= 3);
            found.extend(part.items);
            if part.next.is_empty() {
                break;
            }
            page = PageRequest::new(3, &part.next).expect("a page");
        }
        assert_eq!(kinds(&found), STORY);
        let one = vault.entry(ana, 6).await.expect("one");
        assert_eq!((one.details.kind.as_str(), one.commitment, one.valid), ("read", all.items[1].commitment, true));
        for nowhere in [0, 8, -1, i64::MAX] {
            assert_eq!(vault.entry(ana, nowhere).await.expect_err("none").kind(), Kind::NotFound);
        }
    })
    .await;
}

#[tokio::test]
async fn a_filter_lets_through_what_it_names_and_nothing_else() {
    on_each_database("filters", async |vault, clock| {
        let (house, other) = (brand(&vault, "Maison Alba").await, brand(&vault, "Casa Ferrante").await);
        let ana = storied(&vault, house, "ana").await;
        let start = vault.now();
        clock.advance_seconds(60);
        let asked = terms(&vault, vec![item("body.shoe_size", coffret_vault::consent::View::Raw, true)]);
        let grant = granted(&vault, other, ana, "ana@example.org", asked).await;
        read(&vault, other, &grant).await.expect("an answer");
        let found = async |filter: EntryFilter| {
            let mut kinds = Vec::new();
            let mut page = PageRequest::first(2);
            loop {
                let part = vault.entries(ana, &filter, &page).await.expect("entries");
                kinds.extend(part.items.into_iter().map(|entry| entry.details.kind));
                if part.next.is_empty() {
                    return kinds;
                }
                page = PageRequest::new(2, &part.next).expect("a page");
            }
        };
        let reads = EntryFilter { kind: Some("read".to_owned()), ..EntryFilter::default() };
        assert_eq!(found(reads.clone()).await, ["read"; 3]);
        assert_eq!(found(EntryFilter { brand: Some(other), ..reads.clone() }).await, ["read"]);
        let of_other = EntryFilter { brand: Some(other), ..EntryFilter::default() };
        assert_eq!(found(of_other).await, ["read", "request.approved", "request.asked"]);
        let until = EntryFilter { to: Some(vault.now()), ..EntryFilter::default() };
        assert_eq!(found(until).await, STORY, "the end is exclusive");
        let since = EntryFilter { from: Some(vault.now()), ..reads.clone() };
        assert_eq!(found(since).await, ["read"], "the start is inclusive");
        assert!(found(EntryFilter { to: Some(start), ..reads }).await.is_empty());
        assert!(found(EntryFilter { kind: Some("rea".to_owned()), ..EntryFilter::default() }).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_filter_that_passes_over_very_many_leads_on() {
    on_each_database("passed_over", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        let kind = vault.catalogue().get("purchase.item").expect("a known type");
        for _ in 0..7 {
            let puts = (0..300).map(|_| {
                let record =
                    NewRecord { id: None, attribute: kind.name().to_owned(), value: kind.example().clone(), expected_version: None };
                vault.put_records(ana, Who::Customer, Source::Customer, vec![record], None)
            });
            for put in futures_util::future::join_all(puts).await {
                put.expect("a record");
            }
        }
        let filter = EntryFilter { kind: Some("customer.created".to_owned()), ..EntryFilter::default() };
        let first = vault.entries(ana, &filter, &PageRequest::first(10)).await.expect("a page");
        assert!(first.items.is_empty() && !first.next.is_empty());
        let next = vault.entries(ana, &filter, &PageRequest::new(10, &first.next).expect("a page")).await.expect("a page");
        assert_eq!((kinds(&next.items), next.next.as_str()), (vec!["customer.created"], ""));
        let check = vault.check_ledger(Some(ana)).await.expect("a check");
        assert_eq!((check.entries, check.faults), (2101, Vec::<String>::new()));
    })
    .await;
}

#[tokio::test]
async fn the_deployment_is_nobodys_vault_and_an_erased_one_is_closed() {
    on_each_database("nobodys", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = storied(&vault, house, "ana").await;
        let none = PageRequest::first(10);
        let all = EntryFilter::default();
        assert_eq!(vault.entries(CustomerId::DEPLOYMENT, &all, &none).await.expect_err("none").kind(), Kind::NotFound);
        assert_eq!(vault.entry(CustomerId::DEPLOYMENT, 1).await.expect_err("none").kind(), Kind::NotFound);
        let acts = vault.deployment_entries(&none).await.expect("acts").items;
        assert_eq!(kinds(&acts), ["purpose.published", "brand.created", "deployment.opened"]);
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        assert_eq!(vault.entries(ana, &all, &none).await.expect_err("closed").kind(), Kind::NotFound);
        assert_eq!(vault.entry(ana, 1).await.expect_err("closed").kind(), Kind::NotFound);
        let unknown = CustomerId(uuid::Uuid::from_u128(9));
        assert_eq!(vault.entries(unknown, &all, &none).await.expect_err("none").kind(), Kind::NotFound);
        assert_eq!(vault.check_ledger(Some(unknown)).await.expect_err("none").kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn sealed_entries_are_all_there_once_and_tell_nothing() {
    on_each_database("sealed", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = storied(&vault, house, "ana").await;
        storied(&vault, house, "ben").await;
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let part = vault.sealed_entries(after, 4).await.expect("entries");
            assert!(part.len() <= 4);
            let Some(last) = part.last() else { break };
            after = Some(last.at_cursor);
            found.extend(part);
        }
        let check = vault.check_ledger(None).await.expect("a check");
        assert_eq!((found.len() as u64, check.streams), (check.entries, 3));
        let mut events: Vec<_> = found.iter().map(|entry| entry.event).collect();
        events.sort_unstable();
        events.dedup();
        assert_eq!(events.len(), found.len());
        let own = vault.entry(ana, 5).await.expect("an entry");
        let sealed = found.iter().find(|entry| entry.event == own.event).expect("the same entry");
        assert_eq!((sealed.sequence, sealed.commitment, sealed.stream), (5, own.commitment, own.details.stream));
        assert!(found.iter().all(|entry| entry.stream != ana.0), "a stream does not tell whose it is");
        for pair in found.windows(2).filter(|pair| pair[0].stream == pair[1].stream) {
            assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_sound_ledger_has_no_faults_and_its_reads_are_counted() {
    on_each_database("sound", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let (ana, ben) = (storied(&vault, house, "ana").await, storied(&vault, house, "ben").await);
        let unknown = reading(coffret_vault::id::GrantId(uuid::Uuid::from_u128(9)));
        vault.read(house, &unknown).await.expect_err("nobody");
        let own = vault.check_ledger(Some(ana)).await.expect("a check");
        let expected = Check { entries: 7, streams: 1, reads_answered: 2, reads_refused: 1, ..Check::default() };
        assert_eq!(own, expected);
        let all = vault.check_ledger(None).await.expect("a check");
        // The deployment's: opened, brand, purpose, the read of nobody.
        assert_eq!(all, Check { entries: 18, streams: 3, reads_answered: 4, reads_refused: 3, ..Check::default() });
        vault.erase_customer(ben, Who::Customer).await.expect("erased");
        let erased = vault.check_ledger(None).await.expect("a check");
        assert_eq!(erased, Check { entries: 19, streams: 3, reads_answered: 2, reads_refused: 2, erased: 8, ..Check::default() });
        assert_eq!(vault.check_ledger(Some(ben)).await.expect("a check").erased, 8);
    })
    .await;
}

/// Meddles with the ledger of one of two customers; gives what the check of all says, having checked that the check of the one says
/// the same and the check of the other nothing.
async fn found_out(place: &Place, meddle: impl Fn(&Place, &str) -> Vec<String>) -> Vec<String> {
    let (vault, _) = place.open().await;
    let house = brand(&vault, "Maison Alba").await;
    let (ana, ben) = (storied(&vault, house, "ana").await, storied(&vault, house, "ben").await);
    assert_eq!(faults(&vault, None).await, Vec::<String>::new());
    place.tamper(&meddle(place, &format!("customer_id = {}", place.id(ana.0)))).await;
    let all = faults(&vault, None).await;
    assert_eq!(faults(&vault, Some(ana)).await, all);
    assert_eq!(faults(&vault, Some(ben)).await, Vec::<String>::new());
    let whose = format!("The stream of customer {ana}: ");
    all.iter().map(|fault| fault.strip_prefix(&whose).expect("whose it is").to_owned()).collect()
}

/// One test for each way of meddling: its name, what is done, what is said.
macro_rules! meddling {
    ($($name:ident: |$place:ident, $of:ident| $statements:expr => $faults:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                on_each_place(stringify!($name), async |place| {
                    let said = found_out(place, |$place, $of| $statements).await;
                    assert_eq!(said, $faults);
                })
                .await;
            }
        )*
    };
}

const COLUMNS: &str = "customer_id, seq, stream, event_id, at, commitment, opening";

meddling! {
    a_changed_commitment_is_found: |place, of| vec![
        format!("UPDATE ledger_entry SET commitment = {} WHERE {of} AND seq = 5", place.bytes(&[7; 32])),
    ] => ["entry 5 does not match its commitment or its time."];

    a_short_commitment_is_found: |place, of| vec![
        format!("UPDATE ledger_entry SET commitment = {} WHERE {of} AND seq = 5", place.bytes(&[7; 31])),
    ] => ["entry 5 has no good commitment."];

    a_changed_time_is_found: |_place, of| vec![
        format!("UPDATE ledger_entry SET at = at + 1 WHERE {of} AND seq = 2"),
    ] => ["entry 2 does not match its commitment or its time."];

    a_changed_opening_is_found: |place, of| vec![
        format!("UPDATE ledger_entry SET opening = {} WHERE {of} AND seq = 6", place.bytes(&[7; 300])),
    ] => ["entry 6 does not open at its place."];

    a_removed_entry_is_found: |_place, of| vec![format!("DELETE FROM ledger_entry WHERE {of} AND seq = 5")] => ["entry 5 is missing."];

    removed_entries_at_the_start_are_found: |_place, of| vec![
        format!("DELETE FROM ledger_entry WHERE {of} AND seq <= 3"),
    ] => ["entries 1 to 3 are missing."];

    removed_entries_at_the_end_are_found: |_place, of| vec![
        format!("DELETE FROM ledger_entry WHERE {of} AND seq >= 3"),
    ] => ["entries 3 to 4 are missing.", "entries 5 to 7 are in the log, and missing here."];

    a_stream_without_any_entry_is_found: |_place, of| vec![
        format!("DELETE FROM ledger_entry WHERE {of}"),
    ] => ["entries 1 to 4 are missing.", "entries 5 to 7 are in the log, and missing here."];

    swapped_entries_are_found: |_place, of| vec![
        format!("UPDATE ledger_entry SET seq = 100 WHERE {of} AND seq = 5"),
        format!("UPDATE ledger_entry SET seq = 5 WHERE {of} AND seq = 6"),
        format!("UPDATE ledger_entry SET seq = 6 WHERE {of} AND seq = 100"),
    ] => ["entry 5 does not open at its place.", "entry 6 does not open at its place."];

    a_repeated_entry_in_another_ones_place_is_found: |_place, of| vec![
        format!("DELETE FROM ledger_entry WHERE {of} AND seq = 7"),
        format!("INSERT INTO ledger_entry ({COLUMNS}) SELECT customer_id, 7, stream, event_id, at, commitment, opening \
                 FROM ledger_entry WHERE {of} AND seq = 6"),
    ] => ["entry 7 does not open at its place."];

    an_entry_after_the_last_is_found: |_place, of| vec![
        format!("INSERT INTO ledger_entry ({COLUMNS}) SELECT customer_id, 8, stream, event_id, at, commitment, opening \
                 FROM ledger_entry WHERE {of} AND seq = 7"),
    ] => ["entry 8 does not open at its place."];

    an_entry_before_the_first_is_found: |_place, of| vec![
        format!("INSERT INTO ledger_entry ({COLUMNS}) SELECT customer_id, 0, stream, event_id, at, commitment, opening \
                 FROM ledger_entry WHERE {of} AND seq = 7"),
    ] => ["entry 0 lies before the first."];

    a_head_that_was_set_back_is_found: |_place, of| vec![
        format!("UPDATE customer SET seq = -9 WHERE {of}"),
    ] => ["entry 7 lies beyond the head at -9."];

    an_entry_of_another_stream_is_found: |place, of| vec![
        format!("UPDATE ledger_entry SET stream = {} WHERE {of} AND seq = 4", place.id(uuid::Uuid::from_u128(9))),
    ] => ["entry 4 belongs to another stream."];

    a_customer_made_to_look_erased_is_found: |_place, of| vec![
        format!("UPDATE customer SET state = 2 WHERE {of}"),
    ] => ["the customer is erased, and the key is still there."];

    a_lost_key_is_found: |_place, of| vec![format!("DELETE FROM customer_key WHERE {of}")] => ["its key is missing."];

    an_account_in_no_known_state_is_found: |_place, of| vec![
        format!("UPDATE customer SET state = 3 WHERE {of}"),
    ] => ["its account is in no known state."];
}

#[tokio::test]
async fn entries_without_an_account_are_found() {
    on_each_place("orphans", async |place| {
        let (vault, _) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let ana = storied(&vault, house, "ana").await;
        place.tamper(&[format!("DELETE FROM customer WHERE customer_id = {}", place.id(ana.0))]).await;
        assert_eq!(faults(&vault, None).await, [format!("The stream of customer {ana}: its account is missing.")]);
    })
    .await;
}

#[tokio::test]
async fn the_deployments_stream_is_checked_too() {
    on_each_place("deployment_check", async |place| {
        let (vault, _) = place.open().await;
        brand(&vault, "Maison Alba").await;
        let own = place.id(CustomerId::DEPLOYMENT.0);
        place.tamper(&[format!("DELETE FROM ledger_entry WHERE customer_id = {own} AND seq = 2")]).await;
        assert_eq!(faults(&vault, None).await, ["The deployment's stream: entry 2 is missing."]);
    })
    .await;
}

#[tokio::test]
async fn a_gap_in_an_erased_stream_still_shows() {
    on_each_place("erased_gap", async |place| {
        let (vault, _) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let ana = storied(&vault, house, "ana").await;
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        place.tamper(&[format!("DELETE FROM ledger_entry WHERE customer_id = {} AND seq = 3", place.id(ana.0))]).await;
        let check = vault.check_ledger(Some(ana)).await.expect("a check");
        assert_eq!((check.erased, check.entries), (7, 7));
        assert_eq!(check.faults, [format!("The stream of customer {ana}: entry 3 is missing.")]);
    })
    .await;
}

#[tokio::test]
async fn very_many_faults_are_told_up_to_a_hundred_and_counted() {
    on_each_place("many_faults", async |place| {
        let (vault, _) = place.open().await;
        for number in 0..52 {
            customer(&vault, &format!("n{number}@example.org")).await;
        }
        // 52 customers with one entry each, and the deployment with its own.
        let forged = place.bytes(&[7; 32]);
        place
            .tamper(&[format!("UPDATE ledger_entry SET commitment = {forged}"), "UPDATE customer SET seq = 2 WHERE seq = 1".to_owned()])
            .await;
        let found = faults(&vault, None).await;
        assert_eq!((found.len(), found[100].as_str()), (101, "And 6 more."));
    })
    .await;
}

#[tokio::test]
async fn a_changed_entry_is_shown_as_not_valid() {
    on_each_place("not_valid", async |place| {
        let (vault, _) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let ana = storied(&vault, house, "ana").await;
        let forged = place.bytes(&[7; 32]);
        place.tamper(&[format!("UPDATE ledger_entry SET commitment = {forged} WHERE customer_id = {} AND seq = 5", place.id(ana.0))]).await;
        assert!(!vault.entry(ana, 5).await.expect("an entry").valid);
        assert!(vault.entry(ana, 6).await.expect("an entry").valid);
        let all = vault.entries(ana, &EntryFilter::default(), &PageRequest::first(100)).await.expect("entries");
        let bad: Vec<i64> = all.items.iter().filter(|entry| !entry.valid).map(|entry| entry.sequence).collect();
        assert_eq!(bad, [5]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_check_among_running_reads_finds_no_faults() {
    on_each_database("running", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = customer(&vault, "ana@example.org").await;
        put(&vault, ana, "body.shoe_size").await;
        let asked = terms(&vault, vec![item("body.shoe_size", coffret_vault::consent::View::Raw, true)]);
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        let readers: Vec<_> = (0..8)
            .map(|_| {
                let (vault, grant) = (std::sync::Arc::clone(&vault), grant.clone());
                tokio::spawn(async move {
                    for _ in 0..25 {
                        read(&vault, house, &grant).await.expect("an answer");
                    }
                })
            })
            .collect();
        for _ in 0..20 {
            assert_eq!(faults(&vault, None).await, Vec::<String>::new());
        }
        for reader in readers {
            reader.await.expect("answered");
        }
        assert_eq!(vault.check_ledger(Some(ana)).await.expect("a check").reads_answered, 200);
    })
    .await;
}
