//! Errors of streams, and codes as the WIT has them.

use crate::errors::Code;
use crate::wasm::Guest;
use crate::wasm::bindings::exports::wasi::filesystem::types::ErrorCode;
use crate::wasm::bindings::exports::wasi::io::error::{self, Error, GuestError};
use crate::wasm::bindings::exports::wasi::io::streams::StreamError;
use crate::wasm::bindings::wasi::io::{error as host_error, streams as host_streams};

/// Why an operation of a stream failed.
pub enum Failure {
    /// The host says so.
    Host(host_error::Error),
    /// It is a file's stream.
    File(Code),
}

impl error::Guest for Guest {
    type Error = Failure;
}

impl GuestError for Failure {
    fn to_debug_string(&self) -> String {
        match self {
            Self::Host(error) => error.to_debug_string(),
            Self::File(code) => code.text().to_owned(),
        }
    }
}

/// The host's error, as one of this component's.
pub fn of_host(error: host_streams::StreamError) -> StreamError {
    match error {
        host_streams::StreamError::Closed => StreamError::Closed,
        host_streams::StreamError::LastOperationFailed(error) => {
            StreamError::LastOperationFailed(Error::new(Failure::Host(error)))
        }
    }
}

/// The error of a file's stream.
pub fn of_file(code: Code) -> StreamError {
    StreamError::LastOperationFailed(Error::new(Failure::File(code)))
}

/// `filesystem-error-code`: what an error of a file's stream was about.
pub fn code_of(failure: &Failure) -> Option<ErrorCode> {
    match failure {
        Failure::Host(_) => None,
        Failure::File(code) => Some(code_as_wit(*code)),
    }
}

/// A code as the WIT has it.
pub const fn code_as_wit(code: Code) -> ErrorCode {
    match code {
        Code::BadDescriptor => ErrorCode::BadDescriptor,
        Code::Busy => ErrorCode::Busy,
        Code::CrossDevice => ErrorCode::CrossDevice,
        Code::Exist => ErrorCode::Exist,
        Code::Io => ErrorCode::Io,
        Code::Invalid => ErrorCode::Invalid,
        Code::IsDirectory => ErrorCode::IsDirectory,
        Code::NameTooLong => ErrorCode::NameTooLong,
        Code::NoEntry => ErrorCode::NoEntry,
        Code::InsufficientMemory => ErrorCode::InsufficientMemory,
        Code::InsufficientSpace => ErrorCode::InsufficientSpace,
        Code::NotDirectory => ErrorCode::NotDirectory,
        Code::NotEmpty => ErrorCode::NotEmpty,
        Code::Unsupported => ErrorCode::Unsupported,
        Code::NotPermitted => ErrorCode::NotPermitted,
        Code::ReadOnly => ErrorCode::ReadOnly,
    }
}
