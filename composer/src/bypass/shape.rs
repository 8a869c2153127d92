//! What of an app's binary the bypass builds on: where its imports are lowered, and which table calls them.
//!
//! A component's memory exists only once its module is instantiated, and what needs that memory to be
//! lowered is an argument of that very instantiation. So encoders instantiate a module of stubs first,
//! which call through a table, and one last that fills the table. Who fills it again later has the calls.

use std::collections::BTreeMap;

use wasm_encoder::ComponentSectionId;
use wasmparser::{
    BinaryReader, BinaryReaderError, CanonicalFunction, CanonicalOption, ComponentAlias, ComponentAliasSectionReader,
    ComponentCanonicalSectionReader, ComponentExportSectionReader, ComponentExternalKind, ComponentImportSectionReader,
    ComponentInstanceSectionReader, ComponentTypeRef, ComponentTypeSectionReader, ElementItems, ElementKind,
    ExternalKind, Instance, InstanceSectionReader, InstantiationArgKind, Operator, Parser, Payload, TableType, TypeRef,
};

use crate::sections::{Section, sections};

/// How many items of each kind a component has so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub types: u32,
    pub instances: u32,
    pub functions: u32,
    pub core_functions: u32,
    pub core_instances: u32,
    pub memories: u32,
    pub modules: u32,
}

/// A component as far as it matters.
#[derive(Debug, Default)]
pub(crate) struct Shape<'a> {
    pub counts: Counts,
    /// Its imported instances, by name.
    pub imports: BTreeMap<&'a str, u32>,
    /// Its functions that are those of an instance: which, and by what name.
    functions: BTreeMap<u32, (u32, &'a str)>,
    /// Its core functions that are such a function lowered.
    lowered: BTreeMap<u32, Lowered>,
    core_instances: Vec<CoreInstance<'a>>,
    modules: BTreeMap<u32, &'a [u8]>,
}

#[derive(Debug, Clone, Copy)]
struct Lowered {
    function: u32,
    memory: u32,
    realloc: Option<u32>,
}

#[derive(Debug)]
enum CoreInstance<'a> {
    Module { module: u32, args: Vec<(&'a str, u32)> },
    Functions(Vec<(&'a str, u32)>),
}

/// An imported function that is called through a table.
#[derive(Debug, Clone)]
pub(crate) struct Target<'a> {
    /// The core function that the table has now.
    pub core: u32,
    /// The memory that its arguments are in.
    pub memory: u32,
    /// What makes room there for lists, if any are answered.
    pub realloc: Option<u32>,
    /// The table.
    pub table: Table<'a>,
    /// Its places in the table.
    pub slots: Vec<u32>,
}

impl Target<'_> {
    /// Whether one module can stand before both: it has one memory and one table.
    pub fn is_beside(&self, other: &Self) -> bool {
        (self.memory, &self.table) == (other.memory, &other.table)
    }
}

/// A table, as an export of a core instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table<'a> {
    pub instance: u32,
    pub name: &'a str,
    pub ty: TableType,
}

/// Reads a component.
pub(crate) fn read(bytes: &[u8]) -> Result<Shape<'_>, BinaryReaderError> {
    let mut shape = Shape::default();
    for section in sections(bytes)? {
        shape.section(&section)?;
    }
    Ok(shape)
}

impl<'a> Shape<'a> {
    fn section(&mut self, section: &Section<'a>) -> Result<(), BinaryReaderError> {
        let is = |id: ComponentSectionId| section.id == id as u8;
        let data = BinaryReader::new(section.data, 0);
        if is(ComponentSectionId::CoreModule) {
            self.modules.insert(self.counts.modules, section.data);
            self.counts.modules += 1;
        } else if is(ComponentSectionId::Type) {
            self.counts.types += ComponentTypeSectionReader::new(data)?.count();
        } else if is(ComponentSectionId::Instance) {
            self.counts.instances += ComponentInstanceSectionReader::new(data)?.count();
        } else if is(ComponentSectionId::Import) {
            for import in ComponentImportSectionReader::new(data)? {
                let import = import?;
                if let ComponentTypeRef::Instance(_) = import.ty {
                    self.imports.insert(import.name.name, self.counts.instances);
                }
                self.add(import.ty.kind());
            }
        } else if is(ComponentSectionId::Export) {
            for export in ComponentExportSectionReader::new(data)? {
                self.add(export?.kind);
            }
        } else if is(ComponentSectionId::Alias) {
            for alias in ComponentAliasSectionReader::new(data)? {
                self.alias(&alias?);
            }
        } else if is(ComponentSectionId::CanonicalFunction) {
            for function in ComponentCanonicalSectionReader::new(data)? {
                self.canonical(&function?);
            }
        } else if is(ComponentSectionId::CoreInstance) {
            for instance in InstanceSectionReader::new(data)? {
                self.core_instance(instance?);
            }
        }
        Ok(())
    }

    fn add(&mut self, kind: ComponentExternalKind) {
        match kind {
            ComponentExternalKind::Func => self.counts.functions += 1,
            ComponentExternalKind::Type => self.counts.types += 1,
            ComponentExternalKind::Instance => self.counts.instances += 1,
            ComponentExternalKind::Module => self.counts.modules += 1,
            ComponentExternalKind::Component | ComponentExternalKind::Value => {}
        }
    }

    fn alias(&mut self, alias: &ComponentAlias<'a>) {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                if *kind == ComponentExternalKind::Func {
                    self.functions.insert(self.counts.functions, (*instance_index, name));
                }
                self.add(*kind);
            }
            ComponentAlias::CoreInstanceExport { kind, .. } => match kind {
                ExternalKind::Func | ExternalKind::FuncExact => self.counts.core_functions += 1,
                ExternalKind::Memory => self.counts.memories += 1,
                ExternalKind::Table | ExternalKind::Global | ExternalKind::Tag => {}
            },
            ComponentAlias::Outer { kind, .. } => match kind {
                wasmparser::ComponentOuterAliasKind::CoreModule => self.counts.modules += 1,
                wasmparser::ComponentOuterAliasKind::Type => self.counts.types += 1,
                wasmparser::ComponentOuterAliasKind::CoreType | wasmparser::ComponentOuterAliasKind::Component => {}
            },
        }
    }

    fn canonical(&mut self, function: &CanonicalFunction) {
        let core = self.counts.core_functions;
        if let CanonicalFunction::Lift { .. } = function {
            self.counts.functions += 1;
            return;
        }
        if let CanonicalFunction::Lower { func_index, options } = function
            && let Some(lowered) = lowered(*func_index, options)
        {
            self.lowered.insert(core, lowered);
        }
        self.counts.core_functions += 1;
    }

    fn core_instance(&mut self, instance: Instance<'a>) {
        let instance = match instance {
            Instance::Instantiate { module_index, args } => CoreInstance::Module {
                module: module_index,
                args: args
                    .iter()
                    .map(|arg| match arg.kind {
                        InstantiationArgKind::Instance => (arg.name, arg.index),
                    })
                    .collect(),
            },
            Instance::FromExports(exports) => {
                let functions = exports.iter().filter(|export| export.kind == ExternalKind::Func);
                CoreInstance::Functions(functions.map(|export| (export.name, export.index)).collect())
            }
        };
        self.core_instances.push(instance);
        self.counts.core_instances += 1;
    }

    /// Where an imported function is called through a table.
    pub fn targets(&self, interface: &str, function: &str) -> Vec<Target<'a>> {
        let Some(instance) = self.imports.get(interface) else { return Vec::new() };
        let lowered = self.lowered.iter().filter(|(_, lowered)| {
            self.functions.get(&lowered.function).is_some_and(|of| *of == (*instance, function))
        });
        let targets = lowered.filter_map(|(core, lowered)| {
            let (table, slots) = self.slots(*core)?;
            Some(Target { core: *core, memory: lowered.memory, realloc: lowered.realloc, table, slots })
        });
        targets.collect()
    }

    /// The table that a core function is put into, and where in it.
    fn slots(&self, core: u32) -> Option<(Table<'a>, Vec<u32>)> {
        self.core_instances.iter().find_map(|instance| {
            let CoreInstance::Module { module, args } = instance else { return None };
            let given: Vec<(&str, &str)> = args.iter().flat_map(|(of, index)| self.given(of, *index, core)).collect();
            if given.is_empty() {
                return None;
            }
            // What does not parse fills no table.
            let (table, slots) = filled(self.modules.get(module)?, &given).ok()??;
            let instance = args.iter().find(|(of, _)| *of == table.of)?.1;
            Some((Table { instance, name: table.name, ty: table.ty }, slots))
        })
    }

    /// The names by which an argument has a core function.
    fn given<'s>(&'s self, of: &'s str, instance: u32, core: u32) -> Vec<(&'s str, &'s str)> {
        let Some(CoreInstance::Functions(functions)) = self.core_instances.get(instance as usize) else {
            return Vec::new();
        };
        functions.iter().filter(|(_, index)| *index == core).map(|(name, _)| (of, *name)).collect()
    }
}

/// What the options of a lowered function say, if they ask for nothing that it would have to be called otherwise for.
fn lowered(function: u32, options: &[CanonicalOption]) -> Option<Lowered> {
    let (mut memory, mut realloc) = (None, None);
    for option in options {
        match option {
            CanonicalOption::Memory(index) => memory = Some(*index),
            CanonicalOption::Realloc(index) => realloc = Some(*index),
            CanonicalOption::UTF8
            | CanonicalOption::UTF16
            | CanonicalOption::CompactUTF16
            | CanonicalOption::PostReturn(_) => {}
            CanonicalOption::Async
            | CanonicalOption::Callback(_)
            | CanonicalOption::CoreType(_)
            | CanonicalOption::Gc => {
                return None;
            }
        }
    }
    Some(Lowered { function, memory: memory?, realloc })
}

/// A table that a module imports.
#[derive(Debug, Clone, Copy)]
struct Imported<'a> {
    of: &'a str,
    name: &'a str,
    ty: TableType,
}

/// The imported table that a module puts one of these imported functions into, and where in it.
fn filled<'a>(module: &'a [u8], given: &[(&str, &str)]) -> Result<Option<(Imported<'a>, Vec<u32>)>, BinaryReaderError> {
    let (mut tables, mut functions, mut count) = (Vec::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::ImportSection(section) = payload {
            for import in section.into_imports() {
                let import = import?;
                match import.ty {
                    TypeRef::Func(_) | TypeRef::FuncExact(_) => {
                        if given.contains(&(import.module, import.name)) {
                            functions.push(count);
                        }
                        count += 1;
                    }
                    TypeRef::Table(ty) => tables.push(Imported { of: import.module, name: import.name, ty }),
                    TypeRef::Memory(_) | TypeRef::Global(_) | TypeRef::Tag(_) => {}
                }
            }
        } else if let Payload::ElementSection(section) = payload {
            for element in section {
                let element = element?;
                let ElementKind::Active { table_index, offset_expr } = element.kind else { continue };
                let Some(table) = tables.get(table_index.unwrap_or(0) as usize) else { continue };
                let mut operators = offset_expr.get_operators_reader();
                let Operator::I32Const { value } = operators.read()? else { continue };
                let ElementItems::Functions(items) = element.items else { continue };
                let mut slots = Vec::new();
                for (place, item) in items.into_iter().enumerate() {
                    if functions.contains(&item?) {
                        slots.push(value.cast_unsigned() + place as u32);
                    }
                }
                if !slots.is_empty() {
                    return Ok(Some((*table, slots)));
                }
            }
        }
    }
    Ok(None)
}
