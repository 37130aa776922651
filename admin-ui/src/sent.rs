//! What a form sends: taken only from our own pages, and only with the key of the session that it was made for.

use axum::Form;
use axum::extract::{FromRequest, Multipart, Request};

use crate::Foundation;
use crate::fault::Fault;
use crate::session::{self, Session};

/// The fields of a form, in the order sent.
pub(crate) struct Sent(pub(crate) Vec<(String, String)>);

impl Sent {
    /// A field's text, without the space around it; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, text)| text.trim())
    }

    /// All texts of a field that can be sent more than once.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, text)| text.as_str())
    }
}

impl FromRequest<Foundation> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, foundation: &Foundation) -> Result<Self, Fault> {
        if !session::is_from_here(request.headers(), &foundation.origin) {
            return Err(Fault::Foreign);
        }
        let session = Session::of(request.headers(), foundation.audience);
        let Form(fields) =
            Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(|_| Fault::Entered("entered-unreadable"))?;
        let sent = Self(fields);
        // A yes and a no at once are neither.
        if sent.all("answer").any(|answer| answer != sent.get("answer")) {
            return Err(Fault::Entered("entered-answer"));
        }
        match session {
            Some(session) if session.form_key() != sent.get("form_key") => Err(Fault::Foreign),
            _ => Ok(sent),
        }
    }
}

/// A form with a file, held to the same as [`Sent`]. The form's own fields stand before the file.
pub(crate) struct Upload {
    pub(crate) sent: Sent,
    pub(crate) file: Vec<u8>,
}

impl FromRequest<Foundation> for Upload {
    type Rejection = Fault;

    async fn from_request(request: Request, foundation: &Foundation) -> Result<Self, Fault> {
        if !session::is_from_here(request.headers(), &foundation.origin) {
            return Err(Fault::Foreign);
        }
        let unreadable = || Fault::Entered("entered-unreadable");
        let session = Session::of(request.headers(), foundation.audience).ok_or(Fault::SignIn)?;
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
        let mut sent = Sent(Vec::new());
        while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_none() {
                sent.0.push((name, part.text().await.map_err(|_| unreadable())?));
                continue;
            }
            // Whose form it is, before anything large is read.
            if session.form_key() != sent.get("form_key") {
                return Err(Fault::Foreign);
            }
            let file = part.bytes().await.map_err(|_| Fault::Entered("entered-file-size"))?;
            return Ok(Self { sent, file: file.to_vec() });
        }
        Err(Fault::Entered("entered-no-file"))
    }
}
