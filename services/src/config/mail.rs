//! `[mail]`: how e-mail to customers is sent.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::{ConfigError, Portal, read_line};
use crate::notice::mail::{MailParts, Security, SmtpSender, SmtpSettings};

/// How e-mail to customers is sent. It says that there is something new in their vault, and no more.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server's name, which its certificate has.
    pub server: String,
    /// Its port: 587 with `starttls`, 465 with `tls`, 25 with `none` when absent.
    pub port: Option<u16>,
    /// `starttls`, `tls`, or `none` for a mail server on this machine.
    #[serde(default)]
    pub security: Security,
    /// The name to sign in with.
    pub user: Option<String>,
    /// A file that holds its password.
    pub password_file: Option<PathBuf>,
    /// Who sends: `Coffret <vault@example.org>`.
    pub from: String,
    /// A file of certificate authorities, besides those that the system trusts.
    pub authorities: Option<PathBuf>,
}

impl Mail {
    pub(super) fn parts(&self, portal: Option<&Portal>) -> Result<MailParts, ConfigError> {
        let portal =
            portal.ok_or(ConfigError::Unfit("mail: it leads customers to their pages, and there are none. Set [portal] as well."))?;
        let credentials = match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => Some((user.clone(), read_line(file)?)),
            (None, None) => None,
            _ => return Err(ConfigError::Unfit("mail: user and password_file go together.")),
        };
        let settings = SmtpSettings {
            server: self.server.clone(),
            port: self.port,
            security: self.security,
            credentials,
            from: self.from.clone(),
            authorities: self.authorities.clone(),
        };
        Ok(MailParts::new(Arc::new(SmtpSender::new(&settings).map_err(ConfigError::Mail)?), portal.origin.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{refused, write};
    use crate::config::Config;

    #[test]
    fn mail_is_off_unless_it_is_described_in_full() {
        assert!(Config::default().mail.is_none());
        let portal = "[portal]\nlisten = \"127.0.0.1:8444\"\norigin = \"https://my.example.org\"\n";
        let mail = "[mail]\nserver = \"mail.example.org\"\nfrom = \"Coffret <vault@example.org>\"\n";
        let own = |text: &str| format!("insecure_loopback = true\n{text}");
        let (_folder, path) = write(&own(&format!("{portal}{mail}")));
        let parts = Config::load(Some(&path)).expect("reads").parts().expect("fits").mail.expect("sends");
        assert_eq!(parts.origin, "https://my.example.org");
        for (text, expected) in [
            (mail.to_owned(), "mail: it leads customers"),
            (format!("{portal}{mail}user = \"u\"\n"), "mail: user and password_file"),
            (format!("{portal}{mail}security = \"none\"\n"), "mail.security:"),
            (format!("{portal}[mail]\nserver = \"mail.example.org\"\nfrom = \"x\"\n"), "mail.from:"),
        ] {
            let error = refused(&own(&text));
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }
}
