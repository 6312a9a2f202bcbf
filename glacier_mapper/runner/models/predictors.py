"""What computes a package's network: this machine, or a model server."""

from __future__ import annotations

from collections.abc import Callable

from ...core.progress import never
from ...core.request import MapRequest, is_server
from .base import Predictor
from .devices import with_threads
from .package import Package
from .session import Wanted, open_session


def open_predictor(
    package: Package, request: MapRequest, room_mb: int = 0, should_stop: Callable[[], bool] = never
) -> Predictor:
    """The predictor for `request.device`, ready to compute; on this machine in `room_mb` of memory, 0 for no bound.

    Raises InvalidPackageError, InvalidParameterError, ModelError, OutOfMemoryError, ServerError kinds, Cancelled.
    """
    wanted = Wanted(request.threads, request.network.batch, room_mb, should_stop)
    if not is_server(request.device):
        return _open_here(package, request.device, wanted)
    from .remote import open_remote

    return open_remote(package, request, lambda: _open_here(package, "auto", wanted), should_stop)


def _open_here(package: Package, device: str, wanted: Wanted) -> Predictor:
    """On this machine; what it says that it is names the threads that were asked for, not those of one run."""
    predictor = open_session(package, device, wanted)
    predictor.device = with_threads(predictor.device, wanted.threads)
    return predictor
