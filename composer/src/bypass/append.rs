//! Appends what a bypass needs to an app: imports, lowered functions, and the module between.
//!
//! Nothing that the app has is changed or moved, so every index in it stays what it was, and what was
//! there before is the file up to the mark.

use std::collections::BTreeMap;
use std::convert::Infallible;

use indexmap::IndexSet;
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, component_utils as utils};
use wasm_encoder::{
    Alias, CanonicalOption, Component, ComponentBuilder, ComponentExportKind, CustomSection, ExportKind, ModuleArg,
};
use wasmparser::{ComponentAlias, ComponentExternalKind, ComponentTypeRef, Parser, Payload};

use super::given;
use super::imports::Import;
use super::scratch;
use super::shape::{Counts, Shape};
use super::staging;

/// The name of the section from which on everything was appended. It holds how long the app was before.
pub(crate) const MARK: &str = "composer:bypass";

/// What is appended, and the names by which it refers to what is there.
pub(super) struct Append<'a> {
    builder: ComponentBuilder,
    base: Counts,
    /// The instances that the app imports already.
    there: &'a BTreeMap<&'a str, u32>,
    /// The instances that were imported by their names.
    instances: BTreeMap<String, u32>,
    numbers: Numbers,
}

/// A memory that functions are lowered with, and what makes room in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    memory: u32,
    realloc: Option<u32>,
}

/// Room in an app's memory.
pub(super) struct Scratch {
    pub memory: Memory,
    /// The instance that keeps it.
    pub instance: u32,
    /// The instance that has the memory.
    pub app: u32,
}

/// A memory of its own for what is staged.
pub(super) struct Staging {
    pub memory: Memory,
    /// The instance that has it.
    pub instance: u32,
}

/// The places of a donor's items in the app.
#[derive(Debug, Default)]
struct Numbers {
    types: Vec<u32>,
    instances: Vec<u32>,
    /// How many types this one is inside of.
    depth: u32,
}

impl<'a> Append<'a> {
    pub fn new(app: &[u8], shape: &'a Shape<'_>) -> Self {
        let mut builder = ComponentBuilder::default();
        let length = (app.len() as u64).to_le_bytes();
        builder.custom_section(&CustomSection { name: MARK.into(), data: length[..].into() });
        Self {
            builder,
            base: shape.counts,
            there: &shape.imports,
            instances: BTreeMap::new(),
            numbers: Numbers::default(),
        }
    }

    /// Takes over the types and imports of a component, but not what the app imports already.
    pub fn take_over(&mut self, donor: &[u8]) -> Result<(), Error<Infallible>> {
        for payload in Parser::new(0).parse_all(donor) {
            let payload = payload?;
            if let Payload::ComponentTypeSection(section) = payload {
                for ty in section {
                    let (index, encoder) = self.builder.ty(None);
                    self.numbers.parse_component_type(encoder, ty?)?;
                    self.numbers.types.push(self.base.types + index);
                }
            } else if let Payload::ComponentImportSection(section) = payload {
                for import in section {
                    self.import(&import?)?;
                }
            } else if let Payload::ComponentAliasSection(section) = payload {
                for alias in section {
                    self.alias(alias?)?;
                }
            } else if let Payload::ModuleSection { .. } = payload {
                // From here on it is about the donor's own module.
                return Ok(());
            }
        }
        Ok(())
    }

    fn import(&mut self, import: &wasmparser::ComponentImport<'_>) -> Result<(), Error<Infallible>> {
        let name = import.name.name;
        let instance = match self.there.get(name) {
            Some(instance) => *instance,
            None => {
                let ty = self.numbers.component_type_ref(import.ty)?;
                self.base.instances + self.builder.import(name, ty)
            }
        };
        debug_assert!(matches!(import.ty, ComponentTypeRef::Instance(_)), "worlds import interfaces alone");
        self.numbers.instances.push(instance);
        self.instances.insert(name.to_owned(), instance);
        Ok(())
    }

    fn alias(&mut self, alias: ComponentAlias<'_>) -> Result<(), Error<Infallible>> {
        let ComponentAlias::InstanceExport { kind: ComponentExternalKind::Type, .. } = alias else { return Ok(()) };
        let alias = utils::component_alias(&mut self.numbers, alias)?;
        let index = self.builder.alias(None, alias);
        self.numbers.types.push(self.base.types + index);
        Ok(())
    }

    /// Instantiates what keeps room in the app's memory.
    pub fn scratch(&mut self, bytes: u32, memory: u32, realloc: Option<u32>) -> Scratch {
        let items = realloc.map(|index| (given::REALLOC.to_owned(), ExportKind::Func, index));
        let items: Vec<_> = [(given::MEMORY.to_owned(), ExportKind::Memory, memory)].into_iter().chain(items).collect();
        let app = self.instance(&items);
        let instance = self.instantiate(&scratch::module(bytes, realloc.is_some()), &[(given::APP, app)]);
        let realloc = realloc.map(|_| self.function(instance, given::REALLOC));
        Scratch { memory: Memory { memory, realloc }, instance, app }
    }

    /// Instantiates what gathers.
    pub fn staging(&mut self) -> Staging {
        let instance = self.instantiate(&staging::module(), &[]);
        // Who encodes a component counts its memories; the app's own are before.
        let memory =
            self.base.memories + self.builder.core_alias_export(None, instance, staging::MEMORY, ExportKind::Memory);
        let realloc = Some(self.function(instance, staging::REALLOC));
        Staging { memory: Memory { memory, realloc }, instance }
    }

    /// Lowers imported functions with a memory.
    pub fn lower(&mut self, imports: &IndexSet<Import>, memory: Memory) -> Option<Vec<u32>> {
        let functions = imports.iter().map(|(interface, name)| {
            let instance = *self.instances.get(interface)?;
            let alias = Alias::InstanceExport { instance, kind: ComponentExportKind::Func, name };
            Some(self.base.functions + self.builder.alias(None, alias))
        });
        let functions: Option<Vec<u32>> = functions.collect();
        let options = [CanonicalOption::UTF8, CanonicalOption::Memory(memory.memory)];
        let options: Vec<_> = options.into_iter().chain(memory.realloc.map(CanonicalOption::Realloc)).collect();
        let lowered = functions?.into_iter().map(|function| {
            self.base.core_functions + self.builder.lower_func(None, function, options.iter().copied())
        });
        Some(lowered.collect())
    }

    /// Instantiates a module, given instances by these names.
    pub fn instantiate(&mut self, module: &[u8], given: &[(&str, u32)]) -> u32 {
        let module = self.base.modules + self.builder.core_module_raw(None, module);
        let args = given.iter().map(|(name, instance)| (*name, ModuleArg::Instance(*instance)));
        self.base.core_instances + self.builder.core_instantiate(None, module, args)
    }

    /// An instance of functions, each by its place.
    pub fn functions(&mut self, functions: impl Iterator<Item = u32>) -> u32 {
        let items = functions.enumerate().map(|(place, index)| (place.to_string(), ExportKind::Func, index));
        self.instance(&items.collect::<Vec<_>>())
    }

    /// A function of an instance.
    fn function(&mut self, instance: u32, name: &str) -> u32 {
        self.base.core_functions + self.builder.core_alias_export(None, instance, name, ExportKind::Func)
    }

    fn instance(&mut self, items: &[(String, ExportKind, u32)]) -> u32 {
        let items: Vec<_> = items.iter().map(|(name, kind, index)| (name.as_str(), *kind, *index)).collect();
        self.base.core_instances + self.builder.core_instantiate_exports(None, items)
    }

    /// What is appended.
    pub fn finish(self) -> Vec<u8> {
        self.builder.finish().split_off(Component::HEADER.len())
    }
}

impl Reencode for Numbers {
    type Error = Infallible;
}

impl ReencodeComponent for Numbers {
    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }

    fn component_type_index(&mut self, ty: u32) -> u32 {
        // What is declared inside of a type is counted there.
        if self.depth == 0 { self.types.get(ty as usize).copied().unwrap_or(ty) } else { ty }
    }

    fn outer_component_type_index(&mut self, count: u32, ty: u32) -> u32 {
        if count == self.depth { self.types.get(ty as usize).copied().unwrap_or(ty) } else { ty }
    }

    fn component_instance_index(&mut self, instance: u32) -> u32 {
        if self.depth == 0 { self.instances.get(instance as usize).copied().unwrap_or(instance) } else { instance }
    }
}
