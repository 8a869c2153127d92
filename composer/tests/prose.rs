//! Docs in Python's terms: the sentences of small worlds, and every doc of the host's.

mod support;

use std::collections::BTreeSet;

use composer::bundle::World;
use composer::plan::{Case, Field, Interface, Kind, Plan, TypeKind};
use composer::prose::{escape, rewrite, undocumented};
use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use support::host::WORLD;
use support::leftovers::leftovers;
use wit_parser::Resolve;

const RULES: &str = r#"
    [package]
    name = "test:friendly"
    [errors]
    default = "types.error"
    [buffers]
    size-parameter = "max-len"
    cursor-parameter = "cursor"
    too-small = ["types.error.buffer-len"]
    [rename]
    "http.close-entry" = "finish"
    [options."http.send-options"]
    required = ["retries"]
    defaults = { mode = "fast" }
"#;

/// A world with a bit of everything; `docs` are those of `http.request.get`.
fn wit(docs: &str) -> String {
    let docs: String = docs.lines().map(|line| format!("/// {line}\n")).collect();
    format!(
        r#"
        package test:raw@1.0.0;
        /// What all use.
        interface types {{
            /// What can go wrong.
            ///
            /// TODO: split this up.
            variant error {{
                /// The buffer is too small.
                buffer-len(u64),
                /// Not [allowed].
                ///
                /// This is returned when it is not.
                ///
                /// [allowed]: https://example.com/
                not-allowed,
                not-found,
            }}
        }}
        interface http {{
            use types.{{error}};
            /// How to send.
            enum send-mode {{ fast, /// Taking time. It waits for `request.get`.
                take-your-time }}
            record send-options {{ mode: send-mode, /// how often to try
                retries: u32, note: option<string> }}
            resource entry {{}}
            resource request {{
                {docs}
                get: func(name: string, max-len: u64) -> result<option<list<u8>>, error>;
                names: func(max-len: u64, cursor: u32) -> result<tuple<string, option<u32>>, error>;
                count: func() -> u32;
            }}
            /// Sends the request `dest` as the `options` say, with an `entry`.
            ///
            /// Raised: `open-ended`.
            send: func(dest: request, entry: borrow<entry>, options: send-options) -> result<_, error>;
            close-entry: func(entry: entry) -> result<_, error>;
        }}
        interface shop {{
            use types.{{error}};
            use http.{{request}};
            /// Opens by `request.get`, `http.close-entry` and `send-options.mode`; see `http`.
            open: func(request: borrow<request>, name: string) -> result<string, error>;
        }}
        world w {{ import types; import http; import shop; }}
        "#
    )
}

fn plan(wit: &str, rules: &str) -> Plan {
    world(wit, rules).plan
}

fn world(wit: &str, rules: &str) -> World {
    let mut resolve = Resolve::default();
    resolve.push_str("test.wit", wit).unwrap_or_else(|error| panic!("{error:#}\n{wit}"));
    World::new(resolve, "test:raw/w", rules).unwrap_or_else(|error| panic!("{error}"))
}

/// What becomes of the docs of `http.request.get`, without what is added to them.
fn rewritten(docs: &str) -> String {
    let plan = plan(&wit(docs), RULES);
    let docs = docs_of(&plan, "http.request.get");
    let (docs, raises) = docs.split_once("Raises `Err`").expect("it says what it raises");
    assert!(raises.contains("`VALUE_TOO_LARGE`"), "{raises}");
    docs.trim_end().to_owned()
}

/// The docs of a function or of a type.
fn docs_of(plan: &Plan, path: &str) -> String {
    let found = all_docs(plan).into_iter().find(|(other, _)| other == path);
    found.unwrap_or_else(|| panic!("`{path}` has no docs")).1
}

#[test]
fn names_are_pythons() {
    assert_eq!(rewritten("Like `names`, `request.names` and `send`."), "Like `names`, `names` and `send`.");
    assert_eq!(rewritten("See `send-mode.take-your-time`."), "See `SendMode.TAKE_YOUR_TIME`.");
    assert_eq!(rewritten("Gives `error.not-found`."), "Gives `types.Error.NOT_FOUND`.");
    assert_eq!(rewritten("Gives `error::not-allowed`."), "Gives `types.Error.NOT_ALLOWED`.");
    assert_eq!(rewritten("The `name` of a `send-options`."), "The `name` of a `SendOptions`.");
    assert_eq!(rewritten("Call `close-entry`."), "Call `Entry.finish`.");
    assert_eq!(rewritten("Call take-your-time or get-names."), "Call take-your-time or get-names.");
    let plan = plan(&wit("Gets."), RULES);
    assert_eq!(
        docs_of(&plan, "shop.open").split("\n\n").next(),
        Some("Opens by `http.Request.get`, `http.Entry.finish` and `http.SendOptions.mode`; see\n`http`.")
    );
}

#[test]
fn words_that_name_nothing_stay() {
    let docs = "A `content-length` of `POST`, `max-age` and `cache-1-a`, and a request, an error.";
    assert_eq!(rewritten(docs), docs);
}

#[test]
fn the_article_fits_the_name() {
    assert_eq!(rewritten("Makes a `entry` or an `request`."), "Makes an `Entry` or a `Request`.");
    assert_eq!(rewritten("Returns a `u64` length, an `error`."), "Returns a length, a `types.Error`.");
}

#[test]
fn values_are_pythons() {
    assert_eq!(rewritten("Returns `ok(none)` if no value was\nfound."), "Returns `None` if no value was found.");
    assert_eq!(rewritten("Returns `ok(true)` or `false`."), "Returns `True` or `False`.");
    assert_eq!(rewritten("Takes a `list<u8>`, or an `option<string>`."), "Takes a `bytes`, or a `str | None`.");
}

#[test]
fn buffers_are_not_spoken_of() {
    let docs = "Gets a value.\n\nIf `max-len` is too small for the bytes, an `error.buffer-len` \
                error is returned.\nIt is cheap.\n\nIf the size exceeds `max-len` bytes, it fails.";
    assert_eq!(rewritten(docs), "Gets a value.\n\nIt is cheap.");
    assert_eq!(rewritten("Gets it. It fits `max-len` bytes, or (see `error.buffer-len`) not."), "Gets it.");
}

#[test]
fn phrases_have_the_words_of_the_rules() {
    let rules = format!(
        "{RULES}\n[wording]\n\"request handle\" = \"request\"\n\"error returned by\" = \"error raised by\"\n\"See `name`.\" = \"\"\n\"Not [allowed]\" = \"Never [allowed]\"\n"
    );
    let docs =
        "The request\nhandle, of request handles.\nSee `name`. The error returned by a `names`.\n\n    request handle";
    let plan = plan(&wit(docs), &rules);
    let rewritten = docs_of(&plan, "http.request.get");
    let wanted = "The request, of request handles. The error raised by a `names`.\n\n    request handle\n\n";
    assert!(rewritten.starts_with(wanted), "{rewritten}");
    assert!(docs_of(&plan, "types.error").contains("NOT_ALLOWED: Never [allowed]."));
}

#[test]
fn markdown_stays_whole() {
    let docs = "One:\n- of `none`\n- of [links] that are\n  long\n\n| a | b |\n| - | - |\n| `none` | c |\n\n[links]: https://example.com/";
    assert_eq!(
        rewritten(docs),
        "One:\n- of `None`\n- of [links] that are long\n\n| a | b |\n| - | - |\n| `none` | c |"
    );
    let plan = plan(&wit(docs), RULES);
    assert!(docs_of(&plan, "http.request.get").ends_with("\n\n[links]: https://example.com/"));
    let code =
        "Like so:\n\n    one  `none`\n    two\n\n> A `none`.\n> So.\n>\n> ---\n> None.\n\n```\n`none`\n- a\n```\n\nNo.";
    assert_eq!(rewritten(code), code);
    assert_eq!(rewritten("Of `max-len` bytes, see [a].\nIt.\n\n[a]: https://example.com/"), "It.");
}

#[test]
fn functions_say_what_they_use_up_and_raise() {
    let plan = plan(&wit("Gets."), RULES);
    assert_eq!(
        docs_of(&plan, "http.request.send"),
        "Sends the request `dest` as the `options` say, with an `entry`.\n\nRaised: `open-ended`.\n\nUses up this request.\n\n\
         Raises `Err` with a `types.Error`: `ALREADY_CONSUMED` when this request or `entry` was\n\
         used up by an earlier call, otherwise what the host reports."
    );
    // The host does not fail; the adapter can.
    assert_eq!(
        docs_of(&plan, "http.request.count"),
        "Raises `Err` with a `types.Error`: `ALREADY_CONSUMED` when this request was used up by\nan earlier call."
    );
    assert!(docs_of(&plan, "http.request.names").contains("`VALUE_TOO_LARGE` when the answer is too large"));
}

#[test]
fn members_are_told_by_their_type() {
    let plan = plan(&wit("Gets."), RULES);
    assert_eq!(
        docs_of(&plan, "types.error"),
        "What can go wrong.\n\nAttributes:\n    NOT_ALLOWED: Not [allowed]. This is returned when it is not.\n    NOT_FOUND\n    \
         VALUE_TOO_LARGE: The value is larger than the host gives out, or than the adapter\n        takes in.\n    \
         ALREADY_CONSUMED: The object was used up by an earlier call, such as one that sent\n        or closed it.\n\n\
         [allowed]: https://example.com/"
    );
    assert_eq!(
        docs_of(&plan, "http.send-mode"),
        "How to send.\n\nAttributes:\n    FAST\n    TAKE_YOUR_TIME: Taking time. It waits for `Request.get`."
    );
}

#[test]
fn options_tell_what_is_required_and_what_is_default() {
    let plan = plan(&wit("Gets."), RULES);
    assert!(docs_of(&plan, "http.send-options.constructor").ends_with("Args:\n    retries: How often to try."));
    assert!(docs_of(&plan, "http.send-options.set-mode").ends_with("Defaults to `SendMode.FAST`."));
    assert_eq!(docs_of(&plan, "http.send-options.set-retries"), "How often to try.");
}

#[test]
fn what_says_nothing_is_listed() {
    assert_eq!(
        undocumented(&plan(&wit("Gets."), RULES)),
        [
            "types.error.not-found",
            "http",
            "http.send-mode.fast",
            "http.send-options",
            "http.send-options.mode",
            "http.send-options.note",
            "http.entry",
            "http.request",
            "http.request.names",
            "http.request.count",
            "http.entry.finish",
            "shop",
        ]
    );
}

#[test]
fn twice_is_once() {
    let small = world(&wit("Gets `ok(none)` by a handle of `max-len` bytes. See `names`."), RULES);
    for world in [&small, &WORLD] {
        let mut twice = world.plan.clone();
        rewrite(&mut twice, &world.rules);
        for (once, twice) in all_docs(&world.plan).iter().zip(&all_docs(&twice)) {
            assert_eq!(once, twice);
        }
    }
}

/// A docstring is pasted between triple quotes, and what Python reads is the text.
#[test]
fn escaped_docs_are_read_as_they_were() {
    for text in ["plain", r"a \n b", r"ends \", r#"""" three"#, r#"x """" y"#, r#"\""""#, r"\u{1}", "“curly”", ""] {
        let escaped = escape(text);
        assert!(!escaped.contains(r#"""""#), "{escaped}");
        let mut read = String::new();
        let mut chars = escaped.chars();
        while let Some(c) = chars.next() {
            read.push(if c == '\\' { chars.next().expect("a backslash escapes something") } else { c });
        }
        assert_eq!(read, text);
    }
}

#[test]
fn nothing_raw_is_left_in_the_hosts_docs() {
    let plan = &WORLD.plan;
    let mut names = hyphenated(plan);
    names.extend(raw_parameters().filter(|name| name.contains('-')));
    let mut left = Vec::new();
    for (path, docs) in all_docs(plan) {
        let found = leftovers(&docs).map(str::to_owned);
        let cursor = (docs.contains("cursor") && !path.contains("list-options")).then(|| "cursor".to_owned());
        let words = docs.split('`').skip(1).step_by(2).map(str::to_owned);
        let kebab = words.filter(|word| names.contains(word));
        left.extend(found.chain(cursor).chain(kebab).map(|leftover| format!("{path}: {leftover}")));
        assert!(docs.lines().all(|line| line == line.trim_end()), "{path} has blanks at the end of a line");
        assert_eq!(docs.matches('`').count() % 2, 0, "{path} has an unpaired backtick: {docs}");
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[test]
fn every_fallible_function_of_the_host_ends_with_what_it_raises() {
    let plan = &WORLD.plan;
    for interface in &plan.interfaces {
        for function in &interface.functions {
            let fails = matches!(function.result, Some(composer::plan::Type::Result { .. }));
            let docs = function.docs.as_deref().unwrap_or_default();
            let last = docs.split("\n\n").filter(|paragraph| !paragraph.starts_with('[')).last();
            let says = last.is_some_and(|last| last.starts_with("Raises `Err`"));
            assert_eq!(says, fails, "{}: {docs}", function.path(&interface.name));
        }
    }
}

/// The parameters of the raw functions.
fn raw_parameters() -> impl Iterator<Item = String> {
    let interfaces = WORLD.raw.imports.iter().map(|id| &WORLD.raw.resolve.interfaces[*id]);
    let functions = interfaces.flat_map(|interface| interface.functions.values());
    functions.flat_map(|function| &function.params).map(|param| param.name.clone())
}

/// What the docs say as `module.Class` or `module.function` is there.
#[test]
fn every_name_with_its_module_is_in_that_module() {
    let plan = &WORLD.plan;
    let modules: BTreeSet<String> = plan.interfaces.iter().map(|interface| interface.name.to_snake_case()).collect();
    let mut there = BTreeSet::new();
    for interface in &plan.interfaces {
        let module = interface.name.to_snake_case();
        there.extend(interface.types.iter().map(|def| format!("{module}.{}", def.name.to_upper_camel_case())));
        let free = interface.functions.iter().filter(|function| function.kind == Kind::Freestanding);
        there.extend(free.map(|function| format!("{module}.{}", function.name.to_snake_case())));
    }
    let mut spans = 0;
    for (path, docs) in all_docs(plan) {
        for span in docs.split('`').skip(1).step_by(2) {
            let mut parts = span.split(['.', '(']);
            let (Some(module), Some(name)) = (parts.next(), parts.next()) else { continue };
            if modules.contains(module) {
                spans += 1;
                assert!(there.contains(&format!("{module}.{name}")), "{path}: there is no `{span}`");
            }
        }
    }
    assert!(spans > 100, "{spans} names");
}

/// Every name of several words, by itself and with what it belongs to.
fn hyphenated(plan: &Plan) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |owner: &str, name: &str| {
        names.extend([name.to_owned(), format!("{owner}.{name}")].into_iter().filter(|name| name.contains('-')));
    };
    for interface in plan.interfaces.iter().chain(&plan.exports) {
        add("", &interface.name);
        for def in &interface.types {
            add(&interface.name, &def.name);
            cases(&def.kind).iter().for_each(|case| add(&def.name, &case.name));
        }
        for function in &interface.functions {
            add(&interface.name, &function.name);
            if let Kind::Method(class) | Kind::Static(class) = &function.kind {
                add(class, &function.name);
            }
            interface.raw_behind(function).into_iter().for_each(|raw| add(&raw.interface, &raw.name));
        }
    }
    names
}

fn cases(kind: &TypeKind) -> &[Case] {
    match kind {
        TypeKind::Flags(cases) | TypeKind::Enum(cases) | TypeKind::Variant(cases) => cases,
        TypeKind::Error(error) => &error.cases,
        TypeKind::Alias(_)
        | TypeKind::Record(_)
        | TypeKind::DetailError(_)
        | TypeKind::Wrapper(_)
        | TypeKind::Options(_) => &[],
    }
}

/// Every doc of a plan, with the path of its item.
fn all_docs(plan: &Plan) -> Vec<(String, String)> {
    let mut docs = Vec::new();
    for interface in plan.interfaces.iter().chain(&plan.exports) {
        docs.extend(interface_docs(interface));
    }
    docs.into_iter().filter_map(|(path, docs)| Some((path, docs?))).collect()
}

fn interface_docs(interface: &Interface) -> Vec<(String, Option<String>)> {
    let mut docs = vec![(interface.name.clone(), interface.docs.clone())];
    for def in &interface.types {
        let path = format!("{}.{}", interface.name, def.name);
        docs.push((path.clone(), def.docs.clone()));
        docs.extend(cases(&def.kind).iter().map(|case| (format!("{path}.{}", case.name), case.docs.clone())));
        if let TypeKind::Record(fields) = &def.kind {
            docs.extend(fields.iter().map(|Field { name, docs, .. }| (format!("{path}.{name}"), docs.clone())));
        }
        if let TypeKind::Options(options) = &def.kind {
            docs.extend(options.fields.iter().map(|field| (format!("{path}.{}", field.name), field.docs.clone())));
        }
    }
    docs.extend(interface.functions.iter().map(|function| (function.path(&interface.name), function.docs.clone())));
    docs
}
