//! Public reports: each with a small case of our own, and its right value.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::CorpusError;
use super::subject::{self, Asked, Subject};

/// A public report, and what holds that it is not so here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// What it says, in a sentence.
    pub says: String,
    /// Python that is asked on the host.
    pub scene: Option<Subject>,
    /// A world that is derived, by a test of the composer.
    pub world: Option<toml::Table>,
    /// A transcript that holds it, of the command line or of a script, by its path below `fixtures`.
    pub transcript: Option<String>,
    /// A text that the transcript has.
    pub has: Option<String>,
}

/// Reads the reports of a folder, by repository and number. Each is held in one way.
pub fn read(folder: &Path) -> Result<IndexMap<String, Report>, CorpusError> {
    let list = folder.join("reports.toml");
    let reports: IndexMap<String, Report> = subject::read(&list)?;
    for (name, report) in &reports {
        let wrong = match report {
            Report { scene: Some(scene), world: None, transcript: None, has: None, .. } => match scene.asked() {
                Ok(Asked::First(_)) => None,
                Ok(Asked::Wsgi(_)) => Some("scenes share an app, so none may be a `wsgi` app"),
                Err(wrong) => Some(wrong),
            },
            Report { scene: None, world: Some(_), transcript: None, has: None, .. }
            | Report { scene: None, world: None, transcript: Some(_), has: Some(_), .. } => None,
            Report { .. } => Some("it has not just one of `scene`, `world`, and `transcript` with `has`"),
        };
        if let Some(wrong) = wrong {
            return Err(subject::list(&list, format!("{name}: {wrong}")));
        }
    }
    Ok(reports)
}
