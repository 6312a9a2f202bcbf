"""A package's network behind a real MLServer on loopback, HTTP and JSON alone. Runs in .venv-servers.

    python serve_mlserver.py --model NAME=model.onnx [--model ...] --port N --grpc-port M

Ends with its stdin.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

import onnxruntime
from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import NumpyCodec
from mlserver.settings import ModelParameters
from mlserver.types import InferenceResponse, MetadataTensor


class OnnxModel(MLModel):
    """A runtime of MLServer that computes with ONNX Runtime."""

    async def load(self) -> bool:
        """Load the network and say what it takes and gives."""
        path = self.settings.parameters.uri
        self._session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.inputs = [described(one) for one in self._session.get_inputs()]
        self.outputs = [described(one) for one in self._session.get_outputs()]
        return True

    async def predict(self, payload):
        """All outputs of the network for the payload's inputs."""
        feeds = {one.name: NumpyCodec.decode_input(one) for one in payload.inputs}
        names = [one.name for one in self._session.get_outputs()]
        found = await asyncio.to_thread(self._session.run, names, feeds)
        outputs = [NumpyCodec.encode_output(name, value) for name, value in zip(names, found)]
        return InferenceResponse(model_name=self.name, id=payload.id, outputs=outputs)


def described(tensor) -> MetadataTensor:
    """A tensor as metadata have it, -1 where a dimension is free."""
    shape = [size if isinstance(size, int) else -1 for size in tensor.shape]
    return MetadataTensor(name=tensor.name, datatype="FP32", shape=shape)


def settings_of(text: str) -> ModelSettings:
    """NAME=path as MLServer's settings of a model."""
    name, path = text.split("=", 1)
    return ModelSettings(name=name, implementation="serve_mlserver.OnnxModel", parameters=ModelParameters(uri=path))


def end_with_stdin() -> None:
    """Stop this process when its parent is gone."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until stdin is closed."""
    sys.path.insert(0, str(Path(__file__).parent))
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--grpc-port", type=int, required=True)
    options = parser.parse_args()
    threading.Thread(target=end_with_stdin, daemon=True).start()
    settings = Settings(
        host="127.0.0.1", http_port=options.port, grpc_port=options.grpc_port, metrics_endpoint=None,
        parallel_workers=0, debug=False,
    )  # fmt: skip

    async def serve() -> None:
        await MLServer(settings).start([settings_of(one) for one in options.model])

    asyncio.run(serve())


if __name__ == "__main__":
    main()
