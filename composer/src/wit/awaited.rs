//! What the bindings of the guests are made without: whatever is awaited passes them by.

use wit_component::WitPrinter;
use wit_parser::{Resolve, Type};

use super::{APP_WORLD, FriendlyWorld, WitError};
use crate::awaited;

/// The friendly package and its dependencies without async functions, streams and futures, and without the app's world,
/// which can have some; none where there is nothing of the kind.
pub(super) fn without(friendly: &FriendlyWorld) -> Result<Option<FriendlyWorld>, WitError> {
    let whole = &friendly.resolve;
    let mut resolve = whole.clone();
    for (_, interface) in &mut resolve.interfaces {
        interface.functions.retain(|_, function| awaited::what(whole, function).is_none());
        interface.types.retain(|_, ty| awaited::held(whole, [Type::Id(*ty)]).is_none());
    }
    let count = |resolve: &Resolve| {
        let interfaces = resolve.interfaces.iter();
        interfaces.map(|(_, interface)| interface.functions.len() + interface.types.len()).sum::<usize>()
    };
    if count(&resolve) == count(whole) {
        return Ok(None);
    }
    resolve.packages[friendly.package].worlds.shift_remove(APP_WORLD);
    let mut printer = WitPrinter::default();
    printer.print(&resolve, friendly.package, &[]).map_err(|error| WitError { message: format!("{error:#}") })?;
    Ok(Some(FriendlyWorld { resolve, package: friendly.package, text: printer.output.to_string() }))
}
