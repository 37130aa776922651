//! The steps of `cargo xtask test`, in the order they run: the quick ones first.

use crate::session::Session;
use crate::summary::Tally;
use crate::{browser, cargo, deny, deploy, fuzz, proto, python};

/// One step: its name for --only and --skip, what it checks, and how.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Session) -> Tally,
}

/// A new step is one line here and one function in a module of its own.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "fmt", about: "the code is formatted", run: cargo::fmt },
    Step { name: "deny", about: "licences, dependency fences and sources of .deny.toml hold", run: deny::run },
    Step { name: "proto", about: "buf finds nothing to say about the contract (npm)", run: proto::run },
    Step { name: "clippy", about: "no lint warns, in code or tests", run: cargo::clippy },
    Step { name: "build", about: "every target of the workspace builds", run: cargo::built },
    Step { name: "test", about: "all Rust tests pass, on SQLite and on a private PostgreSQL", run: cargo::test },
    Step { name: "fuzz", about: "each parser holds against a fuzzer for some seconds (libFuzzer, needs a C++ compiler)", run: fuzz::step },
    Step { name: "doc", about: "the documentation builds without a warning", run: cargo::doc },
    Step { name: "python", about: "clients made by another toolchain agree with the server (PyPI)", run: python::run },
    Step { name: "browser", about: "the portal's pages and journeys, in Chromium (npm, apt)", run: browser::run },
    Step { name: "deploy", about: "scripts, unit and compose files are well formed", run: deploy::run },
];
