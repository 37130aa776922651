//! An auditor looks into the log: an entry says so first, a customer whose stream is named reads it, and nobody else is opened.

use coffret_vault::Vault;
use coffret_vault::consent::View;
use coffret_vault::error::Kind;
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::{Entry, Who};
use coffret_vault::log::{Inspected, Inspection, LogFilter};
use coffret_vault::page::PageRequest;

use super::scene::Scene;
use crate::databases::on_each_place;
use crate::stage;

const REASON: &str = "Case 17";

fn jane() -> Who {
    Who::Auditor("auditors/jane".to_owned())
}

fn of_kind(kind: &str) -> LogFilter {
    LogFilter { entries: EntryFilter { kind: Some(kind.to_owned()), ..EntryFilter::default() }, ..LogFilter::default() }
}

/// Everything that an inspection and a filter give, in pages of seven; without one, sealed.
async fn all(vault: &Vault, inspection: Option<&Inspection>, filter: &LogFilter) -> Vec<Inspected> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = PageRequest::new(7, &token).expect("a page");
        let some = vault.inspect("", inspection, filter, &page).await.expect("a page");
        assert!(some.items.len() <= 7 && some.items.len() as u64 <= some.looked_at);
        found.extend(some.items);
        token = some.next;
        if token.is_empty() {
            return found;
        }
    }
}

async fn newest(vault: &Vault) -> Entry {
    vault.deployment_entries(&PageRequest::first(1)).await.expect("entries").items.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_opened_before_it_stands_in_the_log() {
    on_each_place("log_inspect", async |place| {
        let scene = Scene::new(place).await;
        let vault = &scene.vault;
        let ana = stage::customer(vault, "ana@customer.example").await;
        let ben = stage::customer(vault, "ben@customer.example").await;
        for attribute in ["body.height", "body.shoe_size"] {
            stage::put(vault, ana, attribute).await;
            stage::put(vault, ben, attribute).await;
        }
        let (mut keeper, mut publisher) = scene.start().await;
        let size = scene.settle(&mut keeper, &mut publisher).await;

        // Without an inspection: every place once, and nothing is said of any.
        let sealed = all(vault, None, &LogFilter::default()).await;
        assert_eq!(sealed.iter().map(|entry| entry.index).collect::<Vec<_>>(), (0..size).rev().collect::<Vec<_>>());
        assert!(sealed.iter().all(|entry| entry.details.is_none()));
        let refused = vault.inspect("", None, &of_kind("read.*"), &PageRequest::first(7)).await.expect_err("sealed");
        assert_eq!(refused.reason(), "INSPECTION_MISSING");

        // What cannot be read by people is no reason, and leaves no entry.
        let before = newest(vault).await.sequence;
        for reason in ["", " ", "a\u{202E}b", &"x".repeat(301)] {
            assert_eq!(vault.begin_inspection(jane(), reason, None).await.expect_err(reason).reason(), "REASON_INVALID");
        }
        let nobody = uuid::Uuid::from_u128(5);
        assert_eq!(vault.begin_inspection(jane(), REASON, Some(nobody)).await.expect_err("nobody").kind(), Kind::NotFound);
        assert_eq!(newest(vault).await.sequence, before);

        let begun = vault.begin_inspection(jane(), REASON, None).await.expect("begins");
        let told = newest(vault).await.details;
        assert_eq!((told.kind.as_str(), told.reason.as_deref(), &told.who), ("ledger.inspected", Some(REASON), &jane()));
        assert_eq!(stage::entries(vault, ana).await, 3, "all of them together are no customer's own matter");
        let size = scene.settle(&mut keeper, &mut publisher).await;
        let opened = all(vault, Some(&begun), &LogFilter::default()).await;
        assert_eq!(opened.len() as u64, size);
        assert!(opened.iter().all(|entry| entry.details.is_some()));
        let records = all(vault, Some(&begun), &of_kind("record.*")).await;
        assert_eq!(records.len(), 4);
        let later = EntryFilter { from: Some(vault.now().plus_days(1)), ..EntryFilter::default() };
        assert!(all(vault, Some(&begun), &LogFilter { entries: later, ..LogFilter::default() }).await.is_empty());

        // What a brand asked, a customer decided and a brand read is found by brand, by purpose and by the text that was shown.
        let brand = stage::brand(vault, "Maison").await;
        let other = stage::brand(vault, "Atelier").await;
        let terms = stage::terms(vault, vec![stage::item("body.height", View::Raw, true)]);
        let grant = stage::granted(vault, brand, ana, "ana@customer.example", terms).await;
        stage::read(vault, brand, &grant).await.expect("read");
        let (text, _) = stage::notice(vault, brand).await;
        let size = size.max(scene.settle(&mut keeper, &mut publisher).await);
        let purpose = |purpose: &str| LogFilter { purpose: Some(purpose.to_owned()), ..LogFilter::default() };
        let notice = |notice: &str| LogFilter { notice: Some(notice.to_owned()), ..LogFilter::default() };
        let of_brand = |brand| LogFilter { entries: EntryFilter { brand: Some(brand), ..EntryFilter::default() }, ..LogFilter::default() };
        let kinds = async |filter: LogFilter| {
            let found = all(vault, Some(&begun), &filter).await;
            found.into_iter().map(|entry| entry.details.expect("opened").kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(notice(&text)).await, ["request.approved"]);
        assert_eq!(kinds(notice(&"0".repeat(64))).await, Vec::<String>::new());
        assert_eq!(kinds(of_kind("read.*")).await, ["read"]);
        let advised = kinds(purpose("advice")).await;
        assert!(advised.contains(&"read".to_owned()) && advised.contains(&"request.approved".to_owned()), "{advised:?}");
        assert_eq!(kinds(purpose("advice@1")).await, advised);
        assert_eq!(kinds(purpose("advice@2")).await, Vec::<String>::new());
        assert!(kinds(of_brand(brand)).await.contains(&"read".to_owned()));
        assert!(!kinds(of_brand(other)).await.contains(&"read".to_owned()));

        // One entry, with its proof.
        let one = &records[0];
        let (entry, proof) = vault.inspect_entry("", one.index, Some(&begun)).await.expect("an entry");
        assert_eq!((entry.index, entry.leaf, proof.index), (one.index, one.leaf, one.index));
        assert_eq!(entry.details, one.details);
        assert!(vault.inspect_entry("", one.index, None).await.expect("sealed").0.details.is_none());
        assert_eq!(vault.inspect_entry("", size, Some(&begun)).await.expect_err("beyond").kind(), Kind::NotFound);
        assert_eq!(vault.inspect_entry("other/ledger/2026", 0, None).await.expect_err("none").kind(), Kind::NotFound);

        // It is the auditor's own, for half a day.
        let found = vault.inspection(&jane(), &begun.id).await.expect("theirs");
        assert_eq!((found.reason.as_str(), found.stream), (REASON, None));
        for who in [Who::Auditor("auditors/john".to_owned()), Who::Operator("auditors/jane".to_owned())] {
            assert_eq!(vault.inspection(&who, &begun.id).await.expect_err("another's").kind(), Kind::NotFound);
        }
        scene.clock.advance_seconds(43_201);
        assert_eq!(vault.inspection(&jane(), &begun.id).await.expect_err("over").kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_looked_at_alone_reads_it_and_nobody_else_is_opened() {
    on_each_place("log_inspect_one", async |place| {
        let scene = Scene::new(place).await;
        let vault = &scene.vault;
        let ana = stage::customer(vault, "ana@customer.example").await;
        let ben = stage::customer(vault, "ben@customer.example").await;
        stage::put(vault, ana, "body.height").await;
        stage::put(vault, ben, "body.height").await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.settle(&mut keeper, &mut publisher).await;
        let whole = vault.begin_inspection(jane(), REASON, None).await.expect("begins");
        let records = all(vault, Some(&whole), &of_kind("record.*")).await;
        let stream_of = |entry: &Inspected| entry.details.as_ref().expect("opened").stream;
        let own = vault.entries(ana, &EntryFilter::default(), &PageRequest::first(9)).await.expect("entries").items;
        let stream = own[0].details.stream;
        let theirs = records.iter().find(|entry| stream_of(entry) != stream).expect("ben's").index;

        let begun = vault.begin_inspection(jane(), REASON, Some(stream)).await.expect("begins");
        let told = vault.entries(ana, &EntryFilter::default(), &PageRequest::first(9)).await.expect("entries").items.remove(0).details;
        assert_eq!((told.kind.as_str(), told.reason.as_deref(), told.who), ("ledger.stream_inspected", Some(REASON), jane()));
        assert_eq!(newest(vault).await.details.kind, "ledger.stream_inspected");
        assert_eq!(stage::entries(vault, ben).await, 2);
        scene.settle(&mut keeper, &mut publisher).await;
        let opened = all(vault, Some(&begun), &LogFilter::default()).await;
        assert_eq!(opened.len(), 3);
        assert!(opened.iter().all(|entry| stream_of(entry) == stream));
        assert_eq!(all(vault, Some(&begun), &of_kind("record.*")).await.len(), 1);
        assert!(vault.inspect_entry("", opened[0].index, Some(&begun)).await.expect("ana's").0.details.is_some());
        assert!(vault.inspect_entry("", theirs, Some(&begun)).await.expect("ben's").0.details.is_none());
        let found = vault.inspection(&jane(), &begun.id).await.expect("theirs");
        assert_eq!(found.stream, Some(stream));
        assert!(all(vault, Some(&found), &LogFilter::default()).await.iter().all(|entry| stream_of(entry) == stream));

        // What stands in the deployment's stream of it is no inspection of everybody.
        let sequence = newest(vault).await.sequence;
        let mut bytes = [0; 24];
        bytes[16..].copy_from_slice(&sequence.to_be_bytes());
        let forged = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
        assert_eq!(vault.inspection(&jane(), &forged).await.expect_err("forged").kind(), Kind::NotFound);

        // An erasure closes them for good.
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        scene.settle(&mut keeper, &mut publisher).await;
        assert_eq!(vault.inspection(&jane(), &begun.id).await.expect_err("gone").kind(), Kind::NotFound);
        assert_eq!(vault.begin_inspection(jane(), REASON, Some(stream)).await.expect_err("gone").kind(), Kind::NotFound);
        let after = all(vault, Some(&whole), &LogFilter::default()).await;
        assert!(after.iter().any(|entry| entry.details.is_none()));
        assert!(after.iter().filter(|entry| entry.details.is_some()).all(|entry| stream_of(entry) != stream));
    })
    .await;
}
