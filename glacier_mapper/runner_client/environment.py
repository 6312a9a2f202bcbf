"""The runner's private Python environment: is it there, what would be installed, make it, remove it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..core.errors import OutputNotWritableError, RunnerMissingError
from ..core.messages import QT_TRANSLATE_NOOP, Message
from ..core.progress import never
from .add_on import add_on_hash, add_on_packages, index_of, names_for_size
from .hardware import detect_hardware
from .install_run import InstallRun
from .installer import Installer
from .layout import Layout
from .makers import find_maker
from .redact import Redactor
from .requirements_file import lock_hash, read_packages, requirements_file
from .runner import IsCancelled, RunnerCommand
from .setup_values import Accelerator, AddOnPlan, EnvironmentStatus, Maker, SetupOptions, SetupPlan, SetupProgress
from .sizes import sizes_mb
from .stamp import Stamp, delete_stamp, read_stamp, write_stamp

__all__ = ["Environment", "requirements_file"]

HALF = 0.5
"""The part of the progress that the runner's own packages take where the add-on follows."""
PACKAGE_FOLDER = Path(__file__).resolve().parent.parent

STATUS_TEXTS: dict[EnvironmentStatus, str] = {
    EnvironmentStatus.MISSING: QT_TRANSLATE_NOOP("setup", "The model runner is not installed yet."),
    EnvironmentStatus.READY: QT_TRANSLATE_NOOP("setup", "The model runner is installed in {folder}."),
    EnvironmentStatus.BROKEN: QT_TRANSLATE_NOOP(
        "setup", "The model runner in {folder} is not complete. Repair goes on where it stopped."
    ),
    EnvironmentStatus.OUTDATED: QT_TRANSLATE_NOOP(
        "setup", "The model runner in {folder} was made for another version of the plugin. Repair updates it."
    ),
}


class Environment:
    """The environment in `folder`, made from the lock file `requirements_path` as `options` say.

    Stop a runner that uses it before `install` and `remove`: Windows does not replace files in use.
    """

    def __init__(
        self,
        folder: Path,
        requirements_path: Path,
        options: SetupOptions | None = None,
        package_folder: Path = PACKAGE_FOLDER,
    ) -> None:
        self.folder = Path(folder)
        self.requirements_path = Path(requirements_path)
        self.options = options or SetupOptions()
        self.package_folder = Path(package_folder)
        self._layout = Layout(self.folder)

    def status(self) -> EnvironmentStatus:
        """Whether it can be used, whatever accelerator it was made for. Reads a few small files, starts nothing."""
        stamp = read_stamp(self.folder)
        if stamp is None:
            started = self._layout.venv.exists() or self._layout.pins.exists()
            return EnvironmentStatus.BROKEN if started else EnvironmentStatus.MISSING
        if not self._layout.python.is_file() or not (self._layout.venv / "pyvenv.cfg").is_file():
            return EnvironmentStatus.BROKEN
        same = stamp.lock_hash == lock_hash(self.requirements_path)
        same = same and stamp.training_hash in ("", self._add_on_hash() if stamp.training_hash else "")
        return EnvironmentStatus.READY if same else EnvironmentStatus.OUTDATED

    def describe(self) -> Message:
        """A sentence for the user about `status`."""
        return Message(STATUS_TEXTS[self.status()], {"folder": str(self.folder)})

    def has_training(self) -> bool:
        """Whether training and import were added, for the locks of this version."""
        stamp = read_stamp(self.folder)
        return stamp is not None and bool(stamp.training_hash) and stamp.training_hash == self._add_on_hash()

    def stamp(self) -> Stamp | None:
        """What was installed; None when nothing was finished."""
        return read_stamp(self.folder)

    def plan(self) -> SetupPlan:
        """What `install` would do. Starts small probes of uv, Python and the GPU driver (about 1 s).

        Raises NoPythonError.
        """
        maker = find_maker(self.options, self.folder)
        packages = read_packages(self.requirements_path, maker.python_version, self.options.accelerator)
        download_mb, disk_mb = sizes_mb((package.name for package in packages), maker.fetches_python)
        installer = Installer(maker, self._layout, self.options)
        return SetupPlan(
            folder=self.folder,
            maker=maker,
            packages=[(package.name, package.version) for package in packages],
            source=Redactor(self.options.proxy)(installer.source()),
            download_mb=0 if self.options.wheel_folder else download_mb,
            disk_mb=disk_mb,
            free_mb=_free_mb(self.folder),
            hardware=detect_hardware(),
            accelerator=self.options.accelerator,
        )

    def install(
        self,
        on_progress: Callable[[SetupProgress], None] | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> None:
        """Make, finish or repair the environment and test it. Blocks; call it from a worker thread.

        Raises NoPythonError, NoNetworkError, SetupError, DiskFullError, OutputNotWritableError,
        MissingFileError for a wheel folder or certificate file that is not there, Cancelled.
        What was done before an error or a cancel is kept, and the next call goes on from there.
        """
        maker = find_maker(self.options, self.folder)
        packages = read_packages(self.requirements_path, maker.python_version, self.options.accelerator)
        installer = Installer(maker, self._layout, self.options)
        before = read_stamp(self.folder)
        wants_more = self.options.training or (before is not None and bool(before.training_hash))
        share = (0.0, HALF if wants_more else 1.0)
        run = InstallRun(installer, packages, on_progress or _ignore, is_cancelled or never, share)
        run.prepare(sizes_mb((package.name for package in packages), maker.fetches_python)[1])
        delete_stamp(self.folder)
        run.create_and_install(anew=before is not None and before.accelerator != self.options.accelerator.value)
        run.test_or_mend(self.runner_command())
        write_stamp(self.folder, self._new_stamp(maker))
        if wants_more:
            self.install_training(on_progress, is_cancelled, (HALF, 1.0))
        else:
            run.finish()

    def add_on_plan(self, maker: Maker | None = None) -> AddOnPlan:
        """What `install_training` would do, with `plan`'s maker. Raises NoPythonError, MissingFileError."""
        return self._add_on_plan(maker or find_maker(self.options, self.folder), self._add_on_options())

    def install_training(
        self,
        on_progress: Callable[[SetupProgress], None] | None = None,
        is_cancelled: IsCancelled | None = None,
        share: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        """Add training and import to an environment that is ready. Blocks, raises and goes on as `install`.

        The runner may be running: nothing that is there is replaced. After an error or a cancel the environment is
        ready as it was before.
        """
        stamp = read_stamp(self.folder)
        if self.status() is not EnvironmentStatus.READY or stamp is None:
            raise RunnerMissingError(folder=str(self.folder))
        maker, options = find_maker(self.options, self.folder), self._add_on_options()
        packages = add_on_packages(self.requirements_path, stamp.python_version, options)
        installer = Installer(maker, self._layout, options, is_add_on=True)
        run = InstallRun(installer, packages, on_progress or _ignore, is_cancelled or never, share)
        run.prepare(self._add_on_plan(maker, options).disk_mb)
        run.install()
        run.test_or_mend(self.runner_command())
        write_stamp(self.folder, replace(stamp, training_hash=self._add_on_hash()))
        run.finish()

    def remove(self) -> None:
        """Delete what `install` made, and nothing else. Raises OutputNotWritableError."""
        try:
            self._layout.remove()
        except OSError as exc:
            path = exc.filename or str(self.folder)
            raise OutputNotWritableError(path=str(path), reason=f"{exc.strerror}.") from exc

    def python_path(self) -> Path:
        """The environment's interpreter; it need not exist."""
        return self._layout.python

    def log_folder(self) -> Path:
        """Where the logs of the runner and of the set-up lie."""
        return self._layout.logs

    def runner_command(self) -> RunnerCommand:
        """How to start the runner in this environment."""
        return RunnerCommand(
            python=self.python_path(),
            package_folder=self.package_folder,
            log_folder=self._layout.logs,
            plugin_version=self.options.plugin_version,
        )

    def _add_on_hash(self) -> str:
        return add_on_hash(self.requirements_path)

    def _add_on_options(self) -> SetupOptions:
        """For the device that the environment was made for."""
        stamp = read_stamp(self.folder)
        return self.options if stamp is None else replace(self.options, accelerator=Accelerator(stamp.accelerator))

    def _add_on_plan(self, maker: Maker, options: SetupOptions) -> AddOnPlan:
        packages = add_on_packages(self.requirements_path, maker.python_version, options)
        there = read_packages(self.requirements_path, maker.python_version, options.accelerator)
        download_mb, disk_mb = sizes_mb(names_for_size(packages, options, there), pip=False)
        installer = Installer(maker, self._layout, options)
        sources = (Redactor(options.proxy)(installer.source()), index_of(options))
        return AddOnPlan(
            packages=[(package.name, package.version) for package in packages],
            sources=tuple(filter(None, sources)),
            download_mb=0 if options.wheel_folder else download_mb,
            disk_mb=disk_mb,
            free_mb=_free_mb(self.folder),
            accelerator=options.accelerator,
        )

    def _new_stamp(self, maker: Maker) -> Stamp:
        return Stamp(
            lock_hash=lock_hash(self.requirements_path),
            accelerator=self.options.accelerator.value,
            plugin_version=self.options.plugin_version,
            python_version=maker.python_version,
            maker=f"{maker.kind} {maker.version}",
        )


def _free_mb(folder: Path) -> int:
    """Free MB on the disk where `folder` is or will be."""
    existing = next((one for one in (folder, *folder.parents) if one.is_dir()), Path.home())
    return round(shutil.disk_usage(existing).free / 1e6)


def _ignore(_: SetupProgress) -> None:
    """Nobody listens."""
