//! The gRPC contract of Coffret: messages, clients and servers generated from `coffret/v1/*.proto`,
//! and the descriptors with each method's permission.

/// Package `coffret.v1`.
#[allow(missing_docs, clippy::all, clippy::pedantic, rustdoc::all)]
pub mod v1 {
    tonic::include_proto!("coffret.v1");
}

pub mod permission;

/// The encoded `FileDescriptorSet` of the contract, method options included.
pub const DESCRIPTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/coffret_descriptor.bin"));
