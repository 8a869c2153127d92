//! Where the code of the members names something by an index.
//!
//! Most operators name nothing: they are the same bytes in the linked module. So code is read once, and only the
//! operators that have an index are looked at again, to see what can be reached and to write their new indices.

use std::ops::Range;

use rayon::prelude::*;
use wasm_encoder::Encode as _;
use wasm_encoder::reencode::{Error, Reencode};
use wasmparser::{
    BinaryReader, BinaryReaderError, BlockType, FunctionBody, MemArgTarget, Operator, OperatorsReader,
    OperatorsReaderAllocations, ValType, VisitOperator, VisitSimdOperator,
};

use super::module::Kind;
use super::program::Program;

/// The code of a function.
#[derive(Debug)]
pub(super) struct Code<'a> {
    body: FunctionBody<'a>,
    /// Its operators, as they are encoded.
    operators: &'a [u8],
    /// Where in them those are that have an index. A function is of less than 4 GiB.
    indexed: Vec<Range<u32>>,
}

/// Reads the code of all members: by member, and by place in its code section.
pub(super) fn read<'a>(program: &Program<'_, 'a>) -> Result<Vec<Vec<Code<'a>>>, BinaryReaderError> {
    let outside = program.externals.iter().filter(|external| external.kind == Kind::Memory).count();
    // Where there is one memory, every access has it as number 0, before and after.
    let is_memory_indexed = outside + program.definitions(Kind::Memory).count() > 1;
    let members = program.members.iter().map(|member| {
        let bodies = member.module.bodies.par_iter();
        bodies.map(|body| Code::read(body, is_memory_indexed)).collect()
    });
    members.collect()
}

impl<'a> Code<'a> {
    fn read(body: &FunctionBody<'a>, is_memory_indexed: bool) -> Result<Self, BinaryReaderError> {
        let mut reader = body.get_operators_reader()?;
        let start = reader.original_position();
        let operators = &body.as_bytes()[(start - body.range().start) as usize..];
        let (mut indexed, mut finder) = (Vec::new(), Finder { is_memory_indexed });
        while !reader.eof() {
            let begin = reader.original_position();
            if reader.visit_operator(&mut finder)? {
                indexed.push((begin - start) as u32..(reader.original_position() - start) as u32);
            }
        }
        Ok(Self { body: body.clone(), operators, indexed })
    }

    /// Gives each operator that has an index to a function, with its place.
    pub fn each_indexed<E: From<BinaryReaderError>>(
        &self,
        mut look: impl FnMut(Operator<'a>, Range<usize>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut room = OperatorsReaderAllocations::default();
        for place in &self.indexed {
            let place = place.start as usize..place.end as usize;
            let mut reader =
                OperatorsReader::new_with_allocs(BinaryReader::new(&self.operators[place.clone()], 0), room);
            look(reader.read()?, place)?;
            room = reader.into_allocations();
        }
        Ok(())
    }

    /// The function as a code section has it, with the indices that `to` gives.
    pub fn written<R: Reencode>(&self, to: &mut R) -> Result<Vec<u8>, Error<R::Error>> {
        let mut bytes = to.new_function_with_parsed_locals(&self.body)?.into_raw_body();
        bytes.reserve(self.operators.len());
        let mut copied = 0;
        self.each_indexed(|operator, place| {
            bytes.extend_from_slice(&self.operators[copied..place.start]);
            to.instruction(operator)?.encode(&mut bytes);
            copied = place.end;
            Ok::<_, Error<R::Error>>(())
        })?;
        bytes.extend_from_slice(&self.operators[copied..]);
        Ok(bytes)
    }
}

/// Says of an operator whether it has an index.
struct Finder {
    is_memory_indexed: bool,
}

/// Whether what an operator is given, by the name that it has in `wasmparser`, is an index of the module.
macro_rules! is_index {
    // Numbers, and what is counted within the function.
    (value, $($_:tt)*) => {
        false
    };
    (lane, $($_:tt)*) => {
        false
    };
    (lanes, $($_:tt)*) => {
        false
    };
    (ordering, $($_:tt)*) => {
        false
    };
    (local_index, $($_:tt)*) => {
        false
    };
    (relative_depth, $($_:tt)*) => {
        false
    };
    (targets, $($_:tt)*) => {
        false
    };
    (memarg, $finder:ident, $given:ident) => {
        $finder.is_memory_indexed || $given.target != MemArgTarget::Memory(0)
    };
    (blockty, $finder:ident, $given:ident) => {
        matches!($given, BlockType::FuncType(_) | BlockType::Type(ValType::Ref(_)))
    };
    // All else is an index, or may have one.
    ($($_:tt)*) => {
        true
    };
}

macro_rules! find {
    ($(@$proposal:ident $op:ident $({ $($given:ident: $ty:ty),* })? => $visit:ident ($($arity:tt)*))*) => {
        $(
            #[allow(unused_variables, reason = "most of what operators are given is no index")]
            fn $visit(&mut self $($(, $given: $ty)*)?) -> bool {
                false $($(|| is_index!($given, self, $given))*)?
            }
        )*
    };
}

impl<'a> VisitOperator<'a> for Finder {
    type Output = bool;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = bool>> {
        Some(self)
    }

    wasmparser::for_each_visit_operator!(find);
}

impl VisitSimdOperator<'_> for Finder {
    wasmparser::for_each_visit_simd_operator!(find);
}
