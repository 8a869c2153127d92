//! When the adapter itself fails, case by case, beside where a handle was used up.

use super::python::snake;
use super::text::either;
use crate::plan::{AdapterCase, Arg, Body, Call, Function, LIMIT, Paging, Type};

/// The adapter's cases that a function may raise, and after `when` the reason of each.
pub(super) fn of(function: &Function) -> Vec<(AdapterCase, String)> {
    match &function.body {
        Body::Call(call) => {
            let reads = call.ok.as_ref().is_some_and(|ok| ok.reader().is_some());
            let lifts = call.ok.as_ref().is_some_and(Type::lifts_fallibly);
            let cannot_read = reads.then(|| "the answer cannot be read to its end".to_owned());
            let not_text = lifts.then(|| "the answer is not UTF-8".to_owned());
            let reasons = [
                (AdapterCase::InvalidArgument, invalid(call)),
                (AdapterCase::ValueTooLarge, too_large(call, reads)),
                (AdapterCase::CannotRead, cannot_read),
                (AdapterCase::NotText, not_text),
            ];
            reasons.into_iter().filter_map(|(case, reason)| Some((case, reason?))).collect()
        }
        Body::Direct | Body::NewOptions | Body::SetOption(_) | Body::Share(_) => Vec::new(),
    }
}

/// What the lists of handles must not be.
fn invalid(call: &Call) -> Option<String> {
    let faults = call.checks.iter().map(|check| {
        let empty = check.at_least_one.then_some("is empty");
        let twice = check.distinct.then_some("has an object twice");
        let faults: Vec<_> = empty.into_iter().chain(twice).map(str::to_owned).collect();
        format!("`{}` {}", snake(&check.param), either(&faults, "or"))
    });
    let faults: Vec<_> = faults.collect();
    (!faults.is_empty()).then(|| either(&faults, "or"))
}

fn too_large(call: &Call, reads: bool) -> Option<String> {
    match call.paging {
        Paging::Once if !reads => None,
        Paging::Once | Paging::Grow | Paging::Pages => Some("the answer is too large to take in".to_owned()),
        Paging::Pieces => {
            let rest = call.args.iter().find_map(|arg| if let Arg::Rest(name) = arg { Some(name) } else { None })?;
            Some(format!("the host takes no more of `{}`", snake(rest)))
        }
        Paging::Chunks => Some(format!("there are more than `{LIMIT}` bytes")),
    }
}
