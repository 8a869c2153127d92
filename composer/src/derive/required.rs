//! What errors must be able to say beyond what the host says: which ones change, and which cannot.

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{InterfaceId, Type as RawType, TypeDefKind, TypeId};

use super::survey::Survey;
use super::{DeriveError, Refused, Remedy, mapping};
use crate::plan::{AdapterCase, Function, Side, Type, TypePath};
use crate::rules::NEW_ERROR;

/// Where a function stands whose error must be able to say more than the host says.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'p> {
    /// The raw interface of the function.
    pub id: InterfaceId,
    /// Its raw path.
    pub path: &'p str,
    /// The friendly interface that it is in.
    pub interface: &'p str,
}

/// What a function fails with, and what its error must be able to say for it.
pub(super) type Fails = (Type, Vec<Requirement>);

/// The friendly error of a function of which the adapter has these cases to say: its own, or the default error where it has
/// none. An error that can have no more cases is carried by one that the composer makes.
pub(super) fn fails(
    survey: &Survey<'_>,
    at: At<'_>,
    raw: Option<&RawType>,
    cases: &[AdapterCase],
) -> Result<Fails, DeriveError> {
    let Some(first) = cases.first() else {
        let error = raw.map(|raw| mapping::map(survey, at.path, raw)).transpose()?;
        return error.map(|error| (error, Vec::new())).ok_or_else(|| no_error(at.path, None));
    };
    let new = |name: String, reports: Option<Type>| {
        let error = TypePath::friendly(at.interface, &name);
        let made = Some(Made { reports });
        let required = cases.iter().map(|case| Requirement { error: error.clone(), case: *case, made: made.clone() });
        Ok((Type::Named(error.clone()), required.collect()))
    };
    let raw = match raw {
        Some(raw) => *raw,
        None => match survey.world.usage.default_error(&survey.world.interface_name(at.id)) {
            Some(name) if name == NEW_ERROR => return new("failure".to_owned(), None),
            Some(name) => default_error(survey, at, name, *first)?,
            None => return Err(no_error(at.path, Some(*first))),
        },
    };
    let error = mapping::map(survey, at.path, &raw)?;
    if survey.world.primitive_of(&raw) == RawType::String {
        return Ok((error, Vec::new()));
    }
    let own = survey.world.named(&raw).filter(|id| can_say_more(survey, *id)).map(|id| survey.type_path(id));
    match own.filter(|path| path.side == Side::Friendly) {
        Some(path) => {
            let required = cases.iter().map(|case| Requirement { error: path.clone(), case: *case, made: None });
            Ok((error, required.collect()))
        }
        None => new(format!("{}-failure", named_after(survey, at, &raw)), Some(error)),
    }
}

/// What the error is called after that carries a raw one: after that, as the function's interface calls it, or after the
/// function where it has no name.
fn named_after(survey: &Survey<'_>, at: At<'_>, raw: &RawType) -> String {
    let world = &survey.world;
    let own = if let RawType::Id(id) = raw { world.type_def(*id).name.as_ref() } else { None };
    let resource = || world.type_def(world.handle_of(raw)?).name.as_ref();
    let of_function = || at.path.split('.').skip(1).collect::<Vec<_>>().join("-");
    let name = own.or_else(resource).cloned().unwrap_or_else(of_function);
    // Where it has moved, another interface may have the same name for another error.
    let interface = world.interface_name(at.id);
    if interface == at.interface { name } else { format!("{interface}-{name}") }
}

/// The error of functions that have none of their own, where the adapter has this to say.
fn default_error(survey: &Survey<'_>, at: At<'_>, name: &str, case: AdapterCase) -> Result<RawType, DeriveError> {
    let Some(error) = survey.world.find_type(name) else { return Err(no_error(at.path, Some(case))) };
    let owner = survey.world.owner(survey.world.definition(error));
    if owner.is_some_and(|owner| owner != at.id && survey.world.depends_on(owner, at.id)) {
        return Err(DeriveError::shape(
            at.path,
            format!(
                "it needs the default error `{name}`, but the interface of that error uses the interface of this function"
            ),
            "name an error of an interface that uses no other one as `default` under [errors], or write `default = \"new\"`, by which the composer makes one",
        ));
    }
    Ok(RawType::Id(error))
}

fn no_error(path: &str, case: Option<AdapterCase>) -> DeriveError {
    let what = case.map_or("why it fails", saying);
    DeriveError::shape(path, format!("it has no error type, but must be able to report {what}"), Remedy::DefaultError)
}

/// The default errors are there, and can say what they are for.
pub(super) fn check_defaults(survey: &Survey<'_>) -> Vec<DeriveError> {
    let errors = &survey.world.usage.rules.errors;
    let of_interfaces =
        errors.interfaces.iter().map(|(interface, name)| (format!("errors.interfaces.{interface}"), name));
    let lines = errors.default.iter().map(|name| ("errors.default".to_owned(), name)).chain(of_interfaces);
    lines
        .filter(|(_, name)| *name != NEW_ERROR)
        .filter_map(|(key, name)| check_default(survey, &key, name).err())
        .collect()
}

fn check_default(survey: &Survey<'_>, key: &str, name: &str) -> Result<(), DeriveError> {
    let Some(id) = survey.world.find_type(name) else {
        let mut names = survey.world.all_paths();
        names.retain(|name| survey.world.find_type(name).is_some());
        let line = format!("{key} = \"{name}\"");
        return Err(survey.world.usage.no_match(line, name, &survey.world.package_name(), &names).into());
    };
    let id = survey.world.definition(id);
    if matches!(survey.world.type_def(id).kind, TypeDefKind::Enum(_) | TypeDefKind::Variant(_)) {
        return Ok(());
    }
    Err(DeriveError::shape(
        name,
        "it is the default error, but is neither an enum nor a variant",
        "name another type in `default` under [errors]",
    ))
}

/// A friendly function, and what its error must be able to say.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub function: Function,
    pub required: Vec<Requirement>,
}

/// A friendly error type, and a case that it must have.
#[derive(Debug, Clone)]
pub(super) struct Requirement {
    /// The error.
    pub error: TypePath,
    /// The case.
    pub case: AdapterCase,
    /// What it is besides, where the raw world has no such error.
    pub made: Option<Made>,
}

/// An error that only the friendly world has.
#[derive(Debug, Clone)]
pub(super) struct Made {
    /// The error of the host that it carries; none where it stands for errors that there are not.
    pub reports: Option<Type>,
}

/// The cases that error types must have because the adapter says them.
#[derive(Debug, Default)]
pub(super) struct Required {
    cases: BTreeSet<(TypePath, AdapterCase)>,
    made: BTreeMap<TypePath, Made>,
}

impl Required {
    /// What functions ask of their errors. What an error record must be able to say, its base error must be, too.
    pub fn of(survey: &Survey<'_>, requirements: impl IntoIterator<Item = Requirement>, refused: &mut Refused) -> Self {
        let mut required = Self::default();
        for Requirement { error, case, made } in requirements {
            if let Some(made) = made {
                let there = required.made.entry(error.clone()).or_insert_with(|| made.clone());
                let is_same = there.reports == made.reports;
                refused.note(if is_same { Ok(()) } else { Err(two_errors(&error)) });
            }
            required.cases.insert((error, case));
        }
        for error in &survey.errors {
            let Some(shape) = survey.details(*error) else { continue };
            let (path, base) = (survey.type_path(*error), survey.type_path(shape.base));
            let of_base = AdapterCase::ALL.into_iter().filter(|case| required.has(&path, *case));
            let of_base: Vec<_> = of_base.map(|case| (base.clone(), case)).collect();
            required.cases.extend(of_base);
        }
        required
    }

    /// The errors of a friendly interface that the raw world does not have.
    pub fn made_for(&self, interface: &str) -> impl Iterator<Item = (&TypePath, &Made)> {
        self.made.iter().filter(move |(path, _)| path.interface == interface)
    }

    /// Whether an error must have a case.
    pub fn has(&self, error: &TypePath, case: AdapterCase) -> bool {
        self.cases.contains(&(error.clone(), case))
    }
}

fn two_errors(error: &TypePath) -> DeriveError {
    DeriveError::shape(
        format!("{}.{}", error.interface, error.name),
        "two errors of the host would be carried by one of this name",
        "give one of them another name in the WIT, or leave out the functions that fail with it under [leave-out]",
    )
}

impl From<Function> for Outcome {
    fn from(function: Function) -> Self {
        Self { function, required: Vec::new() }
    }
}

/// What an error says with a case of the adapter.
fn saying(case: AdapterCase) -> &'static str {
    match case {
        AdapterCase::AlreadyConsumed => "that a handle was consumed",
        AdapterCase::ValueTooLarge => "that a value is too large",
        AdapterCase::InvalidArgument => "that an argument is not what it should be",
        AdapterCase::UnknownValue => "that a value has no name",
        AdapterCase::LimitExceeded => "that there are no more objects of a kind",
        AdapterCase::NotText => "that a value is not text",
        AdapterCase::CannotRead => "that its answer cannot be read",
        AdapterCase::Failed => "that the host failed",
    }
}

/// Whether cases can be added to an error.
fn can_say_more(survey: &Survey<'_>, id: TypeId) -> bool {
    matches!(survey.world.type_def(id).kind, TypeDefKind::Enum(_) | TypeDefKind::Variant(_))
        || survey.details(id).is_some()
}
