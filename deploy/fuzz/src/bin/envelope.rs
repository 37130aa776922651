//! Envelopes, whole and in pieces.
#![no_main]

coffret_fuzz::fuzz!(envelope);
