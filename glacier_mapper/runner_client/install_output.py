"""Reading what pip and uv print: how far they are, and why they failed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..core.errors import GlacierMapperError, NoNetworkError, SetupError

_COLLECTING = re.compile(r"^\s*(?:Collecting|Requirement already satisfied:|Looking up) ([A-Za-z0-9._-]+)")
_DOWNLOADED = re.compile(r"^\s*(?:Downloaded|Building|Built|Preparing) ([A-Za-z0-9._-]+)")
_INSTALLING = re.compile(r"^\s*(?:Installing collected packages|Prepared \d+ package|Uninstalled \d+ package)")
_INSTALLED = re.compile(r"^\s*(?:Successfully installed|Installed \d+ package|Audited \d+ package)")

_NETWORK = re.compile(
    r"getaddrinfo failed|Name or service not known|name resolution|nodename nor servname|dns error|"
    r"Connection refused|Connection reset|connection broken|Network is unreachable|No route to host|"
    r"ProxyError|Tunnel connection failed|Proxy Authentication Required|"
    r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|invalid peer certificate|SSLError|"
    r"timed out|ConnectTimeout|NewConnectionError|Max retries exceeded|error sending request|"
    r"Could not connect|tcp connect error|Temporary failure",
    re.IGNORECASE,
)
_HOST = re.compile(r"host='([^']+)'|https?://(?:[^/@\s]*@)?([A-Za-z0-9.-]+)")
_DISK_FULL = re.compile(r"No space left on device|not enough space on the disk|os error 28|Errno 28", re.IGNORECASE)
_ERROR = re.compile(r"^\s*(?:ERROR:|error:|×|Caused by:|\w*Error:|OSError)")
_NOISE = re.compile(r"^\s*(?:\[notice\]|WARNING: (?:You are using|There was an error checking)|hint:|$)")


class InstallProgress:
    """Turns the lines of an installer into a fraction 0..1 of `count` packages and the package at hand."""

    def __init__(self, count: int) -> None:
        self._count = max(1, count)
        self._seen: set[str] = set()
        self.fraction = 0.0
        self.detail = ""
        self.installing = False

    def take(self, line: str) -> bool:
        """Read a line. Returns whether it told something."""
        match = _COLLECTING.match(line) or _DOWNLOADED.match(line)
        if match is not None:
            self._seen.add(match[1].lower())
            self.detail = match[1]
            self.fraction = max(self.fraction, 0.8 * min(1.0, len(self._seen) / self._count))
        elif _INSTALLING.match(line):
            self.detail, self.installing, self.fraction = "", True, 0.8
        elif _INSTALLED.match(line):
            self.detail, self.installing, self.fraction = "", True, 1.0
        else:
            return False
        return True


def is_disk_full(lines: Sequence[str]) -> bool:
    """Whether the installer ran out of room."""
    return any(_DISK_FULL.search(line) for line in lines)


def failure(step: str, lines: Sequence[str], offline: bool) -> GlacierMapperError:
    """The error that an installer's last lines mean: no network, or something else."""
    trouble = [line for line in lines if _NETWORK.search(line)]
    if trouble and not offline:
        return NoNetworkError(host=_host(trouble), reason=f"{_short(trouble[-1])}.")
    return SetupError(step=step, reason=f"{_short(last_error(lines))}.")


def last_error(lines: Sequence[str]) -> str:
    """The last line that names an error and what follows it; where none does, the last line that says anything."""
    telling = [line.strip() for line in lines if line.strip() and not _NOISE.match(line)]
    starts = [number for number, line in enumerate(telling) if _ERROR.match(line)]
    if not starts:
        return telling[-1] if telling else "no output"
    first = starts[-1]
    while first > 0 and first - 1 in starts:
        first -= 1
    return " ".join(re.sub(r"^[\s│├╰─▶×]+", "", line) for line in telling[first:])


def _host(lines: Sequence[str]) -> str:
    for line in lines:
        match = _HOST.search(line)
        if match is not None:
            return match[1] or match[2]
    return "pypi.org"


def _short(text: str) -> str:
    text = text.strip().rstrip(".")
    return text if len(text) <= 300 else f"{text[:297]}..."
