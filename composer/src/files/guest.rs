//! Puts an image into the core module of the guest, so that no Rust is needed where apps are built.
//!
//! The module says where it wants to be told of its image: the global `FILES_IMAGE` that it exports is the address of two
//! words, address and length. Its memory grows by the image, which is past all that its allocator knows of, and one more
//! data segment overwrites the two words. All other sections are copied as they are.

use std::borrow::Cow;

use thiserror::Error;
use wasm_encoder::reencode::{self, Reencode as _, RoundtripReencoder};
use wasm_encoder::{ConstExpr, DataCountSection, DataSection, MemorySection, Module, RawSection, SectionId};
use wasmparser::{
    BinaryReader, DataSectionReader, ExportSectionReader, ExternalKind, GlobalSectionReader, ImportSectionReader,
    MemorySectionReader, MemoryType, Operator, Parser, TypeRef,
};

use crate::sections::{Section, sections};

/// The global that says where the two words are.
pub const GLOBAL: &str = "FILES_IMAGE";

/// A page of memory, in bytes (WebAssembly 2.0, 4.2.8).
pub const PAGE: u64 = 1 << 16;

/// Why an image cannot be put into a module.
#[derive(Debug, Error)]
pub enum GuestError {
    /// The module cannot be read.
    #[error("the files guest is not a core module: {message}; build the guests again")]
    Module {
        /// What the parser says.
        message: String,
    },
    /// It is not the guest of files, or not one that takes an image.
    #[error("the files guest cannot take an image: it {message}; build the guests again")]
    Shape {
        /// What it lacks.
        message: &'static str,
    },
    /// There is no room for both.
    #[error(
        "the image of the files is of {bytes} bytes, and the memory of a component has no room for it; leave large files out with --exclude"
    )]
    TooLarge {
        /// The length of the image.
        bytes: usize,
    },
}

impl From<wasmparser::BinaryReaderError> for GuestError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Module { message: error.to_string() }
    }
}

impl From<reencode::Error> for GuestError {
    fn from(error: reencode::Error) -> Self {
        Self::Module { message: error.to_string() }
    }
}

/// What of a module bears on where an image can be.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The memory, before.
    memory: MemoryType,
    /// The address of the two words.
    words: u32,
}

/// The module with an image, which is not checked here.
pub fn with_image(module: &[u8], image: &[u8]) -> Result<Vec<u8>, GuestError> {
    let Place { memory, words } = place(module)?;
    let too_large = GuestError::TooLarge { bytes: image.len() };
    let Ok(length) = u32::try_from(image.len()) else { return Err(too_large) };
    let at = memory.initial.checked_mul(PAGE).and_then(|at| u32::try_from(at).ok());
    let pages = u64::from(length).div_ceil(PAGE);
    let (Some(at), true) = (at, memory.initial + pages < 1 << 16) else { return Err(too_large) };
    let grown = MemoryType {
        initial: memory.initial + pages,
        maximum: memory.maximum.map(|maximum| (maximum + pages).min(1 << 16)),
        ..memory
    };
    let segments = [(at, Cow::Borrowed(image)), (words, Cow::Owned([at, length].map(u32::to_le_bytes).concat()))];
    rewritten(module, grown, &segments)
}

/// Copies a module with another memory and with more data.
fn rewritten(module: &[u8], memory: MemoryType, segments: &[(u32, Cow<'_, [u8]>)]) -> Result<Vec<u8>, GuestError> {
    let mut out = Module::new();
    let mut has_data = false;
    for section in sections(module)? {
        let Section { id, data, .. } = section;
        let mut reader = BinaryReader::new(data, 0);
        if id == SectionId::Memory as u8 {
            out.section(MemorySection::new().memory(RoundtripReencoder.memory_type(memory)?));
        } else if id == SectionId::DataCount as u8 {
            out.section(&DataCountSection { count: reader.read_var_u32()? + segments.len() as u32 });
        } else if id == SectionId::Data as u8 {
            has_data = true;
            let mut data = DataSection::new();
            RoundtripReencoder.parse_data_section(&mut data, DataSectionReader::new(reader)?)?;
            out.section(with_segments(&mut data, segments));
        } else {
            out.section(&RawSection { id, data });
        }
    }
    if !has_data {
        out.section(with_segments(&mut DataSection::new(), segments));
    }
    Ok(out.finish())
}

fn with_segments<'d>(data: &'d mut DataSection, segments: &[(u32, Cow<'_, [u8]>)]) -> &'d mut DataSection {
    for (at, bytes) in segments {
        // Addresses are unsigned, and the instruction takes the same bits.
        data.active(0, &ConstExpr::i32_const(at.cast_signed()), bytes.iter().copied());
    }
    data
}

/// Finds the memory and the two words.
fn place(module: &[u8]) -> Result<Place, GuestError> {
    let shape = |message| GuestError::Shape { message };
    if !Parser::is_core_wasm(module) {
        return Err(GuestError::Module { message: "it does not begin as one".to_owned() });
    }
    let (mut memories, mut imported_globals, mut constants, mut global) = (Vec::new(), 0, Vec::new(), None);
    for section in sections(module)? {
        let (id, reader) = (section.id, BinaryReader::new(section.data, 0));
        if id == SectionId::Import as u8 {
            for import in ImportSectionReader::new(reader)?.into_imports() {
                imported_globals += usize::from(matches!(import?.ty, TypeRef::Global(_)));
            }
        } else if id == SectionId::Memory as u8 {
            for memory in MemorySectionReader::new(reader)? {
                memories.push(memory?);
            }
        } else if id == SectionId::Global as u8 {
            for global in GlobalSectionReader::new(reader)? {
                constants.push(constant(&global?)?);
            }
        } else if id == SectionId::Export as u8 {
            for export in ExportSectionReader::new(reader)? {
                let export = export?;
                if export.name == GLOBAL && export.kind == ExternalKind::Global {
                    global = Some(export.index as usize);
                }
            }
        }
    }
    let global = global.ok_or(shape("exports no global `FILES_IMAGE`"))?;
    let words = global.checked_sub(imported_globals).and_then(|global| constants.get(global).copied().flatten());
    let words = words.ok_or(shape("has a `FILES_IMAGE` that is no constant address"))?;
    let [memory] = memories[..] else { return Err(shape("has not one memory of its own")) };
    if memory.memory64 || memory.shared || memory.page_size_log2.is_some() {
        return Err(shape("has a memory of an unusual kind"));
    }
    if u64::from(words) + 8 > memory.initial * PAGE {
        return Err(shape("has a `FILES_IMAGE` that is not in its memory"));
    }
    Ok(Place { memory, words })
}

/// The number that an immutable global is from the start.
fn constant(global: &wasmparser::Global<'_>) -> Result<Option<u32>, GuestError> {
    if global.ty.mutable {
        return Ok(None);
    }
    let mut operators = global.init_expr.get_operators_reader();
    let first = operators.read()?;
    let Operator::I32Const { value } = first else { return Ok(None) };
    let is_all = matches!(operators.read()?, Operator::End);
    Ok(Some(value.cast_unsigned()).filter(|_| is_all))
}
