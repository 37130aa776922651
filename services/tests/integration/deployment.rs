//! A server over TLS with a small cast: two customers, two brands, an auditor, an operator.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use coffret_services::limit::Limits;
use coffret_services::serve::{Parts, Server};
use coffret_services::tls::{Tls, fingerprint};
use coffret_vault::Vault;
use coffret_vault::clock::ManualClock;
use coffret_vault::consent::{Contact, Fetch, Item, Mode, PurposeRef, Terms, View};
use coffret_vault::credential::{NewToken, Role};
use coffret_vault::customer::{Identifier, NewCustomer};
use coffret_vault::id::{BrandId, CustomerId, TokenId};
use coffret_vault::ledger::Who;
use coffret_vault::operation::NewBrand;
use coffret_vault::record::{NewRecord, Source};
use coffret_vault::request::NewAsk;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use crate::raw::Client;

/// An authority of certificates.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) fingerprint: [u8; 32],
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("params");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("signed").pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate for a server or client of this name, which ends in that year.
    pub(crate) fn issue(&self, name: &str, last_year: i32) -> Issued {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("params");
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_after = rcgen::date_time_ymd(last_year, 1, 1);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("a key");
        let made = params.signed_by(&key, &self.issuer).expect("signed");
        Issued { certificate: made.pem(), key: key.serialize_pem(), fingerprint: fingerprint(made.der()) }
    }
}

/// A year in which no test runs any more.
pub(crate) const FAR: i32 = 2090;

/// A running server and what a test needs to reach it.
pub(crate) struct Deployment {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) authority: Authority,
    pub(crate) server: Server,
}

pub(crate) fn operator() -> Who {
    Who::Operator("operators/test".to_owned())
}

impl Deployment {
    pub(crate) async fn start() -> Self {
        Self::start_with(Limits::none(), Duration::from_secs(5)).await
    }

    pub(crate) async fn start_with(limits: Limits, drain: Duration) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, clock) = coffret_vault::testing::vault_in(folder.path(), 7).await.expect("a vault");
        let authority = Authority::new("test authority");
        let server = authority.issue("localhost", FAR);
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        let tls = Tls {
            certificate: write("server.pem", &server.certificate),
            key: write("server.key", &server.key),
            client_authorities: vec![write("brands.pem", &authority.pem)],
        };
        let parts = Parts {
            listen: "127.0.0.1:0".parse().expect("an address"),
            tls: Some(tls),
            limits,
            audience: "https://vault.test".to_owned(),
            reload_every: Duration::from_millis(50),
            drain,
            ..Parts::default()
        };
        let server = Server::start(parts, Arc::clone(&vault)).await.expect("starts");
        Self { folder, vault, clock, authority, server }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn endpoint(&self, identity: Option<&Issued>) -> Endpoint {
        let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&self.authority.pem)).domain_name("localhost");
        if let Some(issued) = identity {
            tls = tls.identity(Identity::from_pem(&issued.certificate, &issued.key));
        }
        let address = format!("https://127.0.0.1:{}", self.server.address().port());
        Endpoint::from_shared(address).expect("an address").tls_config(tls).expect("a TLS client")
    }

    pub(crate) async fn connect(&self, identity: Option<&Issued>) -> Channel {
        self.endpoint(identity).connect().await.expect("connects")
    }

    /// A caller without a credential.
    pub(crate) async fn anyone(&self) -> Client {
        Client { channel: self.connect(None).await, token: None }
    }

    /// A caller with a token for everything that the role may do.
    pub(crate) async fn bearer(&self, role: Role, subject: String, lifetime_seconds: i64) -> (Client, TokenId) {
        let wire = match role {
            Role::Customer => coffret_proto::v1::Role::Customer,
            Role::Brand => coffret_proto::v1::Role::Brand,
            Role::Auditor => coffret_proto::v1::Role::Auditor,
            Role::Operator => coffret_proto::v1::Role::Operator,
        };
        let scopes = coffret_services::caller::scopes_of(wire).iter().map(|scope| (*scope).to_owned()).collect();
        let new = NewToken { role, subject, scopes, certificate: None, lifetime_seconds };
        let (token, secret) = self.vault.issue_token(operator(), new, None).await.expect("a token");
        (Client { channel: self.connect(None).await, token: Some(secret.as_str().to_owned()) }, token.id)
    }

    pub(crate) async fn customer(&self, email: &str) -> CustomerId {
        let new = NewCustomer {
            language: "en".to_owned(),
            time_zone: "Europe/Paris".to_owned(),
            identifiers: vec![Identifier::Email(email.to_owned())],
        };
        self.vault.create_customer(operator(), new, None).await.expect("a customer").id
    }

    /// A brand with the purpose `advice`.
    pub(crate) async fn brand(&self, title: &str) -> BrandId {
        let new = NewBrand {
            title: title.to_owned(),
            legal_name: format!("{title} SA"),
            country: "FR".to_owned(),
            contact: "privacy@brand.example".to_owned(),
        };
        let brand = self.vault.create_brand(operator(), new, None).await.expect("a brand").id;
        let notices = BTreeMap::from([("en".to_owned(), "To prepare your visit.".to_owned())]);
        let dpv = "https://w3id.org/dpv#ServicePersonalisation".to_owned();
        self.vault.publish_purpose(operator(), brand, "advice".to_owned(), dpv, notices, None).await.expect("a purpose");
        brand
    }

    /// A certificate that is registered for the brand.
    pub(crate) async fn certificate(&self, brand: BrandId, name: &str) -> Issued {
        let issued = self.authority.issue(name, FAR);
        let ends = self.vault.now().plus_days(300);
        self.vault.register_certificate(operator(), brand, issued.fingerprint, ends, None).await.expect("registered");
        issued
    }

    /// A record of the customer's, a request of the brand's for it, and the grant that came of it; as ids in text.
    pub(crate) async fn granted(&self, brand: BrandId, customer: CustomerId, email: &str) -> Agreed {
        let attribute = "body.height";
        let value = self.vault.catalogue().get(attribute).expect("a known type").example().clone();
        let height = value.to_string();
        let record = NewRecord { id: None, attribute: attribute.to_owned(), value, expected_version: None };
        let put = self.vault.put_records(customer, Who::Customer, Source::Customer, vec![record], None).await.expect("a record");
        let item = Item { attribute: attribute.to_owned(), view: View::Raw, needed: true, reason: "To prepare your visit.".to_owned() };
        let terms = Terms {
            purpose: PurposeRef { code: "advice".to_owned(), version: 1 },
            items: vec![item],
            mode: Mode::View,
            data_range: None,
            not_before: None,
            expires_at: self.vault.now().plus_days(180),
            fetch: Fetch::Periodic,
            uses: None,
            frequency: None,
            data_life_days: None,
            onward: Vec::new(),
            predictions: false,
            contact: Contact::None,
            reward: None,
        };
        let ask = NewAsk { identifier: Identifier::Email(email.to_owned()), terms: terms.clone(), accept_at_once: None };
        let request = self.vault.ask(brand, ask, None).await.expect("a request");
        let (purpose, _) = self.vault.purpose(brand, "advice").await.expect("a purpose");
        let seen = purpose.notice_seen("en").expect("a notice");
        let notice = Some((seen.sha256, seen.language));
        let decision = self.vault.approve(customer, Who::Customer, request.id, Some(terms), notice, None).await.expect("a yes");
        let grant = decision.grant.expect("a grant").grant.id().to_string();
        Agreed { record: put[0].id.to_string(), request: request.id.to_string(), grant, subject: request.handle.to_string(), height }
    }
}

/// What a customer and a brand agreed on.
pub(crate) struct Agreed {
    pub(crate) record: String,
    pub(crate) request: String,
    pub(crate) grant: String,
    pub(crate) subject: String,
    pub(crate) height: String,
}
