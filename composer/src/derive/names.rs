//! Refuses names that one of the two bindings cannot have: Rust's, which the guests are made of, and Python's.

use wit_parser::InterfaceId;

use super::DeriveError;
use super::facts::Facts;
use crate::names;
use crate::plan::{Disposition, Function, Interface, Kind};
use crate::prose::python::{camel, snake};

/// Refuses what the bindings of the guests cannot spell, whatever it is called in the friendly world.
pub(super) fn raw(facts: &Facts<'_>, id: InterfaceId) -> Result<(), DeriveError> {
    let types = facts.resolve().interfaces[id].types.values();
    for ty in types.filter(|ty| facts.definition(**ty) == **ty) {
        let path = facts.raw_path(*ty);
        let named_self = facts.type_def(*ty).name.as_deref() == Some("self") || facts.case_names(*ty).contains(&"self");
        if named_self && !facts.lines.rules.leave_out.contains_key(&path) {
            return Err(DeriveError::shape(
                path,
                "it is or has a `self`, which the bindings of the guests cannot spell",
                "give it another name in the WIT, or leave out what uses it under [leave-out]",
            ));
        }
        // What is not reshaped is bound as it is.
        if !facts.is_adapted(id) {
            class(path, &facts.home(*ty).name)?;
        }
    }
    Ok(())
}

/// Refuses a type whose class would hide what the bindings need.
fn class(path: String, name: &str) -> Result<(), DeriveError> {
    let class = camel(name);
    if names::hides_import(&class) {
        return Err(rename(path, format!("its class would hide the `{class}` that Python's bindings need")));
    }
    Ok(())
}

/// Refuses friendly names that would hide what the bindings need.
pub(super) fn friendly(interface: &Interface) -> Result<(), DeriveError> {
    for def in &interface.types {
        let path = def.raw.clone().unwrap_or_else(|| format!("{}.{}", interface.name, def.name));
        class(path.clone(), &def.name)?;
        if def.kind.is_resource() && interface.disposition == Disposition::Adapted && def.name == "guest" {
            return Err(rename(path, "the bindings of the guests have a `Guest` of their own".to_owned()));
        }
    }
    interface.functions.iter().try_for_each(|function| self::function(interface, function))
}

fn function(interface: &Interface, function: &Function) -> Result<(), DeriveError> {
    let name = snake(&function.name);
    let path =
        || interface.raw_behind(function).first().map_or_else(|| function.path(&interface.name), |raw| raw.path());
    if names::hides_builtin(&name) {
        return Err(rename(path(), format!("it would hide the `{name}` that Python's bindings need")));
    }
    let is_method = matches!(function.kind, Kind::Method(_) | Kind::Constructor(_));
    if is_method && function.params.iter().any(|param| snake(&param.name) == names::RECEIVER) {
        return Err(DeriveError::shape(
            path(),
            "it becomes a method, and a parameter of it is called `self`, as methods call what they are of",
            "give the parameter another name in the WIT, or leave the function out under [leave-out]",
        ));
    }
    Ok(())
}

fn rename(path: String, reason: String) -> DeriveError {
    DeriveError::shape(path, reason, "give it another name with a line under [rename]")
}
