//! What is in the memory when an instance begins.
//!
//! A component that was made from a snapshot has it in thousands of segments, some of them of nothing but zeros. Where
//! all of them are known when the module is linked they become an image, and that is written again as the
//! pieces that hold anything.

use wasm_encoder::{ConstExpr, DataSection, Instruction};
use wasmparser::DataKind;

use super::module::Kind;
use super::program::{Constants, Entity, Program, value};

/// How many zeros are worth a segment more. An engine joins segments to pages again when it compiles.
const PIECE: usize = 256;
/// What memories are measured in, by the specification.
const WASM_PAGE: u64 = 65536;
/// More than that is no snapshot, and not worth the memory to look at it.
const MOST: u64 = 1 << 30;

/// The bytes of a memory, from its first.
#[derive(Debug)]
pub(super) struct Image {
    pub bytes: Vec<u8>,
    /// The memory.
    pub memory: Entity,
}

/// The image of the one memory that is written; none where a segment is only used later, or at an address that is not
/// known, or where it would be written into what comes from outside.
pub(super) fn image(program: &Program<'_, '_>, constants: &Constants) -> Option<Image> {
    if program.members.iter().any(|member| member.module.counts_data) {
        return None;
    }
    let mut written: Option<Image> = None;
    for (at, member) in program.members.iter().enumerate() {
        for data in &member.module.data {
            let DataKind::Active { memory_index, offset_expr } = &data.kind else { return None };
            let memory = program.entity(at, Kind::Memory, *memory_index);
            let Entity::Defined(_, of, index) = memory else { return None };
            let ty = program.members[of].module.memories[program.defined(of, Kind::Memory, index)];
            let size = ty.initial.checked_mul(WASM_PAGE).filter(|size| *size <= MOST)?;
            if ty.page_size_log2.is_some() {
                return None;
            }
            let Instruction::I32Const(start) = value(program, at, offset_expr, constants)? else { return None };
            let image = written.get_or_insert_with(|| Image { bytes: Vec::new(), memory });
            let (start, end) = (start as u32 as usize, start as u32 as usize + data.data.len());
            // One that does not fit traps when the module is instantiated, and must go on to.
            if image.memory != memory || end as u64 > size {
                return None;
            }
            if image.bytes.len() < end {
                image.bytes.resize(end, 0);
            }
            image.bytes[start..end].copy_from_slice(data.data);
        }
    }
    written
}

impl Image {
    /// As segments of the memory that has this index.
    pub fn section(&self, memory: u32) -> DataSection {
        let mut data = DataSection::new();
        for (address, bytes) in self.segments() {
            data.active(memory, &ConstExpr::i32_const(address as i32), bytes.iter().copied());
        }
        data
    }

    /// The pieces that hold anything, without zeros that are worth leaving out: addresses and bytes.
    fn segments(&self) -> Vec<(usize, &[u8])> {
        let mut segments: Vec<(usize, usize)> = Vec::new();
        for (number, piece) in self.bytes.chunks(PIECE).enumerate() {
            let (start, end) = (number * PIECE, number * PIECE + piece.len());
            if piece.iter().all(|byte| *byte == 0) {
                continue;
            }
            match segments.last_mut() {
                Some((_, last)) if *last == start => *last = end,
                _ => segments.push((start, end)),
            }
        }
        segments.into_iter().map(|(start, end)| (start, &self.bytes[start..end])).collect()
    }
}
