//! Whether a brand could contact a customer.

use coffret_proto::v1;
use coffret_vault::clienteling::contact::{Allowance, Attempt, Author, Block, Channel, Occasion, Purpose};
use coffret_vault::error::{Error, Result};

use super::RecordService;
use crate::caller::Caller;
use crate::names;

/// The one that a word names; where there is none, the words that are known.
fn word<T: Copy>(text: &str, field: &str, all: &[T], of: impl Fn(T) -> &'static str) -> Result<T> {
    all.iter().copied().find(|own| of(*own) == text).ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|own| of(*own)).collect();
        Error::invalid(field, "WORD_UNKNOWN", format!("This is one of {}.", known.join(", ")))
    })
}

fn block_to_wire(block: Block) -> v1::ContactBlock {
    let (reason, until, limit) = match block {
        Block::NoAccess => ("NO_ACCESS", String::new(), 0),
        Block::NoRules => ("NO_RULES", String::new(), 0),
        Block::RulesUnreadable => ("RULES_UNREADABLE", String::new(), 0),
        Block::WayNotAllowed => ("WAY_NOT_ALLOWED", String::new(), 0),
        Block::PersonOnly => ("PERSON_ONLY", String::new(), 0),
        Block::PersonSends => ("PERSON_SENDS", String::new(), 0),
        Block::LeftAlone(day) => ("LEFT_ALONE", day.to_string(), 0),
        Block::QuietTime(until) => ("QUIET_TIME", until.strftime("%H:%M").to_string(), 0),
        Block::MonthFull(limit) => ("MONTH_FULL", String::new(), limit),
    };
    v1::ContactBlock { reason: reason.to_owned(), until, limit: i32::try_from(limit).unwrap_or(i32::MAX) }
}

impl RecordService {
    pub(super) async fn contact(&self, caller: &Caller, asked: &v1::CheckContactRequest) -> Result<v1::CheckContactResponse> {
        let customer = names::customer(&asked.customer, "customer", caller)?;
        let brand = names::brand(&asked.brand, "brand", caller)?;
        let negative = || Error::invalid("made_this_month", "NUMBER_NEGATIVE", "A number of contacts is not negative.");
        let attempt = Attempt {
            channel: word(&asked.channel, "channel", Channel::ALL, Channel::word)?,
            purpose: word(&asked.purpose, "purpose", Purpose::ALL, Purpose::word)?,
            at: match &asked.contact_time {
                Some(at) => names::moment(at, "contact_time")?,
                None => self.vault.now(),
            },
            occasion: match asked.occasion.as_str() {
                "" => None,
                text => Some(word(text, "occasion", Occasion::ALL, Occasion::word)?),
            },
            author: match asked.author.as_str() {
                "" => Author::Person,
                text => word(text, "author", Author::ALL, Author::word)?,
            },
            made_this_month: u32::try_from(asked.made_this_month).map_err(|_| negative())?,
        };
        Ok(match self.vault.check_contact(customer, brand, &attempt).await? {
            Ok(allowance) => v1::CheckContactResponse {
                allowed: true,
                occasion: match allowance {
                    Allowance::Way => String::new(),
                    Allowance::Always(occasion) => occasion.word().to_owned(),
                },
                blocks: Vec::new(),
            },
            Err(blocks) => v1::CheckContactResponse {
                allowed: false,
                occasion: String::new(),
                blocks: blocks.into_iter().map(block_to_wire).collect(),
            },
        })
    }
}
