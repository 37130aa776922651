//! What the steps of one run share: folders, the private PostgreSQL, the built program, the list of skipped tests.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::postgres::Postgres;
use crate::{cargo, run};

/// One run. PostgreSQL starts and the program is built when first asked for.
pub(crate) struct Session {
    /// Long tests and whole matrices too.
    pub(crate) full: bool,
    target: PathBuf,
    postgres: OnceCell<Result<Postgres, String>>,
    built: OnceCell<Result<(), String>>,
}

impl Session {
    pub(crate) fn new(full: bool) -> Result<Self, String> {
        Ok(Self { full, target: target()?, postgres: OnceCell::new(), built: OnceCell::new() })
    }

    /// Where this tool's programs lie: `target/tools/<name>`.
    pub(crate) fn tools(&self, name: &str) -> PathBuf {
        self.target.join("tools").join(name)
    }

    /// Where the fuzzers are built, and what they find is kept: `target/fuzz`.
    pub(crate) fn fuzz(&self) -> PathBuf {
        self.target.join("fuzz")
    }

    /// The file that tests append their skips to.
    pub(crate) fn skip_file(&self) -> PathBuf {
        self.target.join("skipped-tests.txt")
    }

    /// The URL of a PostgreSQL that tests may fill with databases of their own.
    pub(crate) fn postgres(&self) -> Result<&str, String> {
        match self.postgres.get_or_init(|| Postgres::given_or_started("COFFRET_TEST_POSTGRES")) {
            Ok(server) => Ok(server.url()),
            Err(reason) => Err(reason.clone()),
        }
    }

    /// Every target of the workspace, built once with the features that the tests use.
    pub(crate) fn built(&self) -> Result<(), String> {
        self.built.get_or_init(cargo::build).clone()
    }

    /// The program under test.
    pub(crate) fn binary(&self) -> Result<PathBuf, String> {
        self.built()?;
        let binary = self.target.join("debug").join("coffret");
        if binary.is_file() { Ok(binary) } else { Err("the build made no program named coffret".into()) }
    }

    /// A program among the examples.
    pub(crate) fn example(&self, name: &str) -> Result<PathBuf, String> {
        self.built()?;
        let program = self.target.join("debug/examples").join(name);
        if program.is_file() { Ok(program) } else { Err(format!("the build made no example named {name}")) }
    }

    /// Tells a command, and every test below it, about this run.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env("COFFRET_SKIPPED", self.skip_file());
        match self.postgres() {
            Ok(url) => command.env("COFFRET_TEST_POSTGRES", url),
            Err(_) => command.env_remove("COFFRET_TEST_POSTGRES"),
        };
        if self.full {
            command.env("COFFRET_TEST_FULL", "1");
        } else {
            command.env_remove("COFFRET_TEST_FULL");
        }
    }
}

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("this crate lies two folders below the root")
}

/// Removes what the tests installed.
pub(crate) fn clean_tools() -> Result<ExitCode, String> {
    let tools = target()?.join("tools");
    match std::fs::remove_dir_all(&tools) {
        Ok(()) => println!("removed {}", tools.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => println!("nothing to remove"),
        Err(error) => return Err(format!("{}: {error}", tools.display())),
    }
    Ok(ExitCode::SUCCESS)
}

/// Where cargo builds.
fn target() -> Result<PathBuf, String> {
    let text = run::capture(cargo::cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    metadata["target_directory"].as_str().map(PathBuf::from).ok_or_else(|| "cargo metadata names no target directory".into())
}
