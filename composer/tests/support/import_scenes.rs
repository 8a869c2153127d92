//! Apps that do, while they are imported, what is not done at build time.

use super::scene::Scene;
use super::scenes::{CLASS, Prepared, app, python};

/// An app whose entry module begins so.
fn beginning(scene: &mut Scene, lines: &str) -> Prepared {
    python(scene)?;
    app(scene, &format!("{lines}\n\n{CLASS}"));
    Ok(())
}

pub fn calls_in_init(scene: &mut Scene) -> Prepared {
    python(scene)?;
    let init = "    def __init__(self) -> None:\n        self.body = http_body.Body()\n\n    def handle";
    let class = CLASS.replace("    def handle", init);
    app(scene, &format!("from wit_world.imports import http_body\n{class}"));
    Ok(())
}

pub fn exits_at_import(scene: &mut Scene) -> Prepared {
    beginning(scene, "import sys\n\nif not sys.argv[1:]:\n    sys.exit(\"usage: main.py PORT\")")
}

/// The sandbox ends, and nobody is told where.
pub fn aborts_at_import(scene: &mut Scene) -> Prepared {
    beginning(scene, "import os\n\n\ndef stop():\n    os.abort()\n\n\nstop()")
}

pub fn endless_import(scene: &mut Scene) -> Prepared {
    scene.file("app/retry.py", "def retry(count):\n    while True:\n        count += 1\n");
    beginning(scene, "from retry import retry\n\nprint(\"trying\")\nretry(0)")
}

pub fn lacks_module(scene: &mut Scene) -> Prepared {
    beginning(scene, "import ssl")
}

pub fn lacks_name(scene: &mut Scene) -> Prepared {
    beginning(scene, "from hashlib import scrypt")
}

pub fn leaves_file_open(scene: &mut Scene) -> Prepared {
    scene.file("app/words.txt", "one\ntwo\n");
    beginning(scene, "from pathlib import Path\n\nWORDS = {\"en\": (Path(__file__).parent / \"words.txt\").open()}")
}

pub fn opens_from_elsewhere(scene: &mut Scene) -> Prepared {
    scene.file("app/words.txt", "one\ntwo\n");
    beginning(scene, "with open(\"words.txt\") as file:\n    WORDS = file.readlines()")
}

pub fn connects_at_import(scene: &mut Scene) -> Prepared {
    beginning(scene, "import socket\n\nDATABASE = socket.create_connection((\"db.example\", 5432))")
}

pub fn holds_too_much(scene: &mut Scene) -> Prepared {
    beginning(scene, "INDEX = b\"x\" * (140 << 20)")
}

pub fn prints_at_import(scene: &mut Scene) -> Prepared {
    let lines = "import sys\nimport warnings\n\nprint(\"read\", 3, \"rules\")\nprint(\"no cache\", file=sys.stderr)\n\
                 warnings.warn(\"old rules\")";
    beginning(scene, lines)
}

/// An app with a page, a note that is hidden, a draft, and what tools have there.
pub fn with_files(scene: &mut Scene) -> Prepared {
    for (name, text) in [
        ("templates/page.html", "<p>page\n"),
        (".notes", "a note\n"),
        (".env", "SECRET=1\n"),
        ("drafts/one.html", "<p>draft\n"),
        ("node_modules/tool/index.js", "tool()\n"),
        ("__pycache__/main.cpython-314.pyc", "byte code\n"),
        ("fastly.toml", "manifest_version = 3\n"),
        ("other.wasm", "a component\n"),
    ] {
        scene.file(&format!("app/{name}"), text);
    }
    beginning(scene, "")
}

pub fn with_files_of_project(scene: &mut Scene) -> Prepared {
    let keys = "exclude = [\"drafts/\"]\ngitignore = true\nstdlib = \"none\"\nmax-tmp-mib = 0\n";
    scene.file("app/pyproject.toml", format!("[tool.composer.files]\n{keys}"));
    scene.file("app/.gitignore", "/generated/\n*.log\n");
    scene.file("app/templates/.gitignore", "!kept.log\n");
    for name in ["generated/a.txt", "templates/kept.log", "templates/other.log"] {
        scene.file(&format!("app/{name}"), "text\n");
    }
    with_files(scene)
}

pub fn with_unknown_key(scene: &mut Scene) -> Prepared {
    scene.file("app/pyproject.toml", "[tool.composer.files]\nexcluded = [\"drafts/\"]\n");
    with_files(scene)
}

/// Linux lets a name be any bytes.
pub fn with_name_that_is_no_text(scene: &mut Scene) -> Prepared {
    use std::os::unix::ffi::OsStrExt as _;

    with_files(scene)?;
    let path = scene.path("app/templates").join(std::ffi::OsStr::from_bytes(b"caf\xe9.html"));
    std::fs::write(path, "page\n").map_err(|error| error.to_string())
}
