//! The stored head of a customer's records.
#![no_main]

coffret_fuzz::fuzz!(head);
