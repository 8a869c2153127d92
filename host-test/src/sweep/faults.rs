//! A host that traps in the middle of a call, and answers that are longer than there is room for: the call ends,
//! says what happened, and nothing hangs.

use composer::plan::{Call, Function, Interface, Paging, Primitive, Type};

use super::sizes::{ONE_SHOT, sized, step, without_limit};
use super::{Figure, Found, Sweep, at};
use crate::model::answers::{Refuses, Sized};
use crate::model::{Deed, Manner};
use crate::script::file::End;
use crate::script::{Memory, ScriptError};

/// Has the host trap in each raw call of each function of an interface.
pub fn traps<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for function in sweep.functions(interface) {
        for number in 0.. {
            let (mut case, call) = sweep.prepared(interface, function, 1)?;
            case.model.host.turn(Manner::But(number, Deed::Trap));
            let step = case.call(&call);
            if !matches!(step.end, End::Trap(_)) {
                // All its raw calls have had their turn.
                break;
            }
            sweep.play(&case.stop()).map_err(at(format!("`{}`, raw call {number}", function.path(&interface.name))))?;
            sweep.figures.add(Figure::Traps, 1);
        }
    }
    Ok(())
}

/// What a component says that has no room for what the host answers.
const NO_MEMORY: &str = "out of memory";

/// How much memory a component gets beyond what it starts with, in bytes.
const ROOM: usize = 256 << 10;

/// How many bytes a host gives at a time that gives little, which there is always memory for.
const LITTLE: usize = 4 << 10;

/// Has the host answer with more than there is memory for: that is a trap that says so, or a typed error. What comes
/// little by little, and is gathered, is always a typed error: it is the adapter that has no room for it.
pub fn exhausted<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for (function, call) in sized(sweep, interface) {
        exhaust(sweep, interface, function, usize::MAX)?;
        let is_gathered = match call.paging {
            Paging::ReadAll { .. } => true,
            Paging::Once { .. } | Paging::WriteAll { .. } => call.ok.as_ref().and_then(Type::reader).is_some(),
            Paging::Grow { .. } | Paging::Pages { .. } => false,
        };
        if is_gathered {
            exhaust(sweep, interface, function, LITTLE)?;
        }
    }
    Ok(())
}

/// Has the host answer with more than there is memory for, so many bytes at a time.
fn exhaust<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface, function: &'s Function, page: usize) -> Found {
    let start = sweep.host.start(Memory::default()).map_err(|error| error.to_string())?;
    let (mut case, mut call) = sweep.prepared(interface, function, 2)?;
    without_limit(&mut call);
    case.model.host.turn(Manner::Sized(Sized { length: 4 * ROOM, page, ..ONE_SHOT }));
    case.call(&call);
    let memory = Memory { most: start.memory() + ROOM, ..Memory::default() };
    let session = sweep.host.start(memory).map_err(|error| error.to_string())?;
    let outcome = session.play(&case.stop());
    let says = match &outcome.result {
        Err(ScriptError::Trapped { message, .. }) => page > LITTLE && message.contains(NO_MEMORY),
        Err(ScriptError::Returned { got, .. }) => got == "err(value-too-large)",
        Err(_) | Ok(()) => false,
    };
    if !says {
        let path = function.path(&interface.name);
        return Err(format!("`{path}`, {page} bytes a call: {:?}\n\n{}", outcome.result, outcome.transcript));
    }
    sweep.figures.add(Figure::Exhausted, 1);
    Ok(())
}

/// The longest answers that are taken in, and longer ones: one function that is given all at once, and one that
/// reads. The engine handles each byte of a list by itself, so that more would take long.
pub fn longest<'s>(sweep: &'s Sweep<'s>) -> Found {
    let all = sweep.interfaces().into_iter().flat_map(|interface| {
        sized(sweep, interface).into_iter().map(move |(function, call)| (interface, function, call))
    });
    let is_text = |call: &Call| {
        let ok = call.ok.as_ref().map(|ok| ok.clone().unwrapped().0);
        matches!(ok, Some(Type::Primitive(Primitive::String)))
    };
    let is_wanted = |call: &Call, at_once: bool| match call.paging {
        Paging::Grow { .. } => at_once && is_text(call),
        Paging::ReadAll { .. } => !at_once && !is_text(call),
        Paging::Once { .. } | Paging::Pages { .. } | Paging::WriteAll { .. } => false,
    };
    // Of each sort, one.
    let mut wanted = vec![true, false];
    for (interface, function, call) in all {
        let Some(place) = wanted.iter().position(|at_once| is_wanted(call, *at_once)) else { continue };
        let at_once = wanted.remove(place);
        let lengths = if at_once { vec![MOST, MOST + 1] } else { vec![MANY] };
        for length in lengths {
            step(sweep, interface, function, Sized { length, refuses: Refuses::Honestly, ..ONE_SHOT })?;
            sweep.figures.add(Figure::Sizes, 1);
        }
    }
    Ok(())
}

/// As many bytes as are read one after the other.
const MANY: usize = 8 << 20;

/// What is the most that is taken in after a host refused the largest limit, in bytes.
const MOST: usize = 64 << 20;
