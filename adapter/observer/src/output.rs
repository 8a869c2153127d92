//! Where lines go: the standard error, or a log endpoint.

use core::cell::Cell;

use super::host;
use super::line::Line;
use super::tables::Tables;

/// What lines go to.
#[derive(Clone, Copy)]
enum Output {
    Stderr(u32),
    Log(u32),
}

struct Single(Cell<Option<Output>>);

// SAFETY: a sandbox has one thread.
unsafe impl Sync for Single {}

static OUTPUT: Single = Single(Cell::new(None));

/// Writes a line. A log endpoint ends it by itself.
pub fn write(line: &mut Line<'_>) {
    match output() {
        Output::Log(endpoint) => host::log_write(endpoint, line.bytes()),
        Output::Stderr(stream) => {
            line.text(b"\n");
            host::stderr_write(stream, line.bytes());
        }
    }
}

fn output() -> Output {
    if let Some(output) = OUTPUT.0.get() {
        return output;
    }
    let name = Tables::get().log.bytes();
    let output = if name.is_empty() { Output::Stderr(host::stderr()) } else { log(name) };
    OUTPUT.0.set(Some(output));
    output
}

/// The log endpoint; the standard error, with a line that says so, where it cannot be opened.
fn log(name: &[u8]) -> Output {
    if let Some(endpoint) = host::log_open(name) {
        return Output::Log(endpoint);
    }
    let stream = host::stderr();
    let mut room = [0; 512];
    let mut line = Line::new(&mut room);
    line.text(
        b"{\"kind\":\"problem\",\"message\":\"the log endpoint cannot be opened, so the lines are here\",\"endpoint\":",
    );
    line.quoted(name).text(b"}\n");
    host::stderr_write(stream, line.bytes());
    Output::Stderr(stream)
}
