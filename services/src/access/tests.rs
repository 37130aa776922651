use std::collections::BTreeMap;
use std::time::Duration;

use coffret_proto::v1::access_service_server::AccessService as _;
use coffret_vault::consent::{Contact, Fetch, Item, Mode, PurposeRef, Terms};
use coffret_vault::customer::NewCustomer;
use coffret_vault::id::{CustomerId, GrantId};
use coffret_vault::ledger::Who;
use coffret_vault::operation::NewBrand;
use coffret_vault::record::{NewRecord, Source};
use coffret_vault::testing::vault_in;
use tokio::time::timeout;

use super::*;
use crate::caller::Identity;

const EMAIL: &str = "ada@example.org";
const HEIGHT: &str = "body.height";

struct Scene {
    _folder: tempfile::TempDir,
    vault: Arc<Vault>,
    service: AccessService,
    caller: Arc<Caller>,
    customer: CustomerId,
    grant: GrantId,
}

/// A customer with a height, and a brand to which it is granted in a mode.
async fn scene(mode: Mode) -> Scene {
    let folder = tempfile::tempdir().expect("a folder");
    let (vault, _clock) = vault_in(folder.path(), 3).await.expect("opens");
    let operator = || Who::Operator("operators/test".to_owned());
    let new = NewBrand {
        title: "House".to_owned(),
        legal_name: "House SA".to_owned(),
        country: "FR".to_owned(),
        contact: "house@example.org".to_owned(),
    };
    let brand = vault.create_brand(operator(), new, None).await.expect("a brand").id;
    let notices = BTreeMap::from([("en".to_owned(), "To fit.".to_owned())]);
    let dpv = "https://w3id.org/dpv#Personalisation".to_owned();
    vault.publish_purpose(operator(), brand, "advice".to_owned(), dpv, notices, None).await.expect("a purpose");
    let identifiers = vec![Identifier::Email(EMAIL.to_owned())];
    let new = NewCustomer { language: "en".to_owned(), time_zone: "UTC".to_owned(), identifiers };
    let customer = vault.create_customer(operator(), new, None).await.expect("a customer").id;
    let value = vault.catalogue().get(HEIGHT).expect("a type").example().clone();
    let record = NewRecord { id: None, attribute: HEIGHT.to_owned(), value, expected_version: None };
    vault.put_records(customer, Who::Customer, Source::Customer, vec![record], None).await.expect("a record");
    let terms = Terms {
        purpose: PurposeRef { code: "advice".to_owned(), version: 1 },
        items: vec![Item { attribute: HEIGHT.to_owned(), view: View::Raw, needed: true, reason: "To fit.".to_owned() }],
        mode,
        data_range: None,
        not_before: None,
        expires_at: vault.now().plus_days(30),
        fetch: Fetch::Periodic,
        uses: None,
        frequency: None,
        data_life_days: Some(30),
        onward: Vec::new(),
        predictions: false,
        contact: Contact::None,
        reward: None,
    };
    let ask = NewAsk { identifier: Identifier::Email(EMAIL.to_owned()), terms, accept_at_once: None };
    let request = vault.ask(brand, ask, None).await.expect("a request");
    let seen = vault.purpose(brand, "advice").await.expect("a purpose").0.notice_seen("en").expect("a notice");
    let notice = Some((seen.sha256, seen.language));
    let decision = vault.approve(customer, Who::Customer, request.id, None, notice, None).await.expect("a yes");
    let grant = GrantId(decision.grant.expect("a grant").grant.id());
    let caller = Arc::new(Caller::new(Identity::Brand(brand), Vec::new()));
    Scene { _folder: folder, service: AccessService::new(Arc::clone(&vault)), vault, caller, customer, grant }
}

impl Scene {
    fn call<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(Arc::clone(&self.caller));
        request
    }

    fn name(&self) -> String {
        format!("brands/me/grants/{}", self.grant)
    }

    fn stop(&self) -> tokio::task::JoinHandle<bool> {
        let (vault, customer, grant) = (Arc::clone(&self.vault), self.customer, self.grant);
        tokio::spawn(async move { vault.revoke(customer, Who::Customer, grant, None).await.is_ok() })
    }
}

#[tokio::test]
async fn a_stop_returns_only_after_the_answer_in_flight_has_been_handed_over() {
    let scene = scene(Mode::Store).await;
    let read = v1::ReadRecordsRequest { grant: scene.name(), reason: "To fit.".to_owned(), ..Default::default() };
    let response = scene.service.read_records(scene.call(read)).await.expect("answers");
    let (metadata, message, extensions) = response.into_parts();
    let mut stop = scene.stop();
    assert!(timeout(Duration::from_millis(300), &mut stop).await.is_err(), "the answer is still here");
    drop((metadata, message));
    assert!(timeout(Duration::from_millis(100), &mut stop).await.is_err(), "its head is still here");
    drop(extensions);
    assert!(timeout(Duration::from_secs(10), stop).await.expect("returns").expect("runs"));
}

#[tokio::test]
async fn a_brand_that_does_not_read_its_stream_cannot_hold_off_a_stop() {
    let scene = scene(Mode::Stream).await;
    let open = v1::StreamRecordsRequest { grant: scene.name(), reason: "To fit.".to_owned(), ..Default::default() };
    let mut stream = scene.service.stream_records(scene.call(open)).await.expect("opens").into_inner();
    let first = stream.next().await.expect("goes on").expect("a piece");
    assert_eq!(first.records.len(), 1);
    assert!(timeout(Duration::from_secs(10), scene.stop()).await.expect("returns").expect("runs"));
    let ended = stream.next().await.expect("tells").expect_err("stopped");
    assert_eq!(ended.code(), tonic::Code::FailedPrecondition);
}

#[test]
fn a_value_is_moved_to_the_wire_and_not_copied() {
    let value = "{\"value\":172}".to_owned();
    let at = value.as_ptr();
    let record = ReleasedRecord {
        id: coffret_vault::id::RecordId(uuid::Uuid::from_u128(1)),
        version: 2,
        attribute: HEIGHT.to_owned(),
        view: View::Masked,
        value: zeroize::Zeroizing::new(value),
        time: coffret_vault::clock::Timestamp::from_seconds(5),
    };
    let wire = released_record(Subject([7; 16]), record);
    assert_eq!((wire.value_json.as_ptr(), wire.view(), wire.version), (at, v1::View::Masked, 2));
    assert_eq!(wire.name, format!("subjects/{}/records/{}", "07".repeat(16), uuid::Uuid::from_u128(1)));
}
