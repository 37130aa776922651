//! An export in one file: unpacked into its folder and nowhere else, and packed again.
#![no_main]

coffret_fuzz::fuzz!(archive);
