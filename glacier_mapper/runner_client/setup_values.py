"""Values of making the runner's environment: what is asked, what will be done, how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import quote

from ..core.messages import QT_TRANSLATE_NOOP, Message


class EnvironmentStatus(str, Enum):
    """Whether the runner's environment can be used."""

    MISSING = "missing"
    READY = "ready"
    BROKEN = "broken"
    OUTDATED = "outdated"


class Accelerator(str, Enum):
    """Which build of onnxruntime is installed."""

    CPU = "cpu"
    CUDA = "cuda"
    DIRECTML = "directml"


class SetupStep(str, Enum):
    """The steps of an installation, in order."""

    CHECK = "check"
    CREATE = "create"
    DOWNLOAD = "download"
    INSTALL = "install"
    TEST = "test"
    DONE = "done"


STEP_LABELS: dict[SetupStep, str] = {
    SetupStep.CHECK: QT_TRANSLATE_NOOP("setup", "Checking folder and Python"),
    SetupStep.CREATE: QT_TRANSLATE_NOOP("setup", "Making a private Python environment"),
    SetupStep.DOWNLOAD: QT_TRANSLATE_NOOP("setup", "Downloading packages"),
    SetupStep.INSTALL: QT_TRANSLATE_NOOP("setup", "Installing packages"),
    SetupStep.TEST: QT_TRANSLATE_NOOP("setup", "Testing the model runner"),
    SetupStep.DONE: QT_TRANSLATE_NOOP("setup", "The model runner is installed"),
}


@dataclass(frozen=True)
class ProxySettings:
    """A web proxy, as QGIS's network settings have it. `scheme` is "http" or "socks5"."""

    host: str
    port: int = 8080
    user: str = ""
    password: str = field(default="", repr=False)
    scheme: str = "http"
    no_proxy: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The proxy's URL, credentials percent-encoded. Secret: it goes into a child's environment, nowhere else."""
        login = quote(self.user, safe="")
        if self.password:
            login = f"{login}:{quote(self.password, safe='')}"
        return f"{self.scheme}://{login + '@' if login else ''}{self.host}:{self.port}"


@dataclass(frozen=True)
class SetupOptions:
    """How the environment is made.

    `wheel_folder` installs from a folder of wheels with no network. `python` and `uv` name programs to use
    instead of those found. `index_url` is a mirror of the package index, empty for the default one.
    `maker` is "auto" (uv where it can be had, else venv), "uv" or "venv". `training` adds what importing weights and
    training needs.
    """

    plugin_version: str = ""
    accelerator: Accelerator = Accelerator.CPU
    proxy: ProxySettings | None = None
    ca_bundle: Path | None = None
    wheel_folder: Path | None = None
    index_url: str = ""
    maker: str = "auto"
    python: Path | None = None
    uv: Path | None = None
    training: bool = False


@dataclass(frozen=True)
class Maker:
    """A program that can make the environment: `kind` is "uv" or "venv", `program` its path.

    `version` is that of uv, or of Python; `python_version` the one that the environment will have. `python`
    is the interpreter that uv builds on; None where uv fetches its own.
    """

    kind: str
    program: Path
    version: str
    python_version: str
    python: Path | None = None

    @property
    def fetches_python(self) -> bool:
        """Whether a Python is downloaded too."""
        return self.kind == "uv" and self.python is None


@dataclass(frozen=True)
class Hardware:
    """What the machine could compute on. `gpu` is its name, empty where none was found; `driver` its driver."""

    gpu: str
    driver: str
    suggested: Accelerator
    reason: Message
    choices: tuple[Accelerator, ...] = (Accelerator.CPU,)


@dataclass(frozen=True)
class SetupPlan:
    """What an installation will do, said before the click.

    `packages` are (name, version). Sizes in MB (10^6 bytes) are measured ones, see `sizes.py`.
    `source` is the package index's address without credentials, or the wheel folder.
    """

    folder: Path
    maker: Maker
    packages: Sequence[tuple[str, str]]
    source: str
    download_mb: int
    disk_mb: int
    free_mb: int
    hardware: Hardware
    accelerator: Accelerator = Accelerator.CPU


@dataclass(frozen=True)
class AddOnPlan:
    """What adding training and import to the environment will do. Sizes as in `SetupPlan`.

    `sources` are the addresses where packages come from, without credentials, or the wheel folder.
    """

    packages: Sequence[tuple[str, str]]
    sources: tuple[str, ...]
    download_mb: int
    disk_mb: int
    free_mb: int
    accelerator: Accelerator


@dataclass(frozen=True)
class SetupProgress:
    """How far an installation is: `fraction` 0..1 of the whole, `detail` the package at hand, or empty."""

    step: SetupStep
    fraction: float
    detail: str = ""
