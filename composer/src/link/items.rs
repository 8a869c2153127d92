//! A component as a list of items, each with the index that it defines and the indices that it uses.
//!
//! Which indices an item uses is told by `wasm-encoder`'s re-encoder, which asks for each of them: no list of the
//! kinds of items is kept here that a new kind could be missing from.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use rustc_hash::FxHashMap;
use wasm_encoder::ComponentSectionId;
use wasmparser::{
    BinaryReader, BinaryReaderError, CanonicalFunction, ComponentAlias, ComponentExport, ComponentExternalKind,
    ComponentImport, ComponentInstance, ComponentOuterAliasKind, ComponentType, ExternalKind, FromReader, Instance,
};

use super::LinkError;
use super::encode::{Indices, Sink, encode};
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
pub(crate) type Index = (Space, u32);

/// What an item is: the section that it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
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
pub(crate) struct Item<'a> {
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
pub(crate) struct Component<'a> {
    pub items: Vec<Item<'a>>,
    /// Which item defines an index.
    pub definitions: FxHashMap<Index, usize>,
    counts: FxHashMap<Space, u32>,
}

/// A component, or why it is not one that can be taken apart here.
pub(crate) type Items<'a> = Result<Component<'a>, String>;

/// Reads a component; `Err` inside is a reason to leave it as it is.
pub(crate) fn read(bytes: &[u8]) -> Result<Items<'_>, LinkError> {
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
        // A core module uses nothing of the component, and is not copied to find that out.
        if kind != Kind::CoreModule && kind != Kind::Custom {
            item.uses = uses(&item)?;
        }
        if let Some(index) = defines {
            self.definitions.insert(index, self.items.len());
        }
        self.items.push(item);
        Ok(())
    }
}

fn uses(item: &Item<'_>) -> Result<BTreeSet<Index>, LinkError> {
    let mut uses = BTreeSet::new();
    let mut asked = Indices::new(|index| {
        uses.insert(index);
        index.1
    });
    encode(item, &mut asked, &mut Sink::default())?;
    Ok(uses)
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
pub(crate) fn core_space(kind: ExternalKind) -> Space {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => Space::CoreFunction,
        ExternalKind::Table => Space::CoreTable,
        ExternalKind::Memory => Space::CoreMemory,
        ExternalKind::Global => Space::CoreGlobal,
        ExternalKind::Tag => Space::CoreTag,
    }
}
