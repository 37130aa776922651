//! The clients of the demo: a dozen invented people, one file each in `clients/`.

use std::collections::BTreeMap;

use coffret_proto::v1;
use serde::Deserialize;
use serde_json::{Value, json};

use super::houses::Houses;

const SOURCES: [&str; 12] = [
    include_str!("clients/camille_aubertin.toml"),
    include_str!("clients/yuki_hanamori.toml"),
    include_str!("clients/layla_al_sabri.toml"),
    include_str!("clients/seun_adebanjo.toml"),
    include_str!("clients/beatrice_solari.toml"),
    include_str!("clients/shen_meilin.toml"),
    include_str!("clients/priya_raghunathan.toml"),
    include_str!("clients/eleanor_brightwater.toml"),
    include_str!("clients/katarzyna_wielgosz.toml"),
    include_str!("clients/mateo_villasenor.toml"),
    include_str!("clients/sascha_lindqvist.toml"),
    include_str!("clients/thomas_whitcombe.toml"),
];

/// One client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Client {
    pub(super) name: String,
    pub(super) language: String,
    time_zone: String,
    pub(super) email: String,
    phone: String,
    /// Values by attribute type.
    records: BTreeMap<String, Vec<Value>>,
    purchases: Vec<Purchase>,
}

/// One thing bought; the article tells name, colour and price.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Purchase {
    on: String,
    article: String,
    /// System and size as on the label: `FR 38`.
    size: Option<String>,
    /// The boutique's city; online when absent.
    at: Option<String>,
    #[serde(default)]
    gift: bool,
    fit: Option<String>,
    rating: Option<u8>,
    returned: Option<String>,
    reason: Option<String>,
}

/// The dozen, in the order in which the story goes through them.
pub(super) fn load() -> Vec<Client> {
    SOURCES.iter().map(|source| toml::from_str(source).expect("a test reads the embedded clients")).collect()
}

impl Client {
    /// The account on the wire, before it has a name there.
    pub(super) fn account(&self) -> v1::Customer {
        let identifier =
            |kind: v1::IdentifierKind, value: &str| v1::Identifier { kind: kind.into(), value: value.to_owned(), brand: String::new() };
        v1::Customer {
            language: self.language.clone(),
            time_zone: self.time_zone.clone(),
            identifiers: vec![identifier(v1::IdentifierKind::Email, &self.email), identifier(v1::IdentifierKind::Phone, &self.phone)],
            ..v1::Customer::default()
        }
    }

    /// The client at the portal's door.
    pub(super) fn person(&self, customer: &str) -> coffret_admin_ui::DemoPerson {
        let city = self.time_zone.rsplit('/').next().unwrap_or_default().replace('_', " ");
        coffret_admin_ui::DemoPerson {
            name: self.name.clone(),
            subject: customer.to_owned(),
            language: self.language.clone(),
            about: format!("{city} · {}", language_name(&self.language)),
        }
    }

    /// The first name, for the terminal.
    pub(super) fn first_name(&self) -> &str {
        // Written family name first.
        if self.name == "Shen Meilin" { "Meilin" } else { self.name.split(' ').next().unwrap_or(&self.name) }
    }

    /// Everything that the client's vault holds: attribute type and value, in a fixed order.
    pub(super) fn records(&self, houses: &Houses) -> Vec<(String, Value)> {
        let told = self.records.iter().flat_map(|(attribute, values)| values.iter().map(move |value| (attribute.clone(), value.clone())));
        told.chain(self.purchases.iter().flat_map(|purchase| purchase.records(houses))).collect()
    }
}

/// A language in its own name.
fn language_name(tag: &str) -> &str {
    match tag {
        "ar" => "العربية",
        "es" => "Español",
        "fr" => "Français",
        "it" => "Italiano",
        "ja" => "日本語",
        "pl" => "Polski",
        "sv" => "Svenska",
        "zh-Hans" => "简体中文",
        _ => "English",
    }
}

impl Purchase {
    fn records(&self, houses: &Houses) -> Vec<(String, Value)> {
        let (house, article) = houses.article(&self.article).expect("a test finds every article");
        let item = json!({
            "id": article.id, "name": article.name, "brand": house.title, "category": article.category, "colour": article.colour,
        });
        let size =
            self.size.as_deref().and_then(|size| size.split_once(' ')).map(|(system, size)| json!({ "system": system, "size": size }));
        let amount = json!({ "minor": article.price, "currency": "EUR" });
        let channel = if self.at.is_some() { "boutique" } else { "online" };
        let mut bought = json!({ "bought_on": self.on, "item": item, "quantity": 1, "amount": amount, "channel": channel });
        set(&mut bought, "size", size.clone());
        set(&mut bought, "place", self.at.clone().map(Value::from));
        set(&mut bought, "gift", self.gift.then_some(Value::from(true)));
        let mut records = vec![("purchase.item".to_owned(), bought)];
        if let Some(fit) = &self.fit {
            let mut fitted = json!({ "reviewed_on": self.on, "item": item, "fit": fit });
            set(&mut fitted, "size", size.clone());
            set(&mut fitted, "rating", self.rating.map(Value::from));
            records.push(("purchase.fit".to_owned(), fitted));
        }
        if let Some(returned) = &self.returned {
            let mut given_back = json!({ "returned_on": returned, "item": item, "quantity": 1, "refund": amount });
            set(&mut given_back, "size", size);
            set(&mut given_back, "reason", self.reason.clone().map(Value::from));
            records.push(("purchase.return".to_owned(), given_back));
        }
        records
    }
}

fn set(value: &mut Value, field: &str, content: Option<Value>) {
    if let Some(content) = content {
        value[field] = content;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use coffret_vault::attribute::{Cardinality, Catalogue};

    use super::*;

    #[test]
    fn every_value_is_valid_by_its_schema() {
        let (houses, catalogue) = (Houses::load(), Catalogue::builtin());
        for client in load() {
            let records = client.records(&houses);
            assert!(records.len() >= 30, "{}: {}", client.name, records.len());
            let mut single = BTreeSet::new();
            for (attribute, value) in records {
                let kind = catalogue.get(&attribute).unwrap_or_else(|| panic!("{}: {attribute}", client.name));
                assert_eq!(kind.validate(&value), Ok(()), "{}: {attribute}", client.name);
                assert!(kind.cardinality() == Cardinality::Many || single.insert(attribute.clone()), "{}: {attribute} twice", client.name);
            }
        }
    }

    #[test]
    fn a_dozen_lives_that_are_told_apart() {
        let clients = load();
        let distinct = |of: fn(&Client) -> &str| clients.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!((clients.len(), distinct(|one| &one.name), distinct(|one| &one.email), distinct(|one| &one.phone)), (12, 12, 12, 12));
        assert!(distinct(|one| &one.language) >= 8 && distinct(|one| &one.time_zone) >= 10);
    }

    /// What the story asks of everybody.
    #[test]
    fn everybody_has_what_the_story_asks_for() {
        let houses = Houses::load();
        for client in load() {
            let records = client.records(&houses);
            for wanted in crate::demo::story::ASKED {
                assert!(records.iter().any(|(attribute, _)| attribute == wanted.0), "{}: {}", client.name, wanted.0);
            }
        }
    }

    #[test]
    fn addresses_are_ones_that_nobody_has() {
        for client in load() {
            assert!(
                [".example", "example.com", "example.org", "example.net"].iter().any(|end| client.email.ends_with(end)),
                "{}",
                client.email
            );
        }
    }

    #[test]
    fn the_same_every_time() {
        let houses = Houses::load();
        let all = || load().iter().map(|client| client.records(&houses)).collect::<Vec<_>>();
        assert_eq!(all(), all());
    }
}
