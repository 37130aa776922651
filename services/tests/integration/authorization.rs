//! Every rpc, every kind of caller: what is let in, what is refused, and what looks as if it did not exist.

use std::collections::BTreeMap;

use coffret_vault::credential::Role;
use prost_reflect::MethodDescriptor;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::deployment::{Deployment, FAR};
use crate::raw::{Client, message, methods};

const TABLE: &str = include_str!("authorization.txt");
const CALLERS: [&str; 9] =
    ["customer", "other customer", "brand", "other brand", "auditor", "operator", "anonymous", "expired token", "unknown certificate"];
const NOBODY: &str = "01890000-0000-7000-8000-00000000dead";

struct Row {
    answers: Vec<&'static str>,
    fields: &'static str,
}

fn table() -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let answers: Vec<&str> = columns[1..6].iter().flat_map(|column| column.split_whitespace()).collect();
        assert_eq!((columns.len(), answers.len()), (7, CALLERS.len()), "{line}");
        let before = rows.insert(format!("/coffret.v1.{}", columns[0]), Row { answers, fields: columns[6] });
        assert!(before.is_none(), "two rows: {line}");
    }
    rows
}

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

#[test]
fn every_rpc_has_a_row_and_every_row_an_rpc() {
    let rows: Vec<String> = table().into_keys().collect();
    let mut rpcs: Vec<String> = methods().iter().map(path).collect();
    rpcs.sort();
    assert_eq!(rows, rpcs);
}

/// The message with these fields; of an upload also a piece with one byte (field 2).
fn messages(method: &MethodDescriptor, fields: &str) -> Vec<bytes::Bytes> {
    let mut messages = vec![message(method, fields)];
    if method.is_client_streaming() {
        messages.push(bytes::Bytes::from_static(&[0x12, 1, 0]));
    }
    messages
}

fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// What the answer means in the words of the table.
fn word(answer: &Result<bytes::Bytes, Status>) -> &'static str {
    match answer {
        Err(status) if status.code() == Code::PermissionDenied => "no",
        // An assertion that is not valid was let in and looked at.
        Err(status) if status.code() == Code::Unauthenticated && reason(status) == "UNAUTHENTICATED" => "who",
        _ => "yes",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_caller_gets_what_the_table_says_of_every_rpc() {
    let deployment = Deployment::start().await;
    let (anna, ben) = (deployment.customer("anna@customer.example").await, deployment.customer("ben@customer.example").await);
    let (maison, atelier) = (deployment.brand("Maison").await, deployment.brand("Atelier").await);
    let agreed = deployment.granted(maison, anna, "anna@customer.example").await;
    let (expired, _) = deployment.bearer(Role::Operator, "operators/late".to_owned(), 60).await;
    deployment.clock.advance_seconds(61);
    let (customer, token) = deployment.bearer(Role::Customer, anna.to_string(), 3600).await;
    let mut cast: Vec<Client> = vec![customer, deployment.bearer(Role::Customer, ben.to_string(), 3600).await.0];
    for (brand, name) in [(maison, "maison.example"), (atelier, "atelier.example")] {
        let issued = deployment.certificate(brand, name).await;
        cast.push(Client { channel: deployment.connect(Some(&issued)).await, token: None });
    }
    cast.push(deployment.bearer(Role::Auditor, "auditors/jane".to_owned(), 3600).await.0);
    cast.push(deployment.bearer(Role::Operator, "operators/otto".to_owned(), 3600).await.0);
    cast.push(deployment.anyone().await);
    cast.push(expired);
    let stranger = deployment.authority.issue("stranger.example", FAR);
    cast.push(Client { channel: deployment.connect(Some(&stranger)).await, token: None });

    let fill = |fields: &str, [customer, brand, record, request, grant, token]: [&str; 6]| {
        let pairs = [("{customer}", customer), ("{brand}", brand), ("{record}", record), ("{request}", request), ("{grant}", grant)];
        let fields = pairs.iter().fold(fields.to_owned(), |text, (place, value)| text.replace(place, value));
        fields
            .replace("{token}", token)
            .replace("{purpose}", "advice")
            .replace("{subject}", &agreed.subject)
            .replace("{height}", &agreed.height)
    };
    let (anna, ben, maison, atelier) = (anna.to_string(), ben.to_string(), maison.to_string(), atelier.to_string());
    let token = token.to_string();
    let [record, request, grant] = [&agreed.record, &agreed.request, &agreed.grant].map(String::as_str);
    let theirs = [anna.as_str(), &maison, record, request, grant, &token];
    // As their own, but with the other's records, requests and grants.
    let under_own = [ben.as_str(), &atelier, record, request, grant, &token];
    let nobodys = [NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY];
    let nobodys_under_own = [ben.as_str(), &atelier, NOBODY, NOBODY, NOBODY, NOBODY];

    let table = table();
    let mut wrong = Vec::new();
    for method in methods() {
        let path = path(&method);
        let row = &table[&path];
        for ((name, client), expected) in CALLERS.iter().zip(&cast).zip(&row.answers) {
            if *expected != "hidden" {
                let got = client.call(&path, message(&method, "")).await;
                if word(&got) != *expected {
                    wrong.push(format!("{path} by {name}: {expected} expected, got {got:?}"));
                }
                continue;
            }
            let mut ways = vec![(theirs, nobodys)];
            // A name with a second id can also be written under the caller's own.
            if ["{record}", "{request}", "{grant}"].iter().any(|child| row.fields.contains(child)) {
                ways.push((under_own, nobodys_under_own));
            }
            for (real, made_up) in ways {
                let hidden = client.send(&path, messages(&method, &fill(row.fields, real))).await;
                let absent = client.send(&path, messages(&method, &fill(row.fields, made_up))).await;
                match (&hidden, &absent) {
                    (Err(hidden), Err(absent)) if hidden.code() == Code::NotFound => {
                        let told = |status: &Status| (status.code(), status.message().to_owned(), status.details().to_vec());
                        if told(hidden) != told(absent) {
                            wrong.push(format!("{path} by {name}: {hidden:?} tells more than {absent:?}"));
                        }
                    }
                    _ => wrong.push(format!("{path} by {name}: hidden expected, got {hidden:?} and {absent:?}")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_only_what_its_scopes_say() {
    use coffret_vault::credential::NewToken;
    let deployment = Deployment::start().await;
    let anna = deployment.customer("anna@customer.example").await;
    let new = NewToken {
        role: Role::Customer,
        subject: anna.to_string(),
        scopes: vec!["record.read".to_owned()],
        certificate: None,
        lifetime_seconds: 60,
    };
    let (_, secret) = deployment.vault.issue_token(crate::deployment::operator(), new, None).await.expect("a token");
    let client = Client { channel: deployment.connect(None).await, token: Some(secret.as_str().to_owned()) };
    for method in methods() {
        let path = path(&method);
        let permission = &coffret_proto::permission::table(coffret_proto::DESCRIPTOR).expect("complete")[&path];
        let open = permission.roles.contains(&coffret_proto::v1::Role::Anyone)
            || (permission.roles.contains(&coffret_proto::v1::Role::Customer)
                && permission.scope.as_deref().is_none_or(|scope| scope == "record.read"));
        let got = client.call(&path, message(&method, "")).await;
        assert_eq!(word(&got), if open { "yes" } else { "no" }, "{path}: {got:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_not_in_the_contract_is_no_method() {
    let deployment = Deployment::start().await;
    let (client, _) = deployment.bearer(Role::Operator, "operators/otto".to_owned(), 3600).await;
    for path in [
        "/coffret.v1.AccessService/ReadEverything",
        "/coffret.v1.SecretService/Read",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    ] {
        let refused = client.call(path, bytes::Bytes::new()).await.expect_err("refused");
        assert_eq!(refused.code(), Code::Unimplemented, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_brand_sees_itself_and_nothing_else() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let issued = deployment.certificate(maison, "maison.example").await;
    let by_certificate = Client { channel: deployment.connect(Some(&issued)).await, token: None };
    let (by_token, _) = deployment.bearer(Role::Brand, maison.to_string(), 600).await;
    deployment.vault.suspend_brand(crate::deployment::operator(), maison, "A test.".to_owned(), None).await.expect("suspended");
    let table = table();
    for client in [by_certificate, by_token] {
        for method in methods() {
            let path = path(&method);
            let row = &table[&path];
            // What is open to anybody is open; what is closed to brands stays closed.
            if row.answers[2] != "yes" || row.answers[6] == "yes" {
                continue;
            }
            let got = client.call(&path, message(&method, "")).await;
            if path.ends_with("/GetBrand") {
                assert_eq!(word(&got), "yes", "{got:?}");
            } else {
                assert_eq!(reason(&got.expect_err(&path)), "BRAND_SUSPENDED", "{path}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_customers_token_is_nobodys() {
    let deployment = Deployment::start().await;
    let anna = deployment.customer("anna@customer.example").await;
    let (client, _) = deployment.bearer(Role::Customer, anna.to_string(), 3600).await;
    let who = "/coffret.v1.IdentityService/WhoAmI";
    deployment.vault.erase_customer(anna, coffret_vault::ledger::Who::Customer).await.expect("erased");
    let refused = client.call(who, bytes::Bytes::new()).await.expect_err("refused");
    assert_eq!(refused.code(), Code::Unauthenticated);
}
