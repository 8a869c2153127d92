//! The hand-written part of the guests: what does not vary from world to world.
//!
//! Generated glue calls this. Nothing here knows WIT or a host, so all of it is tested on the
//! machine that builds it. Nothing here panics: in a guest a panic is a trap without a message.

#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addresses;
pub mod buffers;
pub mod chunks;
pub mod cursors;
pub mod durations;
pub mod errors;
pub mod handles;
pub mod held;
pub mod joined;
pub mod lists;
pub mod packed;
pub mod pairs;
pub mod pieces;
pub mod text;
