//! What an app says it was made with, so that whoever composes it again need not be told.
//!
//! It is a custom section, which no engine reads. An app that `composer build` made has one, and one from elsewhere
//! has none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wasm_encoder::{CustomSection, Section as _};

use crate::metadata::Metadata;
use crate::sections::sections;

/// The name of the section. What is in it is JSON.
const SECTION: &str = "composer:made-with";

/// What an app was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MadeWith {
    /// The languages it is written in, with versions.
    pub language: Vec<(String, String)>,
    /// The tools that made it, with versions.
    pub processed_by: Vec<(String, String)>,
    /// Its packages, with versions.
    pub packages: BTreeMap<String, String>,
    /// Whether it binds the friendly world as it is, without the package that goes with the bindings.
    pub plain: bool,
}

/// An app does not say what it was made with.
#[derive(Debug, Error)]
#[error("its `{SECTION}` section is damaged: {message}; build it again")]
pub struct MadeWithError {
    /// What is wrong with it.
    message: String,
}

impl MadeWith {
    /// Adds it to the end of an app.
    pub fn add(&self, app: &mut Vec<u8>) {
        // Strings can always be written.
        let data = serde_json::to_vec(self).unwrap_or_default();
        CustomSection { name: SECTION.into(), data: data.into() }.append_to(app);
    }

    /// Reads it; none if the app does not say.
    pub fn read(app: &[u8]) -> Result<Option<Self>, MadeWithError> {
        let damaged = |message: String| MadeWithError { message };
        // What is no component is refused by who reads it as one.
        let Ok(sections) = sections(app) else { return Ok(None) };
        let data = sections.iter().find_map(|section| section.custom(SECTION));
        data.map(serde_json::from_slice).transpose().map_err(|error| damaged(error.to_string()))
    }

    /// Adds it to what is said of every app.
    pub fn extend(self, metadata: &mut Metadata) {
        metadata.language.extend(self.language);
        metadata.processed_by.extend(self.processed_by);
        if let Some((_, packages)) = &mut metadata.packages {
            packages.extend(self.packages);
        }
    }
}
