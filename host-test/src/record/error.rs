//! What can go wrong with a recording.

use thiserror::Error;

/// Why there is no recording.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// It is no composed component.
    #[error("{reason}; give a component that `composer build` or `composer compose` wrote")]
    App {
        /// Why not.
        reason: String,
    },
    /// It has something that a recorder cannot follow.
    #[error("cannot record `{function}`: {reason}; record an app that does not import it")]
    Function {
        /// The raw function.
        function: String,
        /// What it has.
        reason: &'static str,
    },
    /// The recorder does not fit between the app and the host.
    #[error("the recorder does not fit between the app and the host: {reason}; please report it with the app")]
    Recorder {
        /// What the encoder says.
        reason: String,
    },
    /// A line of the recorder that cannot be read.
    #[error("the recorder wrote a line that says nothing: {reason}; please report it with the app")]
    Line {
        /// What is wrong with it.
        reason: String,
    },
    /// The app was not called at all.
    #[error("the host never called the app, so there is nothing to record; look at what the host says")]
    Nothing,
}

impl RecordError {
    /// The recorder does not fit.
    pub(super) fn recorder(error: impl std::fmt::Display) -> Self {
        Self::Recorder { reason: format!("{error:#}").replace('\n', " ") }
    }
}
