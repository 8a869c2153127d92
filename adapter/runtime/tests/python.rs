//! The conversions against Python's own library, which reads what they give and gives what they read.
//!
//! Python runs once, over all the cases. Whoever changes a conversion needs a `python3` on the PATH.

use std::io::Write as _;
use std::net::{IpAddr, Ipv6Addr};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use adapter_runtime::addresses::{from_v4, from_v6, parse4or6, to_text};
use adapter_runtime::durations::{Count, from_seconds, to_seconds};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

const NS: u64 = 1_000_000_000;
const UNITS: [u64; 3] = [1, 1_000, NS];

/// Up to here floats are less than a nanosecond apart: 2^23 seconds.
const DISTINCT_MICROSECONDS: u64 = (1 << 23) * 1_000_000;

/// What is asked, each kind with its answers.
struct Asked {
    texts: Vec<(String, Value)>,
    addresses: Vec<(IpAddr, Value)>,
    counts: Vec<((u64, u64), Value)>,
    seconds: Vec<((f64, u64, u64), Value)>,
    microseconds: Vec<(u64, Value)>,
}

static ASKED: LazyLock<Result<Asked, String>> = LazyLock::new(ask);

fn asked() -> &'static Asked {
    ASKED.as_ref().unwrap_or_else(|error| panic!("{error}"))
}

fn ask() -> Result<Asked, String> {
    let texts = cases(3000, texts());
    let addresses = cases(2000, addresses());
    let counts = cases(3000, (counts(), select(&UNITS)));
    let seconds = cases(6000, seconds());
    let microseconds = cases(2000, prop_oneof![0..=DISTINCT_MICROSECONDS, 0..10_000_000u64]);
    let mut answers = python(&json!({
        "texts": texts,
        "addresses": addresses.iter().map(octets).collect::<Vec<_>>(),
        "counts": counts,
        "seconds": seconds.iter().map(|(seconds, unit, most)| (seconds.to_bits(), unit, most)).collect::<Vec<_>>(),
        "microseconds": microseconds,
    }))?;
    Ok(Asked {
        texts: answered(texts, &mut answers["texts"])?,
        addresses: answered(addresses, &mut answers["addresses"])?,
        counts: answered(counts, &mut answers["counts"])?,
        seconds: answered(seconds, &mut answers["seconds"])?,
        microseconds: answered(microseconds, &mut answers["microseconds"])?,
    })
}

fn answered<T>(cases: Vec<T>, answers: &mut Value) -> Result<Vec<(T, Value)>, String> {
    let answers: Vec<Value> = serde_json::from_value(answers.take()).map_err(|error| format!("python3: {error}"))?;
    if answers.len() != cases.len() {
        return Err(format!("python3 gave {} answers to {} questions", answers.len(), cases.len()));
    }
    Ok(cases.into_iter().zip(answers).collect())
}

fn python(questions: &Value) -> Result<Value, String> {
    let mut python = Command::new("python3")
        .args(["-I", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/oracle.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("these tests need a python3 on the PATH: {error}"))?;
    // Python reads all of it before it writes. Should it end early, its status says more than the pipe.
    let written = python.stdin.take().map(|mut stdin| stdin.write_all(questions.to_string().as_bytes()));
    let output = python.wait_with_output().map_err(|error| format!("python3: {error}"))?;
    if !output.status.success() || !matches!(written, Some(Ok(()))) {
        return Err(format!("python3 ended with {}, see above", output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("python3 did not answer in JSON: {error}"))
}

fn cases<S: Strategy>(how_many: usize, strategy: S) -> Vec<S::Value> {
    let mut runner = TestRunner::default();
    (0..how_many).map(|_| strategy.new_tree(&mut runner).expect("nothing is filtered").current()).collect()
}

/// Addresses with runs of zeros, and some of the ranges that have a form of their own.
fn addresses() -> impl Strategy<Value = IpAddr> + Clone {
    let mask = vec(select(vec![0u16, 0, 0xf, 0xffff]), 8).prop_map(|mask| <[u16; 8]>::try_from(mask).expect("8"));
    let masked = (any::<[u16; 8]>(), mask).prop_map(|(bits, mask)| std::array::from_fn(|at| bits[at] & mask[at]));
    prop_oneof![
        any::<(u8, u8, u8, u8)>().prop_map(from_v4),
        masked.prop_map(|segments: [u16; 8]| from_v6(segments.into())),
        any::<u32>().prop_map(|low| Ipv6Addr::from_bits(0xffff_0000_0000 | u128::from(low)).into()),
        any::<u32>().prop_map(|low| Ipv6Addr::from_bits(u128::from(low)).into()),
    ]
}

fn octets(address: &IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// Every way to write an address, and what comes of it when a character or two are not right.
fn texts() -> impl Strategy<Value = String> {
    let written = (addresses(), 0..5).prop_map(|(address, form)| match (address, form) {
        (IpAddr::V6(address), 0) => address.segments().map(|segment| format!("{segment:04x}")).join(":"),
        (IpAddr::V6(address), 1) => address.segments().map(|segment| format!("{segment:X}")).join(":"),
        (IpAddr::V6(address), 2) => {
            let [.., a, b, c, d] = address.octets();
            let head: String = address.segments()[..6].iter().map(|segment| format!("{segment:x}:")).collect();
            format!("{head}{a}.{b}.{c}.{d}")
        }
        (address, 3) => address.to_string().to_uppercase(),
        (address, _) => address.to_string(),
    });
    let edit = (any::<Index>(), 0..3, "[0-9a-gA-G:.%/ \\[\\]x\n\u{661}-]");
    let edited = (written.clone(), vec(edit, 1..3)).prop_map(|(text, edits)| {
        let mut text: Vec<char> = text.chars().collect();
        for (at, how, with) in edits {
            let at = at.index(text.len() + 1);
            let removed = usize::from(how < 2 && at < text.len());
            text.splice(at..at + removed, with.chars().filter(|_| how > 0));
        }
        text.into_iter().collect()
    });
    prop_oneof![2 => written, 4 => edited, 1 => "[0-9.]{0,16}", 1 => "[0-9a-f:.]{0,20}", 1 => "(::)?([0-9a-f]{1,4}:){1,8}:?[0-9]?"]
}

fn counts() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0..1u64 << 53, 0..1000u64, any::<u32>().prop_map(u64::from), (0..3u64).prop_map(|n| !n)]
}

/// Seconds, a unit and the largest count: whole units and beside them, decimals, anything.
fn seconds() -> impl Strategy<Value = (f64, u64, u64)> {
    let types = || (select(&UNITS), select(vec![u8::MOST, u16::MOST, u32::MOST, u64::MOST, u64::MOST]));
    let parts = vec![0.0, 0.0, 0.0, 0.5, 0.25, 1e-6, 1e-7];
    let beside = (counts(), types(), -6..=6i32, select(parts)).prop_map(|(count, (unit, most), places, part)| {
        // The largest counts are all ones.
        let seconds = to_seconds(count & most, unit) + part / unit as f64;
        let step = if places < 0 { f64::next_down } else { f64::next_up };
        ((0..places.abs()).fold(seconds, |at, _| step(at)), unit, most)
    });
    let decimal = (0..1u64 << 40, 0..10)
        .prop_map(|(digits, point)| format!("{digits}e-{point}").parse().expect("it is a decimal number"));
    let sum = vec(0..10_000u32, 1..20).prop_map(|cents| cents.into_iter().map(|cent| f64::from(cent) / 100.0).sum());
    let special = vec![0.0, -0.0, -1.0, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, 1e19, 2e19];
    let any = any::<u64>().prop_map(f64::from_bits);
    let other = prop_oneof![3 => decimal, 3 => sum, 1 => select(special), 1 => any];
    prop_oneof![2 => beside, 1 => (other, types()).prop_map(|(seconds, (unit, most))| (seconds, unit, most))]
}

fn counted(seconds: f64, unit: u64, most: u64) -> Option<u64> {
    match most {
        u8::MOST => from_seconds::<u8>(seconds, unit).ok().map(u64::from),
        u16::MOST => from_seconds::<u16>(seconds, unit).ok().map(u64::from),
        u32::MOST => from_seconds::<u32>(seconds, unit).ok().map(u64::from),
        _ => from_seconds(seconds, unit).ok(),
    }
}

#[test]
fn python_reads_the_same_addresses() {
    let mut refused = 0;
    for (text, answer) in &asked().texts {
        let read = parse4or6(text).ok();
        assert_eq!(&json!(read.as_ref().map(octets)), answer, "{text:?}");
        refused += usize::from(read.is_none());
    }
    let all = asked().texts.len();
    assert!((all / 10..all * 4 / 5).contains(&refused), "{refused} of {all} cases are no addresses");
}

#[test]
fn python_writes_the_same_addresses() {
    for (address, answer) in &asked().addresses {
        assert_eq!(Some(to_text(*address).as_str()), answer.as_str());
    }
}

#[test]
fn python_divides_counts_into_the_same_seconds() {
    for ((count, unit), answer) in &asked().counts {
        assert_eq!(Some(to_seconds(*count, *unit).to_bits()), answer.as_u64(), "{count} of {unit}");
    }
}

#[test]
fn python_counts_the_same_seconds() {
    let mut refused = 0;
    for ((seconds, unit, most), answer) in &asked().seconds {
        let count = counted(*seconds, *unit, *most);
        assert_eq!(count, answer.as_u64(), "{seconds:?} of {unit}, at most {most}");
        refused += usize::from(count.is_none());
    }
    let all = asked().seconds.len();
    assert!((all / 5..all * 4 / 5).contains(&refused), "{refused} of {all} cases are no counts");
}

#[test]
fn seconds_of_a_timedelta_are_its_microseconds() {
    for (microseconds, answer) in &asked().microseconds {
        let seconds = f64::from_bits(answer.as_u64().expect("bits"));
        assert_eq!(from_seconds(seconds, NS), Ok(microseconds * 1000), "{seconds:?}");
        let nearest = (microseconds + 500) / 1000;
        let milliseconds = if *microseconds == 0 { 0 } else { nearest.max(1) };
        // Of half a millisecond, the seconds say which way it goes.
        let is_half = microseconds % 1000 == 500;
        let found = from_seconds::<u64>(seconds, 1000).expect("a span of time");
        assert!(found == milliseconds || (is_half && found + 1 == milliseconds), "{seconds:?} is {found}");
    }
}
