#!/usr/bin/env bash
# Pin requirements/*.in for every Python from 3.10 on. Needs uv; takes the newest versions that fit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if ! command -v uv >/dev/null; then
  [ -x build/lock/bin/uv ] || { .venv/bin/python -m venv build/lock; build/lock/bin/pip install --quiet uv; }
  PATH="$PWD/build/lock/bin:$PATH"
fi
pin() { uv pip compile --quiet --upgrade --universal --no-header "$@"; }
pin --python-version 3.10 requirements/runner.in -o requirements/runner.txt
pin --python-version 3.10 -c requirements/runner.txt requirements/training.in -o requirements/training.txt
pin --python-version 3.10 -c requirements/runner.txt -c requirements/training.txt requirements/dev.in -o requirements/dev.txt
pin --python-version 3.9 requirements/qgis.in -o requirements/qgis.txt
pin --python-version 3.10 requirements/servers.in -o requirements/servers.txt
