"""The runner's log: lines on stderr, which the plugin drains to a rotating file; for a terminal a file of its own."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from .cache import cache_dir
from .lines import claim_stderr

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOG_NAME = "terminal.log"
MAX_BYTES = 1_000_000
OURS = "glacier_mapper"


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send log records and warnings of this process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    for chatty in ("rasterio", "pyogrio", "matplotlib", "PIL", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def log_for_terminal(level: int = logging.INFO) -> Path | None:
    """Our own records on stderr; those of the libraries, and what their C code prints, in the log file.

    Returns the file; None, and everything on stderr, where it can't be written.
    """
    path = cache_dir() / LOG_NAME
    with suppress(OSError):
        if path.stat().st_size > MAX_BYTES:
            os.replace(path, path.with_name(f"{LOG_NAME}.1"))
    if not claim_stderr(path):
        log_to_stderr(level)
        return None
    log_to_stderr(level)
    logging.getLogger().handlers[0].addFilter(logging.Filter(OURS))
    to_file = logging.StreamHandler(open(2, "w", buffering=1, encoding="utf-8", closefd=False))  # noqa: SIM115
    to_file.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(to_file)
    return path
