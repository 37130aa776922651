//! A house asks.

use coffret_proto::v1::{self, AccessRequestState, Period, View};

use super::Asked;
use crate::demo::screen::Screen;
use crate::demo::story::{ASKED, Cast, Wish, call, day, item, judged, random_id, refused};

/// Maison Alba's wish for a fitting.
fn wish() -> Wish<'static> {
    Wish {
        house: "alba",
        purpose: "fitting",
        items: ASKED.iter().map(|(attribute, needed, reason)| item(attribute, View::Raw, *needed, reason)).collect(),
        days: 180,
        months: 120,
        uses: 40,
        frequency: (5, Period::Hour),
    }
}

/// Maison Alba asks a client, and somebody whom nobody knows; the two look the same.
pub(in crate::demo) async fn play(cast: &Cast<'_>, screen: &mut Screen) -> Option<Asked> {
    screen.act("A house asks");
    let wish = wish();
    let alba = cast.stage.brand("alba");
    let greedy = Wish { frequency: (60, Period::Hour), ..self::wish() };
    let (mut access, too_much) = (alba.access(), greedy.request(cast.stage, &cast.clients[cast.story % cast.clients.len()].email));
    refused(screen, "Maison Alba asks for sixty reads an hour.", access.request_access(too_much), "FREQUENCY_ABOVE_CEILING", |_| {
        "The operator's ceiling is 120 a day. No client was bothered.".to_owned()
    })
    .await;
    let Some((client, answer, taken)) = wish.ask_somebody(cast).await else {
        screen.remark("Maison Alba has asked every client for a fitting, and may ask nobody again before 90 days have passed.");
        standing(cast, screen).await;
        return None;
    };
    let name = &cast.clients[client].name;
    let what = format!("Maison Alba asks {name} for birth date, height, shoe size and more, for a fitting.");
    let asked = judged(screen, &what, taken, answer, |answer| {
        let request = answer.request.clone().unwrap_or_default();
        match request.state() {
            AccessRequestState::Pending => {
                Ok(format!("PENDING until {}. Nothing flows before {name} says yes.", day(request.close_time.as_ref())))
            }
            other => Err(format!("{} and not PENDING", other.as_str_name())),
        }
    });
    let request = asked?.request?;
    let nobody = format!("nobody-{}@example.net", random_id());
    let same = alba.clone();
    call(
        screen,
        "Maison Alba asks the same of an address that belongs to nobody.",
        async move { same.access().request_access(wish.request(cast.stage, &nobody)).await },
        |answer| match answer.request.clone().unwrap_or_default().state() {
            AccessRequestState::Pending => Ok("PENDING, the same answer: a house cannot find out who is a client.".to_owned()),
            other => Err(format!("{}: a house can tell who is unknown", other.as_str_name())),
        },
    )
    .await;
    let early = v1::ReadRecordsRequest {
        subject: format!("subjects/{}", request.handle),
        purpose: format!("{}/purposes/fitting", cast.stage.brand_name("alba")),
        reason: "An attempt before any answer".to_owned(),
        request_id: random_id(),
        ..v1::ReadRecordsRequest::default()
    };
    let mut access = alba.access();
    refused(screen, "Maison Alba tries to read before anybody has answered.", access.read_records(early), "NO_ACCESS", |_| {
        "The attempt stands in the log.".to_owned()
    })
    .await;
    Some(Asked { client, request })
}

/// Where everything stands, when nothing can be asked.
async fn standing(cast: &Cast<'_>, screen: &mut Screen) {
    let mut access = cast.stage.brand("alba").access();
    let list = v1::ListAccessRequestsRequest { page_size: 1000, page_token: String::new() };
    call(screen, "Maison Alba lists what it has asked.", access.list_access_requests(list), |answer| {
        let count = |state: AccessRequestState| answer.requests.iter().filter(|request| request.state() == state).count();
        let (pending, approved) = (count(AccessRequestState::Pending), count(AccessRequestState::Approved));
        Ok(format!("{} requests: {pending} pending, {approved} approved.", answer.requests.len()))
    })
    .await;
}
