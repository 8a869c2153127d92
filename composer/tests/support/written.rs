//! What the plan says, the friendly WIT says: nothing is lost on the way from one to the other.

use composer::bundle::World;
use composer::plan::{Disposition, Function, Interface, Kind};
use wit_parser::FunctionKind;

/// Compares the items of each friendly interface with those of the plan.
pub fn check(world: &World) -> Result<(), String> {
    let plan = &world.plan;
    let adapted = plan.interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted);
    adapted.chain(plan.adapted_exports()).try_for_each(|interface| check_interface(world, interface))
}

fn check_interface(world: &World, interface: &Interface) -> Result<(), String> {
    let resolve = &world.friendly.resolve;
    let id = resolve.packages[world.friendly.package].interfaces.get(&interface.name);
    let written = &resolve.interfaces[*id.ok_or_else(|| format!("interface `{}` is lost", interface.name))?];
    for def in &interface.types {
        if !written.types.contains_key(&def.name) {
            return Err(format!("type `{}.{}` is lost", interface.name, def.name));
        }
    }
    for function in &interface.functions {
        if !written.functions.contains_key(&core_name(function)) {
            return Err(format!("function `{}` is lost", function.path(&interface.name)));
        }
    }
    let methods = written.functions.values().filter(|function| !matches!(function.kind, FunctionKind::Freestanding));
    let planned = interface.functions.iter().filter(|function| function.kind != Kind::Freestanding);
    if methods.count() != planned.count() {
        return Err(format!("`{}` has functions that the plan has not", interface.name));
    }
    Ok(())
}

/// A function's name as the WIT parser has it.
fn core_name(function: &Function) -> String {
    match &function.kind {
        Kind::Freestanding => function.name.clone(),
        Kind::Method(resource) => format!("[method]{resource}.{}", function.name),
        Kind::Static(resource) => format!("[static]{resource}.{}", function.name),
        Kind::Constructor(resource) => format!("[constructor]{resource}"),
    }
}
