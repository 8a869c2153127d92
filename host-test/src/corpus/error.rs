//! Why something of the corpus could not be tried. That a package does not work is no error: it is a row of the table.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::client::ClientError;
use crate::error::ServeError;

/// Why something of the corpus could not be tried.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// A file cannot be read or written.
    #[error("{}: {source}; correct the path, or what may be written there", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A list is no TOML, or has lines that a list does not have.
    #[error("{} is no list of the corpus: {message}; correct it there", path.display())]
    List {
        /// The list.
        path: PathBuf,
        /// What the parser says.
        message: String,
    },
    /// The table of packages has a line that is no row.
    #[error("{} has a line that is no row of the table: {line}; write the table anew with --bless", path.display())]
    Row {
        /// The table.
        path: PathBuf,
        /// The line.
        line: String,
    },
    /// The `composer` command does not run.
    #[error("cannot run composer: {message}; start this with `just`, which says where it is")]
    Composer {
        /// Why not.
        message: String,
    },
    /// An app that was to be built was refused.
    #[error("{app} is not built: {message}")]
    Build {
        /// The app.
        app: String,
        /// What the composer said.
        message: String,
    },
    /// The component is not served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// There is no answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The answer says neither a value nor an error.
    #[error("the app answered with {text:?}, which is not what its main module writes; correct that module")]
    Answer {
        /// The answer.
        text: String,
    },
}

impl CorpusError {
    /// An error of a file.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
