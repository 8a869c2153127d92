//! Wires adapter, app, entry and stubs into one component.
//!
//! Each import that a part provides is set by name, so that a mismatch is an error here. What is
//! left over comes from the host, and `check` says whether it can.

use std::collections::BTreeSet;

use thiserror::Error;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};
use wit_component::DecodedWasm;

use crate::app::{self, App, AppError, Sources};
use crate::bundle::{Guests, World};
use crate::bypass::{self, BypassError, Bypassed};
use crate::check::{self, CheckError};
use crate::encode::{self, EncodeError, Keep};
use crate::files;
use crate::link;
use crate::manifest::{self, ADAPTER, APP, ENTRY, FILES, Manifest, ManifestError, PartOf, STUBS};
use crate::metadata::{self, Metadata, MetadataError};
use crate::observe::{self, ObserveError, Observed, Subjects, hook};
use crate::plan::{Disposition, Interface};
use crate::skeleton::{self, FillError};
use crate::stub::{self, StubError};
use crate::wit::{ADAPTER_WORLD, BRIDGE, ENTRY_WORLD, EVIDENCE, host_export, qualified};

/// A composed component, and what went into it.
#[derive(Debug)]
pub struct Composed {
    /// The component.
    pub component: Vec<u8>,
    /// Where the app's imports come from.
    pub sources: Sources,
    /// What it says of itself: its parts, and what goes past the adapter.
    pub manifest: Manifest,
    /// What was asked for and comes to nothing, a line each.
    pub notes: Vec<String>,
}

/// Why there is no composed component.
#[derive(Debug, Error)]
pub enum ComposeError {
    /// The app does not fit.
    #[error(transparent)]
    App(#[from] AppError),
    /// A guest does not fit.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A stub cannot be made.
    #[error(transparent)]
    Stub(#[from] StubError),
    /// Calls cannot be led past the adapter.
    #[error(transparent)]
    Bypass(#[from] BypassError),
    /// An observer cannot be put into the app.
    #[error(transparent)]
    Observe(#[from] ObserveError),
    /// Two parts do not fit together.
    #[error(
        "cannot wire `{import}` of the {to} to the {from}: {message}; both were made from one plan, so build the guests again"
    )]
    Wire {
        /// The import.
        import: String,
        /// Which part imports it.
        to: &'static str,
        /// Which part provides it.
        from: &'static str,
        /// What the graph says.
        message: String,
    },
    /// A part is beyond a limit that engines hold components to.
    #[error(
        "the {part} is larger than a component may be: {message}; have the app import fewer interfaces, or leave some of them out of the world with lines under [leave-out]"
    )]
    TooLarge {
        /// Which part.
        part: &'static str,
        /// Which limit.
        message: String,
    },
    /// The metadata cannot be added.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// Its parts cannot be named.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The result is not what was promised.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// What stood for the app cannot be replaced by it.
    #[error(transparent)]
    Fill(#[from] FillError),
}

/// A part of the composition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub name: &'static str,
    pub node: NodeId,
}

/// Composes an app with the guests of its world: the second half of the pipeline.
pub fn compose(
    world: &World,
    guests: &Guests,
    app_bytes: Vec<u8>,
    metadata: &Metadata,
) -> Result<Composed, ComposeError> {
    compose_with(world, guests, app_bytes, metadata, Extras::default())
}

/// What an app gets besides, if that is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'e> {
    /// An observer.
    pub observe: Option<&'e observe::Request>,
    /// A file system with its files.
    pub files: Option<&'e files::Component>,
}

/// Composes an app, with what it gets besides.
pub fn compose_with(
    world: &World,
    guests: &Guests,
    app_bytes: Vec<u8>,
    metadata: &Metadata,
    Extras { observe: request, files }: Extras<'_>,
) -> Result<Composed, ComposeError> {
    let app = app::read(&app_bytes)?;
    let sources = app::sources(&app, world, files)?;
    if request.is_none() && app.imports.iter().any(|import| import == EVIDENCE) {
        return Err(AppError::NotObserved.into());
    }
    let bypassed = bypass::bypass(world, &app)?;
    let keep = adapter_exports(&app, world, &sources, bypassed.as_ref());
    let mut adapter = encode::encode(ADAPTER, &guests.adapter, &world.friendly, ADAPTER_WORLD, Some(&keep))?;
    let entry = entry(world, guests)?;
    let stubs = stubs(&app, world, &sources)?;

    let (mut appended, bulk) =
        bypassed.map_or_else(Default::default, |bypassed| (bypassed.appended, bypassed.functions));
    let observe = |request| {
        let whole = [app.bytes, &appended].concat();
        let subjects = Subjects { app: &app, whole: &whole, bulk: &bulk, adapter: &adapter };
        observe::observe(world, &subjects, request, &guests.observer)
    };
    let mut observed = request.map(observe).transpose()?;
    let stand_in = if let Some(observed) = &mut observed {
        appended.clear();
        adapter = observed.adapter.take().unwrap_or(adapter);
        skeleton::skeleton(&observed.app).map_err(ObserveError::from)?
    } else {
        [app.skeleton.as_slice(), &appended].concat()
    };
    let parts = [(ADAPTER, adapter), (APP, stand_in.clone())].into_iter();
    let parts = parts.chain(entry.map(|entry| (ENTRY, entry))).chain(stubs.map(|stubs| (STUBS, stubs)));
    let parts = parts.chain(files.map(|files| (FILES, files.stand_in.clone()))).chain(hooks(world, request)?);
    let parts: Vec<_> = parts.collect();
    let mut composed = wire(world, &parts, files)?;
    metadata::add(&mut composed, &app.skeleton, metadata)?;
    let linked = link::linked(&app_bytes);
    let Observed { app: app_bytes, functions: observed, policy, notes, .. } =
        observed.unwrap_or_else(|| not_observed(app_bytes));
    let manifest = Manifest {
        composer: env!("CARGO_PKG_VERSION").to_owned(),
        raw: world.plan.world.clone(),
        friendly: world.plan.friendly.clone(),
        parts: in_order(&composed, &parts, &sizes(&app_bytes, files))?,
        bulk,
        linked,
        observed,
        policy,
        files: files.map(|files| files.amount),
    };
    manifest::add(&mut composed, &manifest);
    check::check(&composed, world)?;
    let with_files = files.map(|files| skeleton::fill(&composed, &files.stand_in, files.bytes.clone(), &[]));
    let composed = with_files.transpose()?.unwrap_or(composed);
    let component = skeleton::fill(&composed, &stand_in, app_bytes, &appended)?;
    Ok(Composed { component, sources, manifest, notes })
}

/// The entry. Where the host calls the app itself, there is nothing for it to do.
fn entry(world: &World, guests: &Guests) -> Result<Option<Vec<u8>>, ComposeError> {
    let encode = |_: &Interface| encode::encode(ENTRY, &guests.entry, &world.friendly, ENTRY_WORLD, None);
    Ok(world.plan.adapted_exports().next().map(encode).transpose()?)
}

/// An app without an observer.
fn not_observed(app: Vec<u8>) -> Observed {
    let (functions, policy) = (BTreeSet::new(), BTreeSet::new());
    Observed { app, adapter: None, functions, policy, notes: Vec::new() }
}

/// The sizes of the parts for which a skeleton stands.
fn sizes(app: &[u8], files: Option<&files::Component>) -> Vec<(&'static str, usize)> {
    [(APP, app.len())].into_iter().chain(files.map(|files| (FILES, files.bytes.len()))).collect()
}

/// The parts as they are inside of what was composed; `sizes` has those of the parts for which a skeleton stands.
pub(crate) fn in_order(
    composed: &[u8],
    parts: &[(&'static str, Vec<u8>)],
    sizes: &[(&'static str, usize)],
) -> Result<Vec<PartOf>, ManifestError> {
    let inside = manifest::components(composed)?.into_iter();
    let part = |component: &[u8]| {
        let (name, component) = parts.iter().find(|(_, part)| part == component)?;
        let size = sizes.iter().find(|(sized, _)| sized == name).map_or(component.len(), |(_, size)| *size);
        Some(PartOf { name: (*name).to_owned(), size })
    };
    Ok(inside.filter_map(part).collect())
}

/// What the adapter must export: what the app imports, what calls that go past it need, and what the entry needs.
fn adapter_exports(app: &App<'_>, world: &World, sources: &Sources, bypassed: Option<&Bypassed>) -> Keep {
    let bridge = (!world.plan.bridge.is_empty()).then(|| qualified(&world.plan.friendly, BRIDGE));
    let imports = sources.adapter.iter().map(|name| (name.clone(), app.functions(name)));
    let lending = bypassed.into_iter().flat_map(|bypassed| &bypassed.lending).cloned();
    imports.chain(lending.chain(bridge).map(|name| (name, None))).collect()
}

pub(crate) fn stubs(app: &App<'_>, world: &World, sources: &Sources) -> Result<Option<Vec<u8>>, StubError> {
    if sources.stubs.is_empty() {
        return Ok(None);
    }
    let DecodedWasm::Component(..) = &app.decoded else { return Ok(None) };
    stub::stub(&app.decoded, &sources.stubs, &world.rules.stub).map(|stub| Some(stub.component))
}

/// The hooks that are asked for, by the names of their parts.
fn hooks(world: &World, request: Option<&observe::Request>) -> Result<Vec<(&'static str, Vec<u8>)>, ComposeError> {
    let hooks = request.into_iter().flat_map(|request| &request.hooks);
    let prepared = hook::PARTS.into_iter().zip(hooks).map(|(name, hook)| Ok((name, hook::prepared(world, hook)?)));
    prepared.collect()
}

fn wire(
    world: &World,
    parts: &[(&'static str, Vec<u8>)],
    files: Option<&files::Component>,
) -> Result<Vec<u8>, ComposeError> {
    let mut graph = CompositionGraph::new();
    let mut nodes = Vec::new();
    for (name, bytes) in parts {
        nodes.push(add(&mut graph, name, bytes.clone())?);
    }
    let part = |name| nodes.iter().copied().find(|part: &Part| part.name == name);
    for (from, to) in [(ADAPTER, APP), (STUBS, APP), (ADAPTER, ENTRY), (APP, ENTRY)] {
        if let (Some(from), Some(to)) = (part(from), part(to)) {
            connect(&mut graph, from, to)?;
        }
    }
    for to in [STUBS, APP] {
        if let (Some(files), Some(from), Some(to)) = (files, part(FILES), part(to)) {
            connect_files(&mut graph, files, from, to)?;
        }
    }
    for (place, name) in hook::PARTS.into_iter().enumerate() {
        if let (Some(from), Some(to)) = (part(name), part(APP)) {
            let import = hook::import(place);
            let failed = |message: String| ComposeError::Wire { import: import.clone(), to: APP, from: name, message };
            let calls = graph.alias_instance_export(from.node, hook::CALLS).map_err(|error| failed(chain(&error)))?;
            graph.set_instantiation_argument(to.node, &import, calls).map_err(|error| failed(chain(&error)))?;
        }
    }
    let entry = part(ENTRY);
    for export in &world.plan.exports {
        let name = host_export(&world.plan, export);
        let from = match export.disposition {
            Disposition::Adapted => (ENTRY, entry),
            Disposition::Direct => (APP, part(APP)),
        };
        let failed = |message: String| ComposeError::Wire { import: name.clone(), to: "host", from: from.0, message };
        let from = from.1.ok_or_else(|| failed("there is none".to_owned()))?;
        let node = graph.alias_instance_export(from.node, &name).map_err(|error| failed(error.to_string()))?;
        graph.export(node, &name).map_err(|error| failed(error.to_string()))?;
    }
    for item in &world.plan.in_world.exports {
        let failed = |message: String| ComposeError::Wire { import: item.name.clone(), to: "host", from: APP, message };
        let app = part(APP).ok_or_else(|| failed("there is none".to_owned()))?;
        let node = graph.alias_instance_export(app.node, &item.name).map_err(|error| failed(error.to_string()))?;
        graph.export(node, &item.name).map_err(|error| failed(error.to_string()))?;
    }
    graph.encode(EncodeOptions { validate: false, ..EncodeOptions::default() }).map_err(|error| ComposeError::Wire {
        import: "everything".to_owned(),
        to: "composition",
        from: "parts",
        message: chain(&error),
    })
}

pub(crate) fn add(graph: &mut CompositionGraph, name: &'static str, bytes: Vec<u8>) -> Result<Part, ComposeError> {
    let failed = |message: String| {
        // The validator has no other way to say that it is about a limit.
        if message.contains("exceeds limit") {
            ComposeError::TooLarge { part: name, message }
        } else {
            ComposeError::Wire { import: "its types".to_owned(), to: name, from: name, message }
        }
    };
    let package = Package::from_bytes(&format!("part:{name}"), None, bytes, graph.types_mut())
        .map_err(|error| failed(format!("{error:#}")))?;
    let package = graph.register_package(package).map_err(|error| failed(error.to_string()))?;
    Ok(Part { name, node: graph.instantiate(package) })
}

/// Gives `to` every import that `from` exports under the same name.
pub(crate) fn connect(graph: &mut CompositionGraph, from: Part, to: Part) -> Result<(), ComposeError> {
    let shared: Vec<String> = {
        let imports = names(graph, to.node, Side::Imports);
        let exports = names(graph, from.node, Side::Exports);
        imports.intersection(&exports).cloned().collect()
    };
    shared.iter().try_for_each(|name| give(graph, from, name, to, name))
}

/// Gives `to` what the files have of its imports. The two may have been built with different versions of an interface, so
/// names do not tell.
fn connect_files(
    graph: &mut CompositionGraph,
    files: &files::Component,
    from: Part,
    to: Part,
) -> Result<(), ComposeError> {
    for import in names(graph, to.node, Side::Imports) {
        if let Some(export) = files.export_for(&import) {
            give(graph, from, export, to, &import)?;
        }
    }
    Ok(())
}

/// Gives `to` one import: what `from` exports under a name.
fn give(graph: &mut CompositionGraph, from: Part, export: &str, to: Part, import: &str) -> Result<(), ComposeError> {
    let failed =
        |message: String| ComposeError::Wire { import: import.to_owned(), to: to.name, from: from.name, message };
    let node = graph.alias_instance_export(from.node, export).map_err(|error| failed(error.to_string()))?;
    graph.set_instantiation_argument(to.node, import, node).map_err(|error| failed(chain(&error)))
}

enum Side {
    Imports,
    Exports,
}

fn names(graph: &CompositionGraph, node: NodeId, side: Side) -> BTreeSet<String> {
    let Some(package) = graph[node].package() else { return BTreeSet::new() };
    let world = &graph.types()[graph[package].ty()];
    let items = match side {
        Side::Imports => &world.imports,
        Side::Exports => &world.exports,
    };
    items.keys().cloned().collect()
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
