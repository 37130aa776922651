//! Checkpoints: their text, and who has signed it.
#![no_main]

coffret_fuzz::fuzz!(checkpoint);
