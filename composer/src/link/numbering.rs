//! The indices of the linked module, and a re-encoder that writes a member's code with them.

use std::convert::Infallible;

use indexmap::IndexSet;
use rustc_hash::FxHashMap;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{Encode as _, Instruction};
use wasmparser::{ConstExpr, FuncType, Operator};

use super::module::Kind;
use super::program::{Constants, Entity, Program};
use super::reach::Reached;

/// Which index everything has in the linked module.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    pub types: IndexSet<FuncType>,
    /// What the module imports, then what it defines, of each kind.
    pub order: FxHashMap<Kind, Vec<Entity>>,
    indices: FxHashMap<Entity, u32>,
    /// How many segments the members before a member have.
    elements: Vec<u32>,
    data: Vec<u32>,
}

/// Numbers what is to be written.
pub(super) fn number(program: &Program<'_, '_>, reached: &Reached, constants: &Constants) -> Numbering {
    let mut numbering = Numbering::default();
    let (mut elements, mut data) = (0, 0);
    for member in &program.members {
        numbering.types.extend(member.module.types.iter().cloned());
        numbering.elements.push(elements);
        numbering.data.push(data);
        elements += member.module.elements.len() as u32;
        data += member.module.data.len() as u32;
    }
    for kind in [Kind::Function, Kind::Table, Kind::Memory, Kind::Global, Kind::Tag] {
        let is_written = |entity: &Entity| match kind {
            Kind::Function => reached.entities.contains(entity),
            Kind::Global => reached.entities.contains(entity) && !constants.contains_key(entity),
            Kind::Table | Kind::Memory | Kind::Tag => true,
        };
        let externals = program.externals.iter().enumerate().filter(|(_, external)| external.kind == kind);
        let externals = externals.map(|(at, _)| Entity::External(at));
        let defined = program.definitions(kind).map(|(member, index)| Entity::Defined(kind, member, index));
        let order: Vec<Entity> = externals.chain(defined).filter(is_written).collect();
        numbering.indices.extend(order.iter().zip(0..).map(|(entity, index)| (*entity, index)));
        numbering.order.insert(kind, order);
    }
    numbering
}

impl Numbering {
    /// The index of what is written. Whatever can be reached is; what cannot be has none, and is not asked for.
    pub fn index(&self, entity: Entity) -> u32 {
        self.indices.get(&entity).copied().unwrap_or(u32::MAX)
    }

    /// What is written of a kind, in order.
    pub fn order(&self, kind: Kind) -> &[Entity] {
        self.order.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// Writes what is a member's with the indices of the linked module.
#[derive(Clone, Copy)]
pub(super) struct Renumber<'r, 'p, 'a> {
    pub program: &'r Program<'p, 'a>,
    pub numbering: &'r Numbering,
    pub constants: &'r Constants,
    pub member: usize,
}

impl Renumber<'_, '_, '_> {
    fn at(&self, kind: Kind, index: u32) -> u32 {
        self.numbering.index(self.program.entity(self.member, kind, index))
    }

    /// Writes an expression without its end. A global that another member defines is written as what it begins with, as
    /// only imported globals may be named here.
    fn expression(&mut self, expression: &ConstExpr<'_>, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let mut reader = expression.get_operators_reader();
        while !reader.is_end_then_eof() {
            let operator = reader.read()?;
            if let Operator::GlobalGet { global_index } = operator
                && let entity @ Entity::Defined(kind, member, index) =
                    self.program.entity(self.member, Kind::Global, global_index)
                && !self.constants.contains_key(&entity)
            {
                let global = &self.program.members[member].module.globals[self.program.defined(member, kind, index)];
                Self { member, ..*self }.expression(&global.init, bytes)?;
            } else {
                self.instruction(operator)?.encode(bytes);
            }
        }
        Ok(())
    }
}

type Answer = Result<u32, Error>;

impl Reencode for Renumber<'_, '_, '_> {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Kind::Function, index))
    }

    fn table_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Kind::Table, index))
    }

    fn memory_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Kind::Memory, index))
    }

    fn global_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Kind::Global, index))
    }

    fn tag_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Kind::Tag, index))
    }

    fn element_index(&mut self, index: u32) -> Answer {
        Ok(self.numbering.elements[self.member] + index)
    }

    fn data_index(&mut self, index: u32) -> Answer {
        Ok(self.numbering.data[self.member] + index)
    }

    fn type_index(&mut self, index: u32) -> Answer {
        let ty = self.program.members[self.member].module.types.get(index as usize);
        let at = ty.and_then(|ty| self.numbering.types.get_index_of(ty));
        // A module that was valid names no type that it has not.
        Ok(at.map_or(u32::MAX, |at| at as u32))
    }

    fn instruction<'i>(&mut self, operator: Operator<'i>) -> Result<Instruction<'i>, Error> {
        if let Operator::GlobalGet { global_index } = operator
            && let Some(constant) = self.constants.get(&self.program.entity(self.member, Kind::Global, global_index))
        {
            return Ok(constant.clone());
        }
        utils::instruction(self, operator)
    }

    fn const_expr(&mut self, expression: ConstExpr<'_>) -> Result<wasm_encoder::ConstExpr, Error> {
        let mut bytes = Vec::new();
        self.expression(&expression, &mut bytes)?;
        Ok(wasm_encoder::ConstExpr::raw(bytes))
    }
}
