//! WASI's files, reshaped, beside those that Python's own library has of the same host.

use std::fs;

use wasmtime::Store;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{DirPerms, FilePerms, WasiCtx, WasiCtxView, WasiView};

use super::own_world;

/// The host.
struct Machine {
    table: ResourceTable,
    wasi: WasiCtx,
}

impl WasiView for Machine {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

#[test]
fn an_app_tidies_up_a_folder() {
    let files =
        ["filesystem.wit", "io.wit", "clocks.wit"].map(|file| ("wasmtime-wasi", format!("src/p2/wit/deps/{file}")));
    let wit = own_world::wit("wasi-filesystem", &files);
    let component = own_world::build_of("wasi-filesystem", Some(("tidy", &wit)));
    let (engine, component) = own_world::compiled(&component);
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");

    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("a.txt", "first"), ("b.txt", "second"), ("c.bin", "third")] {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let mut wasi = WasiCtx::builder();
    wasi.inherit_stderr();
    wasi.preopened_dir(folder.path(), "/desk", DirPerms::all(), FilePerms::all()).expect("the folder is there");
    let mut store = Store::new(&engine, Machine { table: ResourceTable::new(), wasi: wasi.build() });
    let instance = linker.instantiate(&mut store, &component).unwrap_or_else(|error| panic!("{error:?}"));
    let tidy = instance.get_typed_func::<(), (Vec<String>,)>(&mut store, "tidy").expect("it is exported");
    let (said,) = tidy.call(&mut store, ()).unwrap_or_else(|error| panic!("{error:?}"));
    let expected = [
        "/desk: [('a.txt', 'REGULAR_FILE'), ('b.txt', 'REGULAR_FILE'), ('c.bin', 'REGULAR_FILE')]",
        "types.Descriptor.create_directory: (ErrorCode.EXIST)",
        "notes: ['a.txt', 'b.txt']",
        "wrote 11, has 11",
        "b'all', False, Chunk(data=b'of them', is_last=False)",
        "all of them",
        "NoEntry: NO_ENTRY",
        "the same: True, False",
        "Descriptor.write: buffer must be bytes, not str; encode it",
    ];
    assert_eq!(said, expected);
    let moved = fs::read_to_string(folder.path().join("notes/b.txt")).expect("it was moved");
    assert_eq!(moved, "second");
}
