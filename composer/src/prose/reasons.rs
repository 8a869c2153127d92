//! When the adapter itself fails, case by case, beside where a handle was used up.

use super::python::snake;
use crate::plan::{AdapterCase, Arg, Body, Call, Function, LIMIT, Paging};

/// The adapter's cases that a function may raise, and after `when` the reason of each.
pub(super) fn of(function: &Function) -> Vec<(AdapterCase, String)> {
    match &function.body {
        Body::Call(call) => too_large(call).into_iter().map(|reason| (AdapterCase::ValueTooLarge, reason)).collect(),
        Body::Direct | Body::NewOptions | Body::SetOption(_) | Body::Share(_) => Vec::new(),
    }
}

fn too_large(call: &Call) -> Option<String> {
    match call.paging {
        Paging::Once => None,
        Paging::Grow | Paging::Pages => Some("the answer is too large to take in".to_owned()),
        Paging::Pieces => {
            let rest = call.args.iter().find_map(|arg| if let Arg::Rest(name) = arg { Some(name) } else { None })?;
            Some(format!("the host takes no more of `{}`", snake(rest)))
        }
        Paging::Chunks => Some(format!("there are more than `{LIMIT}` bytes")),
    }
}
