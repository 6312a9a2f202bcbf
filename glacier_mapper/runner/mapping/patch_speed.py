"""How fast a network's patches are on a device: from earlier runs, else from one patch tried beside the caller."""

from __future__ import annotations

import threading
from dataclasses import replace

from ...core.errors import GlacierMapperError
from ...core.grid import Grid
from ...core.request import MapRequest, is_server
from ..models import NetworkModel, tuning
from ..models.devices import choose_providers, cpu_count
from ..models.session import measured_config, tuning_key
from .pace import remembered_speed
from .patch_plan import BYTES, PatchPlan, channels, memory_bytes_of
from .patch_queue import AHEAD
from .symmetries import SYMMETRIES

WEIGHTS_COPIES = 3
"""As they are loaded, beside the file's bytes and what ONNX Runtime makes of them."""
PATIENCE_S = 0.8
"""How long an estimate waits for the measurement; it goes on, and the next estimate has it."""

_running: dict[str, threading.Thread] = {}
_lock = threading.Lock()


def runs_per_patch(request: MapRequest) -> int:
    """How often the network is run on each patch."""
    return len(SYMMETRIES) if request.network.symmetries else 1


def speed_key(network: NetworkModel, request: MapRequest) -> str:
    """Under what a run's patches a second are remembered."""
    threads = request.threads or cpu_count()
    return f"network {network.card.checksum[:16]}, {request.device}, {threads} threads"


def seconds_per_patch(network: NetworkModel, request: MapRequest) -> float | None:
    """What a patch took in earlier runs, or took in the measurement; None where nobody knows yet.

    The first time on this machine a measurement is begun, as it would be by the run, which then need not make it.
    """
    speed = remembered_speed(speed_key(network, request))
    if speed is not None:
        return runs_per_patch(request) / speed
    if is_server(request.device):
        return None
    key = tuning_key(network.package, request.device, request.threads or cpu_count())
    if tuning.remembered(key) is None:
        _measure_for(key, network, request)
    config = tuning.remembered(key)
    return runs_per_patch(request) * config.patch_s if config and config.patch_s > 0 else None


def is_measured_now(network: NetworkModel, request: MapRequest) -> bool:
    """Whether the network's measurement on this machine is under way."""
    key = tuning_key(network.package, request.device, request.threads or cpu_count())
    with _lock:
        thread = _running.get(key)
    return thread is not None and thread.is_alive()


def network_mb(network: NetworkModel, request: MapRequest, slots: int = 0, room_mb: int = 0) -> int:
    """Memory of the network with `slots` runs side by side, 0 for as many as it would take in `room_mb`, 0 = no bound.

    As far as it was measured on this machine, else only what its weights take; 0 on a server.
    """
    if is_server(request.device):
        return 0
    config = tuning.remembered(tuning_key(network.package, request.device, request.threads or cpu_count()))
    weights = round(WEIGHTS_COPIES * network.card.network_bytes / 1e6)
    if config is None:
        return weights
    if slots:
        return weights + config.slot_mb * slots
    config = tuning.fitting(replace(config, batch=request.network.batch or config.batch), room_mb)
    patch = BYTES * channels(network) * network.tiling.patch_px**2 / 1e6
    queued = config.batch * patch * (AHEAD * config.slots + 1)
    return weights + config.slot_mb * config.slots * config.batch + round(queued)


def room_mb(plan: PatchPlan, grid: Grid, network: NetworkModel, request: MapRequest) -> int:
    """What the memory limit leaves for the network's runs, at least 1; 0 where no limit is set."""
    if not request.memory_limit_mb:
        return 0
    weights = WEIGHTS_COPIES * network.card.network_bytes / 1e6
    return max(1, int(request.memory_limit_mb - memory_bytes_of(plan, grid, network) / 1e6 - weights))


def _measure_for(key: str, network: NetworkModel, request: MapRequest) -> None:
    """Begin the measurement, unless one is under way, and wait for it a little."""
    with _lock:
        thread = _running.get(key)
        if thread is None:
            thread = threading.Thread(target=_measure, args=(network, request), name="measuring a network")
            _running[key] = thread
            thread.start()
    thread.join(PATIENCE_S)


def _measure(network: NetworkModel, request: MapRequest) -> None:
    """Measure as a run would, and forget why it can't be done: the run will say."""
    try:
        measured_config(network.package, request.device, request.threads or cpu_count())
    except GlacierMapperError:
        return


def device_title(request: MapRequest) -> str:
    """What would compute, in words."""
    return request.device if is_server(request.device) else choose_providers(request.device)[1]
