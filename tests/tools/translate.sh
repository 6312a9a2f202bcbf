#!/usr/bin/env bash
# extract: every marked text of the package into i18n/*.ts; compile: i18n/*.qm
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
lrelease=$(command -v /usr/lib/qt5/bin/lrelease || command -v lrelease)
mapfile -t sources < <(find glacier_mapper -name '*.py' | LC_ALL=C sort)
for task in "$@"; do
  for file in i18n/*.ts; do
    case "$task" in
      extract) PYTHONWARNINGS=ignore pylupdate5 -noobsolete "${sources[@]}" -ts "$file" ;;
      compile) "$lrelease" -silent "$file" -qm "${file%.ts}.qm" ;;
    esac
  done
done
