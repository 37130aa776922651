//! Who may call: certificates, client keys, tokens, assertions. What is over is refused, and no secret is kept.

use std::sync::Arc;

use coffret_vault::Vault;
use coffret_vault::clock::Timestamp;
use coffret_vault::credential::{CredentialKind, NewToken, Role, Token};
use coffret_vault::error::{Error, Kind};
use coffret_vault::id::{BrandId, CredentialId, CustomerId, TokenId};
use coffret_vault::ledger::Who;
use coffret_vault::once::Once;
use coffret_vault::page::PageRequest;
use uuid::Uuid;

use crate::databases::{Place, hex, on_each_database, on_each_place, on_postgres};
use crate::stage::{brand, customer, operator};

const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

fn once(verb: &str, number: u128, asked: &str) -> Once {
    Once::new("operators/test", verb, Uuid::from_u128(number), asked.as_bytes())
}

fn year(vault: &Vault) -> Timestamp {
    vault.now().plus_days(365)
}

/// Whose certificate it is, if it counts.
async fn of(vault: &Vault, fingerprint: [u8; 32]) -> Option<BrandId> {
    vault.brand_of_certificate(&fingerprint).await.expect("asked").map(|(brand, credential)| {
        assert_eq!((credential.brand, credential.fingerprint), (brand.id, fingerprint));
        brand.id
    })
}

/// How much there is of everything that these acts write.
async fn rows(place: &Place) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["ledger_entry", "credential", "token", "assertion", "replay"] {
        counts.push(place.number(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    counts
}

fn wanted(role: Role, subject: &str) -> NewToken {
    NewToken { role, subject: subject.to_owned(), scopes: vec!["ledger.read".to_owned()], certificate: None, lifetime_seconds: 3600 }
}

async fn token(vault: &Vault, subject: &str) -> (Token, String) {
    let (token, secret) = vault.issue_token(operator(), wanted(Role::Auditor, subject), None).await.expect("a token");
    (token, secret.to_string())
}

async fn counts(vault: &Vault, secret: &str) -> bool {
    vault.token_of(secret).await.expect("asked").is_some()
}

#[tokio::test]
async fn a_certificate_leads_to_its_brand_until_it_ends() {
    on_each_database("certificate", async |vault, clock| {
        let house = brand(&vault, "Maison Alba").await;
        let bound = vault.register_certificate(operator(), house, [1; 32], year(&vault), None).await.expect("bound");
        assert_eq!((bound.kind, bound.expires_at, bound.revoked_at), (CredentialKind::Certificate, year(&vault), None));
        assert_eq!(of(&vault, [1; 32]).await, Some(house));
        assert_eq!(of(&vault, [2; 32]).await, None);
        assert_eq!(vault.credentials(house).await.expect("a list"), std::slice::from_ref(&bound));
        clock.set(Timestamp::from_micros(bound.expires_at.micros() - 1));
        assert_eq!(of(&vault, [1; 32]).await, Some(house));
        clock.set(bound.expires_at);
        assert_eq!(of(&vault, [1; 32]).await, None, "the end is exclusive, whatever is remembered");
        let again = vault.register_certificate(operator(), house, [2; 32], vault.now(), None).await;
        assert_eq!(again.expect_err("ended").reason(), "CERTIFICATE_EXPIRED");
    })
    .await;
}

#[tokio::test]
async fn a_certificate_of_a_suspended_brand_is_known_as_such() {
    on_each_database("suspended_certificate", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        vault.register_certificate(operator(), house, [1; 32], year(&vault), None).await.expect("bound");
        let suspended = async || vault.brand_of_certificate(&[1; 32]).await.expect("asked").expect("known").0.suspended;
        assert!(!suspended().await);
        vault.suspend_brand(operator(), house, "why".to_owned(), None).await.expect("suspended");
        assert!(suspended().await, "at once, though it was just looked up");
        vault.reinstate_brand(operator(), house, None).await.expect("reinstated");
        assert!(!suspended().await);
    })
    .await;
}

#[tokio::test]
async fn no_other_brand_takes_a_certificate_and_none_comes_back() {
    on_each_place("taken", async |place| {
        let (vault, clock) = place.open().await;
        let (house, other) = (brand(&vault, "Maison Alba").await, brand(&vault, "Casa Ferrante").await);
        let bound = vault.register_certificate(operator(), house, [1; 32], year(&vault), None).await.expect("bound");
        let before = rows(place).await;
        let again = vault.register_certificate(operator(), house, [1; 32], year(&vault).plus_days(1), None).await.expect("known");
        assert_eq!(again, bound, "what a brand has stays as it is");
        let refused = async |brand: BrandId| -> Error {
            vault.register_certificate(operator(), brand, [1; 32], year(&vault), None).await.expect_err("refused")
        };
        assert_eq!((refused(other).await.kind(), refused(other).await.reason()), (Kind::AlreadyExists, "CERTIFICATE_TAKEN"));
        let key = vault.register_client_key(operator(), other, [1; 32], PEM.to_owned(), year(&vault), None).await;
        assert_eq!(key.expect_err("refused").reason(), "CLIENT_KEY_TAKEN");
        assert_eq!(refused(BrandId(Uuid::from_u128(9))).await.kind(), Kind::NotFound);
        assert_eq!(rows(place).await, before);
        vault.revoke_credential(operator(), house, bound.id, None).await.expect("revoked");
        let before = rows(place).await;
        assert_eq!(refused(house).await.reason(), "CREDENTIAL_REVOKED");
        assert_eq!(refused(other).await.reason(), "CERTIFICATE_TAKEN");
        vault.register_certificate(operator(), house, [3; 32], vault.now().plus_seconds(1), None).await.expect("bound");
        clock.advance_seconds(2);
        let ended = vault.register_certificate(operator(), other, [3; 32], year(&vault), None).await;
        assert_eq!(ended.expect_err("refused").reason(), "CERTIFICATE_TAKEN");
        assert_eq!(rows(place).await, vec![before[0] + 1, before[1] + 1, before[2], before[3], before[4]]);
        assert_eq!(of(&vault, [1; 32]).await, None);
    })
    .await;
}

#[tokio::test]
async fn two_brands_at_the_same_time_do_not_both_take_a_certificate() {
    on_each_database("certificate_race", async |vault, _| {
        let brands = [brand(&vault, "Maison Alba").await, brand(&vault, "Casa Ferrante").await];
        for round in 0..5_u8 {
            let end = year(&vault);
            let calls = brands.map(|brand| {
                let vault = Arc::clone(&vault);
                tokio::spawn(async move { vault.register_certificate(operator(), brand, [round; 32], end, None).await })
            });
            let (mut bound, mut refused) = (0, 0);
            for call in calls {
                match call.await.expect("no panic") {
                    Ok(_) => bound += 1,
                    Err(error) if error.reason() == "CERTIFICATE_TAKEN" => refused += 1,
                    Err(error) => panic!("{error:?}"),
                }
            }
            assert_eq!((bound, refused), (1, 1));
        }
    })
    .await;
}

#[tokio::test]
async fn a_revoked_credential_is_over_at_once() {
    on_each_place("revoked", async |place| {
        let (vault, clock) = place.open().await;
        let (house, other) = (brand(&vault, "Maison Alba").await, brand(&vault, "Casa Ferrante").await);
        let bound = vault.register_certificate(operator(), house, [1; 32], year(&vault), None).await.expect("bound");
        assert_eq!(of(&vault, [1; 32]).await, Some(house));
        let before = rows(place).await;
        for (brand, id) in [(other, bound.id), (house, CredentialId(Uuid::from_u128(9)))] {
            assert_eq!(vault.revoke_credential(operator(), brand, id, None).await.expect_err("not theirs").kind(), Kind::NotFound);
        }
        assert_eq!((rows(place).await, of(&vault, [1; 32]).await), (before, Some(house)));
        let call = once("RevokeCredential", 1, "x");
        let revoked = vault.revoke_credential(operator(), house, bound.id, Some(&call)).await.expect("revoked");
        assert_eq!(revoked.revoked_at, Some(vault.now()));
        assert_eq!(of(&vault, [1; 32]).await, None);
        let before = rows(place).await;
        clock.advance_seconds(5);
        assert_eq!(vault.revoke_credential(operator(), house, bound.id, Some(&call)).await.expect("again"), revoked);
        assert_eq!(vault.revoke_credential(operator(), house, bound.id, None).await.expect("still"), revoked);
        let other = once("RevokeCredential", 1, "y");
        let reused = vault.revoke_credential(operator(), house, bound.id, Some(&other)).await;
        assert_eq!(reused.expect_err("refused").reason(), "REQUEST_ID_REUSED");
        assert_eq!(rows(place).await, before);
        assert_eq!(vault.credentials(house).await.expect("a list"), [revoked]);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_registration_answers_the_same() {
    on_each_place("repeated_registration", async |place| {
        let (vault, clock) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let call = once("RegisterCertificate", 1, "x");
        let end = vault.now().plus_seconds(60);
        let bound = vault.register_certificate(operator(), house, [1; 32], end, Some(&call)).await.expect("bound");
        let before = rows(place).await;
        // Its end has passed: what was answered stands.
        clock.advance_seconds(61);
        assert_eq!(vault.register_certificate(operator(), house, [1; 32], end, Some(&call)).await.expect("again"), bound);
        let other = once("RegisterCertificate", 1, "y");
        let reused = vault.register_certificate(operator(), house, [2; 32], year(&vault), Some(&other)).await;
        assert_eq!(reused.expect_err("refused").reason(), "REQUEST_ID_REUSED");
        assert_eq!(rows(place).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_client_key_is_public_bounded_in_time_and_over_when_it_is_over() {
    on_each_place("client_key", async |place| {
        let (vault, clock) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let before = rows(place).await;
        let private = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END PRIVATE KEY-----\n";
        for pem in [private.to_owned(), format!("{PEM}{private}"), String::new(), "x".to_owned(), format!("{PEM}{}", "x".repeat(9000))] {
            let refused = vault.register_client_key(operator(), house, [1; 32], pem, year(&vault), None).await.expect_err("refused");
            assert_eq!(refused.reason(), "PUBLIC_KEY_INVALID");
            assert!(!format!("{refused} {refused:?}").contains("c2VjcmV0"));
        }
        for end in [vault.now(), vault.now().plus_days(732)] {
            let refused = vault.register_client_key(operator(), house, [1; 32], PEM.to_owned(), end, None).await;
            assert_eq!(refused.expect_err("refused").reason(), "EXPIRE_TIME_OUT_OF_RANGE");
        }
        assert_eq!(rows(place).await, before);
        let bound = vault.register_client_key(operator(), house, [1; 32], PEM.to_owned(), year(&vault), None).await.expect("bound");
        let (of, pem) = vault.client_key(bound.id).await.expect("asked").expect("a key");
        assert_eq!((of.id, pem.as_str()), (house, PEM.trim()));
        assert_eq!(vault.brand_of_certificate(&[1; 32]).await.expect("asked"), None, "a key is no certificate");
        let certificate = vault.register_certificate(operator(), house, [2; 32], year(&vault), None).await.expect("bound");
        assert_eq!(vault.client_key(certificate.id).await.expect("asked"), None, "a certificate is no key");
        clock.set(bound.expires_at);
        assert_eq!(vault.client_key(bound.id).await.expect("asked"), None);
        let next = vault.register_client_key(operator(), house, [3; 32], PEM.to_owned(), year(&vault), None).await.expect("bound");
        vault.revoke_credential(operator(), house, next.id, None).await.expect("revoked");
        assert_eq!(vault.client_key(next.id).await.expect("asked"), None);
    })
    .await;
}

#[tokio::test]
async fn a_tokens_secret_is_given_once_and_kept_nowhere() {
    on_each_place("secret", async |place| {
        let (vault, _) = place.open().await;
        let (made, secret) = vault.issue_token(operator(), wanted(Role::Auditor, "auditors/jane"), None).await.expect("a token");
        let secret = secret.to_string();
        assert_eq!((secret.len(), &secret[..4]), (47, "cft_"));
        assert!(secret[4..].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_eq!(vault.token_of(&secret).await.expect("asked"), Some(made.clone()));
        let (_, other) = token(&vault, "auditors/jane").await;
        assert_ne!(secret, other);
        assert!(!format!("{made:?}").contains(&secret[4..]));
        vault.revoke_token(operator(), made.id, Some(&once("RevokeToken", 1, "x"))).await.expect("revoked");
        let raw = hex(secret.as_bytes());
        for table in ["token", "ledger_entry", "replay", "meta", "customer", "outbox"] {
            let dump = place.dump(table).await;
            assert!(!dump.contains(&secret[4..]) && !dump.contains(&raw[8..]), "{table} holds a secret");
            assert!(table != "token" || dump.contains("auditors/jane"), "the dump sees what is there");
        }
        let acts = vault.deployment_entries(&PageRequest::first(10)).await.expect("entries");
        assert!(acts.items.iter().all(|entry| !format!("{entry:?}").contains(&secret[4..])));
        assert_eq!(acts.items[0].details.kind, "token.revoked");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_issued_once_under_one_request_id() {
    on_each_place("issued_once", async |place| {
        let (vault, clock) = place.open().await;
        let call = once("IssueToken", 1, "jane");
        let issue = async |vault: &Vault, subject: &str, call: &Once| {
            vault.issue_token(operator(), wanted(Role::Auditor, subject), Some(call)).await.map(|(token, _)| token)
        };
        let unknown = wanted(Role::Customer, &Uuid::from_u128(9).to_string());
        assert_eq!(vault.issue_token(operator(), unknown, Some(&call)).await.expect_err("nobody").reason(), "SUBJECT_UNKNOWN");
        issue(&vault, "auditors/jane", &call).await.expect("a call that was refused does not use the id up");
        let before = rows(place).await;
        clock.advance_seconds(29 * 86_400);
        let again = issue(&vault, "auditors/jane", &call).await.expect_err("the secret is not given twice");
        assert_eq!((again.kind(), again.reason()), (Kind::AlreadyExists, "TOKEN_ALREADY_ISSUED"));
        let other = issue(&vault, "auditors/joan", &once("IssueToken", 1, "joan")).await.expect_err("another call");
        assert_eq!((other.kind(), other.reason()), (Kind::InvalidArgument, "REQUEST_ID_REUSED"));
        drop(vault);
        let (vault, _) = place.open_again().await;
        assert_eq!(issue(&vault, "auditors/jane", &call).await.expect_err("after a restart too").reason(), "TOKEN_ALREADY_ISSUED");
        assert_eq!(rows(place).await, before, "a repeat writes nothing");
    })
    .await;
}

#[tokio::test]
async fn of_the_same_issue_at_the_same_time_one_gives_a_token() {
    on_each_place("issued_at_once", async |place| {
        let (vault, _) = place.open().await;
        let before = rows(place).await;
        let calls: Vec<_> = (0..12)
            .map(|_| {
                let vault = Arc::clone(&vault);
                let call = once("IssueToken", 1, "jane");
                tokio::spawn(async move { vault.issue_token(operator(), wanted(Role::Auditor, "auditors/jane"), Some(&call)).await })
            })
            .collect();
        let mut given = 0;
        for call in calls {
            match call.await.expect("no panic") {
                Ok(_) => given += 1,
                Err(refused) => assert_eq!((refused.kind(), refused.reason()), (Kind::AlreadyExists, "TOKEN_ALREADY_ISSUED")),
            }
        }
        let (after, more) = (rows(place).await, [1, 0, 1, 0, 1]);
        assert_eq!((given, after), (1, before.iter().zip(more).map(|(before, more)| before + more).collect()));
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_revoked_ended_or_guessed_is_refused() {
    on_each_database("tokens", async |vault, clock| {
        let (first, secret) = token(&vault, "auditors/jane").await;
        let (_, ending) = token(&vault, "auditors/jane").await;
        assert!(counts(&vault, &secret).await && counts(&vault, &ending).await);
        let mut guessed = secret.clone().into_bytes();
        guessed[46] = if guessed[46] == b'A' { b'B' } else { b'A' };
        let guessed = String::from_utf8(guessed).expect("ASCII");
        for wrong in ["", "cft_", &secret[4..], &secret[..46], &format!("{secret}x"), &secret.to_uppercase(), &guessed] {
            assert!(!counts(&vault, wrong).await, "{} characters", wrong.len());
        }
        let revoked = vault.revoke_token(operator(), first.id, None).await.expect("revoked");
        assert!(!counts(&vault, &secret).await, "at once, though it was just looked up");
        clock.advance_seconds(3599);
        assert!(counts(&vault, &ending).await);
        clock.advance_seconds(1);
        assert!(!counts(&vault, &ending).await, "the end is exclusive");
        assert_eq!(vault.revoke_token(operator(), first.id, None).await.expect("still").revoked_at, revoked.revoked_at);
        assert_eq!(vault.token(first.id).await.expect("found"), revoked);
        let nobody = TokenId(Uuid::from_u128(9));
        assert_eq!(vault.revoke_token(operator(), nobody, None).await.expect_err("none").kind(), Kind::NotFound);
        assert_eq!(vault.token(nobody).await.expect_err("none").kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_may_not_be_is_not_issued() {
    on_each_place("refused_tokens", async |place| {
        let (vault, _) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let (ana, gone) = (customer(&vault, "ana@example.org").await, customer(&vault, "ben@example.org").await);
        vault.erase_customer(gone, Who::Customer).await.expect("erased");
        let before = rows(place).await;
        let day = 86_400;
        let lasting = |role, subject: &str, seconds| NewToken { lifetime_seconds: seconds, ..wanted(role, subject) };
        let deployment = CustomerId::DEPLOYMENT.to_string();
        for (reason, new) in [
            ("LIFETIME_OUT_OF_RANGE", lasting(Role::Auditor, "jane", 0)),
            ("LIFETIME_OUT_OF_RANGE", lasting(Role::Auditor, "jane", -1)),
            ("LIFETIME_OUT_OF_RANGE", lasting(Role::Auditor, "jane", 90 * day + 1)),
            ("LIFETIME_OUT_OF_RANGE", lasting(Role::Operator, "jane", day + 1)),
            ("LIFETIME_OUT_OF_RANGE", lasting(Role::Brand, &house.to_string(), 3601)),
            ("LIFETIME_OUT_OF_RANGE", lasting(Role::Customer, &ana.to_string(), i64::MAX)),
            ("SUBJECT_INVALID", wanted(Role::Auditor, " ")),
            ("SUBJECT_INVALID", wanted(Role::Operator, &"x".repeat(101))),
            ("SUBJECT_INVALID", wanted(Role::Operator, "a\nb")),
            ("SUBJECT_INVALID", wanted(Role::Operator, "\u{202E}enaj")),
            ("SUBJECT_INVALID", wanted(Role::Auditor, "jane\u{200B}\u{1B}[2J")),
            ("SUBJECT_UNKNOWN", wanted(Role::Customer, "ana")),
            ("SUBJECT_UNKNOWN", wanted(Role::Customer, &house.to_string())),
            ("SUBJECT_UNKNOWN", wanted(Role::Customer, &gone.to_string())),
            ("SUBJECT_UNKNOWN", wanted(Role::Customer, &deployment)),
            ("SUBJECT_UNKNOWN", wanted(Role::Brand, &ana.to_string())),
            ("SCOPE_INVALID", NewToken { scopes: vec!["ledger.read token.issue".to_owned()], ..wanted(Role::Auditor, "jane") }),
            ("SCOPE_INVALID", NewToken { scopes: vec![String::new()], ..wanted(Role::Auditor, "jane") }),
        ] {
            assert_eq!(vault.issue_token(operator(), new.clone(), None).await.expect_err("refused").reason(), reason, "{new:?}");
        }
        assert_eq!(rows(place).await, before);
        let longest = lasting(Role::Customer, &ana.to_string(), 90 * day);
        let (made, _) = vault.issue_token(operator(), NewToken { certificate: Some([5; 32]), ..longest }, None).await.expect("a token");
        assert_eq!((made.certificate, made.expires_at), (Some([5; 32]), vault.now().plus_days(90)));
        let act = vault.deployment_entries(&PageRequest::first(1)).await.expect("entries").items.remove(0).details;
        assert_eq!(act.kind, "token.issued");
        let reason = act.reason.expect("which token");
        assert!(reason.contains(&made.id.to_string()) && !reason.contains(&ana.to_string()), "{reason}");
    })
    .await;
}

#[tokio::test]
async fn tokens_are_listed_by_whom_they_stand_for() {
    on_each_database("token_list", async |vault, clock| {
        let mut made = Vec::new();
        for subject in ["jane", "jane", "john", "jane"] {
            clock.advance_seconds(1);
            made.insert(0, token(&vault, subject).await.0);
        }
        let first = vault.tokens(None, &PageRequest::first(3)).await.expect("a page");
        assert_eq!(first.items, made[..3]);
        let rest = vault.tokens(None, &PageRequest::new(3, &first.next).expect("a page")).await.expect("a page");
        assert_eq!((rest.items.as_slice(), rest.next.as_str()), (&made[3..], ""));
        let janes = vault.tokens(Some("jane"), &PageRequest::first(10)).await.expect("a page");
        assert_eq!(janes.items, [made[0].clone(), made[2].clone(), made[3].clone()]);
        assert!(vault.tokens(Some("jan"), &PageRequest::first(10)).await.expect("a page").items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_assertion_is_used_once() {
    on_each_place("assertions", async |place| {
        let (vault, clock) = place.open().await;
        let end = vault.now().plus_seconds(300);
        let used = async |issuer: &str, jti: &str| vault.use_assertion(issuer, jti, end).await.expect("asked");
        assert!(used("brands/a", "1").await);
        assert!(!used("brands/a", "1").await);
        assert!(used("brands/a", "2").await);
        assert!(used("brands/b", "1").await);
        assert!(used("brands/a1", "").await, "where the issuer ends and the id begins counts");
        assert!(!vault.use_assertion("brands/a", "3", vault.now()).await.expect("asked"), "one that has ended");
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let vault = Arc::clone(&vault);
                tokio::spawn(async move { vault.use_assertion("brands/a", "same", end).await.expect("asked") })
            })
            .collect();
        let mut first = 0;
        for call in calls {
            first += u32::from(call.await.expect("no panic"));
        }
        assert_eq!(first, 1);
        let kept = async || place.number("SELECT COUNT(*) FROM assertion").await;
        assert_eq!(kept().await, 5);
        // Another server's clock may be behind: what has ended is kept for an hour.
        clock.set(end.plus_seconds(3600));
        assert_eq!((vault.forget_assertions().await.expect("tidied"), kept().await), (0, 5));
        clock.advance_seconds(1);
        assert_eq!((vault.forget_assertions().await.expect("tidied"), kept().await), (5, 0));
    })
    .await;
}

#[tokio::test]
async fn used_assertions_do_not_pile_up() {
    on_each_place("pile", async |place| {
        let (vault, clock) = place.open().await;
        for number in 0..300 {
            assert!(vault.use_assertion("brands/a", &number.to_string(), vault.now().plus_seconds(1)).await.expect("asked"));
            clock.advance_seconds(60);
        }
        let kept = place.number("SELECT COUNT(*) FROM assertion").await;
        assert!(kept < 250, "{kept} of 300 are kept");
    })
    .await;
}

#[tokio::test]
async fn what_ends_on_one_server_ends_on_the_other_within_a_second() {
    on_postgres("elsewhere", async |place| {
        let ((one, _), (two, clock)) = (place.open().await, place.open().await);
        let house = brand(&one, "Maison Alba").await;
        let bound = one.register_certificate(operator(), house, [1; 32], year(&one), None).await.expect("bound");
        let (made, secret) = token(&one, "jane").await;
        assert_eq!((of(&two, [1; 32]).await, counts(&two, &secret).await), (Some(house), true));
        one.revoke_credential(operator(), house, bound.id, None).await.expect("revoked");
        one.revoke_token(operator(), made.id, None).await.expect("revoked");
        assert!(one.use_assertion("brands/a", "1", one.now().plus_seconds(300)).await.expect("asked"));
        assert!(!two.use_assertion("brands/a", "1", one.now().plus_seconds(300)).await.expect("asked"), "used on the other server");
        clock.advance_seconds(1);
        assert_eq!((of(&two, [1; 32]).await, counts(&two, &secret).await), (None, false));
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_stands_still_does_not_keep_a_revoked_token_alive() {
    on_postgres("still_clock", async |place| {
        let ((one, _), (two, _)) = (place.open().await, place.open().await);
        let (made, secret) = token(&one, "jane").await;
        assert!(counts(&two, &secret).await);
        one.revoke_token(operator(), made.id, None).await.expect("revoked");
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        assert!(!counts(&two, &secret).await);
    })
    .await;
}
