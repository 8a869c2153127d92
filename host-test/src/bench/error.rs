//! What can go wrong with a measurement.

use std::io;
use std::path::PathBuf;

use composer::bundle::WorldError;
use composer::compose::ComposeError;
use thiserror::Error;

use crate::error::os_reason;
use crate::guests::GuestsError;
use crate::process::ProcessError;

/// Why there is no figure, or no good one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BenchError {
    /// A file or a folder.
    #[error("cannot {doing} {}: {}; correct the path, or name another with --out", path.display(), os_reason(source))]
    File {
        /// What was under way.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A command that is needed does not start.
    #[error("cannot run {command}: {}; run this as `just bench`, which sets up what it needs", os_reason(source))]
    Start {
        /// The command.
        command: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A command of this project is not where this one is.
    #[error("there is no {name} beside this command; run this as `just bench`, which builds both")]
    NoCommand {
        /// The command.
        name: String,
    },
    /// An app is not in the folder of built ones.
    #[error("there is no {}; leave out --apps to have it built", path.display())]
    NoApp {
        /// The component.
        path: PathBuf,
    },
    /// A command that is needed failed.
    #[error("{command} failed:\n{stderr}")]
    Command {
        /// The command.
        command: String,
        /// What it wrote.
        stderr: String,
    },
    /// The guests of the adapter cannot be used.
    #[error(transparent)]
    Guests(#[from] GuestsError),
    /// The world of the guests cannot be reshaped.
    #[error(transparent)]
    World(#[from] WorldError),
    /// An app cannot be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// A guest does not run, or does not do the work.
    #[error("cannot {doing}: {message}; see `fixtures/bench/guest`")]
    Guest {
        /// What was under way.
        doing: String,
        /// What the engine said.
        message: String,
    },
    /// A made-up world cannot be reshaped.
    #[error("cannot {doing}: {message}; report it")]
    MadeUp {
        /// What was under way.
        doing: String,
        /// What is wrong.
        message: String,
    },
    /// The server did not do as it should.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// An app under load did not answer, or not well.
    #[error("{app} did not answer {target} well: {message}; read what the server printed")]
    Answer {
        /// Which app.
        app: String,
        /// What was asked for.
        target: String,
        /// What is wrong.
        message: String,
    },
    /// No row is called so.
    #[error("no row is called `{filter}`; `just bench --list` says what there is")]
    NoRows {
        /// What was asked for.
        filter: String,
    },
    /// A file of figures is none.
    #[error("{} holds no figures: {message}; make it again with `just bench --bless`", path.display())]
    Figures {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        message: String,
    },
}

impl BenchError {
    /// About a file.
    pub(crate) fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }

    /// About the engine and what runs on it.
    pub(crate) fn guest(doing: impl Into<String>) -> impl FnOnce(wasmtime::Error) -> Self {
        let doing = doing.into();
        move |error| Self::Guest { doing, message: format!("{error:#}") }
    }
}
