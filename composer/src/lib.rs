//! Reshapes a WIT world by rule, and composes an app with the adapter that the reshaping needs.
//!
//! ```text
//! raw WIT ─read─► RawWorld ─derive─► Plan ─┬─ wit ──► friendly WIT     (the app binds it)
//!                                          ├─ glue ─► Rust             (compiled into the guests)
//!                                          ├─ explain ─► text or JSON
//!                                          ├─ reference ► a page to read
//!                                          └─ python ─┬─► a package           (imported before the app)
//!                                                     └─► type stubs          (also in the component)
//! Plan + a host's WIT ─host_compat─► the Plan on that host, and what is lost
//! guests + Plan ─tailor, encode─► adapter, entry ─┐
//! app ─link─► app of one core module
//! app + Plan ─skeleton, bypass─► app ─────────────┼─compose─► one component ─check, fill─►
//! app's imports ─stub─► stubs ────────────────────┘
//! ```
//!
//! The library is pure: it reads no file, no environment, and starts no process.

pub mod app;
mod awaited;
pub mod bundle;
pub mod bypass;
pub mod check;
mod compact;
pub mod compose;
pub mod core_type;
pub mod decode;
pub mod derive;
pub mod docs;
pub mod encode;
pub mod explain;
pub mod files;
pub mod flame;
pub mod gates;
pub mod glue;
pub mod host_compat;
pub mod init;
pub mod inspect;
pub mod link;
pub mod made_with;
pub mod manifest;
mod markdown;
pub mod metadata;
mod names;
mod nearest;
pub mod observe;
pub mod places;
pub mod plan;
pub mod prose;
pub mod prune;
pub mod python;
pub mod read;
pub mod reference;
pub mod renamed;
pub mod rules;
mod sections;
mod skeleton;
pub mod stub;
pub mod unadapted;
pub mod visible;
pub mod wit;
pub mod without;
pub mod wording;
