//! One sentence, from the raw world's terms to Python's; or none, where it only speaks of what is gone.

use super::scope::{Meaning, Scope, is_unknown};
use super::text::{Piece, article, join, pieces, spoken};
use super::types::type_name;
use super::values::{is_generic, is_number, literal, unwrapped};
use super::words;
use crate::plan::{Function, Kind, Primitive, Type};

/// Rewrites a sentence.
pub(crate) fn rewrite(scope: &Scope<'_>, sentence: &str) -> Option<String> {
    if is_about_the_raw_world(scope, sentence) {
        return None;
    }
    let pieces = pieces(sentence);
    let pieces = rust_paths(scope, pieces)?;
    let pieces = without_gone(scope, pieces)?;
    let pieces = outcomes(scope, pieces);
    let pieces = receiver(scope, pieces);
    let pieces = bare_names(scope, pieces);
    let pieces = words::objects(scope, pieces);
    let pieces = names(scope, pieces);
    let pieces = words::reworded(scope, pieces, result_text(scope.of_function()));
    let text = join(&pieces);
    text.contains(char::is_alphanumeric).then_some(text)
}

/// Whether a sentence is of no use to who calls from Python.
fn is_about_the_raw_world(scope: &Scope<'_>, sentence: &str) -> bool {
    let is_layout = sentence.contains(" fit") && pieces(sentence).iter().filter_map(Piece::code).any(is_generic);
    sentence.starts_with("TODO")
        || sentence.to_lowercase().contains("extensibility")
        || sentence.split(|c: char| !c.is_alphanumeric()).any(|word| word == "NUL")
        || is_layout && scope.has_lost_parameters()
}

/// `Type::case` outside of backticks is a name like any other; where it is none, nobody can follow it.
fn rust_paths(scope: &Scope<'_>, from: Vec<Piece>) -> Option<Vec<Piece>> {
    let mut out = Vec::new();
    for piece in from {
        match piece {
            Piece::Words(words) if words.contains("::") => {
                let token = words.split(' ').find(|token| token.contains("::"))?;
                let path = token.trim_end_matches(['.', ',', ';']);
                let (before, after) = words.split_once(path)?;
                scope.meaning(path)?;
                out.extend([
                    Piece::Words(before.to_owned()),
                    Piece::Code(path.to_owned()),
                    Piece::Words(after.to_owned()),
                ]);
            }
            Piece::Words(_) | Piece::Code(_) => out.push(piece),
        }
    }
    Some(out)
}

/// Where a clause begins that a sentence can do without.
const CLAUSES: [&str; 6] = [", so that ", "; ", ", which ", ", since ", ", because ", " ("];

/// Cuts what speaks of raw items without a friendly counterpart; none where nothing else is said.
fn without_gone(scope: &Scope<'_>, mut from: Vec<Piece>) -> Option<Vec<Piece>> {
    loop {
        let is_gone = |piece: &Piece| piece.code().is_some_and(|code| scope.meaning(code) == Some(Meaning::Gone));
        let Some(gone) = from.iter().position(is_gone) else { return Some(from) };
        let (at, offset, clause) = clause_before(&from, gone)?;
        let before = from.get(at)?.words()?.get(..offset)?.to_owned();
        let closing = from.iter().enumerate().skip(gone).find_map(|(index, piece)| {
            let words = piece.words()?;
            Some((index, words.get(words.find(')')? + 1..)?.to_owned()))
        });
        let rest: Vec<Piece> = match closing {
            Some((index, after)) if clause == " (" => {
                [Piece::Words(after)].into_iter().chain(from.iter().skip(index + 1).cloned()).collect()
            }
            Some(_) | None => vec![Piece::Words(".".to_owned())],
        };
        from.truncate(at);
        from.push(Piece::Words(before));
        from.extend(rest);
    }
}

/// The last clause that begins before a piece: in which piece, where in it, and how.
fn clause_before(from: &[Piece], gone: usize) -> Option<(usize, usize, &'static str)> {
    from.iter().enumerate().take(gone).rev().find_map(|(index, piece)| {
        let words = piece.words()?;
        let starts = CLAUSES.iter().filter_map(|clause| Some((words.rfind(clause)?, *clause)));
        let (offset, clause) = starts.max_by_key(|(offset, _)| *offset)?;
        Some((index, offset, clause))
    })
}

/// `ok(…)`, `some(…)` and `err(…)`: what is returned, and what is raised.
fn outcomes(scope: &Scope<'_>, from: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut variable = None;
    let mut rest = from.into_iter().peekable();
    while let Some(piece) = rest.next() {
        let Piece::Code(code) = piece else {
            out.push(piece);
            continue;
        };
        let inner = unwrapped(&code).to_owned();
        let said = out.last().and_then(Piece::words).unwrap_or_default();
        if variable.as_ref() == Some(&code) {
            continue;
        } else if code == "ok" && said.ends_with("eturns ") {
            out.push(Piece::Words("normally".to_owned()));
        } else if code.starts_with("err(") {
            let Some(kept) = [", or ", " or "].iter().find_map(|or| said.strip_suffix(or)).map(str::to_owned) else {
                out.push(Piece::Code("Err".to_owned()));
                continue;
            };
            out.pop();
            out.push(Piece::Words(format!("{kept}.")));
            return pieces(&listed(&join(&out)));
        } else if inner == code || literal(&inner).is_some() {
            out.push(Piece::Code(code));
        } else if inner.len() > 2 && scope.meaning(&inner).is_some() {
            out.push(Piece::Code(inner));
        } else {
            let next = rest.peek().and_then(Piece::words).unwrap_or_default();
            let leads = [" with the ", " containing the ", " with a ", " containing a "];
            match leads.iter().find_map(|lead| next.strip_prefix(lead)).map(|after| format!("the {after}")) {
                Some(words) => {
                    rest.next();
                    out.push(Piece::Words(words));
                }
                None => out.push(Piece::Words("the value".to_owned())),
            }
            variable = Some(inner);
        }
    }
    out
}

/// `A, B` to `A, or B`, once the last of three is cut.
fn listed(sentence: &str) -> String {
    match sentence.rfind(", `") {
        Some(at) if !sentence.contains(", or ") => {
            let (before, after) = sentence.split_at(at + 2);
            format!("{before}or {after}")
        }
        Some(_) | None => sentence.to_owned(),
    }
}

/// `the body `dest`` to `this body`: the receiver has no name of its own.
fn receiver(scope: &Scope<'_>, from: Vec<Piece>) -> Vec<Piece> {
    let Some(Kind::Method(class)) = scope.of_function().map(|function| &function.kind) else { return from };
    let noun = spoken(class);
    let mut out: Vec<Piece> = Vec::new();
    for piece in from {
        let unknown = piece.code().is_some_and(|code| is_unknown(scope, code));
        let before = out.last().and_then(Piece::words).and_then(|words| words.strip_suffix(&format!("the {noun} ")));
        match before.map(|before| format!("{before}this {noun}")) {
            Some(words) if unknown => {
                out.pop();
                out.push(Piece::Words(words));
            }
            Some(_) | None => out.push(piece),
        }
    }
    out
}

/// Names without backticks get them.
fn bare_names(scope: &Scope<'_>, from: Vec<Piece>) -> Vec<Piece> {
    let named = from.into_iter().map(|piece| match piece {
        Piece::Words(words) if words.contains('-') => {
            let words = words.split(' ').map(|token| {
                let (open, word, close) = words::bare(token);
                scope.bare(word).map_or_else(|| token.to_owned(), |name| format!("{open}`{name}`{close}"))
            });
            pieces(&words.collect::<Vec<_>>().join(" "))
        }
        Piece::Words(_) | Piece::Code(_) => vec![piece],
    });
    named.flatten().collect()
}

/// What stands in backticks, in Python's terms.
fn names(scope: &Scope<'_>, from: Vec<Piece>) -> Vec<Piece> {
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

/// What a list of bytes is to who gets it.
fn result_text(function: Option<&Function>) -> Option<&'static str> {
    let mut ty = function?.result.as_ref()?;
    loop {
        ty = match ty {
            Type::Result { ok, .. } => ok.as_deref()?,
            Type::Option(inner) => inner,
            Type::Primitive(Primitive::String) => return Some("a string"),
            Type::List(inner) if **inner == Type::Primitive(Primitive::U8) => return Some("bytes"),
            Type::Primitive(_)
            | Type::List(_)
            | Type::Tuple(_)
            | Type::Named(_)
            | Type::Own(_)
            | Type::Borrow(_)
            | Type::Converted(_) => {
                return None;
            }
        };
    }
}
