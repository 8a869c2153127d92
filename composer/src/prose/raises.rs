//! What a function uses up, and when it raises: no more than the plan knows.

use std::fmt;

use super::python::{self, Spelling, snake};
use super::text::{article, either, spoken};
use super::{names, reasons};
use crate::plan::{
    AdapterCase, Arg, CaseFrom, Filled, Function, Kind, Operation, Param, Plan, Source, Type, TypeKind, TypePath,
};

/// The last paragraphs of a function's docs.
pub(super) fn paragraphs(plan: &Plan, interface: &str, exported: bool, function: &Function) -> Vec<String> {
    if let Operation::Later = function.operation {
        return made_later(plan, interface, function).into_iter().collect();
    }
    let Some(error) = function.error() else { return used_up(plan, interface, function).into_iter().collect() };
    let at = At { plan, interface, function };
    let raises = match (error, exported) {
        (None, true) => "To fail, raise `Err(None)`.".to_owned(),
        (Some(error), true) => {
            let name = Spelling::new(plan, interface).ty(error);
            format!("To fail, raise `Err` with {} `{name}`.", article(&name))
        }
        (None, false) => "Raises `Err` with `None` when the host reports a failure.".to_owned(),
        (Some(error), false) => at.raises(error),
    };
    used_up(plan, interface, function).into_iter().chain([raises]).collect()
}

/// What is made later may never be: its constructor says with what the call fails that needs it.
fn made_later(plan: &Plan, interface: &str, function: &Function) -> Option<String> {
    let of_resource = |other: &&Function| names::resource(&other.kind) == names::resource(&function.kind);
    let limit = plan.interface(interface)?.functions.iter().filter(of_resource).find_map(|other| {
        let error = other.operation.calls().first()?.error.clone()?;
        At { plan, interface, function: other }.case(&error, AdapterCase::LimitExceeded)
    })?;
    Some(format!("The host makes it when a call first needs it. If there are no more, that call raises {limit}."))
}

/// `Uses up this request and `body`.`
fn used_up(plan: &Plan, interface: &str, function: &Function) -> Option<String> {
    let at = At { plan, interface, function };
    let calls = function.operation.calls();
    let taken = calls.iter().flat_map(|call| &call.args).filter_map(taken).filter_map(|source| at.named(source));
    let inner = function
        .params
        .iter()
        .filter(|param| gives_inside(plan, param))
        .map(|param| format!("the objects in `{}`", snake(&param.name)));
    let taken: Vec<_> = taken.chain(inner).collect();
    (!taken.is_empty()).then(|| format!("Uses up {}.", either(&taken, "and")))
}

/// What a function raises.
pub(crate) struct Raised {
    /// The members of its error that the adapter says, and after `when` the reason of each.
    pub(crate) cases: Vec<(String, String)>,
    /// Whether the error can come from the host, too.
    pub(crate) host_reports: bool,
}

/// What a function that an app imports raises; none where it cannot fail.
pub(crate) fn raised(plan: &Plan, interface: &str, function: &Function) -> Option<Raised> {
    let error = function.error()?;
    let at = At { plan, interface, function };
    let cases = error.map(|error| at.when(error)).unwrap_or_default();
    let cases = cases.into_iter().map(|(case, reason)| (case.name, reason));
    Some(Raised { cases: cases.collect(), host_reports: error.is_none() || at.host_reports() })
}

/// The parameters that a function uses up; an empty name is the receiver.
pub(crate) fn uses_up(function: &Function) -> Vec<&str> {
    let calls = function.operation.calls();
    let taken = calls.iter().flat_map(|call| &call.args).filter_map(taken).map(|source| match source {
        Source::Receiver => "",
        Source::Param(name) => name.as_str(),
    });
    taken.collect()
}

/// Whether a parameter gives away handles that stand inside it.
pub(crate) fn gives_inside(plan: &Plan, param: &Param) -> bool {
    plan.inner_handles(&param.ty).iter().any(|handle| handle.is_taken)
}

/// The handle that an argument takes away.
fn taken(arg: &Arg) -> Option<&Source> {
    match arg {
        Arg::Take(source) | Arg::TakeOk(source) => Some(source),
        Arg::Lend(_) | Arg::Param(_) | Arg::Options { .. } | Arg::Case { .. } => None,
    }
}

/// A member of an error.
struct Member {
    name: String,
    /// Whether it is the kind of an error with details.
    is_kind: bool,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}`{}`", if self.is_kind { "of kind " } else { "" }, self.name)
    }
}

/// A function and where it stands.
struct At<'p> {
    plan: &'p Plan,
    interface: &'p str,
    function: &'p Function,
}

impl At<'_> {
    fn raises(&self, error: &Type) -> String {
        let name = Spelling::new(self.plan, self.interface).ty(error);
        let what = format!("Raises `Err` with {} `{name}`", article(&name));
        let when = self.when(error).into_iter().map(|(case, reason)| format!("{case} when {reason}"));
        let when = when.collect::<Vec<_>>().join(", ");
        match (when.is_empty(), self.host_reports()) {
            (true, true) => format!("{what} when the host reports one."),
            (true, false) => format!("{what}."),
            (false, true) => format!("{what}: {when}, otherwise what the host reports."),
            (false, false) => format!("{what}: {when}."),
        }
    }

    /// Whether the error can come from the host, too.
    fn host_reports(&self) -> bool {
        match &self.function.operation {
            Operation::Call(_) | Operation::Group(_) | Operation::Pairs(_) => {
                self.function.operation.calls().iter().any(|call| call.raw_error)
            }
            Operation::Direct => true,
            Operation::NewOptions | Operation::SetOption(_) | Operation::Share(_) | Operation::Later => false,
        }
    }

    /// The adapter's own cases, and when each comes.
    fn when(&self, error: &Type) -> Vec<(Member, String)> {
        let consumed = self.consumable();
        let mut when = Vec::new();
        if !consumed.is_empty()
            && let Some(case) = self.case(error, AdapterCase::AlreadyConsumed)
        {
            let verb = if consumed.last().is_some_and(|last| last.starts_with("these ")) { "were" } else { "was" };
            when.push((case, format!("{} {verb} used up by an earlier call", either(&consumed, "or"))));
        }
        for (case, reason) in reasons::of(self.plan, self.function) {
            when.extend(self.case(error, case).map(|case| (case, reason)));
        }
        when
    }

    /// The member that is a case of the adapter, if the error has it.
    fn case(&self, error: &Type, wanted: AdapterCase) -> Option<Member> {
        let Type::Named(path) = error else { return None };
        let def = python::definition(self.plan, path)?;
        let (cases, is_kind) = match &def.kind {
            TypeKind::Error(error) => (&error.cases, false),
            TypeKind::DetailError(detail) => match &python::definition(self.plan, &detail.kind)?.kind {
                TypeKind::Enum(cases) => (cases, true),
                TypeKind::Alias(_)
                | TypeKind::Record(_)
                | TypeKind::Flags(_)
                | TypeKind::Variant(_)
                | TypeKind::Error(_)
                | TypeKind::DetailError(_)
                | TypeKind::Wrapper(_)
                | TypeKind::Options(_) => return None,
            },
            TypeKind::Alias(_)
            | TypeKind::Record(_)
            | TypeKind::Flags(_)
            | TypeKind::Enum(_)
            | TypeKind::Variant(_)
            | TypeKind::Wrapper(_)
            | TypeKind::Options(_) => return None,
        };
        let is_wanted = |from: &CaseFrom, name: &str| match from {
            CaseFrom::Adapter(case) => *case == wanted,
            // What the host says, too, in the same word.
            CaseFrom::Nested | CaseFrom::Raw(_) => name == wanted.name(),
            CaseFrom::RawDropped(_) | CaseFrom::RawGetter { .. } | CaseFrom::Carried | CaseFrom::Number(_) => false,
        };
        let case = cases.iter().find(|case| is_wanted(&case.from, &case.name))?;
        Some(Member { name: python::case(def, &case.name), is_kind })
    }

    /// Everything this function touches that an earlier call may have used up, in words.
    fn consumable(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        if let Operation::Share(_) = self.function.operation {
            found.extend(self.named(&Source::Receiver).filter(|_| self.is_consumable(&Source::Receiver)));
        }
        for arg in self.function.operation.calls().into_iter().flat_map(|call| &call.args) {
            match arg {
                Arg::Lend(source) | Arg::Take(source) | Arg::TakeOk(source) => {
                    found.extend(self.named(source).filter(|_| self.is_consumable(source)));
                }
                Arg::Options { param: Some(param), ty } | Arg::Case { payload: Some((param, ty)), .. } => {
                    found.extend(self.held(ty).map(|noun| format!("the {noun} of `{}`", snake(param))));
                }
                Arg::Param(name) => found.extend(self.inside(name)),
                Arg::Options { param: None, .. } | Arg::Case { payload: None, .. } => {}
            }
        }
        found.dedup();
        found
    }

    /// What stands inside a parameter and can be used up, in words.
    fn inside(&self, name: &str) -> Vec<String> {
        let handles = self.function.param(name).map(|param| self.plan.inner_handles(&param.ty)).unwrap_or_default();
        let mut consumable = handles.into_iter().filter(|handle| self.plan.is_consumable(&handle.resource));
        consumable.next().map(|_| format!("something in `{}`", snake(name))).into_iter().collect()
    }

    /// What a handle is called in the docs of this function.
    fn named(&self, source: &Source) -> Option<String> {
        match source {
            Source::Receiver => {
                let noun = spoken(self.receiver()?);
                Some(format!("{} {noun}", if noun.ends_with("options") { "these" } else { "this" }))
            }
            Source::Param(name) if self.handles(name).1 => Some(format!("one of `{}`", snake(name))),
            Source::Param(name) => Some(format!("`{}`", snake(name))),
        }
    }

    fn receiver(&self) -> Option<&str> {
        match &self.function.kind {
            Kind::Method(resource) => Some(resource),
            Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_) => None,
        }
    }

    fn is_consumable(&self, source: &Source) -> bool {
        let path = match source {
            Source::Receiver => self.receiver().map(|resource| TypePath::friendly(self.interface, resource)),
            Source::Param(name) => self.handles(name).0,
        };
        path.is_some_and(|path| self.plan.is_consumable(&path))
    }

    /// The handle that a parameter is, is an option of or is a list of, and whether it is a list.
    fn handles(&self, name: &str) -> (Option<TypePath>, bool) {
        let Some(param) = self.function.param(name) else { return (None, false) };
        (param.ty.names().pop(), matches!(param.ty, Type::List(_)))
    }

    /// What options hold that can be used up.
    fn held(&self, ty: &TypePath) -> Option<String> {
        let TypeKind::Options(options) = &python::definition(self.plan, ty)?.kind else { return None };
        options.fields.iter().find_map(|field| {
            let is_held = !matches!(field.filled, Filled::Never | Filled::Extra { .. });
            let mut found = field.ty.names().into_iter().filter(|_| is_held);
            found.find(|path| self.plan.is_consumable(path)).map(|path| spoken(&path.name))
        })
    }
}

/// Says that a function has a variant that takes options.
pub(super) fn variant_with_options(plan: &Plan, interface: &str, function: &Function) -> Option<String> {
    let Operation::Call(call) = &function.operation else { return None };
    let ty = call.default_options()?;
    let siblings = &plan.interface(interface)?.functions;
    let variant = siblings.iter().find(|other| {
        let is_same = matches!(&other.operation, Operation::Call(of) if of.raw == call.raw);
        is_same && other.kind == function.kind && other.name != function.name
    })?;
    let name = Spelling::new(plan, interface).name(ty);
    Some(format!("Takes the default options; `{}` takes {} `{name}`.", snake(&variant.name), article(&name)))
}
