//! WASI's key-value stores, reshaped, beside WASI's configuration, which stays as it is.

use wasmtime::Store;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_config::{WasiConfig, WasiConfigVariables};
use wasmtime_wasi_keyvalue::{WasiKeyValue, WasiKeyValueCtx};

use super::own_world;

/// The host.
struct Machine {
    table: ResourceTable,
    wasi: WasiCtx,
    values: WasiKeyValueCtx,
    config: WasiConfigVariables,
}

impl WasiView for Machine {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl Machine {
    fn values(&mut self) -> WasiKeyValue<'_> {
        WasiKeyValue::new(&self.values, &mut self.table)
    }

    fn config(&mut self) -> WasiConfig<'_> {
        WasiConfig::from(&self.config)
    }
}

#[test]
fn an_app_keeps_notes() {
    let folders = [
        ("wasmtime-wasi-keyvalue", "wit/deps/keyvalue".to_owned()),
        ("wasmtime-wasi-config", "wit/deps/config".to_owned()),
    ];
    let wit = own_world::wit("wasi-stores", &folders);
    let component = own_world::build_of("wasi-stores", Some(("notes", &wit)));
    let (engine, component) = own_world::compiled(&component);
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");
    wasmtime_wasi_keyvalue::add_to_linker(&mut linker, Machine::values).expect("and stores");
    wasmtime_wasi_config::add_to_linker(&mut linker, Machine::config).expect("and a configuration");

    let values = WasiKeyValueCtx::builder().in_memory_data([("old", "was here")]).build();
    let config = WasiConfigVariables::from_iter([("title", "Notes"), ("size", "7")]);
    let wasi = WasiCtx::builder().inherit_stderr().build();
    let mut store = Store::new(&engine, Machine { table: ResourceTable::new(), wasi, values, config });
    let instance = linker.instantiate(&mut store, &component).unwrap_or_else(|error| panic!("{error:?}"));
    let keep =
        instance.get_typed_func::<(&[(&str, &str)],), (Vec<String>,)>(&mut store, "keep").expect("it is exported");
    let (said,) = keep.call(&mut store, (&[("new", "a note")],)).unwrap_or_else(|error| panic!("{error:?}"));
    let expected = [
        "title: Notes, None, [('size', '7'), ('title', 'Notes')]",
        "old: b'was here', True, None",
        "keys: ['new', 'old']",
        "visits: [1, 3]",
        "many: [None, ('new', b'a note')]",
        "Other: invalid digit found in string",
        "StoreError: wasi_keyvalue_py_keyvalue_store.open: (StoreError_NoSuchStore())",
        "Bucket.get: key must be str, not int",
        "ValueError, False",
    ];
    assert_eq!(said, expected);
}
