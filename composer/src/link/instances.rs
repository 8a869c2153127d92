//! The core instances of a component, and where what they are given comes from.

use rustc_hash::FxHashMap;
use wasmparser::{ComponentAlias, Instance, InstantiationArgKind};

use super::LinkError;
use super::items::{self, Component, Index, Kind as ItemKind, Space, core_space};
use super::module::{self, Kind, Module, kind_of};

/// A core module that is instantiated.
#[derive(Debug)]
pub(super) struct Instantiation<'a> {
    /// Its core instance.
    pub instance: u32,
    /// The item that it is.
    pub item: usize,
    /// The core module.
    pub module_index: u32,
    /// The module as far as it is linked; a reason why it cannot be, or nothing where it is not in the component.
    pub module: Result<Module<'a>, String>,
    args: Vec<(&'a str, u32)>,
}

/// All core instances.
#[derive(Debug, Default)]
pub(super) struct Instances<'a> {
    /// Those of modules, in the order in which they are instantiated.
    pub instantiations: Vec<Instantiation<'a>>,
    all: Vec<Core<'a>>,
    /// What each core index that is an alias stands for.
    aliases: FxHashMap<Index, (u32, &'a str)>,
}

#[derive(Debug)]
enum Core<'a> {
    /// Of a module.
    Module,
    /// A bag of what others export.
    Exports(FxHashMap<&'a str, Index>),
}

/// Where something that a core module imports comes from in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Origin<'a> {
    /// An instance of a module exports it.
    Export {
        /// The core instance.
        instance: u32,
        /// What it is.
        kind: Kind,
        /// What it exports it as.
        name: &'a str,
    },
    /// A canonical function.
    Canonical(Index),
}

/// Reads the core instances.
pub(super) fn read<'a>(component: &Component<'a>) -> Result<Instances<'a>, LinkError> {
    let mut instances = Instances::default();
    for (at, item) in component.items.iter().enumerate() {
        match item.kind {
            ItemKind::CoreInstance => instances.instance(component, at)?,
            ItemKind::Alias => {
                if let ComponentAlias::CoreInstanceExport { instance_index, name, .. } = item.parse()?
                    && let Some(index) = item.defines
                {
                    instances.aliases.insert(index, (instance_index, name));
                }
            }
            ItemKind::CoreModule
            | ItemKind::Component
            | ItemKind::Instance
            | ItemKind::Type
            | ItemKind::Canonical
            | ItemKind::Import
            | ItemKind::Export
            | ItemKind::Custom => {}
        }
    }
    Ok(instances)
}

impl<'a> Instances<'a> {
    fn instance(&mut self, component: &Component<'a>, at: usize) -> Result<(), LinkError> {
        let core = match component.items[at].parse()? {
            Instance::Instantiate { module_index, args } => {
                let args = args.iter().map(|arg| match arg.kind {
                    InstantiationArgKind::Instance => (arg.name, arg.index),
                });
                let instantiation = Instantiation {
                    instance: self.all.len() as u32,
                    item: at,
                    module_index,
                    module: read_module(component, module_index)?,
                    args: args.collect(),
                };
                self.instantiations.push(instantiation);
                Core::Module
            }
            Instance::FromExports(exports) => {
                let exports = exports.iter().map(|export| (export.name, (core_space(export.kind), export.index)));
                Core::Exports(exports.collect())
            }
        };
        self.all.push(core);
        Ok(())
    }

    /// Where an import comes from.
    pub fn origin(&self, of: &Instantiation<'a>, import: &wasmparser::Import<'a>) -> Result<Origin<'a>, LinkError> {
        let arg = of.args.iter().find(|(name, _)| *name == import.module);
        let (_, instance) = arg.ok_or_else(|| missing(import.module, import.name))?;
        self.export(*instance, kind_of(&import.ty), import.name)
    }

    /// Where an index of a core thing comes from.
    pub fn origin_of(&self, index: Index) -> Result<Origin<'a>, LinkError> {
        match self.aliases.get(&index) {
            None => Ok(Origin::Canonical(index)),
            Some((instance, name)) => self.export(*instance, kind_in(index.0), name),
        }
    }

    fn export(&self, instance: u32, kind: Kind, name: &'a str) -> Result<Origin<'a>, LinkError> {
        match self.all.get(instance as usize) {
            None => Err(LinkError::Dangling { space: Space::CoreInstance, index: instance }),
            Some(Core::Module) => Ok(Origin::Export { instance, kind, name }),
            Some(Core::Exports(exports)) => {
                let index = exports.get(name).ok_or_else(|| missing("an instance", name))?;
                self.origin_of(*index)
            }
        }
    }

    /// The instances that a module is given whole, by the names of the arguments.
    pub fn given(&self, of: &Instantiation<'a>) -> impl Iterator<Item = u32> {
        of.args.iter().map(|(_, instance)| *instance).collect::<Vec<_>>().into_iter()
    }

    /// The names under which a module is given an instance.
    pub fn arguments_of(&self, of: &Instantiation<'a>, instance: u32) -> Vec<&'a str> {
        of.args.iter().filter(|(_, given)| *given == instance).map(|(name, _)| *name).collect()
    }
}

fn read_module<'a>(component: &Component<'a>, index: u32) -> Result<Result<Module<'a>, String>, LinkError> {
    let item = component.definition((Space::CoreModule, index))?;
    match item.kind {
        items::Kind::CoreModule => module::read(item.bytes),
        items::Kind::CoreInstance
        | items::Kind::Component
        | items::Kind::Instance
        | items::Kind::Alias
        | items::Kind::Type
        | items::Kind::Canonical
        | items::Kind::Import
        | items::Kind::Export
        | items::Kind::Custom => Ok(Err("a module comes from outside".to_owned())),
    }
}

/// The kind of what is in a space of core things.
fn kind_in(space: Space) -> Kind {
    match space {
        Space::CoreTable => Kind::Table,
        Space::CoreMemory => Kind::Memory,
        Space::CoreGlobal => Kind::Global,
        Space::CoreTag => Kind::Tag,
        Space::CoreFunction
        | Space::CoreInstance
        | Space::CoreModule
        | Space::CoreType
        | Space::Function
        | Space::Value
        | Space::Type
        | Space::Component
        | Space::Instance => Kind::Function,
    }
}

fn missing(module: &str, name: &str) -> LinkError {
    LinkError::Unreadable { message: format!("nothing is given for the import `{module}` `{name}`") }
}
