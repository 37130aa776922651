//! Passkeys: who comes in, and who does not. What is refused changes nothing.

use std::sync::Arc;

use coffret_vault::Vault;
use coffret_vault::error::Error;
use coffret_vault::id::{CustomerId, PasskeyId};
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::Who;
use coffret_vault::once::Once;
use coffret_vault::page::PageRequest;
use coffret_vault::passkey::{Enrolled, Entered, RelyingParty};
use uuid::Uuid;

use crate::authenticator::{Authenticator, ORIGIN};
use crate::databases::{Place, on_each_database, on_each_place, on_postgres};
use crate::stage::{customer, operator};

/// What a device claims wrongly; beside it somebody else's.
type Lie = fn(&mut Authenticator, &Authenticator);

fn party() -> RelyingParty {
    RelyingParty::new(ORIGIN, None).expect("a relying party")
}

fn scopes() -> Vec<String> {
    vec!["identity.read".to_owned()]
}

async fn invite(vault: &Vault, customer: CustomerId) -> String {
    vault.invite(customer, operator(), None).await.expect("an invitation").code.to_string()
}

async fn enrol(vault: &Vault, device: &mut Authenticator, code: &str) -> Result<Enrolled, Error> {
    let begun = vault.begin_enrolment(&party(), code).await?;
    let made = device.create(&begun.options_json);
    vault.finish_enrolment(&party(), &begun.handle, &made, &scopes()).await
}

async fn sign_in(vault: &Vault, device: &mut Authenticator) -> Result<Entered, Error> {
    let begun = vault.begin_sign_in(&party()).expect("begun");
    let signed = device.get(&begun.options_json);
    vault.finish_sign_in(&party(), &begun.handle, &signed, &scopes()).await
}

async fn add(vault: &Vault, device: &mut Authenticator, customer: CustomerId) -> Result<PasskeyId, Error> {
    let begun = vault.begin_passkey(&party(), customer).await?;
    let made = device.create(&begun.options_json);
    Ok(vault.finish_passkey(&party(), customer, Who::Customer, &begun.handle, &made).await?.id)
}

/// A customer with a passkey.
async fn enrolled(vault: &Vault, email: &str, seed: u8) -> (CustomerId, Authenticator, Enrolled) {
    let (customer, mut device) = (customer(vault, email).await, Authenticator::new(seed));
    let code = invite(vault, customer).await;
    let done = enrol(vault, &mut device, &code).await.expect("enrolled");
    assert_eq!(done.entered.customer, customer);
    (customer, device, done)
}

/// What the customer's stream says, oldest first.
async fn kinds(vault: &Vault, customer: CustomerId) -> Vec<String> {
    let page = vault.entries(customer, &EntryFilter::default(), &PageRequest::first(100)).await.expect("entries");
    let mut kinds: Vec<String> = page.items.into_iter().map(|entry| entry.details.kind).collect();
    kinds.reverse();
    kinds
}

fn reason<T>(answer: Result<T, Error>) -> &'static str {
    answer.err().expect("refused").reason()
}

async fn rows(place: &Place) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["ledger_entry", "passkey", "code", "token"] {
        counts.push(place.number(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    counts
}

#[tokio::test]
async fn a_customer_enrols_signs_in_adds_removes_and_comes_back() {
    on_each_database("passkey", async |vault, clock| {
        let (ana, mut phone, done) = enrolled(&vault, "ana@example.org", 1).await;
        let found = vault.token_of(&done.entered.secret).await.expect("asked").expect("a session");
        assert_eq!((found.subject, found.expires_at), (ana.to_string(), vault.now().plus_seconds(43_200)));
        clock.advance_seconds(60);
        let entered = sign_in(&vault, &mut phone).await.expect("in");
        assert_eq!(entered.customer, ana);
        assert!(vault.token_of(&entered.secret).await.expect("asked").is_some());
        let mut laptop = Authenticator::new(2);
        let second = add(&vault, &mut laptop, ana).await.expect("added");
        let listed = vault.entrances(ana).await.expect("a list");
        assert_eq!(listed.passkeys.iter().map(|passkey| passkey.used_at).collect::<Vec<_>>(), [Some(vault.now()), None]);
        assert!(listed.recovery_code_since.is_some());
        sign_in(&vault, &mut laptop).await.expect("in");
        vault.remove_passkey(ana, Who::Customer, second, None).await.expect("removed");
        assert_eq!(reason(sign_in(&vault, &mut laptop).await), "PASSKEY_REFUSED");
        // Every device is lost.
        let reentry = vault.use_recovery_code(&done.recovery_code.to_lowercase().replace('-', " ")).await.expect("a way back").code;
        let mut new = Authenticator::new(3);
        let again = enrol(&vault, &mut new, &reentry).await.expect("enrolled again");
        assert_eq!(again.entered.customer, ana);
        assert_ne!(*again.recovery_code, *done.recovery_code);
        sign_in(&vault, &mut new).await.expect("in");
        let expected = [
            "customer.created",
            "customer.invited",
            "passkey.enrolled",
            "customer.signed_in",
            "passkey.added",
            "customer.signed_in",
            "passkey.removed",
            "recovery_code.used",
            "passkey.enrolled",
            "customer.signed_in",
        ];
        assert_eq!(kinds(&vault, ana).await, expected);
        assert_eq!(vault.check_ledger(None).await.expect("a check").faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn an_assertion_that_does_not_hold_is_refused_in_one_sentence_and_changes_nothing() {
    on_each_place("passkey_refused", async |place| {
        let (vault, clock) = place.open().await;
        let (_, mut device, _) = enrolled(&vault, "ana@example.org", 1).await;
        let (_, other, _) = enrolled(&vault, "ben@example.org", 2).await;
        sign_in(&vault, &mut device).await.expect("in");
        let before = rows(place).await;
        let lies: [(&str, Lie); 12] = [
            ("another origin", |device, _| device.origin = "https://my.example.com".to_owned()),
            ("an origin below", |device, _| device.origin = "https://a.my.example.org".to_owned()),
            ("another port", |device, _| device.origin = "https://my.example.org:8443".to_owned()),
            ("no TLS", |device, _| device.origin = "http://my.example.org".to_owned()),
            ("another relying party", |device, _| device.rp_id = "example.org".to_owned()),
            ("nobody verified", |device, _| device.verified = false),
            ("nobody present", |device, _| device.present = false),
            ("another ceremony", |device, _| device.kind = Some("webauthn.create")),
            ("a counter that stands", |device, _| device.counter -= 1),
            ("a counter that goes back", |device, _| device.counter = 0),
            ("another's credential id", |device, other| device.id.clone_from(&other.id)),
            ("another's credential id and name", |device, other| {
                device.id.clone_from(&other.id);
                device.user.clone_from(&other.user);
            }),
        ];
        let mut sentences = Vec::new();
        for (what, lie) in lies {
            let mut liar = device.clone();
            // Counters that stand still are refused where they were ever more than zero.
            liar.counter = 5;
            if what.contains("counter") {
                liar.counter = device.counter;
            }
            lie(&mut liar, &other);
            let refused = sign_in(&vault, &mut liar).await.err().unwrap_or_else(|| panic!("{what}"));
            assert_eq!(refused.reason(), "PASSKEY_REFUSED", "{what}");
            sentences.push(refused.sentence().to_owned());
        }
        let mut unknown = Authenticator::new(9);
        unknown.user.clone_from(&device.user);
        let refused = sign_in(&vault, &mut unknown).await.err().expect("unknown");
        sentences.push(refused.sentence().to_owned());
        let mut misnamed = device.clone();
        misnamed.user.clone_from(&other.user);
        sentences.push(sign_in(&vault, &mut misnamed).await.err().expect("misnamed").sentence().to_owned());
        sentences.dedup();
        assert_eq!(sentences.len(), 1, "{sentences:?}");
        assert_eq!(rows(place).await, before);
        // A challenge that is not ours, or is of another ceremony.
        let (one, two) = (vault.begin_sign_in(&party()).unwrap(), vault.begin_sign_in(&party()).unwrap());
        let signed = device.get(&one.options_json);
        assert_eq!(reason(vault.finish_sign_in(&party(), &two.handle, &signed, &scopes()).await), "PASSKEY_REFUSED");
        // The end is exclusive.
        clock.advance_seconds(300);
        assert_eq!(reason(vault.finish_sign_in(&party(), &one.handle, &signed, &scopes()).await), "CEREMONY_ENDED");
        for nonsense in ["", "{}", "[]", "null", "x", &"[".repeat(20_000), &signed.replace("public-key", "password")] {
            let begun = vault.begin_sign_in(&party()).unwrap();
            assert_eq!(reason(vault.finish_sign_in(&party(), &begun.handle, nonsense, &scopes()).await), "PASSKEY_REFUSED");
        }
        assert_eq!(rows(place).await, before);
        sign_in(&vault, &mut device).await.expect("the right one still comes in");
    })
    .await;
}

#[tokio::test]
async fn an_answer_counts_once_and_a_handle_for_its_own_purpose() {
    on_each_database("passkey_once", async |vault, _| {
        let (ana, mut device, _) = enrolled(&vault, "ana@example.org", 1).await;
        let begun = vault.begin_sign_in(&party()).unwrap();
        let signed = device.get(&begun.options_json);
        vault.finish_sign_in(&party(), &begun.handle, &signed, &scopes()).await.expect("in");
        // The counter has moved, so that is what refuses; with a new signature the handle does.
        assert_eq!(reason(vault.finish_sign_in(&party(), &begun.handle, &signed, &scopes()).await), "PASSKEY_REFUSED");
        let again = device.get(&begun.options_json);
        assert_eq!(reason(vault.finish_sign_in(&party(), &begun.handle, &again, &scopes()).await), "CEREMONY_ENDED");
        let addition = vault.begin_passkey(&party(), ana).await.expect("begun");
        assert_eq!(reason(vault.finish_sign_in(&party(), &addition.handle, &signed, &scopes()).await), "CEREMONY_ENDED");
        let made = Authenticator::new(2).create(&addition.options_json);
        assert_eq!(reason(vault.finish_enrolment(&party(), &addition.handle, &made, &scopes()).await), "CEREMONY_ENDED");
        let ben = customer(&vault, "ben@example.org").await;
        let stolen = vault.finish_passkey(&party(), ben, Who::Customer, &addition.handle, &made).await;
        assert_eq!(reason(stolen), "CEREMONY_ENDED", "begun by another customer");
        let mut forged = addition.handle.clone().into_bytes();
        for place in [0, 40, 90] {
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged.clone()).unwrap();
            assert_eq!(reason(vault.finish_passkey(&party(), ana, Who::Customer, &forged, &made).await), "CEREMONY_ENDED");
        }
        vault.finish_passkey(&party(), ana, Who::Customer, &addition.handle, &made).await.expect("added");
        // An authenticator that is known, for another vault.
        let begun = vault.begin_passkey(&party(), ben).await.expect("begun");
        let made = Authenticator::new(2).create(&begun.options_json);
        assert_eq!(reason(vault.finish_passkey(&party(), ben, Who::Customer, &begun.handle, &made).await), "PASSKEY_TAKEN");
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_made_under_the_same_rules() {
    on_each_place("passkey_made", async |place| {
        let (vault, _) = place.open().await;
        let ana = customer(&vault, "ana@example.org").await;
        let code = invite(&vault, ana).await;
        let before = rows(place).await;
        let lies: [(&str, Lie); 5] = [
            ("another origin", |device, _| device.origin = "https://my.example.com".to_owned()),
            ("another relying party", |device, _| device.rp_id = "example.org".to_owned()),
            ("nobody verified", |device, _| device.verified = false),
            ("nobody present", |device, _| device.present = false),
            ("another ceremony", |device, _| device.kind = Some("webauthn.get")),
        ];
        for (what, lie) in lies {
            let mut device = Authenticator::new(1);
            let honest = device.clone();
            lie(&mut device, &honest);
            let refused = enrol(&vault, &mut device, &code).await.err().unwrap_or_else(|| panic!("{what}"));
            assert_eq!(refused.reason(), "PASSKEY_REFUSED", "{what}");
        }
        let begun = vault.begin_enrolment(&party(), &code).await.expect("begun");
        let made = Authenticator::new(1).create(&begun.options_json).replace("\"rk\":true", "\"rk\":false");
        assert_eq!(reason(vault.finish_enrolment(&party(), &begun.handle, &made, &scopes()).await), "PASSKEY_NOT_STORED");
        assert_eq!(rows(place).await, before);
        enrol(&vault, &mut Authenticator::new(1), &code).await.expect("the invitation still counts");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_counts_once_and_ends() {
    on_each_database("invitation", async |vault, clock| {
        let ana = customer(&vault, "ana@example.org").await;
        let first = invite(&vault, ana).await;
        let code = invite(&vault, ana).await;
        assert_eq!(reason(enrol(&vault, &mut Authenticator::new(1), &first).await), "INVITATION_INVALID", "a new one ends it");
        for wrong in ["", "nonsense", &code[1..], "0000-0000-0000-0000-0000-0000-0000"] {
            assert_eq!(reason(enrol(&vault, &mut Authenticator::new(1), wrong).await), "INVITATION_INVALID", "{wrong}");
        }
        let begun = vault.begin_enrolment(&party(), &code).await.expect("begun");
        let begun_too = vault.begin_enrolment(&party(), &code).await.expect("begun");
        let made = Authenticator::new(1).create(&begun.options_json);
        vault.finish_enrolment(&party(), &begun.handle, &made, &scopes()).await.expect("enrolled");
        let made = Authenticator::new(2).create(&begun_too.options_json);
        assert_eq!(reason(vault.finish_enrolment(&party(), &begun_too.handle, &made, &scopes()).await), "INVITATION_INVALID");
        assert_eq!(reason(enrol(&vault, &mut Authenticator::new(2), &code).await), "INVITATION_INVALID");
        assert_eq!(reason(vault.invite(ana, operator(), None).await), "CUSTOMER_ENROLLED");
        let ben = customer(&vault, "ben@example.org").await;
        let code = invite(&vault, ben).await;
        clock.advance_seconds(14 * 86_400 - 1);
        vault.begin_enrolment(&party(), &code).await.expect("the last second");
        clock.advance_seconds(1);
        assert_eq!(reason(enrol(&vault, &mut Authenticator::new(3), &code).await), "INVITATION_INVALID");
        let code = invite(&vault, ben).await;
        // Whoever came in by a token and made a passkey themself is let in by no invitation.
        add(&vault, &mut Authenticator::new(4), ben).await.expect("added");
        assert_eq!(reason(enrol(&vault, &mut Authenticator::new(5), &code).await), "INVITATION_INVALID");
        assert_eq!(reason(vault.invite(CustomerId::DEPLOYMENT, operator(), None).await), "NOT_FOUND");
        let call = Once::new("operators/test", "CreateInvitation", Uuid::from_u128(7), b"asked");
        let cara = customer(&vault, "cara@example.org").await;
        vault.invite(cara, operator(), Some(&call)).await.expect("an invitation");
        assert_eq!(reason(vault.invite(cara, operator(), Some(&call)).await), "INVITATION_ALREADY_MADE");
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_counts_once_and_the_last_way_in_stays() {
    on_each_database("recovery", async |vault, clock| {
        let (ana, mut device, done) = enrolled(&vault, "ana@example.org", 1).await;
        let only = done.passkey.id;
        let newer = vault.create_recovery_code(ana, Who::Customer).await.expect("a code");
        assert_eq!(reason(vault.use_recovery_code(&done.recovery_code).await), "RECOVERY_CODE_INVALID", "a new one ends it");
        assert_eq!(reason(vault.begin_enrolment(&party(), &newer).await), "INVITATION_INVALID", "it is exchanged first");
        let reentry = vault.use_recovery_code(&newer).await.expect("a way back").code;
        assert_eq!(reason(vault.use_recovery_code(&newer).await), "RECOVERY_CODE_INVALID", "used");
        assert_eq!(reason(vault.use_recovery_code(&reentry).await), "RECOVERY_CODE_INVALID", "of another kind");
        assert_eq!(reason(vault.remove_passkey(ana, Who::Customer, only, None).await), "LAST_PASSKEY");
        clock.advance_seconds(3600);
        assert_eq!(reason(enrol(&vault, &mut Authenticator::new(2), &reentry).await), "INVITATION_INVALID", "an hour has passed");
        sign_in(&vault, &mut device).await.expect("the old passkey still counts");
        let code = vault.create_recovery_code(ana, Who::Customer).await.expect("a code");
        let ben = customer(&vault, "ben@example.org").await;
        assert_eq!(reason(vault.remove_passkey(ben, Who::Customer, only, None).await), "NOT_FOUND", "another's");
        let call = Once::new("customers/ana", "RemovePasskey", Uuid::from_u128(7), b"asked");
        vault.remove_passkey(ana, Who::Customer, only, Some(&call)).await.expect("the code is a way back");
        vault.remove_passkey(ana, Who::Customer, only, Some(&call)).await.expect("repeated");
        assert_eq!(reason(vault.remove_passkey(ana, Who::Customer, only, None).await), "NOT_FOUND");
        let reentry = vault.use_recovery_code(&code).await.expect("a way back").code;
        enrol(&vault, &mut Authenticator::new(2), &reentry).await.expect("back");
    })
    .await;
}

#[tokio::test]
async fn what_happens_at_once_happens_once() {
    on_each_database("passkey_race", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        let code = invite(&vault, ana).await;
        let mut answers = Vec::new();
        for seed in 1..=6 {
            let begun = vault.begin_enrolment(&party(), &code).await.expect("begun");
            answers.push((Authenticator::new(seed).create(&begun.options_json), begun.handle));
        }
        let tries: Vec<_> = answers
            .into_iter()
            .map(|(made, handle)| {
                let vault = Arc::clone(&vault);
                tokio::spawn(async move { vault.finish_enrolment(&party(), &handle, &made, &scopes()).await.is_ok() })
            })
            .collect();
        let mut done = 0;
        for one in tries {
            done += u32::from(one.await.expect("no panic"));
        }
        assert_eq!(done, 1);
        assert_eq!(vault.entrances(ana).await.expect("a list").passkeys.len(), 1);
        let code = vault.create_recovery_code(ana, Who::Customer).await.expect("a code").to_string();
        let tries: Vec<_> = (0..6)
            .map(|_| {
                let (vault, code) = (Arc::clone(&vault), code.clone());
                tokio::spawn(async move { vault.use_recovery_code(&code).await.is_ok() })
            })
            .collect();
        let mut done = 0;
        for one in tries {
            done += u32::from(one.await.expect("no panic"));
        }
        assert_eq!(done, 1);
    })
    .await;
}

#[tokio::test]
async fn servers_share_ceremonies_and_what_was_used() {
    on_postgres("passkey_servers", async |place| {
        let ((one, _), (two, _)) = (place.open().await, place.open().await);
        let ana = customer(&one, "ana@example.org").await;
        let code = invite(&one, ana).await;
        let mut device = Authenticator::new(1);
        let begun = one.begin_enrolment(&party(), &code).await.expect("begun");
        let made = device.create(&begun.options_json);
        let done = two.finish_enrolment(&party(), &begun.handle, &made, &scopes()).await.expect("enrolled on the other");
        assert_eq!(reason(one.finish_enrolment(&party(), &begun.handle, &made, &scopes()).await), "INVITATION_INVALID");
        let begun = one.begin_sign_in(&party()).expect("begun");
        let signed = device.get(&begun.options_json);
        two.finish_sign_in(&party(), &begun.handle, &signed, &scopes()).await.expect("in");
        assert_eq!(reason(one.finish_sign_in(&party(), &begun.handle, &signed, &scopes()).await), "PASSKEY_REFUSED", "the counter");
        let later = device.get(&begun.options_json);
        assert_eq!(reason(one.finish_sign_in(&party(), &begun.handle, &later, &scopes()).await), "CEREMONY_ENDED");
        two.create_recovery_code(ana, Who::Customer).await.expect("a code");
        assert_eq!(reason(one.use_recovery_code(&done.recovery_code).await), "RECOVERY_CODE_INVALID");
        two.remove_passkey(ana, Who::Customer, done.passkey.id, None).await.expect("removed");
        assert_eq!(reason(sign_in(&one, &mut device).await), "PASSKEY_REFUSED");
    })
    .await;
}

#[tokio::test]
async fn an_erasure_takes_everything_along_and_nothing_secret_is_stored() {
    on_each_place("passkey_erased", async |place| {
        let (vault, _) = place.open().await;
        let (ana, mut device, done) = enrolled(&vault, "ana@example.org", 1).await;
        let (ben, _, _) = enrolled(&vault, "ben@example.org", 2).await;
        let credential = crate::databases::hex(&device.id);
        for table in ["passkey", "code", "token", "ledger_entry", "replay", "meta"] {
            let stored = place.dump(table).await;
            for secret in [done.recovery_code.as_str(), &done.recovery_code.replace('-', ""), done.entered.secret.as_str(), &credential] {
                assert!(!stored.contains(secret), "{table}");
            }
        }
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        assert_eq!(place.number("SELECT COUNT(*) FROM passkey").await, 1);
        assert_eq!(place.number("SELECT COUNT(*) FROM code").await, 1);
        assert_eq!(reason(sign_in(&vault, &mut device).await), "PASSKEY_REFUSED");
        assert_eq!(reason(vault.use_recovery_code(&done.recovery_code).await), "RECOVERY_CODE_INVALID");
        assert_eq!(vault.entrances(ben).await.expect("the living").passkeys.len(), 1);
    })
    .await;
}
