//! What is there before each case of the command line runs.

use super::scene::Scene;
use super::{dummy, scene::SMALL};

/// Nothing, unless the environment lacks what the case needs.
pub type Prepared = Result<(), String>;

pub fn nothing(_: &mut Scene) -> Prepared {
    Ok(())
}

pub fn world(scene: &mut Scene) -> Prepared {
    scene.world();
    Ok(())
}

pub fn harbour(scene: &mut Scene) -> Prepared {
    scene.harbour();
    Ok(())
}

pub fn guests(scene: &mut Scene) -> Prepared {
    scene.guests();
    Ok(())
}

pub fn wit_empty(scene: &mut Scene) -> Prepared {
    scene.file("rules.toml", "");
    scene.file("wit/readme.md", "no WIT here");
    Ok(())
}

pub fn wit_does_not_parse(scene: &mut Scene) -> Prepared {
    scene.world();
    scene.file("wit/raw.wit", "package acme:raw;\ninterface store {\n  get: func(key: strin) -> u32;\n}\n");
    Ok(())
}

pub fn wit_without_dependency(scene: &mut Scene) -> Prepared {
    scene.world();
    scene.file("wit/raw.wit", "package acme:raw;\nworld service {\n  import wasi:random/random@0.2.3;\n}\n");
    Ok(())
}

pub fn rules_not_toml(scene: &mut Scene) -> Prepared {
    scene.world();
    scene.file("rules.toml", "[package\n");
    Ok(())
}

pub fn rules_in_one_line(scene: &mut Scene) -> Prepared {
    scene.world();
    let names = (0..20_000).map(|at| format!("\"name-{at}\", ")).collect::<String>();
    scene.file("rules.toml", format!("text = {{ values = [{names}], variant = [{names}] }}\n"));
    Ok(())
}

pub fn world_of_nothing(scene: &mut Scene) -> Prepared {
    scene.file("wit/raw.wit", "package acme:raw@1.2.0;\nworld service {}\n");
    scene.file("rules.toml", "");
    Ok(())
}

/// A world that imports interfaces of other packages alone.
pub fn world_of_others(scene: &mut Scene) -> Prepared {
    let wit = "package acme:raw@1.2.0;\nworld service {\n  import other:calls/poll@0.2.0;\n}\n";
    scene.file("wit/raw.wit", wit);
    let other = "package other:calls@0.2.0;\ninterface poll {\n  poll: func() -> u32;\n}\n";
    scene.file("wit/deps/calls/poll.wit", other);
    scene.file("rules.toml", "");
    Ok(())
}

/// The same, and another package than that of the world is reshaped.
pub fn package_of_others(scene: &mut Scene) -> Prepared {
    world_of_others(scene)?;
    let other = "package other:calls@0.2.0;\ninterface poll {\n  resource pollable {\n    ready: func() -> bool;\n  }\n  close: func(pollable: pollable);\n}\n";
    scene.file("wit/deps/calls/poll.wit", other);
    scene.file("rules.toml", "[package]\nraw = \"other:calls\"\n\n[errors]\ndefault = \"new\"\n");
    Ok(())
}

/// The rules name a package that there is not.
pub fn package_unknown(scene: &mut Scene) -> Prepared {
    world_of_others(scene)?;
    scene.file("rules.toml", "[package]\nraw = \"other:cals\"\n");
    Ok(())
}

pub fn rules_line_matches_nothing(scene: &mut Scene) -> Prepared {
    scene.world();
    scene.file("rules.toml", "[rename]\n\"store.handle.got\" = \"read\"\n");
    Ok(())
}

/// A key that means nothing, a line that matches nothing, and one about a method whose answer cannot be kept.
pub fn three_mistakes(scene: &mut Scene) -> Prepared {
    scene.world();
    let rules = "[buffers]\nsize-parameter = \"max-len\"\ntoo-smal = [\"types.error.buffer-len\"]\n\n[leave-out]\n\"store.drop-al\" = \"no app should\"\n\n[remember]\n\"store.handle.get\" = \"it is said once\"\n";
    scene.file("rules.toml", rules);
    Ok(())
}

/// The default error is misspelt, so a function has none.
pub fn typo_and_consequence(scene: &mut Scene) -> Prepared {
    scene.world();
    let wit = "package acme:raw;\ninterface mail {\n  enum error { lost }\n  resource letter {\n    size: func() -> u64;\n  }\n  send: func(letter: letter) -> result<_, error>;\n}\nworld service {\n  import mail;\n}\n";
    scene.file("wit/raw.wit", wit);
    scene.file("rules.toml", "[errors]\ndefault = \"mail.eror\"\n");
    Ok(())
}

/// A world with items behind two feature gates: a function, an interface, and one of another package.
pub fn gated(scene: &mut Scene) -> Prepared {
    let wit = "package acme:raw@1.0.0;\ninterface mail {\n  enum error { lost }\n  resource letter {\n    size: func() -> result<u64, error>;\n    @unstable(feature = stamps)\n    stamp: func() -> result<u32, error>;\n  }\n  send: func(letter: letter) -> result<_, error>;\n}\n@unstable(feature = drones)\ninterface drones {\n  fly: func();\n}\nworld service {\n  import mail;\n  @unstable(feature = drones)\n  import drones;\n}\n";
    scene.file("wit/raw.wit", wit);
    scene.file("rules.toml", "");
    Ok(())
}

pub fn shape_without_rule(scene: &mut Scene) -> Prepared {
    scene.world();
    let wit = "package acme:raw;\ninterface store {\n  watch: func(key: string) -> stream<u8>;\n}\nworld service {\n  import store;\n}\n";
    scene.file("wit/raw.wit", wit);
    scene.file("rules.toml", "");
    Ok(())
}

/// An app that fits.
const FINE: &str = "import acme:friendly/store@1.2.0; import acme:raw/clock@1.2.0; import wasi:random/random@0.2.3; \
                    export acme:friendly/incoming@1.2.0;";

pub fn fine(scene: &mut Scene) -> Prepared {
    scene.app(FINE);
    Ok(())
}

pub fn with_stub(scene: &mut Scene) -> Prepared {
    let files = "package wasi:filesystem@0.2.3;\ninterface preopens { get-directories: func() -> list<string>; }";
    scene.app_of(&[files], "import wasi:filesystem/preopens@0.2.3; export acme:friendly/incoming@1.2.0;");
    Ok(())
}

/// The friendly package as an app of another time may have seen it.
fn friendly(store: &str, incoming: &str) -> String {
    format!(
        "package acme:friendly@1.2.0 {{
           interface types {{ enum error {{ lost, value-too-large, already-consumed }} }}
           interface http {{ use types.{{error}}; resource request {{ method: func() -> result<string, error>; }} }}
           interface store {{ use types.{{error}}; {store} }}
           interface incoming {{ use http.{{request}}; {incoming} }}
         }}"
    )
}

pub fn guests_lack_a_file(scene: &mut Scene) -> Prepared {
    scene.app(FINE);
    std::fs::remove_file(scene.path("guests/entry.wasm")).map_err(|error| error.to_string())
}

pub fn guests_wit_damaged(scene: &mut Scene) -> Prepared {
    scene.app(FINE);
    scene.file("guests/raw.wit.wasm", "not WIT");
    Ok(())
}

pub fn guests_rules_damaged(scene: &mut Scene) -> Prepared {
    scene.app(FINE);
    scene.file("guests/rules.toml", "[rename]\n\"store.gone\" = \"here\"\n");
    Ok(())
}

pub fn guests_adapter_damaged(scene: &mut Scene) -> Prepared {
    scene.app(FINE);
    scene.file("guests/adapter.wasm", "\0asm");
    Ok(())
}

pub fn guests_of_another_world(scene: &mut Scene) -> Prepared {
    scene.app(FINE);
    std::fs::copy(scene.path("guests/entry.wasm"), scene.path("guests/adapter.wasm"))
        .map_err(|error| error.to_string())?;
    Ok(())
}

pub fn not_wasm(scene: &mut Scene) -> Prepared {
    scene.guests();
    scene.file("app.wasm", "print('hello')");
    scene.file("out.wasm", "of an earlier run");
    Ok(())
}

pub fn core_module(scene: &mut Scene) -> Prepared {
    scene.guests();
    std::fs::copy(scene.path("guests/adapter.wasm"), scene.path("app.wasm")).map_err(|error| error.to_string())?;
    Ok(())
}

pub fn damaged(scene: &mut Scene) -> Prepared {
    scene.app(FINE);
    let bytes = std::fs::read(scene.path("app.wasm")).map_err(|error| error.to_string())?;
    scene.file("app.wasm", &bytes[..bytes.len() / 2]);
    Ok(())
}

pub fn wit_package(scene: &mut Scene) -> Prepared {
    scene.guests();
    std::fs::copy(scene.path("guests/raw.wit.wasm"), scene.path("app.wasm")).map_err(|error| error.to_string())?;
    Ok(())
}

pub fn composed(scene: &mut Scene) -> Prepared {
    scene.app(FINE);
    let output = scene.run(&["compose", "app.wasm", "--guests", "guests", "-o", "app.wasm"]);
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

pub fn unknown_import(scene: &mut Scene) -> Prepared {
    let nowhere = "package acme:nowhere@1.0.0;\ninterface thing { get: func() -> u32; }";
    scene.app_of(&[nowhere], "import acme:nowhere/thing@1.0.0; export acme:friendly/incoming@1.2.0;");
    Ok(())
}

pub fn incompatible_import(scene: &mut Scene) -> Prepared {
    let random = "package wasi:random@0.3.0;\ninterface random { get-random-u64: func() -> u64; }";
    scene.app_of(&[random], "import wasi:random/random@0.3.0; export acme:friendly/incoming@1.2.0;");
    Ok(())
}

pub fn missing_export(scene: &mut Scene) -> Prepared {
    scene.app("import acme:friendly/store@1.2.0;");
    Ok(())
}

pub fn raw_import(scene: &mut Scene) -> Prepared {
    scene.app("import acme:raw/store@1.2.0; export acme:friendly/incoming@1.2.0;");
    Ok(())
}

pub fn raw_world(scene: &mut Scene) -> Prepared {
    scene.guests();
    scene.file("app.wasm", dummy::component(&SMALL.raw.resolve, SMALL.raw.world));
    Ok(())
}

pub fn other_version(scene: &mut Scene) -> Prepared {
    let other = "package acme:friendly@1.1.0;\ninterface store { get: func() -> u32; }";
    scene.app_of(&[other], "import acme:friendly/store@1.1.0; export acme:friendly/incoming@1.2.0;");
    Ok(())
}

pub fn other_version_export(scene: &mut Scene) -> Prepared {
    let other = "package acme:friendly@1.1.0;\ninterface incoming { handle: func() -> result; }";
    scene.app_of(&[other], "export acme:friendly/incoming@1.1.0;");
    Ok(())
}

/// An app that was built against another state of the small world's friendly package.
fn other_friendly(scene: &mut Scene, store: &str) -> Prepared {
    let app =
        "package local:app;\nworld app { import acme:friendly/store@1.2.0; export acme:friendly/incoming@1.2.0; }";
    scene.other_app(&format!("{app}\n{}", friendly(store, "handle: func(request: request);")));
    Ok(())
}

pub fn other_signature(scene: &mut Scene) -> Prepared {
    other_friendly(scene, "resource handle { get: func(key: string, missing: string) -> result<string, error>; }")
}

pub fn other_function(scene: &mut Scene) -> Prepared {
    other_friendly(scene, "delete-all: func() -> result<_, error>;")
}

pub fn other_type(scene: &mut Scene) -> Prepared {
    other_friendly(scene, "record entry { key: string } resource handle { entry: func() -> entry; }")
}

/// The folder of a Python app: `app/main.py`.
pub fn app(scene: &mut Scene, source: &str) {
    scene.file("app/main.py", source);
}

pub const CLASS: &str = "from wit_world import exports\n\n\nclass HttpIncoming(exports.HttpIncoming):\n    def handle(self, request, body):\n        pass\n";

pub fn fine_app(scene: &mut Scene) -> Prepared {
    app(scene, CLASS);
    Ok(())
}

pub fn without_main(scene: &mut Scene) -> Prepared {
    scene.file("app/app.py", CLASS);
    Ok(())
}

pub fn named_guests(scene: &mut Scene) -> Prepared {
    scene.guests();
    fine_app(scene)
}

pub fn without_componentize_py(scene: &mut Scene) -> Prepared {
    scene.variable("PATH", "");
    named_guests(scene)
}

/// The guests of the real world, and componentize-py.
pub fn python(scene: &mut Scene) -> Prepared {
    scene.needs("COMPOSER_GUESTS", "[guests]")?;
    scene.needs("COMPONENTIZE_PY", "[componentize-py]")?;
    fine_app(scene)
}

pub fn syntax_error(scene: &mut Scene) -> Prepared {
    python(scene)?;
    scene.file("app/web.py", "from wit_world.imports import http_req\n\n\ndef answer(:\n    pass\n");
    app(scene, &format!("import web\n{CLASS}"));
    Ok(())
}

pub fn syntax_error_in_main(scene: &mut Scene) -> Prepared {
    python(scene)?;
    app(scene, "def answer(:\n    pass\n");
    Ok(())
}

pub fn missing_package(scene: &mut Scene) -> Prepared {
    python(scene)?;
    app(scene, &format!("import no_such_package\n{CLASS}"));
    Ok(())
}

pub fn without_class(scene: &mut Scene) -> Prepared {
    python(scene)?;
    app(scene, "from wit_world.imports import http_body\n");
    Ok(())
}

pub fn hides_package(scene: &mut Scene) -> Prepared {
    python(scene)?;
    app(scene, CLASS);
    scene.file("app/fastly_py/__init__.py", "");
    Ok(())
}

pub fn imports_package(scene: &mut Scene) -> Prepared {
    python(scene)?;
    app(scene, &format!("from fastly_py import NotFound\n{CLASS}"));
    Ok(())
}

pub fn unknown_interface(scene: &mut Scene) -> Prepared {
    python(scene)?;
    app(scene, &format!("from wit_world.imports import no_such_thing\n{CLASS}"));
    Ok(())
}

pub fn calls_at_import(scene: &mut Scene) -> Prepared {
    python(scene)?;
    app(scene, &format!("from wit_world.imports import http_body\n{CLASS}\nBODY = http_body.Body().read(1)\n"));
    Ok(())
}

pub fn fails_at_import(scene: &mut Scene) -> Prepared {
    python(scene)?;
    app(scene, &format!("{CLASS}\nREGION = {{}}[\"region\"]\n"));
    Ok(())
}
