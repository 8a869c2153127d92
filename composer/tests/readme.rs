//! `composer/README.md` is true: its world and its rules derive, its commands run, and no table is forgotten.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use composer::rules::Rules;
use support::cases;
use support::scene::Scene;
use support::source::text;

/// A line that does nothing is refused, so every example does what it is there for.
#[test]
fn the_examples_reshape_the_world() {
    let world = cases::readme_world();
    for said in [
        "sender-address: func()",
        "send: func(options: borrow<send-options>)",
        "photo-text: func()",
        "inscriptions: func() -> result<list<tuple<string, list<u8>>>, error>",
        "as-letter: func()",
        "under-way: func()",
    ] {
        assert!(world.friendly.text.contains(said), "no `{said}` in\n{}", world.friendly.text);
    }
    assert!(!world.friendly.text.contains("max-len"), "{}", world.friendly.text);
}

#[test]
fn every_table_of_the_rules_has_a_section() {
    let error = Rules::parse("[no-such-table]\n").expect_err("there is no such table").to_string();
    let (_, tables) = error.split_once("expected one of").unwrap_or_else(|| panic!("{error}"));
    let tables: BTreeSet<_> = tables.split('`').skip(1).step_by(2).collect();
    assert!(tables.len() > 10, "{error}");
    let page = text(Path::new("composer/README.md"));
    let (_, sections) = page.split_once("## The rules file").expect("the page has a part on the rules");
    let sections: BTreeSet<_> =
        sections.lines().filter_map(|line| line.strip_prefix("### `[")?.strip_suffix("]`")).collect();
    assert_eq!(sections, tables);
}

#[test]
fn the_commands_run() {
    let scene = Scene::new();
    scene.file("wit/post.wit", cases::readme_blocks("wit").concat());
    scene.file("rules.toml", cases::readme_blocks("toml").concat());
    let commands = cases::readme_blocks("sh").concat();
    let mut runs = BTreeSet::new();
    for line in commands.lines() {
        let words: Vec<_> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        let ["composer", arguments @ ..] = words.as_slice() else { panic!("`{line}` is no command of ours") };
        // The other commands need a compiler, and the tests of a whole world run them.
        if arguments.first().is_some_and(|command| ["docs", "explain", "stubs", "wit"].contains(command)) {
            let output = scene.run(arguments);
            assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
            runs.extend(arguments.first().copied());
        }
    }
    assert_eq!(runs, BTreeSet::from(["docs", "explain", "stubs", "wit"]));
}
