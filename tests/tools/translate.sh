#!/usr/bin/env bash
# Every marked text of the package into i18n/*.ts; texts that are gone leave the files, too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
.venv/bin/python tests/tools/extract.py build/i18n/texts.py
for file in i18n/*.ts; do
  PYTHONWARNINGS=ignore pylupdate5 -noobsolete build/i18n/texts.py -ts "$file"
  sed -i '/<location /d' "$file"  # the texts say enough, and line numbers would change with every commit
done
