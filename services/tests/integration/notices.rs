//! Notices, contact checks and complaints, as callers of the contract see them.

use coffret_proto::v1;
use coffret_proto::v1::complaint_service_client::ComplaintServiceClient;
use coffret_proto::v1::notice_service_client::NoticeServiceClient;
use tonic::Code;

use crate::world::{Bearer, World, at, fields, me, refusal};

const EMAIL: &str = "ada@example.org";
const SETTINGS: &str = "customers/me/noticeSettings";

#[tokio::test]
async fn notices_are_listed_marked_and_set() {
    let world = World::start().await;
    let (mut house, mut person) = (world.brand("Maison Alba").await, world.customer(EMAIL).await);
    let mut notice = NoticeServiceClient::with_interceptor(person.channel.clone(), Bearer(person.bearer.clone()));
    person.put_example("body.height").await;
    let terms = house.terms(&[("body.height", v1::View::Raw, true)]);
    house.ask(EMAIL, terms).await;
    let grant = person.approve(None).await.expect("a yes").grant.expect("a grant");
    let list = |page_size, page_token: String| v1::ListNoticesRequest { parent: me(), page_size, page_token };
    let page = notice.list_notices(list(2, String::new())).await.expect("lists").into_inner();
    // The token that the customer calls with was issued by an operator.
    assert_eq!(page.unseen_count, 3);
    let kinds: Vec<_> = page.notices.iter().map(v1::CustomerNotice::kind).collect();
    assert_eq!(kinds, [v1::NoticeKind::AccessGiven, v1::NoticeKind::RequestWaiting]);
    let given = &page.notices[0];
    assert_eq!((given.grant.as_str(), given.event.as_str(), given.create_time), (grant.name.as_str(), "request.approved", Some(at(0))));
    assert_eq!(given.brand, format!("brands/{}", house.id));
    let rest = notice.list_notices(list(2, page.next_page_token)).await.expect("lists").into_inner();
    assert_eq!((rest.notices[0].kind(), rest.next_page_token.as_str()), (v1::NoticeKind::SupportActed, ""));

    let see = |last: &str| v1::MarkNoticesSeenRequest { parent: me(), last_notice: last.to_owned() };
    let seen = notice.mark_notices_seen(see(&page.notices[1].name)).await.expect("marks").into_inner();
    assert_eq!(seen.seen_count, 2);
    let after = notice.list_notices(list(1, String::new())).await.expect("lists").into_inner();
    assert_eq!((after.unseen_count, after.notices[0].see_time), (1, None));
    let wrong = notice.mark_notices_seen(see("customers/me/notices/7")).await.expect_err("no name");
    assert_eq!(fields(&wrong), ["last_notice"]);

    let get = v1::GetNoticeSettingsRequest { name: SETTINGS.to_owned() };
    let settings = notice.get_notice_settings(get.clone()).await.expect("reads").into_inner().settings.expect("settings");
    assert!(!settings.mail_enabled && !settings.address_known, "no mail here, and no address");
    assert_eq!((settings.topics.len(), settings.language.as_str()), (7, ""));
    let receipts = settings.topics.iter().find(|own| own.topic() == v1::NoticeTopic::Receipts).expect("receipts");
    assert_eq!(receipts.allowed().collect::<Vec<_>>(), [v1::MailDelivery::AtOnce, v1::MailDelivery::Daily]);
    let change = |topic: v1::NoticeTopic, mail: v1::MailDelivery| v1::UpdateNoticeSettingsRequest {
        settings: Some(v1::NoticeSettings {
            name: SETTINGS.to_owned(),
            topics: vec![v1::TopicSetting { topic: topic.into(), mail: mail.into(), allowed: Vec::new() }],
            ..v1::NoticeSettings::default()
        }),
        ..v1::UpdateNoticeSettingsRequest::default()
    };
    let refused = notice.update_notice_settings(change(v1::NoticeTopic::Receipts, v1::MailDelivery::Off)).await.expect_err("must arrive");
    assert_eq!(fields(&refused), ["settings.topics"]);
    person.put_example("contact.email").await;
    let changed = notice.update_notice_settings(change(v1::NoticeTopic::Reads, v1::MailDelivery::Off)).await.expect("changes");
    let changed = changed.into_inner().settings.expect("settings");
    assert!(changed.address_known);
    assert_eq!(notice.get_notice_settings(get).await.expect("reads").into_inner().settings, Some(changed));
    world.stop().await;
}

#[tokio::test]
async fn a_contact_is_tried_out_and_every_reason_is_named() {
    let world = World::start().await;
    let (mut house, mut person) = (world.brand("Maison Alba").await, world.customer(EMAIL).await);
    let asked = v1::CheckContactRequest {
        customer: me(),
        brand: format!("brands/{}", house.id),
        channel: "email".to_owned(),
        purpose: "orders".to_owned(),
        ..v1::CheckContactRequest::default()
    };
    let reasons = |answer: &v1::CheckContactResponse| answer.blocks.iter().map(|one| one.reason.clone()).collect::<Vec<_>>();
    let answer = person.record.check_contact(asked.clone()).await.expect("answers").into_inner();
    assert_eq!((answer.allowed, reasons(&answer)), (false, vec!["NO_ACCESS".to_owned()]));
    person.put_example("body.height").await;
    house.ask(EMAIL, house.terms(&[("body.height", v1::View::Raw, true)])).await;
    person.approve(None).await.expect("a yes");
    let answer = person.record.check_contact(asked.clone()).await.expect("answers").into_inner();
    assert_eq!(reasons(&answer), ["NO_RULES"]);
    // By e-mail about orders; quiet on weekday nights in Rome; two a month; not before December.
    person.put_example("rules.channel").await;
    let night = v1::CheckContactRequest {
        contact_time: Some("2026-12-03T20:30:00Z".parse().expect("a moment")),
        author: "machine".to_owned(),
        made_this_month: 2,
        ..asked.clone()
    };
    let answer = person.record.check_contact(night).await.expect("answers").into_inner();
    assert_eq!(reasons(&answer), ["PERSON_ONLY", "QUIET_TIME", "MONTH_FULL"]);
    assert_eq!((answer.blocks[1].until.as_str(), answer.blocks[2].limit), ("10:00", 2));
    let late = v1::CheckContactRequest { contact_time: Some(at(31 * 86_400)), ..asked.clone() };
    let answer = person.record.check_contact(late).await.expect("answers").into_inner();
    assert_eq!(reasons(&answer), ["NO_ACCESS"], "the access has ended by then");
    let soon = v1::CheckContactRequest { contact_time: Some(at(0)), author: "machine".to_owned(), made_this_month: 2, ..asked.clone() };
    let answer = person.record.check_contact(soon.clone()).await.expect("answers").into_inner();
    assert!(reasons(&answer).starts_with(&["PERSON_ONLY".to_owned(), "LEFT_ALONE".to_owned()]), "{answer:?}");
    assert!(reasons(&answer).contains(&"MONTH_FULL".to_owned()));
    assert_eq!(answer.blocks.iter().find(|one| one.reason == "LEFT_ALONE").expect("left alone").until, "2026-12-01");
    let ready = v1::CheckContactRequest { author: String::new(), occasion: "order_ready".to_owned(), ..soon };
    let answer = person.record.check_contact(ready).await.expect("answers").into_inner();
    assert_eq!((answer.allowed, answer.occasion.as_str(), answer.blocks), (true, "order_ready", Vec::new()));
    for (field, change) in [
        ("channel", v1::CheckContactRequest { channel: "pigeon".to_owned(), ..asked.clone() }),
        ("purpose", v1::CheckContactRequest { purpose: String::new(), ..asked.clone() }),
        ("occasion", v1::CheckContactRequest { occasion: "party".to_owned(), ..asked.clone() }),
        ("author", v1::CheckContactRequest { author: "ghost".to_owned(), ..asked.clone() }),
        ("made_this_month", v1::CheckContactRequest { made_this_month: -1, ..asked.clone() }),
        ("brand", v1::CheckContactRequest { brand: "x".to_owned(), ..asked.clone() }),
        ("contact_time", v1::CheckContactRequest { contact_time: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }), ..asked }),
    ] {
        let refused = person.record.check_contact(change).await.expect_err(field);
        assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec![field.to_owned()]));
    }
    world.stop().await;
}

#[tokio::test]
async fn a_complaint_is_filed_seen_by_operators_without_its_words_and_answered() {
    let world = World::start().await;
    let (mut house, mut person) = (world.brand("Maison Alba").await, world.customer(EMAIL).await);
    person.put_example("body.height").await;
    house.ask(EMAIL, house.terms(&[("body.height", v1::View::Raw, true)])).await;
    let grant = person.approve(None).await.expect("a yes").grant.expect("a grant");
    let read = house.read(&format!("brands/me/grants/{}", grant.name.rsplit('/').next().expect("an id"))).await.expect("reads");
    drop(read);
    let newest = v1::ListEntriesRequest { parent: me(), kind: "read".to_owned(), page_size: 1, ..v1::ListEntriesRequest::default() };
    let entry = person.ledger.list_entries(newest).await.expect("lists").into_inner().entries.remove(0);
    let mut complaint = ComplaintServiceClient::with_interceptor(person.channel.clone(), Bearer(person.bearer.clone()));
    let wanted = v1::Complaint {
        kind: v1::ComplaintKind::NotRecognised.into(),
        entry: entry.name.clone(),
        text: "Who was that?".to_owned(),
        ..v1::Complaint::default()
    };
    let file = |wanted: v1::Complaint| v1::CreateComplaintRequest { parent: me(), complaint: Some(wanted), request_id: String::new() };
    let filed = complaint.create_complaint(file(wanted.clone())).await.expect("files").into_inner().complaint.expect("a complaint");
    assert_eq!(
        (filed.state(), filed.entry.as_str(), filed.grant.as_str()),
        (v1::ComplaintState::Open, entry.name.as_str(), grant.name.as_str())
    );
    let proof = person.ledger.verify_entry(v1::VerifyEntryRequest { name: filed.filing.clone() }).await.expect("verifies").into_inner();
    assert!(proof.valid);
    for (field, wrong) in [
        ("complaint.kind", v1::Complaint { kind: 0, ..wanted.clone() }),
        ("complaint.entry", v1::Complaint { entry: String::new(), ..wanted.clone() }),
        ("complaint.entry", v1::Complaint { grant: grant.name.clone(), ..wanted.clone() }),
        ("complaint.entry", v1::Complaint { entry: "x".to_owned(), ..wanted.clone() }),
        ("complaint.text", v1::Complaint { text: "x".repeat(2001), ..wanted }),
    ] {
        let refused = complaint.create_complaint(file(wrong)).await.expect_err(field);
        assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec![field.to_owned()]));
    }

    let (channel, operator) = world.operator().await;
    let mut desk = ComplaintServiceClient::with_interceptor(channel, operator);
    let open = desk.list_open_complaints(v1::ListOpenComplaintsRequest::default()).await.expect("lists").into_inner();
    assert_eq!((open.open_count, open.complaints[0].text.as_str(), open.complaints[0].shared), (1, "", false));
    assert_eq!((open.complaints[0].entry.as_str(), open.complaints[0].grant.as_str(), open.complaints[0].brand.as_str()), ("", "", ""));
    let close = |answer: &str| v1::CloseComplaintRequest {
        name: open.complaints[0].name.clone(),
        answer: answer.to_owned(),
        request_id: String::new(),
    };
    assert_eq!(fields(&desk.close_complaint(close("")).await.expect_err("no answer")), ["answer"]);
    let closed = desk.close_complaint(close("We asked the house.")).await.expect("closes").into_inner().complaint.expect("a complaint");
    assert_eq!((closed.text.as_str(), closed.state()), ("", v1::ComplaintState::Closed));
    let get = v1::GetComplaintRequest { name: filed.name };
    let seen = complaint.get_complaint(get).await.expect("reads").into_inner().complaint.expect("a complaint");
    assert_eq!((seen.answer.as_str(), seen.text.as_str()), ("We asked the house.", "Who was that?"));
    let again = desk.close_complaint(close("Again.")).await.expect_err("closed");
    assert_eq!(refusal(&again), (Code::FailedPrecondition, "COMPLAINT_CLOSED".to_owned()));
    world.stop().await;
}
