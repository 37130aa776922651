//! Inclusion and consistency proofs.
#![no_main]

coffret_fuzz::fuzz!(proof);
