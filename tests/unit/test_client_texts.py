"""What the client reads and writes as text: secrets, markers, GPUs, wheels, stamps, logs and installers' words."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glacier_mapper.core.errors import InvalidParameterError, SetupError
from glacier_mapper.runner_client.hardware import MIN_CUDA_DRIVER, detect_hardware
from glacier_mapper.runner_client.install_output import InstallProgress, failure, last_error
from glacier_mapper.runner_client.log_file import MAX_LINE_BYTES, TAIL_LINES, RotatingLog
from glacier_mapper.runner_client.makers import wheel_minors
from glacier_mapper.runner_client.markers import holds, marker_environment
from glacier_mapper.runner_client.redact import HIDDEN, Redactor, without_credentials
from glacier_mapper.runner_client.setup_values import Accelerator, ProxySettings
from glacier_mapper.runner_client.sizes import PIP_MB, sizes_mb
from glacier_mapper.runner_client.stamp import Stamp, delete_stamp, read_stamp, write_stamp

words = st.text("abcdefgh0123456789", min_size=4, max_size=10)
secrets = st.text("abcXYZ09%/@:?#&=+ $!\\äß", min_size=6, max_size=16).filter(lambda text: text.strip("* "))


class TestRedact:
    @settings(max_examples=100, deadline=None)
    @given(secrets, words)
    def test_no_password_is_left_raw_or_quoted(self, password, user):
        proxy = ProxySettings("proxy.example", 3128, user, password)
        shown = Redactor(proxy)(f"tried {proxy.url}, password {password}, again {proxy.url}/path")
        assert password not in shown
        assert proxy.url not in shown
        assert HIDDEN in shown
        assert "proxy.example:3128" in shown

    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from(["http", "https", "socks5", "git+https", "ftp"]), words, words)
    def test_any_scheme_and_a_lone_token_too(self, scheme, user, password):
        login = without_credentials(f"at {scheme}://{user}:{password}@host/simple and {scheme}://{user}@host")
        assert login == f"at {scheme}://{HIDDEN}@host/simple and {scheme}://{HIDDEN}@host"

    @pytest.mark.parametrize(
        "text",
        ["https://pypi.org/simple/", "a@b.example", "numpy @ file:///w/numpy.whl", "C:\\Users\\x@y", "", "50 % @ 3"],
    )
    def test_what_holds_no_secret_stays(self, text):
        assert without_credentials(text) == text
        assert Redactor()(text) == text
        assert Redactor(ProxySettings("p", 1, "user"))(text) == text

    def test_hidden_twice_is_hidden_once(self):
        once = without_credentials("https://u:p@host/x")
        assert without_credentials(once) == once

    def test_the_longer_form_of_a_secret_goes_first(self):
        # quoted "pa%40": were the raw "pa@" taken first nothing would change, and the other way round neither
        clean = Redactor(ProxySettings("p", 1, "u", "pass@word"))
        assert clean("pass%40word pass@word") == f"{HIDDEN} {HIDDEN}"

    @settings(max_examples=60, deadline=None)
    @given(words, words)
    def test_what_follows_the_question_mark_of_an_address_is_hidden(self, host, token):
        shown = without_credentials(f"asked https://{host}/v2?token={token}&a=b#part, then “https://{host}?{token}”")
        assert shown.startswith(f"asked https://{host}/v2?{HIDDEN}#part, then")
        assert "token=" not in shown
        assert without_credentials(shown) == shown

    def test_a_question_is_no_query(self):
        assert without_credentials("Did https://host/ answer? No.") == "Did https://host/ answer? No."
        assert without_credentials("Is it https://host? Yes.") == "Is it https://host? Yes."

    def test_a_password_with_an_at_sign_in_an_url_that_was_not_quoted(self):
        assert without_credentials("http://u:p@ss@host:1/x") == f"http://{HIDDEN}@host:1/x"


LINUX = {
    "python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": "linux", "platform_system": "Linux",
    "platform_machine": "x86_64", "os_name": "posix", "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}  # fmt: skip
facts = st.sampled_from([
    ("sys_platform == 'linux'", True), ("sys_platform == 'darwin'", False), ("python_full_version >= '3.11'", True),
    ("python_version < '3.10'", False), ("'x86' in platform_machine", True), ("os_name not in 'nt java'", True),
])  # fmt: skip
formulas = st.recursive(
    facts,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda ab: (f"({ab[0][0]}) and ({ab[1][0]})", ab[0][1] and ab[1][1])),
        st.tuples(inner, inner).map(lambda ab: (f"({ab[0][0]}) or ({ab[1][0]})", ab[0][1] or ab[1][1])),
    ),
    max_leaves=6,
)


class TestMarkers:
    @settings(max_examples=120, deadline=None)
    @given(formulas)
    def test_any_formula_has_its_truth(self, formula):
        marker, truth = formula
        assert holds(marker, LINUX) is truth
        assert holds(f"  {marker}  ", LINUX) is truth

    @settings(max_examples=60, deadline=None)
    @given(facts, facts, facts)
    def test_and_binds_before_or(self, a, b, c):
        assert holds(f"{a[0]} or {b[0]} and {c[0]}", LINUX) is (a[1] or (b[1] and c[1]))
        assert holds(f"{a[0]} and {b[0]} or {c[0]}", LINUX) is ((a[1] and b[1]) or c[1])

    @pytest.mark.parametrize(
        ("version", "marker", "truth"),
        [
            ("3.9.18", "python_version < '3.10'", True),
            ("3.10.0", "python_version >= '3.9'", True),
            ("3.12.1", "python_full_version < '3.12'", False),
            ("3.12.0", "python_full_version <= '3.12'", True),
            ("3.12.0", "python_full_version == '3.1.*'", False),
            ("3.13.2", "'3.13' == python_version", True),
        ],
    )
    def test_versions_are_numbers_not_texts(self, version, marker, truth):
        assert holds(marker, marker_environment(version)) is truth

    @pytest.mark.parametrize(
        "marker",
        ["extra == 'gpu'", "python_version ~= '3.11'", "sys_platform < 'm'", "()", "sys_platform == 'linux' or",
         "sys_platform == 'linux' sys_platform == 'linux'", "sys_platform == 'linux", "and", "not in"],
    )  # fmt: skip
    def test_what_can_not_be_decided_is_named_and_never_taken_for_true(self, marker):
        with pytest.raises(InvalidParameterError) as caught:
            holds(marker, LINUX)
        assert marker in str(caught.value)

    @settings(max_examples=100, deadline=None)
    @given(st.text("()andor inot'=<>!~pythsv_3.1 ", max_size=24))
    def test_any_text_is_true_false_or_refused(self, text):
        try:
            assert holds(text, LINUX) in (True, False)
        except InvalidParameterError:
            assert text.strip()


class TestHardware:
    @pytest.mark.parametrize(
        ("answer", "gpu", "driver", "cuda"),
        [
            ("NVIDIA H200, 580.82.07", "NVIDIA H200", "580.82.07", True),
            ("NVIDIA H200, 580.82.07\r\nNVIDIA H200, 580.82.07\r\n", "NVIDIA H200", "580.82.07", True),
            ("  Tesla T4 ,  579.99  ", "Tesla T4", "579.99", False),
            (f"Quadro, {MIN_CUDA_DRIVER}", "Quadro", "580", True),
            ("Quadro, [N/A]", "Quadro", "[N/A]", False),
            ("Quadro,", "", "", False),
            (", 580.1", "", "", False),
            ("Failed to initialize NVML: Driver/library version mismatch", "", "", False),
            ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", "", "", False),
        ],
        ids=["one", "two", "spaces", "just new enough", "no version", "no driver", "no name", "mismatch", "failed"],
    )
    def test_what_nvidia_smi_prints(self, answer, gpu, driver, cuda):
        found = detect_hardware(lambda: answer, "linux")
        assert (found.gpu, found.driver) == (gpu, driver)
        assert (Accelerator.CUDA in found.choices) is cuda
        assert found.suggested is Accelerator.CPU
        assert gpu in str(found.reason)

    def test_a_mac_has_no_cuda_and_a_windows_without_nvidia_has_directml(self):
        assert detect_hardware(lambda: "NVIDIA X, 580.1", "darwin").choices == (Accelerator.CPU,)
        assert detect_hardware(lambda: "", "win32").choices == (Accelerator.CPU, Accelerator.DIRECTML)
        assert "DirectML" in str(detect_hardware(lambda: None, "win32").reason)

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=40), st.sampled_from(["linux", "win32", "darwin"]))
    def test_any_answer_leaves_the_processor(self, answer, platform):
        found = detect_hardware(lambda: answer, platform)
        assert found.choices[0] is found.suggested is Accelerator.CPU
        assert str(found.reason)


class TestLog:
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.binary(max_size=60), max_size=60), st.integers(20, 200), st.integers(1, 4))
    def test_what_is_kept_is_the_end_of_what_was_written(self, tmp_path_factory, lines, max_bytes, backups):
        path = tmp_path_factory.mktemp("log") / "runner.log"
        log = RotatingLog(path, max_bytes, backups)
        for line in lines:
            log.write(line)
        files = [path.with_name(f"runner.log.{n}") for n in range(backups, 0, -1)] + [path]
        kept = b"".join(file.read_bytes() for file in files if file.exists())
        written = b"".join(line.rstrip(b"\r\n") + b"\n" for line in lines)
        assert written.endswith(kept)
        assert bool(kept) is bool(written)
        assert all(file.stat().st_size <= max(max_bytes, 61) for file in files if file.exists())
        assert len(list(path.parent.iterdir())) <= backups + 1

    def test_without_backups_it_starts_anew(self, tmp_path):
        log = RotatingLog(tmp_path / "runner.log", max_bytes=20, backups=0)
        for number in range(10):
            log.write(b"line %d" % number)
        assert (tmp_path / "runner.log").read_bytes() == b"line 8\nline 9\n"
        assert [path.name for path in tmp_path.iterdir()] == ["runner.log"]

    def test_the_tail_is_short_and_long_lines_are_cut(self):
        log = RotatingLog(None)
        for number in range(TAIL_LINES + 5):
            log.write(f"{number} ".encode() + b"x" * 2 * MAX_LINE_BYTES)
        assert len(log.tail(10**6)) == TAIL_LINES
        assert log.tail(10**6)[0].startswith("5 x")
        assert {len(line) for line in log.tail(10**6)} == {MAX_LINE_BYTES}

    def test_threads_never_mix_their_lines(self, tmp_path):
        log = RotatingLog(tmp_path / "runner.log", max_bytes=10**6)

        def write(mark):
            for _ in range(100):
                log.write(mark * 50)

        threads = [threading.Thread(target=write, args=(mark,)) for mark in (b"a", b"b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lines = (tmp_path / "runner.log").read_bytes().splitlines()
        assert sorted(lines) == [b"a" * 50] * 100 + [b"b" * 50] * 100

    def test_a_log_that_was_deleted_meanwhile_goes_on(self, tmp_path):
        log = RotatingLog(tmp_path / "runner.log")
        log.write(b"first")
        (tmp_path / "runner.log").unlink()
        log.write(b"second")
        assert (tmp_path / "runner.log").read_bytes() == b"second\n"


class TestWheels:
    @pytest.mark.parametrize(
        ("names", "minors"),
        [
            (["numpy-2.1-cp311-cp311-manylinux_2_17_x86_64.whl"], {(3, 11)}),
            (["a-1-cp310-cp310-win_amd64.whl", "b-1-cp312-cp312-win_amd64.whl"], {(3, 10), (3, 12)}),
            (["affine-2.4-py3-none-any.whl", "x-1-cp39-abi3-linux.whl", "numpy-2.1.tar.gz"], set()),
        ],
        ids=["compiled", "two", "any Python"],
    )
    def test_the_pythons_they_are_for(self, tmp_path, names, minors):
        for name in names:
            (tmp_path / name).touch()
        assert wheel_minors(tmp_path) == minors

    def test_no_folder_wants_nothing(self, tmp_path):
        assert wheel_minors(None) == wheel_minors(tmp_path / "missing") == frozenset()


class TestStamp:
    STAMP = Stamp("abc", "cpu", "9.8.7", "3.11.7", "uv 0.5.0")

    def test_there_and_back_and_gone(self, tmp_path):
        write_stamp(tmp_path, self.STAMP)
        assert read_stamp(tmp_path) == self.STAMP
        assert [path.name for path in tmp_path.iterdir()] == ["environment.json"]
        delete_stamp(tmp_path)
        delete_stamp(tmp_path)
        assert read_stamp(tmp_path) is None

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"lock_hash": "a"}', b"\xff\xfe", b'"text"'])
    def test_one_that_can_not_be_read_is_none(self, tmp_path, content):
        (tmp_path / "environment.json").write_bytes(content)
        assert read_stamp(tmp_path) is None


class TestInstallers:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from([
        "Collecting numpy", "Collecting scipy", "  Downloaded rasterio", "noise", "", "Successfully installed a-1",
        "Installing collected packages: a", "Prepared 3 packages in 1s"]), max_size=30), st.integers(0, 4))  # fmt: skip
    def test_progress_stays_between_nothing_and_all(self, lines, count):
        progress, seen = InstallProgress(count), []
        for line in lines:
            progress.take(line)
            seen.append(progress.fraction)
        assert all(0.0 <= fraction <= 1.0 for fraction in seen)
        if not any("install" in line.lower() or "Prepared" in line for line in lines):
            assert seen == sorted(seen)
            assert not progress.installing

    def test_the_last_error_is_told_in_one_line(self):
        lines = ["Collecting a", "ERROR: first", "more", "ERROR: No matching distribution", "  for b", "[notice] new"]
        assert last_error(lines) == "ERROR: No matching distribution for b"
        assert isinstance(failure("download", lines, offline=False), SetupError)

    def test_sizes_of_nothing_are_those_of_pip(self):
        assert sizes_mb([]) == (0, round(PIP_MB))
        assert sizes_mb(["unknown-package"] * 10)[0] == 1


def test_a_stamp_is_written_in_one_go(tmp_path: Path):
    (tmp_path / "environment.json.part").write_text("half a stamp")
    write_stamp(tmp_path, TestStamp.STAMP)
    assert read_stamp(tmp_path) == TestStamp.STAMP
    assert not (tmp_path / "environment.json.part").exists()
