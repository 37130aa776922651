//! Every decision gives a receipt that is signed, is the same whenever it is made again, and convinces without us.

use coffret_vault::Vault;
use coffret_vault::consent::{Terms, View};
use coffret_vault::decision::Decision;
use coffret_vault::error::Kind;
use coffret_vault::id::{BrandId, CustomerId, GrantId};
use coffret_vault::ledger::Who;
use coffret_vault::page::PageRequest;
use coffret_vault::receipt::verify::{Outcome, check};
use coffret_vault::receipt::{KeySet, Receipt};
use coffret_vault::standard::Form;

use crate::databases::{on_each_database, on_each_place};
use crate::stage::{ask, brand, customer, entries, granted, item, notice, publish, put, read, terms};

const EMAIL: &str = "ana@example.org";

fn asked(vault: &Vault) -> Terms {
    let mut asked = terms(vault, vec![item("body.height", View::Raw, false), item("body.shoe_size", View::Raw, true)]);
    asked.reward = Some("A fitting.".to_owned());
    asked
}

/// One of every kind of decision; the receipts in the order of their entries.
async fn decide_everything(vault: &Vault, house: BrandId, ana: CustomerId) -> Vec<(&'static str, Receipt)> {
    let mut all = Vec::new();
    let mut keep = |word, decision: Decision| all.push((word, decision.receipt));
    let seen = notice(vault, house).await;
    let request = ask(vault, house, EMAIL, asked(vault)).await.expect("asked");
    let yes = vault.approve(ana, Who::Customer, request.id, Some(asked(vault)), Some(seen.clone()), None).await.expect("a yes");
    let id = GrantId(yes.grant.as_ref().expect("a grant").grant.id());
    keep("approve", yes);
    keep("pause", vault.pause(ana, Who::Customer, id, Some(vault.now().plus_days(1)), None).await.expect("paused"));
    keep("resume", vault.resume(ana, Who::Delegate("Jean".to_owned()), id, None).await.expect("resumed"));
    let mut less = asked(vault);
    less.items.remove(0);
    let amended = vault.amend(ana, Who::Customer, id, less, None).await.expect("amended");
    let newer = GrantId(amended.grant.as_ref().expect("a grant").grant.id());
    keep("amend", amended);
    keep("revoke", vault.revoke(ana, Who::Customer, newer, None).await.expect("stopped"));
    // A second purpose: a counter-offer. A third: a no.
    for code in ["gifts", "events"] {
        publish(vault, house, code, crate::stage::NOTICE).await;
        let mut other = asked(vault);
        other.purpose.code = code.to_owned();
        let request = ask(vault, house, EMAIL, other.clone()).await.expect("asked");
        if code == "gifts" {
            other.items[1].view = View::Masked;
            keep("counter", vault.approve(ana, Who::Customer, request.id, Some(other), Some(seen.clone()), None).await.expect("an offer"));
            vault.accept_counter(house, request.id, None).await.expect("accepted");
        } else {
            keep("decline", vault.decline(ana, Who::Customer, request.id, None).await.expect("a no"));
        }
    }
    let mut paused = vault.pause_all(ana, Who::Customer, None, None).await.expect("paused");
    keep("pause", paused.remove(0));
    let mut stopped = vault.revoke_all(ana, Who::Customer, None).await.expect("stopped");
    keep("revoke", stopped.remove(0));
    all
}

#[tokio::test]
async fn every_decision_gives_a_receipt_that_convinces_and_can_be_made_again() {
    on_each_place("receipts", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, EMAIL).await);
        let decided = decide_everything(&vault, house, ana).await;
        let keys = KeySet::parse(&vault.receipt_keys().to_json()).expect("a key set");
        let before = entries(&vault, ana).await;
        let mut signed = Vec::new();
        for (word, receipt) in decided {
            let at_once = vault.sign_receipt(ana, receipt.clone()).expect("signed");
            let again = vault.receipt(ana, receipt.sequence).await.expect("made again");
            assert_eq!(at_once, again, "{word}");
            assert_eq!(again.log_proof, None);
            let report = check(&again.jws, &keys, None);
            assert!(report.is_sound(), "{word}: {report:?}");
            let not_checked: Vec<_> =
                report.checks.iter().filter(|check| check.outcome == Outcome::NotChecked).map(|check| check.name).collect();
            let bound = matches!(word, "approve" | "amend" | "counter" | "decline");
            assert_eq!(
                not_checked,
                if bound { vec!["passkey", "checkpoint", "inclusion"] } else { vec!["terms", "passkey", "checkpoint", "inclusion"] },
                "{word}"
            );
            let consent = report.statement.expect("a statement").consent;
            assert_eq!(consent.decision, word);
            assert!(consent.terms.is_some(), "{word}");
            assert_eq!(consent.notice.is_some(), matches!(word, "approve" | "counter"), "{word}");
            signed.push((receipt.sequence, again.jws));
        }
        // The list has all of them, and the brand's answer to the offer.
        let listed = vault.receipts(ana, &PageRequest::first(100)).await.expect("listed").items;
        assert_eq!(listed.len(), signed.len() + 1);
        for receipt in &listed {
            let made = vault.receipt(ana, receipt.sequence).await.expect("made").receipt;
            assert_eq!(*receipt, made);
        }
        assert_eq!(entries(&vault, ana).await, before, "a receipt is nothing that happens");
        drop(vault);
        // Another server, with other randomness, makes the same bytes.
        let (vault, _) = place.open_again().await;
        assert_eq!(vault.receipt_keys(), keys);
        for (sequence, jws) in signed {
            assert_eq!(vault.receipt(ana, sequence).await.expect("made again").jws, jws);
        }
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_its_customers_and_only_of_decisions() {
    on_each_database("receipt_whose", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, EMAIL).await);
        let ben = customer(&vault, "ben@example.org").await;
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, EMAIL, asked(&vault)).await;
        read(&vault, house, &grant).await.expect("an answer");
        let yes = vault.receipts(ana, &PageRequest::first(1)).await.expect("listed").items.remove(0);
        let mut kinds = Vec::new();
        for sequence in 0..=i64::try_from(entries(&vault, ana).await).expect("few") + 1 {
            match vault.receipt(ana, sequence).await {
                Ok(signed) => kinds.push(signed.receipt.entry.kind),
                Err(error) => assert_eq!((error.kind(), error.sentence()), (Kind::NotFound, "There is no such receipt.")),
            }
        }
        assert_eq!(kinds, ["request.approved"]);
        for other in [ben, CustomerId::DEPLOYMENT] {
            assert_eq!(vault.receipt(other, yes.sequence).await.expect_err("another's").kind(), Kind::NotFound);
        }
        // After an erasure nothing is signed any more; what was handed out goes on verifying.
        let signed = vault.receipt(ana, yes.sequence).await.expect("signed");
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        assert_eq!(vault.receipt(ana, yes.sequence).await.expect_err("erased").kind(), Kind::NotFound);
        assert!(check(&signed.jws, &vault.receipt_keys(), None).is_sound());
    })
    .await;
}

#[tokio::test]
async fn an_entry_changed_behind_our_back_is_not_signed() {
    on_each_place("receipt_tampered", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, EMAIL).await);
        granted(&vault, house, ana, EMAIL, asked(&vault)).await;
        let yes = vault.receipts(ana, &PageRequest::first(1)).await.expect("listed").items.remove(0);
        let (id, commitment) = (place.id(ana.0), place.bytes(&[0; 32]));
        let statement = format!("UPDATE ledger_entry SET commitment = {commitment} WHERE customer_id = {id} AND seq = {}", yes.sequence);
        place.tamper(&[statement]).await;
        assert_eq!(vault.receipt(ana, yes.sequence).await.expect_err("not signed").kind(), Kind::Internal);
        assert_eq!(vault.export_decision(ana, yes.sequence, Form::Iso27560).await.expect_err("not written").kind(), Kind::Internal);
    })
    .await;
}

#[tokio::test]
async fn the_signing_key_is_stored_sealed() {
    on_each_place("receipt_key", async |place| {
        let (vault, _) = place.open().await;
        let stored = place.dump("meta").await;
        assert!(stored.contains("receipt_key/1"));
        // The public key is nowhere either: it comes from the seed, and that is sealed.
        let id = vault.receipt_keys().ids().next().expect("a key").to_owned();
        assert!(!stored.contains(&id));
        place
            .tamper(&["UPDATE meta SET value = (SELECT value FROM meta WHERE name = 'pairwise') WHERE name = 'receipt_key/1'".to_owned()])
            .await;
        drop(vault);
        assert_eq!(place.try_open_again().await.expect_err("another secret in its place").kind(), Kind::Internal);
    })
    .await;
}

#[tokio::test]
async fn grants_and_decisions_are_written_in_the_forms_of_others() {
    on_each_database("standards", async |vault, clock| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, EMAIL).await);
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, EMAIL, asked(&vault)).await;
        let id = GrantId(grant.grant.id());
        read(&vault, house, &grant).await.expect("an answer");
        let before = entries(&vault, ana).await;
        let statuses = async |form| {
            let form = vault.export_grant(ana, id, form).await.expect("written");
            let list = form["dpv:hasConsentStatus"].as_array().expect("a list").clone();
            list.into_iter().map(|status| status["@type"][0].as_str().expect("a term").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(statuses(Form::Iso27560).await, ["dpv:ConsentGiven"]);
        let depa = vault.export_grant(ana, id, Form::Depa).await.expect("written");
        assert_eq!((&depa["status"], &depa["ConsentUse"]["count"]), (&"ACTIVE".into(), &1.into()));
        // The detail is signed with the key of receipts, as another kind of statement: it is no receipt.
        let detail = depa["signedConsent"].as_str().expect("a statement");
        assert!(!check(detail, &vault.receipt_keys(), None).is_sound());
        let kantara = vault.export_grant(ana, id, Form::Kantara).await.expect("written");
        assert_eq!(kantara["piiControllers"][0]["piiController"], "Maison Alba SA");
        assert_eq!(entries(&vault, ana).await, before);

        vault.pause(ana, Who::Customer, id, Some(vault.now().plus_days(1)), None).await.expect("paused");
        assert_eq!(statuses(Form::Iso27560).await, ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]);
        assert_eq!(vault.export_grant(ana, id, Form::Depa).await.expect("written")["status"], "PAUSED");
        clock.advance_seconds(86_400);
        assert_eq!(statuses(Form::Iso27560).await, ["dpv:ConsentGiven", "dpv:RenewedConsentGiven"]);
        clock.advance_seconds(300 * 86_400);
        assert_eq!(statuses(Form::Iso27560).await, ["dpv:ConsentGiven", "dpv:ConsentExpired"]);

        publish(&vault, house, "events", crate::stage::NOTICE).await;
        let mut other = asked(&vault);
        other.purpose.code = "events".to_owned();
        let request = ask(&vault, house, EMAIL, other).await.expect("asked");
        let no = vault.decline(ana, Who::Customer, request.id, None).await.expect("a no").receipt;
        let form = vault.export_decision(ana, no.sequence, Form::Iso27560).await.expect("written");
        assert_eq!(form["dpv:hasConsentStatus"][0]["@type"][0], "dpv:ConsentRefused");
        assert_eq!((form.get("dpv:hasNotice"), &form["dct:identifier"][0]), (None, &no.event.to_string().into()));
        let refused = vault.export_decision(ana, no.sequence, Form::Depa).await.expect_err("no consent");
        assert_eq!((refused.kind(), refused.reason()), (Kind::FailedPrecondition, "FORM_HAS_NO_REFUSAL"));
        for form in Form::ALL {
            assert_eq!(vault.export_decision(ana, 1, form).await.expect_err("no decision").kind(), Kind::NotFound);
            assert_eq!(vault.export_grant(ana, GrantId(house.0), form).await.expect_err("no grant").kind(), Kind::NotFound);
        }
    })
    .await;
}
