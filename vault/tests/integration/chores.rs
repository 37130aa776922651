//! What time does by itself: ends are written down, and what was kept for repeated calls is forgotten, by the vault's own clock.

use coffret_vault::Vault;
use coffret_vault::consent::{GrantState, View};
use coffret_vault::customer::{Identifier, NewCustomer};
use coffret_vault::id::{CustomerId, GrantId};
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::Who;
use coffret_vault::once::Once;
use coffret_vault::page::PageRequest;
use uuid::Uuid;

use crate::databases::{on_each_database, on_each_place};
use crate::stage::{ask, brand, customer, granted, item, operator, put, terms};

const DAY: i64 = 86_400;

async fn acts_of_the_clock(vault: &Vault, customer: CustomerId) -> Vec<String> {
    let entries = vault.entries(customer, &EntryFilter::default(), &PageRequest::first(100)).await.expect("entries").items;
    entries.into_iter().filter(|entry| entry.details.who == Who::Clock).map(|entry| entry.details.kind).collect()
}

#[tokio::test]
async fn a_request_id_is_remembered_for_thirty_days_and_then_free_again() {
    on_each_place("forgotten", async |place| {
        let (vault, clock) = place.open().await;
        let open = async |number: u128| {
            let identifiers = vec![Identifier::Email(format!("{}@example.org", vault.now().seconds()))];
            let new = NewCustomer { language: "en".to_owned(), time_zone: "UTC".to_owned(), identifiers };
            let call = Once::new("operators/test", "CreateCustomer", Uuid::from_u128(number), b"asked");
            vault.create_customer(operator(), new, Some(&call)).await.expect("an account").id
        };
        let kept = async || place.number("SELECT COUNT(*) FROM replay").await;
        let first = open(1).await;
        clock.advance_seconds(DAY);
        let second = open(2).await;
        clock.advance_seconds(29 * DAY);
        vault.forget_request_ids().await.expect("tidied");
        assert_eq!((kept().await, open(1).await, open(2).await), (2, first, second), "thirty days are not over");
        clock.advance_seconds(1);
        vault.forget_request_ids().await.expect("tidied");
        assert_eq!(kept().await, 1, "the older one alone");
        assert_eq!(open(2).await, second);
        assert_ne!(open(1).await, first, "a new call");
    })
    .await;
}

#[tokio::test]
async fn an_end_and_a_lapse_are_written_down_when_they_are_due_and_once() {
    on_each_database("due", async |vault, clock| {
        let (house, other) = (brand(&vault, "Maison Alba").await, brand(&vault, "Casa Ferrante").await);
        let ana = customer(&vault, "ana@example.org").await;
        put(&vault, ana, "body.shoe_size").await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        let mut short = asked.clone();
        short.expires_at = vault.now().plus_days(20);
        let grant = granted(&vault, house, ana, "ana@example.org", short).await;
        ask(&vault, other, "ana@example.org", asked).await.expect("asked");
        clock.advance_seconds(14 * DAY - 1);
        assert_eq!((vault.tick().await.expect("a tick"), acts_of_the_clock(&vault, ana).await), (0, Vec::new()), "nothing is due");
        clock.advance_seconds(1);
        assert_eq!(vault.tick().await.expect("a tick"), 1);
        assert_eq!(acts_of_the_clock(&vault, ana).await, ["request.lapsed"]);
        clock.advance_seconds(6 * DAY);
        assert_eq!((vault.tick().await.expect("a tick"), vault.tick().await.expect("a tick")), (1, 0));
        assert_eq!(acts_of_the_clock(&vault, ana).await, ["grant.expired", "request.lapsed"]);
        let ended = vault.grant(ana, GrantId(grant.grant.id())).await.expect("a grant").grant;
        assert_eq!(ended.state(), GrantState::Expired);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_listed_for_ninety_days_after_its_end() {
    use coffret_vault::credential::{NewToken, Role};
    on_each_place("tokens_forgotten", async |place| {
        let (vault, clock) = place.open().await;
        let new = |lifetime_seconds| NewToken {
            role: Role::Auditor,
            subject: "auditors/jane".to_owned(),
            scopes: Vec::new(),
            certificate: None,
            lifetime_seconds,
        };
        vault.issue_token(operator(), new(60), None).await.expect("a token");
        let (later, _) = vault.issue_token(operator(), new(DAY), None).await.expect("a token");
        clock.advance_seconds(90 * DAY + 60);
        assert_eq!(vault.forget_tokens().await.expect("tidied"), 0, "ninety days are not over");
        clock.advance_seconds(1);
        assert_eq!(vault.forget_tokens().await.expect("tidied"), 1);
        let left = vault.tokens(None, &PageRequest::first(10)).await.expect("a list").items;
        assert_eq!(left.iter().map(|token| token.id).collect::<Vec<_>>(), [later.id]);
    })
    .await;
}
