//! The recorder around a composed component: one component for the same host.

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use super::error::RecordError;
use super::worlds::{BRIDGE, SINK, Worlds, counterpart};

/// The components that a recording is made of.
#[derive(Debug)]
pub struct Parts {
    /// The composed component.
    pub app: Vec<u8>,
    /// What is between it and the host.
    pub between: Vec<u8>,
    /// What the host calls.
    pub entry: Vec<u8>,
    /// What takes the lines.
    pub sink: Vec<u8>,
}

/// Wires them.
pub fn wire(worlds: &Worlds, parts: Parts) -> Result<Vec<u8>, RecordError> {
    let mut graph = CompositionGraph::new();
    let sink = add(&mut graph, "sink", parts.sink)?;
    let between = add(&mut graph, "between", parts.between)?;
    let app = add(&mut graph, "app", parts.app)?;
    let entry = add(&mut graph, "entry", parts.entry)?;
    give(&mut graph, (sink, SINK), (between, SINK))?;
    for import in &worlds.imports {
        give(&mut graph, (between, &counterpart(import)), (app, import))?;
        if imports(&graph, entry, &counterpart(import)) {
            give(&mut graph, (between, &counterpart(import)), (entry, &counterpart(import)))?;
        }
    }
    give(&mut graph, (between, BRIDGE), (entry, BRIDGE))?;
    for export in &worlds.exports {
        give(&mut graph, (app, export), (entry, &counterpart(export)))?;
        let handler = graph.alias_instance_export(entry, export).map_err(RecordError::recorder)?;
        graph.export(handler, export).map_err(RecordError::recorder)?;
    }
    let options = EncodeOptions { validate: false, ..EncodeOptions::default() };
    graph.encode(options).map_err(RecordError::recorder)
}

fn imports(graph: &CompositionGraph, of: NodeId, name: &str) -> bool {
    graph[of].package().is_some_and(|package| graph.types()[graph[package].ty()].imports.contains_key(name))
}

/// Sets what one imports to what another one exports.
fn give(graph: &mut CompositionGraph, from: (NodeId, &str), to: (NodeId, &str)) -> Result<(), RecordError> {
    let node = graph.alias_instance_export(from.0, from.1).map_err(RecordError::recorder)?;
    graph
        .set_instantiation_argument(to.0, to.1, node)
        .map_err(|error| RecordError::recorder(anyhow::Error::from(error)))
}

/// Adds a component to the graph: its instance.
fn add(graph: &mut CompositionGraph, name: &str, bytes: Vec<u8>) -> Result<NodeId, RecordError> {
    let package = Package::from_bytes(&format!("part:{name}"), None, bytes, graph.types_mut());
    let package = graph.register_package(package.map_err(RecordError::recorder)?).map_err(RecordError::recorder)?;
    Ok(graph.instantiate(package))
}
