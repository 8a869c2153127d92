//! Second stage: `RawWorld` and `Rules` to `Plan`.
//!
//! `facts` answers questions about the raw world that every rule asks. `functions` reshapes each
//! function and notes what its error must be able to say; only then can `types` shape the errors.

mod absent;
mod adapted;
mod bodies;
mod bulk;
mod check_names;
mod check_plan;
mod check_rules;
mod cycles;
mod defaults;
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

use thiserror::Error;
use wit_parser::InterfaceId;

use crate::plan::{Disposition, Interface, LeftOut, Plan, Side, Wrap};
use crate::read::RawWorld;
use crate::rules::{Lines, Rules, RulesError};
use facts::Facts;
use placement::Placements;

/// Why a world cannot be reshaped.
#[derive(Debug, Error)]
pub enum DeriveError {
    /// A shape that no rule covers.
    #[error("`{path}` cannot be reshaped: {reason}; {advice}")]
    Shape {
        /// The WIT path.
        path: String,
        /// Why no rule covers it.
        reason: String,
        /// What to do about it.
        advice: String,
    },
    /// The rules do not fit the world.
    #[error(transparent)]
    Rules(#[from] RulesError),
}

impl DeriveError {
    fn shape(path: impl Into<String>, reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::Shape { path: path.into(), reason: reason.into(), advice: advice.into() }
    }
}

/// Derives the plan of a whole world.
pub fn derive(raw: &RawWorld, rules: &Rules) -> Result<Plan, DeriveError> {
    let lines = Lines::new(rules);
    lines.check_names(&raw.resolve.packages[raw.package].name)?;
    let facts = Facts::gather(raw, &lines)?;
    check_rules::known_names(&facts)?;
    raw.imports.iter().chain(&raw.exports).try_for_each(|id| check_names::raw(&facts, *id))?;
    check_rules::check(&facts)?;
    let placements = Placements::find(&facts)?;
    let mut interfaces =
        raw.imports.iter().map(|id| import(&facts, &placements, *id)).collect::<Result<Vec<_>, _>>()?;
    let exports = raw.exports.iter().map(|id| export(&facts, *id)).collect::<Result<Vec<_>, _>>()?;
    needs::spread_needs(&facts);
    // Which cases an error needs is known only once every function was seen.
    for interface in interfaces.iter_mut().filter(|interface| interface.disposition == Disposition::Adapted) {
        let ids = placements.types(&interface.name);
        interface.types = types::definitions(&facts, ids, &interface.functions, &mut interface.left_out)?;
    }
    // The last of them is met while the others are defined.
    for interface in interfaces.iter_mut().filter(|interface| interface.disposition == Disposition::Adapted) {
        interface.types.extend(facts.synthesized(&interface.name));
        order::declare_before_use(&mut interface.types);
    }
    order::mark_crossings(&mut interfaces, &exports);
    bulk::find(&facts, &mut interfaces);
    lines.check_all_matched(&facts.package_name(), &facts.all_paths())?;
    interfaces.iter().try_for_each(|interface| check_names::imported(&facts, interface))?;
    exports.iter().try_for_each(check_names::exported)?;
    raw.foreign().try_for_each(|id| check_names::foreign(&facts, id))?;
    check_plan::check(&interfaces, &exports)?;
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
    python::check_error(&rules.python, &plan)?;
    Ok(plan)
}

fn import(facts: &Facts<'_>, placements: &Placements<'_>, id: InterfaceId) -> Result<Interface, DeriveError> {
    let (disposition, functions, left_out) = if facts.is_adapted(id) {
        let mut left_out = Vec::new();
        let functions = functions::adapted(facts, placements, id, &mut left_out)?;
        (Disposition::Adapted, functions, left_out)
    } else {
        (Disposition::Direct, functions::direct(facts, id)?, Vec::new())
    };
    Ok(interface(facts, id, disposition, functions, left_out))
}

/// An exported interface is the app's to implement: its signatures change, its calls do not.
fn export(facts: &Facts<'_>, id: InterfaceId) -> Result<Interface, DeriveError> {
    let functions = functions::exported(facts, id)?;
    Ok(interface(facts, id, Disposition::Adapted, functions, Vec::new()))
}

fn interface(
    facts: &Facts<'_>,
    id: InterfaceId,
    disposition: Disposition,
    functions: Vec<crate::plan::Function>,
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
