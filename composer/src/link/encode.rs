//! A component's items, encoded again with other indices.

use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode, ReencodeComponent};
use wasm_encoder::{
    CanonicalFunctionSection, Component as Encoded, ComponentAliasSection, ComponentExportSection,
    ComponentImportSection, ComponentInstanceSection, ComponentSection as _, ComponentSectionId, ComponentTypeSection,
    InstanceSection, Module,
};
use wasmparser::{ComponentImport, Parser};

use super::LinkError;
use super::items::{Index, Item, Kind, Space};
use crate::sections::sections;

/// The most bytes that a number of 32 bits has.
const MAX_LEB128: usize = 5;

/// Where encoded items go: the section that is being written, one after the other.
pub(crate) struct Sink {
    component: Vec<u8>,
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

impl Default for Sink {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl Sink {
    /// A component of nothing, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        let mut component = Vec::with_capacity(bytes);
        component.extend(Encoded::HEADER);
        Self { component, open: None }
    }

    pub fn instances(&mut self) -> &mut InstanceSection {
        section!(self, CoreInstance)
    }

    pub fn types(&mut self) -> &mut ComponentTypeSection {
        section!(self, Type)
    }

    pub fn imports(&mut self) -> &mut ComponentImportSection {
        section!(self, Import)
    }

    pub fn exports(&mut self) -> &mut ComponentExportSection {
        section!(self, Export)
    }

    pub fn component_instances(&mut self) -> &mut ComponentInstanceSection {
        section!(self, Instance)
    }

    pub fn canonicals(&mut self) -> &mut CanonicalFunctionSection {
        section!(self, Canonical)
    }

    pub fn aliases(&mut self) -> &mut ComponentAliasSection {
        section!(self, Alias)
    }

    /// Writes a section that is one item.
    pub fn whole(&mut self, id: ComponentSectionId, data: &[u8]) {
        self.close();
        wasm_encoder::RawSection { id: id as u8, data }.append_to_component(&mut self.component);
    }

    /// Writes a core module where it belongs: as large as an app, it is not made apart and copied.
    pub fn module<E>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
        self.close();
        self.component.push(ComponentSectionId::CoreModule as u8);
        // Its size is known in the end, and has the room of the largest one.
        let place = self.component.len();
        self.component.extend([0; MAX_LEB128]);
        self.component.extend(Module::HEADER);
        write(&mut self.component)?;
        let start = place + MAX_LEB128;
        let size = self.component.len() - start;
        for (at, byte) in self.component[place..start].iter_mut().enumerate() {
            let continues = if at + 1 < MAX_LEB128 { 0x80 } else { 0 };
            *byte = (size >> (7 * at)) as u8 & 0x7f | continues;
        }
        Ok(())
    }

    fn close(&mut self) {
        match self.open.take() {
            None => {}
            Some(Open::CoreInstance(section)) => section.append_to_component(&mut self.component),
            Some(Open::Instance(section)) => section.append_to_component(&mut self.component),
            Some(Open::Alias(section)) => section.append_to_component(&mut self.component),
            Some(Open::Type(section)) => section.append_to_component(&mut self.component),
            Some(Open::Canonical(section)) => section.append_to_component(&mut self.component),
            Some(Open::Import(section)) => section.append_to_component(&mut self.component),
            Some(Open::Export(section)) => section.append_to_component(&mut self.component),
        }
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.close();
        self.component
    }
}

/// Encodes an item with the indices that `to` gives in place of its own.
pub(crate) fn encode(
    item: &Item<'_>,
    to: &mut impl ReencodeComponent<Error = Infallible>,
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
pub(crate) struct Indices<F> {
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
