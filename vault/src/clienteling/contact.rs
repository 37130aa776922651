//! Contact rules: whether a brand can contact a customer now, in this way, for this purpose. One pure function ([`check`]) decides, for the
//! customer who tries it out and for brands alike; what it does not know of is blocked.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use sea_orm::EntityTrait;
use serde::Deserialize;

use crate::Vault;
use crate::clock::Timestamp;
use crate::consent::{Contact as Granted, GrantState};
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId};
use crate::record::open_value;
use crate::store::entity::brand;

/// The record of the rules.
const ATTRIBUTE: &str = "rules.channel";

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word of the record and the contract.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The one of this word.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|own| own.word() == word)
            }
        }
    };
}

words! {
    /// How a customer is contacted.
    Channel {
        /// On a visit.
        Boutique = "boutique",
        /// By telephone.
        Phone = "phone",
        /// By WhatsApp.
        Whatsapp = "whatsapp",
        /// By WeChat.
        Wechat = "wechat",
        /// By text message.
        Sms = "sms",
        /// By e-mail.
        Email = "email",
        /// By post.
        Post = "post",
    }
}

words! {
    /// What for.
    Purpose {
        /// The customer's orders.
        Orders = "orders",
        /// Advice.
        Advice = "advice",
        /// Events.
        Events = "events",
        /// News.
        News = "news",
    }
}

words! {
    /// What can be excepted from hours, dates and numbers.
    Occasion {
        /// An order is ready.
        OrderReady = "order_ready",
        /// An appointment of the customer's.
        Appointment = "appointment",
        /// A delivery.
        Delivery = "delivery",
        /// The security of the customer or their things.
        Security = "security",
        /// A recall.
        ProductRecall = "product_recall",
    }
}

words! {
    /// Who writes.
    Author {
        /// A person.
        Person = "person",
        /// A machine drafts, a person sends.
        Draft = "draft",
        /// A machine.
        Machine = "machine",
    }
}

/// A contact that a brand would make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How.
    pub channel: Channel,
    /// What for.
    pub purpose: Purpose,
    /// When.
    pub at: Timestamp,
    /// What it is about, where that can be excepted.
    pub occasion: Option<Occasion>,
    /// Who writes.
    pub author: Author,
    /// Contacts that the brand made in the same month (of the rules' time zone) before.
    pub made_this_month: u32,
}

/// Why a contact is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// The brand has no access to anything of the customer's.
    NoAccess,
    /// The customer has set no rules: nothing is allowed.
    NoRules,
    /// The rules cannot be understood: nothing is allowed.
    RulesUnreadable,
    /// This way is not allowed for this purpose.
    WayNotAllowed,
    /// Only a person can contact the customer.
    PersonOnly,
    /// A person has to send it.
    PersonSends,
    /// The customer is to be left alone until this day (of the rules' time zone).
    LeftAlone(Date),
    /// The time is quiet, until this time of the day.
    QuietTime(Time),
    /// The month's number is reached.
    MonthFull(u32),
}

/// Why a contact is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// The way is allowed for the purpose, and nothing speaks against the moment.
    Way,
    /// What it is about is always allowed.
    Always(Occasion),
}

/// What came of a check.
pub type Verdict = std::result::Result<Allowance, Vec<Block>>;

#[derive(Clone, Debug, Deserialize)]
struct Way {
    channel: Channel,
    purpose: Purpose,
    allowed: bool,
}

#[derive(Clone, Debug, Deserialize)]
struct Quiet {
    days: Vec<String>,
    from: String,
    to: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Automated {
    #[default]
    No,
    Drafts,
    Yes,
}

/// What a customer has set (`rules.channel`). Fields that concern no check are passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct Rules {
    channels: Vec<Way>,
    #[serde(default)]
    quiet_hours: Vec<Quiet>,
    time_zone: String,
    #[serde(default)]
    automated: Automated,
    #[serde(default)]
    max_per_month: Option<u32>,
    #[serde(default)]
    not_before: Option<String>,
    #[serde(default)]
    always: Vec<Occasion>,
}

/// The day of a word such as `mon`.
fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// A time as `20:00`.
fn clock_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

impl Quiet {
    /// Until when it is quiet at this local day and time; nothing where it is not. `to` before `from` is on the next day; the last minute
    /// of a day includes it; the same time twice is a whole day.
    ///
    /// # Errors
    /// A day or time is none.
    fn holds(&self, day: Weekday, time: Time) -> std::result::Result<Option<Time>, ()> {
        let days: Vec<Weekday> = self.days.iter().map(|word| weekday(word).ok_or(())).collect::<std::result::Result<_, _>>()?;
        let (from, to) = (clock_time(&self.from).ok_or(())?, clock_time(&self.to).ok_or(())?);
        let last_minute = Time::constant(23, 59, 0, 0);
        let holds = if from < to {
            days.contains(&day) && from <= time && (time < to || to == last_minute)
        } else {
            (days.contains(&day) && from <= time) || (days.contains(&day.previous()) && time < to)
        };
        Ok(holds.then_some(to))
    }
}

/// Whether this contact is let through by what the customer has set, and by what the brand's live access allows (`granted`: who can write
/// under it; nothing where the brand has no live access).
///
/// A person-only rule and the choice of ways hold for everything. An occasion that is always allowed passes hours, dates and numbers, and
/// comes by any way that is allowed for something.
pub fn check(rules: Option<&Rules>, granted: Option<Granted>, attempt: &Attempt) -> Verdict {
    let Some(granted) = granted else { return Err(vec![Block::NoAccess]) };
    let Some(rules) = rules else { return Err(vec![Block::NoRules]) };
    let zoned = TimeZone::get(&rules.time_zone)
        .ok()
        .zip(jiff::Timestamp::from_microsecond(attempt.at.micros()).ok())
        .map(|(zone, at)| at.to_zoned(zone));
    let Some(local) = zoned else { return Err(vec![Block::RulesUnreadable]) };
    let mut blocks = Vec::new();
    let exception = attempt.occasion.filter(|occasion| rules.always.contains(occasion));
    let is_allowed = |way: &Way| way.allowed && way.channel == attempt.channel && (way.purpose == attempt.purpose || exception.is_some());
    // A way that is listed twice is not allowed unless it is each time.
    let refused = |way: &Way| !way.allowed && way.channel == attempt.channel && way.purpose == attempt.purpose;
    if !rules.channels.iter().any(is_allowed) || (exception.is_none() && rules.channels.iter().any(refused)) {
        blocks.push(Block::WayNotAllowed);
    }
    let of_grant = match granted {
        Granted::None => Automated::No,
        Granted::Drafts => Automated::Drafts,
        Granted::Yes => Automated::Yes,
    };
    match (rules.automated.min(of_grant), attempt.author) {
        (Automated::No, Author::Draft | Author::Machine) => blocks.push(Block::PersonOnly),
        (Automated::Drafts, Author::Machine) => blocks.push(Block::PersonSends),
        _ => {}
    }
    if exception.is_none() {
        match rules.not_before.as_deref().map(str::parse::<Date>) {
            Some(Ok(day)) if local.date() < day => blocks.push(Block::LeftAlone(day)),
            Some(Err(_)) => return Err(vec![Block::RulesUnreadable]),
            _ => {}
        }
        let mut quiet = None;
        for hours in &rules.quiet_hours {
            match hours.holds(local.weekday(), local.time()) {
                Ok(until) => quiet = quiet.or(until),
                Err(()) => return Err(vec![Block::RulesUnreadable]),
            }
        }
        blocks.extend(quiet.map(Block::QuietTime));
        blocks.extend(rules.max_per_month.filter(|most| attempt.made_this_month >= *most).map(Block::MonthFull));
    }
    if blocks.is_empty() { Ok(exception.map_or(Allowance::Way, Allowance::Always)) } else { Err(blocks) }
}

impl Vault {
    /// Whether a brand could contact the customer so, by the rules that they have now.
    ///
    /// # Errors
    /// There is no such brand; or the customer is not found.
    pub async fn check_contact(&self, customer: CustomerId, brand: BrandId, attempt: &Attempt) -> Result<Verdict> {
        let session = self.fresh_session(customer).await?;
        if brand::Entity::find_by_id(brand.0).one(self.store.reader()).await?.is_none() {
            return Err(Error::not_found("brand"));
        }
        let live = session.view.grants.values().filter(|grant| {
            grant.brand() == brand.0 && grant.starts_at() <= attempt.at && grant.effective_state(attempt.at) == GrantState::Active
        });
        let granted = live.map(|grant| grant.terms().terms().contact).max();
        let rows = self.current_rows(customer, &[ATTRIBUTE]).await?;
        let rules: Option<std::result::Result<Rules, _>> = match rows.first() {
            Some(row) => Some(serde_json::from_slice(&open_value(&session.keys, row)?)),
            None => None,
        };
        Ok(match rules {
            Some(Err(_)) => Err(vec![Block::RulesUnreadable]),
            Some(Ok(rules)) => check(Some(&rules), granted, attempt),
            None => check(None, granted, attempt),
        })
    }
}

#[cfg(test)]
mod tests;
