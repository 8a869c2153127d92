//! Guests as `composer guests` writes them, as components on a scripted host.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use composer::bundle::{Bundle, FILES, Guests, World, WorldError};
use composer::encode::{EncodeError, encode};
use composer::wit::{ADAPTER_WORLD, ENTRY_WORLD};
use thiserror::Error;
use wasmtime::{Config, Engine, OptLevel};

use crate::script::{Host, ScriptError};

/// Why there is no component to play scripts with.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GuestsError {
    /// A file of the guests cannot be read.
    #[error("cannot read {}: {source}; build the guests with `composer guests`, or correct the path", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of the guests should be text.
    #[error("{} is no text; build the guests again", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The world cannot be reshaped.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A guest does not become a component.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The component does not run on a scripted host.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The engine does not start.
    #[error("cannot start the engine: {message}; report it")]
    Engine {
        /// What it says.
        message: String,
    },
}

/// Which of the guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guest {
    /// The one that exports the friendly world.
    Adapter,
    /// The one that exports what the host calls.
    Entry,
}

/// A guest, and the world that it is of.
pub struct Component {
    /// The plan and the WIT.
    pub world: World,
    /// What plays scripts with it.
    pub host: Host,
}

/// Reads what is in a folder of guests.
pub fn read(folder: &Path) -> Result<Bundle, GuestsError> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|source| GuestsError::Read { path, source })
    };
    let text =
        |name: &str| String::from_utf8(read(name)?).map_err(|_| GuestsError::NotText { path: folder.join(name) });
    let [wit, rules, world, adapter, entry, observer, files, python] = FILES;
    let guests =
        Guests { adapter: read(adapter)?, entry: read(entry)?, observer: read(observer)?, files: read(files)? };
    Ok(Bundle { wit: read(wit)?, rules: text(rules)?, world: text(world)?, guests, python: text(python)? })
}

/// Compiles a guest of a bundle, whole.
pub fn compile(bundle: &Bundle, guest: Guest) -> Result<Component, GuestsError> {
    let world = bundle.world()?;
    let (name, module, of) = match guest {
        Guest::Adapter => ("adapter", &bundle.guests.adapter, ADAPTER_WORLD),
        Guest::Entry => ("entry", &bundle.guests.entry, ENTRY_WORLD),
    };
    let component = encode(name, module, &world.friendly, of, None)?;
    on_script(world, &component)
}

/// Puts a component of a world on a scripted host.
pub fn on_script(world: World, component: &[u8]) -> Result<Component, GuestsError> {
    let mut config = Config::new();
    // It runs for a moment: what counts is how soon it is compiled.
    config.cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config).map_err(|error| GuestsError::Engine { message: format!("{error:#}") })?;
    let host = Host::new(&engine, component)?;
    Ok(Component { world, host })
}
