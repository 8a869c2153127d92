//! Records that are options.

use std::collections::HashSet;

use wit_parser::TypeId;

use crate::derive::world::World;

/// Options are a parameter by themselves, or a case of one that is split; a record that stands
/// inside another type, or that the host returns, is a value.
pub(super) fn options(world: &World<'_>) -> HashSet<TypeId> {
    let mut given = HashSet::new();
    let mut values = HashSet::new();
    for (interface, function) in world.imported_functions() {
        let is_split = world.usage.rules.split.contains_key(&world.function_path(interface, function));
        for param in &function.params {
            let cases = world.payloads_of(&param.ty).filter(|_| is_split);
            for ty in cases.unwrap_or_else(|| vec![param.ty]) {
                match world.named_record(&ty) {
                    Some((id, record)) => {
                        given.insert(id);
                        record.fields.iter().for_each(|field| world.records_in(&field.ty, &mut values));
                    }
                    None => world.records_in(&ty, &mut values),
                }
            }
        }
        function.result.iter().for_each(|result| world.records_in(result, &mut values));
    }
    given.difference(&values).copied().filter(|id| looks_like_options(world, *id) && world.may_change(*id)).collect()
}

fn looks_like_options(world: &World<'_>, id: TypeId) -> bool {
    if world.usage.rules.options.contains_key(&world.raw_path(id)) {
        return true;
    }
    let Some(record) = world.record_of(id) else { return false };
    let extra = record.fields.iter().any(|field| world.extra_of(&field.ty).is_some());
    let all_optional = record.fields.iter().all(|field| world.option_of(&field.ty).is_some());
    extra || (all_optional && !record.fields.is_empty())
}
