//! Receipts.
#![no_main]

coffret_fuzz::fuzz!(jws);
