//! A seeded vault with its server: a folder with database, keys, certificates and configuration, removed when dropped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use coffret_vault::Location;
use coffret_vault::envelope::{Entropy, SystemEntropy};
use tokio::time::Instant;

use super::certificates::Certificates;
use super::seed::{Seeded, Wish, fill};
use super::server::{Server, free_address};
use super::{Database, Failure, Plan};

/// A folder of one run; removed when dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes a folder within another.
    pub(super) fn make(within: &Path) -> Result<Self, Failure> {
        let path = within.join(format!("coffret-bench-{}", random_name()?));
        std::fs::create_dir_all(&path).map_err(|cause| Failure::new(format!("{}: {cause}", path.display())))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in a folder for temporary things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn random_name() -> Result<String, Failure> {
    let mut bytes = [0_u8; 8];
    SystemEntropy.fill(&mut bytes).map_err(|_| Failure::new("the system gives no random bytes"))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}

/// A vault that was filled, and where it is.
pub(super) struct Scene {
    pub(super) certificates: Certificates,
    pub(super) seeded: Seeded,
    /// Accounts made a second while it was filled.
    pub(super) seeding_rate: f64,
    location: Location,
    folder: PathBuf,
    /// The server's database and this run's own on it, to drop at the end.
    postgres: Option<(String, String)>,
}

impl Scene {
    /// Makes and fills a vault; `tokens` customers have a token.
    pub(super) async fn set(database: Database, plan: &Plan, within: &Path, tokens: usize) -> Result<Self, Failure> {
        Self::make(database, plan, within, Wish::of(plan, tokens)).await
    }

    /// Makes a vault and fills it with what is wished for.
    pub(super) async fn make(database: Database, plan: &Plan, within: &Path, wish: Wish) -> Result<Self, Failure> {
        let folder = within.join(database.name());
        let certificates = Certificates::make(&folder.join("certificates"))?;
        let (location, postgres) = match database {
            Database::Sqlite => (Location::Sqlite(folder.join("data").join("vault.db")), None),
            Database::Postgres => {
                let server = plan.postgres.clone().ok_or_else(|| Failure::new("PostgreSQL is wanted, but --postgres names none"))?;
                let name = format!("coffret_bench_{}", random_name()?);
                let url = coffret_vault::testing::create_database(&server, &name).await?;
                (Location::Postgres(url), Some((server, name)))
            }
        };
        let begun = Instant::now();
        let (to, keys) = (location.clone(), folder.join("keys"));
        let (seeded, certificates) =
            tokio::task::spawn_blocking(move || fill(to, &keys, wish, &certificates).map(|seeded| (seeded, certificates)))
                .await
                .map_err(|_| Failure::new("the seeding thread ended"))??;
        let seeding_rate = wish.customers as f64 / begun.elapsed().as_secs_f64();
        Ok(Self { certificates, seeded, seeding_rate, location, folder, postgres })
    }

    /// Starts the real server on it; tells how long it took from its start until it listened.
    pub(super) async fn serve(&self) -> Result<(Server, Duration), Failure> {
        let address = free_address()?;
        let config = self.configure(address)?;
        let arguments = ["serve".to_owned(), "--config".to_owned(), config.display().to_string()];
        let begun = Instant::now();
        let server = Server::start(&arguments, address, &self.folder.join("serve.log")).await?;
        Ok((server, begun.elapsed()))
    }

    /// Starts the real server with its portal, as behind a proxy that speaks TLS; tells where the portal is.
    pub(super) async fn serve_portal(&self) -> Result<(Server, SocketAddr), Failure> {
        let (address, portal) = (free_address()?, free_address()?);
        let config = self.configure_with(address, Some(portal))?;
        let arguments = ["serve".to_owned(), "--config".to_owned(), config.display().to_string()];
        let mut server = Server::start(&arguments, address, &self.folder.join("serve.log")).await?;
        server.await_listener(portal).await?;
        Ok((server, portal))
    }

    /// Writes the server's configuration; gives the file.
    pub(super) fn configure(&self, address: SocketAddr) -> Result<PathBuf, Failure> {
        self.configure_with(address, None)
    }

    fn configure_with(&self, address: SocketAddr, portal: Option<SocketAddr>) -> Result<PathBuf, Failure> {
        let config = self.folder.join("coffret.toml");
        let text = configuration(&self.location, &self.folder, &self.certificates.folder, address, portal)?;
        std::fs::write(&config, text)?;
        Ok(config)
    }

    /// Starts the floor, which answers everybody with the same bytes.
    pub(super) async fn echo(&self, answer: &[u8]) -> Result<Server, Failure> {
        let address = free_address()?;
        let file = self.folder.join("answer.bin");
        std::fs::write(&file, answer)?;
        let arguments = [
            "bench".to_owned(),
            "echo".to_owned(),
            format!("--listen={address}"),
            format!("--certificates={}", self.certificates.folder.display()),
            format!("--answer={}", file.display()),
        ];
        Server::start(&arguments, address, &self.folder.join("echo.log")).await
    }

    /// Drops the database that was made for this run.
    pub(super) async fn strike(self) -> Result<(), Failure> {
        if let Some((server, name)) = &self.postgres {
            coffret_vault::testing::drop_database(server, name).await?;
        }
        Ok(())
    }
}

/// The configuration of a server with mutual TLS and without limits: what is measured is what it can do, not what it lets one caller do.
fn configuration(
    location: &Location,
    folder: &Path,
    certificates: &Path,
    address: SocketAddr,
    portal: Option<SocketAddr>,
) -> Result<String, Failure> {
    let none = serde_json::json!({ "per_second": 0, "at_once": 0 });
    let mut settings = serde_json::json!({
        "listen": address,
        "data": folder.join("data"),
        "tls": {
            "certificate": certificates.join("server.pem"),
            "key": certificates.join("server.key"),
            "client_authorities": [certificates.join("ca.pem")],
        },
        "keys": { "folder": folder.join("keys") },
        "limits": { "brand": none, "customer": none, "staff": none, "address": none },
        "log": { "level": "warn" },
    });
    if let Location::Postgres(url) = location {
        settings["database"] = serde_json::json!({ "url": url });
    }
    if let Some(portal) = portal {
        let origin = format!("http://localhost:{}", portal.port());
        settings["portal"] = serde_json::json!({ "listen": portal, "origin": origin, "behind_proxy": true });
    }
    Ok(toml::to_string(&settings)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_server_can_read_its_configuration() {
        let folder = tempfile::tempdir().expect("a folder");
        let address = SocketAddr::from(([127, 0, 0, 1], 4711));
        let places = [Location::Sqlite(folder.path().join("data/vault.db")), Location::Postgres("postgres://u@localhost/d".to_owned())];
        for location in places {
            let path = folder.path().join("coffret.toml");
            let text =
                configuration(&location, folder.path(), &folder.path().join("certificates"), address, Some(address)).expect("written");
            std::fs::write(&path, text).expect("written");
            let config = Config::load(Some(&path)).expect("reads");
            assert_eq!(config.location().expect("fits"), location);
            assert_eq!(config.parts().expect("fits").limits, crate::limit::Limits::none());
            assert_eq!(config.listen, address);
            assert_eq!(config.portal_parts().expect("fits").map(|portal| portal.listen), Some(address));
        }
    }

    #[test]
    fn a_folder_goes_with_its_run() {
        let within = tempfile::tempdir().expect("a folder");
        let folder = Folder::make(within.path()).expect("made");
        std::fs::write(folder.path().join("left"), "behind").expect("written");
        drop(folder);
        assert_eq!(std::fs::read_dir(within.path()).expect("listed").count(), 0);
    }
}
