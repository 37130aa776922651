//! Tokens by signed assertion (`private_key_jwt`), bound to the certificate that they were fetched with.

use bytes::Bytes;
use coffret_proto::v1;
use coffret_proto::v1::identity_service_client::IdentityServiceClient;
use coffret_services::names;
use coffret_vault::credential::Role;
use coffret_vault::id::BrandId;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::KeyPair;
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::deployment::{Deployment, FAR, operator};
use crate::raw::Client;
use crate::world::refusal;

const WHO: &str = "/coffret.v1.IdentityService/WhoAmI";

struct Signer {
    header: Header,
    key: EncodingKey,
    claims: Value,
}

impl Signer {
    fn sign(&self) -> String {
        jsonwebtoken::encode(&self.header, &self.claims, &self.key).expect("signed")
    }
}

fn key_of(algorithm: Algorithm) -> (KeyPair, EncodingKey) {
    let pair = match algorithm {
        Algorithm::EdDSA => KeyPair::generate_for(&rcgen::PKCS_ED25519),
        Algorithm::ES256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
        _ => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048),
    };
    let pair = pair.expect("a key");
    let pem = pair.serialize_pem();
    let key = match algorithm {
        Algorithm::EdDSA => EncodingKey::from_ed_pem(pem.as_bytes()),
        Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
        _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
    };
    (pair, key.expect("a signing key"))
}

/// A brand's signer whose key an operator has registered over gRPC.
async fn signer(deployment: &Deployment, brand: BrandId, algorithm: Algorithm) -> Signer {
    let (pair, key) = key_of(algorithm);
    let (otto, _) = deployment.bearer(Role::Operator, "operators/otto".to_owned(), 3600).await;
    let asked = v1::RegisterClientKeyRequest {
        brand: names::brand_name(brand),
        public_key_pem: pair.public_key_pem(),
        expire_time: Some(names::timestamp(deployment.vault.now().plus_days(100))),
        request_id: String::new(),
    };
    let registered = IdentityServiceClient::new(otto.channel.clone()).register_client_key(otto.request(asked)).await.expect("registered");
    let mut header = Header::new(algorithm);
    header.kid = Some(registered.into_inner().credential.expect("a credential").name);
    let (name, now) = (names::brand_name(brand), deployment.vault.now().seconds());
    let claims = json!({"iss": name, "sub": name, "aud": "https://vault.test", "exp": now + 200, "iat": now, "jti": "one"});
    Signer { header, key, claims }
}

async fn exchange(client: &Client, assertion: String) -> Result<v1::ExchangeAssertionResponse, Status> {
    let asked = v1::ExchangeAssertionRequest { assertion, scopes: Vec::new() };
    IdentityServiceClient::new(client.channel.clone()).exchange_assertion(client.request(asked)).await.map(tonic::Response::into_inner)
}

fn assert_refused(answer: Result<v1::ExchangeAssertionResponse, Status>, what: &str) {
    let refused = answer.expect_err(what);
    assert_eq!(refused.code(), Code::Unauthenticated, "{what}");
    assert_eq!(refused.get_error_details().error_info().expect("a reason").reason, "ASSERTION_INVALID", "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_key_gives_a_token_and_each_assertion_counts_once() {
    let deployment = Deployment::start().await;
    let anyone = deployment.anyone().await;
    for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
        let brand = deployment.brand(&format!("Maison {algorithm:?}")).await;
        let signer = signer(&deployment, brand, algorithm).await;
        let got = exchange(&anyone, signer.sign()).await.expect("a token");
        assert_eq!(got.expires_in.expect("a life").seconds, 600);
        let client = Client { token: Some(got.access_token), ..anyone.clone() };
        let answer = client.call(WHO, Bytes::new()).await.expect("known");
        let answer: v1::WhoAmIResponse = prost::Message::decode(answer).expect("decodes");
        assert_eq!(answer.name, names::brand_name(brand));
        assert_refused(exchange(&anyone, signer.sign()).await, "a second time");
        deployment.clock.advance_seconds(601);
        assert_eq!(client.call(WHO, Bytes::new()).await.expect_err("over").code(), Code::Unauthenticated);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_that_is_wrong_in_any_way_gives_nothing() {
    let deployment = Deployment::start().await;
    let anyone = deployment.anyone().await;
    let (brand, other) = (deployment.brand("Maison").await, deployment.brand("Atelier").await);
    let mut signer = signer(&deployment, brand, Algorithm::EdDSA).await;
    let (good, now) = (signer.claims.clone(), deployment.vault.now().seconds());
    let wrong = [
        ("iss", json!(names::brand_name(other))),
        ("sub", json!(names::brand_name(other))),
        ("aud", json!("https://elsewhere.test")),
        ("exp", json!(now)),
        ("exp", json!(now + 400)),
        ("iat", json!(now + 120)),
        ("jti", json!("")),
        ("jti", json!(7)),
        ("exp", json!("soon")),
    ];
    for (claim, value) in wrong {
        signer.claims = good.clone();
        signer.claims[claim] = value.clone();
        assert_refused(exchange(&anyone, signer.sign()).await, &format!("{claim} {value}"));
    }
    signer.claims = good;
    let kid = signer.header.kid.clone().expect("a kid");
    for bad in [None, Some(String::new()), Some(kid.replace(&brand.to_string(), &other.to_string())), Some(format!("{kid}0"))] {
        signer.header.kid = bad.clone();
        assert_refused(exchange(&anyone, signer.sign()).await, &format!("kid {bad:?}"));
    }
    signer.header.kid = Some(kid);
    let whole = signer.sign();
    let unsigned = format!("{}.", whole.rsplit_once('.').expect("parts").0);
    for bad in [String::new(), "a.b.c".to_owned(), unsigned, whole[..whole.len() - 4].to_owned(), "x".repeat(9000)] {
        assert_refused(exchange(&anyone, bad.clone()).await, &bad);
    }
    let another = Signer { header: signer.header.clone(), key: key_of(Algorithm::EdDSA).1, claims: signer.claims.clone() };
    assert_refused(exchange(&anyone, another.sign()).await, "another key");
    // The public key as the secret of a symmetric signature.
    let mut header = Header::new(Algorithm::HS256);
    header.kid.clone_from(&signer.header.kid);
    let forged = Signer { header, key: EncodingKey::from_secret(b"-----BEGIN PUBLIC KEY-----"), claims: signer.claims.clone() };
    assert_refused(exchange(&anyone, forged.sign()).await, "a symmetric signature");
    assert!(exchange(&anyone, whole).await.is_ok(), "none of these used the good one up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_or_whose_brand_is_suspended_gives_nothing() {
    let deployment = Deployment::start().await;
    let anyone = deployment.anyone().await;
    let brand = deployment.brand("Maison").await;
    let mut signer = signer(&deployment, brand, Algorithm::EdDSA).await;
    deployment.vault.suspend_brand(operator(), brand, "A test.".to_owned(), None).await.expect("suspended");
    let refused = exchange(&anyone, signer.sign()).await.expect_err("suspended");
    assert_eq!(refused.get_error_details().error_info().expect("a reason").reason, "BRAND_SUSPENDED");
    deployment.vault.reinstate_brand(operator(), brand, None).await.expect("reinstated");
    let credential = deployment.vault.credentials(brand).await.expect("listed")[0].id;
    deployment.vault.revoke_credential(operator(), brand, credential, None).await.expect("revoked");
    signer.claims["jti"] = json!("two");
    assert_refused(exchange(&anyone, signer.sign()).await, "a revoked key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_fetched_with_a_certificate_counts_with_that_certificate_alone() {
    let deployment = Deployment::start().await;
    let brand = deployment.brand("Maison").await;
    let signer = signer(&deployment, brand, Algorithm::EdDSA).await;
    let (own, second) =
        (deployment.certificate(brand, "one.maison.example").await, deployment.certificate(brand, "two.maison.example").await);
    let unregistered = deployment.authority.issue("stranger.example", FAR);
    let with = |channel, token: &str| Client { channel, token: Some(token.to_owned()) };
    let at_fetch = Client { channel: deployment.connect(Some(&own)).await, token: None };
    let token = exchange(&at_fetch, signer.sign()).await.expect("a token").access_token;
    assert!(with(at_fetch.channel.clone(), &token).call(WHO, Bytes::new()).await.is_ok());
    assert!(with(deployment.connect(Some(&own)).await, &token).call(WHO, Bytes::new()).await.is_ok(), "on another connection too");
    for identity in [None, Some(&second), Some(&unregistered)] {
        let refused = with(deployment.connect(identity).await, &token).call(WHO, Bytes::new()).await.expect_err("bound");
        assert_eq!(refused.code(), Code::Unauthenticated);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brands_certificate_does_not_fetch_another_brands_token() {
    let deployment = Deployment::start().await;
    let (brand, other) = (deployment.brand("Maison").await, deployment.brand("Atelier").await);
    let signer = signer(&deployment, brand, Algorithm::EdDSA).await;
    let issued = deployment.certificate(other, "atelier.example").await;
    let client = Client { channel: deployment.connect(Some(&issued)).await, token: None };
    assert_refused(exchange(&client, signer.sign()).await, "another brand's certificate");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_issued_once_under_its_request_id() {
    let deployment = Deployment::start().await;
    let (otto, _) = deployment.bearer(Role::Operator, "operators/otto".to_owned(), 3600).await;
    let asked = v1::IssueTokenRequest {
        role: v1::Role::Auditor.into(),
        subject: "auditors/jane".to_owned(),
        lifetime: Some(names::duration(3600)),
        request_id: "01890000-0000-4000-8000-000000000001".to_owned(),
        ..Default::default()
    };
    let issue = |asked: v1::IssueTokenRequest| {
        let request = otto.request(asked);
        let mut client = IdentityServiceClient::new(otto.channel.clone());
        async move { client.issue_token(request).await.map(tonic::Response::into_inner) }
    };
    let first = issue(asked.clone()).await.expect("issued");
    assert!(first.secret.starts_with("cft_"));
    let again = issue(asked.clone()).await.expect_err("again");
    assert_eq!(refusal(&again), (Code::AlreadyExists, "TOKEN_ALREADY_ISSUED".to_owned()));
    assert!(again.message().ends_with('.') && !again.message().contains("cft_"), "{again:?}");
    let other = v1::IssueTokenRequest { subject: "auditors/joan".to_owned(), ..asked.clone() };
    assert_eq!(refusal(&issue(other).await.expect_err("another")), (Code::InvalidArgument, "REQUEST_ID_REUSED".to_owned()));
    let longer = v1::IssueTokenRequest { lifetime: Some(names::duration(91 * 86_400)), request_id: String::new(), ..asked };
    assert_eq!(issue(longer).await.expect_err("too long").code(), Code::InvalidArgument);
}
