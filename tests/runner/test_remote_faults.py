"""What a server, or what stands between, can do wrong, each on a real connection over loopback."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time

import numpy as np
import pytest
from remote_helpers import (
    LocalPredictor,
    LoopbackServer,
    asked,
    binary_answer,
    certificate_files,
    feeds_of,
    never_local,
    no_thread_stays,
)
from tiny_networks import tiny_package

from glacier_mapper.core.model_errors import (
    ServerAccessError,
    ServerAnswerError,
    ServerCertificateError,
    ServerError,
    ServerUnreachableError,
)
from glacier_mapper.runner.models import remote, remote_access, remote_http
from glacier_mapper.runner.models.remote import describe_server, open_remote, remember_credentials
from glacier_mapper.runner.models.remote_access import ServerAddress
from glacier_mapper.runner.models.remote_http import Connection, Patience, Question

QUICK = Patience(tries=4, first_wait_s=0.01)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LOGIN = "s3cret-t0ken-9f8e"


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(remote_access, "_remembered", {})
    monkeypatch.setattr(remote, "_known", {})
    monkeypatch.setattr(remote, "LEAST_LIMIT_S", 1.0)
    with no_thread_stays():
        yield


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return tiny_package(tmp_path_factory.mktemp("faults") / "tiny", side=32)


@pytest.fixture
def server(package):
    with LoopbackServer(package) as one:
        yield one


@pytest.fixture
def predictor(package, server):
    """Opened while the server behaves; one that stops when it does not."""
    one = open_remote(package, asked(server.url, on_server_loss="stop", batch=2), never_local)
    server.requests.clear()
    yield one
    one.close()


def ask(server, patience=QUICK, **more):
    connection = Connection(ServerAddress.parse(server.url))
    try:
        return connection.ask(Question("GET", "/v2", **{"limit_s": 0.3, **more}), patience)
    finally:
        connection.close()


def only_infer(fault):
    return lambda call: call.number > 0 and fault(call)


def truth(package, feeds):
    return LocalPredictor(package).infer(feeds)


def test_a_server_that_behaves_gives_what_the_network_gives(package, predictor):
    feeds = feeds_of(package, 2)
    assert np.array_equal(predictor.infer(feeds), truth(package, feeds))


def test_connections_are_kept(package, server, predictor):
    server.peers.clear()
    for seed in range(6):
        predictor.infer(feeds_of(package, 1, seed))
    assert len(server.peers) == 1


# --- answers that are none


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (lambda c: c.raw(b"\x00\xff\xfe rubbish \r\n\r\n"), "what is no HTTP"),
        (lambda c: c.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "what is no HTTP"),
        (lambda c: c.raw(b"HTTP/1.1 " + b"2" * 70_000 + b"\r\n\r\n"), "what is no HTTP"),
        (lambda c: c.send(200, b"\x93NUMPY garbage"), "no JSON"),
        (lambda c: c.send(200, b"<html>Welcome to the hotel's network</html>"), "no JSON"),
        (lambda c: c.send(200, b"{}", Content_Encoding="gzip"), "compressed"),
        (lambda c: c.send(200, b"{}", Content_Length=10**15), "an answer of 1000000000000000 bytes"),
        (lambda c: c.send(200, b"{}", Content_Length="9" * 40), "an answer of 999999999999999999 bytes"),
        (lambda c: c.raw(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 20), "an answer without end"),
        (lambda c: c.send(302, Location="https://evil.example/v2?token=1"), "sends on to https://evil.example/v2;"),
        (lambda c: c.send(200, binary_answer(np.ones((1, 2, 8, 8)))[0], Content_Length=20), "no JSON"),
    ],
    ids=["garbage", "ssh", "long-line", "numpy", "html", "gzip", "huge", "huger", "endless", "redirect", "cut-short"],
)
def test_what_is_no_answer_is_refused_at_once(package, server, predictor, fault, reason):
    server.fault = only_infer(fault)
    with pytest.raises(ServerAnswerError) as caught:
        predictor.infer(feeds_of(package))
    assert reason in str(caught.value)
    assert server.url in str(caught.value)
    assert len(server.requests) == 1


def test_a_redirect_is_not_followed_and_no_credentials_go_elsewhere(package):
    with LoopbackServer(package) as elsewhere, LoopbackServer(package) as server:
        remember_credentials(server.url, {"Authorization": f"Bearer {LOGIN}"})
        server.fault = lambda call: call.send(307, Location=elsewhere.url + call.path)
        with pytest.raises(ServerAnswerError):
            open_remote(package, asked(server.url), never_local)
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda c: c.hang_up(),
        lambda c: c.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
        lambda c: c.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhalf"),
        lambda c: c.raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
        lambda c: c.send(503),
        lambda c: c.send(429, Retry_After=0),
        lambda c: c.send(502, b"<html>bad gateway</html>"),
        lambda c: c.send(504, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT"),
    ],
    ids=["hangs-up", "half-a-body", "half-a-chunk", "half-a-header", "503", "429", "502", "504"],
)
def test_a_fault_that_passes_is_waited_for(package, server, predictor, monkeypatch, fault):
    monkeypatch.setattr(predictor._remote, "_patience", QUICK)
    before, feeds = server.inferences, feeds_of(package)
    server.fault = only_infer(lambda call: call.number <= before + 2 and fault(call))
    assert np.array_equal(predictor.infer(feeds), truth(package, feeds))
    assert server.inferences == before + 3


def test_a_fault_that_stays_is_given_up_after_the_tries(server):
    server.fault = lambda call: call.send(503, b'{"error": "all instances are busy"}')
    with pytest.raises(ServerUnreachableError, match=r"all instances are busy \(HTTP 503\)"):
        ask(server)
    assert len(server.requests) == QUICK.tries


def test_half_a_body_says_so(server):
    server.fault = lambda call: call.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    with pytest.raises(ServerUnreachableError, match="in the middle of its answer"):
        ask(server)


def test_retry_after_is_heeded_and_bounded(server):
    server.fault = lambda call: len(server.requests) == 1 and call.send(503, Retry_After=1)
    started = time.monotonic()
    assert ask(server).status == 200
    assert 0.95 < time.monotonic() - started < 3
    assert Patience(most_wait_s=7).wait_s(1, 86_400.0) == 7
    assert Patience().wait_s(1, None) <= 0.2
    assert 0.4 <= Patience(first_wait_s=0.2).wait_s(3, None) <= 0.8
    assert Patience(most_wait_s=3).wait_s(50, None) <= 3


def test_waiting_ends_when_the_server_is_given_up(server):
    server.fault = lambda call: call.send(503, Retry_After=14)
    connection = Connection(ServerAddress.parse(server.url))
    threading.Timer(0.2, connection.give_up).start()
    started = time.monotonic()
    with pytest.raises(ServerUnreachableError):
        connection.ask(Question("GET", "/v2"), Patience(tries=9))
    assert time.monotonic() - started < 3
    connection.close()


# --- time


@pytest.mark.parametrize(
    "fault",
    [
        lambda c, s: c.sleep(30, s.stopped),
        lambda c, s: c.raw(*[bytes([one]) for one in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 99], pause_s=0.05),
        lambda c, s: c.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b" "] * 99, pause_s=0.05),
        lambda c, s: c.raw(CHUNKED, *[b"1\r\n \r\n"] * 99, pause_s=0.05),
    ],
    ids=["silent", "dripping-headers", "dripping-body", "dripping-chunks"],
)
def test_a_half_dead_server_is_found_by_the_time_it_takes(server, fault):
    server.fault = lambda call: fault(call, server)
    started = time.monotonic()
    with pytest.raises(ServerUnreachableError, match="in time"):
        ask(server)
    assert time.monotonic() - started < 3
    assert len(server.requests) == remote_http.TIMEOUT_TRIES


def test_a_server_that_takes_connections_and_reads_nothing_is_found_too():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        connection = Connection(ServerAddress.parse(f"http://127.0.0.1:{deaf.getsockname()[1]}"))
        with pytest.raises(ServerUnreachableError, match="does not answer in time"):
            connection.ask(Question("GET", "/v2", limit_s=0.2), QUICK)
        connection.close()


def test_a_close_ends_a_body_that_nobody_takes():
    """A server that was stopped fills its buffers, and then the sending waits."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        connection = Connection(ServerAddress.parse(f"http://127.0.0.1:{deaf.getsockname()[1]}"))
        body = remote.request_body({"x": np.zeros((1, 1, 2000, 3000), np.float32)}, "", "1", binary=True)
        raised, started = [], threading.Event()

        def ask_it():
            started.set()
            try:
                connection.ask(Question("POST", "/v2/models/x/infer", body, limit_s=60.0))
            except ServerUnreachableError as exc:
                raised.append(exc)

        thread = threading.Thread(target=ask_it)
        thread.start()
        started.wait()
        peer, _ = deaf.accept()
        time.sleep(0.3)
        connection.close()
        thread.join(10)
        assert not thread.is_alive()
        assert len(raised) == 1
        peer.close()


def test_a_slow_upload_has_its_own_time(package, monkeypatch):
    """The body leaves for longer than the time for connecting and than the time for the answer."""
    monkeypatch.setattr(remote_http, "CONNECT_S", 0.2)
    got = []
    with socket.create_server(("127.0.0.1", 0)) as slow:
        def take():
            peer, _ = slow.accept()
            with peer:
                total, end = 0, time.monotonic() + 0.8
                while total < 12_000_000 and (piece := peer.recv(1 << 16)):
                    total += len(piece)
                    time.sleep(0.02 if time.monotonic() < end else 0)
                got.append(total)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        thread = threading.Thread(target=take)
        thread.start()
        connection = Connection(ServerAddress.parse(f"http://127.0.0.1:{slow.getsockname()[1]}"))
        body = remote.request_body({"x": np.zeros((1, 1, 1000, 3000), np.float32)}, "", "1", binary=True)
        answer = connection.ask(Question("POST", "/v2/models/x/infer", body, limit_s=0.6))
        thread.join()
        connection.close()
    assert answer.status == 200
    assert got[0] >= 12_000_000


def test_nobody_there(package):
    with LoopbackServer(package) as gone:
        pass
    with pytest.raises(ServerUnreachableError, match="the connection is refused"):
        open_remote(package, asked(gone.url, on_server_loss="stop"), never_local)
    with pytest.raises(ServerUnreachableError, match="its name is not known"):
        describe_server("http://no-such-host.invalid:8000")


# --- access


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_told_at_once_and_shows_no_secret(package, server, caplog, status):
    caplog.set_level(logging.DEBUG)
    remember_credentials(server.url, {"Authorization": f"Bearer {LOGIN}"})
    server.fault = lambda call: call.send(status, f'{{"error": "wrong: Bearer {LOGIN}"}}'.encode())
    with pytest.raises(ServerAccessError) as caught:
        open_remote(package, asked(server.url), never_local)
    assert len(server.requests) == 1
    assert f"HTTP {status}" in str(caught.value)
    assert LOGIN not in str(caught.value) + json.dumps(caught.value.to_json()) + caplog.text


def test_the_credentials_of_a_server_are_shown_to_it_and_cookies_are_not_kept(package, server):
    remember_credentials(server.url, {"Authorization": f"Bearer {LOGIN}"})
    server.fault = lambda call: call.path == "/v2" and call.send(200, b"{}", Set_Cookie="a=b")
    describe_server(server.url)
    describe_server(server.url)
    assert {one["Authorization"] for one in server.seen_headers} == {f"Bearer {LOGIN}"}
    assert [one for one in server.seen_headers if "Cookie" in one] == []


def test_a_login_of_netrc_is_shown_as_basic_authentication(package, server, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ana password pw\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    describe_server(server.url)
    assert server.seen_headers[0]["Authorization"] == "Basic YW5hOnB3"


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(package, server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert describe_server(server.url)["live"]


def test_a_proxy_of_the_environment_is_used_for_others(package, server, monkeypatch):
    """The proxy is the loopback server; it sees the whole address."""
    monkeypatch.setenv("http_proxy", f"http://ana:pw12@127.0.0.1:{server.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    server.fault = lambda call: call.send(503)
    with pytest.raises(ServerUnreachableError) as caught:
        describe_server("http://gpu.example:8000")
    assert server.requests[0][1] == "http://gpu.example:8000/v2/health/live"
    assert "pw12" not in str(caught.value)


# --- TLS


def test_a_self_signed_certificate_is_trusted_only_where_its_file_was_given(package, tmp_path):
    certificate = certificate_files(tmp_path)
    with LoopbackServer(package, certificate=certificate) as server:
        with pytest.raises(ServerCertificateError, match=r"self.signed"):
            open_remote(package, asked(server.url), never_local)
        assert server.requests == []
        remember_credentials(server.url, {}, certificate[0])
        feeds = feeds_of(package)
        predictor = open_remote(package, asked(server.url, on_server_loss="stop"), never_local)
        assert np.array_equal(predictor.infer(feeds), truth(package, feeds))
        predictor.close()


def test_a_certificate_of_another_host_is_not_trusted(package, tmp_path):
    certificate = certificate_files(tmp_path, "gpu.example")
    with LoopbackServer(package, certificate=certificate) as server:
        remember_credentials(server.url, {}, certificate[0])
        with pytest.raises(ServerCertificateError, match=r"127\.0\.0\.1"):
            describe_server(server.url)


@pytest.mark.parametrize("content", [None, "", "no certificate"], ids=["missing", "empty", "text"])
def test_a_file_without_certificates_is_named(package, tmp_path, content):
    own = certificate_files(tmp_path)
    wrong = tmp_path / "wrong.pem"
    if content is not None:
        wrong.write_text(content)
    with LoopbackServer(package, certificate=own) as server:
        remember_credentials(server.url, {}, str(wrong))
        with pytest.raises(ServerCertificateError, match=r"wrong\.pem"):
            describe_server(server.url)


def test_tls_asked_of_a_server_without_it_is_no_matter_of_trust(server):
    with pytest.raises(ServerUnreachableError, match="TLS"):
        describe_server(server.url.replace("http:", "https:"))


# --- what a predictor makes of it


def test_a_batch_that_is_too_large_is_halved(package, server, predictor):
    """A server out of memory says 500, a gateway with a limit says 413."""
    def too_large(call):
        return len(call.body) > 3 * 8 * 32 * 32 * 4 and call.send(413 if call.number % 2 else 500, b"too large")

    server.fault = only_infer(too_large)
    feeds = feeds_of(package, 7)
    assert np.array_equal(predictor.infer(feeds), truth(package, feeds))


def test_a_patch_that_fails_alone_is_an_error_with_the_server_s_words(package, server, predictor):
    server.fault = only_infer(lambda call: call.send(500, b'{"error": "CUDA out of memory"}'))
    with pytest.raises(ServerError, match=r"CUDA out of memory \(HTTP 500\)"):
        predictor.infer(feeds_of(package))


@pytest.mark.parametrize(
    ("value", "reason"),
    [(np.nan, "NaN"), (1.5, "values from 1.5 to 1.5"), (-0.1, "values from -0.1"), (np.inf, "inf"),
     (0.0, "classes that sum to 1 only within 1"), (0.3, "classes that sum to 1 only within 0.4")],
)  # fmt: skip
def test_what_is_no_probability_is_an_odd_answer_of_the_server(package, server, predictor, value, reason):
    """The sample was answered rightly, so it is not the network; zeros are what a half-dead device gives."""
    head, tensor = binary_answer(np.full((1, 2, 32, 32), value, np.float32))
    server.fault = only_infer(lambda call: call.send(200, head + tensor, Inference_Header_Content_Length=len(head)))
    with pytest.raises(ServerAnswerError, match=reason):
        predictor.infer(feeds_of(package))


def test_many_threads_get_their_own_answers(package, server, predictor):
    server.fault = only_infer(lambda call: time.sleep(0.02))  # so that they meet there
    expected = {seed: truth(package, feeds_of(package, 1, seed)) for seed in range(24)}
    found = {}

    def work(first):
        for seed in range(first, 24, 4):
            found[seed] = predictor.infer(feeds_of(package, 1, seed))

    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all(np.array_equal(found[seed], expected[seed]) for seed in range(24))
    assert server.most_at_once > 1
