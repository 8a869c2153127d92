//! The files of an app: what it can open, list and import at a request.
//!
//! A host has no file system, so a component between app and host is one: the `files` guest. It is compiled once, without
//! a file in it. What an app has is written here as one *image*, which becomes initial memory of the guest:
//!
//! ```text
//! paths and contents ─tree─► Tree ─image─► bytes ─check─► (valid) ─guest─► core module ─component─► the part `files`
//!                                                composed component ─read─► paths and sizes
//! ```
//!
//! An engine maps initial memory when it is read, so contents that no request reads cost nothing but their size.

pub mod check;
pub mod component;
mod fit;
pub mod guest;
pub mod image;
pub mod read;
pub mod tree;

pub use check::{ImageError, Kind, Node};
pub use component::{Component, FilesError, component};
pub use fit::{check_host, of_host, shared_by_world};
pub(crate) use fit::{check_shared, provided};
pub use read::FileOf;
pub use tree::{Tree, TreeError};

use serde::{Deserialize, Serialize};

/// The files of one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// What can be read, by path.
    pub tree: Tree,
    /// How many bytes can be written to `/tmp`, at most; 0 if nothing can be written.
    pub max_tmp: u32,
}

/// How much of files a composed component has: what its manifest says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Amount {
    /// How many files there are.
    pub count: usize,
    /// The sum of their sizes, in bytes.
    pub bytes: u64,
    /// How many bytes can be written to `/tmp`, at most.
    pub max_tmp: u32,
}
