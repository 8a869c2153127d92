//! What an app component asks for and offers, and where each of its imports will come from.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{InterfaceId, Resolve, WorldItem};

use crate::bundle::World;
use crate::decode::decode;
use crate::files::{self, FilesError};
use crate::plan::Disposition;
use crate::skeleton::skeleton;
use crate::wit::{EVIDENCE, app_interface, host_export, qualified};

/// An app component, decoded.
pub struct App<'a> {
    /// All of it.
    pub bytes: &'a [u8],
    /// What stands for it where only types matter.
    pub skeleton: Vec<u8>,
    /// Its types.
    pub decoded: DecodedWasm,
    /// The interfaces it imports, with versions.
    pub imports: Vec<String>,
    /// The interfaces it exports, with versions.
    pub exports: Vec<String>,
}

impl App<'_> {
    /// The functions of an interface that it imports, as its component calls them.
    pub fn functions(&self, import: &str) -> Option<BTreeSet<String>> {
        let DecodedWasm::Component(resolve, world) = &self.decoded else { return None };
        let mut imports = resolve.worlds[*world].imports.iter();
        let (_, item) = imports.find(|(key, _)| resolve.name_world_key(key) == import)?;
        let id = interface(item)?;
        Some(resolve.interfaces[id].functions.keys().cloned().collect())
    }
}

/// Where the imports of an app come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// The adapter exports these.
    pub adapter: BTreeSet<String>,
    /// The host has these.
    pub host: BTreeSet<String>,
    /// The host lacks these, and a stub answers for it.
    pub stubs: Vec<String>,
    /// The app's files have these, and what they call them.
    pub files: BTreeMap<String, String>,
}

/// Why an app cannot be composed.
#[derive(Debug, Error)]
pub enum AppError {
    /// Not WebAssembly at all.
    #[error("the app is not WebAssembly; build it with `composer build`, or give a component")]
    NotWasm,
    /// A core module.
    #[error(
        "the app is a core module and not a component; make it one with `wasm-tools component new`, or build it with `composer build`"
    )]
    CoreModule,
    /// A component that does not decode.
    #[error("the app cannot be read as a component: {message}; build it again")]
    Decode {
        /// What the decoder says.
        message: String,
    },
    /// It has an export of the raw world.
    #[error(
        "the app exports `{export}`, so it is composed already or was built against the raw world; build it against the friendly one, whose name for it is `{friendly}` and which `composer wit` prints"
    )]
    RawExport {
        /// The raw export.
        export: String,
        /// What the friendly world calls it.
        friendly: String,
    },
    /// It imports a raw interface that has a friendly counterpart.
    #[error(
        "the app imports `{import}` of the raw world, which the adapter stands in for; build it against the friendly world, where it is `{friendly}` and which `composer wit` prints"
    )]
    RawImport {
        /// The raw import.
        import: String,
        /// What the friendly world calls it.
        friendly: String,
    },
    /// It lacks an export.
    #[error(
        "the app does not export `{export}`, which the host calls: {signature}; define it, in Python as a class of that interface's name in the entry module"
    )]
    MissingExport {
        /// The friendly export.
        export: String,
        /// Its functions.
        signature: String,
    },
    /// It lacks an export that stands in the world itself.
    #[error(
        "the app does not export `{export}`, which stands in the world and the host calls; define it, in Python in a class `WitWorld` of the entry module, or as a class of that interface's name"
    )]
    MissingItem {
        /// The export.
        export: String,
    },
    /// It was built against another version of the friendly world.
    #[error(
        "the app uses `{import}`, and this composer's friendly world is `{friendly}`: the app was built against another version of it, so build it again"
    )]
    OtherVersion {
        /// The app's import or export.
        import: String,
        /// The friendly package.
        friendly: String,
    },
    /// Nobody has it.
    #[error(
        "the app imports `{import}`, which neither the friendly world has nor the host, and for which there is no stub{hint}; remove what imports it, name its package in `packages` under `[host]` of the rules if the host has it, or allow a stub with a line in `interfaces` under `[stub]`"
    )]
    UnknownImport {
        /// The import.
        import: String,
        /// What it needs.
        hint: String,
    },
    /// It asks for an observer, and is to have none.
    #[error(
        "the app was built to be observed, and asks an observer for `{EVIDENCE}`; compose it with --trace or a policy, or build it without"
    )]
    NotObserved,
    /// Both sides have the interface, and it is not the same one.
    #[error(
        "the app's `{interface}` is not the adapter's: {difference}; the app was built against another WIT, so build it again"
    )]
    Mismatch {
        /// The interface.
        interface: String,
        /// What differs, in words.
        difference: String,
    },
    /// It cannot have files.
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// Reads an app component.
pub fn read(bytes: &[u8]) -> Result<App<'_>, AppError> {
    if !bytes.starts_with(b"\0asm") {
        return Err(AppError::NotWasm);
    }
    if wasmparser::Parser::is_core_wasm(bytes) {
        return Err(AppError::CoreModule);
    }
    let unreadable = |message: String| AppError::Decode { message };
    let skeleton = skeleton(bytes).map_err(|error| unreadable(error.to_string()))?;
    let decoded = decode(&skeleton).map_err(|error| unreadable(error.to_string()))?;
    let DecodedWasm::Component(resolve, world) = &decoded else {
        return Err(unreadable("it is a WIT package".to_owned()));
    };
    let world = &resolve.worlds[*world];
    let names = |items: &indexmap::IndexMap<wit_parser::WorldKey, WorldItem>| {
        items.keys().map(|key| resolve.name_world_key(key)).collect()
    };
    let (imports, exports) = (names(&world.imports), names(&world.exports));
    Ok(App { bytes, skeleton, decoded, imports, exports })
}

/// Decides where each import comes from, and checks that the exports are there. What an app's files have, comes from them.
pub fn sources(app: &App<'_>, world: &World, files: Option<&files::Component>) -> Result<Sources, AppError> {
    check_exports(app, world)?;
    let mut sources = Sources::default();
    if let Some(files) = files {
        sources.files = files::provided(app, world, files)?;
    }
    for import in app.imports.iter().filter(|import| !sources.files.contains_key(*import)) {
        match classify(import, world)? {
            Origin::Adapter => {
                check_same(app, world, import)?;
                sources.adapter.insert(import.clone());
            }
            Origin::Host => {
                sources.host.insert(import.clone());
            }
            Origin::Stub => sources.stubs.push(import.clone()),
            // The observer is put into the app itself.
            Origin::Observer => {}
        }
    }
    files::check_shared(app, &sources.files, &sources.stubs)?;
    Ok(sources)
}

/// Where an import comes from.
pub(crate) enum Origin {
    Adapter,
    Host,
    Stub,
    Observer,
}

/// Where an import comes from that is no interface of the world: the host has it, or a stub stands for it, or nobody does.
pub(crate) fn outside(import: &str, world: &World) -> Option<Origin> {
    if world.plan.platform.iter().any(|has| compatible(has, import)) {
        return Some(Origin::Host);
    }
    world.rules.stub.interfaces.iter().any(|name| name == unversioned(import)).then_some(Origin::Stub)
}

fn classify(import: &str, world: &World) -> Result<Origin, AppError> {
    let plan = &world.plan;
    if import == EVIDENCE {
        return Ok(Origin::Observer);
    }
    for interface in &plan.interfaces {
        match interface.disposition {
            Disposition::Adapted if import == qualified(&plan.friendly, &interface.name) => return Ok(Origin::Adapter),
            Disposition::Direct if import == qualified(&plan.raw, &interface.name) => return Ok(Origin::Host),
            Disposition::Adapted if import == qualified(&plan.raw, &interface.name) => {
                return Err(AppError::RawImport {
                    import: import.to_owned(),
                    friendly: qualified(&plan.friendly, &interface.name),
                });
            }
            Disposition::Adapted | Disposition::Direct => {}
        }
    }
    if plan.in_world.has_import(import) {
        return Ok(Origin::Host);
    }
    if package_of(import) == unversioned(&plan.friendly) {
        return Err(other_version(import, world));
    }
    if let Some(origin) = outside(import, world) {
        return Ok(origin);
    }
    let hint = plan
        .platform
        .iter()
        .find(|has| [unversioned(import), package_of(import)].contains(&unversioned(has)))
        .map(|has| format!(" (the host has `{has}`, which is not compatible)"))
        .unwrap_or_default();
    Err(AppError::UnknownImport { import: import.to_owned(), hint })
}

fn check_exports(app: &App<'_>, world: &World) -> Result<(), AppError> {
    let plan = &world.plan;
    for export in &plan.exports {
        let friendly = app_interface(plan, export);
        if app.exports.contains(&friendly) {
            check_same(app, world, &friendly)?;
            continue;
        }
        let raw = host_export(plan, export);
        if app.exports.contains(&raw) {
            return Err(AppError::RawExport { export: raw, friendly });
        }
        let other = app.exports.iter().find(|name| unversioned(name) == unversioned(&friendly));
        if let Some(other) = other {
            return Err(other_version(other, world));
        }
        let functions: Vec<_> =
            export.functions.iter().map(|function| format!("`{}`", crate::explain::signature(function))).collect();
        return Err(AppError::MissingExport { export: friendly, signature: functions.join(", ") });
    }
    match plan.in_world.exports.iter().find(|item| !app.exports.contains(&item.name)) {
        Some(item) => Err(AppError::MissingItem { export: item.name.clone() }),
        None => Ok(()),
    }
}

fn other_version(import: &str, world: &World) -> AppError {
    AppError::OtherVersion { import: import.to_owned(), friendly: world.plan.friendly.clone() }
}

/// Both sides print the interface; the app may know less of it, and may know nothing else.
fn check_same(app: &App<'_>, world: &World, name: &str) -> Result<(), AppError> {
    let DecodedWasm::Component(resolve, app_world) = &app.decoded else { return Ok(()) };
    let items = resolve.worlds[*app_world].imports.iter().chain(&resolve.worlds[*app_world].exports);
    let theirs = items.filter(|(key, _)| resolve.name_world_key(key) == name).find_map(|(_, item)| interface(item));
    let friendly = &world.friendly.resolve;
    let ours = friendly.packages[world.friendly.package]
        .interfaces
        .values()
        .find(|id| friendly.id_of(**id).as_deref() == Some(name));
    let (Some(theirs), Some(ours)) = (theirs, ours) else { return Ok(()) };
    let (theirs, ours) = (print(resolve, theirs), print(friendly, *ours));
    let Some(line) = theirs.iter().find(|line| !ours.contains(line)) else { return Ok(()) };
    let start = line.split(':').next().unwrap_or(line);
    let provided = ours.iter().find(|other| other.split(':').next() == Some(start) && *other != line);
    let difference = match provided {
        Some(provided) => format!("the app expects `{line}`, the adapter provides `{provided}`"),
        None => format!("the app expects `{line}`, which the adapter does not have"),
    };
    Err(AppError::Mismatch { interface: name.to_owned(), difference })
}

fn interface(item: &WorldItem) -> Option<InterfaceId> {
    match item {
        WorldItem::Interface { id, .. } => Some(*id),
        WorldItem::Function(_) | WorldItem::Type { .. } => None,
    }
}

/// The items of an interface, a line each; `use` lines say nothing that the types do not say.
fn print(resolve: &Resolve, id: InterfaceId) -> Vec<String> {
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    // An interface that was decoded or parsed can be printed.
    if printer.print_interface(resolve, id).is_err() {
        return Vec::new();
    }
    let text = printer.output.to_string();
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("use ") && *line != "}")
        .map(|line| line.trim_end_matches([';', ',', '{']).trim_end().to_owned())
        .collect()
}

/// `ns:package/interface@version` without the version.
pub fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

fn package_of(name: &str) -> &str {
    unversioned(name).split('/').next().unwrap_or(name)
}

/// Whether a host that has `has`, an interface or a whole package, serves an import of `wants`: same
/// name, compatible version.
///
/// wasmtime's linker matches by major version, and by minor version below 1.0; a release candidate and a version 0.0.x
/// are compatible with themselves alone (`alternate_lookup_key` in `wasmtime-environ`).
pub fn compatible(has: &str, wants: &str) -> bool {
    if unversioned(has) != unversioned(wants) && unversioned(has) != package_of(wants) {
        return false;
    }
    let version = |name: &str| semver::Version::parse(name.split_once('@')?.1).ok();
    let track = |version: &semver::Version| match (version.major, version.minor) {
        _ if !version.pre.is_empty() => None,
        (0, 0) => None,
        (0, minor) => Some((0, minor)),
        (major, _) => Some((major, 0)),
    };
    match (version(has), version(wants)) {
        (Some(has), Some(wants)) => has == wants || (track(&has).is_some() && track(&has) == track(&wants)),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
