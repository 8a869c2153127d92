use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use composer::bundle::{Bundle, FILES, Guests};
use composer::encode::encode;
use composer::wit::ADAPTER_WORLD;
use host_test::model::{Case, Makers, Subject};
use host_test::script::Host;
use wasmtime::{Config, Engine, OptLevel};

fn main() {
    let folder: PathBuf = env::var_os("COMPOSER_GUESTS").unwrap().into();
    let read = |name| fs::read(folder.join(name)).unwrap();
    let text = |name| String::from_utf8(read(name)).unwrap();
    let [wit, rules, world, adapter, entry] = FILES;
    let guests = Guests { adapter: read(adapter), entry: read(entry) };
    let bundle = Bundle { wit: read(wit), rules: text(rules), world: text(world), guests };
    let world = bundle.world().unwrap();
    let component = encode("adapter", &bundle.guests.adapter, &world.friendly, ADAPTER_WORLD, None).unwrap();
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::None);
    let t = std::time::Instant::now();
    let host = Host::new(&Engine::new(&config).unwrap(), &component).unwrap();
    println!("compiled {:?}", t.elapsed());
    let subject = Subject { plan: &world.plan, world: host.world() };
    let t = std::time::Instant::now();
    let makers = Makers::new(subject);
    println!("makers {:?}", t.elapsed());
    let mut failures: BTreeMap<String, String> = BTreeMap::new();
    let (mut all, mut scripts) = (0, 0);
    for (interface, function) in subject.functions() {
        all += 1;
        for seed in 0..8 {
            let mut case = Case::new(subject, &makers, seed);
            case.wild = seed > 4;
            let Some(call) = case.prepare(interface, function) else {
                failures.insert(function.path(&interface.name), "no way to call".to_owned());
                continue;
            };
            case.call(&call);
            let script = case.finish();
            let outcome = host.play(&script);
            scripts += 1;
            if let Err(error) = outcome.result {
                failures
                    .insert(function.path(&interface.name), format!("seed {seed}: {error}\n{}", outcome.transcript));
            }
        }
    }
    println!("{scripts} scripts {:?}", t.elapsed());
    for (name, failure) in failures.iter().take(12) {
        println!("=== {name}: {failure}");
    }
    for (name, failure) in &failures {
        println!("{name}: {}", failure.lines().next().unwrap().chars().take(150).collect::<String>());
    }
    println!("{} of {all} failed", failures.len());
}
