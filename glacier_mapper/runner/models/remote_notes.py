"""What the user is told of a model server."""

from __future__ import annotations

from ...core.messages import QT_TRANSLATE_NOOP

JSON_ONLY = QT_TRANSLATE_NOOP(
    "models", "The model server {url} takes numbers as text only (JSON), which is many times slower than binary."
)
OPEN_SECRETS = QT_TRANSLATE_NOOP(
    "models", "The model server {url} is shown its password or token unencrypted; use its https address."
)
NOT_QUITE = QT_TRANSLATE_NOOP(
    "models", "The model server {url} differs by {difference} from the package's own sample; it may compute in reduced "
    "precision."
)  # fmt: skip

SILENT = "it took the question and does not answer in time, nor does it when it is asked whether it lives."
SILENT_FOR_A_WHILE = QT_TRANSLATE_NOOP(
    "models", "The model server {url} said nothing for a while, and the run waited for it until it answered again."
)
NOT_THERE = QT_TRANSLATE_NOOP(
    "models", "The model server {url} could not be reached ({reason}). All was computed on this machine: {device}."
)
