//! Reads components with the tools of the wasm family, and nothing of the composer's.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentDefinedType, ComponentType, KnownCustom, Parser, Payload,
};
use wit_component::DecodedWasm;
use wit_parser::{Resolve, World, WorldId, WorldItem, WorldKey};

/// A component's types.
pub struct Decoded {
    pub resolve: Resolve,
    world: WorldId,
}

/// Interfaces and the functions of each.
pub type Interfaces = BTreeMap<String, BTreeSet<String>>;

pub fn decode(component: &[u8]) -> Decoded {
    match wit_component::decode(component) {
        Ok(DecodedWasm::Component(resolve, world)) => Decoded { resolve, world },
        Ok(DecodedWasm::WitPackage(..)) => panic!("it is a WIT package"),
        Err(error) => panic!("it does not decode: {error:?}"),
    }
}

impl Decoded {
    pub fn imports(&self) -> Interfaces {
        interfaces(&self.resolve, self.world, |world| &world.imports)
    }

    pub fn exports(&self) -> Interfaces {
        interfaces(&self.resolve, self.world, |world| &world.exports)
    }
}

/// The interfaces that a world imports or exports, with versions.
pub fn interfaces<'a>(
    resolve: &'a Resolve,
    world: WorldId,
    side: impl Fn(&'a World) -> &'a wit_parser::IndexMap<WorldKey, WorldItem>,
) -> Interfaces {
    let named = side(&resolve.worlds[world]).iter().map(|(key, item)| match item {
        WorldItem::Interface { id, .. } => {
            (resolve.name_world_key(key), resolve.interfaces[*id].functions.keys().cloned().collect())
        }
        WorldItem::Function(_) | WorldItem::Type { .. } => {
            panic!("{} is no interface", resolve.name_world_key(key))
        }
    });
    named.collect()
}

pub fn names(interfaces: &Interfaces) -> BTreeSet<&str> {
    interfaces.keys().map(String::as_str).collect()
}

/// Everything in a component, at any depth, that belongs to asynchronous calls.
pub fn async_parts(component: &[u8]) -> Vec<String> {
    let (mut found, mut seen) = (Vec::new(), 0);
    for payload in payloads(component) {
        if let Payload::ComponentCanonicalSection(section) = payload {
            seen += section.count();
            let functions = section.into_iter().map(|function| function.expect("a canonical function"));
            found.extend(functions.filter(is_async).map(|function| format!("{function:?}")));
        } else if let Payload::ComponentTypeSection(section) = payload {
            let types = section.into_iter().map(|ty| ty.expect("a type"));
            found.extend(types.filter(has_async).map(|ty| format!("{ty:?}")));
        }
    }
    assert!(seen > 0, "it calls nothing and can be called by nobody");
    found
}

/// Everything in a component or a module, and in what is inside it, one after the other.
fn payloads(binary: &[u8]) -> impl Iterator<Item = Payload<'_>> {
    Parser::new(0).parse_all(binary).map(|payload| payload.expect("the binary parses"))
}

fn is_async(function: &CanonicalFunction) -> bool {
    if let CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } = function {
        return options.iter().any(|option| matches!(option, CanonicalOption::Async | CanonicalOption::Callback(_)));
    }
    // Beside these there are tasks, waitables, contexts, streams, futures, threads: all about waiting.
    !matches!(
        function,
        CanonicalFunction::ResourceNew { .. }
            | CanonicalFunction::ResourceDrop { .. }
            | CanonicalFunction::ResourceRep { .. }
    )
}

fn has_async(ty: &ComponentType) -> bool {
    match ty {
        ComponentType::Func(function) => function.async_,
        ComponentType::Defined(defined) => {
            matches!(defined, ComponentDefinedType::Future(_) | ComponentDefinedType::Stream(_))
        }
        ComponentType::Component(_) | ComponentType::Instance(_) | ComponentType::Resource { .. } => false,
    }
}

/// The module and the name of each import of a core module.
pub fn core_imports(module: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for payload in payloads(module) {
        if let Payload::ImportSection(section) = payload {
            let imports = section.into_imports().map(|import| import.expect("an import"));
            found.extend(imports.map(|import| (import.module.to_owned(), import.name.to_owned())));
        }
    }
    found
}

/// The fields of the producers section on the outside of a component: name and version of each entry.
pub fn producers(component: &[u8]) -> BTreeMap<String, BTreeMap<String, String>> {
    let (mut depth, mut sections) = (0, Vec::new());
    for payload in payloads(component) {
        if let Payload::Version { .. } = payload {
            depth += 1;
        } else if let Payload::End(_) = payload {
            depth -= 1;
        } else if let (1, Payload::CustomSection(section)) = (depth, &payload)
            && let KnownCustom::Producers(reader) = section.as_known()
        {
            sections.push(reader);
        }
    }
    assert_eq!(sections.len(), 1, "producers sections");
    let fields = sections.remove(0).into_iter().map(|field| field.expect("a field"));
    let value = |value: wasmparser::Result<wasmparser::ProducersFieldValue>| {
        let value = value.expect("a value");
        (value.name.to_owned(), value.version.to_owned())
    };
    fields.map(|field| (field.name.to_owned(), field.values.into_iter().map(value).collect())).collect()
}
