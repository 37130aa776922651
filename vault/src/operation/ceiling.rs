//! The most that brands may ask for, per purpose code.

use sea_orm::{EntityTrait, QueryOrder};

use super::purpose::is_code;
use crate::Vault;
use crate::consent::Ceiling;
use crate::consent::violation::Violation;
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::draft::Write;
use crate::store::entity::ceiling;

/// The code of the ceiling that holds where a purpose has none of its own.
const OTHERS: &str = "*";

impl Vault {
    /// Sets the most that may be asked for a purpose code, or, as `*`, for all that have no ceiling of their own.
    pub async fn set_ceiling(&self, who: Who, set: Ceiling, once: Option<&Once>) -> Result<Ceiling> {
        self.check_ceiling(&set)?;
        let row = ceiling::Model { code: set.purpose.clone(), body: serde_json::to_string(&set)? };
        self.once(CustomerId::DEPLOYMENT, once, || {
            let call = once.cloned();
            self.administer(move |draft| {
                draft.writes.push(Write::Ceiling(row.clone()));
                draft.note(Note::new("ceiling.set", who.clone()).reason(format!("for {}", set.purpose)))?;
                draft.remember(call.as_ref(), &set)?;
                Ok(set.clone())
            })
        })
        .await
    }

    fn check_ceiling(&self, set: &Ceiling) -> Result<()> {
        let mut violations = Vec::new();
        let mut wrong = |field: String, reason, description: &str| {
            violations.push(Violation { field, reason, description: description.to_owned() });
        };
        if set.purpose != OTHERS && !is_code(&set.purpose) {
            wrong(
                "ceiling.purpose_code".to_owned(),
                "PURPOSE_CODE_INVALID",
                "A code is a purpose's, or * for all that have none of their own.",
            );
        }
        let limits = [
            ("max_term_days", set.term_days),
            ("max_data_life", set.data_life_days),
            ("max_frequency", set.frequency.map(|frequency| frequency.count)),
            ("max_range_months", set.range_months),
            ("max_items", set.items),
        ];
        for (field, _) in limits.into_iter().filter(|(_, limit)| *limit == Some(0)) {
            wrong(format!("ceiling.{field}"), "LIMIT_ZERO", "A limit is at least 1.");
        }
        for (position, allowed) in set.allowed.iter().enumerate() {
            if self.catalogue.expand(&allowed.pattern).is_none() {
                wrong(format!("ceiling.attributes[{position}]"), "ATTRIBUTE_UNKNOWN", "There is no such attribute type or family.");
            }
            if allowed.views.is_empty() {
                wrong("ceiling.finest_view".to_owned(), "VIEW_MISSING", "An attribute type is allowed in at least one view.");
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(Error::violations(violations)) }
    }

    /// The ceilings, in the order of their codes.
    pub async fn ceilings(&self) -> Result<Vec<Ceiling>> {
        let rows = ceiling::Entity::find().order_by_asc(ceiling::Column::Code).all(self.store.reader()).await?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.body)?)).collect()
    }

    /// The ceiling that holds for a purpose code: its own, or the one for all others under this code. Nothing where neither is set.
    pub async fn ceiling_for(&self, code: &str) -> Result<Option<Ceiling>> {
        for own in [code, OTHERS] {
            if let Some(row) = ceiling::Entity::find_by_id(own.to_owned()).one(self.store.reader()).await? {
                let found: Ceiling = serde_json::from_str(&row.body)?;
                return Ok(Some(Ceiling { purpose: code.to_owned(), ..found }));
            }
        }
        Ok(None)
    }
}
