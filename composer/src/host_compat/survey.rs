//! What is lost: the friendly functions that need a raw one, then what nothing leads to without them.

use std::collections::BTreeSet;

use wit_parser::{Handle, Type as RawType, TypeDefKind};

use super::compare::{Compare, Side};
use super::{Missing, MissingFunction, MissingRaw, MissingType, Why};
use crate::plan::{
    Case, CaseFrom, Filled, Function, Interface, Kind, Operation, Options, Plan, RawFunction, TypeDef, TypeKind,
    TypePath,
};
use crate::prose::python;

/// A raw item that cannot be used, and why.
type Lack = (String, String);

/// What the host calls and hands over, and has not as the guests know it: raw paths, each with the reason.
pub(super) fn exports(plan: &Plan, compare: Compare<'_>) -> Vec<String> {
    // What other packages' interfaces are is not the raw world's to compare.
    let own = plan.exports.iter().filter(|export| !export.name.contains('/'));
    let functions = own.flat_map(|export| {
        export.functions.iter().filter_map(move |function| lack(compare, &unchanged(&export.name, function)))
    });
    let survey = Survey { plan, compare };
    let handed = plan.bridge.iter().filter_map(|wrap| survey.lacks_raw_type(&wrap.raw));
    let in_world = plan.in_world.exports.iter().filter_map(|item| {
        let why = compare.in_world(&item.name, Side::Exports)?;
        Some((item.name.clone(), why.to_string()))
    });
    functions.chain(handed).chain(in_world).map(|(path, why)| format!("of `{path}`, {why}")).collect()
}

/// All that is lost.
pub(super) fn missing(plan: &Plan, compare: Compare<'_>) -> Missing {
    Survey { plan, compare }.missing()
}

struct Survey<'w> {
    plan: &'w Plan,
    compare: Compare<'w>,
}

impl Survey<'_> {
    fn missing(&self) -> Missing {
        let mut functions: Vec<MissingFunction> = self
            .functions()
            .filter_map(|(interface, function)| {
                let (raw, why) = self.lacks(interface, function)?;
                Some(MissingFunction::new(&interface.name, function, Some(raw), why))
            })
            .collect();
        let lost: BTreeSet<String> = functions.iter().map(|loss| loss.path.clone()).collect();
        let before = reached(self.plan, &BTreeSet::new(), Vec::new());
        let apart = self.types().filter(|(interface, def)| {
            !before.contains(&path(interface, def)) && self.stays_apart(interface, def, &lost)
        });
        let left = reached(self.plan, &lost, apart.map(|(interface, def)| path(interface, def)).collect());
        for (interface, function) in self.functions() {
            let options = options_of(self.plan, interface, function);
            let unused = options.is_some_and(|(path, _)| !left.contains(&path));
            if unused && !lost.contains(&function.path(&interface.name)) {
                let why = "no function takes these options on this host".to_owned();
                functions.push(MissingFunction::new(&interface.name, function, None, why));
            }
        }
        let order: Vec<String> = self.functions().map(|(interface, f)| f.path(&interface.name)).collect();
        functions.sort_by_key(|loss| order.iter().position(|path| *path == loss.path));
        functions.extend(self.in_world().map(|(name, why)| MissingFunction::in_world(name, &why)));
        let types = self.types().filter(|(interface, def)| !left.contains(&path(interface, def)));
        let types: Vec<_> = types
            .map(|(interface, def)| MissingType {
                path: format!("{}.{}", interface.name, def.name),
                python: format!("{}.{}", python::module(&interface.name), python::camel(&def.name)),
            })
            .collect();
        let interfaces = self.plan.interfaces.iter().filter(|interface| self.is_gone(interface, &functions, &types));
        let interfaces = interfaces.map(|interface| interface.name.clone()).collect();
        Missing { raw: self.raw(), functions, types, interfaces }
    }

    fn functions(&self) -> impl Iterator<Item = (&Interface, &Function)> {
        self.plan.interfaces.iter().flat_map(|of| of.functions.iter().map(move |function| (of, function)))
    }

    fn types(&self) -> impl Iterator<Item = (&Interface, &TypeDef)> {
        self.plan.interfaces.iter().flat_map(|of| of.types.iter().map(move |def| (of, def)))
    }

    fn raw(&self) -> Vec<MissingRaw> {
        let ours = self.compare.ours;
        let all = ours
            .imports
            .iter()
            .flat_map(|id| ours.resolve.interfaces[*id].functions.values().map(|function| (*id, function)));
        let lost = all.filter_map(|(id, function)| {
            Some(MissingRaw {
                path: ours.function_path(id, function),
                why: self.compare.compare_function(id, function)?,
            })
        });
        let in_world = self.in_world().map(|(name, why)| MissingRaw { path: name.to_owned(), why });
        lost.chain(in_world).collect()
    }

    /// What stands in the world itself and cannot be called.
    fn in_world(&self) -> impl Iterator<Item = (&str, Why)> {
        let items = self.plan.in_world.imports.iter();
        items.filter_map(|item| Some((item.name.as_str(), self.compare.in_world(&item.name, Side::Imports)?)))
    }

    /// What a friendly function cannot do without, and the host does not have.
    fn lacks(&self, interface: &Interface, function: &Function) -> Option<Lack> {
        let called = match &function.operation {
            Operation::Direct => lack(self.compare, &unchanged(&interface.name, function)),
            Operation::Call(_) | Operation::Group(_) | Operation::Pairs(_) | Operation::Later => {
                interface.raw_behind(function).into_iter().find_map(|raw| lack(self.compare, raw))
            }
            Operation::SetOption(field) => {
                let (_, options) = options_of(self.plan, interface, function)?;
                return extras(options).filter(|(name, _)| name == field).find_map(|(_, raw)| lack(self.compare, &raw));
            }
            Operation::NewOptions => return None,
            Operation::Share(_) => None,
        };
        called.or_else(|| {
            let spelled = closure(self.plan, &BTreeSet::new(), function.names(&interface.name));
            spelled.iter().find_map(|path| match self.plan.type_def(path) {
                Some(def) => self.lacks_of_type(def),
                None => self.lacks_raw_type(path),
            })
        })
    }

    /// What bringing a value of this type over needs, beyond what is in the signature of the raw function.
    fn lacks_of_type(&self, def: &TypeDef) -> Option<Lack> {
        let cases: &[Case] = match &def.kind {
            TypeKind::Wrapper(wrapper) => return self.lacks_raw_type(&wrapper.holds),
            TypeKind::Variant(cases) => cases,
            TypeKind::Error(error) => &error.cases,
            TypeKind::Alias(_)
            | TypeKind::Record(_)
            | TypeKind::Flags(_)
            | TypeKind::Enum(_)
            | TypeKind::DetailError(_)
            | TypeKind::Options(_) => &[],
        };
        cases.iter().find_map(|case| match &case.from {
            CaseFrom::RawGetter { case, getter } => lack(self.compare, &self.getter(def.raw.as_ref()?, case, getter)?),
            CaseFrom::Raw(_)
            | CaseFrom::RawDropped(_)
            | CaseFrom::Nested
            | CaseFrom::Carried
            | CaseFrom::Number(_)
            | CaseFrom::Adapter(_) => None,
        })
    }

    /// A raw type that the friendly world spells is one that the host must have under its name.
    fn lacks_raw_type(&self, path: &TypePath) -> Option<Lack> {
        let path = format!("{}.{}", path.interface, path.name);
        let why = self.compare.definition(self.compare.find(&path)?)?;
        Some((path, format!("the host has another one: {why}")))
    }

    /// The getter of the placeholder that a case of a raw variant carries.
    fn getter(&self, variant: &str, case: &str, getter: &str) -> Option<RawFunction> {
        let types = &self.compare.ours.resolve.types;
        let TypeDefKind::Variant(variant) = &types[self.compare.find(variant)?].kind else { return None };
        let payload = variant.cases.iter().find(|other| other.name == case)?.ty?;
        let RawType::Id(handle) = payload else { return None };
        let TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) = types[handle].kind else { return None };
        let (interface, resource) = self.compare.path(id)?;
        Some(RawFunction { interface, name: getter.to_owned(), kind: Kind::Method(resource) })
    }

    /// Whether a type that no function ever had to do with stays: when the host has it, and something beside it.
    fn stays_apart(&self, interface: &Interface, def: &TypeDef, lost: &BTreeSet<String>) -> bool {
        let raw = def.raw.as_ref().and_then(|raw| self.compare.find(raw));
        let same = raw.is_none_or(|id| self.compare.definition(id).is_none());
        let mut paths = interface.functions.iter().map(|function| function.path(&interface.name));
        same && (interface.functions.is_empty() || paths.any(|path| !lost.contains(&path)))
    }

    fn is_gone(&self, interface: &Interface, lost: &[MissingFunction], types: &[MissingType]) -> bool {
        let path = |def: &TypeDef| format!("{}.{}", interface.name, def.name);
        let functions = interface.functions.len() > lost.iter().filter(|loss| loss.interface == interface.name).count();
        let types = interface.types.iter().any(|def| types.iter().all(|lost| lost.path != path(def)));
        let empty = interface.functions.is_empty() && interface.types.is_empty();
        if empty { !self.compare.has_interface(&interface.name) } else { !functions && !types }
    }
}

fn lack(compare: Compare<'_>, raw: &RawFunction) -> Option<Lack> {
    compare.raw(raw).map(|why| (raw.path(), why.to_string()))
}

/// The raw function of a friendly one that is passed on as it is.
fn unchanged(interface: &str, function: &Function) -> RawFunction {
    RawFunction { interface: interface.to_owned(), name: function.name.clone(), kind: function.kind.clone() }
}

fn path(interface: &Interface, def: &TypeDef) -> TypePath {
    TypePath::friendly(&interface.name, &def.name)
}

/// The options resource that a function makes or sets a field of.
pub(super) fn options_of<'p>(
    plan: &'p Plan,
    interface: &Interface,
    function: &Function,
) -> Option<(TypePath, &'p Options)> {
    let (Kind::Constructor(resource) | Kind::Method(resource)) = &function.kind else { return None };
    match function.operation {
        Operation::NewOptions | Operation::SetOption(_) => {}
        Operation::Direct
        | Operation::Call(_)
        | Operation::Share(_)
        | Operation::Later
        | Operation::Group(_)
        | Operation::Pairs(_) => return None,
    }
    let path = TypePath::friendly(&interface.name, resource);
    let options = plan.options(&path)?;
    Some((path, options))
}

/// The raw functions by which fields that are no fields of the record are set: the friendly field, and one of them.
pub(super) fn extras(options: &Options) -> impl Iterator<Item = (&str, RawFunction)> {
    options.fields.iter().flat_map(|field| match &field.filled {
        Filled::Extra { resource, constructor, setters } => {
            let raw =
                |name: &str, kind| RawFunction { interface: resource.interface.clone(), name: name.to_owned(), kind };
            let new = match constructor {
                Some(name) => raw(name, Kind::Static(resource.name.clone())),
                None => raw("", Kind::Constructor(resource.name.clone())),
            };
            let both = setters.iter().flat_map(|setter| {
                let set = raw(&setter.method, Kind::Method(resource.name.clone()));
                [(setter.name.as_str(), new.clone()), (setter.name.as_str(), set)]
            });
            both.collect::<Vec<_>>()
        }
        Filled::Required | Filled::Optional | Filled::Default(_) | Filled::Never => Vec::new(),
    })
}

/// The types that functions have to do with when these are lost, and those of `roots`.
fn reached(plan: &Plan, lost: &BTreeSet<String>, mut roots: Vec<TypePath>) -> BTreeSet<TypePath> {
    let all = plan.interfaces.iter().chain(&plan.exports);
    for (interface, function) in all.flat_map(|of| of.functions.iter().map(move |function| (of, function))) {
        // What makes and fills options is of use where something takes them.
        let roots_it =
            options_of(plan, interface, function).is_none() && !lost.contains(&function.path(&interface.name));
        roots.extend(roots_it.then(|| function.names(&interface.name)).into_iter().flatten());
    }
    roots.extend(plan.bridge.iter().map(|wrap| wrap.friendly.clone()));
    closure(plan, lost, roots)
}

/// Types and all that they are made of; options are made of what their functions take.
fn closure(plan: &Plan, lost: &BTreeSet<String>, mut waiting: Vec<TypePath>) -> BTreeSet<TypePath> {
    let mut found = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if !found.insert(path.clone()) {
            continue;
        }
        let (Some(interface), Some(def)) = (plan.interface(&path.interface), plan.type_def(&path)) else { continue };
        let fills = interface.functions.iter().filter(|function| {
            let options = options_of(plan, interface, function);
            options.is_some_and(|(of, _)| of == path) && !lost.contains(&function.path(&interface.name))
        });
        waiting.extend(fills.flat_map(|function| function.names(&interface.name)));
        if !matches!(def.kind, TypeKind::Options(_)) {
            waiting.extend(def.kind.names());
        }
    }
    found
}
