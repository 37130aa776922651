//! The files of deploy/ and .ci: each is read by the program it is written for, where that program is here.

use crate::run;
use crate::session::{Session, root};
use crate::summary::Tally;

pub(crate) fn run(_: &Session) -> Tally {
    let mut tally = Tally::default();
    tally.add(run::check(run::program("bash").args(["-n", ".ci/run"]).current_dir(root())));
    if run::find("systemd-analyze").is_some() {
        tally.add(unit());
    } else {
        tally.skipped.push("coffret.service: systemd-analyze is not here".into());
    }
    let compose = |arguments: &[&str]| run::capture(run::program("docker").arg("compose").args(arguments).current_dir(root()));
    if compose(&["version"]).is_ok() {
        tally.add(compose(&["--file", "deploy/compose.yaml", "config", "--quiet"]).map(drop));
    } else {
        tally.skipped.push("compose.yaml: docker compose is not here".into());
    }
    tally
}

/// systemd reports the program as missing on a machine where it is not installed; every other line is a fault.
fn unit() -> Result<(), String> {
    let output = run::program("systemd-analyze").args(["verify", "--man=no", "deploy/coffret.service"]).current_dir(root()).output();
    let output = output.map_err(|error| format!("systemd-analyze did not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let faults: Vec<&str> = text.lines().filter(|line| line.contains("coffret") && !line.contains("is not executable")).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}
