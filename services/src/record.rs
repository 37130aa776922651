//! `RecordService`: a customer's own data, and the catalogue of what it can be.

pub(crate) mod blob;
mod contact;
mod export;
mod value;

use std::pin::Pin;
use std::sync::Arc;

use coffret_proto::v1;
use coffret_vault::Vault;
use coffret_vault::attribute::{AttributeType, Cardinality, Sensitivity};
use coffret_vault::clock::Timestamp;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::CustomerId;
use coffret_vault::page::PageRequest;
use coffret_vault::record::{Export, MOST_RECORDS, NewRecord, Record, RecordInfo, Source};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use tonic::{Request, Response, Status, Streaming};

use crate::caller::Caller;
use crate::names;
use crate::once::once;
use crate::status::status;
use crate::terms::renamed;
use export::Format;

/// Records that an export holds in memory at a time.
const EXPORT_PAGE: i32 = 100;

type Answer<T> = std::result::Result<Response<T>, Status>;
type Pieces<T> = Pin<Box<dyn Stream<Item = std::result::Result<T, Status>> + Send>>;

/// Serves `coffret.v1.RecordService` from a vault.
#[derive(Clone, Debug)]
pub struct RecordService {
    vault: Arc<Vault>,
}

impl RecordService {
    /// The service over this vault.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { vault }
    }

    fn attribute_types(&self, asked: &v1::ListAttributeTypesRequest) -> Result<v1::ListAttributeTypesResponse> {
        let catalogue = self.vault.catalogue();
        let language = if asked.language.is_empty() { "en" } else { &asked.language };
        if !asked.family.is_empty() && !catalogue.families().any(|family| family == asked.family) {
            return Err(Error::invalid("family", "FAMILY_UNKNOWN", "There is no such family of attribute types."));
        }
        let listed = catalogue.all().filter(|kind| asked.family.is_empty() || kind.family() == asked.family);
        Ok(v1::ListAttributeTypesResponse {
            attribute_types: listed.map(|kind| attribute_type(kind, language)).collect(),
            version: catalogue.version().to_owned(),
        })
    }

    async fn put(&self, caller: &Caller, asked: v1::PutRecordRequest) -> Result<v1::PutRecordResponse> {
        let customer = names::customer(&asked.customer, "customer", caller)?;
        let once = once(caller, "PutRecord", &asked.request_id, &asked)?;
        let Some(record) = asked.record else { return Err(Error::invalid("record", "RECORD_MISSING", "The call has a record.")) };
        let mut new = new_record(caller, customer, record, "record")?;
        new.expected_version = match asked.expected_version {
            0 => None,
            version if version > 0 => Some(version),
            _ => return Err(Error::invalid("expected_version", "NUMBER_NEGATIVE", "This number is not negative.")),
        };
        let time = self.own_time(&new);
        let stored = self.vault.put_records(customer, caller.who(), Source::Customer, vec![new], once.as_ref()).await?;
        let stored = stored.first().ok_or_else(|| Error::internal("a stored record has no description"))?;
        Ok(v1::PutRecordResponse { record: Some(stored_record(customer, stored, time)) })
    }

    async fn import(&self, caller: &Caller, asked: v1::ImportRecordsRequest) -> Result<v1::ImportRecordsResponse> {
        let customer = names::customer(&asked.customer, "customer", caller)?;
        if asked.records.is_empty() || asked.records.len() > MOST_RECORDS {
            return Err(Error::invalid("records", "RECORDS_COUNT", "A call stores 1 to 500 records."));
        }
        let once = once(caller, "ImportRecords", &asked.request_id, &asked)?;
        let alone = asked.records.len() == 1;
        let read = |(place, record)| new_record(caller, customer, record, &format!("records[{place}]"));
        let new = asked.records.into_iter().enumerate().map(read).collect::<Result<Vec<_>>>()?;
        let times: Vec<Option<Timestamp>> = new.iter().map(|new| self.own_time(new)).collect();
        let stored = self.vault.put_records(customer, caller.who(), Source::Import, new, once.as_ref()).await;
        // The vault names the field of a lone record as PutRecord has it.
        let stored = stored.map_err(|error| if alone { renamed(error, "record", "records[0]") } else { error })?;
        let records = stored.iter().zip(times).map(|(info, time)| stored_record(customer, info, time)).collect();
        Ok(v1::ImportRecordsResponse { records })
    }

    /// The record's own time as its value tells it.
    fn own_time(&self, new: &NewRecord) -> Option<Timestamp> {
        self.vault.catalogue().get(&new.attribute)?.time(&new.value)
    }

    async fn list(&self, caller: &Caller, asked: &v1::ListRecordsRequest) -> Result<v1::ListRecordsResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let attribute = Some(asked.attribute.as_str()).filter(|attribute| !attribute.is_empty());
        let found = self.vault.records(customer, attribute, &page).await?;
        Ok(v1::ListRecordsResponse {
            records: found.items.iter().map(|record| opened_record(customer, record)).collect(),
            next_page_token: found.next,
        })
    }

    async fn versions(&self, caller: &Caller, asked: &v1::ListRecordVersionsRequest) -> Result<v1::ListRecordVersionsResponse> {
        let (customer, id) = names::customer_record(&asked.name, "name", caller)?;
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let found = self.vault.record_versions(customer, id, &page).await?;
        Ok(v1::ListRecordVersionsResponse {
            records: found.items.iter().map(|record| opened_record(customer, record)).collect(),
            next_page_token: found.next,
        })
    }

    /// The file page by page: no more of it than one page is in memory.
    fn export(
        &self,
        customer: CustomerId,
        export: Export,
        format: Format,
    ) -> impl Stream<Item = Result<v1::ExportRecordsResponse>> + Send + use<> {
        let (vault, export) = (Arc::clone(&self.vault), Arc::new(export));
        let head = stream::iter([Ok(format.head())]);
        let pages = stream::try_unfold(Some(String::new()), move |token| {
            let (vault, export) = (Arc::clone(&vault), Arc::clone(&export));
            async move {
                let Some(token) = token else { return Ok::<_, Error>(None) };
                let page = vault.exported(&export, &PageRequest::new(EXPORT_PAGE, &token)?).await?;
                let next = (!page.next.is_empty()).then_some(page.next);
                Ok(Some((format.lines(customer, &page.items), next)))
            }
        });
        let pieces = head.chain(pages).map_ok(|bytes| stream::iter(export::pieces(bytes).map(Ok)));
        pieces.try_flatten().map_ok(|content| v1::ExportRecordsResponse { content })
    }

    async fn upload(&self, caller: &Caller, pieces: Streaming<v1::UploadBlobRequest>) -> std::result::Result<v1::Record, Status> {
        let check = |header: &v1::BlobHeader| -> Result<_> {
            let customer = names::customer(&header.customer, "header.customer", caller)?;
            let value = value::read(&header.value_json, "header.value_json")?;
            // The bytes belong to the call that may be repeated; the id's form can be told before them.
            blob::once(caller, header, &[])?;
            self.vault.check_blob(&header.attribute, &value, blob::size(header)?)?;
            Ok((customer, value))
        };
        let (header, (customer, value), body) = blob::collect(pieces, check).await?;
        let once = blob::once(caller, &header, &body).map_err(status)?;
        let time = self.vault.catalogue().get(&header.attribute).and_then(|kind| kind.time(&value));
        let stored = self.vault.put_blob(customer, caller.who(), &header.attribute, &value, &body, once.as_ref()).await;
        Ok(stored_record(customer, &stored.map_err(status)?, time))
    }
}

/// A record as sent; `field` is where it stands in the call.
fn new_record(caller: &Caller, customer: CustomerId, record: v1::Record, field: &str) -> Result<NewRecord> {
    let id = match record.name.as_str() {
        "" => None,
        name => {
            let (of, id) = names::customer_record(name, &format!("{field}.name"), caller)?;
            if of != customer {
                return Err(Error::not_found("record"));
            }
            Some(id)
        }
    };
    if record.attribute.is_empty() {
        return Err(Error::invalid(format!("{field}.attribute"), "ATTRIBUTE_MISSING", "A record names its attribute type."));
    }
    let value = value::read(&record.value_json, &format!("{field}.value_json"))?;
    Ok(NewRecord { id, attribute: record.attribute, value, expected_version: None })
}

fn source(source: Source) -> v1::RecordSource {
    match source {
        Source::Customer => v1::RecordSource::Customer,
        Source::Import => v1::RecordSource::Import,
    }
}

/// A record that was stored, without its value.
fn stored_record(customer: CustomerId, info: &RecordInfo, time: Option<Timestamp>) -> v1::Record {
    v1::Record {
        name: names::customer_record_name(customer, info.id),
        attribute: info.attribute.clone(),
        value_json: String::new(),
        version: info.version,
        record_time: Some(names::timestamp(time.unwrap_or(info.written_at))),
        write_time: Some(names::timestamp(info.written_at)),
        source: source(info.source).into(),
        blob_size: info.blob_size.unwrap_or_default(),
    }
}

fn opened_record(customer: CustomerId, record: &Record) -> v1::Record {
    v1::Record { value_json: record.value.as_str().to_owned(), ..stored_record(customer, &record.info, Some(record.time)) }
}

fn attribute_type(kind: &AttributeType, language: &str) -> v1::AttributeType {
    let sensitivity = match kind.sensitivity() {
        Sensitivity::Ordinary => "ordinary",
        Sensitivity::Sensitive => "sensitive",
        Sensitivity::Special => "special",
    };
    v1::AttributeType {
        attribute: kind.name().to_owned(),
        title: kind.title(language).to_owned(),
        description: kind.description(language).to_owned(),
        schema_json: kind.schema().to_string(),
        unit: kind.unit().unwrap_or_default().to_owned(),
        dpv: kind.dpv().to_owned(),
        sensitivity: sensitivity.to_owned(),
        single: kind.cardinality() == Cardinality::Single,
        blob: kind.is_blob(),
        maskable: kind.mask_rule().is_offered(),
        example_json: kind.example().to_string(),
    }
}

#[tonic::async_trait]
impl v1::record_service_server::RecordService for RecordService {
    type ExportRecordsStream = Pieces<v1::ExportRecordsResponse>;
    type DownloadBlobStream = Pieces<v1::DownloadBlobResponse>;

    async fn list_attribute_types(&self, request: Request<v1::ListAttributeTypesRequest>) -> Answer<v1::ListAttributeTypesResponse> {
        self.attribute_types(request.get_ref()).map(Response::new).map_err(status)
    }

    async fn put_record(&self, request: Request<v1::PutRecordRequest>) -> Answer<v1::PutRecordResponse> {
        let caller = Caller::of(&request)?;
        self.put(&caller, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn import_records(&self, request: Request<v1::ImportRecordsRequest>) -> Answer<v1::ImportRecordsResponse> {
        let caller = Caller::of(&request)?;
        self.import(&caller, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn get_record(&self, request: Request<v1::GetRecordRequest>) -> Answer<v1::GetRecordResponse> {
        let caller = Caller::of(&request)?;
        let (customer, id) = names::customer_record(&request.get_ref().name, "name", &caller).map_err(status)?;
        let record = self.vault.record(customer, id).await.map_err(status)?;
        Ok(Response::new(v1::GetRecordResponse { record: Some(opened_record(customer, &record)) }))
    }

    async fn list_records(&self, request: Request<v1::ListRecordsRequest>) -> Answer<v1::ListRecordsResponse> {
        let caller = Caller::of(&request)?;
        self.list(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn list_record_versions(&self, request: Request<v1::ListRecordVersionsRequest>) -> Answer<v1::ListRecordVersionsResponse> {
        let caller = Caller::of(&request)?;
        self.versions(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn delete_record(&self, request: Request<v1::DeleteRecordRequest>) -> Answer<v1::DeleteRecordResponse> {
        let caller = Caller::of(&request)?;
        let asked = request.get_ref();
        let (customer, id) = names::customer_record(&asked.name, "name", &caller).map_err(status)?;
        let once = once(&caller, "DeleteRecord", &asked.request_id, asked).map_err(status)?;
        self.vault.delete_record(customer, caller.who(), id, once.as_ref()).await.map_err(status)?;
        Ok(Response::new(v1::DeleteRecordResponse {}))
    }

    async fn export_records(&self, request: Request<v1::ExportRecordsRequest>) -> Answer<Self::ExportRecordsStream> {
        let caller = Caller::of(&request)?;
        let asked = request.get_ref();
        let customer = names::customer(&asked.customer, "customer", &caller).map_err(status)?;
        let format = match v1::ExportFormat::try_from(asked.format) {
            Ok(v1::ExportFormat::Unspecified | v1::ExportFormat::JsonLines) => Format::JsonLines,
            Ok(v1::ExportFormat::Csv) => Format::Csv,
            Err(_) => return Err(status(Error::invalid("format", "FORMAT_UNKNOWN", "The contract has no such form of an export."))),
        };
        // In the ledger before the first byte is answered.
        let export = self.vault.begin_export(customer, caller.who()).await.map_err(status)?;
        Ok(Response::new(self.export(customer, export, format).map_err(status).boxed()))
    }

    async fn check_contact(&self, request: Request<v1::CheckContactRequest>) -> Answer<v1::CheckContactResponse> {
        let caller = Caller::of(&request)?;
        self.contact(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn upload_blob(&self, request: Request<Streaming<v1::UploadBlobRequest>>) -> Answer<v1::UploadBlobResponse> {
        let caller = Caller::of(&request)?;
        let record = self.upload(&caller, request.into_inner()).await?;
        Ok(Response::new(v1::UploadBlobResponse { record: Some(record) }))
    }

    async fn download_blob(&self, request: Request<v1::DownloadBlobRequest>) -> Answer<Self::DownloadBlobStream> {
        let caller = Caller::of(&request)?;
        let (customer, id) = names::customer_record(&request.get_ref().name, "name", &caller).map_err(status)?;
        let body = self.vault.blob(customer, id).await.map_err(|error| status(renamed(error, "record", "name")))?;
        let pieces = blob::pieces(body).map(|content| Ok(v1::DownloadBlobResponse { content }));
        Ok(Response::new(stream::iter(pieces).boxed()))
    }
}
