//! What an auditor waits for: the export of a whole log, and its check; each a process of its own, with its time and memory.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use super::machine::{memory, processor_time};
use super::report::{Report, at_least, at_most};
use super::{Database, Failure};

/// How often a running process is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What a process took.
struct Took {
    wall: Duration,
    processor: Duration,
    most_megabytes: f64,
}

/// Exports the log of a configuration whose server does not run, and checks the folder.
pub(super) async fn measure(database: Database, config: &Path, within: &Path, report: &mut Report) -> Result<(), Failure> {
    let name = database.name();
    let folder = within.join(format!("audit-{name}"));
    report.progress(&format!("{name}: the whole log is exported"));
    let mut export = Command::new(std::env::current_exe()?);
    export.args(["export", "ledger", "--reason", "a benchmark", "--config"]).arg(config).arg("--to").arg(&folder);
    let exported = watch(export).await?;
    let size = size_of(&folder)?;
    report.figure(name, "entries of the log", "", &[size], None);
    report.figure(name, "exported", "/s", &[size / exported.wall.as_secs_f64()], at_least(10_000.0));
    report.figure(name, "memory of the export, the most", "MB", &[exported.most_megabytes], at_most(200.0));
    report.figure(name, "exported, for an entry", "bytes", &[super::keep::bytes_in(&folder)? as f64 / size], None);
    report.progress(&format!("{name}: the export is checked"));
    // The one in the folder is refused as a file: whoever made the folder chose it. Here we did.
    let key = std::fs::read_to_string(folder.join("log-key.txt"))?;
    let mut verify = Command::new(std::env::current_exe()?);
    verify.args(["verify", "--key", key.trim()]).arg(&folder);
    let verified = watch(verify).await?;
    report.figure(name, "verified in", "s", &[verified.wall.as_secs_f64()], at_most(10.0));
    report.figure(name, "verified, processor time", "s", &[verified.processor.as_secs_f64()], None);
    report.figure(name, "memory of the check, the most", "MB", &[verified.most_megabytes], None);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// The entries that the folder's checkpoint states: its second line.
fn size_of(folder: &Path) -> Result<f64, Failure> {
    let checkpoint = std::fs::read_to_string(folder.join("checkpoint"))?;
    let size = checkpoint.lines().nth(1).and_then(|line| line.parse().ok());
    size.ok_or_else(|| Failure::new("the export has no sound checkpoint"))
}

/// Runs a program to its end, looking at it all the while.
async fn watch(mut command: Command) -> Result<Took, Failure> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
    let (mut processor, mut most_megabytes) = (Duration::ZERO, 0.0_f64);
    loop {
        // Both only grow, so that what is missed is what came after the last look.
        processor = processor.max(processor_time(child.id()).unwrap_or_default());
        most_megabytes = most_megabytes.max(memory(child.id()).map_or(0.0, |(_, most)| most));
        if let Some(status) = child.try_wait()? {
            let wall = begun.elapsed();
            let done = status.success().then_some(Took { wall, processor, most_megabytes });
            return done.ok_or_else(|| Failure::new(format!("a process of the audit ended with {status}")));
        }
        tokio::time::sleep(LOOK).await;
    }
}
