#!/usr/bin/env bash
# Install what is missing and nothing else; a second call takes a moment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
APT="qgis qgis-providers python3-qgis xvfb openbox qttools5-dev-tools pyqt5-dev-tools python3-venv python3-pip gdal-bin"

system_lacks() {
  local tool
  for tool in qgis qgis_process Xvfb xvfb-run openbox pylupdate5 gdal_contour; do
    command -v "$tool" >/dev/null || echo "$tool"
  done
  [ -x /usr/lib/qt5/bin/lrelease ] || command -v lrelease >/dev/null || echo lrelease
  /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || echo "qgis.core for /usr/bin/python3"
  /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || echo "venv for /usr/bin/python3"
}

install_system() {
  local lacks
  lacks=$(system_lacks | paste -sd, | sed 's/,/, /g')
  [ -n "$lacks" ] || return 0
  echo "Missing: $lacks"
  local as_root=""
  if [ "$(id -u)" -ne 0 ]; then as_root="sudo"; fi
  if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
    echo "This needs Debian's or Ubuntu's apt-get, as root or with sudo. Elsewhere, install QGIS 3.22 or newer with" >&2
    echo "its Python, Xvfb, openbox, Qt's lrelease and pylupdate5, gdal-bin and python3-venv, then try again." >&2
    exit 1
  fi
  echo "Installing with apt-get (QGIS is about 1 GB, once) ..."
  mkdir -p build
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >build/apt.log 2>&1 || true
  # shellcheck disable=SC2086 (a list of names)
  if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $APT >>build/apt.log 2>&1; then
    tail -n 20 build/apt.log >&2
    echo "apt-get failed; the whole log is build/apt.log" >&2
    exit 1
  fi
  lacks=$(system_lacks | paste -sd, | sed 's/,/, /g')
  if [ -n "$lacks" ]; then
    echo "apt-get finished, but these are still missing: $lacks" >&2
    exit 1
  fi
}

python_for_runner() {
  local name
  for name in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
    then echo "$name"; return 0; fi
  done
  echo "The runner needs Python 3.10 or newer with venv; none was found." >&2
  return 1
}

# environment FOLDER PYTHON VENV_OPTION REQUIREMENTS...
environment() {
  local folder=$1 python=$2 option=$3; shift 3
  local stamp="$folder/.made-from" sum
  sum=$(cat "$@" | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && "$folder/bin/python" -c '' 2>/dev/null; then return 0; fi
  echo "Making $folder ..."
  local lists=() file
  for file in "$@"; do lists+=(-r "$file"); done
  # shellcheck disable=SC2086 (the option may be empty)
  "$folder/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear $option "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --retries 5 "${lists[@]}" || return 1
  echo "$sum" > "$stamp"
}

install_system
environment .venv "$(python_for_runner)" "" requirements/runner.txt requirements/torch.txt requirements/training.txt requirements/dev.txt
environment .venv-qgis /usr/bin/python3 --system-site-packages requirements/qgis.txt
environment .venv-servers /usr/bin/python3 "" requirements/servers.txt ||
  echo "No model servers for this Python: the tests with real ones are skipped." >&2
