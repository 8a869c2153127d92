//! Apps that are built once, and composed with an observer as often as tests want one.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use host_test::apps;
use host_test::client::Request;
use host_test::server::{Options, Server};
use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine, so that only what hangs fails.
pub const LIMIT: Duration = Duration::from_secs(60);

/// An app of `fixtures` or of a test, as it was before it was composed.
pub struct App {
    folder: TempDir,
    /// The app's component.
    pub app: PathBuf,
    /// Its files, as a part.
    files: PathBuf,
    /// As `composer build` made it.
    pub built: PathBuf,
}

/// An app whose paths are what it does.
pub static SCENES: LazyLock<App> =
    LazyLock::new(|| App::build(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/observe/scenes")));

/// Every call of it is observed, on both sides of the adapter.
pub static EVERYTHING: LazyLock<Served> = LazyLock::new(|| {
    SCENES.serve(
        "everything",
        &["--profile", "--trace", "--observe", "*", "--observe", "raw:*"],
        &["profile", "raw-profile"],
    )
});

/// Some calls of it are observed, and only long requests are told.
pub static SOME: LazyLock<Served> = LazyLock::new(|| {
    let options = ["--profile", "--over", "15ms", "--profile-text", "--observe", "http-*", "--observe", "*store*"];
    SCENES.serve(
        "some",
        &[&options[..], &["--except", "*.open", "--except", "http-body.body.write"]].concat(),
        &["profile"],
    )
});

impl App {
    /// Builds one from its folder.
    pub fn build(source: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let built = folder.path().join("built.wasm");
        apps::build_folder(source, &built).unwrap_or_else(|error| panic!("{error:#}"));
        let parts = folder.path().join("parts");
        composer(["split".into(), built.clone().into(), "--out".into(), parts.clone().into()]);
        Self { app: parts.join("app.wasm"), files: parts.join("files.wasm"), built, folder }
    }

    /// Composes it with these options.
    pub fn compose(&self, name: &str, options: &[&str]) -> PathBuf {
        let out = self.folder.path().join(format!("{name}.wasm"));
        composer(self.args(options, &out));
        out
    }

    /// Composes it, with the files that it was built with.
    fn args(&self, options: &[&str], out: &Path) -> Vec<OsString> {
        let args: [OsString; 6] = [
            "compose".into(),
            self.app.clone().into(),
            "--files".into(),
            self.files.clone().into(),
            "-o".into(),
            out.into(),
        ];
        args.into_iter().chain(options.iter().map(Into::into)).collect()
    }

    /// What `composer` says where it does not compose it.
    pub fn refused(&self, options: &[&str]) -> String {
        let out = self.folder.path().join("refused.wasm");
        let output = apps::composer(self.args(options, &out)).expect("composer runs");
        assert_eq!(output.status.code(), Some(1), "{options:?}");
        assert!(!out.exists(), "{options:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Serves it with these options, and with the log endpoint and the stores of `fastly.toml`.
    pub fn serve(&self, name: &str, options: &[&str], kinds: &'static [&'static str]) -> Served {
        let wasm = self.compose(name, options);
        let config = self.folder.path().join(format!("{name}.toml"));
        fs::write(&config, include_str!("fastly.toml")).expect("the file is written");
        let server = Server::start(Options::new(wasm).config(config).capture());
        Served { server: server.unwrap_or_else(|error| panic!("{error}")), kinds, turn: Mutex::new(()) }
    }
}

/// Runs `composer`, which must be content; what it said.
pub fn composer(args: impl IntoIterator<Item = OsString>) -> String {
    let args: Vec<OsString> = args.into_iter().collect();
    let output = apps::composer(args.clone()).expect("composer runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {said}");
    said
}

/// What `composer inspect` says of a component.
pub fn inspect(component: &Path) -> Value {
    let output = apps::composer([OsString::from("inspect"), component.into(), "--json".into()]).expect("composer runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}"))
}

/// An app that is served.
pub struct Served {
    pub server: Server,
    /// The kinds of lines that a request has, the last of them last.
    kinds: &'static [&'static str],
    turn: Mutex<()>,
}

impl Served {
    /// What it answers.
    pub fn get(&self, target: &str) -> (u16, String) {
        let response =
            Request::get(target).limit(LIMIT).send(self.server.addr()).unwrap_or_else(|error| panic!("{error}"));
        (response.status(), response.text())
    }

    /// Asks for a scene, and gives what it said, and the lines that came of it once the last of them is there.
    pub fn scene(&self, target: &str) -> (String, Lines) {
        self.ask(target, self.kinds)
    }

    /// Asks for a scene that ends by a trap, which has the lines of its calls alone.
    pub fn crash(&self, target: &str) -> Lines {
        self.ask(target, &["call"]).1
    }

    fn ask(&self, target: &str, kinds: &[&str]) -> (String, Lines) {
        // Scenes are asked for one at a time, so that each has the lines that come meanwhile.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.found();
        let (_, text) = self.get(target);
        let count = |lines: &[Value], kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
        let until = Instant::now() + LIMIT;
        loop {
            let lines = self.found();
            if kinds.iter().all(|kind| count(&lines, kind) > count(&before, kind)) {
                return (text, Lines(lines[before.len()..].to_vec()));
            }
            assert!(Instant::now() < until, "no lines of {kinds:?}:\n{}", self.server.logs());
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn found(&self) -> Vec<Value> {
        let lines = self.server.logs_of("stderr").into_iter().filter(|line| line.starts_with("{\"kind\":"));
        lines.map(|line| serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }
}

/// The lines of a request.
#[derive(Debug)]
pub struct Lines(Vec<Value>);

impl Lines {
    /// Those of a kind.
    pub fn of(&self, kind: &str) -> Vec<&Value> {
        self.0.iter().filter(|line| line["kind"] == kind).collect()
    }

    /// The one of a kind.
    pub fn one(&self, kind: &str) -> &Value {
        let [line] = self.of(kind)[..] else { panic!("not one line of {kind}: {:?}", self.0) };
        line
    }
}

/// Nanoseconds of a field in microseconds.
pub fn nanos(line: &Value, field: &str) -> u64 {
    let micros = line[field].as_f64().unwrap_or_else(|| panic!("no {field} in {line}"));
    (micros * 1000.0).round() as u64
}

/// That a line adds up; what is in its calls.
pub fn adds_up(line: &Value) -> u64 {
    assert_eq!(nanos(line, "inside_us") + nanos(line, "outside_us"), nanos(line, "total_us"), "{line}");
    assert!(nanos(line, "waiting_us") <= nanos(line, "inside_us"), "{line}");
    let calls = line["calls"].as_array().expect("calls are listed");
    let times: Vec<u64> = calls.iter().map(|call| nanos(call, "total_us")).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{line}");
    assert!(calls.iter().all(|call| nanos(call, "longest_us") <= nanos(call, "total_us")), "{line}");
    let sum = times.iter().sum();
    if line["unlisted"] == 0 {
        assert_eq!(sum, nanos(line, "inside_us"), "{line}");
    }
    sum
}

/// A line without its times, and its calls by name.
pub fn masked(line: &Value) -> String {
    let mut line = line.clone();
    let mask = |value: &mut Value| {
        for (name, field) in value.as_object_mut().into_iter().flatten() {
            if name.ends_with("us") {
                *field = "…".into();
            }
        }
    };
    mask(&mut line);
    if let Some(calls) = line["calls"].as_array_mut() {
        calls.iter_mut().for_each(mask);
        calls.sort_by_key(|call| call["function"].as_str().map(str::to_owned));
    }
    serde_json::to_string_pretty(&line).expect("a value is JSON")
}
