//! The guests on hosts that have less than the one they were built for, or more.
//!
//! An older host is the real one without some of what it has.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use composer::bundle::Guests;
use composer::encode::encode;
use composer::host_compat::{OnHost, on_host};
use composer::read::{RawWorld, read};
use composer::wit::ADAPTER_WORLD;
use host_test::apps;
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::WorldKey;

use crate::guests::{BUNDLE, WORLD};
use crate::reading::{decode, names};

/// Functions that an earlier release did not have: of each kind, and one of a placeholder.
const LACKING: [&str; 7] = [
    "http-downstream downstream-bot-name",
    "http-downstream downstream-tls-ja4",
    "http-resp [method]response.get-header-values",
    "backend [static]healthcheck-options.new",
    "http-req [static]extra-cache-override-details.new",
    "http-req [method]extra-cache-override-details.set-lookup-timeout",
    "cache [method]entry.step",
];

/// The real host without these functions and this interface.
fn older() -> RawWorld {
    let mut raw = WORLD.raw.clone();
    for lacking in LACKING {
        let (interface, function) = lacking.split_once(' ').expect("an interface and a function");
        let id = raw.imports.iter().find(|id| raw.interface_name(**id) == interface).expect("the host has it");
        let functions = &mut raw.resolve.interfaces[*id].functions;
        functions.shift_remove(function).unwrap_or_else(|| panic!("the host has no {lacking}"));
    }
    let gone = raw.resolve.packages[raw.package].interfaces.shift_remove("image-optimizer").expect("the host has it");
    for (_, world) in raw.resolve.worlds.iter_mut() {
        world.imports.retain(|key, _| !matches!(key, WorldKey::Interface(id) if *id == gone));
    }
    again(&raw)
}

/// What was taken out of a resolve is still inside; what it says as WIT is a world that never had it.
fn again(raw: &RawWorld) -> RawWorld {
    let wit = wit_component::encode(&raw.resolve, raw.package, false).expect("it is WIT");
    let DecodedWasm::WitPackage(resolve, _) = wit_component::decode(&wit).expect("it was encoded") else {
        panic!("WIT becomes a component");
    };
    read(resolve, &WORLD.plan.world, None).unwrap_or_else(|error| panic!("{error}"))
}

fn adapter(on_host: &OnHost) -> Vec<u8> {
    let Guests { adapter, .. } = on_host.guests(&BUNDLE.guests).unwrap_or_else(|error| panic!("{error}"));
    encode("adapter", &adapter, &on_host.world.friendly, ADAPTER_WORLD, None).unwrap_or_else(|error| panic!("{error}"))
}

/// Each function that a component imports of the raw world, as `interface function`.
fn raw_imports(component: &[u8]) -> BTreeSet<String> {
    let imports = decode(component).imports();
    let raw = imports.iter().filter_map(|(name, functions)| {
        let interface = name.strip_prefix("fastly:compute/")?.strip_suffix("@0.1.0")?;
        Some(functions.iter().map(move |function| format!("{interface} {function}")))
    });
    raw.flatten().collect()
}

/// A component's imports are there on the host, with the same types; what it exports is not asked.
fn assert_runs_on(host: &RawWorld, component: &[u8]) {
    let mut resolve = host.resolve.clone();
    resolve.worlds[host.world].exports.clear();
    wit_component::targets(&resolve, host.world, component, true).unwrap_or_else(|error| panic!("{error:?}"));
}

#[test]
fn the_adapter_for_an_older_host_imports_what_that_host_has() {
    let host = older();
    let on_host = on_host(&WORLD, &host).unwrap_or_else(|error| panic!("{error}"));
    let component = adapter(&on_host);
    assert_runs_on(&host, &component);
    let whole = raw_imports(&adapter(&OnHost::same(WORLD.clone())));
    let found = raw_imports(&component);
    let gone: Vec<_> = whole.difference(&found).map(String::as_str).collect();
    let gone: BTreeSet<String> = gone.into_iter().map(str::to_owned).collect();
    // What two groups of getters call, of each of which the host lacks a member: a group is lost as a whole.
    let grouped = raw_of_groups(&["tls", "bot"]);
    let needed = [
        "image-optimizer send-to-image-optimizer",
        "image-optimizer transform-image-optimizer-request",
        // The placeholder that the category of a bot can be.
        "http-downstream [method]extra-bot-category.as-raw",
    ];
    let lacking = LACKING.into_iter().chain(needed).map(str::to_owned);
    assert_eq!(gone, lacking.chain(grouped).collect());
    assert!(found.is_subset(&whole));
}

/// What the groups of these names of a request call.
fn raw_of_groups(names: &[&str]) -> BTreeSet<String> {
    let requests = WORLD.plan.interface("http-req").expect("it is there");
    let groups = requests.functions.iter().filter(|function| names.contains(&function.name.as_str()));
    let calls = groups.flat_map(|function| requests.raw_behind(function));
    calls.map(|raw| format!("{} {}", raw.interface, raw.name)).collect()
}

/// Otherwise the test above holds nothing.
#[test]
#[should_panic(expected = "missing import named `fastly:compute/image-optimizer")]
fn the_whole_adapter_does_not_run_on_an_older_host() {
    assert_runs_on(&older(), &adapter(&OnHost::same(WORLD.clone())));
}

/// Each function alone: no code that is left mentions it.
#[test]
fn the_adapter_can_do_without_any_raw_function() {
    for id in &WORLD.raw.imports {
        for name in WORLD.raw.resolve.interfaces[*id].functions.keys() {
            let mut host = WORLD.raw.clone();
            host.resolve.interfaces[*id].functions.shift_remove(name);
            let on_host = on_host(&WORLD, &host).unwrap_or_else(|error| panic!("{name}: {error}"));
            let imports = raw_imports(&adapter(&on_host));
            let import = format!("{} {name}", WORLD.raw.interface_name(*id));
            assert!(!imports.contains(&import), "{import} is imported");
        }
    }
}

#[test]
fn the_adapter_for_a_newer_host_is_the_same() {
    let mut newer = WORLD.raw.clone();
    let id = newer.imports.iter().copied().find(|id| newer.interface_name(*id) == "geo").expect("the host has it");
    let functions = &mut newer.resolve.interfaces[id].functions;
    let mut later = functions["lookup"].clone();
    later.name = "lookup-later".to_owned();
    functions.insert(later.name.clone(), later);
    let on_host = on_host(&WORLD, &again(&newer)).unwrap_or_else(|error| panic!("{error}"));
    assert!(on_host.missing.is_empty(), "{:?}", on_host.missing);
    assert!(adapter(&on_host) == adapter(&OnHost::same(WORLD.clone())), "the adapters differ");
}

/// As a person builds one, with the WIT of the host in a folder.
#[test]
fn an_app_for_an_older_host_imports_what_that_host_has() {
    let host = older();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("host-compat");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("older/deps")).expect("a folder for the WIT");
    for (id, package) in &host.resolve.packages {
        let mut printer = WitPrinter::default();
        printer.print(&host.resolve, id, &[]).expect("a package of WIT");
        let below = if id == host.package { "older" } else { "older/deps" };
        let name = package.name.to_string().replace([':', '@'], "-");
        fs::write(folder.join(below).join(format!("{name}.wit")), printer.output.to_string()).expect("it is written");
    }
    let path = |name: &str| folder.join(name).into_os_string();
    let app = apps::fixture("apps").join("hello").into_os_string();
    let arguments: [OsString; 6] =
        ["build".into(), app, "--host-wit".into(), path("older"), "-o".into(), path("hello.wasm")];
    let output = apps::composer(arguments).unwrap_or_else(|error| panic!("{error:?}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("this host lacks http_resp.Response.get_header_values: needs the raw"), "{said}");
    let component = fs::read(path("hello.wasm")).expect("the composed component");
    assert_runs_on(&host, &component);
    let imports = raw_imports(&component);
    let lacking: Vec<_> = LACKING.iter().filter(|function| imports.contains(**function)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    assert!(names(&decode(&component).imports()).iter().all(|name| !name.contains("image-optimizer")));
}
