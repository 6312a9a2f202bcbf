"""What the dock shows of the model runner: its condition, what an installation would do, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .errors import GlacierMapperError
from .messages import QT_TRANSLATE_NOOP, Message


class RunnerCondition(str, Enum):
    """Whether the model runner can be used."""

    CHECKING = "checking"
    MISSING = "missing"
    INSTALLING = "installing"
    READY = "ready"
    BROKEN = "broken"
    OUTDATED = "outdated"


ACCELERATOR_LABELS: dict[str, str] = {
    "cpu": QT_TRANSLATE_NOOP("setup", "Processor (CPU)"),
    "cuda": QT_TRANSLATE_NOOP("setup", "NVIDIA graphics card (CUDA)"),
    "directml": QT_TRANSLATE_NOOP("setup", "Graphics card (DirectML)"),
}
"""By the values of `Settings.accelerator`."""


@dataclass(frozen=True)
class InstallPlan:
    """What a click on Install would do. Sizes are in MB (10^6 bytes).

    `folder` is where it goes, `python` the Python that it will have ("3.11"), `source` the package index or
    the wheel folder. `accelerators` are the builds that suit the machine (keys of `ACCELERATOR_LABELS`),
    `accelerator` the one that the sizes are for, `reason` why it is suggested.
    """

    folder: str
    download_mb: int
    disk_mb: int
    free_mb: int
    package_count: int
    source: str = ""
    python: str = ""
    accelerators: tuple[str, ...] = ("cpu",)
    accelerator: str = "cpu"
    reason: Message | None = None
    add_on: AddOnPlan | None = None


@dataclass(frozen=True)
class AddOnPlan:
    """What adding training and import (PyTorch) would do, on top of the runner. Sizes are in MB (10^6 bytes).

    `sources` are the package indexes or the wheel folder, `accelerator` what it computes on (keys of
    `ACCELERATOR_LABELS`).
    """

    download_mb: int
    disk_mb: int
    free_mb: int
    sources: tuple[str, ...] = ()
    accelerator: str = "cpu"


@dataclass(frozen=True)
class InstallChoice:
    """What the analyst chose for an installation; `wheel_folder` "" means from the network.

    `training` adds training and import.
    """

    accelerator: str = "cpu"
    wheel_folder: str = ""
    training: bool = False


@dataclass(frozen=True)
class InstallProgress:
    """How far an installation is: `fraction` 0..1 of the whole, `detail` the package at hand, or ""."""

    step: Message
    fraction: float
    detail: str = ""


@dataclass(frozen=True)
class RunnerFace:
    """The condition of the runner, in words of `reason` where there is more to say.

    `plan` is known while it is missing, broken or outdated, None until it has been worked out.
    """

    condition: RunnerCondition
    plan: InstallPlan | None = None
    reason: Message | None = None


class AddOnCondition(str, Enum):
    """Whether training and import can be used.

    UNAVAILABLE: the runner's Python is not the plugin's own, or the runner itself comes first.
    """

    UNKNOWN = "unknown"
    MISSING = "missing"
    UNAVAILABLE = "unavailable"
    INSTALLING = "installing"
    READY = "ready"


@dataclass(frozen=True)
class AddOnFace:
    """The condition of the add-on; `plan` while it is missing, `progress` while it is installed, `error` of a try."""

    condition: AddOnCondition
    plan: AddOnPlan | None = None
    progress: InstallProgress | None = None
    error: GlacierMapperError | None = None
