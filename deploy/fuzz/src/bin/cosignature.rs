//! What witnesses answer.
#![no_main]

coffret_fuzz::fuzz!(cosignature);
