//! What a stub must know of a type: the constant that answers for it, and where handles lie in it
//!
//! A constant is laid out as it lies in memory even where the ABI returns it flat: only a type of a single core value is
//! returned flat, and the bytes of such a type are that value. So there is one encoding and not two.
//!
//! Nearly all of a constant is zeros: false, 0, none, no flags, and a list or string of length zero at address zero, which
//! is aligned for every element. What is written are the discriminants of errors, and of cases after the first.

use super::{StubError, StubRules};
use wasm_encoder::{BlockType, Ieee32, Ieee64, Instruction, ValType};
use wit_parser::abi::{FlatTypes, WasmType};
use wit_parser::{
    Function, Handle, Int, InterfaceId, Resolve, SizeAlign, Type, TypeDefKind, TypeId, TypeOwner, World, WorldKey,
};

/// Beyond this many bytes, which only a fixed-length list takes, a type counts as having no constant
const LARGEST: usize = 1 << 16;

/// A value that is the same at every call, but for its handles
#[derive(Debug, Clone, Default)]
pub(super) struct Constant {
    pub(super) bytes: Vec<u8>,
    pub(super) align: usize,
    /// Where in the bytes a handle belongs, made anew at every call, and of which resource
    pub(super) handles: Vec<(usize, TypeId)>,
}

impl Constant {
    /// The constant as the core value that it is
    pub(super) fn flat(&self, ty: ValType) -> Instruction<'static> {
        let bits = self.bytes.iter().rev().fold(0, |bits: u64, byte| bits << 8 | u64::from(*byte));
        match ty {
            ValType::I32 => Instruction::I32Const(bits as i32),
            ValType::I64 => Instruction::I64Const(bits as i64),
            ValType::F32 => Instruction::F32Const(Ieee32::new(bits as u32)),
            ValType::F64 => Instruction::F64Const(Ieee64::new(bits)),
            // The canonical ABI knows these four.
            ValType::V128 | ValType::Ref(_) => Instruction::Unreachable,
        }
    }

    fn put(&mut self, offset: usize, part: Constant) {
        for (to, from) in self.bytes.iter_mut().skip(offset).zip(part.bytes) {
            *to = from;
        }
        self.handles.extend(part.handles.into_iter().map(|(at, resource)| (offset + at, resource)));
    }
}

/// A handle among flat parameters that the callee has to drop
#[derive(Debug)]
pub(super) struct Given {
    pub(super) resource: TypeId,
    pub(super) local: usize,
    /// The discriminants, by local, that must have these values for the handle to be there; outermost first
    pub(super) within: Vec<(usize, usize)>,
}

impl Given {
    /// Code that gives the handle to `drop` where there is one
    pub(super) fn code(&self, locals: &[ValType], drop: Instruction<'static>) -> Vec<Instruction<'static>> {
        // In the parameters of a case an `i32` may share its local with a wider type of another.
        let get = |local: usize| {
            let wide = locals.get(local) == Some(&ValType::I64);
            [Some(Instruction::LocalGet(local as u32)), wide.then_some(Instruction::I32WrapI64)].into_iter().flatten()
        };
        let mut code = Vec::new();
        for (local, case) in &self.within {
            code.extend(get(*local));
            code.extend([Instruction::I32Const(*case as i32), Instruction::I32Eq, Instruction::If(BlockType::Empty)]);
        }
        code.extend(get(self.local));
        code.push(drop);
        code.extend(self.within.iter().map(|_| Instruction::End));
        code
    }
}

/// All that matters here of how a type is built
enum Shape<'a> {
    /// Zeros are a value, and there is no handle in it
    Plain,
    /// Any number of elements, out of line
    List(Vec<&'a Type>),
    Fields(Vec<&'a Type>),
    Array(&'a Type, usize),
    /// `id` is the definition, and `fails_as` the case of failure, if one is
    Cases {
        id: TypeId,
        tag: Int,
        cases: Vec<(&'a str, Option<&'a Type>)>,
        fails_as: Option<usize>,
    },
    Handle {
        resource: TypeId,
        owned: bool,
    },
    /// There is no making one up
    Opaque,
}

/// Answers questions about the types of one world, by the rules
pub(super) struct Types<'a> {
    resolve: &'a Resolve,
    world: &'a World,
    rules: &'a StubRules,
    sizes: SizeAlign,
}

impl<'a> Types<'a> {
    pub(super) fn new(resolve: &'a Resolve, world: &'a World, rules: &'a StubRules) -> Result<Self, StubError> {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve).map_err(StubError::Encode)?;
        Ok(Types { resolve, world, rules, sizes })
    }

    /// Whether the stub itself exports the resource, and so makes its handles
    pub(super) fn exports(&self, resource: TypeId) -> bool {
        owner(self.resolve, resource).is_some_and(|id| self.world.exports.contains_key(&WorldKey::Interface(id)))
    }

    /// The answer of a function, by its path, whose result is of type `ty`; `None` when no constant is of that type
    pub(super) fn constant(&self, function: &str, ty: &Type) -> Result<Option<Constant>, StubError> {
        self.value(function, ty, None)
    }

    /// A constant that is of the case `chosen`, if the type has cases, or else of the first that has a constant
    fn value(&self, function: &str, ty: &Type, chosen: Option<usize>) -> Result<Option<Constant>, StubError> {
        let size = self.sizes.size(ty).size_wasm32();
        if size > LARGEST {
            return Ok(None);
        }
        let align = self.sizes.align(ty).align_wasm32();
        let mut whole = Constant { bytes: vec![0; size], align, handles: Vec::new() };
        match self.shape(ty) {
            Shape::Plain | Shape::List(_) => Ok(Some(whole)),
            Shape::Fields(fields) => {
                for (offset, field) in self.sizes.field_offsets(fields) {
                    let Some(part) = self.constant(function, field)? else {
                        return Ok(None);
                    };
                    whole.put(offset.size_wasm32(), part);
                }
                Ok(Some(whole))
            }
            Shape::Array(element, length) => {
                let Some(part) = self.constant(function, element)? else {
                    return Ok(None);
                };
                for index in 0..length {
                    whole.put(index * part.bytes.len(), part.clone());
                }
                Ok(Some(whole))
            }
            Shape::Cases { tag, cases, fails_as, .. } => {
                let chosen = chosen.or(fails_as);
                for (index, (_, payload)) in cases.iter().enumerate() {
                    if chosen.is_some_and(|chosen| chosen != index) {
                        continue;
                    }
                    let part = match payload {
                        Some(error) if fails_as == Some(index) => self.failure(function, error)?,
                        Some(payload) => self.constant(function, payload)?,
                        None => Some(Constant::default()),
                    };
                    if let Some(part) = part {
                        let discriminant = index.to_le_bytes().into_iter().take(bytes_of(tag)).collect();
                        whole.put(0, Constant { bytes: discriminant, ..Constant::default() });
                        let payloads = cases.iter().map(|(_, payload)| *payload);
                        whole.put(self.sizes.payload_offset(tag, payloads).size_wasm32(), part);
                        return Ok(Some(whole));
                    }
                }
                Ok(None)
            }
            Shape::Handle { resource, owned } => {
                whole.handles.push((0, resource));
                Ok((owned && self.exports(resource)).then_some(whole))
            }
            Shape::Opaque => Ok(None),
        }
    }

    /// The error that a function fails with: where its type has a name and cases, the rules must say which case
    fn failure(&self, function: &str, error: &Type) -> Result<Option<Constant>, StubError> {
        let Shape::Cases { id, cases, .. } = self.shape(error) else { return self.constant(function, error) };
        let Some(path) = self.path(id) else { return self.constant(function, error) };
        let names = || cases.iter().map(|(name, _)| name.to_string()).collect();
        let (at, rules) = (function.to_owned(), &self.rules.errors);
        let Some(case) = rules.get(function).or_else(|| rules.get(&path)) else {
            return Err(StubError::NoRule { function: at, error: path, cases: names() });
        };
        let (value, why) = match cases.iter().position(|(name, _)| name == case) {
            Some(index) => {
                (self.value(function, error, Some(index))?, "which carries a value that no constant stands for")
            }
            None => (None, "which does not exist"),
        };
        value.map(Some).ok_or_else(|| {
            let case = case.clone();
            StubError::UnusableCase { function: at, error: path, case, why, cases: names() }
        })
    }

    /// The handles to drop among parameters that are passed flat, beginning at a local
    ///
    /// `None` when some are out of line: code that looks for them in memory is not worth its while.
    pub(super) fn given(&self, types: &[&Type], mut local: usize) -> Option<Vec<Given>> {
        let mut all = Vec::new();
        for ty in types {
            match self.shape(ty) {
                Shape::Plain => {}
                Shape::Fields(fields) => all.extend(self.given(&fields, local)?),
                Shape::List(elements) => {
                    if !self.given(&elements, local)?.is_empty() {
                        return None;
                    }
                }
                Shape::Array(element, length) => {
                    if !self.given(&[element], local)?.is_empty() {
                        // More elements than there are flat parameters are in memory.
                        let length = Some(length).filter(|length| *length <= Resolve::MAX_FLAT_PARAMS)?;
                        all.extend(self.given(&vec![element; length], local)?);
                    }
                }
                Shape::Cases { cases, .. } => {
                    for (index, (_, payload)) in cases.iter().enumerate() {
                        for mut given in self.given(payload.as_slice(), local + 1)? {
                            given.within.insert(0, (local, index));
                            all.push(given);
                        }
                    }
                }
                Shape::Handle { resource, owned } => {
                    // What is lent of the stub's own comes as its representation, with no handle made.
                    if owned || !self.exports(resource) {
                        all.push(Given { resource, local, within: Vec::new() });
                    }
                }
                Shape::Opaque => return None,
            }
            let mut storage = [WasmType::I32; Resolve::MAX_FLAT_PARAMS];
            let mut flat = FlatTypes::new(&mut storage);
            self.resolve.push_flat(ty, &mut flat);
            local += flat.to_vec().len();
        }
        Some(all)
    }

    fn shape(&self, ty: &'a Type) -> Shape<'a> {
        let id = match ty {
            Type::Bool
            | Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::S8
            | Type::S16
            | Type::S32
            | Type::S64
            | Type::F32
            | Type::F64
            | Type::Char
            | Type::String => return Shape::Plain,
            Type::ErrorContext => return Shape::Opaque,
            Type::Id(id) => *id,
        };
        match &self.resolve.types[id].kind {
            TypeDefKind::Type(aliased) => self.shape(aliased),
            TypeDefKind::Flags(_) => Shape::Plain,
            TypeDefKind::List(element) => Shape::List(vec![element]),
            TypeDefKind::Map(key, value) => Shape::List(vec![key, value]),
            TypeDefKind::FixedLengthList(element, length) => Shape::Array(element, *length as usize),
            TypeDefKind::Record(record) => Shape::Fields(record.fields.iter().map(|field| &field.ty).collect()),
            TypeDefKind::Tuple(tuple) => Shape::Fields(tuple.types.iter().collect()),
            TypeDefKind::Enum(e) => Shape::Cases {
                id,
                tag: e.tag(),
                cases: e.cases.iter().map(|case| (case.name.as_str(), None)).collect(),
                fails_as: None,
            },
            TypeDefKind::Variant(v) => Shape::Cases {
                id,
                tag: v.tag(),
                cases: v.cases.iter().map(|case| (case.name.as_str(), case.ty.as_ref())).collect(),
                fails_as: None,
            },
            TypeDefKind::Option(some) => {
                Shape::Cases { id, tag: Int::U8, cases: vec![("none", None), ("some", Some(some))], fails_as: None }
            }
            TypeDefKind::Result(result) => Shape::Cases {
                id,
                tag: Int::U8,
                cases: vec![("ok", result.ok.as_ref()), ("err", result.err.as_ref())],
                fails_as: Some(1),
            },
            TypeDefKind::Handle(Handle::Own(resource)) => {
                Shape::Handle { resource: definition(self.resolve, *resource), owned: true }
            }
            TypeDefKind::Handle(Handle::Borrow(resource)) => {
                Shape::Handle { resource: definition(self.resolve, *resource), owned: false }
            }
            TypeDefKind::Future(_) | TypeDefKind::Stream(_) | TypeDefKind::Resource | TypeDefKind::Unknown => {
                Shape::Opaque
            }
        }
    }

    /// Where a type that has a name is defined, such as `wasi:sockets/network.error-code`
    fn path(&self, id: TypeId) -> Option<String> {
        let name = self.resolve.types[id].name.as_ref()?;
        let interface = owner(self.resolve, id).and_then(|interface| self.resolve.id_of(interface));
        Some(interface.map_or(name.clone(), |interface| format!("{}.{name}", unversioned(&interface))))
    }
}

/// Path of a function as the rules spell it, such as `wasi:sockets/tcp.tcp-socket.start-bind`
pub(super) fn function_path(resolve: &Resolve, interface: &WorldKey, function: &Function) -> String {
    let interface = resolve.name_world_key(interface);
    let resource = function.kind.resource().and_then(|id| resolve.types[id].name.as_deref());
    let parts = [Some(unversioned(&interface)), resource, Some(function.item_name())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(".")
}

/// An interface's name without its version
pub(super) fn unversioned(interface: &str) -> &str {
    interface.split_once('@').map_or(interface, |(name, _)| name)
}

/// The interface that defines a type
pub(super) fn owner(resolve: &Resolve, ty: TypeId) -> Option<InterfaceId> {
    match resolve.types[ty].owner {
        TypeOwner::Interface(interface) => Some(interface),
        TypeOwner::World(_) | TypeOwner::None => None,
    }
}

/// The type that a chain of `use` and `type` ends at
fn definition(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(aliased)) = resolve.types[id].kind {
        id = aliased;
    }
    id
}

fn bytes_of(tag: Int) -> usize {
    match tag {
        Int::U8 => 1,
        Int::U16 => 2,
        Int::U32 => 4,
        Int::U64 => 8,
    }
}
