//! `coffret migrate` as a process: the schema is the database's affair, the root key is not needed for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::program::{Postgres, skip};

/// A data folder, in SQLite or with a configuration that names this PostgreSQL.
struct Place {
    folder: tempfile::TempDir,
    postgres: bool,
}

impl Place {
    fn new(url: Option<&str>) -> Self {
        let place = Self { folder: tempfile::tempdir().expect("a folder"), postgres: url.is_some() };
        if let Some(url) = url {
            let text = format!("data = \"{}\"\n[database]\nurl = {url:?}\n", place.data().display());
            std::fs::write(place.config(), text).expect("written");
        }
        place
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn keys(&self) -> PathBuf {
        self.data().join("keys")
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("coffret.toml")
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
        command.args(words);
        if self.postgres {
            command.arg("--config").arg(self.config());
        } else {
            command.arg("--data").arg(self.data());
        }
        command.output().expect("runs")
    }

    fn migrate(&self) {
        let told = self.run(&["migrate"]);
        assert!(told.status.success(), "{told:?}");
        let database = if self.postgres { "postgresql" } else { "sqlite" };
        let text = String::from_utf8_lossy(&told.stdout);
        assert_eq!(text.trim_end(), format!("The schema of this {database} database is up to date."));
    }

    /// Whether the vault opens, which it does only with its key.
    fn opens(&self) -> bool {
        let told = self.run(&["token", "--subject", "operators/jane"]);
        assert_eq!(told.status.success(), told.stdout.starts_with(b"cft_"), "{told:?}");
        told.status.success()
    }

    /// Migrates what a vault has used before, while its key is somewhere else.
    fn migrate_without_the_key(&self) {
        assert!(self.opens());
        let elsewhere = self.folder.path().join("elsewhere");
        std::fs::rename(self.keys(), &elsewhere).expect("moved");
        self.migrate();
        assert!(!holds_a_key(&self.keys()), "no key is made beside data that another one sealed");
        assert!(!self.opens(), "everything else needs the key");
        if self.keys().exists() {
            std::fs::remove_dir_all(self.keys()).expect("removed");
        }
        std::fs::rename(elsewhere, self.keys()).expect("moved back");
        assert!(self.opens());
    }
}

fn holds_a_key(folder: &Path) -> bool {
    folder.read_dir().is_ok_and(|mut entries| entries.next().is_some())
}

#[test]
fn an_embedded_database_is_migrated_without_its_key_and_a_new_one_gets_its_first() {
    let place = Place::new(None);
    place.migrate();
    assert!(holds_a_key(&place.keys()));
    place.migrate_without_the_key();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_is_made_and_migrated_before_there_is_any_key() {
    let Some(database) = Postgres::make().await else { return skip("no PostgreSQL is named") };
    let place = Place::new(Some(&database.url));
    place.migrate();
    assert!(!holds_a_key(&place.keys()));
    assert!(place.run(&["keys", "create"]).status.success());
    place.migrate_without_the_key();
    database.drop().await;
}
