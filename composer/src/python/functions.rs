//! Which functions of the bindings get lines at their start, and which classes of options take keywords.

use super::Bound;
use super::specs::{Spec, Specs};
use crate::plan::{Function, Interface, Kind, Plan, TypePath};
use crate::prose::python::{camel, function_name as spelled, snake};

/// What the package calls the method that lets an object go.
const CLOSE: &str = "close";

/// A function that looks at its arguments.
#[derive(Debug)]
pub(super) struct Changed {
    /// Its name in its module: `Store.open`.
    pub(super) name: String,
    /// The parameters it looks at: how Python has them, what they are called to the app, what they must be.
    pub(super) checks: Vec<(String, String, Spec)>,
    /// The options it takes by keyword.
    pub(super) keywords: Option<Keywords>,
}

/// How a function passes options on.
#[derive(Debug)]
pub(crate) struct Keywords {
    /// The parameter.
    pub(crate) param: String,
    /// Their type.
    pub(crate) ty: TypePath,
    /// Their class, with its module.
    pub(crate) class: String,
    /// Whether the function does without.
    pub(crate) optional: bool,
    /// The function that takes them and what it is given besides, where this one does not.
    pub(crate) with_options: Option<(String, Vec<String>)>,
}

/// A class whose constructor takes options by keyword.
#[derive(Debug)]
pub(super) struct Options {
    /// Its name in its module.
    pub(super) class: String,
    /// Each keyword, the method it stands for, and how many arguments that has.
    pub(super) setters: Vec<(String, String, usize)>,
}

/// What is changed in one module of the bindings.
pub(super) struct Module {
    /// Its name.
    pub(super) name: String,
    pub(super) functions: Vec<Changed>,
    pub(super) options: Vec<Options>,
    /// The classes whose objects are closed when their `with` is left.
    pub(super) resources: Vec<String>,
    /// Those of them that get a `close`, as the world gives them none.
    pub(super) closes: Vec<String>,
}

/// The modules of the world that an app binds.
pub(super) fn modules(plan: &Plan, bound: &Bound) -> Vec<Module> {
    let of = |interface: &Interface| {
        let name = bound.module(plan, interface)?.to_owned();
        let look = Look { plan, specs: Specs { plan, bound }, interface };
        let functions = interface.functions.iter().filter_map(|function| look.changed_function(function)).collect();
        let all = interface.types.iter().filter(|def| def.kind.is_resource()).map(|def| &def.name);
        let resources = all.clone().map(|resource| camel(resource)).collect();
        let closes = all.filter(|resource| !has_close(interface, resource)).map(|resource| camel(resource)).collect();
        Some(Module { name, functions, options: options(interface), resources, closes })
    };
    plan.interfaces.iter().filter_map(of).collect()
}

/// Whether the world itself has a `close` for a resource.
pub(super) fn has_close(interface: &Interface, resource: &str) -> bool {
    interface.functions.iter().any(|function| match &function.kind {
        Kind::Method(of) | Kind::Static(of) => of == resource && snake(&function.name) == CLOSE,
        Kind::Constructor(_) | Kind::Freestanding => false,
    })
}

/// Resources that an app makes, and of which all it can do is to set something.
pub(super) fn options(interface: &Interface) -> Vec<Options> {
    let resources = interface.types.iter().filter(|def| def.kind.is_resource()).map(|def| &def.name);
    let options = resources.filter_map(|name| Some(Options { class: camel(name), setters: setters(interface, name)? }));
    options.collect()
}

/// What options can be set, if it is options that the resource is.
fn setters(interface: &Interface, resource: &str) -> Option<Vec<(String, String, usize)>> {
    let of = |wanted: Kind| interface.functions.iter().filter(move |function| function.kind == wanted);
    of(Kind::Constructor(resource.to_owned())).next()?;
    let methods: Vec<&Function> = of(Kind::Method(resource.to_owned())).collect();
    let only_sets = !methods.is_empty() && methods.iter().all(|method| is_setter(method));
    let setter = |method: &&Function| (snake(keyword(&method.name)), snake(&method.name), method.params.len());
    only_sets.then(|| methods.iter().map(setter).collect())
}

fn is_setter(method: &Function) -> bool {
    method.ok().is_none() && !method.params.is_empty()
}

fn keyword(method: &str) -> &str {
    method.strip_prefix("set-").unwrap_or(method)
}

/// A last parameter that is options.
struct LastOptions {
    param: String,
    ty: TypePath,
    class: String,
    optional: bool,
}

/// The options that a function takes by keyword.
pub(crate) fn keywords(plan: &Plan, bound: &Bound, interface: &Interface, function: &Function) -> Option<Keywords> {
    Look { plan, specs: Specs { plan, bound }, interface }.keywords(function)
}

/// The functions of one interface.
struct Look<'p> {
    plan: &'p Plan,
    specs: Specs<'p>,
    interface: &'p Interface,
}

impl Look<'_> {
    fn changed_function(&self, function: &Function) -> Option<Changed> {
        let shown = |param: &str| match &function.kind {
            // A setter's parameter has no name of its own, and a keyword has.
            Kind::Method(resource) if function.params.len() == 1 && setters(self.interface, resource).is_some() => {
                snake(keyword(&function.name))
            }
            Kind::Method(_) | Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_) => snake(param),
        };
        let checks = function.params.iter().map(|param| {
            let spec = self.specs.of(&param.ty);
            (snake(&param.name), shown(&param.name), spec)
        });
        let checks: Vec<_> = checks.filter(|(_, _, spec)| !spec.is_any()).collect();
        let keywords = self.keywords(function);
        let name = match &function.kind {
            Kind::Constructor(class) => format!("{}.__init__", camel(class)),
            Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => spelled(&function.kind, &function.name),
        };
        (!checks.is_empty() || keywords.is_some()).then_some(Changed { name, checks, keywords })
    }

    /// Options come last: as the last parameter, or as that of the function beside this one which takes them.
    fn keywords(&self, function: &Function) -> Option<Keywords> {
        if let Some(LastOptions { param, ty, class, optional }) = self.last_options(function) {
            return Some(Keywords { param, ty, class, optional, with_options: None });
        }
        let calls = function.operation.calls();
        let call = calls.first().filter(|call| call.default_options().is_some())?;
        let variant = self.interface.functions.iter().find(|other| {
            let is_same = other.operation.calls().first().is_some_and(|of| of.raw == call.raw);
            is_same && other.kind == function.kind && other.name != function.name && self.last_options(other).is_some()
        })?;
        let LastOptions { param, ty, class, .. } = self.last_options(variant)?;
        let owner = match &function.kind {
            Kind::Method(_) => "self.",
            Kind::Static(_) => "cls.",
            Kind::Freestanding | Kind::Constructor(_) => "",
        };
        let args: Vec<_> = function.params.iter().map(|param| snake(&param.name)).collect();
        let with_options = Some((format!("{owner}{}", snake(&variant.name)), args));
        Some(Keywords { param, ty, class, optional: true, with_options })
    }

    /// The last parameter, where it is options.
    fn last_options(&self, function: &Function) -> Option<LastOptions> {
        let param = function.params.last()?;
        let (ty, optional) = param.ty.clone().unwrapped();
        let path = ty.names().pop()?;
        let interface = self.plan.interface(&path.interface)?;
        setters(interface, &path.name)?;
        match self.specs.of(&ty) {
            Spec::Class(class) => Some(LastOptions { param: snake(&param.name), ty: path, class, optional }),
            Spec::Any
            | Spec::Plain(_)
            | Spec::Int(..)
            | Spec::Type(..)
            | Spec::Record(..)
            | Spec::Variant(..)
            | Spec::Option(_)
            | Spec::List(_)
            | Spec::Tuple(_) => None,
        }
    }
}
