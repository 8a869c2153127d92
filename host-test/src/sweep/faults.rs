//! A host that traps in the middle of a call, and answers that are longer than there is room for: the call ends,
//! says what happened, and nothing hangs.

use composer::plan::{Interface, Paging, Primitive, Type};

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

/// Has the host answer with more than there is memory for: that is a trap that says so, or a typed error.
pub fn exhausted<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for (function, _) in sized(sweep, interface) {
        let path = function.path(&interface.name);
        let start = sweep.host.start(Memory::default()).map_err(|error| error.to_string())?;
        let (mut case, mut call) = sweep.prepared(interface, function, 2)?;
        without_limit(&mut call);
        case.model.host.turn(Manner::Sized(Sized { length: 4 * ROOM, ..ONE_SHOT }));
        case.call(&call);
        let memory = Memory { most: start.memory() + ROOM, ..Memory::default() };
        let session = sweep.host.start(memory).map_err(|error| error.to_string())?;
        let outcome = session.play(&case.stop());
        let says = match &outcome.result {
            Err(ScriptError::Trapped { message, .. }) => message.contains(NO_MEMORY),
            Err(ScriptError::Returned { got, .. }) => got == "err(value-too-large)",
            Err(_) | Ok(()) => false,
        };
        if !says {
            return Err(format!("`{path}` came to {:?}\n\n{}", outcome.result, outcome.transcript));
        }
        sweep.figures.add(Figure::Exhausted, 1);
    }
    Ok(())
}

/// The longest answer that is taken in, and one that is longer.
pub fn longest<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for (function, call) in sized(sweep, interface) {
        // A text is one value to the engine, and bytes are as many as there are: of those one function is enough.
        let is_text =
            matches!(call.ok.as_ref().map(|ok| ok.clone().unwrapped().0), Some(Type::Primitive(Primitive::String)));
        if call.paging != Paging::Grow || !is_text {
            continue;
        }
        for (refuses, length) in [(Refuses::Never, MOST), (Refuses::Honestly, MOST), (Refuses::Honestly, MOST + 1)] {
            step(sweep, interface, function, Sized { length, refuses, ..ONE_SHOT })?;
            sweep.figures.add(Figure::Sizes, 1);
        }
        return Ok(());
    }
    Ok(())
}

/// What is the most that is taken in after a host refused the largest limit, in bytes.
const MOST: usize = 64 << 20;
