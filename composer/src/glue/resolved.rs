//! Checks that what a plan names is there, before glue is written of it. The glue takes it for granted.

use super::GlueError;
use crate::plan::{Arg, Call, Function, Group, Interface, Kind, Operation, Plan, RawArg, Source, TypeKind, TypePath};

/// Refuses a plan that names what it does not have.
pub(super) fn check(plan: &Plan) -> Result<(), GlueError> {
    for interface in &plan.interfaces {
        for function in &interface.functions {
            check_function(plan, interface, function)
                .map_err(|what| GlueError::Plan { path: function.path(&interface.name), what })?;
        }
        for def in &interface.types {
            check_errors(plan, &def.kind)
                .map_err(|what| GlueError::Plan { path: format!("{}.{}", interface.name, def.name), what })?;
        }
    }
    Ok(())
}

fn check_function(plan: &Plan, interface: &Interface, function: &Function) -> Result<(), String> {
    match &function.operation {
        Operation::Direct | Operation::Share(_) => Ok(()),
        Operation::Call(call) => call.raw_args().iter().try_for_each(|arg| check_arg(plan, function, arg)),
        Operation::NewOptions => match &function.kind {
            Kind::Constructor(resource) => options(plan, &TypePath::friendly(&interface.name, resource)),
            Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => Err("a constructor of options".to_owned()),
        },
        Operation::SetOption(_) => match (&function.kind, function.params.as_slice()) {
            (Kind::Method(resource), [_]) => options(plan, &TypePath::friendly(&interface.name, resource)),
            (Kind::Freestanding | Kind::Method(_) | Kind::Static(_) | Kind::Constructor(_), _) => {
                Err("a setter of options that takes one value".to_owned())
            }
        },
        Operation::Later => match &function.kind {
            Kind::Constructor(_) => Ok(()),
            Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => Err("a constructor".to_owned()),
        },
        Operation::Group(group) => check_group(function, group),
        Operation::Pairs(pairs) => {
            [&pairs.names, &pairs.values].into_iter().try_for_each(|call| check_sibling(interface, function, call))
        }
    }
}

fn check_arg(plan: &Plan, function: &Function, arg: &RawArg<'_>) -> Result<(), String> {
    let arg = match arg {
        RawArg::Given(arg) => *arg,
        RawArg::Remaining(name) => return param(function, name),
        RawArg::MaxLen | RawArg::Cursor | RawArg::ChunkSize => return Ok(()),
    };
    match arg {
        Arg::Lend(Source::Receiver) | Arg::Take(Source::Receiver) | Arg::TakeOk(Source::Receiver) => {
            match &function.kind {
                Kind::Method(_) => Ok(()),
                Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_) => Err("a receiver".to_owned()),
            }
        }
        Arg::Lend(Source::Param(name)) | Arg::Take(Source::Param(name)) | Arg::TakeOk(Source::Param(name)) => {
            let is_handle = |ty: &crate::plan::Type| ty.handle().is_some_and(|path| plan.wrapper(path).is_some());
            if function.param(name).is_some_and(|param| is_handle(&param.ty)) {
                Ok(())
            } else {
                Err(format!("a parameter `{name}` that is a handle"))
            }
        }
        Arg::Param(name) => param(function, name),
        Arg::Options { param: None, ty } => options(plan, ty),
        Arg::Options { param: Some(name), ty } | Arg::Case { payload: Some((name, ty)), .. } => {
            param(function, name)?;
            options(plan, ty)
        }
        Arg::Case { payload: None, .. } => Ok(()),
    }
}

fn param(function: &Function, name: &str) -> Result<(), String> {
    function.param(name).map(drop).ok_or_else(|| format!("a parameter `{name}`"))
}

fn options(plan: &Plan, ty: &TypePath) -> Result<(), String> {
    plan.options(ty).map(drop).ok_or_else(|| format!("options `{}.{}`", ty.interface, ty.name))
}

/// Getters take nothing but what they are called on, and how large an answer may be.
fn check_group(function: &Function, group: &Group) -> Result<(), String> {
    let args: Vec<_> = group.members.iter().flat_map(|member| member.call.raw_args()).collect();
    let lends = args.iter().any(|arg| matches!(arg, RawArg::Given(Arg::Lend(_))));
    if lends && group.of.is_none() && !matches!(function.kind, Kind::Method(_)) {
        return Err("an object that its members are called on".to_owned());
    }
    if args.iter().all(|arg| matches!(arg, RawArg::Given(Arg::Lend(_)) | RawArg::MaxLen)) {
        Ok(())
    } else {
        Err("members without parameters".to_owned())
    }
}

/// Pairs are made by functions beside them.
fn check_sibling(interface: &Interface, function: &Function, call: &Call) -> Result<(), String> {
    let sibling = interface.sibling(function, call).map(drop);
    sibling.ok_or_else(|| format!("a function that calls `{}`", call.raw.path()))
}

/// The errors that others carry are defined.
fn check_errors(plan: &Plan, kind: &TypeKind) -> Result<(), String> {
    let nested = kind.error().into_iter().flat_map(|error| error.nested.values());
    let mut all = nested.chain(kind.detail_error().map(|error| &error.base));
    let Some(missing) = all.find(|path| plan.error(path).is_none()) else { return Ok(()) };
    Err(format!("an error `{}.{}`", missing.interface, missing.name))
}
