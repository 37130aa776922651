//! A whole export, changed in whatever way, under the eyes of the verifier.
#![no_main]

coffret_fuzz::fuzz!(folder);
