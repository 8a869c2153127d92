//! What becomes of each raw function: it has one fate, and the plan says which.

use composer::bundle::World;
use composer::plan::{Disposition, Interface, Plan};
use wit_parser::InterfaceId;

/// What becomes of a raw item.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// The friendly items made of it.
    Adapted(Vec<String>),
    /// It is imported as it is.
    Direct,
    /// The app exports it.
    Exported,
    /// There is none, for a reason.
    LeftOut(String),
}

impl Fate {
    /// As text.
    pub fn text(&self) -> String {
        match self {
            Self::Adapted(names) => format!("as {}", names.join(", ")),
            Self::Direct => "direct".to_owned(),
            Self::Exported => "exported by the app".to_owned(),
            Self::LeftOut(reason) => format!("left out: {reason}"),
        }
    }
}

/// Fails unless every raw function of the world's package has exactly one fate.
pub fn check(world: &World) -> Result<(), String> {
    for (path, fates) in raw_interfaces(world).into_iter().flat_map(|(_, id)| function_fates(world, id)) {
        if fates.len() != 1 {
            return Err(format!("`{path}` should be adapted, direct, exported or left out, and is {fates:?}"));
        }
        if fates.contains(&Fate::LeftOut(String::new())) {
            return Err(format!("`{path}` is left out without a reason"));
        }
    }
    Ok(())
}

/// Every interface of the raw package, in the order of the WIT.
pub fn raw_interfaces(world: &World) -> Vec<(String, InterfaceId)> {
    let package = &world.raw.resolve.packages[world.raw.package];
    package.interfaces.iter().map(|(name, id)| (name.clone(), *id)).collect()
}

/// The paths of the functions of a raw interface.
pub fn raw_functions(world: &World, id: InterfaceId) -> Vec<String> {
    let functions = world.raw.resolve.interfaces[id].functions.values();
    functions.map(|function| world.raw.function_path(id, function)).collect()
}

/// The functions of a raw interface, each with its fates.
pub fn function_fates(world: &World, id: InterfaceId) -> Vec<(String, Vec<Fate>)> {
    let (plan, name) = (&world.plan, world.raw.interface_name(id));
    let fates = |path: &String| {
        let mut fates = Vec::new();
        let names = friendly_functions(plan, path);
        if !names.is_empty() {
            fates.push(Fate::Adapted(names));
        }
        if let Some(interface) = plan.interface(&name) {
            let is_there = interface.functions.iter().any(|function| function.path(&name) == *path);
            if interface.disposition == Disposition::Direct && is_there {
                fates.push(Fate::Direct);
            }
            let left_out = interface.left_out.iter().filter(|left| left.path == *path);
            fates.extend(left_out.map(|left| Fate::LeftOut(left.reason.clone())));
        }
        let exports = plan.exports.iter().filter(|export| export.name == name).flat_map(|export| &export.functions);
        fates.extend(exports.filter(|function| function.path(&name) == *path).map(|_| Fate::Exported));
        fates
    };
    raw_functions(world, id).into_iter().map(|path| (path.clone(), fates(&path))).collect()
}

/// The interfaces that are reshaped.
pub fn adapted(plan: &Plan) -> impl Iterator<Item = &Interface> {
    plan.interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted)
}

/// The friendly functions that a raw one is behind, wherever they live.
fn friendly_functions(plan: &Plan, raw: &str) -> Vec<String> {
    let functions =
        adapted(plan).flat_map(|interface| interface.functions.iter().map(move |function| (interface, function)));
    let behind = |(interface, function): &(&Interface, &composer::plan::Function)| {
        interface.raw_behind(function).iter().any(|behind| behind.path() == raw)
    };
    functions.filter(behind).map(|(interface, function)| function.path(&interface.name)).collect()
}
