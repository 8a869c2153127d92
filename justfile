# A line or two a recipe; the logic is in Rust. What is built is kept outside the clone, so that a
# second run is quick, and nothing needs it to be there.
set quiet

cache := env('XDG_CACHE_HOME', home_directory() / '.cache') / 'fastly-py'
venv := cache / 'venv'
rules := 'adapter/reshape.toml'

export CARGO_TARGET_DIR := env('CARGO_TARGET_DIR', cache / 'target')
export COMPOSER := CARGO_TARGET_DIR / 'debug' / 'composer'
export COMPOSER_GUESTS := cache / 'guests'
export COMPONENTIZE_PY := venv / 'bin' / 'componentize-py'

# List the recipes
default:
    just --list --unsorted

# Build and serve an example app (the first run compiles for about 15 minutes)
[group('main')]
serve app='shop' addr='127.0.0.1:7676': (build app)
    echo 'try: curl -i http://{{ addr }}/'
    if command -v viceroy > /dev/null; then \
      viceroy serve {{ cache }}/{{ app }}.wasm -C fixtures/apps/{{ app }}/fastly.toml --addr {{ addr }}; \
    else \
      echo 'compiling the local server; a viceroy on the PATH would spare this'; \
      cargo run -p host-test --bin serve -- {{ cache }}/{{ app }}.wasm -C fixtures/apps/{{ app }}/fastly.toml --addr {{ addr }}; \
    fi

# Run every test (the first run compiles for about 20 minutes)
[group('main')]
test: adapter checkers
    rm -rf $CARGO_TARGET_DIR/tmp/figures
    cargo test --workspace --exclude adapter --exclude entry --locked
    # The same answers from apps that are not linked.
    COMPOSER_NO_LINK=true cargo test --workspace --exclude adapter --exclude entry --locked \
      --test conformance --test wsgi --test second_world
    cargo run --quiet -p host-test --bin host-test --locked -- figures $CARGO_TARGET_DIR/tmp --check README.md

# What CI holds: format, dependencies, lints, tests
[group('main')]
check: format-check deny lint test

# Build an example app into the cache
[group('build')]
build app: adapter python
    $COMPOSER build fixtures/apps/{{ app }} -o {{ cache }}/{{ app }}.wasm

# Build the guests, adapter and entry
[group('build')]
adapter:
    # All members but the guests, as the other recipes have it: with the features of one alone, what both need is compiled twice.
    cargo build --workspace --exclude adapter --exclude entry --bin composer --locked
    $COMPOSER guests --rules {{ rules }} --sources adapter --out $COMPOSER_GUESTS --install

# Install a composer that carries the guests inside and needs no Rust where apps are built
[group('build')]
install: adapter
    COMPOSER_EMBED=$COMPOSER_GUESTS cargo install --path composer --locked --no-track --force

# Write the reference page of the friendly world
[group('build')]
docs out='reference.html': adapter
    $COMPOSER docs -o {{ out }}

# Make the virtual environment with componentize-py
[group('build')]
python:
    test -x {{ venv }}/bin/python || python3 -m venv {{ venv }}
    {{ venv }}/bin/python -m pip install --quiet --disable-pip-version-check -r composer/requirements.txt

# Put what the tests check types and docs with into it
[group('build')]
checkers: python
    {{ venv }}/bin/python -m pip install --quiet --disable-pip-version-check -r composer/tests/requirements.txt

# Format everything
[group('check')]
format:
    cargo fmt --all

# Fail where something is not formatted
[group('check')]
format-check:
    cargo fmt --all -- --check

# Lints, with warnings denied; the guests with their glue
[group('check')]
lint: adapter
    cargo clippy --workspace --exclude adapter --exclude entry --all-targets --locked -- -D warnings
    COMPOSER_GLUE=$COMPOSER_GUESTS/glue cargo clippy -p adapter -p entry --locked -- -D warnings

# Check licences, sources and duplicate versions of the dependencies, where cargo-deny is installed
[group('check')]
deny:
    if command -v cargo-deny > /dev/null; then \
      cargo deny --locked check bans licenses sources; \
    else \
      echo 'cargo-deny is not installed, so the dependencies were not checked against deny.toml (cargo install --locked cargo-deny)'; \
    fi

# Check the dependencies against the database of security advisories, which is fetched from GitHub
[group('check')]
advisories:
    cargo deny --locked check advisories

# Call every friendly function in every way that its plan knows, on a scripted host (or only some: 'errors http-req')
[group('check')]
sweep filter='': adapter
    cargo run -p host-test --bin host-test --locked -- sweep {{ quote(filter) }}

# Link made-up components, as many as wanted, and hold how they behave against how they did
[group('check')]
links cases='5000' seed='2':
    PROPTEST_CASES={{ cases }} PROPTEST_RNG_SEED={{ seed }} \
      cargo test --workspace --exclude adapter --exclude entry --locked --test link components -- --nocapture

# Try popular packages: build, serve and ask an app of each (or only some: 'flask'); --bless writes the table anew
[group('check')]
corpus *args: adapter python
    cargo run -p host-test --bin host-test --locked -- corpus fixtures/corpus {{ args }}

# Break the adapter on purpose, one way at a time; a test must notice each (the list is in fixtures/mutants)
[group('check')]
mutants filter='':
    cargo run -p host-test --bin mutants --locked -- --out {{ cache }}/mutants {{ quote(filter) }}

# Measure against named baselines, as ratios (or only some: 'guest body'); --check compares instruction counts, --help says more
[group('check')]
bench *args: adapter python
    cargo build --release --workspace --exclude adapter --exclude entry --bins --locked
    $CARGO_TARGET_DIR/release/bench --out {{ cache }}/bench {{ args }}

# Rewrite the golden files; read the diff before you commit it
[group('check')]
bless: adapter checkers
    BLESS=1 cargo test -p composer --locked
    BLESS=1 cargo test -p host-test --test script --locked
    BLESS=1 cargo test -p host-test --test conformance --locked surface
    BLESS=1 cargo test -p host-test --test shop --locked slow_call
    cargo test -p host-test --test sweep --locked
    cargo run --quiet -p host-test --bin host-test --locked -- figures $CARGO_TARGET_DIR/tmp --quote README.md
