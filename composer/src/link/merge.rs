//! A program as one module.

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use wasm_encoder::reencode::Reencode as _;
use wasm_encoder::{
    CodeSection, CustomSection, DataCountSection, DataSection, ElementSection, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, ImportSection, MemorySection, NameMap, NameSection, ProducersField,
    ProducersSection, Section as _, StartSection, TableSection, TagSection, TypeSection,
};
use wasm_metadata::Producers;
use wasmparser::FuncType;

use super::code::Code;
use super::module::Kind;
use super::numbering::{Numbering, Renumber};
use super::program::{Constants, Entity, Program};
use super::{LinkError, Names};

/// What the start functions are called where somebody else calls them.
pub(super) const START: &str = "start";

/// How many functions are written side by side before they are put into the section: few enough that they are small.
const AT_ONCE: usize = 4096;

/// Who calls the start functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// The engine, when the module is instantiated.
    AtOnce,
    /// A module that is instantiated later.
    Later,
}

/// An export of the linked module.
#[derive(Debug)]
pub(super) struct Export {
    pub name: String,
    pub kind: Kind,
    pub entity: Entity,
}

/// What is written into the module.
pub(super) struct Merge<'r, 'p, 'a> {
    pub program: &'r Program<'p, 'a>,
    pub code: &'r [Vec<Code<'a>>],
    pub numbering: &'r Numbering,
    pub constants: &'r Constants,
    pub exports: &'r [Export],
    /// The names of what it imports: of a module, and of the thing.
    pub imports: &'r [(String, String)],
    /// What is in the memory, where all of that is known; else the segments are written as they are.
    pub data: Option<&'r DataSection>,
    pub start: Start,
    pub names: Names,
}

/// Writes the module's sections. Each is gone before the next is made, as those of code and data are the app.
pub(super) fn merge(merge: &Merge<'_, '_, '_>, out: &mut Vec<u8>) -> Result<(), LinkError> {
    let starts = merge.starts();
    // A function of its own calls them where there are several.
    let starter = (starts.len() > 1).then(|| merge.numbering.order(Kind::Function).len() as u32);
    let start = starter.or(starts.first().copied());

    merge.types(starter.is_some())?.append_to(out);
    merge.imports()?.append_to(out);
    merge.functions(starter.is_some())?.append_to(out);
    merge.tables_to_globals(out)?;
    merge.exported(start)?.append_to(out);
    if let (Some(function_index), Start::AtOnce) = (start, merge.start) {
        StartSection { function_index }.append_to(out);
    }
    merge.segments_and_code(out, starter.is_some().then_some(&starts))?;
    if merge.names == Names::Keep {
        merge.name_section().append_to(out);
    }
    merge.custom(out)
}

impl<'r, 'p, 'a> Merge<'r, 'p, 'a> {
    fn of(&self, member: usize) -> Renumber<'r, 'p, 'a> {
        Renumber { program: self.program, numbering: self.numbering, constants: self.constants, member }
    }

    /// The start functions, in their order.
    fn starts(&self) -> Vec<u32> {
        let members = self.program.members.iter().enumerate();
        let starts = members.filter_map(|(at, member)| {
            Some(self.numbering.index(self.program.entity(at, Kind::Function, member.module.start?)))
        });
        starts.collect()
    }

    fn types(&self, has_starter: bool) -> Result<TypeSection, LinkError> {
        let mut types = TypeSection::new();
        let starter = FuncType::new([], []);
        let added = has_starter && !self.numbering.types.contains(&starter);
        for ty in self.numbering.types.iter().chain(added.then_some(&starter)) {
            // Types of functions that refer to other types are not linked, so that any member will do.
            types.ty().func_type(&self.of(0).func_type(ty.clone())?);
        }
        Ok(types)
    }

    fn imports(&self) -> Result<ImportSection, LinkError> {
        let mut imports = ImportSection::new();
        for kind in [Kind::Function, Kind::Table, Kind::Memory, Kind::Global, Kind::Tag] {
            for entity in self.numbering.order(kind) {
                if let Entity::External(at) = entity {
                    let external = &self.program.externals[*at];
                    let (module, name) = &self.imports[*at];
                    imports.import(module, name, self.of(external.member).entity_type(external.ty)?);
                }
            }
        }
        Ok(imports)
    }

    fn functions(&self, has_starter: bool) -> Result<FunctionSection, LinkError> {
        let mut functions = FunctionSection::new();
        for (member, at) in self.defined(Kind::Function) {
            let ty = self.program.members[member].module.functions[at];
            functions.function(self.of(member).type_index(ty)?);
        }
        if has_starter {
            let types = &self.numbering.types;
            let ty = types.get_index_of(&FuncType::new([], [])).unwrap_or(types.len());
            functions.function(ty as u32);
        }
        Ok(functions)
    }

    /// What members define of a kind and is written: each with its place in the section of its module.
    fn defined(&self, kind: Kind) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.numbering.order(kind).iter().filter_map(move |entity| match entity {
            Entity::External(_) => None,
            Entity::Defined(_, member, index) => Some((*member, self.program.defined(*member, kind, *index))),
        })
    }

    fn tables_to_globals(&self, out: &mut Vec<u8>) -> Result<(), LinkError> {
        let (mut tables, mut memories) = (TableSection::new(), MemorySection::new());
        let (mut tags, mut globals) = (TagSection::new(), GlobalSection::new());
        for (member, at) in self.defined(Kind::Table) {
            tables.table(self.of(member).table_type(self.program.members[member].module.tables[at])?);
        }
        for (member, at) in self.defined(Kind::Memory) {
            memories.memory(self.of(member).memory_type(self.program.members[member].module.memories[at])?);
        }
        for (member, at) in self.defined(Kind::Tag) {
            tags.tag(self.of(member).tag_type(self.program.members[member].module.tags[at])?);
        }
        for (member, at) in self.defined(Kind::Global) {
            let global = &self.program.members[member].module.globals[at];
            let mut to = self.of(member);
            let (ty, init) = (to.global_type(global.ty)?, to.const_expr(global.init.clone())?);
            globals.global(ty, &init);
        }
        tables.append_to(out);
        memories.append_to(out);
        if !tags.is_empty() {
            tags.append_to(out);
        }
        globals.append_to(out);
        Ok(())
    }

    fn exported(&self, start: Option<u32>) -> Result<ExportSection, LinkError> {
        let mut exports = ExportSection::new();
        for Export { name, kind, entity } in self.exports {
            let kind = match kind {
                Kind::Function => ExportKind::Func,
                Kind::Table => ExportKind::Table,
                Kind::Memory => ExportKind::Memory,
                Kind::Global => ExportKind::Global,
                Kind::Tag => ExportKind::Tag,
            };
            exports.export(name, kind, self.numbering.index(*entity));
        }
        if let (Some(start), Start::Later) = (start, self.start) {
            exports.export(START, ExportKind::Func, start);
        }
        Ok(exports)
    }

    fn segments_and_code(&self, out: &mut Vec<u8>, starts: Option<&Vec<u32>>) -> Result<(), LinkError> {
        self.elements()?.append_to(out);
        if self.program.members.iter().any(|member| member.module.counts_data) {
            // Then the segments are written as they are.
            let segments = self.program.members.iter().map(|member| member.module.data.len() as u32);
            DataCountSection { count: segments.sum() }.append_to(out);
        }
        self.code(starts)?.append_to(out);
        match self.data {
            Some(data) => data.append_to(out),
            None => self.segments()?.append_to(out),
        }
        Ok(())
    }

    fn elements(&self) -> Result<ElementSection, LinkError> {
        let mut elements = ElementSection::new();
        for (at, member) in self.program.members.iter().enumerate() {
            for element in &member.module.elements {
                self.of(at).parse_element(&mut elements, element.clone())?;
            }
        }
        Ok(elements)
    }

    fn code(&self, starts: Option<&Vec<u32>>) -> Result<CodeSection, LinkError> {
        let mut code = CodeSection::new();
        let functions: Vec<_> = self.defined(Kind::Function).collect();
        for functions in functions.chunks(AT_ONCE) {
            let written =
                functions.par_iter().map(|(member, at)| self.code[*member][*at].written(&mut self.of(*member)));
            let written: Vec<_> = written.collect::<Result<_, _>>()?;
            written.iter().for_each(|function| _ = code.raw(function));
        }
        if let Some(starts) = starts {
            let mut starter = Function::new([]);
            starts.iter().for_each(|start| _ = starter.instructions().call(*start));
            starter.instructions().end();
            code.function(&starter);
        }
        Ok(code)
    }

    fn segments(&self) -> Result<DataSection, LinkError> {
        let mut data = DataSection::new();
        for (at, member) in self.program.members.iter().enumerate() {
            for segment in &member.module.data {
                self.of(at).parse_data(&mut data, segment.clone())?;
            }
        }
        Ok(data)
    }

    /// The names of functions and globals, as their own modules have them.
    fn name_section(&self) -> NameSection {
        let mut names = NameSection::new();
        let name_map = |kind| {
            let mut map = NameMap::new();
            for (entity, index) in self.numbering.order(kind).iter().zip(0..) {
                if let Some(name) = self.name(kind, *entity) {
                    map.append(index, name);
                }
            }
            map
        };
        names.module("linked");
        names.functions(&name_map(Kind::Function));
        names.globals(&name_map(Kind::Global));
        names
    }

    fn name(&self, kind: Kind, entity: Entity) -> Option<&str> {
        match entity {
            Entity::External(at) => Some(self.program.externals[at].name),
            Entity::Defined(_, member, index) => {
                let module = self.program.members[member].module;
                let names = if kind == Kind::Function { &module.function_names } else { &module.global_names };
                names.get(&index).copied()
            }
        }
    }

    /// The custom sections of all members, each once; what they were made with in one.
    fn custom(&self, out: &mut Vec<u8>) -> Result<(), LinkError> {
        const PRODUCERS: &str = "producers";
        let mut producers = Producers::empty();
        let mut seen = FxHashSet::default();
        for (name, data) in self.program.members.iter().flat_map(|member| &member.module.custom) {
            if *name == PRODUCERS {
                // One that is damaged says nothing.
                producers.merge(&Producers::from_bytes(data, 0).unwrap_or_else(|_| Producers::empty()));
            } else if seen.insert((name, data)) {
                CustomSection { name: (*name).into(), data: (*data).into() }.append_to(out);
            }
        }
        if !producers.is_empty() {
            section(&producers).append_to(out);
        }
        Ok(())
    }
}

fn section(producers: &Producers) -> ProducersSection {
    let mut section = ProducersSection::new();
    for (name, values) in producers.iter() {
        let mut field = ProducersField::new();
        values.iter().for_each(|(name, version)| _ = field.value(name, version));
        section.field(name, &field);
    }
    section
}

/// A module that does nothing but call the start functions of the linked one.
pub(super) fn starter() -> Vec<u8> {
    let mut out = wasm_encoder::Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut imports = ImportSection::new();
    imports.import(START, START, wasm_encoder::EntityType::Function(0));
    out.section(&types).section(&imports).section(&StartSection { function_index: 0 });
    out.finish()
}
