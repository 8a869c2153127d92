//! What of a component stays beside the linked module, and what that needs of it.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;
use wasmparser::ComponentAlias;

use super::LinkError;
use super::choose::Choice;
use super::instances::{Instances, Origin};
use super::items::{Component, Item, Kind as ItemKind, Space};
use super::merge::Export;
use super::program::{Entity, Program};

/// What stays, and what is needed.
#[derive(Debug, Default)]
pub(super) struct Needs<'a> {
    /// The items that stay.
    pub kept: FxHashSet<usize>,
    /// What the linked module exports.
    pub exports: Vec<Export>,
    /// The names of exports: by the core instance that had it, and its name there.
    pub names: BTreeMap<(u32, &'a str), String>,
    /// Instances that modules are given whole, with what these take of them.
    pub whole: BTreeMap<u32, BTreeSet<&'a str>>,
}

impl Needs<'_> {
    /// What is exported, as it is in the program.
    pub fn entities(&self) -> FxHashSet<Entity> {
        self.exports.iter().map(|export| export.entity).collect()
    }
}

/// Finds what stays, and what it needs of the members.
pub(super) fn needs<'a>(
    component: &Component<'a>,
    instances: &Instances<'a>,
    choice: &Choice,
    program: &Program<'_, 'a>,
) -> Result<Needs<'a>, LinkError> {
    let mut needs = Needs { kept: kept(component, instances, choice, program), ..Needs::default() };
    for (at, of) in instances.instantiations.iter().enumerate() {
        if choice.members.contains(&at) {
            continue;
        }
        let Ok(module) = &of.module else { continue };
        for given in instances.given(of).filter(|given| program.has(*given)) {
            let names = instances.arguments_of(of, given);
            let taken = module.imports.iter().filter(|import| names.contains(&import.module));
            needs.whole.entry(given).or_default().extend(taken.map(|import| import.name));
        }
    }
    let mut wanted: BTreeSet<(u32, &str)> = BTreeSet::new();
    for item in needs.kept.iter().map(|at| &component.items[*at]) {
        wanted.extend(member_export(item, program)?);
    }
    wanted.extend(needs.whole.iter().flat_map(|(instance, names)| names.iter().map(|name| (*instance, *name))));
    for (instance, name) in wanted {
        needs.export(program, instance, name)?;
    }
    Ok(needs)
}

impl<'a> Needs<'a> {
    fn export(&mut self, program: &Program<'_, 'a>, instance: u32, name: &'a str) -> Result<(), LinkError> {
        let entity = program.export(instance, name)?;
        let Some((at, member)) = program.members.iter().enumerate().find(|(_, member)| member.instance == instance)
        else {
            return Ok(());
        };
        let Some((kind, _)) = member.module.exports.get(name) else { return Ok(()) };
        let same = self.exports.iter().find(|export| (export.kind, export.entity) == (*kind, entity));
        let exported = same.map(|export| export.name.clone()).unwrap_or_else(|| {
            let module = member.module.name.map_or_else(|| at.to_string(), str::to_owned);
            // Modules may have one name, and numbers tell them apart.
            let exported = format!("{module}:{name}");
            let is_taken = self.exports.iter().any(|export| export.name == exported);
            let exported = if is_taken { format!("{at}:{exported}") } else { exported };
            self.exports.push(Export { name: exported.clone(), kind: *kind, entity });
            exported
        });
        self.names.insert((instance, name), exported);
        Ok(())
    }
}

/// What an item takes from an instance that is linked, where it is an alias of that.
pub(super) fn member_export<'a>(
    item: &Item<'a>,
    program: &Program<'_, 'a>,
) -> Result<Option<(u32, &'a str)>, LinkError> {
    if item.kind != ItemKind::Alias {
        return Ok(None);
    }
    Ok(match item.parse()? {
        ComponentAlias::CoreInstanceExport { instance_index, name, .. } if program.has(instance_index) => {
            Some((instance_index, name))
        }
        ComponentAlias::CoreInstanceExport { .. }
        | ComponentAlias::InstanceExport { .. }
        | ComponentAlias::Outer { .. } => None,
    })
}

/// What the component is to the outside stays, what is not linked, and whatever either uses.
fn kept(
    component: &Component<'_>,
    instances: &Instances<'_>,
    choice: &Choice,
    program: &Program<'_, '_>,
) -> FxHashSet<usize> {
    let members: FxHashSet<usize> = choice.members.iter().map(|at| instances.instantiations[*at].item).collect();
    let others: FxHashSet<usize> =
        instances.instantiations.iter().map(|of| of.item).filter(|at| !members.contains(at)).collect();
    let outside = component.items.iter().enumerate().filter(|(at, item)| is_outside(item) || others.contains(at));
    let mut open: Vec<usize> = outside.map(|(at, _)| at).collect();
    open.extend(program.externals.iter().filter_map(|external| match external.origin {
        Origin::Canonical(index) => component.definitions.get(&index).copied(),
        Origin::Export { instance, .. } => component.definitions.get(&(Space::CoreInstance, instance)).copied(),
    }));
    let mut kept = FxHashSet::default();
    while let Some(at) = open.pop() {
        if !members.contains(&at) && kept.insert(at) {
            let uses = component.items[at].uses.iter();
            open.extend(uses.filter_map(|index| component.definitions.get(index).copied()));
        }
    }
    kept
}

/// Whether an item is about the component itself and not about its core.
fn is_outside(item: &Item<'_>) -> bool {
    match item.defines {
        None => true,
        Some((space, _)) => match space {
            Space::Function | Space::Value | Space::Type | Space::Component | Space::Instance => true,
            Space::CoreFunction
            | Space::CoreTable
            | Space::CoreMemory
            | Space::CoreGlobal
            | Space::CoreTag
            | Space::CoreInstance
            | Space::CoreModule
            | Space::CoreType => item.kind == ItemKind::Export || item.kind == ItemKind::Import,
        },
    }
}
