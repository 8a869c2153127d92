#!/usr/bin/env bash
# componentize-py 0.25.1 mounts the folders of `--python-path` and the active virtual environment so that the app's Python can
# write to them. Importing the app writes `__pycache__` folders of Python 3.14 beside the sources, into the environment too,
# whatever Python that has. A second build of the same input reads them, and makes another component, of another size.
# One would guess that a build leaves its input alone, and that the same input gives the same result.
#
# Needs Python 3.10 or newer as `python3`, and PyPI. Ends with 0 as long as it behaves so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip --disable-pip-version-check install --quiet componentize-py==0.25.1
python3 -m venv env
env/bin/python -m pip --disable-pip-version-check install --quiet --no-compile bottle==0.13.4
tools/bin/componentize-py --version

mkdir wit app
echo 'package local:it; world it { export run: func() -> string; }' > wit/it.wit
printf 'import bottle\nimport wit_world\n\n\nclass WitWorld(wit_world.WitWorld):\n    def run(self):\n        return bottle.__version__\n' > app/main.py
build() {
  VIRTUAL_ENV="$folder/env" tools/bin/componentize-py --quiet -d wit -w it componentize main -p app -o "$1"
  wc -c "$1"
}
byte_code() { find env/lib app -name '*.cpython-314.pyc' | sort; }

test -z "$(byte_code)"
build first.wasm
byte_code
byte_code | grep -q 'env/lib/.*/site-packages/__pycache__/bottle.cpython-314.pyc'
byte_code | grep -q 'app/__pycache__/main.cpython-314.pyc'
build second.wasm
test "$(wc -c < first.wasm)" != "$(wc -c < second.wasm)"
echo "as described: the first build wrote into the environment, and the second one made another component of the same input"
