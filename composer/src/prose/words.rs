//! The words of a sentence outside of backticks: handles are objects, errors are raised.

use super::scope::Scope;
use super::text::{Piece, article};

/// What comes before a noun.
const DETERMINERS: [&str; 25] = [
    "a", "an", "the", "this", "that", "each", "any", "every", "no", "its", "their", "such", "both", "some", "of", "or",
    "not", "same", "new", "given", "returned", "busy", "full", "owned", "borrowed",
];

/// What comes after a verb.
const AFTER_VERBS: [&str; 9] = ["the", "a", "an", "exactly", "it", "them", "all", "one", "this"];

/// `body handle` to `body`, and any other handle to `object`: Python holds objects.
pub(super) fn objects(scope: &Scope<'_>, from: Vec<Piece>) -> Vec<Piece> {
    let objects = from.into_iter().map(|piece| match piece {
        Piece::Words(words) if words.to_lowercase().contains("handle") => Piece::Words(without_handles(scope, &words)),
        Piece::Words(_) | Piece::Code(_) => piece,
    });
    objects.collect()
}

fn without_handles(scope: &Scope<'_>, words: &str) -> String {
    let tokens: Vec<&str> = words.split(' ').collect();
    let mut out: Vec<String> = Vec::new();
    let mut skip = 0;
    for (index, token) in tokens.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let (open, word, close) = bare(token);
        let (_, before, _) = bare(out.last().map(String::as_str).unwrap_or_default());
        let (before, next) = (before.to_lowercase(), tokens.get(index + 1).copied().unwrap_or_default());
        let is_many = word == "handles" || word == "Handles";
        let is_noun = DETERMINERS.contains(&before.as_str()) || !AFTER_VERBS.contains(&next) && word != "Handle";
        if !(is_many || word == "handle") || !is_noun {
            out.push((*token).to_owned());
            continue;
        }
        let after = tokens.get(index + 2).copied().unwrap_or_default();
        if scope.is_object(&before) {
            let last = out.pop().unwrap_or_default();
            out.push(format!("{}{close}", if is_many { plural(&last) } else { last }));
        } else if let Some(noun) = scope.noun_after(&before) {
            out.push(format!("{open}{}{close}", if is_many { plural(noun) } else { noun.to_owned() }));
        } else {
            if ["owned", "borrowed"].contains(&before.as_str()) {
                out.pop();
            }
            let noun = if is_many { "objects" } else { "object" };
            match out.last().map(String::as_str) {
                Some("a") => out.splice(out.len() - 1.., [article(noun).to_owned()]).for_each(drop),
                Some("A") => out.splice(out.len() - 1.., ["An".to_owned()]).for_each(drop),
                Some(_) | None => {}
            }
            out.push(format!("{open}{noun}{close}"));
        }
        // A handle is to what an object is.
        if next == "is" && after == "to" {
            out.push("is".to_owned());
            skip = 2;
        } else if next == "to" && ["the", "a", "an", "this"].contains(&after) {
            out.push("for".to_owned());
            skip = 1;
        }
    }
    out.join(" ")
}

/// A word without what opens before it and closes after it.
pub(super) fn bare(token: &str) -> (&str, &str, &str) {
    let word = token.trim_start_matches(['(', '“', '"', '*']);
    let open = &token[..token.len() - word.len()];
    let core = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '”', '"', '*']);
    (open, core, &word[core.len()..])
}

fn plural(noun: &str) -> String {
    noun.strip_suffix('y').map_or_else(|| format!("{noun}s"), |stem| format!("{stem}ies"))
}

/// What is said otherwise.
const REWORDED: [(&str, &str); 8] = [
    (" via a buffer of the provided size", ""),
    ("hostcalls", "host calls"),
    ("hostcall", "host call"),
    ("options resource", "options object"),
    ("in this resource", "in this class"),
    ("or an error code on failure", "or raises on failure"),
    (" return an error", " raise an error"),
    (" returning an error", " raising an error"),
];

/// How docs of errors say that Python raises them.
const RETURNED: [&str; 4] = [" is returned", " be returned", "rror returned", "rrors returned"];

/// The words in Python's terms; `bytes` is what a list of bytes is to the caller.
pub(super) fn reworded(scope: &Scope<'_>, from: Vec<Piece>, bytes: Option<&str>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in from {
        let Piece::Words(mut words) = piece else {
            out.push(piece);
            continue;
        };
        for (raw, python) in REWORDED {
            words = words.replace(raw, python);
        }
        if let Some(bytes) = bytes {
            words = words.replace("a list of bytes", bytes);
        }
        let is_case = out.last().and_then(Piece::code).is_some_and(is_case);
        if is_case || scope.is_error() {
            for returned in RETURNED {
                words = words.replace(returned, &returned.replace("returned", "raised"));
            }
        }
        out.push(Piece::Words(words));
    }
    out
}

fn is_case(code: &str) -> bool {
    let last = code.rsplit('.').next().unwrap_or_default();
    code.contains('.') && last.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}
