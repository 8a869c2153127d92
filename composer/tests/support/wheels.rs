//! Wheels that are made here, so that packages are installed without a network.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::scene::Scene;

/// What a wheel is made of.
pub struct Wheel<'a> {
    pub name: &'a str,
    pub version: &'a str,
    /// `py3-none-any`, or that of a compiled wheel.
    pub tag: &'a str,
    /// Further lines of its metadata: `Requires-Dist: other`.
    pub metadata: &'a [&'a str],
    pub files: &'a [(&'a str, &'a str)],
}

/// A tag of wheels that are compiled for the sandbox's version of Python, and not for the sandbox.
pub const COMPILED: &str = "cp314-cp314-manylinux_2_17_x86_64";

impl<'a> Wheel<'a> {
    /// A wheel without compiled modules, of one empty module.
    pub fn pure(name: &'a str, version: &'a str) -> Self {
        Self { name, version, tag: "py3-none-any", metadata: &[], files: &[] }
    }

    /// Writes it into the folder `wheels`.
    pub fn write(&self, scene: &Scene) {
        let Self { name, version, tag, .. } = self;
        scene.file(&format!("wheels/{name}-{version}-{tag}.whl"), self.pack());
    }

    /// Writes what it installs, into a folder of installed packages.
    pub fn install(&self, scene: &Scene, folder: &str) {
        for (path, text) in self.contents() {
            scene.file(&format!("{folder}/{path}"), text);
        }
    }

    fn contents(&self) -> Vec<(String, String)> {
        let Self { name, version, tag, metadata, files } = self;
        let info = format!("{name}-{version}.dist-info");
        let mut contents: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        if contents.is_empty() {
            contents.push((format!("{name}.py"), format!("VERSION = \"{version}\"\n")));
        }
        let lines: String = metadata.iter().map(|line| format!("{line}\n")).collect();
        let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}");
        contents.push((format!("{info}/METADATA"), metadata));
        let pure = tag.ends_with("-none-any");
        let wheel = format!("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: {pure}\nTag: {tag}\n");
        contents.push((format!("{info}/WHEEL"), wheel));
        let record = format!("{info}/RECORD");
        let listed: String =
            contents.iter().map(|(path, _)| path).chain([&record]).map(|p| format!("{p},,\n")).collect();
        contents.push((record, listed));
        contents
    }

    fn pack(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, text) in self.contents() {
            zip.start_file(path, SimpleFileOptions::default()).expect("a file is begun");
            zip.write_all(text.as_bytes()).expect("it is written");
        }
        zip.finish().expect("the archive is written").into_inner()
    }
}
