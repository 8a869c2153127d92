//! Values of raw types: any there is, and every case there is.

use wasmtime::component::Type;

use super::{Host, State, values};
use crate::script::wave::Value;

impl Host {
    pub(super) fn letters(&mut self, most: usize) -> String {
        let length = self.rng.usize(0..=most);
        (0..length).map(|_| self.rng.lowercase()).collect()
    }

    fn list(&mut self, item: &Type, wild: bool, state: &mut State) -> Value {
        if matches!(item, Type::U8) {
            return Value::Bytes(if wild {
                let length = self.rng.usize(0..12);
                (0..length).map(|_| self.rng.u8(..)).collect()
            } else {
                self.letters(12).into_bytes()
            });
        }
        let count = if wild { self.rng.usize(0..4) } else { self.rng.usize(1..4) };
        Value::List((0..count).map(|_| self.any(item, wild, state)).collect())
    }

    /// A value of a type: an ordinary one, or whatever there is.
    pub(super) fn any(&mut self, ty: &Type, wild: bool, state: &mut State) -> Value {
        match ty {
            Type::Bool => values::word(if self.rng.bool() { "true" } else { "false" }),
            Type::U8 => values::number(self.rng.u8(..)),
            Type::S8 => values::number(self.rng.i8(..)),
            Type::U16 => values::number(self.rng.u16(..)),
            Type::S16 => values::number(self.rng.i16(..)),
            Type::U32 => values::number(if wild { self.edge().1 } else { self.rng.u32(..100_000) }),
            Type::S32 => values::number(self.rng.i32(..)),
            Type::U64 => values::number(if wild { self.edge().0 } else { self.rng.u64(..1 << 40) }),
            Type::S64 => values::number(self.rng.i64(..)),
            Type::Float32 => values::number(f32::from(self.rng.i16(..)) / 4.0),
            Type::Float64 => values::float(f64::from(self.rng.i32(..)) / 1024.0),
            Type::Char => Value::Char(self.rng.lowercase()),
            Type::String => Value::Text(if wild { self.text() } else { self.letters(12) }),
            Type::List(list) => self.list(&list.ty(), wild, state),
            Type::Record(record) => {
                let fields = record.fields().map(|field| (field.name.to_owned(), field.ty));
                let fields: Vec<_> = fields.collect();
                let fields = fields.into_iter().map(|(name, ty)| (name, self.any(&ty, wild, state)));
                Value::Record(fields.collect(), false)
            }
            Type::Tuple(tuple) => {
                let types: Vec<_> = tuple.types().collect();
                Value::Tuple(types.iter().map(|ty| self.any(ty, wild, state)).collect())
            }
            Type::Variant(variant) => {
                let cases: Vec<_> = variant.cases().map(|case| (case.name.to_owned(), case.ty)).collect();
                let (name, ty) = &cases[self.rng.usize(..cases.len())];
                let payload = ty.as_ref().map(|ty| self.any(ty, wild, state));
                values::case(name, payload)
            }
            Type::Enum(cases) => {
                let names: Vec<_> = cases.names().collect();
                values::word(names[self.rng.usize(..names.len())])
            }
            Type::Option(option) => {
                if wild && self.rng.bool() {
                    values::none()
                } else {
                    values::some(self.any(&option.ty(), wild, state))
                }
            }
            Type::Result(result) => {
                if wild && self.rng.bool() {
                    values::err(result.err().map(|err| self.any(&err, wild, state)))
                } else {
                    values::ok(result.ok().map(|ok| self.any(&ok, wild, state)))
                }
            }
            Type::Flags(flags) => {
                let names: Vec<_> = flags.names().map(str::to_owned).collect();
                Value::Flags(names.into_iter().filter(|_| self.rng.bool()).collect())
            }
            Type::Own(_) => state.raw_handle(),
            Type::Borrow(_) | Type::Map(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext => Value::Any,
        }
    }

    fn edge(&mut self) -> (u64, u32) {
        let long = [0, 1, u64::from(u32::MAX), 1 << 53, u64::MAX, self.rng.u64(..)];
        let short = [0, 1, u32::MAX, self.rng.u32(..)];
        (long[self.rng.usize(..long.len())], short[self.rng.usize(..short.len())])
    }

    fn text(&mut self) -> String {
        let parts = ["", "a", "\0", "\u{1}", " ", "\u{e9}", "\u{1f30a}", "ab c", "\n"];
        (0..self.rng.usize(0..6)).map(|_| parts[self.rng.usize(..parts.len())]).collect()
    }
}

/// Every error of a function, each case of each variant once.
pub fn errors(ty: &Type, state: &mut State) -> Vec<Value> {
    let Type::Result(result) = ty else { return Vec::new() };
    match result.err() {
        Some(err) => every(&err, state).into_iter().map(|error| values::err(Some(error))).collect(),
        None => vec![values::err(None)],
    }
}

/// One field after the other goes through all it can be, the others being at their first.
fn every_record(all: &[(String, Vec<Value>)]) -> Vec<Value> {
    let one = |place: usize, turn: usize| {
        let field = |(at, (name, values)): (usize, &(String, Vec<Value>))| {
            let value = values.get(if at == place { turn } else { 0 }).or_else(|| values.first());
            (name.clone(), value.cloned().unwrap_or(Value::Any))
        };
        Value::Record(all.iter().enumerate().map(field).collect(), false)
    };
    let turns =
        all.iter().enumerate().flat_map(|(place, (_, values))| (0..values.len()).map(move |turn| (place, turn)));
    turns.map(|(place, turn)| one(place, turn)).collect()
}

/// Values of a type that have each case of each of its variants once.
fn every(ty: &Type, state: &mut State) -> Vec<Value> {
    match ty {
        Type::Enum(cases) => cases.names().map(values::word).collect(),
        Type::Variant(variant) => {
            let cases: Vec<_> = variant.cases().map(|case| (case.name.to_owned(), case.ty)).collect();
            let with = |(name, ty): (String, Option<Type>)| match ty {
                Some(ty) => every(&ty, state).into_iter().map(|inner| values::case(&name, Some(inner))).collect(),
                None => vec![values::word(&name)],
            };
            cases.into_iter().flat_map(with).collect()
        }
        Type::Option(option) => {
            let some = every(&option.ty(), state).into_iter().map(values::some);
            [values::none()].into_iter().chain(some).collect()
        }
        Type::Record(record) => {
            let fields: Vec<_> = record.fields().map(|field| (field.name.to_owned(), field.ty)).collect();
            every_record(&fields.into_iter().map(|(name, ty)| (name, every(&ty, state))).collect::<Vec<_>>())
        }
        Type::Own(_) => vec![state.raw_handle()],
        Type::Tuple(tuple) => {
            let types: Vec<_> = tuple.types().collect();
            vec![Value::Tuple(
                types.iter().map(|ty| every(ty, state).into_iter().next().unwrap_or(Value::Any)).collect(),
            )]
        }
        Type::Bool => vec![values::word("true")],
        Type::U8
        | Type::S8
        | Type::U16
        | Type::S16
        | Type::U32
        | Type::S32
        | Type::U64
        | Type::S64
        | Type::Float32
        | Type::Float64 => vec![values::number(7)],
        Type::Char => vec![Value::Char('x')],
        Type::String => vec![Value::Text("adrift".to_owned())],
        Type::List(_) => vec![Value::List(Vec::new())],
        Type::Flags(_) => vec![Value::Flags(Vec::new())],
        Type::Result(_) | Type::Borrow(_) | Type::Map(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
            vec![Value::Any]
        }
    }
}
