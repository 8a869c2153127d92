//! What a build says of imports inside functions: the app's own with their place, those of packages in a line.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::bound::{program, ran};
use support::repository;

/// The modules that were imported, beside those of the files.
const LIBRARY: &[&str] = &["collections", "importlib", "json", "math", "xml"];

/// What is said of an app of these files: `app/…` are its own, `site/…` are packages'.
fn late(files: &[(&str, &str)], also: &[&str]) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut loaded: Vec<String> = LIBRARY.iter().map(ToString::to_string).collect();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder is made");
        fs::write(&path, text).expect("the file is written");
        let module = name.split_once('/').and_then(|(_, inside)| inside.strip_suffix(".py"));
        loaded.extend(module.map(|module| module.trim_end_matches("/__init__").replace('/', ".")));
    }
    // The others are only in a folder.
    loaded.retain(|module| !also.contains(&module.as_str()));
    let [app, site, list] = ["app", "site", "loaded.txt"].map(|name| folder.path().join(name));
    fs::create_dir_all(&site).expect("the folder is made");
    fs::write(&list, loaded.join("\n")).expect("the list is written");
    let mut command = Command::new(program("python3"));
    command.arg("-B").arg(repository("composer/src/cli/late.py")).arg(&list).arg(&app).arg("--").arg(&site);
    let found: Value = serde_json::from_slice(&ran(&mut command).stdout).expect("it is JSON");
    relative(&found, folder.path())
}

/// Paths without the folder that this was done in.
fn relative(found: &Value, folder: &Path) -> Value {
    let text = found.to_string().replace(&format!("{}/", folder.display()), "");
    serde_json::from_str(&text).expect("it is JSON still")
}

fn own(module: &str, line: usize, function: &str) -> Value {
    json!({"module": module, "file": "app/main.py", "line": line, "function": function})
}

#[test]
fn imports_inside_the_apps_functions_are_told() {
    let main = "\
import json
from typing import TYPE_CHECKING

import helpers

if TYPE_CHECKING:
    import csv


def view():
    import csv
    import json
    import math
    import nowhere
    from xml import dom
    from collections import OrderedDict
    import helpers.late


class Views:
    async def view(self):
        def inner():
            from .sibling import name
            return name
        if TYPE_CHECKING:
            import zipfile
        __import__(\"wave\")
        return lambda: __import__(\"tarfile\")
";
    let files = [("app/main.py", main), ("app/helpers/__init__.py", ""), ("app/helpers/late.py", "")];
    let found = late(&files, &["helpers.late"]);
    let wanted = [
        own("csv", 11, "view"),
        own("nowhere", 14, "view"),
        own("xml.dom", 15, "view"),
        own("helpers.late", 17, "view"),
        own("sibling", 23, "inner"),
        own("wave", 27, "view"),
        own("tarfile", 28, "<lambda>"),
    ];
    assert_eq!(found["own"], json!(wanted), "{found:#}");
}

#[test]
fn an_import_that_the_app_does_without_is_not_told() {
    let caught =
        |kind: &str| format!("def view():\n    try:\n        import csv\n    except{kind}:\n        csv = None\n");
    for kind in ["", " ImportError", " ModuleNotFoundError as error", " (OSError, ImportError)", " Exception"] {
        assert_eq!(late(&[("app/main.py", &caught(kind))], &[])["own"], json!([]), "{kind}");
    }
    for kind in [" OSError", " KeyError as error"] {
        assert_eq!(late(&[("app/main.py", &caught(kind))], &[])["own"], json!([own("csv", 3, "view")]), "{kind}");
    }
    let handler = "def view():\n    try:\n        pass\n    except ImportError:\n        import csv\n";
    assert_eq!(late(&[("app/main.py", handler)], &[])["own"], json!([own("csv", 5, "view")]));
}

#[test]
fn packages_are_told_by_what_most_of_them_import() {
    let package = "\
def one():
    import package.rare
    import package.often
    import somewhere.else_there_is

def two(name):
    from . import often
    __import__(name)

def three():
    return open(__file__)
";
    let files = BTreeMap::from([
        ("app/main.py", "import package\n"),
        ("site/package/__init__.py", package),
        ("site/package/often.py", ""),
        ("site/package/rare.py", "def late():\n    import package.often\n"),
        ("site/package/data.json", "{}"),
        ("site/other/__init__.py", "def late():\n    open('a')\n"),
        ("site/other/LICENSE", ""),
        ("site/unused/__init__.py", "def late():\n    import csv\n"),
    ]);
    let files: Vec<_> = files.into_iter().collect();
    let found = late(&files, &["package.often", "package.rare", "unused"]);
    let wanted = json!({
        "own": [],
        "packages": [["package.often", "package/__init__.py:3"], ["package.rare", "package/__init__.py:2"]],
        "computed": [["package", "package/__init__.py:8"]],
        "data": ["package"],
    });
    assert_eq!(found, wanted, "{found:#}");
}

#[test]
fn a_module_that_this_python_cannot_read_is_passed_by() {
    let files = [("app/main.py", "def view():\n    import csv\n"), ("site/newer.py", "this is not Python\n")];
    assert_eq!(late(&files, &[])["own"], json!([own("csv", 2, "view")]));
}

/// Time zones are files of a package that nothing imports.
#[test]
fn the_library_reads_files_too() {
    let files = [("app/main.py", "import zoneinfo\n"), ("app/zoneinfo.py", "")];
    assert_eq!(late(&files, &[])["data"], json!(["zoneinfo (tzdata)"]));
    assert_eq!(late(&files, &["zoneinfo"])["data"], json!([]));
}
