//! Entries of the log as an auditor sees them: sealed, or opened under an inspection that was logged first.

use coffret_proto::v1;
use coffret_vault::error::{Error, Result};
use coffret_vault::journal::EntryFilter;
use coffret_vault::log::{Inspected, Inspection, LogFilter};
use coffret_vault::page::PageRequest;

use super::{KIND_CHARS, LedgerService};
use crate::caller::Caller;
use crate::names;

/// Characters of a purpose at most: a code and a version.
const PURPOSE_CHARS: usize = 100;

impl LedgerService {
    pub(super) async fn begin_inspection(
        &self,
        caller: &Caller,
        asked: &v1::BeginInspectionRequest,
    ) -> Result<v1::BeginInspectionResponse> {
        let stream = match asked.stream.as_str() {
            "" => None,
            text => Some(uuid::Uuid::try_parse(text).map_err(|_| {
                Error::invalid("stream", "STREAM_INVALID", "A stream is named by its random id, a UUID. Nothing was opened.")
            })?),
        };
        let begun = self.vault.begin_inspection(caller.who(), &asked.reason, stream).await?;
        Ok(v1::BeginInspectionResponse { inspection: Some(shown(&begun)) })
    }

    async fn inspection(&self, caller: &Caller, name: &str) -> Result<Option<Inspection>> {
        if name.is_empty() {
            return Ok(None);
        }
        let id = name.strip_prefix("inspections/").ok_or_else(|| {
            Error::invalid("inspection", "NAME_INVALID", "An inspection is named inspections/{inspection}. Nothing was opened.")
        })?;
        self.vault.inspection(&caller.who(), id).await.map(Some)
    }

    pub(super) async fn list_log(&self, caller: &Caller, asked: &v1::ListLogEntriesRequest) -> Result<v1::ListLogEntriesResponse> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if asked.kind.chars().count() > KIND_CHARS {
            return Err(Error::invalid("kind", "KIND_TOO_LONG", "A kind of entry has at most 64 characters."));
        }
        if asked.purpose.chars().count() > PURPOSE_CHARS {
            return Err(Error::invalid("purpose", "PURPOSE_TOO_LONG", "A purpose is a code, or code@version. Nothing was opened."));
        }
        let is_digest = asked.notice_sha256.len() == 64 && asked.notice_sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !asked.notice_sha256.is_empty() && !is_digest {
            return Err(Error::invalid(
                "notice_sha256",
                "DIGEST_INVALID",
                "A text is named by 64 digits of hexadecimal. Nothing was opened.",
            ));
        }
        let filter = LogFilter {
            entries: EntryFilter {
                kind: some(&asked.kind),
                brand: some(&asked.brand).map(|brand| names::brand(&brand, "brand", caller)).transpose()?,
                from: asked.from_time.as_ref().map(|from| names::moment(from, "from_time")).transpose()?,
                to: asked.to_time.as_ref().map(|to| names::moment(to, "to_time")).transpose()?,
            },
            purpose: some(&asked.purpose),
            notice: some(&asked.notice_sha256.to_ascii_lowercase()),
        };
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let inspection = self.inspection(caller, &asked.inspection).await?;
        let found = self.vault.inspect(&asked.origin, inspection.as_ref(), &filter, &page).await?;
        Ok(v1::ListLogEntriesResponse {
            entries: found.items.iter().map(entry).collect::<Result<_>>()?,
            next_page_token: found.next,
            origin: found.origin,
            size: wire(found.size),
            looked_at: wire(found.looked_at),
            inspection: inspection.as_ref().map(shown),
        })
    }

    pub(super) async fn log_entry(&self, caller: &Caller, asked: &v1::GetLogEntryRequest) -> Result<v1::GetLogEntryResponse> {
        let index = u64::try_from(asked.index).map_err(|_| Error::invalid("index", "INDEX_INVALID", "A position is not negative."))?;
        let inspection = self.inspection(caller, &asked.inspection).await?;
        let (found, proved) = self.vault.inspect_entry(&asked.origin, index, inspection.as_ref()).await?;
        Ok(v1::GetLogEntryResponse { entry: Some(entry(&found)?), proof: Some(self.proof(proved).await?) })
    }
}

fn wire(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn shown(inspection: &Inspection) -> v1::Inspection {
    v1::Inspection {
        name: format!("inspections/{}", inspection.id),
        reason: inspection.reason.clone(),
        stream: inspection.stream.map(|stream| stream.to_string()).unwrap_or_default(),
        begin_time: Some(names::timestamp(inspection.begun)),
        expire_time: Some(names::timestamp(inspection.ends)),
    }
}

fn entry(found: &Inspected) -> Result<v1::LogEntry> {
    let sealed = v1::LogEntry { index: wire(found.index), leaf: found.leaf.encode().into(), ..v1::LogEntry::default() };
    let Some(details) = &found.details else { return Ok(sealed) };
    Ok(v1::LogEntry {
        stream: details.stream.to_string(),
        sequence: details.sequence,
        event_time: Some(names::timestamp(details.time)),
        kind: details.kind.clone(),
        details_json: serde_json::to_string(details)?,
        deployment: found.deployment,
        ..sealed
    })
}
