//! A host that traps in the middle of a call: the call ends with what the host said, and nothing hangs.

use composer::plan::Interface;

use super::{Figure, Found, Sweep, at};
use crate::model::{Deed, Manner};
use crate::script::file::End;

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
