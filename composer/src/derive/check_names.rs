//! Checks of names: both bindings must be able to have them, those of Rust for the guests and those of Python.

use std::iter;

use wit_parser::{Function as RawFunction, FunctionKind, InterfaceId, TypeId};

use super::cycles::synthesized_by;
use super::survey::Survey;
use super::{DeriveError, Remedy};
use crate::names;
use crate::plan::{Disposition, Function, Interface, Kind, Operation, Rule, TypeDef, TypeKind};
use crate::prose::python::{camel, exported as class_of, module as python_module, snake};

/// Methods that the guests' bindings give each resource themselves.
const GUESTS: [&str; 3] = ["from-handle", "handle", "take-handle"];

/// What the guests' bindings call a constructor.
const NEW: &str = "new";

/// Refuses what the bindings of the guests cannot spell, whatever it is called in the friendly world.
pub(super) fn raw(survey: &Survey<'_>, id: InterfaceId) -> Vec<DeriveError> {
    let types = survey.world.resolve().interfaces[id].types.values().filter(|ty| survey.world.definition(**ty) == **ty);
    let mut refused: Vec<_> = types.filter_map(|ty| raw_type(survey, id, *ty).err()).collect();
    refused.extend(guests(survey, id));
    refused
}

fn raw_type(survey: &Survey<'_>, id: InterfaceId, ty: TypeId) -> Result<(), DeriveError> {
    let path = survey.world.raw_path(ty);
    let named_self =
        survey.world.type_def(ty).name.as_deref() == Some("self") || survey.world.case_names(ty).contains(&"self");
    if named_self && !survey.world.usage.rules.leave_out.contains_key(&path) {
        return Err(DeriveError::shape(
            path,
            "it is or has a `self`, which the bindings of the guests cannot have as a name",
            "give it another name in the WIT, or leave out what uses it under [leave-out]",
        ));
    }
    // What is not reshaped is bound as it is.
    if !survey.is_adapted(id) {
        let name = survey.type_path(ty).name;
        class(path.clone(), &name, rename(&path, &name, "type"))?;
        fields(survey, ty)?;
    }
    Ok(())
}

/// Refuses methods that the guests' bindings have twice.
fn guests(survey: &Survey<'_>, id: InterfaceId) -> Vec<DeriveError> {
    let functions = survey.world.imported_functions().filter(|(of, _)| *of == id);
    let of_resources = functions.filter_map(|(_, function)| Some((function.kind.resource()?, function)));
    let of_resources: Vec<_> = of_resources.collect();
    let is_taken = |(resource, function): &&(TypeId, &RawFunction)| {
        let is_made = of_resources.iter().any(|(of, other)| of == resource && is_constructor(other));
        let name = function.item_name();
        !is_constructor(function) && (GUESTS.contains(&name) || is_made && name == NEW)
    };
    let error = |(_, function): &(TypeId, &RawFunction)| {
        let (path, name) = (survey.world.function_path(id, function), function.item_name());
        let remedy = Remedy::LeaveOut(path.clone());
        DeriveError::shape(
            path,
            format!("the bindings of the guests give each such resource their own `{name}`"),
            remedy,
        )
    };
    of_resources.iter().filter(is_taken).map(error).collect()
}

fn is_constructor(function: &RawFunction) -> bool {
    matches!(function.kind, FunctionKind::Constructor(_))
}

/// Refuses a type whose class would hide what the bindings need.
fn class(path: String, name: &str, remedy: impl Into<Remedy>) -> Result<(), DeriveError> {
    let class = camel(name);
    if names::hides_as_class(&class) {
        let reason = format!("its class would hide the `{class}` that Python's bindings need");
        return Err(DeriveError::shape(path, reason, remedy));
    }
    Ok(())
}

/// Refuses a record of the WIT with a field that its class would have already.
fn fields(survey: &Survey<'_>, ty: TypeId) -> Result<(), DeriveError> {
    let names = survey.world.record_of(ty).into_iter().flat_map(|record| &record.fields);
    let mut names = names.map(|field| field.name.as_str());
    names.try_for_each(|name| field(&survey.world.raw_path(ty), name, OF_WIT))
}

/// What to do about the name of a field: no rule changes it.
const OF_WIT: &str = "give it another name in the WIT, or leave out what uses the record under [leave-out]";

fn field(record: &str, name: &str, advice: &str) -> Result<(), DeriveError> {
    if names::hides_as_field(&snake(name)) {
        let reason =
            "every class of Python has an attribute with this name, which would be taken for the field's default";
        return Err(DeriveError::shape(format!("{record}.{name}"), reason, advice));
    }
    Ok(())
}

/// Refuses friendly names of an imported interface that would hide what the bindings need.
pub(super) fn imported(survey: &Survey<'_>, interface: &Interface) -> Vec<DeriveError> {
    let types = interface.types.iter().map(|def| check_type(interface, def));
    let functions = interface.functions.iter().map(|function| check_function(survey, interface, function));
    iter::once(module(&interface.name)).chain(types).chain(functions).filter_map(Result::err).collect()
}

fn check_type(interface: &Interface, def: &TypeDef) -> Result<(), DeriveError> {
    let path = def.raw.clone().unwrap_or_else(|| format!("{}.{}", interface.name, def.name));
    let advice = of_type(def, &path);
    class(path.clone(), &def.name, advice.clone())?;
    if let TypeKind::Record(fields) = &def.kind {
        let advice = if def.raw.is_some() { OF_WIT } else { "give it another name in the line that makes it" };
        fields.iter().try_for_each(|found| field(&path, &found.name, advice))?;
    }
    if def.kind.is_resource() && interface.disposition == Disposition::Adapted && def.name == "guest" {
        let reason = "the bindings of the guests have a `Guest` of their own";
        return Err(DeriveError::shape(path, reason, advice));
    }
    Ok(())
}

/// Refuses names of an interface that the app exports: they are those of the WIT.
pub(super) fn exported(interface: &Interface) -> Vec<DeriveError> {
    let advice = "give it another name in the WIT; what the app exports has the names that the host calls";
    let refused = |path: String, reason: String| Some(DeriveError::shape(path, reason, advice));
    let class = class_of(interface);
    let of_class = names::hides_as_exported_class(&class).then(|| hides(&class));
    let of_class = of_class.and_then(|reason| refused(interface.name.clone(), reason));
    let module = python_module(&interface.name);
    let is_taken = !interface.by_resource().is_empty() && names::refused_package(&module).is_some();
    let of_module = is_taken.then(|| {
        let reason =
            format!("the bindings look for its resources in a module `{module}` of the app, and Python has one itself");
        refused(interface.name.clone(), reason)
    });
    let of_functions = interface.functions.iter().filter_map(|function| {
        let (path, name) = (function.path(&interface.name), snake(&function.name));
        if names::hides_as_export(&name) {
            return refused(path, hides(&name));
        }
        if function.params.iter().any(|param| snake(&param.name) == names::RECEIVER) {
            let reason = "one of its parameters is called `self`, like the object of a method in the app's class";
            return refused(path, reason.to_owned());
        }
        None
    });
    of_class.into_iter().chain(of_module.flatten()).chain(of_functions).collect()
}

/// Refuses an interface of another package whose names would hide what the bindings need: no rule changes these.
pub(super) fn foreign(survey: &Survey<'_>, id: InterfaceId) -> Vec<DeriveError> {
    let interface = &survey.world.resolve().interfaces[id];
    let advice = "no rule changes another package: reshape a world that does not import this interface";
    let types = interface.types.iter().filter(|(_, ty)| survey.world.alias_of(**ty).is_none());
    let types = types.map(|(name, ty)| {
        class(survey.world.raw_path(*ty), name, advice.to_owned())?;
        fields(survey, *ty)
    });
    let functions = interface.functions.values().map(|function| {
        let hidden = foreign_hidden(function).map(|name| hides(&name));
        hidden
            .map_or(Ok(()), |reason| Err(DeriveError::shape(survey.world.function_path(id, function), reason, advice)))
    });
    let module = module(interface.name.as_deref().unwrap_or_default());
    iter::once(module).chain(types).chain(functions).filter_map(Result::err).collect()
}

/// The name of a function of another package that would hide what the bindings need, or that of a parameter.
fn foreign_hidden(function: &RawFunction) -> Option<String> {
    let name = snake(function.item_name());
    let of_resource = function.kind.resource().is_some();
    if (!of_resource && names::hides_as_function(&name)) || (of_resource && names::hides_as_method(&name)) {
        return Some(name);
    }
    let is_static = matches!(function.kind, FunctionKind::Static(_));
    let mut params = function.params.iter().map(|param| snake(&param.name));
    params.find(|param| names::hides_as_parameter(param) || is_static && param == names::CLASS)
}

/// Refuses an interface whose module would hide what the modules need that import it.
fn module(interface: &str) -> Result<(), DeriveError> {
    if names::hides_as_module(&snake(interface)) {
        let advice = "give the interface another name in the WIT, or reshape a world that does not import it";
        return Err(DeriveError::shape(interface, hides(&snake(interface)), advice));
    }
    Ok(())
}

fn check_function(survey: &Survey<'_>, interface: &Interface, function: &Function) -> Result<(), DeriveError> {
    let name = snake(&function.name);
    let raw = interface.raw_behind(function).first().map(|raw| raw.path());
    let path = raw.clone().unwrap_or_else(|| function.path(&interface.name));
    let hidden = match &function.kind {
        Kind::Freestanding => names::hides_as_function(&name),
        Kind::Method(_) | Kind::Static(_) => names::hides_as_method(&name),
        Kind::Constructor(_) => false,
    };
    if hidden {
        let advice = match named_by(survey, function, &path) {
            Some(table) => format!("give it another name, under [{table}]").into(),
            None => rename(&path, &function.name, "call"),
        };
        return Err(DeriveError::shape(path, hides(&name), advice));
    }
    for param in &function.params {
        let param_name = snake(&param.name);
        let receives = matches!(function.kind, Kind::Method(_) | Kind::Constructor(_));
        if receives && param_name == names::RECEIVER {
            return Err(DeriveError::shape(
                path,
                "it becomes a method, but one of its parameters is called `self`, like the object of a method",
                "give the parameter another name in the WIT, or leave the function out under [leave-out]",
            ));
        }
        let is_class = matches!(function.kind, Kind::Static(_)) && param_name == names::CLASS;
        if is_class || names::hides_as_parameter(&param_name) {
            let line = parameter(survey, interface, function, &path, &param.name);
            let reason = if is_class {
                "static functions call their class so, and no function has two parameters of one name".to_owned()
            } else {
                hides(&param_name)
            };
            return Err(DeriveError::shape(line.clone(), reason, rename(&line, &param.name, "value")));
        }
    }
    Ok(())
}

/// The path by which the rules name a parameter: what makes options is given the fields of a record.
fn parameter(survey: &Survey<'_>, interface: &Interface, function: &Function, path: &str, name: &str) -> String {
    let of_options = matches!(function.operation, Operation::NewOptions);
    let is_made = |def: &&TypeDef| of_options && function.kind == Kind::Constructor(def.name.clone());
    let record = interface.types.iter().find(is_made);
    let owner = record.and_then(|def| def.raw.clone()).unwrap_or_else(|| path.to_owned());
    let is_renamed = |(line, to): &(&String, &String)| {
        line.rsplit_once('.').is_some_and(|(of, _)| of == owner) && to.as_str() == name
    };
    let renamed = survey.world.usage.rules.rename.iter().find(is_renamed);
    renamed.map_or_else(|| format!("{owner}.{name}"), |(line, _)| line.clone())
}

/// What to do about the name of a type.
fn of_type(def: &TypeDef, path: &str) -> Remedy {
    match def.rules.iter().find_map(|rule| synthesized_by(*rule)).filter(|_| def.raw.is_none()) {
        Some(table) => format!("give the item that the rules define another name, under [{table}]").into(),
        None => rename(path, &def.name, "type"),
    }
}

/// The table whose lines give a function its name.
fn named_by(survey: &Survey<'_>, function: &Function, path: &str) -> Option<&'static str> {
    let rules = survey.world.usage.rules;
    match &function.operation {
        Operation::Group(_) => Some("groups"),
        Operation::Pairs(_) => Some("pairs"),
        Operation::Share(_) => Some("wrap.share"),
        Operation::Call(_) if function.rules.contains(&Rule::Split) => Some("split"),
        Operation::Call(_) if rules.complete.get(path) == Some(&function.name) => Some("complete"),
        Operation::Call(_) if rules.read_all.get(path) == Some(&function.name) => Some("read-all"),
        Operation::Call(_) | Operation::Direct | Operation::NewOptions | Operation::SetOption(_) | Operation::Later => {
            None
        }
    }
}

fn hides(name: &str) -> String {
    format!("it would hide the `{name}` that Python's bindings need")
}

/// The line that gives it another name: one that differs by what is added to it.
fn rename(path: &str, name: &str, added: &str) -> Remedy {
    Remedy::Rename { path: path.to_owned(), name: format!("{name}-{added}") }
}
