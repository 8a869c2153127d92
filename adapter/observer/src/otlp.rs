//! Calls and requests as spans of OpenTelemetry: a line of JSON each, which is a whole export request.
//!
//! What the fields are called is from `opentelemetry/proto/trace/v1/trace.proto`, and how numbers and ids are written from
//! "JSON Protobuf Encoding" of the OTLP specification 1.x: ids as hexadecimal digits, numbers of 64 bits as texts.

use super::line::Line;
use super::state::{Call, State};
use super::tables::{Function, Tables};
use super::{chance, host, output, values};

/// The kinds of spans: a request is served, and a call asks somebody else.
const SERVER: u64 = 2;
const CLIENT: u64 = 3;

/// A status that says that something failed.
const FAILED: u64 = 2;

/// What the spans of a request share.
#[derive(Clone, Copy)]
pub struct Trace {
    pub high: u64,
    pub low: u64,
    /// The span of the request.
    pub root: u64,
    /// The time of day in nanoseconds since 1970, where the observer's clock is at zero.
    pub epoch: u64,
    /// What the ids of other spans are drawn from.
    pub chance: u64,
}

impl Trace {
    pub const NONE: Self = Self { high: 0, low: 0, root: 0, epoch: 0, chance: 0 };

    /// Begins one, at this time of the observer's clock.
    pub fn begin(now: u64) -> Self {
        let [high, low, chance] = [(); 3].map(|()| host::random());
        let mut trace = Self { high, low, root: 0, epoch: host::wall().wrapping_sub(now), chance };
        trace.root = trace.span();
        trace
    }

    /// The id of another span; 0 is none.
    fn span(&mut self) -> u64 {
        chance::next(&mut self.chance).max(1)
    }
}

/// Writes the span of a call.
pub fn call(state: &mut State, function: &Function, call: &Call) {
    let span = state.trace.span();
    let trace = state.trace;
    let mut line = Line::new(Tables::get().line());
    begin(&mut line, &trace, span, trace.root, function.name.bytes(), CLIENT);
    times(&mut line, &trace, call.start, call.end.max(call.start));
    line.text(b",\"attributes\":[");
    attribute(&mut line, b"request", state.current());
    line.text(b",");
    attribute(&mut line, b"sequence", state.calls);
    line.text(b",");
    attribute(&mut line, b"bytes_in", u64::from(call.bytes_in));
    line.text(b",");
    attribute(&mut line, b"bytes_out", u64::from(call.bytes_out));
    values::take(|arguments, answer| {
        for (name, value) in [(b"arguments".as_slice(), arguments), (b"answer", answer)] {
            line.text(b",{\"key\":\"").text(name).text(b"\",\"value\":{\"stringValue\":").quoted(value).text(b"}}");
        }
    });
    line.text(b"]");
    let error = usize::try_from(call.case).ok().and_then(|case| function.errors().get(case));
    if let Some(error) = error {
        line.text(b",\"status\":{\"code\":").number(FAILED).text(b",\"message\":").quoted(error.bytes()).text(b"}");
    }
    end(&mut line);
}

/// Writes the span of a request.
pub fn request(state: &State, total: u64) {
    let trace = state.trace;
    let mut line = Line::new(Tables::get().line());
    begin(&mut line, &trace, trace.root, 0, b"request", SERVER);
    times(&mut line, &trace, state.began, state.began.saturating_add(total));
    line.text(b",\"attributes\":[");
    attribute(&mut line, b"request", state.current());
    line.text(b",");
    attribute(&mut line, b"calls", state.calls);
    line.text(b"]");
    end(&mut line);
}

fn begin(line: &mut Line<'_>, trace: &Trace, span: u64, parent: u64, name: &[u8], kind: u64) {
    line.text(
        b"{\"resourceSpans\":[{\"resource\":{},\"scopeSpans\":[{\"scope\":{\"name\":\"composer:observer\"},\"spans\":[",
    );
    line.text(b"{\"traceId\":\"").hex(trace.high).hex(trace.low).text(b"\",\"spanId\":\"").hex(span);
    if parent != 0 {
        line.text(b"\",\"parentSpanId\":\"").hex(parent);
    }
    line.text(b"\",\"name\":").quoted(name).text(b",\"kind\":").number(kind);
}

fn times(line: &mut Line<'_>, trace: &Trace, start: u64, end: u64) {
    for (name, time) in [(b"startTimeUnixNano".as_slice(), start), (b"endTimeUnixNano", end)] {
        line.text(b",\"").text(name).text(b"\":\"").number(trace.epoch.wrapping_add(time)).text(b"\"");
    }
}

fn attribute(line: &mut Line<'_>, name: &[u8], number: u64) {
    line.text(b"{\"key\":\"").text(name).text(b"\",\"value\":{\"intValue\":\"").number(number).text(b"\"}}");
}

fn end(line: &mut Line<'_>) {
    line.text(b"}]}]}]}");
    output::write(line);
}
