//! What is asked for of the observer, on the command line and in a file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use composer::observe::{Chance, Format, Hook, Output, Policy, Profile, Request, Switch, Trace, What};
use serde::Deserialize;

use super::args::Observe;
use super::inputs;

/// The keys of a file. They are the options.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Keys {
    observe: Vec<String>,
    except: Vec<String>,
    profile: bool,
    over: Option<String>,
    profile_all: bool,
    profile_text: bool,
    trace: bool,
    trace_format: Option<String>,
    trace_values: Vec<String>,
    deny: Vec<String>,
    limit: Vec<String>,
    fail: Vec<String>,
    hook: Vec<PathBuf>,
    switch: Option<String>,
    lines_to: Option<String>,
}

/// What is asked for, if anything is.
pub fn request(args: &Observe) -> Result<Option<Request>> {
    let keys = args.observe_file.as_deref().map(read).transpose()?.unwrap_or_default();
    let profile = args.profile || keys.profile;
    let is_traced = args.trace || keys.trace;
    let format = args.trace_format.as_ref().or(keys.trace_format.as_ref()).map(|text| format(text)).transpose()?;
    let values = [&keys.trace_values[..], &args.trace_values].concat();
    let trace = is_traced.then(|| Trace { format: format.unwrap_or_default(), values });
    let observe = [&keys.observe[..], &args.observe].concat();
    let except = [&keys.except[..], &args.except].concat();
    let policy = Policy {
        deny: [&keys.deny[..], &args.deny].concat(),
        limit: [&keys.limit[..], &args.limit].concat().iter().map(|text| limit(text)).collect::<Result<_>>()?,
        fail: [&keys.fail[..], &args.fail].concat().iter().map(|text| fail(text)).collect::<Result<_>>()?,
    };
    let switch = args.switch.as_ref().or(keys.switch.as_ref()).map(|text| switch(text)).transpose()?;
    let hooks: Vec<Hook> = keys.hook.iter().chain(&args.hook).map(|path| hook(path)).collect::<Result<_>>()?;
    let is_asked_for = profile
        || is_traced
        || !policy.is_empty()
        || switch.is_some()
        || !hooks.is_empty()
        || args.observe_file.is_some()
        || !observe.is_empty()
        || !except.is_empty()
        || args.lines_to.is_some();
    if !is_asked_for {
        return Ok(None);
    }
    let over = args.over.as_ref().or(keys.over.as_ref()).map(|text| time(text)).transpose()?.unwrap_or_default();
    let profile = profile.then_some(Profile {
        over,
        all: args.profile_all || keys.profile_all,
        text: args.profile_text || keys.profile_text,
    });
    let output = args.lines_to.clone().or(keys.lines_to).map_or(Output::Stderr, Output::Log);
    Ok(Some(Request { observe, except, what: What { profile, trace, output, policy, switch }, hooks }))
}

fn read(path: &Path) -> Result<Keys> {
    let text = inputs::read_text(path)?;
    toml::from_str(&text).with_context(|| format!("cannot read what to observe in {}", path.display()))
}

/// A time with its unit.
fn time(text: &str) -> Result<Duration> {
    const UNITS: [(&str, f64); 4] = [("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9), ("s", 1.0)];
    let wrong =
        || anyhow!("--over `{text}` is no time; write it as a number with `us`, `ms` or `s` behind it, such as `50ms`");
    let found = UNITS.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)));
    let (number, seconds) = found.ok_or_else(wrong)?;
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())
}

/// How the lines of calls are written.
fn format(text: &str) -> Result<Format> {
    match text {
        "lines" => Ok(Format::Lines),
        "otlp" => Ok(Format::Otlp),
        _ => Err(anyhow!("--trace-format `{text}` is no format; it is `lines` or `otlp`")),
    }
}

/// A pattern, and how many calls of a function a request may make.
fn limit(text: &str) -> Result<(String, u32)> {
    let wrong =
        || anyhow!("--limit `{text}` is no limit; write it as a pattern with a number, such as `kv-store.store.*=10`");
    let (pattern, most) = text.rsplit_once('=').ok_or_else(wrong)?;
    Ok((pattern.to_owned(), most.parse().map_err(|_| wrong())?))
}

/// A pattern, and how many calls fail.
fn fail(text: &str) -> Result<(String, Chance)> {
    let wrong = || {
        anyhow!(
            "--fail `{text}` is no chance; write it as a pattern with two numbers, such as `kv-store.store.*=1/20` or `kv-store.store.*=1/20:7`"
        )
    };
    let (pattern, chance) = text.rsplit_once('=').ok_or_else(wrong)?;
    let (chance, seed) = match chance.split_once(':') {
        Some((chance, seed)) => (chance, Some(seed.parse().map_err(|_| wrong())?)),
        None => (chance, None),
    };
    let (one, of) = chance.split_once('/').ok_or_else(wrong)?;
    let (one, of): (u32, u32) = (one.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
    if of == 0 || one > of {
        return Err(wrong());
    }
    Ok((pattern.to_owned(), Chance { one, of, seed }))
}

/// A component that is told of calls.
fn hook(path: &Path) -> Result<Hook> {
    let component = std::fs::read(path).with_context(|| format!("cannot read the hook {}", path.display()))?;
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(Hook { name, component })
}

/// An interface, a store and a key.
fn switch(text: &str) -> Result<Switch> {
    let wrong = || {
        anyhow!(
            "--switch `{text}` is no place; write it as an interface, a store and a key, such as `config-store:settings/observe`"
        )
    };
    let (interface, rest) = text.split_once(':').ok_or_else(wrong)?;
    let (store, key) = rest.split_once('/').ok_or_else(wrong)?;
    if [interface, store, key].iter().any(|part| part.is_empty()) {
        return Err(wrong());
    }
    Ok(Switch { interface: interface.to_owned(), store: store.to_owned(), key: key.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use composer::observe::Chance;

    use super::{fail, limit, switch, time};

    #[test]
    fn a_limit_is_a_pattern_and_a_number() {
        assert_eq!(limit("kv-store.store.*=10").ok(), Some(("kv-store.store.*".to_owned(), 10)));
        assert!(["kv-store.*", "kv-store.store.*=", "=x", "a=-1", "a=1.5"].iter().all(|text| limit(text).is_err()));
    }

    #[test]
    fn a_chance_is_a_pattern_and_two_numbers() {
        let of = |text: &str| fail(text).ok().map(|(_, chance)| chance);
        assert_eq!(of("a=1/20"), Some(Chance { one: 1, of: 20, seed: None }));
        assert_eq!(of("a=0/1:7"), Some(Chance { one: 0, of: 1, seed: Some(7) }));
        assert!(["a", "a=1", "a=1/0", "a=2/1", "a=1/2:", "a=1/2:x"].iter().all(|text| of(text).is_none()));
    }

    #[test]
    fn a_switch_is_an_interface_a_store_and_a_key() {
        let found = switch("config-store:a/b/c").expect("it is one");
        assert_eq!((&*found.interface, &*found.store, &*found.key), ("config-store", "a", "b/c"));
        assert!(["", "a/b", "a:b", "a:/b", ":a/b", "a:b/"].iter().all(|text| switch(text).is_err()));
    }

    #[test]
    fn a_time_has_a_unit() {
        let is = |text: &str| time(text).ok();
        assert_eq!(is("50ms"), Some(Duration::from_millis(50)));
        assert_eq!(is("1.5s"), Some(Duration::from_millis(1500)));
        assert_eq!(is("20 us"), Some(Duration::from_micros(20)));
        for wrong in ["", "50", "ms", "-1ms", "1h", "NaNs", "1e400s"] {
            assert_eq!(is(wrong), None, "{wrong}");
        }
    }
}
