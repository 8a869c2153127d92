//! What is inside of a component: what it was composed of and made with, and what it asks for and offers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;
use wasm_metadata::Payload;
use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldItem, WorldKey};

use crate::decode::decode;
use crate::files::{Amount, FileOf, read};
use crate::manifest::{self, ADAPTER, FILES, Manifest, ManifestError};
use crate::skeleton::skeleton;
use crate::visible::visible_name;

/// What is inside of a component.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Inspection {
    /// How many bytes it has.
    pub size: usize,
    /// What it was composed of; none if this composer did not compose it.
    pub manifest: Option<Manifest>,
    /// What it was made with: languages, tools, SDKs, with their versions.
    pub producers: BTreeMap<String, BTreeMap<String, String>>,
    /// The interfaces that it imports, and how many functions of each.
    pub imports: BTreeMap<String, usize>,
    /// The interfaces that it exports, and how many functions each has.
    pub exports: BTreeMap<String, usize>,
    /// The files that the app has, in the order of their paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileOf>,
}

/// As many of the largest files are told.
const LARGEST: usize = 10;

/// Looks into a component.
pub fn inspect(component: &[u8]) -> Result<Inspection, ManifestError> {
    let manifest = manifest::read(component)?;
    let unreadable = |message: String| ManifestError::Unreadable { message };
    let skeleton = skeleton(component).map_err(|error| unreadable(error.to_string()))?;
    let decoded = decode(&skeleton).map_err(|error| unreadable(error.to_string()))?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err(unreadable("it is a WIT package".to_owned()));
    };
    let made_with = Payload::from_binary(&skeleton).map_err(|error| unreadable(format!("{error:#}")))?;
    let world = &resolve.worlds[world];
    let files = match &manifest {
        Some(Manifest { files: Some(_), .. }) => files(component)?,
        Some(Manifest { files: None, .. }) | None => Vec::new(),
    };
    Ok(Inspection {
        size: component.len(),
        manifest,
        files,
        producers: producers(&made_with),
        imports: interfaces(&resolve, world.imports.iter()),
        exports: interfaces(&resolve, world.exports.iter()),
    })
}

/// The files of an app whose manifest says that it has them.
fn files(component: &[u8]) -> Result<Vec<FileOf>, ManifestError> {
    let parts = manifest::split(component)?;
    let part = parts.iter().find(|part| part.name == FILES);
    let image = part.and_then(|part| read::image(part.component));
    let misfit = |message: String| ManifestError::Misfit { message };
    let image = image.ok_or_else(|| misfit("it says that there are files, and none can be found".to_owned()))?;
    Ok(read::list(&image))
}

fn producers(payload: &Payload) -> BTreeMap<String, BTreeMap<String, String>> {
    let Some(producers) = &payload.metadata().producers else { return BTreeMap::new() };
    let fields = producers.iter().map(|(field, values)| {
        (field.clone(), values.iter().map(|(name, version)| (name.clone(), version.clone())).collect())
    });
    fields.collect()
}

fn interfaces<'r>(
    resolve: &'r Resolve,
    items: impl Iterator<Item = (&'r WorldKey, &'r WorldItem)>,
) -> BTreeMap<String, usize> {
    let functions = |item: &WorldItem| match item {
        WorldItem::Interface { id, .. } => resolve.interfaces[*id].functions.len(),
        WorldItem::Function(_) => 1,
        WorldItem::Type { .. } => 0,
    };
    items.map(|(key, item)| (resolve.name_world_key(key), functions(item))).collect()
}

impl Inspection {
    /// As text, with sizes as `size` says them.
    pub fn text(&self, size: impl Fn(usize) -> String) -> String {
        let mut out = format!("{}\n", size(self.size));
        // Writing to a string cannot fail.
        match &self.manifest {
            Some(manifest) => {
                let Manifest { composer, raw, friendly, parts, bulk, linked, observed, policy, files } = manifest;
                let [composer, raw, friendly] = [composer, raw, friendly].map(|name| visible_name(name));
                let is_adapted = parts.iter().any(|part| part.name == ADAPTER);
                let what =
                    if is_adapted { format!("{raw} as {friendly}") } else { format!("{raw}, without an adapter") };
                let _ = writeln!(out, "composed by composer {composer}: {what}\n\nparts");
                let names: Vec<_> = parts.iter().map(|part| visible_name(&part.name)).collect();
                let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
                for (name, part) in names.iter().zip(parts) {
                    let _ = writeln!(out, "  {name:width$}  {}", size(part.size));
                }
                if let Some(modules) = linked {
                    let _ = writeln!(out, "\nlinked: {modules} core modules of the app are one");
                }
                list(&mut out, "past the adapter where they move many bytes", bulk);
                list(&mut out, "observed", observed);
                list(&mut out, "refused", policy);
                if let Some(amount) = files {
                    self.list_files(&mut out, amount, &size);
                }
            }
            None => out.push_str("not composed by this composer\n"),
        }
        for (field, values) in &self.producers {
            let _ = writeln!(out, "\n{}", visible_name(field));
            for (name, version) in values {
                let _ = writeln!(out, "  {} {}", visible_name(name), visible_name(version));
            }
        }
        for (what, interfaces) in [("imports", &self.imports), ("exports", &self.exports)] {
            let _ = writeln!(out, "\n{what}");
            for (name, functions) in interfaces {
                let plural = if *functions == 1 { "" } else { "s" };
                let _ = writeln!(out, "  {}  ({functions} function{plural})", visible_name(name));
            }
        }
        out
    }

    /// Says how many files there are, and which are the largest.
    fn list_files(&self, out: &mut String, Amount { count, bytes, max_tmp }: &Amount, size: impl Fn(usize) -> String) {
        // Sizes are those of files in memory, and so is their sum. Writing to a string cannot fail.
        let (bytes, tmp) = (usize::try_from(*bytes).unwrap_or(usize::MAX), max_tmp >> 20);
        let writable = if tmp == 0 { "nothing can be written".to_owned() } else { format!("up to {tmp} MiB in /tmp") };
        let _ = writeln!(out, "\nfiles: {count} ({}), {writable}", size(bytes));
        let mut largest: Vec<_> = self.files.iter().collect();
        largest.sort_by_key(|file| (std::cmp::Reverse(file.size), &file.path));
        largest.truncate(LARGEST);
        let sizes: Vec<_> = largest.iter().map(|file| size(file.size)).collect();
        let width = sizes.iter().map(String::len).max().unwrap_or_default();
        for (file, size) in largest.iter().zip(&sizes) {
            let _ = writeln!(out, "  {size:>width$}  {}", visible_name(&file.path));
        }
    }
}

/// Lists paths under a heading, if there are any.
fn list(out: &mut String, heading: &str, paths: &BTreeSet<String>) {
    if paths.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\n{heading}");
    for path in paths {
        let _ = writeln!(out, "  {}", visible_name(path));
    }
}
