//! What every page has around it: headers that keep it shut, the way around, the languages.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, html};

use crate::audience::Audience;
use crate::look::Visit;
use crate::texts::{Language, say};

/// The style sheet; an address of its own, so that the policy needs no exception for inline styles.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");
/// Where it is.
pub(crate) const STYLE_PATH: &str = "/style.css";

/// Makes and uses passkeys.
pub(crate) const SCRIPT: &str = include_str!("../assets/passkey.js");
/// Where it is.
pub(crate) const SCRIPT_PATH: &str = "/passkey.js";
/// The policy of the pages that use it: nothing of another origin runs or is asked, and no text becomes markup.
const POLICY_WITH_SCRIPT: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; \
     img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The policy of a page whose script works on what it is given, and reaches nobody.
const POLICY_WITH_SILENT_SCRIPT: &str = "default-src 'none'; script-src 'self'; connect-src 'none'; style-src 'self'; font-src 'self'; \
     img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Sent with every page: nothing runs, nothing loads but our own, nobody frames us, forms go to us alone.
pub(crate) const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// The way that is told how much is new.
const NOTICES: &str = "/notices";

/// A page with this title, which is its first heading.
pub(crate) fn page(visit: &Visit, status: StatusCode, title: &str, content: &Markup) -> Response {
    build(visit, status, title, content, None)
}

/// As [`page`], where passkeys are made or used.
pub(crate) fn page_with_script(visit: &Visit, status: StatusCode, title: &str, content: &Markup) -> Response {
    let mut response = build(visit, status, title, content, Some(SCRIPT_PATH));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY_WITH_SCRIPT));
    response
}

/// As [`page`], with a script of ours that asks no network for anything, our own server neither.
pub(crate) fn page_with_silent_script(visit: &Visit, status: StatusCode, title: &str, content: &Markup, path: &'static str) -> Response {
    let mut response = build(visit, status, title, content, Some(path));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY_WITH_SILENT_SCRIPT));
    response
}

fn build(visit: &Visit, status: StatusCode, title: &str, content: &Markup, script: Option<&'static str>) -> Response {
    let look = &visit.look;
    let language = look.language;
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag) dir=(language.direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Coffret" }
                link rel="stylesheet" href=(STYLE_PATH);
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                @if let Some(script) = script { script type="module" src=(script) {} }
            }
            body {
                a.skip href="#content" { (say!(look, "skip")) }
                header {
                  @if visit.demo.is_some() { p.demo { (say!(look, "demo-banner")) } }
                  div.top {
                    a.wordmark href="/" { "Coffret" @if let Some(label) = visit.audience.label { " " span.tag { (say!(look, label)) } } }
                    @if visit.session.is_some() {
                        nav aria-label=(say!(look, "nav-label")) {
                            ul {
                                @for (address, key) in visit.audience.ways {
                                    li { a href=(address) aria-current=[Audience::is_at(&visit.path, address).then_some("page")] { (way(visit, address, key)) } }
                                }
                            }
                        }
                    } @else {
                        nav aria-label=(say!(look, "nav-label")) { ul { li { a href="/help" { (say!(look, "nav-help")) } } } }
                    }
                  }
                }
                main id="content" tabindex="-1" {
                    h1 { (title) }
                    (content)
                }
                footer {
                    (languages(visit))
                    @if language.drafted { p.soft { (say!(look, "drafted")) } }
                    @if let Some(session) = &visit.session {
                        form method="post" action="/sign-out" {
                            input type="hidden" name="form_key" value=(session.form_key());
                            button.quiet { (say!(look, "sign-out")) }
                        }
                    }
                }
            }
        }
    };
    let mut response = (status, HEADERS, Html(markup.0)).into_response();
    if visit.done.is_some() {
        // Said once.
        response.headers_mut().append(header::SET_COOKIE, crate::session::end_done());
    }
    response
}

/// A way's text; of notices with how many are new, in words and in ink.
fn way(visit: &Visit, address: &str, key: &str) -> String {
    if address == NOTICES && visit.unseen > 0 {
        say!(visit.look, "nav-notices-new", count = visit.unseen)
    } else {
        visit.look.language.say(key)
    }
}

fn languages(visit: &Visit) -> Markup {
    let key = visit.session.as_ref().map(crate::session::Session::form_key);
    html! {
        form.languages method="post" action="/language" aria-label=(say!(visit.look, "languages")) {
            @if let Some(key) = key { input type="hidden" name="form_key" value=(key); }
            input type="hidden" name="back" value=(if visit.posted { "/" } else { visit.path.as_str() });
            @for language in Language::all() {
                button.quiet name="language" value=(language.tag) lang=(language.tag)
                    aria-current=[(language.tag == visit.look.language.tag).then_some("true")] { (language.name) }
            }
        }
    }
}

/// Leads on after a form, and lets the next page say what came of it.
pub(crate) fn done(to: &str, what: &str) -> Response {
    let mut response = redirect(to);
    response.headers_mut().append(header::SET_COOKIE, crate::session::say_done(what));
    response
}

/// Leads on after a form: the answer of a form is never a page, so that it cannot be sent twice by going back.
pub(crate) fn redirect(to: &str) -> Response {
    let mut response = (StatusCode::SEE_OTHER, HEADERS).into_response();
    // A path of ours, made here: anything else is a mistake, and leads home.
    let to = HeaderValue::try_from(to).ok().filter(|to| is_own_path(to.to_str().unwrap_or_default()));
    response.headers_mut().insert(header::LOCATION, to.unwrap_or(HeaderValue::from_static("/")));
    response
}

/// Whether this is a path on our own origin: not another host, and not the beginning of one.
pub(crate) fn is_own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\t'])
}

/// What every form carries: that it is ours, and an id, so that sent twice it is done once.
pub(crate) fn hidden(visit: &Visit) -> Markup {
    html! {
        @if let Some(session) = &visit.session { input type="hidden" name="form_key" value=(session.form_key()); }
        input type="hidden" name="request_id" value=(visit.make_id());
    }
}

/// The link to the older entries of a list.
pub(crate) fn older(visit: &Visit, next: &str, more: &str) -> Markup {
    html! {
        @if !next.is_empty() {
            p { a.button href=(format!("?{more}page={next}")) { (visit.look.language.say("older")) } }
        }
    }
}
