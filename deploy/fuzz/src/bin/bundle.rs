//! Entry bundles and leaves.
#![no_main]

coffret_fuzz::fuzz!(bundle);
