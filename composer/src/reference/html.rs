//! The little HTML that the page is made of.

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text set as code.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// A name that leads to its place on the page.
pub(super) fn link(anchor: &str, name: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", escape(anchor), code(name))
}

/// An item of a list, of HTML.
pub(super) fn item(html: &str) -> String {
    format!("<li>{html}</li>\n")
}

/// A row of a table, of HTML.
pub(super) fn row(cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    format!("<tr>{cells}</tr>\n")
}

/// The start of a module.
pub(super) fn open_section(id: &str, name: &str, kind: &str) -> String {
    format!("<section id=\"{}\">\n<h2>{} {}</h2>\n", escape(id), code(name), label(kind))
}

/// The start of a type.
pub(super) fn open_article(id: &str, name: &str, kind: &str) -> String {
    format!("<article id=\"{}\">\n<h3>{} {}{}</h3>\n", escape(id), code(name), label(kind), permalink(id))
}

/// What sort of thing something is.
pub(super) fn label(kind: &str) -> String {
    format!("<span class=\"kind\">{}</span>", escape(kind))
}

/// Links in a row.
pub(super) fn index(links: &[String]) -> String {
    if links.is_empty() { String::new() } else { format!("<p class=\"index\">{}</p>\n", links.join(" ")) }
}

/// A sign that shows where a link to this place can be had.
pub(super) fn permalink(id: &str) -> String {
    format!("<a class=\"here\" href=\"#{}\" aria-label=\"Link to this\">¶</a>", escape(id))
}
