"""Products appear all at once or not at all.

They are written to a temporary folder on the same disk and moved when all are done. A folder that a killed run
left behind is swept by the next run that goes to the same place.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ...core.errors import InvalidParameterError, OutputExistsError, OutputNotWritableError
from .claim import claimed
from .disk import translate_os_error

OWNER_FILE = "owner.json"
COMPANIONS = ("", ".aux.xml", "-wal", "-shm", "-journal")
"""What programs keep beside a product and what must not outlive it: statistics, SQLite's journals."""


@contextmanager
def staged(out_dir: Path, products: Sequence[str], overwrite: bool) -> Iterator[Path]:
    """A temporary folder to write `products` into; at the end of the block they are in `out_dir`.

    When the block raises, `out_dir` is as it was. An OSError becomes an OutputError kind.
    Raises OutputExistsError, OutputNotWritableError, DiskFullError, OutputBusyError while another run writes there.
    """
    out_dir = Path(os.path.abspath(out_dir))
    with claimed(out_dir):
        check_target(out_dir, products, overwrite)
        with _staged(out_dir, products) as folder:
            yield folder


@contextmanager
def all_or_nothing(out_dir: str, overwrite: bool) -> Iterator[Path]:
    """As `staged`, for a job that knows the names of its files only when it has written them."""
    target, products = folder_of(out_dir), list[str]()
    with staged(target, products, overwrite) as folder:
        yield folder
        products += sorted(path.name for path in folder.iterdir() if path.name != OWNER_FILE)
        check_target(target, products, overwrite)


@contextmanager
def _staged(out_dir: Path, products: Sequence[str]) -> Iterator[Path]:
    """The temporary folder; the products come into place at the end of the block."""
    made: list[Path] = []
    try:
        folder = _make_folder(out_dir, made)
        try:
            yield folder
            _publish(folder, out_dir, products)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as exc:
        raise translate_os_error(exc, out_dir) from exc
    finally:
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()


def folder_of(out_dir: str) -> Path:
    """The folder that a request names, absolute. Raises InvalidParameterError where it names none."""
    if not out_dir.strip():
        raise InvalidParameterError(name="out_dir", value="empty", expected="the name of a folder")
    return Path(out_dir).absolute()


def check_target(out_dir: Path, products: Sequence[str], overwrite: bool) -> None:
    """Raise OutputNotWritableError for a file in the folder's place, OutputExistsError for products there already."""
    for part in (out_dir, *out_dir.parents):
        if part.exists() and not part.is_dir():
            raise OutputNotWritableError(path=str(out_dir), reason=f"{part} is a file, not a folder.")
    for name in products:
        if (out_dir / name).exists() and not overwrite:
            raise OutputExistsError(path=str(out_dir / name))


def _make_folder(out_dir: Path, made: list[Path]) -> Path:
    """The temporary folder: inside `out_dir` where that is there, as it may be a disk of its own, else beside it."""
    home = out_dir if out_dir.is_dir() else out_dir.parent
    for parent in reversed((home, *home.parents)):
        if not parent.is_dir():
            parent.mkdir()
            made.append(parent)
    sweep(home, out_dir.name)
    sweep_neighbours(out_dir.parent)
    folder = home / f".{out_dir.name}.part-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    owner = {"host": platform.node(), "pid": os.getpid()}
    (folder / OWNER_FILE).write_text(json.dumps(owner), encoding="utf-8")
    return folder


def _publish(folder: Path, out_dir: Path, products: Sequence[str]) -> None:
    """Move the products into place, with what they replace kept until the last one has arrived."""
    (folder / OWNER_FILE).unlink()
    if not out_dir.exists():
        folder.rename(out_dir)
        return
    replaced = folder / "replaced"
    replaced.mkdir()
    moves = [(out_dir / f"{name}{tail}", replaced / f"{name}{tail}") for name in products for tail in COMPANIONS]
    moves = [move for move in moves if move[0].exists()]
    moves += [(folder / name, out_dir / name) for name in products if (folder / name).exists()]
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            source.replace(target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            target.replace(source)
        raise


def sweep(home: Path, name: str) -> None:
    """Remove the temporary folders for `name` in `home` whose process has ended."""
    pattern = re.compile(re.escape(f".{name}.part-") + r"(\d+)")
    for entry in home.iterdir():
        found = pattern.fullmatch(entry.name)
        if found and entry.is_dir() and _is_abandoned(entry, int(found[1])):
            shutil.rmtree(entry, ignore_errors=True)


def sweep_neighbours(home: Path) -> None:
    """Remove what killed runs left in the folders beside: `home`/NAME/.NAME.part-PID and `home`/.NAME.part-PID.

    Here only folders that name their owner go, and NAME itself when that leaves it empty: the plugin numbers its
    runs, so no later one goes to the same place.
    """
    with suppress(OSError):
        for neighbour in (entry for entry in home.iterdir() if entry.is_dir()):
            if any([_swept(entry, neighbour.name) for entry in neighbour.glob(".*.part-*")]):
                with suppress(OSError):  # products are in it: they stay
                    neighbour.rmdir()
        for entry in home.glob(".*.part-*"):
            _swept(entry)


def _swept(entry: Path, name: str = "") -> bool:
    """Remove a temporary folder whose run has ended, one for `name` where that is given. Whether it was one."""
    found = re.fullmatch(r"\.(.+)\.part-(\d+)", entry.name)
    if found is None or found[1] != (name or found[1]) or not (entry / OWNER_FILE).is_file():
        return False
    if not _is_abandoned(entry, int(found[2])):
        return False
    shutil.rmtree(entry, ignore_errors=True)
    return True


def _is_abandoned(folder: Path, pid: int) -> bool:
    """Whether the run that made the folder has ended; one of another machine is left alone."""
    try:
        owner = json.loads((folder / OWNER_FILE).read_text(encoding="utf-8"))
        if owner.get("host") != platform.node():
            return False
    except (OSError, ValueError, AttributeError):
        pass
    return not is_running(pid)


def is_running(pid: int) -> bool:
    """Whether a process of that number runs on this machine."""
    if sys.platform == "win32":
        return _is_running_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_running_on_windows(pid: int) -> bool:
    """`os.kill` would end the process there, so its exit code is asked for (259: still active)."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    known = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return not known or code.value == 259
