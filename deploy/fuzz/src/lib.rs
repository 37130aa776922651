#![doc = include_str!("../README.md")]

pub mod archive;
pub mod bundle;
pub mod checkpoint;
pub mod columns;
pub mod cosignature;
pub mod envelope;
pub mod export;
pub mod folder;
pub mod handover;
pub mod head;
pub mod identifier;
pub mod input;
pub mod journal;
pub mod jws;
pub mod key;
pub mod log_proof;
pub mod manifest;
pub mod note;
pub mod opening;
pub mod policy;
pub mod proof;
pub mod sealed;
pub mod tile;
pub mod tile_path;
pub mod writer;

use std::panic::{PanicHookInfo, catch_unwind, resume_unwind, set_hook};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

#[cfg(feature = "libfuzzer")]
#[doc(hidden)]
pub use libfuzzer_sys;

/// One parser, or some that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of its module and its fuzzer.
    pub name: &'static str,
    /// Looks at an input, and panics where something does not hold.
    pub check: fn(&[u8]),
    /// Inputs to begin with: the same each time.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($name:ident),* $(,)?) => {
        /// All of them.
        pub const TARGETS: &[Target] = &[$(Target { name: stringify!($name), check: $name::check, seeds: $name::seeds }),*];
    };
}

targets!(
    archive,
    bundle,
    checkpoint,
    columns,
    cosignature,
    envelope,
    folder,
    handover,
    head,
    identifier,
    journal,
    jws,
    key,
    log_proof,
    manifest,
    note,
    opening,
    policy,
    proof,
    sealed,
    tile,
    tile_path,
    writer,
);

/// The fuzzer of a target: all of its program.
#[cfg(feature = "libfuzzer")]
#[macro_export]
macro_rules! fuzz {
    ($name:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(init: $crate::begin($crate::$name::seeds), |bytes: &[u8]| $crate::look($crate::$name::check, bytes));
    };
}

/// What was said of the last panic, on whatever thread.
static SAID: Mutex<String> = Mutex::new(String::new());

/// Writes the seeds into the folder that `COFFRET_FUZZ_SEEDS` names, and lets panics be caught: the verifier catches those of the
/// reader of Parquet, which is not ours.
#[expect(clippy::disallowed_methods, reason = "the arguments of a fuzzer belong to libFuzzer")]
pub fn begin(seeds: fn() -> Vec<Vec<u8>>) {
    set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let trace = std::backtrace::Backtrace::capture();
        *SAID.lock().unwrap_or_else(PoisonError::into_inner) = format!("{panic}\n{trace}");
    }));
    if let Some(folder) = std::env::var_os("COFFRET_FUZZ_SEEDS") {
        for (number, seed) in seeds().into_iter().enumerate() {
            let path = Path::new(&folder).join(format!("seed-{number:03}"));
            std::fs::write(path, seed).expect("the folder of seeds can be written to");
        }
    }
}

/// Looks at one input. libFuzzer ends the process at a panic that comes out of here, and keeps the input.
#[expect(clippy::print_stderr, reason = "a fuzzer speaks there")]
pub fn look(check: fn(&[u8]), bytes: &[u8]) {
    if let Err(panic) = catch_unwind(|| check(bytes)) {
        eprintln!("{}", SAID.lock().unwrap_or_else(PoisonError::into_inner));
        resume_unwind(panic);
    }
}
