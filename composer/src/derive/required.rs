//! What errors must be able to say beyond what the host says: which ones change, and which cannot.

use std::collections::BTreeSet;

use wit_parser::{InterfaceId, Type as RawType, TypeDefKind, TypeId};

use super::survey::Survey;
use super::{DeriveError, Remedy};
use crate::plan::{AdapterCase, Function, Side, TypePath};

/// The error of functions that have none of their own, in the interface `id`, where the adapter has this to say.
pub(super) fn default_error(
    survey: &Survey<'_>,
    id: InterfaceId,
    path: &str,
    case: AdapterCase,
) -> Result<RawType, DeriveError> {
    let Some((name, error)) = survey.world.default_error() else {
        return Err(DeriveError::shape(
            path,
            format!("it has no error type, but must be able to report {}", saying(case)),
            Remedy::DefaultError,
        ));
    };
    let owner = survey.world.owner(survey.world.definition(error));
    if owner.is_some_and(|owner| owner != id && survey.world.depends_on(owner, id)) {
        return Err(DeriveError::shape(
            path,
            format!(
                "it needs the default error `{name}`, but the interface of that error uses the interface of this function"
            ),
            "name an error of an interface that uses no other one: `default` under [errors]",
        ));
    }
    Ok(RawType::Id(error))
}

/// The default error is there, and can say what it is for.
pub(super) fn check_default(survey: &Survey<'_>) -> Result<(), DeriveError> {
    let Some(name) = &survey.world.usage.rules.errors.default else { return Ok(()) };
    let Some(id) = survey.world.find_type(name) else {
        let mut names = survey.world.all_paths();
        names.retain(|name| survey.world.find_type(name).is_some());
        let line = format!("errors.default = \"{name}\"");
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
pub(super) type Requirement = (TypePath, AdapterCase);

/// The cases that error types must have because the adapter says them.
#[derive(Debug, Default)]
pub(super) struct Required(BTreeSet<Requirement>);

impl Required {
    /// What functions ask of their errors. What an error record must be able to say, its base error must be, too.
    pub fn of(survey: &Survey<'_>, requirements: impl IntoIterator<Item = Requirement>) -> Self {
        let mut required: BTreeSet<_> = requirements.into_iter().collect();
        for error in &survey.errors {
            let Some(shape) = survey.details(*error) else { continue };
            let (path, base) = (survey.type_path(*error), survey.type_path(shape.base));
            for case in AdapterCase::ALL
                .into_iter()
                .filter(|case| required.contains(&(path.clone(), *case)))
                .collect::<Vec<_>>()
            {
                required.insert((base.clone(), case));
            }
        }
        Self(required)
    }

    /// Whether an error must have a case.
    pub fn has(&self, error: &TypePath, case: AdapterCase) -> bool {
        self.0.contains(&(error.clone(), case))
    }
}

impl From<Function> for Outcome {
    fn from(function: Function) -> Self {
        Self { function, required: Vec::new() }
    }
}

/// What an error must have to say a case, if that is anything; refuses one that cannot.
pub(super) fn require(
    survey: &Survey<'_>,
    path: &str,
    error: &RawType,
    case: AdapterCase,
) -> Result<Option<Requirement>, DeriveError> {
    let what = saying(case);
    let refused = |why: &str, advice: &str| {
        Err(DeriveError::shape(path, format!("it must be able to report {what}, but its error {why}"), advice))
    };
    if survey.world.primitive_of(error) == RawType::String {
        return Ok(None);
    }
    let Some(id) = survey.world.named(error).filter(|id| can_say_more(survey, *id)) else {
        return refused(
            "is neither an enum, a variant nor a string",
            "make it one, or leave the function out under [leave-out]",
        );
    };
    let type_path = survey.type_path(id);
    if type_path.side == Side::Raw {
        return refused("belongs to another package", "leave the function out under [leave-out]");
    }
    Ok(Some((type_path, case)))
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
