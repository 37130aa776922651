//! Events over time, stacked by family: a sentence that says what is to be seen, a picture made on the server, and the same as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use coffret_proto::v1;
use jiff::{Timestamp, Unit, Zoned, ZonedRound};
use maud::{Markup, PreEscaped, html};

use super::event::{ALL, family, title};
use crate::look::Look;
use crate::texts::say;

/// Points in time that make a picture at least, and bars at most.
const LEAST: usize = 3;
const MOST: usize = 31;
/// The picture, in its own units.
const WIDTH: usize = 640;
const HEIGHT: usize = 160;
const FOOT: usize = 4;

/// Events of a span of time, by family.
type Bar = BTreeMap<&'static str, usize>;

/// By day; where that makes no picture, by hour, and then by minute. Nothing where none does.
fn bars(look: &Look, entries: &[v1::LogEntry]) -> Option<(Unit, BTreeMap<Timestamp, Bar>)> {
    [Unit::Day, Unit::Hour, Unit::Minute].into_iter().find_map(|unit| {
        let mut bars: BTreeMap<Timestamp, Bar> = BTreeMap::new();
        for entry in entries {
            let at: Zoned = look.time(entry.event_time.as_ref())?.to_zoned(look.zone.clone());
            let round = ZonedRound::new().smallest(unit).mode(jiff::RoundMode::Trunc);
            *bars.entry(at.round(round).ok()?.timestamp()).or_default().entry(family(&entry.kind)).or_default() += 1;
        }
        (LEAST..=MOST).contains(&bars.len()).then_some((unit, bars))
    })
}

fn count(bar: &Bar) -> usize {
    bar.values().sum()
}

/// The picture of the entries that a page lists; without one a sentence, and nothing of nothing.
pub(super) fn events(look: &Look, entries: &[v1::LogEntry]) -> Markup {
    let opened: Vec<v1::LogEntry> = entries.iter().filter(|entry| !entry.kind.is_empty()).cloned().collect();
    let Some((unit, bars)) = bars(look, &opened) else { return html! {} };
    let write = |at: Timestamp| if unit == Unit::Day { look.date(at) } else { look.moment(at) };
    let Some((most_at, most)) = bars.iter().max_by_key(|(_, bar)| count(bar)).map(|(at, bar)| (*at, count(bar))) else {
        return html! {};
    };
    let mut totals: Bar = Bar::new();
    for bar in bars.values() {
        for (family, count) in bar {
            *totals.entry(family).or_default() += count;
        }
    }
    let families: Vec<&str> = ALL.into_iter().filter(|family| totals.contains_key(family)).collect();
    let finding = say!(look, "chart-finding", count = opened.len(), most = most, when = write(most_at));
    html! {
        figure.chart {
            figcaption { (finding) }
            (picture(look, &bars, &families, most, &finding))
            p.ends aria-hidden="true" {
                @for at in [bars.keys().next(), bars.keys().next_back()].into_iter().flatten() { span { (write(*at)) } }
            }
            ul.legend { @for (place, family) in families.iter().enumerate() { li { (swatch(place)) (title(look, family)) ": " (totals[family]) } } }
            details {
                summary { (say!(look, "chart-table")) }
                div.wide tabindex="0" role="region" aria-label=(say!(look, "chart-table")) {
                    table {
                        thead { tr { th scope="col" { (say!(look, "log-when")) } @for family in &families { th scope="col" { (title(look, family)) } } } }
                        tbody {
                            @for (at, bar) in &bars {
                                tr {
                                    th scope="row" { (write(*at)) }
                                    @for family in &families { td data-label=(title(look, family)) { (bar.get(family).copied().unwrap_or(0)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a family is told by beside its name: a pattern of its own, so that it is never colour alone.
fn swatch(place: usize) -> Markup {
    let shape = format!("<rect {} width=\"16\" height=\"16\"/>", look_of(place));
    html! { svg.swatch width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" { (PreEscaped(shape)) } " " }
}

/// Every second family is striped: next to each other they are told apart without colour.
fn look_of(place: usize) -> String {
    if place.is_multiple_of(2) { format!("class=\"p{place}\"") } else { format!("class=\"striped\" fill=\"url(#stripes{place})\"") }
}

fn stripes(place: usize) -> String {
    format!(
        "<pattern id=\"stripes{place}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect class=\"p{place}\" width=\"3\" height=\"6\"/></pattern>"
    )
}

/// The bars; mirrored by the style sheet where time runs from right to left. Numbers and classes alone are written into it.
fn picture(look: &Look, bars: &BTreeMap<Timestamp, Bar>, families: &[&str], most: usize, finding: &str) -> Markup {
    let step = WIDTH / bars.len();
    let width = (step * 3 / 4).max(2);
    let mut shapes = String::new();
    for (place, bar) in bars.values().enumerate() {
        let x = place * step + (step - width) / 2;
        let mut below = 0;
        for (pattern, family) in families.iter().enumerate() {
            let Some(count) = bar.get(family) else { continue };
            let (from, to) = (below * HEIGHT / most, (below + count) * HEIGHT / most);
            let height = (to - from).max(1);
            let (look, y) = (look_of(pattern), HEIGHT - from - height);
            // Writing to a String cannot fail.
            let _ = write!(shapes, "<rect {look} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
            below += count;
        }
    }
    let whole = HEIGHT + FOOT;
    html! {
        svg.bars role="img" aria-label=(finding) viewBox=(format!("0 0 {WIDTH} {whole}")) preserveAspectRatio="none" data-direction=(look.language.direction) {
            (PreEscaped((0..families.len()).filter(|place| place % 2 == 1).map(stripes).collect::<String>()))
            (PreEscaped(shapes))
            (PreEscaped(format!("<line class=\"foot\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{HEIGHT}\" y2=\"{HEIGHT}\"/>")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    fn entry(kind: &str, at: &str) -> v1::LogEntry {
        let at: Timestamp = at.parse().expect("a moment");
        let event_time = Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 });
        v1::LogEntry { kind: kind.to_owned(), event_time, ..v1::LogEntry::default() }
    }

    fn look() -> Look {
        Look { language: Language::default(), zone: jiff::tz::TimeZone::UTC, now: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn days_make_a_picture_and_fewer_than_three_points_none() {
        let days = ["2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z", "2026-11-02T11:00:00Z", "2026-11-04T10:00:00Z"];
        let entries: Vec<v1::LogEntry> = days.iter().map(|at| entry("read", at)).chain([entry("grant.revoked", days[1])]).collect();
        let (unit, bars) = bars(&look(), &entries).expect("bars");
        assert_eq!((unit, bars.len()), (Unit::Day, 3));
        assert_eq!(bars.values().map(count).collect::<Vec<_>>(), [1, 3, 1]);
        let drawn = events(&look(), &entries).0;
        assert!(drawn.contains("November 2, 2026"), "the finding names the day: {drawn}");
        // A bar for each family of each day, a swatch for each family, and the stripes of the second.
        assert_eq!(drawn.matches("<rect").count(), 4 + 2 + 1, "{drawn}");
        assert_eq!(drawn.matches("<td").count(), 3 * 2);
        assert_eq!(events(&look(), &entries[..1]).0, "");
        assert_eq!(events(&look(), &[]).0, "");
    }

    #[test]
    fn what_happened_within_an_hour_is_told_by_the_minute() {
        let entries: Vec<v1::LogEntry> = (0..5).map(|minute| entry("read", &format!("2026-11-01T10:0{minute}:30Z"))).collect();
        assert_eq!(bars(&look(), &entries).expect("bars").0, Unit::Minute);
    }
}
