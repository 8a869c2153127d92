//! The producers section: what the component was made with, on the outside where tools look.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use thiserror::Error;
use wasm_encoder::{ProducersField, ProducersSection, Section as _};
use wasm_metadata::{Payload, Producers};

use crate::rules::MetadataRules;

/// What is known of an app beyond its bytes.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    /// The languages it is written in, with versions.
    pub language: Vec<(String, String)>,
    /// The tools that made it, with versions.
    pub processed_by: Vec<(String, String)>,
    /// The SDK it was made with, and its version.
    pub sdk: Option<(String, String)>,
    /// The field that lists its packages, and the packages with their versions.
    pub packages: Option<(String, BTreeMap<String, String>)>,
}

/// The metadata could not be written.
#[derive(Debug, Error)]
#[error("cannot add the producers section: {message}")]
pub struct MetadataError {
    message: String,
}

impl Metadata {
    /// What the rules and this composer say of every app.
    pub fn new(rules: &MetadataRules) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self {
            sdk: rules.sdk.clone().map(|sdk| (sdk, version.clone())),
            processed_by: vec![(env!("CARGO_PKG_NAME").to_owned(), version)],
            packages: rules.packages_field.clone().map(|field| (field, BTreeMap::new())),
            language: Vec::new(),
        }
    }
}

/// Adds the metadata to a composed component, with the languages that the app says it is written in. What was composed
/// has no section of its own yet, so that one at its end is the only one.
pub fn add(component: &mut Vec<u8>, app: &[u8], metadata: &Metadata) -> Result<(), MetadataError> {
    let mut language = metadata.language.clone();
    if language.is_empty() {
        language = producers(
            &Payload::from_binary(app).map_err(|error| MetadataError { message: format!("{error:#}") })?,
            "language",
        );
    }
    let mut processed_by = metadata.processed_by.clone();
    if let Some((field, packages)) = &metadata.packages {
        let info = serde_json::json!({ "package_info": { "packages": packages } });
        processed_by.push((field.clone(), info.to_string()));
    }
    let sdk: Vec<_> = metadata.sdk.clone().into_iter().collect();
    let mut producers = ProducersSection::new();
    for (name, values) in [("language", &language), ("processed-by", &processed_by), ("sdk", &sdk)] {
        if !values.is_empty() {
            let mut field = ProducersField::new();
            values.iter().for_each(|(name, version)| {
                field.value(name, version);
            });
            producers.field(name, &field);
        }
    }
    producers.append_to(component);
    Ok(())
}

/// A field of the producers sections of a component and of what is inside it.
fn producers(payload: &Payload, field: &str) -> Vec<(String, String)> {
    let mut found = IndexMap::new();
    collect(payload, field, &mut found);
    found.into_iter().collect()
}

fn collect(payload: &Payload, field: &str, found: &mut IndexMap<String, String>) {
    if let Some(producers) = &payload.metadata().producers {
        found.extend(fields(producers, field));
    }
    if let Payload::Component { children, .. } = payload {
        children.iter().for_each(|child| collect(child, field, found));
    }
}

fn fields(producers: &Producers, field: &str) -> Vec<(String, String)> {
    let Some(fields) = producers.get(field) else { return Vec::new() };
    fields.iter().map(|(name, version)| (name.clone(), version.clone())).collect()
}
