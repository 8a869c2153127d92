//! Answers of any length arrive whole, in at most two raw calls a page; a host that is wrong about lengths, texts or
//! cursors comes to an end soon, with a typed error or what it has.

use composer::plan::{Call, Function, Interface, LIMIT, Operation, Paging, Type};

use super::{Figure, Found, Sweep, at};
use crate::model::answers::{Cursor, Refuses, Sized};
use crate::model::{Friendly, Manner, values};
use crate::script::file::{End, Step};

/// What the adapter asks for first after the largest limit was refused.
const FIRST: usize = 64 << 10;

const LENGTHS: [usize; 6] = [0, 1, FIRST - 1, FIRST, FIRST + 1, 1 << 20];

/// A host that says yes at once, and all in one page.
pub(super) const ONE_SHOT: Sized =
    Sized { length: 0, page: usize::MAX, refuses: Refuses::Never, cursor: Cursor::On, text: true };

/// Answers of every length, from hosts that are right about it.
pub fn honest<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for (function, call) in sized(sweep, interface) {
        for length in LENGTHS {
            let one_shot = step(sweep, interface, function, Sized { length, ..ONE_SHOT })?;
            few(interface, function, &one_shot, call, 1, Sized { length, ..ONE_SHOT })?;
            sweep.figures.add(Figure::Sizes, 1);
            for (refuses, page) in others(call, length) {
                let host = Sized { length, page, refuses, ..ONE_SHOT };
                let step = step(sweep, interface, function, host)?;
                if step.end != one_shot.end {
                    return Err(format!("`{}` differs for {host:?}", function.path(&interface.name)));
                }
                few(interface, function, &step, call, 2, host)?;
                sweep.figures.add(Figure::Sizes, 1);
            }
        }
    }
    Ok(())
}

/// Hosts that give the same answer in another way: refusing the largest limit, or page by page.
fn others(call: &Call, length: usize) -> Vec<(Refuses, usize)> {
    let mut others = vec![(Refuses::Honestly, usize::MAX)];
    if !matches!(call.paging, Paging::Grow { .. }) {
        let pages = [FIRST, 1000].into_iter().filter(|page| length / page <= 100);
        others.extend(pages.flat_map(|page| [(Refuses::Never, page), (Refuses::Honestly, page)]));
    }
    others
}

/// Hosts that are wrong.
pub fn liars<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    let claims = [Refuses::Claiming(0), Refuses::Claiming(u64::MAX), Refuses::Always, Refuses::Vaguely];
    let refusals = claims
        .iter()
        .flat_map(|refuses| [10, FIRST + 1, 5 * FIRST].map(|length| Sized { length, refuses: *refuses, ..ONE_SHOT }));
    let cursors = [Cursor::Stays, Cursor::Back].map(|cursor| Sized { length: 10_000, page: 1000, cursor, ..ONE_SHOT });
    let no_text = [Sized { length: 1000, text: false, ..ONE_SHOT }];
    let hosts: Vec<_> = refusals.chain(cursors).chain(no_text).collect();
    for (function, call) in sized(sweep, interface) {
        for host in &hosts {
            let step = step(sweep, interface, function, *host)?;
            // The largest limit, and six that are bounded.
            few(interface, function, &step, call, 7, *host)?;
            sweep.figures.add(Figure::Liars, 1);
        }
    }
    Ok(())
}

/// The functions that ask for answers of a length that nobody knows.
pub(super) fn sized<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Vec<(&'s Function, &'s Call)> {
    let of = |function: &'s Function| match &function.operation {
        Operation::Call(call) => {
            let reads = call.ok.as_ref().and_then(Type::reader).is_some();
            let asks = match call.paging {
                Paging::Grow { .. } | Paging::Pages { .. } | Paging::ReadAll { .. } => true,
                Paging::Once { .. } | Paging::WriteAll { .. } => reads,
            };
            asks.then_some((function, &**call))
        }
        // Those that it is made of are called by themselves.
        Operation::Pairs(_) => None,
        Operation::Direct
        | Operation::NewOptions
        | Operation::SetOption(_)
        | Operation::Share(_)
        | Operation::Later
        | Operation::Group(_) => None,
    };
    sweep.functions(interface).filter_map(of).collect()
}

/// Calls a function on such a host, and holds the adapter to what comes of it.
pub(super) fn step<'s>(
    sweep: &'s Sweep<'s>,
    interface: &'s Interface,
    function: &'s Function,
    host: Sized,
) -> Result<Step, String> {
    let (mut case, mut call) = sweep.prepared(interface, function, 2)?;
    without_limit(&mut call);
    case.model.host.turn(Manner::Sized(host));
    let step = case.call(&call).clone();
    case.model.host.turn(Manner::Good);
    sweep.hold(&case.finish()).map_err(at(format!("`{}` with {host:?}", function.path(&interface.name))))?;
    Ok(step)
}

/// Takes in as much as there is, where the app says how much that is.
pub(super) fn without_limit(call: &mut Friendly<'_>) {
    if let Some(limit) = call.arguments.get_mut(LIMIT) {
        *limit = values::number(u64::MAX);
    }
}

/// At most so many raw calls a page.
fn few(interface: &Interface, function: &Function, step: &Step, call: &Call, most: usize, host: Sized) -> Found {
    let path = crate::model::written(&call.raw);
    let calls = step.raw.expected.iter().filter(|raw| raw.call.path == path).count();
    let pages = match (&call.paging, &step.end) {
        (Paging::Pages { .. }, End::Value(_)) => host.length.div_ceil((host.page / 100).max(1) * 100).max(1),
        (Paging::Grow { .. } | Paging::Pages { .. }, _) => 1,
        // What is read to its end is asked for until there is no more.
        (Paging::ReadAll { .. } | Paging::Once { .. } | Paging::WriteAll { .. }, _) => {
            host.length.div_ceil(host.page.min(FIRST)) + 1
        }
    };
    if calls <= most * pages {
        return Ok(());
    }
    let path = function.path(&interface.name);
    Err(format!("`{path}` made {calls} raw calls for {pages} pages, with {host:?}; at most {most} a page are needed"))
}
