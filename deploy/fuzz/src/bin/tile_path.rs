//! Paths of tiles and bundles.
#![no_main]

coffret_fuzz::fuzz!(tile_path);
