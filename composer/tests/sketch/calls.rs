//! The functions of a sketch as WIT, and the values that they take and give.

use std::collections::BTreeSet;

use proptest::sample::Index;

use super::names::{self, docs, fresh};
use super::write::{CURSOR, Known, Place, SIZE, Scope, What};
use super::{Answer, Bytes, Failure, Function, Given, Param, Value};

impl Scope {
    /// A function of the interface, or of a resource whose members are given.
    pub(super) fn write_function(&mut self, function: &Function, members: Option<&mut BTreeSet<String>>) -> String {
        let is_member = members.is_some();
        let pool = self.pool(&names::FUNCTIONS);
        let name = fresh(&function.name, pool, members.unwrap_or(&mut self.taken));
        let indent = if is_member { "    " } else { "  " };
        let mut taken = BTreeSet::new();
        let is_static = is_member && function.is_static;
        if is_member && !is_static {
            taken.insert("self".to_owned());
        }
        // What is called more than once cannot be given what it would take away the first time.
        let is_repeated = match function.answer {
            Answer::Buffer(..) | Answer::Page(_) | Answer::Count | Answer::Chunk => !self.daring,
            Answer::Nothing | Answer::Value(_) | Answer::Perhaps(..) | Answer::Handle(_) => false,
        };
        let given = |param: &&Param| {
            !(is_repeated && matches!(param.given, Given::Own(_) | Given::PerhapsOwn(_) | Given::OwnList(_)))
        };
        let mut params = self.params(function.params.iter().filter(given), &mut taken);
        // Who is lent what can be used up has to say so.
        let is_lent =
            is_member && !is_static || !function.params.iter().all(|param| matches!(param.given, Given::Value(_)));
        let answer = match (&function.answer, is_lent && !self.daring) {
            (Answer::Perhaps(ok, Failure::Untold), true) => &Answer::Perhaps(ok.clone(), Failure::Named(function.name)),
            (answer, _) => answer,
        };
        let answer = self.answer(answer, &mut params, &mut taken);
        let (docs, params) = (docs(&function.docs, indent), params.join(", "));
        let is_static = if is_static { "static " } else { "" };
        format!("{docs}{indent}%{name}: {is_static}func({params}){answer};\n")
    }

    pub(super) fn params<'p>(
        &self,
        params: impl IntoIterator<Item = &'p Param>,
        taken: &mut BTreeSet<String>,
    ) -> Vec<String> {
        let param = |param: &Param| {
            let name = fresh(&param.name, self.pool(&names::PARTS), taken);
            format!("%{name}: {}", self.given(&param.given))
        };
        params.into_iter().map(param).collect()
    }

    fn given(&self, given: &Given) -> String {
        let handle = |pick: &Index| self.resource(pick);
        let known = match given {
            Given::Value(value) => Some(self.value(value, Place::Param).0),
            Given::Own(pick) => handle(pick),
            Given::Lent(pick) => handle(pick).map(|name| format!("borrow<{name}>")),
            Given::PerhapsLent(pick) => handle(pick).map(|name| format!("option<borrow<{name}>>")),
            Given::PerhapsOwn(pick) => handle(pick).map(|name| format!("option<{name}>")),
            Given::LentList(pick) => handle(pick).map(|name| format!("list<borrow<{name}>>")),
            Given::OwnList(pick) => handle(pick).map(|name| format!("list<{name}>")),
            Given::Options(pick) => self.pick(pick, |known| known.what == What::Options),
        };
        known.unwrap_or_else(|| "u32".to_owned())
    }

    fn answer(&self, answer: &Answer, params: &mut Vec<String>, taken: &mut BTreeSet<String>) -> String {
        let bytes = |bytes: &Bytes| match bytes {
            Bytes::Text => "string",
            Bytes::Bytes => "list<u8>",
        };
        let mut add = |name: &str, ty: &str| {
            if taken.insert(name.to_owned()) {
                params.push(format!("{name}: {ty}"));
            }
        };
        let failure = self.known.iter().find(|known| known.what == What::Failure);
        let fallible = |ok: String| match failure {
            Some(failure) => format!(" -> result<{ok}, %{}>", failure.name),
            None => format!(" -> result<{ok}>"),
        };
        match answer {
            Answer::Nothing => String::new(),
            Answer::Value(value) => format!(" -> {}", self.value(value, Place::Answer).0),
            Answer::Handle(pick) => self.resource(pick).map(fallible).unwrap_or_default(),
            Answer::Perhaps(ok, failure) => {
                let ok = ok.as_ref().map(|ok| self.value(ok, Place::Answer).0);
                let failure = match failure {
                    Failure::Named(pick) => {
                        self.pick(pick, |known| known.what == What::Failure && (self.daring || !known.owns))
                    }
                    Failure::Text => Some("string".to_owned()),
                    Failure::Untold => None,
                };
                format!(" -> {}", result(ok, failure))
            }
            Answer::Buffer(content, perhaps) => {
                add(SIZE, "u64");
                let content = bytes(content).to_owned();
                fallible(if *perhaps { format!("option<{content}>") } else { content })
            }
            Answer::Page(content) => {
                add(SIZE, "u64");
                add(CURSOR, "u32");
                fallible(format!("tuple<{}, option<u32>>", bytes(content)))
            }
            Answer::Count => {
                add("data", "list<u8>");
                fallible("u64".to_owned())
            }
            Answer::Chunk => {
                add("size", "u32");
                fallible("list<u8>".to_owned())
            }
        }
    }

    /// A value, and whether it owns or lends handles.
    pub(super) fn value(&self, value: &Value, place: Place) -> (String, (bool, bool)) {
        match value {
            Value::Plain(plain) => ((*plain).to_owned(), (false, false)),
            Value::Named(pick) => {
                let fits = |known: &Known| {
                    let is_plain = self.daring || matches!(known.what, What::Value | What::Resource);
                    match place {
                        Place::Param => is_plain && (self.daring || !known.owns),
                        Place::Answer | Place::Inside => is_plain && !known.lends,
                    }
                };
                let found: Vec<_> = self.known.iter().filter(|known| fits(known)).collect();
                if found.is_empty() {
                    return ("list<u8>".to_owned(), (false, false));
                }
                let known = *pick.get(&found);
                (format!("%{}", known.name), (known.owns, known.lends))
            }
            Value::Option(inner) => self.wrapped("option", &[inner], place),
            Value::List(inner) => self.wrapped("list", &[inner], place),
            Value::Tuple(parts) => self.wrapped("tuple", &parts.iter().collect::<Vec<_>>(), place),
            Value::Result(ok, err) => {
                let part = |part: &Option<Box<Value>>| part.as_ref().map(|part| self.value(part, place));
                let (ok, err) = (part(ok), part(err));
                let holds = [&ok, &err].into_iter().flatten().map(|(_, holds)| *holds);
                let holds = holds.fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1));
                (result(ok.map(|(text, _)| text), err.map(|(text, _)| text)), holds)
            }
        }
    }

    fn wrapped(&self, name: &str, parts: &[&Value], place: Place) -> (String, (bool, bool)) {
        let parts: Vec<_> = parts.iter().map(|part| self.value(part, place)).collect();
        let holds = parts.iter().fold((false, false), |all, (_, one)| (all.0 || one.0, all.1 || one.1));
        let parts: Vec<_> = parts.into_iter().map(|(text, _)| text).collect();
        (format!("{name}<{}>", parts.join(", ")), holds)
    }

    pub(super) fn resource(&self, pick: &Index) -> Option<String> {
        self.pick(pick, |known| known.what == What::Resource)
    }

    fn pick(&self, pick: &Index, fits: impl Fn(&Known) -> bool) -> Option<String> {
        let found: Vec<_> = self.known.iter().filter(|known| fits(known)).collect();
        (!found.is_empty()).then(|| format!("%{}", pick.get(&found).name))
    }
}

fn result(ok: Option<String>, err: Option<String>) -> String {
    match (ok, err) {
        (Some(ok), Some(err)) => format!("result<{ok}, {err}>"),
        (Some(ok), None) => format!("result<{ok}>"),
        (None, Some(err)) => format!("result<_, {err}>"),
        (None, None) => "result".to_owned(),
    }
}
