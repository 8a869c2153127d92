//! The files of an app: which ones go into its component, and what a person is told of them.
//!
//! A build has its folders on the path under numbers, `/0` the first. The files are where they were then, so that what
//! the app keeps of it, `__file__` among it, holds at a request:
//!
//! ```text
//! app's folder ── defaults, patterns ──► collect ─┐
//! packages ────── defaults, patterns ─► packages ─┼─► Tree ─► composer::files
//! the sandbox's library ── imports ──► stdlib ────┘     └─► report
//! ```

mod collect;
mod imports;
mod packages;
mod patterns;
mod report;
mod settings;
mod stdlib;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use composer::bundle::World;
use composer::files::{Files, Tree, component, of_host, read, shared_by_world};
use composer::python::launch::{BINDINGS, LIBRARY};
use composer::rules::HostRules;

use super::componentize::Numbers;
use super::output;
pub use packages::module;
use patterns::Patterns;
pub use report::{near_limit, told};
pub use settings::{Settings, Stdlib, settings};

/// Where the files of a build come from.
pub struct Sources<'a> {
    /// The app's folder.
    pub app: &'a Path,
    /// The folders of the path, and the numbers they have in the sandbox.
    pub numbers: Numbers<'a>,
    /// The folder that the sandbox's library and its bindings were copied to.
    pub copies: &'a Path,
    /// The modules that the app has loaded.
    pub loaded: &'a BTreeSet<String>,
    /// What is made, which must not go in.
    pub out: &'a Path,
}

/// The files of an app, and which of them are whose.
pub struct Found {
    /// All of them.
    pub files: Files,
    /// How many files, and how many bytes, of whom.
    pub groups: Vec<(&'static str, usize, u64)>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Whether the app's files go into its component, given the guest that would have them. Where the host has a file system,
/// the app has that; where the world speaks of streams, these are the host's. A line says so. Fails if the host lacks what
/// files are made of, before an app is built in vain.
pub fn are_possible(world: &World, guest: &[u8]) -> Result<bool> {
    if let Some(own) = of_host(world) {
        output::say(format_args!("note: the host has `{own}`: the app has files of the host, and none of its own"));
        return Ok(false);
    }
    let empty = component(guest, &Files { tree: Tree::new(), max_tmp: 0 }, None)?;
    if let Some((interface, shared)) = shared_by_world(world, &empty) {
        output::say(format_args!(
            "note: `{interface}` of this world uses types of `{shared}`, which are the host's: the app has no files of its own"
        ));
        return Ok(false);
    }
    composer::files::check_host(world, &empty)?;
    Ok(true)
}

/// Finds the files of an app that was imported.
pub fn find(sources: &Sources<'_>, settings: &Settings, host: &HostRules) -> Result<Found> {
    let patterns = Patterns::new(sources.app, settings, host)?;
    let mut groups = Groups { tree: Tree::new(), found: Vec::new() };
    let Numbers { roots, python, packages } = &sources.numbers;
    for (number, root) in roots {
        groups.add("app", &number.to_string(), collect::app(sources.app, root, roots, &patterns, sources.out)?)?;
    }
    for (number, root) in packages {
        groups.add("packages", &number.to_string(), packages::files(root, &patterns, sources.loaded)?)?;
    }
    // Of what is made for this app, a module that is loaded needs no file.
    let world = (BINDINGS.to_owned(), sources.copies.join(BINDINGS));
    let made = python.iter().map(|(number, root)| (number.to_string(), root.to_path_buf()));
    for (place, root) in made.chain([world]) {
        groups.add("bindings", &place, packages::not_loaded(&root, sources.loaded)?)?;
    }
    let library = stdlib::files(sources, settings.stdlib, &groups.tree)?;
    groups.add("standard library", LIBRARY, library)?;
    let notes = patterns.unused();
    let files = Files { tree: groups.tree, max_tmp: settings.max_tmp_mib << 20 };
    Ok(Found { files, groups: groups.found, notes })
}

/// The files that were taken out of a component.
pub fn taken_out(part: &Path) -> Result<Found> {
    let bytes = std::fs::read(part).with_context(|| format!("cannot read {}", part.display()))?;
    let files = read::files(&bytes).with_context(|| format!("cannot take the files out of {}", part.display()))?;
    let files = files.with_context(|| {
        format!(
            "{} has no files; give the `files.wasm` that `composer split` takes out of a component with files",
            part.display()
        )
    })?;
    Ok(Found { files, groups: Vec::new(), notes: Vec::new() })
}

/// A tree under way, and whose files it has.
struct Groups {
    tree: Tree,
    found: Vec<(&'static str, usize, u64)>,
}

impl Groups {
    /// Puts files into a folder of the root.
    fn add(&mut self, name: &'static str, place: &str, files: Vec<(String, Vec<u8>)>) -> Result<()> {
        let (count, bytes) = (files.len(), files.iter().map(|(_, contents)| contents.len() as u64).sum::<u64>());
        match self.found.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, all, sum)) => (*all, *sum) = (*all + count, *sum + bytes),
            None => self.found.push((name, count, bytes)),
        }
        for (path, contents) in files {
            self.tree.insert(&format!("{place}/{path}"), contents)?;
        }
        Ok(())
    }
}
