//! Apps to make stubs for, the interfaces of both, and a host that runs a stub.

use composer::core_type::core_types;
use composer::stub::{Stub, StubError, StubRules, stub};
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use wasm_encoder as wasm;
use wasmtime::component::{Component, Func, Instance, Linker, Resource, ResourceAny, ResourceType, Val};
use wasmtime::{Engine, ResourceLimiter, Store};
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding};
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmImport, WorldId, WorldItem, WorldKey,
};

use super::{LACKING, ODD};

/// The rules for WASI, read as the rules file is
pub fn rules() -> StubRules {
    serde_json::from_value(serde_json::json!({
        "interfaces": LACKING,
        "errors": {
            "wasi:filesystem/types.error-code": "unsupported",
            "wasi:sockets/network.error-code": "not-supported",
            "wasi:sockets/ip-name-lookup.resolve-addresses": "permanent-resolver-failure",
        },
    }))
    .unwrap()
}

pub fn failure(case: &str) -> Val {
    Val::Result(Err(Some(Box::new(Val::Enum(case.into())))))
}

/// An app that imports all of WASI's filesystem and sockets, but of their functions only those that `uses` picks
pub fn wasi_app(uses: impl Fn(&Function) -> bool) -> DecodedWasm {
    let mut resolve = Resolve::default();
    for package in ["io", "clocks", "filesystem", "sockets"] {
        resolve.push_path(WASI.join(package)).unwrap();
    }
    let names = resolve.interfaces.iter().filter_map(|(id, _)| resolve.id_of(id));
    let imports: String = names
        .filter(|name| LACKING.contains(&name.split('@').next().unwrap()))
        .map(|name| format!("import {name};"))
        .collect();
    let package = resolve.push_str("app.wit", &format!("package test:app; world app {{ {imports} }}")).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    decode(&app(&resolve, world, uses))
}

/// The folder with a folder for each package of WASI
pub static WASI: LazyLock<PathBuf> = LazyLock::new(|| {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let host = packages.iter().find(|package| package["name"] == "viceroy-lib").unwrap();
    let manifest = PathBuf::from(host["manifest_path"].as_str().unwrap());
    manifest.with_file_name("wasm_abi").join("wit/deps")
});

/// A component with the imports of a world, as far as `uses` picks them, which does nothing
///
/// The component encoder leaves out imports that the core module lacks.
pub fn app(resolve: &Resolve, world: WorldId, uses: impl Fn(&Function) -> bool) -> Vec<u8> {
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let (mut types, mut imports) = (wasm::TypeSection::new(), wasm::ImportSection::new());
    for (key, item) in &resolve.worlds[world].imports {
        let WorldItem::Interface { id, .. } = item else { continue };
        for func in resolve.interfaces[*id].functions.values().filter(|func| uses(func)) {
            let (module, name) = resolve.wasm_import_name(abi, WasmImport::Func { interface: Some(key), func });
            let signature = resolve.wasm_signature(abi.import_variant(), func);
            imports.import(&module, &name, wasm::EntityType::Function(types.len()));
            let (params, results) = core_types(&signature);
            types.ty().function(params, results);
        }
    }
    let (mut functions, mut code) = (wasm::FunctionSection::new(), wasm::CodeSection::new());
    functions.function(types.len());
    types.ty().function([wasm::ValType::I32; 4], [wasm::ValType::I32]);
    code.function(
        wasm::Function::new([]).instruction(&wasm::Instruction::Unreachable).instruction(&wasm::Instruction::End),
    );
    let mut exports = wasm::ExportSection::new();
    exports.export(&resolve.wasm_export_name(abi, WasmExport::Realloc), wasm::ExportKind::Func, imports.len());
    exports.export(&resolve.wasm_export_name(abi, WasmExport::Memory), wasm::ExportKind::Memory, 0);
    let memory = wasm::MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };

    let mut module = wasm::Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(wasm::MemorySection::new().memory(memory))
        .section(&exports)
        .section(&code);
    let mut module = module.finish();
    wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}

pub fn odd_stub(errors: &[(&str, &str)]) -> Result<Stub, StubError> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("odd.wit", ODD).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let app = decode(&app(&resolve, world, |_| true));
    let errors = errors.iter().map(|(path, case)| (path.to_string(), case.to_string())).collect();
    stub(&app, &["test:odd/odd@1.2.3".into()], &StubRules { interfaces: vec!["test:odd/odd".into()], errors })
}

/// Checks that a component is valid, and reads its types
pub fn decode(component: &[u8]) -> DecodedWasm {
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(component).unwrap();
    wit_component::decode(component).unwrap()
}

/// The interfaces that a component imports, and the functions of each
pub fn imports(component: &DecodedWasm) -> Vec<(String, Vec<String>)> {
    let DecodedWasm::Component(resolve, world) = component else { panic!("not a component") };
    interfaces(resolve, resolve.worlds[*world].imports.iter())
}

pub fn exports(component: &DecodedWasm) -> Vec<(String, Vec<String>)> {
    let DecodedWasm::Component(resolve, world) = component else { panic!("not a component") };
    interfaces(resolve, resolve.worlds[*world].exports.iter())
}

pub fn interfaces<'a>(
    resolve: &Resolve,
    items: impl Iterator<Item = (&'a WorldKey, &'a WorldItem)>,
) -> Vec<(String, Vec<String>)> {
    items
        .map(|(key, item)| {
            let WorldItem::Interface { id, .. } = item else { panic!("not an interface") };
            let functions = resolve.interfaces[*id].functions.keys().cloned().collect();
            (resolve.name_world_key(key), functions)
        })
        .collect()
}

/// Those of an app's imports that a host may lack
pub fn lacking(app: &DecodedWasm) -> Vec<String> {
    let names = imports(app).into_iter().map(|(name, _)| name);
    names.filter(|name| LACKING.contains(&name.split('@').next().unwrap())).collect()
}

/// The name with version of an interface that an app imports
pub fn named(app: &DecodedWasm, interface: &str) -> String {
    let names = imports(app).into_iter().map(|(name, _)| name);
    names.into_iter().find(|name| name.split('@').next() == Some(interface)).unwrap()
}

/// What the host counts: the largest memory so far, growths asked for, and resources of its own that were dropped
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    pub memory: usize,
    pub growths: usize,
    pub dropped: usize,
}

impl ResourceLimiter for Counts {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.memory = self.memory.max(desired);
        self.growths += 1;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

/// A stub on a host that has nothing but resource types
pub struct Run {
    pub store: Store<Counts>,
    pub instance: Instance,
    pub exports: Vec<String>,
}

impl Run {
    pub fn wasi() -> Run {
        let app = wasi_app(|_| true);
        let host = named(&app, "wasi:io/error");
        Run::new(stub(&app, &lacking(&app), &rules()).unwrap(), &host, "error")
    }

    pub fn odd() -> Run {
        Run::new(odd_stub(&[("test:odd/odd.trouble", "large")]).unwrap(), "test:odd/host@1.2.3", "token")
    }

    /// Of the host's resources, drops of one are counted
    pub fn new(stub: Stub, interface: &str, resource: &str) -> Run {
        let mut config = wasmtime::Config::new();
        config.wasm_component_model_async(true);
        config.wasm_component_model_fixed_length_lists(true);
        config.wasm_component_model_map(true);
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, &stub.component).unwrap();
        let mut linker = Linker::new(&engine);
        let counted = |mut store: wasmtime::StoreContextMut<'_, Counts>, _| {
            store.data_mut().dropped += 1;
            Ok(())
        };
        linker.define_unknown_imports_as_traps(&component).unwrap();
        // The linker made all resources of this type.
        linker.allow_shadowing(true);
        let mut host = linker.instance(interface).unwrap();
        host.resource(resource, ResourceType::host::<()>(), counted).unwrap();
        let mut store = Store::new(&engine, Counts::default());
        store.limiter(|counts| counts);
        let instance = linker.instantiate(&mut store, &component).unwrap();
        Run { store, instance, exports: exports(&decode(&stub.component)).into_iter().map(|(name, _)| name).collect() }
    }

    pub fn func(&mut self, interface: &str, function: &str) -> Func {
        let interface = self.exports.iter().find(|name| name.split('@').next() == Some(interface)).unwrap();
        let interface = self.instance.get_export_index(&mut self.store, None, interface).unwrap();
        let function = self.instance.get_export_index(&mut self.store, Some(&interface), function).unwrap();
        self.instance.get_func(&mut self.store, function).unwrap()
    }

    pub fn call(&mut self, interface: &str, function: &str, params: &[Val]) -> Val {
        let mut results = [Val::Bool(false)];
        self.func(interface, function).call(&mut self.store, params, &mut results).unwrap();
        let [result] = results;
        result
    }

    pub fn call_for_nothing(&mut self, interface: &str, function: &str, params: &[Val]) {
        self.func(interface, function).call(&mut self.store, params, &mut []).unwrap();
    }

    pub fn network(&mut self) -> ResourceAny {
        let answer = self.call("wasi:sockets/instance-network", "instance-network", &[]);
        let Val::Resource(network) = answer else { panic!("{answer:?}") };
        network
    }

    pub fn token(&mut self) -> Val {
        Val::Resource(Resource::<()>::new_own(7).try_into_resource_any(&mut self.store).unwrap())
    }
}
