//! A component, instantiated and called: all that can be seen of it from outside.

use anyhow::Result;
use wasmtime::component::{Component, Instance, Linker};
use wasmtime::{Config, Engine, OptLevel, Store, StoreContextMut, Trap};

/// What a host sees and is given.
pub type Seen = Vec<String>;

/// An engine that compiles quickly.
pub fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::None);
    Ok(Engine::new(&config)?)
}

/// Instantiates a component, calls each export that takes a number with a few of them, twice, and looks at the memory.
pub fn play(engine: &Engine, component: &[u8]) -> Result<Seen> {
    let component = Component::new(engine, component)?;
    let mut linker: Linker<Seen> = Linker::new(engine);
    linker.root().func_wrap("log", |mut store: StoreContextMut<'_, Seen>, (value,): (u32,)| {
        store.data_mut().push(format!("log {value}"));
        Ok((value.wrapping_mul(3),))
    })?;
    linker.root().func_wrap("say", |mut store: StoreContextMut<'_, Seen>, (text,): (Vec<u8>,)| {
        store.data_mut().push(format!("say {}", String::from_utf8_lossy(&text)));
        Ok(())
    })?;
    let mut store = Store::new(engine, Seen::new());
    match linker.instantiate(&mut store, &component) {
        Err(error) => store.data_mut().push(format!("not instantiated: {}", why(&error)?)),
        Ok(instance) => calls(engine, &mut store, &component, &instance)?,
    }
    Ok(store.into_data())
}

fn calls(engine: &Engine, store: &mut Store<Seen>, component: &Component, instance: &Instance) -> Result<()> {
    let names: Vec<String> = component.component_type().exports(engine).map(|(name, _)| name.to_owned()).collect();
    for value in [0, 1, 3, 5, 3] {
        for name in names.iter().filter(|name| name.starts_with("run")) {
            let function = instance.get_typed_func::<(u32,), (u32,)>(&mut *store, name)?;
            match function.call(&mut *store, (value,)) {
                Ok((answer,)) => store.data_mut().push(format!("{name}({value}) = {answer}")),
                // Nothing can be called after a trap.
                Err(error) => {
                    let why = why(&error)?;
                    store.data_mut().push(format!("{name}({value}): {why}"));
                    return Ok(());
                }
            }
        }
    }
    if names.iter().any(|name| name == "peek") {
        let peek = instance.get_typed_func::<(), (Vec<u8>,)>(&mut *store, "peek")?;
        let (memory,) = peek.call(&mut *store, ())?;
        store.data_mut().push(format!("{memory:?}"));
    }
    Ok(())
}

/// A trap by its name; anything else is a fault of the test.
fn why(error: &wasmtime::Error) -> Result<String> {
    match error.downcast_ref::<Trap>() {
        Some(trap) => Ok(trap.to_string()),
        None => anyhow::bail!("{error:#}"),
    }
}
