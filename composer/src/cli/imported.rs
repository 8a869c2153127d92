//! What the build was told of the app's import, from the files that the launch wrote in the sandbox.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use composer::python::launch::{PLACE, PRINTED, REPORT};
use serde::Deserialize;

use super::output;

/// How much is shown of what an app printed.
const MOST_PRINTED: usize = 100_000;

/// How far the app came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Its modules run.
    Import,
    /// What the host calls is looked at.
    Handlers,
    /// The objects that the host calls are made.
    Make,
    /// All is there.
    End,
}

/// A line of the report.
#[derive(Debug, Deserialize)]
pub struct Event {
    /// How far the app was.
    pub phase: Phase,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum What {
    /// Python runs.
    Started,
    /// An exception came out of the app.
    Raised(Raised),
    /// The app called the host.
    Host {
        /// What it called.
        function: String,
        /// Where.
        text: String,
    },
    /// The app ended the process.
    Exit {
        /// How.
        called: String,
        /// Where.
        text: String,
    },
    /// The app left files open.
    Open {
        /// Which.
        files: Vec<LeftOpen>,
    },
    /// A class that the host calls is not there.
    NoClass {
        /// Its name.
        name: String,
    },
    /// A class that the host makes objects of is not there.
    NoResource {
        /// The module that it is looked for in.
        module: String,
        /// Its name.
        name: String,
    },
    /// All went well, as far as Python can tell.
    Imported,
}

/// An exception.
#[derive(Debug, Deserialize)]
pub struct Raised {
    /// Its class.
    pub kind: String,
    /// The module of the standard library that this Python lacks, or the name of one, where the exception is about that.
    pub lacks: Option<(String, Option<String>)>,
    /// The file that it is about.
    pub file: Option<String>,
    /// Its traceback.
    pub text: String,
}

/// A file that is open.
#[derive(Debug, Deserialize)]
pub struct LeftOpen {
    /// What it is called, if that is known.
    pub name: Option<String>,
    /// The variable that keeps it open, if one does.
    pub place: Option<String>,
}

/// Where the app was: the file, the line and the function of each frame, the innermost last.
pub type Place = Vec<(String, usize, String)>;

/// What the build was told.
#[derive(Debug)]
pub struct Imported {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What the app printed.
    printed: String,
    /// Where it was last.
    pub place: Option<Place>,
}

impl Imported {
    /// Whether Python began to import the app.
    pub fn has_begun(folder: &Path) -> bool {
        fs::metadata(folder.join(REPORT)).is_ok_and(|report| report.len() > 0)
    }

    /// Reads it from the folder that the sandbox wrote it to.
    pub fn read(folder: &Path) -> Result<Self> {
        let report = text(&folder.join(REPORT))?;
        let events = report.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        let place = text(&folder.join(PLACE))?;
        let place = place.trim_matches(['\0', ' ']);
        Ok(Self {
            events: events.context("cannot read what the sandbox says of the app")?,
            printed: text(&folder.join(PRINTED))?,
            // It may have been ended in the middle of a line.
            place: serde_json::from_str(place).ok(),
        })
    }

    /// Shows what the app printed, warnings among it: it is the app's author who wants to see that.
    pub fn show_printed(&self) {
        let text = self.printed.trim_end();
        if text.is_empty() {
            return;
        }
        let (shown, left) = split(text, MOST_PRINTED);
        output::say(format_args!("the app printed when it was imported:"));
        for line in shown.lines() {
            output::say(format_args!("  {line}"));
        }
        if !left.is_empty() {
            output::say(format_args!("  … and {} bytes more", left.len()));
        }
    }

    /// The last that happened.
    pub fn last(&self) -> Option<&Event> {
        self.events.last()
    }
}

/// The first bytes of a text, and the rest.
pub fn split(text: &str, most: usize) -> (&str, &str) {
    text.split_at(text.floor_char_boundary(most))
}

/// What a file has, if it is there.
fn text(file: &Path) -> Result<String> {
    match fs::read(file) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}
