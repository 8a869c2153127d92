//! Friendly types, and the raw ones behind them.

use indexmap::IndexMap;
use serde::Serialize;

use super::{RawFunction, Rule, Type, TypePath};

/// A friendly type and where it comes from.
#[derive(Debug, Clone, Serialize)]
pub struct TypeDef {
    /// Its friendly name.
    pub name: String,
    /// The raw path behind it, `interface.name`; none for a synthesized type.
    pub raw: Option<String>,
    /// What it says of itself.
    pub docs: Option<String>,
    /// Its shape.
    pub kind: TypeKind,
    /// Which ways values of it cross the adapter.
    pub crosses: Crosses,
    /// The rules that made it what it is.
    pub rules: Vec<Rule>,
}

/// Which conversions a type needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Crosses {
    /// The host gives it to the app.
    pub lifted: bool,
    /// The app gives it to the host.
    pub lowered: bool,
}

/// The shapes of friendly types.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypeKind {
    /// Another name for a type.
    Alias(Type),
    /// A record, field by field as the raw one.
    Record(Vec<Field>),
    /// Flags, as the raw ones.
    Flags(Vec<Case>),
    /// An enum, case by case as the raw one.
    Enum(Vec<Case>),
    /// A variant, case by case as the raw one.
    Variant(Vec<Case>),
    /// An error: what the host says, and what only the adapter can say.
    Error(ErrorType),
    /// A record error whose detail and base error are told apart by one enum.
    DetailError(DetailError),
    /// A resource of the adapter that holds a raw handle.
    Wrapper(Wrapper),
    /// A resource that stands for an options record: a setter a field.
    Options(Options),
}

/// Each kind of type that somebody asks for by itself; whoever tells all of them apart matches.
impl TypeKind {
    /// The types that it is made of.
    pub fn parts(&self) -> Vec<Type> {
        match self {
            Self::Alias(ty) => vec![ty.clone()],
            Self::Record(fields) => fields.iter().map(|field| field.ty.clone()).collect(),
            Self::Variant(cases) => cases.iter().filter_map(|case| case.payload.clone()).collect(),
            Self::Error(error) => {
                let payloads = error.cases.iter().filter_map(|case| case.payload.clone());
                payloads.chain(error.nested.values().cloned().map(Type::Named)).collect()
            }
            Self::DetailError(error) => {
                let fields = error.fields.iter().map(|field| field.ty.clone());
                fields.chain([Type::Named(error.kind.clone()), Type::Named(error.base.clone())]).collect()
            }
            Self::Options(options) => options.fields.iter().map(|field| field.ty.clone()).collect(),
            Self::Flags(_) | Self::Enum(_) | Self::Wrapper(_) => Vec::new(),
        }
    }

    /// The names in it.
    pub fn names(&self) -> Vec<TypePath> {
        self.parts().iter().flat_map(Type::names).collect()
    }

    /// What an alias stands for.
    pub fn alias(&self) -> Option<&Type> {
        if let Self::Alias(ty) = self { Some(ty) } else { None }
    }

    /// The wrapper that it is.
    pub fn wrapper(&self) -> Option<&Wrapper> {
        if let Self::Wrapper(wrapper) = self { Some(wrapper) } else { None }
    }

    /// The options that it is.
    pub fn options(&self) -> Option<&Options> {
        if let Self::Options(options) = self { Some(options) } else { None }
    }

    /// The error that it is, where that is one of cases alone.
    pub fn error(&self) -> Option<&ErrorType> {
        if let Self::Error(error) = self { Some(error) } else { None }
    }

    /// The error with details that it is.
    pub fn detail_error(&self) -> Option<&DetailError> {
        if let Self::DetailError(error) = self { Some(error) } else { None }
    }

    /// The cases of the enum that it is.
    pub fn enum_cases(&self) -> Option<&[Case]> {
        if let Self::Enum(cases) = self { Some(cases) } else { None }
    }

    /// The cases of an enum, a variant or an error; of any other type, none.
    pub fn cases(&self) -> &[Case] {
        match self {
            Self::Enum(cases) | Self::Variant(cases) => cases,
            Self::Error(error) => &error.cases,
            Self::Alias(_)
            | Self::Record(_)
            | Self::Flags(_)
            | Self::DetailError(_)
            | Self::Wrapper(_)
            | Self::Options(_) => &[],
        }
    }

    /// Whether it is a resource of the adapter.
    pub fn is_resource(&self) -> bool {
        self.wrapper().is_some() || self.options().is_some()
    }
}

/// A field of a record.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Its friendly name.
    pub name: String,
    /// Its name in the raw record; the friendly one for a synthesized field.
    pub raw_name: String,
    /// Its friendly type.
    pub ty: Type,
    /// What it says of itself.
    pub docs: Option<String>,
}

/// A case of an enum or a variant, or a flag.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// Its friendly name.
    pub name: String,
    /// The friendly payload.
    pub payload: Option<Type>,
    /// What it says of itself.
    pub docs: Option<String>,
    /// Where it comes from.
    pub from: CaseFrom,
}

/// Where a friendly case comes from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseFrom {
    /// The raw case of this name, payload and all.
    Raw(String),
    /// The raw case of this name, which carries an extensibility resource that means nothing.
    RawDropped(String),
    /// The raw case of this name, whose extensibility resource has one getter: the payload is what it says.
    RawGetter {
        /// The raw case.
        case: String,
        /// The getter of the resource it carries.
        getter: String,
    },
    /// This integer.
    Number(u64),
    /// A case of an error that the raw one nests.
    Nested,
    /// The raw error as it is, whatever it is.
    Carried,
    /// Only the adapter says it.
    Adapter(AdapterCase),
}

/// What only the adapter can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdapterCase {
    /// The handle was used up by an earlier call.
    AlreadyConsumed,
    /// The host did not deliver the value within the adapter's limits.
    ValueTooLarge,
    /// An argument cannot be sent to the host as it is.
    InvalidArgument,
    /// What should be text is not UTF-8.
    NotText,
    /// The host's value is none that the adapter has a name for.
    UnknownValue,
    /// The host did not give out another object.
    LimitExceeded,
    /// The host did not let a body be read to its end.
    CannotRead,
    /// The host failed, and has no error to say why.
    Failed,
}

impl ErrorType {
    /// The raw error that it carries as it is, where that can have no cases more: what it is in the friendly world.
    pub fn carried(&self) -> Option<&Type> {
        self.cases.iter().find(|case| matches!(case.from, CaseFrom::Carried))?.payload.as_ref()
    }
}

impl AdapterCase {
    /// All of them, in the order in which an error declares them.
    pub const ALL: [Self; 8] = [
        Self::ValueTooLarge,
        Self::AlreadyConsumed,
        Self::InvalidArgument,
        Self::NotText,
        Self::UnknownValue,
        Self::CannotRead,
        Self::LimitExceeded,
        Self::Failed,
    ];

    /// The case of a friendly error that says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AlreadyConsumed => "already-consumed",
            Self::ValueTooLarge => "value-too-large",
            Self::InvalidArgument => "invalid-argument",
            Self::NotText => "not-text",
            Self::UnknownValue => "unknown-value",
            Self::LimitExceeded => "limit-exceeded",
            Self::CannotRead => "cannot-read",
            Self::Failed => "failed",
        }
    }
}

/// An error type: an enum where its cases allow, else a variant.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorType {
    /// Its friendly cases, adapter's own last.
    pub cases: Vec<Case>,
    /// Whether every case is without payload.
    pub is_enum: bool,
    /// What the adapter says with it.
    pub adapter_cases: Vec<AdapterCase>,
    /// Raw cases that say that a buffer was too small, and whether their payload says how large it should be.
    pub too_small: IndexMap<String, bool>,
    /// Raw cases that may mean it, once one of the others was said.
    pub maybe_too_small: Vec<String>,
    /// Raw cases that carry another error: the case and the friendly type of what it carries.
    pub nested: IndexMap<String, TypePath>,
}

/// `record { detail: option<variant>, error: base }` as one flat record.
#[derive(Debug, Clone, Serialize)]
pub struct DetailError {
    /// The raw field that holds the detail.
    pub detail_field: String,
    /// The raw field that holds the base error.
    pub base_field: String,
    /// The friendly enum of all details and all base errors.
    pub kind: TypePath,
    /// The friendly base error.
    pub base: TypePath,
    /// The raw variant of details.
    pub detail: TypePath,
    /// What the details' payloads carry, each an optional field.
    pub fields: Vec<DetailField>,
    /// Cases of the detail whose payload means nothing or is folded into fields.
    pub payload_cases: Vec<String>,
    /// What the adapter says with it.
    pub adapter_cases: Vec<AdapterCase>,
}

/// A field of a detail's payload, lifted into the error record.
#[derive(Debug, Clone, Serialize)]
pub struct DetailField {
    /// Its friendly name.
    pub name: String,
    /// Its friendly type, an option.
    pub ty: Type,
    /// The raw case whose payload has it.
    pub case: String,
    /// Its name in that payload.
    pub field: String,
    /// Whether the raw field is an option already.
    pub optional: bool,
    /// What it says of itself.
    pub docs: Option<String>,
}

/// A resource that holds a raw handle.
#[derive(Debug, Clone, Serialize)]
pub struct Wrapper {
    /// The raw resource it holds.
    pub holds: TypePath,
    /// Whether some raw function takes the handle away.
    pub consumable: bool,
    /// The raw function that makes the raw resource when it is first needed, where an app can make one.
    pub made_by: Option<RawFunction>,
    /// Methods whose first answer is kept, because the host gives it once only.
    pub remembers: Vec<(String, Type)>,
    /// Methods whose answer is held as long as the resource, with the raw resource that it is a handle of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds_of: Vec<(String, TypePath)>,
}

/// A resource that stands for an options record.
#[derive(Debug, Clone, Serialize)]
pub struct Options {
    /// The raw record.
    pub record: TypePath,
    /// Its fields in raw order.
    pub fields: Vec<OptionsField>,
}

impl Options {
    /// Whether making the raw record can fail.
    pub fn lowers_fallibly(&self) -> bool {
        self.fields.iter().any(|field| match &field.filled {
            Filled::Required | Filled::Optional | Filled::Default(_) => field.ty.lowers_fallibly(),
            Filled::Never => false,
            Filled::Extra { setters, .. } => setters.iter().any(|setter| setter.ty.lowers_fallibly()),
        })
    }
}

/// A field of an options record.
#[derive(Debug, Clone, Serialize)]
pub struct OptionsField {
    /// Its friendly name.
    pub name: String,
    /// Its name in the raw record.
    pub raw_name: String,
    /// What a setter takes.
    pub ty: Type,
    /// What it says of itself.
    pub docs: Option<String>,
    /// Whether the raw field is an option.
    pub raw_optional: bool,
    /// How it is filled.
    pub filled: Filled,
}

/// How a raw options field gets its value.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filled {
    /// A parameter of the constructor.
    Required,
    /// `none` unless set.
    Optional,
    /// This unless set: a WAVE literal of the field's type.
    Default(String),
    /// Always `none`: a placeholder for fields to come.
    Never,
    /// `none` unless one of these setters of the extensibility resource was called.
    Extra {
        /// The raw resource to make.
        resource: TypePath,
        /// How it is made: a `constructor`, or the static function of this name.
        constructor: Option<String>,
        /// Its setters: friendly field name, raw method, value.
        setters: Vec<ExtraSetter>,
    },
}

/// A setter of an extensibility resource, lifted to the options that carry it.
#[derive(Debug, Clone, Serialize)]
pub struct ExtraSetter {
    /// The friendly field name.
    pub name: String,
    /// The raw method.
    pub method: String,
    /// What it takes.
    pub ty: Type,
    /// What it says of itself.
    pub docs: Option<String>,
}
