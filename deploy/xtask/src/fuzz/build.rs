//! The build of the fuzzers.

use std::path::PathBuf;

use crate::cargo::cargo;
use crate::session::Session;
use crate::{apt, run};

/// The profile of the workspace that they are built in.
const PROFILE: &str = "fuzz";

/// Edges are counted, with their places in the program; comparisons tell what they compare.
const FLAGS: [&str; 7] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    // Functions that no target reaches go, and their counters with them.
    "-Clink-arg=-Wl,--gc-sections",
];

/// A C++ compiler, installed by root where there is none.
pub(super) fn compiler() -> Result<(), String> {
    let here = || run::variable("CXX").is_some() || run::find("c++").is_some();
    if !here() {
        apt::install(&["g++"]).map_err(|error| format!("libFuzzer is made of C++; {error}"))?;
    }
    if here() { Ok(()) } else { Err("g++ was installed, and c++ is not in PATH".into()) }
}

/// Builds all fuzzers; the folder in which they lie.
pub(super) fn programs(session: &Session) -> Result<PathBuf, String> {
    compiler()?;
    let target = host()?;
    let mut build = cargo();
    build.args(["build", "--package", "coffret-fuzz", "--features", "libfuzzer", "--bins", "--profile", PROFILE]);
    // With a target of its own, what runs while it builds is left as it is: it has no fuzzer to tell of its edges.
    build.args(["--target", &target, "--target-dir"]).arg(session.fuzz());
    build.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    println!("building the fuzzers into {}", session.fuzz().display());
    run::check(&mut build)?;
    Ok(session.fuzz().join(target).join(PROFILE))
}

/// The machine that we are on, as rustc calls it.
fn host() -> Result<String, String> {
    let rustc = run::variable("RUSTC").unwrap_or_else(|| "rustc".into());
    let text = run::capture(run::program(rustc).arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc -vV names no host".into())
}
