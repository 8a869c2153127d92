//! Which interfaces an app binds.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use composer::bundle::World;
use composer::host_compat::OnHost;
use composer::python::{BINDINGS, module_name};

use super::args::BuildArgs;
use super::modules;
use super::scan::Scan;

/// The interfaces that the app binds, lost ones among them; none for all of the world's own. Those of other packages are
/// bound where the app imports them, or asks for all.
pub fn bound(args: &BuildArgs, on_host: &OnHost, scan: &Scan) -> Result<Option<BTreeSet<String>>> {
    let world = &on_host.world;
    if args.all_interfaces {
        let own = world.plan.interfaces.iter().map(|interface| &interface.name);
        return Ok(Some(own.chain(&world.raw.platform).cloned().collect()));
    }
    let left = modules::modules(world);
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
    if scan.whole {
        // Nobody can tell which of the world's own an app does not use that has the bindings as a whole.
        wanted.retain(|name| name.contains('/'));
        if wanted.is_empty() {
            return Ok(None);
        }
        wanted.extend(world.plan.interfaces.iter().map(|interface| interface.name.clone()));
    }
    modules::settled(world, &left, wanted, scan).map(Some)
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
