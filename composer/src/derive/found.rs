//! What is found out about the raw world before anything is reshaped: aliases, handles that are used
//! up, options, errors.

use std::collections::HashSet;

use wit_parser::{Handle, Type, TypeDefKind, TypeId};

use super::facts::Facts;
use super::placement;

impl Facts<'_> {
    pub fn find_aliases(&mut self) {
        for interface in &self.raw.imports {
            for (name, id) in &self.resolve().interfaces[*interface].types {
                if let Some(resource) = self.aliased_resource(*id) {
                    self.aliases.entry((resource, name.clone())).or_insert(*id);
                }
            }
        }
    }

    /// Whether a type is of the package that is reshaped.
    fn is_of_world(&self, id: TypeId) -> bool {
        self.owner(id).is_some_and(|owner| self.resolve().interfaces[owner].package == Some(self.raw.package))
    }

    pub fn find_makers(&mut self) {
        let lazy = &self.lines.rules.constructors.lazy;
        let functions = self.imported_functions();
        let lazy = functions.filter(|(id, function)| lazy.contains(&self.function_path(*id, function)));
        let made: Vec<_> = lazy.filter_map(|maker| Some((placement::made(self, maker.1)?, maker))).collect();
        for (resource, maker) in made {
            self.makers.entry(resource).or_insert(maker);
        }
    }

    pub fn find_consumables(&mut self) {
        let mut taken = Vec::new();
        for (_, function) in self.imported_functions() {
            function.params.iter().for_each(|param| {
                self.walk(&param.ty, &mut |handle| {
                    if let Handle::Own(id) = handle {
                        taken.push(self.definition(*id));
                    }
                })
            });
        }
        // What is not made yet may never be, and its functions say so.
        taken.extend(self.makers.keys().copied());
        // An alias shares its handle with what it aliases, so a handle that one can lose the other can lose.
        let lost: HashSet<TypeId> = taken.iter().map(|id| self.root(*id)).collect();
        let family = self.aliases.iter().filter(|((resource, _), _)| lost.contains(resource)).map(|(_, alias)| *alias);
        let all = family.chain(lost.iter().copied()).chain(taken);
        // A resource of another package stays as it is: no cell holds it, and none can lose it.
        self.consumable = all.filter(|id| self.is_of_world(*id)).collect();
    }

    /// Options are a parameter by themselves, or a case of one that is split; a record that stands
    /// inside another type, or that the host returns, is a value.
    pub fn find_options(&mut self) {
        let mut given = HashSet::new();
        let mut values = HashSet::new();
        for (interface, function) in self.imported_functions() {
            let is_split = self.lines.rules.split.contains_key(&self.function_path(interface, function));
            for param in &function.params {
                let cases = self.payloads_of(&param.ty).filter(|_| is_split);
                for ty in cases.unwrap_or_else(|| vec![param.ty]) {
                    match self.named_record(&ty) {
                        Some((id, record)) => {
                            given.insert(id);
                            record.fields.iter().for_each(|field| self.records_in(&field.ty, &mut values));
                        }
                        None => self.records_in(&ty, &mut values),
                    }
                }
            }
            function.result.iter().for_each(|result| self.records_in(result, &mut values));
        }
        self.options = given.difference(&values).copied().filter(|id| self.looks_like_options(*id)).collect();
    }

    pub fn find_errors(&mut self) {
        let errors = self.imported_functions().filter_map(|(_, function)| {
            let Some(Type::Id(error)) = self.result_of(function).err else { return None };
            Some(self.definition(error))
        });
        let mut errors: HashSet<TypeId> = errors.collect();
        errors.extend(self.lines.rules.errors.default.as_deref().and_then(|path| self.find_type(path)));
        self.errors = errors;
    }

    fn looks_like_options(&self, id: TypeId) -> bool {
        let path = self.raw_path(id);
        if self.lines.rules.options.contains_key(&path) {
            return true;
        }
        let TypeDefKind::Record(record) = &self.type_def(id).kind else { return false };
        let extra = record.fields.iter().any(|field| self.extra_of(&field.ty).is_some());
        let all_optional = record.fields.iter().all(|field| self.option_of(&field.ty).is_some());
        extra || (all_optional && !record.fields.is_empty())
    }
}
