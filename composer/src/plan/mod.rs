//! The plan: every friendly item, the raw items behind it, and how one becomes the other.
//!
//! Plain data, complete before a byte is written. `derive` fills it, and the writers of WIT, of glue
//! and of `explain` only read it: nothing after `derive` decides anything. Names are WIT names, in
//! kebab case; a writer turns them into its own language's.

mod bulk;
mod function;
mod in_world;
mod inner;
mod types;
mod values;

use indexmap::IndexMap;
use serde::Serialize;

pub use bulk::*;
pub use function::*;
pub use in_world::*;
pub use inner::*;
pub use types::*;
pub use values::*;

/// The whole reshaped world.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The package that is reshaped, such as `acme:raw@1.0.0`.
    pub raw: String,
    /// The package that the app sees, such as `acme:friendly@1.0.0`.
    pub friendly: String,
    /// The raw world, such as `acme:raw/service@1.0.0`.
    pub world: String,
    /// The imports of the raw world, dependencies first.
    pub interfaces: Vec<Interface>,
    /// The exports of the raw world: what the app provides, under friendly types. One that is direct is passed on: of
    /// another package, by its full name, or of one that the app imports, too.
    pub exports: Vec<Interface>,
    /// What hands raw resources over to the adapter, for the exports.
    pub bridge: Vec<Wrap>,
    /// Interfaces of other packages that the host has, with versions; a package without an interface is there whole.
    pub platform: Vec<String>,
    /// Every package of the raw WIT, used or not: bindings name one by its version where another shares its name.
    pub packages: Vec<String>,
    /// Raw types that stay as they are and hold text, lists or lent handles: bindings take them by reference.
    pub by_reference: Vec<TypePath>,
    /// What stands in the world itself.
    #[serde(skip_serializing_if = "InWorld::is_empty")]
    pub in_world: InWorld,
    /// The Python package that goes with the bindings.
    pub python: Python,
}

/// The Python package that goes with the bindings.
#[derive(Debug, Clone, Serialize)]
pub struct Python {
    /// Its name, such as `acme_py`.
    pub package: String,
    /// The exception that all others of it are, such as `AcmeError`.
    pub error: String,
}

/// What happens to a raw interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Reshaped: the adapter exports a friendly one of the same name.
    Adapted,
    /// Nothing to reshape: the app imports the raw one.
    Direct,
}

/// One interface of the world.
#[derive(Debug, Clone, Serialize)]
pub struct Interface {
    /// Its name in both packages.
    pub name: String,
    /// Adapted or direct.
    pub disposition: Disposition,
    /// What it says of itself.
    pub docs: Option<String>,
    /// Friendly types in the order of their declaration.
    pub types: Vec<TypeDef>,
    /// Friendly functions in the order of their declaration.
    pub functions: Vec<Function>,
    /// Raw items that have no friendly counterpart, each with the reason.
    pub left_out: Vec<LeftOut>,
    /// Functions that go straight to the host where they move many bytes.
    pub bulk: Vec<Bulk>,
    /// Whether the raw interface has functions, or types that are no other names for types.
    #[serde(skip)]
    pub has_raw_items: bool,
}

/// A raw item without a friendly counterpart.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOut {
    /// Its path below the raw package, such as `store.extra-options`.
    pub path: String,
    /// Why it is not needed.
    pub reason: String,
}

/// Where a named type lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct TypePath {
    /// Which package declares it.
    pub side: Side,
    /// The interface that declares it.
    pub interface: String,
    /// Its name there.
    pub name: String,
}

impl TypePath {
    /// A type of the friendly package.
    pub fn friendly(interface: &str, name: &str) -> Self {
        Self { side: Side::Friendly, interface: interface.to_owned(), name: name.to_owned() }
    }
}

/// The two packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The package that is reshaped.
    Raw,
    /// The package that the app sees.
    Friendly,
}

/// A raw resource that an export is given and the app gets wrapped.
#[derive(Debug, Clone, Serialize)]
pub struct Wrap {
    /// The function of the bridge.
    pub name: String,
    /// What the bridge calls the friendly resource: two interfaces may have one of the same name.
    pub local: String,
    /// What goes in.
    pub raw: TypePath,
    /// What comes out.
    pub friendly: TypePath,
}

/// The rules, in the order of DESIGN's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each rule is documented where it is derived")]
pub enum Rule {
    Wrap,
    Borrow,
    Errors,
    Buffers,
    Cursors,
    Options,
    Extra,
    Methods,
    Text,
    Addresses,
    Durations,
    Joined,
    Records,
    Choices,
    Groups,
    Pairs,
    Absent,
    Constructors,
    Results,
    Complete,
    ReadAll,
    Bodies,
    Handles,
    Split,
    Remember,
    Hold,
    Move,
    Rename,
}

impl Rule {
    /// Its name, as `explain` prints it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wrap => "wrap",
            Self::Borrow => "borrow",
            Self::Errors => "errors",
            Self::Buffers => "buffers",
            Self::Cursors => "cursors",
            Self::Options => "options",
            Self::Extra => "extra",
            Self::Methods => "methods",
            Self::Text => "text",
            Self::Addresses => "addresses",
            Self::Durations => "durations",
            Self::Joined => "joined",
            Self::Records => "records",
            Self::Choices => "choices",
            Self::Groups => "groups",
            Self::Pairs => "pairs",
            Self::Absent => "absent",
            Self::Constructors => "constructors",
            Self::Results => "results",
            Self::Move => "move",
            Self::Complete => "complete",
            Self::ReadAll => "read-all",
            Self::Bodies => "bodies",
            Self::Handles => "handles",
            Self::Split => "split",
            Self::Remember => "remember",
            Self::Hold => "hold",
            Self::Rename => "rename",
        }
    }
}

impl Interface {
    /// Whether the bindings have a module for it: they have none where there would be nothing in it.
    pub fn has_module(&self) -> bool {
        let is_definition = |def: &TypeDef| def.kind.alias().is_none();
        match self.disposition {
            Disposition::Adapted => !self.functions.is_empty() || self.types.iter().any(is_definition),
            Disposition::Direct => self.has_raw_items,
        }
    }

    /// The functions that are reached by the interface alone.
    pub fn freestanding(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter().filter(|function| function.kind == Kind::Freestanding)
    }

    /// The functions that are reached by a resource, by that.
    pub fn by_resource(&self) -> IndexMap<&str, Vec<&Function>> {
        let mut found: IndexMap<&str, Vec<&Function>> = IndexMap::new();
        for function in &self.functions {
            match &function.kind {
                Kind::Method(resource) | Kind::Static(resource) | Kind::Constructor(resource) => {
                    found.entry(resource).or_default().push(function);
                }
                Kind::Freestanding => {}
            }
        }
        found
    }

    /// The function beside one that makes this raw call, and is reached as that is, if there is one.
    pub fn sibling(&self, function: &Function, call: &Call) -> Option<&Function> {
        let mut beside = self.functions.iter().filter(|other| other.kind == function.kind);
        beside.find(|other| matches!(&other.operation, Operation::Call(of) if of.raw == call.raw))
    }

    /// The raw functions behind it.
    pub fn raw_functions(&self) -> Vec<&RawFunction> {
        self.functions.iter().flat_map(|function| self.raw_behind(function)).collect()
    }

    /// The raw functions behind one of its functions.
    pub fn raw_behind<'p>(&'p self, function: &'p Function) -> Vec<&'p RawFunction> {
        let calls = function.operation.calls().into_iter().flat_map(|call| {
            let reader = call.ok.as_ref().and_then(Type::reader);
            [&call.raw].into_iter().chain(reader).chain(&call.holds)
        });
        let maker = match &function.operation {
            Operation::Later => self.maker(&function.kind),
            Operation::Group(group) => group.of.as_ref(),
            Operation::Direct
            | Operation::Call(_)
            | Operation::NewOptions
            | Operation::SetOption(_)
            | Operation::Share(_)
            | Operation::Pairs(_) => None,
        };
        maker.into_iter().chain(calls).collect()
    }

    /// The raw function that makes what a constructor makes later.
    fn maker(&self, kind: &Kind) -> Option<&RawFunction> {
        let Kind::Constructor(resource) = kind else { return None };
        self.types.iter().find(|def| def.name == *resource)?.kind.wrapper()?.made_by.as_ref()
    }
}

impl Plan {
    /// The imported interfaces of other packages, by full name: those of [`Plan::platform`] that are no whole packages.
    pub fn other_interfaces(&self) -> impl Iterator<Item = &String> {
        self.platform.iter().filter(|name| name.contains('/'))
    }

    /// The friendly types and interfaces, looked up by name.
    pub fn interface(&self, name: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.name == name)
    }

    /// The definition of a friendly type.
    pub fn type_def(&self, path: &TypePath) -> Option<&TypeDef> {
        match path.side {
            Side::Raw => None,
            Side::Friendly => self.interface(&path.interface)?.types.iter().find(|def| def.name == path.name),
        }
    }

    /// Whether an interface that passes as it is, or the world itself, has streams, futures or async functions.
    pub fn has_awaited(&self) -> bool {
        let in_world = self.in_world.imports.iter().chain(&self.in_world.exports).flat_map(WorldItem::functions);
        if in_world.into_iter().any(|function| function.is_async) {
            return true;
        }
        let functions = self.interfaces.iter().chain(&self.exports).flat_map(|interface| &interface.functions);
        let mut types = functions.clone().flat_map(Function::types).flat_map(Type::walk);
        types.any(|ty| matches!(ty, Type::Stream(_) | Type::Future(_))) || functions.into_iter().any(|of| of.is_async)
    }

    /// The wrapper that a friendly path names, if it names one.
    pub fn wrapper(&self, path: &TypePath) -> Option<&Wrapper> {
        self.type_def(path)?.kind.wrapper()
    }

    /// The wrapper that a function is a method of, if it is one.
    pub fn receiver(&self, interface: &Interface, function: &Function) -> Option<&Wrapper> {
        let Kind::Method(resource) = &function.kind else { return None };
        self.wrapper(&TypePath::friendly(&interface.name, resource))
    }

    /// The exports that the entry calls.
    pub fn adapted_exports(&self) -> impl Iterator<Item = &Interface> {
        self.exports.iter().filter(|export| export.disposition == Disposition::Adapted)
    }

    /// The options that a friendly path names, if it names any.
    pub fn options(&self, path: &TypePath) -> Option<&Options> {
        self.type_def(path)?.kind.options()
    }

    /// The error that a friendly path names, if it names one of cases alone.
    pub fn error(&self, path: &TypePath) -> Option<&ErrorType> {
        self.type_def(path)?.kind.error()
    }

    /// The cases of the enum that a friendly path names; none if it names something else.
    pub fn enum_cases(&self, path: &TypePath) -> &[Case] {
        self.type_def(path).and_then(|def| def.kind.enum_cases()).unwrap_or_default()
    }

    /// Whether some function takes away what objects of a friendly path hold.
    pub fn is_consumable(&self, path: &TypePath) -> bool {
        self.wrapper(path).is_some_and(|wrapper| wrapper.consumable)
    }

    /// What the alias that a friendly path names stands for, if it names one.
    pub fn alias(&self, path: &TypePath) -> Option<&Type> {
        self.type_def(path)?.kind.alias()
    }
}
