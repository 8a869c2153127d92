//! Other people's packages and reports, tried as a user would: an app of a few lines is built, served and asked.
//!
//! ```text
//! packages.toml ─packages─► subjects ─app─► sources ─build─► component ─serve, ask─► row ─table─► packages.txt
//! scenes.toml ──reports───► subjects ─app─► sources ─build─► one component ─serve, ask─► the right value, or not
//! ```
//!
//! [`subject`] is what an app is made of, [`trial`] builds, serves and asks it, [`table`] keeps what came of it, and
//! [`trials`] makes tests of the packages.

pub mod app;
pub mod error;
pub mod packages;
pub mod reports;
pub mod subject;
pub mod table;
pub mod trial;
pub mod trials;

pub use error::CorpusError;
pub use packages::{Corpus, TOLD, Version};
