//! Friendly functions, and the raw calls that they are made of.

use serde::Serialize;

use super::{Rule, Type, TypePath};

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
    pub operation: Operation,
    /// Whether it is an `async func`; only what passes as it is can be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_async: bool,
    /// The rules that made it what it is.
    pub rules: Vec<Rule>,
}

/// What a friendly function does.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// It is the raw function: the interface is direct, or the app exports it.
    Direct,
    /// It calls a raw function.
    Call(Box<Call>),
    /// It makes an options resource out of its parameters.
    NewOptions,
    /// It sets this field of an options resource.
    SetOption(String),
    /// It gives a second handle to what the receiver holds, as another resource.
    Share(TypePath),
    /// It makes a resource whose raw one is made when it is first needed.
    Later,
    /// It calls several raw functions, and their answers are the fields of a record.
    Group(Box<Group>),
    /// It calls a raw function that lists names, and for each name one that gives its values.
    Pairs(Box<Pairs>),
}

impl Operation {
    /// The one raw call that it is, if it is one.
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Call(call) => Some(call),
            Self::Direct
            | Self::NewOptions
            | Self::SetOption(_)
            | Self::Share(_)
            | Self::Later
            | Self::Group(_)
            | Self::Pairs(_) => None,
        }
    }

    /// The calls that it is made of.
    pub fn calls(&self) -> Vec<&Call> {
        match self {
            Self::Call(call) => vec![&**call],
            Self::Group(group) => group.members.iter().map(|member| &member.call).collect(),
            Self::Pairs(pairs) => vec![&pairs.names, &pairs.values],
            Self::Direct | Self::NewOptions | Self::SetOption(_) | Self::Share(_) | Self::Later => Vec::new(),
        }
    }
}

/// Getters in one record.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// The record.
    pub record: TypePath,
    /// The raw function that makes what the getters are called on; none where that is the receiver.
    pub of: Option<RawFunction>,
    /// Its fields.
    pub members: Vec<Member>,
    /// The error of the whole, if it has one.
    pub error: Option<Type>,
}

/// A getter whose answer is a field.
#[derive(Debug, Clone, Serialize)]
pub struct Member {
    /// The field.
    pub field: String,
    /// The call.
    pub call: Call,
    /// Cases of the friendly error that mean that there is nothing.
    pub missing: Vec<String>,
}

/// Names with their values: a pair for each value, in the order of the names.
#[derive(Debug, Clone, Serialize)]
pub struct Pairs {
    /// The call that lists the names; another function of the same interface makes it, too.
    pub names: Call,
    /// The call that gives what there is of a name, which is its one parameter; so does this.
    pub values: Call,
    /// Whether there is a list of values of a name, and not one.
    pub several: bool,
    /// The error of the whole.
    pub error: Type,
}

/// A call of a raw function.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    /// The raw function.
    pub raw: RawFunction,
    /// Its arguments in raw order, receiver first, without those that `paging` gives.
    pub args: Vec<Arg>,
    /// How often it is called, and with what besides.
    pub paging: Paging,
    /// Whether the raw function returns a `result`.
    pub raw_fallible: bool,
    /// Whether that `result` has an error type: then it is what `error` is lifted from.
    pub raw_error: bool,
    /// The friendly error, where the friendly function has one.
    pub error: Option<Type>,
    /// The friendly value.
    pub ok: Option<Type>,
    /// Which answers mean that there is nothing.
    pub absent: Option<Absent>,
    /// Whether the first answer is kept in the receiver.
    pub remember: bool,
    /// What says that the answer is over, where it is held as long as the receiver and given again until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<RawFunction>,
    /// What is checked before the call.
    pub checks: Vec<HandleCheck>,
}

/// What a parameter that is a list of handles must be; otherwise an argument is invalid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandleCheck {
    /// The parameter.
    pub param: String,
    /// Whether it must not be empty.
    pub at_least_one: bool,
    /// Whether its handles must be of different objects.
    pub distinct: bool,
}

/// Answers that mean that there is nothing: the friendly function returns none.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Absent {
    /// Cases of the friendly error.
    pub errors: Vec<String>,
    /// Whether an empty text or list is one.
    pub empty: bool,
    /// Whether the raw value is an option already.
    pub raw_optional: bool,
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
    /// A handle is moved out of its cell, and the raw function takes it as the `ok` of a result.
    TakeOk(Source),
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

/// How often a raw function is called for one friendly call, and the arguments that this gives it: their places are those
/// among the parameters of the raw function, from 0, the receiver first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
    /// Once.
    Once {
        /// How large the answer may be: the largest, as a function that cannot fail cannot say that it is too small.
        size: Option<usize>,
    },
    /// Until the answer fits.
    Grow {
        /// How large the answer may be.
        size: usize,
    },
    /// Page by page, until the host says that there are no more.
    Pages {
        /// How large a page may be.
        size: usize,
        /// Where the page starts.
        cursor: usize,
    },
    /// With what is left of its bytes, until the host has taken all of them.
    WriteAll {
        /// What is left.
        remaining: usize,
        /// The friendly parameter that is all of it.
        param: String,
    },
    /// Chunk by chunk, until one is empty or there are more bytes than the parameter `LIMIT` allows.
    ReadAll {
        /// How many bytes are read at a time.
        size: usize,
    },
}

/// An argument of a raw call.
#[derive(Debug, Clone, Copy)]
pub enum RawArg<'c> {
    /// One that the friendly function is given, or that the adapter makes of what it is given.
    Given(&'c Arg),
    /// How large an answer may be.
    MaxLen,
    /// Where the page starts.
    Cursor,
    /// What the host has not taken yet of the bytes that are this parameter.
    Remaining(&'c str),
    /// How many bytes are read at a time.
    ChunkSize,
}

impl Paging {
    /// Whether there is one raw call.
    pub fn is_once(&self) -> bool {
        match self {
            Self::Once { .. } => true,
            Self::Grow { .. } | Self::Pages { .. } | Self::WriteAll { .. } | Self::ReadAll { .. } => false,
        }
    }

    /// The arguments that it gives, each at its place.
    fn args(&self) -> Vec<(usize, RawArg<'_>)> {
        match self {
            Self::Once { size } => size.iter().map(|size| (*size, RawArg::MaxLen)).collect(),
            Self::Grow { size } => vec![(*size, RawArg::MaxLen)],
            Self::Pages { size, cursor } => vec![(*size, RawArg::MaxLen), (*cursor, RawArg::Cursor)],
            Self::WriteAll { remaining, param } => vec![(*remaining, RawArg::Remaining(param))],
            Self::ReadAll { size } => vec![(*size, RawArg::ChunkSize)],
        }
    }
}

/// The parameter that says how many bytes are read at most, where all are.
pub const LIMIT: &str = "limit";

/// `interface.function` or `interface.resource.function`; a constructor is called `constructor`.
pub fn path(interface: &str, kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Freestanding => format!("{interface}.{name}"),
        Kind::Method(resource) | Kind::Static(resource) => format!("{interface}.{resource}.{name}"),
        Kind::Constructor(resource) => format!("{interface}.{resource}.constructor"),
    }
}

/// A function's name as the WIT parser has it, and a core module.
pub fn core_name(kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Freestanding => name.to_owned(),
        Kind::Method(resource) => format!("[method]{resource}.{name}"),
        Kind::Static(resource) => format!("[static]{resource}.{name}"),
        Kind::Constructor(resource) => format!("[constructor]{resource}"),
    }
}

impl Call {
    /// All arguments in raw order.
    pub fn raw_args(&self) -> Vec<RawArg<'_>> {
        let placed = self.paging.args();
        let mut given = self.args.iter();
        let place = |at: usize| {
            let of_paging = placed.iter().find(|(place, _)| *place == at).map(|(_, arg)| *arg);
            of_paging.or_else(|| given.next().map(RawArg::Given))
        };
        (0..self.args.len() + placed.len()).filter_map(place).collect()
    }

    /// The options that are filled in with their defaults, if any are.
    pub fn default_options(&self) -> Option<&TypePath> {
        self.args.iter().find_map(|arg| if let Arg::Options { param: None, ty } = arg { Some(ty) } else { None })
    }
}

impl Function {
    /// The error that it fails with, where it can fail; within, none where that says nothing.
    pub fn error(&self) -> Option<Option<&Type>> {
        if let Some(Type::Result { err, .. }) = &self.result { Some(err.as_deref()) } else { None }
    }

    /// What it gives when it does not fail; none for nothing.
    pub fn ok(&self) -> Option<&Type> {
        if let Some(Type::Result { ok, .. }) = &self.result { ok.as_deref() } else { self.result.as_ref() }
    }

    /// A parameter by its name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }

    /// The types of its signature.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        self.params.iter().map(|param| &param.ty).chain(&self.result)
    }

    /// The names in its signature, and the resource that it is of.
    pub fn names(&self, interface: &str) -> Vec<TypePath> {
        let resource = match &self.kind {
            Kind::Freestanding => None,
            Kind::Method(name) | Kind::Static(name) | Kind::Constructor(name) => {
                Some(TypePath::friendly(interface, name))
            }
        };
        self.types().flat_map(Type::names).chain(resource).collect()
    }

    /// Its path below the friendly package.
    pub fn path(&self, interface: &str) -> String {
        path(interface, &self.kind, &self.name)
    }
}
