//! Which function makes a handle of which resource, the cheapest first.

use composer::plan::{Conversion, Function, Interface, Kind, Plan, Type, TypeKind, TypePath};
use indexmap::IndexMap;

use super::Subject;

/// The function that makes handles of each friendly resource.
#[derive(Debug, Default)]
pub struct Makers<'p>(IndexMap<TypePath, (usize, &'p Interface, &'p Function)>);

impl<'p> Makers<'p> {
    /// Finds them: a function costs one, and what the handles that it needs cost.
    pub fn new(subject: Subject<'p>) -> Self {
        let mut makers = Self::default();
        loop {
            let mut changed = false;
            for (interface, function) in subject.functions() {
                let needs = needs(subject.plan, interface, function);
                let costs: Option<Vec<_>> =
                    needs.iter().map(|path| makers.0.get(path).map(|(cost, ..)| *cost)).collect();
                let Some(cost) = costs.map(|costs| 1 + costs.iter().sum::<usize>()) else { continue };
                for path in made(subject.plan, interface, function) {
                    if makers.0.get(&path).is_none_or(|(was, ..)| cost < *was) {
                        makers.0.insert(path, (cost, interface, function));
                        changed = true;
                    }
                }
            }
            if !changed {
                return makers;
            }
        }
    }

    /// The function that makes a resource, if one does.
    pub fn of(&self, path: &TypePath) -> Option<(&'p Interface, &'p Function)> {
        self.0.get(path).map(|(_, interface, function)| (*interface, *function))
    }
}

/// The resources that a call of a function needs handles of.
fn needs(plan: &Plan, interface: &Interface, function: &Function) -> Vec<TypePath> {
    let receiver = match &function.kind {
        Kind::Method(resource) => Some(TypePath::friendly(&interface.name, resource)),
        Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_) => None,
    };
    let params = function.params.iter().flat_map(|param| resources(plan, &param.ty));
    receiver.into_iter().chain(params).collect()
}

/// The resources that a call of a function makes.
fn made(plan: &Plan, interface: &Interface, function: &Function) -> Vec<TypePath> {
    match (&function.kind, &function.result) {
        (Kind::Constructor(resource), _) => vec![TypePath::friendly(&interface.name, resource)],
        (_, Some(Type::Result { ok: Some(ok), .. })) => resources(plan, ok),
        (_, Some(ty)) => resources(plan, ty),
        (_, None) => Vec::new(),
    }
}

/// Whether handles of a resource are the adapter's: others are the host's, and the app has them as they are.
pub fn is_made(plan: &Plan, path: &TypePath) -> bool {
    plan.type_def(path).is_some_and(|def| def.kind.is_resource())
}

/// The resources of the adapter in a type.
pub fn resources(plan: &Plan, ty: &Type) -> Vec<TypePath> {
    let of_kind = |kind: &TypeKind| kind.parts().iter().flat_map(|part| resources(plan, part)).collect();
    let of_part = |part: &Type| match part {
        Type::Own(path) | Type::Borrow(path) | Type::Converted(Conversion::Take(path)) if is_made(plan, path) => {
            vec![path.clone()]
        }
        Type::Named(path) => match plan.type_def(path).map(|def| &def.kind) {
            Some(kind @ (TypeKind::Alias(_) | TypeKind::Record(_) | TypeKind::Variant(_))) => of_kind(kind),
            Some(
                TypeKind::Flags(_)
                | TypeKind::Enum(_)
                | TypeKind::Error(_)
                | TypeKind::DetailError(_)
                | TypeKind::Wrapper(_)
                | TypeKind::Options(_),
            )
            | None => Vec::new(),
        },
        Type::Primitive(_)
        | Type::List(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Converted(_)
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_) => Vec::new(),
    };
    ty.walk().flat_map(of_part).collect()
}
