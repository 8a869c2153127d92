//! A script that is made up: what it takes to call a function, the call, and everything dropped at the end.

use composer::plan::{
    Conversion, Function, Interface, Kind, Primitive, Separator, Side, Type, TypeDef, TypeKind, TypePath,
};
use fastrand::Rng;
use indexmap::IndexMap;
use wasmtime::component::Type as RawType;

use super::makers::{Makers, is_made};
use super::{Friendly, Host, Model, Subject, values};
use crate::script::Script;
use crate::script::file::{Section, Step};
use crate::script::wave::Value;

/// A script in the making.
pub struct Case<'s> {
    /// What it makes calls by.
    pub model: Model<'s>,
    /// What it did.
    pub steps: Vec<Step>,
    /// Whether arguments may be such that no host ever sees them.
    pub wild: bool,
    makers: &'s Makers<'s>,
    rng: Rng,
}

impl<'s> Case<'s> {
    /// Starts one; another seed makes other values.
    pub fn new(subject: Subject<'s>, makers: &'s Makers<'s>, seed: u64) -> Self {
        let model = Model::new(subject, Host::new(seed));
        Self { model, steps: Vec::new(), wild: false, makers, rng: Rng::with_seed(!seed) }
    }

    /// What a function is called with: handles are made for it.
    pub fn prepare(&mut self, interface: &'s Interface, function: &'s Function) -> Option<Friendly<'s>> {
        let receiver = match &function.kind {
            Kind::Method(resource) => Some(self.obtain(&TypePath::friendly(&interface.name, resource))?),
            Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_) => None,
        };
        let export = self.model.subject.export(interface, function)?;
        let types: Vec<_> = export.ty.params().skip(usize::from(receiver.is_some())).map(|(_, ty)| ty).collect();
        let mut arguments = IndexMap::new();
        for (param, ty) in function.params.iter().zip(types) {
            arguments.insert(param.name.clone(), self.argument(&param.ty, &ty)?);
        }
        Some(Friendly { interface, function, receiver, arguments })
    }

    /// Makes a call, as the next step.
    pub fn call(&mut self, call: &Friendly<'s>) -> &Step {
        let step = self.model.call(call);
        self.steps.push(step);
        &self.steps[self.steps.len() - 1]
    }

    /// A handle of a resource, and all that it takes to get one.
    pub fn obtain(&mut self, path: &TypePath) -> Option<String> {
        let (interface, function) = self.makers.of(path)?;
        let call = self.prepare(interface, function)?;
        let before = self.model.state.held.len();
        self.call(&call);
        let made = self.model.state.held.iter().skip(before).find(|(_, held)| held.path() == path);
        made.map(|(name, _)| name.clone())
    }

    /// Drops all that is held, the youngest first, and ends the script.
    pub fn finish(mut self) -> Script {
        let mut names: Vec<_> = self.model.state.held.keys().cloned().collect();
        while let Some(name) = names.pop() {
            let step = self.model.drop(&name);
            self.steps.push(step);
        }
        self.stop()
    }

    /// Ends the script where it is.
    pub fn stop(self) -> Script {
        Script { component: None, calls: self.steps, raw: Section::default() }
    }

    /// An argument of a type.
    fn argument(&mut self, ty: &Type, raw: &RawType) -> Option<Value> {
        Some(match (ty, raw) {
            (Type::Own(path) | Type::Borrow(path), _) if is_made(self.model.subject.plan, path) => {
                Value::Handle(self.obtain(path)?)
            }
            (Type::Own(_) | Type::Borrow(_), _) => self.model.state.raw_handle(),
            (Type::List(item), RawType::List(list)) if !matches!(list.ty(), RawType::U8) => {
                let count = if self.wild { self.rng.usize(0..4) } else { self.rng.usize(1..4) };
                let items: Option<Vec<_>> = (0..count).map(|_| self.argument(item, &list.ty())).collect();
                Value::List(items?)
            }
            (Type::Option(some), RawType::Option(option)) => {
                if self.rng.u8(..4) == 0 {
                    values::none()
                } else {
                    values::some(self.argument(some, &option.ty())?)
                }
            }
            (Type::Tuple(parts), RawType::Tuple(tuple)) => {
                let types: Vec<_> = tuple.types().collect();
                let parts: Option<Vec<_>> =
                    parts.iter().zip(&types).map(|(part, ty)| self.argument(part, ty)).collect();
                Value::Tuple(parts?)
            }
            (Type::Result { ok, err }, RawType::Result(result)) => {
                let (word, ty, raw) =
                    if self.rng.bool() { ("ok", ok, result.ok()) } else { ("err", err, result.err()) };
                let payload = match ty.as_deref().zip(raw) {
                    Some((ty, raw)) => Some(self.argument(ty, &raw)?),
                    None => None,
                };
                values::case(word, payload)
            }
            (Type::Named(path), raw) if path.side == Side::Friendly => {
                let def = self.model.subject.plan.type_def(path)?;
                self.named(def, raw)?
            }
            (Type::Converted(conversion), raw) => self.converted(conversion, raw)?,
            (
                Type::Primitive(_)
                | Type::List(_)
                | Type::Option(_)
                | Type::Tuple(_)
                | Type::Result { .. }
                | Type::Stream(_)
                | Type::Future(_)
                | Type::Named(_),
                raw,
            ) => self.plain(raw),
        })
    }

    fn named(&mut self, def: &'s TypeDef, raw: &RawType) -> Option<Value> {
        match (&def.kind, raw) {
            (TypeKind::Alias(ty), raw) => self.argument(ty, raw),
            (TypeKind::Record(fields), RawType::Record(record)) => {
                let types: Vec<_> = record.fields().map(|field| field.ty).collect();
                let mut made = Vec::new();
                for (field, ty) in fields.iter().zip(&types) {
                    made.push((field.name.clone(), self.argument(&field.ty, ty)?));
                }
                Some(Value::Record(made, false))
            }
            (TypeKind::Variant(cases), RawType::Variant(variant)) => {
                let case = self.rng.choice(cases)?;
                let ty = variant.cases().find(|of| of.name == case.name).and_then(|of| of.ty);
                let payload = match case.payload.as_ref().zip(ty) {
                    Some((payload, ty)) => Some(self.argument(payload, &ty)?),
                    None => None,
                };
                Some(values::case(&case.name, payload))
            }
            (
                TypeKind::Record(_)
                | TypeKind::Variant(_)
                | TypeKind::Flags(_)
                | TypeKind::Enum(_)
                | TypeKind::Error(_)
                | TypeKind::DetailError(_)
                | TypeKind::Wrapper(_)
                | TypeKind::Options(_),
                raw,
            ) => Some(self.plain(raw)),
        }
    }

    fn converted(&mut self, conversion: &Conversion, raw: &RawType) -> Option<Value> {
        // One in four of the wild ones is what no host is ever asked.
        let bad = self.wild && self.rng.u8(..4) == 0;
        Some(match conversion {
            Conversion::Address(_) => Value::Text(match (bad, self.rng.bool()) {
                (true, _) => "not an address".to_owned(),
                (false, true) => std::net::Ipv4Addr::from_bits(self.rng.u32(..)).to_string(),
                (false, false) => std::net::Ipv6Addr::from_bits(self.rng.u128(..) & self.rng.u128(..)).to_string(),
            }),
            Conversion::Seconds { per_second, count, step } => self.seconds(*per_second, *count, *step, bad),
            Conversion::Joined { separator, text, .. } => {
                let count = self.rng.usize(0..4);
                let wrong = match separator {
                    Separator::Space => " ",
                    Separator::Nul => "\0",
                };
                let mut item = || {
                    let letters = format!("x{}", self.rng.u16(..));
                    let letters = if bad { letters + wrong } else { letters };
                    if *text { Value::Text(letters) } else { Value::Bytes(letters.into_bytes()) }
                };
                Value::List((0..count).map(|_| item()).collect())
            }
            Conversion::Record { fields, parts, .. } => {
                let RawType::Record(record) = raw else { return None };
                let types: Vec<_> = record.fields().map(|field| field.ty).collect();
                let mut made = Vec::new();
                for ((name, part), ty) in fields.iter().zip(parts).zip(&types) {
                    made.push((name.clone(), self.argument(part, ty)?));
                }
                Value::Record(made, false)
            }
            Conversion::Take(path) => Value::Handle(self.obtain(path)?),
            Conversion::Text
            | Conversion::Packed { .. }
            | Conversion::Choice { .. }
            | Conversion::Flag { .. }
            | Conversion::Body(_) => self.plain(raw),
        })
    }

    fn seconds(&mut self, per_second: u64, count: Primitive, step: u64, bad: bool) -> Value {
        if bad {
            let bad = [-1.0, f64::NAN, f64::INFINITY, 1e300];
            return values::float(bad[self.rng.usize(..bad.len())]);
        }
        let most = match count {
            Primitive::U8 => u64::from(u8::MAX),
            Primitive::U16 => u64::from(u16::MAX),
            Primitive::Bool
            | Primitive::U32
            | Primitive::U64
            | Primitive::S8
            | Primitive::S16
            | Primitive::S32
            | Primitive::S64
            | Primitive::F32
            | Primitive::F64
            | Primitive::Char
            | Primitive::String => u64::from(u32::MAX),
        };
        let whole = self.rng.u64(..=most / step.max(1)) * step.max(1);
        #[allow(clippy::cast_precision_loss, reason = "both are small")]
        values::float(whole as f64 / per_second as f64)
    }

    /// A value of a type in which nothing is converted.
    fn plain(&mut self, ty: &RawType) -> Value {
        // Sizes and limits are what such numbers mostly are.
        if matches!(ty, RawType::U32 | RawType::U64) {
            return values::number(self.rng.u32(1..10_000));
        }
        self.model.host.any(ty, false, &mut self.model.state)
    }
}
