//! Second stage: `RawWorld` and `Rules` to `Plan`.
//!
//! `facts` answers questions about the raw world that every rule asks. `functions` reshapes each
//! function and notes what its error must be able to say; only then can `types` shape the errors.

mod absent;
mod adapted;
mod bodies;
mod bulk;
mod check_direct;
mod check_names;
mod check_plan;
mod check_rules;
mod check_rust_names;
mod cycles;
mod defaults;
mod error;
mod errors;
mod facts;
mod found;
mod functions;
mod groups;
mod needs;
mod options;
mod order;
mod pairs;
mod placement;
mod python;
mod raw;
mod reshape;
mod synthesized;
mod types;
mod values;

use std::collections::BTreeSet;

use wit_parser::InterfaceId;

use crate::plan::{Disposition, Function, Interface, LeftOut, Plan, Side, Wrap};
use crate::read::RawWorld;
use crate::rules::{Lines, Rules};
pub(crate) use error::Refused;
pub use error::{DeriveError, Refusal, Refusals};
use facts::Facts;
use placement::Placements;

/// Derives the plan of a whole world, or says everything that stands in the way.
pub fn derive(raw: &RawWorld, rules: &Rules) -> Result<Plan, Refusals> {
    let lines = Lines::new(rules);
    let mut refused = Refused::default();
    refused.extend(lines.check_names(&raw.resolve.packages[raw.package].name));
    let facts = Facts::gather(raw, &lines);
    refused.note(needs::check_default(&facts));
    refused.extend(check_rules::known_names(&facts));
    let named = raw.imports.iter().chain(&raw.exports);
    for id in named {
        refused.extend(check_names::raw(&facts, *id));
        refused.extend(check_rust_names::raw(&facts, *id));
        refused.extend(check_direct::types(&facts, *id));
    }
    refused.extend(check_rules::check(&facts));
    let placements = Placements::find(&facts, &mut refused);
    let mut reshaped = BTreeSet::new();
    let imports = raw.imports.iter().map(|id| import(&facts, &placements, *id, &mut reshaped, &mut refused));
    let mut interfaces: Vec<_> = imports.collect();
    let exports: Vec<_> = raw.exports.iter().map(|id| export(&facts, *id, &mut refused)).collect();
    needs::spread_needs(&facts);
    // Which cases an error needs is known only once every function was seen.
    for interface in interfaces.iter_mut().filter(|interface| interface.disposition == Disposition::Adapted) {
        interface.types = types::definitions(&facts, placements.types(&interface.name), interface, &mut refused);
    }
    // The last of them is met while the others are defined.
    for interface in interfaces.iter_mut().filter(|interface| interface.disposition == Disposition::Adapted) {
        interface.types.extend(facts.synthesized(&interface.name));
        order::declare_before_use(&mut interface.types);
    }
    // A line may be about what was refused before the line was looked up; so are the members of a group that is refused.
    let is_whole = !refused.has_shape();
    let is_looked_up = |table: &str, path: &str| is_whole || table != "groups" && check_rules::is_in(&reshaped, path);
    refused.extend(lines.unmatched(&facts.package_name(), &facts.all_paths(), is_looked_up));
    refused.check()?;
    order::mark_crossings(&mut interfaces, &exports);
    bulk::find(&facts, &mut interfaces);
    let plan = Plan {
        raw: facts.package_name(),
        friendly: facts.friendly_package(),
        world: facts.world_name(),
        bridge: bridge(&facts, &exports),
        interfaces,
        exports,
        platform: raw.platform.iter().chain(&rules.host.packages).cloned().collect(),
        packages: raw.resolve.packages.iter().map(|(_, package)| package.name.to_string()).collect(),
        by_reference: raw::by_reference(&facts),
        python: python::python(&rules.python, &facts.friendly_package())?,
    };
    check(&facts, &plan)?;
    Ok(plan)
}

/// What is refused of a plan as a whole.
fn check(facts: &Facts<'_>, plan: &Plan) -> Result<(), Refusals> {
    let mut refused = Refused::default();
    plan.interfaces.iter().for_each(|interface| refused.extend(check_names::imported(facts, interface)));
    let reshaped = plan.interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted);
    reshaped.for_each(|interface| refused.extend(check_rust_names::friendly(interface)));
    plan.exports.iter().for_each(|interface| refused.extend(check_names::exported(interface)));
    facts.raw.foreign().for_each(|id| refused.extend(check_names::foreign(facts, id)));
    refused.extend(check_plan::check(&plan.interfaces, &plan.exports));
    refused.note(python::check_error(&facts.lines.rules.python, plan));
    refused.check()
}

fn import(
    facts: &Facts<'_>,
    placements: &Placements<'_>,
    id: InterfaceId,
    reshaped: &mut BTreeSet<String>,
    refused: &mut Refused,
) -> Interface {
    let (disposition, functions, left_out) = if facts.is_adapted(id) {
        let mut left_out = Vec::new();
        let functions = functions::adapted(facts, placements, id, &mut left_out, refused);
        (Disposition::Adapted, functions, left_out)
    } else {
        (Disposition::Direct, functions::direct(facts, id, refused), Vec::new())
    };
    reshaped.extend(functions.iter().filter_map(|function| function.body.call()).map(|call| call.raw.path()));
    interface(facts, id, disposition, functions, left_out)
}

/// An exported interface is the app's to implement: its signatures change, its calls do not.
fn export(facts: &Facts<'_>, id: InterfaceId, refused: &mut Refused) -> Interface {
    let functions = functions::exported(facts, id, refused);
    interface(facts, id, Disposition::Adapted, functions, Vec::new())
}

fn interface(
    facts: &Facts<'_>,
    id: InterfaceId,
    disposition: Disposition,
    functions: Vec<Function>,
    left_out: Vec<LeftOut>,
) -> Interface {
    Interface {
        name: facts.interface_name(id),
        disposition,
        docs: facts.raw.resolve.interfaces[id].docs.contents.clone(),
        types: Vec::new(),
        functions,
        left_out,
        bulk: Vec::new(),
    }
}

/// One function for each resource that an exported function is given.
fn bridge(facts: &Facts<'_>, exports: &[Interface]) -> Vec<Wrap> {
    let mut wraps: Vec<Wrap> = Vec::new();
    for param in exports.iter().flat_map(|export| &export.functions).flat_map(|function| &function.params) {
        let mut handles = Vec::new();
        types::owned_handles(&param.ty, &mut handles);
        // The resources of other packages are the host's in both worlds.
        for friendly in handles.into_iter().filter(|path| path.side == Side::Friendly) {
            let Some(raw) = facts.held_by(&friendly) else { continue };
            if wraps.iter().any(|other| other.friendly == friendly) {
                continue;
            }
            let namesake = wraps.iter().any(|other| other.friendly.name == friendly.name);
            let local =
                if namesake { format!("{}-{}", friendly.interface, friendly.name) } else { friendly.name.clone() };
            wraps.push(Wrap { name: format!("wrap-{local}"), local, raw, friendly });
        }
    }
    wraps
}
