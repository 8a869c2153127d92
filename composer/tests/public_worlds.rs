//! Worlds that others wrote: each derives without rules, or with those that `rules --init` writes, or is refused with all its
//! reasons. None of them makes the composer panic, and what derives has glue that is Rust. `glue.rs` compiles it.
//!
//! `fixtures/corpus/worlds.toml` names the packages, and `worlds.txt` has what came of each world.

mod support;

use std::fmt::Write as _;

use composer::bundle::World;
use composer::glue;
use support::public::{self, Came};
use support::{golden, repository};

#[test]
fn public_worlds_derive_or_say_everything_that_stands_in_the_way() {
    let mut table = String::new();
    let mut line = |text: String| writeln!(table, "{text}").expect("a string takes it");
    let (mut derive, mut refused) = (0, 0);
    for package in public::packages() {
        line(format!(
            "{}: {} worlds; {} files and folders are no WIT by themselves\n",
            package.name,
            package.worlds.len(),
            package.unread
        ));
        for (name, found) in &package.worlds {
            let came = found.tried();
            if let Came::Derives(world) | Came::WithRules(world, _) = &came {
                write_glue(name, world);
            }
            match came {
                Came::Derives(_) => line(format!("{name}: derives")),
                Came::WithRules(_, lines) => line(format!("{name}: derives with {lines} lines of rules")),
                Came::Refused(ref error) => error.to_string().lines().for_each(|why| line(format!("{name}: {why}"))),
            }
            *(if let Came::Refused(_) = came { &mut refused } else { &mut derive }) += 1;
        }
        line(String::new());
    }
    eprintln!("{derive} derive, {refused} are refused");
    assert!(derive > refused, "too many public worlds are refused");
    golden(&repository("fixtures/corpus/worlds.txt"), &table).unwrap_or_else(|error| panic!("{error}"));
}

fn write_glue(name: &str, world: &World) {
    for text in [glue::adapter(&world.plan, "wit"), glue::entry(&world.plan, "wit")] {
        text.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
