"""The text behind Copy diagnostics: versions, paths, device, last errors, and nothing private.

Private things are kept out by letting only known things in: of an error its kind and its numbers, of the log
the places in our own code and the kinds of errors, of paths those of the plugin with the home folder as ~.
"""

from __future__ import annotations

import getpass
import platform
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.devices import Device
from ..core.errors import GlacierMapperError
from ..core.protocol import PROTOCOL_VERSION
from ..core.shelf import Shelved
from .environment import Environment
from .redact import without_credentials
from .runner import Runner

PUBLIC_DETAILS = frozenset({"needed_mb", "free_mb", "limit_mb", "seconds", "runner", "plugin", "job", "method", "step"})
"""Details of errors that name nobody and nothing of the user's."""

_FRAME = re.compile(r'File "[^"]*?(?P<path>glacier_mapper[/\\][^"]+)", line (?P<line>\d+), in (?P<name>\S+)')
_KIND = re.compile(r"^(?P<kind>[A-Za-z_.]*(?:Error|Exception|Warning|Cancelled|Interrupt))\b")
_EXIT = re.compile(r"^(?:killed by SIG[A-Z]+|killed by signal \d+|exit code \d+)$")
LOG_LINES = 200


@dataclass(frozen=True)
class DiagnosticsFacts:
    """What `collect` tells of. `versions` are given by the caller, such as {"QGIS": ..., "Qt": ..., "OS": ...}.

    `paths` are folders of the plugin and of QGIS, by name; never the user's data. `models` and `devices` are a line
    each, made by `model_line` and `device_line`; `servers` is how many there are: their addresses are nobody's.
    """

    versions: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    environment: Environment | None = None
    runner: Runner | None = None
    errors: Sequence[GlacierMapperError] = ()
    models: Sequence[str] = ()
    devices: Sequence[str] = ()
    servers: int = 0


def model_line(package: Shelved) -> str:
    """A package by name, version and the beginning of its checksum; a broken one by what is wrong."""
    card = package.card
    if card is None:
        return f"a package that can't be used: {type(package.error).__name__}"
    return f"{card.name} {card.version}, {card.architecture}, {card.precision}, {card.checksum[:12]}"


def device_line(device: Device) -> str:
    """A device, and why it can't be used where it can't."""
    state = "chosen" if device.chosen else "available" if device.available else f"not available: {device.reason}"
    return f"{device.name} ({device.title}): {state}"


def collect(facts: DiagnosticsFacts) -> str:
    """A plain text to paste into a report. Starts nothing, never raises for what is missing."""
    sections = {
        "Versions": [f"{name}: {value}" for name, value in _versions(facts).items()],
        "Paths": [f"{name}: {value}" for name, value in facts.paths.items()],
        "Environment": list(_environment_lines(facts.environment)),
        "Model runner": list(_runner_lines(facts.runner)),
        "Models": [*facts.models],
        "Devices": [*facts.devices, f"model servers: {facts.servers}"],
        "Last errors": [_error_line(error) for error in facts.errors],
        "Log": public_log(facts.runner.log_tail(LOG_LINES)) if facts.runner is not None else [],
    }
    lines = ["Glacier Mapper diagnostics"]
    for title, content in sections.items():
        lines += ["", title, *(f"  {line}" for line in content or ["none"])]
    return anonymous("\n".join(lines)) + "\n"


def anonymous(text: str) -> str:
    """`text` with home folder, user name, host name and credentials taken out."""
    text = without_credentials(text)
    home = str(Path.home())
    for form in {home, home.replace("\\", "/")}:
        if len(form) > 1:
            text = text.replace(form, "~")
    for secret, instead in ((_user(), "<user>"), (socket.gethostname(), "<host>")):
        if len(secret) > 1:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])", instead, text, flags=re.IGNORECASE)
    return text


def public_log(lines: Sequence[str]) -> list[str]:
    """Of log lines, what names no file and no data: frames in our own code, kinds of errors."""
    kept = []
    for line in lines:
        frame, kind = _FRAME.search(line), _KIND.match(line.strip())
        if frame is not None:
            kept.append(f"{frame['path']}:{frame['line']} {frame['name']}")
        elif kind is not None:
            kept.append(kind["kind"])
    return kept[-40:]


def _versions(facts: DiagnosticsFacts) -> dict[str, str]:
    own = {"Protocol": str(PROTOCOL_VERSION), "Platform": f"{platform.system()} {platform.machine()}"}
    return {**own, **facts.versions}


def _environment_lines(environment: Environment | None) -> Iterator[str]:
    if environment is None:
        return
    yield f"folder: {environment.folder}"
    yield f"status: {_quietly(lambda: environment.status().value)}"
    stamp = environment.stamp()
    if stamp is not None:
        yield f"Python: {stamp.python_version}, made with {stamp.maker}, for {stamp.accelerator}"
        yield f"plugin version at installation: {stamp.plugin_version}, lock {stamp.lock_hash[:12]}"
        added = _quietly(lambda: "installed" if environment.has_training() else "not installed")
        yield f"training and import (PyTorch): {added}"
    options = environment.options
    yield f"offline wheel folder: {_yes(options.wheel_folder)}, proxy: {_yes(options.proxy)}"
    yield f"own certificates: {_yes(options.ca_bundle)}, package index of its own: {_yes(options.index_url)}"


def _runner_lines(runner: Runner | None) -> Iterator[str]:
    if runner is None:
        return
    yield f"state: {runner.state.value}"
    hello = runner.hello
    for name in ("protocol", "version", "python", "device"):
        if name in hello:
            yield f"{name}: {hello[name]}"
    packages = hello.get("packages")
    if isinstance(packages, dict):
        yield "packages: " + ", ".join(f"{name} {version}" for name, version in sorted(packages.items()))


def _error_line(error: GlacierMapperError) -> str:
    shown = {name: value for name, value in error.details.items() if name in PUBLIC_DETAILS and _is_plain(value)}
    reason = str(error.details.get("reason", ""))
    kind = _KIND.match(reason)
    if _EXIT.match(reason):
        shown["reason"] = reason
    elif kind is not None:
        shown["reason"] = kind["kind"]
    details = ", ".join(f"{name}={value}" for name, value in sorted(shown.items()))
    return f"{type(error).__name__}{f' ({details})' if details else ''}"


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"[\w.-]{1,30}", value) is not None
    return isinstance(value, (int, float))


def _yes(value: Any) -> str:
    return "yes" if value else "no"


def _quietly(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except GlacierMapperError as exc:
        return type(exc).__name__


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
