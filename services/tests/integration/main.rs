//! The server as callers meet it: over TLS, with certificates and tokens.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod access;
mod assertion;
mod audit;
mod authorization;
mod bad_input;
mod chores;
mod consent;
mod crash;
mod demo;
mod deployment;
mod export;
mod flood;
mod handing_over;
mod import;
mod ledger;
mod log;
mod migrate;
mod program;
mod raw;
mod receipts;
mod record;
mod silence;
mod stopping;
mod support;
mod tls;
mod two_servers;
mod verify;
mod web;
mod world;
