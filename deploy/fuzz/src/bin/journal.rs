//! The journal of an unfinished export.
#![no_main]

coffret_fuzz::fuzz!(journal);
