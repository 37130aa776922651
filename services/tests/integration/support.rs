//! Tokens that an operator issues for a customer who has a key of their own: for support, and seen by the customer.

use coffret_proto::v1;
use coffret_proto::v1::consent_service_client::ConsentServiceClient;
use coffret_proto::v1::identity_service_client::IdentityServiceClient;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use coffret_services::caller::support_scopes;
use coffret_services::consent::StepUp;
use coffret_services::limit::Limits;
use coffret_services::serve::{Parts, Server};
use coffret_vault::credential::Role;
use coffret_vault::ledger::Who;
use tonic::{Code, Status};

use crate::deployment::Deployment;
use crate::raw::{Client, message, methods};
use crate::world::{approval, fields, refusal};

fn asked(customer: &str, scopes: &[&str]) -> v1::IssueTokenRequest {
    v1::IssueTokenRequest {
        role: v1::Role::Customer.into(),
        subject: customer.to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        lifetime: Some(prost_types::Duration { seconds: 600, nanos: 0 }),
        ..v1::IssueTokenRequest::default()
    }
}

fn is_let_in(answer: &Result<bytes::Bytes, Status>) -> bool {
    !matches!(answer, Err(status) if status.code() == Code::PermissionDenied)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_an_enrolled_customer_takes_nobodys_place() {
    let deployment = Deployment::start().await;
    let anna = deployment.customer("anna@customer.example").await;
    let (otto, _) = deployment.bearer(Role::Operator, "operators/otto".to_owned(), 3600).await;
    let (before, _) = deployment.bearer(Role::Customer, anna.to_string(), 3600).await;
    let name = format!("customers/{anna}");
    let mut identity = IdentityServiceClient::new(otto.channel.clone());
    let whole = identity.issue_token(otto.request(asked(&name, &[]))).await.expect("issued").into_inner();
    let whole = whole.token.expect("a token").scopes;
    assert!(whole.contains(&"passkey.write".to_owned()), "nobody else has a key: {whole:?}");

    deployment.vault.create_recovery_code(anna, Who::Customer, None).await.expect("a way back of her own");
    for scope in ["passkey.write", "consent.decide", "identity.erase", "record.read", "record.write"] {
        let refused = identity.issue_token(otto.request(asked(&name, &["identity.read", scope]))).await.expect_err(scope);
        assert_eq!(
            (refusal(&refused), fields(&refused)),
            ((Code::InvalidArgument, "CUSTOMER_ENROLLED".to_owned()), vec!["scopes".to_owned()])
        );
    }
    let issued = identity.issue_token(otto.request(asked(&name, &[]))).await.expect("issued").into_inner();
    let token = issued.token.expect("a token");
    assert_eq!(
        (token.scopes.as_slice(), token.passkey.as_str()),
        (support_scopes().iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>().as_slice(), "")
    );

    // The one from before, which says that it may do everything, opens no more than the new one.
    let support = Client { channel: deployment.connect(None).await, token: Some(issued.secret) };
    let table = coffret_proto::permission::table(coffret_proto::DESCRIPTOR).expect("complete");
    for client in [&before, &support] {
        for method in methods() {
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            let permission = &table[&path];
            let open = permission.roles.contains(&v1::Role::Anyone)
                || (permission.roles.contains(&v1::Role::Customer)
                    && permission.scope.as_deref().is_none_or(|scope| support_scopes().contains(&scope)));
            let got = client.call(&path, message(&method, "")).await;
            assert_eq!(is_let_in(&got), open, "{path}: {got:?}");
        }
    }
    // She sees who was given a token in her name, and what for.
    let mut ledger = LedgerServiceClient::new(support.channel.clone());
    let list = v1::ListEntriesRequest { parent: "customers/me".to_owned(), ..v1::ListEntriesRequest::default() };
    let entries = ledger.list_entries(support.request(list)).await.expect("listed").into_inner().entries;
    let told: Vec<_> = entries.iter().filter(|entry| entry.details_json.contains("token.issued")).collect();
    assert_eq!(told.len(), 1, "{entries:?}");
    assert!(told[0].details_json.contains("operators/otto") && told[0].details_json.contains("consent.read"));
    deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_made_once_for_a_call() {
    let deployment = Deployment::start().await;
    let anna = deployment.customer("anna@customer.example").await;
    let (client, _) = deployment.bearer(Role::Customer, anna.to_string(), 3600).await;
    let mut identity = IdentityServiceClient::new(client.channel.clone());
    let call = v1::CreateRecoveryCodeRequest { customer: "customers/me".to_owned(), request_id: uuid::Uuid::from_u128(5).to_string() };
    let code = identity.create_recovery_code(client.request(call.clone())).await.expect("made").into_inner().recovery_code;
    // The token was issued, and the customer has a way back of her own now: it changes no key any more.
    let refused = identity.create_recovery_code(client.request(call)).await.expect_err("for support");
    assert_eq!(refused.code(), Code::PermissionDenied);
    let mut anyone = IdentityServiceClient::new(deployment.connect(None).await);
    anyone.use_recovery_code(v1::UseRecoveryCodeRequest { recovery_code: code }).await.expect("it counts");
    deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_everybody_signs_a_yes_needs_a_passkey_and_a_no_does_not() {
    let deployment = Deployment::start().await;
    let (anna, maison) = (deployment.customer("anna@customer.example").await, deployment.brand("Maison").await);
    deployment.granted(maison, anna, "anna@customer.example").await;
    let parts = Parts { listen: "127.0.0.1:0".parse().unwrap(), limits: Limits::none(), step_up: StepUp::Required, ..Parts::default() };
    let strict = Server::start(parts, std::sync::Arc::clone(&deployment.vault)).await.expect("starts");
    let channel =
        tonic::transport::Endpoint::from_shared(format!("http://{}", strict.address())).unwrap().connect().await.expect("connects");
    let (client, _) = deployment.bearer(Role::Customer, anna.to_string(), 3600).await;
    let client = Client { channel, ..client };
    let mut consent = ConsentServiceClient::new(client.channel.clone());
    let list = v1::ListRequestsRequest { parent: "customers/me".to_owned(), ..v1::ListRequestsRequest::default() };
    let known = consent.list_requests(client.request(list)).await.expect("listed").into_inner().requests.remove(0);
    let mut yes = approval(&known, None);
    let refused = consent.approve_request(client.request(yes.clone())).await.expect_err("not signed");
    assert_eq!(refusal(&refused), (Code::FailedPrecondition, "STEP_UP_REQUIRED".to_owned()));
    yes.step_up = Some(v1::StepUp { handle: "x".to_owned(), credential_json: "{}".to_owned() });
    let refused = consent.approve_request(client.request(yes)).await.expect_err("no portal is open");
    assert_eq!(refusal(&refused).1, "PASSKEYS_UNAVAILABLE");
    let no = v1::DeclineRequestRequest { name: known.name, ..v1::DeclineRequestRequest::default() };
    let decided = consent.decline_request(client.request(no)).await.expect_err("it was answered");
    assert_eq!(refusal(&decided).1, "REQUEST_ALREADY_DECIDED", "and not STEP_UP_REQUIRED");
    strict.stop().await;
    deployment.server.stop().await;
}
