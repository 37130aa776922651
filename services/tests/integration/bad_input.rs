//! What is wrong is refused with the field's name, and changes nothing: neither the ledger nor any list.

use bytes::{BufMut, Bytes, BytesMut};
use coffret_proto::v1;
use coffret_vault::credential::Role;
use http_body_util::{BodyExt, Full};
use prost::Message;
use tonic::body::Body;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tower::{Service, ServiceExt};
use uuid::Uuid;

use crate::deployment::Deployment;
use crate::world::{DAY, House, Person, World, approval, at, fields, me, reading, refusal};

const EMAIL: &str = "ada@example.org";
const HEIGHT: &str = "body.height";

/// A brand that holds a grant and has asked for another purpose's worth, and a customer whom it waits for.
struct Stage {
    world: World,
    house: House,
    person: Person,
    grant: v1::Grant,
    waiting: v1::Request,
}

async fn stage() -> Stage {
    let world = World::start().await;
    let mut house = world.brand("House One").await;
    let mut second = world.brand("House Two").await;
    let mut person = world.customer(EMAIL).await;
    person.put_example(HEIGHT).await;
    house.ask(EMAIL, house.terms(&[(HEIGHT, v1::View::Raw, true)])).await;
    let grant = person.approve(None).await.expect("approves").grant.expect("a grant");
    second.ask(EMAIL, second.terms(&[(HEIGHT, v1::View::Masked, true), ("body.shoe_size", v1::View::Masked, false)])).await;
    let waiting = person.pending().await;
    Stage { world, house, person, grant, waiting }
}

#[tokio::test]
async fn wrong_terms_are_refused_field_by_field_and_nothing_is_asked() {
    type Break = fn(&mut v1::Terms);
    let Stage { world, mut house, person, .. } = stage().await;
    let before = world.snapshot(&person, &house).await;
    let table: [(Break, &str); 24] = [
        (|terms| terms.items[0].attribute = "body.nothing".to_owned(), "terms.items[0].attribute"),
        (|terms| terms.items[0].attribute = "*".to_owned(), "terms.items[0].attribute"),
        (|terms| terms.items[0].view = 0, "terms.items[0].view"),
        (|terms| terms.items[0].view = v1::View::Answer.into(), "terms.items[0].view"),
        (|terms| terms.items[0].reason.clear(), "terms.items[0].reason"),
        (|terms| terms.items[0].reason = "r".repeat(301), "terms.items[0].reason"),
        (|terms| terms.items.clear(), "terms.items"),
        (|terms| terms.items = vec![terms.items[0].clone(); 10_000], "terms.items"),
        (|terms| terms.onward = vec!["Processor".to_owned(); 10_000], "terms.onward"),
        (|terms| terms.purpose = format!("brands/{}/purposes/advice", Uuid::from_u128(5)), "terms.purpose"),
        (|terms| terms.purpose = terms.purpose.replace("advice", "nothing"), "terms.purpose"),
        (|terms| terms.mode = 0, "terms.mode"),
        (|terms| terms.fetch = 9, "terms.fetch"),
        (|terms| terms.uses = -1, "terms.uses"),
        (|terms| terms.uses = i32::MAX, "terms.uses"),
        (|terms| terms.expire_time = None, "terms.expire_time"),
        (|terms| terms.expire_time = Some(at(-1)), "terms.expire_time"),
        (|terms| terms.expire_time = Some(at(400 * DAY)), "terms.expire_time"),
        (|terms| terms.not_before = Some(at(400 * DAY)), "terms.not_before"),
        (|terms| terms.data_life = Some(prost_types::Duration { seconds: 3600, nanos: 0 }), "terms.data_life"),
        (|terms| terms.data_life = None, "terms.data_life"),
        (|terms| terms.frequency = Some(v1::Frequency { count: 0, period: 1 }), "terms.frequency.count"),
        (
            |terms| terms.data_range = Some(v1::DataRange { from_time: Some(at(0)), to_time: Some(at(-1)), last_months: 0 }),
            "terms.data_range.to_time",
        ),
        (|terms| terms.data_range = Some(v1::DataRange { last_months: -1, ..Default::default() }), "terms.data_range.last_months"),
    ];
    for (spoil, field) in table {
        let mut terms = house.terms(&[(HEIGHT, v1::View::Raw, true)]);
        spoil(&mut terms);
        // Of somebody known and of somebody unknown alike.
        for email in [EMAIL, "nobody@example.org"] {
            let status = house.try_ask(email, terms.clone()).await.expect_err(field);
            assert_eq!(status.code(), Code::InvalidArgument, "{field}: {status:?}");
            assert!(fields(&status).contains(&field.to_owned()), "{field}: {:?}", fields(&status));
            assert!(!status.message().is_empty());
        }
    }
    let wider = v1::RequestAccessRequest {
        identifier: Some(v1::Identifier { kind: 1, value: EMAIL.to_owned(), brand: String::new() }),
        terms: Some(v1::Terms { uses: 3, ..house.terms(&[(HEIGHT, v1::View::Masked, true), ("body.shoe_size", v1::View::Masked, true)]) }),
        accept_at_once: Some(v1::Terms {
            uses: 4,
            ..house.terms(&[("body.shoe_size", v1::View::Masked, true), (HEIGHT, v1::View::Raw, true)])
        }),
        request_id: String::new(),
    };
    let status = house.access.request_access(wider).await.expect_err("accepts more than it asks for");
    assert_eq!(fields(&status), ["accept_at_once.items[1].view", "accept_at_once.uses"]);
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}

#[tokio::test]
async fn whom_a_brand_asks_is_checked_too() {
    let Stage { world, mut house, person, .. } = stage().await;
    let before = world.snapshot(&person, &house).await;
    let identifier = |kind: i32, value: &str, brand: &str| Some(v1::Identifier { kind, value: value.to_owned(), brand: brand.to_owned() });
    for (identifier, field) in [
        (None, "identifier"),
        (identifier(0, EMAIL, ""), "identifier.kind"),
        (identifier(9, EMAIL, ""), "identifier.kind"),
        (identifier(1, "", ""), "identifier.value"),
        (identifier(1, "no address", ""), "identifier.value"),
        (identifier(2, "12", ""), "identifier.value"),
        (identifier(1, EMAIL, "brands/me"), "identifier.brand"),
        (identifier(3, "77", "house"), "identifier.brand"),
    ] {
        let terms = house.terms(&[(HEIGHT, v1::View::Raw, true)]);
        let ask = v1::RequestAccessRequest { identifier, terms: Some(terms), ..Default::default() };
        let status = house.access.request_access(ask).await.expect_err(field);
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]));
    }
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}

#[tokio::test]
async fn a_customer_cannot_give_more_than_was_asked_for() {
    type Break = fn(&mut v1::Terms);
    let Stage { world, house, mut person, waiting, .. } = stage().await;
    let before = world.snapshot(&person, &house).await;
    let table: [(Break, &str); 14] = [
        (|terms| terms.items[0].view = v1::View::Raw.into(), "terms.items[0].view"),
        // Items are named as they were sent, in whatever order that was.
        (|terms| terms.items[0].attribute = "body.waist".to_owned(), "terms.items[0].attribute"),
        (
            |terms| {
                terms.items.reverse();
                terms.items[1].view = v1::View::Raw.into();
            },
            "terms.items[1].view",
        ),
        (
            |terms| {
                terms.items.reverse();
                terms.items[0].reason = "Another reason.".to_owned();
            },
            "terms.items[0].reason",
        ),
        (|terms| terms.items[0].reason = "Another reason.".to_owned(), "terms.items[0].reason"),
        (|terms| terms.expire_time = Some(at(31 * DAY)), "terms.expire_time"),
        (|terms| terms.mode = v1::Mode::Stream.into(), "terms.mode"),
        (|terms| terms.data_life.as_mut().expect("there").seconds += DAY, "terms.data_life"),
        (|terms| terms.onward = vec!["Processor".to_owned()], "terms.onward"),
        (|terms| terms.predictions = true, "terms.predictions"),
        (|terms| terms.automated_contact = v1::AutomatedContact::Yes.into(), "terms.automated_contact"),
        (|terms| terms.reward = "A gift.".to_owned(), "terms.reward"),
        (|terms| terms.purpose = terms.purpose.replace("advice", "other"), "terms.purpose"),
        (|terms| terms.purpose_version += 1, "terms.purpose_version"),
    ];
    for (spoil, field) in table {
        let mut terms = waiting.terms.clone().expect("terms");
        spoil(&mut terms);
        let status = person.consent.approve_request(approval(&waiting, Some(terms))).await.expect_err(field);
        assert_eq!(status.code(), Code::InvalidArgument, "{field}: {status:?}");
        assert!(fields(&status).contains(&field.to_owned()), "{field}: {:?}", fields(&status));
    }
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}

#[tokio::test]
async fn wrong_calls_of_a_customer_name_their_field() {
    let Stage { world, house, mut person, grant, waiting } = stage().await;
    let before = world.snapshot(&person, &house).await;
    let mut named = Vec::new();
    let pause = |until| v1::PauseGrantRequest { name: grant.name.clone(), until_time: until, ..Default::default() };
    for until in [at(0), at(-DAY), prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }] {
        named.push((person.consent.pause_grant(pause(Some(until))).await.map(|_| ()), "until_time"));
    }
    let repeatable = v1::PauseGrantRequest { request_id: Uuid::from_u128(1).to_string(), ..pause(Some(at(-1))) };
    named.push((person.consent.pause_grant(repeatable).await.map(|_| ()), "until_time"));
    let all = v1::PauseAllGrantsRequest { parent: me(), until_time: Some(at(-1)), ..Default::default() };
    named.push((person.consent.pause_all_grants(all).await.map(|_| ()), "until_time"));
    let revoke = v1::RevokeGrantRequest { name: grant.name.clone(), request_id: "1".to_owned() };
    named.push((person.consent.revoke_grant(revoke).await.map(|_| ()), "request_id"));
    let revoke = v1::RevokeGrantRequest { name: "grants/1".to_owned(), ..Default::default() };
    named.push((person.consent.revoke_grant(revoke).await.map(|_| ()), "name"));
    let amend = v1::AmendGrantRequest { name: grant.name.clone(), ..Default::default() };
    named.push((person.consent.amend_grant(amend).await.map(|_| ()), "terms"));
    let amend = v1::AmendGrantRequest {
        name: grant.name.clone(),
        terms: grant.terms.clone().map(|terms| v1::Terms { items: vec![v1::Item::default(); 10_000], ..terms }),
        ..Default::default()
    };
    named.push((person.consent.amend_grant(amend).await.map(|_| ()), "terms.items"));
    let approve = v1::ApproveRequestRequest { notice_language: String::new(), ..approval(&waiting, None) };
    named.push((person.consent.approve_request(approve).await.map(|_| ()), "notice_language"));
    let list =
        |state, page_size, page_token: &str| v1::ListGrantsRequest { parent: me(), state, page_size, page_token: page_token.to_owned() };
    named.push((person.consent.list_grants(list(9, 0, "")).await.map(|_| ()), "state"));
    named.push((person.consent.list_grants(list(0, -1, "")).await.map(|_| ()), "page_size"));
    named.push((person.consent.list_grants(list(0, 0, "%%")).await.map(|_| ()), "page_token"));
    named.push((person.consent.list_grants(list(0, 0, "eHg")).await.map(|_| ()), "page_token"));
    let get = v1::GetRequestRequest { name: waiting.name.clone(), language: "x".repeat(36) };
    named.push((person.consent.get_request(get).await.map(|_| ()), "language"));
    let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
    let long = format!("\"{}\"", "a".repeat(32 * 1024));
    for value in ["", "{", r#"{"value":1,"value":2}"#, &deep, &long] {
        let record = v1::Record { attribute: HEIGHT.to_owned(), value_json: value.to_owned(), ..Default::default() };
        let put = v1::PutRecordRequest { customer: me(), record: Some(record), ..Default::default() };
        named.push((person.record.put_record(put).await.map(|_| ()), "record.value_json"));
    }
    let put = v1::PutRecordRequest { customer: me(), ..Default::default() };
    named.push((person.record.put_record(put).await.map(|_| ()), "record"));
    let put = v1::PutRecordRequest {
        customer: me(),
        record: Some(v1::Record { attribute: "body.nothing".to_owned(), value_json: "{}".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    named.push((person.record.put_record(put).await.map(|_| ()), "record.attribute"));
    let import = v1::ImportRecordsRequest { customer: me(), records: vec![v1::Record::default(); 10_000], ..Default::default() };
    named.push((person.record.import_records(import).await.map(|_| ()), "records"));
    let entries = v1::ListEntriesRequest { parent: me(), kind: "k".repeat(65), ..Default::default() };
    named.push((person.ledger.list_entries(entries).await.map(|_| ()), "kind"));

    for (answer, field) in named {
        let status = answer.expect_err(field);
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]), "{status:?}");
    }
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}

#[tokio::test]
async fn wrong_calls_of_a_brand_name_their_field() {
    let Stage { world, mut house, person, grant, .. } = stage().await;
    let grant = format!("brands/me/grants/{}", grant.name.rsplit('/').next().expect("an id"));
    let subject = format!("subjects/{}", "0".repeat(32));
    let before = world.snapshot(&person, &house).await;
    let item = |attribute: &str, view| v1::ReadItem { attribute: attribute.to_owned(), view };
    let mut named = Vec::new();
    for (read, field) in [
        (v1::ReadRecordsRequest { reason: String::new(), ..reading(&grant) }, "reason"),
        (v1::ReadRecordsRequest { reason: "r".repeat(301), ..reading(&grant) }, "reason"),
        (v1::ReadRecordsRequest { advisor: "a".repeat(101), ..reading(&grant) }, "advisor"),
        (v1::ReadRecordsRequest { items: vec![item(HEIGHT, 0); 10_000], ..reading(&grant) }, "items"),
        (v1::ReadRecordsRequest { items: vec![item(HEIGHT, 1), item(HEIGHT, 9)], ..reading(&grant) }, "items[1].view"),
        (v1::ReadRecordsRequest { items: vec![item("", 0)], ..reading(&grant) }, "items[0].attribute"),
        (v1::ReadRecordsRequest { page_size: -1, ..reading(&grant) }, "page_size"),
        (v1::ReadRecordsRequest { page_token: "%".to_owned(), ..reading(&grant) }, "page_token"),
        (v1::ReadRecordsRequest { request_id: "1".to_owned(), ..reading(&grant) }, "request_id"),
        (v1::ReadRecordsRequest { subject: subject.clone(), ..reading(&grant) }, "grant"),
        (reading(""), "grant"),
        (reading("grants/1"), "grant"),
        (v1::ReadRecordsRequest { subject: subject.clone(), ..reading("") }, "purpose"),
        (v1::ReadRecordsRequest { purpose: "brands/me/purposes/advice".to_owned(), ..reading("") }, "subject"),
    ] {
        named.push((house.access.read_records(read).await.map(|_| ()), field));
    }
    let stream = v1::StreamRecordsRequest { grant: grant.clone(), reason: "r".to_owned(), cursor: "%".to_owned(), ..Default::default() };
    named.push((house.access.stream_records(stream).await.map(|_| ()), "cursor"));
    for cursor in ["x", "-1", "99999999999999999999"] {
        named.push((house.access.watch_grants(v1::WatchGrantsRequest { cursor: cursor.to_owned() }).await.map(|_| ()), "cursor"));
    }
    for cursor in ["", "99"] {
        let acknowledge = v1::AcknowledgeChangesRequest { cursor: cursor.to_owned() };
        named.push((house.access.acknowledge_changes(acknowledge).await.map(|_| ()), "cursor"));
    }
    let attest = |delete_time| v1::AttestDeletionRequest { grant: grant.clone(), delete_time, ..Default::default() };
    named.push((house.access.attest_deletion(attest(None)).await.map(|_| ()), "delete_time"));
    named.push((house.access.attest_deletion(attest(Some(at(1)))).await.map(|_| ()), "delete_time"));
    let backups = Some(prost_types::Duration { seconds: -1, nanos: 0 });
    let attest = v1::AttestDeletionRequest { backups_within: backups, ..attest(Some(at(0))) };
    named.push((house.access.attest_deletion(attest).await.map(|_| ()), "backups_within"));
    let blob = v1::ReadBlobRequest { grant, record: "records/1".to_owned(), reason: "r".to_owned(), ..Default::default() };
    named.push((house.access.read_blob(blob).await.map(|_| ()), "record"));

    for (answer, field) in named {
        let status = answer.expect_err(field);
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]), "{status:?}");
    }
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}

/// A call with a body of our own making, compressed as `encoding` says where there is one.
async fn raw(channel: &Channel, bearer: Option<&MetadataValue<Ascii>>, path: &str, encoding: Option<&str>, body: Bytes) -> Status {
    let mut request = http::Request::post(path).header("content-type", "application/grpc").header("te", "trailers");
    if let Some(encoding) = encoding {
        request = request.header("grpc-encoding", encoding);
    }
    if let Some(bearer) = bearer {
        request = request.header("authorization", bearer.to_str().expect("ASCII"));
    }
    let request = request.body(Body::new(Full::new(body))).expect("a request");
    let mut channel = channel.clone();
    let response = channel.ready().await.expect("ready").call(request).await.expect("answers");
    let (head, body) = response.into_parts();
    let collected = body.collect().await.expect("ends");
    let trailers = collected.trailers().cloned().unwrap_or_default();
    Status::from_header_map(&head.headers).or_else(|| Status::from_header_map(&trailers)).expect("a gRPC status")
}

/// A gRPC frame.
fn frame(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).expect("fits"));
    frame.put_slice(message);
    frame.freeze()
}

#[tokio::test]
async fn broken_messages_are_refused_and_the_connection_goes_on() {
    const ASK: &str = "/coffret.v1.AccessService/RequestAccess";
    const PUT: &str = "/coffret.v1.RecordService/PutRecord";
    let Stage { world, mut house, mut person, .. } = stage().await;
    let before = world.snapshot(&person, &house).await;
    let terms = house.terms(&[(HEIGHT, v1::View::Raw, true)]);
    let identifier = v1::Identifier { kind: 1, value: "new@example.org".to_owned(), brand: String::new() };
    let ask = v1::RequestAccessRequest { identifier: Some(identifier), terms: Some(terms), ..Default::default() }.encode_to_vec();
    let record = v1::Record { attribute: HEIGHT.to_owned(), value_json: r#"{"value":"SECRET"}"#.to_owned(), ..Default::default() };
    let put = v1::PutRecordRequest { customer: me(), record: Some(record), ..Default::default() }.encode_to_vec();
    // The text of the customer's value, no longer UTF-8.
    let spoilt = |bytes: &[u8], text: &[u8]| {
        let place = bytes.windows(text.len()).position(|window| window == text).expect("there");
        let mut spoilt = bytes.to_vec();
        spoilt[place + text.len() - 1] = 0xff;
        spoilt
    };
    let announced = |message: &[u8]| {
        let mut frame = BytesMut::from(&frame(message)[..]);
        frame[1..5].copy_from_slice(&u32::MAX.to_be_bytes());
        frame.freeze()
    };
    let large = v1::PutRecordRequest { customer: "c".repeat(5 * 1024 * 1024), ..Default::default() }.encode_to_vec();
    let bearer = person.bearer.clone();
    for (path, of_brand, good) in [(ASK, true, &ask), (PUT, false, &put)] {
        let (channel, bearer) = if of_brand { (&house.channel, None) } else { (&person.channel, Some(&bearer)) };
        let text: &[u8] = if of_brand { b"new@example.org" } else { b"SECRET" };
        let compressed = {
            let mut own = BytesMut::from(&frame(good)[..]);
            own[0] = 1;
            own.freeze()
        };
        let (invalid, too_large) = ((Code::InvalidArgument, "MESSAGE_INVALID"), (Code::InvalidArgument, "MESSAGE_TOO_LARGE"));
        for (what, encoding, body, expected) in [
            ("half a message", None, frame(&good[..good.len() / 2]), invalid),
            ("no message", None, frame(&[0xff; 40]), invalid),
            ("text that is not UTF-8", None, frame(&spoilt(good, text)), invalid),
            ("more than 4 MiB", None, frame(&large), too_large),
            ("more announced than sent", None, announced(good), too_large),
            ("half a frame", None, frame(good).slice(..good.len() / 2), invalid),
            ("half a prefix", None, Bytes::from_static(&[0, 0]), invalid),
            ("compressed without saying how", None, compressed.clone(), invalid),
            ("compressed as we do not take it", Some("gzip"), compressed, (Code::Unimplemented, "ENCODING_UNSUPPORTED")),
            ("an empty body", None, Bytes::new(), invalid),
        ] {
            let status = raw(channel, bearer, path, encoding, body).await;
            assert_eq!(refusal(&status), (expected.0, expected.1.to_owned()), "{path}: {what}: {status:?}");
            assert!(status.message().ends_with('.') && !status.message().contains("decod"), "{path}: {what}: {status:?}");
            assert!(!status.message().contains("SECRET") && !status.message().contains("example.org"), "{what}: {status:?}");
        }
    }
    assert_eq!(before, world.snapshot(&person, &house).await);
    // Still served, on the same connections.
    person.put_example("body.shoe_size").await;
    house.try_ask("new@example.org", house.terms(&[(HEIGHT, v1::View::Raw, true)])).await.expect("asks");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rpc_says_in_our_words_that_a_message_cannot_be_read() {
    let deployment = Deployment::start().await;
    let customer = deployment.customer(EMAIL).await;
    let brand = deployment.brand("Maison").await;
    let subjects = [
        (Role::Customer, customer.to_string()),
        (Role::Brand, brand.to_string()),
        (Role::Auditor, "auditors/jane".to_owned()),
        (Role::Operator, "operators/otto".to_owned()),
    ];
    let mut callers = vec![(v1::Role::Anyone, deployment.anyone().await)];
    for (role, subject) in subjects {
        let wire = v1::Role::try_from(role as i32).expect("numbers as in the contract");
        callers.push((wire, deployment.bearer(role, subject, 600).await.0));
    }
    let permissions = coffret_proto::permission::table(coffret_proto::DESCRIPTOR).expect("complete");
    let mut tried = 0;
    for (path, permission) in permissions.iter().filter(|(path, _)| path.starts_with("/coffret.")) {
        for (_, client) in callers.iter().filter(|(role, _)| permission.roles.contains(role)) {
            let status = client.call(path, Bytes::from_static(&[0xff; 40])).await.expect_err(path);
            assert_eq!(refusal(&status), (Code::InvalidArgument, "MESSAGE_INVALID".to_owned()), "{path}: {status:?}");
            assert_eq!(status.message(), "The message cannot be read. Send it as the contract describes it.", "{path}");
            tried += 1;
        }
    }
    assert!(tried >= crate::raw::methods().len(), "every rpc was tried");
    deployment.server.stop().await;
}

#[tokio::test]
async fn a_refusal_by_consent_is_logged_and_changes_nothing_else() {
    let Stage { world, mut house, person, grant, .. } = stage().await;
    let grant = format!("brands/me/grants/{}", grant.name.rsplit('/').next().expect("an id"));
    let grants = world.vault.grants(person.id, None, &coffret_vault::page::PageRequest::first(10)).await.expect("lists");
    let before = world.vault.check_ledger(None).await.expect("checks");
    let items = vec![v1::ReadItem { attribute: "body.nothing".to_owned(), view: 0 }];
    let status = house.access.read_records(v1::ReadRecordsRequest { items, ..reading(&grant) }).await.expect_err("not granted");
    assert_eq!(refusal(&status), (Code::PermissionDenied, "ATTRIBUTE_NOT_GRANTED".to_owned()));
    let after = world.vault.check_ledger(None).await.expect("checks");
    assert_eq!(
        (after.entries, after.reads_refused, after.reads_answered),
        (before.entries + 1, before.reads_refused + 1, before.reads_answered)
    );
    let now = world.vault.grants(person.id, None, &coffret_vault::page::PageRequest::first(10)).await.expect("lists");
    assert_eq!(grants, now);
    world.stop().await;
}
