//! A deliberately naive reading of the rules: a list of what was accepted, read again from its start for every question.
//!
//! Shares no code with what it checks: times are microseconds, terms are a few plain fields, answers are words.

use std::collections::BTreeSet;

pub(super) const HOUR: i64 = 3_600_000_000;
pub(super) const DAY: i64 = 24 * HOUR;

/// 1 masked, 2 raw.
pub(super) type Level = u8;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plain {
    /// Name, level, needed; sorted.
    pub(super) items: Vec<(&'static str, Level, bool)>,
    pub(super) start: Option<i64>,
    pub(super) end: i64,
    pub(super) uses: Option<u32>,
    /// Reads per hour.
    pub(super) hourly: Option<u32>,
}

impl Plain {
    fn level(&self, name: &str) -> Level {
        self.items.iter().find(|item| item.0 == name).map_or(0, |item| item.1)
    }

    pub(super) fn is_less_or_same(&self, other: &Self) -> bool {
        let more = |mine: Option<u32>, theirs: Option<u32>| mine.unwrap_or(u32::MAX) > theirs.unwrap_or(u32::MAX);
        self.items.iter().all(|item| item.1 <= other.level(item.0))
            && self.start.unwrap_or(i64::MIN) >= other.start.unwrap_or(i64::MIN)
            && self.end <= other.end
            && !more(self.uses, other.uses)
            && !more(self.hourly, other.hourly)
    }

    fn lacks_what_is_needed(&self, offer: &Self) -> bool {
        offer.items.iter().any(|item| item.2 && self.level(item.0) < item.1)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    Asked {
        offer: Plain,
        least: Option<Plain>,
    },
    Approved(Plain),
    Countered(Plain),
    Accepted,
    Rejected,
    Declined,
    Withdrawn,
    Lapsed,
    /// Until then; `i64::MAX` until resumed.
    Paused(i64),
    Resumed,
    Revoked,
    Expired,
    Exhausted,
    Amended(Plain),
    Suspended(&'static str),
    Reinstated,
    Read,
}

pub(super) struct Asked {
    at: i64,
    offer: Plain,
    least: Option<Plain>,
    countered: Option<Plain>,
    word: &'static str,
    withdrawn: bool,
}

pub(super) struct Life {
    pub(super) terms: Plain,
    /// Its end; `i64::MAX` until resumed.
    pub(super) pause: Option<i64>,
    held: BTreeSet<&'static str>,
    over: Option<(&'static str, i64)>,
    pub(super) reads: Vec<i64>,
}

impl Life {
    fn new(terms: Plain) -> Self {
        Self { terms, pause: None, held: BTreeSet::new(), over: None, reads: Vec::new() }
    }

    fn is_paused(&self, now: i64) -> bool {
        self.pause.is_some_and(|until| until > now)
    }

    fn word(&self, now: i64) -> &'static str {
        if let Some((word, _)) = self.over {
            word
        } else if now >= self.terms.end {
            "EXPIRED"
        } else if !self.held.is_empty() {
            "SUSPENDED"
        } else if self.is_paused(now) {
            "PAUSED"
        } else {
            "ACTIVE"
        }
    }
}

#[derive(Default)]
pub(super) struct Reference {
    pub(super) facts: Vec<(i64, Fact)>,
}

impl Reference {
    pub(super) fn asked(&self) -> Option<Asked> {
        let mut asked: Option<Asked> = None;
        for (at, fact) in &self.facts {
            if let Fact::Asked { offer, least } = fact {
                let (offer, least) = (offer.clone(), least.clone());
                asked = Some(Asked { at: *at, offer, least, countered: None, word: "PENDING", withdrawn: false });
            }
            let Some(request) = asked.as_mut() else { continue };
            match fact {
                Fact::Approved(_) | Fact::Accepted => request.word = "APPROVED",
                Fact::Countered(terms) => (request.word, request.countered) = ("COUNTERED", Some(terms.clone())),
                Fact::Rejected => request.word = "REJECTED_BY_BRAND",
                Fact::Declined => request.word = "DECLINED",
                Fact::Lapsed => request.word = "LAPSED",
                Fact::Withdrawn => {
                    request.withdrawn = true;
                    if request.word != "DECLINED" {
                        request.word = "WITHDRAWN";
                    }
                }
                _ => {}
            }
        }
        asked
    }

    pub(super) fn request_word(&self, now: i64) -> &'static str {
        match self.asked() {
            None => "NONE",
            Some(request) if ["PENDING", "COUNTERED"].contains(&request.word) && now >= request.at + 14 * DAY => "LAPSED",
            Some(request) => request.word,
        }
    }

    pub(super) fn brand_sees(&self, now: i64) -> &'static str {
        let Some(request) = self.asked() else { return "NONE" };
        match self.request_word(now) {
            _ if request.withdrawn => "CLOSED",
            word @ ("APPROVED" | "COUNTERED") => word,
            "PENDING" | "DECLINED" if now < request.at + 14 * DAY => "PENDING",
            _ => "CLOSED",
        }
    }

    pub(super) fn life(&self) -> Option<Life> {
        let mut life: Option<Life> = None;
        let mut offered = None;
        for (at, fact) in &self.facts {
            match fact {
                Fact::Countered(terms) => offered = Some(terms.clone()),
                Fact::Approved(terms) => life = Some(Life::new(terms.clone())),
                Fact::Accepted => life = offered.take().map(Life::new),
                _ => {}
            }
            let Some(life) = life.as_mut() else { continue };
            match fact {
                Fact::Amended(terms) => {
                    let pause = life.pause.filter(|_| life.is_paused(*at));
                    let reads = std::mem::take(&mut life.reads);
                    *life = Life { pause, reads, ..Life::new(terms.clone()) };
                }
                Fact::Paused(until) => life.pause = Some(*until),
                Fact::Resumed => life.pause = None,
                Fact::Revoked => life.over = Some(("REVOKED", *at)),
                Fact::Expired => life.over = Some(("EXPIRED", life.terms.end)),
                Fact::Exhausted => life.over = Some(("EXHAUSTED", *at)),
                Fact::Suspended(why) => drop(life.held.insert(why)),
                Fact::Reinstated => drop(life.held.remove("BRAND")),
                Fact::Read => life.reads.push(*at),
                _ => {}
            }
        }
        life
    }

    pub(super) fn grant_word(&self, now: i64) -> &'static str {
        self.life().map_or("NONE", |life| life.word(now))
    }

    /// What is said to this fact at this moment: `OK`, or the reason against it. Keeps it when `OK`.
    pub(super) fn say(&mut self, fact: Fact, now: i64) -> &'static str {
        let answer = match &fact {
            Fact::Asked { .. } => "OK",
            Fact::Approved(terms) | Fact::Countered(terms) => return self.customer_answers(&fact, terms, now),
            Fact::Declined => self.customer_may(now),
            Fact::Accepted | Fact::Rejected => match self.brand_sees(now) {
                "COUNTERED" => {
                    let over = self.asked().and_then(|asked| asked.countered).is_some_and(|terms| now >= terms.end);
                    if over && fact == Fact::Accepted { "TERMS_EXPIRED" } else { "OK" }
                }
                "PENDING" => "REQUEST_NOT_COUNTERED",
                "APPROVED" => "REQUEST_ALREADY_DECIDED",
                _ => "REQUEST_CLOSED",
            },
            Fact::Withdrawn => match self.brand_sees(now) {
                "PENDING" => "OK",
                "COUNTERED" => "REQUEST_COUNTERED",
                "APPROVED" => "REQUEST_ALREADY_DECIDED",
                _ => "REQUEST_CLOSED",
            },
            Fact::Lapsed => match (self.asked().map_or("", |asked| asked.word), self.request_word(now)) {
                ("LAPSED", _) => "REQUEST_LAPSED",
                (_, "LAPSED") => "OK",
                ("PENDING" | "COUNTERED", _) => "REQUEST_STILL_OPEN",
                ("WITHDRAWN", _) => "REQUEST_WITHDRAWN",
                _ => "REQUEST_ALREADY_DECIDED",
            },
            _ => self.about_the_grant(&fact, now),
        };
        if answer == "OK" {
            self.facts.push((now, fact));
        }
        answer
    }

    fn customer_may(&self, now: i64) -> &'static str {
        match self.request_word(now) {
            "PENDING" => "OK",
            "COUNTERED" => "REQUEST_COUNTERED",
            "WITHDRAWN" => "REQUEST_WITHDRAWN",
            "LAPSED" => "REQUEST_LAPSED",
            _ => "REQUEST_ALREADY_DECIDED",
        }
    }

    /// `GRANTED` and `COUNTERED` are this answer's two kinds of yes.
    fn customer_answers(&mut self, fact: &Fact, terms: &Plain, now: i64) -> &'static str {
        let may = self.customer_may(now);
        if may != "OK" {
            return may;
        }
        let asked = self.asked().expect("pending");
        if !terms.is_less_or_same(&asked.offer) {
            return "TERMS_NOT_NARROWER";
        }
        let explicit = matches!(fact, Fact::Countered(_));
        if explicit && *terms == asked.offer {
            return "TERMS_UNCHANGED";
        }
        let enough = asked.least.is_some_and(|least| least.is_less_or_same(terms));
        if (explicit || terms.lacks_what_is_needed(&asked.offer)) && !enough {
            self.facts.push((now, Fact::Countered(terms.clone())));
            "COUNTERED"
        } else {
            self.facts.push((now, Fact::Approved(terms.clone())));
            "GRANTED"
        }
    }

    fn about_the_grant(&self, fact: &Fact, now: i64) -> &'static str {
        let Some(life) = self.life() else { return "NONE" };
        let word = life.word(now);
        let plain = match word {
            "EXPIRED" => "GRANT_EXPIRED",
            "REVOKED" => "GRANT_REVOKED",
            "EXHAUSTED" => "GRANT_EXHAUSTED",
            "SUSPENDED" => "GRANT_SUSPENDED",
            "PAUSED" => "GRANT_PAUSED",
            _ => "OK",
        };
        let over = ["EXPIRED", "REVOKED", "EXHAUSTED"].contains(&word);
        match fact {
            Fact::Paused(until) if *until <= now => "PAUSE_ENDS_IN_PAST",
            Fact::Paused(until) if word == "PAUSED" && life.pause == Some(*until) => "GRANT_ALREADY_PAUSED",
            Fact::Paused(_) | Fact::Resumed if word == "PAUSED" => "OK",
            Fact::Resumed if word == "ACTIVE" => "GRANT_NOT_PAUSED",
            Fact::Revoked if !over => "OK",
            Fact::Expired if life.over.is_none() => {
                if now >= life.terms.end {
                    "OK"
                } else {
                    "GRANT_NOT_EXPIRED"
                }
            }
            Fact::Exhausted if word == "ACTIVE" => {
                if life.terms.uses.is_some_and(|uses| life.reads.len() >= uses as usize) {
                    "OK"
                } else {
                    "GRANT_NOT_EXHAUSTED"
                }
            }
            Fact::Suspended(why) if !over && !life.held.contains(why) => "OK",
            Fact::Reinstated if word == "SUSPENDED" => {
                if life.held.contains("BRAND") {
                    "OK"
                } else {
                    "PURPOSE_CHANGED"
                }
            }
            Fact::Reinstated if !over => "GRANT_NOT_SUSPENDED",
            Fact::Amended(terms) if word == "ACTIVE" || word == "PAUSED" => {
                if !terms.is_less_or_same(&life.terms) {
                    "TERMS_NOT_NARROWER"
                } else if *terms == life.terms {
                    "TERMS_UNCHANGED"
                } else {
                    "OK"
                }
            }
            _ => plain,
        }
    }

    /// A read of these names at these levels (0: as granted; no names: all). The words say what is released, or why nothing is.
    pub(super) fn read(&mut self, names: &[(&'static str, Level)], is_stream: bool, now: i64) -> (String, String) {
        let decided = self.decide(names, is_stream, now);
        let life = self.life();
        if decided.starts_with("OK") {
            self.facts.push((now, Fact::Read));
            return (decided.clone(), decided);
        }
        let ended = life.and_then(|life| life.over.map(|over| over.1).or((now >= life.terms.end).then_some(life.terms.end)));
        let public = if ended.is_some_and(|ended| now - ended >= 30 * DAY) { "NO_ACCESS".to_owned() } else { decided.clone() };
        (decided, public)
    }

    fn decide(&self, names: &[(&'static str, Level)], is_stream: bool, now: i64) -> String {
        let Some(life) = self.life() else { return "NONE".to_owned() };
        let word = life.word(now);
        if word != "ACTIVE" {
            return format!("GRANT_{word}");
        }
        if life.terms.start.is_some_and(|start| now < start) {
            return "GRANT_NOT_YET_VALID".to_owned();
        }
        if is_stream {
            return "MODE_NOT_GRANTED".to_owned();
        }
        let mut released = BTreeSet::new();
        for (name, level) in names {
            let granted = life.terms.level(name);
            if granted == 0 {
                return format!("ATTRIBUTE_NOT_GRANTED {name}");
            }
            if *level > granted {
                return format!("VIEW_NOT_GRANTED {name}");
            }
            released.insert((*name, if *level == 0 { granted } else { *level }));
        }
        if names.is_empty() {
            released = life.terms.items.iter().map(|item| (item.0, item.1)).collect();
        }
        if life.terms.uses.is_some_and(|uses| life.reads.len() >= uses as usize) {
            return "GRANT_EXHAUSTED".to_owned();
        }
        if let Some(hourly) = life.terms.hourly {
            // Every moment at which a read leaves the window is tried, and now.
            let fits = |then: i64| life.reads.iter().filter(|read| **read > then - HOUR).count() < hourly as usize;
            let tries = life.reads.iter().map(|read| read + HOUR).chain([now]).filter(|then| *then >= now && fits(*then));
            let wait = tries.min().expect("an hour after the last read there is room") - now;
            if wait > 0 {
                return format!("FREQUENCY_EXCEEDED {}", (wait + 999_999) / 1_000_000);
            }
        }
        format!("OK {released:?}")
    }
}
