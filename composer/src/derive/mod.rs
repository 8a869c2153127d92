//! Second stage: `RawWorld` and `Rules` to `Plan`.
//!
//! Each phase takes what the former ones gave, and gives a value: the world, its survey, the placements of its items, the
//! functions and what their errors must be able to say, the types, and what the plan says of all of them together.

mod absent;
mod awaited;
mod bodies;
mod bulk;
mod check_direct;
mod check_names;
mod check_plan;
mod check_rules;
mod check_rust_names;
mod cycles;
mod defaults;
mod definitions;
mod details;
mod error;
mod errors;
mod functions;
mod groups;
mod in_world;
mod left_out;
mod mapping;
mod options;
mod order;
mod pairs;
mod placement;
mod python;
mod records;
mod remedy;
mod required;
mod reshape;
mod rule_paths;
mod shapes;
mod survey;
mod synthesized;
mod values;
mod world;

use std::collections::BTreeSet;

use wit_parser::InterfaceId;

use crate::plan::{Disposition, Function, Interface, LeftOut, Plan, Side, Wrap};
use crate::read::{RawWorld, has_own_items};
use crate::rules::{RuleUsage, Rules};
pub(crate) use error::Refused;
pub use error::{DeriveError, Refusal, Refusals};
use left_out::Without;
use placement::Placements;
pub use remedy::Remedy;
use required::{Outcome, Required, Requirement};
use survey::Survey;
use world::World;

/// Derives the plan of a whole world, or says everything that stands in the way.
pub fn derive(raw: &RawWorld, rules: &Rules) -> Result<Plan, Refusals> {
    let usage = RuleUsage::new(rules);
    let mut refused = Refused::default();
    let Without { raw, left_out } = left_out::without(raw, &usage, &mut refused);
    let survey = survey::survey(World::new(&raw, &usage));
    check_world(&survey, &mut refused);
    let placements = Placements::find(&survey, &mut refused);
    let (mut interfaces, requirements) = imports(&survey, &placements, &mut refused);
    let exports: Vec<_> = raw.exports.iter().chain(&raw.passed).map(|id| export(&survey, *id, &mut refused)).collect();
    // Which cases an error needs is known only once every function was seen.
    let required = Required::of(&survey, requirements, &mut refused);
    define(&survey, &placements, &required, &mut interfaces, &mut refused);
    check_lines(&survey, &interfaces, &mut refused);
    refused.check()?;
    order::mark_crossings(&mut interfaces, &exports);
    bulk::find(&survey, &mut interfaces);
    let friendly = survey.world.friendly_package();
    let plan = Plan {
        raw: survey.world.package_name(),
        world: survey.world.world_name(),
        bridge: bridge(&survey, &exports),
        interfaces,
        exports,
        platform: raw.platform.iter().chain(&rules.host.packages).cloned().collect(),
        packages: raw.resolve.packages.iter().map(|(_, package)| package.name.to_string()).collect(),
        by_reference: survey::by_reference(&survey),
        in_world: in_world::items(&survey, left_out),
        python: python::python(&rules.python, &friendly)?,
        friendly,
    };
    check_plan(&survey, &plan)?;
    Ok(plan)
}

/// What is refused of the world and of the rules, whatever becomes of the functions.
fn check_world(survey: &Survey<'_>, refused: &mut Refused) {
    let world = &survey.world;
    refused.extend(world.usage.check_names(&world.resolve().packages[world.raw.package].name));
    refused.extend(required::check_defaults(survey));
    refused.extend(check_rules::known_names(survey));
    for id in world.raw.imports.iter().chain(&world.raw.exports) {
        refused.extend(check_names::raw(survey, *id));
        refused.extend(check_rust_names::raw(survey, *id));
        refused.extend(check_direct::types(survey, *id));
        refused.extend(check_direct::kept(survey, *id));
    }
    refused.extend(in_world::check(survey));
    refused.extend(check_rules::check(survey));
}

/// The interfaces that the app imports, without their types, and what their errors must be able to say.
fn imports(
    survey: &Survey<'_>,
    placements: &Placements<'_>,
    refused: &mut Refused,
) -> (Vec<Interface>, Vec<Requirement>) {
    let mut requirements = Vec::new();
    let import = |id: &InterfaceId| {
        if !survey.is_adapted(*id) {
            let functions = functions::direct(survey, *id, refused);
            return interface(survey, *id, Disposition::Direct, functions, Vec::new());
        }
        let mut left_out = Vec::new();
        let outcomes = functions::adapted(survey, placements, *id, &mut left_out, refused);
        let functions = outcomes.into_iter().map(|Outcome { function, required }| {
            requirements.extend(required);
            function
        });
        let functions = functions.collect();
        interface(survey, *id, Disposition::Adapted, functions, left_out)
    };
    (survey.world.raw.imports.iter().map(import).collect(), requirements)
}

/// Defines the types of the interfaces that are adapted.
fn define(
    survey: &Survey<'_>,
    placements: &Placements<'_>,
    required: &Required,
    interfaces: &mut [Interface],
    refused: &mut Refused,
) {
    let is_adapted = |interface: &&mut Interface| interface.disposition == Disposition::Adapted;
    for interface in interfaces.iter_mut().filter(is_adapted) {
        let ids = placements.types(&interface.name);
        interface.types = definitions::definitions(survey, required, ids, interface, refused);
        interface.types.extend(errors::made(required, &interface.name));
    }
    let synthesized = synthesized::definitions(survey, interfaces, placements.all_types(), refused);
    for interface in interfaces.iter_mut().filter(is_adapted) {
        interface.types.extend(synthesized.of(&interface.name));
        order::declare_before_use(&mut interface.types);
    }
}

/// Refuses lines of the rules that do nothing.
fn check_lines(survey: &Survey<'_>, interfaces: &[Interface], refused: &mut Refused) {
    let functions = interfaces.iter().flat_map(|interface| &interface.functions);
    let reshaped: BTreeSet<_> =
        functions.filter_map(|function| function.operation.call()).map(|call| call.raw.path()).collect();
    // A line may be about what was refused before the line was looked up; so are the members of a group that is refused.
    let is_whole = !refused.has_shape();
    let is_looked_up = |table: &str, path: &str| is_whole || table != "groups" && check_rules::is_in(&reshaped, path);
    let world = &survey.world;
    refused.extend(world.usage.unmatched(&world.package_name(), &world.all_paths(), is_looked_up));
}

/// What is refused of a plan as a whole.
fn check_plan(survey: &Survey<'_>, plan: &Plan) -> Result<(), Refusals> {
    let mut refused = Refused::default();
    plan.interfaces.iter().for_each(|interface| refused.extend(check_names::imported(survey, interface)));
    let reshaped = plan.interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted);
    reshaped.for_each(|interface| refused.extend(check_rust_names::friendly(interface)));
    plan.exports.iter().for_each(|interface| refused.extend(check_names::exported(interface)));
    survey.world.raw.foreign().for_each(|id| refused.extend(check_names::foreign(survey, id)));
    refused.extend(check_plan::check(&plan.interfaces, &plan.exports));
    refused.note(python::check_error(&survey.world.usage.rules.python, plan));
    refused.check()
}

/// An exported interface is the app's to implement. One that uses nothing that is reshaped is passed on as it is; of others
/// the signatures change, and the calls do not.
fn export(survey: &Survey<'_>, id: InterfaceId, refused: &mut Refused) -> Interface {
    if survey.is_passed(id) {
        let functions = functions::passed(survey, id, refused);
        return interface(survey, id, Disposition::Direct, functions, Vec::new());
    }
    interface(survey, id, Disposition::Adapted, functions::exported(survey, id, refused), Vec::new())
}

fn interface(
    survey: &Survey<'_>,
    id: InterfaceId,
    disposition: Disposition,
    functions: Vec<Function>,
    left_out: Vec<LeftOut>,
) -> Interface {
    Interface {
        name: survey.world.interface_name(id),
        disposition,
        docs: survey.world.raw.resolve.interfaces[id].docs.contents.clone(),
        types: Vec::new(),
        functions,
        left_out,
        bulk: Vec::new(),
        has_raw_items: has_own_items(&survey.world.raw.resolve, id),
    }
}

/// One function for each resource that an exported function is given.
fn bridge(survey: &Survey<'_>, exports: &[Interface]) -> Vec<Wrap> {
    let mut wraps: Vec<Wrap> = Vec::new();
    for param in exports.iter().flat_map(|export| &export.functions).flat_map(|function| &function.params) {
        // The resources of other packages are the host's in both worlds.
        for friendly in param.ty.owned_handles().filter(|path| path.side == Side::Friendly) {
            let Some(raw) = survey.held_by(friendly) else { continue };
            if wraps.iter().any(|other| other.friendly == *friendly) {
                continue;
            }
            let namesake = wraps.iter().any(|other| other.friendly.name == friendly.name);
            let local =
                if namesake { format!("{}-{}", friendly.interface, friendly.name) } else { friendly.name.clone() };
            wraps.push(Wrap { name: format!("wrap-{local}"), local, raw, friendly: friendly.clone() });
        }
    }
    wraps
}
