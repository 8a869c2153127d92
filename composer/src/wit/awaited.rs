//! What the bindings of the guests are made without: whatever is awaited passes them by.

use wit_component::WitPrinter;
use wit_parser::{Function, Interface, Type, TypeId};

use super::{APP_WORLD, FriendlyWorld, WitError};
use crate::awaited;

/// The friendly package and its dependencies without async functions, streams and futures, and without the app's world,
/// which can have some; none where there is nothing of the kind.
pub(super) fn without(friendly: &FriendlyWorld) -> Result<Option<FriendlyWorld>, WitError> {
    let whole = &friendly.resolve;
    let is_plain = |function: &Function| awaited::what(whole, function).is_none();
    let holds_none = |ty: &TypeId| awaited::held(whole, [Type::Id(*ty)]).is_none();
    let is_whole = |(_, interface): (_, &Interface)| {
        interface.functions.values().all(is_plain) && interface.types.values().all(holds_none)
    };
    if whole.interfaces.iter().all(is_whole) {
        return Ok(None);
    }
    let mut resolve = whole.clone();
    for (_, interface) in &mut resolve.interfaces {
        interface.functions.retain(|_, function| is_plain(function));
        interface.types.retain(|_, ty| holds_none(ty));
    }
    resolve.packages[friendly.package].worlds.shift_remove(APP_WORLD);
    let mut printer = WitPrinter::default();
    printer.print(&resolve, friendly.package, &[]).map_err(|error| WitError { message: format!("{error:#}") })?;
    Ok(Some(FriendlyWorld { resolve, package: friendly.package, text: printer.output.to_string() }))
}
