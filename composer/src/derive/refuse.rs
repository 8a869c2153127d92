//! What the plan cannot be: names that meet, names that nothing defines, exports that cannot be passed on.

use std::collections::BTreeSet;

use wit_parser::InterfaceId;

use super::DeriveError;
use super::facts::Facts;
use super::types;
use crate::plan::{Body, Disposition, Function, Interface, Kind, Side, Type, TypePath};
use crate::rules::RulesError;
use crate::wit::{ADAPTER_WORLD, APP_WORLD, BRIDGE, ENTRY_WORLD};

/// Refuses spellings of the rules that nothing in the world is spelled by.
pub(super) fn spellings(facts: &Facts<'_>) -> Result<(), RulesError> {
    let rules = facts.lines.rules;
    let params: BTreeSet<&str> = facts
        .imported_functions()
        .flat_map(|(_, function)| &function.params)
        .map(|param| param.name.as_str())
        .collect();
    let resources: BTreeSet<&str> = facts
        .raw
        .imports
        .iter()
        .flat_map(|id| &facts.resolve().interfaces[*id].types)
        .filter(|(_, id)| facts.is_raw_resource(**id))
        .map(|(name, _)| name.as_str())
        .collect();
    let sizes = rules.buffers.size_parameter.iter().map(|name| ("buffers.size-parameter", name));
    let cursors = rules.buffers.cursor_parameter.iter().map(|name| ("buffers.cursor-parameter", name));
    let prefixes = rules.extra.prefix.iter().map(|name| ("extra.prefix", name));
    for (line, name) in sizes.chain(cursors).chain(prefixes) {
        let (names, is_there) = if line == "extra.prefix" {
            (&resources, resources.iter().any(|resource| resource.starts_with(name)))
        } else {
            (&params, params.contains(name.as_str()))
        };
        if !is_there {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            return Err(facts.lines.no_match(format!("{line} = \"{name}\""), name, &facts.package_name(), &names));
        }
    }
    Ok(())
}

/// Refuses a plan that does not fit together.
pub(super) fn plan(interfaces: &[Interface], exports: &[Interface]) -> Result<(), DeriveError> {
    let written = || interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted).chain(exports);
    for interface in written() {
        if [APP_WORLD, ADAPTER_WORLD, ENTRY_WORLD, BRIDGE].contains(&interface.name.as_str()) {
            return Err(DeriveError::shape(
                &interface.name,
                "the friendly package has a world or an interface of this name already",
                "give the raw interface another name",
            ));
        }
        twins(interface)?;
    }
    let defined: BTreeSet<TypePath> = written().flat_map(defined).collect();
    written().try_for_each(|interface| undefined(interface, &defined))
}

/// Refuses two items of one name.
fn twins(interface: &Interface) -> Result<(), DeriveError> {
    let types = interface.types.iter().map(|def| (format!("{}.{}", interface.name, def.name), def.raw.clone()));
    let functions = interface.functions.iter().map(|function| (function.path(&interface.name), raw(function)));
    let mut seen: Vec<(String, Option<String>)> = Vec::new();
    for (path, raw) in types.chain(functions) {
        if let Some((_, other)) = seen.iter().find(|(other, _)| *other == path) {
            let is_it =
                |raw: &Option<String>| raw.as_ref().map_or("what the rules make".to_owned(), |raw| format!("`{raw}`"));
            return Err(DeriveError::shape(
                path,
                format!("{} and {} would both be called so", is_it(other), is_it(&raw)),
                "give one of them another name with a line under [rename], or leave one out under [leave-out]",
            ));
        }
        seen.push((path, raw));
    }
    Ok(())
}

fn raw(function: &Function) -> Option<String> {
    match &function.body {
        Body::Call(call) => Some(call.raw.path()),
        Body::Direct | Body::NewOptions | Body::SetOption(_) | Body::Share(_) | Body::Later | Body::Group(_) => None,
    }
}

fn defined(interface: &Interface) -> impl Iterator<Item = TypePath> {
    interface.types.iter().map(|def| TypePath {
        side: Side::Friendly,
        interface: interface.name.clone(),
        name: def.name.clone(),
    })
}

/// Refuses what uses a type that is left out.
fn undefined(interface: &Interface, defined: &BTreeSet<TypePath>) -> Result<(), DeriveError> {
    let check = |path: String, used: Vec<TypePath>| {
        let missing = used.into_iter().find(|ty| ty.side == Side::Friendly && !defined.contains(ty));
        missing.map_or(Ok(()), |ty| {
            Err(DeriveError::shape(
                path,
                format!("it uses `{}.{}`, which has no friendly twin", ty.interface, ty.name),
                "leave it out, too, under [leave-out], or keep both",
            ))
        })
    };
    for def in &interface.types {
        let used = types::parts(&def.kind).iter().flat_map(paths).collect();
        check(def.raw.clone().unwrap_or_else(|| def.name.clone()), used)?;
    }
    for function in &interface.functions {
        let types = function.params.iter().map(|param| &param.ty).chain(&function.result);
        let resource = match &function.kind {
            Kind::Freestanding => None,
            Kind::Method(name) | Kind::Static(name) | Kind::Constructor(name) => {
                Some(TypePath { side: Side::Friendly, interface: interface.name.clone(), name: name.clone() })
            }
        };
        let used = types.flat_map(paths).chain(resource).collect();
        check(raw(function).unwrap_or_else(|| function.path(&interface.name)), used)?;
    }
    Ok(())
}

/// The names in a type.
fn paths(ty: &Type) -> Vec<TypePath> {
    match ty {
        Type::Named(path) | Type::Own(path) | Type::Borrow(path) => vec![path.clone()],
        Type::List(inner) | Type::Option(inner) => paths(inner),
        Type::Tuple(parts) => parts.iter().flat_map(paths).collect(),
        Type::Result { ok, err } => ok.iter().chain(err).flat_map(|part| paths(part)).collect(),
        Type::Primitive(_) | Type::Converted(_) => Vec::new(),
    }
}

/// Refuses an exported interface whose functions are more than calls with resources and plain values.
pub(super) fn exported(facts: &Facts<'_>, id: InterfaceId, functions: &[Function]) -> Result<(), DeriveError> {
    let interface = facts.interface_name(id);
    let advice = "reshape a world that exports functions of resources and plain values alone";
    if let Some(ty) = facts.resolve().interfaces[id].types.values().find(|ty| facts.alias_of(**ty).is_none()) {
        return Err(DeriveError::shape(
            facts.raw_path(*ty),
            "it is a type of an interface that the app exports",
            advice,
        ));
    }
    for function in functions {
        let is_given = |ty: &Type| matches!(ty, Type::Own(_)) || passes(ty);
        let refused = |what: String| Err(DeriveError::shape(function.path(&interface), what, advice));
        if let Some(param) = function.params.iter().find(|param| !is_given(&param.ty)) {
            let name = &param.name;
            return refused(format!(
                "the host calls it, and can only give it plain values and resources by themselves, which `{name}` is not"
            ));
        }
        if function.result.as_ref().is_some_and(|ty| !passes(ty)) {
            return refused(
                "the host calls it, and can only be given plain values, which its result is not".to_owned(),
            );
        }
    }
    Ok(())
}

/// Whether a value is the same in both worlds.
fn passes(ty: &Type) -> bool {
    paths(ty).iter().all(|path| path.side == Side::Raw)
}
