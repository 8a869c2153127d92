//! Names with their values, in one list: what an app would else ask for name by name.

use super::required::{At, Outcome, Requirement};
use super::reshape::fallible;
use super::survey::Survey;
use super::{DeriveError, Refused, required, rule_paths};
use crate::plan::{
    AdapterCase, Arg, Call, Function, Kind, Operation, Pairs, Param, Primitive, RawArg, Rule, Source, Type,
};
use crate::rules::PairsRules;

/// The functions of this friendly interface that list pairs, made of others that are there.
pub(super) fn functions(
    survey: &Survey<'_>,
    interface: &str,
    there: &[Outcome],
    refused: &mut Refused,
) -> Vec<Outcome> {
    let pairs = survey.world.usage.rules.pairs.iter();
    let here = pairs.filter(|(path, _)| path.split('.').next() == Some(interface));
    // `check_rules` has refused those whose path is that of no function.
    let lines = here.filter_map(|(path, rules)| {
        let (_, kind, name) = rule_paths::parse_function_path(path)?;
        Some(Line { survey, path, kind, name, rules, there })
    });
    lines.filter_map(|line| refused.note(line.pairs_function())).collect()
}

/// A line of the rules, and the functions that it can be about.
struct Line<'l, 'a> {
    survey: &'l Survey<'a>,
    path: &'l str,
    kind: Kind,
    name: &'l str,
    rules: &'l PairsRules,
    there: &'l [Outcome],
}

/// Which of the two functions.
#[derive(Debug, Clone, Copy)]
enum Part {
    Names,
    Values,
}

impl Line<'_, '_> {
    fn pairs_function(&self) -> Result<Outcome, DeriveError> {
        let (lists, names) = self.call(Part::Names, &self.kind)?;
        let (gives, values) = self.call(Part::Values, &self.kind)?;
        let string = Type::Primitive(Primitive::String);
        if !lists.params.is_empty() || names.ok != Some(Type::List(Box::new(string.clone()))) {
            return self.refuse(Part::Names, "it must have no parameters and return a `list<string>`");
        }
        if !matches!(gives.params.as_slice(), [Param { ty, .. }] if *ty == string) {
            return self.refuse(Part::Values, "it must take one `string` and nothing else");
        }
        let Some((value, several)) = values.ok.as_ref().and_then(value_of) else {
            return self.refuse(Part::Values, "it returns neither a `string` nor a `list<u8>`, nor a list of them");
        };
        let (error, required) = self.error(&names, &values)?;
        let pair = Type::Tuple(vec![string, value]);
        let function = Function {
            name: self.name.to_owned(),
            kind: self.kind.clone(),
            docs: Some(self.docs(lists, gives, several)),
            params: Vec::new(),
            result: fallible(Some(Type::List(Box::new(pair))), Some(error.clone())),
            operation: Operation::Pairs(Box::new(Pairs { names, values, several, error })),
            is_async: false,
            rules: vec![Rule::Pairs],
        };
        Ok(Outcome { function, required })
    }

    /// The function that the app calls for one of the two, and the raw call that it makes.
    fn call(&self, part: Part, kind: &Kind) -> Result<(&Function, Call), DeriveError> {
        let raw = self.raw(part);
        let paths = self.survey.world.all_paths();
        if !paths.contains(raw) {
            let line = format!("pairs.\"{}\".{} = \"{raw}\"", self.path, part.key());
            return Err(self.survey.world.usage.no_match(line, raw, &self.survey.world.package_name(), &paths).into());
        }
        // Of those that make one raw call, the first is the one that goes by its name.
        let found =
            self.there.iter().map(|outcome| &outcome.function).filter(|function| function.kind == *kind).find_map(
                |function| {
                    let Operation::Call(call) = &function.operation else { return None };
                    (call.raw.path() == *raw).then(|| (function, (**call).clone()))
                },
            );
        let Some((function, call)) = found else {
            return self.refuse(part, "it is not there, or the rules leave it out");
        };
        if call.raw_fallible && !call.raw_error {
            return self.refuse(part, "it fails without an error type");
        }
        if call.remember {
            return self.refuse(part, "its first answer is remembered by a line under [remember]");
        }
        if !call.raw_args().iter().all(is_plain) {
            return self.refuse(part, "it consumes its handle, or takes options");
        }
        Ok((function, call))
    }

    /// The error of both, or the default: what is collected is bounded, so that there is always one thing to say.
    fn error(&self, names: &Call, values: &Call) -> Result<(Type, Vec<Requirement>), DeriveError> {
        if let (Some(one), Some(other)) = (&names.error, &values.error)
            && one != other
        {
            return self.refuse(Part::Values, "it has another error type than the function that lists the names");
        }
        let find = |part| self.survey.world.imported_function(self.raw(part));
        let both = || [Part::Names, Part::Values].into_iter().filter_map(find);
        let raw = both().find_map(|(_, raw)| self.survey.world.result_of(raw).err);
        let Some((id, _)) = both().next() else {
            return self.refuse(Part::Names, "it is no function that the world imports");
        };
        let interface = self.path.split('.').next().unwrap_or_default();
        let at = At { id, path: self.path, interface };
        let (error, required) = required::fails(self.survey, at, raw.as_ref(), &[AdapterCase::ValueTooLarge])?;
        if names.error.iter().chain(&values.error).any(|other| *other != error) {
            return self.refuse(Part::Names, "its error cannot say that there are too many");
        }
        Ok((error, required))
    }

    fn docs(&self, lists: &Function, gives: &Function, several: bool) -> String {
        let (docs, lists, gives) = (self.rules.docs.trim_end(), &lists.name, &gives.name);
        let each = if several { " A name comes as often as it has values." } else { "" };
        format!("{docs}\n\nIt is as several calls: `{lists}`, then `{gives}` for each name.{each}")
    }

    fn raw(&self, part: Part) -> &String {
        match part {
            Part::Names => &self.rules.names,
            Part::Values => &self.rules.values,
        }
    }

    fn refuse<T>(&self, part: Part, why: &str) -> Result<T, DeriveError> {
        let (path, key) = (self.path, part.key());
        Err(DeriveError::shape(
            self.raw(part),
            format!("the rules make it the function that {} of `{path}`, but {why}", part.what()),
            format!("correct `{key}` under [pairs.\"{path}\"], or delete that"),
        ))
    }
}

impl Part {
    fn key(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Values => "values",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Names => "lists the names",
            Self::Values => "gives the values",
        }
    }
}

/// What a value is as the app sees it, and whether there is a list of them; none where it is not text or bytes, of
/// which it is known how large they are.
fn value_of(ty: &Type) -> Option<(Type, bool)> {
    let (ty, _) = seen(ty).unwrapped();
    let ty = seen(&ty);
    if is_sized(&ty) {
        return Some((ty, false));
    }
    let Type::List(item) = &ty else { return None };
    let item = seen(item);
    is_sized(&item).then_some((item, true))
}

fn seen(ty: &Type) -> Type {
    if let Type::Converted(conversion) = ty { conversion.friendly() } else { ty.clone() }
}

fn is_sized(ty: &Type) -> bool {
    *ty == Type::Primitive(Primitive::String) || *ty == Type::bytes()
}

/// Whether a call can be made again and again with this argument.
fn is_plain(arg: &RawArg<'_>) -> bool {
    match arg {
        RawArg::Given(Arg::Lend(Source::Receiver) | Arg::Param(_)) | RawArg::MaxLen | RawArg::Cursor => true,
        RawArg::Given(
            Arg::Lend(Source::Param(_)) | Arg::Take(_) | Arg::TakeOk(_) | Arg::Options { .. } | Arg::Case { .. },
        )
        | RawArg::Remaining(_)
        | RawArg::ChunkSize => false,
    }
}
