//! Stubs for WASI's filesystem and sockets, and for odder interfaces: built, read back, and run
//!
//! The WIT of WASI is not in this repository: it is taken from the package of the host that the workspace tests against.

#[path = "stub/apps.rs"]
mod apps;
#[path = "stub/refused.rs"]
mod refused;

use composer::stub::stub;
use wasmtime::component::{Resource, Val};

use apps::*;

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
fn what_is_async_stays_async() {
    let stub = odd_stub(&[("test:odd/odd.trouble", "asked")]).unwrap();
    let wit_component::DecodedWasm::Component(resolve, world) = decode(&stub.component) else { panic!("it is one") };
    let items = resolve.worlds[world].exports.values();
    let functions = items.filter_map(|item| match item {
        wit_parser::WorldItem::Interface { id, .. } => Some(&resolve.interfaces[*id].functions),
        wit_parser::WorldItem::Function(_) | wit_parser::WorldItem::Type { .. } => None,
    });
    let functions = functions.flat_map(|functions| functions.values());
    let awaited: Vec<_> = functions.filter(|of| of.kind.is_async()).map(|of| of.name.as_str()).collect();
    assert_eq!(awaited, ["later"]);
}
