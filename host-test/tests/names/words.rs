//! The names that are tried: what Python and its bindings have of their own, as WIT spells it.

/// Python's keywords.
const KEYWORDS: &str = "and as assert async await break case class continue def del elif else except false finally for \
    from global if import in is lambda match none nonlocal not or pass raise return true try type while with yield";

/// Python's builtins.
const BUILTINS: &str = "abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod \
    compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset \
    getattr globals hasattr hash help hex id input int isinstance issubclass iter len license list locals map max \
    memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice sorted \
    staticmethod str sum super tuple vars zip";

/// Python's builtins with a capital.
const CLASSES: &str = "arithmetic-error assertion-error attribute-error base-exception base-exception-group \
    blocking-io-error broken-pipe-error buffer-error bytes-warning child-process-error connection-aborted-error \
    connection-error connection-refused-error connection-reset-error deprecation-warning eof-error ellipsis \
    encoding-warning environment-error exception exception-group file-exists-error file-not-found-error \
    floating-point-error future-warning generator-exit io-error import-error import-warning indentation-error \
    index-error interrupted-error is-a-directory-error key-error keyboard-interrupt lookup-error memory-error \
    module-not-found-error name-error not-a-directory-error not-implemented not-implemented-error os-error \
    overflow-error pending-deprecation-warning permission-error process-lookup-error python-finalization-error \
    recursion-error reference-error resource-warning runtime-error runtime-warning stop-async-iteration stop-iteration \
    syntax-error syntax-warning system-error system-exit tab-error timeout-error type-error unbound-local-error \
    unicode-decode-error unicode-encode-error unicode-error unicode-translate-error unicode-warning user-warning \
    value-error warning zero-division-error";

/// What the bindings name, what the package's lines name, and what Python and the guests' bindings give each object.
const BINDINGS: &str = "abstractmethod add-note args auto call-import callable-type check closed cls code \
    componentize-py-runtime componentize-py-types dataclass detach drop-resource enum err exc-type exc-value finalize \
    finalizer flag from-handle func function generic handle index io-buffer isascii keywords literal message mro name \
    new ok optional options protocol raw result self some take-handle tmp traceback traceback-type type-var union \
    value values weakref with-traceback";

/// The keywords of WIT, and a few of Rust's.
const OTHERS: &str = "borrow box char constructor const crate dyn enum export extern fn future flags impl include \
    interface let loop mod move mut option own package pub record ref resource s8 static stream string struct trait u32 \
    unsafe use variant where world error-context";

/// All of them, each once.
pub fn words() -> Vec<&'static str> {
    let mut words: Vec<_> =
        [KEYWORDS, BUILTINS, CLASSES, BINDINGS, OTHERS].iter().flat_map(|text| text.split_whitespace()).collect();
    words.sort_unstable();
    words.dedup();
    words
}
