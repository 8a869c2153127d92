//! What a composed component says of itself: what it was composed of, and which of its parts is which.
//!
//! It is a custom section, which no engine reads. With it, a component can be looked into and taken apart again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wasm_encoder::{ComponentSectionId, CustomSection, Section as _};

use crate::bypass;
use crate::files::Amount;
use crate::observe::hook;
use crate::sections::{Section, sections};
use crate::visible::visible_name;

/// The name of the section. What is in it is JSON.
const SECTION: &str = "composer:manifest";

/// What parts are called.
pub(crate) const APP: &str = "app";
pub(crate) const ADAPTER: &str = "adapter";
pub(crate) const ENTRY: &str = "entry";
pub(crate) const STUBS: &str = "stubs";
pub(crate) const FILES: &str = "files";
const PARTS: [&str; 5] = [APP, ADAPTER, ENTRY, STUBS, FILES];

/// How a component was composed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// The version of the composer.
    pub composer: String,
    /// The raw world, in full.
    pub raw: String,
    /// The friendly package, with its version.
    pub friendly: String,
    /// The components inside, in their order.
    pub parts: Vec<PartOf>,
    /// The friendly functions that go past the adapter where they move many bytes, by their paths.
    pub bulk: BTreeSet<String>,
    /// How many core modules of the app became one; none if it was not linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<usize>,
    /// The functions that are observed, by their paths.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub observed: BTreeSet<String>,
    /// What is refused to the app: a function and the option that says so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub policy: BTreeSet<String>,
    /// How much of files the app has; none if it has no file system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Amount>,
}

/// A component inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// `adapter`, `app`, `entry`, `stubs`, `files`, or `hook-1` and so on.
    pub name: String,
    /// How many bytes it has. An app has as many as it had before it was composed.
    pub size: usize,
}

/// A part, taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its name in the manifest.
    pub name: String,
    /// The component: an app as it was before it was composed, byte for byte.
    pub component: &'a [u8],
}

/// Why a component cannot be taken apart.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// It cannot be read.
    #[error("it cannot be read as a component: {message}; build it again, or give a component")]
    Unreadable {
        /// What the parser says.
        message: String,
    },
    /// It has no manifest.
    #[error(
        "it has no `composer:manifest` section, so it was not composed by this composer, or another tool took the section out; give a component that `composer build` or `composer compose` wrote"
    )]
    NotComposed,
    /// The manifest is not about this component.
    #[error("its manifest does not fit it: {message}; it was changed after it was composed, so compose it again")]
    Misfit {
        /// What is wrong.
        message: String,
    },
}

/// Adds a manifest to the end of a component.
pub(crate) fn add(component: &mut Vec<u8>, manifest: &Manifest) {
    // Strings and numbers can always be written.
    let data = serde_json::to_vec(manifest).unwrap_or_default();
    CustomSection { name: SECTION.into(), data: data.into() }.append_to(component);
}

/// The components inside of one, in their order.
pub(crate) fn components(component: &[u8]) -> Result<Vec<&[u8]>, ManifestError> {
    let sections = sections(component).map_err(unreadable)?;
    let inside = sections.into_iter().filter(|section| section.id == ComponentSectionId::Component as u8);
    Ok(inside.map(|section| section.data).collect())
}

/// The manifest of a component; none if it was not composed.
pub fn read(component: &[u8]) -> Result<Option<Manifest>, ManifestError> {
    if !wasmparser::Parser::is_component(component) {
        return Err(ManifestError::Unreadable { message: "it does not begin as one".to_owned() });
    }
    let sections = sections(component).map_err(unreadable)?;
    let data = sections.iter().find_map(|section: &Section<'_>| section.custom(SECTION));
    data.map(serde_json::from_slice).transpose().map_err(|error| misfit(error.to_string()))
}

/// Takes a composed component apart.
pub fn split(component: &[u8]) -> Result<Vec<Part<'_>>, ManifestError> {
    let manifest = read(component)?.ok_or(ManifestError::NotComposed)?;
    let inside = components(component)?;
    if inside.len() != manifest.parts.len() {
        return Err(misfit(format!("{} parts are named, and {} are there", manifest.parts.len(), inside.len())));
    }
    let parts = manifest.parts.into_iter().zip(inside).map(|(PartOf { name, size }, component)| {
        let component = bypass::original(component);
        // A part's name becomes that of a file.
        if !PARTS.iter().chain(&hook::PARTS).any(|known| *known == name) {
            Err(misfit(format!("it names a part `{}`, and there is none of that name", visible_name(&name))))
        } else if component.len() != size {
            Err(misfit(format!("its {name} is of {} bytes, and {size} are named", component.len())))
        } else {
            Ok(Part { name, component })
        }
    });
    parts.collect()
}

fn unreadable(error: wasmparser::BinaryReaderError) -> ManifestError {
    ManifestError::Unreadable { message: error.to_string() }
}

fn misfit(message: String) -> ManifestError {
    ManifestError::Misfit { message }
}
