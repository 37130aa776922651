//! The server of Coffret and its command line: transport, callers, authorization, and one module per gRPC service.

pub mod caller;
pub mod names;
pub mod once;
pub mod status;
