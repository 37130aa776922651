//! Passkeys: who comes in, and who does not. What is refused changes nothing.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffret_vault::Vault;
use coffret_vault::credential::{NewToken, Role, Token};
use coffret_vault::error::Error;
use coffret_vault::id::{CustomerId, PasskeyId};
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::Who;
use coffret_vault::once::Once;
use coffret_vault::page::PageRequest;
use coffret_vault::passkey::{Added, Enrolled, Entered, RelyingParty};
use uuid::Uuid;
use zeroize::Zeroizing;

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
    Ok(vault.finish_passkey(&party(), customer, Who::Customer, &begun.handle, &made, &scopes()).await?.passkey().id)
}

/// A customer with a passkey.
async fn enrolled(vault: &Vault, email: &str, seed: u8) -> (CustomerId, Authenticator, Enrolled) {
    let (customer, mut device) = (customer(vault, email).await, Authenticator::new(seed));
    let code = invite(vault, customer).await;
    let done = enrol(vault, &mut device, &code).await.expect("enrolled");
    assert_eq!(done.entered.customer, customer);
    (customer, device, done)
}

/// A token that an operator issues in a customer's name.
async fn issue(vault: &Vault, customer: CustomerId) -> Result<(Token, Zeroizing<String>), Error> {
    let (role, subject) = (Role::Customer, customer.to_string());
    let new = NewToken { role, subject, scopes: vec!["identity.read".to_owned()], certificate: None, lifetime_seconds: 3600 };
    vault.issue_token(operator(), new, None).await
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
        let lies: [(&str, Lie); 10] = [
            ("another origin", |device, _| device.origin = "https://my.example.com".to_owned()),
            ("an origin below", |device, _| device.origin = "https://a.my.example.org".to_owned()),
            ("another port", |device, _| device.origin = "https://my.example.org:8443".to_owned()),
            ("no TLS", |device, _| device.origin = "http://my.example.org".to_owned()),
            ("another relying party", |device, _| device.rp_id = "example.org".to_owned()),
            ("nobody verified", |device, _| device.verified = false),
            ("nobody present", |device, _| device.present = false),
            ("another ceremony", |device, _| device.kind = Some("webauthn.create")),
            ("another's credential id", |device, other| device.id.clone_from(&other.id)),
            ("another's credential id and name", |device, other| {
                device.id.clone_from(&other.id);
                device.user.clone_from(&other.user);
            }),
        ];
        let mut sentences = Vec::new();
        for (what, lie) in lies {
            let mut liar = device.clone();
            // Beyond what is known: the counter is not what refuses.
            liar.counter = 5;
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
async fn a_counter_moves_on_or_the_passkey_is_refused() {
    on_each_place("passkey_counter", async |place| {
        let (vault, _) = place.open().await;
        let (_, mut device, _) = enrolled(&vault, "ana@example.org", 1).await;
        for _ in 0..4 {
            sign_in(&vault, &mut device).await.expect("in");
        }
        assert_eq!(device.counter, 4);
        let before = rows(place).await;
        for sent in [4, 3, 1, 0] {
            let mut copy = device.clone();
            (copy.counter, copy.counts) = (sent, false);
            assert_eq!(reason(sign_in(&vault, &mut copy).await), "PASSKEY_REFUSED", "{sent} after 4");
        }
        assert_eq!(rows(place).await, before);
        // The same device with the next number comes in, and then that number is known.
        let mut copy = device.clone();
        sign_in(&vault, &mut device).await.expect("5 after 4");
        assert_eq!(reason(sign_in(&vault, &mut copy).await), "PASSKEY_REFUSED", "5 after 5");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_answer_of_a_device_that_does_not_count_is_refused_by_its_handle() {
    on_each_place("passkey_repeated", async |place| {
        let (vault, _) = place.open().await;
        let ana = customer(&vault, "ana@example.org").await;
        let mut device = Authenticator::new(1).counterless();
        let code = invite(&vault, ana).await;
        enrol(&vault, &mut device, &code).await.expect("enrolled");
        let begun = vault.begin_sign_in(&party()).unwrap();
        let signed = device.get(&begun.options_json);
        vault.finish_sign_in(&party(), &begun.handle, &signed, &scopes()).await.expect("in");
        let before = rows(place).await;
        for _ in 0..2 {
            assert_eq!(reason(vault.finish_sign_in(&party(), &begun.handle, &signed, &scopes()).await), "CEREMONY_ENDED");
        }
        assert_eq!(rows(place).await, before);
        sign_in(&vault, &mut device).await.expect("with a new one it comes in");
        assert_eq!(device.counter, 0);
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
        let stolen = vault.finish_passkey(&party(), ben, Who::Customer, &addition.handle, &made, &scopes()).await;
        assert_eq!(reason(stolen), "CEREMONY_ENDED", "begun by another customer");
        let mut forged = addition.handle.clone().into_bytes();
        for place in [0, 40, 90] {
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged.clone()).unwrap();
            assert_eq!(reason(vault.finish_passkey(&party(), ana, Who::Customer, &forged, &made, &scopes()).await), "CEREMONY_ENDED");
        }
        vault.finish_passkey(&party(), ana, Who::Customer, &addition.handle, &made, &scopes()).await.expect("added");
        // A second device with the same challenge: nothing but the handle refuses it.
        let third = Authenticator::new(3).create(&addition.options_json);
        assert_eq!(reason(vault.finish_passkey(&party(), ana, Who::Customer, &addition.handle, &third, &scopes()).await), "CEREMONY_ENDED");
        assert_eq!(vault.entrances(ana).await.expect("a list").passkeys.len(), 2);
        // An authenticator that is known, for another vault.
        let begun = vault.begin_passkey(&party(), ben).await.expect("begun");
        let made = Authenticator::new(2).create(&begun.options_json);
        assert_eq!(reason(vault.finish_passkey(&party(), ben, Who::Customer, &begun.handle, &made, &scopes()).await), "PASSKEY_TAKEN");
        // The invitation still counts after that, and the handle does not.
        let code = invite(&vault, ben).await;
        let begun = vault.begin_enrolment(&party(), &code).await.expect("begun");
        let known = Authenticator::new(2).create(&begun.options_json);
        assert_eq!(reason(vault.finish_enrolment(&party(), &begun.handle, &known, &scopes()).await), "PASSKEY_TAKEN");
        let new = Authenticator::new(4).create(&begun.options_json);
        assert_eq!(reason(vault.finish_enrolment(&party(), &begun.handle, &new, &scopes()).await), "CEREMONY_ENDED");
        assert!(vault.entrances(ben).await.expect("a list").passkeys.is_empty());
        enrol(&vault, &mut Authenticator::new(4), &code).await.expect("with a new handle");
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
async fn a_recovery_code_counts_until_there_is_a_new_passkey_and_the_last_way_in_stays() {
    on_each_database("recovery", async |vault, clock| {
        let (ana, mut device, done) = enrolled(&vault, "ana@example.org", 1).await;
        let only = done.passkey.id;
        let newer = vault.create_recovery_code(ana, Who::Customer, None).await.expect("a code");
        assert_eq!(reason(vault.use_recovery_code(&done.recovery_code).await), "RECOVERY_CODE_INVALID", "a new one ends it");
        assert_eq!(reason(vault.begin_enrolment(&party(), &newer).await), "INVITATION_INVALID", "it is exchanged first");
        let first = vault.use_recovery_code(&newer).await.expect("a way back").code;
        assert_eq!(reason(vault.use_recovery_code(&first).await), "RECOVERY_CODE_INVALID", "of another kind");
        let second = vault.use_recovery_code(&newer).await.expect("it counts until a passkey is made").code;
        assert_eq!(reason(vault.begin_enrolment(&party(), &first).await), "INVITATION_INVALID", "the second exchange ends the first");
        clock.advance_seconds(3600);
        assert_eq!(reason(enrol(&vault, &mut Authenticator::new(2), &second).await), "INVITATION_INVALID", "an hour has passed");
        sign_in(&vault, &mut device).await.expect("the old passkey still counts");
        // Whoever found the code, and exchanged it, did not lock its owner out.
        vault.remove_passkey(ana, Who::Customer, only, None).await.expect("the code is a way back");
        let third = vault.use_recovery_code(&newer).await.expect("a way back").code;
        let back = enrol(&vault, &mut Authenticator::new(2), &third).await.expect("back");
        assert_eq!(reason(vault.use_recovery_code(&newer).await), "RECOVERY_CODE_INVALID", "a passkey was made with it");
        assert_eq!(reason(vault.begin_enrolment(&party(), &third).await), "INVITATION_INVALID");
        let ben = customer(&vault, "ben@example.org").await;
        assert_eq!(reason(vault.remove_passkey(ben, Who::Customer, back.passkey.id, None).await), "NOT_FOUND", "another's");
        let call = Once::new("customers/ana", "RemovePasskey", Uuid::from_u128(7), b"asked");
        vault.remove_passkey(ana, Who::Customer, back.passkey.id, Some(&call)).await.expect("the new code is a way back");
        vault.remove_passkey(ana, Who::Customer, back.passkey.id, Some(&call)).await.expect("repeated");
        assert_eq!(reason(vault.remove_passkey(ana, Who::Customer, back.passkey.id, None).await), "NOT_FOUND");
        let last = vault.use_recovery_code(&back.recovery_code).await.expect("a way back").code;
        enrol(&vault, &mut Authenticator::new(3), &last).await.expect("back");
    })
    .await;
}

#[tokio::test]
async fn the_last_passkey_stays_where_there_is_no_recovery_code() {
    on_each_place("last_passkey", async |place| {
        let (vault, _) = place.open().await;
        let (ana, _, done) = enrolled(&vault, "ana@example.org", 1).await;
        place.tamper(&["DELETE FROM code WHERE kind = 2".to_owned()]).await;
        assert_eq!(reason(vault.remove_passkey(ana, Who::Customer, done.passkey.id, None).await), "LAST_PASSKEY");
        assert_eq!(vault.entrances(ana).await.expect("a list").passkeys.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_new_recovery_code_ends_every_other_code_and_is_made_once_for_a_call() {
    on_each_database("recovery_new", async |vault, _| {
        let (ana, _, done) = enrolled(&vault, "ana@example.org", 1).await;
        let reentry = vault.use_recovery_code(&done.recovery_code).await.expect("a way back").code;
        let call = Once::new("customers/ana", "CreateRecoveryCode", Uuid::from_u128(7), b"asked");
        let code = vault.create_recovery_code(ana, Who::Customer, Some(&call)).await.expect("a code");
        assert_eq!(reason(enrol(&vault, &mut Authenticator::new(2), &reentry).await), "INVITATION_INVALID", "whoever has it stays out");
        assert_eq!(reason(vault.create_recovery_code(ana, Who::Customer, Some(&call)).await), "RECOVERY_CODE_ALREADY_MADE");
        vault.use_recovery_code(&code).await.expect("the repeated call did not end it");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_twenty_passkeys_and_lost_them_comes_back() {
    on_each_database("recovery_full", async |vault, _| {
        let (ana, _, done) = enrolled(&vault, "ana@example.org", 1).await;
        for seed in 2..=20 {
            add(&vault, &mut Authenticator::new(seed), ana).await.expect("added");
        }
        assert_eq!(reason(add(&vault, &mut Authenticator::new(21), ana).await), "TOO_MANY_PASSKEYS");
        let code = vault.use_recovery_code(&done.recovery_code).await.expect("a way back").code;
        let mut new = Authenticator::new(22);
        enrol(&vault, &mut new, &code).await.expect("back");
        sign_in(&vault, &mut new).await.expect("in");
        assert_eq!(vault.entrances(ana).await.expect("a list").passkeys.len(), 21);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_does_not_outlive_a_key_of_the_customers_own() {
    on_each_place("invitation_own", async |place| {
        let (vault, _) = place.open().await;
        let ana = customer(&vault, "ana@example.org").await;
        let code = invite(&vault, ana).await;
        let first = add(&vault, &mut Authenticator::new(1), ana).await.expect("added");
        assert_eq!(place.number("SELECT COUNT(*) FROM code WHERE kind = 1").await, 0, "the passkey ends the invitation");
        // The first one gave a way back; with that alone nobody else is let in either.
        vault.remove_passkey(ana, Who::Customer, first, None).await.expect("removed");
        assert_eq!(reason(vault.begin_enrolment(&party(), &code).await), "INVITATION_INVALID");
        assert_eq!(reason(vault.invite(ana, operator(), None).await), "CUSTOMER_ENROLLED");
        // Also of an invitation that lies there all the same.
        let ben = customer(&vault, "ben@example.org").await;
        let code = invite(&vault, ben).await;
        let begun = vault.begin_enrolment(&party(), &code).await.expect("begun");
        place.keep("code").await;
        vault.create_recovery_code(ben, Who::Customer, None).await.expect("a code");
        place.tamper(&["INSERT INTO code SELECT * FROM kept WHERE kind = 1".to_owned()]).await;
        assert_eq!(reason(vault.begin_enrolment(&party(), &code).await), "INVITATION_INVALID");
        let made = Authenticator::new(3).create(&begun.options_json);
        assert_eq!(reason(vault.finish_enrolment(&party(), &begun.handle, &made, &scopes()).await), "INVITATION_INVALID");
    })
    .await;
}

#[tokio::test]
async fn a_first_passkey_that_is_added_begins_a_session_and_gives_a_way_back() {
    on_each_database("passkey_first", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        let (given, secret) = issue(&vault, ana).await.expect("a token");
        assert!(!vault.token_of(&secret).await.expect("asked").expect("known").supports, "nobody else has a key");
        let begun = vault.begin_passkey(&party(), ana).await.expect("begun");
        let made = Authenticator::new(1).create(&begun.options_json);
        let added = vault.finish_passkey(&party(), ana, Who::Customer, &begun.handle, &made, &scopes()).await.expect("added");
        let Added::First(first) = added else { panic!("the first one") };
        let own = vault.token_of(&first.entered.secret).await.expect("asked").expect("a session");
        assert_eq!((own.passkey, own.supports, &own.scopes), (Some(first.passkey.id), false, &scopes()));
        vault.use_recovery_code(&first.recovery_code).await.expect("a way back");
        // What an operator knows stands for support from now on.
        assert!(vault.token_of(&secret).await.expect("asked").expect("known").supports);
        assert_eq!(given.passkey, None);
        let begun = vault.begin_passkey(&party(), ana).await.expect("begun");
        let made = Authenticator::new(2).create(&begun.options_json);
        let added = vault.finish_passkey(&party(), ana, Who::Customer, &begun.handle, &made, &scopes()).await.expect("added");
        assert!(matches!(added, Added::Further(_)));
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_issued_for_an_enrolled_customer_is_for_support_and_they_see_it() {
    on_each_database("passkey_support", async |vault, _| {
        let (ana, mut device, _) = enrolled(&vault, "ana@example.org", 1).await;
        let (token, secret) = issue(&vault, ana).await.expect("a token");
        assert!(vault.token_of(&secret).await.expect("asked").expect("known").supports);
        let entered = sign_in(&vault, &mut device).await.expect("in");
        assert!(!vault.token_of(&entered.secret).await.expect("asked").expect("known").supports);
        let page = vault.entries(ana, &EntryFilter::default(), &PageRequest::first(100)).await.expect("entries");
        let told = page.items.iter().find(|entry| entry.details.kind == "token.issued").expect("an entry of their own");
        assert_eq!(told.details.who, operator());
        assert!(told.details.reason.as_ref().is_some_and(|reason| reason.contains(&token.id.to_string())));
        assert_eq!(vault.check_ledger(None).await.expect("a check").faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_happens_at_once_happens_once() {
    on_each_database("passkey_race", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        let code = invite(&vault, ana).await;
        assert_eq!(finish_all(&vault, &code, 1..=6).await, 1);
        assert_eq!(vault.entrances(ana).await.expect("a list").passkeys.len(), 1);
        let code = vault.create_recovery_code(ana, Who::Customer, None).await.expect("a code").to_string();
        let tries: Vec<_> = (0..6)
            .map(|_| {
                let (vault, code) = (Arc::clone(&vault), code.clone());
                tokio::spawn(
                    async move { vault.use_recovery_code(&code).await.expect("it counts until a passkey is made").code.to_string() },
                )
            })
            .collect();
        let (mut made, mut counting) = (Vec::new(), Vec::new());
        for one in tries {
            made.push(one.await.expect("no panic"));
        }
        for reentry in made {
            if vault.begin_enrolment(&party(), &reentry).await.is_ok() {
                counting.push(reentry);
            }
        }
        assert_eq!(counting.len(), 1, "the last exchange counts");
        assert_eq!(finish_all(&vault, &counting[0], 7..=12).await, 1);
        assert_eq!(reason(vault.use_recovery_code(&code).await), "RECOVERY_CODE_INVALID");
        assert_eq!(vault.entrances(ana).await.expect("a list").passkeys.len(), 2);
    })
    .await;
}

/// Ends an enrolment with this code on each of these devices, all at once; tells how many were let in.
async fn finish_all(vault: &Arc<Vault>, code: &str, seeds: std::ops::RangeInclusive<u8>) -> u32 {
    let mut answers = Vec::new();
    for seed in seeds {
        let begun = vault.begin_enrolment(&party(), code).await.expect("begun");
        answers.push((Authenticator::new(seed).create(&begun.options_json), begun.handle));
    }
    let tries: Vec<_> = answers
        .into_iter()
        .map(|(made, handle)| {
            let vault = Arc::clone(vault);
            tokio::spawn(async move { vault.finish_enrolment(&party(), &handle, &made, &scopes()).await.is_ok() })
        })
        .collect();
    let mut done = 0;
    for one in tries {
        done += u32::from(one.await.expect("no panic"));
    }
    done
}

#[tokio::test]
async fn a_last_passkey_that_goes_while_its_owner_comes_back_leaves_a_way_in() {
    on_each_database("passkey_leaving", async |vault, _| {
        for seed in 1..=8 {
            let (ana, _, done) = enrolled(&vault, &format!("ana{seed}@example.org"), seed).await;
            let (code, only) = (done.recovery_code.to_string(), done.passkey.id);
            let (removing, exchanging) = (Arc::clone(&vault), Arc::clone(&vault));
            let used = code.clone();
            let removed = tokio::spawn(async move { removing.remove_passkey(ana, Who::Customer, only, None).await });
            let exchanged = tokio::spawn(async move { exchanging.use_recovery_code(&used).await });
            removed.await.expect("no panic").expect("the code is a way back");
            let reentry = exchanged.await.expect("no panic").expect("it counts").code;
            let ways = vault.entrances(ana).await.expect("a list");
            assert!(ways.passkeys.is_empty() && ways.recovery_code_since.is_some());
            vault.use_recovery_code(&code).await.expect("it still counts");
            assert_eq!(reason(vault.begin_enrolment(&party(), &reentry).await), "INVITATION_INVALID");
        }
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
        two.create_recovery_code(ana, Who::Customer, None).await.expect("a code");
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
        issue(&vault, ana).await.expect("a token of an operator's");
        let (credential, encoded) = (crate::databases::hex(&device.id), URL_SAFE_NO_PAD.encode(&device.id));
        let known = [done.recovery_code.as_str(), done.entered.secret.as_str(), &credential, &encoded, "cred_id"];
        for table in ["passkey", "code", "token", "ledger_entry", "replay", "meta"] {
            let stored = place.dump(table).await;
            assert!(!stored.contains(&done.recovery_code.replace('-', "")), "{table}");
            for secret in known {
                assert!(!stored.contains(secret), "{table}: {secret}");
            }
        }
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        assert_eq!(place.number("SELECT COUNT(*) FROM passkey").await, 1);
        assert_eq!(place.number("SELECT COUNT(*) FROM code").await, 1);
        assert_eq!(place.number(&format!("SELECT COUNT(*) FROM token WHERE subject = '{ana}'")).await, 0, "nor whose a token was");
        assert_eq!(place.number(&format!("SELECT COUNT(*) FROM token WHERE subject = '{ben}'")).await, 1);
        assert!(vault.token_of(&done.entered.secret).await.expect("asked").is_none());
        assert_eq!(reason(sign_in(&vault, &mut device).await), "PASSKEY_REFUSED");
        assert_eq!(reason(vault.use_recovery_code(&done.recovery_code).await), "RECOVERY_CODE_INVALID");
        assert_eq!(vault.entrances(ben).await.expect("the living").passkeys.len(), 1);
    })
    .await;
}
