//! Whose pages these are. Each audience has an origin, a cookie and ways around of its own; the token of one opens nothing at another's.

/// People who have pages of their own.
#[derive(Debug)]
pub(crate) struct Audience {
    /// The cookie that holds their token. Browsers send cookies to every port of a host, so each audience has another name.
    pub(crate) cookie: &'static str,
    /// The ways around for somebody who has signed in: address and text.
    pub(crate) ways: &'static [(&'static str, &'static str)],
    /// The text of the way home.
    pub(crate) home: &'static str,
    /// What stands beside the name of the product; nothing for customers.
    pub(crate) label: Option<&'static str>,
}

/// People whose data it is.
pub(crate) static CUSTOMERS: Audience = Audience {
    cookie: "__Host-coffret-my",
    ways: &[
        ("/", "nav-access"),
        ("/data", "nav-data"),
        ("/reads", "nav-reads"),
        ("/contact", "nav-contact"),
        ("/receipts", "nav-receipts"),
        ("/notices", "nav-notices"),
        ("/security", "nav-security"),
        ("/help", "nav-help"),
    ],
    home: "go-home",
    label: None,
};

/// Those who check the log.
pub(crate) static AUDITORS: Audience = Audience {
    cookie: "__Host-coffret-audit",
    ways: &[
        ("/", "audit-nav-scope"),
        ("/log", "audit-nav-log"),
        ("/verify", "audit-nav-verify"),
        ("/export", "audit-nav-export"),
        ("/help", "nav-help"),
    ],
    home: "audit-go-home",
    label: Some("audit-label"),
};

impl Audience {
    /// Whether a page is reached over this way.
    pub(crate) fn is_at(path: &str, address: &str) -> bool {
        match address {
            "/help" => path.starts_with("/help") || path.starts_with("/complaints"),
            "/" => path == "/" || path.starts_with("/access") || path.starts_with("/requests"),
            _ => path.starts_with(address),
        }
    }
}
