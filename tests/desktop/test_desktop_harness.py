"""The harness itself: a scenario's results come back, its errors are seen, nothing is left running."""

from __future__ import annotations

import itertools
import os
import sys
import textwrap
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import DesktopOptions, marked_processes, run_qgis  # noqa: E402

SCENARIOS = Path(__file__).parent / "scenarios"


def write(folder: Path, body: str) -> Path:
    path = folder / "written.py"
    path.write_text(f"def scenario(desktop):\n    {body}\n", encoding="utf-8")
    return path


def test_a_scenario_notes_its_results_and_its_picture(tmp_path):
    run = run_qgis(SCENARIOS / "hello.py", tmp_path, {"greeting": "grüß dich"}, DesktopOptions(plugin=None))
    assert run.ok, run.report()
    assert run.returncode == 0
    assert run.results["greeting"] == "grüß dich"
    assert run.results["version"] >= 32200
    assert (tmp_path / "hello.png").stat().st_size > 10_000


def test_an_exception_in_a_scenario_is_a_failure_with_its_trace(tmp_path):
    run = run_qgis(write(tmp_path, "raise KeyError('glacier')"), tmp_path, options=DesktopOptions(plugin=None))
    assert not run.ok
    assert "KeyError: 'glacier'" in run.report()


def test_an_exception_in_a_slot_is_a_failure_too(tmp_path):
    body = (
        "from qgis.PyQt.QtCore import QTimer; QTimer.singleShot(0, lambda: [][1]); desktop.wait(0.3)"
    )
    run = run_qgis(write(tmp_path, body), tmp_path, options=DesktopOptions(plugin=None))
    assert any("IndexError" in failure for failure in run.failures), run.report()


def test_a_hanging_scenario_is_ended_at_the_time_limit(tmp_path):
    body = "desktop.note(alive=True); import time; time.sleep(600)"
    run = run_qgis(write(tmp_path, body), tmp_path, options=DesktopOptions(plugin=None, timeout_s=20))
    assert run.results["alive"] is True
    assert any("did not end within 20 s" in failure for failure in run.failures)
    assert run.seconds < 60


@pytest.mark.skipif(not Path("/proc").exists(), reason="leaks are looked for in /proc")
def test_a_process_that_outlives_qgis_is_named_and_ended(tmp_path):
    body = "import subprocess; subprocess.Popen(['sleep', '300'], start_new_session=True)"
    run = run_qgis(write(tmp_path, body), tmp_path, options=DesktopOptions(plugin=None))
    assert len(run.leaked) == 1
    assert "sleep 300" in run.leaked[0]
    pid = int(run.leaked[0].split(":")[0])
    assert not os.path.exists(f"/proc/{pid}/cmdline") or not Path(f"/proc/{pid}/cmdline").read_bytes()
    assert marked_processes("no such mark") == {}


def test_the_example_of_the_contributing_page_runs_as_it_stands(simulated, tmp_path):
    page = (SCENARIOS.parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = page[page.index("    def scenario(desktop):") :].splitlines()
    example = "\n".join(itertools.takewhile(lambda line: line.startswith("    ") or not line, lines))
    path = tmp_path / "example.py"
    path.write_text(textwrap.dedent(example), encoding="utf-8")
    run = run_qgis(path, tmp_path / "run", {"scene": str(simulated.image)})
    assert run.ok, run.report()
    assert "km²" in run.results["status"]
    assert (tmp_path / "run" / "mapped.png").stat().st_size > 10_000
