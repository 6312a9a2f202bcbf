"""The parts of making an environment: lock file, markers, output of installers, hardware, makers, cleaning."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from glacier_mapper.core.errors import (
    InvalidParameterError,
    MissingFileError,
    NoNetworkError,
    NoPythonError,
    SetupError,
)
from glacier_mapper.runner_client.child import probe, run
from glacier_mapper.runner_client.clean_env import cleaned_environment
from glacier_mapper.runner_client.hardware import detect_hardware
from glacier_mapper.runner_client.install_output import InstallProgress, failure, is_disk_full, last_error
from glacier_mapper.runner_client.installer import Installer
from glacier_mapper.runner_client.layout import Layout
from glacier_mapper.runner_client.makers import find_maker, wheel_minors
from glacier_mapper.runner_client.markers import holds, marker_environment
from glacier_mapper.runner_client.redact import Redactor, without_credentials
from glacier_mapper.runner_client.requirements_file import lock_hash, read_packages, requirements_file
from glacier_mapper.runner_client.setup_values import Accelerator, Maker, ProxySettings, SetupOptions
from glacier_mapper.runner_client.sizes import PIP_MB, sizes_mb

ROOT = Path(__file__).resolve().parents[2]
LINUX_311 = {**marker_environment("3.11.7"), "sys_platform": "linux", "platform_machine": "x86_64"}


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("", True),
        ("python_full_version < '3.11'", False),
        ("python_full_version == '3.11.*'", True),
        ("python_full_version != '3.11.*'", False),
        ("python_full_version >= '3.12'", False),
        ("python_version <= '3.11'", True),
        ("'3.9' < python_version", True),
        ("python_version < '3.9'", False),
        ("sys_platform == 'win32'", False),
        ('sys_platform != "win32"', True),
        ("python_full_version < '3.11' and sys_platform == 'win32'", False),
        ("python_full_version < '3.11' or sys_platform == 'linux'", True),
        ("(sys_platform == 'win32' or sys_platform == 'linux') and python_version == '3.11'", True),
        ("sys_platform == 'win32' or sys_platform == 'linux' and python_version == '3.10'", False),
        ("platform_machine in 'x86_64 AMD64'", True),
        ("platform_machine not in 'x86_64 AMD64'", False),
    ],
)
def test_markers(marker, expected):
    assert holds(marker, LINUX_311) is expected


@pytest.mark.parametrize(
    "marker",
    [
        "python_version",
        "python_version <",
        "nonsense == '1'",
        "(python_version < '3'",
        "os_name ~= 'nt'",
        "1 ; 2",
        "a b c d",
    ],
)
def test_what_is_no_marker_is_refused(marker):
    with pytest.raises(InvalidParameterError):
        holds(marker, LINUX_311)


def test_the_real_lock_resolves_to_one_version_of_each_package():
    lock = requirements_file(ROOT / "glacier_mapper")
    for version in ("3.10.1", "3.11.7", "3.12.0", "3.13.2"):
        names = [package.name for package in read_packages(lock, version)]
        assert len(names) == len(set(names))
        assert {"numpy", "rasterio", "shapely", "onnxruntime", "requests"} <= set(names)


def test_a_lock_file_is_found_inside_a_package_first_then_beside_it(tmp_path):
    package = tmp_path / "glacier_mapper"
    package.mkdir()
    with pytest.raises(MissingFileError):
        requirements_file(package)
    beside = tmp_path / "requirements" / "runner.txt"
    inside = package / "requirements" / "runner.txt"
    for path in (beside, inside):
        path.parent.mkdir()
        path.write_text("a==1\n")
        assert requirements_file(package) == path


def test_only_pins_count_for_the_checksum(tmp_path):
    path = tmp_path / "runner.txt"
    path.write_bytes(b"numpy==1\n    # via x\nscipy==2\n")
    first = lock_hash(path)
    path.write_bytes(b"numpy==1\r\nscipy==2\r\n# other\r\n")
    assert lock_hash(path) == first
    path.write_bytes(b"numpy==1\nscipy==3\n")
    assert lock_hash(path) != first


@pytest.mark.parametrize(
    ("accelerator", "python", "pin"),
    [
        (Accelerator.CPU, "3.11.7", "onnxruntime==1.32.0"),
        (Accelerator.CUDA, "3.11.7", "onnxruntime-gpu[cuda,cudnn]==1.31.1"),
        (Accelerator.CUDA, "3.10.2", "onnxruntime-gpu[cuda,cudnn]==1.23.2"),
        (Accelerator.DIRECTML, "3.12.0", "onnxruntime-directml==1.24.4"),
    ],
)
def test_the_accelerator_replaces_one_package(tmp_path, accelerator, python, pin):
    path = tmp_path / "runner.txt"
    path.write_text("numpy==2.4.6\nonnxruntime==1.32.0\n")
    assert [package.pin for package in read_packages(path, python, accelerator)] == ["numpy==2.4.6", pin]


def test_sizes_add_up():
    assert sizes_mb(["numpy", "scipy"]) == (52, round(71.4 + 142.9 + PIP_MB))
    assert sizes_mb(["unheard-of"] * 10) == (1, round(3 + PIP_MB))
    assert sizes_mb([], managed_python=True) == (35, 110)


PIP_LINES = """\
Collecting numpy==2.4.6 (from -r packages.txt (line 2))
  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl (16.9 MB)
Collecting scipy==1.17.1
Requirement already satisfied: affine==3.0.1 in ./venv
Installing collected packages: numpy, scipy
Successfully installed numpy-2.4.6 scipy-1.17.1""".splitlines()


def test_the_output_of_pip_gives_progress():
    progress, seen = InstallProgress(4), []
    for line in PIP_LINES:
        progress.take(line)
        seen.append((round(progress.fraction, 2), progress.detail))
    assert seen == [(0.2, "numpy"), (0.2, "numpy"), (0.4, "scipy"), (0.6, "affine"), (0.8, ""), (1.0, "")]


def test_the_output_of_uv_gives_progress():
    progress = InstallProgress(2)
    told = [
        progress.take(line) for line in ("Downloaded numpy", "Prepared 2 packages in 1s", "Installed 2 packages in 9ms")
    ]
    assert told == [True, True, True]
    assert progress.fraction == 1.0
    assert not progress.take(" + numpy==2.4.6")


@pytest.mark.parametrize(
    ("line", "host"),
    [
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(\"HTTPSConnection(host='pypi.org'): "
            "Failed to resolve\")': /simple/numpy/",
            "pypi.org",
        ),
        ("error: Failed to fetch: `https://me:pw@mirror.example/simple/a/` dns error", "mirror.example"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] unable to get issuer'))", "pypi.org"),
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))", "pypi.org"),
        (
            "ReadTimeoutError: HTTPSConnectionPool(host='files.pythonhosted.org'): Read timed out.",
            "files.pythonhosted.org",
        ),
    ],
    ids=["no name", "uv", "certificate", "proxy", "timeout"],
)
def test_a_network_failure_names_the_host(line, host):
    later = "ERROR: No matching distribution found for numpy==2.4.6"
    error = failure("install", [line, later], offline=False)
    assert type(error) is NoNetworkError
    assert error.details["host"] == host


def test_any_other_failure_names_the_step_and_the_last_error():
    lines = ["Collecting a", "ERROR: No matching distribution found for numpy==9", "[notice] A new release of pip"]
    error = failure("install", lines, offline=False)
    assert type(error) is SetupError
    assert error.details == {"step": "install", "reason": "No matching distribution found for numpy==9."} or (
        "No matching distribution found for numpy==9" in error.details["reason"]
    )


def test_offline_a_network_word_is_no_network_failure():
    assert type(failure("install", ["error: dns error"], offline=True)) is SetupError


def test_an_error_keeps_the_lines_that_explain_it():
    lines = [
        "Using Python 3.11",
        "error: No solution found when resolving dependencies:",
        "  ╰─▶ Because tiny is missing",
        "",
    ]
    assert last_error(lines) == "error: No solution found when resolving dependencies: Because tiny is missing"
    assert last_error([]) == "no output"
    assert last_error(["only this"]) == "only this"


@pytest.mark.parametrize("line", ["OSError: [Errno 28] No space left on device", "error: os error 28"])
def test_a_full_disk_is_recognised(line):
    assert is_disk_full(["a", line])
    assert not is_disk_full(["a"])


@pytest.mark.parametrize(
    ("answer", "platform", "gpu", "choices"),
    [
        (None, "linux", "", (Accelerator.CPU,)),
        ("", "linux", "", (Accelerator.CPU,)),
        (None, "win32", "", (Accelerator.CPU, Accelerator.DIRECTML)),
        ("NVIDIA RTX A2000, 580.65.06", "linux", "NVIDIA RTX A2000", (Accelerator.CPU, Accelerator.CUDA)),
        ("NVIDIA RTX A2000, 580.65\nSecond, 580.65", "win32", "NVIDIA RTX A2000", (Accelerator.CPU, Accelerator.CUDA)),
        ("NVIDIA GTX 970, 470.42.01", "linux", "NVIDIA GTX 970", (Accelerator.CPU,)),
        ("No devices were found", "linux", "", (Accelerator.CPU,)),
        ("Strange, driver", "linux", "Strange", (Accelerator.CPU,)),
    ],
    ids=["no tool", "silent", "windows", "new driver", "two", "old driver", "no device", "odd driver"],
)
def test_the_gpu_is_found_and_the_processor_suggested(answer, platform, gpu, choices):
    hardware = detect_hardware(lambda: answer, platform)
    assert hardware.gpu == gpu
    assert hardware.choices == choices
    assert hardware.suggested is Accelerator.CPU
    assert str(hardware.reason).endswith((".", "processor."))


def test_the_environment_is_cleaned_of_qgis(monkeypatch):
    before = {
        "PATH": os.pathsep.join(
            ["/opt/QGIS 3.40/bin", "/usr/bin", "/opt/osgeo4w/bin", "/apps/gis/bin", "/home/me/bin"]
        ),
        "LD_LIBRARY_PATH": "/opt/qgis/lib",
        "QGIS_PREFIX_PATH": "/apps/gis",
        "PYTHONHOME": "x",
        "PYTHONPATH": "x",
        "PYTHONEXECUTABLE": "x",
        "PythonUtf8": "1",
        "VIRTUAL_ENV": "x",
        "GDAL_DATA": "x",
        "GDAL_DRIVER_PATH": "x",
        "PROJ_LIB": "x",
        "PROJ_DATA": "x",
        "__PYVENV_LAUNCHER__": "x",
        "QT_PLUGIN_PATH": "x",
        "PIP_TARGET": "x",
        "HOME": "/home/me",
        "LANG": "de_CH.UTF-8",
        "HTTPS_PROXY": "http://p:1",
        "PIP_INDEX_URL": "https://mirror",
    }
    after = cleaned_environment(before)
    assert after == {
        "PATH": os.pathsep.join(["/usr/bin", "/home/me/bin"]),
        "HOME": "/home/me",
        "LANG": "de_CH.UTF-8",
        "HTTPS_PROXY": "http://p:1",
        "PIP_INDEX_URL": "https://mirror",
    }


def test_a_system_wide_qgis_costs_no_system_folder():
    path = os.pathsep.join(["/usr/local/bin", "/usr/bin"])
    assert cleaned_environment({"PATH": path, "QGIS_PREFIX_PATH": "/usr"}) == {"PATH": path}


@pytest.mark.parametrize(
    ("proxy", "url"),
    [
        (ProxySettings("proxy.example"), "http://proxy.example:8080"),
        (ProxySettings("proxy.example", 3128, "me"), "http://me@proxy.example:3128"),
        (ProxySettings("p", 1, "dom\\me", "a@b:c/d%"), "http://dom%5Cme:a%40b%3Ac%2Fd%25@p:1"),
        (ProxySettings("p", 1080, scheme="socks5"), "socks5://p:1080"),
    ],
    ids=["plain", "user", "specials", "socks"],
)
def test_the_url_of_a_proxy(proxy, url):
    assert proxy.url == url


def test_passwords_are_taken_out_of_texts():
    proxy = ProxySettings("p", 1, "me", "pa/ss@word")
    clean = Redactor(proxy)
    for text in (f"proxy {proxy.url} failed", "raw pa/ss@word", "quoted pa%2Fss%40word"):
        assert "ss" not in clean(text).replace("failed", "")
    assert "pa/ss" not in repr(proxy)
    assert without_credentials("https://u:p@host/a and http://x@y") == "https://***@host/a and http://***@y"
    assert without_credentials("mail a@b.c, no url") == "mail a@b.c, no url"


@pytest.fixture
def installer(tmp_path):
    def build(kind="venv", python=None, **options):
        maker = Maker(kind, Path("/bin/maker"), "1", "3.11.0", python)
        return Installer(maker, Layout(tmp_path), SetupOptions(**options))

    return build


@pytest.mark.parametrize("kind", ["venv", "uv"])
def test_secrets_are_in_the_environment_and_not_in_the_arguments(installer, kind, tmp_path):
    proxy = ProxySettings("p", 1, "me", "hunter2", no_proxy=("localhost", "intranet"))
    made = installer(kind, proxy=proxy, index_url="https://u:hunter2@mirror/simple", ca_bundle=tmp_path)
    for command in (made.create_command(), made.install_command(), made.install_command(force=True)):
        assert "hunter2" not in " ".join(command)
    variables = made.environment()
    assert variables["HTTPS_PROXY"] == variables["https_proxy"] == "http://me:hunter2@p:1"
    assert variables["NO_PROXY"] == "localhost,intranet"
    assert variables["SSL_CERT_FILE"] == variables["PIP_CERT"] == str(tmp_path)
    assert variables["PIP_INDEX_URL"] == variables["UV_DEFAULT_INDEX"] == "https://u:hunter2@mirror/simple"
    assert "PYTHONHOME" not in variables


@pytest.mark.parametrize("kind", ["venv", "uv"])
def test_offline_means_that_no_index_is_asked(installer, kind, tmp_path):
    command = installer(kind, wheel_folder=tmp_path).install_command()
    assert command[command.index("--find-links") + 1] == str(tmp_path)
    assert "--no-index" in command
    assert "--no-index" not in installer(kind).install_command()


def test_uv_takes_the_python_it_is_given_and_else_its_own(installer):
    assert "/my/python" in installer("uv", Path("/my/python")).create_command()
    assert "--managed-python" in installer("uv").create_command()


def test_nothing_is_ever_compiled(installer):
    for kind in ("venv", "uv"):
        command = installer(kind).install_command()
        assert command[command.index("--only-binary") + 1] == ":all:"


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts as programs")


@posix
def test_uv_goes_first_and_takes_a_python_of_the_machine_on_linux(tmp_path):
    uv = program(tmp_path / "bin" / "uv", "echo uv 9.8.7")
    maker = find_maker(SetupOptions(python=Path(sys.executable)), tmp_path)
    assert (maker.kind, maker.program, maker.version) == ("uv", uv, "9.8.7")
    assert maker.python == Path(sys.executable)
    assert not maker.fetches_python


@posix
def test_a_uv_that_does_not_work_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    program(tmp_path / "bin" / "uv", "exit 1")
    maker = find_maker(SetupOptions(python=Path(sys.executable)), tmp_path)
    assert (maker.kind, maker.program) == ("venv", Path(sys.executable))


@posix
@pytest.mark.parametrize("answer", ["echo 3.9.18", "echo 2.7", "exit 1", "echo no version"])
def test_a_python_that_is_too_old_or_has_no_venv_is_passed_over(tmp_path, monkeypatch, answer):
    python = program(tmp_path / "python3", answer)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("glacier_mapper.runner_client.makers._of_this_process", lambda: iter(()))
    with pytest.raises(NoPythonError) as caught:
        find_maker(SetupOptions(maker="venv"), tmp_path)
    assert str(python) in str(caught.value)


@posix
def test_offline_the_python_that_the_wheels_were_built_for_is_taken(tmp_path, monkeypatch):
    program(tmp_path / "python3.12", "echo 3.12.1")
    fitting = program(tmp_path / "python3.10", "echo 3.10.4")
    (tmp_path / "numpy-2-cp310-cp310-manylinux_x86_64.whl").touch()
    (tmp_path / "protobuf-7-cp39-abi3-manylinux_x86_64.whl").touch()
    (tmp_path / "affine-3-py3-none-any.whl").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("glacier_mapper.runner_client.makers._of_this_process", lambda: iter(()))
    assert wheel_minors(tmp_path) == {(3, 10)}
    assert find_maker(SetupOptions(maker="venv", wheel_folder=tmp_path), tmp_path).program == fitting
    assert wheel_minors(None) == frozenset()


@pytest.mark.parametrize("executable", ["/apps/qgis-bin.exe", "/usr/bin/qgis", ""])
def test_qgis_itself_is_never_taken_for_a_python(monkeypatch, executable):
    from glacier_mapper.runner_client import makers

    monkeypatch.setattr(makers.sys, "executable", executable)
    assert Path(executable) not in set(makers._of_this_process())


@posix
def test_a_probe_returns_text_or_none(tmp_path):
    assert probe([str(program(tmp_path / "a", "echo hello"))]) == "hello"
    assert probe([str(program(tmp_path / "b", "exit 3"))]) is None
    assert probe([str(tmp_path / "missing")]) is None
    assert probe([str(program(tmp_path / "c", "sleep 5"))], timeout_s=0.2) is None


@posix
def test_a_program_is_run_line_by_line(tmp_path):
    lines = []
    result = run(
        [str(program(tmp_path / "a", "echo ü; echo two >&2; exit 4"))], os.environ, lines.append, lambda: False
    )
    assert (result.code, result.lines, lines) == (4, ["ü", "two"], ["ü", "two"])
    assert result.text == "ü\ntwo"
