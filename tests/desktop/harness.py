"""Start the real QGIS program on its own virtual screen, let a scenario drive it, and bring back what happened.

A scenario is a Python file with `def scenario(desktop)`; it runs inside QGIS, on its main thread, with the
helpers of `inside.Desktop`. From outside:

    run = run_qgis(Path("tests/desktop/scenarios/map_once.py"), tmp_path, arguments={"scene": "..."})
    assert run.ok, run.report()
    run.results["outline_count"]

The plugin comes from this checkout (`plugin="source"`), from a zip that is unpacked (`plugin=Path(...)`) or not at
all (None: QGIS has never heard of it), and is enabled in a profile that is made in `folder` and used by nobody else.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

import package  # noqa: E402

MARK = "GLACIER_MAPPER_DESKTOP_RUN"
CONFIG = "GLACIER_MAPPER_DESKTOP_CONFIG"
RUNNER_PYTHON = "GLACIER_MAPPER_RUNNER_PYTHON"
SCREEN = "1600x1000x24"
PROFILE_INI = """[PythonPlugins]
{enabled}MetaSearch=false
db_manager=false
grassprovider=false

[locale]
overrideFlag=true
userLocale={language}
globalLocale={language}

[app]
projections\\newProjectCrsBehavior=UseFirstLayerAdded

[glacier_mapper]
{settings}
[core]
NewsFeed\\http%253A%252F%252Ffeed.qgis.org%252F\\disabled=true
NewsFeed\\httpsfeedqgisorg\\disabled=true

[qgis]
checkVersion=false
showTips=false
askToSaveMemoryLayers=false
crash_handler_enabled=false
"""


@dataclass(frozen=True)
class DesktopOptions:
    """How QGIS is started; `environment` values of None are taken out.

    `model` is the one that the profile's analyst used last, "" for a profile in which nobody has used any.
    """

    plugin: str | Path | None = "source"
    timeout_s: float = 180.0
    visible: bool = False
    keep_open: bool = False
    language: str = "en_US"
    environment: Mapping[str, str | None] = field(default_factory=dict)
    qgis_arguments: tuple[str, ...] = ()
    model: str = "band-ratio"


@dataclass
class DesktopRun:
    """What a scenario did. `results` is what it noted, `failures` what went wrong, in words."""

    folder: Path
    returncode: int | None = None
    seconds: float = 0.0
    results: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    output: str = ""

    @property
    def ok(self) -> bool:
        """Finished, without an exception, and nothing left running."""
        return not self.failures and not self.leaked

    def report(self) -> str:
        """Everything that helps to find out why it failed."""
        lines = [f"exit {self.returncode} after {self.seconds:.1f} s, files in {self.folder}"]
        lines += [f"FAILURE {text}" for text in self.failures]
        lines += [f"LEAKED {text}" for text in self.leaked]
        lines += [f"message {text}" for text in self.messages[-30:]]
        return "\n".join([*lines, "output:", self.output[-4000:]])


@contextlib.contextmanager
def virtual_screen(screen: str = SCREEN) -> Iterator[str]:
    """Start an X server and a window manager of our own; yields the display's name."""
    read_fd, write_fd = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_fd), "-screen", "0", screen, "-nolisten", "tcp", "-noreset"],
        pass_fds=(write_fd,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    os.close(write_fd)
    manager = None
    try:
        with os.fdopen(read_fd) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        display = f":{number}"
        manager = subprocess.Popen(
            ["openbox"], env={**os.environ, "DISPLAY": display}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        yield display
    finally:
        for process in (manager, server):
            if process is not None:
                process.terminate()
                process.wait(10)


def make_profile(folder: Path, options: DesktopOptions) -> Path:
    """A QGIS profile in `folder` with the plugin in it, enabled; returns the folder for --profiles-path."""
    profiles = folder / "qgis"
    profile = profiles / "profiles" / "default"
    plugins = profile / "python" / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    enabled = "" if options.plugin is None else "glacier_mapper=true\n"
    ini = profile / "QGIS" / "QGIS3.ini"
    ini.parent.mkdir(parents=True, exist_ok=True)
    if not ini.exists():
        settings = f"model={options.model}\n" if options.model else ""
        told = PROFILE_INI.format(enabled=enabled, language=options.language, settings=settings)
        ini.write_text(told, encoding="utf-8")
    if options.plugin == "source":
        package.link_source(plugins)
    elif options.plugin is not None:
        package.install_zip(Path(options.plugin), plugins)
    return profiles


def run_qgis(
    scenario: Path, folder: Path, arguments: Mapping[str, Any] | None = None, options: DesktopOptions | None = None
) -> DesktopRun:
    """Run one scenario to its end, or to the time limit, and leave no process behind."""
    options = options or DesktopOptions()
    folder.mkdir(parents=True, exist_ok=True)
    run = DesktopRun(folder)
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        display = os.environ.get("DISPLAY", "") if options.visible else stack.enter_context(virtual_screen())
        mark = uuid.uuid4().hex
        environment = _environment(options, folder, display, mark)
        environment[CONFIG] = str(_write_config(scenario, folder, arguments or {}, options))
        command = [
            "qgis", "--nologo", "--noversioncheck", "--profiles-path", str(make_profile(folder, options)),
            *options.qgis_arguments, "--code", str(HERE / "inside.py"),
        ]
        for name in ("home", "tmp"):
            (folder / name).mkdir(exist_ok=True)
        with (folder / "qgis.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=folder
            )
            try:
                _wait(process, run, None if options.keep_open else options.timeout_s)
                if run.returncode is None:
                    _photograph(display, folder / "timeout.png")
            finally:
                _kill_group(process)
                run.leaked = _leaked(mark, grace_s=10.0)
    run.seconds = time.monotonic() - started
    _collect(run)
    return run


def _environment(options: DesktopOptions, folder: Path, display: str, mark: str) -> dict[str, str]:
    environment = {
        **os.environ, "DISPLAY": display, MARK: mark, "QT_QPA_PLATFORM": "xcb", "PYTHONDONTWRITEBYTECODE": "1",
        "GDAL_PAM_ENABLED": "NO", RUNNER_PYTHON: str(ROOT / ".venv" / "bin" / "python"),
        "PYTHONFAULTHANDLER": "1", "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"),
    }
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    for name, value in options.environment.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return environment


def _write_config(scenario: Path, folder: Path, arguments: Mapping[str, Any], options: DesktopOptions) -> Path:
    config = folder / "config.json"
    (folder / "results.json").unlink(missing_ok=True)
    text = json.dumps({
        "scenario": str(scenario), "folder": str(folder), "arguments": dict(arguments), "keep_open": options.keep_open,
    })
    config.write_text(text, encoding="utf-8")
    return config


def _wait(process: subprocess.Popen[bytes], run: DesktopRun, timeout_s: float | None) -> None:
    try:
        run.returncode = process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        run.failures.append(f"QGIS did not end within {timeout_s:.0f} s")


def _photograph(display: str, target: Path) -> None:
    """The whole screen, for instance a dialog that held everything up."""
    if shutil.which("import"):
        subprocess.run(["import", "-window", "root", "-display", display, str(target)], check=False, timeout=30)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def marked_processes(mark: str) -> dict[int, str]:
    """Processes that inherited the run's mark, by id, with their command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in (entry / "environ").read_bytes():
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                if command:
                    found[int(entry.name)] = command
    return found


def _leaked(mark: str, grace_s: float) -> list[str]:
    """Wait for the run's processes to end; name and kill those that do not."""
    deadline = time.monotonic() + grace_s
    while (left := marked_processes(mark)) and time.monotonic() < deadline:
        time.sleep(0.2)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return [f"{pid}: {command}" for pid, command in left.items()]


def _collect(run: DesktopRun) -> None:
    run.output = (run.folder / "qgis.log").read_text(encoding="utf-8", errors="replace")
    results = run.folder / "results.json"
    if not results.exists():
        run.failures.append("the scenario left no results")
        return
    data = json.loads(results.read_text(encoding="utf-8"))
    run.results = data["results"]
    run.messages = data["messages"]
    run.failures += data["failures"]
    if not data["finished"]:
        run.failures.append("the scenario did not reach its end")
