//! The friendly interface and resource of each item: mostly those of the raw item, or those of the resource that it works on.

use std::collections::BTreeMap;

use wit_parser::{Function, InterfaceId, Type as RawType, TypeId};

use super::facts::Facts;
use super::{DeriveError, Refused};
use crate::plan::{Kind, Side};

/// The friendly interface of a raw function, and how it is called there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placement {
    /// The friendly interface.
    pub interface: String,
    /// How it is reached there.
    pub kind: Kind,
    /// Whether a freestanding function became a method.
    pub is_made_method: bool,
}

/// The items of each friendly interface: its own items first, then those that moved there.
#[derive(Debug, Default)]
pub(super) struct Placements<'a> {
    functions: BTreeMap<String, Vec<(InterfaceId, &'a Function)>>,
    types: BTreeMap<String, Vec<TypeId>>,
}

impl<'a> Placements<'a> {
    /// Finds the placement of every item of the adapted interfaces.
    pub fn find(facts: &Facts<'a>, refused: &mut Refused) -> Self {
        let mut own = Self::default();
        let mut moved = Self::default();
        for id in facts.raw.imports.iter().copied().filter(|id| facts.is_adapted(*id)) {
            let here = facts.interface_name(id);
            let interface = &facts.resolve().interfaces[id];
            for ty in interface.types.values().copied().filter(|ty| facts.definition(*ty) == *ty) {
                let target = facts.type_path(ty).interface;
                let placements = if target == here { &mut own } else { &mut moved };
                placements.types.entry(target).or_default().push(ty);
            }
            for raw in interface.functions.values() {
                let target = if is_left_out(facts, id, raw) {
                    here.clone()
                } else {
                    let Some(placement) = refused.note(of(facts, id, raw)) else { continue };
                    placement.interface
                };
                let placements = if target == here { &mut own } else { &mut moved };
                placements.functions.entry(target).or_default().push((id, raw));
            }
        }
        moved.functions.into_iter().for_each(|(target, all)| own.functions.entry(target).or_default().extend(all));
        moved.types.into_iter().for_each(|(target, all)| own.types.entry(target).or_default().extend(all));
        own
    }

    /// The raw functions that are placed in a friendly interface, each with its raw interface.
    pub fn functions(&self, interface: &str) -> &[(InterfaceId, &'a Function)] {
        self.functions.get(interface).map_or(&[], Vec::as_slice)
    }

    /// The raw types that are placed in a friendly interface.
    pub fn types(&self, interface: &str) -> &[TypeId] {
        self.types.get(interface).map_or(&[], Vec::as_slice)
    }
}

/// The placement of a function of an adapted interface.
pub(super) fn of(facts: &Facts<'_>, id: InterfaceId, raw: &Function) -> Result<Placement, DeriveError> {
    let raw_kind = facts.kind(id, raw)?;
    let path = facts.function_path(id, raw);
    let interface = facts.interface_name(id);
    if facts.lines.is_lazy(&path)
        && let Some(resource) = made(facts, raw)
    {
        let owner = facts.type_path(resource);
        return Ok(Placement {
            interface: owner.interface,
            kind: Kind::Constructor(owner.name),
            is_made_method: false,
        });
    }
    if let Some(resource) = raw.kind.resource() {
        let owner = facts.type_path(resource);
        let interface = if owner.side == Side::Friendly { owner.interface } else { interface };
        return Ok(Placement { interface, kind: facts.friendly_kind(&raw_kind, raw), is_made_method: false });
    }
    let receiver =
        raw.params.first().and_then(|param| facts.handle_of(&param.ty)).map(|resource| facts.type_path(resource));
    match receiver.filter(|owner| owner.side == Side::Friendly) {
        Some(owner)
            if owner.interface == interface || (facts.lines.moves_across(&interface) && !facts.lines.stays(&path)) =>
        {
            Ok(Placement { interface: owner.interface, kind: Kind::Method(owner.name), is_made_method: true })
        }
        Some(_) | None => Ok(Placement { interface, kind: raw_kind, is_made_method: false }),
    }
}

/// The resource that a function without parameters makes, failing or not.
pub(super) fn made(facts: &Facts<'_>, raw: &Function) -> Option<TypeId> {
    let made = facts.result_of(raw).ok.filter(|_| raw.params.is_empty())?;
    let resource = facts.handle_of(&made).filter(|_| facts.is_own(&made))?;
    Some(facts.definition(resource))
}

fn is_left_out(facts: &Facts<'_>, id: InterfaceId, raw: &Function) -> bool {
    facts.lines.rules.leave_out.contains_key(&facts.function_path(id, raw))
        || raw.kind.resource().is_some_and(|resource| facts.is_extra(resource))
}

/// Whether a type of a signature is a handle of a resource that is made when it is first needed.
pub(super) fn is_made_later(facts: &Facts<'_>, ty: &RawType) -> bool {
    facts.handle_inside(ty).is_some_and(|resource| maker(facts, resource).is_some())
}

/// The function that makes a resource when it is first needed, if one does.
pub(super) fn maker<'a>(facts: &Facts<'a>, resource: TypeId) -> Option<(InterfaceId, &'a Function)> {
    facts.makers.get(&facts.definition(resource)).copied()
}
