//! What the observer needs of the host: a clock and the standard error, as every WASI host has them.
//!
//! The WIT here is the part of WASI that is used. Types are the encoder's business: it makes a component of a module that
//! imports all of it, and whoever adds an observer takes over its types and imports.

use std::collections::BTreeMap;

use semver::Version;
use wasm_encoder as wasm;
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding, embed_component_metadata};
use wit_parser::abi::AbiVariant;
use wit_parser::{Resolve, WorldItem};

use super::ObserveError;
use crate::app::{App, compatible};
use crate::core_type::core_types;

/// A function of WASI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The full name of its interface.
    pub interface: String,
    pub name: String,
    /// The name by which the observer has it.
    pub given: &'static str,
    /// Whether it needs a memory.
    pub in_memory: bool,
}

/// What is used.
#[derive(Debug)]
pub(super) struct Platform {
    /// Components that import it and have nothing else of use.
    pub donors: Vec<Vec<u8>>,
    pub imports: Vec<Import>,
}

/// An interface of WASI: its package and name, the types and functions that are used of it.
struct Interface {
    package: &'static str,
    name: &'static str,
    items: &'static [&'static str],
}

const INTERFACES: [Interface; 4] = [
    Interface { package: "wasi:clocks", name: "monotonic-clock", items: &["now"] },
    Interface { package: "wasi:io", name: "error", items: &["error"] },
    Interface {
        package: "wasi:io",
        name: "streams",
        items: &["error", "stream-error", "output-stream", "[method]output-stream.blocking-write-and-flush"],
    },
    Interface { package: "wasi:cli", name: "stderr", items: &["output-stream", "get-stderr"] },
];

/// Finds what the observer imports in this app.
pub(super) fn platform(app: &App<'_>, host: &[String]) -> Result<Platform, ObserveError> {
    let mut versions = BTreeMap::new();
    for package in ["wasi:clocks", "wasi:io", "wasi:cli"] {
        versions.insert(package, version(app, host, package)?);
    }
    let full =
        |interface: &Interface| format!("{}/{}@{}", interface.package, interface.name, versions[interface.package]);
    let [clock, _, streams, stderr] = INTERFACES.each_ref().map(full);
    let imports = vec![
        Import { interface: clock, name: "now".to_owned(), given: "now", in_memory: false },
        Import { interface: stderr, name: "get-stderr".to_owned(), given: "stderr", in_memory: false },
        Import {
            interface: streams,
            name: "[method]output-stream.blocking-write-and-flush".to_owned(),
            given: "stderr_write",
            in_memory: true,
        },
    ];
    let donor = donor(&wit(&versions), &imports)?;
    Ok(Platform { donors: vec![donor], imports })
}

/// The version of a package. What the app imports already is used, if that has all that is needed: a component imports an
/// interface once. If it has less, another version of the interface is imported, which hosts take for the same one.
fn version(app: &App<'_>, host: &[String], package: &str) -> Result<Version, ObserveError> {
    let of_package = || INTERFACES.iter().filter(|interface| interface.package == package);
    let mut offered = Vec::new();
    for interface in of_package() {
        let whole = format!("{}/{}", interface.package, interface.name);
        let has = host.iter().find(|has| {
            let name = has.split('@').next().unwrap_or(has);
            name == whole || name == package
        });
        let has = has.and_then(|has| Version::parse(has.split_once('@')?.1).ok());
        offered.push(has.ok_or(ObserveError::Platform { interface: whole })?);
    }
    let is_imported = |interface: &Interface, version: &Version| {
        app.imports.contains(&format!("{}/{}@{version}", interface.package, interface.name))
    };
    let lacks = |version: &Version| {
        of_package().any(|interface| is_imported(interface, version) && !has_all(app, interface, version))
    };
    let imported = app.imports.iter().filter_map(|import| {
        let (name, version) = import.split_once('@')?;
        of_package().any(|interface| name == format!("{}/{}", interface.package, interface.name)).then_some(version)
    });
    let imported: Vec<Version> = imported.filter_map(|version| Version::parse(version).ok()).collect();
    let mut candidates = imported;
    candidates.extend(offered.clone());
    if let Some(first) = offered.first() {
        candidates.extend((0..first.patch).rev().map(|patch| Version::new(first.major, first.minor, patch)));
    }
    let fits = |version: &&Version| {
        let is_offered = offered.iter().all(|has| compatible(&format!("p@{has}"), &format!("p@{version}")));
        is_offered && !lacks(version)
    };
    candidates.iter().find(fits).cloned().ok_or_else(|| ObserveError::Platform { interface: package.to_owned() })
}

/// Whether what an app imports of an interface is enough for the observer.
fn has_all(app: &App<'_>, interface: &Interface, version: &Version) -> bool {
    let DecodedWasm::Component(resolve, world) = &app.decoded else { return false };
    let name = format!("{}/{}@{version}", interface.package, interface.name);
    let found = resolve.worlds[*world].imports.iter().find(|(key, _)| resolve.name_world_key(key) == name);
    let Some((_, WorldItem::Interface { id, .. })) = found else { return false };
    let there = &resolve.interfaces[*id];
    interface.items.iter().all(|item| there.types.contains_key(*item) || there.functions.contains_key(*item))
}

fn wit(versions: &BTreeMap<&str, Version>) -> String {
    let [clocks, io, cli] = ["wasi:clocks", "wasi:io", "wasi:cli"].map(|package| versions[package].to_string());
    format!(
        "package composer:observer;
world observer {{
  import wasi:clocks/monotonic-clock@{clocks};
  import wasi:io/error@{io};
  import wasi:io/streams@{io};
  import wasi:cli/stderr@{cli};
}}
package wasi:clocks@{clocks} {{
  interface monotonic-clock {{
    type instant = u64;
    now: func() -> instant;
  }}
}}
package wasi:io@{io} {{
  interface error {{
    resource error;
  }}
  interface streams {{
    use error.{{error}};
    variant stream-error {{ last-operation-failed(error), closed }}
    resource output-stream {{
      blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
    }}
  }}
}}
package wasi:cli@{cli} {{
  interface stderr {{
    use wasi:io/streams@{io}.{{output-stream}};
    get-stderr: func() -> output-stream;
  }}
}}
"
    )
}

/// A component that imports these functions.
fn donor(wit: &str, imports: &[Import]) -> Result<Vec<u8>, ObserveError> {
    let failed = |message: String| ObserveError::Imports { message };
    let mut resolve = Resolve::default();
    let package = resolve.push_source("observer.wit", wit).map_err(|error| failed(format!("{error:#}")))?;
    let world = resolve.select_world(&[package], None).map_err(|error| failed(format!("{error:#}")))?;
    let (mut types, mut imported) = (wasm::TypeSection::new(), wasm::ImportSection::new());
    for import in imports {
        let item =
            resolve.worlds[world].imports.iter().find(|(key, _)| resolve.name_world_key(key) == import.interface);
        let Some((_, WorldItem::Interface { id, .. })) = item else {
            return Err(failed(format!("there is no `{}`", import.interface)));
        };
        let function = resolve.interfaces[*id].functions.get(&import.name);
        let function = function.ok_or_else(|| failed(format!("there is no `{}`", import.name)))?;
        let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
        let (params, results) = core_types(&signature);
        types.ty().function(params, results);
        imported.import(&import.interface, &import.name, wasm::EntityType::Function(types.len() - 1));
    }
    let mut memories = wasm::MemorySection::new();
    memories.memory(wasm::MemoryType {
        minimum: 0,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = wasm::ExportSection::new();
    exports.export("memory", wasm::ExportKind::Memory, 0);
    let mut module = wasm::Module::new();
    module.section(&types).section(&imported).section(&memories).section(&exports);
    let mut module = module.finish();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)
        .map_err(|error| failed(format!("{error:#}")))?;
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| failed(format!("{error:#}")))
}
