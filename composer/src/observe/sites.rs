//! Where in an app observed functions are called: what of its binary the wrappers are put around.

use std::collections::BTreeMap;

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExport, ComponentExternalKind, ComponentImport,
    ComponentInstance,
};

use super::ObserveError;
use crate::link::items::{Component, Item, Kind, Space};

/// An imported function that is lowered.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// The core function.
    pub core: u32,
    /// The full name of its interface, and its own.
    pub import: (String, String),
    /// The memory that its arguments are in, if any are.
    pub memory: Option<u32>,
    /// Whether the app waits for it in a way of its own.
    pub is_async: bool,
}

/// Every imported function that is lowered.
pub(super) fn lowered(component: &Component<'_>) -> Result<Vec<Site>, ObserveError> {
    let mut sites = Vec::new();
    for item in canonical(component) {
        if let (CanonicalFunction::Lower { func_index, options }, Some((_, core))) = (item.parse()?, item.defines)
            && let Some(import) = import(component, func_index)?
        {
            let memory = options.iter().find_map(memory_of);
            let is_async = options.iter().any(|option| matches!(option, CanonicalOption::Async));
            sites.push(Site { core, import, memory, is_async });
        }
    }
    Ok(sites)
}

fn memory_of(option: &CanonicalOption) -> Option<u32> {
    if let CanonicalOption::Memory(index) = option { Some(*index) } else { None }
}

fn canonical<'c, 'a>(component: &'c Component<'a>) -> impl Iterator<Item = &'c Item<'a>> {
    component.items.iter().filter(|item| item.kind == Kind::Canonical)
}

/// The interface and the name of a function that is imported.
fn import(component: &Component<'_>, function: u32) -> Result<Option<(String, String)>, ObserveError> {
    let item = component.definition((Space::Function, function))?;
    if item.kind != Kind::Alias {
        return Ok(None);
    }
    let ComponentAlias::InstanceExport { instance_index, name, .. } = item.parse()? else { return Ok(None) };
    let of = component.definition((Space::Instance, instance_index))?;
    if of.kind != Kind::Import {
        return Ok(None);
    }
    let import: ComponentImport<'_> = of.parse()?;
    Ok(Some((import.name.name.to_owned(), name.to_owned())))
}

/// The instances that a component imports, by their names.
pub(super) fn instances(component: &Component<'_>) -> Result<BTreeMap<String, u32>, ObserveError> {
    let mut instances = BTreeMap::new();
    for item in component.items.iter().filter(|item| item.kind == Kind::Import) {
        if let Some((Space::Instance, index)) = item.defines {
            let import: ComponentImport<'_> = item.parse()?;
            instances.insert(import.name.name.to_owned(), index);
        }
    }
    Ok(instances)
}

/// The functions that an app exports as those of these interfaces: the index of each that is lifted, with the core function.
pub(super) fn lifted(component: &Component<'_>, interfaces: &[String]) -> Result<Vec<Lifted>, ObserveError> {
    let mut found = Vec::new();
    for item in component.items.iter().filter(|item| item.kind == Kind::Export) {
        let export: ComponentExport<'_> = item.parse()?;
        let Some(interface) = interfaces.iter().find(|name| *name == export.name.name) else { continue };
        if export.kind != ComponentExternalKind::Instance {
            continue;
        }
        let of = component.definition((Space::Instance, export.index))?;
        if of.kind != Kind::Instance {
            continue;
        }
        for (name, function) in functions(of.parse()?) {
            let lift = component.definition((Space::Function, function))?;
            if lift.kind != Kind::Canonical {
                continue;
            }
            if let CanonicalFunction::Lift { core_func_index, .. } = lift.parse()? {
                found.push(Lifted { function, core: core_func_index, interface: interface.clone(), name });
            }
        }
    }
    Ok(found)
}

/// A function of the app that the host calls.
#[derive(Debug)]
pub(super) struct Lifted {
    /// The function, and the core function that it is.
    pub function: u32,
    pub core: u32,
    pub interface: String,
    pub name: String,
}

/// The functions that an exported instance is made of. An encoder gives them to a component that says their types, as
/// `import-func-NAME`.
fn functions(instance: ComponentInstance<'_>) -> Vec<(String, u32)> {
    const PREFIX: &str = "import-func-";
    let items: Vec<(&str, ComponentExternalKind, u32)> = match instance {
        ComponentInstance::Instantiate { args, .. } => args.iter().map(|arg| (arg.name, arg.kind, arg.index)).collect(),
        ComponentInstance::FromExports(exports) => {
            exports.iter().map(|export| (export.name.name, export.kind, export.index)).collect()
        }
    };
    let functions = items.into_iter().filter(|(_, kind, _)| *kind == ComponentExternalKind::Func);
    functions.map(|(name, _, index)| (name.strip_prefix(PREFIX).unwrap_or(name).to_owned(), index)).collect()
}
