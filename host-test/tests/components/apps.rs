//! Composed apps: they import what they use and what the host has, and say what they were made with.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use composer::plan::{Interface, Kind, RawFunction};
use composer::prune::prune;
use host_test::apps;
use serde_json::{Value, json};
use wit_parser::{InterfaceId, Resolve};

use crate::guests::WORLD;
use crate::reading::{Interfaces, async_parts, decode, interfaces, names, producers};

const EXPORT: &str = "fastly:compute/http-incoming@0.1.0";

static HELLO: LazyLock<Vec<u8>> = LazyLock::new(|| built("hello"));

static KV_ONLY: LazyLock<Vec<u8>> = LazyLock::new(|| built("kv-only"));

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("components");
    fs::create_dir_all(&folder).expect("a folder for the apps");
    folder
}

fn built(app: &str) -> Vec<u8> {
    let wasm = apps::build(app, &folder()).unwrap_or_else(|error| panic!("{error:?}"));
    fs::read(wasm).expect("the composed component")
}

fn raw(interfaces: &Interfaces) -> BTreeSet<&str> {
    let names = interfaces.keys().filter_map(|name| name.strip_prefix("fastly:compute/"));
    names.map(|name| name.strip_suffix("@0.1.0").expect("the raw world's version")).collect()
}

/// The friendly interfaces that an app of these has, with all whose types they use.
fn with_dependencies(interfaces: &[&str]) -> BTreeSet<String> {
    let friendly = &WORLD.friendly;
    let package = &friendly.resolve.packages[friendly.package];
    reachable(&friendly.resolve, interfaces.iter().map(|name| package.interfaces[*name]).collect())
}

fn reachable(resolve: &Resolve, mut waiting: Vec<InterfaceId>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if found.insert(resolve.interfaces[id].name.clone().expect("a name")) {
            waiting.extend(resolve.interface_direct_deps(id));
        }
    }
    found
}

#[test]
fn an_app_imports_the_raw_interfaces_it_needs_and_no_other() {
    let imports = decode(&KV_ONLY).imports();
    // A request names a backend, and the options of a backend take a secret.
    let literal = BTreeSet::from([
        "async-io",
        "backend",
        "http-body",
        "http-req",
        "http-resp",
        "http-types",
        "kv-store",
        "secret-store",
        "types",
    ]);
    let computed = with_dependencies(&["kv-store", "http-req", "http-resp", "http-body"]);
    assert_eq!(computed, literal.iter().map(|name| (*name).to_owned()).collect());
    // Much of what a request can be asked is in an interface of its own in the raw world.
    let literal: BTreeSet<_> = literal.into_iter().chain(["http-downstream"]).collect();
    let found = raw(&imports);
    let beyond: Vec<_> = found.difference(&literal).map(|name| (name, &imports[&full(name)])).collect();
    assert_eq!(found, literal, "beyond what it needs: {beyond:#?}");
}

fn full(raw: &str) -> String {
    format!("fastly:compute/{raw}@0.1.0")
}

/// Beside what it calls, an adapter may make the objects that options of later versions go into.
#[test]
fn an_app_imports_the_raw_functions_it_needs_and_no_other() {
    let bound = ["kv-store", "http-req", "http-resp", "http-body"];
    let kept = with_dependencies(&bound);
    // It has a package, which may spell any name.
    let pruned = prune(&WORLD.plan, &bound.map(str::to_owned).into(), None);
    let functions = pruned.interfaces.iter().filter(|interface| kept.contains(&interface.name));
    let called: BTreeSet<String> = functions.flat_map(Interface::raw_functions).map(import_name).collect();
    let imports = decode(&KV_ONLY).imports();
    let found: BTreeSet<String> = imports
        .iter()
        .filter(|(interface, _)| interface.starts_with("fastly:compute/"))
        .flat_map(|(interface, functions)| functions.iter().map(move |function| format!("{interface} {function}")))
        .filter(|function| !function.contains("]extra-"))
        .collect();
    let beyond: Vec<_> = found.difference(&called).collect();
    assert!(beyond.is_empty(), "beyond what it needs: {beyond:#?}");
    let missing: Vec<_> = called.difference(&found).collect();
    assert!(missing.is_empty(), "missing: {missing:#?}");
}

fn import_name(function: &RawFunction) -> String {
    let interface = full(&function.interface);
    let name = &function.name;
    match &function.kind {
        Kind::Freestanding => format!("{interface} {name}"),
        Kind::Method(resource) => format!("{interface} [method]{resource}.{name}"),
        Kind::Static(resource) => format!("{interface} [static]{resource}.{name}"),
        Kind::Constructor(resource) => format!("{interface} [constructor]{resource}"),
    }
}

#[test]
fn a_composed_app_exports_what_the_host_calls() {
    for component in [&*HELLO, &*KV_ONLY] {
        assert_eq!(names(&decode(component).exports()), BTreeSet::from([EXPORT]));
    }
}

#[test]
fn a_composed_app_imports_what_the_host_has() {
    let host = host_imports();
    for component in [&*HELLO, &*KV_ONLY] {
        for (interface, functions) in decode(component).imports() {
            let has = host.iter().find(|(name, _)| serves(name, &interface));
            let (name, has) = has.unwrap_or_else(|| panic!("the host has no {interface}"));
            let lacking: Vec<_> = functions.difference(has).collect();
            assert!(lacking.is_empty(), "{name} of the host has no {lacking:?}");
        }
    }
}

/// The stubs of a folder, by path.
fn stubs(out: &str, of: Option<&Path>) -> BTreeMap<PathBuf, String> {
    let out = folder().join(out);
    let _ = fs::remove_dir_all(&out);
    let composer = env::var_os("COMPOSER").expect("`just test` sets it");
    let output = Command::new(composer).args(["stubs", "--out"]).arg(&out).args(of).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files = BTreeMap::new();
    let mut folders = vec![out.clone()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&out).expect("it is below").to_owned();
                files.insert(name, fs::read_to_string(&path).expect("it is text"));
            }
        }
    }
    files
}

#[test]
fn a_component_carries_the_type_stubs_of_its_world() {
    let component = folder().join("stubs.wasm");
    fs::write(&component, &*HELLO).expect("it can be written");
    let own = stubs("stubs-own", Some(&component));
    assert!(own.contains_key(Path::new("fastly_py/wsgi.py")), "{:?}", own.keys());
    assert!(own.contains_key(Path::new("wit_world/imports/kv_store.pyi")), "{:?}", own.keys());
    assert_eq!(own, stubs("stubs-world", None));
}

/// Whether the host's interface is taken for this import: a linker overlooks the patch version.
fn serves(has: &str, wants: &str) -> bool {
    let minor = |name: &str| name.rsplit_once('.').map(|(rest, _)| rest.to_owned());
    has == wants || minor(has) == minor(wants)
}

/// What the host's own WIT says a service may import.
fn host_imports() -> Interfaces {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(host_wit()).expect("the host's WIT is valid");
    let world = resolve.select_world(&[package], Some("fastly:compute/service")).expect("the host has a service world");
    interfaces(&resolve, world, |world| &world.imports)
}

fn host_wit() -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let arguments = ["metadata", "--format-version", "1", "--offline", "--manifest-path", manifest];
    let output = succeeded(Command::new(env!("CARGO")).args(arguments));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let host = packages.find(|package| package["name"] == "viceroy-lib").expect("the host is a dependency");
    let manifest = host["manifest_path"].as_str().expect("a path");
    Path::new(manifest).with_file_name("wasm_abi").join("wit")
}

#[test]
fn nothing_in_a_composed_app_is_asynchronous() {
    assert_eq!(async_parts(&KV_ONLY), Vec::<String>::new());
}

#[test]
fn a_composed_app_says_what_it_was_made_with() {
    for (component, packages) in [(&*HELLO, json!({})), (&*KV_ONLY, json!({ "itsdangerous": "2.2.0" }))] {
        let producers = producers(component);
        let language = &producers["language"]["Python"];
        let (major, minor) = language.split_once('.').expect("a version with a minor part");
        assert_eq!((major, minor.parse::<u32>().is_ok_and(|minor| minor >= 10)), ("3", true), "{language}");
        assert_eq!(producers["sdk"].keys().collect::<Vec<_>>(), ["fastly-py"]);
        let tools = &producers["processed-by"];
        assert_eq!(tools["composer"], env!("CARGO_PKG_VERSION"));
        assert!(tools["componentize-py"].split('.').count() == 3, "{tools:?}");
        let data: Value = serde_json::from_str(&tools["fastly_data"]).expect("fastly_data is JSON");
        assert_eq!(data, json!({ "package_info": { "packages": packages } }));
    }
}

/// The app itself is componentized once: that step takes a snapshot of a running Python, and no two of
/// those are the same.
#[test]
fn the_same_app_is_composed_the_same_way_twice() {
    let folder = folder();
    let path = |name: &str| folder.join(name).into_os_string();
    componentize(&apps::fixture("apps").join("hello"), &folder);
    let compose = |out: &str| {
        let output = apps::composer([OsString::from("compose"), path("app.wasm"), "-o".into(), path(out)]);
        let output = output.unwrap_or_else(|error| panic!("{error:?}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read(path(out)).expect("the composed component")
    };
    let (first, second) = (compose("first.wasm"), compose("second.wasm"));
    let differ = first.iter().zip(&second).position(|(first, second)| first != second);
    assert_eq!((first.len(), differ), (second.len(), None));
}

/// Makes `app.wasm` of an app, as a person would who does it by hand.
fn componentize(app: &Path, folder: &Path) {
    let wit = folder.join("wit");
    let output = apps::composer([OsString::from("wit"), "--out".into(), wit.clone().into()]);
    assert!(output.is_ok_and(|output| output.status.success()), "composer writes no WIT");
    let program =
        env::var_os("COMPONENTIZE_PY").expect("COMPONENTIZE_PY names no program; run the tests with `just test`");
    let mut command = Command::new(program);
    command.arg("--wit-path").arg(wit).args(["--world", "fastly-py:compute/app@0.1.0", "componentize", "main"]);
    command.arg("--python-path").arg(app).arg("--output").arg(folder.join("app.wasm"));
    succeeded(&mut command);
}

fn succeeded(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    output
}
