"""Open a model server's door: resolved from QGIS's store right before it is needed, for the runner's memory alone."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import QCoreApplication

from ..core.addresses import plain_address
from ..core.model_errors import ServerAccessError
from ..core.protocol import Method
from ..core.request import is_server
from ..core.servers import ServerAccess, ServerSetting, find_server
from ..core.settings import Settings
from ..qgis_io.auth import headers_of, is_unlocked
from ..runner_client.runner import IsCancelled, Runner

TIMEOUT_S = 30.0


def access_of(server: ServerSetting) -> ServerAccess:
    """What opens a server's door; on the main thread. Raises ServerAccessError."""
    headers = headers_of(server.auth_id, server.url) if server.auth_id else {}
    return ServerAccess(server.url, headers, server.ca_file)


class ServerDoors:
    """Finds the server of a request among the user's own; `settings()` are the user's."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    def access(self, device: str, may_ask: bool = True) -> ServerAccess | None:
        """What opens the door of `device`, None where it is no server; on the main thread.

        With `may_ask` False the user is asked for nothing: None where QGIS's master password is not set yet.
        Raises ServerAccessError for a server that the user has not added, and for one whose authentication is gone.
        """
        if not is_server(device):
            return None
        server = find_server(self._settings().servers, device)
        if server is None:
            reason = QCoreApplication.translate("ServerDoors", "it is not among your model servers.")
            raise ServerAccessError(url=plain_address(device), reason=reason)
        if server.auth_id and not may_ask and not is_unlocked():
            return None
        return access_of(server)


def let_in(runner: Runner, access: ServerAccess | None, is_cancelled: IsCancelled) -> None:
    """Give the runner what it needs at the server's door; in a thread. Without headers it forgets older ones."""
    if access is not None:
        runner.call(Method.CREDENTIALS.value, access.params(), is_cancelled=is_cancelled, timeout_s=TIMEOUT_S)
