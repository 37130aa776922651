//! A customer's side: decisions, receipts, and names that are not theirs.

use coffret_proto::v1;
use tonic::Code;
use uuid::Uuid;

use crate::world::{DAY, House, Person, World, approval, at, fields, me, refusal};

pub(crate) const EMAIL: &str = "ada@example.org";
pub(crate) const HEIGHT: &str = "body.height";
pub(crate) const SHOES: &str = "body.shoe_size";

/// A house, and a customer with a height and a shoe size.
pub(crate) async fn cast(world: &World) -> (House, Person) {
    let house = world.brand("House One").await;
    let mut person = world.customer(EMAIL).await;
    person.put_example(HEIGHT).await;
    person.put_example(SHOES).await;
    (house, person)
}

async fn granted(house: &mut House, person: &mut Person, uses: i32) -> v1::Grant {
    let items = [(HEIGHT, v1::View::Raw, true), (SHOES, v1::View::Raw, true)];
    house.ask(EMAIL, v1::Terms { uses, ..house.terms(&items) }).await;
    person.approve(None).await.expect("approves").grant.expect("a grant")
}

#[tokio::test]
async fn a_notice_is_shown_in_the_language_asked_for_and_must_be_the_one_in_force() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    house.ask(EMAIL, house.terms(&[(HEIGHT, v1::View::Raw, true)])).await;
    let waiting = person.pending().await;
    assert_eq!(waiting.notice.clone().expect("a notice").language, "en");
    let french = v1::GetRequestRequest { name: waiting.name.clone(), language: "fr-CA".to_owned() };
    let french = person.consent.get_request(french).await.expect("reads").into_inner().request.expect("a request");
    let notice = french.notice.clone().expect("a notice");
    assert_eq!(
        (notice.language.as_str(), notice.text.as_str(), notice.purpose_version),
        ("fr", "Pour vous conseiller.", waiting.terms.clone().expect("terms").purpose_version)
    );

    let before = world.snapshot(&person, &house).await;
    let no_notice = v1::ApproveRequestRequest { notice_sha256: String::new(), ..approval(&waiting, None) };
    let status = person.consent.approve_request(no_notice).await.expect_err("no notice");
    assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["notice_sha256".to_owned()]));
    let other = v1::ApproveRequestRequest { notice_sha256: "0".repeat(64), ..approval(&waiting, None) };
    let status = person.consent.approve_request(other).await.expect_err("another notice");
    assert_eq!(refusal(&status), (Code::FailedPrecondition, "NOTICE_CHANGED".to_owned()));
    assert_eq!(before, world.snapshot(&person, &house).await);

    let approved = person.consent.approve_request(approval(&french, None)).await.expect("approves").into_inner();
    let seen = approved.receipt.expect("a receipt").notice.expect("the notice");
    assert_eq!((seen.language.as_str(), &seen.sha256, seen.purpose_version), ("fr", &notice.sha256, notice.purpose_version));

    // What others were told has changed, then what this customer was told.
    for (english, french, suspended) in [("Something else.", "Pour vous conseiller.", 0), ("Something else.", "Pour autre chose.", 1)] {
        world.publish(house.id, english, french).await;
        let list = v1::ListGrantsRequest { parent: me(), state: v1::GrantState::Suspended.into(), ..Default::default() };
        assert_eq!(person.consent.list_grants(list).await.expect("lists").into_inner().grants.len(), suspended);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_repeated_decision_answers_with_the_first_result() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    house.ask(EMAIL, house.terms(&[(HEIGHT, v1::View::Raw, true)])).await;
    let waiting = person.pending().await;
    let approve = v1::ApproveRequestRequest { request_id: Uuid::from_u128(1).to_string(), ..approval(&waiting, None) };
    let first = person.consent.approve_request(approve.clone()).await.expect("approves").into_inner();
    let after = world.snapshot(&person, &house).await;
    let again = person.consent.approve_request(approve).await.expect("repeats").into_inner();
    assert_eq!((first.grant, first.receipt), (again.grant, again.receipt));
    let twice = person.consent.approve_request(approval(&waiting, None)).await.expect_err("decided");
    assert_eq!(refusal(&twice), (Code::FailedPrecondition, "REQUEST_ALREADY_DECIDED".to_owned()));
    assert_eq!(after, world.snapshot(&person, &house).await);
    world.stop().await;
}

#[tokio::test]
async fn a_pause_ends_by_itself_at_its_time() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let grant = granted(&mut house, &mut person, 0).await;
    let brand_name = house.access.list_access_grants(v1::ListAccessGrantsRequest::default()).await.expect("lists").into_inner().grants;
    let pause = v1::PauseGrantRequest { name: grant.name.clone(), until_time: Some(at(DAY)), ..Default::default() };
    let paused = person.consent.pause_grant(pause).await.expect("pauses").into_inner().grant.expect("a grant");
    assert_eq!((paused.state(), paused.pause_until_time), (v1::GrantState::Paused, Some(at(DAY))));
    assert_eq!(refusal(&house.read(&brand_name[0].name).await.expect_err("paused")).1, "GRANT_PAUSED");
    world.clock.advance_seconds(DAY);
    assert!(house.read(&brand_name[0].name).await.is_ok());
    let now = person.consent.get_grant(v1::GetGrantRequest { name: grant.name }).await.expect("reads").into_inner().grant.expect("a grant");
    assert_eq!((now.state(), now.pause_until_time, now.used, now.last_read_time), (v1::GrantState::Active, None, 1, Some(at(DAY))));
    world.stop().await;
}

#[tokio::test]
async fn an_amended_grant_takes_the_place_of_the_old_one_and_goes_on_counting() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let grant = granted(&mut house, &mut person, 3).await;
    let brand_name = |grant: &v1::Grant| format!("brands/me/grants/{}", grant.name.rsplit('/').next().expect("an id"));
    assert_eq!(house.read(&brand_name(&grant)).await.expect("answers").uses_left, 2);
    let mut less = grant.terms.clone().expect("terms");
    less.items.retain(|item| item.attribute == HEIGHT);
    let amend = v1::AmendGrantRequest { name: grant.name.clone(), terms: Some(less.clone()), ..Default::default() };
    let amended = person.consent.amend_grant(amend).await.expect("amends").into_inner();
    let newer = amended.grant.expect("a grant");
    assert_eq!((newer.supersedes.as_str(), newer.terms.clone()), (grant.name.as_str(), Some(less)));
    assert_eq!(amended.receipt.expect("a receipt").decision, "amend");
    assert_eq!(refusal(&house.read(&brand_name(&grant)).await.expect_err("replaced")).1, "GRANT_SUPERSEDED");
    let answer = house.read(&brand_name(&newer)).await.expect("answers");
    assert_eq!((answer.records.len(), answer.uses_left), (1, 1));

    let before = world.snapshot(&person, &house).await;
    let amend = v1::AmendGrantRequest { name: newer.name, terms: grant.terms, ..Default::default() };
    let wider = person.consent.amend_grant(amend).await.expect_err("more than before");
    assert_eq!((wider.code(), fields(&wider)), (Code::InvalidArgument, vec!["terms.items[1].attribute".to_owned()]));
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}

#[tokio::test]
async fn one_call_pauses_or_stops_all_grants() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let mut second = world.brand("House Two").await;
    granted(&mut house, &mut person, 0).await;
    granted(&mut second, &mut person, 0).await;
    let paused = person.consent.pause_all_grants(v1::PauseAllGrantsRequest { parent: me(), ..Default::default() }).await;
    let paused = paused.expect("pauses").into_inner().grants;
    assert_eq!(paused.iter().map(v1::Grant::state).collect::<Vec<_>>(), [v1::GrantState::Paused; 2]);
    let stopped = person.consent.revoke_all_grants(v1::RevokeAllGrantsRequest { parent: me(), ..Default::default() }).await;
    assert_eq!(stopped.expect("stops").into_inner().grants.len(), 2);
    let list = v1::ListGrantsRequest { parent: me(), state: v1::GrantState::Revoked.into(), page_size: 1, ..Default::default() };
    let first = person.consent.list_grants(list.clone()).await.expect("lists").into_inner();
    let rest = v1::ListGrantsRequest { page_token: first.next_page_token, ..list };
    let rest = person.consent.list_grants(rest).await.expect("lists").into_inner();
    assert_eq!((first.grants.len(), rest.grants.len(), rest.next_page_token.as_str()), (1, 1, ""));
    assert_ne!(first.grants[0].brand_title, rest.grants[0].brand_title);

    let receipts = person.consent.list_receipts(v1::ListReceiptsRequest { parent: me(), ..Default::default() }).await;
    let receipts = receipts.expect("lists").into_inner().receipts;
    let decisions: Vec<&str> = receipts.iter().map(|receipt| receipt.decision.as_str()).collect();
    assert_eq!(decisions, ["revoke", "revoke", "pause", "pause", "approve", "approve"]);
    for receipt in receipts {
        let verify = v1::VerifyEntryRequest { name: receipt.entry };
        let verified = person.ledger.verify_entry(verify).await.expect("verifies").into_inner();
        assert_eq!((verified.valid, verified.entry.expect("an entry").commitment), (true, receipt.commitment));
    }
    world.stop().await;
}

#[tokio::test]
async fn what_belongs_to_another_customer_is_not_there() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let grant = granted(&mut house, &mut person, 0).await;
    let request = person.consent.list_requests(v1::ListRequestsRequest { parent: me(), ..Default::default() }).await;
    let request = request.expect("lists").into_inner().requests.remove(0);
    let mut other = world.customer("eve@example.org").await;
    let before = world.snapshot(&person, &house).await;
    // Under the owner's name, and under one's own.
    for name in [grant.name.clone(), format!("customers/me/grants/{}", grant.name.rsplit('/').next().expect("an id"))] {
        let status = other.consent.get_grant(v1::GetGrantRequest { name: name.clone() }).await.expect_err("another's");
        assert_eq!(status.code(), Code::NotFound);
        let status = other.consent.revoke_grant(v1::RevokeGrantRequest { name: name.clone(), ..Default::default() }).await;
        assert_eq!(status.expect_err("another's").code(), Code::NotFound);
        let amend = v1::AmendGrantRequest { name, terms: grant.terms.clone(), ..Default::default() };
        assert_eq!(other.consent.amend_grant(amend).await.expect_err("another's").code(), Code::NotFound);
    }
    for name in [request.name.clone(), format!("customers/me/requests/{}", request.name.rsplit('/').next().expect("an id"))] {
        let status = other.consent.get_request(v1::GetRequestRequest { name: name.clone(), ..Default::default() }).await;
        assert_eq!(status.expect_err("another's").code(), Code::NotFound);
        let status = other.consent.decline_request(v1::DeclineRequestRequest { name, ..Default::default() }).await;
        assert_eq!(status.expect_err("another's").code(), Code::NotFound);
    }
    let foreign = v1::ListEntriesRequest { parent: format!("customers/{}", person.id), ..Default::default() };
    assert_eq!(other.ledger.list_entries(foreign).await.expect_err("another's").code(), Code::NotFound);
    let everything = v1::CheckLedgerRequest::default();
    assert_eq!(fields(&other.ledger.check_ledger(everything).await.expect_err("not all")), ["parent"]);
    let made_up = v1::CheckLedgerRequest { parent: "customers/me".to_owned(), page_token: "AAAA".to_owned() };
    assert_eq!(fields(&other.ledger.check_ledger(made_up).await.expect_err("no page of theirs")), ["page_token"]);
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}
