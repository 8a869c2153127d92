//! Docs of members, listed in the docs of their type: the bindings keep only the latter.

use super::python::{self, snake};
use super::text::{sentences, stopped};
use super::values::wave;
use crate::markdown::{self, Block, Content};
use crate::plan::{self, Case, CaseFrom, Filled, Function, Plan, Type, TypeDef, TypeKind};

/// A member of a type, as Python has it.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// Its Python name.
    pub(crate) name: String,
    /// Its type, or what it carries.
    pub(crate) ty: Option<Type>,
    /// What is said of it.
    pub(crate) docs: Option<String>,
    /// Whether it is another type's, where it is explained.
    pub(crate) nested: bool,
}

/// The members of a type that has any.
pub(crate) fn members(def: &TypeDef) -> Vec<Member> {
    let field = |name: &str, ty: &Type, docs: &Option<String>| Member {
        name: snake(name),
        ty: Some(ty.clone()),
        docs: docs.clone(),
        nested: false,
    };
    let cases = |cases: &[Case]| cases.iter().map(|case| self::case(def, case)).collect();
    match &def.kind {
        TypeKind::Record(fields) => fields.iter().map(|from| field(&from.name, &from.ty, &from.docs)).collect(),
        TypeKind::DetailError(error) => {
            let kind = Some("What went wrong: the detail where the host gives one, else the base error.".to_owned());
            let base = Some("The base error, without detail.".to_owned());
            let own = [
                field("kind", &Type::Named(error.kind.clone()), &kind),
                field("base", &Type::Named(error.base.clone()), &base),
            ];
            own.into_iter().chain(error.fields.iter().map(|from| field(&from.name, &from.ty, &from.docs))).collect()
        }
        TypeKind::Flags(all) | TypeKind::Enum(all) | TypeKind::Variant(all) => cases(all),
        TypeKind::Error(error) => cases(&error.cases),
        TypeKind::Alias(_) | TypeKind::Wrapper(_) | TypeKind::Options(_) => Vec::new(),
    }
}

fn case(def: &TypeDef, case: &Case) -> Member {
    Member {
        name: python::case(def, &case.name),
        ty: case.payload.clone(),
        docs: case.docs.clone(),
        nested: matches!(case.from, CaseFrom::Nested),
    }
}

/// Adds the members to the docs of their type, whose docs are Python prose already.
pub(super) fn hoist(def: &TypeDef) -> Option<String> {
    let mut blocks = markdown::parse(def.docs.as_deref().unwrap_or_default());
    let members = members(def);
    let is_done = blocks.iter().any(|block| block.is_section("Attributes:"));
    if members.iter().all(|member| member.docs.is_none()) || is_done {
        return def.docs.clone();
    }
    let entries: Vec<_> = members.iter().map(|member| (member.name.clone(), entry(member, &mut blocks))).collect();
    markdown::insert(&mut blocks, Block::section("Attributes:", &entries));
    markdown::write(&blocks)
}

/// A member's docs in one paragraph. Links keep their definitions, at the end of the type's docs.
fn entry(member: &Member, of_type: &mut Vec<Block>) -> String {
    let parsed = markdown::parse(member.docs.as_deref().unwrap_or_default());
    let texts: Vec<String> = parsed.iter().filter_map(Block::text).map(stopped).collect();
    for block in parsed {
        if matches!(block.content, Content::Definition { .. })
            && !of_type.iter().any(|other| other.content == block.content)
        {
            of_type.push(Block { spaced: true, ..block });
        }
    }
    let all = texts.join(" ");
    if !member.nested {
        return all;
    }
    sentences(&all).first().map(|first| (*first).to_owned()).unwrap_or_default()
}

/// Adds the parameters of an options constructor to its docs.
pub(super) fn arguments(def: &TypeDef, constructor: &Function) -> Option<String> {
    let TypeKind::Options(options) = &def.kind else { return constructor.docs.clone() };
    let mut blocks = markdown::parse(constructor.docs.as_deref().unwrap_or_default());
    if constructor.params.is_empty() || blocks.iter().any(|block| block.is_section("Args:")) {
        return constructor.docs.clone();
    }
    let entries = constructor.params.iter().map(|param| {
        let field = options.fields.iter().find(|field| field.name == param.name);
        let docs = field.and_then(|field| field.docs.as_deref()).unwrap_or("Required.");
        let texts: Vec<_> = markdown::parse(docs).iter().filter_map(Block::text).map(stopped).collect();
        (snake(&param.name), texts.join(" "))
    });
    let entries: Vec<_> = entries.collect();
    markdown::insert(&mut blocks, Block::section("Args:", &entries));
    markdown::write(&blocks)
}

/// What an option is unless it is set, where its docs do not say.
pub(super) fn default(of: &Plan, interface: &str, def: &TypeDef, function: &Function) -> Option<String> {
    let TypeKind::Options(options) = &def.kind else { return None };
    let plan::Operation::SetOption(name) = &function.operation else { return None };
    let field = options.fields.iter().find(|field| field.name == *name)?;
    let Filled::Default(literal) = &field.filled else { return None };
    let docs = function.docs.as_deref().unwrap_or_default();
    let is_said = docs.to_lowercase().contains("default");
    (!is_said).then(|| format!("Defaults to `{}`.", wave(of, interface, &field.ty, literal)))
}
