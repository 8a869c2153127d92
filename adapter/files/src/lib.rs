//! The files guest: a component between an app and its host that gives the app a file system.
//!
//! The app sees one tree (`tree`). Its read-only part is in an image (`image`), which the composer puts into the memory of
//! this component. `/tmp` is kept in memory (`tmp`, over `names`, `content` and `quota`) up to a limit. Paths are resolved
//! by `path`; `open`, `change` and `file` are what can be done with them. None of this knows WASI, so that it is tested
//! on the machine that builds it.
//!
//! `wasm` exports it as `wasi:filesystem`. An app reads and writes files by streams alone, and no component can make a
//! stream of the host's. So `wasi:io/streams` is exported too, with two kinds of streams: those of files, and those of the
//! host, which are passed on.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic))]

pub mod change;
mod content;
pub mod errors;
pub mod file;
pub mod image;
mod names;
pub mod open;
pub mod path;
mod quota;
pub mod tmp;
pub mod tree;
#[cfg(target_arch = "wasm32")]
mod wasm;
