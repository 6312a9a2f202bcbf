"""A server, or a proxy before it, that repeats what it was shown: no text holds it in any form."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from remote_helpers import LoopbackServer, asked, never_local
from tiny_networks import tiny_package

from glacier_mapper.core.model_errors import ServerError
from glacier_mapper.runner.models import remote, remote_access
from glacier_mapper.runner.models.remote import describe_server, open_remote, remember_credentials
from glacier_mapper.runner.models.remote_access import Access

NAME, PASSWORD = "anna-of-the-ice", "hünter2/s&cret \"+'x"
ECHOES = {
    "plain": str,
    "upper": str.upper,
    "url": lambda text: quote(text, safe=""),
    "path": quote,
    "form": quote_plus,
    "url-lower": lambda text: quote(text, safe="").lower(),
    "url-latin": lambda text: quote(text.encode("latin-1"), safe=""),
    "page": html.escape,
    "json": lambda text: json.dumps(text)[1:-1],
    "json-slash": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "bytes": lambda text: repr(text.encode())[2:-1],
    "hex": lambda text: text.encode().hex(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64-latin": lambda text: base64.b64encode(text.encode("latin-1")).decode().rstrip("="),
    "base64-url": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "mojibake": lambda text: text.encode().decode("latin-1"),
}


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    monkeypatch.setattr(remote_access, "_remembered", {})
    monkeypatch.setattr(remote, "_known", {})
    monkeypatch.delenv(remote_access.TOKEN_VARIABLE, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return tiny_package(tmp_path_factory.mktemp("echoes") / "tiny", ("optical",), side=32)


def basic(encoding):
    return "Basic " + base64.b64encode(f"{NAME}:{PASSWORD}".encode(encoding)).decode()


ACCESSES = {
    "netrc": Access({}, (NAME, PASSWORD)),
    "header": Access({"Authorization": basic("utf-8")}),
    "latin-1": Access({"authorization": basic("latin-1")}),
    "proxy": Access(proxies={"https": f"http://{quote(NAME)}:{quote(PASSWORD, safe='')}@proxy:3128"}),
}


@pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_no_form_of_a_name_or_a_password_is_shown(access, echo):
    for secret in (NAME, PASSWORD, f"{NAME}:{PASSWORD}"):
        assert access.redact(f"you sent [{echo(secret)}], no") == "you sent […], no"


@pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_nor_the_header_that_is_made_of_them(access, encoding):
    header = basic(encoding)
    for one in (header, header.split()[1], header.split()[1].rstrip("="), quote(header, safe="")):
        said = access.redact(f"refused [{one}]")
        assert header.split()[1].rstrip("=") not in said
        assert PASSWORD not in said


def test_words_that_are_no_secret_stay():
    said = "unknown model, expecting header 'triton-access-token'"
    assert Access({"Authorization": "Basic not/base64!"}, ("me", "")).redact(said) == said


def test_a_login_of_netrc_that_the_server_repeats(package, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login anna password hunter2secret\n")
    sent = base64.b64encode(b"anna:hunter2secret").decode()
    with LoopbackServer(package) as server:
        server.fault = lambda call: call.send(
            403, json.dumps({"error": f"refused {call.headers['Authorization']}"}).encode()
        )
        with pytest.raises(ServerError) as caught:
            open_remote(package, asked(server.url), never_local)
        assert server.seen_headers[0]["Authorization"] == f"Basic {sent}"
    assert sent not in f"{caught.value} {caught.value.to_json()}"
    assert "refused Basic … (HTTP 403)" in str(caught.value)


@pytest.mark.parametrize("login", [("ana", "contraseña"), ("ana", "пароль-☃")], ids=["latin-1", "others"])
def test_a_login_of_any_letters_is_sent(package, tmp_path, login):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login {} password {}\n".format(*login), encoding="utf-8")
    with LoopbackServer(package) as server:
        describe_server(server.url)
        sent = base64.b64decode(server.seen_headers[0]["Authorization"].split()[1])
    assert sent in (":".join(login).encode("utf-8"), ":".join(login).encode("latin-1", "ignore"))


TOKEN = "s3cret-t0ken-9f8e-" * 9


@pytest.mark.parametrize("place", ["input", "datatype", "shape", "output", "answer", "extension"])
def test_a_token_that_stands_where_none_is_looked_for(package, place):
    """Also no piece of it, where what a server says is cut."""

    def fault(call):
        if call.path == "/v2" and place == "extension":
            return call.send(200, json.dumps({"extensions": [f"x{TOKEN}"]}).encode())
        if call.path.endswith("/infer") and place == "answer":
            outputs = [{"name": "probabilities", "datatype": TOKEN, "shape": [TOKEN]}]
            return call.send(200, json.dumps({"outputs": outputs}).encode())
        if call.path != "/v2/models/tiny":
            return False
        said = server.described()
        one = said["inputs"][0]
        changed = {"input": {"name": TOKEN}, "datatype": {"datatype": TOKEN}, "shape": {"shape": [TOKEN]}}
        one.update(changed.get(place, {}))
        if place == "output":
            said["outputs"][0]["name"] = TOKEN
        return call.send(200, json.dumps(said).encode())

    with LoopbackServer(package) as server:
        remember_credentials(server.url, {"Authorization": f"Bearer {TOKEN}"})
        server.fault = fault
        said = repr(describe_server(server.url))
        if place != "extension":
            with pytest.raises(ServerError) as caught:
                open_remote(package, asked(server.url), never_local)
            said = f"{caught.value} {caught.value.to_json()}"
    assert "s3cret" not in said
