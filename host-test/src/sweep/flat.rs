//! No memory is lost: after a hundred thousand calls of each kind the adapter has as much as after a few.

use std::collections::BTreeSet;

use composer::plan::{Arg, Call, Function, Interface, Kind, Operation, Paging, RawArg};

use super::{Figure, Found, Sweep, at};
use crate::script::Memory;

/// How often each kind is called.
pub const TIMES: usize = 100_000;

/// After so many calls all that is kept for good is there.
const WARM: usize = 1000;

/// Calls one function of each kind again and again, each time with all that it takes and everything dropped.
pub fn memory<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface, function: &'s Function) -> Found {
    let (mut case, call) = sweep.prepared(interface, function, 4)?;
    case.call(&call);
    let path = function.path(&interface.name);
    let session = sweep.host.start(Memory::default()).map_err(|error| error.to_string())?;
    let had = session.repeat(&case.finish(), TIMES).map_err(|error| error.to_string()).map_err(at(path.clone()))?;
    let (warm, last) = (had.get(WARM).copied().unwrap_or_default(), had.last().copied().unwrap_or_default());
    sweep.figures.add(Figure::Flat, had.len());
    sweep.figures.add(Figure::Bytes, last - warm);
    if last > warm {
        let lost = last - warm;
        return Err(format!("`{path}` lost {lost} bytes in {TIMES} calls: it had {warm} after {WARM} of them"));
    }
    Ok(())
}

/// One function of each kind that was not seen before: of those that the glue makes alike, the first.
pub fn kinds<'s>(sweep: &'s Sweep<'s>, seen: &mut BTreeSet<String>) -> Vec<(&'s Interface, &'s Function)> {
    let mut kinds: Vec<_> = sweep.subject.functions().collect();
    kinds.retain(|(_, function)| seen.insert(kind(function)));
    kinds
}

/// What sort of function it is: of the parts that the glue is made of, which it has.
fn kind(function: &Function) -> String {
    let body = match &function.operation {
        Operation::Direct => "direct".to_owned(),
        Operation::NewOptions => "new options".to_owned(),
        Operation::SetOption(_) => "set an option".to_owned(),
        Operation::Share(_) => "share".to_owned(),
        Operation::Later => "later".to_owned(),
        Operation::Group(group) => format!("group {}", group.of.is_some()),
        Operation::Pairs(pairs) => format!("pairs {} {}", paging(&pairs.values), pairs.several),
        Operation::Call(call) => self::call(call),
    };
    let receiver = match function.kind {
        Kind::Freestanding => "function",
        Kind::Method(_) => "method",
        Kind::Static(_) => "static function",
        Kind::Constructor(_) => "constructor",
    };
    format!("{receiver} {body}")
}

/// How often the host is called, wherever the arguments for that are.
fn paging(call: &Call) -> &'static str {
    match call.paging {
        Paging::Once { .. } => "once",
        Paging::Grow { .. } => "grow",
        Paging::Pages { .. } => "pages",
        Paging::WriteAll { .. } => "write-all",
        Paging::ReadAll { .. } => "read-all",
    }
}

fn call(call: &Call) -> String {
    let what = |arg: &RawArg<'_>| match arg {
        RawArg::Given(Arg::Lend(_)) => "lend",
        RawArg::Given(Arg::Take(_)) => "take",
        RawArg::Given(Arg::TakeOk(_)) => "take-ok",
        RawArg::Given(Arg::Param(_)) => "param",
        RawArg::Given(Arg::Options { .. }) => "options",
        RawArg::Given(Arg::Case { .. }) => "case",
        RawArg::MaxLen => "limit",
        RawArg::Cursor => "cursor",
        RawArg::Remaining(_) => "remaining",
        RawArg::ChunkSize => "chunk",
    };
    let args: BTreeSet<_> = call.raw_args().iter().map(what).collect();
    let reads = call.ok.as_ref().is_some_and(|ok| ok.reader().is_some());
    format!("{} {args:?} {reads} {}", paging(call), call.remember)
}
