//! Recordings of requests to the local host, one at a time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use composer::bundle::WorldError;
use tempfile::TempDir;
use thiserror::Error;

use super::between::kinds;
use super::{ENDPOINT, RecordError, Recorder};
use crate::client::{ClientError, Request, Response};
use crate::error::ServeError;
use crate::guests::{self, GuestsError};
use crate::server::{Logs, Options, Server};

/// How long the last line is waited for: an app may go on after it has answered.
const LAST: Duration = Duration::from_secs(10);

/// How often to look for it.
const LOOK: Duration = Duration::from_millis(5);

/// An app that is served with a recorder around it.
#[derive(Debug)]
pub struct Live {
    recorder: Recorder,
    server: Server,
    /// The component is read from here when the server starts; who serves it may look at it again.
    _folder: TempDir,
}

/// A recording of one request.
#[derive(Debug)]
pub struct Recording<'a> {
    recorder: &'a Recorder,
    /// What the app answered.
    pub response: Response,
    /// What the app logged itself, a line each.
    pub logs: Vec<String>,
    lines: Vec<String>,
}

/// Why there is none.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The app cannot be read, or its recorder not be written.
    #[error("cannot {doing} {}: {source}; correct the path", path.display())]
    File {
        /// What is done with the file.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// There are no guests.
    #[error(transparent)]
    Guests(#[from] GuestsError),
    /// They are of no world.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The app cannot be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// It cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// It does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Live {
    /// Serves the component of a file, in the surroundings that a `fastly.toml` describes; the folder of guests has the
    /// raw world.
    pub fn start(app: &Path, config: Option<&Path>, guests: &Path) -> Result<Self, LiveError> {
        let raw = guests::read(guests)?.world()?.raw;
        let recorder = Recorder::around(read(app)?, &raw)?;
        let file = |doing, path: &Path, source| LiveError::File { doing, path: path.to_owned(), source };
        let folder = tempfile::tempdir().map_err(|source| file("make a folder in", &std::env::temp_dir(), source))?;
        let wasm = folder.path().join("recorded.wasm");
        fs::write(&wasm, &recorder.component).map_err(|source| file("write", &wasm, source))?;
        let mut options = Options::new(&wasm);
        options.logs = Logs::Capture;
        options.config = config.map(Path::to_owned);
        Ok(Self { recorder, server: Server::start(options)?, _folder: folder })
    }

    /// Asks it, and waits for the end of the sandbox that answered. Who asks twice at once has both in one recording.
    pub fn ask(&self, request: &Request) -> Result<Recording<'_>, LiveError> {
        let before = self.server.logs();
        let response = request.clone().send(self.server.addr())?;
        let ended = format!("{ENDPOINT} :: {}", char::from(kinds::ENDED));
        let deadline = Instant::now() + LAST;
        let came = loop {
            let all = self.server.logs();
            let came = all.get(before.len()..).unwrap_or_default().to_owned();
            // Where the app waits for another request in the same sandbox, its end does not come.
            if came.contains(&ended) || Instant::now() > deadline {
                break came;
            }
            thread::sleep(LOOK);
        };
        let prefix = format!("{ENDPOINT} :: ");
        let (lines, logs): (Vec<&str>, Vec<&str>) = came.lines().partition(|line| line.starts_with(&prefix));
        let lines = lines.into_iter().map(|line| line.replacen(&prefix, "", 1)).collect();
        let logs = logs.into_iter().map(str::to_owned).collect();
        Ok(Recording { recorder: &self.recorder, response, logs, lines })
    }
}

impl Recording<'_> {
    /// As a script; `about` says what it is of, and `full` that nothing is left out but secrets.
    pub fn script(&self, about: &str, full: bool) -> Result<String, RecordError> {
        self.recorder.script(&self.lines, about, full)
    }
}

/// Reads a component.
pub fn read(path: &Path) -> Result<Vec<u8>, LiveError> {
    fs::read(path).map_err(|source| LiveError::File { doing: "read", path: path.to_owned(), source })
}
