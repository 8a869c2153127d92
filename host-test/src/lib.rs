//! The host side: Viceroy's own host run in process, and what tests need to talk to it.
//!
//! - [`server`] serves a composed component from inside this process;
//! - [`process`] runs the `serve` binary instead, for tests that must see its real output streams;
//! - [`script`] is a host for any component, from its types and a script;
//! - [`record`] records what an app asks its host for, as such a script;
//! - [`bench`] measures, against named baselines;
//! - [`mutants`] are changes that break the adapter on purpose;
//! - [`corpus`] tries other people's packages and reports;
//! - [`client`] is a small HTTP/1.1 client that hides nothing of what came over the wire;
//! - [`error`] holds what can go wrong on the way to a running server.

pub mod apps;
pub mod bench;
pub mod client;
pub mod corpus;
pub mod error;
pub mod guests;
pub mod model;
pub mod mutants;
pub mod process;
pub mod quote;
pub mod record;
pub mod script;
pub mod server;
pub mod summary;
pub mod sweep;
