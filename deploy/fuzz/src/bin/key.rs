//! Keys as texts.
#![no_main]

coffret_fuzz::fuzz!(key);
