//! The adapter: imports the raw world, exports the friendly one.
//!
//! All of it but the runtime is generated for the world at hand; `composer guests` writes the glue
//! and compiles this with it.

#![allow(
    missing_docs,
    unused_qualifications,
    clippy::wildcard_enum_match_arm,
    reason = "this is how generated glue reads"
)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

include!(concat!(env!("COMPOSER_GLUE"), "/adapter.rs"));
