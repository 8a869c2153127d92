//! What of a program can be reached: the functions and globals that are written into the linked module.

use std::convert::Infallible;

use rustc_hash::FxHashSet;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{DataSection, ElementSection, Instruction};
use wasmparser::Operator;

use super::LinkError;
use super::code::Code;
use super::module::Kind;
use super::program::{Entity, Program};

/// What can be reached, and what may be changed of it.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Functions and globals.
    pub entities: FxHashSet<Entity>,
    /// Globals that code which can be reached sets.
    pub set: FxHashSet<Entity>,
}

/// Goes on from the exports that somebody needs, the segments and the start functions.
pub(super) fn reach(
    program: &Program<'_, '_>,
    code: &[Vec<Code<'_>>],
    needed: &FxHashSet<Entity>,
) -> Result<Reached, LinkError> {
    let mut walk = Walk { program, code, member: 0, reached: Reached::default(), open: Vec::new() };
    needed.iter().for_each(|entity| walk.entity(*entity));
    for (at, member) in program.members.iter().enumerate() {
        walk.member = at;
        if let Some(start) = member.module.start {
            walk.entity(program.entity(at, Kind::Function, start));
        }
        let (mut elements, mut data) = (ElementSection::new(), DataSection::new());
        for element in &member.module.elements {
            walk.parse_element(&mut elements, element.clone())?;
        }
        for segment in &member.module.data {
            // What is in a segment refers to nothing.
            walk.parse_data(&mut data, wasmparser::Data { data: &[], ..segment.clone() })?;
        }
    }
    while let Some(entity) = walk.open.pop() {
        walk.definition(entity)?;
    }
    Ok(walk.reached)
}

struct Walk<'r, 'p, 'a> {
    program: &'r Program<'p, 'a>,
    code: &'r [Vec<Code<'a>>],
    member: usize,
    reached: Reached,
    open: Vec<Entity>,
}

impl Walk<'_, '_, '_> {
    fn entity(&mut self, entity: Entity) {
        if self.reached.entities.insert(entity) {
            self.open.push(entity);
        }
    }

    /// Looks at what a member defines.
    fn definition(&mut self, entity: Entity) -> Result<(), LinkError> {
        let Entity::Defined(kind, member, index) = entity else { return Ok(()) };
        self.member = member;
        let module = self.program.members[member].module;
        let at = self.program.defined(member, kind, index);
        match kind {
            Kind::Function => {
                let code = &self.code[member][at];
                code.each_indexed(|operator, _| self.instruction(operator).map(drop))?;
            }
            Kind::Global => _ = self.const_expr(module.globals[at].init.clone())?,
            Kind::Table | Kind::Memory | Kind::Tag => {}
        }
        Ok(())
    }

    fn at(&mut self, kind: Kind, index: u32) -> u32 {
        self.entity(self.program.entity(self.member, kind, index));
        index
    }
}

impl Reencode for Walk<'_, '_, '_> {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.at(Kind::Function, index))
    }

    /// Whatever names a global and does not only read it may change it.
    fn global_index(&mut self, index: u32) -> Result<u32, Error> {
        self.reached.set.insert(self.program.entity(self.member, Kind::Global, index));
        Ok(self.at(Kind::Global, index))
    }

    fn instruction<'a>(&mut self, operator: Operator<'a>) -> Result<Instruction<'a>, Error> {
        if let Operator::GlobalGet { global_index } = operator {
            return Ok(Instruction::GlobalGet(self.at(Kind::Global, global_index)));
        }
        utils::instruction(self, operator)
    }
}
