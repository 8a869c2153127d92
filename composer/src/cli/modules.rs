//! What the bindings call the modules of interfaces: that depends on which of them an app binds.
//!
//! A module is called as its interface, with the package's name in front where the app binds two interfaces of that name, and the
//! version behind where it binds two versions.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use composer::bundle::World;
use composer::plan::Disposition;
use composer::python::{BINDINGS, Bound, module_name};
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
        let (path, version) = full.split_once('@').unwrap_or((&full, ""));
        for called in [short(&full), path, &format!("{path}_{version}")] {
            modules.entry(module_name(called)).or_insert_with(|| name.clone());
        }
    }
    modules
}

/// The interfaces that an app binds, with namesakes of those that it calls by their packages: with these, they are called so.
/// Refuses names that the modules do not have then.
pub fn settled(world: &World, bound: BTreeSet<String>, scan: &Scan) -> Result<BTreeSet<String>> {
    let (modules, known) = (modules(world), known(world));
    let imported = scan.interfaces.iter().filter_map(|(called, place)| Some((called, modules.get(called)?, place)));
    let others = |name: &str| {
        let full = known.iter().find(|known| known.name == name).map(|known| known.full.as_str());
        known.iter().filter(move |other| full.is_some_and(|full| short(&other.full) == short(full)))
    };
    let imported: Vec<_> = imported.filter(|(_, name, _)| others(name).count() > 1).collect();
    if imported.is_empty() {
        return Ok(bound);
    }
    let called_otherwise = |bound: &BTreeSet<String>| -> Result<Vec<_>> {
        let friendly = wit::write_for(&world.plan, &world.raw, bound)?;
        let actual = Bound::new(friendly.app_imports());
        let of = |name: &str| known.iter().find(|known| known.name == name).and_then(|known| actual.named(&known.full));
        let found = imported.iter().map(|(called, name, place)| (*called, *name, *place, of(name).map(str::to_owned)));
        Ok(found.filter(|(called, .., actual)| actual.as_ref().is_some_and(|actual| actual != *called)).collect())
    };
    let mut bound = bound;
    for (_, name, ..) in called_otherwise(&bound)? {
        bound.extend(others(name).map(|other| other.name.clone()));
    }
    if let Some((called, _, place, Some(actual))) = called_otherwise(&bound)?.into_iter().next() {
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
    let own = plan.interfaces.iter().filter(|interface| interface.has_module()).map(|interface| {
        let package = match interface.disposition {
            Disposition::Adapted => &plan.friendly,
            Disposition::Direct => &plan.raw,
        };
        Known { full: wit::qualified(package, &interface.name), name: interface.name.clone() }
    });
    own.chain(plan.other_interfaces().map(|name| Known { full: name.clone(), name: name.clone() })).collect()
}

fn short(full: &str) -> &str {
    let path = full.split('@').next().unwrap_or(full);
    path.rsplit('/').next().unwrap_or(path)
}
