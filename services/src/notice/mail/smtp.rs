//! Handing e-mail over by SMTP (RFC 5321), over TLS unless the mail server is on this machine.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::Deserialize;
use tonic::async_trait;
use zeroize::Zeroizing;

use super::{MailSender, PATIENCE, SendError, Written};

/// How the connection to the mail server is kept from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the second line on; without it, nothing is sent (RFC 3207). Port 587.
    #[default]
    Starttls,
    /// TLS from the first byte on (RFC 8314). Port 465.
    Tls,
    /// Nothing; to a mail server on this machine alone. Port 25.
    None,
}

/// Where the mail server is, and who sends.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// The mail server's name, which its certificate has.
    pub server: String,
    /// Its port; the usual one where absent.
    pub port: Option<u16>,
    /// How the connection is kept from others.
    pub security: Security,
    /// The name and password to sign in with.
    pub credentials: Option<(String, Zeroizing<String>)>,
    /// Who sends: `Coffret <vault@example.org>`.
    pub from: String,
    /// A file of certificate authorities besides those that the system trusts.
    pub authorities: Option<PathBuf>,
}

/// Sends by SMTP: a connection for each letter.
pub struct SmtpSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for SmtpSender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpSender")
    }
}

/// Whether a mail server of this name is on this machine.
fn is_local(server: &str) -> bool {
    server == "localhost" || server.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// One address, and nothing else: what would end a line, name a second address or be a comment is refused, whatever the parser holds of it.
fn address(text: &str) -> Option<Address> {
    let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "<>,;:\"()[]\\".contains(letter);
    if text.contains(odd) || text.len() > 254 {
        return None;
    }
    text.parse().ok()
}

impl SmtpSender {
    /// # Errors
    /// What is wrong with the settings, by field; never a secret.
    pub fn new(settings: &SmtpSettings) -> Result<Self, String> {
        let from: Mailbox = settings.from.parse().map_err(|_| "from: it is written Coffret <vault@example.org>".to_owned())?;
        if settings.server.is_empty() || settings.server.contains(char::is_whitespace) {
            return Err("server: it is the name of a mail server".to_owned());
        }
        let parameters = || -> Result<TlsParameters, String> {
            let mut parameters = TlsParameters::builder(settings.server.clone());
            if let Some(file) = &settings.authorities {
                let wrong = |what: String| format!("authorities: {}: {what}", file.display());
                let pem = std::fs::read(file).map_err(|cause| wrong(cause.to_string()))?;
                parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|cause| wrong(cause.to_string()))?);
            }
            parameters.build().map_err(|cause| format!("server: no TLS: {cause}"))
        };
        let (tls, port) = match settings.security {
            Security::Starttls => (Tls::Required(parameters()?), 587),
            Security::Tls => (Tls::Wrapper(parameters()?), 465),
            Security::None if is_local(&settings.server) => (Tls::None, 25),
            Security::None => return Err("security: without TLS the mail server is on this machine, as localhost".to_owned()),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.server.as_str());
        let mut builder = builder
            .port(settings.port.unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if let Some((user, password)) = &settings.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.as_str().to_owned()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    fn message(&self, mail: &Written) -> Result<Message, SendError> {
        let to = address(&mail.to).ok_or_else(|| SendError::Never("the address is none".to_owned()))?;
        let header = |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let at = SystemTime::UNIX_EPOCH + Duration::from_micros(mail.at.micros().unsigned_abs());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.clone())
            .message_id(Some(format!("<{}@{}>", mail.message_id, self.from.email.domain())))
            .date(at)
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", mail.language))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())
            .map_err(|_| SendError::Never("the letter cannot be written".to_owned()))
    }
}

/// What failed, without what the mail server said: that often holds the address.
fn cause(error: &SmtpError) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_tls() => "no TLS with the mail server".to_owned(),
        None => "the mail server cannot be reached".to_owned(),
    }
}

#[async_trait]
impl MailSender for SmtpSender {
    async fn send(&self, mail: Written) -> Result<(), SendError> {
        let message = self.message(&mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // Of a mailbox that is refused for good; a refused sign-in or sender is the operator's to put right.
            Err(error) if error.is_permanent() && is_of_mailbox(&error) => Err(SendError::Never(cause(&error))),
            Err(error) => Err(SendError::Later(cause(&error))),
        }
    }
}

/// Whether a permanent answer is about the mailbox (RFC 5321, section 4.2.3: 550, 551, 553).
fn is_of_mailbox(error: &SmtpError) -> bool {
    error.status().is_some_and(|code| matches!(code.to_string().as_str(), "550" | "551" | "553"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use coffret_vault::clock::Timestamp;

    fn settings() -> SmtpSettings {
        SmtpSettings {
            server: "localhost".to_owned(),
            port: Some(2525),
            security: Security::None,
            credentials: None,
            from: "Coffret <vault@house.example>".to_owned(),
            authorities: None,
        }
    }

    fn written(to: &str) -> Written {
        Written {
            to: Zeroizing::new(to.to_owned()),
            message_id: "abc".to_owned(),
            language: "fr",
            subject: "Du nouveau dans votre coffret".to_owned(),
            body: "Il y a du nouveau.\nhttps://my.example.org/notices\n".to_owned(),
            at: Timestamp::from_seconds(1_795_000_000),
        }
    }

    #[test]
    fn an_address_brings_nothing_else_along() {
        let sender = SmtpSender::new(&settings()).expect("fits");
        for hostile in [
            "ana@example.org\r\nBcc: eve@example.org",
            "ana@example.org\nSubject: x",
            "ana@example.org, eve@example.org",
            "Ana <ana@example.org>",
            "\"ana\r\nBcc: eve\"@example.org",
            "\"a b\"@example.org",
            "ana@example.org;eve@example.org",
            "ana(comment)@example.org",
            "ana@",
            "@example.org",
            "ana",
            "",
            "ana@exam ple.org",
            "ana@example.org\0",
            "ana@example.org\u{2028}Bcc: eve@example.org",
        ] {
            assert_eq!(sender.message(&written(hostile)).err(), Some(SendError::Never("the address is none".to_owned())), "{hostile:?}");
        }
        let message = sender.message(&written("ana@example.org")).expect("a letter");
        let text = String::from_utf8(message.formatted()).expect("ASCII");
        let headers = text.split("\r\n\r\n").next().expect("headers");
        assert!(headers.contains("To: ana@example.org\r\n") && headers.contains("Message-ID: <abc@house.example>\r\n"), "{headers}");
        assert!(headers.contains("Auto-Submitted: auto-generated") && headers.contains("Content-Language: fr"), "{headers}");
        assert_eq!(headers.matches("@example.org").count(), 1, "{headers}");
    }

    #[test]
    fn a_mail_server_elsewhere_is_reached_over_tls() {
        let told = |change: fn(&mut SmtpSettings)| {
            let mut own = settings();
            change(&mut own);
            SmtpSender::new(&own).map(|_| ()).expect_err("refused")
        };
        assert!(told(|own| own.server = "mail.example.org".to_owned()).starts_with("security:"));
        assert!(told(|own| own.server = String::new()).starts_with("server:"));
        assert!(told(|own| own.from = "nobody".to_owned()).starts_with("from:"));
        assert!(
            told(|own| {
                own.security = Security::Tls;
                own.authorities = Some("/nowhere.pem".into());
            })
            .starts_with("authorities:")
        );
        let elsewhere = SmtpSettings { server: "mail.example.org".to_owned(), security: Security::Starttls, ..settings() };
        assert!(SmtpSender::new(&elsewhere).is_ok());
    }
}
