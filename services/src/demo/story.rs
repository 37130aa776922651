//! The story: what is asked, decided, read, stopped and checked, in order, each step a call that is judged.

use std::time::Duration;

use coffret_proto::v1;
use coffret_proto::v1::{AutomatedContact, Fetch, Mode, Period, View};
use coffret_vault::clock::Timestamp;
use tokio::time::Instant;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

use super::Failure;
use super::acts::{asking, checking, deciding, reading, refusing, staying, stopping, waiting};
use super::clients::Client;
use super::folder::Folder;
use super::line::Line;
use super::screen::Screen;
use super::stage::Stage;

/// What Maison Alba asks for: attribute, whether it is needed, why.
pub(super) const ASKED: [(&str, bool, &str); 5] = [
    ("identity.preferred_name", true, "To greet you as you like."),
    ("identity.birth_date", true, "To choose a cut that suits your age."),
    ("body.height", true, "To set the length before you come."),
    ("body.shoe_size", true, "To have shoes ready for the fitting."),
    ("address.home", false, "To bring the pieces to you if you wish."),
];

/// Who plays.
pub(super) struct Cast<'a> {
    pub(super) stage: &'a Stage,
    pub(super) folder: &'a Folder,
    pub(super) clients: &'a [Client],
    /// The story's number; each begins with another client.
    pub(super) story: usize,
}

impl Cast<'_> {
    /// A client by a token of their own; marked on the screen where none is to be had.
    pub(super) async fn client(&self, client: usize, screen: &mut Screen) -> Option<Line> {
        let line = self.stage.customer(&self.stage.state.clients[client]).await;
        line.map_err(|status| screen.fault(&in_words(&status))).ok()
    }
}

/// What the story leaves to be tried.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// A grant of Maison Alba's that is live, and the client who gave it.
    pub(super) open: Option<(String, usize)>,
}

/// Tells the story. What goes otherwise than expected is marked on the screen and does not end the demo.
pub(super) async fn tell(stage: &mut Stage, folder: &Folder, clients: &[Client], screen: &mut Screen) -> Result<Told, Failure> {
    let story = stage.state.stories;
    stage.state.stories += 1;
    folder.keep(&stage.state)?;
    let cast = Cast { stage, folder, clients, story };
    let begun = Instant::now();
    if let Some(asked) = asking::play(&cast, screen).await {
        if let Some(granted) = deciding::play(&cast, &asked, screen).await {
            let read = reading::play(&cast, &granted, screen).await;
            let stopped = stopping::play(&cast, &granted, screen).await;
            if read.is_none() || stopped.is_none() {
                screen.fault("The story about this access could not be told to its end.");
            }
            checking::own_log(&cast, &granted, screen).await;
        } else {
            screen.fault("No access came of the request, so there is nothing to read.");
        }
    }
    refusing::play(&cast, screen).await;
    let open = staying::play(&cast, screen).await;
    if waiting::play(&cast, screen).await.is_none() {
        screen.fault("Not everything that should wait in the portal does.");
    }
    checking::everything(&cast, screen).await;
    screen.sum(begun.elapsed());
    Ok(Told { open })
}

/// A random UUID, for what has to be new at each start.
#[expect(clippy::disallowed_methods, reason = "a client's request id has only to be new")]
pub(super) fn random_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// What came of a call, in words: expected or not.
pub(super) type Verdict = Result<String, String>;

/// A step that should succeed. Gives the answer if it did, and if the answer is as expected.
pub(super) async fn call<T>(
    screen: &mut Screen,
    what: &str,
    call: impl Future<Output = Result<Response<T>, Status>>,
    judge: impl FnOnce(&T) -> Verdict,
) -> Option<T> {
    let begun = Instant::now();
    let answer = call.await;
    judged(screen, what, begun.elapsed(), answer, judge)
}

/// Shows a call that has been made.
pub(super) fn judged<T>(
    screen: &mut Screen,
    what: &str,
    taken: Duration,
    answer: Result<Response<T>, Status>,
    judge: impl FnOnce(&T) -> Verdict,
) -> Option<T> {
    match answer.map(Response::into_inner) {
        Ok(answer) => {
            let verdict = judge(&answer);
            let expected = verdict.is_ok();
            screen.step(what, expected, &verdict.unwrap_or_else(|words| words), taken);
            expected.then_some(answer)
        }
        Err(status) => {
            screen.step(what, false, &in_words(&status), taken);
            None
        }
    }
}

/// A step that should be refused for this reason. Tells whether it was.
pub(super) async fn refused<T>(
    screen: &mut Screen,
    what: &str,
    call: impl Future<Output = Result<Response<T>, Status>>,
    reason: &str,
    then: impl FnOnce(&Status) -> String,
) -> Option<()> {
    let begun = Instant::now();
    let answer = call.await;
    let (expected, words) = match answer {
        Ok(_) => (false, format!("answered, and {reason} was expected")),
        Err(status) if reason_of(&status) == reason => (true, format!("Refused, {reason}. {}", then(&status))),
        Err(status) => (false, in_words(&status)),
    };
    screen.step(what, expected, &words, begun.elapsed());
    expected.then_some(())
}

/// The stable reason of a refusal.
pub(super) fn reason_of(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

pub(super) fn in_words(status: &Status) -> String {
    format!("{:?} {}: {}", status.code(), reason_of(status), status.message())
}

/// A request for access by one house.
pub(super) struct Wish<'a> {
    pub(super) house: &'a str,
    pub(super) purpose: &'a str,
    pub(super) items: Vec<v1::Item>,
    pub(super) days: i64,
    pub(super) months: i32,
    pub(super) uses: i32,
    pub(super) frequency: (i32, Period),
}

impl Wish<'_> {
    pub(super) fn terms(&self, stage: &Stage) -> v1::Terms {
        let (count, period) = self.frequency;
        v1::Terms {
            purpose: format!("{}/purposes/{}", stage.brand_name(self.house), self.purpose),
            items: self.items.clone(),
            mode: Mode::Store.into(),
            data_range: Some(v1::DataRange { last_months: self.months, ..v1::DataRange::default() }),
            expire_time: Some(moment(stage.now().plus_days(self.days))),
            fetch: Fetch::Periodic.into(),
            uses: self.uses,
            frequency: Some(v1::Frequency { count, period: period.into() }),
            data_life: Some(prost_types::Duration { seconds: 30 * 86_400, nanos: 0 }),
            automated_contact: AutomatedContact::None.into(),
            ..v1::Terms::default()
        }
    }

    /// Asks the first client, from the story's own on, who may be asked for this now: the answer, the client, and how long it took.
    pub(super) async fn ask_somebody(
        &self,
        cast: &Cast<'_>,
    ) -> Option<(usize, Result<Response<v1::RequestAccessResponse>, Status>, Duration)> {
        let mut access = cast.stage.brand(self.house).access();
        for offset in 0..cast.clients.len() {
            let client = (cast.story + offset) % cast.clients.len();
            // Whoever has made a passkey in the portal answers there, and nobody in their place.
            if cast.stage.is_enrolled(&cast.stage.state.clients[client]).await {
                continue;
            }
            let begun = Instant::now();
            let answer = access.request_access(self.request(cast.stage, &cast.clients[client].email)).await;
            match answer {
                // Ninety days have to pass first.
                Err(status) if status.code() == Code::FailedPrecondition && reason_of(&status) == "ASKED_LATELY" => {}
                answer => return Some((client, answer, begun.elapsed())),
            }
        }
        None
    }

    pub(super) fn request(&self, stage: &Stage, email: &str) -> v1::RequestAccessRequest {
        let identifier = v1::Identifier { kind: v1::IdentifierKind::Email.into(), value: email.to_owned(), brand: String::new() };
        v1::RequestAccessRequest {
            identifier: Some(identifier),
            terms: Some(self.terms(stage)),
            accept_at_once: None,
            request_id: random_id(),
        }
    }
}

/// One item of a request.
pub(super) fn item(attribute: &str, view: View, needed: bool, reason: &str) -> v1::Item {
    v1::Item { attribute: attribute.to_owned(), view: view.into(), needed, reason: reason.to_owned() }
}

/// A day as people write it: `21 May 2027`.
pub(super) fn day(moment: Option<&prost_types::Timestamp>) -> String {
    let seconds = moment.map_or(0, |moment| moment.seconds);
    let shown = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    shown.strftime("%-d %B %Y").to_string()
}

/// A moment on the wire.
pub(super) fn moment(at: Timestamp) -> prost_types::Timestamp {
    crate::names::timestamp(at)
}

/// What was read, in a line: `height unit cm, value 169; shoe_size ..`. Dates of measuring are left out.
pub(super) fn values(records: &[v1::ReleasedRecord]) -> String {
    let shown = records.iter().map(|record| {
        let noun = record.attribute.split_once('.').map_or("", |(_, noun)| noun).replace('_', " ");
        let value: serde_json::Value = serde_json::from_str(&record.value_json).unwrap_or_default();
        format!("{noun} ({})", plain(&value))
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(fields) => {
            let shown = fields.iter().filter(|(name, _)| !name.ends_with("_on"));
            shown.map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        serde_json::Value::Array(parts) => parts.iter().map(plain).collect::<Vec<_>>().join(" / "),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_without_json() {
        let record = v1::ReleasedRecord {
            attribute: "body.shoe_size".to_owned(),
            value_json: r#"{"system":"FR","size":"39","stated_on":"2025-10-02"}"#.to_owned(),
            ..v1::ReleasedRecord::default()
        };
        let shown = values(&[record]);
        assert!(shown.starts_with("shoe size (") && shown.contains("size 39") && !shown.contains("2025"), "{shown}");
    }

    #[test]
    fn days_are_written_in_full() {
        assert_eq!(day(Some(&moment(Timestamp::from_seconds(1_795_348_800)))), "22 November 2026");
    }
}
