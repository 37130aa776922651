//! Brands and customers of a deployment, each with their clients: what every story needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use coffret_proto::v1;
use coffret_proto::v1::access_service_client::AccessServiceClient;
use coffret_proto::v1::consent_service_client::ConsentServiceClient;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use coffret_proto::v1::record_service_client::RecordServiceClient;
use coffret_vault::Vault;
use coffret_vault::clock::ManualClock;
use coffret_vault::credential::Role;
use coffret_vault::id::{BrandId, CustomerId};
use coffret_vault::page::PageRequest;
use coffret_vault::testing::START;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::deployment::{Deployment, operator};

pub(crate) const DAY: i64 = 86_400;
/// The purpose that every brand has.
pub(crate) const PURPOSE: &str = "advice";
const NOTICE: &str = "We use this to advise you.";

pub(crate) struct World {
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<ManualClock>,
    deployment: Deployment,
}

impl World {
    pub(crate) async fn start() -> Self {
        let deployment = Deployment::start().await;
        Self { vault: Arc::clone(&deployment.vault), clock: Arc::clone(&deployment.clock), deployment }
    }

    pub(crate) async fn stop(self) {
        self.deployment.server.stop().await;
    }

    /// A brand with a purpose and a client certificate, connected.
    pub(crate) async fn brand(&self, title: &str) -> House {
        let id = self.deployment.brand(title).await;
        self.publish(id, NOTICE, "Pour vous conseiller.").await;
        let certificate = self.deployment.certificate(id, "house.example").await;
        let channel = self.deployment.connect(Some(&certificate)).await;
        House { id, access: AccessServiceClient::new(channel.clone()), channel }
    }

    /// The brand's purpose with these notices.
    pub(crate) async fn publish(&self, brand: BrandId, english: &str, french: &str) {
        let notices = BTreeMap::from([("en".to_owned(), english.to_owned()), ("fr".to_owned(), french.to_owned())]);
        let dpv = "https://w3id.org/dpv#Personalisation".to_owned();
        self.vault.publish_purpose(operator(), brand, PURPOSE.to_owned(), dpv, notices, None).await.expect("publishes");
    }

    /// A customer with an e-mail address and a token, connected.
    pub(crate) async fn customer(&self, email: &str) -> Person {
        let id = self.deployment.customer(email).await;
        let (client, _) = self.deployment.bearer(Role::Customer, id.to_string(), 20 * DAY).await;
        let channel = client.channel;
        let bearer = Bearer(format!("Bearer {}", client.token.expect("a token")).parse().expect("ASCII"));
        Person {
            id,
            record: RecordServiceClient::with_interceptor(channel.clone(), bearer.clone()),
            consent: ConsentServiceClient::with_interceptor(channel.clone(), bearer.clone()),
            ledger: LedgerServiceClient::with_interceptor(channel.clone(), bearer.clone()),
            bearer: bearer.0,
            channel,
        }
    }

    /// Everything that a refused call must not have changed: ledger, and the lists of a customer and a brand.
    pub(crate) async fn snapshot(&self, person: &Person, house: &House) -> Snapshot {
        let page = PageRequest::first(1000);
        let check = self.vault.check_ledger(None).await.expect("checks");
        assert_eq!(check.faults, Vec::<String>::new());
        Snapshot {
            entries: check.entries,
            streams: check.streams,
            records: self.vault.records(person.id, None, &page).await.expect("lists").items.len(),
            requests: format!("{:?}", self.vault.requests(person.id, None, &page).await.expect("lists").items),
            grants: format!("{:?}", self.vault.grants(person.id, None, &page).await.expect("lists").items),
            asked: format!("{:?}", self.vault.brand_requests(house.id, &page).await.expect("lists").items),
            changes: self.vault.changes(house.id, Some(0), 1000).await.expect("lists").len(),
        }
    }
}

#[derive(Debug, PartialEq)]
pub(crate) struct Snapshot {
    entries: u64,
    streams: u64,
    records: usize,
    requests: String,
    grants: String,
    asked: String,
    changes: usize,
}

pub(crate) struct House {
    pub(crate) id: BrandId,
    pub(crate) access: AccessServiceClient<Channel>,
    pub(crate) channel: Channel,
}

#[derive(Clone)]
pub(crate) struct Bearer(pub(crate) MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

type Authorized = InterceptedService<Channel, Bearer>;

pub(crate) struct Person {
    pub(crate) id: CustomerId,
    pub(crate) record: RecordServiceClient<Authorized>,
    pub(crate) consent: ConsentServiceClient<Authorized>,
    pub(crate) ledger: LedgerServiceClient<Authorized>,
    pub(crate) bearer: MetadataValue<Ascii>,
    pub(crate) channel: Channel,
}

impl Person {
    /// Stores the catalogue's example of an attribute type.
    pub(crate) async fn put_example(&mut self, attribute: &str) -> v1::Record {
        let kind = coffret_vault::attribute::Catalogue::builtin().get(attribute).expect("an attribute type");
        let record = v1::Record { attribute: attribute.to_owned(), value_json: kind.example().to_string(), ..v1::Record::default() };
        let put = v1::PutRecordRequest { customer: me(), record: Some(record), ..v1::PutRecordRequest::default() };
        self.record.put_record(put).await.expect("stores").into_inner().record.expect("a record")
    }

    /// The newest request that waits.
    pub(crate) async fn pending(&mut self) -> v1::Request {
        let list = v1::ListRequestsRequest { parent: me(), state: v1::RequestState::Pending.into(), ..v1::ListRequestsRequest::default() };
        self.consent.list_requests(list).await.expect("lists").into_inner().requests.into_iter().next().expect("one waits")
    }

    /// Says yes to the newest request, with these terms where given.
    pub(crate) async fn approve(&mut self, terms: Option<v1::Terms>) -> Result<v1::ApproveRequestResponse, Status> {
        let request = self.pending().await;
        Ok(self.consent.approve_request(approval(&request, terms)).await?.into_inner())
    }
}

impl House {
    /// Asks for terms; the answer must be a request.
    pub(crate) async fn ask(&mut self, email: &str, terms: v1::Terms) -> v1::AccessRequest {
        self.try_ask(email, terms).await.expect("asks")
    }

    pub(crate) async fn try_ask(&mut self, email: &str, terms: v1::Terms) -> Result<v1::AccessRequest, Status> {
        let identifier = v1::Identifier { kind: v1::IdentifierKind::Email.into(), value: email.to_owned(), brand: String::new() };
        let ask = v1::RequestAccessRequest { identifier: Some(identifier), terms: Some(terms), ..v1::RequestAccessRequest::default() };
        Ok(self.access.request_access(ask).await?.into_inner().request.expect("a request"))
    }

    pub(crate) async fn read(&mut self, grant: &str) -> Result<v1::ReadRecordsResponse, Status> {
        Ok(self.access.read_records(reading(grant)).await?.into_inner())
    }

    /// 30 days of these items, each with its view and whether it is needed.
    pub(crate) fn terms(&self, items: &[(&str, v1::View, bool)]) -> v1::Terms {
        v1::Terms {
            purpose: format!("brands/{}/purposes/{PURPOSE}", self.id),
            items: items
                .iter()
                .map(|(attribute, view, needed)| v1::Item {
                    attribute: (*attribute).to_owned(),
                    view: (*view).into(),
                    needed: *needed,
                    reason: "So that it fits you.".to_owned(),
                })
                .collect(),
            mode: v1::Mode::Store.into(),
            expire_time: Some(at(30 * DAY)),
            fetch: v1::Fetch::Periodic.into(),
            data_life: Some(prost_types::Duration { seconds: 30 * DAY, nanos: 0 }),
            automated_contact: v1::AutomatedContact::None.into(),
            ..v1::Terms::default()
        }
    }
}

pub(crate) fn me() -> String {
    "customers/me".to_owned()
}

/// So many seconds after the start of all test clocks.
pub(crate) fn at(seconds: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: START.seconds() + seconds, nanos: 0 }
}

pub(crate) fn approval(request: &v1::Request, terms: Option<v1::Terms>) -> v1::ApproveRequestRequest {
    let notice = request.notice.clone().expect("a notice to show");
    v1::ApproveRequestRequest {
        name: request.name.clone(),
        terms,
        notice_sha256: notice.sha256,
        notice_language: notice.language,
        request_id: String::new(),
        step_up: None,
    }
}

pub(crate) fn reading(grant: &str) -> v1::ReadRecordsRequest {
    v1::ReadRecordsRequest { grant: grant.to_owned(), reason: "Advice on sizes.".to_owned(), ..v1::ReadRecordsRequest::default() }
}

/// Code and stable reason of a refusal.
pub(crate) fn refusal(status: &Status) -> (Code, String) {
    (status.code(), status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default())
}

/// The fields that a refusal names.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    details.bad_request().map(|bad| bad.field_violations.iter().map(|one| one.field.clone()).collect()).unwrap_or_default()
}
