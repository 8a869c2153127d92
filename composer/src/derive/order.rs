//! The types of a plan among each other: what is declared before what, and which cross the adapter which way.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Arg, Conversion, Interface, Operation, Type, TypeDef, TypePath};

fn holds_handle(ty: &Type) -> bool {
    ty.walk().any(|part| matches!(part, Type::Own(_) | Type::Borrow(_) | Type::Converted(Conversion::Take(_))))
}

/// Python reads a module top to bottom: what only holds values first, resources next, what holds resources last.
pub(super) fn declare_before_use(types: &mut [TypeDef]) {
    let mut late: BTreeSet<String> = BTreeSet::new();
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut ahead = Vec::new();
    for def in types.iter() {
        let parts = def.kind.parts();
        if parts.iter().any(holds_handle) {
            ahead.push(def.name.clone());
        }
        let mut named = BTreeSet::new();
        parts.iter().for_each(|part| named_in(part, &mut named));
        for path in named {
            users.entry(path.name).or_default().push(def.name.clone());
        }
    }
    while let Some(name) = ahead.pop() {
        if late.insert(name.clone()) {
            ahead.extend(users.get(&name).into_iter().flatten().cloned());
        }
    }
    let rank = |def: &TypeDef| match (def.kind.is_resource(), late.contains(&def.name)) {
        (false, false) => 0,
        (true, _) => 1,
        (false, true) => 2,
    };
    types.sort_by_key(rank);
}

/// Marks which types the host gives to the app, and which the app gives to the host.
pub(super) fn mark_crossings(interfaces: &mut [Interface], exports: &[Interface]) {
    let mut lifted = BTreeSet::new();
    let mut lowered = BTreeSet::new();
    for function in interfaces.iter().flat_map(|interface| &interface.functions) {
        function.params.iter().for_each(|param| named_in(&param.ty, &mut lowered));
        if let Operation::Group(group) = &function.operation {
            lifted.insert(group.record.clone());
        }
        for call in function.operation.calls() {
            // The adapter makes the error of a function that cannot fail in the raw world.
            let error = call.error.iter().filter(|_| call.raw_error);
            call.ok.iter().chain(error).for_each(|ty| named_in(ty, &mut lifted));
            debug_assert!(call.args.iter().all(|arg| !matches!(arg, Arg::Param(name) if name.is_empty())));
        }
    }
    // The entry passes what the host gives it on as it is, so an export's types need no conversion.
    debug_assert!(exports.iter().all(|export| export.types.is_empty()));
    spread(interfaces, &mut lifted);
    spread(interfaces, &mut lowered);
    for interface in interfaces {
        for def in &mut interface.types {
            let path = TypePath::friendly(&interface.name, &def.name);
            def.crosses.lifted = lifted.contains(&path);
            def.crosses.lowered = lowered.contains(&path);
        }
    }
}

/// A type that crosses takes what it is made of with it.
fn spread(interfaces: &[Interface], crossing: &mut BTreeSet<TypePath>) {
    let definitions = interfaces
        .iter()
        .flat_map(|interface| interface.types.iter().map(|def| (TypePath::friendly(&interface.name, &def.name), def)));
    let definitions: BTreeMap<_, _> = definitions.collect();
    let mut ahead: Vec<_> = crossing.iter().cloned().collect();
    while let Some(path) = ahead.pop() {
        let Some(def) = definitions.get(&path) else { continue };
        let mut parts = BTreeSet::new();
        def.kind.parts().iter().for_each(|ty| named_in(ty, &mut parts));
        ahead.extend(parts.into_iter().filter(|part| crossing.insert(part.clone())));
    }
}

/// The named types in a type, and what stands for its converted values.
fn named_in(ty: &Type, found: &mut BTreeSet<TypePath>) {
    for part in ty.walk() {
        match part {
            Type::Named(path) => _ = found.insert(path.clone()),
            Type::Converted(conversion) => found.extend(conversion.friendly().names()),
            Type::Primitive(_)
            | Type::List(_)
            | Type::Option(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Own(_)
            | Type::Borrow(_)
            | Type::Stream(_)
            | Type::Future(_) => {}
        }
    }
}
