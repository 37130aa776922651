//! The contract under buf's lints, of proto/buf.yaml.

use crate::session::{Session, root};
use crate::summary::Tally;
use crate::{apt, run};

/// The version of `@bufbuild/buf` that the lints were written for.
const BUF: &str = "1.75.0";

pub(crate) fn run(session: &Session) -> Tally {
    Tally::of(lint(session))
}

fn lint(session: &Session) -> Result<(), String> {
    let tools = session.tools("npm");
    let package = tools.join("node_modules/@bufbuild/buf/package.json");
    let installed = std::fs::read_to_string(package).is_ok_and(|text| text.contains(&format!("\"version\": \"{BUF}\"")));
    if !installed {
        if run::find("npm").is_none() {
            apt::install(&["nodejs", "npm"]).map_err(|error| format!("buf needs Node and npm; {error}"))?;
        }
        std::fs::create_dir_all(&tools).map_err(|error| format!("{}: {error}", tools.display()))?;
        let mut npm = run::program("npm");
        npm.args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            "--prefer-offline",
            "--fetch-retries=1",
            "--prefix",
        ])
        .arg(&tools);
        run::check(npm.arg(format!("@bufbuild/buf@{BUF}")).current_dir(&tools))?;
    }
    run::check(run::program(tools.join("node_modules/.bin/buf")).args(["lint", "proto"]).current_dir(root()))
}
