#!/usr/bin/env bash
# pip 26.0 with `--python-version 3.9`: of an index it takes what fits Python 3.9, but environment markers, those of
# dependencies too, are compared with the Python that runs pip. A dependency that only Python 3.9 needs is left out, the
# installation succeeds, and the import fails there. One would guess that both mean the same Python.
#
# Needs Python 3.11 or newer as `python3`, and PyPI. Ends with 0 as long as pip behaves so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/python" -m pip --disable-pip-version-check)
"${pip[@]}" install --quiet pip==26.0
"${pip[@]}" --version
"$folder/venv/bin/python" --version

# flit-core's sibling `build` 1.2.2 has: Requires-Dist: tomli >=1.1.0 ; python_version < "3.11"
"${pip[@]}" install --no-compile --target "$folder/for-3.9" --python-version 3.9 --only-binary :all: \
  build==1.2.2 'tomli==2.0.1; python_version < "3.10"' | tee "$folder/said"

metadata="$folder/for-3.9/build-1.2.2.dist-info/METADATA"
grep -h 'python_version < "3' "$metadata"
grep -q 'Requires-Dist: tomli.*python_version < "3.11"' "$metadata"
grep -q "Ignoring tomli: markers .* don't match your environment" "$folder/said"
test ! -e "$folder/for-3.9/tomli"
echo "as described: installed for Python 3.9, and what only Python 3.9 needs was left out"
