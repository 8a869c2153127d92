//! Where lines go: the standard error, or a log endpoint.

use super::host;
use super::line::Line;
use super::single::Single;
use super::tables::Tables;

/// What lines go to.
#[derive(Clone, Copy)]
enum Output {
    Stderr(u32),
    Log(u32),
}

static OUTPUT: Single<Option<Output>> = Single::new(None);

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
    OUTPUT.with(|output| *output.get_or_insert_with(open))
}

fn open() -> Output {
    let name = Tables::get().log.bytes();
    if name.is_empty() { Output::Stderr(host::stderr()) } else { log(name) }
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
