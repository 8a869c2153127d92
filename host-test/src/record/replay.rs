//! Answers an app from a recording, without the host that it was made on.

use std::path::Path;

use wasmtime::{Config, Engine, OptLevel};

use crate::script::{Host, Outcome, Script, ScriptError};

/// Has a component play a recording from its start to its end, or to where it asks for something else.
pub fn replay(script: &Script, component: &[u8]) -> Result<Outcome, ScriptError> {
    let failed = |error: wasmtime::Error| ScriptError::Component { message: format!("{error:#}") };
    let mut config = Config::new();
    // What counts is how soon it is compiled.
    config.cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config).map_err(failed)?;
    Ok(Host::new(&engine, component)?.play(script))
}

/// Reads a recording; the files that it names, if a person put some into it, are in its folder.
pub fn read(path: &Path) -> Result<Script, ScriptError> {
    let text = std::fs::read_to_string(path).map_err(|source| ScriptError::Read { path: path.to_owned(), source })?;
    Script::parse(&text, path.parent().unwrap_or(Path::new("")))
}
