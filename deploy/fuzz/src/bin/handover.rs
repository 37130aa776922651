//! What a log signs of a handover.
#![no_main]

coffret_fuzz::fuzz!(handover);
