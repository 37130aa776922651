//! `[portal]`: where customers find their pages.

use std::net::SocketAddr;

use serde::Deserialize;

use super::audit::{is_own_machine, is_secure};
use super::{Config, ConfigError};
use crate::consent::StepUp;
use crate::serve::PortalParts;

/// Where customers find their pages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// Where to listen: an address of its own.
    pub listen: SocketAddr,
    /// The address under which browsers find it, without a path: `https://my.example.org`.
    pub origin: String,
    /// What passkeys are bound to, for good: the origin's host, or a domain above it. The host when absent.
    pub relying_party: Option<String>,
    /// A proxy on this machine speaks TLS for it: the portal itself listens in plaintext, on a loopback address.
    #[serde(default)]
    pub behind_proxy: bool,
    /// When a yes is signed with a passkey: `required-if-enrolled` by every customer who has one, `required` by everybody.
    #[serde(default)]
    pub step_up: StepUp,
}

impl Config {
    /// The portal, if there is to be one.
    ///
    /// # Errors
    /// Its origin is not an address without a path, or browsers would not keep its cookies.
    pub fn portal_parts(&self) -> Result<Option<PortalParts>, ConfigError> {
        let Some(portal) = &self.portal else { return Ok(None) };
        let secure = is_secure(&portal.origin);
        if !secure && !is_own_machine(&portal.origin) {
            return Err(ConfigError::Unfit(
                "portal.origin: it is written https://my.example.org, without a path. On one machine http://localhost:8444 can be used to try things out.",
            ));
        }
        if !secure && self.tls.is_some() && !portal.behind_proxy {
            return Err(ConfigError::Unfit("portal.origin: with [tls] the portal speaks TLS: its origin begins with https://."));
        }
        if portal.behind_proxy && !portal.listen.ip().is_loopback() {
            return Err(ConfigError::Unfit(
                "portal.listen: behind a proxy the portal listens on a loopback address only, such as 127.0.0.1:8444.",
            ));
        }
        if self.tls.is_none() && !portal.listen.ip().is_loopback() {
            return Err(ConfigError::Unfit(
                "portal.listen: without [tls] the portal listens on a loopback address only, such as 127.0.0.1:8444.",
            ));
        }
        Ok(Some(PortalParts {
            listen: portal.listen,
            origin: Some(portal.origin.clone()),
            relying_party: portal.relying_party.clone(),
            plaintext: portal.behind_proxy,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portal_has_an_address_that_browsers_trust() {
        let with = |portal: &str| toml::from_str::<Config>(&format!("insecure_loopback = true\n[portal]\n{portal}")).expect("reads");
        let told = |portal: &str| match with(portal).portal_parts() {
            Err(ConfigError::Unfit(sentence)) => sentence,
            other => panic!("{portal}: {other:?}"),
        };
        let listen = "listen = \"127.0.0.1:8444\"\n";
        for origin in [
            "my.example.org",
            "http://my.example.org",
            "https://my.example.org/",
            "https://",
            "https://a@b",
            "https://my.example.org:443",
            "https://My.Example.org",
            "http://localhost.evil.example",
            "http://localhost.evil.example/x",
            "http://localhost:x",
        ] {
            assert!(told(&format!("{listen}origin = \"{origin}\"")).starts_with("portal.origin"), "{origin}");
        }
        let open = "listen = \"0.0.0.0:8444\"\norigin = \"https://my.example.org\"";
        assert!(told(open).starts_with("portal.listen"));
        assert!(told(&format!("{open}\nbehind_proxy = true")).starts_with("portal.listen"));
        let parts = with(&format!("{listen}origin = \"https://my.example.org\"\nbehind_proxy = true")).portal_parts();
        assert!(parts.expect("fits").expect("a portal").plaintext);
        assert!(with(&format!("{listen}origin = \"http://localhost:8444\"")).portal_parts().is_ok());
        assert_eq!(Config::default().portal_parts().expect("fits"), None);
    }
}
