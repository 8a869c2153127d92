//! What stands in the world itself: it passes between host and app as it is, past the adapter, so that it may have to do
//! with nothing that is reshaped.

use wit_parser::{Function, FunctionKind, Type, TypeDefKind, TypeOwner, WorldItem as RawItem, WorldKey};

use super::survey::Survey;
use super::{DeriveError, Remedy, check_direct};
use crate::plan::{InWorld, LeftOut, WorldItem};

/// Why an interface of the world itself is not there: componentize-py 0.25.1 makes no module for it.
const INLINE: &str = "it is an interface that stands in the world itself, which the Python bindings leave out";

/// What to do about an export that cannot pass.
const MOVE: &str = "move it into an interface of the package";

/// The items of the world.
pub(super) fn items(survey: &Survey<'_>) -> InWorld {
    let mut items = InWorld::default();
    for (name, item) in imports(survey) {
        match (survey.world.usage.leave_out(&name), params(item)) {
            (Some(reason), _) => items.left_out.push(LeftOut { path: name, reason: reason.clone() }),
            (None, Some(params)) => items.imports.push(WorldItem { name, params }),
            (None, None) => items.left_out.push(LeftOut { path: name, reason: INLINE.to_owned() }),
        }
    }
    let exports = exports(survey).filter_map(|(name, item)| Some(WorldItem { name, params: params(item)? }));
    items.exports = exports.collect();
    items
}

/// How many parameters an item has that the app can have, within none for a type; none for an interface.
fn params(item: &RawItem) -> Option<Option<usize>> {
    match item {
        RawItem::Type { .. } => Some(None),
        RawItem::Function(function) => Some(Some(function.params.len())),
        RawItem::Interface { .. } => None,
    }
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
    let inline = exports(survey).filter(|(_, item)| params(item).is_none());
    let inline =
        inline.map(|(name, _)| DeriveError::shape(name, INLINE, "give it a package: move it out of the world"));
    let refused = |name: &str, item: &RawItem, remedy: Remedy| {
        let why = refusal(survey, item)?;
        Some(DeriveError::shape(name, format!("it stands in the world itself, and {why}"), remedy))
    };
    let kept = imports(survey).filter(|(name, _)| survey.world.usage.leave_out(name).is_none());
    let imports = kept.filter_map(|(name, item)| refused(&name, item, Remedy::LeaveOut(name.clone())));
    let exports = exports(survey).filter_map(|(name, item)| refused(&name, item, Remedy::from(MOVE)));
    inline.chain(imports).chain(exports).collect()
}

/// Why an item cannot pass, if it cannot.
fn refusal(survey: &Survey<'_>, item: &RawItem) -> Option<String> {
    match item {
        RawItem::Type { id, .. } => type_refusal(survey, &Type::Id(*id)),
        RawItem::Function(function) => function_refusal(survey, function),
        RawItem::Interface { .. } => None,
    }
}

fn function_refusal(survey: &Survey<'_>, function: &Function) -> Option<String> {
    match function.kind {
        FunctionKind::Freestanding
        | FunctionKind::Method(_)
        | FunctionKind::Static(_)
        | FunctionKind::Constructor(_) => {}
        FunctionKind::AsyncFreestanding | FunctionKind::AsyncMethod(_) | FunctionKind::AsyncStatic(_) => {
            return Some("it is async".to_owned());
        }
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
    let mut why = None;
    survey.world.walk_types(ty, &mut |part| {
        let def = survey.world.type_def(part);
        match def.owner {
            TypeOwner::Interface(id) if survey.is_adapted(id) => {
                let interface = survey.world.interface_name(id);
                why.get_or_insert_with(|| format!("it uses types of `{interface}`, which changes"));
            }
            TypeOwner::World(_) if def.kind == TypeDefKind::Resource => {
                why.get_or_insert_with(|| "it is a resource".to_owned());
            }
            TypeOwner::World(_) => {
                let name = def.name.as_ref().filter(|name| survey.world.usage.rules.leave_out.contains_key(*name));
                why = why.take().or_else(|| Some(format!("it uses `{}`, which the rules leave out", name?)));
            }
            TypeOwner::Interface(_) | TypeOwner::None => {}
        }
        if let TypeDefKind::Handle(wit_parser::Handle::Own(of) | wit_parser::Handle::Borrow(of)) = &def.kind {
            why = why.take().or_else(|| type_refusal(survey, &Type::Id(*of)));
        }
    });
    let Type::Id(id) = ty else { return why };
    let uncarried = check_direct::uncarried(survey, *id);
    why.or_else(|| uncarried.map(|what| format!("it holds {what}, which the Python bindings cannot carry")))
}
