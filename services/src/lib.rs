//! The server of Coffret and its command line: transport, callers, authorization, and one module per gRPC service.

pub mod access;
mod authorization;
pub mod bench;
pub mod caller;
pub mod cli;
pub mod complaint;
pub mod config;
pub mod consent;
mod deadline;
pub mod demo;
mod export;
mod health;
pub mod identity;
pub mod import;
mod invite;
pub mod ledger;
pub mod limit;
pub mod names;
pub mod notice;
#[cfg(any(test, feature = "object-storage"))]
pub mod object_storage;
pub mod once;
pub mod operation;
pub mod record;
mod refusals;
pub mod serve;
pub mod status;
mod stream;
pub mod telemetry;
mod terms;
pub mod tls;
pub mod verify;
pub mod witness;

pub use authorization::PolicyError;
