"""Products appear all at once or not at all, and what is wrong with the place for them is said in one word."""

from __future__ import annotations

import errno
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    InvalidParameterError,
    OutputExistsError,
    OutputNotWritableError,
)
from glacier_mapper.core.file_errors import OutputBusyError
from glacier_mapper.core.grid import Grid
from glacier_mapper.runner.mapping import staging
from glacier_mapper.runner.mapping.disk import bytes_needed, check_room, free_bytes, translate_os_error
from glacier_mapper.runner.mapping.staging import OWNER_FILE, all_or_nothing, folder_of, is_running, staged, sweep

NAMES = ("a.tif", "b.json")


def produce(out: Path, overwrite: bool = False, text: str = "new") -> None:
    with staged(out, NAMES, overwrite) as folder:
        for name in NAMES:
            (folder / name).write_text(text)


def fail_half_way(out: Path, error: Exception) -> None:
    with staged(out, NAMES, True) as folder:
        (folder / "a.tif").write_text("half")
        raise error


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    target = tmp_path / "disk"
    target.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(target)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a tmpfs is not permitted here")
    yield target
    subprocess.run(["umount", str(target)], check=True)


@pytest.fixture
def read_only_disk(small_disk: Path) -> Path:
    (small_disk / "out").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    return small_disk


@pytest.fixture
def ended_pid() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_a_new_folder_holds_the_products_and_nothing_else(tmp_path: Path):
    produce(tmp_path / "deep" / "er" / "out")
    assert names_in(tmp_path / "deep" / "er" / "out") == ["a.tif", "b.json"]
    assert names_in(tmp_path / "deep" / "er") == ["out"]


def test_an_existing_folder_keeps_what_else_is_in_it(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    produce(tmp_path)
    assert names_in(tmp_path) == ["a.tif", "b.json", "notes.txt"]


def test_nothing_is_seen_before_the_end(tmp_path: Path):
    with staged(tmp_path / "out", NAMES, False) as folder:
        (folder / "a.tif").write_text("half")
        assert not (tmp_path / "out").exists()
        assert folder.name == f".out.part-{os.getpid()}"


@pytest.mark.parametrize("exists", [True, False], ids=["folder there", "folder new"])
@pytest.mark.parametrize("error", [Cancelled(), ZeroDivisionError()], ids=["cancelled", "fault"])
def test_a_failure_leaves_the_place_as_it_was(tmp_path: Path, exists: bool, error: Exception):
    out = tmp_path / "made" / "out"
    if exists:
        out.mkdir(parents=True)
        (out / "a.tif").write_text("old")
    with pytest.raises(type(error)):
        fail_half_way(out, error)
    assert names_in(tmp_path) == (["made"] if exists else [])
    if exists:
        assert names_in(out) == ["a.tif"]
        assert (out / "a.tif").read_text() == "old"


def test_products_there_are_not_overwritten_unasked(tmp_path: Path):
    produce(tmp_path, text="old")
    with pytest.raises(OutputExistsError, match=r"a\.tif exists already"):
        produce(tmp_path)
    assert (tmp_path / "a.tif").read_text() == "old"


def test_overwriting_also_removes_what_belonged_to_the_old_ones(tmp_path: Path):
    produce(tmp_path, text="old")
    for name in ("a.tif.aux.xml", "a.tif-wal"):
        (tmp_path / name).write_text("stale")
    produce(tmp_path, overwrite=True)
    assert names_in(tmp_path) == ["a.tif", "b.json"]
    assert (tmp_path / "b.json").read_text() == "new"


def test_when_the_second_product_cannot_move_the_first_one_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    produce(tmp_path, text="old")
    real = Path.replace

    def held_open(self: Path, target: Path) -> Path:
        if self.name == "b.json" and self.read_text() == "new":
            raise PermissionError(errno.EACCES, "held open")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held_open)
    with pytest.raises(OutputNotWritableError):
        produce(tmp_path, overwrite=True)
    assert names_in(tmp_path) == ["a.tif", "b.json"]
    assert {(tmp_path / name).read_text() for name in NAMES} == {"old"}


@pytest.mark.parametrize("below", ["", "sub/out"], ids=["the folder", "a parent"])
def test_a_file_in_the_folders_place(tmp_path: Path, below: str):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputNotWritableError, match="is a file, not a folder"):
        produce(tmp_path / "file" / below)


@pytest.mark.parametrize("name", ["out", "new/out"], ids=["folder there", "folder new"])
def test_a_read_only_disk(read_only_disk: Path, name: str):
    with pytest.raises(OutputNotWritableError, match="Read-only file system"):
        produce(read_only_disk / name)


def test_a_disk_that_fills_up(small_disk: Path):
    with pytest.raises(DiskFullError) as caught, staged(small_disk / "out", NAMES, False) as folder:
        (folder / "a.tif").write_bytes(b"x" * 5_000_000)
    assert names_in(small_disk) == []
    assert caught.value.details["needed_mb"] > caught.value.details["free_mb"]


def test_a_full_disk_is_seen_before_the_work(small_disk: Path):
    with pytest.raises(DiskFullError, match="needs 3 MB, 2 MB are free"):
        check_room(small_disk / "not" / "yet", 3_000_000)
    check_room(small_disk, 1_000_000)


def test_room_is_asked_of_the_nearest_folder_that_is_there(tmp_path: Path):
    assert free_bytes(tmp_path / "a" / "b") == pytest.approx(free_bytes(tmp_path), rel=0.05)


def test_the_need_grows_with_the_pixels():
    grid = Grid("EPSG:32632", (0.0, 0.0), 10.0, (10_000, 10_000))
    assert 300e6 < bytes_needed(grid) < 600e6
    assert 50e6 < bytes_needed(grid, classes=True) - bytes_needed(grid) < 100e6


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFullError),
        (errno.EDQUOT, DiskFullError),
        (errno.EACCES, OutputNotWritableError),
        (errno.EROFS, OutputNotWritableError),
        (errno.EIO, OutputNotWritableError),
    ],
    ids=lambda value: errno.errorcode.get(value, "") if isinstance(value, int) else "",
)
def test_the_systems_errors_in_our_words(tmp_path: Path, number: int, kind: type[Exception]):
    error = translate_os_error(OSError(number, "x"), tmp_path)
    assert type(error) is kind
    assert str(tmp_path) in str(error)


def test_where_there_is_no_disk_it_is_not_full():
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc here")
    with pytest.raises(OutputNotWritableError, match="/proc is no disk that takes files"):
        check_room(Path("/proc/x/y"), 1_000_000)


# One run at a time into a folder

HOLD = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from glacier_mapper.runner.mapping.staging import staged
with staged(Path(sys.argv[1]), ("a.tif", "b.json"), True) as folder:
    print("held", flush=True)
    sys.stdin.readline()
    for name in ("a.tif", "b.json"):
        (folder / name).write_text("first")
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Any]:
    """Starts another process that writes into a folder until it is told to end."""
    running: list[subprocess.Popen[str]] = []

    def hold(out: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLD, str(out), str(Path(staging.__file__).parents[3])]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("exists", [True, False], ids=["folder there", "folder new"])
def test_a_second_run_into_the_same_folder_is_refused_by_name(tmp_path: Path, holder: Any, exists: bool):
    out = tmp_path / "out"
    if exists:
        out.mkdir()
    first = holder(out)
    for way in (out, tmp_path / "nowhere" / ".." / "out"):
        with pytest.raises(OutputBusyError, match=rf"process {first.pid}\) is writing to .+out"):
            produce(way, overwrite=True)
    produce(tmp_path / "other")
    first.communicate("go\n")
    assert first.returncode == 0
    assert {(out / name).read_text() for name in NAMES} == {"first"}
    with pytest.raises(OutputExistsError):
        produce(out)
    produce(out, overwrite=True)


def test_a_killed_run_holds_nothing(tmp_path: Path, holder: Any):
    first = holder(tmp_path / "out")
    first.kill()
    first.wait()
    produce(tmp_path / "out")
    assert names_in(tmp_path) == ["out"]


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path, holder: Any):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    holder(tmp_path / "real")
    with pytest.raises(OutputBusyError):
        produce(tmp_path / "link")


def test_without_a_place_for_locks_runs_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    produce(tmp_path / "out")
    assert names_in(tmp_path / "out") == ["a.tif", "b.json"]


def test_no_lock_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    locks = tmp_path / "locks"
    locks.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(locks))
    with staged(tmp_path / "out", NAMES, False):
        assert len(list(locks.rglob("*.lock"))) == 1
        with pytest.raises(OutputBusyError):
            produce(tmp_path / "out")
        assert len(list(locks.rglob("*.lock"))) == 1
    assert list(locks.rglob("*.lock")) == []


RACE = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from glacier_mapper.core.file_errors import OutputBusyError
from glacier_mapper.runner.mapping.claim import claimed
inside, times = Path(sys.argv[1]) / "inside", 0
end = time.monotonic() + 3
while time.monotonic() < end:
    try:
        with claimed(Path(sys.argv[1]) / "out"):
            inside.touch(exist_ok=False)  # two at once would meet here
            inside.unlink()
            times += 1
    except OutputBusyError:
        pass
print(times)
"""


def test_of_many_that_want_a_folder_one_has_it(tmp_path: Path):
    command = [sys.executable, "-c", RACE, str(tmp_path), str(Path(staging.__file__).parents[3])]
    many = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=60) for process in many]
    assert [error for _, error in said] == ["", "", ""]
    assert sum(int(times) for times, _ in said) > 10


@pytest.mark.parametrize("text", ["", "  "])
def test_no_folder_is_no_working_folder(text: str):
    with pytest.raises(InvalidParameterError, match="the name of a folder"):
        folder_of(text)


def test_files_whose_names_come_out_at_the_end(tmp_path: Path):
    def write(text: str, overwrite: bool = False) -> None:
        with all_or_nothing(str(tmp_path / "out"), overwrite) as folder:
            (folder / "one.tif").write_text(text)

    write("first")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(OutputExistsError, match=r"one\.tif"):
        write("second")
    assert (tmp_path / "out" / "one.tif").read_text() == "first"
    write("second", overwrite=True)
    assert names_in(tmp_path / "out") == ["notes.txt", "one.tif"]
    assert (tmp_path / "out" / "one.tif").read_text() == "second"


def leftover(home: Path, pid: int, host: str | None = None) -> Path:
    folder = home / f".out.part-{pid}"
    folder.mkdir(parents=True)
    (folder / "a.tif").write_text("half")
    (folder / OWNER_FILE).write_text(json.dumps({"host": host or platform.node(), "pid": pid}))
    return folder


@pytest.mark.parametrize("exists", [True, False], ids=["folder there", "folder new"])
def test_the_next_run_sweeps_what_a_killed_one_left(tmp_path: Path, ended_pid: int, exists: bool):
    out = tmp_path / "out"
    folder = leftover(out if exists else tmp_path, ended_pid)
    produce(out)
    assert not folder.exists()
    assert names_in(out) == ["a.tif", "b.json"]


def test_a_run_that_is_under_way_is_left_alone(tmp_path: Path):
    folder = leftover(tmp_path, os.getppid())
    sweep(tmp_path, "out")
    assert folder.exists()


def test_another_machines_run_is_left_alone(tmp_path: Path, ended_pid: int):
    folder = leftover(tmp_path, ended_pid, host="elsewhere")
    sweep(tmp_path, "out")
    assert folder.exists()


def test_a_leftover_without_an_owner_goes_by_its_number(tmp_path: Path, ended_pid: int):
    folder = leftover(tmp_path, ended_pid)
    (folder / OWNER_FILE).write_text("{")
    sweep(tmp_path, "out")
    assert not folder.exists()


@pytest.mark.parametrize("name", [".other.part-1", ".out.part-x", "out.part-1"])
def test_nothing_else_is_swept(tmp_path: Path, name: str):
    (tmp_path / name).mkdir()
    sweep(tmp_path, "out")
    assert (tmp_path / name).exists()


def test_what_a_killed_run_left_elsewhere_is_swept_too(tmp_path: Path, ended_pid: int):
    numbered = leftover(tmp_path / "out", ended_pid)  # out/.out.part-PID, as the plugin's numbered runs leave it
    beside = leftover(tmp_path, ended_pid)
    produce(tmp_path / "next")
    assert not numbered.exists()
    assert not beside.exists()
    assert names_in(tmp_path) == ["next"]  # out is empty, so it goes too


def test_a_folder_with_products_outlives_the_sweeping(tmp_path: Path, ended_pid: int):
    numbered = leftover(tmp_path / "out", ended_pid)
    (tmp_path / "out" / "probability.tif").touch()
    produce(tmp_path / "next")
    assert not numbered.exists()
    assert names_in(tmp_path / "out") == ["probability.tif"]


@pytest.mark.parametrize("kind", ["under way", "of nobody", "of another name"])
def test_what_may_be_somebody_elses_is_not_swept(tmp_path: Path, ended_pid: int, kind: str):
    folder = leftover(tmp_path / "out", os.getppid() if kind == "under way" else ended_pid)
    if kind == "of nobody":
        (folder / OWNER_FILE).unlink()
    if kind == "of another name":
        folder = folder.rename(tmp_path / "out" / f".music.part-{ended_pid}")
    produce(tmp_path / "next")
    assert folder.exists()


def test_processes(ended_pid: int):
    assert is_running(os.getpid())
    assert is_running(1)
    assert not is_running(ended_pid)


def test_the_temporary_folder_lies_on_the_disk_of_an_existing_folder(tmp_path: Path):
    with staging.staged(tmp_path, NAMES, False) as folder:
        assert folder.parent == tmp_path
        (folder / "a.tif").write_text("")
