"""Where the runner keeps what it has measured on this machine."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


def cache_dir() -> Path:
    """Where the runner keeps what it has measured: GLACIER_MAPPER_CACHE, or the user's cache folder."""
    chosen = os.environ.get("GLACIER_MAPPER_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "glacier-mapper"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "glacier-mapper"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glacier-mapper"


def read_cache(name: str) -> dict[str, Any]:
    """The entries of a cache file; none where it is missing or damaged."""
    try:
        data = json.loads((cache_dir() / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def write_cache(name: str, key: str, value: Any) -> None:
    """Put `value` under `key` into a cache file, at once or not at all; one that can't be written is no error."""
    target = cache_dir() / name
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f"{name}.{os.getpid()}")
        fresh.write_text(json.dumps({**read_cache(name), key: value}), encoding="utf-8")
        fresh.replace(target)
