//! What is asked for of the observer, on the command line and in a file.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use composer::observe::{Output, Profile, Request, What};
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
    lines_to: Option<String>,
}

/// What is asked for, if anything is.
pub fn request(args: &Observe) -> Result<Option<Request>> {
    let keys = args.observe_file.as_deref().map(read).transpose()?.unwrap_or_default();
    let profile = args.profile || keys.profile;
    let trace = args.trace || keys.trace;
    let observe = [&keys.observe[..], &args.observe].concat();
    let except = [&keys.except[..], &args.except].concat();
    let is_asked_for = profile
        || trace
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
    Ok(Some(Request { observe, except, what: What { profile, trace, output } }))
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::time;

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
