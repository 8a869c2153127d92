# One line a recipe; the logic is in Rust. What is built is kept outside the clone, so that a second run is quick.
cache := env('XDG_CACHE_HOME', home_directory() / '.cache') / 'fastly-py'

export CARGO_TARGET_DIR := env('CARGO_TARGET_DIR', cache / 'target')
export COMPOSER := CARGO_TARGET_DIR / 'debug' / 'composer'
export COMPOSER_GUESTS := cache / 'guests'
export COMPONENTIZE_PY := cache / 'venv' / 'bin' / 'componentize-py'

# List the recipes
default:
    @just --list --unsorted

# Serve an example app: builds everything on the first run, which takes minutes
[group('main')]
serve app='shop' addr='127.0.0.1:7676': (build app)
    cargo run --quiet -p host-test --bin serve -- {{ cache }}/{{ app }}.wasm -C fixtures/apps/{{ app }}/fastly.toml --addr {{ addr }}
