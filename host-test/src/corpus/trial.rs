//! An app on its way: built by the composer's own command, served by the host, asked once.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use serde_json::Value;

use super::CorpusError;
use crate::apps;
use crate::client::{ClientError, Request, Response};
use crate::server::{Options, Server};

/// Longer than any app here takes to answer on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// A component that was built, and what the composer said meanwhile.
#[derive(Debug)]
pub struct Built {
    /// The component.
    pub wasm: PathBuf,
    /// What the composer said, without its progress.
    pub said: String,
}

/// Builds the app of a folder. The inner error is what the composer says when it refuses.
pub fn build(root: &Path, app: &str) -> Result<Result<Built, String>, CorpusError> {
    let wasm = root.join(format!("{app}.wasm"));
    // Relative names, so that messages say nothing of where this was done.
    let output = composer(root, &["build", app, "-o", &format!("{app}.wasm")])?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        return Ok(Ok(Built { wasm, said }));
    }
    let refusal = said.split_once("error: ").map_or(said.as_str(), |(_, refusal)| refusal);
    Ok(Err(refusal.trim_end().to_owned()))
}

/// The version of a package that a component lists.
pub fn version(root: &Path, app: &str, package: &str) -> Result<Option<String>, CorpusError> {
    let output = composer(root, &["inspect", &format!("{app}.wasm"), "--json"])?;
    let found: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let lists = found.pointer("/producers/processed-by").and_then(Value::as_object).into_iter().flatten();
    let lists = lists.filter_map(|(_, text)| serde_json::from_str::<Value>(text.as_str()?).ok());
    for list in lists {
        let packages = list.pointer("/package_info/packages").and_then(Value::as_object).into_iter().flatten();
        let mut packages = packages.filter(|(name, _)| normal(name) == normal(package));
        if let Some((_, version)) = packages.next() {
            return Ok(version.as_str().map(str::to_owned));
        }
    }
    Ok(None)
}

/// Serves a component, and keeps what it writes.
pub fn serve(wasm: &Path) -> Result<Server, CorpusError> {
    Ok(Server::start(Options::new(wasm).capture())?)
}

/// Asks for a path.
pub fn ask(server: &Server, path: &str) -> Result<Response, ClientError> {
    Request::get(path).limit(LIMIT).send(server.addr())
}

/// What an expression came to, or the error that it raised.
pub fn answer(server: &Server, response: &Response) -> Result<Result<Value, String>, CorpusError> {
    if response.status() != 200 {
        return Ok(Err(last_line(&server.logs()).unwrap_or_else(|| format!("status {}", response.status()))));
    }
    let text = response.text();
    let found: Value = serde_json::from_str(&text).unwrap_or_default();
    match (found.get("value"), found.get("error").and_then(Value::as_str)) {
        (Some(value), _) => Ok(Ok(value.clone())),
        (None, Some(error)) => Ok(Err(error.to_owned())),
        (None, None) => Err(CorpusError::Answer { text }),
    }
}

/// What a WSGI app answered: JSON as a value, anything else as text.
pub fn page(server: &Server, response: &Response) -> Result<Value, String> {
    if response.status() != 200 {
        return Err(last_line(&server.logs()).unwrap_or_else(|| format!("status {}", response.status())));
    }
    let text = response.text();
    Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// The last line that an app wrote, which is the exception in a traceback. The host makes one line of each write.
fn last_line(logs: &str) -> Option<String> {
    let last = logs.lines().rev().find(|line| line.starts_with("stderr :: "))?;
    let text = last.trim_start_matches("stderr :: ").trim_end_matches("\\n");
    text.rsplit("\\n").next().map(str::to_owned)
}

fn composer(root: &Path, arguments: &[&str]) -> Result<Output, CorpusError> {
    let run = apps::command().and_then(|mut command| Ok(command.args(arguments).current_dir(root).output()?));
    run.map_err(|error| CorpusError::Composer { message: format!("{error:#}") })
}

/// A name of a package as it is compared.
fn normal(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}
