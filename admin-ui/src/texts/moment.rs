//! Dates and times as each language writes them (CLDR), in the visitor's own time zone.

use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{YMD, YMDT};
use icu_datetime::input::{Date, DateTime, Time};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Language;

pub(super) struct Dates {
    date: DateTimeFormatter<YMD>,
    moment: DateTimeFormatter<YMDT>,
}

impl Dates {
    pub(super) fn load(tag: &str) -> Self {
        let locale: icu_locale_core::Locale = tag.parse().expect("a test reads every tag");
        let date = DateTimeFormatter::try_new((&locale).into(), YMD::long()).expect("a test loads every language");
        let moment = DateTimeFormatter::try_new((&locale).into(), YMD::long().with_time_hm()).expect("a test loads every language");
        Self { date, moment }
    }
}

impl Dates {
    fn write(&self, at: Timestamp, zone: &TimeZone, with_time: bool) -> Option<String> {
        let local = zone.to_datetime(at);
        let date = Date::try_new_iso(i32::from(local.year()), local.month().cast_unsigned(), local.day().cast_unsigned()).ok()?;
        if !with_time {
            return Some(self.date.format(&date).to_string());
        }
        let time = Time::try_new(local.hour().cast_unsigned(), local.minute().cast_unsigned(), 0, 0).ok()?;
        Some(self.moment.format(&DateTime { date, time }).to_string())
    }
}

impl Language {
    /// A day: `1 March 2027`.
    pub(crate) fn date(&self, at: Timestamp, zone: &TimeZone) -> String {
        self.dates.write(at, zone, false).unwrap_or_else(|| at.to_string())
    }

    /// A minute of a day.
    pub(crate) fn moment(&self, at: Timestamp, zone: &TimeZone) -> String {
        self.dates.write(at, zone, true).unwrap_or_else(|| at.to_string())
    }
}
