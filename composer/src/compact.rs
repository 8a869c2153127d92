//! Makes an encoded guest smaller without changing what it is.
//!
//! The encoder names every core import and export after the WIT item it stands for, and says each
//! name up to four times: in the module, in an alias, in an argument, in a debug name. None of these
//! can be seen from outside the component, so every core name becomes a short one, the same
//! everywhere, and so do the names that its inner components import by. The debug names go.
//! That is a third of an adapter's size.

use std::convert::Infallible;

use crate::encode::NO_MEMORY;
use indexmap::IndexSet;
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, component_utils as utils};
use wasm_encoder::{
    Alias, Component, ComponentAliasSection, ComponentExportKind, ComponentImportSection, ComponentInstanceSection,
    CustomSection, ExportSection, ImportSection, InstanceSection, Module, ModuleArg,
};
use wasmparser::{ComponentAlias, ComponentInstance, CustomSectionReader, Instance, InstantiationArgKind};

/// Renames every core import and export of a component, and drops its custom sections but for the one name that
/// says why a guest traps.
pub(crate) fn compact(component: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = Component::new();
    Compact::default().parse_component(&mut out, wasmparser::Parser::new(0), component)?;
    Ok(out.finish())
}

/// Core names in the order in which they were met: the place of a name is its short form.
#[derive(Debug, Default)]
struct Compact {
    names: IndexSet<String>,
    /// How many components this one is inside of.
    depth: usize,
}

impl Compact {
    fn short(&mut self, name: &str) -> String {
        let (mut place, _) = self.names.insert_full(name.to_owned());
        let mut short = String::new();
        loop {
            short.push(char::from(b'a' + (place % 26) as u8));
            place /= 26;
            if place == 0 {
                return short;
            }
        }
    }
}

impl Reencode for Compact {
    type Error = Infallible;

    fn parse_import(&mut self, imports: &mut ImportSection, import: wasmparser::Import<'_>) -> Result<(), Error> {
        let (module, name) = (self.short(import.module), self.short(import.name));
        imports.import(&module, &name, self.entity_type(import.ty)?);
        Ok(())
    }

    fn parse_imports(&mut self, section: &mut ImportSection, imports: wasmparser::Imports<'_>) -> Result<(), Error> {
        match imports {
            wasmparser::Imports::Single(_, import) => self.parse_import(section, import),
            wasmparser::Imports::Compact1 { module, items } => {
                for item in items {
                    let item = item?;
                    self.parse_import(section, wasmparser::Import { module, name: item.name, ty: item.ty })?;
                }
                Ok(())
            }
            wasmparser::Imports::Compact2 { module, ty, names } => {
                for name in names {
                    self.parse_import(section, wasmparser::Import { module, name: name?, ty })?;
                }
                Ok(())
            }
        }
    }

    fn parse_export(&mut self, exports: &mut ExportSection, export: wasmparser::Export<'_>) -> Result<(), Error> {
        let name = self.short(export.name);
        exports.export(&name, self.export_kind(export.kind)?, self.external_index(export.kind, export.index)?);
        Ok(())
    }

    fn parse_custom_section(&mut self, module: &mut Module, section: CustomSectionReader<'_>) -> Result<(), Error> {
        // The one name that a guest has of its own says why it traps.
        let says = section.data().windows(NO_MEMORY.len()).any(|part| part == NO_MEMORY.as_bytes());
        if says {
            module.section(&CustomSection { name: section.name().into(), data: section.data().into() });
        }
        Ok(())
    }
}

impl ReencodeComponent for Compact {
    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }

    fn parse_component_import_section(
        &mut self,
        imports: &mut ComponentImportSection,
        section: wasmparser::ComponentImportSectionReader<'_>,
    ) -> Result<(), Error> {
        for import in section {
            let import = import?;
            let ty = self.component_type_ref(import.ty)?;
            if self.depth == 0 {
                imports.import(import.name.name, ty);
            } else {
                imports.import(self.short(import.name.name).as_str(), ty);
            }
        }
        Ok(())
    }

    fn parse_component_instance(
        &mut self,
        instances: &mut ComponentInstanceSection,
        instance: ComponentInstance<'_>,
    ) -> Result<(), Error> {
        match instance {
            ComponentInstance::Instantiate { component_index, args } => {
                let mut named = Vec::with_capacity(args.len());
                for arg in args.iter() {
                    named.push((
                        self.short(arg.name),
                        ComponentExportKind::from(arg.kind),
                        self.component_external_index(arg.kind, arg.index),
                    ));
                }
                let component = self.component_index(component_index);
                instances
                    .instantiate(component, named.iter().map(|(name, kind, index)| (name.as_str(), *kind, *index)));
                Ok(())
            }
            exports @ ComponentInstance::FromExports(_) => utils::parse_component_instance(self, instances, exports),
        }
    }

    fn parse_component_custom_section(&mut self, _: &mut Component, _: CustomSectionReader<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn parse_component_alias_section(
        &mut self,
        aliases: &mut ComponentAliasSection,
        section: wasmparser::ComponentAliasSectionReader<'_>,
    ) -> Result<(), Error> {
        for alias in section {
            match alias? {
                ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                    let name = self.short(name);
                    let instance = self.instance_index(instance_index);
                    aliases.alias(Alias::CoreInstanceExport { instance, kind: kind.into(), name: &name });
                }
                alias @ (ComponentAlias::InstanceExport { .. } | ComponentAlias::Outer { .. }) => {
                    aliases.alias(utils::component_alias(self, alias)?);
                }
            }
        }
        Ok(())
    }

    fn parse_instance(&mut self, instances: &mut InstanceSection, instance: Instance<'_>) -> Result<(), Error> {
        match instance {
            Instance::Instantiate { module_index, args } => {
                let args: Vec<_> = args
                    .iter()
                    .map(|arg| match arg.kind {
                        InstantiationArgKind::Instance => {
                            (self.short(arg.name), ModuleArg::Instance(self.instance_index(arg.index)))
                        }
                    })
                    .collect();
                let module = self.module_index(module_index);
                instances.instantiate(module, args.iter().map(|(name, arg)| (name.as_str(), *arg)));
            }
            Instance::FromExports(exports) => {
                let mut items = Vec::with_capacity(exports.len());
                for export in exports.iter() {
                    items.push((
                        self.short(export.name),
                        self.export_kind(export.kind)?,
                        self.external_index(export.kind, export.index)?,
                    ));
                }
                instances.export_items(items.iter().map(|(name, kind, index)| (name.as_str(), *kind, *index)));
            }
        }
        Ok(())
    }
}
