//! The guest bundle: everything that composing an app needs, compiled once.
//!
//! `composer guests` writes it as a folder, and `just install` puts it inside the binary, so that
//! whoever builds apps needs neither Rust nor the raw WIT.

use std::collections::BTreeMap;

use thiserror::Error;
use wit_component::DecodedWasm;
use wit_parser::Resolve;

use crate::decode::decode;
use crate::derive::{self, Refusals, Refused};
use crate::docs;
use crate::observe;
use crate::plan::Plan;
use crate::prose;
use crate::read::{self, RawWorld, ReadError};
use crate::rules::{Rules, RulesError};
use crate::wit::{self, FriendlyWorld, WitError};
use crate::wording;

/// A world and how it is reshaped: what every command starts from.
#[derive(Debug, Clone)]
pub struct World {
    /// The raw world.
    pub raw: RawWorld,
    /// The rules.
    pub rules: Rules,
    /// The plan.
    pub plan: Plan,
    /// The friendly package.
    pub friendly: FriendlyWorld,
}

/// The core modules of the guests.
#[derive(Debug, Clone)]
pub struct Guests {
    /// The adapter.
    pub adapter: Vec<u8>,
    /// The entry.
    pub entry: Vec<u8>,
    /// What observed apps get inside: a core module that is no component of its own.
    pub observer: Vec<u8>,
    /// What gives an app a file system: a core module, whose component exports `wasi:filesystem`.
    pub files: Vec<u8>,
}

/// The files of a bundle.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The raw WIT, as a binary WIT package.
    pub wit: Vec<u8>,
    /// The rules file.
    pub rules: String,
    /// The raw world's name.
    pub world: String,
    /// The guests.
    pub guests: Guests,
    /// The Python modules that were written for the world: file name to text, as JSON.
    pub python: String,
}

/// The names of a bundle's files, in the order of `Bundle`'s fields.
pub const FILES: [&str; 8] = [
    "raw.wit.wasm",
    "rules.toml",
    "world.txt",
    "adapter.wasm",
    "entry.wasm",
    "observer.wasm",
    "files.wasm",
    "python.json",
];

/// Why there is no reshaped world.
#[derive(Debug, Error)]
pub enum WorldError {
    /// The WIT is not a world to reshape.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The rules file is not TOML.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The world cannot be reshaped by these rules: everything that stands in the way.
    #[error(transparent)]
    Refused(#[from] Refusals),
    /// The friendly world is not WIT.
    #[error(transparent)]
    Wit(#[from] WitError),
    /// A file of the bundle does not decode.
    #[error("the guest bundle is damaged: {message}; build the guests again")]
    Bundle {
        /// What the decoder says.
        message: String,
    },
}

impl World {
    /// Reads, derives and writes: the first half of the pipeline.
    pub fn new(resolve: Resolve, world: &str, rules: &str) -> Result<Self, WorldError> {
        let text = rules;
        let (rules, wrong) = Rules::parse_known(text)?;
        let mut raw = read::read(resolve, world, rules.package.raw.as_deref())?;
        let mut refused = Refused::default();
        refused.extend(wrong);
        refused.extend(docs::apply(&mut raw, &rules));
        refused.extend(observe::rules::check(&raw, &rules));
        let mut plan = match derive::derive(&raw, &rules) {
            Ok(mut plan) => {
                refused.extend(wording::apply(&mut plan, &rules));
                refused.note(observe::rules::check_denied(&plan, &rules));
                refused.check().map_err(|refusals| refusals.located(text, &raw))?;
                plan
            }
            Err(refusals) => return Err(refused.and(refusals).located(text, &raw).into()),
        };
        prose::rewrite(&mut plan, &rules);
        let friendly = wit::write(&plan, &raw)?;
        Ok(Self { raw, rules, plan, friendly })
    }
}

impl Bundle {
    /// The world that the bundle's guests were built for.
    pub fn world(&self) -> Result<World, WorldError> {
        let damaged = |message: String| WorldError::Bundle { message };
        match decode(&self.wit).map_err(|error| damaged(error.to_string()))? {
            DecodedWasm::WitPackage(resolve, _) => World::new(resolve, self.world.trim(), &self.rules),
            DecodedWasm::Component(..) => Err(damaged("its WIT is a component".to_owned())),
        }
    }

    /// The Python modules that were written for the world, by file name.
    pub fn modules(&self) -> Result<BTreeMap<String, String>, WorldError> {
        let damaged = |error: serde_json::Error| WorldError::Bundle { message: format!("python.json: {error}") };
        serde_json::from_str(&self.python).map_err(damaged)
    }
}
