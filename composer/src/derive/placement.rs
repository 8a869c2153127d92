//! The friendly interface and resource of each item: mostly those of the raw item, or those of the resource that it works on.

use std::collections::BTreeMap;

use wit_parser::{Function, InterfaceId, TypeId};

use super::survey::Survey;
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
    pub fn find(survey: &Survey<'a>, refused: &mut Refused) -> Self {
        let mut own = Self::default();
        let mut moved = Self::default();
        for id in survey.world.raw.imports.iter().copied().filter(|id| survey.is_adapted(*id)) {
            let here = survey.world.interface_name(id);
            let interface = &survey.world.resolve().interfaces[id];
            for ty in interface.types.values().copied().filter(|ty| survey.world.definition(*ty) == *ty) {
                let target = survey.type_path(ty).interface;
                let placements = if target == here { &mut own } else { &mut moved };
                placements.types.entry(target).or_default().push(ty);
            }
            for raw in interface.functions.values() {
                let target = if is_left_out(survey, id, raw) {
                    here.clone()
                } else {
                    let Some(placement) = refused.note(of(survey, id, raw)) else { continue };
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

    /// All raw types that are placed anywhere.
    pub fn all_types(&self) -> impl Iterator<Item = TypeId> {
        self.types.values().flatten().copied()
    }

    /// The raw types that are placed in a friendly interface.
    pub fn types(&self, interface: &str) -> &[TypeId] {
        self.types.get(interface).map_or(&[], Vec::as_slice)
    }
}

/// The placement of a function of an adapted interface.
pub(super) fn of(survey: &Survey<'_>, id: InterfaceId, raw: &Function) -> Result<Placement, DeriveError> {
    let raw_kind = survey.world.kind(id, raw)?;
    let path = survey.world.function_path(id, raw);
    let interface = survey.world.interface_name(id);
    if survey.world.usage.is_lazy(&path)
        && let Some(resource) = survey.world.made(raw)
    {
        let owner = survey.type_path(resource);
        return Ok(Placement {
            interface: owner.interface,
            kind: Kind::Constructor(owner.name),
            is_made_method: false,
        });
    }
    if let Some(resource) = raw.kind.resource() {
        let owner = survey.type_path(resource);
        let interface = if owner.side == Side::Friendly { owner.interface } else { interface };
        let kind = match survey.friendly_kind(&raw_kind, raw) {
            Kind::Constructor(resource) if survey.world.usage.constructor_function(&path).is_some() => {
                Kind::Static(resource)
            }
            kind @ (Kind::Freestanding | Kind::Method(_) | Kind::Static(_) | Kind::Constructor(_)) => kind,
        };
        return Ok(Placement { interface, kind, is_made_method: false });
    }
    let receiver = raw
        .params
        .first()
        .and_then(|param| survey.world.handle_of(&param.ty))
        .map(|resource| survey.type_path(resource));
    match receiver.filter(|owner| owner.side == Side::Friendly) {
        Some(owner)
            if owner.interface == interface
                || (survey.world.usage.moves_across(&interface) && !survey.world.usage.stays(&path)) =>
        {
            Ok(Placement { interface: owner.interface, kind: Kind::Method(owner.name), is_made_method: true })
        }
        Some(_) | None => Ok(Placement { interface, kind: raw_kind, is_made_method: false }),
    }
}

fn is_left_out(survey: &Survey<'_>, id: InterfaceId, raw: &Function) -> bool {
    survey.world.usage.rules.leave_out.contains_key(&survey.world.function_path(id, raw))
        || raw.kind.resource().is_some_and(|resource| survey.world.is_extra(resource))
}
