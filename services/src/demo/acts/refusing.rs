//! Another client says no, and the other house learns nothing by it.

use coffret_proto::v1::{self, AccessRequestState, Period, RequestState, View};

use crate::demo::screen::Screen;
use crate::demo::story::{Cast, Wish, call, item, judged, random_id};

/// What Casa Ferrante asks for, by purpose; each client can be asked each once in 90 days.
fn wishes() -> [Wish<'static>; 2] {
    let wish = |purpose: &'static str, items: Vec<v1::Item>, months: i32| Wish {
        house: "ferrante",
        purpose,
        items,
        days: 90,
        months,
        uses: 4,
        frequency: (1, Period::Day),
    };
    [
        wish("gifts", vec![item("occasion.birthday", View::Masked, true, "To suggest a gift in good time.")], 24),
        wish("events", vec![item("location.trip", View::Masked, true, "To invite you where you are.")], 12),
    ]
}

/// Casa Ferrante asks; the client declines; the house sees what it would see of silence.
pub(in crate::demo) async fn play(cast: &Cast<'_>, screen: &mut Screen) -> Option<()> {
    screen.act("Another client says no");
    let mut found = None;
    // Another client than the first act's.
    let cast = &Cast { story: cast.story + 5, ..*cast };
    for wish in wishes() {
        if let Some(asked) = wish.ask_somebody(cast).await {
            found = Some((wish, asked));
            break;
        }
    }
    let mut access = cast.stage.brand("ferrante").access();
    let Some((wish, (client, answer, taken))) = found else {
        screen.remark("Casa Ferrante has asked every client within 90 days, and was told no. This is what it sees of that.");
        let list = v1::ListAccessRequestsRequest { page_size: 1000, page_token: String::new() };
        return call(screen, "Casa Ferrante lists what it has asked.", access.list_access_requests(list), |answer| {
            let told = answer
                .requests
                .iter()
                .filter(|request| !matches!(request.state(), AccessRequestState::Pending | AccessRequestState::Closed))
                .count();
            if told == 0 {
                Ok(format!("{} requests, each pending or closed: no reason, no name.", answer.requests.len()))
            } else {
                Err(format!("{told} tell more"))
            }
        })
        .await
        .map(|_| ());
    };
    let person = &cast.clients[client];
    let what = format!(
        "Casa Ferrante asks {} to be told of {}.",
        person.name,
        if wish.purpose == "gifts" { "birthdays, to suggest gifts" } else { "trips, to send invitations" }
    );
    let request = judged(screen, &what, taken, answer, |_| Ok("PENDING.".to_owned()))?.request?;
    let account = &cast.stage.state.clients[client];
    let mut consent = cast.client(client, screen).await?.consent();
    let id = request.name.rsplit('/').next().unwrap_or_default();
    let decline = v1::DeclineRequestRequest { name: format!("{account}/requests/{id}"), request_id: random_id() };
    call(screen, &format!("{} declines.", person.first_name()), consent.decline_request(decline), |answer| {
        match answer.request.clone().unwrap_or_default().state() {
            RequestState::Declined => Ok("DECLINED, with a receipt. No reason is asked for.".to_owned()),
            other => Err(other.as_str_name().to_owned()),
        }
    })
    .await?;
    let get = v1::GetAccessRequestRequest { name: request.name };
    call(screen, "Casa Ferrante looks at its request.", access.get_access_request(get), |answer| {
        match answer.request.clone().unwrap_or_default().state() {
            AccessRequestState::Pending => Ok("PENDING, as of somebody who has not answered, or does not exist.".to_owned()),
            other => Err(format!("{}: the house can tell", other.as_str_name())),
        }
    })
    .await
    .map(|_| ())
}
