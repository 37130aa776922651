//! What a server does by itself while it runs: each chore is done without any call, by the vault's clock.

use std::sync::Arc;
use std::time::Duration;

use coffret_services::limit::Limits;
use coffret_services::serve::{Parts, Server};
use coffret_vault::Vault;
use coffret_vault::id::CustomerId;
use coffret_vault::journal::EntryFilter;
use coffret_vault::once::Once;
use coffret_vault::operation::NewBrand;
use coffret_vault::page::PageRequest;
use uuid::Uuid;

use crate::deployment::{Deployment, operator};

const DAY: i64 = 86_400;

/// Waits until something holds; a chore that is not done fails the test.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("{what}: not done"));
}

async fn kinds(vault: &Vault, customer: CustomerId) -> Vec<String> {
    let page = vault.entries(customer, &EntryFilter::default(), &PageRequest::first(100)).await.expect("entries");
    page.items.into_iter().map(|entry| entry.details.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_that_are_due_are_written_within_a_second_or_two() {
    let deployment = Deployment::start().await;
    let anna = deployment.customer("anna@customer.example").await;
    let maison = deployment.brand("Maison").await;
    deployment.granted(maison, anna, "anna@customer.example").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!kinds(&deployment.vault, anna).await.contains(&"grant.expired".to_owned()), "it is not due");
    deployment.clock.advance_seconds(181 * DAY);
    until("the grant's end", async || kinds(&deployment.vault, anna).await.contains(&"grant.expired".to_owned())).await;
    deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn request_ids_and_assertions_that_are_over_are_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let (vault, clock) = coffret_vault::testing::vault_in(folder.path(), 1).await.expect("a vault");
    let call = Once::new("operators/test", "CreateBrand", Uuid::from_u128(1), b"asked");
    let create = async || {
        let new = NewBrand {
            title: "Maison".to_owned(),
            legal_name: "Maison SA".to_owned(),
            country: "FR".to_owned(),
            contact: "privacy@maison.example".to_owned(),
        };
        vault.create_brand(operator(), new, Some(&call)).await.expect("a brand").id
    };
    let start = vault.now();
    let first = create().await;
    let used = async |id: &str, until| vault.use_assertion("brands/a", id, until).await.expect("asked");
    assert!(used("one", start.plus_seconds(300)).await);
    clock.advance_seconds(31 * DAY);
    assert!(used("two", vault.now().plus_seconds(300)).await);
    let end = vault.now().plus_seconds(300);
    assert!(!used("one", end).await && create().await == first, "nothing is forgotten where no server runs");

    // What is done every hour is done at the start too.
    let parts = Parts { listen: "127.0.0.1:0".parse().expect("an address"), limits: Limits::none(), ..Parts::default() };
    let server = Server::start(parts, Arc::clone(&vault)).await.expect("starts");
    until("request ids", async || create().await != first).await;
    until("assertions", async || used("one", end).await).await;
    assert!(!used("two", end).await, "what is not over is kept");
    server.stop().await;
}
