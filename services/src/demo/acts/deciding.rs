//! A client decides, and offers less.

use coffret_proto::v1::{self, AccessRequestState, Period, RequestState, View};

use super::{Asked, Granted};
use crate::demo::screen::Screen;
use crate::demo::story::{Cast, call, random_id};

/// The client reads the request in their language and makes a counter-offer; the house accepts it.
pub(in crate::demo) async fn play(cast: &Cast<'_>, asked: &Asked, screen: &mut Screen) -> Option<Granted> {
    screen.act("The client decides");
    let client = &cast.clients[asked.client];
    let name = client.first_name();
    let line = cast.client(asked.client, screen).await?;
    let mut consent = line.consent();
    let list = v1::ListRequestsRequest {
        parent: "customers/me".to_owned(),
        state: RequestState::Pending.into(),
        ..v1::ListRequestsRequest::default()
    };
    let id = asked.request.name.rsplit('/').next().unwrap_or_default().to_owned();
    let waiting = call(screen, &format!("{name} looks at what waits for an answer."), consent.list_requests(list), |answer| {
        let found = answer.requests.iter().any(|request| request.name.ends_with(&id));
        if found {
            Ok(format!("{} waiting; one of them is Maison Alba's.", answer.requests.len()))
        } else {
            Err("the request is not there".to_owned())
        }
    })
    .await?;
    let request = waiting.requests.into_iter().find(|request| request.name.ends_with(&id))?;
    let get = v1::GetRequestRequest { name: request.name.clone(), language: client.language.clone() };
    let opened = call(screen, &format!("{name} opens it and reads the notice."), consent.get_request(get), |answer| {
        let request = answer.request.clone().unwrap_or_default();
        let notice = request.notice.unwrap_or_default();
        let items = request.terms.unwrap_or_default().items.len();
        let hash = notice.sha256.get(..12).unwrap_or_default().to_owned();
        if notice.text.is_empty() {
            Err("there is no notice".to_owned())
        } else {
            Ok(format!("{items} items; the notice in '{}', text {hash}, is part of the decision.", notice.language))
        }
    })
    .await?
    .request?;
    let notice = opened.notice.clone().unwrap_or_default();
    let approve = v1::ApproveRequestRequest {
        name: request.name,
        terms: Some(less(opened.terms.unwrap_or_default())),
        notice_sha256: notice.sha256,
        notice_language: notice.language,
        request_id: random_id(),
        step_up: None,
    };
    let what = format!("{name} offers less: the year of birth, not the day; the city, not the address; three reads an hour.");
    call(screen, &what, consent.approve_request(approve), |answer| {
        let state = answer.request.clone().unwrap_or_default().state();
        if state == RequestState::Countered && answer.grant.is_none() {
            Ok("COUNTERED. Still nothing flows: the house has to agree first.".to_owned())
        } else {
            Err(format!("{} instead of a counter-offer", state.as_str_name()))
        }
    })
    .await?;
    accept(cast, asked, screen).await
}

/// Less than was asked for: coarser views of two items, and fewer reads.
fn less(mut terms: v1::Terms) -> v1::Terms {
    for item in &mut terms.items {
        if ["identity.birth_date", "address.home"].contains(&item.attribute.as_str()) {
            item.set_view(View::Masked);
        }
    }
    terms.frequency = Some(v1::Frequency { count: 3, period: Period::Hour.into() });
    terms
}

async fn accept(cast: &Cast<'_>, asked: &Asked, screen: &mut Screen) -> Option<Granted> {
    let mut access = cast.stage.brand("alba").access();
    let get = v1::GetAccessRequestRequest { name: asked.request.name.clone() };
    call(screen, "Maison Alba sees the counter-offer.", access.get_access_request(get), |answer| {
        let request = answer.request.clone().unwrap_or_default();
        let coarser = request.counter_terms.clone().unwrap_or_default().items.iter().filter(|item| item.view() == View::Masked).count();
        match request.state() {
            AccessRequestState::Countered if coarser == 2 => Ok("COUNTERED, with two items masked.".to_owned()),
            other => Err(format!("{} with {coarser} items masked", other.as_str_name())),
        }
    })
    .await?;
    let accept = v1::AcceptCounterOfferRequest { name: asked.request.name.clone(), request_id: random_id() };
    let accepted = call(screen, "Maison Alba accepts it.", access.accept_counter_offer(accept), |answer| {
        let state = answer.request.clone().unwrap_or_default().state();
        match (state, &answer.grant) {
            (AccessRequestState::Approved, Some(_)) => Ok("APPROVED. The access begins, on the client's terms.".to_owned()),
            _ => Err(format!("{} without access", state.as_str_name())),
        }
    })
    .await?;
    let grant = accepted.grant?;
    Some(Granted { client: asked.client, grant: grant.name, subject: grant.subject })
}
