//! Hooks: components of a user's that are told of observed calls, and decide about them.

use wac_graph::{CompositionGraph, EncodeOptions};

use super::ObserveError;
use crate::app::{self, Origin, Sources};
use crate::bundle::World;
use crate::compose::{add, chain, connect, stubs};
use crate::manifest::STUBS;

/// What a hook exports.
pub(crate) const CALLS: &str = "composer:hooks/calls@0.1.0";

/// The WIT of it, for whoever writes one.
pub const WIT: &str = include_str!("hooks.wit");

/// The parts that hooks are in a component. There are no more of them than names.
pub(crate) const PARTS: [&str; 4] = ["hook-1", "hook-2", "hook-3", "hook-4"];

/// A hook.
#[derive(Debug, Clone)]
pub struct Hook {
    /// What it is called in lines and errors: its file's name.
    pub name: String,
    /// The component.
    pub component: Vec<u8>,
}

/// What an app imports of the hook at this place.
pub(crate) fn import(place: usize) -> String {
    format!("composer:observer/hook{place}")
}

/// The hook with stubs of what the host lacks, as an app's own; or why it is none.
pub(crate) fn prepared(world: &World, hook: &Hook) -> Result<Vec<u8>, ObserveError> {
    let failed = |why: String| ObserveError::Hook { name: hook.name.clone(), why };
    let read = app::read(&hook.component).map_err(|error| failed(error.to_string()))?;
    if !read.exports.iter().any(|export| export == CALLS) {
        return Err(failed(format!("it does not export `{CALLS}`")));
    }
    let mut sources = Sources::default();
    for import in &read.imports {
        match app::outside(import, world) {
            Some(Origin::Stub) => sources.stubs.push(import.clone()),
            Some(Origin::Host | Origin::Adapter | Origin::Observer) => {}
            None => return Err(failed(format!("it imports `{import}`, which the host does not have"))),
        }
    }
    let stubs = stubs(&read, world, &sources).map_err(|error| failed(error.to_string()))?;
    let Some(stubs) = stubs else { return Ok(hook.component.clone()) };
    let mut graph = CompositionGraph::new();
    let wired = |error: &dyn std::error::Error| failed(chain(error));
    let hooked = add(&mut graph, PARTS[0], hook.component.clone()).map_err(|error| wired(&error))?;
    let stubs = add(&mut graph, STUBS, stubs).map_err(|error| wired(&error))?;
    connect(&mut graph, stubs, hooked).map_err(|error| wired(&error))?;
    let calls = graph.alias_instance_export(hooked.node, CALLS).map_err(|error| wired(&error))?;
    graph.export(calls, CALLS).map_err(|error| wired(&error))?;
    graph.encode(EncodeOptions { validate: false, ..EncodeOptions::default() }).map_err(|error| wired(&error))
}
