//! What can be wrong with a script, and what can go otherwise than it says.

use std::path::PathBuf;

use thiserror::Error;

/// A value that is not what its place in the world wants.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{value}` is no {wanted}")]
pub struct Misfit {
    /// The value as it was written.
    pub value: String,
    /// What would be one.
    pub wanted: String,
}

/// The script, and which line of it.
fn script(line: Option<usize>) -> String {
    line.map_or_else(|| "the script".to_owned(), |line| format!("line {line} of the script"))
}

/// Why a script is not played to its end.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// A file of the script cannot be read.
    #[error("cannot read {}: {source}; correct the path", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The script is no TOML, or has lines that a script does not have.
    #[error("the script is not one: {message}; correct that line")]
    Toml {
        /// What the parser says.
        message: String,
    },
    /// A text is no WAVE.
    #[error("cannot read `{text}`: {message} at character {at}; write it as WAVE, with `_` for what does not matter")]
    Wave {
        /// The text.
        text: String,
        /// What is wrong.
        message: &'static str,
        /// Where, counted from 1.
        at: usize,
    },
    /// A line both answers and traps, or neither where it must.
    #[error("{at}: {message}; keep one of them")]
    Both {
        /// Which line.
        at: String,
        /// What it has two of.
        message: &'static str,
    },
    /// A function that the component does not have.
    #[error("the script names {what} `{path}`, which the component does not have; {advice}")]
    Unknown {
        /// What kind of function: of the host, or exported.
        what: &'static str,
        /// Its path as it was written.
        path: String,
        /// What there is instead.
        advice: String,
    },
    /// A value of the script is not of the type that its place has.
    #[error("{at}: {misfit}; correct the script")]
    Value {
        /// Where it is.
        at: String,
        /// What is wrong with it.
        misfit: Misfit,
    },
    /// As many values as there are not.
    #[error("{at}: `{path}` takes {takes}, and the script writes {written}; correct the script")]
    Count {
        /// Where it is.
        at: String,
        /// The function.
        path: String,
        /// How many values it takes.
        takes: usize,
        /// How many are written.
        written: usize,
    },
    /// A raw call with another argument.
    #[error(
        "{at}: argument `{parameter}` of raw call `{call}` is {got}, where {} expects {expected}; correct what makes the \
         call, or the script", script(*line)
    )]
    Argument {
        /// Where the script is.
        at: String,
        /// The parameter.
        parameter: Box<str>,
        /// What came.
        got: Box<str>,
        /// What was written.
        expected: String,
        /// The whole call.
        call: String,
        /// The line of the script.
        line: Option<usize>,
    },
    /// A raw call of another function.
    #[error(
        "{at}: raw call `{call}` came, where {} expects `{expected}`; correct what makes the call, or the script",
        script(*line)
    )]
    Other {
        /// Where the script is.
        at: String,
        /// The call that came.
        call: String,
        /// What was written.
        expected: String,
        /// The line of the script.
        line: Option<usize>,
    },
    /// A raw call that the script does not have.
    #[error("{at}: raw call `{call}` came, where the script expects none; take it away, or add it to the script")]
    Surplus {
        /// Where the script is.
        at: String,
        /// The call that came.
        call: String,
    },
    /// Raw calls that did not come.
    #[error(
        "{at}: raw call `{expected}` of {} never came ({left} more of it expected); make it, or take it out of the script",
        script(*line)
    )]
    Missing {
        /// Where the script is.
        at: String,
        /// What was written.
        expected: String,
        /// How often it was still to come.
        left: u64,
        /// The line of the script.
        line: Option<usize>,
    },
    /// An exported function that returned something else.
    #[error("{at}: returned {got}, where the script expects {expected}; correct the component, or the script")]
    Returned {
        /// Where the script is.
        at: String,
        /// What came.
        got: String,
        /// What was written.
        expected: String,
    },
    /// A trap that nobody expected.
    #[error(
        "{at}: trapped with `{message}`, where the script expects an answer; correct the component, or expect `trap`"
    )]
    Trapped {
        /// Where the script is.
        at: String,
        /// What the trap says.
        message: String,
    },
    /// A trap that did not come, or another one.
    #[error("{at}: {got}, where the script expects a trap with `{expected}`; correct the component, or the script")]
    NoTrap {
        /// Where the script is.
        at: String,
        /// What came.
        got: String,
        /// What was written.
        expected: String,
    },
    /// A call that the engine should not have let in, or not so.
    #[error(
        "{at}: {got}, where the engine should refuse the call with `{expected}`; correct the engine, or the script"
    )]
    NotRefused {
        /// Where the script is.
        at: String,
        /// What came.
        got: String,
        /// What was written.
        expected: String,
    },
    /// A call after the component trapped.
    #[error("{at}: the component has trapped before and cannot be called; end the script with the trap")]
    AfterTrap {
        /// Where the script is.
        at: String,
    },
    /// A call that waited longer than it may.
    #[error(
        "{at}: took {took} ms of the script's clock, where it may take {within} ms; correct the component, or `within`"
    )]
    Late {
        /// Where the script is.
        at: String,
        /// How long it took.
        took: u64,
        /// How long it may take.
        within: u64,
    },
    /// A component that a scripted host cannot serve.
    #[error("cannot run the component: {message}; a scripted host serves functions and resources")]
    Component {
        /// What is wrong with it.
        message: String,
    },
}
