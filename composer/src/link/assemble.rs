//! The component again: what does not need the linked module, that module, and what does.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use wasm_encoder::{Alias, ComponentNameSection, ComponentSectionId, ExportKind, ModuleArg, NameMap};
use wasmparser::{BinaryReader, ComponentName, ComponentNameSectionReader, CustomSectionReader};

use super::LinkError;
use super::choose::Choice;
use super::encode::{self, Indices, Sink};
use super::instances::{Instances, Origin};
use super::items::{Component, Index, Item, Kind as ItemKind, Space};
use super::merge::{self, Merge, START, Start};
use super::module::Kind;
use super::needs::{Needs, member_export};
use super::program::Program;

/// What a component's own names are in.
const NAMES: &str = "component-name";

/// What is put together.
pub(super) struct Parts<'r, 'p, 'a> {
    pub component: &'r Component<'a>,
    pub instances: &'r Instances<'a>,
    pub choice: &'r Choice,
    pub needs: &'r Needs<'a>,
    /// The linked module.
    pub module: &'r Merge<'r, 'p, 'a>,
}

/// The names that the externals are imported by: those that the first who imports them has, each pair once.
pub(super) fn import_names(program: &Program<'_, '_>) -> Vec<(String, String)> {
    let mut seen = FxHashSet::default();
    let names = program.externals.iter().enumerate().map(|(at, external)| {
        let (module, name) = (external.module.to_owned(), external.name.to_owned());
        let name = if seen.insert((module.clone(), name.clone())) { name } else { format!("{name}#{at}") };
        (module, name)
    });
    names.collect()
}

/// Who calls the start functions: a module of its own, where one that stays apart comes before the last of them.
pub(super) fn start(instances: &Instances<'_>, choice: &Choice) -> Start {
    let Some(last) = last_start(instances, choice) else { return Start::AtOnce };
    let is_before = (0..last).any(|at| choice.behind.contains(&instances.instantiations[at].item));
    if is_before { Start::Later } else { Start::AtOnce }
}

fn last_start(instances: &Instances<'_>, choice: &Choice) -> Option<usize> {
    let has_start = |at: &&usize| instances.instantiations[**at].module.as_ref().is_ok_and(|m| m.start.is_some());
    choice.members.iter().rev().find(has_start).copied()
}

/// Writes the component, which has so many bytes or less.
pub(super) fn assemble(parts: &Parts<'_, '_, '_>, capacity: usize) -> Result<Vec<u8>, LinkError> {
    let sink = Sink::with_capacity(capacity);
    let mut out = Assembly { sink, indices: FxHashMap::default(), counts: FxHashMap::default() };
    let kept = |is_behind: bool| {
        let items = parts.component.items.iter().enumerate();
        items.filter(move |(at, item)| {
            parts.needs.kept.contains(at)
                && parts.choice.behind.contains(at) == is_behind
                && item.kind != ItemKind::Custom
        })
    };
    for (_, item) in kept(false) {
        out.item(item)?;
    }
    let linked = out.linked(parts)?;
    let starts_after = last_start(parts.instances, parts.choice).filter(|_| parts.module.start == Start::Later);
    let mut waiting = starts_after.map(|last| parts.instances.instantiations[last].item);
    for (at, item) in kept(true) {
        if waiting.is_some_and(|last| at > last) {
            out.starter(linked);
            waiting = None;
        }
        match member_export(item, parts.module.program)? {
            Some(export) => out.alias(parts, linked, item, export)?,
            None => out.item(item)?,
        }
    }
    if waiting.is_some() {
        out.starter(linked);
    }
    for item in parts.component.items.iter().filter(|item| item.kind == ItemKind::Custom) {
        out.custom(item)?;
    }
    Ok(out.sink.finish())
}

struct Assembly {
    sink: Sink,
    /// The index that each index has become.
    indices: FxHashMap<Index, u32>,
    counts: FxHashMap<Space, u32>,
}

impl Assembly {
    /// The next index of a space.
    fn next(&mut self, space: Space) -> u32 {
        let count = self.counts.entry(space).or_default();
        *count += 1;
        *count - 1
    }

    fn item(&mut self, item: &Item<'_>) -> Result<(), LinkError> {
        if item.kind == ItemKind::Component && item.uses.is_empty() {
            self.sink.whole(ComponentSectionId::Component, item.bytes);
        } else {
            let (indices, mut missing) = (&self.indices, None);
            let mut to = Indices::new(|index| {
                let found = indices.get(&index);
                missing = missing.or(found.is_none().then_some(index));
                found.copied().unwrap_or_default()
            });
            encode::encode(item, &mut to, &mut self.sink)?;
            if let Some((space, index)) = missing {
                return Err(LinkError::Dangling { space, index });
            }
        }
        self.define(item);
        Ok(())
    }

    fn define(&mut self, item: &Item<'_>) {
        if let Some(index) = item.defines {
            let next = self.next(index.0);
            self.indices.insert(index, next);
        }
    }

    /// Writes the module, what it is given, and its instance; and instances that others are given whole.
    fn linked(&mut self, parts: &Parts<'_, '_, '_>) -> Result<u32, LinkError> {
        let mut given: BTreeMap<&str, Vec<(&str, ExportKind, u32)>> = BTreeMap::new();
        for (external, (module, name)) in parts.module.program.externals.iter().zip(parts.module.imports) {
            let (kind, space) = sort(external.kind);
            let index = match external.origin {
                Origin::Canonical(index) => self.indices.get(&index).copied(),
                Origin::Export { instance, name, .. } => {
                    let instance = self.indices.get(&(Space::CoreInstance, instance)).copied();
                    instance.map(|instance| {
                        self.sink.aliases().alias(Alias::CoreInstanceExport { instance, kind, name });
                        self.next(space)
                    })
                }
            };
            let index = index.ok_or(LinkError::Dangling { space, index: u32::MAX })?;
            given.entry(module).or_default().push((name, kind, index));
        }
        let mut args = Vec::new();
        for (name, items) in given {
            self.sink.instances().export_items(items);
            args.push((name, ModuleArg::Instance(self.next(Space::CoreInstance))));
        }
        self.sink.module(|out| merge::merge(parts.module, out))?;
        let module = self.next(Space::CoreModule);
        self.sink.instances().instantiate(module, args);
        let linked = self.next(Space::CoreInstance);
        for (instance, names) in &parts.needs.whole {
            let mut items = Vec::new();
            for name in names {
                let (exported, kind, space) = exported(parts, (*instance, name))?;
                self.sink.aliases().alias(Alias::CoreInstanceExport { instance: linked, kind, name: exported });
                items.push((*name, kind, self.next(space)));
            }
            self.sink.instances().export_items(items);
            let whole = self.next(Space::CoreInstance);
            self.indices.insert((Space::CoreInstance, *instance), whole);
        }
        Ok(linked)
    }

    /// Writes an alias of what an instance exported that is linked now.
    fn alias(
        &mut self,
        parts: &Parts<'_, '_, '_>,
        linked: u32,
        item: &Item<'_>,
        export: (u32, &str),
    ) -> Result<(), LinkError> {
        let (name, kind, _) = exported(parts, export)?;
        self.sink.aliases().alias(Alias::CoreInstanceExport { instance: linked, kind, name });
        self.define(item);
        Ok(())
    }

    fn starter(&mut self, linked: u32) {
        self.sink.whole(ComponentSectionId::CoreModule, &merge::starter());
        let module = self.next(Space::CoreModule);
        self.sink.instances().instantiate(module, [(START, ModuleArg::Instance(linked))]);
        self.next(Space::CoreInstance);
    }

    fn custom(&mut self, item: &Item<'_>) -> Result<(), LinkError> {
        let section = CustomSectionReader::new(BinaryReader::new(item.bytes, 0))?;
        if section.name() == NAMES {
            self.names(section.data())
        } else {
            self.sink.whole(ComponentSectionId::CoreCustom, item.bytes);
            Ok(())
        }
    }

    /// Writes the names of what is still there.
    fn names(&mut self, data: &[u8]) -> Result<(), LinkError> {
        let mut names = ComponentNameSection::new();
        for name in ComponentNameSectionReader::new(BinaryReader::new(data, 0)) {
            match name? {
                ComponentName::Component { name, .. } => names.component(name),
                ComponentName::CoreFuncs(map) => names.core_funcs(&self.map(Space::CoreFunction, map)?),
                ComponentName::CoreGlobals(map) => names.core_globals(&self.map(Space::CoreGlobal, map)?),
                ComponentName::CoreMemories(map) => names.core_memories(&self.map(Space::CoreMemory, map)?),
                ComponentName::CoreTables(map) => names.core_tables(&self.map(Space::CoreTable, map)?),
                ComponentName::CoreTags(map) => names.core_tags(&self.map(Space::CoreTag, map)?),
                ComponentName::CoreModules(map) => names.core_modules(&self.map(Space::CoreModule, map)?),
                ComponentName::CoreInstances(map) => names.core_instances(&self.map(Space::CoreInstance, map)?),
                ComponentName::CoreTypes(map) => names.core_types(&self.map(Space::CoreType, map)?),
                ComponentName::Types(map) => names.types(&self.map(Space::Type, map)?),
                ComponentName::Instances(map) => names.instances(&self.map(Space::Instance, map)?),
                ComponentName::Components(map) => names.components(&self.map(Space::Component, map)?),
                ComponentName::Funcs(map) => names.funcs(&self.map(Space::Function, map)?),
                ComponentName::Values(map) => names.values(&self.map(Space::Value, map)?),
                ComponentName::Unknown { ty, data, .. } => names.raw(ty, data),
            }
        }
        let mut section = wasm_encoder::Component::new();
        section.section(&names);
        let written = crate::sections::sections(section.as_slice())?;
        written.iter().for_each(|section| self.sink.whole(ComponentSectionId::CoreCustom, section.data));
        Ok(())
    }

    fn map(&self, space: Space, names: wasmparser::NameMap<'_>) -> Result<NameMap, LinkError> {
        let mut present = BTreeMap::new();
        for naming in names {
            let naming = naming?;
            if let Some(index) = self.indices.get(&(space, naming.index)) {
                present.insert(*index, naming.name);
            }
        }
        let mut map = NameMap::new();
        present.into_iter().for_each(|(index, name)| map.append(index, name));
        Ok(map)
    }
}

/// What the linked module calls an export of an instance that is part of it.
fn exported<'r>(
    parts: &'r Parts<'_, '_, '_>,
    (instance, name): (u32, &str),
) -> Result<(&'r str, ExportKind, Space), LinkError> {
    let exported = parts.needs.names.get(&(instance, name));
    let export = exported.and_then(|exported| parts.needs.exports.iter().find(|export| export.name == *exported));
    let export = export.ok_or(LinkError::Dangling { space: Space::CoreInstance, index: instance })?;
    let (kind, space) = sort(export.kind);
    Ok((&export.name, kind, space))
}

fn sort(kind: Kind) -> (ExportKind, Space) {
    match kind {
        Kind::Function => (ExportKind::Func, Space::CoreFunction),
        Kind::Table => (ExportKind::Table, Space::CoreTable),
        Kind::Memory => (ExportKind::Memory, Space::CoreMemory),
        Kind::Global => (ExportKind::Global, Space::CoreGlobal),
        Kind::Tag => (ExportKind::Tag, Space::CoreTag),
    }
}
