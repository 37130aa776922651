//! No personal datum and no secret in the log of the real program, however much of a log is asked for.

use std::time::Duration;

use coffret_proto::v1;
use serde_json::json;
use tonic::Code;
use tonic_types::StatusExt;

use crate::program::{Data, read};

const NAME: &str = "Philomena Quillfeather";
const EMAIL: &str = "philomena.quillfeather@example.org";
const PHONE: &str = "+15550104477";
const NOTE: &str = "the emerald one from the third drawer";
const BAD: &str = "a value that no schema takes, 7781";
const REASON: &str = "because of the moonlit gala";
const ADVISOR: &str = "Wolfram of the corner boutique";
const FALSE_TOKEN: &str = "cft_Qm9ndXNCb2d1c0JvZ3VzQm9ndXNCb2d1c0JvZ3VzMDA";

fn put(attribute: &str, value: &serde_json::Value) -> v1::PutRecordRequest {
    let record = v1::Record { attribute: attribute.to_owned(), value_json: value.to_string(), ..v1::Record::default() };
    v1::PutRecordRequest { customer: "customers/me".to_owned(), record: Some(record), ..v1::PutRecordRequest::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_and_no_secret_is_logged() {
    let data = Data::seed(None).await;
    let server = data.serve().await;
    let identifier =
        |kind: v1::IdentifierKind, value: &str| v1::Identifier { kind: kind.into(), value: value.to_owned(), brand: String::new() };
    let account = v1::Customer {
        language: "en".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        identifiers: vec![identifier(v1::IdentifierKind::Email, EMAIL), identifier(v1::IdentifierKind::Phone, PHONE)],
        ..v1::Customer::default()
    };
    let operator = server.operator().await;
    let create = v1::CreateCustomerRequest { customer: Some(account.clone()), request_id: String::new() };
    let customer = operator.identity().create_customer(create.clone()).await.expect("made").into_inner().customer.unwrap().name;
    let taken = operator.identity().create_customer(create).await.expect_err("the identifiers are taken");
    assert_eq!(taken.code(), Code::AlreadyExists);

    let token = server.customer_token(&customer).await;
    let mut record = server.person(&token).await.record();
    record.put_record(put("identity.name", &json!({ "written": NAME }))).await.expect("stored");
    record.put_record(put("body.height", &json!({ "value": 173.3, "unit": "cm" }))).await.expect("stored");
    record.put_record(put("feedback.note", &json!({ "given_on": "2026-11-22", "about": "advice", "note": NOTE }))).await.expect("stored");
    let refused = record.put_record(put("contact.phone", &json!({ "number": BAD }))).await.expect_err("refused");
    assert_eq!(refused.code(), Code::InvalidArgument);
    record
        .list_records(v1::ListRecordsRequest { parent: "customers/me".to_owned(), ..v1::ListRecordsRequest::default() })
        .await
        .expect("listed");

    let grant = server.grant(&(customer, EMAIL.to_owned()), &token, 1).await;
    let mut brand = server.brand("ferrante").await;
    let look = v1::ReadRecordsRequest { advisor: ADVISOR.to_owned(), ..read(&grant, REASON) };
    let answer = brand.read_records(look.clone()).await.expect("answered").into_inner();
    assert!(answer.records[0].value_json.contains("173.3"));
    let exhausted = brand.read_records(look).await.expect_err("used up");
    assert_eq!(exhausted.get_details_error_info().unwrap().reason, "GRANT_EXHAUSTED");
    let stranger = server.person(FALSE_TOKEN).await.identity().who_am_i(v1::WhoAmIRequest {}).await.expect_err("refused");
    assert_eq!(stranger.code(), Code::Unauthenticated);

    // That somebody was refused is told, in its time; who it was is not.
    let told = async {
        while !server.log().contains("refused credentials: 1, rate limited: 0") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told).await.expect("the log tells of the refused token");
    let operator_token = data.operator_token();
    let log = server.log();
    assert!(log.lines().filter(|line| line.contains("refused credentials")).all(|line| !line.contains("127.0.0.1")), "{log}");
    assert!(log.contains("serving") && log.contains("ReadRecords"), "the log tells of calls: {log}");
    let parts = NAME.split(' ').chain(["philomena", "quillfeather"]);
    let planted = [NAME, EMAIL, PHONE, PHONE.trim_start_matches('+'), NOTE, "173.3", BAD, "7781", REASON, "moonlit", ADVISOR, FALSE_TOKEN];
    for secret in planted.into_iter().chain(parts).chain([token.as_str(), operator_token.as_str()]) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "this is in the log: {secret}");
    }
}
