"""Addresses, credentials that are matched by address and never shown, proxies."""

from __future__ import annotations

import logging
import traceback

import pytest

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.runner.models import remote_access
from glacier_mapper.runner.models.remote_access import Access, ServerAddress, access_for, remember_credentials

SECRET = "s3cret-t0ken-9f8e"


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch, tmp_path):
    monkeypatch.setattr(remote_access, "_remembered", {})
    monkeypatch.delenv(remote_access.TOKEN_VARIABLE, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy", *remote_access.CA_VARIABLES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("url", "shown", "key"),
    [
        ("http://gpu:8000", "http://gpu:8000", ("http", "gpu", 8000)),
        ("http://GPU.Example/", "http://gpu.example", ("http", "gpu.example", 80)),
        ("https://gpu:443/serve/v2/", "https://gpu/serve", ("https", "gpu", 443)),
        ("https://gpu/v2", "https://gpu", ("https", "gpu", 443)),
        ("http://[::1]:8000", "http://[::1]:8000", ("http", "::1", 8000)),
    ],
)
def test_an_address_has_a_scheme_a_host_a_port_and_a_path_before_v2(url, shown, key):
    address = ServerAddress.parse(url)
    assert (address.url, address.key) == (shown, key)


@pytest.mark.parametrize(
    "url",
    ["gpu:8000", "ftp://gpu", "http://", "http://:80", "http://gpu:99999", "http://gpu:x", "http://u:pw12@gpu",
     "http://gpu/?key=pw12", "http://gpu/#pw12", "http://[::1", "http://gpu:x?token=pw12", "http://[pw12@gpu"],
)  # fmt: skip
def test_anything_else_is_refused_without_its_password(url):
    with pytest.raises(InvalidParameterError) as caught:
        ServerAddress.parse(url)
    assert "pw12" not in str(caught.value)
    assert "pw12" not in str(caught.value.details)
    assert remote_access.TOKEN_VARIABLE in str(caught.value)


@pytest.mark.parametrize(
    ("url", "here"),
    [("http://127.0.0.1", True), ("http://127.9.9.9:1", True), ("http://localhost", True), ("http://a.localhost", True),
     ("http://[::1]:8", True), ("http://gpu", False), ("http://192.168.0.2", False), ("http://localhost.evil", False)],
)  # fmt: skip
def test_proxies_stand_before_other_machines_alone(monkeypatch, url, here):
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    address = ServerAddress.parse(url)
    assert address.is_loopback is here
    assert ("http" in address.proxies()) is not here


def test_no_proxy_is_heeded(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert ServerAddress.parse("https://gpu.inside.example").proxies() == {}
    assert ServerAddress.parse("https://gpu.example").proxies()["https"] == "http://proxy:3128"


@pytest.mark.parametrize(
    ("asked", "known"),
    [("https://gpu:8443", True), ("https://GPU:8443/other/path", True), ("http://gpu:8443", False),
     ("https://gpu", False), ("https://gpu.example:8443", False)],
)  # fmt: skip
def test_credentials_belong_to_scheme_host_and_port(asked, known):
    remember_credentials("https://gpu:8443/triton", {"Authorization": f"Bearer {SECRET}"}, "/ca.pem")
    access = access_for(ServerAddress.parse(asked))
    assert bool(access.headers) is known
    assert access.verify == ("/ca.pem" if known else True)


def test_no_headers_and_no_authority_forget():
    remember_credentials("https://gpu", {"X": SECRET}, "/ca.pem")
    remember_credentials("https://gpu", {}, "/ca.pem")
    assert access_for(ServerAddress.parse("https://gpu")) == Access({}, None, "/ca.pem")
    remember_credentials("https://gpu", {})
    assert access_for(ServerAddress.parse("https://gpu")) == Access()
    assert remote_access._remembered == {}


@pytest.mark.parametrize(
    "headers",
    [{"A b": SECRET}, {"": SECRET}, {"A": f"{SECRET}\r\nB: 1"}, {"A": f"{SECRET}\n"}, {"Ä": SECRET}, {"A": "☃"}],
)
def test_headers_that_http_does_not_allow_are_refused_without_being_shown(headers):
    with pytest.raises(InvalidParameterError) as caught:
        remember_credentials("https://gpu", headers)
    assert SECRET not in str(caught.value)
    assert remote_access._remembered == {}


def test_the_command_line_takes_the_token_from_the_environment(monkeypatch):
    monkeypatch.setenv(remote_access.TOKEN_VARIABLE, f" {SECRET}\n")
    assert access_for(ServerAddress.parse("https://gpu")).headers == {"Authorization": f"Bearer {SECRET}"}
    remember_credentials("https://gpu", {"Authorization": "Basic abc"})
    assert access_for(ServerAddress.parse("https://gpu")).headers == {"Authorization": "Basic abc"}


def test_the_command_line_takes_a_login_from_netrc(tmp_path):
    (tmp_path / "netrc").write_text(f"machine gpu login ana password {SECRET}\n")
    access = access_for(ServerAddress.parse("https://gpu:8000"))
    assert access.login == ("ana", SECRET)
    assert access.is_secret
    assert not access_for(ServerAddress.parse("https://other")).is_secret


def test_an_authority_of_the_environment_is_used_where_none_was_given(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/institute.pem")
    assert Access().verify == "/institute.pem"
    assert Access(ca_file="/own.pem").verify == "/own.pem"


def test_nothing_that_is_printed_holds_a_secret():
    access = Access({"Authorization": f"Bearer {SECRET}"}, ("ana", "pa55word"))
    assert SECRET not in repr(access)
    assert "pa55word" not in repr(access)
    said = f"you sent Bearer {SECRET} and {SECRET} by http://ana:pa55word@proxy:1/ with pa55word"
    redacted = access.redact(said)
    assert SECRET not in redacted
    assert "pa55word" not in redacted
    assert redacted.startswith("you sent …")
    assert Access().redact("via http://u:p@proxy:1/x") == "via http://proxy:1/x"
    assert Access().redact("see http://gpu/x?token=hush now") == "see http://gpu/x now"
    assert Access().redact("via http://u:p@ss@proxy:1/x") == "via http://proxy:1/x"


def test_a_server_s_words_become_one_short_printable_line():
    assert Access().redact("a\n\tb\x1b[31m  c\u202e") == "a b [31m c"
    assert len(Access().redact("x" * 5000)) == remote_access.REASON_LENGTH


def test_remembering_logs_nothing_and_keeps_secrets_out_of_tracebacks(caplog):
    caplog.set_level(logging.DEBUG)
    remember_credentials("https://gpu", {"Authorization": f"Bearer {SECRET}"})
    access_for(ServerAddress.parse("https://gpu"))
    try:
        remember_credentials("no address", {"Authorization": SECRET})
    except InvalidParameterError:
        assert SECRET not in traceback.format_exc()
    assert SECRET not in caplog.text
