//! Writes an app again with an observer inside, and wrappers where observed functions are called.
//!
//! Items stay in their order. The observer and what it needs go before the first core instance; wrappers go behind the
//! functions that they are around and before whoever is given them, who is given the wrapper instead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wasm_encoder::{Alias, CanonicalOption, ComponentExportKind, ExportKind};

use super::known::Types;
use super::platform::Platform;
use super::relay::{self, Relay};
use super::sites::{Lifted, Site};
use super::wrap::{self, Shared, Wrapper, given, uses};
use super::writer::Writer;
use super::{ObserveError, dispatch, ground};
use crate::link::items::{self, Component, Item, Kind, Space};
use crate::wit::EVIDENCE;

/// What is written.
pub(super) struct Parts<'p> {
    pub component: &'p Component<'p>,
    /// Where wrappers go, each with what it is.
    pub sites: Vec<Wrapped<'p>>,
    /// The functions that the host calls, with the signatures of their core functions.
    pub lifted: Vec<(Lifted, Types)>,
    /// The functions in tables that are replaced in the end.
    pub replaced: Option<Replaced<'p>>,
    /// The instances that the app imports.
    pub instances: &'p BTreeMap<String, u32>,
    pub platform: &'p Platform,
    pub ground: &'p [u8],
    pub observer: &'p [u8],
    /// The names of custom sections that say where something is, which would be elsewhere.
    pub dropped: &'p [&'p str],
    /// How it goes together with another observer.
    pub relay: Relay,
    /// Whether observing can be switched off while the app runs.
    pub has_switch: bool,
    /// How many hooks there are.
    pub hooks: usize,
}

/// Functions in a table, of one memory.
pub(super) struct Replaced<'p> {
    pub memory: u32,
    pub instance: u32,
    pub table: wrap::Table<'p>,
    pub wrappers: Vec<Wrapper<'p>>,
}

/// What the wrappers are given: instances.
#[derive(Debug)]
struct Observer {
    host: u32,
    ground: u32,
    has_switch: bool,
    /// The observer of this component.
    own: u32,
    /// What wrappers tell who count for the adapter's.
    adapter: Option<u32>,
    /// What it imports.
    instances: BTreeMap<String, u32>,
}

impl Observer {
    /// What every module of wrappers is given; `told` is the observer that they tell.
    fn args(&self, told: u32) -> Vec<(&'static str, u32)> {
        vec![(given::HOST, self.host), (given::OBSERVER, told), (given::GROUND, self.ground)]
    }
}

/// Which observer is told of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Observing {
    /// The one of this component.
    Own,
    /// The adapter's.
    Adapter,
}

/// A site, its wrapper, and whom that tells.
pub(super) type Wrapped<'p> = (&'p Site, Wrapper<'p>, Observing);

/// Writes it.
pub(super) fn rewrite(parts: &Parts<'_>) -> Result<Vec<u8>, ObserveError> {
    let mut writer = Writer::default();
    let mut observer = None;
    let mut pending: Vec<&Wrapped<'_>> = Vec::new();
    let mut asked = BTreeSet::new();
    for item in &parts.component.items {
        if observer.is_none() && matches!(item.kind, Kind::Canonical | Kind::CoreInstance) {
            observer = Some(writer.observer(parts)?);
        }
        if let Some(observer) = &observer {
            let is_used = |(site, ..): &&Wrapped<'_>| item.uses.contains(&(Space::CoreFunction, site.core));
            if pending.iter().any(is_used) {
                writer.wrappers(observer, &std::mem::take(&mut pending))?;
            }
            if let Some((lifted, types)) = parts.lifted.iter().find(|(of, _)| is_it(item, of)) {
                writer.lift(observer, item, lifted, types)?;
                continue;
            }
        }
        // What the app asks of the observer is the observer's own function, and no import.
        let is_asked = name_of_import(item)?.is_some_and(|name| name == EVIDENCE);
        if is_asked || item.uses.iter().any(|used| asked.contains(used)) {
            match (item.defines, &observer) {
                (Some(index @ (Space::CoreFunction, _)), Some(observer)) => {
                    let function = writer.core_alias(observer.own, ExportKind::Func, uses::EVIDENCE);
                    writer.map.insert(index, function);
                }
                (defines, _) => asked.extend(defines),
            }
            continue;
        }
        if item.kind == Kind::Custom && parts.dropped.iter().any(|name| is_custom(item, name)) {
            continue;
        }
        // What is appended to an app imports what the observer may import, too.
        let there = match (&observer, name_of_import(item)?) {
            (Some(observer), Some(name)) => observer.instances.get(&name).copied(),
            (None, _) | (_, None) => None,
        };
        match (there, item.defines) {
            (Some(there), Some(index)) => drop(writer.map.insert(index, there)),
            (None, _) | (_, None) => writer.copy(item)?,
        }
        let of_it = parts.sites.iter().filter(|(site, ..)| item.defines == Some((Space::CoreFunction, site.core)));
        pending.extend(of_it);
    }
    let Some(observer) = observer else {
        return Err(ObserveError::Unreadable { message: "it has no core module".to_owned() });
    };
    if let Some(replaced) = &parts.replaced {
        writer.replace(&observer, replaced)?;
    }
    if parts.relay == Relay::Exported {
        relay::export(&mut writer, observer.own);
    }
    Ok(writer.sink.finish())
}

/// What an item imports, if it is an import.
fn name_of_import(item: &Item<'_>) -> Result<Option<String>, ObserveError> {
    if item.kind != Kind::Import {
        return Ok(None);
    }
    let import: wasmparser::ComponentImport<'_> = item.parse()?;
    Ok(Some(import.name.name.to_owned()))
}

fn is_it(item: &Item<'_>, lifted: &Lifted) -> bool {
    item.defines == Some((Space::Function, lifted.function))
}

/// Whether an item is the custom section of this name: what is in such an item begins with the name.
fn is_custom(item: &Item<'_>, name: &str) -> bool {
    let whole = [&[name.len() as u8], name.as_bytes()].concat();
    item.bytes.starts_with(&whole)
}

impl Writer {
    /// Writes the observer: what it imports, its memory, itself.
    fn observer(&mut self, parts: &Parts<'_>) -> Result<Observer, ObserveError> {
        let instances = self.take_over(parts)?;
        let ground = self.instantiate(parts.ground, &[])?;
        let memory = self.core_alias(ground, ExportKind::Memory, ground::MEMORY);
        let realloc = self.core_alias(ground, ExportKind::Func, ground::REALLOC);
        let mut host = Vec::new();
        for import in &parts.platform.imports {
            let instance = instances.get(&import.interface).copied();
            let instance = instance
                .ok_or_else(|| ObserveError::Imports { message: format!("`{}` was not encoded", import.interface) })?;
            let name = import.name.as_str();
            self.sink.aliases().alias(Alias::InstanceExport { instance, kind: ComponentExportKind::Func, name });
            let function = self.next(Space::Function);
            let mut options = Vec::new();
            if import.in_memory {
                options.push(CanonicalOption::Memory(memory));
            }
            if import.answers_lists {
                options.extend([CanonicalOption::Realloc(realloc), CanonicalOption::UTF8]);
            }
            self.sink.canonicals().lower(function, options);
            host.push((import.given.as_str(), ExportKind::Func, self.next(Space::CoreFunction)));
        }
        if parts.hooks > 0 {
            let hooks = self.instance(&host);
            let dispatch = self.instantiate(&dispatch::module(parts.hooks), &[(dispatch::HOOKS, hooks)])?;
            for (name, ..) in dispatch::functions() {
                host.push((name, ExportKind::Func, self.core_alias(dispatch, ExportKind::Func, name)));
            }
        }
        let relayed = if parts.relay == Relay::Imported { relay::import(self) } else { Vec::new() };
        host.extend(relayed.iter().map(|(name, index)| (*name, ExportKind::Func, *index)));
        for name in ground::exports() {
            if !host.iter().any(|(given, ..)| *given == name) {
                host.push((name, ExportKind::Func, self.core_alias(ground, ExportKind::Func, name)));
            }
        }
        let host = self.instance(&host);
        let own = self.instantiate(parts.observer, &[("env", ground), ("host", host)])?;
        let adapter = relayed.iter().find(|(name, _)| *name == uses::LEAVE).map(|(name, leave)| {
            let own = uses::OF_OBSERVER.map(|other| {
                let function = if other == *name { *leave } else { self.core_alias(own, ExportKind::Func, other) };
                (other, ExportKind::Func, function)
            });
            self.instance(&own)
        });
        let has_switch = parts.has_switch;
        Ok(Observer { host, ground, has_switch, own, adapter, instances })
    }

    /// Writes the types and imports of the donors, but not what the app imports already; the instances by their names.
    fn take_over(&mut self, parts: &Parts<'_>) -> Result<BTreeMap<String, u32>, ObserveError> {
        let mut instances = BTreeMap::new();
        for donor in &parts.platform.donors {
            let donor = match items::read(donor)? {
                Ok(donor) => donor,
                Err(message) => return Err(ObserveError::Imports { message }),
            };
            self.take_over_of(&donor, parts, &mut instances)?;
        }
        Ok(instances)
    }

    fn take_over_of(
        &mut self,
        donor: &Component<'_>,
        parts: &Parts<'_>,
        instances: &mut BTreeMap<String, u32>,
    ) -> Result<(), ObserveError> {
        let mut map = HashMap::new();
        for item in &donor.items {
            if matches!(item.kind, Kind::CoreModule | Kind::CoreInstance) {
                // From here on it is about the donor's own module.
                break;
            }
            let (Some(index), true) = (item.defines, matches!(item.kind, Kind::Import | Kind::Type | Kind::Alias))
            else {
                continue;
            };
            let import = name_of_import(item)?;
            let there = import.as_ref().and_then(|name| parts.instances.get(name));
            let now = match there.and_then(|index| self.map.get(&(Space::Instance, *index))) {
                Some(there) => *there,
                None => self.copy_of(item, &map, index.0)?,
            };
            map.insert(index, now);
            if let Some(name) = import {
                instances.insert(name, now);
            }
        }
        Ok(())
    }

    /// Writes wrappers around functions, and has whoever comes behind use them.
    fn wrappers(&mut self, observer: &Observer, pending: &[&Wrapped<'_>]) -> Result<(), ObserveError> {
        let mut groups: BTreeMap<(Option<u32>, Observing), Vec<&Wrapped<'_>>> = BTreeMap::new();
        for wrapped in pending {
            groups.entry((wrapped.0.memory, wrapped.2)).or_default().push(wrapped);
        }
        for ((memory, told), sites) in groups {
            let told = match told {
                Observing::Own => observer.own,
                Observing::Adapter => observer.adapter.unwrap_or(observer.own),
            };
            let mut args = observer.args(told);
            let wrappers: Vec<_> = sites.iter().map(|(_, wrapper, _)| wrapper.clone()).collect();
            if let Some(memory) = memory {
                let memory = self.now((Space::CoreMemory, memory))?;
                args.push((given::APP, self.instance(&[(given::MEMORY, ExportKind::Memory, memory)])));
            }
            let places: Vec<String> = (0..sites.len()).map(|place| place.to_string()).collect();
            let mut original = Vec::new();
            for (place, (site, ..)) in places.iter().zip(&sites) {
                original.push((place.as_str(), ExportKind::Func, self.now((Space::CoreFunction, site.core))?));
            }
            args.push((given::ORIGINAL, self.instance(&original)));
            let shared = Shared::of(&wrappers, memory.is_some(), observer.has_switch);
            let instance = self.instantiate(&wrap::module(&wrappers, &shared), &args)?;
            for (place, (site, ..)) in places.iter().zip(&sites) {
                let wrapper = self.core_alias(instance, ExportKind::Func, place);
                self.map.insert((Space::CoreFunction, site.core), wrapper);
            }
        }
        Ok(())
    }

    /// Writes a function that the host calls, with a wrapper around it.
    fn lift(
        &mut self,
        observer: &Observer,
        item: &Item<'_>,
        lifted: &Lifted,
        (params, results): &Types,
    ) -> Result<(), ObserveError> {
        let index = (Space::CoreFunction, lifted.core);
        let core = self.now(index)?;
        let original = self.instance(&[("0", ExportKind::Func, core)]);
        let args = [observer.args(observer.own), vec![(given::ORIGINAL, original)]].concat();
        let instance = self.instantiate(&wrap::request(params, results), &args)?;
        let wrapper = self.core_alias(instance, ExportKind::Func, "0");
        self.map.insert(index, wrapper);
        self.copy(item)?;
        self.map.insert(index, core);
        Ok(())
    }

    /// Writes what replaces the functions of a table.
    fn replace(&mut self, observer: &Observer, replaced: &Replaced<'_>) -> Result<(), ObserveError> {
        let memory = self.now((Space::CoreMemory, replaced.memory))?;
        let app = self.instance(&[(given::MEMORY, ExportKind::Memory, memory)]);
        let table = self.now((Space::CoreInstance, replaced.instance))?;
        let mut args = observer.args(observer.own);
        args.extend([(given::APP, app), (given::TABLE, table)]);
        let shared = Shared::of(&replaced.wrappers, true, observer.has_switch);
        self.instantiate(&wrap::replacing(&replaced.wrappers, &replaced.table, &shared), &args)?;
        Ok(())
    }
}
