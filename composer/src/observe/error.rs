//! Why an app cannot be observed.

use thiserror::Error;
use wasmparser::BinaryReaderError;

use super::select::SelectError;
use crate::app::AppError;
use crate::link::{LinkError, Space};
use crate::rules::RulesError;

/// Why an app cannot be observed.
#[derive(Debug, Error)]
pub enum ObserveError {
    /// The patterns select nothing.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// Nothing is to be done with what is observed.
    #[error("nothing is to be done with what is observed; add --profile, --trace, --hook, --deny, --limit or --fail")]
    NoPurpose,
    /// A policy about functions of the host.
    #[error(
        "{flag} `{pattern}` is about raw functions, which the adapter calls and not the app; name the friendly function, as `composer explain` has it"
    )]
    RawPolicy {
        /// The option.
        flag: &'static str,
        /// Its pattern.
        pattern: String,
    },
    /// A policy about functions that never ask the host.
    #[error(
        "{flag} `{pattern}` is about functions that never ask the host, so there is nothing to refuse; leave it out"
    )]
    NeverAsks {
        /// The option.
        flag: &'static str,
        /// Its pattern.
        pattern: String,
    },
    /// Functions that cannot be answered with an error.
    #[error(
        "{functions}; no option can refuse them, so give it patterns without them, such as those of one resource: `interface.resource.*`"
    )]
    Policy {
        /// Each with the option that is about it, and why not.
        functions: String,
    },
    /// A component that is no hook.
    #[error("`{name}` is no hook: {why}; build it for the world `hook` of `composer:hooks`, which docs/observe.md has")]
    Hook {
        /// Its file's name.
        name: String,
        /// Why not.
        why: String,
    },
    /// More hooks than there are names for parts.
    #[error("{count} hooks are more than the {most} that a component can have; leave some of them out")]
    Hooks {
        /// How many were asked for.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// Values that are never written.
    #[error("--trace-values `{path}` is not possible: the rules say that its values are secret; leave the option out")]
    Secret {
        /// The function.
        path: String,
    },
    /// Values of a function that has no lines.
    #[error("--trace-values `{path}` is of a function that is not observed; select it with --observe, too")]
    NotTraced {
        /// The function.
        path: String,
    },
    /// The rules lack what an option needs.
    #[error(
        "{option} needs functions of the host, and the rules name none; leave it out, or add `{rule}` under [observe] to the rules"
    )]
    NoRule {
        /// The option.
        option: &'static str,
        /// The key of the rules.
        rule: &'static str,
    },
    /// The observer cannot use a function of the host.
    #[error(
        "the observer cannot use `{path}`: it {why}; leave --lines-to and --switch out, or correct [observe] of the rules"
    )]
    Host {
        /// The function.
        path: String,
        /// Why not.
        why: String,
    },
    /// A switch in a store of another kind.
    #[error("--switch `{asked}:…` is in no store that the rules know; write it as `{known}:STORE/KEY`")]
    Switch {
        /// The interface that was asked for.
        asked: String,
        /// That of the rules.
        known: String,
    },
    /// The guests are from before there was an observer.
    #[error("the guests have no observer; build them again with `composer guests`")]
    NoObserver,
    /// The host lacks what the observer needs.
    #[error("the observer needs `{interface}`, which the host does not have; this host cannot run an observed app")]
    Platform {
        /// What it needs.
        interface: String,
    },
    /// A function that is called in a way of its own.
    #[error("`{path}` cannot be observed: the app calls it asynchronously; leave it out with --except '{path}'")]
    Async {
        /// The function.
        path: String,
    },
    /// What the observer imports cannot be encoded. This is a fault of the composer.
    #[error("the imports of the observer cannot be encoded: {message}; please report it with the app")]
    Imports {
        /// What the encoder says.
        message: String,
    },
    /// The rules name what is not there.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The adapter cannot be read.
    #[error(transparent)]
    Adapter(#[from] AppError),
    /// The app cannot be read.
    #[error("the app cannot be observed: {message}; build it again")]
    Unreadable {
        /// What is wrong.
        message: String,
    },
    /// An index that leads nowhere.
    #[error("the app cannot be observed: nothing is {space} {index}; build it again")]
    Dangling {
        /// The index space.
        space: Space,
        /// The index.
        index: u32,
    },
    /// What came out is not valid. This is a fault of the composer.
    #[error("the observed app is not valid: {message}; please report it with the app")]
    Invalid {
        /// What the validator says.
        message: String,
    },
}

impl From<LinkError> for ObserveError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Unreadable { message } | LinkError::Invalid { message } => Self::Unreadable { message },
            LinkError::Dangling { space, index } => Self::Dangling { space, index },
        }
    }
}

impl From<BinaryReaderError> for ObserveError {
    fn from(error: BinaryReaderError) -> Self {
        Self::Unreadable { message: error.to_string() }
    }
}
