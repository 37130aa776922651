//! Files of proofs (`.tlog-proof`).
#![no_main]

coffret_fuzz::fuzz!(log_proof);
