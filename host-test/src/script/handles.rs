//! Resources of the host in the values of the engine.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{ResourceAny, ResourceDynamic, ResourceType, Val};

use super::error::Misfit;
use super::play::Play;
use super::value::misfit;
use super::wave::Value;
use super::world::World;

/// The resource type of the host that a type is.
pub fn of_host(world: &World, ty: &ResourceType) -> Option<u32> {
    let types = 0..u32::try_from(world.resources.len()).unwrap_or(u32::MAX);
    types.into_iter().find(|payload| ResourceType::host_dynamic(*payload) == *ty)
}

/// Takes the resources of the host out of values: each with its representation, and whether it was given away.
pub fn lift(store: &mut StoreContextMut<'_, Play>, vals: &[Val]) -> wasmtime::Result<Vec<(ResourceAny, u32, bool)>> {
    let mut found = Vec::new();
    vals.iter().for_each(|val| resources(val, &mut found));
    let world = Arc::clone(&store.data().world);
    let mut lifted = Vec::new();
    for resource in found {
        if of_host(&world, &resource.ty()).is_some() {
            let owned = resource.owned();
            let host = resource.try_into_resource_dynamic(&mut *store)?;
            lifted.push((resource, host.rep(), owned));
        }
    }
    Ok(lifted)
}

/// The resources in a value.
pub fn resources(val: &Val, to: &mut Vec<ResourceAny>) {
    match val {
        Val::Resource(resource) => to.push(*resource),
        Val::List(vals) | Val::Tuple(vals) => vals.iter().for_each(|val| resources(val, to)),
        Val::Record(fields) => fields.iter().for_each(|(_, val)| resources(val, to)),
        Val::Map(pairs) => pairs.iter().for_each(|(key, val)| {
            resources(key, to);
            resources(val, to);
        }),
        Val::Variant(_, val) | Val::Option(val) | Val::Result(Ok(val) | Err(val)) => {
            val.iter().for_each(|val| resources(val, to));
        }
        Val::Bool(_)
        | Val::S8(_)
        | Val::U8(_)
        | Val::S16(_)
        | Val::U16(_)
        | Val::S32(_)
        | Val::U32(_)
        | Val::S64(_)
        | Val::U64(_)
        | Val::Float32(_)
        | Val::Float64(_)
        | Val::Char(_)
        | Val::String(_)
        | Val::Enum(_)
        | Val::Flags(_)
        | Val::Future(_)
        | Val::Stream(_)
        | Val::ErrorContext(_) => {}
    }
}

/// Makes a resource of the host: a new one to give away, or one that there is to lend.
pub fn make(
    store: &mut StoreContextMut<'_, Play>,
    name: Option<&str>,
    ty: &ResourceType,
    own: bool,
    opened: &mut Vec<String>,
) -> Result<ResourceAny, Misfit> {
    let wrong = |wanted: &str| misfit(&Value::Handle(name.unwrap_or("_").to_owned()), wanted);
    let world = Arc::clone(&store.data().world);
    let payload = of_host(&world, ty).ok_or_else(|| wrong("resource of the host"))?;
    let kind = usize::try_from(payload).ok().and_then(|place| world.resources.get(place));
    let names = &mut store.data_mut().names;
    let name = name.map_or_else(|| names.fresh(kind.map_or("resource", String::as_str)), str::to_owned);
    let resource = if own {
        let rep = names.open(name.clone()).ok_or_else(|| wrong("new resource: one of that name is open"))?;
        opened.push(name.clone());
        ResourceDynamic::new_own(rep, payload)
    } else {
        let rep = names.find(&name).ok_or_else(|| wrong("resource that is open"))?;
        ResourceDynamic::new_borrow(rep, payload)
    };
    resource.try_into_resource_any(store).map_err(|error| misfit(&Value::Handle(name), error.to_string()))
}
