#!/usr/bin/env bash
# extract: every marked text of the package into i18n/*.ts; compile: i18n/*.qm
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
lrelease=$(command -v /usr/lib/qt5/bin/lrelease || command -v lrelease)
for task in "$@"; do
  [ "$task" != extract ] || .venv/bin/python tests/tools/extract.py build/i18n/texts.py
  for file in i18n/*.ts; do
    case "$task" in
      extract)
        PYTHONWARNINGS=ignore pylupdate5 -noobsolete build/i18n/texts.py -ts "$file"
        sed -i '/<location /d' "$file" ;;  # the texts say enough, and line numbers would change with every commit
      compile) "$lrelease" -silent "$file" -qm "${file%.ts}.qm" ;;
    esac
  done
done
