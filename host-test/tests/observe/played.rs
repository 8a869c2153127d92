//! Apps on a host that makes its answers up, and whose clock goes on as it is told.

use std::fs;
use std::path::Path;

use serde_json::Value;

pub use crate::host::Scene;
use crate::host::{Played, Stage};

impl Scene {
    /// One request of a path, where all goes well.
    pub fn of(path: &str) -> Self {
        Self { uri: format!("http://observed.test{path}"), requests: 1, calls: usize::MAX, ..Self::default() }
    }
}

/// Compiles a component for scenes.
pub fn stage(component: &Path) -> Stage {
    let bytes = fs::read(component).unwrap_or_else(|error| panic!("{}: {error}", component.display()));
    Stage::new(&bytes).unwrap_or_else(|error| panic!("{}: {error:?}", component.display()))
}

/// Plays a scene with a component.
pub fn play(component: &Path, scene: &Scene) -> Played {
    stage(component).play(scene).unwrap_or_else(|error| panic!("{scene:?}: {error:?}"))
}

impl Played {
    /// Whether the host was asked anything of an interface.
    pub fn asks(&self, interface: &str) -> bool {
        self.told.iter().any(|told| told.starts_with(&format!("fastly:compute/{interface}@")))
    }

    /// How often a function of the host was called.
    pub fn count(&self, function: &str) -> usize {
        self.told.iter().filter(|told| told.contains(&format!(" {function}("))).count()
    }

    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.told.iter().filter(|told| told.starts_with("fastly:")).count()
    }

    /// The lines of a kind that were printed.
    pub fn lines(&self, kind: &str) -> Vec<Value> {
        let lines = self.printed.lines().filter(|line| line.starts_with(&format!("{{\"kind\":\"{kind}\"")));
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    /// What was written into bodies, as text.
    pub fn sent(&self) -> Vec<String> {
        self.told.iter().filter(|told| told.contains("http-body@0.1.0 write(")).cloned().collect()
    }

    /// What was printed but for lines of JSON.
    pub fn printed_by_app(&self) -> String {
        let lines = self.printed.lines().filter(|line| !line.starts_with("{\"kind\":"));
        lines.map(|line| format!("{line}\n")).collect()
    }
}
