//! The plan as one app needs it: without functions that it cannot call.
//!
//! An interface that an app imports uses types of others, so these are bound too. Nobody calls a function of a module
//! that was not imported, and the methods of a resource matter where a value of it can come from: as the result of a
//! function, or as what the host calls the app with. Of what is imported, a function of several words is called by its
//! name or not at all; one of a single word, such as `read` or `write`, may be called by whatever is given the object.

use std::collections::BTreeSet;

use crate::plan::{Function, Interface, Kind, Operation, Plan, Type, TypePath};
use crate::prose::python::snake;
use crate::python::{Bound, Keywords, keywords};

/// What an app spells.
#[derive(Debug, Clone, Default)]
pub struct Spelled {
    /// The names that it can call something by.
    pub names: BTreeSet<String>,
    /// Whether it may pass keyword arguments of any other name.
    pub any_keyword: bool,
}

/// Takes the functions out of a plan that an app cannot call which imports these interfaces and spells these names;
/// without names, it may spell any.
pub fn prune(plan: &Plan, interfaces: &BTreeSet<String>, names: Option<&Spelled>) -> Plan {
    let mut reach = Reach { plan, interfaces, seen: BTreeSet::new() };
    for export in &plan.exports {
        export.functions.iter().flat_map(|function| &function.params).for_each(|param| reach.ty(&param.ty));
    }
    let imported = plan.interfaces.iter().filter(|interface| interfaces.contains(&interface.name));
    for function in imported.flat_map(|interface| &interface.functions) {
        reach.reach_result(function);
    }
    let Reach { seen, .. } = reach;
    let bound = Bound::whole(plan);
    let mut pruned = plan.clone();
    for (interface, whole) in pruned.interfaces.iter_mut().zip(&plan.interfaces) {
        let is_imported = interfaces.contains(&interface.name);
        let called = names.map(|names| called(plan, &bound, whole, names));
        interface.functions.retain(|function| {
            let is_reached = is_imported || is_method_of(function, &whole.name, &seen);
            is_reached && called.as_ref().is_none_or(|called| called.contains(&function.path(&whole.name)))
        });
    }
    pruned
}

/// The functions of an interface that somebody who spells these names can call, by their paths.
fn called(plan: &Plan, bound: &Bound, interface: &Interface, names: &Spelled) -> BTreeSet<String> {
    let functions = || interface.functions.iter();
    let is_spelled = |function: &&Function| is_spelled(function, names);
    // With keywords, a function calls the one beside it that takes options.
    let variants = functions().filter(is_spelled).filter_map(|function| {
        let Keywords { with_options, .. } = keywords(plan, bound, interface, function)?;
        let (variant, _) = with_options?;
        let name = variant.rsplit('.').next().unwrap_or_default().to_owned();
        functions().find(|other| other.kind == function.kind && snake(&other.name) == name)
    });
    functions().filter(is_spelled).chain(variants).map(|function| function.path(&interface.name)).collect()
}

fn is_spelled(function: &Function, spelled: &Spelled) -> bool {
    let keyword = match &function.operation {
        Operation::SetOption(option) => Some(option),
        Operation::Direct
        | Operation::Call(_)
        | Operation::NewOptions
        | Operation::Share(_)
        | Operation::Later
        | Operation::Group(_)
        | Operation::Pairs(_) => None,
    };
    let is_one_word = !function.name.contains('-');
    let is_any = keyword.is_some() && spelled.any_keyword;
    let mut names = [Some(&function.name), keyword].into_iter().flatten();
    is_one_word || is_any || names.any(|name| spelled.names.contains(&snake(name)))
}

fn is_method_of(function: &Function, interface: &str, seen: &BTreeSet<TypePath>) -> bool {
    match &function.kind {
        Kind::Method(resource) => seen.iter().any(|path| path.interface == interface && path.name == *resource),
        Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_) => false,
    }
}

/// The types that an app can have values of.
struct Reach<'p> {
    plan: &'p Plan,
    interfaces: &'p BTreeSet<String>,
    seen: BTreeSet<TypePath>,
}

impl Reach<'_> {
    fn reach_result(&mut self, function: &Function) {
        function.result.iter().for_each(|ty| self.ty(ty));
    }

    fn ty(&mut self, ty: &Type) {
        for path in ty.names() {
            if !self.seen.insert(path.clone()) {
                continue;
            }
            let Some(interface) = self.plan.interface(&path.interface) else { continue };
            let parts = interface.types.iter().filter(|def| def.name == path.name).flat_map(|def| def.kind.parts());
            parts.for_each(|part| self.ty(&part));
            if !self.interfaces.contains(&path.interface) {
                let is_method = |function: &&Function| matches!(&function.kind, Kind::Method(of) if *of == path.name);
                interface.functions.iter().filter(is_method).for_each(|method| self.reach_result(method));
            }
        }
    }
}
