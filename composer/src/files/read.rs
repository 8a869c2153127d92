//! The files of a composed component, read back out of it.

use std::collections::BTreeMap;

use serde::Serialize;
use wasmparser::{BinaryReader, DataKind, DataSectionReader};

use super::Files;
use super::check::{Image, ImageError, Kind, check};
use super::tree::Tree;
use crate::sections::{Section, sections};

/// A file, and how large it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileOf {
    /// Its path from the root, such as `/0/main.py`.
    pub path: String,
    /// How many bytes it has.
    pub size: usize,
}

/// The image in a part `files`, which is valid; none in another component, or where none was put in.
///
/// A core module has it as a data segment of its own.
pub fn image(component: &[u8]) -> Option<Image<'_>> {
    const CORE_MODULE: u8 = wasm_encoder::ComponentSectionId::CoreModule as u8;
    let inside = sections(component).ok()?;
    inside.into_iter().filter(|section| section.id == CORE_MODULE).find_map(|section| in_module(section.data))
}

fn in_module(module: &[u8]) -> Option<Image<'_>> {
    const DATA: u8 = wasm_encoder::SectionId::Data as u8;
    let Section { data, .. } = sections(module).ok()?.into_iter().find(|section| section.id == DATA)?;
    let segments = DataSectionReader::new(BinaryReader::new(data, 0)).ok()?;
    // The image is behind what the compiler put into the module.
    let segments =
        segments.into_iter().filter_map(Result::ok).filter(|data| matches!(data.kind, DataKind::Active { .. }));
    segments.filter_map(|data| check(data.data).ok()).last()
}

/// The files of a valid image, in the order of their paths.
pub fn list(image: &Image<'_>) -> Vec<FileOf> {
    contents(image)
        .into_iter()
        .map(|(path, contents)| FileOf { path: format!("/{path}"), size: contents.len() })
        .collect()
}

/// The files in a part `files`; none in another component.
pub fn files(component: &[u8]) -> Result<Option<Files>, ImageError> {
    let Some(image) = image(component) else { return Ok(None) };
    let mut tree = Tree::new();
    for (path, contents) in contents(&image) {
        // The paths of a valid image are those of a tree.
        if tree.insert(&path, contents.to_vec()).is_err() {
            return Err(ImageError::Header { message: "two of its paths are in each other's way" });
        }
    }
    Ok(Some(Files { tree, max_tmp: image.max_tmp }))
}

/// The files of a valid image by their paths, in the order of these.
fn contents<'i>(image: &Image<'i>) -> BTreeMap<String, &'i [u8]> {
    let mut paths: Vec<String> = Vec::with_capacity(image.nodes.len());
    let mut files = BTreeMap::new();
    for node in &image.nodes {
        // A folder comes before what is in it. The root is in itself, and has no name.
        let above = paths.get(node.parent).map_or("", String::as_str);
        let path = if above.is_empty() { node.name.to_owned() } else { format!("{above}/{}", node.name) };
        match node.kind {
            Kind::File { contents } => drop(files.insert(path.clone(), contents)),
            Kind::Folder { .. } => {}
        }
        paths.push(path);
    }
    files
}
