//! Puts an image into the guest's module, as the composer does: more memory, a segment with the image behind what the
//! module has, and one that overwrites the two words that `FILES_IMAGE` points to.

#![expect(clippy::wildcard_enum_match_arm, reason = "all other sections stay as they are")]

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ConstExpr, DataSection, MemorySection, Module, RawSection};
use wasmparser::{ExternalKind, Operator, Parser, Payload};

const PAGE: u64 = 64 << 10;

/// The module with the image.
pub fn insert(module: &[u8], image: &[u8]) -> Vec<u8> {
    let words = words(module);
    let mut new = Module::new();
    let mut address = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.expect("the module is valid");
        match &payload {
            Payload::MemorySection(memories) => {
                let mut section = MemorySection::new();
                for memory in memories.clone() {
                    let memory = memory.expect("a memory");
                    address = memory.initial * PAGE;
                    let initial = memory.initial + (image.len() as u64).div_ceil(PAGE);
                    let mut memory = RoundtripReencoder.memory_type(memory).expect("a memory");
                    memory.minimum = initial;
                    section.memory(memory);
                }
                new.section(&section);
            }
            Payload::DataSection(segments) => {
                let mut section = DataSection::new();
                RoundtripReencoder.parse_data_section(&mut section, segments.clone()).expect("segments");
                section.active(0, &ConstExpr::i32_const(address as i32), image.iter().copied());
                let about = [address as u32, image.len() as u32].map(u32::to_le_bytes).concat();
                section.active(0, &ConstExpr::i32_const(words), about);
                new.section(&section);
            }
            Payload::DataCountSection { .. } => panic!("the module counts its segments; count two more here"),
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    let data = &module[range.start as usize..range.end as usize];
                    new.section(&RawSection { id, data });
                }
            }
        }
    }
    new.finish()
}

/// The address of the two words.
fn words(module: &[u8]) -> i32 {
    let (mut globals, mut global) = (Vec::new(), None);
    for payload in Parser::new(0).parse_all(module) {
        match payload.expect("the module is valid") {
            Payload::GlobalSection(section) => {
                globals = section.into_iter().map(|global| global.expect("a global").init_expr).collect();
            }
            Payload::ExportSection(section) => {
                let mut exports = section.into_iter().map(|export| export.expect("an export"));
                global = exports.find(|export| export.kind == ExternalKind::Global && export.name == "FILES_IMAGE");
            }
            _ => {}
        }
    }
    let global = global.expect("the guest exports FILES_IMAGE").index as usize;
    match globals[global].get_operators_reader().read().expect("an operator") {
        Operator::I32Const { value } => value,
        other => panic!("FILES_IMAGE is {other:?}"),
    }
}
