//! `input-stream`: of a file, or of the host.

use core::cell::RefCell;

use crate::errors::Answer;
use crate::file::Reader;
use crate::open::Opened;
use crate::wasm::Guest;
use crate::wasm::bindings::exports::wasi::io::streams::{self, GuestInputStream, StreamError};
use crate::wasm::bindings::wasi::io::poll::Pollable;
use crate::wasm::bindings::wasi::io::streams::InputStream as HostStream;
use crate::wasm::failure::{of_file, of_host};
use crate::wasm::output::Output;
use crate::wasm::sandbox::{self, Handle};

/// A stream that is read.
pub enum Input {
    /// The host's.
    Host(HostStream),
    /// A file's. The handle is that of the stream.
    File(RefCell<Reader>, #[expect(dead_code, reason = "it is dropped with the stream")] Handle),
}

impl Input {
    /// A stream that reads a file.
    pub fn of_file(opened: Opened, offset: u64) -> Answer<Self> {
        let reader = sandbox::with(|tree| Reader::open(tree, opened, offset))?;
        let handle = Handle::counted(reader.node);
        Ok(Self::File(RefCell::new(reader), handle))
    }
}

impl streams::Guest for Guest {
    type InputStream = Input;
    type OutputStream = Output;
}

/// Reads a file; its end is `closed`, as an empty list would ask the reader to wait.
fn read(reader: &RefCell<Reader>, length: u64) -> Result<Vec<u8>, StreamError> {
    let mut reader = reader.try_borrow_mut().map_err(|_| StreamError::Closed)?;
    sandbox::with(|tree| reader.read(tree, length)).map_err(of_file)?.ok_or(StreamError::Closed)
}

fn skip(reader: &RefCell<Reader>, length: u64) -> Result<u64, StreamError> {
    let mut reader = reader.try_borrow_mut().map_err(|_| StreamError::Closed)?;
    sandbox::with(|tree| reader.skip(tree, length)).map_err(of_file)?.ok_or(StreamError::Closed)
}

impl GuestInputStream for Input {
    fn read(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        match self {
            Self::Host(host) => host.read(length).map_err(of_host),
            Self::File(reader, _) => read(reader, length),
        }
    }

    fn blocking_read(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        match self {
            Self::Host(host) => host.blocking_read(length).map_err(of_host),
            Self::File(reader, _) => read(reader, length),
        }
    }

    fn skip(&self, length: u64) -> Result<u64, StreamError> {
        match self {
            Self::Host(host) => host.skip(length).map_err(of_host),
            Self::File(reader, _) => skip(reader, length),
        }
    }

    fn blocking_skip(&self, length: u64) -> Result<u64, StreamError> {
        match self {
            Self::Host(host) => host.blocking_skip(length).map_err(of_host),
            Self::File(reader, _) => skip(reader, length),
        }
    }

    fn subscribe(&self) -> Pollable {
        match self {
            Self::Host(host) => host.subscribe(),
            Self::File(..) => sandbox::ready(),
        }
    }
}
