//! The columns of an export (Parquet).
#![no_main]

coffret_fuzz::fuzz!(columns);
