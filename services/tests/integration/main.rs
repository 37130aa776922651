//! The server as callers meet it: over TLS, with certificates and tokens.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod access;
mod assertion;
mod authorization;
mod bad_input;
mod consent;
mod deployment;
mod flood;
mod raw;
mod record;
mod stopping;
mod tls;
mod web;
mod world;
