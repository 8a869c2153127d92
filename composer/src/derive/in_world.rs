//! What stands in the world itself: it passes between host and app as it is, past the adapter, so that it may have to do
//! with nothing that is reshaped.

use wit_parser::{Function, FunctionKind, Type, TypeDefKind, TypeOwner, WorldItem as RawItem, WorldKey};

use super::survey::Survey;
use super::{DeriveError, Remedy, awaited, check_direct};
use crate::plan::{InWorld, LeftOut, Passed, WorldItem, WorldItemKind};
use crate::read::{spelled, types_in};

/// Why an imported interface of the world itself is not there: componentize-py 0.25.1 makes no module for it.
const INLINE: &str = "it is an interface that stands in the world itself, which the Python bindings leave out";

/// Why an exported one cannot be: it is called by its class, and of its types there are none.
const TYPES: &str =
    "it is an interface with types that stands in the world itself, and the Python bindings leave these out";

/// What to do about an export that cannot pass.
const MOVE: &str = "move it into an interface of the package";

/// The items of the world, with the interfaces that are not in it.
pub(super) fn items(survey: &Survey<'_>, left_out: Vec<LeftOut>) -> InWorld {
    let mut items = InWorld { left_out, ..InWorld::default() };
    for (name, item) in imports(survey) {
        match (survey.world.usage.leave_out(&name), kind(survey, item)) {
            (Some(reason), _) => items.left_out.push(LeftOut { path: name, reason: reason.clone() }),
            (None, WorldItemKind::Interface(_)) => {
                items.left_out.push(LeftOut { path: name, reason: INLINE.to_owned() });
            }
            (None, kind @ (WorldItemKind::Type(_) | WorldItemKind::Function(_))) => {
                items.imports.push(WorldItem { name, kind });
            }
        }
    }
    items.exports = exports(survey).map(|(name, item)| WorldItem { name, kind: kind(survey, item) }).collect();
    items
}

fn kind(survey: &Survey<'_>, item: &RawItem) -> WorldItemKind {
    match item {
        RawItem::Type { id, .. } => WorldItemKind::Type(survey.world.type_def(*id).kind.as_str().to_owned()),
        RawItem::Function(function) => WorldItemKind::Function(passed(survey, function)),
        RawItem::Interface { id, .. } => {
            let functions = survey.world.resolve().interfaces[*id].functions.values();
            WorldItemKind::Interface(functions.map(|function| passed(survey, function)).collect())
        }
    }
}

fn passed(survey: &Survey<'_>, function: &Function) -> Passed {
    let resolve = survey.world.resolve();
    let params = function.params.iter().map(|param| format!("{}: {}", param.name, spelled(resolve, &param.ty)));
    let result = function.result.map(|ty| format!(" -> {}", spelled(resolve, &ty))).unwrap_or_default();
    let func = if function.kind.is_async() { "async func" } else { "func" };
    let signature = format!("{}: {func}({}){result}", function.name, params.collect::<Vec<_>>().join(", "));
    Passed { name: function.name.clone(), params: function.params.len(), is_async: function.kind.is_async(), signature }
}

fn imports<'s>(survey: &'s Survey<'_>) -> impl Iterator<Item = (String, &'s RawItem)> {
    let raw = survey.world.raw;
    named(survey, &raw.in_world.imports, &raw.resolve.worlds[raw.world].imports)
}

fn exports<'s>(survey: &'s Survey<'_>) -> impl Iterator<Item = (String, &'s RawItem)> {
    let raw = survey.world.raw;
    named(survey, &raw.in_world.exports, &raw.resolve.worlds[raw.world].exports)
}

fn named<'s>(
    survey: &'s Survey<'_>,
    keys: &'s [WorldKey],
    items: &'s indexmap::IndexMap<WorldKey, RawItem>,
) -> impl Iterator<Item = (String, &'s RawItem)> {
    let of_world = items.iter().filter(|(key, _)| keys.contains(key));
    of_world.map(|(key, item)| (survey.world.resolve().name_world_key(key), item))
}

/// Refuses items that cannot pass.
pub(super) fn check(survey: &Survey<'_>) -> Vec<DeriveError> {
    let has_types = |item: &RawItem| match item {
        RawItem::Interface { id, .. } => !survey.world.resolve().interfaces[*id].types.is_empty(),
        RawItem::Type { .. } | RawItem::Function(_) => false,
    };
    let inline = exports(survey).filter(|(_, item)| has_types(item));
    let inline = inline.map(|(name, _)| DeriveError::shape(name, TYPES, "give it a package: move it out of the world"));
    let refused = |name: &str, item: &RawItem, remedy: Remedy| {
        let why = refusal(survey, item)?;
        Some(DeriveError::shape(name, format!("it stands in the world itself, and {why}"), remedy))
    };
    let kept = imports(survey).filter(|(name, _)| survey.world.usage.leave_out(name).is_none());
    let unawaited = |item: &RawItem| match item {
        RawItem::Function(function) => awaited::unawaited(&survey.world, function),
        // What the bindings do not have is awaited by nobody.
        RawItem::Type { .. } | RawItem::Interface { .. } => None,
    };
    let imports = kept.filter_map(|(name, item)| {
        let remedy = Remedy::LeaveOut(name.clone());
        let why = unawaited(item).map(|why| DeriveError::shape(&name, why, remedy.clone()));
        why.or_else(|| refused(&name, item, remedy))
    });
    let exports = exports(survey).filter_map(|(name, item)| refused(&name, item, Remedy::from(MOVE)));
    inline.chain(imports).chain(exports).collect()
}

/// Why an item cannot pass, if it cannot.
fn refusal(survey: &Survey<'_>, item: &RawItem) -> Option<String> {
    match item {
        RawItem::Type { id, .. } => type_refusal(survey, &Type::Id(*id)),
        RawItem::Function(function) => function_refusal(survey, function),
        RawItem::Interface { id, .. } => {
            let mut functions = survey.world.resolve().interfaces[*id].functions.values();
            functions.find_map(|function| function_refusal(survey, function))
        }
    }
}

fn function_refusal(survey: &Survey<'_>, function: &Function) -> Option<String> {
    match function.kind {
        FunctionKind::Freestanding
        | FunctionKind::AsyncFreestanding
        | FunctionKind::Method(_)
        | FunctionKind::AsyncMethod(_)
        | FunctionKind::Static(_)
        | FunctionKind::AsyncStatic(_)
        | FunctionKind::Constructor(_) => {}
        FunctionKind::Getter
        | FunctionKind::Setter
        | FunctionKind::MethodGetter(_)
        | FunctionKind::MethodSetter(_)
        | FunctionKind::StaticGetter(_)
        | FunctionKind::StaticSetter(_) => {
            return Some("it is a getter or setter, which the bindings do not know yet".to_owned());
        }
    }
    let mut types = function.params.iter().map(|param| param.ty).chain(function.result);
    types.find_map(|ty| type_refusal(survey, &ty))
}

/// Why what a type is made of cannot pass, if it cannot.
fn type_refusal(survey: &Survey<'_>, ty: &Type) -> Option<String> {
    let world = &survey.world;
    let why = types_in(world.resolve(), [*ty]).into_iter().find_map(|part| {
        let def = world.type_def(part);
        match def.owner {
            TypeOwner::Interface(id) if survey.is_adapted(id) => {
                Some(format!("it uses types of `{}`, which changes", world.interface_name(id)))
            }
            TypeOwner::World(_) if def.kind == TypeDefKind::Resource => Some("it is a resource".to_owned()),
            TypeOwner::World(_) => {
                let name = def.name.as_ref().filter(|name| world.usage.rules.leave_out.contains_key(*name))?;
                Some(format!("it uses `{name}`, which the rules leave out"))
            }
            TypeOwner::Interface(_) | TypeOwner::None => None,
        }
    });
    let Type::Id(id) = ty else { return why };
    let uncarried = check_direct::uncarried(survey, *id);
    why.or_else(|| uncarried.map(|what| format!("it holds {what}, which the Python bindings cannot carry")))
}
