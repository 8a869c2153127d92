//! Every friendly function of three worlds on a scripted host, in every way that its plan knows.
//!
//! The scripts are made up by the model; `fixtures/script` has those that were written by hand. What was done is
//! counted, for the table at the end of the test run.

#[path = "support/components.rs"]
mod components;
#[path = "../../composer/tests/support/dummy.rs"]
#[allow(dead_code, reason = "the composer's tests use more of it")]
mod dummy;
#[path = "sweep/traced.rs"]
mod traced;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::LazyLock;

use host_test::guests::{Component, Guest};
use host_test::summary;
use host_test::sweep::{Sweep, figures, trials};
use libtest_mimic::Arguments;

static FASTLY: LazyLock<Component> = LazyLock::new(|| components::fastly(Guest::Adapter));
static HARBOUR: LazyLock<Component> = LazyLock::new(components::harbour);
static TRACED: LazyLock<Component> = LazyLock::new(|| traced::traced(&components::guests_folder()));
static LIGHTHOUSE: LazyLock<Component> = LazyLock::new(components::lighthouse);
static SWEEPS: LazyLock<[(&str, Sweep<'static>); 3]> =
    LazyLock::new(|| [("fastly", sweep(&FASTLY)), ("harbour", sweep(&HARBOUR)), ("lighthouse", sweep(&LIGHTHOUSE))]);
/// What sees each call changes none: the same calls come to the same, and ask the host for the same.
static TRACED_SWEEP: LazyLock<Sweep<'static>> = LazyLock::new(|| sweep(&TRACED));

fn sweep(component: &'static Component) -> Sweep<'static> {
    Sweep::new(&component.world.plan, &component.host)
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut seen = BTreeSet::new();
    let all = SWEEPS.iter().flat_map(|(world, sweep)| trials::trials(world, sweep, &mut seen));
    let trials = all.chain(trials::of_parts("traced", &TRACED_SWEEP, &["cover", "errors", "misuse"])).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // A part of the tests comes to a part of the figures.
    if conclusion.num_filtered_out == 0 && !arguments.list {
        let sweeps: Vec<_> = SWEEPS.iter().map(|(world, sweep)| (*world, sweep)).collect();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        summary::record(folder, "sweep", &figures::in_words(&sweeps)).unwrap_or_else(|error| panic!("{error}"));
    }
    conclusion.exit_code()
}
