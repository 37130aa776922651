//! A yes is signed by the passkey of whoever has one: this text, this language, these terms. No and stop are not.

use std::collections::BTreeMap;
use std::sync::Arc;

use coffret_vault::Vault;
use coffret_vault::consent::{Mode, RequestState, Terms, View};
use coffret_vault::decision::{Decision, Yes};
use coffret_vault::error::Error;
use coffret_vault::id::{BrandId, CustomerId, GrantId, RequestId};
use coffret_vault::ledger::{Agreement, Who};
use coffret_vault::once::Once;
use coffret_vault::passkey::{Begun, Fresh, RelyingParty};
use coffret_vault::receipt::verify::{Outcome, check};
use serde_json::Value;
use uuid::Uuid;

use crate::authenticator::{Authenticator, ORIGIN};
use crate::databases::{Place, on_each_database, on_each_place};
use crate::stage::{ask, brand, customer, item, operator, put, terms};

/// What a device claims wrongly; beside it somebody else's.
type Lie = fn(&mut Authenticator, &Authenticator);

const EMAIL: &str = "ana@example.org";

fn party() -> RelyingParty {
    RelyingParty::new(ORIGIN, None).expect("a relying party")
}

fn reason<T>(answer: Result<T, Error>) -> &'static str {
    answer.err().expect("refused").reason()
}

/// A customer with a passkey, whom a brand asks for a shoe size.
struct Scene {
    house: BrandId,
    ana: CustomerId,
    device: Authenticator,
    request: RequestId,
    terms: Terms,
}

impl Scene {
    async fn new(vault: &Vault) -> Self {
        let (house, ana) = (brand(vault, "Maison Alba").await, customer(vault, EMAIL).await);
        let notices = [("en", "We use this to prepare your visit."), ("fr", "Pour préparer votre visite.")];
        let notices: BTreeMap<String, String> = notices.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into();
        let dpv = "https://w3id.org/dpv#ServicePersonalisation".to_owned();
        vault.publish_purpose(operator(), house, "advice".to_owned(), dpv, notices, None).await.expect("a purpose");
        put(vault, ana, "body.shoe_size").await;
        let device = enrol(vault, ana, 1).await;
        let terms = terms(vault, vec![item("body.shoe_size", View::Raw, true)]);
        let request = ask(vault, house, EMAIL, terms.clone()).await.expect("asked").id;
        Self { house, ana, device, request, terms }
    }

    /// A yes in a language, not signed.
    async fn yes(&self, vault: &Vault, language: &str) -> Yes {
        let (purpose, _) = vault.purpose(self.house, "advice").await.expect("a purpose");
        let seen = purpose.notice_seen(language).expect("a notice");
        Yes { terms: Some(self.terms.clone()), notice: Some((seen.sha256, seen.language)), fresh: None }
    }

    async fn begin(&self, vault: &Vault, yes: &Yes) -> Begun {
        let begun = vault.begin_yes(&party(), self.ana, Who::Customer, self.request, yes).await.expect("begun");
        begun.expect("a signature is asked for")
    }

    /// The yes, signed.
    async fn signed(&mut self, vault: &Vault, yes: &Yes) -> Yes {
        let begun = self.begin(vault, yes).await;
        let assertion = self.device.get(&begun.options_json);
        Yes { fresh: Some(Fresh { party: party(), handle: begun.handle, assertion }), ..yes.clone() }
    }

    async fn say(&self, vault: &Vault, yes: Yes) -> Result<Decision, Error> {
        vault.agree(self.ana, Who::Customer, self.request, yes, None).await
    }
}

async fn enrol(vault: &Vault, customer: CustomerId, seed: u8) -> Authenticator {
    let mut device = Authenticator::new(seed);
    let code = vault.invite(customer, operator(), None).await.expect("an invitation").code;
    let begun = vault.begin_enrolment(&party(), &code).await.expect("begun");
    let made = device.create(&begun.options_json);
    vault.finish_enrolment(&party(), &begun.handle, &made, &["consent.decide".to_owned()]).await.expect("enrolled");
    device
}

/// Everything that a refused yes must leave as it was; used handles are kept apart.
async fn standing(place: &Place) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["ledger_entry", "access_grant", "outbox", "replay"] {
        counts.push(place.number(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    for table in ["passkey", "access_request", "customer"] {
        counts.push(place.number(&format!("SELECT CAST(SUM(version) AS BIGINT) FROM {table}")).await);
    }
    counts
}

#[tokio::test]
async fn a_yes_is_signed_and_its_receipt_says_so_to_anybody() {
    on_each_database("step_up", async |vault, clock| {
        let mut scene = Scene::new(&vault).await;
        let yes = scene.yes(&vault, "fr").await;
        let begun = scene.begin(&vault, &yes).await;
        let options: Value = serde_json::from_str(&begun.options_json).expect("JSON");
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
        let yes = scene.signed(&vault, &yes).await;
        clock.advance_seconds(60);
        let decision = scene.say(&vault, yes).await.expect("a yes");
        assert!(decision.grant.is_some());
        let listed = vault.entrances(scene.ana).await.expect("a list").passkeys;
        assert_eq!(listed[0].used_at, Some(vault.now()), "the passkey was used");

        let entry = decision.receipt.entry.clone();
        let signed = entry.signed.clone().expect("the signature");
        let seen = coffret_vault::receipt::statement::notice_seen(entry.notice.as_deref().expect("a notice")).expect("reads");
        let agreed = |customer, request, seen, terms: &str| Agreement::new(customer, request, seen, terms.to_owned());
        let terms_sha256 = entry.terms_sha256.clone().expect("a hash");
        assert_eq!(signed.check(&agreed(scene.ana, scene.request, seen.clone(), &terms_sha256)), Ok(ORIGIN.to_owned()));
        // Of nothing else: other terms, another language, text, version, request, customer.
        let mut others = vec![
            agreed(scene.ana, scene.request, seen.clone(), &"0".repeat(64)),
            agreed(scene.ana, RequestId(Uuid::from_u128(1)), seen.clone(), &terms_sha256),
            agreed(CustomerId(Uuid::from_u128(1)), scene.request, seen.clone(), &terms_sha256),
        ];
        for change in 0..3 {
            let mut seen = seen.clone();
            match change {
                0 => seen.language = "en".to_owned(),
                1 => seen.sha256 = "0".repeat(64),
                _ => seen.version += 1,
            }
            others.push(agreed(scene.ana, scene.request, seen, &terms_sha256));
        }
        for other in &others {
            assert!(signed.check(other).is_err(), "{other:?}");
        }
        let mut forged = signed.clone();
        forged.signature.replace_range(20..21, if &forged.signature[20..21] == "A" { "B" } else { "A" });
        assert!(forged.check(&agreed(scene.ana, scene.request, seen, &terms_sha256)).is_err());

        let receipt = vault.receipt(scene.ana, decision.receipt.sequence).await.expect("a receipt");
        let report = check(&receipt.jws, &vault.receipt_keys(), None);
        assert!(report.is_sound(), "{report:?}");
        let outcome = report.checks.iter().find(|check| check.name == "passkey").map(|check| check.outcome);
        assert_eq!(outcome, Some(Outcome::Pass), "{report:?}");
        assert_eq!(report.statement.expect("a statement").consent.signed_with.as_deref(), Some("passkey"));
        assert_eq!(vault.check_ledger(None).await.expect("a check").faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_yes_that_is_not_signed_or_not_this_one_is_refused_and_changes_nothing() {
    on_each_place("step_up_refused", async |place| {
        let (vault, clock) = place.open().await;
        let mut scene = Scene::new(&vault).await;
        let ben = customer(&vault, "ben@example.org").await;
        let other = enrol(&vault, ben, 2).await;
        let yes = scene.yes(&vault, "en").await;
        let before = standing(place).await;
        assert_eq!(reason(scene.say(&vault, yes.clone()).await), "STEP_UP_REQUIRED");
        assert_eq!(
            reason(vault.approve(scene.ana, Who::Customer, scene.request, None, yes.notice.clone(), None).await),
            "STEP_UP_REQUIRED"
        );

        // Signed for other terms, or another language: the handle shows it, and so would the challenge.
        let mut shorter = yes.clone();
        shorter.terms.as_mut().expect("terms").expires_at = vault.now().plus_days(30);
        let french = scene.yes(&vault, "fr").await;
        for signed_for in [&shorter, &french] {
            let fresh = scene.signed(&vault, signed_for).await.fresh;
            assert_eq!(reason(scene.say(&vault, Yes { fresh, ..yes.clone() }).await), "SIGNED_SOMETHING_ELSE");
        }
        // The right handle, with what was signed for another one.
        let fresh = scene.signed(&vault, &shorter).await.fresh.expect("signed");
        let handle = scene.begin(&vault, &yes).await.handle;
        assert_eq!(reason(scene.say(&vault, Yes { fresh: Some(Fresh { handle, ..fresh }), ..yes.clone() }).await), "PASSKEY_REFUSED");
        // Signed for another request.
        let mut wider = scene.terms.clone();
        (wider.mode, wider.purpose.code) = (Mode::View, "gifts".to_owned());
        crate::stage::publish(&vault, scene.house, "gifts", "Gifts.").await;
        let first = scene.request;
        let fresh = scene.signed(&vault, &yes).await.fresh;
        let second = ask(&vault, scene.house, EMAIL, wider).await.expect("asked").id;
        let before = {
            assert_eq!(standing(place).await[4], before[4], "no passkey was used");
            standing(place).await
        };
        scene.request = second;
        let (purpose, _) = vault.purpose(scene.house, "gifts").await.expect("a purpose");
        let notice = purpose.notice_seen("en").map(|seen| (seen.sha256, seen.language));
        let crossed = Yes { terms: None, notice, fresh };
        assert_eq!(reason(scene.say(&vault, crossed).await), "SIGNED_SOMETHING_ELSE");
        scene.request = first;

        let lies: [(&str, Lie); 7] = [
            ("nobody verified", |device, _| device.verified = false),
            ("nobody present", |device, _| device.present = false),
            ("another origin", |device, _| device.origin = "https://my.example.com".to_owned()),
            ("another relying party", |device, _| device.rp_id = "example.org".to_owned()),
            ("another ceremony", |device, _| device.kind = Some("webauthn.create")),
            ("another's passkey", |device, other| *device = other.clone()),
            ("another's name", |device, other| device.user.clone_from(&other.user)),
        ];
        let own = scene.device.clone();
        for (what, lie) in lies {
            lie(&mut scene.device, &other);
            let signed = scene.signed(&vault, &yes).await;
            assert_eq!(reason(scene.say(&vault, signed).await), "PASSKEY_REFUSED", "{what}");
            scene.device = own.clone();
        }
        // A handle of a sign-in, of nobody, and one that has ended.
        let begun = vault.begin_sign_in(&party()).expect("begun");
        let fresh = Fresh { party: party(), assertion: scene.device.get(&begun.options_json), handle: begun.handle };
        assert_eq!(reason(scene.say(&vault, Yes { fresh: Some(fresh.clone()), ..yes.clone() }).await), "CEREMONY_ENDED");
        let nobodys = Fresh { handle: "nonsense".to_owned(), ..fresh };
        assert_eq!(reason(scene.say(&vault, Yes { fresh: Some(nobodys), ..yes.clone() }).await), "CEREMONY_ENDED");
        let late = scene.signed(&vault, &yes).await;
        clock.advance_seconds(300);
        assert_eq!(reason(scene.say(&vault, late).await), "CEREMONY_ENDED");
        assert_eq!(standing(place).await, before);
        assert_eq!(vault.request(scene.ana, first).await.expect("there").state(), RequestState::Pending);
        // And then it is signed as it should be.
        scene.device.counter = 20;
        let signed = scene.signed(&vault, &yes).await;
        scene.say(&vault, signed).await.expect("a yes");
    })
    .await;
}

#[tokio::test]
async fn a_signature_counts_once() {
    on_each_place("step_up_once", async |place| {
        let (vault, _) = place.open().await;
        let mut scene = Scene::new(&vault).await;
        scene.device.counts = false;
        // An offer of less than is needed leaves the brand to answer; the same signature says no second yes.
        let mut yes = scene.yes(&vault, "en").await;
        yes.terms.as_mut().expect("terms").items[0].view = View::Masked;
        let signed = scene.signed(&vault, &yes).await;
        let call = Once::new("customers/ana", "ApproveRequest", Uuid::from_u128(7), b"asked");
        let agree = || vault.agree(scene.ana, Who::Customer, scene.request, signed.clone(), Some(&call));
        let decision = agree().await.expect("an offer");
        assert!(decision.grant.is_none() && decision.receipt.entry.signed.is_some(), "an offer is signed as well");
        assert_eq!(agree().await.expect("the same call").receipt, decision.receipt);
        let before = standing(place).await;
        assert_eq!(reason(scene.say(&vault, signed.clone()).await), "REQUEST_COUNTERED");
        assert_eq!(standing(place).await, before);
        // A device that does not count, on a request that somebody set back: the handle is what refuses.
        let mut scene = Scene { device: scene.device, ..again(&vault, "other@example.org").await };
        scene.device = enrol_counterless(&vault, scene.ana).await;
        let yes = scene.yes(&vault, "en").await;
        let signed = scene.signed(&vault, &yes).await;
        let tries: Vec<_> = (0..6)
            .map(|number| {
                let (vault, signed, ana, request) = (Arc::clone(&vault), signed.clone(), scene.ana, scene.request);
                tokio::spawn(async move {
                    let call = Once::new("customers/ana", "ApproveRequest", Uuid::from_u128(number + 100), b"asked");
                    vault.agree(ana, Who::Customer, request, signed, Some(&call)).await.map_err(|error| error.reason())
                })
            })
            .collect();
        let mut done = 0;
        for one in tries {
            match one.await.expect("no panic") {
                Ok(_) => done += 1,
                Err(reason) => assert!(["CEREMONY_ENDED", "REQUEST_ALREADY_DECIDED"].contains(&reason), "{reason}"),
            }
        }
        assert_eq!(done, 1);
    })
    .await;
}

/// Another brand and customer, without a passkey yet.
async fn again(vault: &Vault, email: &str) -> Scene {
    let (house, ana) = (brand(vault, "Casa Ferrante").await, customer(vault, email).await);
    let terms = terms(vault, vec![item("body.shoe_size", View::Raw, true)]);
    let request = ask(vault, house, email, terms.clone()).await.expect("asked").id;
    Scene { house, ana, device: Authenticator::new(9), request, terms }
}

async fn enrol_counterless(vault: &Vault, customer: CustomerId) -> Authenticator {
    enrol(vault, customer, 9).await.counterless()
}

#[tokio::test]
async fn a_handle_that_was_used_signs_no_other_yes() {
    on_each_place("step_up_handle", async |place| {
        let (vault, _) = place.open().await;
        let mut scene = again(&vault, EMAIL).await;
        scene.device = enrol_counterless(&vault, scene.ana).await;
        let yes = scene.yes(&vault, "en").await;
        let signed = scene.signed(&vault, &yes).await;
        place.keep("access_request").await;
        scene.say(&vault, signed.clone()).await.expect("a yes");
        // The request as it was before, put back behind the vault's back: everything fits but the handle.
        place.tamper(&["DELETE FROM access_request".to_owned(), "INSERT INTO access_request SELECT * FROM kept".to_owned()]).await;
        let before = standing(place).await;
        assert_eq!(reason(scene.say(&vault, signed).await), "CEREMONY_ENDED");
        assert_eq!(standing(place).await, before);
    })
    .await;
}

#[tokio::test]
async fn no_and_stop_and_less_are_not_signed_and_whoever_has_no_passkey_decides_as_before() {
    on_each_database("step_up_none", async |vault, _| {
        let mut scene = Scene::new(&vault).await;
        let yes = scene.yes(&vault, "en").await;
        let signed = scene.signed(&vault, &yes).await;
        let grant = scene.say(&vault, signed).await.expect("a yes").grant.expect("a grant");
        let id = GrantId(grant.grant.id());
        vault.pause(scene.ana, Who::Customer, id, None, None).await.expect("paused");
        vault.resume(scene.ana, Who::Customer, id, None).await.expect("resumed");
        let mut less = scene.terms.clone();
        less.expires_at = vault.now().plus_days(3);
        let amended = vault.amend(scene.ana, Who::Customer, id, less, None).await.expect("narrowed").grant.expect("a grant");
        vault.revoke(scene.ana, Who::Customer, GrantId(amended.grant.id()), None).await.expect("stopped");
        crate::stage::publish(&vault, scene.house, "gifts", "Gifts.").await;
        let mut other = scene.terms.clone();
        other.purpose.code = "gifts".to_owned();
        let request = ask(&vault, scene.house, EMAIL, other).await.expect("asked").id;
        vault.decline(scene.ana, Who::Customer, request, None).await.expect("a no");

        let bare = again(&vault, "ben@example.org").await;
        let yes = bare.yes(&vault, "en").await;
        let begun = vault.begin_yes(&party(), bare.ana, Who::Customer, bare.request, &yes).await.expect("asked");
        assert_eq!(begun, None);
        let decision = bare.say(&vault, yes.clone()).await.expect("a yes");
        assert_eq!(decision.receipt.entry.signed, None);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_only_a_way_back_makes_a_passkey_first() {
    on_each_database("step_up_way_back", async |vault, _| {
        let mut scene = Scene::new(&vault).await;
        let only = vault.entrances(scene.ana).await.expect("a list").passkeys[0].id;
        let yes = scene.yes(&vault, "en").await;
        let signed = scene.signed(&vault, &yes).await;
        vault.remove_passkey(scene.ana, Who::Customer, only, None).await.expect("the code is a way back");
        assert_eq!(reason(scene.say(&vault, yes.clone()).await), "STEP_UP_REQUIRED");
        assert_eq!(reason(scene.say(&vault, signed).await), "PASSKEY_REFUSED", "the passkey is gone");
        let begun = vault.begin_yes(&party(), scene.ana, Who::Customer, scene.request, &yes).await;
        assert_eq!(reason(begun), "STEP_UP_REQUIRED");
    })
    .await;
}

#[tokio::test]
async fn what_would_be_refused_is_refused_before_the_passkey_is_asked() {
    on_each_database("step_up_early", async |vault, _| {
        let scene = Scene::new(&vault).await;
        let yes = scene.yes(&vault, "en").await;
        let begin = async |yes: &Yes| vault.begin_yes(&party(), scene.ana, Who::Customer, scene.request, yes).await;
        let mut wider = yes.clone();
        wider.terms.as_mut().expect("terms").expires_at = vault.now().plus_days(200);
        assert_eq!(begin(&wider).await.expect_err("wider").kind(), coffret_vault::error::Kind::InvalidArgument);
        let unseen = Yes { notice: Some(("0".repeat(64), "en".to_owned())), ..yes.clone() };
        assert_eq!(reason(begin(&unseen).await), "NOTICE_CHANGED");
        vault.decline(scene.ana, Who::Customer, scene.request, None).await.expect("a no");
        assert_eq!(reason(begin(&yes).await), "REQUEST_ALREADY_DECIDED");
    })
    .await;
}
