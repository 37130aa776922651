//! The `coffret` program.

fn main() {}
