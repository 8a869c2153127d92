//! How a call is answered with an error without calling the host: what is written where the function answers.
//!
//! A function that is given an object for good would have to drop it. The adapter has no such function: what a call uses up
//! is lent to it, so that using it again is an error and no trap.

use wit_parser::{Function, Handle, Int, Resolve, SizeAlign, Type, TypeDefKind};

use super::signature::Types;

/// What the error looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Where the error is, behind where the function answers, and its size, in bytes.
    pub payload: u32,
    pub size: u32,
    /// Where in it are pointers: those of texts and lists, which are empty.
    pub pointers: Vec<u32>,
}

/// Finds out how a function can be answered with an error, or why it cannot.
pub(super) fn of(resolve: &Resolve, sizes: &SizeAlign, function: &Function) -> Result<Refusal, &'static str> {
    let types = Types { resolve, sizes };
    let result = function.result.and_then(|ty| types.result(ty)).ok_or("it has no error to give")?;
    let payload = sizes.payload_offset(Int::U8, [result.ok.as_ref(), result.err.as_ref()]).size_wasm32() as u32;
    let size = result.err.as_ref().map_or(0, |err| sizes.size(err).size_wasm32() as u32);
    let mut pointers = Vec::new();
    if let Some(err) = result.err {
        types.empty(err, payload, &mut pointers).ok_or("its error may hold what nobody can make up")?;
    }
    if function.params.iter().any(|param| types.has_own(param.ty)) {
        return Err("it is given an object for good");
    }
    Ok(Refusal { payload, size, pointers })
}

impl Types<'_> {
    /// Where the pointers of a value are that is all zero otherwise; none where that is no value.
    fn empty(&self, ty: Type, offset: u32, pointers: &mut Vec<u32>) -> Option<()> {
        if self.plain(ty) == Type::String {
            pointers.push(offset);
            return Some(());
        }
        let Some(kind) = self.kind(ty) else { return Some(()) };
        match kind {
            TypeDefKind::List(_) => pointers.push(offset),
            TypeDefKind::Record(_) | TypeDefKind::Tuple(_) => {
                for (at, part) in self.sizes.field_offsets(&self.parts(ty)?) {
                    self.empty(*part, offset + at.size_wasm32() as u32, pointers)?;
                }
            }
            TypeDefKind::Flags(_) | TypeDefKind::Enum(_) | TypeDefKind::Option(_) | TypeDefKind::Type(_) => {}
            // Which case it is is written later: whatever it carries must be a value as zeros are.
            TypeDefKind::Variant(variant) => {
                variant.cases.iter().filter_map(|case| case.ty).all(|ty| self.is_plain(ty)).then_some(())?;
            }
            TypeDefKind::Result(_)
            | TypeDefKind::Resource
            | TypeDefKind::Handle(_)
            | TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Unknown => return None,
        }
        Some(())
    }

    /// Whether a value of zeros alone is one, with no pointer in it.
    fn is_plain(&self, ty: Type) -> bool {
        let mut pointers = Vec::new();
        self.empty(ty, 0, &mut pointers).is_some() && pointers.is_empty()
    }

    /// Whether there is a handle in a value that is given for good.
    fn has_own(&self, ty: Type) -> bool {
        let Some(kind) = self.kind(ty) else { return false };
        let any = |types: Vec<Type>| types.into_iter().any(|ty| self.has_own(ty));
        match kind {
            TypeDefKind::Handle(handle) => matches!(handle, Handle::Own(_)),
            TypeDefKind::Record(_) | TypeDefKind::Tuple(_) => any(self.parts(ty).unwrap_or_default()),
            TypeDefKind::Variant(variant) => any(variant.cases.iter().filter_map(|case| case.ty).collect()),
            TypeDefKind::Option(of) | TypeDefKind::List(of) | TypeDefKind::FixedLengthList(of, _) => self.has_own(*of),
            TypeDefKind::Map(key, value) => any(vec![*key, *value]),
            TypeDefKind::Result(result) => any(result.ok.into_iter().chain(result.err).collect()),
            TypeDefKind::Flags(_) | TypeDefKind::Enum(_) | TypeDefKind::Type(_) | TypeDefKind::Resource => false,
            // They are objects of their own.
            TypeDefKind::Future(_) | TypeDefKind::Stream(_) | TypeDefKind::Unknown => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use wit_parser::{Resolve, SizeAlign};

    use super::{Refusal, of};

    const TYPES: &str = "resource thing;
        enum simple { one, other }
        variant wide { one, other(u64) }
        variant texts { one, other(string) }
        record whole { kind: simple, text: string, more: option<string>, numbers: list<u64> }";

    /// How a function of this signature is answered with an error.
    fn refusal(signature: &str) -> Result<Refusal, &'static str> {
        let text = format!("package a:b; interface all {{ {TYPES} call: func{signature}; }}");
        let mut resolve = Resolve::default();
        resolve.push_source("made.wit", &text).unwrap_or_else(|error| panic!("{error:#}"));
        let mut sizes = SizeAlign::default();
        sizes.fill(&resolve).expect("types have sizes");
        let (_, interface) = resolve.interfaces.iter().next().expect("there is an interface");
        of(&resolve, &sizes, &interface.functions["call"])
    }

    #[test]
    fn an_error_is_where_the_canonical_abi_has_it() {
        let is = |payload, size, pointers: &[u32]| Ok(Refusal { payload, size, pointers: pointers.to_vec() });
        for (signature, expected) in [
            ("() -> result<_, simple>", is(1, 1, &[])),
            ("() -> result<u32, simple>", is(4, 1, &[])),
            ("() -> result<u8, wide>", is(8, 16, &[])),
            ("(of: borrow<thing>) -> result<u32, string>", is(4, 8, &[4])),
            ("() -> result<u32, whole>", is(4, 32, &[8, 28])),
            ("() -> result", is(1, 0, &[])),
        ] {
            assert_eq!(refusal(signature), expected, "{signature}");
        }
    }

    #[test]
    fn what_cannot_be_refused_says_why() {
        for (signature, why) in [
            ("() -> u32", "it has no error to give"),
            ("()", "it has no error to give"),
            ("() -> result<u32, texts>", "its error may hold what nobody can make up"),
            ("() -> result<u32, thing>", "its error may hold what nobody can make up"),
            ("(of: thing) -> result<_, simple>", "it is given an object for good"),
            ("(of: list<option<thing>>) -> result<_, simple>", "it is given an object for good"),
        ] {
            assert_eq!(refusal(signature), Err(why), "{signature}");
        }
    }
}
