//! `[ledger]`: how the transparency log is kept, where it is published, and who is asked to cosign it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use coffret_vault::log;
use coffret_vault::tlog::Policy;
use serde::Deserialize;

use super::{Config, ConfigError};
use crate::serve::LogParts;
use crate::witness::HttpWitness;

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
            (Some(id), Some(file)) => builder = builder.with_access_key_id(id).with_secret_access_key(super::read_line(file)?.as_str()),
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

impl Config {
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
}

#[cfg(test)]
mod tests {
    use super::super::tests::{refused, write};
    use super::*;

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
}
