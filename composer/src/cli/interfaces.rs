//! Which interfaces an app binds.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use composer::bundle::World;
use composer::host_compat::OnHost;
use composer::plan::Disposition;
use composer::python::{BINDINGS, module_name};
use composer::wit;

use super::args::BuildArgs;
use super::scan::Scan;

/// The interfaces that the app binds, lost ones among them; none for all of the world's own. Those of other packages are
/// bound where the app imports them, or asks for all.
pub fn bound(args: &BuildArgs, on_host: &OnHost, scan: &Scan) -> Result<Option<BTreeSet<String>>> {
    let world = &on_host.world;
    if args.all_interfaces {
        let own = world.plan.interfaces.iter().map(|interface| &interface.name);
        return Ok(Some(own.chain(&world.raw.platform).cloned().collect()));
    }
    let left = modules(world);
    let lost = on_host.missing.interfaces.iter().map(|name| (module_name(name), name.clone()));
    let known: BTreeMap<String, String> = left.clone().into_iter().chain(lost).collect();
    // What the app may do without is not asked for where it is not there.
    let mut wanted: BTreeSet<String> = scan.perhaps.iter().filter_map(|name| left.get(name).cloned()).collect();
    let imported = scan.interfaces.iter().map(|(name, at)| (name.clone(), format!("{}:{}: ", at.file, at.line)));
    let asked = args.interface.iter().map(|name| (module_name(name), String::new()));
    for (name, place) in imported.chain(asked) {
        let interface = known.get(&name).ok_or_else(|| unknown(world, &name, &place))?;
        wanted.insert(interface.clone());
    }
    if !scan.whole {
        return Ok(Some(wanted));
    }
    // Nobody can tell which of the world's own an app does not use that has the bindings as a whole.
    wanted.retain(|name| name.contains('/'));
    if wanted.is_empty() {
        return Ok(None);
    }
    wanted.extend(world.plan.interfaces.iter().map(|interface| interface.name.clone()));
    Ok(Some(wanted))
}

fn unknown(world: &World, name: &str, place: &str) -> anyhow::Error {
    let bound = world.plan.interfaces.iter().filter(|interface| interface.has_module());
    let short: Vec<_> = bound.map(|interface| module_name(&interface.name)).collect();
    anyhow!(
        "{place}the app imports `{BINDINGS}.imports.{name}`, which {} does not have; it has {}",
        world.plan.friendly,
        short.join(", ")
    )
}

/// What the bindings may call the interfaces of the world, and which these are. They use the package's name
/// where two interfaces share theirs, and the version where two packages do. A short name is the world's own first.
fn modules(world: &World) -> BTreeMap<String, String> {
    let plan = &world.plan;
    let own = plan.interfaces.iter().filter(|interface| interface.has_module()).map(|interface| {
        let package = match interface.disposition {
            Disposition::Adapted => &plan.friendly,
            Disposition::Direct => &plan.raw,
        };
        (wit::qualified(package, &interface.name), interface.name.clone())
    });
    let others = plan.other_interfaces().map(|name| (name.clone(), name.clone()));
    let mut modules = BTreeMap::new();
    for (full, interface) in own.chain(others) {
        let (path, version) = full.split_once('@').unwrap_or((&full, ""));
        let short = path.rsplit('/').next().unwrap_or(path);
        for name in [short, path, &format!("{path}_{version}")] {
            modules.entry(module_name(name)).or_insert_with(|| interface.clone());
        }
    }
    modules
}
