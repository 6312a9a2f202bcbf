"""What computes a package's network: this machine, or a model server."""

from __future__ import annotations

from ...core.request import MapRequest, is_server
from .base import Predictor
from .package import Package
from .session import Wanted, open_session


def open_predictor(package: Package, request: MapRequest, room_mb: int = 0) -> Predictor:
    """The predictor for `request.device`, ready to compute; on this machine in `room_mb` of memory, 0 for no bound.

    Raises InvalidPackageError, InvalidParameterError, ModelError, OutOfMemoryError, ServerError kinds.
    """
    wanted = Wanted(request.threads, request.network.batch, room_mb)
    if not is_server(request.device):
        return open_session(package, request.device, wanted)
    from .remote import open_remote

    return open_remote(package, request, lambda: open_session(package, "auto", wanted))
