//! The types of signatures, and values that mean more than their raw type says.

use serde::Serialize;

use super::{AdapterCase, RawFunction, TypePath};

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
    /// `stream<T>`; only what passes as it is has one.
    Stream(Option<Box<Type>>),
    /// `future<T>`; likewise.
    Future(Option<Box<Type>>),
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
        /// Whether the raw tuple has a name.
        is_named: bool,
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
    },
    /// An integer, and whether it is not 0.
    Flag {
        /// The raw integer.
        count: Primitive,
    },
    /// A handle that is given away and stands inside a value, and one that is lent.
    Take(TypePath),
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
            | Self::Take(_)
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
            | Self::Take(_)
            | Self::Record { .. }
            | Self::Packed { .. }
            | Self::Choice { .. }
            | Self::Flag { .. }
            | Self::Body(_) => false,
        }
    }

    fn lifts_with(&self) -> &'static [AdapterCase] {
        match self {
            Self::Text | Self::Joined { raw_text: false, text: true, .. } => &[AdapterCase::NotText],
            Self::Packed { .. } | Self::Choice { .. } => &[AdapterCase::UnknownValue],
            Self::Body(_) => &[AdapterCase::ValueTooLarge, AdapterCase::CannotRead, AdapterCase::NotText],
            Self::Address(_)
            | Self::Seconds { .. }
            | Self::Joined { .. }
            | Self::Record { .. }
            | Self::Flag { .. }
            | Self::Take(_) => &[],
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
            Self::Take(resource) => Type::Borrow(resource.clone()),
        }
    }
}

impl Type {
    /// `list<u8>`
    pub fn bytes() -> Self {
        Self::List(Box::new(Self::Primitive(Primitive::U8)))
    }

    /// The types that it is made of, by itself: not what a converted value is made of.
    pub fn structure(&self) -> Vec<&Self> {
        match self {
            Self::List(inner) | Self::Option(inner) => vec![inner],
            Self::Tuple(parts) => parts.iter().collect(),
            Self::Result { ok, err } => ok.iter().chain(err).map(|part| &**part).collect(),
            Self::Stream(of) | Self::Future(of) => of.iter().map(|part| &**part).collect(),
            Self::Primitive(_) | Self::Named(_) | Self::Own(_) | Self::Borrow(_) | Self::Converted(_) => Vec::new(),
        }
    }

    /// It and all types that it is made of, outermost first; the parts of a converted tuple are among them.
    pub fn walk(&self) -> impl Iterator<Item = &Self> {
        let mut ahead = vec![self];
        std::iter::from_fn(move || {
            let next = ahead.pop()?;
            let converted = next.conversion().map_or(&[][..], Conversion::parts);
            ahead.extend(converted.iter().rev());
            ahead.extend(next.structure().into_iter().rev());
            Some(next)
        })
    }

    /// The names in it; what stands for a converted value is among them.
    pub fn names(&self) -> Vec<TypePath> {
        match self {
            Self::Named(path) | Self::Own(path) | Self::Borrow(path) => vec![path.clone()],
            Self::Converted(conversion) => conversion.friendly().names(),
            Self::Primitive(_)
            | Self::List(_)
            | Self::Option(_)
            | Self::Tuple(_)
            | Self::Result { .. }
            | Self::Stream(_)
            | Self::Future(_) => self.structure().into_iter().flat_map(Self::names).collect(),
        }
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
            | Self::Stream(_)
            | Self::Future(_)
            | Self::Converted(_) => (self, false),
        }
    }

    /// The resource of the handle that it is, or is an option or a list of.
    pub fn handle(&self) -> Option<&TypePath> {
        match self {
            Self::Borrow(path) | Self::Own(path) => Some(path),
            Self::Option(inner) | Self::List(inner) => inner.handle(),
            Self::Primitive(_)
            | Self::Tuple(_)
            | Self::Result { .. }
            | Self::Named(_)
            | Self::Stream(_)
            | Self::Future(_)
            | Self::Converted(_) => None,
        }
    }

    /// The resource of the handle that it is, where that is given away.
    pub fn own(&self) -> Option<&TypePath> {
        if let Self::Own(path) = self { Some(path) } else { None }
    }

    /// The resources of the handles in it that are given away.
    pub fn owned_handles(&self) -> impl Iterator<Item = &TypePath> {
        self.walk().filter_map(Self::own)
    }

    /// What it is converted as, if it is.
    pub fn conversion(&self) -> Option<&Conversion> {
        match self {
            Self::Converted(conversion) => Some(conversion),
            Self::Primitive(_)
            | Self::List(_)
            | Self::Option(_)
            | Self::Tuple(_)
            | Self::Result { .. }
            | Self::Named(_)
            | Self::Own(_)
            | Self::Borrow(_)
            | Self::Stream(_)
            | Self::Future(_) => None,
        }
    }

    /// The conversions in it, outermost first.
    pub fn conversions(&self) -> impl Iterator<Item = &Conversion> {
        self.walk().filter_map(Self::conversion)
    }

    /// Whether bringing a value of it to the host can fail.
    pub fn lowers_fallibly(&self) -> bool {
        self.conversions().any(Conversion::lowers_fallibly)
    }

    /// What bringing a value of it to the app can fail with.
    pub fn lifts_with(&self) -> Vec<AdapterCase> {
        self.conversions().flat_map(Conversion::lifts_with).copied().collect()
    }

    /// The raw function that reads what it holds, if it holds what is read to its end.
    pub fn reader(&self) -> Option<&RawFunction> {
        self.conversions().find_map(|conversion| match conversion {
            Conversion::Body(read) => Some(&**read),
            Conversion::Text
            | Conversion::Take(_)
            | Conversion::Address(_)
            | Conversion::Seconds { .. }
            | Conversion::Joined { .. }
            | Conversion::Record { .. }
            | Conversion::Packed { .. }
            | Conversion::Choice { .. }
            | Conversion::Flag { .. } => None,
        })
    }

    /// Whether it holds a span of time.
    pub fn is_time(&self) -> bool {
        self.conversions().any(|conversion| matches!(conversion, Conversion::Seconds { .. }))
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
