"""Packages in a folder of models: installed whole or not at all, listed with what is broken, removed, swept."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from card_maker import CARD  # noqa: E402

from glacier_mapper.core import package_files, package_folder  # noqa: E402
from glacier_mapper.core.errors import (  # noqa: E402
    Cancelled,
    DiskFullError,
    InvalidParameterError,
    MissingFileError,
    OutputExistsError,
    OutputNotWritableError,
)
from glacier_mapper.core.model_card_json import card_to_json  # noqa: E402
from glacier_mapper.core.model_errors import (  # noqa: E402
    ChecksumError,
    InvalidPackageError,
    KerasPackageError,
    PackageNameError,
    PackageVersionError,
    PackedPackageError,
)
from glacier_mapper.core.package_files import read_card  # noqa: E402
from glacier_mapper.core.package_folder import (  # noqa: E402
    InstallOptions,
    install_package,
    list_packages,
    remove_package,
    survey,
)

NETWORK = bytes(range(256)) * 12_000
"""Three chunks of bytes; nobody runs it here."""
ROOT = Path(__file__).resolve().parents[2]


def card_of(network: bytes, **changes):
    file = replace(CARD.file, bytes=len(network), sha256=hashlib.sha256(network).hexdigest())
    return replace(CARD, file=file, **changes)


def parts(network=NETWORK, golden=b"golden", **changes) -> dict[str, bytes]:
    text = json.dumps(card_to_json(card_of(network, **changes)))
    return {"model.json": text.encode(), "model.onnx": network, "golden.npz": golden}


@pytest.fixture
def home(tmp_path):
    return tmp_path / "models"


@pytest.fixture
def make_folder(tmp_path):
    def make(name="source", files=None):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        for key, content in (files or parts()).items():
            (folder / key).write_bytes(content)
        return folder

    return make


@pytest.fixture
def make_zip(tmp_path):
    def make(name="source.zip", files=None, prefix="", extra=(), method=zipfile.ZIP_DEFLATED):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for key, content in (files or parts()).items():
                archive.writestr(prefix + key, content)
            for key, content in extra:
                archive.writestr(key, content)
        return path

    return make


def tree(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


INSTALLED = {f"tiny-net/{name}": content for name, content in parts().items()}


@pytest.mark.parametrize("prefix", ["", "tiny-net/", "some other name/"])
def test_a_zip_is_installed_under_the_name_in_its_card(make_zip, home, prefix):
    card = install_package(make_zip(prefix=prefix), home)
    assert card == card_of(NETWORK)
    assert tree(home) == INSTALLED


def test_a_folder_is_installed_with_only_the_files_that_its_card_names(make_folder, home):
    source = make_folder(files={**parts(), "virus.exe": b"x", "notes.txt": b"y"})
    install_package(source, home)
    assert tree(home) == INSTALLED


def test_a_package_without_a_golden_sample(make_zip, home):
    files = parts(golden="")
    files = {name: files[name] for name in ("model.json", "model.onnx")}
    files["model.json"] = json.dumps(card_to_json(replace(card_of(NETWORK), golden=""))).encode()
    assert install_package(make_zip(files=files), home).golden == ""
    assert set(tree(home)) == {"tiny-net/model.json", "tiny-net/model.onnx"}


def test_progress_rises_to_one(make_zip, home):
    told = []
    install_package(make_zip(), home, told.append)
    assert told == sorted(told)
    assert len(told) >= 4
    assert told[-1] == 1.0
    assert max(told[:-1]) < 1.0


def test_what_is_installed_is_listed(make_zip, home):
    install_package(make_zip(), home)
    second = parts(name="another")
    install_package(make_zip("b.zip", second), home)
    assert [(folder.name, card.name) for folder, card in list_packages(home)] == [
        ("another", "another"), ("tiny-net", "tiny-net"),
    ]  # fmt: skip


@pytest.mark.parametrize("folder", ["nowhere", "a file"])
def test_a_folder_that_is_none_holds_no_packages(tmp_path, folder):
    (tmp_path / "a file").write_text("x")
    assert list_packages(tmp_path / folder) == []


# what is refused


@pytest.fixture
def refused(home):
    """Installing raises this, and the folder of models stays as it was."""

    def check(source, kind, said="", *more, **options):
        before = tree(home)
        with pytest.raises(kind) as caught:
            install_package(source, home, *more, options=InstallOptions(**options))
        assert said in str(caught.value)
        assert tree(home) == before
        assert [entry for entry in home.rglob(".*")] == [] if home.exists() else True

    return check


def test_a_source_that_is_not_there(tmp_path, refused):
    refused(tmp_path / "none.zip", MissingFileError, "none.zip")


def test_what_is_neither_folder_nor_zip(tmp_path, refused):
    path = tmp_path / "model.zip"
    path.write_bytes(b"<html>404</html>")
    refused(path, InvalidPackageError, "neither a folder nor a zip")


WRONG = NETWORK[:-1] + b"!"


def test_messages_name_what_the_user_gave_and_no_file_that_will_be_gone(make_zip, make_folder, home, tmp_path):
    files = {**parts(), "model.onnx": WRONG}
    address = "https://example.org/tiny.zip"
    for source, shown, said in (
        (make_folder(files=files), "", str(tmp_path / "source" / "model.onnx")),
        (make_zip(files=files), "", str(tmp_path / "source.zip" / "model.onnx")),
        (make_zip("a.zip.part", files=files), address, f"{address}/model.onnx"),
        (make_zip("b.zip.part", files={"readme.txt": b"hello"}), address, address),
    ):
        with pytest.raises((ChecksumError, InvalidPackageError)) as caught:
            install_package(source, home, options=InstallOptions(shown=shown))
        assert said in str(caught.value)
        assert ".part" not in f"{caught.value} {caught.value.to_json()}"
    with pytest.raises(ChecksumError) as caught:
        install_package(make_zip("c.zip.part"), home, options=InstallOptions(sha256="0" * 64, shown=address))
    assert str(caught.value).startswith(f"{address} is damaged")
    assert ".part" not in f"{caught.value} {caught.value.to_json()}"


@pytest.mark.parametrize("name", ["weights.h5", "weights"])
def test_weights_of_keras_point_to_their_import(tmp_path, refused, name):
    path = tmp_path / name
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    refused(path, KerasPackageError, f"{path} is a weight file of Keras (.h5), and no model package yet.")
    refused(path, KerasPackageError, "“Import Keras weights” in the model manager")


def test_a_file_where_the_folder_is_wanted(make_zip, tmp_path):
    """Of a zip, which only an installation unpacks, and of weights of Keras."""
    path = make_zip()
    with pytest.raises(PackedPackageError, match="is a file; here a model package is a folder.*Unpack the zip"):
        read_card(path)
    weights = tmp_path / "weights.h5"
    weights.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(KerasPackageError, match="import-keras"):
        read_card(weights)
    with pytest.raises(MissingFileError):
        read_card(tmp_path / "nothing.zip")


def test_a_zip_that_was_cut_short(make_zip, refused):
    path = make_zip()
    path.write_bytes(path.read_bytes()[:-100])
    refused(path, InvalidPackageError)


def test_a_zip_with_damaged_bytes(make_zip, refused):
    path = make_zip(method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.find(NETWORK[:512]) + 1000
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))
    refused(path, InvalidPackageError, "model.onnx can't be read")


def test_a_network_that_is_not_the_cards(make_zip, refused):
    files = parts()
    files["model.onnx"] = NETWORK[:-1] + b"!"
    refused(make_zip(files=files), ChecksumError, "damaged or was changed")


@pytest.mark.parametrize("network", [NETWORK[:-1], NETWORK + b"!", b""], ids=["shorter", "longer", "empty"])
def test_a_network_of_another_size(make_zip, make_folder, refused, network):
    files = {**parts(), "model.onnx": network}
    refused(make_zip(files=files), InvalidPackageError, f"has {len(network)} bytes, and model.json says {len(NETWORK)}")
    refused(make_folder(files=files), InvalidPackageError, f"has {len(network)} bytes")


@pytest.mark.parametrize("lost", ["model.json", "model.onnx", "golden.npz"])
def test_a_missing_file(make_zip, make_folder, refused, lost):
    files = {name: content for name, content in parts().items() if name != lost}
    refused(make_zip(files=files), InvalidPackageError, lost)
    refused(make_folder(files=files), InvalidPackageError, lost)


def test_names_that_climb_out_are_never_followed(make_zip, home, tmp_path):
    path = make_zip(extra=[("../evil.txt", b"x"), ("/tmp/evil-abs.txt", b"x"), ("a/../../evil2.txt", b"x")])
    install_package(path, home)
    assert tree(home) == INSTALLED
    assert not list(tmp_path.glob("evil*"))
    assert not Path("/tmp/evil-abs.txt").exists()


@pytest.mark.parametrize("name", ["../evil", "..", "a/b", ".hidden"])
def test_a_name_in_the_card_that_climbs_out(make_zip, refused, name):
    files = parts()
    files["model.json"] = files["model.json"].replace(b'"mlm:name": "tiny-net"', f'"mlm:name": "{name}"'.encode())
    refused(make_zip(files=files), InvalidPackageError, "mlm:name")


def test_a_link_in_a_zip(make_zip, tmp_path, refused):
    path = make_zip(files={name: content for name, content in parts().items() if name != "golden.npz"})
    entry = zipfile.ZipInfo("golden.npz")
    entry.create_system = 3
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, "/etc/passwd")
    refused(path, InvalidPackageError, "golden.npz is no file in the zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_in_the_zip_twice(make_zip, refused):
    path = make_zip(extra=[("model.onnx", b"other")])
    refused(path, InvalidPackageError, "the zip holds 2 files model.onnx")


def test_a_zip_with_two_packages(make_zip, refused):
    path = make_zip(prefix="a/", extra=[("b/model.json", b"{}")])
    refused(path, InvalidPackageError, "holds 2 packages")


def test_a_zip_of_too_many_files(make_zip, refused):
    refused(make_zip(extra=[(f"{n}.txt", b"") for n in range(10_001)]), InvalidPackageError, "holds 10004 files")


def test_a_zip_with_a_password(make_zip, refused):
    path = make_zip(method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of encrypted entries
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(bytes(data))
    refused(path, InvalidPackageError, "can't be taken out of the zip")


def test_a_bomb_stops_at_the_size_that_was_announced(make_zip, refused):
    """The zip's own directory lies about the size of the golden sample: 6 bytes said, 60 MB there."""
    path = make_zip(files={**parts(), "golden.npz": bytes(60_000_000)})
    data = path.read_bytes()
    lying = data.replace((60_000_000).to_bytes(4, "little"), (6).to_bytes(4, "little"))
    assert lying != data
    path.write_bytes(lying)
    started = time.monotonic()
    refused(path, InvalidPackageError)
    assert time.monotonic() - started < 5


def test_a_golden_sample_that_is_too_large(make_zip, refused, monkeypatch):
    monkeypatch.setattr("glacier_mapper.core.package_source.MAX_GOLDEN_BYTES", 5)
    refused(make_zip(), InvalidPackageError, "golden.npz is larger than 5 bytes")


def test_a_card_that_is_too_large(make_zip, refused):
    files = {**parts(), "model.json": b" " * (5 << 20)}
    refused(make_zip(files=files), InvalidPackageError, "more than 4 MB")


def test_a_card_of_a_later_version(make_zip, refused):
    files = parts()
    files["model.json"] = files["model.json"].replace(b'"glacier:card_version": 1', b'"glacier:card_version": 3')
    refused(make_zip(files=files), PackageVersionError, "of version 3")


def test_the_name_is_taken(make_zip, home, refused):
    install_package(make_zip(), home)
    refused(make_zip("again.zip"), OutputExistsError, "tiny-net exists already")


def test_overwriting_puts_the_new_one_in_place(make_zip, home):
    install_package(make_zip(), home)
    (home / "tiny-net" / "leftover.txt").write_text("old")
    other = parts(network=b"newer")
    install_package(make_zip("new.zip", other), home, options=InstallOptions(overwrite=True))
    assert tree(home) == {f"tiny-net/{name}": content for name, content in other.items()}


def test_overwriting_spares_what_is_no_package(make_zip, home, refused):
    (home / "tiny-net").mkdir(parents=True)
    (home / "tiny-net" / "thesis.docx").write_text("mine")
    refused(make_zip(), OutputNotWritableError, "is no model package", overwrite=True)


def test_overwriting_with_a_damaged_one_keeps_the_old_one(make_zip, home, refused):
    install_package(make_zip(), home)
    files = {**parts(network=b"newer"), "model.onnx": b"never"}
    refused(make_zip("bad.zip", files), ChecksumError, overwrite=True)
    assert tree(home) == INSTALLED


def test_cancelled_at_any_moment_nothing_is_left(make_zip, home, refused):
    path, asked = make_zip(), []
    install_package(path, home, is_cancelled=lambda: asked.append(1))
    remove_package(home / "tiny-net")
    for at in range(len(asked)):
        count = iter(range(1000))
        refused(path, Cancelled, "", lambda _: None, lambda at=at, count=count: next(count) >= at)


@pytest.mark.parametrize("upper", [False, True])
def test_a_checksum_of_the_file_that_was_fetched(make_zip, home, upper):
    path = make_zip()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    install_package(path, home, options=InstallOptions(sha256=sha256.upper() + " \n" if upper else sha256))
    assert tree(home) == INSTALLED


def test_a_wrong_checksum_of_the_file_that_was_fetched(make_zip, make_folder, refused):
    refused(make_zip(), ChecksumError, "0" * 64, sha256="0" * 64)
    refused(make_folder(), InvalidParameterError, "sha256", sha256="0" * 64)


# the disk


def test_a_folder_that_can_not_be_made(make_zip, tmp_path):
    (tmp_path / "models").write_text("a file")
    with pytest.raises(OutputNotWritableError, match="models"):
        install_package(make_zip(), tmp_path / "models")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(make_zip, home):
    home.mkdir()
    home.chmod(0o500)
    with pytest.raises(OutputNotWritableError, match="Permission denied"):
        install_package(make_zip(), home)


def test_too_little_room_is_seen_before_anything_is_written(make_zip, refused, monkeypatch):
    monkeypatch.setattr(package_files, "free_bytes", lambda _: 1_000_000)
    refused(make_zip(), DiskFullError, "needs 4 MB, 1 MB are free")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_disk_that_fills_up_while_copying(make_zip, home, monkeypatch):
    real_open = Path.open

    def onto_full(self, mode="r", *rest, **named):
        path = Path("/dev/full") if self.name == "golden.npz" else self
        return real_open(path, mode.replace("x", "w"), *rest, **named)

    monkeypatch.setattr(Path, "open", onto_full)
    with pytest.raises(DiskFullError) as caught:
        install_package(make_zip(), home)
    assert "4 MB" in str(caught.value)
    assert tree(home) == {}
    assert list(home.iterdir()) == []


def test_what_the_operating_system_says_is_translated(tmp_path):
    full = package_files.write_error(OSError(errno.ENOSPC, "x"), tmp_path, 2_500_000)
    assert isinstance(full, DiskFullError)
    assert full.details["needed_mb"] == 3
    assert "Read-only file system." in str(package_files.write_error(OSError(errno.EROFS, "x"), tmp_path))


SLOW = """
import sys, time
sys.path.insert(0, {root!r})
from glacier_mapper.core.package_folder import install_package
def told(share):
    print(share, flush=True)
    time.sleep(0.2)
install_package({source!r}, {home!r}, told)
"""


def test_a_kill_leaves_no_package_and_the_next_one_sweeps_what_it_left(make_zip, home, tmp_path):
    source = make_zip()
    code = SLOW.format(root=str(ROOT), source=str(source), home=str(home))
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child.stdout.readline()
    child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert list_packages(home) == []
    (left,) = home.iterdir()
    assert left.name == f".tiny-net.part-{child.pid}"
    install_package(source, home)
    assert tree(home) == INSTALLED
    assert [entry.name for entry in home.iterdir()] == ["tiny-net"]


def test_sweeping_spares_the_living_and_what_only_looks_alike(home):
    home.mkdir()
    living = [f".a.part-{os.getpid()}", f".b.part-{os.getppid()}", ".c.part-x", "d.part-1", ".e", ".f.part-"]
    for name in living:
        (home / name).mkdir()
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    (home / f".dead.part-{child.pid}").mkdir()
    package_files.sweep(home)
    assert sorted(entry.name for entry in home.iterdir()) == sorted(living)


# removing


def test_a_package_is_removed(make_zip, home):
    install_package(make_zip(), home)
    remove_package(home / "tiny-net", home)
    assert list(home.iterdir()) == []


def test_what_is_no_package_is_never_removed(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "thesis.docx").write_text("mine")
    for folder in (tmp_path / "docs", tmp_path / "none", tmp_path / "docs" / "thesis.docx"):
        with pytest.raises(InvalidPackageError, match="left alone"):
            remove_package(folder)
    assert (tmp_path / "docs" / "thesis.docx").exists()


def test_a_package_elsewhere_or_with_more_in_it_is_left_alone(make_folder, home):
    folder = make_folder()
    with pytest.raises(InvalidPackageError, match="does not lie in"):
        remove_package(folder, home)
    with pytest.raises(InvalidPackageError, match="does not lie in"):
        remove_package(home / ".." / folder.name, home)
    (folder / "more").mkdir()
    with pytest.raises(InvalidPackageError, match=r"folders of something else \(more\)"):
        remove_package(folder)
    assert len(tree(folder)) == 3


def test_of_a_linked_package_the_link_is_removed(make_folder, home):
    folder = make_folder()
    home.mkdir()
    (home / "linked").symlink_to(folder)
    assert [found.name for found, _ in list_packages(home)] == ["linked"]
    remove_package(home / "linked", home)
    assert list(home.iterdir()) == []
    assert len(tree(folder)) == 3


# broken ones in the list


def test_broken_packages_are_left_out_of_the_list_and_told_of_in_the_survey(make_folder, home):
    make_folder("models/good", parts())
    make_folder("models/cut", {**parts(), "model.onnx": b"short"})
    make_folder("models/lost", {"model.json": parts()["model.json"]})
    make_folder("models/nonsense", {"model.json": b"{"})
    make_folder("models/plain", {"readme.txt": b"no package"})
    make_folder("models/.hidden", parts())
    assert [folder.name for folder, _ in list_packages(home)] == ["good"]
    found = {folder.name: what for folder, what in survey(home)}
    assert sorted(found) == ["cut", "good", "lost", "nonsense"]
    assert "has 5 bytes" in str(found["cut"])
    assert isinstance(found["lost"], MissingFileError)
    assert "no JSON" in str(found["nonsense"])


def test_it_needs_nothing_but_pythons_own_modules():
    """The plugin installs packages before any runner is there; numpy is not even imported."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import glacier_mapper.core.package_folder\n"
        "print([name for name in ('numpy', 'onnxruntime', 'requests') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_names_of_errors_are_the_folders(make_zip, home):
    install_package(make_zip(), home)
    with pytest.raises(OutputExistsError) as caught:
        install_package(make_zip("x.zip"), home)
    assert caught.value.details["path"] == str(home / "tiny-net")


@pytest.mark.parametrize("error", [ValueError, TypeError, KeyError, OverflowError, RecursionError, PermissionError])
def test_a_package_that_nobody_can_read_keeps_no_other_from_the_list(make_folder, home, monkeypatch, error):
    """Whatever a reader trips over: here one that is made to."""
    read = package_folder.read_card

    def trip(folder):
        if folder.name == "odd":
            raise error("of a kind that nobody thought of")
        return read(folder)

    for name in ("models/odd", "models/right"):
        make_folder(name)
    monkeypatch.setattr(package_folder, "read_card", trip)
    found = {folder.name: what for folder, what in survey(home)}
    assert isinstance(found["odd"], InvalidPackageError)
    assert [folder.name for folder, _ in list_packages(home)] == ["right"]


def test_a_number_without_end_breaks_its_own_package_alone(make_folder, home):
    make_folder("models/right")
    card = parts()["model.json"].replace(b"8300.0", b"1" + b"0" * 400)
    make_folder("models/endless", {**parts(), "model.json": card})
    assert [folder.name for folder, _ in list_packages(home)] == ["right"]


class TestNamesOfTheProjectsOwnModels:
    """A package from elsewhere gets another name: it could not be chosen, or would be taken for the project's own."""

    @pytest.mark.parametrize("name", ["band-ratio", "random-forest", "compact", "Compact"])
    @pytest.mark.parametrize("zipped", [True, False], ids=["zip", "folder"])
    def test_a_card_that_says_so_is_refused_and_another_name_helps(self, home, make_zip, make_folder, name, zipped):
        source = make_zip("m.zip", parts(name=name)) if zipped else make_folder(files=parts(name=name))
        with pytest.raises(PackageNameError, match=f"name can't be {name}.*another name"):
            install_package(source, home)
        assert not home.exists()
        assert install_package(source, home, options=InstallOptions(name="another")).name == "another"

    def test_one_that_is_there_already_can_be_replaced(self, home, make_folder):
        make_folder("models/compact", parts(name="compact"))
        newer = make_folder("newer", parts(network=b"newer", name="compact"))
        with pytest.raises(OutputExistsError):
            install_package(newer, home)
        install_package(newer, home, options=InstallOptions(overwrite=True))
        assert (home / "compact" / "model.onnx").read_bytes() == b"newer"

    def test_but_never_that_of_a_built_in_model(self, home, make_folder):
        make_folder("models/band-ratio", parts(name="band-ratio"))
        with pytest.raises(PackageNameError):
            install_package(home / "band-ratio", home, options=InstallOptions(overwrite=True))


class TestAnotherName:
    """What was taught gets the name that the analyst gives it when she keeps it."""

    OPTIONS = InstallOptions(name="upper-valley", title="Upper Valley")

    def test_the_package_takes_its_place_under_it(self, home, make_folder):
        source = make_folder()
        card = install_package(source, home, options=self.OPTIONS)
        assert (card.name, card.description.title) == ("upper-valley", "Upper Valley")
        [(folder, found)] = list_packages(home)
        assert (folder.name, found) == ("upper-valley", card)
        assert (folder / "model.onnx").read_bytes() == NETWORK
        assert (folder / "golden.npz").read_bytes() == b"golden"

    def test_nothing_else_of_the_card_changes_and_the_source_stays(self, home, make_folder):
        source = make_folder()
        before = (source / "model.json").read_bytes()
        card = install_package(source, home, options=self.OPTIONS)
        words = replace(card.description, title=CARD.description.title)
        assert replace(card, name=CARD.name, description=words) == card_of(NETWORK)
        assert (source / "model.json").read_bytes() == before

    def test_a_title_alone_leaves_the_name(self, home, make_folder):
        card = install_package(make_folder(), home, options=InstallOptions(title="Another title"))
        assert (card.name, card.description.title) == (CARD.name, "Another title")
        assert survey(home)[0][1].description.title == "Another title"

    def test_the_same_from_a_zip(self, home, make_zip):
        card = install_package(make_zip(), home, options=self.OPTIONS)
        assert list_packages(home) == [(home / "upper-valley", card)]

    @pytest.mark.parametrize("name", ["band-ratio", "a", "Größe", "con", "with blank"])
    def test_a_name_that_no_package_can_have_is_refused(self, home, make_folder, name):
        with pytest.raises(InvalidParameterError):
            install_package(make_folder(), home, options=InstallOptions(name=name))
        assert not home.exists()

    def test_a_name_that_is_taken_is_left_alone(self, home, make_folder):
        install_package(make_folder("first"), home, options=self.OPTIONS)
        with pytest.raises(OutputExistsError):
            install_package(make_folder("second"), home, options=self.OPTIONS)
        assert [folder.name for folder, _ in list_packages(home)] == ["upper-valley"]

    def test_it_can_be_replaced_on_demand(self, home, make_folder):
        install_package(make_folder("first"), home, options=self.OPTIONS)
        other = make_folder("second", parts(network=b"another network" * 100))
        install_package(other, home, options=replace(self.OPTIONS, overwrite=True))
        assert (home / "upper-valley" / "model.onnx").read_bytes() == b"another network" * 100

    def test_a_cancel_leaves_nothing(self, home, make_folder):
        with pytest.raises(Cancelled):
            install_package(make_folder(), home, is_cancelled=lambda: True, options=self.OPTIONS)
        assert survey(home) == []
        assert not [path for path in home.iterdir() if "part" in path.name]

    def test_damage_is_found_under_another_name_too(self, home, make_folder):
        files = parts()
        files["model.onnx"] = NETWORK[:-1] + b"!"
        with pytest.raises(ChecksumError):
            install_package(make_folder(files=files), home, options=self.OPTIONS)
        assert survey(home) == []
