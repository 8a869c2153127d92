//! Calls that are refused: what the app sees, and what the lines say.

use serde_json::{Value, json};

use crate::apps::{SCENES, composer, inspect};
use crate::played::{Scene, play, stage};

/// The kinds of errors that the calls of the scene `/refused` fail with, each of another shape.
const REFUSED: [(&str, &str); 5] = [
    ("config-store.store.open", "OpenError.Unsupported"),
    ("kv-store.store.lookup", "KvError.BadRequest"),
    ("http-body.body.get-known-length", "Error.Unsupported"),
    ("http-req.request.set-method", "Error.Unsupported"),
    ("http-req.request.send", "SendError.Unsupported"),
];

#[test]
fn a_call_that_is_denied_is_a_typed_error() {
    let options: Vec<&str> = REFUSED.iter().flat_map(|(path, _)| ["--deny", path]).collect();
    let served = SCENES.serve("denied", &[&options[..], &["--trace"]].concat(), &["call"]);
    let (said, lines) = served.scene("/refused");
    assert_eq!(said, REFUSED.map(|(_, error)| error).join(" "));
    let told: Vec<[&Value; 3]> =
        lines.of("refused").into_iter().map(|line| [&line["function"], &line["by"], &line["error"]]).collect();
    assert_eq!(told.len(), REFUSED.len(), "{told:?}");
    assert_eq!(told[0], [&json!(REFUSED[0].0), &json!("--deny config-store.store.open"), &json!("unsupported")]);
    // The trace has what the app was told.
    let outcome = |line: &&Value| line["function"] == "kv-store.store.lookup" && line["outcome"] == "bad-request";
    assert!(lines.of("call").iter().any(outcome), "{lines:?}");
}

#[test]
fn the_host_is_not_asked_for_what_is_denied() {
    let denied = SCENES.compose("denied-all", &["--deny", "config-store.*"]);
    let played = play(&denied, &Scene::of("/settings"));
    assert!(!played.asks("config-store") && played.asks("http-req"), "{played:?}");
    assert!(played.printed.contains("Unsupported"), "{played:?}");
    assert_eq!(inspect(&denied)["manifest"]["policy"][0], "config-store.store.get: --deny config-store.*");
}

#[test]
fn a_limit_holds_for_each_request() {
    let scene = Scene { requests: 3, ..Scene::of("/lookups?again") };
    let played = play(&SCENES.compose("limited", &["--limit", "config-store.store.get=25"]), &scene);
    assert_eq!(played.count("[method]store.get"), 75, "{played:?}");
    let lines = played.lines("refused");
    let told: Vec<_> = lines.iter().map(|line| [&line["request"], &line["call"], &line["by"]]).collect();
    let by = json!("--limit config-store.store.get=25");
    assert_eq!(told, [[&json!(1), &json!(26), &by], [&json!(2), &json!(26), &by], [&json!(3), &json!(26), &by]]);
}

#[test]
fn the_same_calls_fail_with_the_same_seed() {
    let scene = Scene { requests: 4, ..Scene::of("/lookups?again") };
    let [one, other] = ["7", "8"].map(|seed| {
        let option = format!("config-store.store.get=1/4:{seed}");
        let stage = stage(&SCENES.compose(&format!("seed-{seed}"), &["--fail", &option]));
        let [first, again] = [(); 2].map(|()| stage.play(&scene).expect("it is played").sent().join("|"));
        assert_eq!(first, again);
        first
    });
    assert_ne!(one, other);
    // Of 240 calls about 60.
    for said in [one, other] {
        let failed = said.matches('x').count();
        assert!((30..90).contains(&failed), "{failed} of {}: {said}", said.len());
    }
}

#[test]
fn an_exception_says_what_refused_the_call() {
    let out = SCENES.built.with_file_name("evidence-built.wasm");
    let options = ["build", "--deny", "config-store.store.open", "-o"].iter().map(Into::into);
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/observe/scenes");
    composer(options.chain([out.clone().into(), source.into()]));
    let built = stage(&out);
    let play = |path| built.play(&Scene::of(path)).expect("it is played").printed_by_app();
    let said = play("/evidence");
    assert!(said.starts_with("refused by --deny config-store.store.open|config_store.Store.open: "), "{said}");
    assert!(said.contains("(OpenError.UNSUPPORTED); refused by --deny config-store.store.open"), "{said}");
    // Whatever else the app sees of the bindings is what it is in an app that nobody observes.
    let identity = stage(&SCENES.built).play(&Scene::of("/identity")).expect("it is played").printed_by_app();
    assert!(identity.contains("wit_world.imports.kv_store.Store.open"), "{identity}");
    assert_eq!(play("/identity"), identity);
}

#[test]
fn an_app_that_was_built_without_knows_the_error_alone() {
    let scene = Scene::of("/evidence");
    let plain =
        play(&SCENES.compose("denied-composed", &["--deny", "config-store.store.open"]), &scene).printed_by_app();
    assert!(plain.starts_with("None|config_store.Store.open: ") && !plain.contains("refused by"), "{plain}");
}

#[test]
fn a_switch_turns_everything_off() {
    let options = ["--profile", "--trace", "--observe", "*", "--observe", "raw:*", "--deny", "config-store.store.get"];
    let switched = SCENES.compose("switched", &[&options[..], &["--switch", "config-store:settings/observe"]].concat());
    let switched = stage(&switched);
    let play =
        |switch| switched.play(&Scene { switch, requests: 2, ..Scene::of("/lookups?again") }).expect("it is played");
    for off in [None, Some("off"), Some("")] {
        let played = play(off);
        assert!(!played.printed.contains("{\"kind\""), "{off:?}: {played:?}");
        assert_eq!(played.count("[method]store.get"), 121, "{off:?}: once for the switch: {played:?}");
    }
    let played = play(Some("on"));
    assert_eq!(played.count("[method]store.get"), 1, "{played:?}");
    assert_eq!((played.lines("profile").len(), played.lines("raw-profile").len()), (2, 2), "{played:?}");
    assert_eq!(played.lines("refused").len(), 2, "{played:?}");
}

#[test]
fn what_cannot_be_refused_is_not_composed() {
    for (options, said) in [
        (&["--deny", "kv-store.*"][..], "`kv-store.entry.generation` cannot be refused, as `--deny kv-store.*` asks"),
        (&["--deny", "kv-store.*"], "it has no error to give"),
        (&["--deny", "http-body.body.constructor"], "is about functions that never ask the host"),
        (&["--limit", "raw:kv-store.*=1"], "--limit `raw:kv-store.*` is about raw functions"),
        (&["--deny", "kv-stor.*"], "--deny `kv-stor.*` matches no function"),
        (&["--limit", "kv-store.*"], "--limit `kv-store.*` is no limit"),
        (&["--fail", "kv-store.*=2/1"], "--fail `kv-store.*=2/1` is no chance"),
        (&["--deny", "kv-store.store.*", "--switch", "settings"], "--switch `settings` is no place"),
        (&["--deny", "kv-store.store.*", "--switch", "kv-store:a/b"], "write it as `config-store:STORE/KEY`"),
        (&["--deny", "kv-store.store.*", "--observe", "*"], "nothing is to be done with what is observed"),
        (&["--trace", "--trace-format", "xml"], "--trace-format `xml` is no format"),
    ] {
        let error = SCENES.refused(options);
        assert!(error.contains(said), "{options:?}: {error}");
    }
    // A pattern may match what an app never calls.
    let args = ["compose", "--deny", "geo.*", "-o"].iter().map(Into::into);
    composer(args.chain([SCENES.built.with_file_name("geo.wasm").into(), SCENES.app.clone().into()]));
}
