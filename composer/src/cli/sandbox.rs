//! The Python that a component carries, before there is one: what packages are chosen for.

use std::collections::BTreeMap;

/// Its version, as Python has it.
pub const PYTHON: &str = "3.14.0";

/// What it says of itself where requirements ask (`; sys_platform == "win32"`). These are those of componentize-py
/// 0.25.1; a test compares them with what an app sees.
const MARKERS: [(&str, &str); 11] = [
    ("implementation_name", "cpython"),
    ("implementation_version", PYTHON),
    ("os_name", "posix"),
    ("platform_machine", "wasm32"),
    ("platform_python_implementation", "CPython"),
    ("platform_release", "0.0.0"),
    ("platform_system", "wasi"),
    ("platform_version", "0.0.0"),
    ("python_full_version", PYTHON),
    ("python_version", "3.14"),
    ("sys_platform", "wasi"),
];

/// The markers, as JSON.
pub fn markers() -> Vec<u8> {
    let markers: BTreeMap<_, _> = MARKERS.into_iter().collect();
    serde_json::to_vec(&markers).unwrap_or_default()
}
