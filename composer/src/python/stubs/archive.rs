//! Stubs inside a component: a custom section that holds a ZIP archive of them.
//!
//! A component is self-contained then: whoever has it can write code against what it was built with, and any tool that
//! reads ZIP can take the section apart.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write as _};

use thiserror::Error;
use wasm_encoder::{CustomSection, Section as _};
use wasmparser::{Parser, Payload};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::super::BINDINGS;
use crate::visible::visible_name;

/// The name of the section.
pub const SECTION: &str = "python-stubs";

/// How many files an archive has at most. A world has one for each of its interfaces, of which no component can have
/// as many.
const MOST_FILES: usize = 4000;

/// How many bytes its files have together, unpacked. Those of a world of a thousand functions have half a million.
const MOST_BYTES: u64 = 64 << 20;

/// Modules that tools run because of what they are called.
const RUN_BY_NAME: [&str; 5] = ["__main__.py", "conftest.py", "noxfile.py", "setup.py", "tasks.py"];

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
    /// There is more in it than stubs can be.
    #[error("its `{SECTION}` section unpacks to more than {what}, which no stubs do; do not trust this component")]
    TooLarge {
        /// Which bound it is beyond.
        what: String,
    },
    /// There is something in it that is no stub.
    #[error(
        "its `{SECTION}` section has a file `{name}`, which {reason}; `composer build` writes none like it, so do not trust this component"
    )]
    NoStub {
        /// The file, without what a terminal would obey.
        name: String,
        /// Why it is none.
        reason: &'static str,
    },
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
            return unpack(section.data());
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

/// Unpacks what may be anything: a component comes from wherever its owner got it.
fn unpack(data: &[u8]) -> Result<BTreeMap<String, String>, ArchiveError> {
    let damaged = |message: String| ArchiveError::Damaged { message };
    let mut archive = ZipArchive::new(Cursor::new(data)).map_err(|error| damaged(error.to_string()))?;
    if archive.len() > MOST_FILES {
        return Err(ArchiveError::TooLarge { what: format!("{MOST_FILES} files") });
    }
    let mut files = BTreeMap::new();
    let mut left = MOST_BYTES;
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).map_err(|error| damaged(error.to_string()))?;
        let name = file.name().map_err(|error| damaged(error.to_string()))?.into_owned();
        let no_stub = |reason| ArchiveError::NoStub { name: visible_name(&name).into_owned(), reason };
        check_name(&name).map_err(no_stub)?;
        if !file.is_file() {
            return Err(no_stub("is a folder or a link"));
        }
        let text = read_at_most(&mut file, left).map_err(|error| damaged(format!("{name}: {error}")))?;
        let text = text.ok_or_else(|| ArchiveError::TooLarge { what: format!("{} MB", MOST_BYTES >> 20) })?;
        left -= text.len() as u64;
        files.insert(name, text);
    }
    check_modules(&files)?;
    Ok(files)
}

/// The text of a file, if it has no more bytes than these. What its header says is nothing to rely on.
fn read_at_most(file: &mut impl Read, bytes: u64) -> io::Result<Option<String>> {
    let mut text = String::new();
    let read = file.take(bytes + 1).read_to_string(&mut text)?;
    Ok((read as u64 <= bytes).then_some(text))
}

/// Whether a path is that of a stub or a module: names as Python has them, and below the folder.
fn check_name(path: &str) -> Result<(), &'static str> {
    let mut parts = path.split('/').rev();
    let file = parts.next().unwrap_or_default();
    let stem = file.strip_suffix(".pyi").or_else(|| file.strip_suffix(".py"));
    if stem.is_none() && file != "py.typed" {
        return Err("is neither a stub nor a module");
    }
    if !stem.into_iter().chain(parts).all(is_identifier) {
        return Err("has no name that Python could import");
    }
    if file.ends_with(".py") && (RUN_BY_NAME.contains(&file) || file.starts_with("test_") || file.ends_with("_test.py"))
    {
        return Err("would be run by tools because of its name");
    }
    Ok(())
}

/// Modules are in one folder, that of the package which goes with the bindings. The rest is stubs, which nothing runs.
fn check_modules(files: &BTreeMap<String, String>) -> Result<(), ArchiveError> {
    let mut package = None;
    for name in files.keys().filter(|name| name.ends_with(".py")) {
        let no_stub = |reason| ArchiveError::NoStub { name: name.clone(), reason };
        let (folder, file) = name.split_once('/').ok_or_else(|| no_stub("is a module outside of a package"))?;
        let has_stub = files.contains_key(&format!("{folder}/__init__.pyi"));
        if file.contains('/') || folder == BINDINGS || !has_stub || *package.get_or_insert(folder) != folder {
            return Err(no_stub("is a module of no package that goes with the bindings"));
        }
    }
    Ok(())
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let starts = |c: char| c == '_' || c.is_alphabetic();
    chars.next().is_some_and(starts) && chars.all(|c| c == '_' || c.is_alphanumeric())
}
