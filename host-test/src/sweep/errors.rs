//! Each error that the host can say, in each raw call that can say it, is the friendly one.

use composer::plan::Interface;

use super::{Figure, Found, Sweep, at};
use crate::model::random::errors;
use crate::model::{Deed, Manner, State};

/// Has the host fail in each raw call of each function of an interface, with each of its errors.
pub fn each<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for function in sweep.functions(interface) {
        let (mut case, call) = sweep.prepared(interface, function, 1)?;
        case.model.host.turn(Manner::Good);
        let raw: Vec<_> = case.call(&call).raw.expected.iter().map(|raw| raw.call.path.clone()).collect();
        for (number, path) in raw.iter().enumerate() {
            let world = sweep.subject.world;
            let ty = world.raw.by_name(path).and_then(|raw| raw.ty.results().next());
            let count = ty.map_or(0, |ty| errors(&ty, &mut State::default()).len());
            for which in 0..count {
                let (mut case, call) = sweep.prepared(interface, function, 1)?;
                case.model.host.turn(Manner::But(number, Deed::Error(which)));
                case.call(&call);
                case.model.host.turn(Manner::Good);
                let place = format!("`{}`, error {which} of `{path}`", function.path(&interface.name));
                sweep.hold(&case.finish()).map_err(at(place))?;
                sweep.figures.add(Figure::Errors, 1);
            }
        }
    }
    Ok(())
}
