//! The paths that each table of the rules is about, and those that none is.

use wit_parser::{Function, FunctionKind, Type, TypeDefKind};

use super::Line;
use super::lines::{Rules, Table};
use super::spots::{Call, Value, given};
use super::write::{CURSOR, SIZE};

impl Rules<'_> {
    /// The path of a line, if there is one for it.
    pub(super) fn path(&self, line: &Line) -> Option<String> {
        let paths = if line.fits { self.fitting(line.table) } else { self.all() };
        (!paths.is_empty()).then(|| line.at.get(&paths).clone())
    }

    fn all(&self) -> Vec<String> {
        let spots = &self.spots;
        let calls = spots.calls.iter().map(|call| &call.path);
        let types = spots.types.iter().map(|named| &named.path);
        let values = spots.values.iter().map(|value| &value.path);
        calls.chain(types).chain(values).chain(spots.cases.iter().map(|(path, _)| path)).cloned().collect()
    }

    fn fitting(&self, table: Table) -> Vec<String> {
        let spots = &self.spots;
        let kind = |ty: &Type| spots.kind(ty);
        let values = |fits: &dyn Fn(&Value) -> bool| -> Vec<String> {
            let is_own = |value: &&Value| ![SIZE, CURSOR].iter().any(|name| value.path.ends_with(name));
            spots.values.iter().filter(is_own).filter(|value| fits(value)).map(|value| value.path.clone()).collect()
        };
        let calls = |fits: &dyn Fn(&Function) -> bool| -> Vec<String> {
            spots.calls.iter().filter(|call| fits(call.function)).map(|call| call.path.clone()).collect()
        };
        let types = |fits: &dyn Fn(&TypeDefKind) -> bool| -> Vec<String> {
            let types = spots.types.iter().filter(|named| fits(&spots.resolve.types[named.id].kind));
            types.map(|named| named.path.clone()).collect()
        };
        let takes_bytes = |function: &Function| function.params.iter().any(|param| spots.is_bytes(&param.ty));
        let takes = |function: &Function, fits: &dyn Fn(&TypeDefKind) -> bool| {
            function.params.iter().any(|param| kind(&param.ty).is_some_and(fits))
        };
        let answers =
            |function: &Function, fits: &dyn Fn(&Type) -> bool| spots.answer(function).is_some_and(|ty| fits(&ty));
        let is_method = |function: &Function| matches!(function.kind, FunctionKind::Method(_));
        let is_free = |function: &Function| matches!(function.kind, FunctionKind::Freestanding);
        let is_handled =
            |function: &Function| function.params.first().is_some_and(|param| spots.handle(&param.ty).is_some());
        match table {
            Table::LeaveOut => calls(&|_| true),
            Table::Rename | Table::Docs => {
                let named = types(&|kind| !matches!(kind, TypeDefKind::Type(_)));
                calls(&|_| true).into_iter().chain(named).collect()
            }
            Table::Move => types(&|kind| !matches!(kind, TypeDefKind::Type(_))),
            Table::TextValues => values(&|value| spots.is_bytes(&value.ty)),
            Table::TextVariants => {
                calls(&|function| takes_bytes(function) || answers(function, &|ty| spots.is_bytes(ty)))
            }
            Table::TextBodies => {
                calls(&|function| answers(function, &|ty| spots.handle(&spots.bare(ty, false)).is_some()))
            }
            Table::Seconds | Table::Choices | Table::Flags => values(&|value| spots.is_unsigned(&value.ty)),
            Table::Joined => values(&|value| spots.is_bytes(&value.ty) || spots.bare(&value.ty, false) == Type::String),
            Table::Records => {
                let is_tuple = |ty: &Type| matches!(kind(&spots.bare(ty, true)), Some(TypeDefKind::Tuple(_)));
                let named = types(&|kind| matches!(kind, TypeDefKind::Tuple(_)));
                values(&|value| is_tuple(&value.ty)).into_iter().chain(named).collect()
            }
            Table::Addresses => types(
                &|kind| matches!(kind, TypeDefKind::Variant(variant) if variant.cases.iter().any(|case| case.name == "ipv4")),
            ),
            Table::Absent => {
                calls(&|function| spots.result(function).is_some_and(|(ok, err)| ok.is_some() && err.is_some()))
            }
            Table::Complete => {
                calls(&|function| takes_bytes(function) && answers(function, &|ty| spots.is_unsigned(ty)))
            }
            Table::ReadAll => calls(&|function| {
                let mut sizes = given(function).iter().filter(|param| spots.is_unsigned(&param.ty));
                sizes.next().is_some_and(|param| param.name != SIZE) && answers(function, &|ty| spots.is_bytes(ty))
            }),
            Table::Lazy => calls(&|function| {
                let makes = answers(function, &|ty| spots.handle(ty).is_some_and(|(_, is_own)| is_own));
                !is_method(function) && function.params.is_empty() && makes
            }),
            Table::Across | Table::Stay => calls(&|function| is_free(function) && is_handled(function)),
            Table::Strip => calls(&|function| is_free(function) && function.item_name().contains('-')),
            Table::Handles => values(&|value| {
                let items = value.is_param.then(|| kind(&value.ty)).flatten();
                matches!(items, Some(TypeDefKind::List(inner)) if spots.handle(inner).is_some())
            }),
            Table::Groups => self.getters().map(|call| call.path.clone()).collect(),
            Table::Pairs => {
                let lists_names = |call: &&Call<'_>| {
                    let answer = spots.answer(call.function);
                    let page = answer.and_then(|ty| match kind(&ty) {
                        Some(TypeDefKind::Tuple(tuple)) => tuple.types.first().copied(),
                        Some(_) | None => answer,
                    });
                    page.is_some_and(|ty| spots.bare(&ty, true) == Type::String)
                };
                self.getters().filter(lists_names).map(|call| call.path.clone()).collect()
            }
            Table::Split => calls(&|function| takes(function, &|kind| matches!(kind, TypeDefKind::Variant(_)))),
            Table::Remember => calls(&|function| is_method(function) && given(function).is_empty()),
            Table::Share => spots.shared(),
            Table::Options => self.options().into_iter().map(|(path, _)| path).collect(),
            Table::DetailPrefix => {
                let carries = |ty: &Option<Type>| matches!(ty.as_ref().and_then(kind), Some(TypeDefKind::Record(_)));
                spots.cases.iter().filter(|(_, ty)| carries(ty)).map(|(path, _)| path.clone()).collect()
            }
            Table::MaybeTooSmall => {
                let errors: Vec<_> = spots.calls.iter().filter_map(|call| self.error(call.function)).collect();
                let is_error =
                    |path: &str| errors.iter().any(|error| path.rsplit_once('.').is_some_and(|(of, _)| of == error));
                let plain = spots.cases.iter().filter(|(path, ty)| ty.is_none() && is_error(path));
                plain.map(|(path, _)| path.clone()).collect()
            }
        }
    }

    /// The functions that are given nothing but what they are called on.
    pub(super) fn getters(&self) -> impl Iterator<Item = &Call<'_>> {
        self.spots.calls.iter().filter(|call| {
            let (function, size) = (call.function, [SIZE, CURSOR]);
            let plain = given(function).iter().all(|param| size.contains(&param.name.as_str()));
            let is_static = matches!(function.kind, FunctionKind::Static(_) | FunctionKind::Constructor(_));
            plain && !is_static && self.spots.answer(function).is_some()
        })
    }
}
