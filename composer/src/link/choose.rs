//! Which core instances become one: those that nothing outside has to stand between.
//!
//! Whatever is to be linked must be there at once. A function that is lowered with the memory of one module and
//! imported by another stands between the two, and so does a module that is given such a function: the latter stays
//! outside. So does what would bring a second table or memory into a module, which an engine need not know.

use std::collections::{BTreeMap, BTreeSet};

use super::LinkError;
use super::instances::{Instances, Origin};
use super::items::{Component, Space};
use super::module::{Kind, Module};
use rustc_hash::FxHashSet;

/// What is linked, by positions among the instantiations.
#[derive(Debug)]
pub(super) struct Choice {
    pub members: Vec<usize>,
    /// The items that need the linked module, directly or not, and come behind it.
    pub behind: FxHashSet<usize>,
}

/// Chooses; `Err` inside is the reason why there is nothing to link.
pub(super) fn choose<'a>(
    component: &Component<'a>,
    instances: &Instances<'a>,
) -> Result<Result<Choice, String>, LinkError> {
    let mut members = once(instances);
    for kind in [Kind::Table, Kind::Memory] {
        members = around_one(instances, members, kind)?;
    }
    let behind = loop {
        let behind = behind(component, instances, &members);
        match obstructed(component, instances, &members, &behind)? {
            None => break behind,
            Some(member) => members.retain(|other| *other != member),
        }
    };
    if members.len() < 2 {
        return Ok(Err(why_none(instances)));
    }
    Ok(effects(instances, &members)?.map_or(Ok(Choice { members, behind }), Err))
}

/// The modules that are instantiated once and can be read.
fn once(instances: &Instances<'_>) -> Vec<usize> {
    let all = &instances.instantiations;
    let count = |module| all.iter().filter(|other| other.module_index == module).count();
    (0..all.len()).filter(|at| all[*at].module.is_ok() && count(all[*at].module_index) == 1).collect()
}

fn why_none(instances: &Instances<'_>) -> String {
    let reasons = instances.instantiations.iter().find_map(|of| of.module.as_ref().err());
    match reasons {
        Some(reason) => reason.clone(),
        None => "it has no two core modules that could be one".to_owned(),
    }
}

/// A table or memory: where it is from, or which of those that a module defines.
type Thing<'a> = Result<Origin<'a>, (usize, usize)>;

/// The tables or memories that a module has to do with. One that it gives to others goes by what they know it as.
fn things<'a>(instances: &Instances<'a>, at: usize, kind: Kind) -> Result<BTreeSet<Thing<'a>>, LinkError> {
    let of = &instances.instantiations[at];
    let Ok(module) = &of.module else { return Ok(BTreeSet::new()) };
    let imported = module.imports.iter().filter(|import| super::module::kind_of(&import.ty) == kind);
    let imported = imported.map(|import| Ok(Ok(defined(instances, instances.origin(of, import)?))));
    let defined = (0..module.defined(kind)).map(|index| {
        let index_in_space = module.imported(kind) + index as u32;
        let name =
            module.exports.iter().filter(|(_, export)| **export == (kind, index_in_space)).map(|(name, _)| *name);
        Ok(match name.min() {
            Some(name) => Ok(Origin::Export { instance: of.instance, kind, name }),
            None => Err((at, index)),
        })
    });
    imported.chain(defined).collect()
}

/// An export by the first of its names, so that it is the same by any of them.
fn defined<'a>(instances: &Instances<'a>, origin: Origin<'a>) -> Origin<'a> {
    let Origin::Export { instance, kind, name } = origin else { return origin };
    let of = instances.instantiations.iter().find(|of| of.instance == instance);
    let Some(Ok(module)) = of.map(|of| &of.module) else { return origin };
    let Some(export) = module.exports.get(name) else { return origin };
    let names = module.exports.iter().filter(|(_, other)| *other == export).map(|(name, _)| *name);
    names.min().map_or(origin, |name| Origin::Export { instance, kind, name })
}

/// The members that have to do with no other table, or memory, than the one that most have to do with; all of them
/// where a module of the component has two of its own already.
fn around_one<'a>(instances: &Instances<'a>, members: Vec<usize>, kind: Kind) -> Result<Vec<usize>, LinkError> {
    let mut used: BTreeMap<Thing<'a>, usize> = BTreeMap::new();
    let mut by_member = Vec::new();
    for member in members {
        let things = things(instances, member, kind)?;
        things.iter().for_each(|thing| *used.entry(*thing).or_default() += 1);
        by_member.push((member, things));
    }
    if by_member.iter().any(|(_, things)| things.len() > 1) {
        return Ok(by_member.into_iter().map(|(member, _)| member).collect());
    }
    // The first of those that are used alike.
    let most = used.iter().rev().max_by_key(|(_, count)| **count).map(|(thing, _)| *thing);
    let is_kept = |things: &BTreeSet<Thing<'a>>| things.iter().all(|thing| Some(*thing) == most);
    Ok(by_member.into_iter().filter(|(_, things)| is_kept(things)).map(|(member, _)| member).collect())
}

/// The items that need an instance that is to be linked. Exports keep their order, so what comes after the first
/// of them that does is behind, too.
fn behind(component: &Component<'_>, instances: &Instances<'_>, members: &[usize]) -> FxHashSet<usize> {
    let linked: FxHashSet<u32> = members.iter().map(|at| instances.instantiations[*at].instance).collect();
    let own: FxHashSet<usize> = members.iter().map(|at| instances.instantiations[*at].item).collect();
    let mut behind = FxHashSet::default();
    let mut has_export = false;
    for (at, item) in component.items.iter().enumerate() {
        let is_behind = item.uses.iter().any(|index| match index {
            (Space::CoreInstance, instance) if linked.contains(instance) => true,
            index => component.definitions.get(index).is_some_and(|at| behind.contains(at)),
        });
        let is_export = item.kind == super::items::Kind::Export;
        if !own.contains(&at) && (is_behind || is_export && has_export) {
            has_export |= is_export;
            behind.insert(at);
        }
    }
    behind
}

/// A member that is given something from outside which needs another member.
fn obstructed<'a>(
    component: &Component<'a>,
    instances: &Instances<'a>,
    members: &[usize],
    behind: &FxHashSet<usize>,
) -> Result<Option<usize>, LinkError> {
    let linked: FxHashSet<u32> = members.iter().map(|at| instances.instantiations[*at].instance).collect();
    for member in members {
        let of = &instances.instantiations[*member];
        let Ok(module) = &of.module else { continue };
        for import in &module.imports {
            let index = match instances.origin(of, import)? {
                Origin::Export { instance, .. } if linked.contains(&instance) => continue,
                Origin::Export { instance, .. } => (Space::CoreInstance, instance),
                Origin::Canonical(index) => index,
            };
            if component.definitions.get(&index).is_some_and(|at| behind.contains(at)) {
                return Ok(Some(*member));
            }
        }
    }
    Ok(None)
}

/// Why linking would change the order of what happens when the component is instantiated; nothing if it would not.
///
/// When they are linked, all segments are written first and then all start functions are called, in their order.
fn effects<'a>(instances: &Instances<'a>, members: &[usize]) -> Result<Option<String>, LinkError> {
    let all = &instances.instantiations;
    let starts = |at: &usize| all[*at].module.as_ref().is_ok_and(|module| module.start.is_some());
    let writes = |at: &usize| all[*at].module.as_ref().map_or(true, Module::has_active_segments);
    let starting: Vec<usize> = members.iter().copied().filter(starts).collect();
    if let Some(first) = starting.first()
        && members.iter().any(|at| at > first && writes(at))
    {
        return Ok(Some("a module writes its segments after another one was started".to_owned()));
    }
    let (first, last) = (members[0], members[members.len() - 1]);
    let (first_start, last_start) = (starting.first().copied(), starting.last().copied());
    let touched = touched(instances, members)?;
    for at in (first..last).filter(|at| !members.contains(at)) {
        if all[at].module.is_err() || starts(&at) {
            return Ok(Some("a module that stays apart is started between those that would be one".to_owned()));
        }
        let is_between_starts = first_start.is_some_and(|first| first < at) && last_start.is_some_and(|last| at < last);
        if writes(&at) && (is_between_starts || touches(instances, at, &touched)?) {
            return Ok(Some(
                "a module that stays apart writes its segments between those that would be one".to_owned(),
            ));
        }
    }
    Ok(None)
}

/// The tables, memories and globals that the members have to do with.
fn touched<'a>(instances: &Instances<'a>, members: &[usize]) -> Result<BTreeSet<Thing<'a>>, LinkError> {
    let mut touched = BTreeSet::new();
    for member in members {
        for kind in [Kind::Table, Kind::Memory, Kind::Global] {
            touched.extend(things(instances, *member, kind)?);
        }
    }
    Ok(touched)
}

fn touches<'a>(instances: &Instances<'a>, at: usize, touched: &BTreeSet<Thing<'a>>) -> Result<bool, LinkError> {
    for kind in [Kind::Table, Kind::Memory, Kind::Global] {
        if things(instances, at, kind)?.iter().any(|thing| touched.contains(thing)) {
            return Ok(true);
        }
    }
    Ok(false)
}
