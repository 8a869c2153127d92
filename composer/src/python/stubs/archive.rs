//! Stubs inside a component: a custom section that holds a ZIP archive of them.
//!
//! A component is self-contained then: whoever has it can write code against what it was built with, and any tool that
//! reads ZIP can take the section apart.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use thiserror::Error;
use wasm_encoder::{CustomSection, Section as _};
use wasmparser::{Parser, Payload};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The name of the section.
pub const SECTION: &str = "python-stubs";

/// Why there are no stubs to read.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// It is no component.
    #[error("it is not a component; `composer build` makes one")]
    NoComponent,
    /// It is a damaged component.
    #[error("it is damaged: {message}; build it again")]
    Component {
        /// What the parser says.
        message: String,
    },
    /// The section is missing.
    #[error("it has no `{SECTION}` section; `composer build` writes one, and other tools may drop it")]
    Missing,
    /// The section is damaged.
    #[error("its `{SECTION}` section is damaged: {message}; build it again")]
    Damaged {
        /// What is wrong with it.
        message: String,
    },
}

/// Adds stubs to the end of a component.
pub fn add(component: &mut Vec<u8>, files: &BTreeMap<String, String>) -> Result<(), ArchiveError> {
    let data = pack(files).map_err(|error| ArchiveError::Damaged { message: error.to_string() })?;
    // Custom sections may stand anywhere.
    CustomSection { name: SECTION.into(), data: data.into() }.append_to(component);
    Ok(())
}

/// Reads stubs out of a component.
pub fn read(component: &[u8]) -> Result<BTreeMap<String, String>, ArchiveError> {
    if !Parser::is_component(component) {
        return Err(ArchiveError::NoComponent);
    }
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|error| ArchiveError::Component { message: error.to_string() })?;
        // Sections of the parts are theirs.
        if matches!(payload, Payload::ComponentSection { .. } | Payload::ModuleSection { .. }) {
            depth += 1;
        } else if matches!(payload, Payload::End(_)) {
            depth = depth.saturating_sub(1);
        } else if let Payload::CustomSection(section) = payload
            && depth == 0
            && section.name() == SECTION
        {
            return unpack(section.data()).map_err(|error| ArchiveError::Damaged { message: error.to_string() });
        }
    }
    Err(ArchiveError::Missing)
}

fn pack(files: &BTreeMap<String, String>) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // Without times, what is equal is the same bytes.
    let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Deflated).compression_level(Some(9));
    for (name, text) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

fn unpack(data: &[u8]) -> zip::result::ZipResult<BTreeMap<String, String>> {
    let mut archive = ZipArchive::new(Cursor::new(data))?;
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at)?;
        // A name that leads out of the folder is nobody's stub.
        let name =
            file.enclosed_name().ok_or(zip::result::ZipError::InvalidArchive("a path leads out of it".into()))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        files.insert(name.to_string_lossy().replace('\\', "/"), text);
    }
    Ok(files)
}
