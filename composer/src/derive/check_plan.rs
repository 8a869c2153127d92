//! Checks of the plan: no two items have one name, every name is defined, every export can be passed on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use wit_parser::InterfaceId;

use super::facts::Facts;
use super::{DeriveError, cycles, types};
use crate::plan::{
    Body, Conversion, Disposition, Function, Interface, Kind, Rule, Side, Type, TypeKind, TypePath, lending,
};
use crate::wit::{ADAPTER_WORLD, APP_WORLD, BRIDGE, ENTRY_WORLD};

/// Refuses a plan that does not fit together.
pub(super) fn check(interfaces: &[Interface], exports: &[Interface]) -> Result<(), DeriveError> {
    let written = || interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted).chain(exports);
    let lenders = interfaces.iter().filter(|interface| !interface.bulk.is_empty());
    let lending: BTreeSet<String> = lenders.map(|interface| lending(&interface.name)).collect();
    for interface in written() {
        if lending.contains(&interface.name)
            || [APP_WORLD, ADAPTER_WORLD, ENTRY_WORLD, BRIDGE].contains(&interface.name.as_str())
        {
            return Err(DeriveError::shape(
                &interface.name,
                "the friendly package already has a world or an interface with this name",
                "give the raw interface another name",
            ));
        }
        duplicates(interface)?;
        namesakes(interface)?;
    }
    let defined: BTreeSet<TypePath> = written().flat_map(defined).collect();
    written().try_for_each(|interface| undefined(interface, &defined))?;
    written().try_for_each(unconverted)?;
    cycles::refuse(&written().collect::<Vec<_>>())
}

/// Refuses two items with one name.
fn duplicates(interface: &Interface) -> Result<(), DeriveError> {
    let types = interface.types.iter().map(|def| {
        let item = Item { what: "type", raw: def.raw.clone(), table: synthesized_by(&def.rules) };
        (format!("{}.{}", interface.name, def.name), item)
    });
    let functions = interface.functions.iter().map(|function| {
        let what = if matches!(function.body, Body::SetOption(_)) { "setter" } else { "function" };
        let item = Item { what, raw: raw(function), table: synthesized_by(&function.rules) };
        (function.path(&interface.name), item)
    });
    let mut seen: BTreeMap<String, Item> = BTreeMap::new();
    for (path, item) in types.chain(functions) {
        if let Some(other) = seen.get(&path) {
            let table = item.synthesized_in().or(other.synthesized_in());
            let advice = match table {
                Some(table) => format!("give the item that the rules define another name, under [{table}]"),
                None => "give one of them another name with a line under [rename], or leave one out under [leave-out]"
                    .to_owned(),
            };
            return Err(DeriveError::shape(path, format!("{other} and {item} would have the same name"), advice));
        }
        seen.insert(path, item);
    }
    Ok(())
}

/// Refuses a function of a resource that is called as the resource is: no component can have both names.
fn namesakes(interface: &Interface) -> Result<(), DeriveError> {
    let is_namesake = |function: &&Function| match &function.kind {
        Kind::Method(resource) | Kind::Static(resource) => *resource == function.name,
        Kind::Freestanding | Kind::Constructor(_) => false,
    };
    let Some(function) = interface.functions.iter().find(is_namesake) else { return Ok(()) };
    let table = synthesized_by(&function.rules).filter(|_| raw(function).is_none());
    let advice = match table {
        Some(table) => format!("give it another name, under [{table}]"),
        None => "give it or the resource another name with a line under [rename]".to_owned(),
    };
    Err(DeriveError::shape(
        raw(function).unwrap_or_else(|| function.path(&interface.name)),
        format!(
            "it would be called `{0}` on the resource `{0}`, but a component cannot have both names",
            function.name
        ),
        advice,
    ))
}

/// What has a name.
struct Item {
    what: &'static str,
    raw: Option<String>,
    table: Option<&'static str>,
}

impl Item {
    fn synthesized_in(&self) -> Option<&'static str> {
        self.table.filter(|_| self.raw.is_none())
    }
}

impl fmt::Display for Item {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.raw, self.table) {
            (Some(raw), _) => write!(out, "`{raw}`"),
            (None, Some(table)) => write!(out, "a {} of [{table}]", self.what),
            (None, None) => write!(out, "a {} that the rules make", self.what),
        }
    }
}

fn synthesized_by(rules: &[Rule]) -> Option<&'static str> {
    rules.iter().find_map(|rule| cycles::synthesized_by(*rule))
}

fn raw(function: &Function) -> Option<String> {
    function.body.call().map(|call| call.raw.path())
}

fn defined(interface: &Interface) -> impl Iterator<Item = TypePath> {
    interface.types.iter().map(|def| TypePath::friendly(&interface.name, &def.name))
}

/// Refuses what uses a type that is left out.
fn undefined(interface: &Interface, defined: &BTreeSet<TypePath>) -> Result<(), DeriveError> {
    let check = |path: String, used: Vec<TypePath>| {
        let missing = used.into_iter().find(|ty| ty.side == Side::Friendly && !defined.contains(ty));
        missing.map_or(Ok(()), |ty| {
            Err(DeriveError::shape(
                path,
                format!("it uses `{}.{}`, which the friendly world does not have", ty.interface, ty.name),
                "leave it out, too, under [leave-out], or keep both",
            ))
        })
    };
    for def in &interface.types {
        check(def.raw.clone().unwrap_or_else(|| def.name.clone()), def.kind.names())?;
    }
    for function in &interface.functions {
        let path = raw(function).unwrap_or_else(|| function.path(&interface.name));
        check(path, function.names(&interface.name))?;
    }
    Ok(())
}

/// Refuses what cannot be converted where it stands: the conversions of a named type have no error to fail with,
/// and of a text that is told as a record there is no way back.
fn unconverted(interface: &Interface) -> Result<(), DeriveError> {
    for def in &interface.types {
        let is_filled = matches!(def.kind, TypeKind::Options(_));
        for part in def.kind.parts() {
            let lowered = is_filled || def.crosses.lowered;
            one_way(def.raw.as_ref().unwrap_or(&def.name), lowered, &part)?;
            let fails = (def.crosses.lifted && !part.lifts_with().is_empty())
                || (def.crosses.lowered && part.lowers_fallibly());
            if fails && !is_filled && def.raw.is_some() {
                return Err(DeriveError::shape(
                    def.raw.as_ref().unwrap_or(&def.name),
                    "the rules convert a value inside it, which can fail, but a type has no error to report that",
                    "delete the line that names what is inside, or leave out the functions that use the type under [leave-out]",
                ));
            }
        }
    }
    for function in &interface.functions {
        let path = raw(function).unwrap_or_else(|| function.path(&interface.name));
        function.params.iter().try_for_each(|param| one_way(&format!("{path}.{}", param.name), true, &param.ty))?;
    }
    Ok(())
}

fn one_way(path: &str, lowered: bool, ty: &Type) -> Result<(), DeriveError> {
    let mut record = None;
    ty.any(&mut |part| {
        if let Type::Converted(Conversion::Packed { record: packed, .. }) = part {
            record = Some(format!("{}.{}", packed.interface, packed.name));
        }
        false
    });
    match record.filter(|_| lowered) {
        Some(record) => Err(DeriveError::shape(
            path,
            format!("it is an argument, but a text that becomes the record `{record}` can only be a result"),
            format!("delete it from `at` under [records.\"{record}\"]"),
        )),
        None => Ok(()),
    }
}

/// Refuses an exported interface whose functions are more than calls with resources and plain values.
pub(super) fn exported(facts: &Facts<'_>, id: InterfaceId, functions: &[Function]) -> Result<(), DeriveError> {
    let interface = facts.interface_name(id);
    let advice = "give it resources by themselves, and values of an interface in which nothing changes";
    if let Some(ty) = facts.resolve().interfaces[id].types.values().find(|ty| facts.alias_of(**ty).is_none()) {
        return Err(DeriveError::shape(
            facts.raw_path(*ty),
            "it is a type of an interface that the app exports",
            "move it into an interface that the world imports, and in which nothing changes",
        ));
    }
    for raw in facts.resolve().interfaces[id].functions.values() {
        if let Some(param) = raw.params.iter().find(|param| facts.lends_list(&param.ty)) {
            return Err(types::lent_list(&facts.function_path(id, raw), &param.name, advice));
        }
    }
    for function in functions {
        let is_given = |ty: &Type| matches!(ty, Type::Own(_)) || passes(ty);
        let refused = |what: String| Err(DeriveError::shape(function.path(&interface), what, advice));
        if let Some(param) = function.params.iter().find(|param| !is_given(&param.ty)) {
            let name = &param.name;
            return refused(format!(
                "the host calls it, and can only pass plain values and resources as parameters, which `{name}` is not"
            ));
        }
        if function.result.as_ref().is_some_and(|ty| !passes(ty)) {
            return refused(
                "the host calls it, and can only get plain values back, which its result is not".to_owned(),
            );
        }
    }
    Ok(())
}

/// Whether a value is the same in both worlds.
fn passes(ty: &Type) -> bool {
    ty.names().iter().all(|path| path.side == Side::Raw) && !ty.any(&mut |part| matches!(part, Type::Converted(_)))
}
