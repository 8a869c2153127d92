//! Lets an app's calls that move many bytes go past the adapter.
//!
//! Engines copy a list from one component to another byte by byte, so that the adapter, which only passes
//! the bytes on, costs more than the host. Where the plan has a bulk function that the app imports, a core
//! module is put between the app and the adapter, inside the app: it borrows the raw handle from the
//! adapter, calls the host with the app's own memory, and gives the handle back. `docs/bulk.md` says what
//! else was tried.
//!
//! What an encoder wrote otherwise than known is left as it is: the app works all the same.

mod append;
mod given;
pub(crate) mod imports;
mod layout;
mod scratch;
pub(crate) mod shape;
mod staging;
mod to_end;
mod trampoline;

use std::collections::BTreeSet;

use indexmap::IndexSet;
use thiserror::Error;
use wit_component::DecodedWasm;
use wit_parser::WorldItem;

use crate::app::App;
use crate::bundle::World;
use crate::decode::decode;
use crate::plan::{Bulk, Interface, core_name, lend, lending, take_back};
use crate::sections::sections;
use crate::wit::qualified;
use append::Append;
pub(crate) use append::MARK;
use imports::{Import, Known};
use layout::Repeat;
use shape::Target;
use trampoline::Trampoline;

/// An app whose bulk calls go past the adapter.
#[derive(Debug)]
pub struct Bypassed {
    /// What is appended to the app.
    pub appended: Vec<u8>,
    /// The adapter's interfaces that it imports besides, by their full names.
    pub lending: BTreeSet<String>,
    /// The functions, by their friendly paths.
    pub functions: BTreeSet<String>,
}

/// A bypass that was begun and cannot be made. This is a fault of the composer, not of the app.
#[derive(Debug, Error)]
pub enum BypassError {
    /// What is to be imported cannot be encoded.
    #[error("the imports of a bypass cannot be encoded: {message}; please report it with the WIT and the rules")]
    Imports {
        /// What the encoder says.
        message: String,
    },
    /// It cannot be added to the app.
    #[error("a bypass cannot be added to the app: {message}; please report it with the app")]
    Append {
        /// What is wrong.
        message: String,
    },
}

/// A bulk function where the app calls it.
struct Call<'a> {
    path: String,
    bulk: &'a Bulk,
    friendly: Import,
    raw: Import,
    lend: Import,
    take_back: Import,
    target: Target<'a>,
}

/// What the trampolines import.
#[derive(Debug, Default)]
struct Imports {
    /// All of it.
    all: IndexSet<Import>,
    /// What is lowered once more, to answer where it is staged.
    staged: IndexSet<Import>,
}

/// Makes a bypass in an app; none where there is nothing to gain.
pub fn bypass(world: &World, app: &App<'_>) -> Result<Option<Bypassed>, BypassError> {
    if world.plan.interfaces.iter().all(|interface| interface.bulk.is_empty()) {
        return Ok(None);
    }
    // What cannot be read was refused before, and a shape that is not known has no calls.
    let Ok(shape) = shape::read(app.bytes) else { return Ok(None) };
    let Some(mut known) = Known::new(&world.friendly) else { return Ok(None) };
    let (mut imports, mut calls) = (Imports::default(), Vec::new());
    let trampolines: Vec<_> = calls_of(world, &shape)
        .into_iter()
        .filter_map(|call| {
            let trampoline = trampoline(&known, &call, &mut imports)?;
            calls.push(call);
            Some(trampoline)
        })
        .collect();
    let Some(first) = calls.first().map(|call| &call.target) else { return Ok(None) };
    let donor = known.encode(&imports.all)?;
    if !has_all(app, &donor)? {
        return Ok(None);
    }

    let signatures = |imports: &IndexSet<Import>| {
        let signatures: Option<Vec<_>> = imports.iter().map(|import| known.signature(import)).collect();
        signatures.ok_or_else(|| failed("a function has no signature"))
    };
    let (lowered, staged) = (signatures(&imports.all)?, signatures(&imports.staged)?);
    let imported = trampoline::Imports { lowered, staged, table: first.table.name, table_type: table_type(first)? };
    let module = trampoline::module(&imported, &trampolines);
    let mut append = Append::new(app.bytes, &shape);
    append.take_over(&donor).map_err(|error| failed(error.to_string()))?;
    let realloc = calls.iter().find_map(|call| call.target.realloc);
    let scratch = append.scratch(trampoline::scratch(&trampolines), first.memory, realloc);
    let not_encoded = || failed("an import of it was not encoded");
    let lowered = append.lower(&imports.all, scratch.memory).ok_or_else(not_encoded)?;
    let mut given =
        vec![(given::APP, scratch.app), (given::SCRATCH, scratch.instance), (given::TABLE, first.table.instance)];
    given.push((given::LOWERED, append.functions(lowered.into_iter())));
    if !imports.staged.is_empty() {
        let staging = append.staging();
        let staged = append.lower(&imports.staged, staging.memory).ok_or_else(not_encoded)?;
        given.push((given::STAGING, staging.instance));
        given.push((given::STAGED, append.functions(staged.into_iter())));
    }
    given.push((given::ORIGINAL, append.functions(calls.iter().map(|call| call.target.core))));
    append.instantiate(&module, &given);
    Ok(Some(Bypassed {
        appended: append.finish(),
        lending: calls.iter().map(|call| call.lend.0.clone()).collect(),
        functions: calls.into_iter().map(|call| call.path).collect(),
    }))
}

/// Where the app calls bulk functions, as far as one module can stand before all of them.
fn calls_of<'a>(world: &'a World, shape: &shape::Shape<'a>) -> Vec<Call<'a>> {
    let interfaces = world.plan.interfaces.iter();
    let bulk = interfaces.flat_map(|interface| interface.bulk.iter().map(move |bulk| (interface, bulk)));
    let mut calls: Vec<Call<'_>> = bulk.flat_map(|(interface, bulk)| calls(world, interface, bulk, shape)).collect();
    if let Some(first) = calls.first().map(|call| call.target.clone()) {
        calls.retain(|call| call.target.is_beside(&first));
    }
    // Lists that are answered are all made room for by one function.
    let realloc = calls.iter().find_map(|call| call.target.realloc);
    calls.retain(|call| call.target.realloc.is_none() || call.target.realloc == realloc);
    calls
}

/// What a call needs; none if its types are not of the kind that is known.
fn trampoline(known: &Known, call: &Call<'_>, imports: &mut Imports) -> Option<Trampoline> {
    let layout = layout::of(known, call.bulk, &call.friendly, &call.raw)?;
    let (params, _) = known.signature(&call.friendly)?;
    let mut place = |import: &Import| imports.all.insert_full(import.clone()).0;
    let raw = place(&call.raw);
    let (lend, take_back) = (place(&call.lend), place(&call.take_back));
    let raw = match layout.repeat {
        Repeat::Once | Repeat::UntilTaken(_) => raw,
        Repeat::ToEnd(..) => imports.staged.insert_full(call.raw.clone()).0,
    };
    Some(Trampoline { params, raw, lend, take_back, layout, slots: call.target.slots.clone() })
}

fn failed(message: impl Into<String>) -> BypassError {
    BypassError::Append { message: message.into() }
}

fn calls<'a>(world: &World, interface: &Interface, bulk: &'a Bulk, shape: &shape::Shape<'a>) -> Vec<Call<'a>> {
    let plan = &world.plan;
    let friendly = (qualified(&plan.friendly, &interface.name), bulk.core_name());
    let lender = qualified(&plan.friendly, &lending(&interface.name));
    let raw = &bulk.raw;
    shape
        .targets(&friendly.0, &friendly.1)
        .into_iter()
        .map(|target| Call {
            path: bulk.path(&interface.name),
            bulk,
            friendly: friendly.clone(),
            raw: (qualified(&plan.raw, &raw.interface), core_name(&raw.kind, &raw.name)),
            lend: (lender.clone(), lend(&bulk.resource)),
            take_back: (lender.clone(), take_back(&bulk.resource)),
            target,
        })
        .collect()
}

fn table_type(target: &Target<'_>) -> Result<wasm_encoder::TableType, BypassError> {
    target.table.ty.try_into().map_err(|_| failed("the table of its calls is of a type that cannot be written"))
}

/// Whether what the app imports already has all that is used of it: what it does not use, it does not import.
pub(crate) fn has_all(app: &App<'_>, donor: &[u8]) -> Result<bool, BypassError> {
    let DecodedWasm::Component(resolve, world) = &app.decoded else { return Ok(false) };
    let donor = decode(donor).map_err(|error| failed(error.to_string()))?;
    let DecodedWasm::Component(needs, donor) = &donor else { return Ok(false) };
    let has = |name: &str, item: &WorldItem| {
        let WorldItem::Interface { id: needed, .. } = item else { return false };
        let there = resolve.worlds[*world].imports.iter().find(|(key, _)| resolve.name_world_key(key) == name);
        let Some((_, WorldItem::Interface { id, .. })) = there else { return true };
        let (there, needed) = (&resolve.interfaces[*id], &needs.interfaces[*needed]);
        needed.types.keys().all(|ty| there.types.contains_key(ty))
            && needed.functions.keys().all(|function| there.functions.contains_key(function))
    };
    Ok(needs.worlds[*donor].imports.iter().all(|(key, item)| has(&needs.name_world_key(key), item)))
}

/// What a component was before a bypass was added to it; all of it if none was.
pub fn original(component: &[u8]) -> &[u8] {
    let Ok(sections) = sections(component) else { return component };
    let length = sections.iter().find_map(|section| section.custom(MARK)?.try_into().ok());
    let length = length.and_then(|length| usize::try_from(u64::from_le_bytes(length)).ok());
    length.and_then(|length| component.get(..length)).unwrap_or(component)
}
