//! What a brand asks, and the answer: yes, no, or less.

use axum::extract::Path;
use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{hidden, outcome, passkey};
use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::sent::Sent;
use crate::texts::{Language, say};
use crate::value;
use crate::words::{self, id};

const DAY: i64 = 86_400;
/// Kinds of data of which the page shows what the vault holds.
const PREVIEWS: usize = 12;
/// Terms that can be chosen, in days, where they are shorter than what is asked.
const SHORTER: [i64; 4] = [1, 30, 90, 180];

async fn request(visit: &Visit, id: &str, language: &str) -> Result<v1::Request, Fault> {
    let asked = v1::GetRequestRequest { name: format!("customers/me/requests/{id}"), language: language.to_owned() };
    visit.gateway.consent().get_request(visit.gateway.ask(asked)).await?.into_inner().request.ok_or(Fault::Missing)
}

pub(super) async fn show(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let request = request(&visit, &own, look.language.tag).await?;
    let catalogue = visit.catalogue().await?;
    let terms = request.terms.clone().unwrap_or_default();
    let open = request.state == i32::from(v1::RequestState::Pending);
    let signed = open && passkey::is_enrolled(&passkey::list(&visit).await?);
    let standing = if open { super::home::open_access(&visit).await?.into_iter().find(|grant| same_purpose(grant, &terms)) } else { None };
    let content = html! {
        (outcome(&visit))
        @if !open { (closed(look, &catalogue, &request)) }
        (notice(look, &request))
        @if let Some(access) = &standing {
            p.note { (say!(look, "request-standing")) " " a href=(format!("/access/{}", id(&access.name))) { (say!(look, "reads-access")) } }
        }
        @if open {
            (yes_form(&visit, &format!("/requests/{own}/sign"), signed, &html! {
                (seen(&request))
                (what(&visit, &catalogue, &terms).await?)
                h2 { (say!(look, "request-rules")) }
                (words::rules(look, &terms))
                (how_long(look, &terms, true))
                h2 { (say!(look, "request-stop-title")) }
                p { (say!(look, "request-stop", brand = request.brand_title.clone())) }
                @if signed { (passkey::signing(&visit)) }
                div.decision {
                    button name="answer" value="yes" { (say!(look, "share")) }
                    button name="answer" value="no" formnovalidate { (say!(look, "do-not-share")) }
                    a.button href=(format!("/requests/{own}/less")) { (say!(look, "offer-less")) }
                }
                p.row { a href="/" { (say!(look, "decide-later")) } a href="/help" { (say!(look, "ask-a-question")) } }
            }))
        } @else {
            h2 { (say!(look, "request-asked")) }
            (words::items(look, &catalogue, &terms))
            h2 { (say!(look, "request-rules")) }
            (words::rules(look, &terms))
            p { a.button href="/" { (say!(look, "go-home")) } }
        }
    };
    let title = say!(look, "request-title", brand = request.brand_title.clone());
    Ok(yes_page(&visit, signed, &title, &content))
}

/// A form that can say yes. Where that is signed, the script takes what `begin` answers to the passkey when the yes is pressed.
fn yes_form(visit: &Visit, begin: &str, signed: bool, content: &Markup) -> Markup {
    html! {
        form method="post" data-passkey=[signed.then_some("get")] data-begin=[signed.then_some(begin)]
            data-for=[signed.then_some("yes")] data-failed=[signed.then(|| say!(visit.look, "yes-failed"))] {
            (hidden(visit))
            (content)
        }
    }
}

fn yes_page(visit: &Visit, signed: bool, title: &str, content: &Markup) -> Response {
    let page = if signed { frame::page_with_script } else { frame::page };
    page(visit, StatusCode::OK, title, content)
}

/// Whether an access serves what a request is for: a yes would take its place.
fn same_purpose(grant: &v1::Grant, terms: &v1::Terms) -> bool {
    grant.terms.as_ref().is_some_and(|own| own.purpose == terms.purpose)
}

fn closed(look: &Look, catalogue: &Catalogue, request: &v1::Request) -> Markup {
    use v1::RequestState as State;
    let key = match State::try_from(request.state) {
        Ok(State::Approved) => "request-approved",
        Ok(State::Declined) => "request-declined",
        Ok(State::Countered) => "request-countered",
        Ok(State::Withdrawn) => "request-withdrawn",
        Ok(State::RejectedByBrand) => "request-rejected",
        _ => "request-lapsed",
    };
    html! {
        p.lead { (say!(look, key, brand = request.brand_title.clone())) }
        @if let Some(offered) = &request.counter_terms {
            h2 { (say!(look, "request-offered")) }
            (words::items(look, catalogue, offered))
        }
    }
}

/// Why, in the brand's words for this purpose; the text that the decision is bound to.
fn notice(look: &Look, request: &v1::Request) -> Markup {
    html! {
        h2 { (say!(look, "request-why")) }
        @match &request.notice {
            Some(notice) => blockquote lang=(notice.language) dir="auto" { p { (notice.text) } footer.soft lang=(look.language.tag) dir=(look.language.direction) { (say!(look, "request-text", version = notice.purpose_version, language = Language::find(&notice.language).map_or(notice.language.as_str(), |own| own.name).to_owned())) } },
            None => p { (say!(look, "request-no-notice")) },
        }
        @if let Some(end) = look.time(request.lapse_time.as_ref()) { p.soft { (say!(look, "request-lapses", until = look.until(end))) } }
    }
}

/// Which text was on screen: sent back with the decision, which is refused where it is not in force any more.
fn seen(request: &v1::Request) -> Markup {
    html! {
        @if let Some(notice) = &request.notice {
            input type="hidden" name="notice" value=(notice.sha256);
            input type="hidden" name="notice_language" value=(notice.language);
        }
    }
}

/// What is asked: what is needed, and what is optional and off. Each with what the vault holds of it now.
async fn what(visit: &Visit, catalogue: &Catalogue, terms: &v1::Terms) -> Result<Markup, Fault> {
    let look = &visit.look;
    let (needed, optional): (Vec<&v1::Item>, Vec<&v1::Item>) = terms.items.iter().partition(|item| item.needed);
    let held = held(visit, terms).await;
    Ok(html! {
        @if !needed.is_empty() { h2 { (say!(look, "request-needed")) } }
        ul.items { @for item in needed { li { (item_words(look, catalogue, item)) (preview(look, catalogue, &held, item)) } } }
        @if !optional.is_empty() {
            h2 { (say!(look, "request-optional")) }
            p.soft { (say!(look, "request-optional-words")) }
            ul.items {
                @for item in optional {
                    li {
                        label.check { input type="checkbox" name="item" value=(item.attribute); span { (item_words(look, catalogue, item)) } }
                        (preview(look, catalogue, &held, item))
                    }
                }
            }
        }
    })
}

fn item_words(look: &Look, catalogue: &Catalogue, item: &v1::Item) -> Markup {
    html! {
        strong { (title_of(look, catalogue, &item.attribute)) } " " span.soft { (words::view(look, item.view)) }
        @if !item.reason.is_empty() { br; bdi { (item.reason) } }
    }
}

/// A type's name, or a family's.
fn title_of(look: &Look, catalogue: &Catalogue, attribute: &str) -> String {
    attribute.strip_suffix(".*").map_or_else(|| catalogue.title(attribute).to_owned(), |family| words::family_title(look, family))
}

/// What the vault holds of what is asked, newest first.
async fn held(visit: &Visit, terms: &v1::Terms) -> Vec<v1::Record> {
    let mut held = Vec::new();
    // More is no preview; and one that cannot be had keeps nobody from answering.
    for item in terms.items.iter().take(PREVIEWS) {
        let asked = v1::ListRecordsRequest {
            parent: "customers/me".to_owned(),
            attribute: item.attribute.clone(),
            page_size: 3,
            page_token: String::new(),
        };
        if let Ok(found) = visit.gateway.record().list_records(visit.gateway.ask(asked)).await {
            held.extend(found.into_inner().records);
        }
    }
    held
}

fn preview(look: &Look, catalogue: &Catalogue, held: &[v1::Record], item: &v1::Item) -> Markup {
    let of_item = |record: &&v1::Record| match item.attribute.strip_suffix('*') {
        Some(family) => record.attribute.starts_with(family),
        None => record.attribute == item.attribute,
    };
    let values: Vec<&v1::Record> = held.iter().filter(of_item).take(3).collect();
    html! {
        details {
            summary { (say!(look, "preview")) }
            @if values.is_empty() { p { (say!(look, "preview-none")) } }
            ul { @for record in values {
                @let value: serde_json::Value = serde_json::from_str(&record.value_json).unwrap_or_default();
                li { bdi { (value::in_short(look, catalogue.find(&record.attribute).map_or(&serde_json::Value::Null, |kind| &kind.schema), &value)) } }
            } }
            @if item.view == i32::from(v1::View::Masked) { p.soft { (say!(look, "preview-masked")) } }
        }
    }
}

/// For how long: nothing is chosen beforehand.
pub(super) fn how_long(look: &Look, terms: &v1::Terms, unread: bool) -> Markup {
    let start = look.time(terms.not_before.as_ref()).unwrap_or(look.now).max(look.now);
    let end = look.time(terms.expire_time.as_ref());
    // Once more after a read would be twice.
    let repeated = unread && terms.uses != 1 && terms.fetch != i32::from(v1::Fetch::Once);
    html! {
        fieldset.choices {
            legend { h2 { (say!(look, "request-how-long")) } }
            @if repeated { label.check { input type="radio" name="term" value="once" required; span { (say!(look, "term-once")) } } }
            @for days in SHORTER {
                @let until = end_of(start, days);
                @if let Some(until) = until.filter(|until| end.is_none_or(|end| *until < end)) {
                    label.check { input type="radio" name="term" value=(term(start, days)) required; span { (say!(look, "term-days", days = days)) " " span.soft { (look.until(until)) } } }
                }
            }
            label.check { input type="radio" name="term" value="asked" required; span { (say!(look, "term-asked")) @if let Some(end) = end { " " span.soft { (look.until(end)) } } } }
        }
    }
}

fn end_of(start: Timestamp, days: i64) -> Option<Timestamp> {
    Timestamp::from_second(start.as_second() + days * DAY).ok()
}

/// A term in a form: so many days, and the very second that the page names as its end.
pub(super) fn term(start: Timestamp, days: i64) -> String {
    format!("{days}:{}", start.as_second() + days * DAY)
}

/// The end that the page named: of a term that is offered, not over yet, and not later than it would be from now.
pub(super) fn read_term(start: Timestamp, text: &str, offered: &[i64]) -> Option<prost_types::Timestamp> {
    let (days, end) = text.split_once(':')?;
    let (days, end): (i64, i64) = (days.parse().ok()?, end.parse().ok()?);
    let sound = offered.contains(&days) && end > start.as_second() && end <= start.as_second() + days * DAY;
    sound.then_some(prost_types::Timestamp { seconds: end, nanos: 0 })
}

/// The terms that somebody chose: never more than was asked.
pub(super) fn shortened(look: &Look, asked: &v1::Terms, term: &str) -> Result<v1::Terms, Fault> {
    let mut terms = asked.clone();
    match term {
        "asked" => {}
        "once" => {
            terms.uses = 1;
            terms.fetch = v1::Fetch::Once.into();
            terms.frequency = None;
        }
        chosen => {
            let start = look.time(asked.not_before.as_ref()).unwrap_or(look.now).max(look.now);
            let until = read_term(start, chosen, &SHORTER).ok_or(Fault::Entered("entered-term"))?;
            if asked.expire_time.as_ref().is_none_or(|end| until.seconds < end.seconds) {
                terms.expire_time = Some(until);
            }
        }
    }
    Ok(terms)
}

/// Takes the answer.
pub(super) async fn decide(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let name = format!("customers/me/requests/{own}");
    match sent.get("answer") {
        "no" => {
            let asked = v1::DeclineRequestRequest { name, request_id: sent.get("request_id").to_owned() };
            visit.gateway.consent().decline_request(visit.gateway.ask(asked)).await?;
            Ok(frame::done("/", "declined"))
        }
        "yes" => approve(&visit, name, chosen(&visit, &own, &sent).await?, &sent).await,
        _ => Err(Fault::Entered("entered-answer")),
    }
}

/// The terms that a yes on the first page gives: what is needed, what was ticked, and for how long.
async fn chosen(visit: &Visit, own: &str, sent: &Sent) -> Result<v1::Terms, Fault> {
    let request = request(visit, own, sent.get("notice_language")).await?;
    let asked = request.terms.unwrap_or_default();
    let mut terms = shortened(&visit.look, &asked, sent.get("term"))?;
    let ticked: Vec<&str> = sent.all("item").collect();
    terms.items.retain(|item| item.needed || ticked.contains(&item.attribute.as_str()));
    if terms.items.is_empty() { Err(Fault::Entered("entered-nothing-left")) } else { Ok(terms) }
}

/// The terms that are offered instead.
async fn offered(visit: &Visit, own: &str, sent: &Sent) -> Result<v1::Terms, Fault> {
    let request = request(visit, own, sent.get("notice_language")).await?;
    let asked = request.terms.unwrap_or_default();
    narrowed(shortened(&visit.look, &asked, sent.get("term"))?, sent)
}

/// Begins the signature of a yes on the first page.
pub(super) async fn sign(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Response {
    let terms = chosen(&visit, &own, &sent).await;
    passkey::begun(&visit, begin(&visit, &own, terms, &sent).await)
}

/// Begins the signature of what is offered instead.
pub(super) async fn sign_less(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Response {
    let terms = offered(&visit, &own, &sent).await;
    passkey::begun(&visit, begin(&visit, &own, terms, &sent).await)
}

async fn begin(visit: &Visit, own: &str, terms: Result<v1::Terms, Fault>, sent: &Sent) -> Result<(String, String), Fault> {
    let asked = v1::BeginApprovalRequest {
        name: format!("customers/me/requests/{own}"),
        terms: Some(terms?),
        notice_sha256: sent.get("notice").to_owned(),
        notice_language: sent.get("notice_language").to_owned(),
    };
    let begun = visit.gateway.consent().begin_approval(visit.gateway.ask(asked)).await?.into_inner();
    Ok((begun.handle, begun.options_json))
}

async fn approve(visit: &Visit, name: String, terms: v1::Terms, sent: &Sent) -> Result<Response, Fault> {
    let asked = v1::ApproveRequestRequest {
        name,
        terms: Some(terms),
        notice_sha256: sent.get("notice").to_owned(),
        notice_language: sent.get("notice_language").to_owned(),
        request_id: sent.get("request_id").to_owned(),
        step_up: passkey::signature(sent),
    };
    let answer = visit.gateway.consent().approve_request(visit.gateway.ask(asked)).await?.into_inner();
    let done = if answer.grant.is_some() { "approved" } else { "countered" };
    let receipt = answer.receipt.unwrap_or_default();
    Ok(frame::done(&format!("/receipts/{}", id(&receipt.name)), done))
}

/// Everything that can be less, on one page.
pub(super) async fn less(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let request = request(&visit, &own, look.language.tag).await?;
    if request.state != i32::from(v1::RequestState::Pending) {
        return Ok(frame::redirect(&format!("/requests/{own}")));
    }
    let signed = passkey::is_enrolled(&passkey::list(&visit).await?);
    let catalogue = visit.catalogue().await?;
    let terms = request.terms.clone().unwrap_or_default();
    let content = html! {
        p.lead { (say!(look, "less-lead", brand = request.brand_title.clone())) }
        (notice(look, &request))
        (yes_form(&visit, &format!("/requests/{own}/less/sign"), signed, &html! {
            (seen(&request))
            (narrower(look, &catalogue, &terms, false))
            h2 { (say!(look, "request-rules")) }
            (words::rules(look, &terms))
            (how_long(look, &terms, true))
            h2 { (say!(look, "request-stop-title")) }
            p { (say!(look, "request-stop", brand = request.brand_title.clone())) }
            @if signed { (passkey::signing(&visit)) }
            div.decision {
                button name="answer" value="yes" { (say!(look, "offer-this")) }
                a.button href=(format!("/requests/{own}")) { (say!(look, "go-back")) }
            }
        }))
    };
    Ok(yes_page(&visit, signed, &say!(look, "less-title"), &content))
}

/// Takes what is offered instead.
pub(super) async fn offer(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let terms = offered(&visit, &own, &sent).await?;
    approve(&visit, format!("customers/me/requests/{own}"), terms, &sent).await
}

/// What of each datum, how often, kept how long, and whether machines write: never more than the terms have.
pub(super) fn narrower(look: &Look, catalogue: &Catalogue, terms: &v1::Terms, chosen: bool) -> Markup {
    html! {
        h2 { (say!(look, "request-what")) }
        @for item in &terms.items {
            @let maskable = item.view == i32::from(v1::View::Raw) && catalogue.find(&item.attribute).is_none_or(|kind| kind.maskable);
            fieldset.choices {
                legend { strong { (title_of(look, catalogue, &item.attribute)) } @if item.needed { " " span.soft { (say!(look, "item-needed")) } } }
                @if !item.reason.is_empty() { p { bdi { (item.reason) } } }
                label.check { input type="radio" name=(format!("view:{}", item.attribute)) value="as" checked[item.needed || chosen]; span { (words::view(look, item.view)) } }
                @if maskable { label.check { input type="radio" name=(format!("view:{}", item.attribute)) value="masked"; span { (say!(look, "view-masked")) } } }
                label.check { input type="radio" name=(format!("view:{}", item.attribute)) value="none" checked[!item.needed && !chosen]; span { (say!(look, "item-none")) } }
            }
        }
        @if terms.automated_contact != i32::from(v1::AutomatedContact::None) {
            fieldset.choices {
                legend { strong { (say!(look, "terms-contact")) } }
                label.check { input type="radio" name="contact" value="none" checked[!chosen]; span { (say!(look, "contact-none")) } }
                @if terms.automated_contact == i32::from(v1::AutomatedContact::Yes) {
                    label.check { input type="radio" name="contact" value="drafts"; span { (say!(look, "contact-drafts")) } }
                }
                label.check { input type="radio" name="contact" value="as" checked[chosen]; span { (say!(look, words::contact(terms.automated_contact))) } }
            }
        }
        @if terms.predictions {
            fieldset.choices {
                legend { strong { (say!(look, "terms-predictions")) } }
                label.check { input type="radio" name="predictions" value="no" checked[!chosen]; span { (say!(look, "predictions-no")) } }
                label.check { input type="radio" name="predictions" value="as" checked[chosen]; span { (say!(look, "predictions-yes")) } }
            }
        }
    }
}

/// The terms with what [`narrower`] sent.
pub(super) fn narrowed(mut terms: v1::Terms, sent: &Sent) -> Result<v1::Terms, Fault> {
    let mut items = Vec::with_capacity(terms.items.len());
    for item in terms.items {
        match sent.get(&format!("view:{}", item.attribute)) {
            "as" => items.push(item),
            "masked" => items.push(v1::Item { view: item.view.max(v1::View::Masked.into()), ..item }),
            _ => {}
        }
    }
    if items.is_empty() {
        return Err(Fault::Entered("entered-nothing-left"));
    }
    terms.items = items;
    match sent.get("contact") {
        "none" => terms.automated_contact = v1::AutomatedContact::None.into(),
        "drafts" => terms.automated_contact = terms.automated_contact.min(v1::AutomatedContact::Drafts.into()),
        _ => {}
    }
    if sent.get("predictions") == "no" {
        terms.predictions = false;
    }
    Ok(terms)
}
