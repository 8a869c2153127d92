//! The plan: every friendly item, the raw items behind it, and how one becomes the other.
//!
//! Plain data, complete before a byte is written. `derive` fills it, and the writers of WIT, of glue
//! and of `explain` only read it: nothing after `derive` decides anything. Names are WIT names, in
//! kebab case; a writer turns them into its own language's.

use indexmap::IndexMap;
use serde::Serialize;

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

/// A friendly type and where it comes from.
#[derive(Debug, Clone, Serialize)]
pub struct TypeDef {
    /// Its friendly name.
    pub name: String,
    /// The raw path behind it, `interface.name`; none for a type that a rule made up.
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

/// A field of a record.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Its name in both worlds.
    pub name: String,
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
    /// A case of an error that the raw one nests.
    Nested,
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
}

/// An error type: an enum where its cases allow, else a variant.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorType {
    /// Its friendly cases, adapter's own last.
    pub cases: Vec<Case>,
    /// Whether every case is without payload.
    pub is_enum: bool,
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
    /// Methods whose first answer is kept, because the host gives it once only.
    pub remembers: Vec<(String, Type)>,
}

/// A resource that stands for an options record.
#[derive(Debug, Clone, Serialize)]
pub struct Options {
    /// The raw record.
    pub record: TypePath,
    /// Its fields in raw order.
    pub fields: Vec<OptionsField>,
}

/// A field of an options record.
#[derive(Debug, Clone, Serialize)]
pub struct OptionsField {
    /// Its name in both worlds.
    pub name: String,
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

/// How a function is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By the interface alone.
    Freestanding,
    /// On a handle of this resource of the same interface.
    Method(String),
    /// On this resource, without a handle.
    Static(String),
    /// By making this resource.
    Constructor(String),
}

/// A parameter.
#[derive(Debug, Clone, Serialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// A friendly function.
#[derive(Debug, Clone, Serialize)]
pub struct Function {
    /// Its name, without the resource's; empty for a constructor.
    pub name: String,
    /// How it is reached.
    pub kind: Kind,
    /// What it says of itself.
    pub docs: Option<String>,
    /// Its parameters, without the receiver.
    pub params: Vec<Param>,
    /// What it returns.
    pub result: Option<Type>,
    /// What it does.
    pub body: Body,
    /// The rules that made it what it is.
    pub rules: Vec<Rule>,
}

/// What a friendly function does.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// It is the raw function: the interface is direct, or the app exports it.
    Direct,
    /// It calls a raw function.
    Call(Call),
    /// It makes an options resource out of its parameters.
    NewOptions,
    /// It sets this field of an options resource.
    SetOption(String),
    /// It gives a second handle to what the receiver holds, as another resource.
    Share(TypePath),
}

/// A call of a raw function.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    /// The raw function.
    pub raw: RawFunction,
    /// Its arguments in raw order, receiver first.
    pub args: Vec<Arg>,
    /// How often it is called.
    pub paging: Paging,
    /// Whether the raw function returns a `result`.
    pub raw_fallible: bool,
    /// Whether that `result` has an error type: then it is what `error` is lifted from.
    pub raw_error: bool,
    /// The friendly error, where the friendly function has one.
    pub error: Option<Type>,
    /// The friendly value.
    pub ok: Option<Type>,
    /// Whether the first answer is kept in the receiver.
    pub remember: bool,
}

/// The name of a raw function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawFunction {
    /// The raw interface.
    pub interface: String,
    /// Its name, without the resource's; empty for a constructor.
    pub name: String,
    /// How it is reached.
    pub kind: Kind,
}

impl RawFunction {
    /// Its path below the package: `interface.function` or `interface.resource.function`.
    pub fn path(&self) -> String {
        path(&self.interface, &self.kind, &self.name)
    }
}

/// An argument of a raw call.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arg {
    /// A handle is lent: the receiver, or the parameter of this name.
    Lend(Source),
    /// A handle is moved out of its cell.
    Take(Source),
    /// A parameter, converted where its type asks for it.
    Param(String),
    /// The record that the options parameter of this name stands for.
    Options {
        /// The parameter; none for the defaults.
        param: Option<String>,
        /// The friendly options type.
        ty: TypePath,
    },
    /// A case of a raw variant, with an options record as its payload or with none.
    Case {
        /// The raw variant.
        variant: TypePath,
        /// The case.
        case: String,
        /// The options parameter and its type.
        payload: Option<(String, TypePath)>,
    },
    /// How large an answer may be.
    MaxLen,
    /// Where the page starts.
    Cursor,
}

/// Which handle.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The receiver.
    Receiver,
    /// The parameter of this name; an option or a list of handles too.
    Param(String),
}

/// How often a raw function is called for one friendly call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
    /// Once.
    Once,
    /// Until the answer fits.
    Grow,
    /// Page by page, until the host says that there are no more.
    Pages,
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
            Self::Split => "split",
            Self::Remember => "remember",
            Self::Rename => "rename",
        }
    }
}

/// `interface.function` or `interface.resource.function`; a constructor is called `constructor`.
pub fn path(interface: &str, kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Freestanding => format!("{interface}.{name}"),
        Kind::Method(resource) | Kind::Static(resource) => format!("{interface}.{resource}.{name}"),
        Kind::Constructor(resource) => format!("{interface}.{resource}.constructor"),
    }
}

impl Function {
    /// Its path below the friendly package.
    pub fn path(&self, interface: &str) -> String {
        path(interface, &self.kind, &self.name)
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
