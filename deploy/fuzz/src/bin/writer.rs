//! Whatever a log says: the writer takes it, the verifier finds it in order.
#![no_main]

coffret_fuzz::fuzz!(writer);
