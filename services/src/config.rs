//! The configuration: one TOML file, with a few flags above it. Secrets are never in it, only the paths of their files.

use std::fmt::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use coffret_vault::clock::SystemClock;
use coffret_vault::envelope::{Guarded, SystemEntropy};
use coffret_vault::error::Result as VaultResult;
use coffret_vault::keys::file::FileRoot;
use coffret_vault::log;
use coffret_vault::tlog::Policy;
use coffret_vault::{Location, Settings, Vault};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::limit::Limits;
use crate::notice::mail::{MailParts, Security, SmtpSender, SmtpSettings};
use crate::serve::{LogParts, Parts, PortalParts};
use crate::telemetry::Log;
use crate::tls::Tls;
use crate::witness::HttpWitness;

/// Everything that can be set. What is absent has its default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The data folder; holds the embedded database.
    pub data: PathBuf,
    /// What assertions (RFC 7523) must name as their audience: the address under which this deployment is known.
    pub audience: String,
    /// Plaintext, without TLS. Only on a loopback address, for trying things out or behind a proxy on the same machine.
    pub insecure_loopback: bool,
    /// gRPC reflection. Off in production.
    pub reflection: bool,
    /// Connections at most.
    pub connections: usize,
    /// Certificates.
    pub tls: Option<Tls>,
    /// PostgreSQL; without it, the embedded SQLite in the data folder.
    pub database: Option<Database>,
    /// The root key.
    pub keys: Keys,
    /// How often each caller may call.
    pub limits: Limits,
    /// The transparency log of the ledger.
    pub ledger: Ledger,
    /// Pages for customers; none when absent.
    pub portal: Option<Portal>,
    /// E-mail to customers; none when absent.
    pub mail: Option<Mail>,
    /// What the program tells of itself.
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        let parts = Parts::default();
        Self {
            listen: parts.listen,
            data: PathBuf::from("./coffret-data"),
            audience: parts.audience,
            insecure_loopback: false,
            reflection: false,
            connections: parts.connections,
            tls: None,
            database: None,
            keys: Keys::default(),
            limits: Limits::default(),
            ledger: Ledger::default(),
            portal: None,
            mail: None,
            log: Log::default(),
        }
    }
}

/// Where the PostgreSQL is.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user@host:port/name`, without a password.
    url: Option<String>,
    /// A file that holds the URL, with or without a password.
    url_file: Option<PathBuf>,
    /// A file that holds the password of the user in `url`.
    password_file: Option<PathBuf>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a password before it is refused for that.
        f.debug_struct("Database").field("url_file", &self.url_file).field("password_file", &self.password_file).finish_non_exhaustive()
    }
}

/// Where the root key is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// The folder of root keys; `keys` in the data folder when absent.
    pub folder: Option<PathBuf>,
}

/// How the transparency log of the ledger is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ledger {
    /// The beginning of the log's name, a URL without its scheme; what `audience` says when absent. Counts when a year's log is opened.
    pub name: Option<String>,
    /// How often what is new is signed and published, in milliseconds.
    pub sign_every_ms: u64,
    /// The folder into which this server publishes the log, its own; `log/public` in the data folder when absent.
    pub folder: Option<PathBuf>,
    /// The file in which the last checkpoint is kept outside the database; `log/checkpoint` in the data folder when absent. On another
    /// disk, and out of the backups of the database, it tells of a database that was put back.
    pub kept: Option<PathBuf>,
    /// Object storage into which this server publishes instead of the folder. Readers are sent there: the server does not serve it.
    pub object_storage: Option<Bucket>,
    /// Who is asked to cosign each checkpoint.
    pub witness: Vec<WitnessEntry>,
    /// How many of them must have cosigned: the `group` and `quorum` lines of a C2SP tlog-policy, in which the witnesses go by their names
    /// here. All of them when absent.
    pub witness_policy: Option<String>,
}

/// A bucket of S3 or its like. Needs a program that was built with `--features object-storage`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name.
    pub bucket: String,
    /// What the log lies below; the bucket itself when absent.
    #[serde(default)]
    pub prefix: String,
    /// Where the storage is, `https://...`; Amazon's when absent.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Which key signs the requests; what the environment says (`AWS_*`, or the role of the machine) when absent.
    pub access_key_id: Option<String>,
    /// The file that holds its secret.
    pub secret_access_key_file: Option<PathBuf>,
}

/// A witness (C2SP tlog-witness).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessEntry {
    /// Its name in the policy.
    pub name: String,
    /// Its public key, as it publishes it: `<name>+<id>+<base64>` (C2SP signed-note vkey of a cosigner).
    pub key: String,
    /// Where `add-checkpoint` is below: `https://...`, or `http://` on this machine.
    pub url: String,
    /// A file of certificate authorities for its TLS, instead of those that the system trusts.
    pub authorities: Option<PathBuf>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { name: None, sign_every_ms: 1000, folder: None, kept: None, object_storage: None, witness: Vec::new(), witness_policy: None }
    }
}

impl Bucket {
    #[cfg(not(feature = "object-storage"))]
    #[expect(clippy::unused_self, reason = "a program with object storage looks at it")]
    fn open(&self) -> Result<Arc<dyn log::Publication>, ConfigError> {
        Err(ConfigError::Unfit("ledger.object_storage: this program was built without it. Build it with --features object-storage."))
    }

    #[cfg(feature = "object-storage")]
    fn open(&self) -> Result<Arc<dyn log::Publication>, ConfigError> {
        use object_store::aws::AmazonS3Builder;

        let mut builder = AmazonS3Builder::from_env().with_bucket_name(&self.bucket);
        if let Some(endpoint) = &self.endpoint {
            if !endpoint.starts_with("https://") {
                return Err(ConfigError::Unfit("ledger.object_storage.endpoint: it begins with https://."));
            }
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        match (&self.access_key_id, &self.secret_access_key_file) {
            (Some(id), Some(file)) => builder = builder.with_access_key_id(id).with_secret_access_key(read_line(file)?.as_str()),
            (None, None) => {}
            _ => return Err(ConfigError::Unfit("ledger.object_storage: access_key_id and secret_access_key_file go together.")),
        }
        let retry = object_store::RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(30), ..Default::default() };
        let store = builder.with_retry(retry).build().map_err(|cause| ConfigError::Storage(cause.to_string()))?;
        Ok(Arc::new(crate::object_storage::ObjectStorage::new(store, self.prefix.trim_matches('/'))))
    }
}

impl Ledger {
    /// The witnesses' policy, as verifiers read it.
    fn policy(&self) -> Result<Policy, ConfigError> {
        if self.witness.is_empty() {
            if self.witness_policy.is_some() {
                return Err(ConfigError::Unfit("ledger.witness_policy: it goes with [[ledger.witness]], and there is none."));
            }
            return Ok(Policy::none());
        }
        let mut text = String::new();
        for witness in &self.witness {
            let one = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
            if !one(&witness.name) || !one(&witness.key) {
                return Err(ConfigError::Witness(witness.name.clone(), "name and key are words without spaces".to_owned()));
            }
            let line = format!("witness {} {}\n", witness.name, witness.key);
            if let Err(wrong) = Policy::parse(&format!("{text}{line}quorum none\n")) {
                let what = "its name is taken, its key is another's too, or is no key of a witness";
                return Err(ConfigError::Witness(witness.name.clone(), format!("{what} ({wrong})")));
            }
            text += &line;
        }
        let names = self.witness.iter().fold(String::new(), |names, witness| names + " " + &witness.name);
        let rest = self.witness_policy.clone().unwrap_or_else(|| format!("group every-witness all{names}\nquorum every-witness\n"));
        Policy::parse(&(text + &rest)).map_err(|wrong| ConfigError::Policy(wrong, self.witness.len()))
    }

    /// How each witness is reached.
    fn witnesses(&self) -> Result<Vec<log::KeyedWitness>, ConfigError> {
        let reach = |witness: &WitnessEntry| -> Result<log::KeyedWitness, String> {
            let key = witness.key.parse().map_err(|wrong: coffret_vault::tlog::KeyError| wrong.to_string())?;
            Ok((key, Arc::new(HttpWitness::new(&witness.url, witness.authorities.as_deref())?)))
        };
        self.witness.iter().map(|witness| reach(witness).map_err(|what| ConfigError::Witness(witness.name.clone(), what))).collect()
    }
}

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
}

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
    fn parts(&self, portal: Option<&Portal>) -> Result<MailParts, ConfigError> {
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

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The file is not as it should be.
    #[error("{file} line {line}, {field}: {what}")]
    Wrong {
        /// The file.
        file: PathBuf,
        /// From 1.
        line: usize,
        /// The field, as far as it can be told.
        field: String,
        /// What is wrong.
        what: String,
    },
    /// A witness cannot be asked as it is described.
    #[error("ledger.witness {0:?}: {1}.")]
    Witness(String, String),
    /// The policy is none. The lines of the witnesses come before it.
    #[error(
        "ledger.witness_policy: {0}, where the first {1} lines are the witnesses'. Write `group` and `quorum` lines (C2SP tlog-policy)."
    )]
    Policy(coffret_vault::tlog::PolicyError, usize),
    /// E-mail cannot be sent as it is described.
    #[error("mail.{0}.")]
    Mail(String),
    /// The object storage cannot be used as it is described.
    #[error("ledger.object_storage: {0}.")]
    Storage(String),
    /// Fields do not go together.
    #[error("{0}")]
    Unfit(&'static str),
}

/// The line (from 1) and the key at a position of a TOML text.
fn place(text: &str, position: usize) -> (usize, String) {
    let before = text.get(..position).unwrap_or(text);
    let line = before.matches('\n').count();
    let written = text.lines().nth(line).unwrap_or_default();
    (line + 1, written.split('=').next().unwrap_or_default().trim().to_owned())
}

impl Config {
    /// Reads a file; without one, everything is as by default.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(file) = file else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(file).map_err(|cause| ConfigError::Unreadable(file.to_owned(), cause))?;
        toml::from_str(&text).map_err(|cause| {
            let (line, field) = place(&text, cause.span().map_or(0, |span| span.start));
            ConfigError::Wrong { file: file.to_owned(), line, field, what: cause.message().to_owned() }
        })
    }

    /// What the server is started with.
    ///
    /// # Errors
    /// There is no certificate, and plaintext was not asked for, or was asked for where others could listen.
    pub fn parts(&self) -> Result<Parts, ConfigError> {
        match (&self.tls, self.insecure_loopback) {
            (None, false) => {
                return Err(ConfigError::Unfit(
                    "tls: there is no certificate. Give [tls] certificate and key, or set insecure_loopback = true to try things out on this machine.",
                ));
            }
            (Some(_), true) => return Err(ConfigError::Unfit("insecure_loopback: it is set, and so is [tls]. Take one of them out.")),
            (None, true) if !self.listen.ip().is_loopback() => {
                return Err(ConfigError::Unfit(
                    "listen: with insecure_loopback the server listens on a loopback address only, such as 127.0.0.1:8443.",
                ));
            }
            _ => {}
        }
        if self.audience.is_empty() {
            return Err(ConfigError::Unfit("audience: it is empty. Set it to the address under which this deployment is known."));
        }
        if self.connections == 0 {
            return Err(ConfigError::Unfit("connections: at least one must be allowed."));
        }
        Ok(Parts {
            listen: self.listen,
            tls: self.tls.clone(),
            limits: self.limits,
            connections: self.connections,
            audience: self.audience.clone(),
            reflection: self.reflection,
            log: Some(self.log_parts()?),
            mail: self.mail.as_ref().map(|mail| mail.parts(self.portal.as_ref())).transpose()?,
            ..Parts::default()
        })
    }

    /// How the log is kept.
    pub(crate) fn log_parts(&self) -> Result<LogParts, ConfigError> {
        if !(10..=3_600_000).contains(&self.ledger.sign_every_ms) {
            return Err(ConfigError::Unfit("ledger.sign_every_ms: it lies between 10 and 3600000 (an hour)."));
        }
        let audience = self.audience.split_once("://").map_or(self.audience.as_str(), |(_, rest)| rest).trim_end_matches('/');
        let name = self.ledger.name.clone().unwrap_or_else(|| audience.to_owned());
        let path = |given: &Option<PathBuf>, name: &str| given.clone().unwrap_or_else(|| self.data.join("log").join(name));
        let mut settings = log::Settings::new(name, path(&self.ledger.kept, "checkpoint"));
        settings.every = Duration::from_millis(self.ledger.sign_every_ms);
        settings.policy = self.ledger.policy()?;
        settings.witnesses = self.ledger.witnesses()?;
        settings.publication = self.ledger.object_storage.as_ref().map(Bucket::open).transpose()?;
        Ok(LogParts { settings, folder: path(&self.ledger.folder, "public") })
    }

    /// The folder of root keys.
    pub fn keys_folder(&self) -> PathBuf {
        self.keys.folder.clone().unwrap_or_else(|| self.data.join("keys"))
    }

    /// Where the data is.
    pub fn location(&self) -> Result<Location, ConfigError> {
        self.database.as_ref().map_or_else(|| Ok(Location::Sqlite(self.data.join("vault.db"))), Database::location)
    }

    /// The portal, if there is to be one.
    ///
    /// # Errors
    /// Its origin is not an address without a path, or browsers would not keep its cookies.
    pub fn portal_parts(&self) -> Result<Option<PortalParts>, ConfigError> {
        let Some(portal) = &self.portal else { return Ok(None) };
        // As browsers write it, or every form would look foreign: in lower case, without the port that goes without saying.
        let is_host = |rest: &str| {
            let plain = rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte));
            plain && !rest.is_empty() && !rest.ends_with(":443") && !rest.ends_with(':')
        };
        let is_port = |rest: &str| rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
        let secure = portal.origin.strip_prefix("https://").is_some_and(is_host);
        // Browsers trust their own machine without TLS, and nobody else's.
        if !secure && !portal.origin.strip_prefix("http://localhost").is_some_and(is_port) {
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

    /// Opens the vault. A root key is made only with a new embedded database; beside any other data a missing key is an error, since
    /// another key opens nothing. `coffret keys create` makes the first one for a PostgreSQL.
    pub async fn open(&self) -> Result<Arc<Vault>, crate::cli::Failure> {
        let location = self.location()?;
        let entropy = Arc::new(Guarded::new(SystemEntropy));
        let root = Arc::new(FileRoot::open(&self.keys_folder(), entropy.as_ref(), is_new(&location))?);
        Ok(Vault::open(Settings { location, root, clock: Arc::new(SystemClock::default()), entropy }).await?)
    }

    /// Brings the schema up to date; gives the database's name for people. The root key is not asked for. Only a new embedded database gets
    /// its first one here, as it would from [`Self::open`]: once the database is there, a missing key is an error.
    pub async fn migrate(&self) -> Result<&'static str, crate::cli::Failure> {
        let location = self.location()?;
        if is_new(&location) {
            self.create_key()?;
        }
        Ok(Vault::migrate(&location).await?)
    }

    /// Makes the first root key where there is none.
    pub fn create_key(&self) -> VaultResult<()> {
        FileRoot::open(&self.keys_folder(), &Guarded::new(SystemEntropy), true).map(|_| ())
    }
}

/// Whether this is an embedded database that is still to be made.
fn is_new(location: &Location) -> bool {
    matches!(location, Location::Sqlite(path) if !path.exists())
}

fn read_line(path: &Path) -> Result<Zeroizing<String>, ConfigError> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new).map_err(|cause| ConfigError::Unreadable(path.to_owned(), cause))?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A text for the user part of a URL: all but unreserved characters are percent-encoded (RFC 3986, section 2.3).
fn encoded(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::new());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

impl Database {
    fn location(&self) -> Result<Location, ConfigError> {
        let url = match (&self.url, &self.url_file) {
            (Some(url), None) => Zeroizing::new(url.clone()),
            (None, Some(path)) => read_line(path)?,
            _ => return Err(ConfigError::Unfit("database: give either url or url_file.")),
        };
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
        let rest = rest.ok_or(ConfigError::Unfit("database.url: it is written postgres://user@host:port/name."))?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        let has_password = user.is_some_and(|user| user.contains(':')) || rest.contains("password=");
        if has_password && self.url.is_some() {
            return Err(ConfigError::Unfit(
                "database.url: it holds a password. Put the password into a file and name it in database.password_file.",
            ));
        }
        let Some(path) = &self.password_file else { return Ok(Location::Postgres(url.as_str().to_owned())) };
        let user = user.filter(|user| !user.is_empty() && !has_password);
        let user = user.ok_or(ConfigError::Unfit("database.password_file: it goes with a URL that names a user and has no password."))?;
        let password = read_line(path)?;
        let host = &rest[user.len()..];
        Ok(Location::Postgres(format!("postgres://{user}:{}{host}", *encoded(&password))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("coffret.toml");
        std::fs::write(&path, text).expect("written");
        (folder, path)
    }

    fn refused(text: &str) -> String {
        let (_folder, path) = write(text);
        match Config::load(Some(&path)) {
            Err(error) => error.to_string(),
            Ok(config) => config.parts().map(|_| ()).and_then(|()| config.location().map(|_| ())).expect_err("refused").to_string(),
        }
    }

    #[test]
    fn an_error_names_line_and_field() {
        assert!(refused("data = \"x\"\nlisten = 7\n").contains("line 2, listen:"));
        assert!(refused("lisen = \"127.0.0.1:1\"\n").contains("unknown field `lisen`"));
        assert!(refused("[limits.brand]\nper_second = 1\nat_once = -1\n").contains("line 3, at_once:"));
        assert!(refused("[tls]\ncertificate = \"a\"\n").contains("missing field `key`"));
    }

    #[test]
    fn plaintext_has_to_be_asked_for_and_stays_on_this_machine() {
        assert!(refused("").starts_with("tls:"));
        assert!(refused("insecure_loopback = true\nlisten = \"0.0.0.0:8443\"\n").starts_with("listen:"));
        assert!(refused("insecure_loopback = true\n[tls]\ncertificate = \"a\"\nkey = \"b\"\n").starts_with("insecure_loopback:"));
        let (_folder, path) = write("insecure_loopback = true\n");
        assert!(Config::load(Some(&path)).expect("reads").parts().expect("fits").tls.is_none());
    }

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
            "http://localhost.evil.example/x",
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

    #[test]
    fn a_password_is_in_a_file_and_never_in_the_configuration() {
        let own = "insecure_loopback = true\n[database]\n";
        for url in ["postgres://u:secret@h/d", "postgres://u@h/d?password=secret"] {
            let error = refused(&format!("{own}url = \"{url}\"\n"));
            assert!(error.starts_with("database.url: it holds a password"), "{error}");
            assert!(!error.contains("secret"));
        }
        assert!(refused(&format!("{own}url = \"mysql://u@h/d\"\n")).starts_with("database.url:"));
        assert!(refused(own).starts_with("database:"));
        let (folder, path) = write("");
        std::fs::write(folder.path().join("password"), "p@ss w/:rd\n").expect("written");
        let password = folder.path().join("password");
        std::fs::write(&path, format!("{own}url = \"postgres://u@h:5432/d\"\npassword_file = {password:?}\n")).expect("written");
        let location = Config::load(Some(&path)).expect("reads").location().expect("fits");
        assert_eq!(location, Location::Postgres("postgres://u:p%40ss%20w%2F%3Ard@h:5432/d".to_owned()));
    }

    #[cfg(not(feature = "object-storage"))]
    #[test]
    fn object_storage_is_refused_by_a_program_that_has_none() {
        let error = refused("insecure_loopback = true\n[ledger.object_storage]\nbucket = \"log\"\n");
        assert!(error.starts_with("ledger.object_storage: this program was built without it"), "{error}");
    }

    #[cfg(feature = "object-storage")]
    #[test]
    fn object_storage_is_described_in_full() {
        let own = "insecure_loopback = true\n[ledger.object_storage]\nbucket = \"log\"\nregion = \"eu-west-3\"\n";
        let (_folder, path) = write(own);
        let parts = Config::load(Some(&path)).expect("reads").parts().expect("fits");
        assert!(parts.log.expect("kept").settings.publication.is_some());
        for (text, expected) in [
            ("endpoint = \"http://storage.example\"\n", "ledger.object_storage.endpoint:"),
            ("access_key_id = \"x\"\n", "ledger.object_storage: access_key_id and"),
        ] {
            let error = refused(&format!("{own}{text}"));
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn witnesses_are_described_in_full_and_reached_safely() {
        let key = |seed: u8| {
            let cosigner = coffret_vault::tlog::Cosigner::from_seed("witness.example/w", &[seed; 32]).expect("a key");
            cosigner.verifier_key().to_string()
        };
        let witness =
            |name: &str, key: &str, url: &str| format!("[[ledger.witness]]\nname = \"{name}\"\nkey = \"{key}\"\nurl = \"{url}\"\n");
        let (one, other, url) = (key(1), key(2), "https://witness.example/w");
        let own = "insecure_loopback = true\n";
        let settings = |text: &str| {
            let (_folder, path) = write(&format!("{own}{text}"));
            Config::load(Some(&path)).expect("reads").parts().expect("fits").log.expect("kept").settings
        };
        let two = witness("w1", &one, url) + &witness("w2", &other, "http://127.0.0.1:7380");
        let all = settings(&two);
        assert_eq!((all.witnesses.len(), all.policy.asks()), (2, true));
        assert!(all.policy.write_for(&all.witnesses[0].0).ends_with("group every-witness 2 w1 w2\nquorum every-witness\n"));
        let any = settings(&format!("[ledger]\nwitness_policy = \"group g any w1 w2\\nquorum g\\n\"\n{two}"));
        assert!(any.policy.write_for(&any.witnesses[0].0).ends_with("group g 1 w1 w2\nquorum g\n"));
        for (text, expected) in [
            (witness("w1", &one, "http://witness.example"), "ledger.witness \"w1\":"),
            (witness("w1", &one, "ftp://witness.example"), "ledger.witness \"w1\":"),
            (witness("w1", &one, "https://user:secret@witness.example"), "ledger.witness \"w1\":"),
            (witness("w1", &one, "https://witness.example/?x"), "ledger.witness \"w1\":"),
            (witness("w1", "w+00000000+AAAA", url), "ledger.witness \"w1\":"),
            (witness("w 1", &one, url), "ledger.witness \"w 1\":"),
            (witness("w1", &one, url) + &witness("w1", &other, url), "ledger.witness \"w1\":"),
            (witness("w1", &one, url) + &witness("w2", &one, url), "ledger.witness \"w2\":"),
            (format!("[ledger]\nwitness_policy = \"quorum w2\"\n{}", witness("w1", &one, url)), "ledger.witness_policy: line 2"),
            ("[ledger]\nwitness_policy = \"quorum none\"\n".to_owned(), "ledger.witness_policy: it goes with"),
        ] {
            let error = refused(&format!("{own}{text}"));
            assert!(error.starts_with(expected) && !error.contains("secret"), "{text}: {error}");
        }
    }

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

    #[test]
    fn a_debug_of_the_configuration_shows_no_url() {
        let database = Database { url: Some("postgres://u:secret@h/d".to_owned()), url_file: None, password_file: None };
        assert!(!format!("{:?}", Config { database: Some(database), ..Config::default() }).contains("secret"));
    }

    #[test]
    fn every_example_is_complete_and_fits() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/examples");
        let mut read = 0;
        for entry in std::fs::read_dir(&examples).expect("examples") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let config = Config::load(Some(&path)).unwrap_or_else(|error| panic!("{error}"));
                config.parts().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                read += 1;
            }
        }
        assert!(read >= 2, "{read}");
    }
}
