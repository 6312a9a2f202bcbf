"""A package's network behind a real Triton server on loopback, over its Python backend. Runs in .venv-servers.

    python serve_triton.py --model NAME=model.onnx [--model ...] --port N [--batch 8] [--instances 1] [--threads N]
                           [--wait-ms 0] [--token T --restrict ENDPOINTS]

Ends with its stdin.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import onnxruntime
from pytriton.decorators import batch
from pytriton.model_config import DynamicBatcher, ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig, TritonSecurityConfig


def dims(shape):
    """A tensor's dimensions after the batch, -1 where they are free."""
    return tuple(size if isinstance(size, int) else -1 for size in shape[1:])


def bind(triton, name, path, options):
    """Serve the network in `path` as `name`."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    sessions = [
        onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        for _ in range(options.instances)
    ]

    def answerer(session):
        names = [one.name for one in session.get_outputs()]

        @batch
        def infer(**feeds):
            time.sleep(options.wait_ms / 1000)
            return dict(zip(names, session.run(names, feeds)))

        return infer

    inputs = [Tensor(name=one.name, dtype=np.float32, shape=dims(one.shape)) for one in sessions[0].get_inputs()]
    outputs = [Tensor(name=one.name, dtype=np.float32, shape=dims(one.shape)) for one in sessions[0].get_outputs()]
    batcher = DynamicBatcher(max_queue_delay_microseconds=0)
    config = ModelConfig(batching=True, max_batch_size=options.batch, batcher=batcher)
    answerers = [answerer(one) for one in sessions]
    triton.bind(name, infer_func=answerers, inputs=inputs, outputs=outputs, config=config)


def main():
    """Serve until stdin is closed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--wait-ms", type=float, default=0)
    parser.add_argument("--token", default="")
    parser.add_argument("--restrict", default="inference", help="what asks for the token, beside the repository")
    options = parser.parse_args()
    closed = ["model-repository", *options.restrict.split(",")] if options.token else None
    security = TritonSecurityConfig(access_token=options.token or None, restricted_endpoints=closed)
    config = TritonConfig(
        http_address="127.0.0.1", http_port=options.port, allow_grpc=False, allow_metrics=False, exit_timeout_secs=1,
    )  # fmt: skip
    with Triton(config=config, security_config=security) as triton:
        triton.run()
        for one in options.model:
            name, path = one.split("=", 1)
            bind(triton, name, path, options)
        sys.stdin.read()


if __name__ == "__main__":
    main()
