//! Components of several core modules that call each other, made up from bytes: each byte is a choice, and a component
//! of fewer bytes is a smaller one.
//!
//! They are laid out as dynamic libraries are: a first module has the memory, the table and what is not known yet, each
//! library puts its functions into the table and its data into the memory, and calls others directly or through what
//! the first module has. Around them are a host function that needs the memory, and modules that stay apart.

use std::fmt::Write as _;

/// How many bytes of memory each library has.
const ROOM: usize = 256;
/// Where that of the first library begins.
const BASE: usize = 4096;

/// Choices, one after the other. When there are no more, each is the first.
pub struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter() }
    }

    /// A number below another.
    fn below(&mut self, count: usize) -> usize {
        self.bytes.next().map_or(0, |byte| usize::from(*byte)) % count.max(1)
    }

    /// Whether something is so that is so once in so many times.
    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }
}

/// What is to be written.
struct Libraries {
    /// How many functions each library has.
    functions: Vec<usize>,
    /// Whether there is a host function that needs the memory.
    says: bool,
    /// Whether the table is one that a module which stays apart changes.
    has_counter: bool,
    /// Which libraries have a start function.
    starts: Vec<bool>,
}

impl Libraries {
    fn slot(&self, library: usize, function: usize) -> usize {
        1 + self.functions[..library].iter().sum::<usize>() + function
    }

    fn slots(&self) -> usize {
        1 + self.functions.iter().sum::<usize>()
    }

    fn all(&self) -> impl Iterator<Item = (usize, usize)> {
        let functions = self.functions.clone();
        functions.into_iter().enumerate().flat_map(|(library, count)| (0..count).map(move |at| (library, at)))
    }
}

/// A component in the text format.
pub fn component(choices: &mut Choices<'_>) -> String {
    let count = 2 + choices.below(4);
    let functions = (0..count).map(|_| 1 + choices.below(4)).collect();
    let starts = (0..count).map(|at| choices.once_in(if at + 1 == count { 2 } else { 10 })).collect();
    let libraries = Libraries { functions, says: choices.once_in(2), has_counter: choices.once_in(2), starts };
    let mut text = String::from("(component\n");
    text += "(import \"log\" (func $log (param \"a\" u32) (result u32)))\n";
    text += "(import \"say\" (func $say (param \"s\" (list u8))))\n";
    environment(&mut text, &libraries);
    apart(&mut text, &libraries);
    for library in 0..count {
        module(&mut text, &libraries, library, choices);
    }
    wiring(&mut text, &libraries, choices);
    text + ")\n"
}

/// The module with the memory, the table, the addresses, and calls to what comes later.
fn environment(text: &mut String, libraries: &Libraries) {
    let line = |text: &mut String, line: String| writeln!(text, "  {line}").expect("a string takes it");
    *text += "(core module $env\n  (type $f (func (param i32) (result i32)))\n";
    line(text, format!("(memory (export \"memory\") 1 4) (table $t (export \"table\") {} funcref)", libraries.slots()));
    line(text, "(global (export \"sp\") (mut i32) (i32.const 2048)) (data (i32.const 16) \"environment\")".to_owned());
    for library in 0..libraries.functions.len() {
        let (base, table) = (BASE + library * ROOM, libraries.slot(library, 0));
        line(text, format!("(global (export \"base{library}\") i32 (i32.const {base}))"));
        line(text, format!("(global (export \"table{library}\") i32 (i32.const {table}))"));
    }
    for (library, at) in libraries.all() {
        let slot = libraries.slot(library, at);
        line(text, format!("(global $at{library}-{at} (export \"at{library}-{at}\") (mut i32) (i32.const {slot}))"));
        line(
            text,
            format!(
                "(func (export \"later{library}-{at}\") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0) (global.get $at{library}-{at})))"
            ),
        );
    }
    *text += ")\n";
}

/// Modules that stay apart: stubs of the host function and who fills them in, and one that is instantiated twice.
fn apart(text: &mut String, libraries: &Libraries) {
    if libraries.says {
        *text += r#"(core module $shim
  (type $s (func (param i32 i32))) (table $t (export "table") 1 funcref)
  (func (export "0") (param i32 i32) (call_indirect $t (type $s) (local.get 0) (local.get 1) (i32.const 0))))
(core module $fill (import "" "0" (func (param i32 i32))) (import "" "table" (table 1 funcref)) (elem (i32.const 0) func 0))
"#;
    }
    if libraries.has_counter {
        *text += r#"(core module $counter (global $n (mut i32) (i32.const 7))
  (func (export "count") (param i32) (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 3))) (i32.add (global.get $n) (local.get 0))))
"#;
    }
}

/// A library.
fn module(text: &mut String, libraries: &Libraries, library: usize, choices: &mut Choices<'_>) {
    writeln!(text, "(core module $lib{library} (type $f (func (param i32) (result i32)))").expect("a string takes it");
    *text += r#"  (import "env" "memory" (memory 1)) (import "env" "table" (table $t 1 funcref))
  (import "env" "sp" (global $sp (mut i32))) (import "env" "base" (global $base i32))
  (import "env" "tbase" (global $tbase i32)) (import "host" "log" (func $log (param i32) (result i32)))
"#;
    if libraries.says {
        *text += "  (import \"host\" \"say\" (func $say (param i32 i32)))\n";
    }
    if libraries.has_counter {
        *text += "  (import \"counter\" \"count\" (func $count (param i32) (result i32)))\n";
    }
    for (other, at) in libraries.all() {
        if other != library {
            writeln!(text, "  (import \"env\" \"f{other}-{at}\" (func $f{other}-{at} (type $f)))")
                .expect("it takes it");
        }
        writeln!(text, "  (import \"GOT.func\" \"at{other}-{at}\" (global $at{other}-{at} (mut i32)))")
            .expect("it takes it");
    }
    writeln!(
        text,
        "  (global $own (mut i32) (i32.const {})) (global $address i32 (i32.add (global.get $base) (i32.const 8)))",
        choices.below(100)
    )
    .expect("a string takes it");
    let count = libraries.functions[library];
    for at in 0..count {
        write_function(text, libraries, (library, at), choices);
    }
    let names: String = (0..count).map(|at| format!(" $f{library}-{at}")).collect();
    writeln!(
        text,
        "  (elem (global.get $tbase) func{names}) (data (global.get $base) \"library {library}\") (data $p \"passive\")"
    )
    .expect("a string takes it");
    if libraries.starts[library] {
        writeln!(text, "  (func $start (drop (call $log (i32.const {}))) (drop (call $f{library}-0 (i32.const 2)))) (start $start)", 900 + library)
            .expect("a string takes it");
    }
    *text += ")\n";
}

/// A function that calls others fewer times the less it is given, and nothing when it is given nothing.
fn write_function(text: &mut String, libraries: &Libraries, (library, at): (usize, usize), choices: &mut Choices<'_>) {
    writeln!(text, "  (func $f{library}-{at} (export \"f{at}\") (param $d i32) (result i32) (local $x i32)")
        .expect("it takes it");
    writeln!(text, "    (local.set $x (i32.const {}))", choices.below(200)).expect("a string takes it");
    *text += "    (if (i32.le_s (local.get $d) (i32.const 0)) (then (return (local.get $x))))\n";
    let mut calls = 0;
    for _ in 0..1 + choices.below(7) {
        let value = match choices.below(16) {
            0..=3 if calls < 2 => {
                calls += 1;
                let (other, at) = libraries.all().nth(choices.below(libraries.slots() - 1)).expect("there are some");
                format!("(call $f{other}-{at} (i32.sub (local.get $d) (i32.const 1)))")
            }
            4 if calls < 2 => {
                calls += 1;
                let slot = choices.below(libraries.slots());
                format!("(call_indirect $t (type $f) (i32.sub (local.get $d) (i32.const 1)) (i32.const {slot}))")
            }
            0..=4 => "(i32.const 1)".to_owned(),
            5 => "(call $log (local.get $x))".to_owned(),
            6 => "(global.get $own) (global.set $own (i32.add (global.get $own) (local.get $d)))".to_owned(),
            7 => "(i32.load offset=4 (global.get $base)) (i32.store offset=4 (global.get $base) (local.get $x))"
                .to_owned(),
            8 => "(global.get $address)".to_owned(),
            9 => "(memory.size)".to_owned(),
            10 => "(memory.grow (i32.const 1))".to_owned(),
            11 => {
                "(i32.const 2) (memory.init $p (i32.add (global.get $base) (i32.const 64)) (i32.const 0) (i32.const 4))"
                    .to_owned()
            }
            12 => "(global.get $sp) (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))".to_owned(),
            13 => {
                let (other, at) = libraries.all().nth(choices.below(libraries.slots() - 1)).expect("there are some");
                let slot = choices.below(libraries.slots());
                format!("(global.get $at{other}-{at}) (global.set $at{other}-{at} (i32.const {slot}))")
            }
            14 => {
                let slot = choices.below(libraries.slots());
                format!("(i32.const 5) (table.set $t (i32.const {slot}) (ref.func $f{library}-{at}))")
            }
            _ if libraries.says => "(i32.const 3) (call $say (global.get $base) (i32.const 9))".to_owned(),
            _ if libraries.has_counter => "(call $count (local.get $x))".to_owned(),
            _ => "(i32.const 4)".to_owned(),
        };
        writeln!(text, "    {value} (local.set $x (i32.add (local.get $x)))").expect("a string takes it");
    }
    *text += "    (local.get $x))\n";
}

/// The instances, what they are given, and what the component exports.
fn wiring(text: &mut String, libraries: &Libraries, choices: &mut Choices<'_>) {
    let line = |text: &mut String, line: String| writeln!(text, "{line}").expect("a string takes it");
    line(text, "(core func $log (canon lower (func $log)))".to_owned());
    if libraries.says {
        line(text, "(core instance $shim (instantiate $shim))".to_owned());
    }
    if libraries.has_counter {
        line(text, "(core instance $c1 (instantiate $counter)) (core instance $c2 (instantiate $counter))".to_owned());
    }
    line(
        text,
        "(core instance $env (instantiate $env)) (alias core export $env \"memory\" (core memory $memory))".to_owned(),
    );
    let count = libraries.functions.len();
    // Whoever fills in what is lowered comes before the last library, as encoders have it, or after it.
    let fill_before = if choices.once_in(4) { count } else { count - 1 };
    for library in 0..count {
        if library == fill_before {
            fill(text, libraries);
        }
        let log = "(core instance $host".to_owned() + &library.to_string() + " (export \"log\" (func $log))";
        let say = if libraries.says { " (export \"say\" (func $shim \"0\"))" } else { "" };
        line(text, format!("{log}{say})"));
        let given = |other: usize, at: usize| {
            let from =
                if other < library { format!("$lib{other} \"f{at}\"") } else { format!("$env \"later{other}-{at}\"") };
            if other == library { String::new() } else { format!(" (export \"f{other}-{at}\" (func {from}))") }
        };
        let functions: String = libraries.all().map(|(other, at)| given(other, at)).collect();
        line(
            text,
            format!(
                "(core instance $env{library} (export \"memory\" (memory $memory)) (export \"table\" (table $env \"table\")) (export \"sp\" (global $env \"sp\")) (export \"base\" (global $env \"base{library}\")) (export \"tbase\" (global $env \"table{library}\")){functions})"
            ),
        );
        let counter = if libraries.has_counter {
            format!(" (with \"counter\" (instance $c{}))", 1 + library % 2)
        } else {
            String::new()
        };
        line(
            text,
            format!(
                "(core instance $lib{library} (instantiate $lib{library} (with \"env\" (instance $env{library})) (with \"GOT.func\" (instance $env)) (with \"host\" (instance $host{library})){counter}))"
            ),
        );
    }
    if fill_before == count {
        fill(text, libraries);
    }
    for (library, at) in libraries.all() {
        if at == 0 || choices.once_in(3) {
            line(
                text,
                format!(
                    "(func (export \"run{library}-{at}\") (param \"a\" u32) (result u32) (canon lift (core func $lib{library} \"f{at}\")))"
                ),
            );
        }
    }
    // What is in the memory: the whole room of the libraries.
    line(
        text,
        format!(
            "(core module $peek (import \"env\" \"memory\" (memory 1)) (func (export \"peek\") (result i32) (i32.store (i32.const 8) (i32.const {BASE})) (i32.store (i32.const 12) (i32.const {})) (i32.const 8)))",
            count * ROOM
        ),
    );
    line(text, "(core instance $peek (instantiate $peek (with \"env\" (instance $env))))".to_owned());
    line(
        text,
        "(func (export \"peek\") (result (list u8)) (canon lift (core func $peek \"peek\") (memory $memory)))"
            .to_owned(),
    );
}

fn fill(text: &mut String, libraries: &Libraries) {
    if libraries.says {
        *text += "(core func $say (canon lower (func $say) (memory $memory)))\n";
        *text += "(core instance $what (export \"0\" (func $say)) (export \"table\" (table $shim \"table\")))\n";
        *text += "(core instance $fill (instantiate $fill (with \"\" (instance $what))))\n";
    }
}
