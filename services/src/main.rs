//! coffret
fn main(){}
