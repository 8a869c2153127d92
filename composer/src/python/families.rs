//! Which errors there are: a family for each type that a function fails with, and its cases.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::Bound;
use crate::markdown::{self, Block};
use crate::plan::{Case, Function, Interface, Plan, Type, TypeDef, TypeKind, TypePath};
use crate::prose::python::{camel, case, case_class, definition, snake};
use crate::prose::text;

/// The exceptions of one error type.
pub(super) struct Family {
    /// The error type.
    pub(super) path: TypePath,
    /// Its class.
    pub(super) name: String,
    /// The classes of the bindings whose values it is told by.
    pub(super) payloads: Vec<String>,
    /// The field that says which case it is, where the error is a record with one.
    pub(super) code: Option<String>,
    /// The other fields of the record.
    pub(super) fields: Vec<String>,
    /// What the error type says of itself.
    pub(super) docs: Option<String>,
    /// The bindings' name of each case, its class, and what it says of itself.
    pub(super) cases: Vec<(String, String, Option<String>)>,
}

/// What every exception has of its own: a field of such a name is read from its `value`.
const OWN: [&str; 7] = ["add_note", "args", "code", "function", "raw", "value", "with_traceback"];

impl Family {
    /// What its exceptions call the value's field of this name; none for a field that is reached by `value` alone.
    pub(super) fn attribute(&self, field: &str) -> Option<String> {
        let is_code = self.code.as_deref() == Some(field);
        let is_free = !OWN.contains(&field) || field == "code" && self.code.is_none();
        let is_there = self.fields.iter().any(|other| other == field);
        if is_code { Some("code".to_owned()) } else { (is_there && is_free).then(|| field.to_owned()) }
    }
}

/// The families of what an app binds.
pub(super) fn families(plan: &Plan, bound: &Bound) -> Vec<Family> {
    let found = definitions(plan);
    let names = names(plan, &found);
    let classes: BTreeSet<&String> = names.values().collect();
    let of = |path: &TypePath, def: &TypeDef| {
        let interface = plan.interface(&path.interface)?;
        let module = bound.module(plan, interface)?;
        let found = family(plan, module, path, names.get(path)?.clone(), def, &|case| case_name(plan, &classes, case));
        Some(found)
    };
    found.iter().filter_map(|(path, def)| of(path, def)).collect()
}

/// The error type of which an exception would have this name if the base of all had another.
pub(crate) fn error_called(plan: &Plan, name: &str) -> Option<TypePath> {
    let mut plan = plan.clone();
    plan.python.error = String::new();
    let is_called = |family: &Family| family.name == name || family.cases.iter().any(|(_, class, _)| class == name);
    families(&plan, &Bound::whole(&plan)).into_iter().find(is_called).map(|family| family.path)
}

/// Whether an app gives an `Err` to the bindings: as the failure of what it exports, or as a value.
pub(super) fn takes_err(plan: &Plan) -> bool {
    let has_result = |ty: &Type| ty.walk().any(|ty| matches!(ty, Type::Result { .. }));
    let of_interface = |interface: &Interface| {
        let params = interface.functions.iter().flat_map(|function| &function.params);
        let parts = interface.types.iter().flat_map(|def| def.kind.parts());
        params.map(|param| param.ty.clone()).chain(parts).any(|ty| has_result(&ty))
    };
    let fails = plan.exports.iter().any(|interface| !errors(interface).is_empty());
    fails || plan.interfaces.iter().chain(&plan.exports).any(of_interface)
}

/// The errors of an interface's functions; none for one that says nothing.
fn errors(interface: &Interface) -> Vec<Option<&Type>> {
    interface.functions.iter().filter_map(Function::error).collect()
}

/// The error types of the whole world, bound or not, in the order in which it declares their interfaces.
fn definitions(plan: &Plan) -> IndexMap<TypePath, &TypeDef> {
    let interfaces = plan.interfaces.iter().chain(&plan.exports);
    let paths: BTreeSet<TypePath> = interfaces.flat_map(errors).flatten().flat_map(Type::names).collect();
    let is_error = |def: &TypeDef| match &def.kind {
        TypeKind::Error(_) | TypeKind::DetailError(_) | TypeKind::Enum(_) | TypeKind::Variant(_) => true,
        TypeKind::Record(_) => true,
        TypeKind::Alias(_) | TypeKind::Flags(_) | TypeKind::Wrapper(_) | TypeKind::Options(_) => false,
    };
    let found = paths.into_iter().filter_map(|path| definition(plan, &path).map(|def| (path, def)));
    found.filter(|(_, def)| is_error(def)).collect()
}

/// The class of each family: its type's name, with the interface's in front where two are called so.
fn names(plan: &Plan, found: &IndexMap<TypePath, &TypeDef>) -> IndexMap<TypePath, String> {
    let name = |path: &TypePath| {
        let class = camel(&path.name);
        let is_taken = class == plan.python.error || class == "Err";
        let is_shared = found.keys().filter(|other| other.name == path.name).count() > 1;
        if is_taken || is_shared { camel(&format!("{}-{}", path.interface, path.name)) } else { class }
    };
    found.keys().map(|path| (path.clone(), name(path))).collect()
}

fn case_name(plan: &Plan, classes: &BTreeSet<&String>, case: &str) -> String {
    let class = camel(case);
    let is_taken = classes.contains(&class) || class == plan.python.error || class == "Err";
    if is_taken { format!("{class}Case") } else { class }
}

fn family(
    plan: &Plan,
    module: &str,
    path: &TypePath,
    name: String,
    def: &TypeDef,
    class: &dyn Fn(&str) -> String,
) -> Family {
    let full = |class: &str| format!("{module}.{class}");
    let cases = |of: &TypeDef, cases: &[Case]| {
        let one = |found: &Case| (case(of, &found.name), class(&found.name), first_sentence(found.docs.as_deref()));
        cases.iter().map(one).collect::<Vec<_>>()
    };
    let mut family = Family {
        path: path.clone(),
        name,
        payloads: vec![full(&camel(&def.name))],
        code: None,
        fields: Vec::new(),
        docs: first_sentence(def.docs.as_deref()),
        cases: Vec::new(),
    };
    let of_variant = |cases: &[Case]| cases.iter().map(|case| full(&case_class(&def.name, &case.name))).collect();
    match &def.kind {
        TypeKind::Enum(found) => family.cases = cases(def, found),
        TypeKind::Variant(found) => {
            family.payloads = of_variant(found);
            family.cases = cases(def, found);
        }
        TypeKind::Error(error) => {
            if !error.is_enum {
                family.payloads = of_variant(&error.cases);
            }
            family.cases = cases(def, &error.cases);
        }
        TypeKind::DetailError(error) => {
            family.code = Some("kind".to_owned());
            family.fields =
                ["base".to_owned()].into_iter().chain(error.fields.iter().map(|field| snake(&field.name))).collect();
            if let Some(kind) = plan.type_def(&error.kind) {
                family.cases = cases(kind, kind.kind.cases());
            }
        }
        TypeKind::Record(fields) => family.fields = fields.iter().map(|field| snake(&field.name)).collect(),
        TypeKind::Alias(_) | TypeKind::Flags(_) | TypeKind::Wrapper(_) | TypeKind::Options(_) => {}
    }
    family
}

/// The first sentence of a doc, without its full stop.
fn first_sentence(docs: Option<&str>) -> Option<String> {
    let parsed = markdown::parse(docs?);
    let text = parsed.iter().find_map(Block::text)?;
    let sentence = text::sentences(text).first()?.trim_end_matches('.').to_owned();
    Some(sentence)
}
