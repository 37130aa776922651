//! `[audit]`: where auditors find their pages.

use std::net::SocketAddr;

use serde::Deserialize;

use super::{Config, ConfigError};
use crate::serve::AuditParts;

/// Where auditors find their pages: an origin of their own, so that nothing of theirs is within reach of the customers' pages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Where to listen: an address of its own.
    pub listen: SocketAddr,
    /// The address under which browsers find it, without a path: `https://audit.example.org`.
    pub origin: String,
    /// A proxy on this machine speaks TLS for it: the pages themselves listen in plaintext, on a loopback address.
    #[serde(default)]
    pub behind_proxy: bool,
}

/// An origin as browsers write it, or every form would look foreign: in lower case, without the port that goes without saying.
pub(super) fn is_secure(origin: &str) -> bool {
    let Some(rest) = origin.strip_prefix("https://") else { return false };
    let plain = rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte));
    plain && !rest.is_empty() && !rest.ends_with(":443") && !rest.ends_with(':')
}

/// Browsers trust their own machine without TLS, and nobody else's.
pub(super) fn is_own_machine(origin: &str) -> bool {
    let Some(rest) = origin.strip_prefix("http://localhost") else { return false };
    rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
}

impl Config {
    /// The auditor's pages, if there are to be any.
    ///
    /// # Errors
    /// Their origin is not an address without a path, is the portal's, or browsers would not keep their cookies.
    pub fn audit_parts(&self) -> Result<Option<AuditParts>, ConfigError> {
        let Some(audit) = &self.audit else { return Ok(None) };
        let unfit = |sentence| Err(ConfigError::Unfit(sentence));
        let secure = is_secure(&audit.origin);
        if !secure && !is_own_machine(&audit.origin) {
            return unfit(
                "audit.origin: it is written https://audit.example.org, without a path. On one machine http://localhost:8445 can be used to try things out.",
            );
        }
        if self.portal.as_ref().is_some_and(|portal| portal.origin == audit.origin || portal.listen == audit.listen) {
            return unfit("audit: auditors have an origin and an address of their own, apart from those of [portal].");
        }
        if !secure && self.tls.is_some() && !audit.behind_proxy {
            return unfit("audit.origin: with [tls] the pages speak TLS: their origin begins with https://.");
        }
        if (audit.behind_proxy || self.tls.is_none()) && !audit.listen.ip().is_loopback() {
            return unfit(
                "audit.listen: behind a proxy, or without [tls], the pages listen on a loopback address only, such as 127.0.0.1:8445.",
            );
        }
        Ok(Some(AuditParts {
            listen: audit.listen,
            origin: Some(audit.origin.clone()),
            plaintext: audit.behind_proxy,
            workshop: self.data.join("audit"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Config {
        toml::from_str(&format!("insecure_loopback = true\n{text}")).expect("reads")
    }

    fn told(text: &str) -> String {
        match with(text).audit_parts() {
            Err(ConfigError::Unfit(sentence)) => sentence.to_owned(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn auditors_have_an_address_of_their_own_that_browsers_trust() {
        let listen = "[audit]\nlisten = \"127.0.0.1:8445\"\n";
        for origin in ["audit.example.org", "http://audit.example.org", "https://a/", "https://", "https://a:443", "https://A"] {
            assert!(told(&format!("{listen}origin = \"{origin}\"")).starts_with("audit.origin"), "{origin}");
        }
        let open = "[audit]\nlisten = \"0.0.0.0:8445\"\norigin = \"https://audit.example.org\"";
        assert!(told(open).starts_with("audit.listen"));
        assert!(told(&format!("{open}\nbehind_proxy = true")).starts_with("audit.listen"));
        let portal = "[portal]\nlisten = \"127.0.0.1:8444\"\norigin = \"https://my.example.org\"\n";
        assert!(told(&format!("{portal}{listen}origin = \"https://my.example.org\"")).contains("of their own"));
        let same_port = listen.replace("8445", "8444");
        assert!(told(&format!("{portal}{same_port}origin = \"https://audit.example.org\"")).contains("of their own"));
        let parts = with(&format!("{portal}{listen}origin = \"https://audit.example.org\"\nbehind_proxy = true")).audit_parts();
        let parts = parts.expect("fits").expect("pages");
        assert!(parts.plaintext && parts.workshop.ends_with("audit"));
        assert!(with(&format!("{listen}origin = \"http://localhost:8445\"")).audit_parts().is_ok());
        assert_eq!(Config::default().audit_parts().expect("fits"), None);
    }
}
