"""What computes a package's network: this machine, or a model server."""

from __future__ import annotations

from ...core.request import MapRequest, is_server
from .base import Predictor
from .package import Package
from .session import open_session


def open_predictor(package: Package, request: MapRequest) -> Predictor:
    """The predictor for `request.device`, ready to compute.

    Raises InvalidPackageError, InvalidParameterError, ModelError, OutOfMemoryError, ServerError kinds.
    """
    threads, batch = request.threads, request.network.batch
    if not is_server(request.device):
        return open_session(package, request.device, threads, batch)
    from .remote import open_remote

    return open_remote(package, request, lambda: open_session(package, "auto", threads, batch))
