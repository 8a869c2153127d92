//! What the bindings call the modules of interfaces: that depends on which of them an app binds.
//!
//! A module is called as its interface, with the package's name in front where the app binds two interfaces of that name, and the
//! version behind where it binds two versions.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use composer::bundle::World;
use composer::python::{BINDINGS, Bound, module_names};
use composer::wit;

use super::scan::Scan;

/// An interface that an app can bind.
struct Known {
    /// Its name with package and version.
    full: String,
    /// As the plan has it.
    name: String,
}

/// What the bindings may call the interfaces of the world, and which these are. A short name is the world's own first.
pub fn modules(world: &World) -> BTreeMap<String, String> {
    let mut modules = BTreeMap::new();
    for Known { full, name } in known(world) {
        for called in module_names(&full) {
            modules.entry(called).or_insert_with(|| name.clone());
        }
    }
    modules
}

/// The interfaces that an app binds, with namesakes of those that it calls by their packages: with these, they are called so.
/// Refuses names that the modules do not have then.
pub fn settled(
    world: &World,
    modules: &BTreeMap<String, String>,
    mut bound: BTreeSet<String>,
    scan: &Scan,
) -> Result<BTreeSet<String>> {
    let known = known(world);
    let full = |name: &str| known.iter().find(|known| known.name == name).map(|known| known.full.as_str());
    let namesakes = |name: &str| {
        let short = full(name).map(|full| module_names(full)[0].clone());
        known.iter().filter(move |other| short.as_ref() == Some(&module_names(&other.full)[0]))
    };
    let imported = scan.interfaces.iter().filter_map(|(called, place)| Some((called, modules.get(called)?, place)));
    let imported: Vec<_> = imported.filter(|(_, name, _)| namesakes(name).count() > 1).collect();
    // The names of those that are called otherwise, and what they are called.
    let called_otherwise = |bound: &BTreeSet<String>| -> Result<Vec<_>> {
        if imported.is_empty() {
            return Ok(Vec::new());
        }
        let actual = Bound::new(wit::write_for(&world.plan, &world.raw, bound)?.app_imports());
        let found = imported.iter().filter_map(|(called, name, place)| {
            let actual = actual.named(full(name)?).filter(|actual| actual != called)?;
            Some((*called, *name, *place, actual.to_owned()))
        });
        Ok(found.collect())
    };
    let otherwise = called_otherwise(&bound)?;
    if otherwise.is_empty() {
        return Ok(bound);
    }
    for (_, name, ..) in &otherwise {
        bound.extend(namesakes(name).map(|other| other.name.clone()));
    }
    if let Some((called, _, place, actual)) = called_otherwise(&bound)?.into_iter().next() {
        bail!(
            "{}:{}: the app imports `{BINDINGS}.imports.{called}`, which is called `{actual}`: another interface that it binds has the same name",
            place.file,
            place.line
        );
    }
    Ok(bound)
}

fn known(world: &World) -> Vec<Known> {
    let plan = &world.plan;
    let own = plan.interfaces.iter().filter(|interface| interface.has_module());
    let own = own.map(|interface| Known { full: wit::app_interface(plan, interface), name: interface.name.clone() });
    own.chain(plan.other_interfaces().map(|name| Known { full: name.clone(), name: name.clone() })).collect()
}
