"""A small server of the protocol on loopback that misbehaves as a test says; and a proxy that asks for a token.

Real servers stand in `real_servers.py`; this one is for what they never do.

    with LoopbackServer(package) as server:
        server.fault = lambda call: call.number == 2 and call.hang_up()
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import onnxruntime
import requests

LENGTH = "Inference-Header-Content-Length"


@dataclass
class Call:
    """A request under way: `number` counts inferences from 1, 0 is anything else."""

    handler: BaseHTTPRequestHandler
    body: bytes
    number: int

    @property
    def path(self):
        return self.handler.path

    @property
    def headers(self):
        return self.handler.headers

    def send(self, status, body=b"", **headers):
        """A whole answer; names of headers with _ for -."""
        self.handler.send_response(status)
        names = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(body)), **names}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body)
        return True

    def raw(self, *pieces, pause_s=0.0, hang_up=True):
        """Bytes as they are, with a pause after each, then the end of the connection."""
        for piece in pieces:
            try:
                self.handler.wfile.write(piece)
                self.handler.wfile.flush()
            except OSError:
                break
            time.sleep(pause_s)
        return self.hang_up() if hang_up else True

    def hang_up(self):
        """The end of the connection."""
        self.handler.close_connection = True
        with contextlib.suppress(OSError):
            self.handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    def sleep(self, seconds, until):
        """Nothing, for a while, or until the server is closed."""
        until.wait(seconds)
        return self.hang_up()


class LoopbackServer:
    """Serves the network of `package` under the card's name; `fault(call)` true means that it has answered.

    `requests` holds (method, path) of every request, `peers` the clients' ports. `binary` false refuses binary
    tensors as MLServer does. `metadata` changes what it says of its model.
    """

    def __init__(self, package=None, *, binary=True, metadata=None, certificate=None, max_batch=8):
        self.fault = lambda call: False
        self.requests, self.peers, self.seen_headers = [], set(), []
        self.most_at_once = 0
        self.stopped = threading.Event()
        self._at_once, self._inferences, self._lock = 0, 0, threading.Lock()
        self._package, self._binary, self._metadata, self._max_batch = package, binary, metadata or {}, max_batch
        self._session = package and onnxruntime.InferenceSession(str(package.model_path))
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_GET(self):
                owner.take(self, b"")

            def do_POST(self):
                owner.take(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

        class Server(ThreadingHTTPServer):
            daemon_threads = False
            block_on_close = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._connections = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Stop at once: nothing listens, and open connections end."""
        if self.stopped.is_set():
            return
        self.stopped.set()
        self._server.shutdown()
        self._server.socket.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._server.server_close()

    @property
    def inferences(self):
        return self._inferences

    def take(self, handler, body):
        """Answer one request, or misbehave."""
        infers = handler.path.endswith("/infer")
        with self._lock:
            self._connections.append(handler.connection)
            self.requests.append((handler.command, handler.path))
            self.peers.add(handler.client_address[1])
            self.seen_headers.append(dict(handler.headers))
            self._inferences += infers
            number = self._inferences if infers else 0
            self._at_once += infers
            self.most_at_once = max(self.most_at_once, self._at_once)
        call = Call(handler, body, number)
        try:
            if not self.fault(call):
                self._answer(call)
        except OSError:
            handler.close_connection = True
        finally:
            with self._lock:
                self._at_once -= infers

    def _answer(self, call):
        name = self._package.card.name if self._package else ""
        path = call.path
        if path == "/v2":
            return self._say(call, {"name": "loopback", "version": "1", "extensions": ["binary_tensor_data"]})
        if path in ("/v2/health/live", "/v2/health/ready", f"/v2/models/{name}/ready"):
            return call.send(200)
        if path == f"/v2/models/{name}":
            return self._say(call, {**self.described(), **self._metadata})
        if path == f"/v2/models/{name}/config":
            return self._say(call, {"max_batch_size": self._max_batch})
        if path == f"/v2/models/{name}/infer":
            return self._infer(call)
        return call.send(404, b'{"error": "unknown"}')

    def _say(self, call, value):
        return call.send(200, json.dumps(value).encode(), Content_Type="application/json")

    def described(self):
        """What the network takes and gives."""
        def tensor(one):
            return {"name": one.name, "datatype": "FP32", "shape": [n if isinstance(n, int) else -1 for n in one.shape]}

        session = self._session
        inputs, outputs = session.get_inputs(), session.get_outputs()
        return {"name": "x", "inputs": [tensor(one) for one in inputs], "outputs": [tensor(one) for one in outputs]}

    def _infer(self, call):
        length = call.headers.get(LENGTH)
        if length is None:
            message, rest = json.loads(call.body), b""
        elif self._binary:
            message, rest = json.loads(call.body[: int(length)]), call.body[int(length) :]
        else:
            return call.send(422, b'{"detail": "not a dictionary"}')
        feeds, start = {}, 0
        for one in message["inputs"]:
            size = one.get("parameters", {}).get("binary_data_size")
            if size is None:
                array = np.array(one["data"], dtype=np.float32)
            else:
                array = np.frombuffer(rest, "<f4", size // 4, start)
                start += size
            feeds[one["name"]] = array.reshape(one["shape"])
        found = self._session.run(None, feeds)[0]
        if length is None:
            return call.send(200, json_answer(found, message["id"]))
        head, tensor = binary_answer(found)
        return call.send(200, head + tensor, Inference_Header_Content_Length=len(head))


def json_answer(found, identity="1"):
    """An answer with its numbers in JSON."""
    output = {"name": "probabilities", "datatype": "FP32", "shape": list(found.shape), "data": found.ravel().tolist()}
    return json.dumps({"id": identity, "outputs": [output]}).encode()


def binary_answer(found, **changes):
    """The JSON and the tensor of an answer; `changes` go into the description of the output."""
    tensor = np.ascontiguousarray(found, "<f4").tobytes()
    parameters = {"binary_data_size": len(tensor)}
    output = {"name": "probabilities", "datatype": "FP32", "shape": list(found.shape), "parameters": parameters}
    return json.dumps({"outputs": [{**output, **changes}]}).encode(), tensor


def certificate_files(folder, host="127.0.0.1"):
    """A self-signed certificate for `host` and its key, made by openssl: (certificate, key)."""
    certificate, key = folder / f"{host}.pem", folder / f"{host}.key"
    subject = f"IP:{host}" if host[0].isdigit() else f"DNS:{host}"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}",
         "-addext", f"subjectAltName={subject}", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return str(certificate), str(key)


class TokenProxy(LoopbackServer):
    """Hands everything on to the server at `target`, to those who show the token; others get 401."""

    def __init__(self, target, authorization, **more):
        super().__init__(None, **more)
        self._target, self._authorization = target, authorization
        self._out = requests.Session()
        self._out.trust_env = False

    def _answer(self, call):
        if call.headers.get("Authorization") != self._authorization:
            return call.send(401, b'{"error": "no valid token"}', WWW_Authenticate="Bearer")
        kept = {name: call.headers[name] for name in (LENGTH, "Content-Type") if name in call.headers}
        answer = self._out.request(
            call.handler.command, self._target + call.path, data=call.body or None, headers=kept, timeout=60
        )
        more = {LENGTH: answer.headers[LENGTH]} if LENGTH in answer.headers else {}
        return call.send(answer.status_code, answer.content, **{k.replace("-", "_"): v for k, v in more.items()})

    def close(self):
        super().close()
        self._out.close()
