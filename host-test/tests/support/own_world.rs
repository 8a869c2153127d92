//! A world of one's own below `fixtures/worlds`: guests and app, built with the command line as its user would.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use host_test::apps;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, OptLevel, RegallocAlgorithm};

/// Builds the guests and the app of `fixtures/worlds/NAME`, and composes them. The WIT is in that folder and its world is
/// called `world`, or the rules say where both are.
#[allow(dead_code, reason = "some worlds need the WIT of a crate beside theirs")]
pub fn build(name: &str, world: Option<&str>) -> Vec<u8> {
    let wit = apps::fixture("worlds").join(name).join("wit");
    build_of(name, world.map(|world| (world, wit.as_path())))
}

/// The WIT of a fixture, and beside it files and folders of the crates of its host, each by crate and path.
#[allow(dead_code, reason = "most worlds have all of their WIT")]
pub fn wit(name: &str, of_host: &[(&str, String)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wit-{name}"));
    let copy = |from: &Path, to: &Path| {
        fs::create_dir_all(to).expect("a folder for the WIT");
        for file in files_at(from) {
            let name = file.file_name().expect("a file has a name");
            fs::copy(&file, to.join(name)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
    };
    copy(&apps::fixture("worlds").join(name).join("wit"), &folder);
    for (number, (host, path)) in of_host.iter().enumerate() {
        let host = apps::crate_folder(host).unwrap_or_else(|error| panic!("{error:?}"));
        copy(&host.join(path), &folder.join(format!("deps/{number}")));
    }
    folder
}

/// The file at a path, or the files of the folder there.
fn files_at(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths.filter(|path| path.is_file()).collect()
}

/// The same, of a world in a folder of WIT.
pub fn build_of(name: &str, world: Option<(&str, &Path)>) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("world-{name}"));
    fs::create_dir_all(&folder).expect("a folder for the world");
    let (guests, out) = (folder.join("guests"), folder.join("app.wasm"));
    let fixture = apps::fixture("worlds").join(name);
    timed("guests built", || {
        let sources = apps::fixture("").with_file_name("adapter");
        let args = ["guests".into(), "--sources".into(), sources.into(), "--out".into(), guests.clone().into()];
        let rules = ["--rules".into(), fixture.join("reshape.toml").into()];
        let inputs = world.map(|(world, wit)| ["--wit".into(), wit.into(), "--world".into(), world.into()]);
        composer(args.into_iter().chain(rules).chain(inputs.into_iter().flatten()).collect());
    });
    timed("app built", || {
        // A bundle says which world it is for, so that whoever builds apps need not.
        let app = fixture.join("app");
        let args = ["build".into(), app.into(), "--guests".into(), guests.into(), "-o".into(), out.clone().into()];
        composer(args.into());
    });
    fs::read(out).expect("the composed component")
}

/// What a build says that refuses an app of these files, with the guests that `build` has made for a world.
#[allow(dead_code, reason = "most worlds have nothing of their own to be refused")]
pub fn refused(name: &str, files: &[(&str, &str)]) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("world-{name}"));
    let app = folder.join("refused");
    // What an earlier app had is none of this one's.
    let _ = fs::remove_dir_all(&app);
    fs::create_dir_all(&app).expect("a folder for the app");
    for (file, text) in files {
        fs::write(app.join(file), text).expect("a file of the app");
    }
    let args = ["build".into(), app.into(), "--guests".into(), folder.join("guests").into(), "-o".into(), "-".into()];
    let output = run(args.into());
    assert!(!output.status.success(), "it was built, and should have been refused");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A component, and an engine that compiles fast: an app runs here for a moment.
pub fn compiled(component: &[u8]) -> (Engine, Component) {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::None).cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    let engine = Engine::new(&config).expect("an engine");
    let component = timed("component compiled", || Component::new(&engine, component));
    let component = component.unwrap_or_else(|error| panic!("{error:?}"));
    (engine, component)
}

/// Does something, and says how long it took.
pub fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    eprintln!("{what} in {:.1} s", start.elapsed().as_secs_f64());
    done
}

/// One world's guests are built at a time: they share a folder, so that what all are made of is compiled once.
static BUILDING: Mutex<()> = Mutex::new(());

fn run(args: Vec<OsString>) -> Output {
    let _alone = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = apps::command().unwrap_or_else(|error| panic!("{error:?}"));
    // In the folder of all builds, these would push out the guests of the tests.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("worlds-target");
    command.args(args).env("CARGO_TARGET_DIR", target).output().expect("the command runs")
}

fn composer(args: Vec<OsString>) {
    let output = run(args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    eprint!("{said}");
}
