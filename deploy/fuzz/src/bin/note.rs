//! Signed notes.
#![no_main]

coffret_fuzz::fuzz!(note);
