//! An app of the raw world, composed with stubs and nothing else.
//!
//! What goes wrong with an app may be the app's, the adapter's or the host's doing. An app that binds the raw world has no
//! adapter in it, so whether it goes wrong likewise says which.

use thiserror::Error;
use wac_graph::{CompositionGraph, EncodeOptions};

use crate::app::{self, App, AppError, Origin, Sources, unversioned};
use crate::bundle::World;
use crate::check::{self, CheckError};
use crate::compose::{ComposeError, Composed, add, chain, connect, in_order, stubs};
use crate::link;
use crate::manifest::{self, APP, Manifest, STUBS};
use crate::metadata::{self, Metadata};
use crate::skeleton;
use crate::wit::{host_export, qualified};

/// Why an app cannot be composed without an adapter.
#[derive(Debug, Error)]
pub enum UnadaptedError {
    /// It binds the friendly world.
    #[error(
        "the app {verb} `{interface}` of the friendly world, which only an adapter has; compose it without `--raw`, or build it against the raw world `{raw}`"
    )]
    Friendly {
        /// Whether it imports or exports it.
        verb: &'static str,
        /// The interface.
        interface: String,
        /// The raw world.
        raw: String,
    },
    /// It lacks an export.
    #[error("the app does not export `{export}`, which the host calls; build it against the raw world `{raw}`")]
    Missing {
        /// The raw export.
        export: String,
        /// The raw world.
        raw: String,
    },
    /// It does not fit otherwise.
    #[error(transparent)]
    App(#[from] AppError),
    /// It cannot be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<CheckError> for UnadaptedError {
    fn from(error: CheckError) -> Self {
        Self::Compose(error.into())
    }
}

/// Composes an app of the raw world with stubs for what the host lacks.
pub fn compose(world: &World, app_bytes: Vec<u8>, metadata: &Metadata) -> Result<Composed, UnadaptedError> {
    let app = app::read(&app_bytes)?;
    let sources = sources(&app, world)?;
    let stubs = stubs(&app, world, &sources).map_err(ComposeError::from)?;
    let stand_in = app.skeleton.clone();
    let parts: Vec<_> = [(APP, stand_in.clone())].into_iter().chain(stubs.map(|stubs| (STUBS, stubs))).collect();
    let mut composed = wire(world, &parts)?;
    metadata::add(&mut composed, &app.skeleton, metadata).map_err(ComposeError::from)?;
    let manifest = Manifest {
        composer: env!("CARGO_PKG_VERSION").to_owned(),
        raw: world.plan.world.clone(),
        friendly: world.plan.raw.clone(),
        parts: in_order(&composed, &parts, &[(APP, app_bytes.len())]).map_err(ComposeError::from)?,
        bulk: Default::default(),
        linked: link::linked(&app_bytes),
        observed: Default::default(),
        policy: Default::default(),
        files: None,
    };
    manifest::add(&mut composed, &manifest);
    check::check(&composed, world)?;
    let component = skeleton::fill(&composed, &stand_in, app_bytes, &[]).map_err(ComposeError::from)?;
    Ok(Composed { component, sources, manifest, notes: Vec::new() })
}

/// Where the imports of an app come from, without an adapter.
fn sources(app: &App<'_>, world: &World) -> Result<Sources, UnadaptedError> {
    let plan = &world.plan;
    let friendly = |verb, interface: &str| UnadaptedError::Friendly {
        verb,
        interface: interface.to_owned(),
        raw: plan.world.clone(),
    };
    let is_friendly = |name: &&String| name.starts_with(&format!("{}/", unversioned(&plan.friendly)));
    if let Some(export) = app.exports.iter().find(is_friendly) {
        return Err(friendly("exports", export));
    }
    for export in &plan.exports {
        let export = host_export(plan, export);
        if !app.exports.contains(&export) {
            return Err(UnadaptedError::Missing { export, raw: plan.world.clone() });
        }
    }
    let mut sources = Sources::default();
    for import in &app.imports {
        let is_raw = plan.interfaces.iter().any(|interface| *import == qualified(&plan.raw, &interface.name));
        match if is_raw { Some(Origin::Host) } else { app::outside(import, world) } {
            Some(Origin::Stub) => sources.stubs.push(import.clone()),
            Some(Origin::Host | Origin::Adapter | Origin::Observer) => drop(sources.host.insert(import.clone())),
            None if is_friendly(&import) => return Err(friendly("imports", import)),
            None => return Err(AppError::UnknownImport { import: import.clone(), hint: String::new() }.into()),
        }
    }
    Ok(sources)
}

fn wire(world: &World, parts: &[(&'static str, Vec<u8>)]) -> Result<Vec<u8>, ComposeError> {
    let mut graph = CompositionGraph::new();
    let mut nodes = Vec::new();
    for (name, bytes) in parts {
        nodes.push(add(&mut graph, name, bytes.clone())?);
    }
    let failed =
        |import: &str, message| ComposeError::Wire { import: import.to_owned(), to: "host", from: APP, message };
    let [app, stubs @ ..] = nodes.as_slice() else { return Err(failed("everything", "there is no app".to_owned())) };
    stubs.iter().try_for_each(|stubs| connect(&mut graph, *stubs, *app))?;
    for export in &world.plan.exports {
        let name = host_export(&world.plan, export);
        let node = graph.alias_instance_export(app.node, &name).map_err(|error| failed(&name, error.to_string()))?;
        graph.export(node, &name).map_err(|error| failed(&name, error.to_string()))?;
    }
    let options = EncodeOptions { validate: false, ..EncodeOptions::default() };
    graph.encode(options).map_err(|error| failed("everything", chain(&error)))
}
