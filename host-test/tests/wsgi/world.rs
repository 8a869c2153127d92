//! The apps behind WSGI, built into one component and served once for all tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use anyhow::{Context, Result};
use host_test::apps;
use host_test::client::{ClientError, Request, Response, Stream};
use host_test::server::{Options, Server};
use serde_json::Value;

/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// The running apps.
pub static SERVER: LazyLock<Server> = LazyLock::new(|| start().unwrap_or_else(|error| panic!("{error:?}")));

/// The examples are put beside the apps of the tests, as they are: building each alone would tell no more, and
/// take as long again.
const EXAMPLES: [&str; 2] = ["flask-app", "bottle-app"];

fn start() -> Result<Server> {
    let folder = tempfile::tempdir()?;
    let (app, wasm) = (folder.path().join("app"), folder.path().join("wsgi.wasm"));
    fs::create_dir(&app)?;
    for file in ["main.py", "named.py", "plain.py", "reused.py"] {
        fs::copy(apps::fixture("wsgi").join(file), app.join(file))?;
    }
    fs::write(app.join("everything.py"), everything()?)?;
    let mut requirements = String::new();
    for name in EXAMPLES {
        let example = apps::fixture("apps").join(name);
        fs::copy(example.join("main.py"), app.join(format!("{}.py", name.replace('-', "_"))))?;
        requirements += &fs::read_to_string(example.join("requirements.txt"))?;
    }
    fs::write(app.join("requirements.txt"), requirements)?;
    apps::build_folder(&app, &wasm)?;
    Ok(Server::start(Options::new(wasm).config(surroundings(folder.path())?).capture())?)
}

/// Imports each module of the package: one may change what another builds on.
fn everything() -> Result<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(apps::fixture("..").join("adapter/python"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            let module = path.file_stem().context("a module has a name")?.to_string_lossy();
            lines.push(format!("import fastly_py.{module}\n"));
        }
    }
    lines.sort();
    Ok(lines.concat())
}

/// What the examples have around them, together.
fn surroundings(folder: &Path) -> Result<PathBuf> {
    let mut stores = toml::Table::new();
    for name in EXAMPLES {
        let config: toml::Table = fs::read_to_string(apps::config(name))?.parse()?;
        stores.extend(config["local_server"]["kv_stores"].as_table().cloned().unwrap_or_default());
    }
    let local = toml::Table::from_iter([("kv_stores".to_owned(), stores.into())]);
    let path = folder.join("fastly.toml");
    fs::write(&path, toml::Table::from_iter([("local_server".to_owned(), local.into())]).to_string())?;
    Ok(path)
}

/// The host gives a request to whichever sandbox waits for one, of whatever app that is here: a test that makes
/// sandboxes wait is alone.
static WAITING: RwLock<()> = RwLock::new(());

/// Keep all other tests from asking anything.
pub fn alone() -> RwLockWriteGuard<'static, ()> {
    WAITING.write().unwrap_or_else(PoisonError::into_inner)
}

/// Send a request to the app of this name, and read the head of the response.
pub fn open(app: &str, request: Request) -> Result<Stream, ClientError> {
    let _together = WAITING.read().unwrap_or_else(PoisonError::into_inner);
    request.header("host", app).limit(LIMIT).open(SERVER.addr())
}

/// Send a request to the app of this name, which may break off its response.
pub fn try_send(app: &str, request: Request) -> Result<Response, ClientError> {
    open(app, request)?.finish()
}

/// Send a request to the app of this name.
pub fn send(app: &str, request: Request) -> Response {
    try_send(app, request).unwrap_or_else(|error| panic!("{error}\n{}", SERVER.logs()))
}

/// Send a `GET` from a test that is alone.
pub fn get_alone(app: &str, target: &str) -> Response {
    let request = Request::get(target).header("host", app).limit(LIMIT);
    request.send(SERVER.addr()).unwrap_or_else(|error| panic!("{error}\n{}", SERVER.logs()))
}

/// Send a `GET`.
pub fn get(app: &str, target: &str) -> Response {
    send(app, Request::get(target))
}

/// The body, which must be JSON.
pub fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|error| panic!("{error}: {}", response.text()))
}

/// Wait until the log has this.
pub fn wait_for(text: &str) {
    assert!(SERVER.wait_for_logs(text, LIMIT).is_some(), "no {text:?} in\n{}", SERVER.logs());
}
