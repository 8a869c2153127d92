//! A scripted host for any world, from a component's own types.
//!
//! A `host.toml` says which exported functions to call and which raw calls that must cause, what each of those
//! answers, and so on to the end; nothing is written per world. One stage a module:
//!
//! - [`file`] reads `host.toml` to plain data;
//! - [`wave`] reads the values in it, which are WAVE with a few words more: `_` for anything, `request#1` for a
//!   resource, `b"bytes"`, `repeat("x", 65536)` and `file("name")`;
//! - [`world`] walks a component's types and fills a linker with functions that ask the script;
//! - [`value`] makes values of a type, and compares those that come with what was written;
//! - [`print`] writes values as text that stays the same from run to run;
//! - [`handles`] finds the resources of the host in values;
//! - [`names`] knows which handle has which name, [`ledger`] what became of it, and [`memory`] how much there is;
//! - [`play`] finds the answer to a raw call, or says in words why there is none;
//! - [`drive`] calls the exports, and is where a case starts;
//! - [`error`] holds what can be wrong with a script, and what can go otherwise than it says.

pub mod drive;
pub mod error;
pub mod file;
pub mod handles;
pub mod ledger;
pub mod memory;
pub mod names;
pub mod play;
pub mod print;
pub mod value;
pub mod wave;
pub mod world;

pub use drive::{Host, Outcome, Session};
pub use error::{Misfit, ScriptError};
pub use file::Script;
pub use memory::Memory;
