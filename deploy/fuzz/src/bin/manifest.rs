//! The manifest of an export.
#![no_main]

coffret_fuzz::fuzz!(manifest);
