//! What this crate promises to the others, through its public interface only.
#![allow(clippy::unwrap_used, reason = "every function here is part of a test")]

mod bundles;
mod checkpoints;
mod damage;
mod golden;
mod known_answers;
mod leaves;
mod log;
mod log_proofs;
mod notes;
mod oracles;
mod paths;
mod proofs;
mod properties;
mod reference;
mod statements;
mod tiles;
mod witnesses;
