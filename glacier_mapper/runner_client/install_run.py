"""One installation from start to end: check, create, install, test, stamp."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ..core.errors import Cancelled, DiskFullError, GlacierMapperError, OutputNotWritableError, RunnerError, SetupError
from ..core.protocol import PROTOCOL_VERSION, Method
from .child import ChildResult, probe, run
from .install_output import InstallProgress, failure, is_disk_full
from .installer import Installer
from .layout import remove_tree
from .log_file import RotatingLog
from .process import ProcessRunner
from .redact import Redactor
from .requirements_file import Package
from .runner import IsCancelled, RunnerCommand
from .setup_values import SetupProgress, SetupStep

SETUP_LOG = "setup.log"
SPANS = {
    SetupStep.CHECK: (0.0, 0.02),
    SetupStep.CREATE: (0.02, 0.08),
    SetupStep.DOWNLOAD: (0.08, 0.70),
    SetupStep.INSTALL: (0.70, 0.92),
    SetupStep.TEST: (0.92, 0.99),
    SetupStep.DONE: (1.0, 1.0),
}
"""The part of the whole that each step takes."""


class InstallRun:
    """The steps of an installation; each raises SetupError, NoNetworkError, DiskFullError or Cancelled."""

    def __init__(
        self,
        installer: Installer,
        packages: Sequence[Package],
        on_progress: Callable[[SetupProgress], None],
        is_cancelled: IsCancelled,
        share: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        self._share = share
        self._installer = installer
        self._layout = installer.layout
        self._packages = packages
        self._on_progress = on_progress
        self._is_cancelled = is_cancelled
        self._redact = Redactor(installer.options.proxy)
        self._log = RotatingLog(self._layout.logs / SETUP_LOG)

    def prepare(self, disk_mb: int) -> None:
        """Make the folder and see that there is room."""
        self._tell(SetupStep.CHECK, 0.0)
        self._installer.check()
        folder = self._layout.folder
        try:
            self._layout.prepare()
            pins = "".join(f"{package.pin}\n" for package in self._packages)
            self._installer.pins.write_text(pins, encoding="utf-8")
            free_mb = shutil.disk_usage(folder).free / 1e6
        except OSError as exc:
            raise OutputNotWritableError(path=exc.filename or str(folder), reason=f"{exc.strerror}.") from exc
        counts = self._layout.venv.is_dir() and not self._installer.is_add_on
        there_mb = _size_mb(self._layout.venv) if counts else 0.0
        if free_mb + there_mb < disk_mb:
            raise DiskFullError(path=str(folder), needed_mb=disk_mb, free_mb=round(free_mb))

    def create(self, anew: bool) -> bool:
        """Make the environment unless a working one is there. Returns whether one was."""
        self._tell(SetupStep.CREATE, 0.0)
        if not anew and self._layout.python.is_file() and probe(self._installer.test_command()) is not None:
            self._log.write(b"the environment is there already")
            return True
        try:
            remove_tree(self._layout.venv)
        except OSError as exc:
            path = str(exc.filename or self._layout.venv)
            raise OutputNotWritableError(path=path, reason=f"{exc.strerror}.") from exc
        result = self._run(self._installer.create_command(), lambda _: None)
        if result.code != 0:
            raise self._failure(SetupStep.CREATE, result)
        return False

    def create_and_install(self, anew: bool) -> None:
        """Both; an environment that was there already and can't be completed is made anew."""
        was_there = self.create(anew)
        try:
            self.install()
        except SetupError as exc:
            if not was_there:
                raise
            self._log.write(self._redact(str(exc)).encode())
            self.create(anew=True)
            self.install()

    def install(self, force: bool = False) -> None:
        """Download and install the packages; what is there already is kept."""
        progress = InstallProgress(len(self._packages))
        self._tell(SetupStep.DOWNLOAD, 0.0)

        def on_line(line: str) -> None:
            if progress.take(line):
                step = SetupStep.INSTALL if progress.installing else SetupStep.DOWNLOAD
                part = (progress.fraction - 0.8) / 0.2 if progress.installing else progress.fraction / 0.8
                self._tell(step, part, progress.detail)

        result = self._run(self._installer.install_command(force), on_line)
        if result.code != 0:
            raise self._failure(SetupStep.INSTALL, result)

    def test(self, command: RunnerCommand) -> None:
        """Start the runner in the new environment and let it import its packages. Raises RunnerError kinds."""
        self._tell(SetupStep.TEST, 0.0)
        runner = ProcessRunner(command)
        check = [package.name for package in self._packages]
        params = {"protocol": PROTOCOL_VERSION, "check": check}
        try:
            runner.call(Method.HELLO.value, params, is_cancelled=self._is_cancelled, timeout_s=180.0)
        finally:
            runner.stop()

    def test_or_mend(self, command: RunnerCommand) -> None:
        """Test; when that fails lay every package down anew and test once more."""
        try:
            self.test(command)
        except Cancelled:
            raise
        except RunnerError as exc:
            self._log.write(str(exc).encode())
            self.install(force=True)
            self._test_again(command)

    def finish(self) -> None:
        """Delete what was only needed to resume."""
        try:
            remove_tree(self._layout.cache)
        except OSError as exc:
            self._log.write(f"the cache stays: {exc}".encode())
        self._tell(SetupStep.DONE, 1.0)

    def _test_again(self, command: RunnerCommand) -> None:
        try:
            self.test(command)
        except RunnerError as exc:
            raise SetupError(step=SetupStep.TEST.value, reason=str(exc.to_message())) from exc

    def _run(self, arguments: list[str], on_line: Callable[[str], None]) -> ChildResult:
        self._log.write(self._redact(f"$ {' '.join(arguments)}").encode())
        try:
            result = run(arguments, self._installer.environment(), self._logged(on_line), self._is_cancelled)
        except OSError as exc:
            raise SetupError(step=SetupStep.CREATE.value, reason=f"{arguments[0]}: {exc.strerror}.") from exc
        return ChildResult(result.code, [self._redact(line) for line in result.lines])

    def _logged(self, on_line: Callable[[str], None]) -> Callable[[str], None]:
        def take(line: str) -> None:
            clean = self._redact(line)
            self._log.write(clean.encode())
            on_line(clean)

        return take

    def _failure(self, step: SetupStep, result: ChildResult) -> GlacierMapperError:
        if is_disk_full(result.lines):
            folder = self._layout.folder
            free_mb = round(shutil.disk_usage(folder).free / 1e6)
            return DiskFullError(path=str(folder), needed_mb="more", free_mb=free_mb)
        return failure(step.value, result.lines, offline=self._installer.options.wheel_folder is not None)

    def _tell(self, step: SetupStep, part: float, detail: str = "") -> None:
        if self._is_cancelled():
            raise Cancelled()
        (start, end), (first, last) = SPANS[step], self._share
        whole = start + (end - start) * part
        self._on_progress(SetupProgress(step, first + (last - first) * whole, detail))


def _size_mb(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
