//! A core module as far as it is linked: its index spaces, its segments, and its code, unread.

use rustc_hash::FxHashMap;
use wasmparser::{
    BinaryReaderError, ConstExpr, Data, Element, Export, ExternalKind, FuncType, FunctionBody, GlobalType, Import,
    KnownCustom, MemoryType, Name, NameMap, Parser, Payload, TableInit, TableType, TagType, TypeRef,
};

use super::LinkError;

/// The kinds of what modules import, define and export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Function,
    Table,
    Memory,
    Global,
    Tag,
}

impl From<ExternalKind> for Kind {
    fn from(kind: ExternalKind) -> Self {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => Self::Function,
            ExternalKind::Table => Self::Table,
            ExternalKind::Memory => Self::Memory,
            ExternalKind::Global => Self::Global,
            ExternalKind::Tag => Self::Tag,
        }
    }
}

/// The kind of an import.
pub(super) fn kind_of(ty: &TypeRef) -> Kind {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => Kind::Function,
        TypeRef::Table(_) => Kind::Table,
        TypeRef::Memory(_) => Kind::Memory,
        TypeRef::Global(_) => Kind::Global,
        TypeRef::Tag(_) => Kind::Tag,
    }
}

/// A global that a module defines.
#[derive(Debug, Clone)]
pub(super) struct Global<'a> {
    pub ty: GlobalType,
    pub init: ConstExpr<'a>,
}

/// A module. What it defines of a kind comes behind what it imports of it, in the index space of that kind.
#[derive(Default)]
pub(super) struct Module<'a> {
    pub name: Option<&'a str>,
    pub types: Vec<FuncType>,
    pub imports: Vec<Import<'a>>,
    /// The types of the functions that it defines.
    pub functions: Vec<u32>,
    pub bodies: Vec<FunctionBody<'a>>,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub tags: Vec<TagType>,
    pub exports: FxHashMap<&'a str, (Kind, u32)>,
    pub start: Option<u32>,
    pub elements: Vec<Element<'a>>,
    pub data: Vec<Data<'a>>,
    /// Whether it says how many data segments there are, as it must where its code names one.
    pub counts_data: bool,
    /// Names of functions and globals, by their indices.
    pub function_names: FxHashMap<u32, &'a str>,
    pub global_names: FxHashMap<u32, &'a str>,
    /// Custom sections that stay true when the module is linked.
    pub custom: Vec<(&'a str, &'a [u8])>,
}

/// What only makes sense for the module as it was: where code and data lie, and how it was to be linked.
fn is_of_layout(name: &str) -> bool {
    name == "dylink.0" || name == "linking" || name.starts_with("reloc.") || name.starts_with(".debug_")
}

impl std::fmt::Debug for Module<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Reads a module; `Err` inside is why it cannot be linked.
pub(super) fn read(bytes: &[u8]) -> Result<Result<Module<'_>, String>, LinkError> {
    let mut module = Module::default();
    for payload in Parser::new(0).parse_all(bytes) {
        if let Err(reason) = module.payload(payload?)? {
            return Ok(Err(reason));
        }
    }
    Ok(Ok(module))
}

impl<'a> Module<'a> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever is not known, now or later, is a reason not to link")]
    fn payload(&mut self, payload: Payload<'a>) -> Result<Result<(), String>, LinkError> {
        match payload {
            Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::End(_) => {}
            Payload::TypeSection(types) => match types.into_iter_err_on_gc_types().collect() {
                Ok(types) => self.types = types,
                Err(error) => return Ok(Err(error.message().to_owned())),
            },
            Payload::ImportSection(imports) => self.imports = imports.into_imports().collect::<Result<_, _>>()?,
            Payload::FunctionSection(functions) => self.functions = all(functions)?,
            Payload::MemorySection(memories) => self.memories = all(memories)?,
            Payload::TagSection(tags) => self.tags = all(tags)?,
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(elements) => self.elements = all(elements)?,
            Payload::DataSection(data) => self.data = all(data)?,
            Payload::DataCountSection { .. } => self.counts_data = true,
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::TableSection(tables) => {
                for table in tables {
                    let table = table?;
                    match table.init {
                        TableInit::RefNull => self.tables.push(table.ty),
                        TableInit::Expr(_) => return Ok(Err("a table of it begins with an expression".to_owned())),
                    }
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let global = global?;
                    self.globals.push(Global { ty: global.ty, init: global.init_expr });
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let Export { name, kind, index } = export?;
                    self.exports.insert(name, (kind.into(), index));
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    self.names(names)?;
                } else if !is_of_layout(section.name()) {
                    self.custom.push((section.name(), section.data()));
                }
            }
            other => return Ok(Err(format!("it has a section that is not known here: {other:?}"))),
        }
        Ok(Ok(()))
    }

    /// Reads names; a part of them that is damaged is no reason to do without the module.
    fn names(&mut self, names: wasmparser::NameSectionReader<'a>) -> Result<(), LinkError> {
        for name in names.into_iter().map_while(Result::ok) {
            match name {
                Name::Module { name, .. } => self.name = Some(name),
                Name::Function(map) => self.function_names = name_map(map),
                Name::Global(map) => self.global_names = name_map(map),
                Name::Local(_)
                | Name::Label(_)
                | Name::Type(_)
                | Name::Table(_)
                | Name::Memory(_)
                | Name::Element(_)
                | Name::Data(_)
                | Name::Field(_)
                | Name::Tag(_)
                | Name::Parameter(_)
                | Name::TagParameter(_)
                | Name::Unknown { .. } => {}
            }
        }
        Ok(())
    }

    /// How many of a kind it defines.
    pub fn defined(&self, kind: Kind) -> usize {
        match kind {
            Kind::Function => self.functions.len(),
            Kind::Table => self.tables.len(),
            Kind::Memory => self.memories.len(),
            Kind::Global => self.globals.len(),
            Kind::Tag => self.tags.len(),
        }
    }

    /// How many of a kind it imports.
    pub fn imported(&self, kind: Kind) -> u32 {
        self.imports.iter().filter(|import| kind_of(&import.ty) == kind).count() as u32
    }

    /// Whether a segment is written into a table or a memory when it is instantiated.
    pub fn has_active_segments(&self) -> bool {
        let elements =
            self.elements.iter().any(|element| matches!(element.kind, wasmparser::ElementKind::Active { .. }));
        elements || self.data.iter().any(|data| matches!(data.kind, wasmparser::DataKind::Active { .. }))
    }
}

fn all<'a, T: wasmparser::FromReader<'a>>(
    section: wasmparser::SectionLimited<'a, T>,
) -> Result<Vec<T>, BinaryReaderError> {
    section.into_iter().collect()
}

fn name_map(map: NameMap<'_>) -> FxHashMap<u32, &str> {
    map.into_iter().map_while(Result::ok).map(|naming| (naming.index, naming.name)).collect()
}
