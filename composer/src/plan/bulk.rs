//! Functions that move many bytes, and how they go past the adapter.
//!
//! Engines copy bytes between components one by one, so that what passes the adapter costs as much
//! again as the raw call. A bulk function is lent the raw handle, calls the host by itself, and gives
//! the handle back; `bypass` makes it so when an app is composed.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Interface, Kind, RawFunction};

/// A friendly function that may go straight to the host.
#[derive(Debug, Clone, Serialize)]
pub struct Bulk {
    /// The friendly resource that it is a method of.
    pub resource: String,
    /// Its name, without the resource's.
    pub function: String,
    /// The raw function behind it.
    pub raw: RawFunction,
    /// The parameter that says how much is moved: the bytes, or how many are asked for.
    pub amount: String,
    /// Which friendly error each raw one is: the raw case and the friendly one.
    pub errors: Vec<(String, String)>,
    /// How often the raw function is called.
    pub repeat: Repeat,
}

/// How often a raw function is called that moves many bytes.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// Once.
    Once,
    /// With what is left until the host has taken all of it.
    UntilTaken {
        /// The friendly case for a host that takes nothing.
        stuck: String,
    },
    /// For a chunk at a time until one is empty; the amount is how many bytes there may be.
    ToEnd {
        /// The friendly case for more than that.
        too_large: String,
    },
}

impl Bulk {
    /// The friendly function's name in WIT and in a core module.
    pub fn core_name(&self) -> String {
        super::core_name(&Kind::Method(self.resource.clone()), &self.function)
    }

    /// Its path below the friendly package.
    pub fn path(&self, interface: &str) -> String {
        super::path(interface, &Kind::Method(self.resource.clone()), &self.function)
    }
}

/// The interface by which the adapter lends the raw handles of an interface's resources.
pub fn lending(interface: &str) -> String {
    format!("{interface}-lending")
}

/// The function that lends a resource's raw handle.
pub fn lend(resource: &str) -> String {
    format!("lend-{resource}")
}

/// The function that takes it back.
pub fn take_back(resource: &str) -> String {
    format!("take-back-{resource}")
}

/// What the lending interface calls the raw resource.
pub fn lent(resource: &str) -> String {
    format!("raw-{resource}")
}

impl Interface {
    /// The resources whose raw handles are lent.
    pub fn lends(&self) -> BTreeSet<&str> {
        self.bulk.iter().map(|bulk| bulk.resource.as_str()).collect()
    }
}
