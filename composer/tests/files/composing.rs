//! Components with files: how they are wired, what they say of themselves, and which apps cannot have any.

use std::collections::BTreeSet;

use composer::bundle::{Guests, World};
use composer::compose::{ComposeError, Composed, Extras, compose, compose_with};
use composer::files::{Component, component, read};
use composer::inspect::inspect;
use composer::manifest;
use composer::metadata::Metadata;
use composer::wit::{ADAPTER_WORLD, ENTRY_WORLD};
use wit_component::DecodedWasm;
use wit_parser::Resolve;

use crate::support::dummy;
use crate::support::scene::SMALL;
use crate::{MAX_TMP, files};

/// WASI, as far as these components have it.
const WASI: &str = include_str!("wasi.wit");

/// What the guest imports and exports.
const FILES_WORLD: &str = "world files {
  import wasi:io/error@VERSION;
  import wasi:io/poll@VERSION;
  import wasi:io/streams@VERSION;
  import wasi:cli/stderr@VERSION;
  import wasi:clocks/monotonic-clock@VERSION;
  export wasi:io/error@VERSION;
  export wasi:io/streams@VERSION;
  export wasi:cli/stdin@VERSION;
  export wasi:cli/stdout@VERSION;
  export wasi:cli/stderr@VERSION;
  export wasi:filesystem/types@VERSION;
  export wasi:filesystem/preopens@VERSION;
}";

/// What an app imports besides.
const APP_IMPORTS: &str = "
  import wasi:io/poll@VERSION;
  import wasi:io/streams@VERSION;
  import wasi:cli/stdin@VERSION;
  import wasi:cli/stderr@VERSION;
  import wasi:filesystem/types@VERSION;
  import wasi:filesystem/preopens@VERSION;
  import wasi:sockets/tcp@VERSION;";

/// The guest of files, built with another version of WASI than the app.
fn guest() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let text = WASI.replace("package test:wasi;", &format!("package test:wasi;\n{FILES_WORLD}"));
    let package = resolve.push_source("files.wit", &text.replace("VERSION", "0.2.6")).expect("the WIT parses");
    let world = resolve.select_world(&[package], Some("files")).expect("it has the world");
    let mut module = walrus::Module::from_buffer(&dummy::module(&resolve, world)).expect("it is a module");
    let at = walrus::ConstExpr::Value(walrus::ir::Value::I32(1024));
    let global = module.globals.add_local(walrus::ValType::I32, false, false, at);
    module.exports.add("FILES_IMAGE", global);
    module.emit_wasm()
}

/// The small world on a host that has WASI, but for files and sockets.
fn world() -> World {
    let mut world = SMALL.clone();
    world.plan.platform.extend(["wasi:io@0.2.6", "wasi:cli@0.2.6", "wasi:clocks@0.2.6"].map(str::to_owned));
    let stub = &mut world.rules.stub;
    stub.interfaces =
        ["filesystem/types", "filesystem/preopens", "sockets/tcp"].map(|name| format!("wasi:{name}")).into();
    for (error, case) in [("filesystem/types", "unsupported"), ("sockets/tcp", "not-supported")] {
        stub.errors.insert(format!("wasi:{error}.error-code"), case.to_owned());
    }
    world
}

/// An app of the small world with these imports, on WASI of this version; `more` is WIT beside that.
fn app(imports: &str, version: &str, more: &str) -> Vec<u8> {
    let mut resolve = SMALL.friendly.resolve.clone();
    let world = format!("package test:wasi;\nworld app {{\n  include acme:friendly/app@1.2.0;\n{imports}\n}}");
    let text = format!("{}{more}", WASI.replace("package test:wasi;", &world)).replace("VERSION", version);
    let package = resolve.push_source("app.wit", &text).unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    let world = resolve.select_world(&[package], Some("app")).expect("it has the world");
    dummy::component(&resolve, world)
}

fn composed_with(world: &World, app: Vec<u8>, files: Option<&Component>) -> Result<Composed, ComposeError> {
    let guest = |name| dummy::module(&SMALL.friendly.resolve, SMALL.friendly.world(name).expect("a guest's world"));
    let guests =
        Guests { adapter: guest(ADAPTER_WORLD), entry: guest(ENTRY_WORLD), observer: Vec::new(), files: Vec::new() };
    let metadata = Metadata::new(&SMALL.rules.metadata);
    let extras = Extras { observe: None, files };
    if files.is_none() {
        let plain = compose(world, &guests, app.clone(), &metadata)?.component;
        let same = compose_with(world, &guests, app.clone(), &metadata, extras)?.component;
        assert!(plain == same);
    }
    compose_with(world, &guests, app, &metadata, extras)
}

fn part() -> Component {
    let files = files([("0/main.py", "import this"), ("0/templates/page.html", "<p>"), ("python/this.py", "a\n")]);
    component(&guest(), &files, Some(128)).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(world: &World, app: Vec<u8>) -> String {
    composed_with(world, app, Some(&part())).expect_err("it is refused").to_string()
}

/// The interfaces that a component imports and exports.
fn interfaces(component: &[u8]) -> [BTreeSet<String>; 2] {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component).expect("it is a component") else {
        panic!("it is a component");
    };
    let world = &resolve.worlds[world];
    [&world.imports, &world.exports].map(|items| items.keys().map(|key| resolve.name_world_key(key)).collect())
}

#[test]
fn the_app_gets_its_files_and_the_stubs_their_streams() {
    let (app, part) = (app(APP_IMPORTS, "0.2.9", ""), part());
    let composed = composed_with(&world(), app.clone(), Some(&part)).unwrap_or_else(|error| panic!("{error}"));
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
        .validate_all(&composed.component)
        .unwrap_or_else(|error| panic!("{error}"));
    let parts = manifest::split(&composed.component).unwrap_or_else(|error| panic!("{error}"));
    let of = |name: &str| parts.iter().find(|part| part.name == name).map(|part| part.component);
    assert!(of("files") == Some(&part.bytes));
    assert!(of("app") == Some(&app));
    let [imports, exports] = interfaces(of("stubs").expect("sockets are stubbed"));
    assert_eq!(exports, BTreeSet::from(["wasi:sockets/tcp@0.2.9".to_owned()]));
    assert!(imports.contains("wasi:io/streams@0.2.9"), "{imports:?}");
    let [imports, _] = interfaces(&composed.component);
    let has = |name: &str| imports.iter().any(|import| import.starts_with(name));
    // The files' own streams end in those of the host.
    assert!(has("wasi:io/streams@") && has("wasi:cli/stderr@"), "{imports:?}");
    assert!(!has("wasi:filesystem/") && !has("wasi:sockets/") && !has("wasi:cli/stdin@"), "{imports:?}");
    let again = composed_with(&world(), app, Some(&part)).unwrap_or_else(|error| panic!("{error}"));
    assert!(again.component == composed.component);
}

#[test]
fn without_files_the_stubs_have_them_all() {
    let composed =
        composed_with(&world(), app(APP_IMPORTS, "0.2.9", ""), None).unwrap_or_else(|error| panic!("{error}"));
    let parts = manifest::split(&composed.component).unwrap_or_else(|error| panic!("{error}"));
    let stubs = parts.iter().find(|part| part.name == "stubs").expect("there are stubs");
    let [_, exports] = interfaces(stubs.component);
    assert!(exports.contains("wasi:filesystem/types@0.2.9"), "{exports:?}");
    assert!(parts.iter().all(|part| part.name != "files"));
    assert_eq!(composed.manifest.files, None);
    let json =
        serde_json::to_string(&inspect(&composed.component).expect("it can be looked into")).expect("it is JSON");
    assert!(!json.contains("\"files\""), "{json}");
}

#[test]
fn a_component_says_which_files_it_has() {
    let composed = composed_with(&world(), app(APP_IMPORTS, "0.2.9", ""), Some(&part()));
    let composed = composed.unwrap_or_else(|error| panic!("{error}"));
    let amount = composed.manifest.files.expect("it has files");
    assert_eq!((amount.count, amount.bytes, amount.max_tmp), (3, 16, MAX_TMP));
    let found = inspect(&composed.component).unwrap_or_else(|error| panic!("{error}"));
    let listed: Vec<_> = found.files.iter().map(|file| (file.path.as_str(), file.size)).collect();
    assert_eq!(listed, [("/0/main.py", 11), ("/0/templates/page.html", 3), ("/python/this.py", 2)]);
    let text = found.text(|bytes| format!("{bytes} bytes"));
    let said = "files: 3 (16 bytes), up to 5 MiB in /tmp\n  11 bytes  /0/main.py\n   3 bytes  /0/templates/page.html\n   2 bytes  /python/this.py\n";
    assert!(text.contains(said), "{text}");
    assert!(read::image(&composed.component).is_none(), "the image is in the part, and nowhere else");
}

#[test]
fn types_that_others_share_are_not_the_files() {
    let mut world = world();
    world.plan.platform.push("acme:pipes@1.0.0".to_owned());
    let more = "package acme:pipes@1.0.0 { interface pipes { use wasi:io/streams@VERSION.{output-stream}; pipe: func() -> output-stream; } }";
    let said = refused(&world, app(&format!("{APP_IMPORTS}\n  import acme:pipes/pipes@1.0.0;"), "0.2.9", more));
    let wanted = "the app's `acme:pipes/pipes@1.0.0` uses types of `wasi:io/streams@0.2.9`, which would be the files' own and not the host's; build the app without files with --no-files";
    assert_eq!(said, wanted);
}

#[test]
fn what_files_are_made_of_is_the_hosts() {
    let mut world = world();
    world.plan.platform.retain(|has| !has.starts_with("wasi:clocks"));
    let said = refused(&world, app(APP_IMPORTS, "0.2.9", ""));
    assert!(said.starts_with("the host has no `wasi:clocks/monotonic-clock@0.2.6`, which files need; build the app without files with --no-files"), "{said}");
}

#[test]
fn another_wasi_is_refused() {
    let mut world = world();
    world.plan.platform.extend(["wasi:io@0.3.0", "wasi:cli@0.3.0", "wasi:clocks@0.3.0"].map(str::to_owned));
    let said = refused(&world, app(APP_IMPORTS, "0.3.0", ""));
    assert!(said.contains("and the files guest has `wasi:io/error@0.2.6`, which is not compatible"), "{said}");
}

#[test]
fn a_host_has_so_much_memory() {
    let files = files([("data", vec![7; 3 << 20])]);
    component(&guest(), &files, None).unwrap_or_else(|error| panic!("{error}"));
    component(&guest(), &files, Some(9)).unwrap_or_else(|error| panic!("{error}"));
    let said = component(&guest(), &files, Some(8)).expect_err("it is too large").to_string();
    let wanted = "the files need 9 MiB of memory (4 MiB of files, up to 5 MiB in `/tmp`), and the host gives a component 8; leave large files out with --exclude, or give a smaller --max-tmp-mib";
    assert_eq!(said, wanted);
}
