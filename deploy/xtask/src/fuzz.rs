//! `cargo xtask fuzz`: the fuzz targets of deploy/fuzz under libFuzzer, on the stable compiler.
//!
//! rustc has all that a coverage-guided fuzzer needs: LLVM's pass that counts edges and tells of comparisons. What cargo-fuzz switches
//! on with `--sanitizer none` is switched on here, for a build with a folder of its own.

mod build;
mod report;

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;

use crate::run;
use crate::session::{Session, root};
use crate::summary::Tally;
use report::{Outcome, Report};

/// Seconds for each target in `cargo xtask test`, and with --full.
const SECONDS: [u64; 2] = [4, 60];
/// The limits of each input, of which the last two are what a parser must keep: bytes, MiB of memory, seconds.
const LIMITS: [&str; 3] = ["-max_len=65536", "-rss_limit_mb=512", "-timeout=10"];

/// Which targets run, and for how long.
#[derive(Args)]
#[command(after_long_help = TEACHING)]
pub(crate) struct Options {
    /// Targets by name; all of them when none is named
    targets: Vec<String>,
    /// How long each target runs, in seconds
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Where inputs are kept that lead further, a folder for each target [default: fuzz/corpus in the target folder]
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// How many targets run at once [default: one for each processor]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Run these inputs alone through the one target that is named, instead of looking for new ones
    #[arg(long, value_name = "FILE", num_args = 1..)]
    again: Vec<PathBuf>,
    /// List the targets and run none
    #[arg(long)]
    list: bool,
}

const TEACHING: &str = "\
A target looks at any bytes and panics where something does not hold (deploy/fuzz/README.md). The fuzzer changes
inputs, keeps those that lead to new places in the code, and goes on from these: what it has learnt stays in the
corpus from run to run. It begins with seeds made of the crates' own samples, with deploy/fuzz/seeds, and with what
../shared/conformance has of the kind, if that is there.

A finding is a panic, an overflow, more than 512 MiB of memory, or 10 seconds for one input. The input is kept, its
path and how to run it again are printed, and the exit code is 1. When it is mended, the input goes to
deploy/fuzz/seeds/<target>/, where `cargo test` runs it from then on.

Examples:
  cargo xtask fuzz                                  every target for a minute
  cargo xtask fuzz note folder --seconds 3600       two targets for an hour
  cargo xtask fuzz folder --again target/fuzz/found/folder/crash-1f0c
  nice cargo xtask fuzz --seconds 600 --jobs 1      beside other work

Needs a C++ compiler, for libFuzzer itself. Builds into target/fuzz.";

/// A target that was built.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// What it is for, from the first line of its source.
    pub(crate) about: String,
}

/// All targets, by name: each is a program in deploy/fuzz.
pub(crate) fn targets() -> Result<Vec<Target>, String> {
    let folder = root().join("deploy/fuzz/src/bin");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let text = std::fs::read_to_string(&path).map_err(failed)?;
        let about = text.lines().next().unwrap_or_default().trim_start_matches("//!").trim().to_owned();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        targets.push(Target { name, about });
    }
    targets.sort_by(|one, other| one.name.cmp(&other.name));
    if targets.is_empty() { Err(format!("{}: there is no target", folder.display())) } else { Ok(targets) }
}

/// `cargo xtask fuzz`.
pub(crate) fn command(options: &Options) -> Result<ExitCode, String> {
    let mut targets = targets()?;
    if let Some(unknown) = options.targets.iter().find(|name| targets.iter().all(|target| target.name != **name)) {
        return Err(format!("there is no target named {unknown}; --list names them"));
    }
    targets.retain(|target| options.targets.is_empty() || options.targets.contains(&target.name));
    if options.list {
        for target in targets {
            println!("{:<12} {}", target.name, target.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let here = |path: &PathBuf| std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()));
    let corpus = options.corpus.as_ref().map(here).transpose()?;
    let session = Session::new(false)?;
    let programs = build::programs(&session)?;
    if !options.again.is_empty() {
        let [target] = targets.as_slice() else { return Err("--again needs the name of one target".into()) };
        let inputs = options.again.iter().map(here).collect::<Result<Vec<_>, _>>()?;
        return run::check(run::program(programs.join(&target.name)).args(LIMITS).args(inputs)).map(|()| ExitCode::SUCCESS);
    }
    let place = Place { programs, root: session.fuzz(), corpus };
    let tally = fuzz(&place, &targets, options.seconds, options.jobs);
    println!("\n{} targets held, {} did not", tally.passed, tally.failed.len());
    tally.failed.iter().for_each(|reason| println!("failed: {reason}"));
    Ok(if tally.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The step `fuzz`: each target is one test.
pub(crate) fn step(session: &Session) -> Tally {
    let ready = targets().and_then(|targets| Ok((targets, build::compiler()?)));
    let targets = match ready {
        Ok((targets, ())) => targets,
        Err(reason) => return Tally::skip(format!("all targets: {reason}")),
    };
    match build::programs(session) {
        Ok(programs) => fuzz(&Place { programs, root: session.fuzz(), corpus: None }, &targets, SECONDS[usize::from(session.full)], None),
        Err(error) => Tally::of(Err(error)),
    }
}

/// Where things lie.
struct Place {
    programs: PathBuf,
    /// The folder of this command.
    root: PathBuf,
    /// Where inputs are kept, if somebody said so.
    corpus: Option<PathBuf>,
}

/// Runs targets side by side. Each is told when it begins, now and then, and when it ends.
fn fuzz(place: &Place, targets: &[Target], seconds: u64, jobs: Option<usize>) -> Tally {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = jobs.unwrap_or(processors).clamp(1, targets.len());
    let corpus = place.corpus.clone().unwrap_or_else(|| place.root.join("corpus"));
    println!("{} targets, {seconds} s each, {jobs} at once; inputs that lead further are kept in {}", targets.len(), corpus.display());
    let waiting = Mutex::new(targets.iter().collect::<VecDeque<_>>());
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let Some(target) = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front() else { return };
                    let outcome = one(place, target, seconds);
                    tally.lock().unwrap_or_else(PoisonError::into_inner).add(outcome);
                }
            });
        }
    });
    tally.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One target. Err: what was found, and how to see it again.
#[expect(clippy::disallowed_methods, reason = "progress is told to the person who waits for it")]
fn one(place: &Place, target: &Target, seconds: u64) -> Result<(), String> {
    let name = &target.name;
    let folder = |part: &str| made(&place.root.join(part).join(name));
    let corpus = match &place.corpus {
        Some(corpus) => made(&corpus.join(name))?,
        None => folder("corpus")?,
    };
    let (seeds, found) = (folder("seeds")?, folder("found")?);
    let log = place.root.join("logs").join(format!("{name}.log"));
    made(&place.root.join("logs"))?;
    let mut command = run::program(place.programs.join(name));
    command.arg(&corpus).arg(&seeds).args(given(name)).args(LIMITS).args(["-print_final_stats=1", "-reload=0"]);
    command.arg(format!("-max_total_time={seconds}")).arg(with("-artifact_prefix=", &found));
    command.env("COFFRET_FUZZ_SEEDS", &seeds).current_dir(&place.root).stdout(Stdio::null()).stderr(Stdio::piped());
    println!("{name:<12} begins: {}", target.about);
    let failed = |error: std::io::Error| format!("{name}: {error}");
    let mut child = command.spawn().map_err(failed)?;
    let mut log = std::fs::File::create(log).map_err(failed)?;
    let (mut report, mut told) = (Report::default(), Instant::now());
    for line in BufReader::new(child.stderr.take().expect("standard error was piped above")).split(b'\n') {
        let line = line.map_err(failed)?;
        log.write_all(&line).and_then(|()| log.write_all(b"\n")).map_err(failed)?;
        report.read(&String::from_utf8_lossy(&line));
        if told.elapsed() >= Duration::from_secs(15) {
            told = Instant::now();
            println!("{name:<12} {}", report.progress());
        }
    }
    let status = child.wait().map_err(failed)?;
    let Outcome { told, finding } = report.close(status.success());
    println!("{name:<12} {told}");
    let Some(finding) = finding else { return Ok(()) };
    let again = finding.input.map_or_else(String::new, |input| format!("; to see it again: cargo xtask fuzz {name} --again {input}"));
    println!("{name:<12} FAILED: {}{again}", finding.what);
    Err(format!("{name}: {}{again}", finding.what))
}

/// Seeds that others give: what fuzzing has left in the repository, and data beside it.
fn given(target: &str) -> Vec<PathBuf> {
    let kept = root().join("deploy/fuzz/seeds").join(target);
    let shared = run::variable("COFFRET_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from).join("conformance/tlog");
    let theirs = match target {
        "note" | "checkpoint" => Some(shared.join("log")),
        "tile" | "bundle" => Some(shared.join("log/tile")),
        "proof" => Some(shared.join("inclusion")),
        _ => None,
    };
    [Some(kept), theirs].into_iter().flatten().filter(|folder| folder.is_dir()).collect()
}

fn made(folder: &Path) -> Result<PathBuf, String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder.to_owned())
}

/// An argument that ends in a folder.
fn with(argument: &str, folder: &Path) -> OsString {
    let mut whole = OsString::from(argument);
    whole.push(folder);
    whole.push("/");
    whole
}
