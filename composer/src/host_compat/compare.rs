//! Holds a raw item against the host's: is it there, and is it the same?
//!
//! Types are compared by their structure, since that is what a host compares when it links: another
//! name for a type, or a place for it in another interface, is no difference. A resource is itself alone.

use wit_parser::{
    Function, Handle, InterfaceId, Record, Resolve, Type, TypeDefKind, TypeId, Variant, WorldItem, WorldKey,
};

use super::Why;
use crate::app::compatible;
use crate::plan::{RawFunction, core_name};
use crate::read::{RawWorld, spelled};

/// Who has an item that stands in the world itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    /// The host.
    Imports,
    /// The app.
    Exports,
}

/// The raw world that the guests were built from, beside the host's.
#[derive(Clone, Copy)]
pub(super) struct Compare<'w> {
    pub ours: &'w RawWorld,
    pub host: &'w RawWorld,
}

impl Compare<'_> {
    /// Why a raw function cannot be called on the host, if it cannot.
    pub fn raw(&self, raw: &RawFunction) -> Option<Why> {
        let interfaces = self.ours.imports.iter().chain(&self.ours.exports);
        let mut named = interfaces.filter(|id| self.ours.interface_name(**id) == raw.interface);
        let id = *named.next()?;
        self.compare_function(id, self.ours.resolve.interfaces[id].functions.get(&core_name(&raw.kind, &raw.name))?)
    }

    /// Likewise.
    pub fn compare_function(&self, id: InterfaceId, function: &Function) -> Option<Why> {
        let Some(interface) = self.interface(id) else { return Some(Why::NoInterface) };
        match self.host.resolve.interfaces[interface].functions.get(&function.name) {
            Some(theirs) => self.signature(function, theirs).map(Why::Differs),
            None => Some(Why::NoFunction),
        }
    }

    /// Why a function that stands in our world itself is another one in the host's, or none.
    pub fn in_world(&self, name: &str, side: Side) -> Option<Why> {
        let of = |raw: &RawWorld| {
            let world = &raw.resolve.worlds[raw.world];
            let items = match side {
                Side::Imports => &world.imports,
                Side::Exports => &world.exports,
            };
            match items.get(&WorldKey::Name(name.to_owned()))? {
                WorldItem::Function(function) => Some(function.clone()),
                WorldItem::Interface { .. } | WorldItem::Type { .. } => None,
            }
        };
        match (of(self.ours)?, of(self.host)) {
            (ours, Some(theirs)) => self.signature(&ours, &theirs).map(Why::Differs),
            (_, None) => Some(Why::NoFunction),
        }
    }

    /// How a type of ours differs from the host's of the same name.
    pub fn definition(&self, id: TypeId) -> Option<String> {
        match self.counterpart(id) {
            Some(theirs) => self.ty(&Type::Id(id), &Type::Id(theirs)),
            None => Some(format!("it has no type `{}`", self.name(id))),
        }
    }

    /// Whether the host's world has an interface of ours.
    pub fn has_interface(&self, name: &str) -> bool {
        self.ours.imports.iter().any(|id| self.ours.interface_name(*id) == name && self.interface(*id).is_some())
    }

    /// The interface and the name of a type of ours.
    pub fn path(&self, id: TypeId) -> Option<(String, String)> {
        let owner = owner(&self.ours.resolve, id)?;
        Some((self.ours.interface_name(owner), self.ours.resolve.types[id].name.clone()?))
    }

    /// The type of ours with this path below the package.
    pub fn find(&self, path: &str) -> Option<TypeId> {
        let (interface, name) = path.rsplit_once('.')?;
        let mut ids = self.ours.imports.iter().chain(&self.ours.exports);
        let id = ids.find(|id| self.ours.interface_name(**id) == interface)?;
        self.ours.resolve.interfaces[*id].types.get(name).copied()
    }

    /// The host's interface of the same name, if its world has it.
    pub fn interface(&self, ours: InterfaceId) -> Option<InterfaceId> {
        let name = self.ours.interface_name(ours);
        let own = self.host.imports.iter().chain(&self.host.exports);
        own.copied().find(|id| self.host.interface_name(*id) == name).or_else(|| {
            let has = self.host.platform.iter().find(|has| compatible(has, &name))?;
            let mut all = self.host.resolve.interfaces.iter();
            all.find(|(id, _)| self.host.resolve.id_of(*id).as_ref() == Some(has)).map(|(id, _)| id)
        })
    }

    /// The interface of ours that a host's interface of the raw package is.
    pub fn ours_of(&self, theirs: InterfaceId) -> Option<InterfaceId> {
        let name = self.host.interface_name(theirs);
        let all = self.ours.imports.iter().chain(&self.ours.exports);
        all.copied().find(|id| self.ours.interface_name(*id) == name)
    }

    /// The host's type of the same interface and name.
    fn counterpart(&self, ours: TypeId) -> Option<TypeId> {
        let def = &self.ours.resolve.types[ours];
        let owner = owner(&self.ours.resolve, ours)?;
        self.host.resolve.interfaces[self.interface(owner)?].types.get(def.name.as_ref()?).copied()
    }

    fn name(&self, id: TypeId) -> String {
        self.path(id).map_or_else(String::new, |(interface, name)| format!("{interface}.{name}"))
    }

    fn signature(&self, ours: &Function, theirs: &Function) -> Option<String> {
        // No plain function stands for an `async func`, nor the other way round.
        match (ours.kind.is_async(), theirs.kind.is_async()) {
            (false, true) => return Some("it is async".to_owned()),
            (true, false) => return Some("it is not async".to_owned()),
            (true, true) | (false, false) => {}
        }
        let names = |function: &Function| function.params.iter().map(|param| param.name.clone()).collect::<Vec<_>>();
        members("it", "parameter", &names(ours), &names(theirs)).or_else(|| {
            let params = ours.params.iter().zip(&theirs.params);
            let mut differences = params
                .filter_map(|(a, b)| self.inside("its parameter", &a.name, &a.ty, self.ty(&a.ty, &b.ty)))
                .chain(self.optional("it returns", ours.result.as_ref(), theirs.result.as_ref()));
            differences.next()
        })
    }

    fn optional(&self, what: &str, ours: Option<&Type>, theirs: Option<&Type>) -> Option<String> {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => self.ty(ours, theirs),
            (Some(_), None) => Some(format!("{what} nothing")),
            (None, Some(_)) => Some(format!("{what} something")),
            (None, None) => None,
        }
    }

    /// How the host's type differs from ours, from the host's side.
    fn ty(&self, ours: &Type, theirs: &Type) -> Option<String> {
        let other = || {
            Some(format!("`{}` and not `{}`", spelled(&self.host.resolve, theirs), spelled(&self.ours.resolve, ours)))
        };
        match (peel(&self.ours.resolve, *ours), peel(&self.host.resolve, *theirs)) {
            (Type::Id(ours), Type::Id(theirs)) => self.kinds(ours, theirs, &other),
            (ours, theirs) => {
                if ours == theirs {
                    None
                } else {
                    other()
                }
            }
        }
    }

    fn records(&self, path: &str, a: &Record, b: &Record) -> Option<String> {
        let fields = |record: &Record| record.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
        members(path, "field", &fields(a), &fields(b)).or_else(|| {
            let mut fields = a.fields.iter().zip(&b.fields);
            fields.find_map(|(a, b)| self.inside(path, &a.name, &a.ty, self.ty(&a.ty, &b.ty)))
        })
    }

    fn variants(&self, path: &str, a: &Variant, b: &Variant) -> Option<String> {
        let cases = |variant: &Variant| variant.cases.iter().map(|case| case.name.clone()).collect::<Vec<_>>();
        members(path, "case", &cases(a), &cases(b)).or_else(|| {
            let mut cases = a.cases.iter().zip(&b.cases);
            cases.find_map(|(a, b)| {
                let payload = self.optional("carries", a.ty.as_ref(), b.ty.as_ref());
                self.inside(path, &a.name, a.ty.as_ref().unwrap_or(&Type::Bool), payload)
            })
        })
    }

    fn kinds(&self, ours: TypeId, theirs: TypeId, other: &dyn Fn() -> Option<String>) -> Option<String> {
        let (a, b) = (&self.ours.resolve.types[ours].kind, &self.host.resolve.types[theirs].kind);
        let path = || format!("its `{}`", self.name(ours));
        match (a, b) {
            (TypeDefKind::Resource, TypeDefKind::Resource) => {
                let counterpart = self.counterpart(ours).map(|id| peel(&self.host.resolve, Type::Id(id)));
                if counterpart == Some(Type::Id(theirs)) { None } else { other() }
            }
            (TypeDefKind::Handle(Handle::Own(a)), TypeDefKind::Handle(Handle::Own(b)))
            | (TypeDefKind::Handle(Handle::Borrow(a)), TypeDefKind::Handle(Handle::Borrow(b))) => {
                self.ty(&Type::Id(*a), &Type::Id(*b))
            }
            (TypeDefKind::Record(a), TypeDefKind::Record(b)) => self.records(&path(), a, b),
            (TypeDefKind::Variant(a), TypeDefKind::Variant(b)) => self.variants(&path(), a, b),
            (TypeDefKind::Enum(a), TypeDefKind::Enum(b)) => {
                let cases = |cases: &[wit_parser::EnumCase]| cases.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
                members(&path(), "case", &cases(&a.cases), &cases(&b.cases))
            }
            (TypeDefKind::Flags(a), TypeDefKind::Flags(b)) => {
                let flags = |flags: &[wit_parser::Flag]| flags.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
                members(&path(), "flag", &flags(&a.flags), &flags(&b.flags))
            }
            (TypeDefKind::Tuple(a), TypeDefKind::Tuple(b)) if a.types.len() == b.types.len() => {
                a.types.iter().zip(&b.types).find_map(|(a, b)| self.ty(a, b))
            }
            (TypeDefKind::Result(a), TypeDefKind::Result(b)) => self
                .optional("its result has", a.ok.as_ref(), b.ok.as_ref())
                .or_else(|| self.optional("its error has", a.err.as_ref(), b.err.as_ref())),
            (TypeDefKind::Option(a), TypeDefKind::Option(b)) | (TypeDefKind::List(a), TypeDefKind::List(b)) => {
                self.ty(a, b)
            }
            (TypeDefKind::FixedLengthList(a, m), TypeDefKind::FixedLengthList(b, n)) if m == n => self.ty(a, b),
            (TypeDefKind::Map(a, c), TypeDefKind::Map(b, d)) => self.ty(a, b).or_else(|| self.ty(c, d)),
            (TypeDefKind::Future(a), TypeDefKind::Future(b)) | (TypeDefKind::Stream(a), TypeDefKind::Stream(b)) => {
                self.optional("it carries", a.as_ref(), b.as_ref())
            }
            // An alias was followed, and what is left are two sorts of type.
            (
                TypeDefKind::Resource
                | TypeDefKind::Handle(_)
                | TypeDefKind::Record(_)
                | TypeDefKind::Variant(_)
                | TypeDefKind::Enum(_)
                | TypeDefKind::Flags(_)
                | TypeDefKind::Tuple(_)
                | TypeDefKind::Result(_)
                | TypeDefKind::Option(_)
                | TypeDefKind::List(_)
                | TypeDefKind::FixedLengthList(..)
                | TypeDefKind::Map(..)
                | TypeDefKind::Future(_)
                | TypeDefKind::Stream(_)
                | TypeDefKind::Type(_)
                | TypeDefKind::Unknown,
                _,
            ) => other(),
        }
    }

    /// A difference in a member; one in a type with a name is told by that name alone.
    fn inside(&self, of: &str, member: &str, ours: &Type, difference: Option<String>) -> Option<String> {
        let named = matches!(ours, Type::Id(id) if owner(&self.ours.resolve, *id).is_some());
        difference.map(|text| if named { text } else { format!("{of} `{member}`: {text}") })
    }
}

/// What a type is, once its other names are left behind.
fn peel(resolve: &Resolve, mut ty: Type) -> Type {
    while let Type::Id(id) = ty {
        let TypeDefKind::Type(next) = &resolve.types[id].kind else { break };
        ty = *next;
    }
    ty
}

/// The interface that declares a named type.
fn owner(resolve: &Resolve, id: TypeId) -> Option<InterfaceId> {
    let def = &resolve.types[id];
    match def.owner {
        wit_parser::TypeOwner::Interface(interface) if def.name.is_some() => Some(interface),
        wit_parser::TypeOwner::Interface(_) | wit_parser::TypeOwner::World(_) | wit_parser::TypeOwner::None => None,
    }
}

/// How the names of the host's members differ from ours.
fn members(of: &str, what: &str, ours: &[String], theirs: &[String]) -> Option<String> {
    if let Some(name) = ours.iter().find(|name| !theirs.contains(name)) {
        return Some(format!("{of} has no {what} `{name}`"));
    }
    if let Some(name) = theirs.iter().find(|name| !ours.contains(name)) {
        return Some(format!("{of} has the {what} `{name}` besides"));
    }
    (ours != theirs).then(|| format!("{of} has each {what} in another place"))
}
