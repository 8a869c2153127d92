//! The plan: every friendly item, the raw items behind it, and how one becomes the other.
//!
//! Plain data, complete before a byte is written. `derive` fills it, and the writers of WIT, of glue
//! and of `explain` only read it: nothing after `derive` decides anything. Names are WIT names, in
//! kebab case; a writer turns them into its own language's.

mod function;
mod types;

use serde::Serialize;

pub use function::*;
pub use types::*;

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
    /// The exports of the raw world: what the app provides, under friendly types.
    pub exports: Vec<Interface>,
    /// What hands raw resources over to the adapter, for the exports.
    pub bridge: Vec<Wrap>,
    /// Interfaces of other packages that the host has, with versions; a package without an interface is there whole.
    pub platform: Vec<String>,
    /// Every package of the raw WIT, used or not: bindings name one by its version where another shares its name.
    pub packages: Vec<String>,
    /// Raw types that stay as they are and hold text, lists or lent handles: bindings take them by reference.
    pub by_reference: Vec<TypePath>,
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
    /// Raw items that have no friendly twin, each with the reason.
    pub left_out: Vec<LeftOut>,
}

/// A raw item without a friendly twin.
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

/// The two packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The package that is reshaped.
    Raw,
    /// The package that the app sees.
    Friendly,
}

/// A type as a signature spells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Type {
    /// A type without parts, under its WIT name.
    Primitive(Primitive),
    /// `list<T>`
    List(Box<Type>),
    /// `option<T>`
    Option(Box<Type>),
    /// `tuple<A, B, …>`
    Tuple(Vec<Type>),
    /// `result<T, E>`
    Result {
        /// The value, if there is one.
        ok: Option<Box<Type>>,
        /// The error, if there is one.
        err: Option<Box<Type>>,
    },
    /// A record, variant, enum, flags or alias.
    Named(TypePath),
    /// A handle that is given away.
    Own(TypePath),
    /// A handle that is lent for the call.
    Borrow(TypePath),
    /// A value that means something else than its raw type says.
    Converted(Conversion),
}

/// What a value is in the raw world, and what it is in the friendly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conversion {
    /// `list<u8>` that is UTF-8, and a `string`.
    Text,
    /// A variant of an IPv4 and an IPv6 tuple, and a `string` as RFC 5952 has it.
    Address(TypePath),
    /// A count of a unit of time, and `f64` seconds.
    Seconds {
        /// How many of the unit are in a second.
        per_second: u64,
        /// The raw integer.
        count: Primitive,
    },
    /// A `string` or `list<u8>` of joined items, and a list of them.
    Joined {
        /// What stands between the items, or after each.
        separator: Separator,
        /// Whether the raw value is a `string`, and not a `list<u8>`.
        raw_text: bool,
        /// Whether an item is a `string`, and not a `list<u8>`.
        text: bool,
    },
}

/// How items are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Separator {
    /// A space between items.
    Space,
    /// A NUL after each.
    Nul,
}

impl Conversion {
    /// What the app sees.
    pub fn friendly(&self) -> Type {
        let string = || Type::Primitive(Primitive::String);
        match self {
            Self::Text | Self::Address(_) => string(),
            Self::Seconds { .. } => Type::Primitive(Primitive::F64),
            Self::Joined { text: true, .. } => Type::List(Box::new(string())),
            Self::Joined { text: false, .. } => Type::List(Box::new(Type::bytes())),
        }
    }
}

impl Type {
    /// `list<u8>`
    pub fn bytes() -> Self {
        Self::List(Box::new(Self::Primitive(Primitive::U8)))
    }

    /// Whether this type, or one that it is made of, is such.
    pub fn any(&self, such: &mut dyn FnMut(&Self) -> bool) -> bool {
        such(self)
            || match self {
                Self::List(inner) | Self::Option(inner) => inner.any(such),
                Self::Tuple(parts) => parts.iter().any(|part| part.any(such)),
                Self::Result { ok, err } => ok.iter().chain(err).any(|part| part.any(such)),
                Self::Primitive(_) | Self::Named(_) | Self::Own(_) | Self::Borrow(_) | Self::Converted(_) => false,
            }
    }

    /// Whether bringing a value of it to the host can fail.
    pub fn lowers_fallibly(&self) -> bool {
        self.any(&mut |ty| match ty {
            Self::Converted(Conversion::Address(_) | Conversion::Seconds { .. } | Conversion::Joined { .. }) => true,
            Self::Converted(Conversion::Text)
            | Self::Primitive(_)
            | Self::List(_)
            | Self::Option(_)
            | Self::Tuple(_)
            | Self::Result { .. }
            | Self::Named(_)
            | Self::Own(_)
            | Self::Borrow(_) => false,
        })
    }

    /// Whether bringing a value of it to the app can fail.
    pub fn lifts_fallibly(&self) -> bool {
        self.any(&mut |ty| *ty == Self::Converted(Conversion::Text))
    }

    /// Whether it holds a span of time.
    pub fn is_time(&self) -> bool {
        self.any(&mut |ty| match ty {
            Self::Converted(Conversion::Seconds { .. }) => true,
            Self::Converted(Conversion::Text | Conversion::Address(_) | Conversion::Joined { .. })
            | Self::Primitive(_)
            | Self::List(_)
            | Self::Option(_)
            | Self::Tuple(_)
            | Self::Result { .. }
            | Self::Named(_)
            | Self::Own(_)
            | Self::Borrow(_) => false,
        })
    }
}

/// The WIT types without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each is named as WIT names it")]
pub enum Primitive {
    Bool,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
    String,
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
    Split,
    Remember,
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
            Self::Split => "split",
            Self::Remember => "remember",
            Self::Rename => "rename",
        }
    }
}

impl Plan {
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

    /// The wrapper that a friendly path names, if it names one.
    pub fn wrapper(&self, path: &TypePath) -> Option<&Wrapper> {
        match &self.type_def(path)?.kind {
            TypeKind::Wrapper(wrapper) => Some(wrapper),
            TypeKind::Alias(_)
            | TypeKind::Record(_)
            | TypeKind::Flags(_)
            | TypeKind::Enum(_)
            | TypeKind::Variant(_)
            | TypeKind::Error(_)
            | TypeKind::DetailError(_)
            | TypeKind::Options(_) => None,
        }
    }
}
