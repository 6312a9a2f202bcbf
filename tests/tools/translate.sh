#!/usr/bin/env bash
# extract: every marked text of the package into i18n/*.ts; compile: i18n/*.qm
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
lrelease=$(command -v /usr/lib/qt5/bin/lrelease || command -v lrelease)
for task in "$@"; do
  case "$task" in
    extract)
      for file in i18n/*.ts; do
        find glacier_mapper -name '*.py' | LC_ALL=C sort | xargs pylupdate5 -noobsolete -ts "$file" 2>/dev/null \
          || find glacier_mapper -name '*.py' | LC_ALL=C sort | xargs -I{} echo {} | xargs pylupdate5 -verbose -noobsolete -ts "$file"
      done ;;
    compile)
      for file in i18n/*.ts; do [ ! -e "$file" ] || "$lrelease" -silent -removeidentical "$file" -qm "${file%.ts}.qm"; done ;;
  esac
done
