//! The definitions of the types that only the rules have: records for tuples, joined texts and groups of getters, enums for
//! integers that are choices. They are those that the functions and types of the plan are made of.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use wit_parser::TypeId;

use super::survey::Survey;
use super::{DeriveError, Refused, mapping, values};
use crate::plan::{
    Call, Case, CaseFrom, Conversion, Field, Function, Group, Interface, Member, Operation, Primitive, Rule, Type,
    TypeDef, TypeKind, TypePath,
};
use crate::rules::{ChoiceRules, RecordRules};

/// The definitions so far, by their friendly paths.
#[derive(Debug, Default)]
pub(super) struct Synthesized(BTreeMap<TypePath, TypeDef>);

/// Defines what functions and types of the plan are made of, and what stands for the raw types `ids`.
pub(super) fn definitions(
    survey: &Survey<'_>,
    interfaces: &[Interface],
    ids: impl Iterator<Item = TypeId>,
    refused: &mut Refused,
) -> Synthesized {
    let mut synthesized = Synthesized::default();
    for id in ids {
        let path = survey.world.raw_path(id);
        // What cannot be mapped is refused where it is used.
        let Ok(Some(meaning)) = values::of_type(survey, id) else { continue };
        let Ok(conversion) = mapping::conversion(survey, meaning) else { continue };
        refused.note(synthesized.converted(survey, &path, &Type::Converted(conversion)));
    }
    for interface in interfaces {
        for function in &interface.functions {
            refused.note(synthesized.function(survey, &interface.name, function));
        }
        for def in &interface.types {
            let path = def.raw.clone().unwrap_or_else(|| format!("{}.{}", interface.name, def.name));
            let parts = def.kind.parts();
            refused.note(parts.iter().try_for_each(|ty| synthesized.converted(survey, &path, ty)));
        }
    }
    synthesized
}

impl Synthesized {
    /// The types that the rules define for an interface.
    pub fn of(&self, interface: &str) -> impl Iterator<Item = TypeDef> {
        self.0.iter().filter(move |(path, _)| path.interface == interface).map(|(_, def)| def.clone())
    }

    fn function(&mut self, survey: &Survey<'_>, interface: &str, function: &Function) -> Result<(), DeriveError> {
        let path = function.operation.call().map_or_else(|| function.path(interface), |call| call.raw.path());
        for param in &function.params {
            self.converted(survey, &format!("{path}.{}", param.name), &param.ty)?;
        }
        for call in function.operation.calls() {
            let path = call.raw.path();
            call.ok.iter().chain(&call.error).try_for_each(|ty| self.converted(survey, &path, ty))?;
        }
        if let Operation::Group(group) = &function.operation {
            let def = group_record(survey, &function.path(interface), group)?;
            return self.define(&path, &group.record, def);
        }
        Ok(())
    }

    /// Defines what stands for converted values of a type.
    fn converted(&mut self, survey: &Survey<'_>, path: &str, ty: &Type) -> Result<(), DeriveError> {
        ty.conversions().try_for_each(|conversion| self.conversion(survey, path, conversion))
    }

    fn conversion(&mut self, survey: &Survey<'_>, path: &str, conversion: &Conversion) -> Result<(), DeriveError> {
        let rules = survey.world.usage.rules;
        let (type_path, def) = match conversion {
            Conversion::Record { record, parts, .. } => {
                (record, tuple_record(record, line(&rules.records, record)?, parts))
            }
            Conversion::Packed { record, fields } => {
                (record, packed_record(record, line(&rules.records, record)?, fields))
            }
            Conversion::Choice { choice, .. } => (choice, enum_(&choice.name, line(&rules.choices, choice)?)),
            Conversion::Text
            | Conversion::Address(_)
            | Conversion::Seconds { .. }
            | Conversion::Joined { .. }
            | Conversion::Flag { .. }
            | Conversion::Take(_)
            | Conversion::Body(_) => return Ok(()),
        };
        self.define(path, type_path, def)
    }

    fn define(&mut self, path: &str, type_path: &TypePath, def: TypeDef) -> Result<(), DeriveError> {
        let there = self.0.entry(type_path.clone()).or_insert_with(|| def.clone());
        if there.kind.parts() == def.kind.parts() && there.rules == def.rules {
            return Ok(());
        }
        let (what, table) = match there.rules.contains(&Rule::Groups) {
            true => ("group", "groups"),
            false => ("tuple", "records"),
        };
        Err(DeriveError::shape(
            path,
            format!("its parts differ from those of another {what} that becomes `{}`", type_path.name),
            format!("give each a record of its own under [{table}]"),
        ))
    }
}

/// The line that defines a type.
fn line<'r, R>(lines: &'r IndexMap<String, R>, type_path: &TypePath) -> Result<&'r R, DeriveError> {
    let key = format!("{}.{}", type_path.interface, type_path.name);
    lines.get(&key).ok_or_else(|| {
        let reason = "it stands for a converted value, but no line of the rules defines it";
        DeriveError::shape(key, reason, "please report it, with the rules file")
    })
}

fn tuple_record(record: &TypePath, rules: &RecordRules, parts: &[Type]) -> TypeDef {
    let fields = rules.fields.iter().zip(parts).map(|((name, docs), ty)| field(name, docs, ty));
    definition(&record.name, &rules.docs, TypeKind::Record(fields.collect()), Rule::Records)
}

fn packed_record(record: &TypePath, rules: &RecordRules, fields: &[(String, bool)]) -> TypeDef {
    let fields = rules.fields.iter().zip(fields).map(|((name, docs), (_, is_flag))| {
        field(name, docs, &Type::Primitive(if *is_flag { Primitive::Bool } else { Primitive::String }))
    });
    definition(&record.name, &rules.docs, TypeKind::Record(fields.collect()), Rule::Records)
}

/// The record whose fields are the answers of getters, each with the docs of its getter.
fn group_record(survey: &Survey<'_>, path: &str, group: &Group) -> Result<TypeDef, DeriveError> {
    let rules = survey.world.usage.rules.groups.get(path).ok_or_else(|| {
        DeriveError::shape(
            path,
            "it is a group, but no line of the rules defines it",
            "please report it, with the rules file",
        )
    })?;
    let field = |member: &Member| {
        let docs = survey.world.function(&member.call.raw).and_then(|raw| raw.docs.contents.clone());
        let ty = field_type(&member.call, !member.missing.is_empty());
        Field { name: member.field.clone(), raw_name: member.field.clone(), ty, docs }
    };
    let fields = group.members.iter().map(field).collect();
    Ok(definition(&group.record.name, &rules.record_docs, TypeKind::Record(fields), Rule::Groups))
}

fn field_type(call: &Call, can_miss: bool) -> Type {
    let (ty, is_option) = call.ok.clone().unwrap_or(Type::Tuple(Vec::new())).unwrapped();
    if is_option || can_miss { Type::Option(Box::new(ty)) } else { ty }
}

fn enum_(name: &str, rules: &ChoiceRules) -> TypeDef {
    let cases = rules.cases.iter().map(|(case, number)| Case {
        name: case.clone(),
        payload: None,
        docs: Some(number.docs.clone()),
        from: CaseFrom::Number(number.is),
    });
    definition(name, &rules.docs, TypeKind::Enum(cases.collect()), Rule::Choices)
}

fn field(name: &str, docs: &str, ty: &Type) -> Field {
    Field { name: name.to_owned(), raw_name: name.to_owned(), ty: ty.clone(), docs: Some(docs.to_owned()) }
}

/// A type that no raw one is behind.
fn definition(name: &str, docs: &str, kind: TypeKind, rule: Rule) -> TypeDef {
    TypeDef {
        name: name.to_owned(),
        raw: None,
        docs: Some(docs.to_owned()),
        kind,
        crosses: Default::default(),
        rules: vec![rule],
    }
}
