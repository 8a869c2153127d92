//! A component as a list of items, each with the index that it defines and the indices that it uses.
//!
//! Which indices an item uses is told by `wasm-encoder`'s re-encoder, which asks for each of them: no list of the
//! kinds of items is kept here that a new kind could be missing from.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::fmt;
use std::ops::Range;

use wasm_encoder::reencode::{self, Reencode, ReencodeComponent};
use wasm_encoder::{
    CanonicalFunctionSection, Component as Encoded, ComponentAliasSection, ComponentExportSection,
    ComponentImportSection, ComponentInstanceSection, ComponentSectionId, ComponentTypeSection, InstanceSection,
};
use wasmparser::{
    BinaryReader, BinaryReaderError, CanonicalFunction, ComponentAlias, ComponentExport, ComponentExternalKind,
    ComponentImport, ComponentInstance, ComponentOuterAliasKind, ComponentType, ExternalKind, FromReader, Instance,
    Parser,
};

use super::LinkError;
use crate::sections::{Section, sections};

/// An index space of a component, as the component model's binary format has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Functions of core modules.
    CoreFunction,
    /// Tables of core modules.
    CoreTable,
    /// Memories of core modules.
    CoreMemory,
    /// Globals of core modules.
    CoreGlobal,
    /// Exception tags of core modules.
    CoreTag,
    /// Instances of core modules.
    CoreInstance,
    /// Core modules.
    CoreModule,
    /// Types of core modules.
    CoreType,
    /// Functions of components.
    Function,
    /// Values.
    Value,
    /// Types of components.
    Type,
    /// Components.
    Component,
    /// Instances of components.
    Instance,
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CoreFunction => "core function",
            Self::CoreTable => "core table",
            Self::CoreMemory => "core memory",
            Self::CoreGlobal => "core global",
            Self::CoreTag => "core tag",
            Self::CoreInstance => "core instance",
            Self::CoreModule => "core module",
            Self::CoreType => "core type",
            Self::Function => "function",
            Self::Value => "value",
            Self::Type => "type",
            Self::Component => "component",
            Self::Instance => "instance",
        })
    }
}

/// An index in its space.
pub(super) type Index = (Space, u32);

/// What an item is: the section that it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    CoreModule,
    CoreInstance,
    Component,
    Instance,
    Alias,
    Type,
    Canonical,
    Import,
    Export,
    Custom,
}

/// A definition, an export or a custom section.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub kind: Kind,
    /// As it is encoded: an entry of its section, or what is in a section that is one item.
    pub bytes: &'a [u8],
    /// What it defines; nothing for a custom section.
    pub defines: Option<Index>,
    /// What it uses of the component that it is in.
    pub uses: BTreeSet<Index>,
}

impl<'a> Item<'a> {
    /// The item, parsed.
    pub fn parse<T: FromReader<'a>>(&self) -> Result<T, BinaryReaderError> {
        BinaryReader::new(self.bytes, 0).read()
    }
}

/// A component's items, in their order.
#[derive(Debug, Default)]
pub(super) struct Component<'a> {
    pub items: Vec<Item<'a>>,
    /// Which item defines an index.
    pub definitions: HashMap<Index, usize>,
    counts: HashMap<Space, u32>,
}

/// A component, or why it is not one that can be taken apart here.
pub(super) type Items<'a> = Result<Component<'a>, String>;

/// Reads a component; `Err` inside is a reason to leave it as it is.
pub(super) fn read(bytes: &[u8]) -> Result<Items<'_>, LinkError> {
    let mut component = Component::default();
    for section in sections(bytes)? {
        if let Err(reason) = component.section(&section)? {
            return Ok(Err(reason));
        }
    }
    Ok(Ok(component))
}

impl<'a> Component<'a> {
    /// The item that defines an index.
    pub fn definition(&self, index: Index) -> Result<&Item<'a>, LinkError> {
        let at = self.definitions.get(&index).ok_or(LinkError::Dangling { space: index.0, index: index.1 })?;
        Ok(&self.items[*at])
    }

    fn section(&mut self, section: &Section<'a>) -> Result<Result<(), String>, LinkError> {
        let data = section.data;
        let is = |id: ComponentSectionId| section.id == id as u8;
        if is(ComponentSectionId::CoreModule) {
            self.add(Kind::CoreModule, data, Some(Space::CoreModule))?;
        } else if is(ComponentSectionId::Component) {
            self.add(Kind::Component, data, Some(Space::Component))?;
        } else if is(ComponentSectionId::CoreCustom) {
            self.add(Kind::Custom, data, None)?;
        } else if is(ComponentSectionId::CoreInstance) {
            self.entries::<Instance<'_>>(data, Kind::CoreInstance, |_| Space::CoreInstance)?;
        } else if is(ComponentSectionId::Instance) {
            self.entries::<ComponentInstance<'_>>(data, Kind::Instance, |_| Space::Instance)?;
        } else if is(ComponentSectionId::Alias) {
            self.entries::<ComponentAlias<'_>>(data, Kind::Alias, alias_space)?;
        } else if is(ComponentSectionId::Type) {
            self.entries::<ComponentType<'_>>(data, Kind::Type, |_| Space::Type)?;
        } else if is(ComponentSectionId::CanonicalFunction) {
            self.entries::<CanonicalFunction>(data, Kind::Canonical, canonical_space)?;
        } else if is(ComponentSectionId::Import) {
            self.entries::<ComponentImport<'_>>(data, Kind::Import, |import| external_space(import.ty.kind()))?;
        } else if is(ComponentSectionId::Export) {
            self.entries::<ComponentExport<'_>>(data, Kind::Export, |export| external_space(export.kind))?;
        } else if is(ComponentSectionId::CoreType) {
            return Ok(Err("it has core types of its own".to_owned()));
        } else if is(ComponentSectionId::Start) {
            return Ok(Err("it has a start function of its own".to_owned()));
        } else {
            return Ok(Err(format!("it has a section of an unknown kind, {}", section.id)));
        }
        Ok(Ok(()))
    }

    /// Adds each entry of a section.
    fn entries<T: FromReader<'a>>(
        &mut self,
        data: &'a [u8],
        kind: Kind,
        space: impl Fn(&T) -> Space,
    ) -> Result<(), LinkError> {
        let mut reader = BinaryReader::new(data, 0);
        for _ in 0..reader.read_var_u32()? {
            let start = reader.current_position();
            let entry: T = reader.read()?;
            let range: Range<usize> = start..reader.current_position();
            self.add(kind, &data[range], Some(space(&entry)))?;
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind, bytes: &'a [u8], space: Option<Space>) -> Result<(), LinkError> {
        let defines = space.map(|space| {
            let count = self.counts.entry(space).or_default();
            *count += 1;
            (space, *count - 1)
        });
        let mut item = Item { kind, bytes, defines, uses: BTreeSet::new() };
        let mut uses = BTreeSet::new();
        let mut asked = Indices::new(|index| {
            uses.insert(index);
            index.1
        });
        encode(&item, &mut asked, &mut Sink::default())?;
        item.uses = uses;
        if let Some(index) = defines {
            self.definitions.insert(index, self.items.len());
        }
        self.items.push(item);
        Ok(())
    }
}

fn alias_space(alias: &ComponentAlias<'_>) -> Space {
    match alias {
        ComponentAlias::InstanceExport { kind, .. } => external_space(*kind),
        ComponentAlias::CoreInstanceExport { kind, .. } => core_space(*kind),
        ComponentAlias::Outer { kind, .. } => match kind {
            ComponentOuterAliasKind::CoreModule => Space::CoreModule,
            ComponentOuterAliasKind::CoreType => Space::CoreType,
            ComponentOuterAliasKind::Type => Space::Type,
            ComponentOuterAliasKind::Component => Space::Component,
        },
    }
}

/// Lifting makes a function of a component; every other canonical function is a core one.
fn canonical_space(function: &CanonicalFunction) -> Space {
    if matches!(function, CanonicalFunction::Lift { .. }) { Space::Function } else { Space::CoreFunction }
}

fn external_space(kind: ComponentExternalKind) -> Space {
    match kind {
        ComponentExternalKind::Module => Space::CoreModule,
        ComponentExternalKind::Func => Space::Function,
        ComponentExternalKind::Value => Space::Value,
        ComponentExternalKind::Type => Space::Type,
        ComponentExternalKind::Instance => Space::Instance,
        ComponentExternalKind::Component => Space::Component,
    }
}

/// The space of what a core module exports.
pub(super) fn core_space(kind: ExternalKind) -> Space {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => Space::CoreFunction,
        ExternalKind::Table => Space::CoreTable,
        ExternalKind::Memory => Space::CoreMemory,
        ExternalKind::Global => Space::CoreGlobal,
        ExternalKind::Tag => Space::CoreTag,
    }
}

/// Where encoded items go: the section that is being written, one after the other.
#[derive(Default)]
pub(super) struct Sink {
    component: Encoded,
    open: Option<Open>,
}

enum Open {
    CoreInstance(InstanceSection),
    Instance(ComponentInstanceSection),
    Alias(ComponentAliasSection),
    Type(ComponentTypeSection),
    Canonical(CanonicalFunctionSection),
    Import(ComponentImportSection),
    Export(ComponentExportSection),
}

/// Gives the section of a kind that is open; it is opened if another one is.
macro_rules! section {
    ($sink:expr, $kind:ident) => {{
        if !matches!($sink.open, Some(Open::$kind(_))) {
            $sink.close();
            $sink.open = Some(Open::$kind(Default::default()));
        }
        match &mut $sink.open {
            Some(Open::$kind(section)) => section,
            _ => unreachable!("it was opened just now"),
        }
    }};
}

impl Sink {
    pub fn instances(&mut self) -> &mut InstanceSection {
        section!(self, CoreInstance)
    }

    pub fn aliases(&mut self) -> &mut ComponentAliasSection {
        section!(self, Alias)
    }

    /// Writes a section that is one item.
    pub fn whole(&mut self, id: ComponentSectionId, data: &[u8]) {
        self.close();
        self.component.section(&wasm_encoder::RawSection { id: id as u8, data });
    }

    fn close(&mut self) {
        match self.open.take() {
            None => {}
            Some(Open::CoreInstance(section)) => _ = self.component.section(&section),
            Some(Open::Instance(section)) => _ = self.component.section(&section),
            Some(Open::Alias(section)) => _ = self.component.section(&section),
            Some(Open::Type(section)) => _ = self.component.section(&section),
            Some(Open::Canonical(section)) => _ = self.component.section(&section),
            Some(Open::Import(section)) => _ = self.component.section(&section),
            Some(Open::Export(section)) => _ = self.component.section(&section),
        }
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.close();
        self.component.finish()
    }
}

/// Encodes an item with the indices that `to` gives in place of its own.
pub(super) fn encode(
    item: &Item<'_>,
    to: &mut (impl ReencodeComponent + Reencode<Error = Infallible>),
    sink: &mut Sink,
) -> Result<(), LinkError> {
    match item.kind {
        Kind::CoreModule => sink.whole(ComponentSectionId::CoreModule, item.bytes),
        Kind::Custom => sink.whole(ComponentSectionId::CoreCustom, item.bytes),
        Kind::Component => {
            let mut around = Encoded::new();
            to.parse_component_subcomponent(&mut around, Parser::new(0), item.bytes, item.bytes).map_err(failed)?;
            let inside = sections(around.as_slice())?;
            inside.iter().for_each(|section| sink.whole(ComponentSectionId::Component, section.data));
        }
        Kind::CoreInstance => to.parse_instance(sink.instances(), item.parse()?).map_err(failed)?,
        Kind::Instance => to.parse_component_instance(section!(sink, Instance), item.parse()?).map_err(failed)?,
        Kind::Alias => {
            let alias = to.component_alias(item.parse()?).map_err(failed)?;
            sink.aliases().alias(alias);
        }
        Kind::Type => to.parse_component_type(section!(sink, Type).ty(), item.parse()?).map_err(failed)?,
        Kind::Canonical => to.parse_component_canonical(section!(sink, Canonical), item.parse()?).map_err(failed)?,
        Kind::Import => {
            let import: ComponentImport<'_> = item.parse()?;
            let ty = to.component_type_ref(import.ty).map_err(failed)?;
            section!(sink, Import).import(import.name, ty);
        }
        Kind::Export => to.parse_component_export(section!(sink, Export), item.parse()?).map_err(failed)?,
    }
    Ok(())
}

fn failed(error: reencode::Error<Infallible>) -> LinkError {
    LinkError::Unreadable { message: error.to_string() }
}

/// A re-encoder of a component's items that asks a function for each index of the component itself. Indices of what is
/// inside of a type or of a component inside are their own.
pub(super) struct Indices<F> {
    ask: F,
    depth: u32,
}

impl<F: FnMut(Index) -> u32> Indices<F> {
    pub fn new(ask: F) -> Self {
        Self { ask, depth: 0 }
    }

    fn at(&mut self, space: Space, index: u32) -> u32 {
        if self.depth == 0 { (self.ask)((space, index)) } else { index }
    }

    fn outer(&mut self, space: Space, count: u32, index: u32) -> u32 {
        if self.depth == count { (self.ask)((space, index)) } else { index }
    }
}

type Answer = Result<u32, reencode::Error<Infallible>>;

impl<F: FnMut(Index) -> u32> Reencode for Indices<F> {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Space::CoreFunction, index))
    }

    fn global_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Space::CoreGlobal, index))
    }

    fn memory_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Space::CoreMemory, index))
    }

    fn table_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Space::CoreTable, index))
    }

    fn tag_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Space::CoreTag, index))
    }

    fn type_index(&mut self, index: u32) -> Answer {
        Ok(self.at(Space::CoreType, index))
    }
}

impl<F: FnMut(Index) -> u32> ReencodeComponent for Indices<F> {
    fn component_type_index(&mut self, index: u32) -> u32 {
        self.at(Space::Type, index)
    }

    fn component_instance_index(&mut self, index: u32) -> u32 {
        self.at(Space::Instance, index)
    }

    fn component_func_index(&mut self, index: u32) -> u32 {
        self.at(Space::Function, index)
    }

    fn component_index(&mut self, index: u32) -> u32 {
        self.at(Space::Component, index)
    }

    fn module_index(&mut self, index: u32) -> u32 {
        self.at(Space::CoreModule, index)
    }

    fn instance_index(&mut self, index: u32) -> u32 {
        self.at(Space::CoreInstance, index)
    }

    fn component_value_index(&mut self, index: u32) -> u32 {
        self.at(Space::Value, index)
    }

    fn outer_type_index(&mut self, count: u32, index: u32) -> Answer {
        Ok(self.outer(Space::CoreType, count, index))
    }

    fn outer_component_type_index(&mut self, count: u32, index: u32) -> u32 {
        self.outer(Space::Type, count, index)
    }

    fn outer_component_index(&mut self, count: u32, index: u32) -> u32 {
        self.outer(Space::Component, count, index)
    }

    fn outer_module_index(&mut self, count: u32, index: u32) -> u32 {
        self.outer(Space::CoreModule, count, index)
    }

    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }
}
