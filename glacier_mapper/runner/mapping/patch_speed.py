"""How fast a network's patches are on a device: from earlier runs, else from one patch tried beside the caller."""

from __future__ import annotations

import threading

from ...core.errors import GlacierMapperError
from ...core.request import MapRequest, is_server
from ..models import NetworkModel, tuning
from ..models.devices import choose_providers, cpu_count
from ..models.session import open_session, tuning_key
from .pace import remembered_speed
from .symmetries import SYMMETRIES

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
    return f"network {network.card.file.sha256[:16]}, {request.device}, {threads} threads"


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


def slot_mb(network: NetworkModel, request: MapRequest) -> int:
    """Memory of the network's runs side by side as far as it was measured, else a guess from its size."""
    config = tuning.remembered(tuning_key(network.package, request.device, request.threads or cpu_count()))
    weights = network.card.file.bytes / 1e6
    return round(2 * weights) + (config.slot_mb * config.slots if config else 0)


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
    """Open the network as a run would, and forget why it does not open: the run will say."""
    try:
        open_session(network.package, request.device, request.threads).close()
    except GlacierMapperError:
        return


def device_title(request: MapRequest) -> str:
    """What would compute, in words."""
    return request.device if is_server(request.device) else choose_providers(request.device)[1]
