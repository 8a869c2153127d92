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

use super::{ObserveError, dispatch, hook};
use crate::app::{App, compatible};
use crate::core_type::core_types;

/// A function of WASI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The full name of its interface.
    pub interface: String,
    pub name: String,
    /// The name by which the observer has it.
    pub given: String,
    /// Whether it needs a memory.
    pub in_memory: bool,
    /// Whether it also needs room for what it answers.
    pub answers_lists: bool,
}

impl Import {
    /// One that answers no lists.
    pub fn new(interface: String, name: &str, given: &str, in_memory: bool) -> Self {
        Self { interface, name: name.to_owned(), given: given.to_owned(), in_memory, answers_lists: false }
    }
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

/// What every observer uses.
const ALWAYS: [Interface; 4] = [
    Interface { package: "wasi:clocks", name: "monotonic-clock", items: &["now"] },
    Interface { package: "wasi:io", name: "error", items: &["error"] },
    Interface {
        package: "wasi:io",
        name: "streams",
        items: &["error", "stream-error", "output-stream", "[method]output-stream.blocking-write-and-flush"],
    },
    Interface { package: "wasi:cli", name: "stderr", items: &["output-stream", "get-stderr"] },
];

/// What one uses that writes spans: they have the time of day, and numbers that no other span has.
const SPANS: [Interface; 2] = [
    Interface { package: "wasi:clocks", name: "wall-clock", items: &["datetime", "now"] },
    Interface { package: "wasi:random", name: "random", items: &["get-random-u64"] },
];

/// Finds what the observer imports in this app; `has_spans` is for one that writes spans, and `hooks` says how many there are.
pub(super) fn platform(
    app: &App<'_>,
    host: &[String],
    has_spans: bool,
    hooks: usize,
) -> Result<Platform, ObserveError> {
    let used: Vec<&Interface> = ALWAYS.iter().chain(SPANS.iter().filter(|_| has_spans)).collect();
    let mut versions = BTreeMap::new();
    for interface in &used {
        let package = interface.package;
        if !versions.contains_key(package) {
            versions.insert(package, version(app, host, package, &used)?);
        }
    }
    let full =
        |interface: &Interface| format!("{}/{}@{}", interface.package, interface.name, versions[interface.package]);
    let [clock, _, streams, stderr] = ALWAYS.each_ref().map(full);
    let mut imports = vec![
        Import::new(clock, "now", "now", false),
        Import::new(stderr, "get-stderr", "stderr", false),
        Import::new(streams, "[method]output-stream.blocking-write-and-flush", "stderr_write", true),
    ];
    if has_spans {
        let [wall, random] = SPANS.each_ref().map(full);
        imports.push(Import::new(wall, "now", "wall", true));
        imports.push(Import::new(random, "get-random-u64", "random", false));
    }
    for place in 0..hooks {
        imports.extend(dispatch::functions().map(|(_, function, _)| {
            Import::new(hook::import(place), function, &dispatch::name(function, place), true)
        }));
    }
    let donor = donor(&wit(&versions, hooks), &imports)?;
    Ok(Platform { donors: vec![donor], imports })
}

/// The version of a package. What the app imports already is used, if that has all that is needed: a component imports an
/// interface once. If it has less, another version of the interface is imported, which hosts take for the same one.
fn version(app: &App<'_>, host: &[String], package: &str, used: &[&Interface]) -> Result<Version, ObserveError> {
    let of_package = || used.iter().filter(|interface| interface.package == package);
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

fn wit(versions: &BTreeMap<&str, Version>, hooks: usize) -> String {
    let [clocks, io, cli] = ["wasi:clocks", "wasi:io", "wasi:cli"].map(|package| versions[package].to_string());
    let (mut imports, mut packages) = (String::new(), String::new());
    if let Some(random) = versions.get("wasi:random") {
        imports = format!("import wasi:clocks/wall-clock@{clocks};\n  import wasi:random/random@{random};");
        packages = format!("package wasi:random@{random} {{ interface random {{ get-random-u64: func() -> u64; }} }}");
    }
    // Each hook is an interface of its own name, with the types that the hook exports.
    let types = hook::WIT.split_once("interface calls {").and_then(|(_, rest)| rest.split_once("\n}\n"));
    let types = types.map_or("", |(types, _)| types);
    let hooked: String = (0..hooks).map(|place| format!("interface hook{place} {{{types}\n}}\n")).collect();
    imports.extend((0..hooks).map(|place| format!("\n  import hook{place};")));
    format!(
        "package composer:observer;
{hooked}world observer {{
  import wasi:clocks/monotonic-clock@{clocks};
  import wasi:io/error@{io};
  import wasi:io/streams@{io};
  import wasi:cli/stderr@{cli};
  {imports}
}}
package wasi:clocks@{clocks} {{
  interface monotonic-clock {{
    type instant = u64;
    now: func() -> instant;
  }}
  interface wall-clock {{
    record datetime {{ seconds: u64, nanoseconds: u32 }}
    now: func() -> datetime;
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
{packages}
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
