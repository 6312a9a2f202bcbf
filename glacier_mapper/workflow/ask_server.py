"""Test connection: ask a model server what it is, through the runner that would compute with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Union

from qgis.PyQt.QtCore import QCoreApplication

from ..core.errors import GlacierMapperError
from ..core.protocol import Method
from ..core.servers import ServerReport, ServerSetting
from ..qgis_io.task import BackgroundTask, run_in_background
from ..runner_client.runner import Runner
from .server_access import access_of, let_in

TIMEOUT_S = 60.0
Answer = Callable[[Union[ServerReport, GlacierMapperError]], None]


class AskServer:
    """One question at a time; a new one drops the answer to the one before."""

    def __init__(self, runner: Callable[[], Runner]) -> None:
        self._runner = runner
        self._task: BackgroundTask | None = None

    def ask(self, server: ServerSetting, answer: Answer) -> None:
        """`answer` gets a ServerReport, or the error that says what is wrong; on the main thread, exactly once."""
        self.stop()
        try:
            access, runner = access_of(server), self._runner()
        except GlacierMapperError as error:
            answer(error)
            return

        def work(task: BackgroundTask) -> ServerReport:
            let_in(runner, access, task.is_cancelled)
            params = {"url": server.url}
            said = runner.call(Method.SERVER.value, params, is_cancelled=task.is_cancelled, timeout_s=TIMEOUT_S)
            return ServerReport.from_json(said)

        title = QCoreApplication.translate("AskServer", "Asking {address}").format(address=server.url)
        self._task = run_in_background(title, work, answer, answer)

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task = None
