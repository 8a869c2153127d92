//! `docs/python.md` says what the Python of the sandbox has and has not, as running it shows. `BLESS=1` rewrites its tables.

mod support;

use std::collections::BTreeMap;

use composer::python::lacks::INSTEAD;
use serde::Deserialize;
use support::scene::Scene;
use support::scenes::{app, python};
use support::source::text;
use support::{golden, repository};

const PAGE: &str = "docs/python.md";

/// What `fixtures/python/main.py` prints: nothing for what works, and else what goes wrong.
#[derive(Deserialize)]
struct Found {
    modules: BTreeMap<String, Option<String>>,
    calls: BTreeMap<String, Option<String>>,
}

#[test]
fn the_page_says_what_there_is() {
    let found = found();
    refuse_advice_on_what_is_there(&found);
    let modules = found.modules.iter().filter_map(|(module, wrong)| Some((module, wrong.as_ref()?)));
    let modules: String = modules.map(|(module, wrong)| row(&[&code(module), &instead(module), wrong])).collect();
    let calls = found.calls.iter().map(|(call, wrong)| {
        let outcome = wrong.as_deref().map_or_else(|| "works".to_owned(), code);
        row(&[&code(call), &outcome])
    });
    let page = text(&repository(PAGE));
    let page = with_rows(&page, "modules", &modules);
    let page = with_rows(&page, "calls", &calls.collect::<String>());
    golden(&repository(PAGE), &page).unwrap_or_else(|error| panic!("{error}"));
}

/// Advice on what is there after all would send people the wrong way.
fn refuse_advice_on_what_is_there(found: &Found) {
    for (module, name, _) in INSTEAD {
        let lacking = match name {
            None => found.modules.get(module).cloned().flatten(),
            Some(name) => {
                let call = format!("{module}.{name}(");
                found.calls.iter().find(|(text, _)| text.starts_with(&call)).and_then(|(_, wrong)| wrong.clone())
            }
        };
        assert!(lacking.is_some(), "{module} {name:?} is not lacking, or was not looked for");
    }
}

/// Builds the app that looks around, which fails in the end.
fn found() -> Found {
    let mut scene = Scene::new();
    python(&mut scene).expect("an environment for Python apps");
    app(&mut scene, &text(&repository("fixtures/python/main.py")));
    let output = scene.run(&["build", "app"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().find(|line| line.trim_start().starts_with("{\"modules\""));
    let line = line.unwrap_or_else(|| panic!("the app did not look around:\n{said}"));
    assert!(said.contains("all is said"), "{said}");
    serde_json::from_str(line).expect("what the app found")
}

fn instead(module: &str) -> String {
    let known = INSTEAD.iter().find(|(known, name, _)| *known == module && name.is_none());
    known.map_or(String::new(), |(_, _, instead)| (*instead).to_owned())
}

fn row(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | ").replace('\n', " "))
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// The page with these rows below the head of a table.
fn with_rows(page: &str, table: &str, rows: &str) -> String {
    let (start, end) = (format!("<!-- {table} -->\n"), format!("<!-- end of {table} -->"));
    let (before, rest) = page.split_once(&start).unwrap_or_else(|| panic!("no {start} in {PAGE}"));
    let (inside, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no {end} in {PAGE}"));
    let head: String = inside.lines().take(2).map(|line| format!("{line}\n")).collect();
    format!("{before}{start}{head}{rows}{end}{after}")
}
