//! Writes the friendly WIT: `Plan` to a `Resolve` with the worlds of the app, the adapter and the entry.
//!
//! The package is built with `wit-encoder`, printed, and parsed again beside the raw package, so
//! that what componentize-py and wit-bindgen read is what was checked here.

mod awaited;
mod escaped;
mod idents;
mod in_world;
mod left_out;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use wit_component::WitPrinter;
use wit_encoder as wit;
use wit_parser::{PackageId, Resolve, WorldId, WorldItem};

use crate::plan::{
    Case, Disposition, Field, Function, Interface, Kind, Plan, Primitive, Side, Type, TypeDef, TypeKind, TypePath,
};
use crate::prose;
use crate::read::{RawWorld, has_own_items};
use idents::{ident, path};

/// The world that the app implements.
pub const APP_WORLD: &str = "app";
/// The world of the adapter guest.
pub const ADAPTER_WORLD: &str = "adapter";
/// The world of the entry guest.
pub const ENTRY_WORLD: &str = "entry";
/// The interface through which the entry gets its raw resources wrapped.
pub const BRIDGE: &str = "bridge";

/// The friendly package, resolved beside the raw one.
#[derive(Debug, Clone)]
pub struct FriendlyWorld {
    /// Both packages and what they depend on.
    pub resolve: Resolve,
    /// The friendly package.
    pub package: PackageId,
    /// Its text.
    pub text: String,
}

/// The friendly package did not come out as WIT: the plan holds something that WIT cannot say.
#[derive(Debug, Error)]
#[error(
    "the friendly WIT does not parse: {message}; two items of one name are the usual cause, and a line under [rename] the cure"
)]
pub struct WitError {
    message: String,
}

/// What an app asks of the observer inside of it, which is there where the app is built to be observed.
pub const EVIDENCE: &str = "composer:observer/evidence";

/// Its package.
const EVIDENCE_WIT: &str = include_str!("wit/evidence.wit");

/// Writes the friendly package and parses it.
pub fn write(plan: &Plan, raw: &RawWorld) -> Result<FriendlyWorld, WitError> {
    parse(&package(plan, None), plan, raw, &[])
}

/// Writes the friendly package with an app world that imports these interfaces alone, and what they use;
/// an interface of another package goes by its full name.
pub fn write_for(plan: &Plan, raw: &RawWorld, interfaces: &BTreeSet<String>) -> Result<FriendlyWorld, WitError> {
    let others: &[&str] = if interfaces.contains(EVIDENCE) { &[EVIDENCE_WIT] } else { &[] };
    parse(&package(plan, Some(interfaces)), plan, raw, others)
}

fn parse(package: &wit::Package, plan: &Plan, raw: &RawWorld, others: &[&str]) -> Result<FriendlyWorld, WitError> {
    let text = package.to_string();
    let mut resolve = left_out::without(plan, raw);
    let mut push = |name: &str, text: &str| {
        resolve.push_source(name, text).map_err(|error| WitError { message: format!("{error:#}") })
    };
    for other in others {
        push("other.wit", other)?;
    }
    let package = push("friendly.wit", &text)?;
    let text = in_world::add(&mut resolve, package, plan, raw)?.unwrap_or(text);
    Ok(FriendlyWorld { resolve, package, text })
}

impl FriendlyWorld {
    /// One of the package's worlds.
    pub fn world(&self, name: &str) -> Option<WorldId> {
        self.resolve.packages[self.package].worlds.get(name).copied()
    }

    /// The interfaces that the app imports, those among them that others use, by their full names; each with whether the
    /// bindings have a module for it, which they do not where it has nothing but other names for types.
    pub fn app_imports(&self) -> Vec<(String, bool)> {
        let world = self.world(APP_WORLD).map(|world| &self.resolve.worlds[world]);
        let items = world.into_iter().flat_map(|world| world.imports.values());
        let names = items.filter_map(|item| match item {
            WorldItem::Interface { id, .. } => Some((self.resolve.id_of(*id)?, has_own_items(&self.resolve, *id))),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        });
        names.collect()
    }
}

fn package(plan: &Plan, app: Option<&BTreeSet<String>>) -> wit::Package {
    let (namespace, rest) = plan.friendly.split_once(':').unwrap_or(("", &plan.friendly));
    let (name, version) = match rest.split_once('@') {
        Some((name, version)) => (name, semver::Version::parse(version).ok()),
        None => (rest, None),
    };
    let mut package = wit::Package::new(wit::PackageName::new(ident(namespace), ident(name), version));
    for interface in plan.interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted) {
        package.interface(self::interface(plan, interface));
        worlds::lends(plan, interface).into_iter().for_each(|lends| package.interface(lends));
    }
    for export in plan.adapted_exports() {
        package.interface(interface(plan, export));
    }
    if !plan.bridge.is_empty() {
        package.interface(worlds::bridge(plan));
    }
    package.world(worlds::app(plan, app));
    package.world(worlds::adapter(plan));
    package.world(worlds::entry(plan));
    package
}

/// The names that an interface knows foreign types by, collected while its items are written.
struct Scope<'p> {
    plan: &'p Plan,
    interface: String,
    /// Foreign type to local name.
    used: BTreeMap<TypePath, String>,
    taken: Vec<String>,
}

impl Scope<'_> {
    fn name(&mut self, path: &TypePath) -> String {
        if path.side == Side::Friendly && path.interface == self.interface {
            return path.name.clone();
        }
        if let Some(name) = self.used.get(path) {
            return name.clone();
        }
        let short = path.interface.rsplit('/').next().unwrap_or_default().split('@').next().unwrap_or_default();
        let numbered = (2..).map(|number| format!("{short}-{}-v{number}", path.name));
        let mut names = [path.name.clone(), format!("{short}-{}", path.name)].into_iter().chain(numbered);
        // There are more numbers than names that can be taken.
        let name = names.find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.push(name.clone());
        self.used.insert(path.clone(), name.clone());
        name
    }

    fn ty(&mut self, ty: &Type) -> wit::Type {
        match ty {
            Type::Primitive(primitive) => self::primitive(*primitive),
            Type::List(inner) => wit::Type::list(self.ty(inner)),
            Type::Option(inner) => wit::Type::option(self.ty(inner)),
            Type::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.ty(part)).collect();
                wit::Type::tuple(parts)
            }
            Type::Result { ok, err } => match (ok, err) {
                (Some(ok), Some(err)) => wit::Type::result_both(self.ty(ok), self.ty(err)),
                (Some(ok), None) => wit::Type::result_ok(self.ty(ok)),
                (None, Some(err)) => wit::Type::result_err(self.ty(err)),
                (None, None) => wit::Type::result_empty(),
            },
            Type::Named(path) | Type::Own(path) => wit::Type::named(ident(&self.name(path))),
            Type::Borrow(path) => wit::Type::borrow(ident(&self.name(path))),
            Type::Stream(of) => wit::Type::stream(of.as_ref().map(|of| self.ty(of))),
            Type::Future(of) => wit::Type::future(of.as_ref().map(|of| self.ty(of))),
            Type::Converted(conversion) => self.ty(&conversion.friendly()),
        }
    }

    fn params(&mut self, function: &Function) -> wit::Params {
        let mut params = wit::Params::empty();
        for param in &function.params {
            params.push(ident(&param.name), self.ty(&param.ty));
        }
        params
    }

    fn uses(self) -> Vec<wit::Use> {
        let mut by_interface: BTreeMap<String, wit::Use> = BTreeMap::new();
        for (used, name) in self.used {
            let target = path(&target(self.plan, &used));
            let alias = (name != used.name).then(|| wit::Ident::new(ident(&name)));
            by_interface.entry(target.clone()).or_insert_with(|| wit::Use::new(target)).item(ident(&used.name), alias);
        }
        by_interface.into_values().collect()
    }
}

/// How a `use` names the interface of a type.
fn target(plan: &Plan, path: &TypePath) -> String {
    match path.side {
        Side::Friendly => path.interface.clone(),
        Side::Raw => raw_interface(plan, &path.interface),
    }
}

/// The full name of a raw interface; that of another package is full already.
fn raw_interface(plan: &Plan, interface: &str) -> String {
    if interface.contains('/') { interface.to_owned() } else { qualified(&plan.raw, interface) }
}

/// `ns:package/interface@version`
pub fn qualified(package: &str, interface: &str) -> String {
    match package.split_once('@') {
        Some((name, version)) => format!("{name}/{interface}@{version}"),
        None => format!("{package}/{interface}"),
    }
}

/// The full name of a world of the friendly package, as a tool that is told which one it is reads it.
pub fn world_path(friendly: &str, world: &str) -> String {
    path(&qualified(friendly, world))
}

/// The full name by which the host calls an export.
pub fn host_export(plan: &Plan, export: &Interface) -> String {
    if export.name.contains('/') { export.name.clone() } else { qualified(&plan.raw, &export.name) }
}

/// The full name by which the app imports or provides an interface.
pub fn app_interface(plan: &Plan, interface: &Interface) -> String {
    match interface.disposition {
        Disposition::Adapted => qualified(&plan.friendly, &interface.name),
        Disposition::Direct => host_export(plan, interface),
    }
}

fn primitive(primitive: Primitive) -> wit::Type {
    match primitive {
        Primitive::Bool => wit::Type::Bool,
        Primitive::U8 => wit::Type::U8,
        Primitive::U16 => wit::Type::U16,
        Primitive::U32 => wit::Type::U32,
        Primitive::U64 => wit::Type::U64,
        Primitive::S8 => wit::Type::S8,
        Primitive::S16 => wit::Type::S16,
        Primitive::S32 => wit::Type::S32,
        Primitive::S64 => wit::Type::S64,
        Primitive::F32 => wit::Type::F32,
        Primitive::F64 => wit::Type::F64,
        Primitive::Char => wit::Type::Char,
        Primitive::String => wit::Type::String,
    }
}

fn interface(plan: &Plan, from: &Interface) -> wit::Interface {
    let mut interface = wit::Interface::new(ident(&from.name));
    interface.set_docs(from.docs.as_deref().map(prose::escape));
    let mut scope = Scope {
        plan,
        interface: from.name.clone(),
        used: BTreeMap::new(),
        taken: {
            let freestanding = from.functions.iter().filter(|function| function.kind == Kind::Freestanding);
            let functions = freestanding.map(|function| function.name.clone());
            from.types.iter().map(|def| def.name.clone()).chain(functions).collect()
        },
    };
    for def in &from.types {
        interface.type_def(type_def(&mut scope, from, def));
    }
    for function in from.functions.iter().filter(|function| function.kind == Kind::Freestanding) {
        let mut out = wit::StandaloneFunc::new(ident(&function.name), false);
        out.set_params(scope.params(function));
        out.set_result(function.result.as_ref().map(|ty| scope.ty(ty)));
        out.set_docs(function.docs.as_deref().map(prose::escape));
        interface.function(out);
    }
    scope.uses().into_iter().for_each(|used| interface.use_(used));
    interface
}

fn type_def(scope: &mut Scope<'_>, interface: &Interface, def: &TypeDef) -> wit::TypeDef {
    let kind = match &def.kind {
        TypeKind::Alias(ty) => wit::TypeDefKind::type_(scope.ty(ty)),
        TypeKind::Record(fields) => {
            wit::TypeDefKind::record(fields.iter().map(|field| self::field(scope, field)).collect::<Vec<_>>())
        }
        TypeKind::Flags(flags) => wit::TypeDefKind::flags(flags.iter().map(|flag| {
            let mut out = wit::Flag::new(ident(&flag.name));
            out.set_docs(flag.docs.as_deref().map(prose::escape));
            out
        })),
        TypeKind::Enum(cases) => enum_(cases),
        TypeKind::Variant(cases) => variant(scope, cases),
        TypeKind::Error(error) if error.is_enum => enum_(&error.cases),
        TypeKind::Error(error) => variant(scope, &error.cases),
        TypeKind::DetailError(error) => {
            let kind = Field {
                name: "kind".to_owned(),
                raw_name: "kind".to_owned(),
                ty: Type::Named(error.kind.clone()),
                docs: Some("What went wrong: the detail where the host gives one, else the base error.".to_owned()),
            };
            let base = Field {
                name: "base".to_owned(),
                raw_name: "base".to_owned(),
                ty: Type::Named(error.base.clone()),
                docs: Some("The base error, without detail.".to_owned()),
            };
            let details = error.fields.iter().map(|field| Field {
                raw_name: field.field.clone(),
                name: field.name.clone(),
                ty: field.ty.clone(),
                docs: field.docs.clone(),
            });
            let fields: Vec<_> =
                [kind, base].into_iter().chain(details).map(|field| self::field(scope, &field)).collect();
            wit::TypeDefKind::record(fields)
        }
        TypeKind::Wrapper(_) | TypeKind::Options(_) => {
            wit::TypeDefKind::resource(resource_functions(scope, interface, &def.name))
        }
    };
    let mut out = wit::TypeDef::new(ident(&def.name), kind);
    out.set_docs(def.docs.as_deref().map(prose::escape));
    out
}

fn field(scope: &mut Scope<'_>, field: &Field) -> wit::Field {
    let mut out = wit::Field::new(ident(&field.name), scope.ty(&field.ty));
    out.set_docs(field.docs.as_deref().map(prose::escape));
    out
}

fn enum_(cases: &[Case]) -> wit::TypeDefKind {
    wit::TypeDefKind::enum_(cases.iter().map(|case| {
        let mut out = wit::EnumCase::new(ident(&case.name));
        out.set_docs(case.docs.as_deref().map(prose::escape));
        out
    }))
}

fn variant(scope: &mut Scope<'_>, cases: &[Case]) -> wit::TypeDefKind {
    let cases: Vec<_> = cases
        .iter()
        .map(|case| {
            let mut out = match &case.payload {
                Some(payload) => wit::VariantCase::value(ident(&case.name), scope.ty(payload)),
                None => wit::VariantCase::empty(ident(&case.name)),
            };
            out.set_docs(case.docs.as_deref().map(prose::escape));
            out
        })
        .collect();
    wit::TypeDefKind::variant(cases)
}

fn resource_functions(scope: &mut Scope<'_>, interface: &Interface, resource: &str) -> Vec<wit::ResourceFunc> {
    let mut functions = Vec::new();
    for function in &interface.functions {
        let mut out = match &function.kind {
            Kind::Constructor(of) if of == resource => wit::ResourceFunc::constructor(),
            Kind::Method(of) if of == resource => wit::ResourceFunc::method(ident(&function.name), false),
            Kind::Static(of) if of == resource => wit::ResourceFunc::static_(ident(&function.name), false),
            Kind::Freestanding | Kind::Constructor(_) | Kind::Method(_) | Kind::Static(_) => continue,
        };
        out.set_params(scope.params(function));
        out.set_docs(function.docs.as_deref().map(prose::escape));
        if !matches!(function.kind, Kind::Constructor(_)) {
            out.set_result(function.result.as_ref().map(|ty| scope.ty(ty)));
        }
        functions.push(out);
    }
    functions
}

/// The files of a WIT folder for the guests: [`folder`] without what is awaited, which they have nothing to do with.
pub fn folder_for_guests(friendly: &FriendlyWorld) -> Result<Vec<(String, String)>, WitError> {
    folder(awaited::without(friendly)?.as_ref().unwrap_or(friendly))
}

/// The friendly package and all it depends on, as the files of a WIT folder: relative path and text.
pub fn folder(friendly: &FriendlyWorld) -> Result<Vec<(String, String)>, WitError> {
    let mut files = vec![("friendly.wit".to_owned(), friendly.text.clone())];
    let resolve = escaped::escaped(&friendly.resolve, friendly.package);
    for (id, package) in &resolve.packages {
        if id != friendly.package {
            let name = package.name.to_string().replace([':', '@'], "-");
            let mut printer = WitPrinter::default();
            printer.print(&resolve, id, &[]).map_err(|error| WitError { message: format!("{error:#}") })?;
            files.push((format!("deps/{name}.wit"), printer.output.to_string()));
        }
    }
    Ok(files)
}
