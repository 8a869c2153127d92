//! Which functions move many bytes and may go past the adapter.
//!
//! Those of which the adapter does nothing but lend a handle, call, and name the error: bytes in, or as
//! many out as a parameter says, at once or in chunks. What is converted, checked or remembered stays the adapter's.

use wit_parser::Type as RawType;

use super::survey::Survey;
use crate::plan::{
    AdapterCase, Arg, Bulk, Call, Case, CaseFrom, Disposition, ErrorType, Function, Interface, Kind, LIMIT, Operation,
    Paging, Param, Primitive, RawArg, RawFunction, Repeat, Source, Type, TypePath,
};

/// How many parameters the canonical ABI passes by themselves.
const MAX_FLAT_PARAMS: usize = 16;

/// Finds the bulk functions of each interface.
pub(super) fn find(survey: &Survey<'_>, interfaces: &mut [Interface]) {
    let found: Vec<Vec<Bulk>> = interfaces.iter().map(|interface| of(survey, interfaces, interface)).collect();
    for (interface, bulk) in interfaces.iter_mut().zip(found) {
        interface.bulk = bulk;
    }
}

fn of(survey: &Survey<'_>, interfaces: &[Interface], interface: &Interface) -> Vec<Bulk> {
    if interface.disposition == Disposition::Direct {
        return Vec::new();
    }
    interface.functions.iter().filter_map(|function| bulk(survey, interfaces, interface, function)).collect()
}

fn bulk(survey: &Survey<'_>, interfaces: &[Interface], interface: &Interface, function: &Function) -> Option<Bulk> {
    let (Kind::Method(resource), Operation::Call(call)) = (&function.kind, &function.operation) else { return None };
    // Only a handle that can be taken out of its cell can be lent to somebody else.
    let receiver = interface.types.iter().find(|def| def.name == *resource)?.kind.wrapper()?;
    if !receiver.consumable || !is_plain(call) || !forwards(function, call) {
        return None;
    }
    let amount = amount(function, call)?;
    let error = call.error.as_ref().and_then(|error| error_type(interfaces, error))?;
    let errors = errors(survey, &call.raw, error)?;
    let too_large = too_large(error).map(|case| case.name.clone());
    let repeat = match call.paging {
        Paging::Once { .. } => Repeat::Once,
        Paging::WriteAll { .. } => Repeat::UntilTaken { stuck: too_large? },
        Paging::ReadAll { .. } => Repeat::ToEnd { too_large: too_large? },
        Paging::Grow { .. } | Paging::Pages { .. } => return None,
    };
    Some(Bulk {
        resource: resource.clone(),
        function: function.name.clone(),
        raw: call.raw.clone(),
        amount,
        errors,
        repeat,
    })
}

/// What a host that takes nothing comes to, and one that finds a buffer too small.
fn too_large(error: &ErrorType) -> Option<&Case> {
    error.cases.iter().find(|case| case.name == AdapterCase::ValueTooLarge.name())
}

/// Whether nothing is done besides the call.
fn is_plain(call: &Call) -> bool {
    call.raw_error && call.absent.is_none() && !call.remember && call.checks.is_empty()
}

/// Whether the raw function is given the receiver, and then the parameters as they are.
fn forwards(function: &Function, call: &Call) -> bool {
    let args = call.raw_args();
    let Some((RawArg::Given(Arg::Lend(Source::Receiver)), rest)) = args.split_first() else { return false };
    let same = rest.iter().zip(&function.params).all(|(arg, param)| match arg {
        RawArg::Given(Arg::Param(name)) => *name == param.name && (is_bytes(&param.ty) || is_count(&param.ty)),
        RawArg::Remaining(name) => *name == param.name && is_bytes(&param.ty),
        // How much is asked for at a time comes of how much there may be.
        RawArg::ChunkSize => param.name == LIMIT,
        RawArg::Given(Arg::Lend(_) | Arg::Take(_) | Arg::TakeOk(_) | Arg::Options { .. } | Arg::Case { .. })
        | RawArg::MaxLen
        | RawArg::Cursor => false,
    });
    let flat: usize = function.params.iter().map(|param| if is_bytes(&param.ty) { 2 } else { 1 }).sum();
    // The receiver comes first, and where the result is written comes last.
    same && rest.len() == function.params.len() && flat + 2 <= MAX_FLAT_PARAMS
}

/// The parameter that says how much is moved, if much is.
fn amount(function: &Function, call: &Call) -> Option<String> {
    let the_only = |such: fn(&Type) -> bool| {
        let mut params = function.params.iter().filter(|param| such(&param.ty));
        match (params.next(), params.next()) {
            (Some(Param { name, .. }), None) => Some(name.clone()),
            (Some(_) | None, _) => None,
        }
    };
    match &call.ok {
        None => the_only(is_bytes),
        Some(ok) if is_count(ok) => the_only(is_bytes),
        // What else would a number be that bytes are asked for with? If it is something else, it costs a little time.
        Some(ok) if is_bytes(ok) && the_only(is_bytes).is_none() => the_only(is_count),
        Some(_) => None,
    }
}

fn is_bytes(ty: &Type) -> bool {
    *ty == Type::bytes()
}

fn is_count(ty: &Type) -> bool {
    matches!(ty, Type::Primitive(Primitive::U32 | Primitive::U64))
}

fn error_type<'i>(interfaces: &'i [Interface], error: &Type) -> Option<&'i ErrorType> {
    let Type::Named(TypePath { interface, name, .. }) = error else { return None };
    let interface = interfaces.iter().find(|other| other.name == *interface)?;
    interface.types.iter().find(|def| def.name == *name)?.kind.error()
}

/// The friendly case of each raw one, where each has one and neither carries anything that must be looked at.
fn errors(survey: &Survey<'_>, raw: &RawFunction, error: &ErrorType) -> Option<Vec<(String, String)>> {
    if !error.is_enum || !error.nested.is_empty() {
        return None;
    }
    let friendly = |case: &str| {
        if error.too_small.contains_key(case) {
            return too_large(error);
        }
        error.cases.iter().find(|other| matches!(&other.from, CaseFrom::Raw(from) if from == case))
    };
    let function = survey.world.function(raw)?;
    let RawType::Id(id) = survey.world.result_of(function).err? else { return None };
    let cases = survey.world.case_names(survey.world.definition(id));
    let named = cases.iter().map(|case| Some(((*case).to_owned(), friendly(case)?.name.clone())));
    named.collect::<Option<Vec<_>>>().filter(|errors| !errors.is_empty())
}
