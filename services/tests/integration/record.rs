//! A customer's own records: stored, listed, exported, deleted; and photos both ways.

use bytes::Bytes;
use coffret_proto::v1;
use coffret_proto::v1::upload_blob_request::Piece;
use futures_util::{StreamExt, stream};
use tonic::{Code, Streaming};
use uuid::Uuid;

use crate::world::{Person, World, at, fields, me, refusal};

const HEIGHT: &str = "body.height";
const PHOTO: &str = "photo.look";

fn example(attribute: &str) -> serde_json::Value {
    coffret_vault::attribute::Catalogue::builtin().get(attribute).expect("a type").example().clone()
}

fn record(attribute: &str, value: &str) -> v1::Record {
    v1::Record { attribute: attribute.to_owned(), value_json: value.to_owned(), ..v1::Record::default() }
}

fn put(record: v1::Record) -> v1::PutRecordRequest {
    v1::PutRecordRequest { customer: me(), record: Some(record), ..v1::PutRecordRequest::default() }
}

async fn bytes<T>(stream: &mut Streaming<T>, content: impl Fn(T) -> Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while let Some(piece) = stream.message().await.expect("goes on") {
        pieces.push(content(piece));
    }
    pieces
}

#[tokio::test]
async fn a_record_has_versions_and_is_gone_when_it_is_deleted() {
    let world = World::start().await;
    let mut person = world.customer("ada@example.org").await;
    let first = person.put_example(HEIGHT).await;
    assert_eq!((first.version, first.value_json.as_str(), first.source()), (1, "", v1::RecordSource::Customer));
    let measured = first.record_time.expect("its own time");
    assert!(measured.seconds < at(0).seconds && first.write_time == Some(at(0)), "the value's own time, not the writing's");

    let newer = v1::Record { name: first.name.clone(), ..record(HEIGHT, r#"{"value":173,"unit":"cm"}"#) };
    let expecting = |version| v1::PutRecordRequest { expected_version: version, ..put(newer.clone()) };
    let conflict = person.record.put_record(expecting(5)).await.expect_err("another version");
    assert_eq!(refusal(&conflict), (Code::Aborted, "VERSION_MISMATCH".to_owned()));
    let second = person.record.put_record(expecting(1)).await.expect("stores").into_inner().record.expect("a record");
    assert_eq!((second.name.as_str(), second.version), (first.name.as_str(), 2));

    let get = v1::GetRecordRequest { name: first.name.clone() };
    let read = person.record.get_record(get.clone()).await.expect("reads").into_inner().record.expect("a record");
    assert_eq!((read.version, read.value_json.as_str()), (2, r#"{"unit":"cm","value":173}"#));
    let versions = v1::ListRecordVersionsRequest { name: first.name.clone(), page_size: 1, ..Default::default() };
    let page = person.record.list_record_versions(versions.clone()).await.expect("lists").into_inner();
    let rest = v1::ListRecordVersionsRequest { page_token: page.next_page_token.clone(), ..versions };
    let rest = person.record.list_record_versions(rest).await.expect("lists").into_inner();
    assert_eq!((page.records[0].version, rest.records[0].version, rest.next_page_token.as_str()), (2, 1, ""));

    let mut other = world.customer("eve@example.org").await;
    assert_eq!(other.record.get_record(get.clone()).await.expect_err("another's").code(), Code::NotFound);
    let delete = v1::DeleteRecordRequest { name: first.name.clone(), request_id: Uuid::from_u128(3).to_string() };
    assert_eq!(other.record.delete_record(delete.clone()).await.expect_err("another's").code(), Code::NotFound);
    person.record.delete_record(delete.clone()).await.expect("deletes");
    person.record.delete_record(delete).await.expect("repeats");
    assert_eq!(person.record.get_record(get).await.expect_err("gone").code(), Code::NotFound);
    world.stop().await;
}

#[tokio::test]
async fn an_import_is_all_or_none_and_a_repeated_one_changes_nothing() {
    let world = World::start().await;
    let house = world.brand("House").await;
    let mut person = world.customer("ada@example.org").await;
    let names = [HEIGHT, "body.shoe_size", "identity.name"];
    let records: Vec<v1::Record> = names.iter().map(|name| record(name, &example(name).to_string())).collect();
    let import =
        |records: Vec<v1::Record>| v1::ImportRecordsRequest { customer: me(), records, request_id: Uuid::from_u128(1).to_string() };
    let before = world.snapshot(&person, &house).await;
    let spoil = |place: usize, value: &str| {
        let mut spoilt = records.clone();
        spoilt[place].value_json = value.to_owned();
        import(spoilt)
    };
    for (asked, field) in [
        (spoil(1, r#"{"a":1,"a":2}"#), "records[1].value_json"),
        (spoil(2, "{"), "records[2].value_json"),
        (import(vec![record(HEIGHT, "{\"unit\":\"cm\",\"value\":\"tall\"}")]), "records[0].value_json"),
        (import(vec![record("body.nothing", "{}"), records[0].clone()]), "records[0].attribute"),
        (import(vec![record("", "{}")]), "records[0].attribute"),
        (import(vec![v1::Record { name: "records/1".to_owned(), ..records[0].clone() }]), "records[0].name"),
        (import(vec![records[0].clone(); 501]), "records"),
        (import(Vec::new()), "records"),
    ] {
        let status = person.record.import_records(asked).await.expect_err("refused");
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(fields(&status).iter().all(|named| named.starts_with(field)) && !fields(&status).is_empty(), "{field}: {status:?}");
    }
    assert_eq!(before, world.snapshot(&person, &house).await);

    let stored = person.record.import_records(import(records.clone())).await.expect("imports").into_inner().records;
    assert_eq!(stored.iter().map(|one| one.attribute.as_str()).collect::<Vec<_>>(), names);
    assert!(stored.iter().all(|one| one.source() == v1::RecordSource::Import && one.version == 1));
    let after = world.snapshot(&person, &house).await;
    let again = person.record.import_records(import(records)).await.expect("repeats").into_inner().records;
    assert_eq!((stored, after), (again, world.snapshot(&person, &house).await));

    let list = |attribute: &str| v1::ListRecordsRequest { parent: me(), attribute: attribute.to_owned(), ..Default::default() };
    for (attribute, count) in [("", 3), ("body.*", 2), ("identity.name", 1)] {
        assert_eq!(person.record.list_records(list(attribute)).await.expect("lists").into_inner().records.len(), count);
    }
    assert_eq!(fields(&person.record.list_records(list("nothing.*")).await.expect_err("unknown")), ["attribute"]);
    world.stop().await;
}

#[tokio::test]
async fn an_export_is_in_the_ledger_before_its_first_byte_and_a_refused_one_is_not() {
    let world = World::start().await;
    let mut person = world.customer("ada@example.org").await;
    person.record.put_record(put(record(HEIGHT, r#"{"value":171.5,"unit":"cm"}"#))).await.expect("stores");
    let mut other = world.customer("eve@example.org").await;
    let foreign = v1::ExportRecordsRequest { customer: format!("customers/{}", person.id), format: 0 };
    assert_eq!(other.record.export_records(foreign).await.expect_err("another's").code(), Code::NotFound);
    let unknown = v1::ExportRecordsRequest { customer: me(), format: 9 };
    assert_eq!(fields(&person.record.export_records(unknown).await.expect_err("no such form")), ["format"]);
    let list = v1::ListEntriesRequest { parent: me(), kind: "record.exported".to_owned(), ..Default::default() };
    assert!(person.ledger.list_entries(list.clone()).await.expect("lists").into_inner().entries.is_empty());

    // None of the file has been taken yet.
    let export = v1::ExportRecordsRequest { customer: me(), format: 0 };
    let mut file = person.record.export_records(export).await.expect("exports").into_inner();
    let entries = person.ledger.list_entries(list).await.expect("lists").into_inner().entries;
    assert_eq!(entries.len(), 1);
    let details: serde_json::Value = serde_json::from_str(&entries[0].details_json).expect("JSON");
    assert_eq!((&details["who"]["role"], &details["attributes"]), (&"customer".into(), &serde_json::json!([HEIGHT])));
    assert!(!entries[0].details_json.contains("171.5"), "no value: {}", entries[0].details_json);
    let text = String::from_utf8(bytes(&mut file, |piece| piece.content).await.concat()).expect("UTF-8");
    assert!(text.contains("171.5"), "the file has the value: {text}");
    world.stop().await;
}

#[tokio::test]
async fn an_export_holds_every_record_in_both_forms() {
    let world = World::start().await;
    let mut person = world.customer("ada@example.org").await;
    let note = "=HYPERLINK(\"x\"), \"quoted\"\nnext";
    let name = serde_json::json!({ "given": note, "family": "Example" }).to_string();
    // More records than a page of the export, of a type that a customer has many of.
    let many = coffret_vault::attribute::Catalogue::builtin()
        .all()
        .find(|kind| kind.cardinality() == coffret_vault::attribute::Cardinality::Many && !kind.is_blob())
        .expect("one");
    let records = vec![record(many.name(), &many.example().to_string()); 230];
    person.record.import_records(v1::ImportRecordsRequest { customer: me(), records, ..Default::default() }).await.expect("imports");
    let named = person.record.put_record(put(record("identity.preferred_name", &name))).await;
    assert!(named.is_err(), "the schema is the catalogue's");
    person.put_example("identity.name").await;

    let export = |format: v1::ExportFormat| v1::ExportRecordsRequest { customer: me(), format: format.into() };
    let mut stream = person.record.export_records(export(v1::ExportFormat::JsonLines)).await.expect("exports").into_inner();
    let pieces = bytes(&mut stream, |piece| piece.content).await;
    assert!(pieces.len() > 1 && pieces.iter().all(|piece| piece.len() <= 64 * 1024));
    let text = String::from_utf8(pieces.concat()).expect("UTF-8");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 231);
    let names: std::collections::BTreeSet<&str> = lines.iter().map(|line| line["name"].as_str().expect("text")).collect();
    assert_eq!(names.len(), 231, "each once");
    let line = lines.iter().find(|line| line["attribute"] == "identity.name").expect("there");
    assert_eq!((&line["value"], &line["source"]), (&example("identity.name"), &"customer".into()));

    let mut stream = person.record.export_records(export(v1::ExportFormat::Csv)).await.expect("exports").into_inner();
    let whole = bytes(&mut stream, |piece| piece.content).await.concat();
    let mut reader = csv::Reader::from_reader(whole.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("seven cells")).collect();
    assert_eq!(rows.len(), 231);
    for (row, line) in rows.iter().zip(&lines) {
        assert_eq!(
            (&row[0], serde_json::from_str::<serde_json::Value>(&row[2]).expect("JSON")),
            (line["name"].as_str().expect("text"), line["value"].clone())
        );
    }

    let mut other = world.customer("eve@example.org").await;
    let foreign = v1::ExportRecordsRequest { customer: format!("customers/{}", person.id), format: 0 };
    assert_eq!(other.record.export_records(foreign).await.expect_err("another's").code(), Code::NotFound);
    let mut empty = other.record.export_records(export(v1::ExportFormat::JsonLines)).await.expect("exports").into_inner();
    assert_eq!(bytes(&mut empty, |piece| piece.content).await, Vec::<Bytes>::new());
    world.stop().await;
}

/// The header of an upload of this photo.
fn header_of(body: &[u8]) -> Piece {
    let digest = coffret_services::tls::fingerprint(body).map(|byte| format!("{byte:02x}")).concat();
    let mut described = example(PHOTO);
    described["bytes"] = body.len().into();
    described["sha256"] = digest.into();
    described_as(body.len(), &described)
}

fn header(size: usize) -> Piece {
    let mut described = example(PHOTO);
    described["bytes"] = size.into();
    described_as(size, &described)
}

fn described_as(size: usize, described: &serde_json::Value) -> Piece {
    Piece::Header(v1::BlobHeader {
        customer: me(),
        attribute: PHOTO.to_owned(),
        value_json: described.to_string(),
        size: i64::try_from(size).expect("fits"),
        request_id: String::new(),
    })
}

async fn upload(person: &mut Person, pieces: Vec<Piece>) -> Result<v1::Record, tonic::Status> {
    let messages = pieces.into_iter().map(|piece| v1::UploadBlobRequest { piece: Some(piece) });
    Ok(person.record.upload_blob(stream::iter(messages)).await?.into_inner().record.expect("a record"))
}

#[tokio::test]
async fn a_photo_goes_up_and_comes_down_to_its_owner_and_to_whom_it_is_granted() {
    let world = World::start().await;
    let mut house = world.brand("House").await;
    let mut person = world.customer("ada@example.org").await;
    let body: Vec<u8> = (0..2_500_000_u32).map(|place| (place % 253) as u8).collect();
    let pieces = body.chunks(1024 * 1024).map(|piece| Piece::Content(Bytes::copy_from_slice(piece)));
    let stored = upload(&mut person, std::iter::once(header_of(&body)).chain(pieces).collect()).await.expect("stores");
    assert_eq!((stored.attribute.as_str(), stored.blob_size), (PHOTO, 2_500_000));
    let download = v1::DownloadBlobRequest { name: stored.name.clone() };
    let mut down = person.record.download_blob(download).await.expect("opens").into_inner();
    let pieces = bytes(&mut down, |piece| piece.content).await;
    assert!(pieces.iter().all(|piece| piece.len() <= 64 * 1024) && pieces.concat() == body);

    house.ask("ada@example.org", house.terms(&[(PHOTO, v1::View::Raw, true)])).await;
    let grant = person.approve(None).await.expect("approves").grant.expect("a grant");
    let grant = format!("brands/me/grants/{}", grant.name.rsplit('/').next().expect("an id"));
    let described = house.read(&grant).await.expect("answers").records.remove(0);
    let read = v1::ReadBlobRequest { grant, record: described.name, reason: "To see the look.".to_owned(), ..Default::default() };
    let mut seen = house.access.read_blob(read.clone()).await.expect("opens").into_inner();
    assert!(bytes(&mut seen, |piece| piece.content).await.concat() == body);
    person.consent.revoke_all_grants(v1::RevokeAllGrantsRequest { parent: me(), ..Default::default() }).await.expect("stops");
    let refused = house.access.read_blob(read).await.expect_err("stopped");
    assert_eq!(refusal(&refused), (Code::FailedPrecondition, "GRANT_REVOKED".to_owned()));

    let before = world.snapshot(&person, &house).await;
    let part = |bytes: usize| Piece::Content(Bytes::from(vec![1; bytes]));
    for (pieces, field) in [
        (vec![part(5)], "header"),
        (vec![header(5), part(6)], "content"),
        (vec![header(5), part(4)], "header.size"),
        (vec![header(20 * 1024 * 1024 + 1), part(5)], "header.size"),
        (vec![header(2_000_000), part(1024 * 1024 + 1)], "content"),
    ] {
        let status = upload(&mut person, pieces).await.expect_err("refused");
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]));
    }
    let name = person.put_example(HEIGHT).await.name;
    let no_photo = person.record.download_blob(v1::DownloadBlobRequest { name }).await.expect_err("no photo");
    assert_eq!(fields(&no_photo), ["name"]);
    let after = world.snapshot(&person, &house).await;
    assert_ne!(before, after, "the snapshot sees the one record that was put");
    world.stop().await;
}

#[tokio::test]
async fn what_a_photos_header_shows_to_be_wrong_is_refused_before_its_bytes() {
    let world = World::start().await;
    let house = world.brand("House").await;
    let mut person = world.customer("ada@example.org").await;
    let before = world.snapshot(&person, &house).await;
    let Piece::Header(good) = header(5) else { panic!("a header") };
    let told = |change: &dyn Fn(&mut v1::BlobHeader)| {
        let mut told = good.clone();
        change(&mut told);
        told
    };
    let smaller = header(4);
    for (header, field) in [
        (told(&|header| header.attribute = "photo.nothing".to_owned()), "header.attribute"),
        (told(&|header| header.attribute = HEIGHT.to_owned()), "header.attribute"),
        (told(&|header| header.attribute.clear()), "header.attribute"),
        (told(&|header| header.value_json = "{".to_owned()), "header.value_json"),
        (told(&|header| header.value_json = "{}".to_owned()), "header.value_json"),
        (
            told(&|header| {
                let Piece::Header(smaller) = &smaller else { panic!("a header") };
                header.value_json.clone_from(&smaller.value_json);
            }),
            "header.value_json.bytes",
        ),
        (told(&|header| header.request_id = "1".to_owned()), "request_id"),
        (told(&|header| header.customer = "customers/x".to_owned()), "header.customer"),
    ] {
        // The caller sends the header, and waits with the bytes for as long as the server does.
        let message = v1::UploadBlobRequest { piece: Some(Piece::Header(header)) };
        let waiting = stream::iter([message]).chain(stream::pending());
        let answer = tokio::time::timeout(std::time::Duration::from_secs(10), person.record.upload_blob(waiting)).await;
        let status = answer.unwrap_or_else(|_| panic!("{field} is told from the header")).expect_err("refused");
        let named = fields(&status);
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert!(!named.is_empty() && named.iter().all(|named| named.starts_with(field)), "{field}: {status:?}");
    }
    assert_eq!(before, world.snapshot(&person, &house).await);
    upload(&mut person, vec![Piece::Header(good), Piece::Content(Bytes::from_static(b"12345"))])
        .await
        .expect_err("the bytes are another photo's than the description's, which the bytes alone tell");
    world.stop().await;
}

#[tokio::test]
async fn the_catalogue_is_listed_in_the_language_and_family_asked_for() {
    let world = World::start().await;
    let mut person = world.customer("ada@example.org").await;
    let list = |language: &str, family: &str| v1::ListAttributeTypesRequest { language: language.to_owned(), family: family.to_owned() };
    let all = person.record.list_attribute_types(list("", "")).await.expect("lists").into_inner();
    let catalogue = coffret_vault::attribute::Catalogue::builtin();
    assert_eq!((all.attribute_types.len(), all.version.as_str()), (catalogue.all().len(), catalogue.version()));
    let body = person.record.list_attribute_types(list("fr", "body")).await.expect("lists").into_inner().attribute_types;
    assert!(!body.is_empty() && body.iter().all(|kind| kind.attribute.starts_with("body.")));
    let height = body.iter().find(|kind| kind.attribute == HEIGHT).expect("there");
    assert_eq!(height.title, catalogue.get(HEIGHT).expect("there").title("fr"));
    assert!(height.single && height.maskable && !height.blob);
    for kind in &all.attribute_types {
        assert!(serde_json::from_str::<serde_json::Value>(&kind.schema_json).is_ok(), "{}", kind.attribute);
    }
    assert_eq!(fields(&person.record.list_attribute_types(list("", "nothing")).await.expect_err("unknown")), ["family"]);
    world.stop().await;
}
