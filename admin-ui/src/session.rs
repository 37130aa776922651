//! Who is signed in: one cookie that holds their token, and what proves that a form came from our own pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

use crate::audience::Audience;

/// Language and time zone: what a page looks like, and nothing else.
const LOOK: &str = "__Host-coffret-look";
/// What came of the form before, for the one page that it leads to. An address could be written by anybody; this cannot.
const DONE: &str = "__Host-coffret-done";
/// A year, in seconds.
const LOOK_SECONDS: i64 = 31_536_000;

/// Somebody who has signed in.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) token: String,
}

impl Session {
    /// The one that a request carries. A token is checked by the services, with every call.
    pub(crate) fn of(headers: &HeaderMap, audience: &Audience) -> Option<Self> {
        find(headers, audience.cookie).filter(|token| is_token(token)).map(|token| Self { token })
    }

    /// What the session's own forms carry: whoever does not know the token cannot make it.
    pub(crate) fn form_key(&self) -> String {
        let digest = Sha256::new().chain_update(b"coffret form key\0").chain_update(self.token.as_bytes()).finalize();
        URL_SAFE_NO_PAD.encode(digest)
    }

    /// The cookie of a session of so many seconds. The prefix of its name makes browsers hold it to this host, to TLS, and to the whole of
    /// it (RFC 6265bis, section 4.1.3.2).
    pub(crate) fn cookie(&self, audience: &Audience, seconds: i64) -> HeaderValue {
        write(Cookie::build((audience.cookie, self.token.clone())).same_site(SameSite::Lax).http_only(true), seconds)
    }

    /// The cookie that ends whatever session there is.
    pub(crate) fn end(audience: &Audience) -> HeaderValue {
        write(Cookie::build((audience.cookie, "")).same_site(SameSite::Lax).http_only(true), 0)
    }
}

/// Whether a text has a token's form: such a one alone is put into a header.
pub(crate) fn is_token(text: &str) -> bool {
    (20..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Language and time zone that a browser keeps.
pub(crate) fn kept_look(headers: &HeaderMap) -> Option<(String, String)> {
    let kept = find(headers, LOOK)?;
    let (language, zone) = kept.split_once('.')?;
    // A zone's name has slashes, which a cookie can hold.
    Some((language.to_owned(), zone.to_owned()))
}

/// Keeps language and time zone.
pub(crate) fn keep_look(language: &str, zone: &str) -> HeaderValue {
    let zone: String = zone.chars().filter(|c| c.is_ascii_alphanumeric() || "/_+-".contains(*c)).take(64).collect();
    write(Cookie::build((LOOK, format!("{language}.{zone}"))).same_site(SameSite::Lax).http_only(true), LOOK_SECONDS)
}

/// Says, to the next page alone, what came of a form.
pub(crate) fn say_done(what: &str) -> HeaderValue {
    write(Cookie::build((DONE, what.to_owned())).same_site(SameSite::Lax).http_only(true), 60)
}

/// Takes that back, once it was said.
pub(crate) fn end_done() -> HeaderValue {
    write(Cookie::build((DONE, "")).same_site(SameSite::Lax).http_only(true), 0)
}

/// What came of the form before.
pub(crate) fn done(headers: &HeaderMap) -> Option<String> {
    find(headers, DONE).filter(|done| !done.is_empty())
}

fn write(cookie: cookie::CookieBuilder<'_>, seconds: i64) -> HeaderValue {
    let cookie = cookie.path("/").secure(true).build();
    // Without the crate's own kind of duration, which needs a clock crate of its own.
    HeaderValue::try_from(format!("{cookie}; Max-Age={seconds}")).expect("names and values of ours are ASCII")
}

fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    all.flat_map(Cookie::split_parse).filter_map(Result::ok).find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// Whether a browser says that a form was sent by a page of this origin. One that says nothing about it is not believed.
pub(crate) fn is_from_here(headers: &HeaderMap, origin: &str) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (said("origin"), said("sec-fetch-site")) {
        (Some(from), site) => from == origin && site.is_none_or(|site| site == "same-origin"),
        (None, site) => site == Some("same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::{AUDITORS, CUSTOMERS};

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            headers.append(*name, value.parse().expect("a header"));
        }
        headers
    }

    const SECRET: &str = "cft_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn the_cookie_is_held_to_this_host_tls_and_scripts_do_not_see_it() {
        let session = Session { token: SECRET.to_owned() };
        let cookie = session.cookie(&CUSTOMERS, 60);
        let cookie = cookie.to_str().expect("a text");
        assert!(cookie.starts_with("__Host-coffret-my=cft_"), "{cookie}");
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/", "; Max-Age=60"] {
            assert!(cookie.contains(part), "{cookie} has {part}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert!(Session::end(&CUSTOMERS).to_str().expect("a text").contains("Max-Age=0"));
    }

    #[test]
    fn what_is_no_token_is_no_session() {
        let found = Session::of(&headers(&[("cookie", &format!("a=b; __Host-coffret-my={SECRET}"))]), &CUSTOMERS);
        assert_eq!(found.expect("a session").token, SECRET);
        for wrong in ["", "short", "with space and more and more and more", "a\u{2014}b_____________________"] {
            let line = format!("__Host-coffret-my={wrong}");
            let Ok(value) = HeaderValue::from_bytes(line.as_bytes()) else { continue };
            let mut map = HeaderMap::new();
            map.insert(header::COOKIE, value);
            assert!(Session::of(&map, &CUSTOMERS).is_none(), "{wrong}");
        }
        assert!(Session::of(&headers(&[("cookie", &format!("coffret-my={SECRET}"))]), &CUSTOMERS).is_none(), "another name");
        let theirs = headers(&[("cookie", &format!("__Host-coffret-my={SECRET}"))]);
        assert!(Session::of(&theirs, &AUDITORS).is_none(), "another audience");
    }

    #[test]
    fn form_keys_differ_by_session_and_tell_nothing_of_it() {
        let (one, other) = (Session { token: SECRET.to_owned() }, Session { token: SECRET.replace('A', "B") });
        assert_ne!(one.form_key(), other.form_key());
        assert_eq!(one.form_key().len(), 43);
        assert!(!SECRET.contains(&one.form_key()));
    }

    #[test]
    fn forms_from_elsewhere_and_from_nowhere_are_told_apart_from_ours() {
        let here = "https://my.example.org";
        for (all, expected) in [
            (vec![("origin", here)], true),
            (vec![("origin", here), ("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("origin", "https://evil.example")], false),
            (vec![("origin", "null")], false),
            (vec![("origin", "https://my.example.org.evil.example")], false),
            (vec![("origin", here), ("sec-fetch-site", "cross-site")], false),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![], false),
        ] {
            assert_eq!(is_from_here(&headers(&all), here), expected, "{all:?}");
        }
    }
}
