//! What the adapter itself can say, beside what it passes on.

use alloc::string::String;

/// The handle was used up by an earlier call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumed;

/// The host did not deliver a value within the adapter's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

/// The argument cannot be sent to the host: a bad address, a negative duration, a separator inside an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid;

/// The host's bytes are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotText;

/// The host's value is none that there is a name for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

/// The host did not make another object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreationFailed;

/// Why a handle that is made when it is first needed is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LazyInitError {
    /// It was consumed.
    Consumed(Consumed),
    /// The host did not make it.
    CreationFailed(CreationFailed),
}

impl From<Consumed> for LazyInitError {
    fn from(own: Consumed) -> Self {
        Self::Consumed(own)
    }
}
/// The host had an answer to read, and did not let it be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CannotRead;

/// The host failed, and did not say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

// A world whose errors are strings has no cases: the adapter's own come as text.

impl From<Consumed> for String {
    fn from(_: Consumed) -> Self {
        "already consumed".into()
    }
}

impl From<TooLarge> for String {
    fn from(_: TooLarge) -> Self {
        "value too large".into()
    }
}

impl From<Invalid> for String {
    fn from(_: Invalid) -> Self {
        "invalid argument".into()
    }
}

impl From<NotText> for String {
    fn from(_: NotText) -> Self {
        "not text".into()
    }
}

impl From<Unknown> for String {
    fn from(_: Unknown) -> Self {
        "unknown value".into()
    }
}

impl From<LazyInitError> for String {
    fn from(own: LazyInitError) -> Self {
        match own {
            LazyInitError::Consumed(own) => own.into(),
            LazyInitError::CreationFailed(CreationFailed) => "limit exceeded".into(),
        }
    }
}

impl From<Failed> for String {
    fn from(_: Failed) -> Self {
        "failed".into()
    }
}

impl From<CannotRead> for String {
    fn from(_: CannotRead) -> Self {
        "cannot read".into()
    }
}

/// Why a call that the runtime repeats came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    /// The host said so.
    Host(E),
    /// The adapter gave up.
    TooLarge,
}

impl<E> Failure<E> {
    /// The friendly error, given how the host's is lifted.
    pub fn lift<F: From<TooLarge>>(self, lift: impl FnOnce(E) -> F) -> F {
        match self {
            Self::Host(error) => lift(error),
            Self::TooLarge => TooLarge.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_message() {
        assert_eq!(String::from(Consumed), "already consumed");
        assert_eq!(String::from(TooLarge), "value too large");
        assert_eq!(String::from(Invalid), "invalid argument");
        assert_eq!(String::from(NotText), "not text");
        assert_eq!(String::from(Unknown), "unknown value");
        assert_eq!(String::from(LazyInitError::from(Consumed)), "already consumed");
        assert_eq!(String::from(LazyInitError::CreationFailed(CreationFailed)), "limit exceeded");
        assert_eq!(String::from(CannotRead), "cannot read");
        assert_eq!(String::from(Failed), "failed");
    }
}
