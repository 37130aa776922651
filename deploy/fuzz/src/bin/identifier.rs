//! E-mail addresses, phone numbers and brands' own ids.
#![no_main]

coffret_fuzz::fuzz!(identifier);
