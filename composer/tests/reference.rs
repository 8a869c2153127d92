//! The reference page of the host's world: nothing is missing, nothing dangles, nothing is loaded.

mod support;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use composer::bundle::World;
use composer::plan::Kind;
use composer::reference::page;
use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use support::host::WORLD;
use support::page::refuse_unbalanced;
use wit_parser::Resolve;

static PAGE: LazyLock<String> = LazyLock::new(|| page(&WORLD.plan));

#[test]
fn every_item_has_its_place() {
    let ids = attributes(&PAGE, "id");
    for interface in &WORLD.plan.interfaces {
        let module = interface.name.to_snake_case();
        assert!(ids.contains(&module), "{module}");
        for def in &interface.types {
            let class = format!("{module}.{}", def.name.to_upper_camel_case());
            assert!(ids.contains(&class), "{class}");
        }
        for function in &interface.functions {
            let name = function.name.to_snake_case();
            let id = match &function.kind {
                Kind::Freestanding => format!("{module}.{name}"),
                Kind::Method(class) | Kind::Static(class) => {
                    format!("{module}.{}.{name}", class.to_upper_camel_case())
                }
                Kind::Constructor(class) => format!("{module}.{}.__init__", class.to_upper_camel_case()),
            };
            assert!(ids.contains(&id), "{id}");
        }
    }
    assert!(ids.contains(&"exports.HttpIncoming.handle".to_owned()));
}

#[test]
fn no_link_dangles() {
    let all = attributes(&PAGE, "id");
    let ids: BTreeSet<_> = all.iter().collect();
    assert_eq!(ids.len(), all.len(), "two items have one id");
    for target in attributes(&PAGE, "href") {
        match target.strip_prefix('#') {
            Some(id) => assert!(ids.contains(&id.to_owned()), "{target}"),
            None => assert!(target.starts_with("https://"), "{target}"),
        }
    }
}

#[test]
fn nothing_is_loaded_or_run() {
    for forbidden in ["<script", "<link", "<img", "src=", "url(", "@import", "javascript:"] {
        assert!(!PAGE.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn tags_are_balanced() {
    refuse_unbalanced(&PAGE).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn same_plan_gives_same_page() {
    assert!(page(&WORLD.plan) == *PAGE);
}

#[test]
fn signatures_are_pythons() {
    let text = text(&PAGE);
    for signature in [
        "def get_header_values(self, name: str) -> list[bytes]",
        "def get_header_value(self, name: str) -> bytes | None",
        "@classmethod\ndef open(cls, name: str) -> Store",
        "def insert_with(self, key: str, body: http_body.Body, options: InsertOptions) -> None",
        "def send(self, body: http_body.Body, backend: backend.Backend) -> http_resp.ResponseWithBody",
        "class HttpIncoming(exports.HttpIncoming):",
        "BotCategory_Other(value: int)",
        "kind: SendErrorKind",
    ] {
        let is_there = text.contains(signature) || text.contains(&broken(signature));
        assert!(is_there, "{signature}");
    }
}

/// A signature with each parameter on a line of its own.
fn broken(signature: &str) -> String {
    let Some((name, rest)) = signature.split_once('(') else { return signature.to_owned() };
    let Some((params, result)) = rest.rsplit_once(')') else { return signature.to_owned() };
    format!("{name}(\n    {},\n){result}", params.replace(", ", ",\n    "))
}

/// Docs with all that Markdown has, hostile ones too.
#[test]
fn docs_are_rendered() {
    let wit = r#"
        package test:raw@1.0.0;
        /// All of it: `code <b>`, *emphasis*, **strong**, 2 * 3 * 4, [a link], [none], "<host>:<port>".
        ///
        /// - one `error`
        /// - two
        ///
        /// 1. first
        ///
        /// | Value | Meaning |
        /// | ----- | ------- |
        /// | 0x1   | `one` & <i>two</i> |
        ///
        /// [a link]: https://example.com/?a=1&b=2
        /// [none]: javascript:alert(1)
        interface i {
            enum error { lost }
            resource r {}
            take: func(r: r) -> result<u32, error>;
        }
        world w { import i; }
    "#;
    let mut resolve = Resolve::default();
    resolve.push_str("test.wit", wit).expect("it is WIT");
    let rules = "[package]\nname = \"test:friendly\"";
    let plan = World::new(resolve, "test:raw/w", rules).expect("it can be reshaped").plan;
    let page = page(&plan);
    refuse_unbalanced(&page).unwrap_or_else(|error| panic!("{error}"));
    for html in [
        "<code>code &lt;b&gt;</code>, <em>emphasis</em>, <strong>strong</strong>, 2 * 3 * 4, \
         <a href=\"https://example.com/?a=1&amp;b=2\">a link</a>, none,\n\"&lt;host&gt;:&lt;port&gt;\".",
        "<ul>\n<li>one <a href=\"#i.Error\"><code>Error</code></a></li>\n<li>two</li>\n</ul>",
        "<ol>\n<li>first</li>\n</ol>",
        "<tr><th>Value</th><th>Meaning</th></tr></thead><tbody>\n<tr><td>0x1</td><td><code>one</code> &amp; &lt;i&gt;two&lt;/i&gt;</td></tr>",
    ] {
        assert!(page.contains(html), "{html}\n\n{page}");
    }
}

/// The values of an attribute, in the order of the page.
fn attributes(page: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The page without its tags.
fn text(page: &str) -> String {
    let parts = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: String = parts.collect();
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
