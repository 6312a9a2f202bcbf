"""Reads a model's config.pbtxt with Triton's own definition and prints it as JSON. Runs in .venv-servers."""

from __future__ import annotations

import sys
from pathlib import Path

from google.protobuf import json_format, text_format
from tritonclient.grpc import model_config_pb2

config = text_format.Parse(Path(sys.argv[1]).read_text(encoding="utf-8"), model_config_pb2.ModelConfig())
print(json_format.MessageToJson(config, preserving_proto_field_name=True))
