//! The sections of a module or a component, unread.

use std::ops::Range;

use wasm_encoder::Component;
use wasmparser::{BinaryReader, BinaryReaderError, CustomSectionReader};

/// A section.
#[derive(Debug, Clone)]
pub(crate) struct Section<'a> {
    /// Its number, which is of its kind.
    pub id: u8,
    /// What is in it.
    pub data: &'a [u8],
    /// Where it is, with its number and its size.
    pub range: Range<usize>,
}

impl<'a> Section<'a> {
    /// What is in a custom section of this name; none of another one.
    pub fn custom(&self, name: &str) -> Option<&'a [u8]> {
        const CUSTOM: u8 = 0;
        let section = CustomSectionReader::new(BinaryReader::new(self.data, 0)).ok()?;
        (self.id == CUSTOM && section.name() == name).then(|| section.data())
    }
}

/// Reads the sections.
pub(crate) fn sections(bytes: &[u8]) -> Result<Vec<Section<'_>>, BinaryReaderError> {
    let mut reader = BinaryReader::new(bytes, 0);
    reader.read_bytes(Component::HEADER.len())?;
    let mut sections = Vec::new();
    while !reader.eof() {
        let start = reader.current_position();
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()? as usize;
        let data = reader.read_bytes(size)?;
        sections.push(Section { id, data, range: start..reader.current_position() });
    }
    Ok(sections)
}
