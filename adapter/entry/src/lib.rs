//! The entry: what the host calls with raw resources, and what calls the app with friendly ones.
//!
//! A component cannot import what the app exports and also be imported by it, so the adapter cannot
//! do this itself.

#![allow(
    missing_docs,
    unused_qualifications,
    clippy::wildcard_enum_match_arm,
    reason = "this is how generated glue reads"
)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

include!(concat!(env!("COMPOSER_GLUE"), "/entry.rs"));
