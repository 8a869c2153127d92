//! The office: guests and app of the second world, built once, composed, and called once.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use host_test::apps;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Config, Engine, OptLevel, RegallocAlgorithm, Store};

use crate::harbour::bindings::Office as Bindings;
use crate::harbour::bindings::almanac::tides0_1_0::tables as printed;
use crate::harbour::bindings::almanac::tides0_2_0::tables;
use crate::harbour::{Harbour, Table};

/// What came of calling the office.
pub struct Office {
    /// What the app said of the vessel that arrived.
    pub report: Result<String, String>,
    /// What it said of the vessel that it does not like.
    pub refused: Result<String, String>,
    /// What closing came to.
    pub closed: Result<(), ()>,
    /// What the host was told.
    pub told: Vec<String>,
    /// The composed component.
    pub component: Vec<u8>,
}

/// The office of all tests here.
pub static OFFICE: LazyLock<Office> = LazyLock::new(|| {
    let component = build();
    let run = run(&component);
    Office { component, ..run }
});

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    eprintln!("{what} in {:.1} s", start.elapsed().as_secs_f64());
    done
}

/// What it takes to name a world of one's own.
fn world() -> Vec<OsString> {
    let folder = apps::fixture("worlds").join("harbour");
    let inputs = [("--wit", folder.join("wit")), ("--rules", folder.join("reshape.toml"))];
    let inputs = inputs.into_iter().flat_map(|(name, path)| [name.into(), path.into()]);
    inputs.chain(["--world".into(), "office".into()]).collect()
}

fn composer(args: Vec<OsString>) {
    let mut command = apps::command().unwrap_or_else(|error| panic!("{error:?}"));
    // In the folder of all builds, guests of two worlds would push each other out.
    let output = command.args(args).env_remove("CARGO_TARGET_DIR").output().expect("the command runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    eprint!("{said}");
}

fn build() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("second-world");
    fs::create_dir_all(&folder).expect("a folder for the world");
    let (guests, out) = (folder.join("guests"), folder.join("office.wasm"));
    timed("guests built", || {
        let sources = apps::fixture("").with_file_name("adapter");
        let args = ["guests".into(), "--sources".into(), sources.into(), "--out".into(), guests.clone().into()];
        composer(args.into_iter().chain(world()).collect());
    });
    timed("app built", || {
        // A bundle says which world it is for, so that whoever builds apps need not.
        let app = apps::fixture("worlds").join("harbour").join("app");
        let args = ["build".into(), app.into(), "--guests".into(), guests.into(), "-o".into(), out.clone().into()];
        composer(args.into());
    });
    fs::read(out).expect("the composed component")
}

fn run(component: &[u8]) -> Office {
    let mut config = Config::new();
    // The app runs for a moment: what counts is how soon it is compiled.
    config.cranelift_opt_level(OptLevel::None).cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    let engine = Engine::new(&config).expect("an engine");
    let component_of = timed("component compiled", || Component::new(&engine, component));
    let component = component_of.unwrap_or_else(|error| panic!("{error:?}"));
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");
    Bindings::add_to_linker::<_, HasSelf<_>>(&mut linker, |harbour: &mut Harbour| harbour).expect("and the raw world");
    let mut store = Store::new(&engine, Harbour::new());
    let office = Bindings::instantiate(&mut store, &component, &linker).unwrap_or_else(|error| panic!("{error:?}"));
    let arrivals = office.harbour_control_arrivals();

    let arrive = |store: &mut Store<Harbour>, name: &str, old| {
        let vessel = store.data_mut().vessel(name);
        let table = store.data_mut().add(Table("outside".to_owned()));
        let tide = tables::Tide {
            place: "bar".to_owned(),
            high: true,
            minute: 61,
            metres: 2.25,
            moon: Some(tables::Moon::Waning),
        };
        let answer = arrivals.call_arrive(&mut *store, vessel, table, &tide, old);
        answer.unwrap_or_else(|error| panic!("{error:?}\n{:#?}", store.data().told))
    };
    let old = Some(printed::Tide { high: false, hour: 1, feet: -7 });
    let report = timed("app run", || arrive(&mut store, "visitor", old));
    let refused = arrive(&mut store, "pirate", None);
    let closed = arrivals.call_close(&mut store, Some(30)).unwrap_or_else(|error| panic!("{error:?}"));
    let told = std::mem::take(&mut store.data_mut().told);
    Office { report, refused, closed, told, component: Vec::new() }
}
