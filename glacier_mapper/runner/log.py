"""The runner's log: lines on stderr, which the plugin drains to a rotating file."""

from __future__ import annotations

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


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
