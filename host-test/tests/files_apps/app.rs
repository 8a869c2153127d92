//! The apps of `fixtures/files/`, each built and served once for all tests.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use host_test::apps;
use host_test::client::{Request, Response};
use host_test::server::{Options, Server};
use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// How long `static/large.bin` of the Flask app is, which is made here: more than a stream answers at once.
pub const LARGE: usize = 3_000_000;

pub static FLASK: LazyLock<App> = LazyLock::new(|| App::started("flask-app", &[]));
pub static BOTTLE: LazyLock<App> = LazyLock::new(|| App::started("bottle-app", &[]));
pub static DJANGO: LazyLock<App> = LazyLock::new(|| App::started("django-app", &[]));
pub static LIBRARIES: LazyLock<App> = LazyLock::new(|| App::started("libraries", &[]));

/// An app that opens files, built without them.
pub static NONE: LazyLock<App> = LazyLock::new(|| App::started("none", &["--no-files"]));

/// An app that is served.
pub struct App {
    /// The name of its folder.
    pub name: &'static str,
    server: Server,
    wasm: PathBuf,
    _folder: TempDir,
}

impl App {
    /// What is in `fixtures/files/`.
    pub fn fixture(name: &str) -> PathBuf {
        apps::fixture("files").join(name)
    }

    fn started(name: &'static str, flags: &[&str]) -> Self {
        Self::start(name, flags).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    fn start(name: &'static str, flags: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (app, wasm) = (folder.path().join(name), folder.path().join("app.wasm"));
        copy(&Self::fixture(name), &app)?;
        match name {
            "flask-app" => fs::write(app.join("static/large.bin"), content(LARGE))?,
            "libraries" => fs::write(app.join("notes.py"), example_of_page()?)?,
            _ => {}
        }
        let args = [OsStr::new("build"), app.as_os_str(), OsStr::new("-o"), wasm.as_os_str()];
        let built = apps::composer(args.into_iter().chain(flags.iter().map(OsStr::new)))?;
        if !built.status.success() {
            bail!("composer build failed:\n{}", String::from_utf8_lossy(&built.stderr));
        }
        // The app is served without its folder.
        fs::remove_dir_all(&app)?;
        let server = Server::start(Options::new(&wasm).capture())?;
        Ok(Self { name, server, wasm, _folder: folder })
    }

    /// The answer to a request.
    pub fn send(&self, request: Request) -> Response {
        // An app may say its own address, which the record has without a port.
        let sent = request.header("host", "127.0.0.1").limit(LIMIT).send(self.server.addr());
        sent.unwrap_or_else(|error| panic!("{}: {error}\n{}", self.name, self.server.logs()))
    }

    /// The answer to a `GET`.
    pub fn get(&self, target: &str) -> Response {
        self.send(Request::get(target))
    }

    /// The answer to a `GET`, which must be JSON.
    pub fn json(&self, target: &str) -> Value {
        let response = self.get(target);
        let found = serde_json::from_slice(&response.body);
        found.unwrap_or_else(|error| panic!("{target}: {error}: {}\n{}", response.text(), self.logs()))
    }

    /// What the app wrote.
    pub fn logs(&self) -> String {
        self.server.logs()
    }

    /// Waits until the app has written this.
    pub fn wait_for(&self, text: &str) {
        assert!(self.server.wait_for_logs(text, LIMIT).is_some(), "no {text:?} in\n{}", self.logs());
    }

    /// What `composer inspect` says of the component.
    pub fn inspect(&self) -> Value {
        let args = [OsStr::new("inspect"), self.wasm.as_os_str(), OsStr::new("--json")];
        let said = apps::composer(args).expect("composer runs");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        serde_json::from_slice(&said.stdout).expect("JSON")
    }
}

/// The module that `docs/files.md` begins with.
fn example_of_page() -> Result<String> {
    let page = fs::read_to_string(apps::fixture("..").join("docs/files.md"))?;
    let (_, block) = page.split_once("```python\n").context("docs/files.md has no example")?;
    let (block, _) = block.split_once("```").context("the example of docs/files.md has no end")?;
    Ok(block.to_owned())
}

/// So many bytes, the same each time.
pub fn content(size: usize) -> Vec<u8> {
    (0..251).cycle().take(size).collect()
}

/// Copies a folder with all that is in it, but byte code.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true if entry.file_name() == "__pycache__" => {}
            true => copy(&entry.path(), &target)?,
            false => fs::copy(entry.path(), target).map(drop)?,
        }
    }
    Ok(())
}
