//! The modules that are linked, as one program: what each index of each of them stands for.

use rustc_hash::{FxHashMap, FxHashSet};
use wasm_encoder::Instruction;
use wasmparser::{ConstExpr, Operator, TypeRef};

use super::LinkError;
use super::instances::{Instances, Origin};
use super::module::{Kind, Module, kind_of};

/// Something that has one index in the linked module, by whichever indices it had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Entity {
    /// It comes from outside: its place among `externals`.
    External(usize),
    /// A member defines it: the member, and the index in the space of that kind there.
    Defined(Kind, usize, u32),
}

/// Something that the linked module imports.
#[derive(Debug)]
pub(super) struct External<'a> {
    pub origin: Origin<'a>,
    pub kind: Kind,
    /// What the first member that imports it calls it.
    pub module: &'a str,
    pub name: &'a str,
    /// Its type, in terms of that member.
    pub ty: TypeRef,
    pub member: usize,
}

/// A module that is linked.
#[derive(Debug)]
pub(super) struct Member<'p, 'a> {
    pub instance: u32,
    pub module: &'p Module<'a>,
    /// What its imports are, by kind and index.
    imports: FxHashMap<Kind, Vec<Entity>>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Program<'p, 'a> {
    pub members: Vec<Member<'p, 'a>>,
    pub externals: Vec<External<'a>>,
    external_at: FxHashMap<Origin<'a>, usize>,
    member_at: FxHashMap<u32, usize>,
}

/// Resolves what the members import.
pub(super) fn resolve<'p, 'a>(instances: &'p Instances<'a>, chosen: &[usize]) -> Result<Program<'p, 'a>, LinkError> {
    let mut program = Program::default();
    for at in chosen {
        let of = &instances.instantiations[*at];
        let Ok(module) = &of.module else { continue };
        let member = program.members.len();
        program.member_at.insert(of.instance, member);
        program.members.push(Member { instance: of.instance, module, imports: FxHashMap::default() });
        for import in &module.imports {
            let kind = kind_of(&import.ty);
            let entity = match instances.origin(of, import)? {
                Origin::Export { instance, name, .. } if program.member_at.contains_key(&instance) => {
                    program.export(instance, name)?
                }
                origin @ (Origin::Export { .. } | Origin::Canonical(_)) => program.external(External {
                    origin,
                    kind,
                    module: import.module,
                    name: import.name,
                    ty: import.ty,
                    member,
                }),
            };
            program.members[member].imports.entry(kind).or_default().push(entity);
        }
    }
    Ok(program)
}

impl<'a> Program<'_, 'a> {
    fn external(&mut self, external: External<'a>) -> Entity {
        let next = self.externals.len();
        let at = *self.external_at.entry(external.origin).or_insert(next);
        if at == next {
            self.externals.push(external);
        }
        Entity::External(at)
    }

    /// What a member's index stands for.
    pub fn entity(&self, member: usize, kind: Kind, index: u32) -> Entity {
        let imports = self.members[member].imports.get(&kind).map_or(&[][..], Vec::as_slice);
        imports.get(index as usize).copied().unwrap_or(Entity::Defined(kind, member, index))
    }

    /// What an instance that is linked exports.
    pub fn export(&self, instance: u32, name: &str) -> Result<Entity, LinkError> {
        let export = self.member_at.get(&instance).and_then(|member| {
            let (kind, index) = self.members[*member].module.exports.get(name)?;
            Some(self.entity(*member, *kind, *index))
        });
        export.ok_or_else(|| LinkError::Unreadable { message: format!("there is no export `{name}`") })
    }

    /// Whether an instance is linked.
    pub fn has(&self, instance: u32) -> bool {
        self.member_at.contains_key(&instance)
    }

    /// The index among what a member defines of a kind.
    pub fn defined(&self, member: usize, kind: Kind, index: u32) -> usize {
        index as usize - self.members[member].imports.get(&kind).map_or(0, Vec::len)
    }

    /// The indices of what each member defines of a kind, in order.
    pub fn definitions(&self, kind: Kind) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.members.iter().enumerate().flat_map(move |(at, member)| {
            let imported = member.imports.get(&kind).map_or(0, Vec::len);
            let defined = member.module.defined(kind);
            (imported..imported + defined).map(move |index| (at, index as u32))
        })
    }
}

/// Globals that never change, with the instruction that stands for each.
pub(super) type Constants = FxHashMap<Entity, Instruction<'static>>;

/// Finds the globals that have a constant value; `written` are those that something may change.
pub(super) fn constants(program: &Program<'_, '_>, written: &FxHashSet<Entity>) -> Constants {
    let mut constants = Constants::default();
    for (member, index) in program.definitions(Kind::Global) {
        let entity = Entity::Defined(Kind::Global, member, index);
        let global = &program.members[member].module.globals[program.defined(member, Kind::Global, index)];
        if written.contains(&entity) || global.ty.shared {
            continue;
        }
        if let Some(value) = value(program, member, &global.init, &constants) {
            constants.insert(entity, value);
        }
    }
    constants
}

/// What an expression comes to, where all of it is known. Libraries say where their data is as a base that they are given
/// and an offset, which the engine would add for each instance.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever is not known, now or later, is left to the engine")]
pub(super) fn value(
    program: &Program<'_, '_>,
    member: usize,
    init: &ConstExpr<'_>,
    constants: &Constants,
) -> Option<Instruction<'static>> {
    let mut reader = init.get_operators_reader();
    let mut stack = Vec::new();
    while !reader.is_end_then_eof() {
        let value = match reader.read().ok()? {
            Operator::I32Const { value } => Instruction::I32Const(value),
            Operator::I64Const { value } => Instruction::I64Const(value),
            Operator::F32Const { value } => Instruction::F32Const(value.into()),
            Operator::F64Const { value } => Instruction::F64Const(value.into()),
            Operator::GlobalGet { global_index } => {
                constants.get(&program.entity(member, Kind::Global, global_index))?.clone()
            }
            Operator::I32Add | Operator::I64Add => both(&mut stack, i32::wrapping_add, i64::wrapping_add)?,
            Operator::I32Sub | Operator::I64Sub => both(&mut stack, i32::wrapping_sub, i64::wrapping_sub)?,
            Operator::I32Mul | Operator::I64Mul => both(&mut stack, i32::wrapping_mul, i64::wrapping_mul)?,
            // Whatever else there is, now or later, is computed when the module is instantiated.
            _ => return None,
        };
        stack.push(value);
    }
    stack.pop().filter(|_| stack.is_empty())
}

/// The two values on top of the stack in one. What is valid has two of one type there.
fn both(
    stack: &mut Vec<Instruction<'static>>,
    narrow: impl Fn(i32, i32) -> i32,
    wide: impl Fn(i64, i64) -> i64,
) -> Option<Instruction<'static>> {
    let (right, left) = (stack.pop()?, stack.pop()?);
    match (left, right) {
        (Instruction::I32Const(left), Instruction::I32Const(right)) => Some(Instruction::I32Const(narrow(left, right))),
        (Instruction::I64Const(left), Instruction::I64Const(right)) => Some(Instruction::I64Const(wide(left, right))),
        _ => None,
    }
}
