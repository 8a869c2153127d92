//! WASI's machine learning, reshaped: an app of a world in another package runs a model on the engine's own host of it, with a
//! backend of a few lines.

use wasmtime::Store;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_nn::backend::{
    BackendError, BackendExecutionContext, BackendFromDir, BackendGraph, BackendInner, Id, NamedTensor,
};
use wasmtime_wasi_nn::wit::types::{ExecutionTarget, GraphEncoding, Tensor};
use wasmtime_wasi_nn::wit::{WasiNnCtx, WasiNnView};
use wasmtime_wasi_nn::{Backend, ExecutionContext, Graph, InMemoryRegistry, Registry};

use super::own_world;

/// The host.
struct Machine {
    table: ResourceTable,
    wasi: WasiCtx,
    nn: WasiNnCtx,
}

impl WasiView for Machine {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl Machine {
    fn nn(&mut self) -> WasiNnView<'_> {
        WasiNnView::new(&mut self.table, &mut self.nn)
    }
}

/// A backend whose one model gives each of its inputs back, every byte twice as much.
struct Doubling;

impl BackendInner for Doubling {
    fn encoding(&self) -> GraphEncoding {
        GraphEncoding::Onnx
    }

    fn load(&mut self, _: &[&[u8]], _: ExecutionTarget) -> Result<Graph, BackendError> {
        let graph: Box<dyn BackendGraph> = Box::new(Self);
        Ok(graph.into())
    }

    fn as_dir_loadable(&mut self) -> Option<&mut dyn BackendFromDir> {
        None
    }
}

impl BackendGraph for Doubling {
    fn init_execution_context(&self) -> Result<ExecutionContext, BackendError> {
        let session: Box<dyn BackendExecutionContext> = Box::new(Self);
        Ok(session.into())
    }
}

impl BackendExecutionContext for Doubling {
    fn set_input(&mut self, _: Id, _: &Tensor) -> Result<(), BackendError> {
        Err(BackendError::InvalidNumberOfBuilders(0, 0))
    }

    fn get_output(&mut self, _: Id) -> Result<Tensor, BackendError> {
        Err(BackendError::InvalidNumberOfBuilders(0, 0))
    }

    fn compute(&mut self, inputs: Option<Vec<NamedTensor>>) -> Result<Option<Vec<NamedTensor>>, BackendError> {
        let mut outputs = inputs.unwrap_or_default();
        for output in &mut outputs {
            if output.name != "picture" {
                return Err(BackendError::InvalidNumberOfBuilders(1, 0));
            }
            output.tensor.data.iter_mut().for_each(|byte| *byte *= 2);
        }
        Ok(Some(outputs))
    }
}

#[test]
fn an_app_runs_a_model() {
    let wit = own_world::wit("wasi-nn", &[("wasmtime-wasi-nn", "wit/wasi-nn.wit".to_owned())]);
    let component = own_world::build_of("wasi-nn", Some(("vision", &wit)));
    let (engine, component) = own_world::compiled(&component);
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");
    wasmtime_wasi_nn::wit::add_to_linker(&mut linker, Machine::nn).expect("and machine learning");
    let nn = WasiNnCtx::new([Backend::from(Doubling)], Registry::from(InMemoryRegistry::new()));
    let wasi = WasiCtx::builder().inherit_stderr().build();
    let mut store = Store::new(&engine, Machine { table: ResourceTable::new(), wasi, nn });
    let instance = linker.instantiate(&mut store, &component).unwrap_or_else(|error| panic!("{error:?}"));
    let classify = instance.get_typed_func::<(&[u8],), (Vec<String>,)>(&mut store, "classify").expect("it is exported");
    let (said,) = classify.call(&mut store, (&[1, 2, 3],)).unwrap_or_else(|error| panic!("{error:?}"));
    let expected = [
        "picture: [3] [2, 4, 6]",
        "ErrorFailure_AlreadyConsumed",
        "ALREADY_CONSUMED",
        "ErrorFailure_Reported: RUNTIME_ERROR",
    ];
    assert_eq!(said, expected);
}
