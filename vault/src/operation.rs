//! Running the deployment: brands, what they want data for, the most that may be asked, and how the deployment is.
//!
//! Acts of operators stand in the deployment's own stream. One that depends on what is stored moves the version of the deployment's
//! account, and is decided again where another came in between; so two acts are never decided on the same state.

mod ceiling;
mod health;
mod hold;
mod purpose;

use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

pub use health::Health;

use crate::clock::Timestamp;
use crate::consent::violation::Violation;
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::page::{Page, PageRequest};
use crate::store::draft::{Draft, Write};
use crate::store::entity::brand;
use crate::text::is_line;
use crate::{Session, Vault};

/// A brand that may ask and read.
const ACTIVE: i16 = 1;
/// A brand that may neither ask nor read.
const SUSPENDED: i16 = 2;

/// The 249 codes that are assigned (ISO 3166-1 alpha-2).
pub(crate) const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA \
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI \
    GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA \
    PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH \
    TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// A brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// The id.
    pub id: BrandId,
    /// Its name for people.
    pub title: String,
    /// Its legal name.
    pub legal_name: String,
    /// Its country (ISO 3166-1 alpha-2).
    pub country: String,
    /// How customers reach it.
    pub contact: String,
    /// Whether it may neither ask nor read.
    pub suspended: bool,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A brand to register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBrand {
    /// Its name for people: 1 to 100 characters.
    pub title: String,
    /// Its legal name: 1 to 200 characters.
    pub legal_name: String,
    /// Its country (ISO 3166-1 alpha-2, capitals).
    pub country: String,
    /// How customers reach it: 1 to 200 characters.
    pub contact: String,
}

/// What changes of a brand; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrandChange {
    /// Its name for people.
    pub title: Option<String>,
    /// Its legal name.
    pub legal_name: Option<String>,
    /// Its country.
    pub country: Option<String>,
    /// How customers reach it.
    pub contact: Option<String>,
}

/// Says what is wrong with a text of one line, if anything is.
fn check_line(field: &str, text: &str, most: usize) -> Option<Violation> {
    (!is_line(text, most)).then(|| Violation {
        field: field.to_owned(),
        reason: "TEXT_INVALID",
        description: format!("This has 1 to {most} characters on one line, and no control characters."),
    })
}

fn check_brand(row: &brand::Model) -> Result<()> {
    let mut violations: Vec<Violation> = [("title", &row.title, 100), ("legal_name", &row.legal_name, 200), ("contact", &row.contact, 200)]
        .into_iter()
        .filter_map(|(field, text, most)| check_line(&format!("brand.{field}"), text, most))
        .collect();
    if !COUNTRIES.split_whitespace().any(|code| code == row.country) {
        let description = "A country is two capitals such as FR (ISO 3166-1 alpha-2).".to_owned();
        violations.push(Violation { field: "brand.country".to_owned(), reason: "COUNTRY_UNKNOWN", description });
    }
    if violations.is_empty() { Ok(()) } else { Err(Error::violations(violations)) }
}

pub(crate) fn brand_of(row: brand::Model) -> Result<Brand> {
    let id = BrandId(row.brand_id);
    let suspended = match row.state {
        ACTIVE => false,
        SUSPENDED => true,
        _ => return Err(Error::inconsistent("brand", "state", id)),
    };
    Ok(Brand {
        id,
        title: row.title,
        legal_name: row.legal_name,
        country: row.country,
        contact: row.contact,
        suspended,
        created_at: Timestamp::from_micros(row.created_at),
    })
}

impl Vault {
    /// An act of an operator that was decided on what is stored: only if no other came since the session.
    pub(crate) async fn administer_on<T: Send + 'static>(
        &self,
        session: &Session,
        decide: impl FnMut(&mut Draft<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (version, mut decide) = (session.view.version, decide);
        self.commit(session, move |draft| {
            draft.require_version(version)?;
            draft.moving();
            decide(draft)
        })
        .await
    }

    /// Keeps the answer of an act that took several commits.
    async fn remember_answer<T: Clone + Serialize + Send + Sync + 'static>(&self, once: Option<&Once>, answer: &T) -> Result<()> {
        let Some(call) = once.cloned() else { return Ok(()) };
        let answer = answer.clone();
        self.administer(move |draft| draft.remember(Some(&call), &answer)).await
    }

    async fn brand_row(&self, id: BrandId) -> Result<brand::Model> {
        let row = brand::Entity::find_by_id(id.0).one(self.store.reader()).await?;
        row.ok_or_else(|| Error::not_found("brand"))
    }

    /// Registers a brand.
    pub async fn create_brand(&self, who: Who, new: NewBrand, once: Option<&Once>) -> Result<Brand> {
        let row = brand::Model {
            brand_id: BrandId::make(self.entropy.as_ref(), self.now())?.0,
            title: new.title,
            legal_name: new.legal_name,
            country: new.country,
            contact: new.contact,
            state: ACTIVE,
            outbox_seq: 0,
            outbox_acked: 0,
            created_at: self.now().micros(),
        };
        check_brand(&row)?;
        self.once(CustomerId::DEPLOYMENT, once, || {
            let call = once.cloned();
            self.administer(move |draft| {
                let row = brand::Model { created_at: draft.now.micros(), ..row.clone() };
                draft.writes.push(Write::Brand(row.clone()));
                let made = brand_of(row)?;
                draft.note(Note::new("brand.created", who.clone()).brand(made.id))?;
                draft.remember(call.as_ref(), &made)?;
                Ok(made)
            })
        })
        .await
    }

    /// A brand.
    pub async fn brand(&self, id: BrandId) -> Result<Brand> {
        brand_of(self.brand_row(id).await?)
    }

    /// The brands, in the order of registration.
    pub async fn brands(&self, page: &PageRequest) -> Result<Page<Brand>> {
        use sea_orm::ColumnTrait;
        let mut query = brand::Entity::find();
        if let Some(after) = page.after(BrandId::parse)? {
            query = query.filter(brand::Column::BrandId.gt(after.0));
        }
        let rows = query.order_by_asc(brand::Column::BrandId).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
        let cut = Page::cut(rows, page, |row| BrandId(row.brand_id).to_string());
        let items = cut.items.into_iter().map(brand_of).collect::<Result<_>>()?;
        Ok(Page { items, next: cut.next })
    }

    /// Changes a brand's fields, where given.
    pub async fn update_brand(&self, who: Who, id: BrandId, change: BrandChange, once: Option<&Once>) -> Result<Brand> {
        self.once(CustomerId::DEPLOYMENT, once, || {
            self.settled(|fresh| {
                let (who, change, call) = (who.clone(), change.clone(), once.cloned());
                async move {
                    let session = self.session_of(CustomerId::DEPLOYMENT, fresh).await?;
                    let before = self.brand_row(id).await?;
                    let mut row = before.clone();
                    row.title = change.title.unwrap_or(row.title);
                    row.legal_name = change.legal_name.unwrap_or(row.legal_name);
                    row.country = change.country.unwrap_or(row.country);
                    row.contact = change.contact.unwrap_or(row.contact);
                    check_brand(&row)?;
                    if row == before {
                        return brand_of(row);
                    }
                    self.administer_on(&session, move |draft| {
                        draft.writes.push(Write::Brand(row.clone()));
                        draft.note(Note::new("brand.updated", who.clone()).brand(id))?;
                        let changed = brand_of(row.clone())?;
                        draft.remember(call.as_ref(), &changed)?;
                        Ok(changed)
                    })
                    .await
                }
            })
        })
        .await
        .inspect(|_| self.lookups.forget())
    }

    /// Whether a brand may ask and read. What is known is at most one second old, and not old at all where this process changed it.
    ///
    /// A read asks after it has taken its share of answering: then a suspension waits for whoever asked before it.
    pub(crate) async fn brand_may_act(&self, id: BrandId) -> Result<bool> {
        let load = async { Ok(brand::Entity::find_by_id(id.0).one(self.store.reader()).await?.map(|row| row.state == ACTIVE)) };
        Ok(self.lookups.brands.find(id, self.now(), load).await?.unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::COUNTRIES;

    #[test]
    fn every_country_is_there_once_and_in_order() {
        let codes: Vec<&str> = COUNTRIES.split_whitespace().collect();
        assert_eq!(codes.len(), 249);
        assert!(codes.is_sorted_by(|a, b| a < b));
        assert!(!codes.contains(&"UK"));
    }
}
