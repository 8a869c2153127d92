//! Stubs for WASI's filesystem and sockets, and for odder interfaces: built, read back, and run
//!
//! The WIT of WASI is not in this repository: it is taken from the package of the host that the workspace tests against.

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

/// What a host may lack, without versions
const LACKING: [&str; 9] = [
    "wasi:filesystem/types",
    "wasi:filesystem/preopens",
    "wasi:sockets/network",
    "wasi:sockets/instance-network",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/ip-name-lookup",
];

#[test]
fn exports_are_what_was_asked() {
    let app = wasi_app(|_| true);
    let stub = stub(&app, &lacking(&app), &rules()).unwrap();
    let read_back = decode(&stub.component);

    let (exports, imports) = (exports(&read_back), imports(&read_back));
    let mut asked = lacking(&app);
    let mut exported: Vec<_> = exports.iter().map(|(name, _)| name.clone()).collect();
    asked.sort();
    exported.sort();
    assert_eq!(exported, asked);
    for (name, functions) in exports {
        let (_, wanted) = self::imports(&app).into_iter().find(|(import, _)| *import == name).unwrap();
        assert_eq!(functions, wanted, "{name}");
    }
    for (name, functions) in imports {
        assert!(name.starts_with("wasi:io/") || name.starts_with("wasi:clocks/"), "{name} is imported");
        assert_eq!(functions, [""; 0], "{name} is imported for its types only");
    }
}

#[test]
fn functions_that_the_app_lacks_are_left_out() {
    let app = wasi_app(|function| function.name == "get-directories" || function.name.ends_with("create-tcp-socket"));
    let interfaces = lacking(&app);
    let stub = stub(&app, &interfaces, &rules()).unwrap();
    let functions: Vec<_> =
        exports(&decode(&stub.component)).into_iter().flat_map(|(_, functions)| functions).collect();
    assert_eq!(functions, ["get-directories", "create-tcp-socket"]);
    assert_eq!(stub.traps, [""; 0]);
}

#[test]
fn only_a_pollable_is_beyond_a_stub() {
    let app = wasi_app(|_| true);
    let mut traps = stub(&app, &lacking(&app), &rules()).unwrap().traps;
    traps.sort();
    assert_eq!(
        traps,
        [
            "wasi:sockets/ip-name-lookup.resolve-address-stream.subscribe",
            "wasi:sockets/tcp.tcp-socket.subscribe",
            "wasi:sockets/udp.incoming-datagram-stream.subscribe",
            "wasi:sockets/udp.outgoing-datagram-stream.subscribe",
            "wasi:sockets/udp.udp-socket.subscribe",
        ]
    );
}

#[test]
fn one_interface_may_be_stubbed_alone() {
    let app = wasi_app(|_| true);
    let interface = named(&app, "wasi:sockets/network");
    let stub = stub(&app, std::slice::from_ref(&interface), &rules()).unwrap();
    assert_eq!(exports(&decode(&stub.component)).into_iter().map(|(name, _)| name).collect::<Vec<_>>(), [interface]);
}

#[test]
fn same_input_gives_same_bytes() {
    let app = wasi_app(|_| true);
    let once = stub(&app, &lacking(&app), &rules()).unwrap();
    let again = stub(&wasi_app(|_| true), &lacking(&app), &rules()).unwrap();
    assert!(once.component == again.component);
    assert_eq!(once.traps, again.traps);
}

#[test]
fn answers_are_benign() {
    let mut run = Run::wasi();
    assert_eq!(run.call("wasi:filesystem/preopens", "get-directories", &[]), Val::List(vec![]));
    for version in ["ipv4", "ipv6"] {
        let family = Val::Enum(version.into());
        assert_eq!(
            run.call("wasi:sockets/tcp-create-socket", "create-tcp-socket", std::slice::from_ref(&family)),
            failure("not-supported")
        );
        assert_eq!(
            run.call("wasi:sockets/udp-create-socket", "create-udp-socket", &[family]),
            failure("not-supported")
        );
    }
    // More of them than a table of handles holds at first: none is kept.
    for _ in 0..1_000 {
        let network = run.network();
        let name = Val::String("example.com".into());
        assert_eq!(
            run.call("wasi:sockets/ip-name-lookup", "resolve-addresses", &[Val::Resource(network), name]),
            failure("permanent-resolver-failure")
        );
        network.resource_drop(&mut run.store).unwrap();
    }
}

#[test]
fn borrowed_handles_of_the_host_are_given_back() {
    let mut run = Run::wasi();
    let error = Resource::<()>::new_own(7).try_into_resource_any(&mut run.store).unwrap();
    for _ in 0..3 {
        let answer = run.call("wasi:filesystem/types", "filesystem-error-code", &[Val::Resource(error)]);
        assert_eq!(answer, Val::Option(None));
    }
    error.resource_drop(&mut run.store).unwrap();
}

#[test]
fn calls_leave_memory_flat() {
    let mut run = Run::wasi();
    let network = run.network();
    let lookup = run.func("wasi:sockets/ip-name-lookup", "resolve-addresses");
    let params = [Val::Resource(network), Val::String("x".repeat(4096))];
    let mut answer = [Val::Bool(false)];
    lookup.call(&mut run.store, &params, &mut answer).unwrap();
    let settled = run.store.data().clone();
    for _ in 0..10_000 {
        lookup.call(&mut run.store, &params, &mut answer).unwrap();
    }
    assert_eq!(*run.store.data(), settled);

    // One string of the size of the memory at the start makes it grow once, by a page.
    let params = [Val::Resource(network), Val::String("x".repeat(1 << 16))];
    lookup.call(&mut run.store, &params, &mut answer).unwrap();
    let grown = run.store.data().clone();
    assert!(grown.memory > settled.memory);
    for _ in 0..100 {
        lookup.call(&mut run.store, &params, &mut answer).unwrap();
    }
    assert_eq!(*run.store.data(), grown);
}

const ODD: &str = r#"
package test:odd@1.2.3;

interface host {
    resource token;
}

interface odd {
    use host.{token};

    resource thing {
        constructor(of: token);
        twin: func(other: borrow<thing>) -> tuple<u8, own<thing>>;
        consume: static func(this: own<thing>, more: option<own<thing>>);
    }
    enum letter { a, b, c }
    flags many { f0, f1, f2 }
    variant trouble { asked(string), large(tuple<u64, f64>), lost(token), hopeless(tuple<token, letter>) }
    variant picky { first(token), second(u64), third }
    record all { b: bool, l: letter, m: many, s: string, o: option<u64>, p: picky, r: result<u32>, t: tuple<u16, f32, char> }

    nothing: func();
    %bool: func() -> bool;
    long: func() -> s64;
    float: func() -> f32;
    double: func() -> tuple<f64>;
    plain: func() -> result;
    wordy: func() -> result<u8, string>;
    troubled: func() -> result<thing, trouble>;
    everything: func() -> all;
    maybe-fixed: func() -> option<all>;

    take: func(owned: token, lent: borrow<token>);
    take-wide: func(either: result<tuple<u64, token>, option<token>>) -> u32;
    take-nested: func(t: option<option<tuple<u8, token>>>, lent: borrow<token>) -> letter;
    take-list: func(tokens: list<token>);
    take-many: func(a: tuple<u64, u64, u64, u64, u64, u64, u64, u64>, b: tuple<u64, u64, u64, u64, u64, u64, u64, u64>, c: token);
    take-plain-list: func(a: list<tuple<string, option<u64>>>, b: list<string>) -> list<string>;
    give: func() -> token;
    give-late: func() -> stream<u8>;
    later: async func(t: token) -> u32;
    fixed: func(tokens: list<token, 2>) -> list<result<u8>, 3>;
    mapped: func(m: map<string, u32>) -> map<string, u32>;
}

world app {
    import odd;
}
"#;

#[test]
fn every_shape_of_type_has_its_constant() {
    let mut run = Run::odd();
    let mut call = |name: &str| run.call("test:odd/odd", name, &[]);
    assert_eq!(call("bool"), Val::Bool(false));
    assert_eq!(call("long"), Val::S64(0));
    assert_eq!(call("float"), Val::Float32(0.0));
    assert_eq!(call("double"), Val::Tuple(vec![Val::Float64(0.0)]));
    assert_eq!(call("plain"), Val::Result(Err(None)));
    assert_eq!(call("wordy"), Val::Result(Err(Some(Box::new(Val::String(String::new()))))));
    let large = Val::Tuple(vec![Val::U64(0), Val::Float64(0.0)]);
    let trouble = Val::Variant("large".into(), Some(Box::new(large)));
    assert_eq!(call("troubled"), Val::Result(Err(Some(Box::new(trouble)))));
    assert_eq!(call("maybe-fixed"), Val::Option(None));
    let fields = [
        ("b", Val::Bool(false)),
        ("l", Val::Enum("a".into())),
        ("m", Val::Flags(vec![])),
        ("s", Val::String(String::new())),
        ("o", Val::Option(None)),
        ("p", Val::Variant("second".into(), Some(Box::new(Val::U64(0))))),
        ("r", Val::Result(Err(None))),
        ("t", Val::Tuple(vec![Val::U16(0), Val::Float32(0.0), Val::Char('\0')])),
    ];
    assert_eq!(call("everything"), Val::Record(fields.map(|(name, value)| (name.into(), value)).into()));
}

#[test]
fn handles_given_away_are_dropped() {
    let mut run = Run::odd();
    let some = |val| Val::Option(Some(Box::new(val)));
    let ok = Val::Result(Ok(Some(Box::new(Val::Tuple(vec![Val::U64(u64::MAX), run.token()])))));
    let err = Val::Result(Err(Some(Box::new(some(run.token())))));
    let nothing = Val::Result(Err(Some(Box::new(Val::Option(None)))));
    for (either, dropped) in [(ok, 1), (err, 2), (nothing, 2)] {
        assert_eq!(run.call("test:odd/odd", "take-wide", &[either]), Val::U32(0));
        assert_eq!(run.store.data().dropped, dropped);
    }

    let lent = run.token();
    let owned = run.token();
    run.call_for_nothing("test:odd/odd", "take", &[owned, lent.clone()]);
    assert_eq!(run.store.data().dropped, 3);
    let nested = some(some(Val::Tuple(vec![Val::U8(9), run.token()])));
    for (nested, dropped) in [(nested, 4), (some(Val::Option(None)), 4), (Val::Option(None), 4)] {
        assert_eq!(run.call("test:odd/odd", "take-nested", &[nested, lent.clone()]), Val::Enum("a".into()));
        assert_eq!(run.store.data().dropped, dropped);
    }
    let token = run.token();
    assert_eq!(run.call("test:odd/odd", "later", &[token]), Val::U32(0));
    assert_eq!(run.store.data().dropped, 5);

    let entry = (Val::String("a".into()), Val::U32(1));
    assert_eq!(run.call("test:odd/odd", "mapped", &[Val::Map(vec![entry; 9])]), Val::Map(vec![]));
    let words = Val::List(vec![Val::Tuple(vec![Val::String("a".into()), some(Val::U64(1))]); 100]);
    let strings = Val::List(vec![Val::String("b".repeat(99)); 100]);
    assert_eq!(run.call("test:odd/odd", "take-plain-list", &[words, strings]), Val::List(vec![]));
}

#[test]
fn resources_of_the_stub_come_and_go() {
    let mut run = Run::odd();
    for _ in 0..1_000 {
        let token = run.token();
        let one = run.call("test:odd/odd", "[constructor]thing", &[token]);
        let Val::Tuple(pair) = run.call("test:odd/odd", "[method]thing.twin", &[one.clone(), one.clone()]) else {
            panic!("not a tuple")
        };
        assert_eq!(pair[0], Val::U8(0));
        let more = Val::Option(Some(Box::new(pair[1].clone())));
        run.call_for_nothing("test:odd/odd", "[static]thing.consume", &[one, more]);
    }
    assert_eq!(run.store.data().dropped, 1_000);
}

#[test]
fn what_has_no_constant_is_listed() {
    let stub = odd_stub(&[("test:odd/odd.trouble", "asked")]).unwrap();
    let wanted = ["take-list", "take-many", "give", "give-late"].map(|name| format!("test:odd/odd.{name}"));
    assert_eq!(stub.traps, wanted);
}

#[test]
fn refuses_an_error_without_a_rule() {
    let app = wasi_app(|_| true);
    let mut rules = rules();
    rules.errors.shift_remove("wasi:filesystem/types.error-code");
    let error = stub(&app, &lacking(&app), &rules).unwrap_err();
    let StubError::NoRule { function, error: path, .. } = &error else { panic!("{error}") };
    assert!(function.starts_with("wasi:filesystem/types.descriptor."), "{function}");
    assert_eq!(path, "wasi:filesystem/types.error-code");
    let message = error.to_string();
    let line =
        r#"add a line `"wasi:filesystem/types.error-code" = "<case>"` to `[stub.errors]`, with a case out of access, "#;
    assert!(message.contains(line), "{message}");
}

#[test]
fn refuses_an_interface_the_app_lacks() {
    let app = wasi_app(|function| function.name == "get-directories");
    let missing = "wasi:sockets/tcp@0.2.0".to_owned();
    let error = stub(&app, &[missing], &rules()).unwrap_err().to_string();
    assert!(error.starts_with("cannot stub `wasi:sockets/tcp@0.2.0`: the app does not import it; "), "{error}");
    assert!(error.contains(&named(&app, "wasi:filesystem/preopens")), "{error}");
}

#[test]
fn refuses_an_interface_the_rules_do_not_name() {
    let app = wasi_app(|_| true);
    let error = stub(&app, &[named(&app, "wasi:io/streams")], &rules()).unwrap_err().to_string();
    assert!(error.contains(r#"add `"wasi:io/streams"` to `interfaces` in `[stub]`"#), "{error}");
}

#[test]
fn refuses_interfaces_with_another_between_them() {
    let app = wasi_app(|_| true);
    let mut rules = rules();
    rules.interfaces.push("wasi:io/error".into());
    let asked = [named(&app, "wasi:filesystem/types"), named(&app, "wasi:io/error")];
    let error = stub(&app, &asked, &rules).unwrap_err();
    assert!(matches!(error, StubError::Entangled { .. }), "{error}");
}

#[test]
fn refuses_cases_that_will_not_do() {
    let error = odd_stub(&[("test:odd/odd.trouble", "unheard-of")]).unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot stub `test:odd/odd.troubled`: its error cannot be the case `unheard-of` of `test:odd/odd.trouble`, which \
         does not exist; correct the line in `[stub.errors]` to a case out of asked, large, lost, hopeless"
    );
    let error = odd_stub(&[("test:odd/odd.trouble", "lost")]).unwrap_err().to_string();
    assert!(
        error.contains("the case `lost` of `test:odd/odd.trouble`, which carries a value that no constant"),
        "{error}"
    );
    // The line for the function wins.
    odd_stub(&[("test:odd/odd.trouble", "lost"), ("test:odd/odd.troubled", "asked")]).unwrap();
}

#[test]
fn refuses_a_wit_package() {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("odd.wit", ODD).unwrap();
    let error = stub(&DecodedWasm::WitPackage(resolve, package), &[], &StubRules::default()).unwrap_err();
    assert!(matches!(error, StubError::NotComponent), "{error}");
}

/// The rules for WASI, read as the rules file is
fn rules() -> StubRules {
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

fn failure(case: &str) -> Val {
    Val::Result(Err(Some(Box::new(Val::Enum(case.into())))))
}

/// An app that imports all of WASI's filesystem and sockets, but of their functions only those that `uses` picks
fn wasi_app(uses: impl Fn(&Function) -> bool) -> DecodedWasm {
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
static WASI: LazyLock<PathBuf> = LazyLock::new(|| {
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
fn app(resolve: &Resolve, world: WorldId, uses: impl Fn(&Function) -> bool) -> Vec<u8> {
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

fn odd_stub(errors: &[(&str, &str)]) -> Result<Stub, StubError> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("odd.wit", ODD).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let app = decode(&app(&resolve, world, |_| true));
    let errors = errors.iter().map(|(path, case)| (path.to_string(), case.to_string())).collect();
    stub(&app, &["test:odd/odd@1.2.3".into()], &StubRules { interfaces: vec!["test:odd/odd".into()], errors })
}

/// Checks that a component is valid, and reads its types
fn decode(component: &[u8]) -> DecodedWasm {
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(component).unwrap();
    wit_component::decode(component).unwrap()
}

/// The interfaces that a component imports, and the functions of each
fn imports(component: &DecodedWasm) -> Vec<(String, Vec<String>)> {
    let DecodedWasm::Component(resolve, world) = component else { panic!("not a component") };
    interfaces(resolve, resolve.worlds[*world].imports.iter())
}

fn exports(component: &DecodedWasm) -> Vec<(String, Vec<String>)> {
    let DecodedWasm::Component(resolve, world) = component else { panic!("not a component") };
    interfaces(resolve, resolve.worlds[*world].exports.iter())
}

fn interfaces<'a>(
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
fn lacking(app: &DecodedWasm) -> Vec<String> {
    let names = imports(app).into_iter().map(|(name, _)| name);
    names.filter(|name| LACKING.contains(&name.split('@').next().unwrap())).collect()
}

/// The name with version of an interface that an app imports
fn named(app: &DecodedWasm, interface: &str) -> String {
    let names = imports(app).into_iter().map(|(name, _)| name);
    names.into_iter().find(|name| name.split('@').next() == Some(interface)).unwrap()
}

/// What the host counts: the largest memory so far, growths asked for, and resources of its own that were dropped
#[derive(Debug, Clone, Default, PartialEq)]
struct Counts {
    memory: usize,
    growths: usize,
    dropped: usize,
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
struct Run {
    store: Store<Counts>,
    instance: Instance,
    exports: Vec<String>,
}

impl Run {
    fn wasi() -> Run {
        let app = wasi_app(|_| true);
        let host = named(&app, "wasi:io/error");
        Run::new(stub(&app, &lacking(&app), &rules()).unwrap(), &host, "error")
    }

    fn odd() -> Run {
        Run::new(odd_stub(&[("test:odd/odd.trouble", "large")]).unwrap(), "test:odd/host@1.2.3", "token")
    }

    /// Of the host's resources, drops of one are counted
    fn new(stub: Stub, interface: &str, resource: &str) -> Run {
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

    fn func(&mut self, interface: &str, function: &str) -> Func {
        let interface = self.exports.iter().find(|name| name.split('@').next() == Some(interface)).unwrap();
        let interface = self.instance.get_export_index(&mut self.store, None, interface).unwrap();
        let function = self.instance.get_export_index(&mut self.store, Some(&interface), function).unwrap();
        self.instance.get_func(&mut self.store, function).unwrap()
    }

    fn call(&mut self, interface: &str, function: &str, params: &[Val]) -> Val {
        let mut results = [Val::Bool(false)];
        self.func(interface, function).call(&mut self.store, params, &mut results).unwrap();
        let [result] = results;
        result
    }

    fn call_for_nothing(&mut self, interface: &str, function: &str, params: &[Val]) {
        self.func(interface, function).call(&mut self.store, params, &mut []).unwrap();
    }

    fn network(&mut self) -> ResourceAny {
        let answer = self.call("wasi:sockets/instance-network", "instance-network", &[]);
        let Val::Resource(network) = answer else { panic!("{answer:?}") };
        network
    }

    fn token(&mut self) -> Val {
        Val::Resource(Resource::<()>::new_own(7).try_into_resource_any(&mut self.store).unwrap())
    }
}
