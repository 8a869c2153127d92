//! Sketches of raw worlds: plain data that shrinks, written as WIT and rules, and what must hold of what comes out.
//!
//! A sketch names nothing by its name: it picks among what is there when it is written, so that
//! whatever is taken out of it leaves a sketch of a world.

mod calls;
mod fit;
pub mod lines;
pub mod names;
pub mod spots;
pub mod strategy;
pub mod write;

use proptest::sample::Index;

/// A raw world and the lines of its rules.
#[derive(Debug, Clone)]
pub struct Sketch {
    /// The interfaces it imports; each may use types of those before it.
    pub interfaces: Vec<Interface>,
    /// The functions of an interface that it exports.
    pub exported: Option<Vec<Function>>,
    /// Whether the package has a version.
    pub versioned: bool,
    /// Whether types stand where most rules say no: own handles in parameters, lent ones in lists.
    pub daring: bool,
    /// Which spellings the rules leave out.
    pub unsaid: Unsaid,
    /// The lines of the rules besides.
    pub lines: Vec<Line>,
}

/// Spellings without which some worlds are refused.
#[derive(Debug, Clone)]
pub struct Unsaid {
    /// `errors.default`.
    pub default: bool,
    /// `buffers`, as a whole.
    pub buffers: bool,
    /// `extra.prefix`.
    pub extra: bool,
    /// The required fields of options.
    pub required: bool,
}

/// An interface.
#[derive(Debug, Clone)]
pub struct Interface {
    /// Its name.
    pub name: Index,
    /// What it uses of those before it, and whether under another name.
    pub uses: Vec<(Index, bool)>,
    /// Its types, each may use those before it.
    pub types: Vec<Type>,
    /// Its functions.
    pub functions: Vec<Function>,
}

/// A named type.
#[derive(Debug, Clone)]
pub struct Type {
    /// Its name.
    pub name: Index,
    /// What it says of itself.
    pub docs: Option<Index>,
    /// What it is.
    pub shape: Shape,
}

/// What a type is.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Another name of a type that is there.
    Alias(Value),
    /// A resource.
    Resource {
        /// The parameters of its constructor, if it has one.
        constructor: Option<Vec<Param>>,
        /// Its functions.
        members: Vec<Function>,
    },
    /// Another name of a resource.
    OtherName(Index),
    /// A record.
    Record(Vec<(Index, Value)>),
    /// A variant.
    Variant(Vec<(Index, Option<Value>)>),
    /// A variant that functions fail with.
    Failure {
        /// Whether a case says that a buffer was too small.
        small: bool,
        /// The other cases.
        cases: Vec<(Index, Option<Value>)>,
    },
    /// An enum of so many cases.
    Enum(Vec<Index>),
    /// Flags of so many cases.
    Flags(Vec<Index>),
    /// An options record, and whether it has a placeholder for what is to come.
    Options {
        /// Its fields, and whether they are optional.
        fields: Vec<(Index, Value, bool)>,
        /// The setters of the placeholder, if there is one.
        extra: Option<Vec<Function>>,
    },
    /// An IPv4 and an IPv6 tuple.
    Address,
}

/// A function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: Index,
    /// What it says of itself.
    pub docs: Option<Index>,
    /// Whether it is static, if it is a resource's.
    pub is_static: bool,
    /// Its parameters.
    pub params: Vec<Param>,
    /// What it answers with.
    pub answer: Answer,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name.
    pub name: Index,
    /// What it is.
    pub given: Given,
}

/// What a parameter is.
#[derive(Debug, Clone)]
pub enum Given {
    /// A value.
    Value(Value),
    /// A handle that is given away.
    Own(Index),
    /// A handle that is lent.
    Lent(Index),
    /// One that is lent, or none.
    PerhapsLent(Index),
    /// One that is given away, or none.
    PerhapsOwn(Index),
    /// A list of handles that are lent.
    LentList(Index),
    /// A list of handles that are given away.
    OwnList(Index),
    /// Options, if there are any.
    Options(Index),
}

/// What a function answers with.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// A value.
    Value(Value),
    /// A value, or a failure: one of those there are, a text, or none.
    Perhaps(Option<Value>, Failure),
    /// Text or bytes in a buffer of a size that is given, which may be too small.
    Buffer(Bytes, bool),
    /// A page of text or bytes, and where the next one starts.
    Page(Bytes),
    /// How many of the bytes were taken.
    Count,
    /// As many bytes as were asked for.
    Chunk,
    /// A handle.
    Handle(Index),
}

/// What a function fails with.
#[derive(Debug, Clone)]
pub enum Failure {
    /// An error of the interface, if there is one.
    Named(Index),
    /// A text.
    Text,
    /// Nothing.
    Untold,
}

/// What is in a buffer.
#[derive(Debug, Clone, Copy)]
pub enum Bytes {
    /// A text.
    Text,
    /// Bytes.
    Bytes,
}

/// A value.
#[derive(Debug, Clone)]
pub enum Value {
    /// A type of WIT itself.
    Plain(&'static str),
    /// A type that is there; bytes if there is none.
    Named(Index),
    /// One or none.
    Option(Box<Value>),
    /// Several.
    List(Box<Value>),
    /// Some.
    Tuple(Vec<Value>),
    /// One or the other.
    Result(Option<Box<Value>>, Option<Box<Value>>),
}

/// A line of the rules.
#[derive(Debug, Clone)]
pub struct Line {
    /// The table.
    pub table: lines::Table,
    /// Whether the path is one that the table is about.
    pub fits: bool,
    /// The path, among those there are.
    pub at: Index,
    /// What else is to be picked.
    pub other: Index,
}
