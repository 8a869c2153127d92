//! Each function comes to a value, and does with whatever arguments what the plan says.

use composer::plan::Interface;

use super::{Figure, Found, Sweep, at, is_good};

/// As many calls with arguments that a host can be asked with.
const GOOD: u64 = 6;

/// And so many with others among them.
const ALL: u64 = 12;

/// Calls each function of an interface.
pub fn cover<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for function in sweep.functions(interface) {
        let path = || function.path(&interface.name);
        let mut came = false;
        for seed in 0..ALL {
            let (mut case, mut call) = sweep.prepared(interface, function, seed)?;
            if seed >= GOOD {
                case.wild = true;
                call = case.prepare(interface, function).ok_or_else(path)?;
            }
            came |= is_good(case.call(&call));
            sweep.hold(&case.finish()).map_err(at(format!("`{}`, seed {seed}", path())))?;
        }
        if !came {
            return Err(format!("no call of `{}` came to a value; have the model answer it well", path()));
        }
        sweep.figures.add(Figure::Covered, 1);
    }
    Ok(())
}
