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
    /// Interfaces of other packages that the host has, with versions.
    pub platform: Vec<String>,
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
        /// What a count is a multiple of, for the host; 1 for any.
        step: u64,
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
    /// A tuple, and a record whose fields are its parts.
    Record {
        /// The record.
        record: TypePath,
        /// Its fields.
        fields: Vec<String>,
        /// The parts, as the record has them.
        parts: Vec<Type>,
        /// Whether the tuple has a name in the raw world.
        named: bool,
    },
    /// A `string` of flags and NUL-terminated items, and a record of them.
    Packed {
        /// The record.
        record: TypePath,
        /// Its fields, and whether each is a flag.
        fields: Vec<(String, bool)>,
    },
    /// An integer, and an enum.
    Choice {
        /// The enum.
        choice: TypePath,
        /// The raw integer.
        count: Primitive,
        /// Each case and the integer behind it.
        cases: Vec<(String, u64)>,
    },
    /// An integer, and whether it is not 0.
    Flag {
        /// The raw integer.
        count: Primitive,
    },
    /// A handle of what is text and nothing else, and a `string`: read to its end by this raw function, which
    /// is given the handle and how many bytes to read.
    Body(Box<RawFunction>),
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
    /// The types that it is made of.
    pub fn parts(&self) -> &[Type] {
        match self {
            Self::Record { parts, .. } => parts,
            Self::Text
            | Self::Address(_)
            | Self::Seconds { .. }
            | Self::Joined { .. }
            | Self::Packed { .. }
            | Self::Choice { .. }
            | Self::Flag { .. }
            | Self::Body(_) => &[],
        }
    }

    fn lowers_fallibly(&self) -> bool {
        match self {
            Self::Address(_) | Self::Seconds { .. } | Self::Joined { .. } => true,
            Self::Text
            | Self::Record { .. }
            | Self::Packed { .. }
            | Self::Choice { .. }
            | Self::Flag { .. }
            | Self::Body(_) => false,
        }
    }

    fn lifts_with(&self) -> &'static [AdapterCase] {
        match self {
            Self::Text => &[AdapterCase::NotText],
            Self::Packed { .. } | Self::Choice { .. } => &[AdapterCase::UnknownValue],
            Self::Body(_) => &[AdapterCase::ValueTooLarge, AdapterCase::CannotRead, AdapterCase::NotText],
            Self::Address(_) | Self::Seconds { .. } | Self::Joined { .. } | Self::Record { .. } | Self::Flag { .. } => {
                &[]
            }
        }
    }

    /// What the app sees.
    pub fn friendly(&self) -> Type {
        let string = || Type::Primitive(Primitive::String);
        match self {
            Self::Text | Self::Address(_) | Self::Body(_) => string(),
            Self::Seconds { .. } => Type::Primitive(Primitive::F64),
            Self::Joined { text: true, .. } => Type::List(Box::new(string())),
            Self::Joined { text: false, .. } => Type::List(Box::new(Type::bytes())),
            Self::Record { record, .. } | Self::Packed { record, .. } => Type::Named(record.clone()),
            Self::Choice { choice, .. } => Type::Named(choice.clone()),
            Self::Flag { .. } => Type::Primitive(Primitive::Bool),
        }
    }
}

impl Type {
    /// `list<u8>`
    pub fn bytes() -> Self {
        Self::List(Box::new(Self::Primitive(Primitive::U8)))
    }

    /// What it is an option of, or what it is, and whether it is one.
    pub fn unwrapped(self) -> (Self, bool) {
        match self {
            Self::Option(inner) => (*inner, true),
            Self::Primitive(_)
            | Self::List(_)
            | Self::Tuple(_)
            | Self::Result { .. }
            | Self::Named(_)
            | Self::Own(_)
            | Self::Borrow(_)
            | Self::Converted(_) => (self, false),
        }
    }

    /// Whether this type, or one that it is made of, is such.
    pub fn any(&self, such: &mut dyn FnMut(&Self) -> bool) -> bool {
        such(self)
            || match self {
                Self::List(inner) | Self::Option(inner) => inner.any(such),
                Self::Tuple(parts) => parts.iter().any(|part| part.any(such)),
                Self::Result { ok, err } => ok.iter().chain(err).any(|part| part.any(such)),
                Self::Converted(conversion) => conversion.parts().iter().any(|part| part.any(such)),
                Self::Primitive(_) | Self::Named(_) | Self::Own(_) | Self::Borrow(_) => false,
            }
    }

    /// What it is converted as, if it is.
    fn conversion(&self) -> Option<&Conversion> {
        match self {
            Self::Converted(conversion) => Some(conversion),
            Self::Primitive(_)
            | Self::List(_)
            | Self::Option(_)
            | Self::Tuple(_)
            | Self::Result { .. }
            | Self::Named(_)
            | Self::Own(_)
            | Self::Borrow(_) => None,
        }
    }

    /// Whether bringing a value of it to the host can fail.
    pub fn lowers_fallibly(&self) -> bool {
        self.any(&mut |ty| ty.conversion().is_some_and(Conversion::lowers_fallibly))
    }

    /// What bringing a value of it to the app can fail with.
    pub fn lifts_with(&self) -> Vec<AdapterCase> {
        let mut cases = Vec::new();
        self.any(&mut |ty| {
            cases.extend(ty.conversion().into_iter().flat_map(Conversion::lifts_with));
            false
        });
        cases
    }

    /// The raw function that reads what it holds, if it holds what is read to its end.
    pub fn reader(&self) -> Option<&RawFunction> {
        match self {
            Self::Converted(Conversion::Body(read)) => Some(read),
            Self::List(inner) | Self::Option(inner) => inner.reader(),
            Self::Tuple(parts) => parts.iter().find_map(Self::reader),
            Self::Result { ok, err } => ok.iter().chain(err).find_map(|part| part.reader()),
            Self::Converted(conversion) => conversion.parts().iter().find_map(Self::reader),
            Self::Primitive(_) | Self::Named(_) | Self::Own(_) | Self::Borrow(_) => None,
        }
    }

    /// Whether it holds a span of time.
    pub fn is_time(&self) -> bool {
        self.any(&mut |ty| matches!(ty.conversion(), Some(Conversion::Seconds { .. })))
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
    Absent,
    Constructors,
    Complete,
    ReadAll,
    Bodies,
    Handles,
    Split,
    Remember,
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
            Self::Absent => "absent",
            Self::Constructors => "constructors",
            Self::Move => "move",
            Self::Complete => "complete",
            Self::ReadAll => "read-all",
            Self::Bodies => "bodies",
            Self::Handles => "handles",
            Self::Split => "split",
            Self::Remember => "remember",
            Self::Rename => "rename",
        }
    }
}

impl Interface {
    /// The raw functions behind it.
    pub fn raw_functions(&self) -> Vec<&RawFunction> {
        self.functions.iter().flat_map(|function| self.raw_behind(function)).collect()
    }

    /// The raw functions behind one of its functions.
    pub fn raw_behind<'p>(&'p self, function: &'p Function) -> Vec<&'p RawFunction> {
        let calls = function.body.calls().into_iter().flat_map(|call| {
            let reader = call.ok.as_ref().and_then(Type::reader);
            [&call.raw].into_iter().chain(reader)
        });
        let maker = match &function.body {
            Body::Later => self.maker(&function.kind),
            Body::Group(group) => group.of.as_ref(),
            Body::Direct | Body::Call(_) | Body::NewOptions | Body::SetOption(_) | Body::Share(_) => None,
        };
        maker.into_iter().chain(calls).collect()
    }

    /// The raw function that makes what a constructor makes later.
    fn maker(&self, kind: &Kind) -> Option<&RawFunction> {
        let Kind::Constructor(resource) = kind else { return None };
        match &self.types.iter().find(|def| def.name == *resource)?.kind {
            TypeKind::Wrapper(wrapper) => wrapper.made_by.as_ref(),
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
