//! Lines of openings, their details, and the events and rows made of them.
#![no_main]

coffret_fuzz::fuzz!(opening);
