//! How sketches are made up. What is refused often is seldom, so that most of what is made gets somewhere.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{Answer, Bytes, Failure, Function, Given, Interface, Line, Param, Shape, Sketch, Type, Unsaid, Value};
use crate::sketch::lines::Table;

/// The types of WIT itself, the common ones more than once.
const PLAIN: [&str; 18] = [
    "u8", "u16", "u32", "u32", "u64", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "bool", "char", "string",
    "string", "list<u8>", "list<u8>",
];

/// Whole sketches.
pub fn sketches() -> impl Strategy<Value = Sketch> {
    let unsaid = (seldom(), seldom(), seldom(), seldom()).prop_map(|(default, buffers, extra, required)| Unsaid {
        default,
        buffers,
        extra,
        required,
    });
    let exported = weighted(0.25, vec(exported(), 1..3));
    let daring = prop::bool::weighted(0.1);
    (vec(interface(), 1..4), exported, any::<bool>(), daring, unsaid, vec(line(), 0..8)).prop_map(
        |(interfaces, exported, versioned, daring, unsaid, lines)| Sketch {
            interfaces,
            exported,
            versioned,
            daring,
            unsaid,
            lines,
        },
    )
}

fn seldom() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.03)
}

fn pick() -> impl Strategy<Value = Index> {
    any::<Index>()
}

fn interface() -> impl Strategy<Value = Interface> {
    (pick(), vec((pick(), any::<bool>()), 0..4), vec(named(), 0..6), vec(any_function(), 0..6))
        .prop_map(|(name, uses, types, functions)| Interface { name, uses, types, functions })
}

fn named() -> impl Strategy<Value = Type> {
    (pick(), docs(), shape()).prop_map(|(name, docs, shape)| Type { name, docs, shape })
}

fn docs() -> impl Strategy<Value = Option<Index>> {
    weighted(0.3, pick())
}

fn shape() -> impl Strategy<Value = Shape> {
    let cases = || vec((pick(), of(value())), 1..4);
    // What an error says besides is plain, or it could not be told.
    let failures = || vec((pick(), weighted(0.05, value())), 1..4);
    let fields = vec((pick(), value(), prop::bool::weighted(0.8)), 0..4);
    let setters = vec(setter(), 0..3);
    prop_oneof![
        2 => value().prop_map(Shape::Alias),
        6 => (weighted(0.3, vec(told(), 0..3)), vec(any_function(), 0..5))
            .prop_map(|(constructor, members)| Shape::Resource { constructor, members }),
        1 => pick().prop_map(Shape::OtherName),
        2 => vec((pick(), value()), 1..4).prop_map(Shape::Record),
        2 => cases().prop_map(Shape::Variant),
        4 => (any::<bool>(), failures()).prop_map(|(small, cases)| Shape::Failure { small, cases }),
        1 => vec(pick(), 1..4).prop_map(Shape::Enum),
        1 => vec(pick(), 1..4).prop_map(Shape::Flags),
        2 => (fields, of(setters)).prop_map(|(fields, extra)| Shape::Options { fields, extra }),
        1 => Just(Shape::Address),
    ]
}

fn any_function() -> impl Strategy<Value = Function> {
    (pick(), docs(), prop::bool::weighted(0.25), vec(param(), 0..4), answer())
        .prop_map(|(name, docs, is_static, params, answer)| Function { name, docs, is_static, params, answer })
}

/// What a placeholder has.
fn setter() -> impl Strategy<Value = Function> {
    (pick(), docs(), prop::bool::weighted(0.05), value()).prop_map(|(name, docs, is_static, value)| {
        let params = vec![Param { name, given: Given::Value(value) }];
        Function { name, docs, is_static, params, answer: Answer::Nothing }
    })
}

/// What the host calls: mostly with resources and plain values.
fn exported() -> impl Strategy<Value = Function> {
    let given = prop_oneof![
        6 => pick().prop_map(Given::Own),
        4 => select(&PLAIN[..]).prop_map(|plain| Given::Value(Value::Plain(plain))),
        1 => value().prop_map(Given::Value),
    ];
    let plain = || select(&PLAIN[..]).prop_map(Value::Plain);
    let answer = prop_oneof![
        Just(Answer::Nothing),
        plain().prop_map(Answer::Value),
        of(plain()).prop_map(|ok| Answer::Perhaps(ok, Failure::Text)),
        Just(Answer::Perhaps(None, Failure::Untold)),
    ];
    let params = vec((pick(), given).prop_map(|(name, given)| Param { name, given }), 0..3);
    (pick(), docs(), params, answer).prop_map(|(name, docs, params, answer)| Function {
        name,
        docs,
        is_static: false,
        params,
        answer,
    })
}

fn param() -> impl Strategy<Value = Param> {
    (pick(), given()).prop_map(|(name, given)| Param { name, given })
}

/// A parameter of a constructor: mostly a value, since such a one cannot fail.
fn told() -> impl Strategy<Value = Param> {
    let given = prop_oneof![8 => value().prop_map(Given::Value), 1 => given()];
    (pick(), given).prop_map(|(name, given)| Param { name, given })
}

fn given() -> impl Strategy<Value = Given> {
    prop_oneof![
        8 => value().prop_map(Given::Value),
        2 => pick().prop_map(Given::Own),
        3 => pick().prop_map(Given::Lent),
        1 => pick().prop_map(Given::PerhapsLent),
        1 => pick().prop_map(Given::PerhapsOwn),
        1 => pick().prop_map(Given::LentList),
        1 => pick().prop_map(Given::OwnList),
        2 => pick().prop_map(Given::Options),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let bytes = || select(&[Bytes::Text, Bytes::Bytes][..]);
    let failure = prop_oneof![
        12 => pick().prop_map(Failure::Named),
        1 => Just(Failure::Text),
        1 => Just(Failure::Untold),
    ];
    prop_oneof![
        2 => Just(Answer::Nothing),
        3 => value().prop_map(Answer::Value),
        6 => (of(value()), failure).prop_map(|(ok, failure)| Answer::Perhaps(ok, failure)),
        2 => (bytes(), any::<bool>()).prop_map(|(bytes, perhaps)| Answer::Buffer(bytes, perhaps)),
        1 => bytes().prop_map(Answer::Page),
        1 => Just(Answer::Count),
        1 => Just(Answer::Chunk),
        2 => pick().prop_map(Answer::Handle),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => select(&PLAIN[..]).prop_map(Value::Plain),
        2 => pick().prop_map(Value::Named),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            3 => boxed().prop_map(Value::Option),
            3 => boxed().prop_map(Value::List),
            2 => vec(inner.clone(), 1..4).prop_map(Value::Tuple),
            1 => (of(boxed()), of(boxed())).prop_map(|(ok, err)| Value::Result(ok, err)),
        ]
    })
}

fn line() -> impl Strategy<Value = Line> {
    (select(&Table::ALL[..]), prop::bool::weighted(0.97), pick(), pick()).prop_map(|(table, fits, at, other)| Line {
        table,
        fits,
        at,
        other,
    })
}
