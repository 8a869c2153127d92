//! Under which names the modules of the bypass import what they are given, and how they read memory.

use wasm_encoder::{MemArg, MemArgTarget};

/// The instance that has the app's memory, and what makes room in it for lists.
pub(super) const APP: &str = "app";
/// The app's memory.
pub(super) const MEMORY: &str = "memory";
/// What makes room in it.
pub(super) const REALLOC: &str = "realloc";
/// The instance that keeps room for answers.
pub(super) const SCRATCH: &str = "scratch";
/// The instance that has the lowered functions, by their place in the list of imports.
pub(super) const LOWERED: &str = "lowered";
/// The instance that gathers what is read to its end.
pub(super) const STAGING: &str = "staging";
/// The instance that has the functions which answer there, by their place in the list of them.
pub(super) const STAGED: &str = "staged";
/// The instance that has what the app called before, by its place in the list of trampolines.
pub(super) const ORIGINAL: &str = "original";
/// The instance that has the table.
pub(super) const TABLE: &str = "table";

/// Memory at an offset.
pub(super) fn at(offset: u64) -> MemArg {
    MemArg { offset, align: 0, target: MemArgTarget::default(), ordering: None }
}
