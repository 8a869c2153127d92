//! A component without its code and data, which stands for it wherever only its types matter.
//!
//! Most of an app is an interpreter, a library and a heap, and none of it bears on how it is composed. So the stages
//! work on a skeleton, a hundredth of its size, and what they made gets the real bytes back at the end: they are
//! moved once and parsed never. What the composer adds is validated with the skeleton; the app's own code is as
//! it was, and is validated by who runs it.

use thiserror::Error;
use wasm_encoder::{
    CodeSection, Component, ComponentSectionId, Encode, Function, Instruction, Module, RawSection, SectionId,
};
use wasmparser::{BinaryReader, BinaryReaderError};

use crate::sections::{Section, sections};

/// The one custom section that is of use when an app is composed: what the app was made with.
const PRODUCERS: &str = "producers";

/// How far down components are made skeletons that are inside of others. What is composed has one level of them.
const DEPTH: usize = 4;

/// A component whose modules have the same imports and exports as those of `component`, and no code that does anything.
pub(crate) fn skeleton(component: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    skeleton_at(component, 0)
}

fn skeleton_at(component: &[u8], depth: usize) -> Result<Vec<u8>, BinaryReaderError> {
    let mut out = Component::new();
    for section in sections(component)? {
        let Section { id, data, .. } = section;
        if id == ComponentSectionId::CoreModule as u8 {
            out.section(&RawSection { id, data: &module(data)? });
        } else if id == ComponentSectionId::Component as u8 && depth < DEPTH {
            out.section(&RawSection { id, data: &skeleton_at(data, depth + 1)? });
        } else if id != ComponentSectionId::CoreCustom as u8 || section.custom(PRODUCERS).is_some() {
            out.section(&RawSection { id, data });
        }
    }
    Ok(out.finish())
}

/// A module with the same types, imports and exports.
fn module(module: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    const WITHOUT: [u8; 4] =
        [SectionId::Start as u8, SectionId::Element as u8, SectionId::Data as u8, SectionId::DataCount as u8];
    let mut out = Module::new();
    for section in sections(module)? {
        let Section { id, data, .. } = section;
        if id == SectionId::Code as u8 {
            out.section(&code(data)?);
        } else if !WITHOUT.contains(&id) && (id != SectionId::Custom as u8 || section.custom(PRODUCERS).is_some()) {
            out.section(&RawSection { id, data });
        }
    }
    Ok(out.finish())
}

/// As many functions as a code section has, each of which traps.
fn code(section: &[u8]) -> Result<CodeSection, BinaryReaderError> {
    let functions = BinaryReader::new(section, 0).read_var_u32()?;
    let mut trap = Function::new([]);
    trap.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
    let mut code = CodeSection::new();
    // No function is of less than a byte: who says that there are more of them does not get the memory.
    for _ in 0..(functions as usize).min(section.len()) {
        code.function(&trap);
    }
    Ok(code)
}

/// What stood for the app is not to be found. This is a fault of the composer, not of the app.
#[derive(Debug, Error)]
#[error("the composed component has no place for the app; please report it with the app")]
pub struct FillError;

/// `composed` with an app and what is appended to it where `stand_in` was among its components. The app is long, and is
/// moved and not copied.
pub(crate) fn fill(composed: &[u8], stand_in: &[u8], app: Vec<u8>, appended: &[u8]) -> Result<Vec<u8>, FillError> {
    let sections = sections(composed).map_err(|_| FillError)?;
    let is_it = |section: &&Section<'_>| section.id == ComponentSectionId::Component as u8 && section.data == stand_in;
    let place = sections.iter().find(is_it).ok_or(FillError)?;
    let (before, after) = (&composed[..place.range.start], &composed[place.range.end..]);
    let mut header = vec![place.id];
    (app.len() + appended.len()).encode(&mut header);

    let mut whole = app;
    whole.reserve_exact(before.len() + header.len() + appended.len() + after.len());
    whole.splice(..0, [before, &header].concat());
    whole.extend_from_slice(appended);
    whole.extend_from_slice(after);
    Ok(whole)
}
