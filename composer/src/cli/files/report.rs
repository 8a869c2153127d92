//! What a person is told of the files.

use composer::rules::HostRules;

use super::Found;
use crate::cli::output::size;

/// As many of the largest are told.
const LARGEST: usize = 3;

/// From this share of what a host takes, a component is near it.
const NEAR: f64 = 0.9;

/// Of how many files, whose they are, and which the largest are.
pub fn told(found: &Found) -> String {
    let tree = &found.files.tree;
    let groups: Vec<_> = found
        .groups
        .iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(name, count, bytes)| format!("{name} {count} ({})", size(*bytes as usize)))
        .collect();
    let mut largest: Vec<_> = tree.files().map(|(path, contents)| (contents.len(), path)).collect();
    largest.sort_by_key(|(bytes, path)| (std::cmp::Reverse(*bytes), *path));
    let largest: Vec<_> =
        largest.iter().take(LARGEST).map(|(bytes, path)| format!("/{path} ({})", size(*bytes))).collect();
    let groups = if groups.is_empty() { String::new() } else { format!(": {}", groups.join(", ")) };
    let largest = if largest.is_empty() { String::new() } else { format!("; largest: {}", largest.join(", ")) };
    format!("files: {} ({}){groups}{largest}", tree.len(), size(tree.bytes() as usize))
}

/// A warning where a component of so many bytes is near what a host takes, or beyond it.
pub fn near_limit(bytes: usize, files: u64, host: &HostRules) -> Option<String> {
    let most = host.max_component_mb?;
    let megabytes = bytes as f64 / 1e6;
    (megabytes >= NEAR * f64::from(most)).then(|| {
        format!(
            "the component is of {megabytes:.1} MB, of which {:.1} MB are files, and the host takes {most} MB; leave out files that the app does not read, with --exclude",
            files as f64 / 1e6
        )
    })
}
