//! Files that are encrypted to an auditor, and the auditor's keys.
#![no_main]

coffret_fuzz::fuzz!(sealed);
