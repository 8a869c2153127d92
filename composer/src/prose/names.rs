//! Every name of the plan, raw and friendly, and what it is called in Python.

use std::collections::{BTreeMap, BTreeSet};

use super::python::{self, camel, module, snake};
use crate::plan::{
    Filled, Function, Interface, Kind, Operation, Options, Plan, RawFunction, Type, TypeDef, TypeKind, TypePath,
};
use crate::rules::BufferRules;

/// What a WIT name can stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The interface that it is looked up in: a friendly one, or the raw one of what has moved.
    pub(super) interface: String,
    /// The friendly interface that it lives in.
    pub(super) declared_in: String,
    /// The friendly type that it is looked up in; none at the top of the interface.
    pub(super) owner: Option<String>,
    /// Its WIT name, raw or friendly.
    pub(super) name: String,
    /// Its Python name in its module.
    pub(super) python: String,
    /// The friendly type that it is, or is a member of.
    pub(super) class: Option<String>,
    /// What it is.
    pub(super) sort: Sort,
    /// Whether the raw world calls it so too.
    pub(super) raw: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Type,
    Function,
    Field,
    Case,
}

/// The names of a plan.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By WIT name. Raw functions first, since docs are written in raw terms; then types; then friendly functions.
    pub(super) items: BTreeMap<String, Vec<Item>>,
    /// The types of other interfaces that an interface spells.
    pub(super) uses: BTreeMap<String, BTreeSet<(String, String)>>,
    /// Types of interfaces that are passed on as they are, whose members the plan does not hold.
    pub(super) opaque: BTreeSet<(String, String)>,
    /// Imported and exported interfaces, and whether the app exports them.
    pub(super) interfaces: BTreeMap<String, bool>,
    /// Paths of raw items without a friendly counterpart.
    pub(super) gone: BTreeSet<String>,
    /// Raw parameters that no friendly function has: sizes and cursors.
    pub(super) lost: BTreeSet<String>,
}

impl Names {
    /// Collects the names of a plan.
    pub(crate) fn of(plan: &Plan, buffers: &BufferRules) -> Self {
        let mut names = Self::default();
        for (interface, exported) in interfaces(plan) {
            names.interfaces.entry(interface.name.clone()).or_insert(exported);
            names.gone.extend(interface.left_out.iter().map(|left| left.path.clone()));
        }
        for (interface, exported) in interfaces(plan) {
            names.raw_functions(plan, interface, exported);
        }
        for (interface, _) in interfaces(plan) {
            for def in &interface.types {
                names.definition(interface, def);
            }
        }
        for (interface, exported) in interfaces(plan) {
            for function in &interface.functions {
                names.friendly_function(interface, function, exported);
            }
            names.used(plan, interface);
        }
        let BufferRules { size_parameter, cursor_parameter, .. } = buffers;
        names.lost = [size_parameter, cursor_parameter].into_iter().flatten().cloned().collect();
        names
    }

    fn raw_functions(&mut self, plan: &Plan, interface: &Interface, exported: bool) {
        for function in &interface.functions {
            let item = |raw: &RawFunction| {
                let owner = resource(&raw.kind).map(|resource| friendly_type(plan, &raw.interface, resource));
                let name = match raw.kind {
                    Kind::Constructor(_) => "constructor",
                    Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => &raw.name,
                };
                let item = function_item(interface, function, exported, owner, name);
                Item { interface: raw.interface.clone(), raw: true, ..item }
            };
            match &function.operation {
                Operation::Call(call) => self.add(item(&call.raw)),
                Operation::Later => interface.raw_behind(function).into_iter().for_each(|raw| self.add(item(raw))),
                Operation::Group(group) => {
                    for member in &group.members {
                        let python = format!("{}.{}", camel(&group.record.name), snake(&member.field));
                        let class = Some(group.record.name.clone());
                        self.add(Item { python, class, sort: Sort::Field, ..item(&member.call.raw) });
                    }
                }
                // The functions that make these calls one by one have their names.
                Operation::Pairs(_) => {}
                Operation::Direct | Operation::NewOptions | Operation::SetOption(_) | Operation::Share(_) => {}
            }
        }
    }

    fn friendly_function(&mut self, interface: &Interface, function: &Function, exported: bool) {
        let owner = resource(&function.kind).map(str::to_owned);
        let name = if function.name.is_empty() { "constructor" } else { &function.name };
        self.add(function_item(interface, function, exported, owner, name));
    }

    fn options(&mut self, interface: &Interface, def: &TypeDef, options: &Options) {
        let never = options.fields.iter().filter(|field| matches!(field.filled, Filled::Never));
        self.gone.extend(never.map(|field| format!("{}.{}.{}", interface.name, def.name, field.name)));
        // The raw docs know a field by its raw name.
        for field in options.fields.iter().filter(|field| field.raw_name != field.name) {
            self.add(Item {
                interface: interface.name.clone(),
                declared_in: interface.name.clone(),
                owner: Some(def.name.clone()),
                name: field.raw_name.clone(),
                python: format!("{}.{}", camel(&def.name), snake(&field.name)),
                class: Some(def.name.clone()),
                sort: Sort::Field,
                raw: true,
            });
        }
    }

    fn definition(&mut self, interface: &Interface, def: &TypeDef) {
        let raw = def.raw.as_deref().and_then(|raw| raw.rsplit('.').next());
        for name in [raw, Some(def.name.as_str())].into_iter().flatten().collect::<BTreeSet<_>>() {
            self.add(Item {
                interface: interface.name.clone(),
                declared_in: interface.name.clone(),
                owner: None,
                name: name.to_owned(),
                python: camel(&def.name),
                class: Some(def.name.clone()),
                sort: Sort::Type,
                raw: true,
            });
        }
        let path = |member: &str| format!("{}.{}.{member}", interface.name, def.name);
        for (name, sort) in members(def) {
            let python = match sort {
                Sort::Case => python::full_case(def, &name),
                Sort::Field | Sort::Type | Sort::Function => format!("{}.{}", camel(&def.name), snake(&name)),
            };
            self.add(Item {
                interface: interface.name.clone(),
                declared_in: interface.name.clone(),
                owner: Some(def.name.clone()),
                name,
                python,
                class: Some(def.name.clone()),
                sort,
                raw: true,
            });
        }
        match &def.kind {
            TypeKind::Error(error) => {
                self.gone.extend(error.too_small.keys().map(|case| path(case)));
            }
            TypeKind::Options(options) => self.options(interface, def, options),
            TypeKind::Alias(_)
            | TypeKind::Record(_)
            | TypeKind::Flags(_)
            | TypeKind::Enum(_)
            | TypeKind::Variant(_)
            | TypeKind::DetailError(_)
            | TypeKind::Wrapper(_) => {}
        }
    }

    fn used(&mut self, plan: &Plan, interface: &Interface) {
        let signatures = interface.functions.iter().flat_map(Function::types).flat_map(Type::names);
        let definitions = interface.types.iter().flat_map(|def| def.kind.names());
        let mut found: Vec<_> = signatures.chain(definitions).collect();
        let mut seen = BTreeSet::new();
        while let Some(path) = found.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            if let Some(TypeKind::Alias(target)) = python::definition(plan, &path).map(|def| &def.kind) {
                found.extend(target.names());
            }
            let key = (path.interface.clone(), path.name.clone());
            if python::definition(plan, &path).is_none() && self.opaque.insert(key.clone()) {
                self.add(opaque(&path));
            }
            if path.interface != interface.name {
                self.uses.entry(interface.name.clone()).or_default().insert(key);
            }
        }
    }

    fn add(&mut self, item: Item) {
        self.items.entry(item.name.clone()).or_default().push(item);
    }

    /// What goes by a name.
    pub(super) fn called(&self, name: &str) -> &[Item] {
        self.items.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The module of an interface, or the class of one that the app exports.
    pub(super) fn module(&self, interface: &str) -> String {
        if self.interfaces.get(interface) == Some(&true) { camel(interface) } else { module(interface) }
    }
}

/// All interfaces, and whether the app exports them.
pub(super) fn interfaces(plan: &Plan) -> impl Iterator<Item = (&Interface, bool)> {
    let imports = plan.interfaces.iter().map(|interface| (interface, false));
    imports.chain(plan.exports.iter().map(|interface| (interface, true)))
}

/// The resource of a function that has one.
pub(super) fn resource(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Freestanding => None,
        Kind::Method(resource) | Kind::Static(resource) | Kind::Constructor(resource) => Some(resource),
    }
}

fn function_item(
    interface: &Interface,
    function: &Function,
    exported: bool,
    owner: Option<String>,
    name: &str,
) -> Item {
    let python = python::function_name(&function.kind, &function.name);
    Item {
        interface: interface.name.clone(),
        declared_in: interface.name.clone(),
        owner,
        name: name.to_owned(),
        python: if exported { format!("{}.{python}", python::exported(interface)) } else { python },
        class: resource(&function.kind).map(str::to_owned),
        sort: Sort::Function,
        raw: false,
    }
}

/// The friendly name of a raw type.
fn friendly_type(plan: &Plan, interface: &str, raw: &str) -> String {
    let path = format!("{interface}.{raw}");
    let types = plan.interface(interface).map(|interface| interface.types.as_slice()).unwrap_or_default();
    let def = types.iter().find(|def| def.raw.as_deref() == Some(path.as_str()));
    def.map_or(raw, |def| &def.name).to_owned()
}

fn opaque(path: &TypePath) -> Item {
    Item {
        interface: path.interface.clone(),
        declared_in: path.interface.clone(),
        owner: None,
        name: path.name.clone(),
        python: camel(&path.name),
        class: Some(path.name.clone()),
        sort: Sort::Type,
        raw: true,
    }
}

fn members(def: &TypeDef) -> Vec<(String, Sort)> {
    let cases = |cases: &[crate::plan::Case]| cases.iter().map(|case| (case.name.clone(), Sort::Case)).collect();
    match &def.kind {
        TypeKind::Flags(flags) => cases(flags),
        TypeKind::Enum(all) | TypeKind::Variant(all) => cases(all),
        TypeKind::Error(error) => cases(&error.cases),
        TypeKind::Record(fields) => fields.iter().map(|field| (field.name.clone(), Sort::Field)).collect(),
        TypeKind::DetailError(error) => {
            let fields = error.fields.iter().map(|field| field.name.clone());
            fields.chain(["kind".to_owned(), "base".to_owned()]).map(|name| (name, Sort::Field)).collect()
        }
        TypeKind::Options(options) => {
            let kept = options.fields.iter().filter(|field| !matches!(field.filled, Filled::Never));
            kept.map(|field| (field.name.clone(), Sort::Field)).collect()
        }
        TypeKind::Alias(_) | TypeKind::Wrapper(_) => Vec::new(),
    }
}
