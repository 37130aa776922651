//! The configuration: one TOML file, with a few flags above it. Secrets are never in it, only the paths of their files.

mod audit;
mod ledger;
mod portal;

use std::fmt::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use coffret_vault::clock::SystemClock;
use coffret_vault::envelope::{Guarded, SystemEntropy};
use coffret_vault::error::Result as VaultResult;
use coffret_vault::keys::file::FileRoot;
use coffret_vault::{Location, Settings, Vault};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::limit::Limits;
use crate::serve::Parts;
use crate::telemetry::Log;
use crate::tls::Tls;

pub use audit::Audit;
pub use ledger::{Bucket, Ledger, WitnessEntry};
pub use portal::Portal;

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
    /// Pages for auditors; none when absent.
    pub audit: Option<Audit>,
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
            audit: None,
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
            step_up: self.portal.as_ref().map(|portal| portal.step_up).unwrap_or_default(),
            ..Parts::default()
        })
    }

    /// The folder of root keys.
    pub fn keys_folder(&self) -> PathBuf {
        self.keys.folder.clone().unwrap_or_else(|| self.data.join("keys"))
    }

    /// Where the data is.
    pub fn location(&self) -> Result<Location, ConfigError> {
        self.database.as_ref().map_or_else(|| Ok(Location::Sqlite(self.data.join("vault.db"))), Database::location)
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
pub(crate) mod tests {
    use super::*;

    pub(super) fn write(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("coffret.toml");
        std::fs::write(&path, text).expect("written");
        (folder, path)
    }

    pub(super) fn refused(text: &str) -> String {
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
