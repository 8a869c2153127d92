//! Each name that Python, its bindings or WIT have of their own, at every place of a world where an item has one.
//!
//! What the composer refuses is accepted with the line that it advises.

#[path = "names/words.rs"]
mod words;
#[path = "names/world.rs"]
mod world;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use world::Names;

static NAMES: LazyLock<Names> = LazyLock::new(world::accepted);

/// What is refused, and nothing else.
#[test]
fn what_would_hide_something_is_refused_with_a_line_that_helps() {
    let functions = ["bool", "bytes", "classmethod", "float", "int", "str"];
    let bodies = ["componentize-py-runtime", "isinstance", "weakref"];
    let paths = |place: &str, names: &[&str]| names.iter().map(|name| format!("{place}.{name}")).collect::<Vec<_>>();
    let methods: Vec<_> = functions.iter().copied().chain(["finalizer"]).collect();
    let renamed = [
        paths("functions", &functions),
        paths("functions", &bodies),
        paths("methods.holder", &methods),
        paths("statics.holder", &methods),
        paths("parameters.numbers", &bodies),
        paths("parameters.texts", &bodies),
        paths("parameters.holder.constructor", &bodies),
        paths("parameters.holder.numbers", &bodies),
        paths("parameters.holder.texts", &bodies),
        paths("parameters.holder.texts", &["cls"]),
        paths("kinds", &["enum", "err", "list", "not-implemented", "optional", "result", "some", "tuple", "union"]),
        paths("kinds", &["flag"]),
    ];
    let guests = ["from-handle", "handle", "take-handle"];
    let left_out =
        [paths("methods.holder", &guests), paths("methods.holder", &["new"]), paths("statics.holder", &guests)];
    let of = |table: &str| -> BTreeSet<String> {
        let lines = NAMES.refused.iter().filter(|(_, (of, _))| of == table);
        lines.map(|(path, _)| path.clone()).collect()
    };
    assert_eq!(of("rename"), renamed.into_iter().flatten().collect());
    assert_eq!(of("leave-out"), left_out.into_iter().flatten().collect());
    let interfaces = ["abstractmethod", "auto", "classmethod", "dataclass", "isinstance", "weakref"];
    assert_eq!(NAMES.interfaces, interfaces.map(str::to_owned).into());
}
