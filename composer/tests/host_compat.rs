//! Hosts with another raw world than the guests were built for: what is lost there, what is left, and why.

mod support;

use std::collections::BTreeSet;

use composer::app::compatible;
use composer::bundle::World;
use composer::host_compat::{HostCompatError, OnHost, on_host};
use composer::plan::{Filled, Operation, TypeKind};
use support::composed::{app, composed};
use support::host::WORLD;
use support::hosts::{raw, small, without};
use support::scene::SMALL;
use support::{repository, written};

const SERVICE: &str = "acme:raw/service";

/// The small world on a host whose WIT is the small world's own, with a text in place of another.
fn changed(from: &str, to: &str) -> Result<OnHost, HostCompatError> {
    let wit = std::fs::read_to_string(repository("fixtures/cli/world/wit/raw.wit")).expect("the world has WIT");
    assert!(wit.contains(from), "the world has no `{from}`");
    on_host(&SMALL, &raw(&wit.replace(from, to), SERVICE))
}

fn on_small(host: &str) -> OnHost {
    on_host(&SMALL, &raw(&small(host), SERVICE)).unwrap_or_else(|error| panic!("{error}"))
}

/// The friendly functions that are lost, and why.
fn losses(on_host: &OnHost) -> Vec<String> {
    on_host.missing.functions.iter().map(ToString::to_string).collect()
}

fn lost(on_host: &OnHost) -> BTreeSet<&str> {
    on_host.missing.functions.iter().map(|loss| loss.path.as_str()).collect()
}

#[test]
fn nothing_is_lost_on_the_host_that_the_guests_were_built_for() {
    for world in [&*SMALL, &*WORLD] {
        let same = on_host(world, &world.raw).expect("it is the same host");
        assert!(same.missing.is_empty(), "{:?}", same.missing);
        assert_eq!(same.world.friendly.text, world.friendly.text);
    }
}

#[test]
fn nothing_is_lost_on_a_newer_host() {
    let newer = on_small("newer");
    assert!(newer.missing.is_empty(), "{:?}", newer.missing);
    assert_eq!(newer.world.friendly.text, SMALL.friendly.text);
    assert_eq!(newer.world.plan.platform, ["wasi:random/random@0.2.9"]);
}

#[test]
fn what_is_composed_for_a_newer_host_is_the_same() {
    let newer = on_small("newer");
    let app = app(&newer.world);
    assert!(composed(&newer, &app) == composed(&OnHost::same(SMALL.clone()), &app), "the components differ");
}

#[test]
fn a_component_for_an_older_host_is_one_of_its_world() {
    let older = on_small("older");
    let component = composed(&older, &app(&older.world));
    let host = raw(&small("older"), SERVICE);
    wit_component::targets(&host.resolve, host.world, &component, true).unwrap_or_else(|error| panic!("{error:?}"));
}

/// Otherwise the test above holds nothing.
#[test]
fn a_component_for_this_host_is_none_of_an_older_ones_world() {
    let component = composed(&OnHost::same(SMALL.clone()), &app(&SMALL));
    let host = raw(&small("older"), SERVICE);
    assert!(wit_component::targets(&host.resolve, host.world, &component, true).is_err());
}

#[test]
fn a_function_of_another_type_is_lost() {
    let cases = [
        (
            "max-len: u64) -> result<string, error>;\n  }\n  drop",
            "max-len: u32) -> result<string, error>;\n  }\n  drop",
            "its parameter `max-len`: `u32` and not `u64`",
        ),
        ("key: string, max", "key: string, default: string, max", "it has the parameter `default` besides"),
        ("key: string, max-len: u64", "max-len: u64, key: string", "it has each parameter in another place"),
        ("(key: string, max-len: u64) -> result<string, error>", "(key: string, max-len: u64)", "it returns nothing"),
        (
            "max-len: u64) -> result<string, error>;\n  }\n  drop",
            "max-len: u64) -> result<list<u8>, error>;\n  }\n  drop",
            "`list<u8>` and not `string`",
        ),
        (
            "max-len: u64) -> result<string, error>;\n  }\n  drop",
            "max-len: u64) -> result<string>;\n  }\n  drop",
            "its error has nothing",
        ),
    ];
    for (from, to, why) in cases {
        let on_host = changed(from, to).expect("an app can do without");
        let wanted = format!("store.handle.get: needs the raw `store.handle.get`, and the host has another one: {why}");
        assert_eq!(losses(&on_host), [wanted], "{to}");
        written::check(&on_host.world).unwrap_or_else(|error| panic!("{to}: {error}"));
    }
}

/// Every function of the small world that can fail, fails with the one error.
#[test]
fn what_has_to_do_with_another_type_is_lost() {
    let cases = [
        ("    lost,\n", "", "its `types.error` has no case `lost`"),
        ("    lost,\n", "    lost,\n    found,\n", "its `types.error` has the case `found` besides"),
        ("buffer-len(u64)", "buffer-len", "its `types.error` `buffer-len`: carries nothing"),
        ("buffer-len(u64)", "buffer-len(u32)", "its `types.error` `buffer-len`: `u32` and not `u64`"),
    ];
    for (from, to, why) in cases {
        let on_host = changed(from, to).expect("an app can do without");
        let all = ["store.handle.open", "store.handle.get", "http.request.method", "http.request.send"];
        assert_eq!(lost(&on_host), BTreeSet::from(all), "{to}");
        for loss in losses(&on_host) {
            assert!(loss.ends_with(&format!("and the host has another one: {why}")), "{loss}");
        }
        // An app is still handed a request.
        let names: Vec<_> = on_host.world.plan.interfaces.iter().map(|interface| interface.name.as_str()).collect();
        assert_eq!(names, ["clock", "http"], "{to}");
        let types: Vec<_> = on_host.missing.types.iter().map(|lost| lost.python.as_str()).collect();
        assert_eq!(types, ["types.Error", "store.Handle"], "{to}");
    }
}

#[test]
fn another_name_or_place_of_a_type_is_no_difference() {
    let error = "  /// Why a call failed.\n  variant error {\n    lost,\n    buffer-len(u64),\n  }\n";
    let moved = error.replace("variant error", "variant failure");
    let to = format!("{moved}  type error = failure;\n");
    let on_host = changed(error, &to).expect("an app can do without");
    assert!(on_host.missing.is_empty(), "{:?}", on_host.missing);
}

#[test]
fn a_host_that_calls_otherwise_runs_no_app() {
    for (from, to, why) in [
        ("handle: func(request: request) -> result;", "", "of `incoming.handle`, the host lacks it"),
        ("handle: func(request: request) -> result;", "handle: func(request: request);", "it returns nothing"),
        ("  export incoming;\n", "", "of `incoming.handle`, the host lacks its interface"),
    ] {
        let error = changed(from, to).map(|_| ()).expect_err("no app can run");
        assert!(matches!(error, HostCompatError::Needed { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

/// A world with what stands in it, and with what is awaited.
const AWAITS: &str = "
package acme:raw@1.2.0;

interface clock {
  wait: async func(ms: u32);
  now: func() -> u64;
}

world service {
  import clock;
  import doze: async func(ms: u32);
  import greet: func(name: string) -> string;
  export run: async func() -> u32;
}
";

/// That world on a host with a text in place of another.
fn awaits(from: &str, to: &str) -> Result<OnHost, HostCompatError> {
    let resolve = raw(AWAITS, SERVICE).resolve;
    let world = World::new(resolve, "service", "").unwrap_or_else(|error| panic!("{error}"));
    assert!(AWAITS.contains(from), "the world has no `{from}`");
    on_host(&world, &raw(&AWAITS.replace(from, to), SERVICE))
}

#[test]
fn no_plain_function_stands_for_an_async_one_nor_the_other_way_round() {
    let clock = "the host has another one: it is";
    for (from, to, lost) in [
        (
            "wait: async func(ms: u32)",
            "wait: func(ms: u32)",
            format!("clock.wait: needs the raw `clock.wait`, and {clock} not async"),
        ),
        ("now: func()", "now: async func()", format!("clock.now: needs the raw `clock.now`, and {clock} async")),
        ("doze: async func(", "doze: func(", format!("doze: needs the raw `doze`, and {clock} not async")),
    ] {
        let on_host = awaits(from, to).expect("an app can do without");
        assert_eq!(losses(&on_host), [lost]);
        written::check(&on_host.world).unwrap_or_else(|error| panic!("{error}"));
    }
    let error = awaits("run: async func()", "run: func()").map(|_| ()).expect_err("the host calls it otherwise");
    assert!(error.to_string().contains("of `run`, the host has another one: it is not async"), "{error}");
}

#[test]
fn what_stands_in_the_world_itself_is_lost_with_the_host_that_lacks_it() {
    let same = awaits("u32", "u32").expect("it is the same host");
    assert!(same.missing.is_empty(), "{:?}", same.missing);
    let whole = app(&same.world);
    same.check(&composer::app::read(&whole).expect("it is an app")).expect("nothing is lost");

    let lacks = awaits("  import greet: func(name: string) -> string;\n", "").expect("an app can do without");
    assert_eq!(losses(&lacks), ["greet: needs the raw `greet`, and the host lacks it"]);
    assert!(!lacks.world.friendly.text.contains("greet"), "the friendly WIT has it");
    let error = lacks.check(&composer::app::read(&whole).expect("it is an app")).expect_err("the app imports it");
    assert!(error.to_string().contains("greet: needs the raw `greet`"), "{error}");
    let error = awaits("  export run: async func() -> u32;\n", "").map(|_| ()).expect_err("the host does not call it");
    assert!(error.to_string().contains("of `run`, the host lacks it"), "{error}");
}

#[test]
fn a_host_of_another_package_is_refused() {
    for (from, to) in [("acme:raw@1.2.0", "acme:raw@2.0.0"), ("acme:raw@1.2.0", "other:raw@1.2.0")] {
        let wit = std::fs::read_to_string(repository("fixtures/cli/world/wit/raw.wit")).expect("the world has WIT");
        let error = on_host(&SMALL, &raw(&wit.replace(from, to), "service")).map(|_| ()).expect_err("another package");
        assert!(matches!(&error, HostCompatError::Package { host, .. } if host == to), "{error}");
    }
}

/// Each function alone: what a host lacks is lost wherever it is needed, and nothing else is.
#[test]
fn each_raw_function_takes_its_friendly_ones_with_it() {
    for id in &WORLD.raw.imports {
        let name = WORLD.raw.interface_name(*id);
        for (core, function) in &WORLD.raw.resolve.interfaces[*id].functions {
            let path = WORLD.raw.function_path(*id, function);
            let mut host = WORLD.raw.clone();
            host.resolve.interfaces[*id].functions.shift_remove(core);
            let on_host = on_host(&WORLD, &host).unwrap_or_else(|error| panic!("{path}: {error}"));
            let direct: BTreeSet<String> = on_host.missing.raw.iter().map(|loss| loss.path.clone()).collect();
            assert_eq!(direct, BTreeSet::from([path.clone()]));
            let callers = WORLD.plan.interfaces.iter().flat_map(|interface| {
                let callers = interface.functions.iter().filter(|function| {
                    let passes_on =
                        matches!(function.operation, Operation::Direct) && function.path(&interface.name) == path;
                    passes_on || interface.raw_behind(function).iter().any(|raw| raw.path() == path)
                });
                callers.map(|function| function.path(&interface.name)).collect::<Vec<_>>()
            });
            let missing: Vec<_> = callers.filter(|caller| !lost(&on_host).contains(caller.as_str())).collect();
            assert!(missing.is_empty(), "without `{path}` of {name}, {missing:?} are there");
            let others =
                on_host.missing.functions.iter().filter(|loss| loss.raw.as_ref().is_some_and(|raw| *raw != path));
            assert_eq!(others.count(), 0, "{:?}", losses(&on_host));
        }
    }
}

#[test]
fn options_that_nothing_takes_any_more_are_lost() {
    let host = without(&["[method]store.insert"], &[]);
    let on_host = on_host(&WORLD, &host).expect("an app can do without");
    let names = lost(&on_host);
    for gone in ["kv-store.store.insert", "kv-store.store.insert-with", "kv-store.insert-options.set-mode"] {
        // What inserts without waiting takes them still.
        assert_eq!(names.contains(gone), gone.starts_with("kv-store.store."), "{gone}: {names:?}");
    }
    let host = without(&["[method]store.insert", "[method]store.insert-async"], &[]);
    let on_host = composer::host_compat::on_host(&WORLD, &host).expect("an app can do without");
    let reason = "kv-store.insert-options.set-mode: no function takes these options on this host";
    assert!(losses(&on_host).contains(&reason.to_owned()), "{:?}", losses(&on_host));
    assert!(
        on_host.missing.types.iter().any(|lost| lost.python == "kv_store.InsertMode"),
        "{:?}",
        on_host.missing.types
    );
}

/// The placeholder of cache overrides has one setter, and older hosts have neither it nor its constructor.
#[test]
fn a_placeholder_that_cannot_be_filled_loses_its_setter_alone() {
    for gone in ["[static]extra-cache-override-details.new", "[method]extra-cache-override-details.set-lookup-timeout"]
    {
        let on_host = on_host(&WORLD, &without(&[gone], &[])).expect("an app can do without");
        assert_eq!(lost(&on_host), BTreeSet::from(["http-req.cache-override-details.set-lookup-timeout"]));
        let options = &on_host.world.plan.interface("http-req").expect("it is left").types;
        let options = options.iter().find(|def| def.name == "cache-override-details").expect("it is left");
        let TypeKind::Options(options) = &options.kind else { panic!("{options:?}") };
        let extra = options.fields.iter().find(|field| field.raw_name == "extra").expect("the raw record has it");
        assert!(matches!(extra.filled, Filled::Never), "{extra:?}");
    }
}

#[test]
fn an_interface_that_the_host_lacks_is_lost_as_a_whole() {
    let on_host = on_host(&WORLD, &without(&[], &["image-optimizer"])).expect("an app can do without");
    assert_eq!(on_host.missing.interfaces, ["image-optimizer"]);
    let of_it = |loss: &&composer::host_compat::MissingFunction| loss.interface == "image-optimizer";
    assert_eq!(on_host.missing.functions.iter().filter(of_it).count(), on_host.missing.functions.len());
    assert!(!on_host.world.friendly.text.contains("interface image-optimizer"), "the friendly WIT has it");
    written::check(&on_host.world).unwrap_or_else(|error| panic!("{error}"));
}

/// wasmtime's linker, wac and componentize-py agree on these.
#[test]
fn versions_are_compatible_as_the_engines_linker_has_them() {
    let interface = |version: &str| format!("x:y/z{version}");
    for (has, wants, are) in [
        ("", "", true),
        ("@1.0.0", "@1.0.0", true),
        ("@1.0.0", "@1.2.3", true),
        ("@1.0.0", "@2.0.0", false),
        ("@0.2.0", "@0.2.6", true),
        ("@0.2.0", "@0.3.0", false),
        ("@0.0.1", "@0.0.1", true),
        ("@0.0.1", "@0.0.2", false),
        ("@0.3.0-rc-2025-09-16", "@0.3.0-rc-2025-09-16", true),
        ("@0.3.0-rc-2025-09-16", "@0.3.0", false),
        ("@0.3.0-rc-2025-09-16", "@0.3.0-rc-2026-01-06", false),
        ("@1.0.0", "", false),
    ] {
        for (has, wants) in [(has, wants), (wants, has)] {
            assert_eq!(compatible(&interface(has), &interface(wants)), are, "{has} for {wants}");
        }
        assert_eq!(compatible(&format!("x:y{has}"), &interface(wants)), are, "package {has} for {wants}");
        assert!(!compatible(&interface(has), &format!("x:y/other{wants}")));
    }
}
