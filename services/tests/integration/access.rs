//! A brand asks, reads and hears: whole stories over mTLS.

use std::time::Duration;

use coffret_proto::v1;
use tokio::time::timeout;
use tonic::Code;
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::world::{DAY, House, Person, World, approval, at, me, reading, refusal};

const EMAIL: &str = "ada@example.org";
const HEIGHT: &str = "body.height";
const BIRTH: &str = "identity.birth_date";
const SHOES: &str = "body.shoe_size";

/// A brand and a customer with three records.
async fn cast(world: &World) -> (House, Person) {
    let house = world.brand("House One").await;
    let mut person = world.customer(EMAIL).await;
    for attribute in [HEIGHT, BIRTH, SHOES] {
        person.put_example(attribute).await;
    }
    (house, person)
}

/// The grant that comes of asking for these terms and of a full yes.
async fn granted(house: &mut House, person: &mut Person, terms: v1::Terms) -> String {
    house.ask(EMAIL, terms).await;
    person.approve(None).await.expect("approves");
    let live = v1::ListAccessGrantsRequest { live_only: true, ..v1::ListAccessGrantsRequest::default() };
    house.access.list_access_grants(live).await.expect("lists").into_inner().grants.remove(0).name
}

fn example(attribute: &str) -> serde_json::Value {
    coffret_vault::attribute::Catalogue::builtin().get(attribute).expect("a type").example().clone()
}

fn only<'a>(records: &'a [v1::ReleasedRecord], attribute: &str) -> &'a v1::ReleasedRecord {
    let found: Vec<_> = records.iter().filter(|record| record.attribute == attribute).collect();
    assert_eq!(found.len(), 1, "{attribute}");
    found[0]
}

#[tokio::test]
async fn what_is_approved_is_read_and_nothing_else_until_it_is_stopped() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let offered = [(HEIGHT, v1::View::Raw, true), (BIRTH, v1::View::Masked, false), (SHOES, v1::View::Raw, false)];
    let asked = house.ask(EMAIL, house.terms(&offered)).await;
    assert_eq!(asked.state(), v1::AccessRequestState::Pending);

    // Less: no shoes, and one read an hour.
    let waiting = person.pending().await;
    assert_eq!((waiting.brand_title.as_str(), waiting.state()), ("House One", v1::RequestState::Pending));
    let mut less = waiting.terms.clone().expect("terms");
    less.items.retain(|item| item.attribute != SHOES);
    less.frequency = Some(v1::Frequency { count: 1, period: v1::Period::Hour.into() });
    let decision = person.approve(Some(less.clone())).await.expect("approves");
    let grant = decision.grant.expect("less of what is optional is a grant");
    assert_eq!((grant.state(), grant.terms.expect("terms")), (v1::GrantState::Active, less));
    assert_eq!(decision.receipt.expect("a receipt").decision, "approve");

    let seen = house.access.get_access_request(v1::GetAccessRequestRequest { name: asked.name }).await.expect("reads").into_inner();
    let seen = seen.request.expect("a request");
    assert_eq!(seen.state(), v1::AccessRequestState::Approved);
    let name = seen.grant;

    let answer = house.read(&name).await.expect("answers");
    assert_eq!((answer.records.len(), answer.uses_left, answer.next_page_token.as_str()), (2, -1, ""));
    assert_eq!((answer.grant.as_str(), answer.read_time, answer.delete_by_time), (name.as_str(), Some(at(0)), Some(at(30 * DAY))));
    let height = only(&answer.records, HEIGHT);
    assert_eq!(height.view(), v1::View::Raw);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&height.value_json).expect("JSON"), example(HEIGHT));
    let birth = only(&answer.records, BIRTH);
    let date = example(BIRTH)["date"].as_str().expect("a date").to_owned();
    assert_eq!(birth.view(), v1::View::Masked);
    assert!(!birth.value_json.contains(&date) && birth.value_json.contains(&date[..4]), "the year and no more");
    assert!(birth.name.starts_with("subjects/") && !birth.name.contains(&person.id.to_string()));

    let often = house.read(&name).await.expect_err("twice in an hour");
    assert_eq!(refusal(&often), (Code::ResourceExhausted, "FREQUENCY_EXCEEDED".to_owned()));
    let wait = often.get_error_details().retry_info().and_then(|info| info.retry_delay).expect("when to come back");
    assert_eq!(wait, Duration::from_hours(1));

    world.clock.advance_seconds(3600);
    for (attribute, view, reason) in [(SHOES, v1::View::Raw, "ATTRIBUTE_NOT_GRANTED"), (BIRTH, v1::View::Raw, "VIEW_NOT_GRANTED")] {
        let items = vec![v1::ReadItem { attribute: attribute.to_owned(), view: view.into() }];
        let refused = house.access.read_records(v1::ReadRecordsRequest { items, ..reading(&name) }).await.expect_err("not granted");
        assert_eq!(refusal(&refused), (Code::PermissionDenied, reason.to_owned()));
    }

    let stopped = person.consent.revoke_grant(v1::RevokeGrantRequest { name: grant.name, ..v1::RevokeGrantRequest::default() }).await;
    let stopped = stopped.expect("stops").into_inner();
    assert_eq!(stopped.grant.expect("a grant").state(), v1::GrantState::Revoked);
    let refused = house.read(&name).await.expect_err("stopped");
    assert_eq!(refusal(&refused), (Code::FailedPrecondition, "GRANT_REVOKED".to_owned()));

    check_log(&mut person, &answer).await;
    world.stop().await;
}

/// The customer sees one read that was answered, at the place that the brand was told, and every refusal.
async fn check_log(person: &mut Person, answer: &v1::ReadRecordsResponse) {
    let list = |kind: &str| v1::ListEntriesRequest { parent: me(), kind: kind.to_owned(), ..v1::ListEntriesRequest::default() };
    let reads = person.ledger.list_entries(list("read")).await.expect("lists").into_inner().entries;
    assert_eq!(reads.iter().map(|entry| (entry.sequence, &entry.commitment)).collect::<Vec<_>>(), [(answer.sequence, &answer.commitment)]);
    let details: serde_json::Value = serde_json::from_str(&reads[0].details_json).expect("JSON");
    assert_eq!(details["reason"], "Advice on sizes.");
    for record in &answer.records {
        assert!(!reads[0].details_json.contains(&record.value_json), "an entry holds no value");
    }
    let refused = person.ledger.list_entries(list("read.refused")).await.expect("lists").into_inner().entries;
    let results: Vec<String> = refused
        .iter()
        .map(|entry| {
            serde_json::from_str::<serde_json::Value>(&entry.details_json).expect("JSON")["result"].as_str().expect("text").to_owned()
        })
        .collect();
    assert_eq!(results, ["GRANT_REVOKED", "VIEW_NOT_GRANTED", "ATTRIBUTE_NOT_GRANTED", "FREQUENCY_EXCEEDED"]);
    let verified = person.ledger.verify_entry(v1::VerifyEntryRequest { name: reads[0].name.clone() }).await.expect("verifies").into_inner();
    assert!(verified.valid && verified.checks.len() == 2);
    let check =
        person.ledger.check_ledger(v1::CheckLedgerRequest { parent: me(), ..Default::default() }).await.expect("checks").into_inner();
    assert_eq!((check.faults.len(), check.streams, check.reads_answered, check.reads_refused), (0, 1, 1, 4));
    assert_eq!((check.all_streams, check.next_page_token.as_str()), (1, ""), "one's own is one call");
}

#[tokio::test]
async fn nothing_flows_under_a_counter_offer_until_the_brand_accepts_it() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let asked = house.ask(EMAIL, house.terms(&[(HEIGHT, v1::View::Raw, true)])).await;
    let mut coarser = person.pending().await.terms.expect("terms");
    coarser.items[0].view = v1::View::Masked.into();
    let decision = person.approve(Some(coarser.clone())).await.expect("offers");
    assert_eq!((decision.grant, decision.receipt.expect("a receipt").decision.as_str()), (None, "counter"));
    assert_eq!(decision.request.expect("a request").state(), v1::RequestState::Countered);
    let none = house.access.list_access_grants(v1::ListAccessGrantsRequest::default()).await.expect("lists").into_inner().grants;
    assert_eq!(none, []);

    let listed = house.access.list_access_requests(v1::ListAccessRequestsRequest::default()).await.expect("lists").into_inner().requests;
    assert_eq!((listed[0].state(), listed[0].counter_terms.clone()), (v1::AccessRequestState::Countered, Some(coarser)));
    let accept = v1::AcceptCounterOfferRequest { name: asked.name, request_id: Uuid::from_u128(1).to_string() };
    let accepted = house.access.accept_counter_offer(accept.clone()).await.expect("accepts").into_inner();
    let grant = accepted.grant.expect("a grant");
    assert_eq!((grant.state(), grant.brand_title.as_str()), (v1::GrantState::Active, "House One"));
    assert!(grant.name.starts_with("brands/") && grant.subject.starts_with("subjects/"));
    let answer = house.read(&grant.name).await.expect("answers");
    assert_eq!(only(&answer.records, HEIGHT).view(), v1::View::Masked);
    let again = house.access.accept_counter_offer(accept).await.expect("the first result").into_inner();
    assert_eq!(again.grant.expect("a grant").name, grant.name);

    // By subject and purpose the same grant answers.
    let by_subject = v1::ReadRecordsRequest {
        grant: String::new(),
        subject: grant.subject,
        purpose: grant.terms.expect("terms").purpose,
        ..reading("")
    };
    assert_eq!(house.access.read_records(by_subject).await.expect("answers").into_inner().grant, grant.name);
    world.stop().await;
}

#[tokio::test]
async fn unknown_declined_and_silent_customers_look_alike() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    world.customer("silent@example.org").await;
    let terms = house.terms(&[(HEIGHT, v1::View::Raw, true)]);
    let mut names = Vec::new();
    for email in [EMAIL, "silent@example.org", "nobody@example.org"] {
        names.push(house.ask(email, terms.clone()).await.name);
    }
    let decline = v1::DeclineRequestRequest { name: person.pending().await.name, request_id: String::new() };
    let declined = person.consent.decline_request(decline).await.expect("declines").into_inner();
    assert_eq!(declined.request.expect("a request").state(), v1::RequestState::Declined);

    for (days, state) in [(0, v1::AccessRequestState::Pending), (14, v1::AccessRequestState::Closed)] {
        world.clock.advance_seconds(days * DAY);
        let mut seen = Vec::new();
        for name in &names {
            let get = v1::GetAccessRequestRequest { name: name.clone() };
            let request = house.access.get_access_request(get).await.expect("reads").into_inner().request.expect("a request");
            assert_eq!((request.state(), request.handle.len()), (state, 32));
            seen.push(v1::AccessRequest { name: String::new(), handle: String::new(), ..request });
        }
        assert_eq!([&seen[0], &seen[0]], [&seen[1], &seen[2]]);
        let mut refused = Vec::new();
        for name in &names {
            let accept = v1::AcceptCounterOfferRequest { name: name.clone(), ..v1::AcceptCounterOfferRequest::default() };
            let status = house.access.accept_counter_offer(accept).await.expect_err("nothing was offered");
            refused.push((refusal(&status), status.message().to_owned()));
        }
        assert_eq!([&refused[0], &refused[0]], [&refused[1], &refused[2]]);
    }
    // And asking again is refused alike.
    let mut again = Vec::new();
    for email in [EMAIL, "silent@example.org", "nobody@example.org"] {
        let status = house.try_ask(email, terms.clone()).await.expect_err("too early");
        again.push((refusal(&status), status.message().to_owned(), status.details().to_vec()));
    }
    assert_eq!((&again[0].0.1, [&again[0], &again[0]]), (&"ASKED_LATELY".to_owned(), [&again[1], &again[2]]));
    world.stop().await;
}

#[tokio::test]
async fn no_access_is_one_answer_whatever_the_cause() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let mut other = world.brand("House Two").await;
    let terms = house.terms(&[(HEIGHT, v1::View::Raw, true)]);
    let grant = granted(&mut house, &mut person, terms).await;
    let id = grant.rsplit('/').next().expect("an id");
    let made_up = format!("brands/{}/grants/{}", other.id, Uuid::from_u128(77));
    // The id of another brand's grant, under one's own name and under its own.
    let stolen = format!("brands/{}/grants/{id}", other.id);
    let mut heard = Vec::new();
    for name in [made_up, stolen, grant.clone()] {
        let status = other.read(&name).await.expect_err("no access");
        heard.push((status.code(), status.message().to_owned(), status.details().to_vec()));
    }
    let nobody = v1::ReadRecordsRequest {
        subject: format!("subjects/{}", "0".repeat(32)),
        purpose: "brands/me/purposes/advice".to_owned(),
        ..reading("")
    };
    let status = other.access.read_records(nobody).await.expect_err("no access");
    heard.push((status.code(), status.message().to_owned(), status.details().to_vec()));
    assert_eq!((heard[0].0, refusal(&status).1.as_str()), (Code::NotFound, "NO_ACCESS"));
    assert!(heard.iter().all(|one| *one == heard[0]), "{heard:?}");
    assert!(house.read(&grant).await.is_ok());
    world.stop().await;
}

#[tokio::test]
async fn a_repeated_read_costs_no_second_use() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let terms = v1::Terms { uses: 2, ..house.terms(&[(HEIGHT, v1::View::Raw, true)]) };
    let grant = granted(&mut house, &mut person, terms).await;
    let call = |id: u128| v1::ReadRecordsRequest { request_id: Uuid::from_u128(id).to_string(), ..reading(&grant) };
    let first = house.access.read_records(call(1)).await.expect("answers").into_inner();
    let again = house.access.read_records(call(1)).await.expect("repeats").into_inner();
    assert_eq!((first.uses_left, &first), (1, &again));
    let other = v1::ReadRecordsRequest { reason: "Another.".to_owned(), ..call(1) };
    let reused = house.access.read_records(other).await.expect_err("another call under the same id");
    assert_eq!(crate::world::fields(&reused), ["request_id"]);
    assert_eq!(house.access.read_records(call(2)).await.expect("answers").into_inner().uses_left, 0);
    let spent = house.access.read_records(call(3)).await.expect_err("no reads left");
    assert_eq!(refusal(&spent), (Code::ResourceExhausted, "GRANT_EXHAUSTED".to_owned()));
    world.stop().await;
}

async fn next<T>(stream: &mut tonic::Streaming<T>) -> Result<T, tonic::Status> {
    let message = timeout(Duration::from_secs(20), stream.message()).await.expect("comes in time")?;
    Ok(message.expect("the stream goes on"))
}

#[tokio::test]
async fn changes_are_heard_in_order_from_a_cursor_and_from_what_was_acknowledged() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let watch = |cursor: &str| v1::WatchGrantsRequest { cursor: cursor.to_owned() };
    let mut heard = house.access.watch_grants(watch("")).await.expect("watches").into_inner();
    let terms = house.terms(&[(HEIGHT, v1::View::Raw, true)]);
    let grant = granted(&mut house, &mut person, terms).await;
    let approved = next(&mut heard).await.expect("heard");
    assert_eq!((approved.kind(), &approved.grant), (v1::ChangeKind::Approved, &grant));
    assert!(approved.request.starts_with("brands/") && approved.subject.starts_with("subjects/"));

    let name = format!("customers/me/grants/{}", grant.rsplit('/').next().expect("an id"));
    person.consent.pause_grant(v1::PauseGrantRequest { name: name.clone(), ..Default::default() }).await.expect("pauses");
    let paused = next(&mut heard).await.expect("heard");
    assert_eq!(paused.kind(), v1::ChangeKind::Paused);
    let refused = house.read(&grant).await.expect_err("paused");
    assert_eq!(refusal(&refused), (Code::FailedPrecondition, "GRANT_PAUSED".to_owned()));

    let mut resumed_from = house.access.watch_grants(watch(&approved.cursor)).await.expect("watches").into_inner();
    assert_eq!(next(&mut resumed_from).await.expect("heard"), paused);
    let acknowledge = v1::AcknowledgeChangesRequest { cursor: paused.cursor.clone() };
    let counted = house.access.acknowledge_changes(acknowledge.clone()).await.expect("acknowledges").into_inner().acknowledged;
    let none = house.access.acknowledge_changes(acknowledge).await.expect("acknowledges").into_inner().acknowledged;
    assert_eq!((counted, none), (2, 0));

    let mut after = house.access.watch_grants(watch("")).await.expect("watches").into_inner();
    person.consent.resume_grant(v1::ResumeGrantRequest { name, ..Default::default() }).await.expect("resumes");
    assert_eq!(next(&mut after).await.expect("heard").kind(), v1::ChangeKind::Resumed);
    assert_eq!(next(&mut heard).await.expect("heard").kind(), v1::ChangeKind::Resumed);
    assert!(house.read(&grant).await.is_ok());

    let mut other = world.brand("House Two").await;
    let mut silent = other.access.watch_grants(watch("0")).await.expect("watches").into_inner();
    assert!(timeout(Duration::from_secs(1), silent.message()).await.is_err(), "another brand hears nothing");
    world.stop().await;
}

#[tokio::test]
async fn a_stream_gives_what_is_there_then_what_is_new_and_ends_with_the_stop() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let terms = v1::Terms { mode: v1::Mode::Stream.into(), ..house.terms(&[(HEIGHT, v1::View::Raw, true), (SHOES, v1::View::Raw, true)]) };
    let grant = granted(&mut house, &mut person, terms).await;
    let open = |cursor: &str| v1::StreamRecordsRequest {
        grant: grant.clone(),
        items: vec![v1::ReadItem { attribute: HEIGHT.to_owned(), view: 0 }],
        reason: "To keep sizes up to date.".to_owned(),
        cursor: cursor.to_owned(),
    };
    let mut stream = house.access.stream_records(open("")).await.expect("opens").into_inner();
    let first = next(&mut stream).await.expect("what is there");
    assert_eq!(only(&first.records, HEIGHT).version, 1);

    world.clock.advance_seconds(1);
    person.put_example(SHOES).await;
    world.clock.advance_seconds(1);
    person.put_example(HEIGHT).await;
    let second = next(&mut stream).await.expect("what is new");
    assert_eq!((second.records.len(), only(&second.records, HEIGHT).version), (1, 2));
    let mut later = house.access.stream_records(open(&first.cursor)).await.expect("opens").into_inner();
    assert_eq!(next(&mut later).await.expect("goes on").cursor, second.cursor);

    let name = format!("customers/me/grants/{}", grant.rsplit('/').next().expect("an id"));
    person.consent.revoke_grant(v1::RevokeGrantRequest { name, ..Default::default() }).await.expect("stops");
    for mut ended in [stream, later] {
        let status = next(&mut ended).await.expect_err("ends");
        assert_eq!(refusal(&status), (Code::FailedPrecondition, "GRANT_REVOKED".to_owned()));
    }
    world.stop().await;
}

#[tokio::test]
async fn deletion_is_attested_after_the_end_and_once() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let terms = house.terms(&[(HEIGHT, v1::View::Raw, true)]);
    let grant = granted(&mut house, &mut person, terms).await;
    let attest = v1::AttestDeletionRequest {
        grant: grant.clone(),
        delete_time: Some(at(0)),
        backups_within: Some(prost_types::Duration { seconds: 30 * DAY, nanos: 0 }),
        request_id: Uuid::from_u128(4).to_string(),
    };
    let live = house.access.attest_deletion(attest.clone()).await.expect_err("still live");
    assert_eq!(refusal(&live), (Code::FailedPrecondition, "GRANT_LIVE".to_owned()));
    person.consent.revoke_all_grants(v1::RevokeAllGrantsRequest { parent: me(), ..Default::default() }).await.expect("stops");
    let sequence = house.access.attest_deletion(attest.clone()).await.expect("attests").into_inner().sequence;
    assert_eq!(house.access.attest_deletion(attest).await.expect("repeats").into_inner().sequence, sequence);
    let name = format!("customers/{}/entries/{sequence}", person.id);
    let entry = person.ledger.verify_entry(v1::VerifyEntryRequest { name }).await.expect("verifies").into_inner().entry.expect("an entry");
    assert_eq!(entry.kind, "deletion.attested");
    world.stop().await;
}

#[tokio::test]
async fn pages_of_one_read_cost_one_use() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let items = [(HEIGHT, v1::View::Raw, true), (SHOES, v1::View::Raw, true)];
    let terms = v1::Terms { uses: 1, ..house.terms(&items) };
    let grant = granted(&mut house, &mut person, terms).await;
    let page = |token: &str| v1::ReadRecordsRequest { page_size: 1, page_token: token.to_owned(), ..reading(&grant) };
    let first = house.access.read_records(page("")).await.expect("answers").into_inner();
    let second = house.access.read_records(page(&first.next_page_token)).await.expect("goes on").into_inner();
    assert_eq!((first.records.len(), second.records.len(), second.next_page_token.as_str()), (1, 1, ""));
    assert_ne!(first.records[0].attribute, second.records[0].attribute);
    let spent = house.access.read_records(page("")).await.expect_err("a second read");
    assert_eq!(refusal(&spent), (Code::ResourceExhausted, "GRANT_EXHAUSTED".to_owned()));
    world.stop().await;
}

#[tokio::test]
async fn a_withdrawn_request_is_closed_and_cannot_be_approved() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let asked = house.ask(EMAIL, house.terms(&[(HEIGHT, v1::View::Raw, true)])).await;
    let waiting = person.pending().await;
    let withdraw = v1::WithdrawAccessRequestRequest { name: asked.name, ..Default::default() };
    let closed = house.access.withdraw_access_request(withdraw).await.expect("withdraws").into_inner().request.expect("a request");
    assert_eq!(closed.state(), v1::AccessRequestState::Closed);
    let refused = person.consent.approve_request(approval(&waiting, None)).await.expect_err("withdrawn");
    assert_eq!(refusal(&refused), (Code::FailedPrecondition, "REQUEST_WITHDRAWN".to_owned()));
    world.stop().await;
}
