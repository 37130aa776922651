//! Witness policies.
#![no_main]

coffret_fuzz::fuzz!(policy);
