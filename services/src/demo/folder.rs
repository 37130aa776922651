//! The demo's folder: data, keys, certificates, tokens, and what the next start has to know.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Failure;

/// What a start leaves for the next. Where it is, the demo's part of the folder is whole.
const STATE: &str = "state.json";
/// Says that a folder is the demo's own, so that `--fresh` deletes nothing else; beside the database, for the case that `demo` is deleted.
const MARK: &str = "DEMO.txt";
const MARK_TEXT: &str = "`coffret demo` made this folder. All data in it is invented, and `coffret demo --fresh` deletes it:\n\
    vault.db, keys and demo go together; without one of them the others are of no use.\n";

/// Where everything of the demo is.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

/// What a start leaves for the next.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// Names the first start; requests are repeatable under it until seeding is done.
    pub(super) seed: String,
    /// Whether houses and clients are complete.
    pub(super) seeded: bool,
    /// Stories begun so far.
    pub(super) stories: usize,
    /// `brands/{brand}` by the house's key.
    pub(super) brands: BTreeMap<String, String>,
    /// `customers/{customer}`, in the clients' order.
    pub(super) clients: Vec<String>,
}

impl Folder {
    /// Makes the folder where it is missing; `fresh` removes what an earlier demo left in it.
    pub(super) fn open(path: &Path, fresh: bool) -> Result<Self, Failure> {
        let folder = Self(path.to_owned());
        if fresh {
            folder.clear()?;
        }
        folder.refuse_remains()?;
        make_private(&folder.demo())?;
        make_private(&folder.pki())?;
        if folder.state()?.is_none() {
            folder.keep(&State::default())?;
        }
        if !folder.mark().is_file() {
            write_private(&folder.mark(), MARK_TEXT.as_bytes())?;
        }
        // An absolute path is what a reader can paste anywhere.
        let absolute = path.canonicalize().map_err(|cause| Failure::file(path, &cause))?;
        Ok(Self(absolute))
    }

    /// A database without what the demo knows of it: somebody deleted that, or the database is no demo's. Nothing is made beside it.
    fn refuse_remains(&self) -> Result<(), Failure> {
        if !self.database().exists() || self.demo().join(STATE).is_file() {
            return Ok(());
        }
        let (path, database) = (self.0.display(), self.database().display().to_string());
        Err(Failure::new(if self.mark().is_file() {
            let demo = self.demo().display().to_string();
            format!(
                "{demo} is gone, and with it the certificates, the tokens and what the demo knew of its data. {database} and the keys are \
                 still there, and nothing was changed. Put {demo} back, start over with --fresh, which deletes all of it, or name another \
                 folder with --data."
            )
        } else {
            format!("{path} holds a vault that this demo did not make ({database}). Nothing was changed; name another folder with --data.")
        }))
    }

    /// Removes what the demo makes, and nothing else.
    fn clear(&self) -> Result<(), Failure> {
        let Ok(mut entries) = self.0.read_dir() else { return Ok(()) };
        if entries.next().is_none() {
            return Ok(());
        }
        if !self.demo().join(STATE).is_file() && !self.mark().is_file() {
            let path = self.0.display();
            return Err(Failure::new(format!(
                "{path} holds something that this demo did not make. Nothing was deleted; name another folder with --data."
            )));
        }
        if std::fs::File::open(self.0.join("vault.lock"))
            .is_ok_and(|lock| matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
        {
            let path = self.0.display();
            return Err(Failure::new(format!("Another Coffret process uses {path}. Nothing was deleted; stop it first.")));
        }
        // The mark goes last: a start that is broken off here can be repeated.
        for name in ["vault.db", "vault.db-wal", "vault.db-shm", "vault.db-journal", "vault.lock"] {
            remove(&self.0.join(name), |path| std::fs::remove_file(path))?;
        }
        remove(&self.0.join("audit"), |path| std::fs::remove_dir_all(path))?;
        remove(&self.keys(), |path| std::fs::remove_dir_all(path))?;
        remove(&self.demo(), |path| std::fs::remove_dir_all(path))?;
        remove(&self.mark(), |path| std::fs::remove_file(path))
    }

    fn mark(&self) -> PathBuf {
        self.0.join(MARK)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The embedded database.
    pub(super) fn database(&self) -> PathBuf {
        self.0.join("vault.db")
    }

    /// The root key.
    pub(super) fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    fn demo(&self) -> PathBuf {
        self.0.join("demo")
    }

    /// The published transparency log.
    pub(super) fn log(&self) -> PathBuf {
        self.demo().join("log")
    }

    /// Certificates and their keys.
    pub(super) fn pki(&self) -> PathBuf {
        self.demo().join("pki")
    }

    /// Where a token is kept.
    pub(super) fn token(&self, whose: &str) -> PathBuf {
        self.demo().join(format!("{whose}.token"))
    }

    /// Where the token of `customers/{customer}` is kept for further starts.
    pub(super) fn client_token(&self, customer: &str) -> PathBuf {
        self.token(customer.rsplit('/').next().unwrap_or(customer))
    }

    /// What the last start left; nothing before the first.
    pub(super) fn state(&self) -> Result<Option<State>, Failure> {
        let path = self.demo().join(STATE);
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|_| Failure::new(format!("{} is damaged. Start over with --fresh.", path.display()))),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(Failure::file(&path, &cause)),
        }
    }

    /// Keeps the state; an old one is replaced whole or not at all.
    pub(super) fn keep(&self, state: &State) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(state).map_err(|_| Failure::new("The demo's state cannot be written."))?;
        let (path, draft) = (self.demo().join(STATE), self.demo().join("state.new"));
        write_private(&draft, &text)?;
        std::fs::rename(&draft, &path).map_err(|cause| Failure::file(&path, &cause))
    }
}

fn remove(path: &Path, how: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), Failure> {
    match how(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(Failure::file(path, &cause)),
        _ => Ok(()),
    }
}

/// Makes a folder that only its owner can enter.
fn make_private(path: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|cause| Failure::file(path, &cause))
}

/// Writes a file that only its owner can read (0600).
pub(super) fn write_private(path: &Path, content: &[u8]) -> Result<(), Failure> {
    // One that was there keeps its mode, so it goes first.
    remove(path, |path| std::fs::remove_file(path))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()));
    written.map_err(|cause| Failure::file(path, &cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_removes_what_the_demo_made_and_nothing_else() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path(), false).expect("opens");
        folder.keep(&State { stories: 3, ..State::default() }).expect("kept");
        std::fs::write(folder.database(), "rows").expect("written");
        std::fs::write(place.path().join("letter.txt"), "mine").expect("written");
        assert_eq!(folder.state().expect("read").expect("there").stories, 3);
        let folder = Folder::open(place.path(), true).expect("opens");
        assert_eq!(folder.state().expect("read").expect("begun").stories, 0);
        assert!(!folder.database().exists());
        assert!(place.path().join("letter.txt").exists());
    }

    #[test]
    fn a_database_whose_demo_folder_is_gone_is_left_alone_until_it_is_to_go_too() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path(), false).expect("opens");
        std::fs::write(folder.database(), "rows").expect("written");
        Folder::open(place.path(), false).expect("a further start");
        std::fs::remove_dir_all(folder.demo()).expect("removed");
        let told = Folder::open(place.path(), false).expect_err("refused").to_string();
        assert!(told.contains("is gone") && told.contains("--fresh") && told.contains("nothing was changed"), "{told}");
        assert!(!folder.demo().exists(), "nothing is made, so that it can be put back");
        assert_eq!(std::fs::read(folder.database()).expect("there"), b"rows");
        Folder::open(place.path(), true).expect("starts over");
        assert!(!folder.database().exists());
    }

    #[test]
    fn a_vault_that_is_no_demos_is_refused_whether_or_not_it_is_to_be_fresh() {
        let place = tempfile::tempdir().expect("a folder");
        std::fs::write(place.path().join("vault.db"), "a real vault").expect("written");
        for fresh in [false, true] {
            let told = Folder::open(place.path(), fresh).expect_err("refused").to_string();
            assert!(told.contains("did not make") && !told.contains("--fresh"), "{told}");
        }
        assert_eq!(place.path().read_dir().expect("a folder").count(), 1, "nothing was made or deleted");
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(&place.path().join("new"), false).expect("opens");
        let path = folder.token("operator");
        std::fs::write(&path, "old").expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("set");
        write_private(&path, b"secret").expect("written");
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(folder.pki()).expect("there").permissions().mode() & 0o777, 0o700);
    }
}
