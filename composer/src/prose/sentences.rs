//! One sentence, with Python's names and values; or none, where it speaks of what is gone.

use super::scope::{Meaning, Scope};
use super::text::{Piece, article, join, pieces};
use super::types::type_name;
use super::values::{is_number, literal};

/// Rewrites a sentence.
pub(crate) fn rewrite(scope: &Scope<'_>, sentence: &str) -> Option<String> {
    let pieces = pieces(sentence);
    let is_gone = |code: &str| scope.meaning(code) == Some(Meaning::Gone);
    if sentence.starts_with("TODO") || pieces.iter().filter_map(Piece::code).any(is_gone) {
        return None;
    }
    let text = join(&names(scope, &pieces));
    text.contains(char::is_alphanumeric).then_some(text)
}

/// What stands in backticks, in Python's terms.
fn names(scope: &Scope<'_>, from: &[Piece]) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for (index, piece) in from.iter().enumerate() {
        let Some(code) = piece.code() else {
            out.push(piece.clone());
            continue;
        };
        let next = from.get(index + 1).and_then(Piece::words).unwrap_or_default();
        let before = out.last().and_then(Piece::words).unwrap_or_default().to_owned();
        // The label of a link is what its definition is found by.
        let is_label = before.ends_with('[') && next.starts_with(']');
        if is_number(code) && ["a", "an"].contains(&before.trim_end().rsplit(' ').next().unwrap_or_default()) {
            // `a `u64` length` is a length.
            continue;
        }
        match python(scope, code).filter(|name| name != code && !is_label) {
            Some(name) => {
                if let Some(fixed) = with_article(&before, &name) {
                    out.pop();
                    out.push(Piece::Words(fixed));
                }
                out.push(Piece::Code(name));
            }
            None => out.push(piece.clone()),
        }
    }
    out
}

fn python(scope: &Scope<'_>, code: &str) -> Option<String> {
    if let Some(Meaning::Python(name)) = scope.meaning(code) {
        return Some(name);
    }
    literal(code).map(str::to_owned).or_else(|| type_name(scope, code))
}

fn with_article(before: &str, name: &str) -> Option<String> {
    let (rest, last) = before.trim_end().rsplit_once(' ').unwrap_or(("", before.trim_end()));
    let article = article(name);
    let fixed = match last {
        "a" | "an" => article.to_owned(),
        "A" | "An" => article.replacen('a', "A", 1),
        _ => return None,
    };
    Some(if rest.is_empty() && !before.starts_with(' ') { format!("{fixed} ") } else { format!("{rest} {fixed} ") })
}
