//! The attribute types in a visitor's language, as the vault tells them; asked for once in a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use coffret_proto::v1;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::fault::Fault;
use crate::gateway::Gateway;

/// After this it is asked for again: a new server may know more.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);

/// One attribute type.
pub(crate) struct Kind {
    pub(crate) attribute: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) schema: Value,
    pub(crate) sensitive: bool,
    pub(crate) single: bool,
    pub(crate) blob: bool,
    pub(crate) maskable: bool,
}

/// All of them, by name.
pub(crate) struct Catalogue {
    pub(crate) kinds: Vec<Kind>,
}

impl Catalogue {
    pub(crate) fn find(&self, attribute: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.attribute == attribute)
    }

    /// The plain name of a type; its own name where it is not known.
    pub(crate) fn title<'a>(&'a self, attribute: &'a str) -> &'a str {
        self.find(attribute).map_or(attribute, |kind| kind.title.as_str())
    }

    /// Families in the order of the catalogue, each with its types.
    pub(crate) fn families(&self) -> Vec<(&str, Vec<&Kind>)> {
        let mut families: Vec<(&str, Vec<&Kind>)> = Vec::new();
        for kind in &self.kinds {
            let family = family(&kind.attribute);
            match families.iter_mut().find(|(name, _)| *name == family) {
                Some((_, kinds)) => kinds.push(kind),
                None => families.push((family, vec![kind])),
            }
        }
        families
    }
}

/// The part of an attribute's name before the dot.
pub(crate) fn family(attribute: &str) -> &str {
    attribute.split('.').next().unwrap_or(attribute)
}

type Kept = HashMap<&'static str, (Timestamp, Arc<Catalogue>)>;

/// The catalogue in each language that was asked for.
#[derive(Clone, Default)]
pub(crate) struct Catalogues(Arc<Mutex<Kept>>);

impl Catalogues {
    pub(crate) async fn get(&self, gateway: &Gateway, language: &'static str, now: Timestamp) -> Result<Arc<Catalogue>, Fault> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(language).cloned();
        if let Some((since, catalogue)) = kept
            && now.duration_since(since) < GOOD_FOR
        {
            return Ok(catalogue);
        }
        let asked = v1::ListAttributeTypesRequest { language: language.to_owned(), family: String::new() };
        let answer = gateway.record().list_attribute_types(gateway.ask(asked)).await?.into_inner();
        let kinds = answer.attribute_types.into_iter().map(|kind| Kind {
            schema: serde_json::from_str(&kind.schema_json).unwrap_or_default(),
            sensitive: kind.sensitivity != "ordinary",
            attribute: kind.attribute,
            title: kind.title,
            description: kind.description,
            single: kind.single,
            blob: kind.blob,
            maskable: kind.maskable,
        });
        let catalogue = Arc::new(Catalogue { kinds: kinds.collect() });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(language, (now, Arc::clone(&catalogue)));
        Ok(catalogue)
    }
}
