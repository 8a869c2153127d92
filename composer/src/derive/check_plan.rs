//! Checks of the plan: no two items have one name, every name is defined, every export can be passed on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use wit_parser::InterfaceId;

use super::survey::Survey;
use super::{DeriveError, Remedy, cycles, mapping};
use crate::plan::{
    Conversion, Disposition, Function, Interface, Kind, Operation, Rule, Side, Type, TypeDef, TypeKind, TypePath,
    lending,
};
use crate::wit::{ADAPTER_WORLD, APP_WORLD, BRIDGE, ENTRY_WORLD};

/// Refuses a plan that does not fit together.
pub(super) fn check(interfaces: &[Interface], exports: &[Interface]) -> Vec<DeriveError> {
    let written = || interfaces.iter().chain(exports).filter(|of| of.disposition == Disposition::Adapted);
    let lenders = interfaces.iter().filter(|interface| !interface.bulk.is_empty());
    let lending: BTreeSet<String> = lenders.map(|interface| lending(&interface.name)).collect();
    let defined: BTreeSet<TypePath> = written().flat_map(defined).collect();
    let mut refused = Vec::new();
    for interface in written() {
        refused.extend(taken_name(interface, &lending));
        refused.extend(duplicates(interface));
        refused.extend(namesakes(interface).err());
        refused.extend(undefined(interface, &defined));
        refused.extend(unconverted(interface));
    }
    // Interfaces that use each other are told of where nothing else is wrong, as that may be why.
    if refused.is_empty() {
        refused.extend(cycles::refuse(&written().collect::<Vec<_>>()).err());
    }
    refused
}

/// Refuses an interface that is called as one of the composer's own.
fn taken_name(interface: &Interface, lending: &BTreeSet<String>) -> Option<DeriveError> {
    let own = [APP_WORLD, ADAPTER_WORLD, ENTRY_WORLD, BRIDGE];
    let is_taken = lending.contains(&interface.name) || own.contains(&interface.name.as_str());
    is_taken.then(|| {
        DeriveError::shape(
            &interface.name,
            "the friendly package already has a world or an interface with this name",
            "give the raw interface another name",
        )
    })
}

/// Refuses two items with one name.
fn duplicates(interface: &Interface) -> Vec<DeriveError> {
    let types = interface.types.iter().map(|def| {
        let item = Item { what: "type", raw: def.raw.clone(), table: synthesized_by(&def.rules) };
        (format!("{}.{}", interface.name, def.name), item)
    });
    let functions = interface.functions.iter().map(|function| {
        let what = if matches!(function.operation, Operation::SetOption(_)) { "setter" } else { "function" };
        let item = Item { what, raw: raw(function), table: synthesized_by(&function.rules) };
        (function.path(&interface.name), item)
    });
    let mut seen: BTreeMap<String, Item> = BTreeMap::new();
    let mut refused = Vec::new();
    for (path, item) in types.chain(functions) {
        if let Some(other) = seen.get(&path) {
            let table = item.synthesized_in().or(other.synthesized_in());
            let advice = match table {
                Some(table) => format!("give the item that the rules define another name, under [{table}]"),
                None => "give one of them another name with a line under [rename], or leave one out under [leave-out]"
                    .to_owned(),
            };
            let reason = format!("{other} and {item} would have the same name");
            refused.push(DeriveError::shape(path, reason, advice));
            continue;
        }
        seen.insert(path, item);
    }
    refused
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
    function.operation.call().map(|call| call.raw.path())
}

fn defined(interface: &Interface) -> impl Iterator<Item = TypePath> {
    interface.types.iter().map(|def| TypePath::friendly(&interface.name, &def.name))
}

/// Refuses what uses a type that is left out.
fn undefined(interface: &Interface, defined: &BTreeSet<TypePath>) -> Vec<DeriveError> {
    let check = |path: String, used: Vec<TypePath>| {
        let missing = used.into_iter().find(|ty| ty.side == Side::Friendly && !defined.contains(ty))?;
        Some(DeriveError::shape(
            path,
            format!("it uses `{}.{}`, which the friendly world does not have", missing.interface, missing.name),
            "leave it out, too, under [leave-out], or keep both",
        ))
    };
    let types = interface.types.iter().filter_map(|def| {
        let path = def.raw.clone().unwrap_or_else(|| def.name.clone());
        check(path, def.kind.names())
    });
    let functions = interface.functions.iter().filter_map(|function| {
        let path = raw(function).unwrap_or_else(|| function.path(&interface.name));
        check(path, function.names(&interface.name))
    });
    types.chain(functions).collect()
}

/// Refuses what cannot be converted where it stands: the conversions of a named type have no error to fail with,
/// and of a text that is told as a record there is no way back.
fn unconverted(interface: &Interface) -> Vec<DeriveError> {
    let parts = interface.types.iter().flat_map(|def| def.kind.parts().into_iter().map(move |part| (def, part)));
    let types = parts.filter_map(|(def, part)| unconverted_part(def, &part).err());
    let functions = interface.functions.iter().flat_map(|function| {
        let path = raw(function).unwrap_or_else(|| function.path(&interface.name));
        function
            .params
            .iter()
            .filter_map(move |param| one_way(&format!("{path}.{}", param.name), true, &param.ty).err())
    });
    types.chain(functions).collect()
}

fn unconverted_part(def: &TypeDef, part: &Type) -> Result<(), DeriveError> {
    let is_filled = matches!(def.kind, TypeKind::Options(_));
    let path = def.raw.as_ref().unwrap_or(&def.name);
    one_way(path, is_filled || def.crosses.lowered, part)?;
    let fails =
        (def.crosses.lifted && !part.lifts_with().is_empty()) || (def.crosses.lowered && part.lowers_fallibly());
    if fails && !is_filled && def.raw.is_some() {
        return Err(DeriveError::shape(
            path,
            "the rules convert a value inside it, which can fail, but a type has no error to report that",
            "delete the line that names what is inside, or leave out the functions that use the type under [leave-out]",
        ));
    }
    Ok(())
}

fn one_way(path: &str, lowered: bool, ty: &Type) -> Result<(), DeriveError> {
    let packed = ty.conversions().find_map(|conversion| {
        let Conversion::Packed { record, .. } = conversion else { return None };
        Some(format!("{}.{}", record.interface, record.name))
    });
    match packed.filter(|_| lowered) {
        Some(record) => Err(DeriveError::shape(
            path,
            format!("it is an argument, but a text that becomes the record `{record}` can only be a result"),
            format!("delete it from `at` under [records.\"{record}\"]"),
        )),
        None => Ok(()),
    }
}

/// Refuses an exported interface whose functions are more than calls with resources and plain values.
pub(super) fn exported(survey: &Survey<'_>, id: InterfaceId, functions: &[Function]) -> Vec<DeriveError> {
    let interface = &survey.world.resolve().interfaces[id];
    let own = interface.types.values().filter(|ty| survey.world.alias_of(**ty).is_none());
    let mut refused: Vec<_> = own
        .map(|ty| {
            DeriveError::shape(
                survey.world.raw_path(*ty),
                "it is a type of an interface that the app exports",
                "move it into an interface that the world imports, and in which nothing changes",
            )
        })
        .collect();
    for raw in interface.functions.values() {
        let lent = raw.params.iter().filter(|param| survey.lends_list(&param.ty));
        let path = survey.world.function_path(id, raw);
        refused.extend(lent.map(|param| mapping::lent_list(&path, &param.name, GIVE_PLAIN)));
    }
    let name = survey.world.interface_name(id);
    let checked = functions.iter().filter(|function| {
        let path = function.path(&name);
        !refused.iter().any(|error| matches!(error, DeriveError::Shape { path: of, .. } if *of == path))
    });
    let unpassed: Vec<_> = checked.filter_map(|function| unpassed(&name, function)).collect();
    refused.extend(unpassed);
    refused
}

/// What to do about most of it.
const GIVE_PLAIN: &str = "give it resources by themselves, and values of an interface in which nothing changes";

/// Why the host cannot call a function that the app exports.
fn unpassed(interface: &str, function: &Function) -> Option<DeriveError> {
    let is_given = |ty: &Type| matches!(ty, Type::Own(_)) || passes(ty);
    let refused = |what: String| Some(DeriveError::shape(function.path(interface), what, GIVE_PLAIN));
    if let Some(param) = function.params.iter().find(|param| !is_given(&param.ty)) {
        let name = &param.name;
        return refused(format!(
            "the host calls it, and can only pass plain values and resources as parameters, which `{name}` is not"
        ));
    }
    if function.result.as_ref().is_some_and(|ty| !passes(ty)) {
        return refused("the host calls it, and can only get plain values back, which its result is not".to_owned());
    }
    None
}

/// Whether a value is the same in both worlds.
fn passes(ty: &Type) -> bool {
    ty.names().iter().all(|path| path.side == Side::Raw) && ty.conversions().next().is_none()
}

/// Refuses an interface that is passed on though its types change: the app would have them in another form than the host.
pub(super) fn passed(survey: &Survey<'_>, id: InterfaceId) -> Option<DeriveError> {
    let world = &survey.world;
    let path = world.interface_name(id);
    let used = survey.changed_use(id);
    if survey.is_adapted(id) {
        let reason = "it is imported and exported, and something of it changes, so the app would have it in two forms";
        return Some(DeriveError::shape(&path, reason, Remedy::Keep(used.unwrap_or_else(|| path.clone()))));
    }
    let used = used?;
    let reason = format!("the host calls it as it is, but it uses types of `{used}`, which changes");
    Some(DeriveError::shape(path, reason, Remedy::Keep(used)))
}
