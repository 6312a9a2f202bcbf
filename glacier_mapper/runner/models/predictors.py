"""What computes a package's network: this machine, or a model server."""

from __future__ import annotations

from ...core.request import MapRequest, is_server
from .base import Predictor
from .devices import with_threads
from .package import Package
from .session import open_session


def open_predictor(package: Package, request: MapRequest) -> Predictor:
    """The predictor for `request.device`, ready to compute.

    Raises InvalidPackageError, InvalidParameterError, ModelError, OutOfMemoryError, ServerError kinds.
    """
    if not is_server(request.device):
        return _open_here(package, request, request.device)
    from .remote import open_remote

    return open_remote(package, request, lambda: _open_here(package, request, "auto"))


def _open_here(package: Package, request: MapRequest, device: str) -> Predictor:
    """On this machine; what it says that it is names the threads that were asked for, not those of one run."""
    predictor = open_session(package, device, request.threads, request.network.batch)
    predictor.device = with_threads(predictor.device, request.threads)
    return predictor
