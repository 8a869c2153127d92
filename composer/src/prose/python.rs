//! Names and types as the Python bindings spell them.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};

use crate::names::escaped;
use crate::plan::{Interface, Kind, Plan, Primitive, Type, TypeDef, TypeKind, TypePath};

/// A function, a parameter or a field.
pub(crate) fn snake(name: &str) -> String {
    escaped(name.to_snake_case())
}

/// A class.
pub(crate) fn camel(name: &str) -> String {
    escaped(name.to_upper_camel_case())
}

/// A member of an enum or of flags.
pub(crate) fn shouty(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// The module of an interface, whose name is a full one where it is another package's.
pub(crate) fn module(interface: &str) -> String {
    snake(short(interface))
}

/// The name of an interface without package and version.
fn short(interface: &str) -> &str {
    let name = interface.rsplit_once('/').map_or(interface, |(_, name)| name);
    name.split_once('@').map_or(name, |(name, _)| name)
}

/// The class of a case of a variant.
pub(crate) fn case_class(variant: &str, case: &str) -> String {
    format!("{}_{}", camel(variant), camel(case))
}

/// How a member of a type with cases is named.
pub(crate) fn case(def: &TypeDef, name: &str) -> String {
    match &def.kind {
        TypeKind::Variant(_) => case_class(&def.name, name),
        TypeKind::Error(error) if !error.is_enum => case_class(&def.name, name),
        TypeKind::Error(_)
        | TypeKind::Enum(_)
        | TypeKind::Flags(_)
        | TypeKind::Alias(_)
        | TypeKind::Record(_)
        | TypeKind::DetailError(_)
        | TypeKind::Wrapper(_)
        | TypeKind::Options(_) => shouty(name),
    }
}

/// A member of a type with cases, from inside its module.
pub(crate) fn full_case(def: &TypeDef, name: &str) -> String {
    let member = case(def, name);
    if member == case_class(&def.name, name) { member } else { format!("{}.{member}", camel(&def.name)) }
}

/// A function from inside its module: a method with its class.
pub(crate) fn function_name(kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Freestanding => snake(name),
        Kind::Method(class) | Kind::Static(class) => format!("{}.{}", camel(class), snake(name)),
        Kind::Constructor(class) => camel(class),
    }
}

/// The class that an app implements for an interface that it exports.
pub(crate) fn exported(interface: &Interface) -> String {
    camel(short(&interface.name))
}

/// The definition of a type, of an interface that is adapted or that is passed on as it is.
pub(crate) fn definition<'p>(plan: &'p Plan, path: &TypePath) -> Option<&'p TypeDef> {
    plan.interface(&path.interface)?.types.iter().find(|def| def.name == path.name)
}

/// Types from inside one module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelling<'p> {
    plan: &'p Plan,
    interface: &'p str,
}

impl<'p> Spelling<'p> {
    /// The module of this interface.
    pub(crate) fn new(plan: &'p Plan, interface: &'p str) -> Self {
        Self { plan, interface }
    }

    /// A type, as an annotation: the names of aliases are not there for Python.
    pub(crate) fn ty(&self, ty: &Type) -> String {
        self.annotation(ty, &|path| self.name(path))
    }

    /// A type, with `link` to spell the classes that it names.
    pub(crate) fn annotation(&self, ty: &Type, link: &dyn Fn(&TypePath) -> String) -> String {
        match ty {
            Type::Primitive(primitive) => self::primitive(*primitive).to_owned(),
            Type::List(inner) if **inner == Type::Primitive(Primitive::U8) => "bytes".to_owned(),
            Type::List(inner) => format!("list[{}]", self.annotation(inner, link)),
            Type::Option(inner) => {
                let text = self.annotation(inner, link);
                if self.is_option(inner) { format!("Some[{text}] | None") } else { format!("{text} | None") }
            }
            Type::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.annotation(part, link)).collect();
                format!("tuple[{}]", if parts.is_empty() { "()".to_owned() } else { parts.join(", ") })
            }
            Type::Result { ok, err } => {
                let part =
                    |part: &Option<Box<Type>>| part.as_ref().map_or("None".to_owned(), |ty| self.annotation(ty, link));
                format!("Result[{}, {}]", part(ok), part(err))
            }
            Type::Stream(Some(of)) if **of == Type::Primitive(Primitive::U8) => "ByteStreamReader".to_owned(),
            Type::Stream(of) => format!("StreamReader[{}]", self.item(of.as_deref(), link)),
            Type::Future(of) => format!("FutureReader[{}]", self.item(of.as_deref(), link)),
            Type::Named(path) | Type::Own(path) | Type::Borrow(path) => match self.alias(path) {
                Some(target) => self.annotation(target, link),
                None => link(path),
            },
            Type::Converted(conversion) => self.annotation(&conversion.friendly(), link),
        }
    }

    fn item(&self, ty: Option<&Type>, link: &dyn Fn(&TypePath) -> String) -> String {
        ty.map_or_else(|| "None".to_owned(), |ty| self.annotation(ty, link))
    }

    /// A class, with its module where it is another one's.
    pub(crate) fn name(&self, path: &TypePath) -> String {
        let class = camel(&path.name);
        if path.interface == self.interface { class } else { format!("{}.{class}", module(&path.interface)) }
    }

    fn alias(&self, path: &TypePath) -> Option<&'p Type> {
        definition(self.plan, path)?.kind.alias()
    }

    fn is_option(&self, ty: &Type) -> bool {
        match ty {
            Type::Option(_) => true,
            Type::Named(path) => self.alias(path).is_some_and(|target| self.is_option(target)),
            Type::Primitive(_)
            | Type::List(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Own(_)
            | Type::Borrow(_)
            | Type::Stream(_)
            | Type::Future(_)
            | Type::Converted(_) => false,
        }
    }
}

pub(crate) fn primitive(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Bool => "bool",
        Primitive::U8
        | Primitive::U16
        | Primitive::U32
        | Primitive::U64
        | Primitive::S8
        | Primitive::S16
        | Primitive::S32
        | Primitive::S64 => "int",
        Primitive::F32 | Primitive::F64 => "float",
        Primitive::Char | Primitive::String => "str",
    }
}
