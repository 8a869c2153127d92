//! Async functions, streams and futures: they pass between app and host as they are, with nothing of ours between.
//!
//! No plain function stands for an `async func`, nor the other way round, so that an adapter or an entry whose calls are
//! synchronous can have none. And Python awaits only inside an `async` export.

use wit_parser::{Function, InterfaceId, WorldItem};

use super::survey::Survey;
use super::world::World;
use super::{DeriveError, Remedy};
use crate::awaited;

/// Refuses a function that would have to pass through the adapter.
pub(super) fn adapted(survey: &Survey<'_>, id: InterfaceId, function: &Function) -> Result<(), DeriveError> {
    let Some(what) = awaited::what(survey.world.resolve(), function) else { return Ok(()) };
    let interface = survey.world.interface_name(id);
    let reason = format!(
        "{what}, which the calls of the adapter cannot pass on, unless a line `\"{interface}\" = \"why\"` under [keep] has its interface stay as it is"
    );
    Err(left_out(survey, id, function, reason))
}

/// Refuses a function that would have to pass through the entry: what it uses can stay as it is.
pub(super) fn exported(survey: &Survey<'_>, id: InterfaceId, function: &Function) -> Result<(), DeriveError> {
    let Some(what) = awaited::what(survey.world.resolve(), function) else { return Ok(()) };
    let reason = format!("{what}, which the calls of the entry cannot pass on");
    Err(match survey.changed_use(id) {
        Some(used) => DeriveError::shape(survey.world.function_path(id, function), reason, Remedy::Keep(used)),
        None => left_out(survey, id, function, reason),
    })
}

/// Refuses a function of an interface that the app imports as it is, where the app could not await it.
pub(super) fn imported(survey: &Survey<'_>, id: InterfaceId, function: &Function) -> Result<(), DeriveError> {
    match unawaited(&survey.world, function) {
        Some(reason) => Err(left_out(survey, id, function, reason)),
        None => Ok(()),
    }
}

/// Why an app of this world could do nothing with a function that it imports, if that is so.
pub(super) fn unawaited(world: &World<'_>, function: &Function) -> Option<String> {
    let what = awaited::what(world.resolve(), function).filter(|_| !awaits(world))?;
    Some(format!(
        "{what}, and Python awaits only inside an `async func` that the world exports, of which there is none"
    ))
}

/// Whether the app exports something that is async.
fn awaits(world: &World<'_>) -> bool {
    let resolve = world.resolve();
    resolve.worlds[world.raw.world].exports.values().any(|item| match item {
        WorldItem::Interface { id, .. } => {
            resolve.interfaces[*id].functions.values().any(|function| function.kind.is_async())
        }
        WorldItem::Function(function) => function.kind.is_async(),
        WorldItem::Type { .. } => false,
    })
}

fn left_out(survey: &Survey<'_>, id: InterfaceId, function: &Function, reason: String) -> DeriveError {
    let path = survey.world.function_path(id, function);
    DeriveError::shape(&path, reason, Remedy::LeaveOut(path.clone()))
}
