"""The services behind the Processing algorithms: the same functions that stand behind the dock."""

from __future__ import annotations

from collections.abc import Callable

from ..core.choice import MapOrder
from ..core.servers import find_server
from ..core.settings import Settings
from ..processing.services import MapServices
from ..qgis_io.analyst import analyst_name
from ..qgis_io.bands import describe_layer
from ..qgis_io.hand_over import plan_layers
from ..qgis_io.layers import apply_style
from ..qgis_io.paths import resource
from ..qgis_io.run_folder import temporary_folder
from ..qgis_io.translation import error_text, stage_text, translated
from ..qgis_io.view import extent_of
from ..runner_client.runner import Runner
from .know_models import look
from .runner_host import ModelFolders
from .server_access import ServerDoors, let_in


def map_services(runner: Callable[[], Runner], settings: Callable[[], Settings]) -> MapServices:
    """Services on top of this runner and these settings."""
    return MapServices(
        runner=runner,
        describe=describe_layer,
        plan=plan_layers,
        extent=extent_of,
        explain=error_text,
        say=stage_text,
        words=translated,
        order=lambda: order_from(settings()),
        temporary=temporary_folder,
        style=apply_style,
        resource=resource,
        models=lambda: look(ModelFolders.of(settings())).infos(),
        server=lambda device: find_server(settings().servers, device),
        access=ServerDoors(settings).access,
        let_in=let_in,
    )


def order_from(settings: Settings) -> MapOrder:
    """An order with the analyst's own settings and no layers."""
    return MapOrder(
        choices=(),
        analyst=analyst_name(settings.analyst),
        threads=settings.threads,
        memory_limit_mb=settings.memory_limit_mb,
        out_dir=settings.out_folder,
    )
