//! What a line of the rules can name in a world, found in its WIT.

use wit_parser::{Function, FunctionKind, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId};

/// A value with a path of its own.
#[derive(Debug, Clone)]
pub struct Value {
    /// The path.
    pub path: String,
    /// Its type; of a result what comes if all goes well.
    pub ty: Type,
    /// Whether it is a parameter.
    pub is_param: bool,
}

/// A function.
#[derive(Debug, Clone)]
pub struct Call<'r> {
    /// The path.
    pub path: String,
    /// What it is.
    pub function: &'r Function,
}

/// A named type.
#[derive(Debug, Clone)]
pub struct Named {
    /// The path.
    pub path: String,
    /// The type.
    pub id: TypeId,
}

/// All that a line can name.
pub struct Spots<'r> {
    /// The world's package.
    pub resolve: &'r Resolve,
    /// The interfaces.
    pub interfaces: Vec<String>,
    /// The functions.
    pub calls: Vec<Call<'r>>,
    /// The types that are defined, and not used from elsewhere.
    pub types: Vec<Named>,
    /// Parameters, results and fields.
    pub values: Vec<Value>,
    /// Cases of variants and enums, and what they carry.
    pub cases: Vec<(String, Option<Type>)>,
}

impl<'r> Spots<'r> {
    /// Finds them.
    pub fn of(resolve: &'r Resolve) -> Self {
        let mut spots = Self {
            resolve,
            interfaces: Vec::new(),
            calls: Vec::new(),
            types: Vec::new(),
            values: Vec::new(),
            cases: Vec::new(),
        };
        for (id, interface) in resolve.interfaces.iter() {
            let name = interface.name.clone().unwrap_or_default();
            spots.types(&name, id);
            spots.functions(&name, id);
            spots.interfaces.push(name);
        }
        spots
    }

    fn types(&mut self, interface: &str, id: InterfaceId) {
        for (name, id) in &self.resolve.interfaces[id].types {
            let path = format!("{interface}.{name}");
            let part = |name: &str| format!("{path}.{name}");
            match &self.resolve.types[*id].kind {
                TypeDefKind::Record(record) => {
                    let fields = record.fields.iter();
                    let fields = fields.map(|field| Value { path: part(&field.name), ty: field.ty, is_param: false });
                    self.values.extend(fields);
                }
                TypeDefKind::Variant(variant) => {
                    self.cases.extend(variant.cases.iter().map(|case| (part(&case.name), case.ty)));
                }
                TypeDefKind::Enum(cases) => {
                    self.cases.extend(cases.cases.iter().map(|case| (part(&case.name), None)));
                }
                TypeDefKind::Resource
                | TypeDefKind::Handle(_)
                | TypeDefKind::Flags(_)
                | TypeDefKind::Tuple(_)
                | TypeDefKind::Option(_)
                | TypeDefKind::Result(_)
                | TypeDefKind::List(_)
                | TypeDefKind::Map(..)
                | TypeDefKind::FixedLengthList(..)
                | TypeDefKind::Future(_)
                | TypeDefKind::Stream(_)
                | TypeDefKind::Type(_)
                | TypeDefKind::Unknown => {}
            }
            self.types.push(Named { path, id: *id });
        }
    }

    fn functions(&mut self, interface: &str, id: InterfaceId) {
        for function in self.resolve.interfaces[id].functions.values() {
            let resource = function.kind.resource().and_then(|id| self.resolve.types[id].name.as_ref());
            let name = match &function.kind {
                FunctionKind::Constructor(_) => "constructor",
                FunctionKind::Freestanding
                | FunctionKind::AsyncFreestanding
                | FunctionKind::Getter
                | FunctionKind::Setter
                | FunctionKind::Method(_)
                | FunctionKind::AsyncMethod(_)
                | FunctionKind::MethodGetter(_)
                | FunctionKind::MethodSetter(_)
                | FunctionKind::Static(_)
                | FunctionKind::AsyncStatic(_)
                | FunctionKind::StaticGetter(_)
                | FunctionKind::StaticSetter(_) => function.item_name(),
            };
            let path = match resource {
                Some(resource) => format!("{interface}.{resource}.{name}"),
                None => format!("{interface}.{name}"),
            };
            let params = given(function).iter();
            let params =
                params.map(|param| Value { path: format!("{path}.{}", param.name), ty: param.ty, is_param: true });
            self.values.extend(params);
            if let Some(ty) = self.answer(function) {
                self.values.push(Value { path: path.clone(), ty, is_param: false });
            }
            self.calls.push(Call { path, function });
        }
    }

    /// What a function returns if all goes well.
    pub fn answer(&self, function: &Function) -> Option<Type> {
        match self.result(function) {
            Some((ok, _)) => ok,
            None => function.result,
        }
    }

    /// What a function returns if all goes well and if not, if it can fail.
    pub fn result(&self, function: &Function) -> Option<(Option<Type>, Option<Type>)> {
        let Some(TypeDefKind::Result(result)) = self.kind(&function.result?) else { return None };
        Some((result.ok, result.err))
    }

    /// What a type is, whatever it is called.
    pub fn kind(&self, ty: &Type) -> Option<&'r TypeDefKind> {
        let Type::Id(id) = ty else { return None };
        let kind = &self.resolve.types[*id].kind;
        if let TypeDefKind::Type(next) = kind { self.kind(next) } else { Some(kind) }
    }

    /// The type without names, options and, if asked for, lists.
    pub fn bare(&self, ty: &Type, in_lists: bool) -> Type {
        let Type::Id(id) = ty else { return *ty };
        let kind = &self.resolve.types[*id].kind;
        if let TypeDefKind::Type(next) | TypeDefKind::Option(next) = kind {
            return self.bare(next, in_lists);
        }
        match (kind, in_lists) {
            // A byte of many is no count.
            (TypeDefKind::List(Type::U8), _) => *ty,
            (TypeDefKind::List(next), true) => self.bare(next, true),
            (_, _) => *ty,
        }
    }

    /// The resource of a handle.
    pub fn handle(&self, ty: &Type) -> Option<(TypeId, bool)> {
        let TypeDefKind::Handle(handle) = self.kind(ty)? else { return None };
        Some(match handle {
            Handle::Own(id) => (self.root(*id), true),
            Handle::Borrow(id) => (self.root(*id), false),
        })
    }

    /// Whether a type is bytes.
    pub fn is_bytes(&self, ty: &Type) -> bool {
        matches!(self.kind(&self.bare(ty, false)), Some(TypeDefKind::List(Type::U8)))
    }

    /// Whether a type is a count, perhaps one among many.
    pub fn is_unsigned(&self, ty: &Type) -> bool {
        matches!(self.bare(ty, true), Type::U8 | Type::U16 | Type::U32 | Type::U64)
    }

    /// The resources that another interface has under another name.
    pub fn shared(&self) -> Vec<String> {
        let types = &self.resolve.types;
        let is_alias = |id: TypeId, of: TypeId| {
            self.root(id) == of && types[id].name != types[of].name && types[id].owner != types[of].owner
        };
        let resources = self.types.iter().filter(|named| matches!(types[named.id].kind, TypeDefKind::Resource));
        let shared = resources.filter(|of| self.types.iter().any(|named| is_alias(named.id, of.id)));
        shared.map(|named| named.path.clone()).collect()
    }

    fn root(&self, id: TypeId) -> TypeId {
        let TypeDefKind::Type(Type::Id(next)) = self.resolve.types[id].kind else { return id };
        self.root(next)
    }
}

/// The parameters of a function without the receiver.
pub fn given(function: &Function) -> &[wit_parser::Param] {
    let is_method = matches!(function.kind, FunctionKind::Method(_));
    function.params.get(usize::from(is_method)..).unwrap_or_default()
}
