//! Opening a vault for a customer: one account for one request id, whatever breaks in between.

use coffret_vault::Vault;
use coffret_vault::customer::{Identifier, NewCustomer};
use coffret_vault::error::Kind;
use coffret_vault::ledger::Who;
use coffret_vault::once::Once;
use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use crate::databases::{Place, on_each_place};
use crate::stage::operator;

fn once(asked: &str) -> Once {
    Once::new("operators/test", "CreateCustomer", Uuid::from_u128(1), asked.as_bytes())
}

fn without_identifiers() -> NewCustomer {
    NewCustomer { language: "fr".to_owned(), time_zone: "Europe/Paris".to_owned(), identifiers: Vec::new() }
}

async fn accounts(place: &Place) -> i64 {
    place.number("SELECT count(*) FROM customer").await
}

#[tokio::test]
async fn a_repeated_call_gives_the_account_that_the_first_has_made() {
    on_each_place("opened_once", async |place| {
        let (vault, _) = place.open().await;
        let before = accounts(place).await;
        let made = vault.create_customer(operator(), without_identifiers(), Some(&once("a"))).await.expect("an account");
        let again = vault.create_customer(operator(), without_identifiers(), Some(&once("a"))).await.expect("the same");
        assert_eq!(again, made);
        let other = vault.create_customer(operator(), without_identifiers(), Some(&once("b"))).await.expect_err("another call");
        assert_eq!(other.reason(), "REQUEST_ID_REUSED");
        assert_eq!(accounts(place).await, before + 1);
        vault.erase_customer(made.id, Who::Customer).await.expect("erased");
        let erased = vault.create_customer(operator(), without_identifiers(), Some(&once("a"))).await.expect("no new account");
        assert_eq!((erased.id, erased.erased, erased.profile), (made.id, true, None), "nothing of the erased is repeated");
        assert_eq!(accounts(place).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_call_at_the_same_time_makes_one_account() {
    on_each_place("opened_together", async |place| {
        let (vault, _) = place.open().await;
        let before = accounts(place).await;
        let calls = (0..8).map(|_| async { vault.create_customer(operator(), without_identifiers(), Some(&once("a"))).await });
        let made: Vec<_> = futures_util::future::join_all(calls).await.into_iter().map(|made| made.expect("an account").id).collect();
        assert!(made.iter().all(|id| *id == made[0]), "{made:?}");
        assert_eq!(accounts(place).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_not_made_where_its_request_id_cannot_be_kept() {
    on_each_place("opened_whole", async |place| {
        let (vault, _) = place.open().await;
        let before = accounts(place).await;
        let new = || NewCustomer { identifiers: vec![Identifier::Email("ana@example.org".to_owned())], ..without_identifiers() };
        let make = |vault: std::sync::Arc<Vault>| async move { vault.create_customer(operator(), new(), Some(&once("a"))).await };
        let database = place.back_door().await;
        let (refuse, allow): (&[&str], &str) = match database.get_database_backend() {
            DbBackend::Postgres => (
                &[
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
                    "CREATE TRIGGER refused BEFORE INSERT ON replay FOR EACH ROW EXECUTE FUNCTION refuse()",
                ],
                "DROP TRIGGER refused ON replay",
            ),
            _ => (&["CREATE TRIGGER refused BEFORE INSERT ON replay BEGIN SELECT RAISE(ABORT, 'no'); END"], "DROP TRIGGER refused"),
        };
        for statement in refuse {
            database.execute_unprepared(statement).await.expect("runs");
        }
        let refused = make(vault.clone()).await.expect_err("refused");
        assert_eq!(refused.kind(), Kind::Unavailable);
        assert_eq!(accounts(place).await, before, "account and request id are one commit");
        database.execute_unprepared(allow).await.expect("runs");
        let made = make(vault.clone()).await.expect("an account");
        assert_eq!(make(vault).await.expect("the same").id, made.id);
        assert_eq!(accounts(place).await, before + 1);
    })
    .await;
}
