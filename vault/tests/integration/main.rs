//! What this crate promises to the others, through its public interface only, on each database.
#![allow(clippy::unwrap_used, reason = "every function here is part of a test")]
#![allow(clippy::large_futures, reason = "a test is one long future, and there is one of it")]

mod asking;
mod authenticator;
mod chores;
mod credential;
mod databases;
mod erasing;
mod exporting;
mod journal;
mod log;
mod opening;
mod operation;
mod passkey;
mod reading;
mod receipts;
mod stage;
mod stalls;
mod step_up;
mod stopping;
mod tampering;
mod two_servers;
