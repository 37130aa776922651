//! Tiles, and trees and logs on them.
#![no_main]

coffret_fuzz::fuzz!(tile);
