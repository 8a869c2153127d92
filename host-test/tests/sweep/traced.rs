//! The adapter of an app that imports all of its world, with an observer in it.

use std::path::Path;

use composer::bundle::World;
use composer::compose::{Extras, compose_with};
use composer::core_type::core_types;
use composer::manifest;
use composer::metadata::Metadata;
use composer::observe::{Request, Trace, What};
use composer::stub::{StubRules, stub};
use composer::wit::APP_WORLD;
use host_test::guests::{self, Component};
use indexmap::IndexMap;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, MemorySection,
    MemoryType, Module, TypeSection, ValType,
};
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding, embed_component_metadata};
use wit_parser::abi::AbiVariant;
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmExportKind, WasmImport, WorldItem, WorldKey};

/// The adapter of an app that imports all of the world, as it is where every function has a line in a trace.
pub fn traced(folder: &Path) -> Component {
    let bundle = guests::read(folder).unwrap_or_else(|error| panic!("{error}"));
    let world = bundle.world().unwrap_or_else(|error| panic!("{error}"));
    let app = importing_all(&world);
    let trace = What { trace: Some(Trace::default()), ..What::default() };
    let everything = ["*", "raw:*"].map(str::to_owned).to_vec();
    let request = Request { observe: everything, what: trace, ..Request::default() };
    let observed = Extras { observe: Some(&request), ..Extras::default() };
    let composed = compose_with(&world, &bundle.guests, app, &Metadata::default(), observed)
        .unwrap_or_else(|error| panic!("{error}"));
    let parts = manifest::split(&composed.component).expect("it was composed");
    let adapter = parts.iter().find(|part| part.name == "adapter").expect("it has an adapter");
    guests::on_script(world, &with_platform(adapter.component)).unwrap_or_else(|error| panic!("{error}"))
}

/// An app that does nothing: each function that the host calls traps.
fn importing_all(world: &World) -> Vec<u8> {
    let resolve = &world.friendly.resolve;
    let id = world.friendly.world(APP_WORLD).expect("it has a world for apps");
    let (mut types, mut imports, mut functions) = (TypeSection::new(), ImportSection::new(), FunctionSection::new());
    let (mut exports, mut code) = (ExportSection::new(), CodeSection::new());
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let ty = |types: &mut TypeSection, function, variant| {
        let (params, results) = core_types(&resolve.wasm_signature(variant, function));
        types.ty().function(params, results);
        types.len() - 1
    };
    for (interface, func) in functions_of(resolve, &resolve.worlds[id].imports) {
        let (module, name) = resolve.wasm_import_name(abi, WasmImport::Func { interface: Some(interface), func });
        let ty = ty(&mut types, func, AbiVariant::GuestImport);
        imports.import(&module, &name, EntityType::Function(ty));
    }
    let mut trap = Function::new([]);
    trap.instructions().unreachable().end();
    for (interface, func) in functions_of(resolve, &resolve.worlds[id].exports) {
        let kind = WasmExportKind::Normal;
        let name = resolve.wasm_export_name(abi, WasmExport::Func { interface: Some(interface), func, kind });
        functions.function(ty(&mut types, func, AbiVariant::GuestExport));
        code.function(&trap);
        exports.export(&name, ExportKind::Func, imports.len() + functions.len() - 1);
    }
    types.ty().function([ValType::I32; 4], [ValType::I32]);
    functions.function(types.len() - 1);
    code.function(&trap);
    exports.export("cabi_realloc", ExportKind::Func, imports.len() + functions.len() - 1);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
    exports.export("memory", ExportKind::Memory, 0);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&memories).section(&exports).section(&code);
    let mut module = module.finish();
    embed_component_metadata(&mut module, resolve, id, StringEncoding::UTF8, false).expect("it is of the world");
    ComponentEncoder::default().module(&module).and_then(|encoder| encoder.encode()).expect("it is a component")
}

fn functions_of<'r>(
    resolve: &'r Resolve,
    items: &'r IndexMap<WorldKey, WorldItem>,
) -> impl Iterator<Item = (&'r WorldKey, &'r wit_parser::Function)> {
    items.iter().flat_map(|(key, item)| {
        let WorldItem::Interface { id, .. } = item else { panic!("the world has interfaces and nothing else") };
        resolve.interfaces[*id].functions.values().map(move |function| (key, function))
    })
}

/// A component with stubs for what its observer has of WASI, which a script says nothing of.
fn with_platform(component: &[u8]) -> Vec<u8> {
    let decoded = wit_component::decode(component).expect("it is a component");
    let DecodedWasm::Component(resolve, world) = &decoded else { panic!("it is a component") };
    let imports = resolve.worlds[*world].imports.keys().map(|key| resolve.name_world_key(key));
    let platform: Vec<String> = imports.filter(|name| name.starts_with("wasi:")).collect();
    assert!(!platform.is_empty(), "it has no observer");
    let interfaces = platform.iter().map(|name| name.split('@').next().unwrap_or(name).to_owned()).collect();
    let closed = ("wasi:io/streams.stream-error".to_owned(), "closed".to_owned());
    let rules = StubRules { interfaces, errors: IndexMap::from([closed]) };
    let stubs = stub(&decoded, &platform, &rules).unwrap_or_else(|error| panic!("{error}"));

    let mut graph = CompositionGraph::new();
    let [stubs, observed] =
        [("test:stubs", stubs.component), ("test:observed", component.to_vec())].map(|(name, bytes)| {
            let package = Package::from_bytes(name, None, bytes, graph.types_mut()).expect("it is a component");
            graph.register_package(package).expect("its name is new")
        });
    plug(&mut graph, vec![stubs], observed).expect("the stubs have what it imports");
    graph.encode(EncodeOptions::default()).expect("it can be composed")
}
