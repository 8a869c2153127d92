//! Prints the plan: each friendly item, the raw items behind it, the rules that were applied.

use std::fmt::Write as _;

use serde::Serialize;

use crate::observe::select::{RAW, Selection};
use crate::plan::{
    Disposition, Function, Interface, Kind, Operation, Paging, Passed, Plan, Primitive, RawFunction, Rule, Type,
    TypeDef, TypeKind, WorldItemKind,
};

/// One friendly item, ready to print.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Its path below the friendly package.
    pub path: String,
    /// Adapted or direct, for an import; none for what the app exports.
    pub disposition: Option<Disposition>,
    /// Its signature or shape, in WIT.
    pub signature: String,
    /// The raw functions or types behind it, with what is done to them.
    pub raw: Vec<String>,
    /// The parameter that says how much is moved, where much of it goes past the adapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk: Option<String>,
    /// The rules applied.
    pub rules: Vec<Rule>,
    /// What of it is observed: itself, and raw functions behind it, by their paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<String>,
}

/// A raw item without a friendly counterpart.
#[derive(Debug, Clone, Serialize)]
pub struct Absence {
    /// Its path below the raw package.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// The explanations that match a pattern, and what was left out.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// The raw package.
    pub raw: String,
    /// The friendly package.
    pub friendly: String,
    /// What there is.
    pub items: Vec<Explanation>,
    /// What there is not.
    pub left_out: Vec<Absence>,
    /// Imported interfaces of other packages, with versions: the app binds those that it imports, as the host has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// Explains every item whose friendly or raw path contains `pattern`; `*` stands for anything.
pub fn explain(plan: &Plan, pattern: Option<&str>) -> Explained {
    let matches = |texts: &[&str]| pattern.is_none_or(|pattern| texts.iter().any(|text| glob(pattern, text)));
    let mut explained = Explained {
        raw: plan.raw.clone(),
        friendly: plan.friendly.clone(),
        items: Vec::new(),
        left_out: Vec::new(),
        others: plan.other_interfaces().filter(|name| matches(&[name])).cloned().collect(),
    };
    let imports = plan.interfaces.iter().map(|interface| (interface, Some(interface.disposition)));
    let exports = plan.exports.iter().map(|interface| (interface, None));
    for (interface, disposition) in imports.chain(exports) {
        let items = items(interface, disposition);
        explained.items.extend(items.into_iter().filter(|item| {
            // What is done to a raw item stands behind its path.
            let raw = item.raw.iter().filter_map(|raw| raw.split(' ').next());
            let texts: Vec<&str> = raw.chain([item.path.as_str()]).collect();
            matches(&texts)
        }));
        let absent = interface.left_out.iter().filter(|left| matches(&[&left.path]));
        explained.left_out.extend(absent.map(|left| Absence { path: left.path.clone(), reason: left.reason.clone() }));
    }
    let passed = in_world(plan).into_iter().filter(|item| matches(&[&item.path]));
    explained.items.extend(passed);
    let absent = plan.in_world.left_out.iter().filter(|left| matches(&[&left.path]));
    explained.left_out.extend(absent.map(|left| Absence { path: left.path.clone(), reason: left.reason.clone() }));
    explained
}

/// What stands in the world itself.
fn in_world(plan: &Plan) -> Vec<Explanation> {
    let item = |path: String, signature: String, disposition: Option<Disposition>| Explanation {
        raw: vec![path.clone()],
        path,
        disposition,
        signature,
        bulk: None,
        rules: Vec::new(),
        observed: Vec::new(),
    };
    let imports = plan.in_world.imports.iter().map(|item| (item, Some(Disposition::Direct)));
    let all = imports.chain(plan.in_world.exports.iter().map(|item| (item, None)));
    let items = all.flat_map(|(of, disposition)| match &of.kind {
        WorldItemKind::Type(what) => vec![item(of.name.clone(), format!("{what} {}", of.name), disposition)],
        WorldItemKind::Function(function) => vec![item(of.name.clone(), function.signature.clone(), disposition)],
        WorldItemKind::Interface(functions) => {
            let path = |function: &Passed| format!("{}.{}", of.name, function.name);
            functions.iter().map(|function| item(path(function), function.signature.clone(), disposition)).collect()
        }
    });
    items.collect()
}

fn items(interface: &Interface, disposition: Option<Disposition>) -> Vec<Explanation> {
    let types = interface.types.iter().map(|def| Explanation {
        path: format!("{}.{}", interface.name, def.name),
        disposition,
        signature: shape(def),
        raw: def.raw.iter().cloned().collect(),
        bulk: None,
        rules: def.rules.clone(),
        observed: Vec::new(),
    });
    let functions = interface.functions.iter().map(|function| Explanation {
        path: function.path(&interface.name),
        disposition,
        signature: signature(function),
        raw: raw_calls(interface, function),
        bulk: bulk(interface, function),
        rules: function.rules.clone(),
        observed: Vec::new(),
    });
    types.chain(functions).collect()
}

fn bulk(interface: &Interface, function: &Function) -> Option<String> {
    let path = function.path(&interface.name);
    interface.bulk.iter().find(|bulk| bulk.path(&interface.name) == path).map(|bulk| bulk.amount.clone())
}

fn raw_calls(interface: &Interface, function: &Function) -> Vec<String> {
    if let Operation::Direct = function.operation {
        return vec![function.path(&interface.name)];
    }
    let calls = function.operation.calls();
    let of_each_name =
        |raw: &RawFunction| matches!(&function.operation, Operation::Pairs(pairs) if pairs.values.raw == *raw);
    let raw = interface.raw_behind(function).into_iter().map(|raw| {
        let path = raw.path();
        match calls.iter().find(|call| call.raw == *raw).map(|call| &call.paging) {
            Some(Paging::Once { .. }) if of_each_name(raw) => format!("{path} for each name"),
            Some(Paging::Grow { .. }) if of_each_name(raw) => format!("{path} until it fits for each name"),
            Some(Paging::Pages { .. }) if of_each_name(raw) => format!("{path} for each page of each name"),
            Some(Paging::Once { .. }) => path,
            Some(Paging::Grow { .. }) => format!("{path} until it fits"),
            Some(Paging::Pages { .. }) => format!("{path} for each page"),
            Some(Paging::WriteAll { .. }) => format!("{path} until all is taken"),
            Some(Paging::ReadAll { .. }) => format!("{path} until nothing is left"),
            None if matches!(function.operation, Operation::Later) => format!("{path} when it is first needed"),
            // What is called besides reads a body, or makes what a group is of.
            None if matches!(function.operation, Operation::Group(_)) => path,
            None if calls.iter().any(|call| call.holds.as_ref() == Some(raw)) => format!("{path} of the answer before"),
            None => format!("{path} until nothing is left"),
        }
    });
    raw.collect()
}

impl Explained {
    /// Marks what is observed.
    pub fn mark(&mut self, selection: &Selection) {
        for item in &mut self.items {
            let raw = item.raw.iter().filter_map(|raw| raw.split(' ').next()).map(|path| format!("{RAW}{path}"));
            let paths = [item.path.clone()].into_iter().chain(raw);
            item.observed = paths.filter(|path| selection.has(path)).collect();
        }
    }

    /// As text, an item a paragraph.
    pub fn text(&self) -> String {
        let mut out = format!("{} as {}\n", self.raw, self.friendly);
        for item in &self.items {
            let disposition = match item.disposition {
                Some(Disposition::Adapted) => "",
                Some(Disposition::Direct) => "  (direct)",
                None => "  (exported by the app)",
            };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "\n{}{disposition}\n  {}", item.path, item.signature);
            if !item.raw.is_empty() {
                let _ = writeln!(out, "  raw: {}", item.raw.join(", "));
            }
            if let Some(amount) = &item.bulk {
                let _ = writeln!(out, "  bulk: past the adapter where `{amount}` is large");
            }
            if !item.observed.is_empty() {
                let _ = writeln!(out, "  observed: {}", item.observed.join(", "));
            }
            if !item.rules.is_empty() {
                let rules: Vec<_> = item.rules.iter().map(|rule| rule.name()).collect();
                let _ = writeln!(out, "  rules: {}", rules.join(", "));
            }
        }
        if !self.left_out.is_empty() {
            out.push_str("\nleft out\n");
            for left in &self.left_out {
                let _ = writeln!(out, "  {}: {}", left.path, left.reason);
            }
        }
        if !self.others.is_empty() {
            let _ = writeln!(out, "\nof other packages, as the host has them\n  {}", self.others.join("\n  "));
        }
        out
    }
}

/// A function as WIT spells it.
pub fn signature(function: &Function) -> String {
    let params: Vec<_> = function.params.iter().map(|param| format!("{}: {}", param.name, spell(&param.ty))).collect();
    let params = params.join(", ");
    let result = function.result.as_ref().map(|ty| format!(" -> {}", spell(ty))).unwrap_or_default();
    let func = if function.is_async { "async func" } else { "func" };
    match function.kind {
        Kind::Constructor(_) => format!("constructor({params})"),
        Kind::Static(_) => format!("{}: static {func}({params}){result}", function.name),
        Kind::Freestanding | Kind::Method(_) => format!("{}: {func}({params}){result}", function.name),
    }
}

fn shape(def: &TypeDef) -> String {
    let names = |names: Vec<String>| names.join(", ");
    match &def.kind {
        TypeKind::Alias(ty) => format!("type {} = {}", def.name, spell(ty)),
        TypeKind::Record(fields) => {
            let fields = fields.iter().map(|field| format!("{}: {}", field.name, spell(&field.ty))).collect();
            format!("record {} {{ {} }}", def.name, names(fields))
        }
        TypeKind::Flags(flags) => format!("flags {} {{ {} }}", def.name, cases(flags)),
        TypeKind::Enum(enum_) => format!("enum {} {{ {} }}", def.name, cases(enum_)),
        TypeKind::Variant(variant) => format!("variant {} {{ {} }}", def.name, cases(variant)),
        TypeKind::Error(error) => {
            let kind = if error.is_enum { "enum" } else { "variant" };
            format!("{kind} {} {{ {} }}", def.name, cases(&error.cases))
        }
        TypeKind::DetailError(error) => {
            let mut fields = vec![format!("kind: {}", error.kind.name), format!("base: {}", error.base.name)];
            fields.extend(error.fields.iter().map(|field| format!("{}: {}", field.name, spell(&field.ty))));
            format!("record {} {{ {} }}", def.name, names(fields))
        }
        TypeKind::Wrapper(wrapper) => {
            let consumable = if wrapper.consumable { ", can be used up" } else { "" };
            format!("resource {} holds {}.{}{consumable}", def.name, wrapper.holds.interface, wrapper.holds.name)
        }
        TypeKind::Options(_) => format!("resource {} for the record", def.name),
    }
}

fn cases(cases: &[crate::plan::Case]) -> String {
    let cases = cases.iter().map(|case| match &case.payload {
        Some(payload) => format!("{}({})", case.name, spell(payload)),
        None => case.name.clone(),
    });
    cases.collect::<Vec<_>>().join(", ")
}

/// A type as WIT spells it, without the interface of its names.
pub fn spell(ty: &Type) -> String {
    match ty {
        Type::Primitive(primitive) => spell_primitive(*primitive).to_owned(),
        Type::List(inner) => format!("list<{}>", spell(inner)),
        Type::Option(inner) => format!("option<{}>", spell(inner)),
        Type::Tuple(parts) => format!("tuple<{}>", parts.iter().map(spell).collect::<Vec<_>>().join(", ")),
        Type::Result { ok, err } => match (ok, err) {
            (Some(ok), Some(err)) => format!("result<{}, {}>", spell(ok), spell(err)),
            (Some(ok), None) => format!("result<{}>", spell(ok)),
            (None, Some(err)) => format!("result<_, {}>", spell(err)),
            (None, None) => "result".to_owned(),
        },
        Type::Named(path) | Type::Own(path) => path.name.clone(),
        Type::Borrow(path) => format!("borrow<{}>", path.name),
        Type::Stream(of) => spell_awaited("stream", of.as_deref()),
        Type::Future(of) => spell_awaited("future", of.as_deref()),
        Type::Converted(conversion) => spell(&conversion.friendly()),
    }
}

fn spell_awaited(what: &str, of: Option<&Type>) -> String {
    of.map_or_else(|| what.to_owned(), |of| format!("{what}<{}>", spell(of)))
}

fn spell_primitive(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Bool => "bool",
        Primitive::U8 => "u8",
        Primitive::U16 => "u16",
        Primitive::U32 => "u32",
        Primitive::U64 => "u64",
        Primitive::S8 => "s8",
        Primitive::S16 => "s16",
        Primitive::S32 => "s32",
        Primitive::S64 => "s64",
        Primitive::F32 => "f32",
        Primitive::F64 => "f64",
        Primitive::Char => "char",
        Primitive::String => "string",
    }
}

/// Whether `pattern` is part of `text`, `*` standing for anything.
fn glob(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    pattern.split('*').all(|part| match rest.find(part) {
        Some(at) => {
            rest = rest.get(at + part.len()..).unwrap_or_default();
            true
        }
        None => false,
    })
}
