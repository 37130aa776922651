//! Passkeys: coming in with one, making the first one, adding and removing, and the way back for whoever lost them all.
//!
//! A browser makes and uses passkeys by script alone: `assets/passkey.js` asks for options, and then sends the form as any other.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use coffret_proto::v1;
use http::{StatusCode, header};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{hidden, security, sign_in};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Visit};
use crate::sent::Sent;
use crate::session::Session;
use crate::texts::say;
use crate::words::id;

/// What a form of a passkey carries, and what the page says without script.
fn form(visit: &Visit, how: &str, begin: &str, action: &str, content: &Markup) -> Markup {
    let look = &visit.look;
    html! {
        // Taken away by the script: what is here also when the script does not arrive.
        p.note data-no-script { (say!(look, "passkey-no-script")) }
        p.note data-without hidden { (say!(look, "passkey-no-support")) }
        form method="post" action=(action) hidden data-passkey=(how) data-begin=(begin)
            data-failed=(say!(look, "passkey-failed")) data-known=(say!(look, "passkey-known")) {
            (hidden(visit))
            input type="hidden" name="handle";
            input type="hidden" name="credential";
            p.fault role="alert" hidden {}
            (content)
        }
    }
}

/// What a form carries whose yes is signed: the script asks for the passkey when the yes is pressed, and for nothing else.
pub(super) fn signing(visit: &Visit) -> Markup {
    let look = &visit.look;
    html! {
        p.note data-no-script { (say!(look, "yes-no-script")) }
        p.note data-without hidden { (say!(look, "yes-no-support")) }
        p.soft { (say!(look, "yes-signed")) }
        input type="hidden" name="handle";
        input type="hidden" name="credential";
        p.fault role="alert" hidden {}
    }
}

/// The signature that such a form sends; none where it was sent without.
pub(super) fn signature(sent: &Sent) -> Option<v1::StepUp> {
    let step_up = v1::StepUp { handle: sent.get("handle").to_owned(), credential_json: sent.get("credential").to_owned() };
    Some(step_up).filter(|step_up| !step_up.handle.is_empty() && !step_up.credential_json.is_empty())
}

/// The first way in, at the top of the first page.
pub(super) fn way_in(visit: &Visit) -> Markup {
    let look = &visit.look;
    html! {
        section aria-labelledby="passkey" {
            h2 id="passkey" { (say!(look, "passkey-sign-in-title")) }
            p { (say!(look, "passkey-sign-in-words")) }
            (form(visit, "get", "/sign-in/begin", "/sign-in/passkey", &html! { button { (say!(look, "passkey-sign-in-button")) } }))
            ul {
                li { a href="/enrol" { (say!(look, "enrol-link")) } }
                li { a href="/recover" { (say!(look, "recover-link")) } }
            }
        }
    }
}

/// What a ceremony begins with, for the script; or why it does not begin, in the visitor's language.
pub(super) fn begun(visit: &Visit, answer: Result<(String, String), Fault>) -> Response {
    let (status, body) = match answer {
        Ok((handle, options)) => {
            let options: Value = serde_json::from_str(&options).unwrap_or_default();
            (StatusCode::OK, json!({ "handle": handle, "options": options }))
        }
        Err(fault) => (fault.status(), json!({ "message": fault.message(&visit.look) })),
    };
    (status, frame::HEADERS, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Begins to sign in.
pub(super) async fn begin_sign_in(visit: Visit, _sent: Sent) -> Response {
    let gateway = &visit.gateway;
    let answer = gateway.without_token().identity().begin_sign_in(gateway.without_token().ask(v1::BeginSignInRequest {})).await;
    begun(&visit, answer.map(tonic::Response::into_inner).map(|begun| (begun.handle, begun.options_json)).map_err(Fault::from))
}

/// Signs in.
pub(super) async fn sign_in(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let gateway = visit.gateway.without_token();
    let asked = v1::FinishSignInRequest { handle: sent.get("handle").to_owned(), credential_json: sent.get("credential").to_owned() };
    let entered = gateway.identity().finish_sign_in(gateway.ask(asked)).await?.into_inner();
    sign_in::welcome(&visit, entered.secret).await
}

/// Nobody changes from one vault into another by a link that somebody else gave them: whoever is signed in signs out first.
fn signed_in(visit: &Visit) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "enrol-signed-in")) }
        div.row {
            form method="post" action="/sign-out" {
                (hidden(visit))
                button { (say!(look, "sign-out")) }
            }
            a.button href="/" { (say!(look, "go-home")) }
        }
    };
    frame::page(visit, StatusCode::CONFLICT, &say!(look, "enrol-signed-in-title"), &content)
}

/// Where an invitation becomes a passkey.
pub(super) async fn enrol(visit: Visit) -> Response {
    if visit.session.is_some() {
        return signed_in(&visit);
    }
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "enrol-lead")) }
        (form(&visit, "create", "/enrol/begin", "/enrol", &html! {
            div.field {
                label for="code" { (say!(look, "enrol-code")) }
                // Without a name of its own in the finished form it would be sent twice; that harms nothing.
                input id="code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="64";
            }
            button { (say!(look, "enrol-button")) }
        }))
        p { (say!(look, "enrol-how")) }
        p { (say!(look, "enrol-reentry")) }
        p { a href="/sign-in" { (say!(look, "enrol-back")) } }
    };
    frame::page_with_script(&visit, StatusCode::OK, &say!(look, "enrol-title"), &content)
}

/// Begins an enrolment.
pub(super) async fn begin_enrolment(visit: Visit, sent: Sent) -> Response {
    if visit.session.is_some() {
        return begun(&visit, Err(Fault::Entered("enrol-signed-in")));
    }
    let gateway = visit.gateway.without_token();
    let asked = v1::BeginEnrolmentRequest { invitation_code: sent.get("code").to_owned() };
    let answer = gateway.identity().begin_enrolment(gateway.ask(asked)).await;
    begun(&visit, answer.map(tonic::Response::into_inner).map(|begun| (begun.handle, begun.options_json)).map_err(Fault::from))
}

/// Ends it: the passkey is there, and this page shows the recovery code, once.
pub(super) async fn finish_enrolment(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    if visit.session.is_some() {
        return Ok(signed_in(&visit));
    }
    let gateway = visit.gateway.without_token();
    let asked = v1::FinishEnrolmentRequest { handle: sent.get("handle").to_owned(), credential_json: sent.get("credential").to_owned() };
    let done = gateway.identity().finish_enrolment(gateway.ask(asked)).await?.into_inner();
    Ok(first(visit, done.secret, &done.recovery_code).await)
}

/// The first passkey is there: its session begins, and the recovery code is shown, once.
async fn first(mut visit: Visit, secret: String, code: &str) -> Response {
    let cookies = sign_in::cookies(&visit, secret.clone()).await;
    // The session in which it was made was opened by a code that somebody else had, too. It may be over already; that is as well.
    let _ = security::end_own(&visit).await;
    visit.session = Some(Session { token: secret });
    let look = &visit.look;
    let content = html! {
        p.outcome role="status" { (say!(look, "enrol-done")) }
        (recovery_code(&visit, code))
        h2 { (say!(look, "passkey-second-title")) }
        p { (say!(look, "passkey-second-words")) }
        (addition(&visit))
        p { a.button href="/" { (say!(look, "passkey-go-on")) } }
    };
    let mut response = frame::page_with_script(&visit, StatusCode::OK, &say!(look, "recovery-title"), &content);
    // Whoever could not be welcomed has a passkey all the same, and the code must be seen.
    for cookie in cookies.unwrap_or_default() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn recovery_code(visit: &Visit, code: &str) -> Markup {
    let look = &visit.look;
    html! {
        section.recovery aria-labelledby="recovery-code" {
            h2 id="recovery-code" { (say!(look, "recovery-code")) }
            p { code.code dir="ltr" translate="no" { (code) } }
            p { (say!(look, "recovery-keep")) }
        }
    }
}

fn addition(visit: &Visit) -> Markup {
    let button = html! { button { (say!(visit.look, "passkey-add")) } };
    form(visit, "create", "/security/passkeys/begin", "/security/passkeys", &button)
}

/// Passkeys and the recovery code, on the page about security; `own` is whether the visitor came with what is theirs alone.
pub(super) fn section(visit: &Visit, known: &v1::ListPasskeysResponse, own: bool) -> Markup {
    let look = &visit.look;
    let since = look.time(known.recovery_code_create_time.as_ref());
    html! {
        h2 id="passkeys" { (say!(look, "passkeys-title")) }
        @if !own { p.note { (say!(look, "security-support")) } }
        @if known.passkeys.is_empty() {
            p { (say!(look, "passkeys-none")) }
        } @else if own && known.passkeys.len() < 2 {
            p.note { (say!(look, "passkeys-few")) }
        }
        ul.cards {
            @for (place, passkey) in known.passkeys.iter().enumerate() {
                li.card {
                    h3 { (say!(look, "passkey-number", number = place + 1)) }
                    dl {
                        dt { (say!(look, "passkey-added")) }
                        dd { @if let Some(at) = look.time(passkey.create_time.as_ref()) { (look.ago(at)) } }
                        dt { (say!(look, "passkey-used")) }
                        dd { @match look.time(passkey.use_time.as_ref()) { Some(at) => (look.ago(at)), None => (say!(look, "passkey-never-used")) } }
                    }
                    @if own { p { a.button href=(format!("/security/passkeys/{}/remove", id(&passkey.name))) { (say!(look, "passkey-remove")) } } }
                }
            }
        }
        @if own { (addition(visit)) }
        h2 id="recovery" { (say!(look, "recovery-title")) }
        @match since {
            Some(at) => p { (say!(look, "recovery-since", moment = look.moment(at))) },
            None => p.note { (say!(look, "recovery-none")) },
        }
        @if own {
            form method="post" action="/security/recovery-code" {
                (hidden(visit))
                button { (say!(look, "recovery-new")) }
            }
        }
    }
}

/// The passkeys, and whether a recovery code counts.
pub(super) async fn list(visit: &Visit) -> Result<v1::ListPasskeysResponse, Fault> {
    let asked = v1::ListPasskeysRequest { customer: "customers/me".to_owned() };
    Ok(visit.gateway.identity().list_passkeys(visit.gateway.ask(asked)).await?.into_inner())
}

/// Whether a customer has a key of their own: from then on a yes is signed with it.
pub(super) fn is_enrolled(known: &v1::ListPasskeysResponse) -> bool {
    !known.passkeys.is_empty() || known.recovery_code_create_time.is_some()
}

/// Begins to add a passkey.
pub(super) async fn begin_addition(Customer(visit): Customer, _sent: Sent) -> Response {
    let asked = v1::BeginAddPasskeyRequest { customer: "customers/me".to_owned() };
    let answer = visit.gateway.identity().begin_add_passkey(visit.gateway.ask(asked)).await;
    begun(&visit, answer.map(tonic::Response::into_inner).map(|begun| (begun.handle, begun.options_json)).map_err(Fault::from))
}

/// Adds it. The first one begins a session of its own, and gives a way back, as an invitation does.
pub(super) async fn add(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let asked = v1::FinishAddPasskeyRequest {
        customer: "customers/me".to_owned(),
        handle: sent.get("handle").to_owned(),
        credential_json: sent.get("credential").to_owned(),
    };
    let added = visit.gateway.identity().finish_add_passkey(visit.gateway.ask(asked)).await?.into_inner();
    if added.secret.is_empty() {
        return Ok(frame::done("/security", "passkey-added"));
    }
    Ok(first(visit, added.secret, &added.recovery_code).await)
}

/// Asks whether a passkey is to be removed, and says what that means.
pub(super) async fn ask_remove(Customer(visit): Customer, Path(passkey): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let known = list(&visit).await?;
    let place = known.passkeys.iter().position(|one| id(&one.name) == passkey).ok_or(Fault::Missing)?;
    let (left, code) = (known.passkeys.len() - 1, known.recovery_code_create_time.is_some());
    let content = html! {
        p.lead { (say!(look, "passkey-remove-words", number = place + 1)) }
        @match (left, code) {
            (0, false) => p.note { (say!(look, "reason-last-passkey")) },
            (0, true) => p.note { (say!(look, "passkey-remove-last")) },
            (1, _) => p.note { (say!(look, "passkey-remove-one-left")) },
            _ => {}
        }
        div.row {
            @if left > 0 || code {
                form method="post" action=(format!("/security/passkeys/{passkey}/remove")) {
                    (hidden(&visit))
                    button { (say!(look, "passkey-remove")) }
                }
            }
            a.button href="/security" { (say!(look, "passkey-keep")) }
        }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "passkey-remove-title"), &content))
}

/// Removes it.
pub(super) async fn remove(Customer(visit): Customer, Path(passkey): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let asked =
        v1::RemovePasskeyRequest { name: format!("customers/me/passkeys/{passkey}"), request_id: sent.get("request_id").to_owned() };
    visit.gateway.identity().remove_passkey(visit.gateway.ask(asked)).await?;
    Ok(frame::done("/security", "passkey-removed"))
}

/// Makes a recovery code, and shows it, once.
pub(super) async fn make_recovery_code(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let look = &visit.look;
    let asked = v1::CreateRecoveryCodeRequest { customer: "customers/me".to_owned(), request_id: sent.get("request_id").to_owned() };
    let made = visit.gateway.identity().create_recovery_code(visit.gateway.ask(asked)).await?.into_inner();
    let content = html! {
        p.outcome role="status" { (say!(look, "recovery-made")) }
        (recovery_code(&visit, &made.recovery_code))
        p { a.button href="/security" { (say!(look, "recovery-kept")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "recovery-title"), &content))
}

/// Where whoever lost every passkey comes back.
pub(super) async fn ask_recover(visit: Visit) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "recover-lead")) }
        form method="post" action="/recover" {
            (hidden(&visit))
            div.field {
                label for="code" { (say!(look, "recovery-code")) }
                input id="code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="64";
            }
            button { (say!(look, "recover-button")) }
        }
        p { (say!(look, "recover-without")) }
        p { a href="/sign-in" { (say!(look, "enrol-back")) } }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "recover-title"), &content)
}

/// Exchanges the code; the new one goes on behind `#`, where no server sees it.
pub(super) async fn recover(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let gateway = visit.gateway.without_token();
    let asked = v1::UseRecoveryCodeRequest { recovery_code: sent.get("code").to_owned() };
    let exchanged = gateway.identity().use_recovery_code(gateway.ask(asked)).await?.into_inner();
    Ok(frame::redirect(&format!("/enrol#{}", exchanged.invitation_code)))
}
