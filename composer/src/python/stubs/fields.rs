//! The fields of docstrings: texts for parameters, results and exceptions.

use super::Stubs;
use super::annotations::Annotations;
use crate::markdown::{self, Block};
use crate::plan::{Conversion, Function, Interface, Kind, Param, Primitive, Type, TypeKind, TypePath};
use crate::prose::python::{camel, definition, shouty, snake};
use crate::prose::{raises, text};

/// The text for an object of options, which is passed instead of keywords.
pub(super) const OPTIONS: &str = "the options, in place of keywords";

/// How the summary of a function begins that gives something.
const GIVES: [&str; 13] = [
    "Returns",
    "Return",
    "Gets",
    "Get",
    "Gives",
    "Fetches",
    "Retrieves",
    "Retrieve",
    "Reads",
    "Read",
    "Looks up",
    "Tells",
    "Obtains",
];

/// Whether a block of docs is told by fields: what is returned, what is raised, and where options go. The first one
/// says what a function is for.
pub(super) fn is_field(stubs: &Stubs<'_>, block: &Block, is_first: bool) -> bool {
    let Some(text) = block.text() else { return block.is_section("Args:") || block.is_section("Returns:") };
    let is_result = !is_first && text.starts_with("Returns ") && text::sentences(text).len() == 1;
    let has_keywords = !stubs.plain && text.starts_with("Takes the default options; ");
    is_result || has_keywords || text.starts_with("Raises `Err`")
}

/// What a parameter is.
pub(super) fn of_param(stubs: &Stubs<'_>, function: &Function, param: &Param) -> String {
    let name = text::spoken(&param.name);
    let what = shape(stubs, &param.ty);
    let used_up = if raises::uses_up(function).contains(&param.name.as_str()) {
        ", which is used up"
    } else if raises::gives_inside(stubs.plan, param) {
        ", whose objects are used up"
    } else {
        ""
    };
    let none = if matches!(param.ty, Type::Option(_)) { ", or `None`" } else { "" };
    format!("the {name}{what}{used_up}{none}")
}

/// What of a type its annotation does not say.
fn shape(stubs: &Stubs<'_>, ty: &Type) -> String {
    match ty {
        Type::Option(inner) => shape(stubs, inner),
        Type::Converted(Conversion::Address(_)) if stubs.plain => ", as text".to_owned(),
        Type::Converted(Conversion::Address(_)) => ", as text or an `ipaddress` object".to_owned(),
        Type::Converted(Conversion::Seconds { .. }) if stubs.plain => ", in seconds".to_owned(),
        Type::Converted(Conversion::Seconds { .. }) => ", in seconds or as a `timedelta`".to_owned(),
        Type::Converted(conversion) => shape(stubs, &conversion.friendly()),
        Type::Named(path) => named(stubs, path),
        Type::Primitive(_) => Annotations::range(ty).map(|range| format!(", {range}")).unwrap_or_default(),
        Type::List(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Own(_)
        | Type::Borrow(_) => String::new(),
    }
}

fn named(stubs: &Stubs<'_>, path: &TypePath) -> String {
    let Some(def) = definition(stubs.plan, path) else { return String::new() };
    match &def.kind {
        TypeKind::Alias(target) => shape(stubs, target),
        TypeKind::Enum(cases) if !stubs.plain => {
            let first = cases.first().map(|case| shouty(&case.name).to_lowercase()).unwrap_or_default();
            format!(", or its name such as `\"{first}\"`")
        }
        TypeKind::Enum(_)
        | TypeKind::Record(_)
        | TypeKind::Flags(_)
        | TypeKind::Variant(_)
        | TypeKind::Error(_)
        | TypeKind::DetailError(_)
        | TypeKind::Wrapper(_)
        | TypeKind::Options(_) => String::new(),
    }
}

/// What options require.
pub(super) fn of_required(interface: &Interface, class: &TypePath, param: &Param) -> String {
    let def = interface.types.iter().find(|def| def.name == class.name);
    let field = def.and_then(|def| def.kind.options()?.fields.iter().find(|field| field.name == param.name));
    let docs = field.and_then(|field| summary(field.docs.as_deref()));
    docs.unwrap_or_else(|| format!("the {}, which is required", text::spoken(&param.name)))
}

/// What an option is, and what it is unless it is set.
pub(super) fn of_setter(setter: &Function) -> String {
    let parsed = markdown::parse(setter.docs.as_deref().unwrap_or_default());
    let default = parsed.iter().filter_map(Block::text).flat_map(text::sentences);
    let default =
        default.skip(1).find(|sentence| sentence.starts_with("Defaults to") || sentence.contains("default is"));
    let first = summary(setter.docs.as_deref()).unwrap_or_else(|| "an option".to_owned());
    match default {
        Some(default) => format!("{first}. {}", default.trim_end_matches('.')),
        None => first,
    }
}

/// The first sentence of a doc without its full stop.
fn summary(docs: Option<&str>) -> Option<String> {
    let parsed = markdown::parse(docs?);
    let first = parsed.iter().find_map(Block::text)?;
    text::sentences(first).first().map(|sentence| sentence.trim_end_matches('.').to_owned())
}

/// What is returned: as the docs say it, else as their summary does, else by the type.
pub(super) fn of_result(function: &Function, blocks: &[Block]) -> Option<String> {
    let ty = function.ok()?;
    let mut texts = blocks.iter().filter_map(Block::text);
    let first = texts.next().unwrap_or_default();
    let said = [first].into_iter().chain(texts).flat_map(text::sentences).find_map(given);
    let mut said = said.unwrap_or_else(|| by_type(function, ty));
    if matches!(ty, Type::Option(_)) && !said.contains("`None`") {
        said.push_str("; `None` where there is none");
    }
    Some(said)
}

/// What a sentence says is given: `the value` of `Gets the value.`
fn given(sentence: &str) -> Option<String> {
    let rest = GIVES.iter().find_map(|verb| sentence.strip_prefix(verb)?.strip_prefix(' '))?;
    // `Returns once` says when, and `Reads from` where.
    let is_given = !["once ", "from ", "when ", "normally"].iter().any(|start| rest.starts_with(start));
    is_given.then(|| rest.trim_end_matches('.').replace(", returning `None`", "; `None`"))
}

/// What a function gives whose docs do not say it.
fn by_type(function: &Function, ty: &Type) -> String {
    let is_getter = matches!(function.kind, Kind::Freestanding) && function.params.is_empty();
    let getter = function.name.strip_prefix("get-").or(is_getter.then_some(function.name.as_str()));
    match ty {
        Type::Option(inner) => by_type(function, inner),
        Type::Converted(conversion) => by_type(function, &conversion.friendly()),
        Type::Own(path) | Type::Borrow(path) | Type::Named(path) => {
            let name = text::spoken(&path.name);
            let article = if name.ends_with("options") { "the" } else { text::article(&name) };
            format!("{article} {name}")
        }
        Type::Primitive(Primitive::Bool) => "whether it is so".to_owned(),
        Type::List(_)
        | Type::Primitive(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Stream(_)
        | Type::Future(_) => match getter {
            Some(name) => format!("the {}", text::spoken(name)),
            None => "the outcome".to_owned(),
        },
    }
}

/// The exceptions of a function, and when each is raised.
pub(super) fn of_errors(stubs: &Stubs<'_>, interface: &Interface, function: &Function) -> Vec<(String, String)> {
    let exported = stubs.is_exported(interface);
    let Some(raised) = raises::raised(stubs.plan, &interface.name, function).filter(|_| !exported) else {
        return Vec::new();
    };
    let error = function.error().flatten();
    let path = error.and_then(|error| error.names().pop());
    let family = path.as_ref().and_then(|path| stubs.family(path));
    let class = |member: &str| {
        let family = family?;
        family.cases.iter().find(|(case, _, _)| case == member).map(|(_, class, _)| class.clone())
    };
    let plain = || "Err".to_owned();
    // The bindings have classes of the same names.
    let full = |class: &str| format!("{}.{class}", stubs.plan.python.package);
    let cases = raised.cases.iter().map(|(member, when)| match class(member) {
        Some(class) => (full(&class), format!("when {when}")),
        None => (plain(), format!("with `{member}` when {when}")),
    });
    let mut all: Vec<_> = cases.collect();
    if raised.host_reports {
        let name = family.map(|family| full(&family.name));
        let said = match &path {
            Some(path) if name.is_none() => format!("with {} when the host reports one", camel_with_article(path)),
            Some(_) | None => "what the host reports".to_owned(),
        };
        all.push((name.unwrap_or_else(plain), said));
    }
    all
}

fn camel_with_article(path: &TypePath) -> String {
    let class = camel(&path.name);
    format!("{} `{}.{class}`", text::article(&class), snake(&path.interface))
}
