//! The audit of the host's world: what becomes of each raw function and type, and what the app never sees.
//!
//! `fixtures/audit/fastly.txt` lists every raw item with its disposition and its friendly names. A
//! host's world that moves changes the list: look at what is new, then rewrite it with `BLESS=1`.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use composer::bundle::World;
use composer::plan::{Disposition, Kind, RawFunction, TypeKind};
use composer::wit::APP_WORLD;
use support::fates::{self, Fate, adapted, function_fates, raw_functions, raw_interfaces};
use support::host::WORLD;
use support::{golden, repository, written};
use wit_parser::{Function, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, WorldItem};

#[test]
fn every_raw_function_has_one_fate() {
    fates::check(&WORLD).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn every_raw_type_has_one_fate() {
    for (_, id) in raw_interfaces(&WORLD) {
        for (path, fates) in type_fates(&WORLD, id) {
            assert_eq!(fates.len(), 1, "`{path}` should be adapted, direct or left out, and is {fates:?}");
        }
    }
}

#[test]
fn the_plan_names_nothing_that_is_not_there() {
    let functions = raw_interfaces(&WORLD).into_iter().flat_map(|(_, id)| raw_functions(&WORLD, id));
    let functions: BTreeSet<String> = functions.collect();
    let types = raw_interfaces(&WORLD).into_iter().flat_map(|(_, id)| raw_types(&WORLD, id));
    let types: BTreeSet<String> = types.collect();
    for interface in &WORLD.plan.interfaces {
        for path in interface.raw_functions().into_iter().map(RawFunction::path) {
            assert!(functions.contains(&path), "the plan calls `{path}`");
        }
        for path in interface.types.iter().filter_map(|def| def.raw.as_ref()) {
            assert!(types.contains(path), "the plan has the type `{path}`");
        }
        for left in &interface.left_out {
            assert!(functions.contains(&left.path) || types.contains(&left.path), "`{}` is left out", left.path);
        }
    }
}

#[test]
fn the_world_is_the_one_that_was_audited() {
    let mut text = String::new();
    let (mut functions, mut types) = (0, 0);
    let interfaces = raw_interfaces(&WORLD);
    for (name, id) in &interfaces {
        let disposition = WORLD.plan.interface(name).map(|interface| interface.disposition);
        let disposition = match disposition {
            Some(Disposition::Adapted) => "adapted",
            Some(Disposition::Direct) => "direct",
            None => "exported",
        };
        let _ = writeln!(text, "\n{name}: {disposition}");
        for (kind, items, count) in
            [("type", type_fates(&WORLD, *id), &mut types), ("func", function_fates(&WORLD, *id), &mut functions)]
        {
            *count += items.len();
            for (path, fates) in items {
                let fates: Vec<_> = fates.iter().map(Fate::text).collect();
                let _ = writeln!(text, "  {kind} {path} {}", fates.join("; "));
            }
        }
    }
    let (raw, friendly) = (&WORLD.plan.raw, &WORLD.plan.friendly);
    let count = interfaces.len();
    let text = format!("{raw} as {friendly}\n{count} interfaces, {functions} functions, {types} types\n{text}");
    golden(&repository("fixtures/audit/fastly.txt"), &text).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_friendly_wit_has_all_that_the_plan_has() {
    written::check(&WORLD).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn no_parameter_is_about_buffers_or_placeholders() {
    let buffers = &WORLD.rules.buffers;
    let spelled = [&buffers.size_parameter, &buffers.cursor_parameter].into_iter().flatten().map(String::as_str);
    let forbidden: Vec<&str> = spelled.chain(["max-len", "cursor", "extra"]).collect();
    for (path, function) in app_functions() {
        for param in &function.params {
            assert!(!forbidden.contains(&param.name.as_str()), "`{path}` takes `{}`", param.name);
        }
    }
    for id in app_types() {
        let TypeDefKind::Record(record) = &friendly().types[id].kind else { continue };
        for field in &record.fields {
            assert!(!forbidden.contains(&field.name.as_str()), "{:?} has `{}`", friendly().types[id].name, field.name);
        }
    }
}

#[test]
fn no_resource_is_a_placeholder() {
    let prefix = WORLD.rules.extra.prefix.as_deref().expect("the rules say how placeholders are spelled");
    for name in app_types().into_iter().filter_map(|id| friendly().types[id].name.as_deref()) {
        assert!(!name.starts_with(prefix), "the app sees `{name}`");
    }
}

#[test]
fn no_call_takes_a_handle_away() {
    for (path, function) in app_functions() {
        for param in &function.params {
            parts(&param.ty, &mut |id| {
                let is_own = matches!(friendly().types[id].kind, TypeDefKind::Handle(Handle::Own(_)));
                assert!(!is_own, "`{path}` takes `{}` away", param.name);
            });
        }
    }
}

/// What works on a request and is no method of it says why in the rules.
#[test]
fn functions_on_a_resource_are_its_methods_or_say_why_not() {
    let freestanding = adapted(&WORLD.plan).flat_map(|interface| {
        let all = interface.functions.iter().filter(|function| function.kind == Kind::Freestanding);
        all.map(move |function| (interface, function))
    });
    let mut stay = BTreeSet::new();
    for (interface, function) in freestanding {
        let Some(composer::plan::Type::Borrow(first)) = function.params.first().map(|param| &param.ty) else {
            continue;
        };
        if WORLD.plan.wrapper(first).is_some() {
            let raw = interface.raw_behind(function).first().map(|raw| raw.path()).expect("it calls the host");
            assert!(WORLD.rules.methods.stay.contains_key(&raw), "`{raw}` is no method, and does not say why");
            stay.insert(raw);
        }
    }
    assert_eq!(stay.len(), WORLD.rules.methods.stay.len());
}

#[test]
fn every_error_is_an_enum() {
    let mut errors = BTreeMap::new();
    for (path, function) in app_functions() {
        let Some(Type::Id(id)) = function.result else { continue };
        let TypeDefKind::Result(result) = &friendly().types[definition(id)].kind else { continue };
        let Some(Type::Id(error)) = result.err else { panic!("`{path}` fails without an error of its own") };
        errors.insert(definition(error), path);
    }
    let small: BTreeSet<&str> =
        WORLD.rules.buffers.too_small.iter().filter_map(|path| path.rsplit('.').next()).collect();
    for (error, path) in errors {
        let def = &friendly().types[error];
        let TypeDefKind::Enum(enum_) = &def.kind else {
            let is_record = matches!(def.kind, TypeDefKind::Record(_)) && def.name.as_deref() == Some("send-error");
            assert!(is_record, "`{path}` fails with {:?}, which is no enum", def.name);
            continue;
        };
        for case in &enum_.cases {
            assert!(!small.contains(case.name.as_str()), "{:?} has the case `{}`", def.name, case.name);
        }
    }
}

#[test]
fn no_signature_has_a_tuple_but_a_name_with_its_value() {
    let is_pairs = |path: &str| {
        let mut names = WORLD.rules.pairs.keys().map(|path| path.rsplit('.').next().unwrap_or_default());
        names.any(|name| path.ends_with(&format!(".{name}")))
    };
    for (path, ty) in app_values().into_iter().filter(|(path, _)| !is_pairs(path)) {
        parts(&ty, &mut |id| {
            assert!(!matches!(friendly().types[id].kind, TypeDefKind::Tuple(_)), "`{path}` has a tuple")
        });
    }
}

#[test]
fn no_name_ends_in_a_unit() {
    let names = app_functions().into_iter().map(|(path, _)| path).chain(app_values().into_iter().map(|(path, _)| path));
    for path in names {
        let is_unit = ["-ns", "-ms", "-sec", "-secs"].iter().any(|unit| path.ends_with(unit));
        assert!(!is_unit, "`{path}` is in a unit of its own");
    }
}

/// Bytes that are text and numbers that are times look like any others: whoever reads the list sees them.
#[test]
fn bytes_and_numbers_are_those_that_were_audited() {
    let mut text = String::new();
    for (path, ty) in app_values() {
        let mut found = BTreeSet::new();
        plain_parts(&ty, &mut found);
        for what in found {
            let _ = writeln!(text, "{what} {path}");
        }
    }
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    let text = lines.join("\n") + "\n";
    golden(&repository("fixtures/audit/values.txt"), &text).unwrap_or_else(|error| panic!("{error}"));
}

/// What a type holds that says nothing of what it means.
fn plain_parts(ty: &Type, found: &mut BTreeSet<&'static str>) {
    let mut look = |ty: &Type| match ty {
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::S8 | Type::S16 | Type::S32 | Type::S64 => {
            found.insert("number");
        }
        Type::F32 | Type::F64 => {
            found.insert("float");
        }
        Type::Bool | Type::Char | Type::String | Type::ErrorContext | Type::Id(_) => {}
    };
    look(ty);
    let Type::Id(id) = ty else { return };
    match &friendly().types[*id].kind {
        TypeDefKind::List(Type::U8) => {
            found.insert("bytes");
        }
        TypeDefKind::Option(inner) | TypeDefKind::List(inner) | TypeDefKind::Type(inner) => plain_parts(inner, found),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().for_each(|part| plain_parts(part, found)),
        TypeDefKind::Result(result) => result.ok.iter().for_each(|ok| plain_parts(ok, found)),
        TypeDefKind::Record(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Map(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => {}
    }
}

/// Every parameter, result and field, with its path.
fn app_values() -> Vec<(String, Type)> {
    let mut values = Vec::new();
    for (path, function) in app_functions() {
        values.extend(function.params.iter().map(|param| (format!("{path} {}", param.name), param.ty)));
        values.extend(function.result.map(|result| (path.clone(), result)));
    }
    for id in app_types() {
        let def = &friendly().types[id];
        let TypeDefKind::Record(record) = &def.kind else { continue };
        let name = def.name.as_deref().unwrap_or_default();
        values.extend(record.fields.iter().map(|field| (format!("{name} {}", field.name), field.ty)));
    }
    values
}

/// Found again out of the friendly WIT: what a result holds is lifted, what a parameter holds is lowered.
#[test]
fn every_type_that_crosses_is_marked() {
    let (mut lifted, mut lowered) = (BTreeSet::new(), BTreeSet::new());
    for (_, function) in app_functions() {
        function.result.iter().for_each(|ty| parts(ty, &mut |id| _ = lifted.insert(definition(id))));
        function.params.iter().for_each(|param| parts(&param.ty, &mut |id| _ = lowered.insert(definition(id))));
    }
    let package = &friendly().packages[WORLD.friendly.package];
    for interface in adapted(&WORLD.plan) {
        let id = package.interfaces[&interface.name];
        for def in &interface.types {
            if matches!(def.kind, TypeKind::Wrapper(_) | TypeKind::Options(_)) {
                continue;
            }
            let ty = definition(friendly().interfaces[id].types[&def.name]);
            let path = format!("{}.{}", interface.name, def.name);
            assert!(def.crosses.lifted || !lifted.contains(&ty), "`{path}` comes back and is not marked so");
            assert!(def.crosses.lowered || !lowered.contains(&ty), "`{path}` is given and is not marked so");
        }
    }
}

/// The types that an interface defines; those it uses are another one's.
fn raw_types(world: &World, id: InterfaceId) -> Vec<String> {
    let resolve = &world.raw.resolve;
    let interface = world.raw.interface_name(id);
    let is_own = |ty: &TypeId| {
        let def = &resolve.types[*ty];
        let TypeDefKind::Type(Type::Id(next)) = def.kind else { return true };
        // A resource under another name is one of its own.
        resolve.types[next].name != def.name && resolve.types[next].owner != def.owner
    };
    let types = resolve.interfaces[id].types.iter().filter(|(_, ty)| is_own(ty));
    types.map(|(name, _)| format!("{interface}.{name}")).collect()
}

fn type_fates(world: &World, id: InterfaceId) -> Vec<(String, Vec<Fate>)> {
    let name = world.raw.interface_name(id);
    let fates = |path: &String| {
        let Some(interface) = world.plan.interface(&name) else { return vec![Fate::Exported] };
        if interface.disposition == Disposition::Direct {
            return vec![Fate::Direct];
        }
        let mut names: Vec<_> = friendly_types(world, |raw, _| raw == path);
        if names.is_empty() && is_resource(world, path) {
            // Two interfaces have one resource under one name: it is friendly once.
            let name = path.rsplit('.').next();
            names = friendly_types(world, |raw, kind| {
                matches!(kind, TypeKind::Wrapper(_)) && raw.rsplit('.').next() == name
            });
        }
        let adapted = (!names.is_empty()).then_some(Fate::Adapted(names));
        let left_out = interface.left_out.iter().filter(|left| left.path == *path);
        adapted.into_iter().chain(left_out.map(|left| Fate::LeftOut(left.reason.clone()))).collect()
    };
    raw_types(world, id).into_iter().map(|path| (path.clone(), fates(&path))).collect()
}

/// The paths of the friendly types whose raw path and kind are `wanted`.
fn friendly_types(world: &World, wanted: impl Fn(&str, &TypeKind) -> bool) -> Vec<String> {
    let types = adapted(&world.plan).flat_map(|interface| interface.types.iter().map(move |def| (interface, def)));
    types
        .filter(|(_, def)| def.raw.as_ref().is_some_and(|raw| wanted(raw, &def.kind)))
        .map(|(interface, def)| format!("{}.{}", interface.name, def.name))
        .collect()
}

/// Whether a raw type is a resource, by this or another name.
fn is_resource(world: &World, path: &str) -> bool {
    let resolve = &world.raw.resolve;
    let (interface, name) = path.split_once('.').expect("a type has an interface");
    let mut id = resolve.interfaces[resolve.packages[world.raw.package].interfaces[interface]].types[name];
    while let TypeDefKind::Type(Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    matches!(resolve.types[id].kind, TypeDefKind::Resource)
}

fn friendly() -> &'static Resolve {
    &WORLD.friendly.resolve
}

/// The interfaces that an app can import.
fn app_interfaces() -> Vec<InterfaceId> {
    let world = WORLD.friendly.world(APP_WORLD).expect("there is an app world");
    let items = friendly().worlds[world].imports.values();
    let id = |item: &WorldItem| match item {
        WorldItem::Interface { id, .. } => Some(*id),
        WorldItem::Function(_) | WorldItem::Type { .. } => None,
    };
    items.filter_map(id).collect()
}

fn app_functions() -> Vec<(String, &'static Function)> {
    let interfaces = app_interfaces().into_iter();
    let functions =
        interfaces.flat_map(|id| friendly().interfaces[id].functions.values().map(move |function| (id, function)));
    functions
        .map(|(id, function)| (format!("{} {}", friendly().id_of(id).unwrap_or_default(), function.name), function))
        .collect()
}

fn app_types() -> Vec<TypeId> {
    app_interfaces().into_iter().flat_map(|id| friendly().interfaces[id].types.values().copied()).collect()
}

fn definition(id: TypeId) -> TypeId {
    let TypeDefKind::Type(Type::Id(next)) = friendly().types[id].kind else { return id };
    definition(next)
}

/// Calls `seen` for every type that a type is made of.
fn parts(ty: &Type, seen: &mut dyn FnMut(TypeId)) {
    let Type::Id(id) = ty else { return };
    seen(*id);
    let inner: Vec<Type> = match &friendly().types[*id].kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty).collect(),
        TypeDefKind::Option(inner) | TypeDefKind::List(inner) | TypeDefKind::Type(inner) => vec![*inner],
        TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
        TypeDefKind::FixedLengthList(inner, _) => vec![*inner],
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Future(inner) | TypeDefKind::Stream(inner) => inner.iter().copied().collect(),
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    };
    inner.iter().for_each(|part| parts(part, seen));
}
