//! Purposes of brands, in versions, and the notices that customers read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use sha2::{Digest, Sha256};

use super::hold::{Hold, Versions};
use crate::Vault;
use crate::clock::Timestamp;
use crate::consent::violation::Violation;
use crate::consent::{Notice, Purpose};
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::draft::{Write, stale};
use crate::store::entity::purpose;
use crate::text::is_text;

/// Languages of one purpose at most.
const MOST_NOTICES: usize = 50;
/// Where the terms of the Data Privacy Vocabulary are.
const DPV: &str = "https://w3id.org/dpv";

/// Whether this may be a purpose's code: a small letter, then small letters, digits and underscores, 50 at most.
pub(super) fn is_code(code: &str) -> bool {
    let mut bytes = code.bytes();
    code.len() <= 50
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A tag such as `en` or `zh-Hans` (BCP 47), in its shape.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    tag.len() <= 35
        && parts.next().is_some_and(|first| (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase()))
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn check(code: &str, dpv: &str, notices: &BTreeMap<String, String>) -> Result<()> {
    let mut violations = Vec::new();
    let mut wrong = |field: String, reason, description: &str| {
        violations.push(Violation { field, reason, description: description.to_owned() });
    };
    if !is_code(code) {
        wrong("purpose.name".to_owned(), "PURPOSE_CODE_INVALID", "A code is a small letter, then small letters, digits or _, 50 at most.");
    }
    let rest = dpv.strip_prefix(DPV).unwrap_or_default();
    if dpv.len() > 300 || !rest.starts_with(['#', '/']) || !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
        wrong("purpose.dpv".to_owned(), "DPV_INVALID", "This is an IRI of the Data Privacy Vocabulary, below https://w3id.org/dpv.");
    }
    if !notices.contains_key("en") {
        wrong("purpose.notices".to_owned(), "NOTICE_ENGLISH_MISSING", "There is a notice in English.");
    }
    if notices.len() > MOST_NOTICES {
        wrong("purpose.notices".to_owned(), "TOO_MANY_NOTICES", "A purpose has notices in at most 50 languages.");
    }
    for (position, (language, text)) in notices.iter().take(MOST_NOTICES).enumerate() {
        if !is_language(language) {
            wrong(
                format!("purpose.notices[{position}].language"),
                "LANGUAGE_INVALID",
                "A language is written like en or zh-Hans (BCP 47).",
            );
        }
        if !is_text(text, 2000) {
            wrong(
                format!("purpose.notices[{position}].text"),
                "NOTICE_TEXT_INVALID",
                "A notice has 1 to 2000 characters, and no control characters.",
            );
        }
    }
    if violations.is_empty() { Ok(()) } else { Err(Error::violations(violations)) }
}

fn notice(text: String) -> Notice {
    let mut sha256 = String::with_capacity(64);
    for byte in Sha256::digest(&text) {
        let _ = write!(sha256, "{byte:02x}"); // writing to a String cannot fail
    }
    Notice { text, sha256 }
}

fn purpose_of(row: &purpose::Model) -> Result<(Purpose, Timestamp)> {
    let read: Purpose = serde_json::from_str(&row.body)?;
    if read.code != row.code || i64::from(read.version) != i64::from(row.version) {
        return Err(Error::inconsistent("purpose", "body", format!("{}/{}@{}", BrandId(row.brand_id), row.code, row.version)));
    }
    Ok((read, Timestamp::from_micros(row.created_at)))
}

impl Vault {
    /// Registers a purpose of a brand, or its next version where its meaning or a notice differs from the newest. Grants whose customers
    /// agreed to another meaning, or read another text, wait until they decide again; tells how many began to wait now. When this
    /// returns, no server answers a read under them. Cut short, it goes on where it was when it is called again.
    pub async fn publish_purpose(
        &self,
        who: Who,
        brand: BrandId,
        code: String,
        dpv: String,
        notices: BTreeMap<String, String>,
        once: Option<&Once>,
    ) -> Result<(Purpose, Timestamp, u64)> {
        check(&code, &dpv, &notices)?;
        self.brand_row(brand).await?;
        let notices: BTreeMap<String, Notice> = notices.into_iter().map(|(language, text)| (language, notice(text))).collect();
        let wanted = Purpose { code, version: 1, dpv_iri: dpv, notices };
        self.once(CustomerId::DEPLOYMENT, once, || async {
            let (published, at) = self.publish(&who, brand, wanted).await?;
            let versions = Arc::new(self.versions(brand, &published.code).await?);
            let held = self.hold(&who, brand, Hold::PurposeChanged(versions)).await;
            self.fence_all().await?;
            let answer = (published, at, held?);
            self.remember_answer(once, &answer).await?;
            Ok(answer)
        })
        .await
    }

    /// Writes the next version unless the newest says the same.
    async fn publish(&self, who: &Who, brand: BrandId, wanted: Purpose) -> Result<(Purpose, Timestamp)> {
        self.settled(|fresh| {
            let (who, mut next) = (who.clone(), wanted.clone());
            async move {
                let session = self.session_of(CustomerId::DEPLOYMENT, fresh).await?;
                if let Some((newest, at)) = self.newest_purpose(brand, &next.code).await? {
                    next.version = newest.version;
                    if next == newest {
                        return Ok((newest, at));
                    }
                    next.version += 1;
                }
                let version = i32::try_from(next.version).map_err(|_| Error::internal("a purpose has too many versions"))?;
                let body = serde_json::to_string(&next)?;
                let written = self
                    .administer_on(&session, move |draft| {
                        draft.writes.push(Write::Purpose(purpose::Model {
                            brand_id: brand.0,
                            code: next.code.clone(),
                            version,
                            body: body.clone(),
                            created_at: draft.now.micros(),
                        }));
                        draft.note(Note::new("purpose.published", who.clone()).brand(brand).purpose(&next.code, next.version))?;
                        Ok((next.clone(), draft.now))
                    })
                    .await;
                match written {
                    Err(error) if error.kind() == Kind::AlreadyExists => Err(stale()),
                    other => other,
                }
            }
        })
        .await
    }

    async fn newest_purpose(&self, brand: BrandId, code: &str) -> Result<Option<(Purpose, Timestamp)>> {
        let row = purpose::Entity::find()
            .filter(purpose::Column::BrandId.eq(brand.0))
            .filter(purpose::Column::Code.eq(code))
            .order_by_desc(purpose::Column::Version)
            .one(self.store.reader())
            .await?;
        row.as_ref().map(purpose_of).transpose()
    }

    async fn versions(&self, brand: BrandId, code: &str) -> Result<Versions> {
        let rows = purpose::Entity::find()
            .filter(purpose::Column::BrandId.eq(brand.0))
            .filter(purpose::Column::Code.eq(code))
            .order_by_asc(purpose::Column::Version)
            .all(self.store.reader())
            .await?;
        let all: Vec<Purpose> = rows.iter().map(|row| purpose_of(row).map(|(purpose, _)| purpose)).collect::<Result<_>>()?;
        // Not the one just published: somebody may have published a newer one since.
        let newest = all.last().cloned().ok_or_else(|| Error::not_found("purpose"))?;
        Ok(Versions { newest, all })
    }

    /// A purpose of a brand in its newest version, with the moment of its publication.
    pub async fn purpose(&self, brand: BrandId, code: &str) -> Result<(Purpose, Timestamp)> {
        self.newest_purpose(brand, code).await?.ok_or_else(|| Error::not_found("purpose"))
    }

    /// The purposes of a brand, each in its newest version, in the order of their codes.
    pub async fn purposes(&self, brand: BrandId) -> Result<Vec<(Purpose, Timestamp)>> {
        self.brand_row(brand).await?;
        let rows = purpose::Entity::find()
            .filter(purpose::Column::BrandId.eq(brand.0))
            .order_by_asc(purpose::Column::Code)
            .order_by_desc(purpose::Column::Version)
            .all(self.store.reader())
            .await?;
        rows.chunk_by(|a, b| a.code == b.code).filter_map(<[_]>::first).map(purpose_of).collect()
    }

    /// A purpose of a brand in one version.
    pub async fn purpose_version(&self, brand: BrandId, code: &str, version: u32) -> Result<Purpose> {
        let version = i32::try_from(version).map_err(|_| Error::not_found("purpose"))?;
        let row = purpose::Entity::find_by_id((brand.0, code.to_owned(), version)).one(self.store.reader()).await?;
        row.as_ref().map(purpose_of).transpose()?.map(|(purpose, _)| purpose).ok_or_else(|| Error::not_found("purpose"))
    }
}
