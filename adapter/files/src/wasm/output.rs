//! `output-stream`: of a file, or of the host.

use core::cell::RefCell;

use crate::errors::{Answer, Code};
use crate::file::{Position, READ_MAX, Writer};
use crate::open::Opened;
use crate::tmp::Time;
use crate::tree::Tree;
use crate::wasm::bindings::exports::wasi::io::streams::{
    GuestInputStream, GuestOutputStream, InputStreamBorrow, StreamError,
};
use crate::wasm::bindings::wasi::io::poll::Pollable;
use crate::wasm::bindings::wasi::io::streams::OutputStream as HostStream;
use crate::wasm::failure::{of_file, of_host};
use crate::wasm::input::Input;
use crate::wasm::sandbox::{self, Handle};

/// How many bytes `check-write` of a file's stream permits: a raw write of Python is one call, and takes no more.
const PERMITTED: u64 = 4 << 20;
/// How many bytes `blocking-write-and-flush` and `blocking-write-zeroes-and-flush` take at most, says their WIT.
const BLOCKING_MAX: u64 = 4096;

/// A stream that is written.
pub enum Output {
    /// The host's.
    Host(HostStream),
    /// A file's. The handle is that of the stream.
    File(RefCell<Writer>, #[expect(dead_code, reason = "it is dropped with the stream")] Handle),
}

impl Output {
    /// A stream that writes a file.
    pub fn of_file(opened: Opened, position: Position) -> Answer<Self> {
        let writer = sandbox::with(|tree| Writer::open(tree, opened, position))?;
        let handle = Handle::counted(writer.node());
        Ok(Self::File(RefCell::new(writer), handle))
    }
}

/// Works with the writer of a file. A stream of a file goes on after an error, as a descriptor of POSIX does.
fn write(
    writer: &RefCell<Writer>,
    work: impl FnOnce(&mut Writer, &mut Tree<'static>, Time) -> Answer<()>,
) -> Result<(), StreamError> {
    let mut writer = writer.try_borrow_mut().map_err(|_| of_file(Code::Io))?;
    sandbox::change(|tree, now| work(&mut writer, tree, now)).map_err(of_file)
}

impl GuestOutputStream for Output {
    fn check_write(&self) -> Result<u64, StreamError> {
        match self {
            Self::Host(host) => host.check_write().map_err(of_host),
            Self::File(..) => Ok(PERMITTED),
        }
    }

    fn write(&self, bytes: Vec<u8>) -> Result<(), StreamError> {
        match self {
            Self::Host(host) => host.write(&bytes).map_err(of_host),
            Self::File(writer, _) => write(writer, |writer, tree, now| writer.write(tree, &bytes, now)),
        }
    }

    fn blocking_write_and_flush(&self, bytes: Vec<u8>) -> Result<(), StreamError> {
        match self {
            Self::Host(host) => host.blocking_write_and_flush(&bytes).map_err(of_host),
            Self::File(..) => self.write(bytes),
        }
    }

    fn flush(&self) -> Result<(), StreamError> {
        match self {
            Self::Host(host) => host.flush().map_err(of_host),
            Self::File(..) => Ok(()),
        }
    }

    fn blocking_flush(&self) -> Result<(), StreamError> {
        match self {
            Self::Host(host) => host.blocking_flush().map_err(of_host),
            Self::File(..) => Ok(()),
        }
    }

    fn subscribe(&self) -> Pollable {
        match self {
            Self::Host(host) => host.subscribe(),
            Self::File(..) => sandbox::ready(),
        }
    }

    fn write_zeroes(&self, length: u64) -> Result<(), StreamError> {
        match self {
            Self::Host(host) => host.write_zeroes(length).map_err(of_host),
            Self::File(writer, _) => write(writer, |writer, tree, now| writer.write_zeros(tree, length, now)),
        }
    }

    fn blocking_write_zeroes_and_flush(&self, length: u64) -> Result<(), StreamError> {
        match self {
            Self::Host(host) => host.blocking_write_zeroes_and_flush(length).map_err(of_host),
            Self::File(..) => self.write_zeroes(length),
        }
    }

    fn splice(&self, source: InputStreamBorrow<'_>, length: u64) -> Result<u64, StreamError> {
        let source: &Input = source.get();
        if let (Self::Host(host), Input::Host(source)) = (self, source) {
            return host.splice(source, length).map_err(of_host);
        }
        let permitted = self.check_write()?;
        let bytes = source.read(length.min(permitted).min(READ_MAX))?;
        let moved = bytes.len() as u64;
        self.write(bytes)?;
        Ok(moved)
    }

    fn blocking_splice(&self, source: InputStreamBorrow<'_>, length: u64) -> Result<u64, StreamError> {
        let source: &Input = source.get();
        if let (Self::Host(host), Input::Host(source)) = (self, source) {
            return host.blocking_splice(source, length).map_err(of_host);
        }
        let bytes = source.blocking_read(length.min(BLOCKING_MAX))?;
        let moved = bytes.len() as u64;
        self.blocking_write_and_flush(bytes)?;
        Ok(moved)
    }
}
