//! The world without what is lost: the plan, the raw world, and the friendly one written from both.

use std::collections::BTreeSet;

use super::compare::Compare;
use super::survey::{extras, options_of};
use super::{HostCompatError, Missing, OnHost};
use crate::bundle::World;
use crate::plan::{Filled, Function, Kind, Operation, Options, Plan, TypeDef, TypeKind, core_name};
use crate::read::RawWorld;
use crate::wit::{self, qualified};

/// Takes out of a world what is lost on the host.
pub(super) fn reduce(world: &World, compare: Compare<'_>, missing: Missing) -> Result<OnHost, HostCompatError> {
    let plan = plan(&world.plan, &compare.host.platform, &missing);
    let raw = raw(compare);
    let friendly = wit::write(&plan, &raw)?;
    let uncalled = uncalled(&world.plan, compare);
    Ok(OnHost { world: World { raw, rules: world.rules.clone(), plan, friendly }, missing, uncalled })
}

fn plan(plan: &Plan, platform: &[String], missing: &Missing) -> Plan {
    let functions: BTreeSet<&str> = missing.functions.iter().map(|loss| loss.path.as_str()).collect();
    let types: BTreeSet<&str> = missing.types.iter().map(|lost| lost.path.as_str()).collect();
    let mut plan = Plan { platform: platform.to_vec(), ..plan.clone() };
    plan.interfaces.retain(|interface| !missing.interfaces.contains(&interface.name));
    plan.in_world.imports.retain(|item| !functions.contains(item.name.as_str()));
    for interface in &mut plan.interfaces {
        let name = interface.name.clone();
        let lost = interface.functions.iter().filter(|function| functions.contains(function.path(&name).as_str()));
        let unset: BTreeSet<(String, String)> = lost.filter_map(setter).collect();
        interface.functions.retain(|function| !functions.contains(function.path(&name).as_str()));
        interface.bulk.retain(|bulk| !functions.contains(bulk.path(&name).as_str()));
        interface.types.retain(|def| !types.contains(format!("{name}.{}", def.name).as_str()));
        for (def, options) in interface.types.iter_mut().filter_map(options) {
            drop_extras(options, &|field| unset.contains(&(def.clone(), field.to_owned())));
        }
    }
    plan
}

/// The options resource and the field that a function sets.
fn setter(function: &Function) -> Option<(String, String)> {
    match (&function.operation, &function.kind) {
        (Operation::SetOption(field), Kind::Method(options)) => Some((options.clone(), field.clone())),
        (
            Operation::SetOption(_)
            | Operation::Direct
            | Operation::Call(_)
            | Operation::NewOptions
            | Operation::Share(_)
            | Operation::Later
            | Operation::Group(_)
            | Operation::Pairs(_),
            _,
        ) => None,
    }
}

fn options(def: &mut TypeDef) -> Option<(String, &mut Options)> {
    let TypeKind::Options(options) = &mut def.kind else { return None };
    Some((def.name.clone(), options))
}

/// A placeholder that cannot be filled is left empty, and the options that it is a field of stay.
fn drop_extras(options: &mut Options, lost: &dyn Fn(&str) -> bool) {
    for field in &mut options.fields {
        if let Filled::Extra { setters, .. } = &mut field.filled {
            setters.retain(|setter| !lost(&setter.name));
            if setters.is_empty() {
                field.filled = Filled::Never;
            }
        }
    }
}

/// What only a lost setter or a lost constructor leads to. The calls that the options, or the resource, are
/// for stay, and mention it: the guest makes the placeholder when the setter was called, and the raw
/// resource when the constructor was, which cannot be any more.
fn uncalled(plan: &Plan, compare: Compare<'_>) -> Vec<(String, String)> {
    let options = plan.interfaces.iter().flat_map(|interface| {
        let made = interface.functions.iter().filter_map(move |function| options_of(plan, interface, function));
        made.map(|(_, options)| options)
    });
    let made = plan.interfaces.iter().flat_map(|interface| {
        let later = interface.functions.iter().filter(|function| matches!(function.operation, Operation::Later));
        later.flat_map(|function| interface.raw_behind(function)).cloned()
    });
    let lost = options.flat_map(extras).map(|(_, raw)| raw).chain(made).filter(|raw| compare.raw(raw).is_some());
    let imports = lost.map(|raw| (qualified(&plan.raw, &raw.interface), core_name(&raw.kind, &raw.name)));
    imports.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The host's raw world with the functions that are ours too, under our version and with our docs. It
/// is the host's, so that what is made of it imports each type from where the host has it.
fn raw(compare: Compare<'_>) -> RawWorld {
    let (ours, mut raw) = (compare.ours, compare.host.clone());
    for id in raw.imports.iter().chain(&raw.exports) {
        let interface = &mut raw.resolve.interfaces[*id];
        let Some(known_id) = compare.ours_of(*id) else {
            interface.functions.clear();
            continue;
        };
        let known = &ours.resolve.interfaces[known_id];
        interface.functions.retain(|name, function| match known.functions.get(name) {
            Some(known) => {
                function.docs = known.docs.clone();
                compare.compare_function(known_id, known).is_none()
            }
            None => false,
        });
        interface.docs = known.docs.clone();
    }
    let name = ours.resolve.packages[ours.package].name.clone();
    let package = &mut raw.resolve.packages[raw.package];
    raw.resolve.package_names.shift_remove(&package.name);
    package.name = name.clone();
    raw.resolve.package_names.insert(name, raw.package);
    raw
}
