//! The worlds of the recorder, from what a composed component imports and exports.
//!
//! What the component imports is there twice: as the host has it, and once more under another name of the package, as the
//! recorder gives it to the component. So the two have resources of their own, and the recorder sees which is which.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use composer::app::{self, AppError};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{Handle, PackageId, Resolve, Type, TypeDefKind, TypeOwner, WorldId, WorldItem};

use super::error::RecordError;

/// What a package of the recorder is called before the name that the host has for it.
const PREFIX: &str = "recorded-";

/// The interface by which the entry of a recording hands over to the recorder.
pub const BRIDGE: &str = "recorder:recorder/bridge";

/// The interface that takes the lines.
pub const SINK: &str = "recorder:recorder/sink";

/// The WIT of the recorder.
#[derive(Debug)]
pub struct Worlds {
    /// All of it.
    pub resolve: Resolve,
    /// The world of what is between the component and the host.
    pub between: WorldId,
    /// The world of what the host calls.
    pub entry: WorldId,
    /// The interfaces that the component imports, by the name that the host has for them.
    pub imports: Vec<String>,
    /// What the component exports.
    pub exports: Vec<String>,
    /// What the host gives to the component when it calls it: a resource of the host a place, in order.
    pub given: Vec<Given>,
}

/// A resource that the host gives to the component when it calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The interface that has it.
    pub interface: String,
    /// Its name there.
    pub resource: String,
    /// What it is called where it is given.
    pub name: String,
}

/// The name that the recorder has for an interface of the host.
pub fn counterpart(interface: &str) -> String {
    format!("{PREFIX}{interface}")
}

impl Worlds {
    /// Reads what a component imports and exports.
    pub fn of(component: &[u8]) -> Result<Self, RecordError> {
        let unfit = |reason: String| RecordError::App { reason };
        let app = app::read(component).map_err(|error: AppError| unfit(error.to_string()))?;
        let DecodedWasm::Component(decoded, world) = &app.decoded else {
            return Err(unfit("it is a WIT package".to_owned()));
        };
        let home = decoded.worlds[*world].package;
        let given = given(decoded, *world)?;
        let text = text(decoded, home, &app.imports, &app.exports, &given)?;
        let mut resolve = Resolve { all_features: true, ..Resolve::default() };
        let package = resolve.push_source("recorder.wit", &text).map_err(RecordError::recorder)?;
        let world = |name| resolve.select_world(&[package], Some(name)).map_err(RecordError::recorder);
        let (between, entry) = (world("between")?, world("entry")?);
        Ok(Self { between, entry, imports: app.imports.clone(), exports: app.exports.clone(), given, resolve })
    }
}

/// What each function that the host calls is given, all in one list.
fn given(resolve: &Resolve, world: WorldId) -> Result<Vec<Given>, RecordError> {
    let mut given = Vec::new();
    for (key, item) in &resolve.worlds[world].exports {
        let WorldItem::Interface { id, .. } = item else {
            return Err(RecordError::App { reason: format!("it exports `{}`", resolve.name_world_key(key)) });
        };
        for function in resolve.interfaces[*id].functions.values() {
            for param in &function.params {
                given.push(resource(resolve, &param.ty).ok_or_else(|| RecordError::Function {
                    function: function.name.clone(),
                    reason: "the host gives it something else than resources",
                })?);
            }
        }
    }
    Ok(given)
}

/// The resource that is given away with a value of a type.
fn resource(resolve: &Resolve, ty: &Type) -> Option<Given> {
    let Type::Id(id) = ty else { return None };
    let TypeDefKind::Handle(Handle::Own(id)) = &resolve.types[*id].kind else { return None };
    let ty = &resolve.types[super::owned::resource(resolve, *id)];
    let TypeOwner::Interface(interface) = ty.owner else { return None };
    let name = resolve.types[*id].name.clone()?;
    Some(Given { interface: resolve.id_of(interface)?, resource: ty.name.clone()?, name })
}

fn text(
    resolve: &Resolve,
    home: Option<PackageId>,
    imports: &[String],
    exports: &[String],
    given: &[Given],
) -> Result<String, RecordError> {
    let mut text =
        String::from("package recorder:recorder;\n\ninterface sink {\n  write: func(line: list<u8>);\n}\n\n");
    let lines = |names: &[String], what: &str, counterparts: bool| {
        names.iter().fold(String::new(), |mut lines, name| {
            let name = if counterparts { counterpart(name) } else { name.clone() };
            // A string takes all that is written to it.
            let _ = writeln!(lines, "  {what} {name};");
            lines
        })
    };
    text += "interface bridge {\n";
    for (place, Given { interface, resource, .. }) in given.iter().enumerate() {
        let counterpart = counterpart(interface);
        let _ = writeln!(text, "  use {interface}.{{%{resource} as host{place}}};");
        let _ = writeln!(text, "  use {counterpart}.{{%{resource} as given{place}}};");
        let _ = writeln!(text, "  take{place}: func(host: host{place}) -> given{place};");
    }
    text += "  ended: func(ok: bool);\n}\n\nworld between {\n";
    text += &lines(imports, "import", false);
    text += "  import sink;\n";
    text += &lines(imports, "export", true);
    text += "  export bridge;\n}\n\nworld entry {\n  import bridge;\n";
    text += &lines(exports, "import", true);
    text += &lines(exports, "export", false);
    text += "}\n";

    let packages: Vec<PackageId> = resolve.packages.iter().map(|(id, _)| id).filter(|id| Some(*id) != home).collect();
    let mut printed = String::new();
    for package in &packages {
        let mut printer = WitPrinter::default();
        printer.emit_docs(false);
        printer.print_package(resolve, *package, false).map_err(RecordError::recorder)?;
        printed += &printer.output.to_string();
        printed.push('\n');
    }
    // A package may be there in several versions.
    let names: BTreeSet<String> = packages
        .iter()
        .map(|package| &resolve.packages[*package].name)
        .map(|name| format!("{}:{}", name.namespace, name.name))
        .collect();
    let counterparts = names.iter().fold(printed.clone(), |text, name| {
        // The name of one may be the beginning of another one's.
        ["/", "@", " "]
            .iter()
            .fold(text, |text, end| text.replace(&format!("{name}{end}"), &format!("{PREFIX}{name}{end}")))
    });
    Ok(text + &printed + &counterparts)
}
