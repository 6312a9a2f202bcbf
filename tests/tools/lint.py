"""Style, QGIS rules and import contracts over the source; Bandit and detect-secrets over the built zip.

    python tests/tools/lint.py [source|zip]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import package

ROOT = package.ROOT
BIN = ROOT / ".venv" / "bin"


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A tool of .venv, its output kept."""
    return subprocess.run([str(BIN / command[0]), *command[1:]], cwd=cwd, capture_output=True, text=True, check=False)


def check_ruff() -> list[str]:
    """Style and complexity."""
    done = run("ruff", "check", "--output-format", "concise", ".")
    return done.stdout.splitlines() if done.returncode else []


def check_qgis_rules() -> list[str]:
    """Qt through qgis.PyQt only, no private imports, scoped enums.

    QGS105 wants iface imported everywhere; here only the composition root sees it, as it was handed to it.
    QGS402 wants QMetaType in place of QVariant, which QGIS takes only from 3.38 on.
    """
    done = run("flake8", "--select", "QGS1,QGS4", "--extend-ignore", "QGS105,QGS402", package.PACKAGE)
    return done.stdout.splitlines()


def check_imports() -> list[str]:
    """The arrows between the packages (pyproject.toml, tool.importlinter)."""
    done = run("lint-imports", "--no-cache")
    return done.stdout.splitlines() if done.returncode else []


def bandit_findings(folder: Path) -> list[str]:
    """What Bandit finds in an unpacked plugin, of any severity."""
    done = run("bandit", "-r", "-f", "json", "-q", ".", cwd=folder)
    report = json.loads(done.stdout)
    found = [f"{r['filename']}:{r['line_number']} {r['test_id']} {r['issue_text']}" for r in report["results"]]
    return found + [f"{e['filename']}: {e['reason']}" for e in report["errors"]]


def secrets_findings(folder: Path) -> list[str]:
    """What detect-secrets finds in an unpacked plugin; its exit code is 0 in any case."""
    done = run("detect-secrets", "scan", "--all-files", ".", cwd=folder)
    results = json.loads(done.stdout)["results"]
    return [f"{name}:{hit['line_number']} {hit['type']}" for name, hits in results.items() for hit in hits]


def check_zip() -> list[str]:
    """Build the zip and scan it as the plugin repository does: unpacked, and not the working tree."""
    archive = package.build_zip()
    with tempfile.TemporaryDirectory() as unpacked:
        plugin = package.install_zip(archive, Path(unpacked))
        return bandit_findings(plugin.parent) + secrets_findings(plugin.parent)


CHECKS: dict[str, dict[str, Callable[[], list[str]]]] = {
    "source": {"ruff": check_ruff, "flake8-qgis": check_qgis_rules, "import contracts": check_imports},
    "zip": {"bandit and detect-secrets on the zip": check_zip},
}


def main(arguments: list[str]) -> int:
    """Print every finding; 1 when there is any."""
    total = 0
    for group in arguments or list(CHECKS):
        for name, check in CHECKS[group].items():
            findings = check()
            total += len(findings)
            print(f"{name}: {'clean' if not findings else ''}")
            print("".join(f"  {line}\n" for line in findings), end="")
    print(f"{total} findings" if total else "no findings")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
