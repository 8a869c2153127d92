//! Names that the guests cannot have: wit-bindgen 0.63 writes them as they are, and Rust or its own code has another use
//! for them. What Rust can escape is escaped in the bindings and in the glue.

use wit_parser::{Function, InterfaceId, TypeDefKind, TypeId};

use super::survey::Survey;
use super::{DeriveError, Remedy};
use crate::plan::{Interface, TypeDef, TypeKind};

/// A keyword of Rust 2024 that wit-bindgen does not escape.
const KEYWORD: &str = "gen";
/// Types of the standard library that the bindings of what is exported name without a path.
const STANDARD: [&str; 1] = ["option"];
/// What the bindings of flags name without a path.
const BESIDE_FLAGS: [&str; 4] = ["err", "guest", "none", "ok"];
/// The type parameter of the code around a resource.
const PARAMETER: &str = "t";
/// What starts the name of the trait of a resource.
const TRAIT: &str = "guest-";

const LEAVE_OUT: &str = "leave out what uses it under [leave-out], or give it another name in the WIT";

/// Refuses raw names, whatever the items are called in the friendly world.
pub(super) fn raw(survey: &Survey<'_>, id: InterfaceId) -> Vec<DeriveError> {
    let interface = &survey.world.resolve().interfaces[id];
    let name = survey.world.interface_name(id);
    let mut refused = Vec::new();
    if name == KEYWORD {
        refused.push(keyword(&name, "give the interface another name in the WIT"));
    }
    let types = interface.types.values().filter(|ty| survey.world.definition(**ty) == **ty);
    refused.extend(types.flat_map(|ty| raw_type(survey, *ty)));
    let functions = survey.world.imported_functions().filter(|(of, _)| *of == id);
    refused.extend(functions.filter_map(|(_, function)| raw_function(survey, id, function)));
    refused
}

fn raw_type(survey: &Survey<'_>, id: TypeId) -> Vec<DeriveError> {
    let (def, path) = (survey.world.type_def(id), survey.world.raw_path(id));
    if survey.world.usage.rules.leave_out.contains_key(&path) && survey.users_of(id).is_empty() {
        return Vec::new();
    }
    let name = def.name.as_deref().unwrap_or_default();
    let is_flags = matches!(def.kind, TypeDefKind::Flags(_));
    let mut refused = Vec::new();
    if is_flags && BESIDE_FLAGS.contains(&name) {
        refused.push(hides(&path, name, LEAVE_OUT));
    }
    let fields = survey.world.record_of(id).into_iter().flat_map(|record| &record.fields);
    let fields = fields.filter(|field| field.name == KEYWORD);
    refused.extend(fields.map(|field| keyword(&format!("{path}.{}", field.name), LEAVE_OUT)));
    refused
}

fn raw_function(survey: &Survey<'_>, id: InterfaceId, function: &Function) -> Option<DeriveError> {
    let is_it = function.item_name() == KEYWORD || function.params.iter().any(|param| param.name == KEYWORD);
    let path = survey.world.function_path(id, function);
    is_it.then(|| keyword(&path, Remedy::LeaveOut(path.clone())))
}

/// Refuses friendly names of an interface that is reshaped.
pub(super) fn friendly(interface: &Interface) -> Vec<DeriveError> {
    let mut refused: Vec<_> = interface.types.iter().filter_map(|def| friendly_type(interface, def)).collect();
    for function in &interface.functions {
        let named = function.params.iter().map(|param| &param.name).chain([&function.name]);
        if named.into_iter().any(|name| name == KEYWORD) {
            refused.push(keyword(&function.path(&interface.name), "give it another name in the rules"));
        }
    }
    refused
}

fn friendly_type(interface: &Interface, def: &TypeDef) -> Option<DeriveError> {
    let path = def.raw.clone().unwrap_or_else(|| format!("{}.{}", interface.name, def.name));
    let name = def.name.as_str();
    let is_flags = matches!(def.kind, TypeKind::Flags(_));
    let resources = interface.types.iter().filter(|def| def.kind.is_resource());
    let is_trait = name.strip_prefix(TRAIT).is_some_and(|of| resources.into_iter().any(|def| def.name == of));
    let is_taken = STANDARD.contains(&name)
        || is_flags && BESIDE_FLAGS.contains(&name)
        || def.kind.is_resource() && name == PARAMETER
        || is_trait;
    let remedy = || Remedy::Rename { path: path.clone(), name: format!("{name}-type") };
    is_taken.then(|| hides(&path, name, remedy()))
}

fn keyword(path: &str, remedy: impl Into<Remedy>) -> DeriveError {
    DeriveError::shape(
        path,
        format!("`{KEYWORD}` is a keyword of Rust, which the bindings of the guests do not escape"),
        remedy,
    )
}

fn hides(path: &str, name: &str, remedy: impl Into<Remedy>) -> DeriveError {
    DeriveError::shape(path, format!("the bindings of the guests have another use for a type called `{name}`"), remedy)
}
