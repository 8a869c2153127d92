//! What composed components and the guests are made of: imports, exports, sizes, metadata.
//!
//! Nothing is served here. The guests are those of the folder in `COMPOSER_GUESTS`.

#[path = "components/apps.rs"]
mod apps;
#[path = "components/guests.rs"]
mod guests;
#[path = "components/host_compat.rs"]
mod host_compat;
#[path = "components/reading.rs"]
mod reading;
