//! Every friendly function of two worlds on a scripted host, in every way that its plan knows.
//!
//! The scripts are made up by the model; `fixtures/script` has those that were written by hand. At the end comes
//! a table of what was done.

#[path = "support/components.rs"]
mod components;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::LazyLock;

use composer::plan::Interface;
use host_test::sweep::{self, Figure, Found, Sweep};
use libtest_mimic::{Arguments, Trial};

use components::Component;

static FASTLY: LazyLock<Component> = LazyLock::new(components::fastly);
static HARBOUR: LazyLock<Component> = LazyLock::new(components::harbour);
static SWEEPS: LazyLock<[(&str, Sweep<'static>); 2]> = LazyLock::new(|| {
    [
        ("fastly", Sweep::new(&FASTLY.world.plan, &FASTLY.host)),
        ("harbour", Sweep::new(&HARBOUR.world.plan, &HARBOUR.host)),
    ]
});

type Part = fn(&'static Sweep<'static>, &'static Interface) -> Found;

const PARTS: [(&str, Part); 9] = [
    ("cover", sweep::cover::cover),
    ("errors", sweep::errors::each),
    ("faults", sweep::faults::traps),
    ("hostile", sweep::hostile::answers),
    ("misuse", sweep::misuse::handles),
    ("exhausted", sweep::faults::exhausted),
    ("longest", sweep::faults::longest),
    ("sizes", sweep::sizes::honest),
    ("liars", sweep::sizes::liars),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (world, sweep) in SWEEPS.iter() {
        for (part, run) in PARTS {
            for interface in sweep.interfaces() {
                let name = format!("{world} {part} {}", interface.name);
                trials.push(Trial::test(name, move || run(sweep, interface).map_err(Into::into)));
            }
        }
    }
    let mut seen = BTreeSet::new();
    for (world, sweep) in SWEEPS.iter() {
        for (interface, function) in sweep::flat::kinds(sweep, &mut seen) {
            let name = format!("{world} flat {}", function.path(&interface.name));
            trials.push(Trial::test(name, move || sweep::flat::memory(sweep, interface, function).map_err(Into::into)));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    for (world, sweep) in SWEEPS.iter() {
        println!("{world}: {} of {} functions", sweep.figures.get(Figure::Covered), sweep.subject.functions().count());
        println!("{:?}", sweep.figures);
    }
    conclusion.exit_code()
}
