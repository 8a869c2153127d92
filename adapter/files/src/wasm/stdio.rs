//! Standard input, output and error: the host's, as streams of this component.

use crate::wasm::Guest;
use crate::wasm::bindings::exports::wasi::cli::{stderr, stdin, stdout};
use crate::wasm::bindings::exports::wasi::io::streams::{InputStream, OutputStream};
use crate::wasm::bindings::wasi::cli as host;
use crate::wasm::input::Input;
use crate::wasm::output::Output;

impl stdin::Guest for Guest {
    fn get_stdin() -> InputStream {
        InputStream::new(Input::Host(host::stdin::get_stdin()))
    }
}

impl stdout::Guest for Guest {
    fn get_stdout() -> OutputStream {
        OutputStream::new(Output::Host(host::stdout::get_stdout()))
    }
}

impl stderr::Guest for Guest {
    fn get_stderr() -> OutputStream {
        OutputStream::new(Output::Host(host::stderr::get_stderr()))
    }
}
