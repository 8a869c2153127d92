//! A host that answers with anything that its types allow: what comes of it is what the plan says, to the letter.

use composer::plan::Interface;

use super::{Figure, Found, Sweep, at};
use crate::model::Manner;

/// How many hosts each function meets.
const HOSTS: u64 = 24;

/// Calls each function of an interface on hosts that answer with anything.
pub fn answers<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for function in sweep.functions(interface) {
        for seed in 100..100 + HOSTS {
            let (mut case, call) = sweep.prepared(interface, function, seed)?;
            case.model.host.turn(Manner::Wild);
            let count = case.call(&call).raw.expected.len();
            case.model.host.turn(Manner::Good);
            sweep.hold(&case.finish()).map_err(at(format!("`{}`, seed {seed}", function.path(&interface.name))))?;
            sweep.figures.add(Figure::Hostile, count);
        }
    }
    Ok(())
}
