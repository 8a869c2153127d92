//! The guests as they are before any app: whole, small, and without anything of WASI.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use composer::bundle::{Bundle, FILES, Guests, World};
use composer::encode::encode;
use composer::wit::{ADAPTER_WORLD, ENTRY_WORLD};

use crate::reading::{async_parts, core_imports, decode, interfaces, names};

/// The most that the adapter for the whole world may weigh.
const MOST_BYTES: usize = 300_000;

pub static WORLD: LazyLock<World> = LazyLock::new(|| BUNDLE.world().unwrap_or_else(|error| panic!("{error}")));

pub static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let folder =
        env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS names no folder; run the tests with `just test`");
    let folder = PathBuf::from(folder);
    let read = |name| fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = |name| String::from_utf8(read(name)).expect("it is text");
    let [wit, rules, world, adapter, entry, observer, files, python] = FILES;
    let guests = Guests { adapter: read(adapter), entry: read(entry), observer: read(observer), files: read(files) };
    Bundle { wit: read(wit), rules: text(rules), world: text(world), guests, python: text(python) }
});

static ADAPTER: LazyLock<Vec<u8>> = LazyLock::new(|| component("adapter", &BUNDLE.guests.adapter, ADAPTER_WORLD));

static ENTRY: LazyLock<Vec<u8>> = LazyLock::new(|| component("entry", &BUNDLE.guests.entry, ENTRY_WORLD));

fn component(guest: &str, module: &[u8], world: &str) -> Vec<u8> {
    encode(guest, module, &WORLD.friendly, world, None).unwrap_or_else(|error| panic!("{error}"))
}

/// What a world of the friendly package imports and exports.
fn wanted(world: &str) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let friendly = &WORLD.friendly;
    let world = &friendly.resolve.worlds[friendly.world(world).expect("the world")];
    let names = |keys: Vec<String>| keys.into_iter().map(|key| &*key.leak()).collect();
    let name = |key| friendly.resolve.name_world_key(key);
    (names(world.imports.keys().map(name).collect()), names(world.exports.keys().map(name).collect()))
}

#[test]
fn the_full_adapter_has_every_friendly_function() {
    let adapter = decode(&ADAPTER);
    let (_, exports) = wanted(ADAPTER_WORLD);
    let found = adapter.exports();
    assert_eq!(names(&found), exports);
    let friendly = &WORLD.friendly;
    let id = friendly.world(ADAPTER_WORLD).expect("the adapter's world");
    let functions = interfaces(&friendly.resolve, id, |world| &world.exports);
    for (interface, wanted) in &functions {
        assert_eq!(&found[interface], wanted, "{interface}");
    }
    assert!(functions.values().map(BTreeSet::len).sum::<usize>() > 300);
}

#[test]
fn the_full_adapter_imports_the_raw_world_and_nothing_else() {
    let found = decode(&ADAPTER).imports();
    let (imports, _) = wanted(ADAPTER_WORLD);
    let beyond: Vec<_> = names(&found).difference(&imports).copied().collect();
    assert!(beyond.is_empty(), "{beyond:?}");
    let foreign: Vec<_> = found.keys().filter(|name| !name.starts_with("fastly:compute/")).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

#[test]
fn the_full_adapter_is_small() {
    assert!(ADAPTER.len() < MOST_BYTES, "{} bytes", ADAPTER.len());
}

#[test]
fn the_entry_joins_the_raw_export_to_the_friendly_one() {
    let entry = decode(&ENTRY);
    assert_eq!(names(&entry.exports()), BTreeSet::from(["fastly:compute/http-incoming@0.1.0"]));
    let imports = entry.imports();
    for needed in ["fastly-py:compute/bridge@0.1.0", "fastly-py:compute/http-incoming@0.1.0"] {
        assert!(imports.contains_key(needed), "{needed} is not in {:?}", names(&imports));
    }
    let ours = |name: &&str| name.starts_with("fastly:compute/") || name.starts_with("fastly-py:compute/");
    assert!(names(&imports).iter().all(ours), "{:?}", names(&imports));
}

#[test]
fn nothing_in_the_guests_is_asynchronous() {
    assert_eq!(async_parts(&ADAPTER), Vec::<String>::new());
    assert_eq!(async_parts(&ENTRY), Vec::<String>::new());
}

/// The core modules say it too, in the names that the encoder makes intrinsics of.
#[test]
fn the_core_modules_import_resources_and_functions_alone() {
    for (guest, module) in [("adapter", &BUNDLE.guests.adapter), ("entry", &BUNDLE.guests.entry)] {
        let imports = core_imports(module);
        assert!(!imports.is_empty(), "{guest}");
        for (module, name) in imports {
            let interface = module.strip_prefix("[export]").unwrap_or(&module);
            assert!(
                interface.starts_with("fastly:compute/") || interface.starts_with("fastly-py:compute/"),
                "{guest}: {module} {name}"
            );
            let intrinsic = name.strip_prefix('[').and_then(|name| name.split(']').next());
            let known = [
                None,
                Some("method"),
                Some("static"),
                Some("constructor"),
                Some("resource-drop"),
                Some("resource-new"),
                Some("resource-rep"),
            ];
            assert!(known.contains(&intrinsic), "{guest}: {module} {name}");
        }
    }
}

#[test]
fn a_guest_is_encoded_the_same_way_twice() {
    assert!(component("adapter", &BUNDLE.guests.adapter, ADAPTER_WORLD) == *ADAPTER);
    assert!(component("entry", &BUNDLE.guests.entry, ENTRY_WORLD) == *ENTRY);
}
