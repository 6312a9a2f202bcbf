"""One teaching from the click to its result: what is taken on the main thread, what is done in a thread."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qgis.core import QgsMapSettings, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from ..core.choice import MapOrder, check_choices, check_model
from ..core.errors import GlacierMapperError
from ..core.extent import Extent
from ..core.file_errors import HiddenOutlinesError
from ..core.model_card import ModelCard
from ..core.package_names import NO_PACKAGES
from ..core.protocol import Method
from ..core.request import with_image_facts
from ..core.settings import Settings
from ..core.teach import TeachRequest, TeachResult, TeachSettings
from ..core.teach_errors import EnsembleNotTaughtError, NothingReviewedError, NotTeachableError, NoWeightsError
from ..qgis_io.reviewed_outlines import ReviewedOutlines, capture_reviewed
from ..qgis_io.run_folder import passing_folder, remove_folder, temporary_folder
from ..qgis_io.task import BackgroundTask
from ..qgis_io.translation import role_label
from ..qgis_io.view import HandOver, capture_extent, plan_hand_over
from ..runner_client.runner import Runner
from .install_add_on import InstallAddOn
from .know_models import KnowModels

OUTLINES_FILE, PACKAGE, PICTURES = "reviewed.gpkg", "taught", "pictures"
Verdicts = Callable[[], "tuple[QgsVectorLayer | None, dict[int, str]]"]


@dataclass(frozen=True)
class TeachSurroundings:
    """What a teaching needs of the world around it.

    `order()` is what the dock says now, `verdicts()` the outlines under review (`ReviewOutlines.verdicts`),
    `make_dialog()` returns a `gui.teach_dialog.TeachDialog`, `choose(name)` chooses a model in the dock, `said(text)`
    tells the user what was done, `zoom(layer, fids)` moves the view. `load` and `save` are those of the settings.
    """

    project: QgsProject
    map_settings: Callable[[], QgsMapSettings]
    runner: Callable[[], Runner]
    order: Callable[[], MapOrder]
    verdicts: Verdicts
    know: KnowModels
    add_on: InstallAddOn
    make_dialog: Callable[[], Any]
    choose: Callable[[str], None]
    said: Callable[[str], None]
    zoom: Callable[[QgsVectorLayer, Sequence[int]], None]
    load: Callable[[], Settings]
    save: Callable[[Settings], None]


@dataclass(frozen=True)
class Captured:
    """All that a teaching needs, taken on the main thread: no layer, no widget."""

    order: MapOrder
    request: TeachRequest
    hand_over: HandOver
    outlines: ReviewedOutlines
    runner: Runner
    temporary: Path
    home: Path


def capture(around: TeachSurroundings, settings: TeachSettings) -> Captured:
    """Check what the dock says and take everything that the thread will need; on the main thread, quick.

    Raises NotTeachableError, NoWeightsError, NothingReviewedError, InputError kinds, RunnerMissingError,
    OutputNotWritableError; then nothing is left behind.
    """
    order, extent = around.order(), capture_extent(around.map_settings())
    outlines = reviewed_in(around, extent)
    check(around, order, outlines)
    runner = around.runner()
    temporary, home = temporary_folder(), passing_folder()
    try:
        planned = plan_hand_over(around.project, order.choices, extent, temporary)
        request = TeachRequest(
            planned.sources, "", order.model, str(home / PACKAGE), extent, settings=settings,
            title=new_title(order), pictures=str(home / PICTURES), threads=order.threads,
        )  # fmt: skip
    except GlacierMapperError:
        remove_folder(temporary)
        remove_folder(home)
        raise
    return Captured(order, request, planned, outlines, runner, temporary, home)


def reviewed_in(around: TeachSurroundings, extent: Extent) -> ReviewedOutlines | None:
    """The outlines under review that lie in the view; None where no layer is under review."""
    layer, states = around.verdicts()
    return None if layer is None else capture_reviewed(layer, states, extent, around.project)


def check(around: TeachSurroundings, order: MapOrder, outlines: ReviewedOutlines | None) -> None:
    """Raise what stands in the way: NoLayersError, MissingRoleError, NotTeachableError, NothingReviewedError …"""
    check_choices(order.choices)
    check_model(order, role_label)
    check_teachable(order.model, around.know.shelf.cards().get(order.model))
    if outlines is None or not outlines.accepted + outlines.rejected:
        raise NothingReviewedError()
    if outlines.hidden:
        raise HiddenOutlinesError(layer=outlines.layer, count=outlines.hidden)


def check_teachable(model: str, card: ModelCard | None) -> None:
    """Raise NotTeachableError, EnsembleNotTaughtError, NoWeightsError for a model that can't learn.

    What is not known here is left to the runner.
    """
    if model in NO_PACKAGES or (card is not None and card.architecture in NO_PACKAGES):
        raise NotTeachableError(model=model)
    if card is not None and not card.weights.name:
        if card.is_ensemble:
            raise EnsembleNotTaughtError(model=card.description.title)
        raise NoWeightsError(model=card.description.title)


def model_title(order: MapOrder) -> str:
    """What lists call the model that is chosen."""
    return QCoreApplication.translate("models", order.info.title if order.info is not None else order.model)


def new_title(order: MapOrder) -> str:
    """What is proposed for the model that comes of it."""
    text = QCoreApplication.translate("TeachModel", "{model}, taught {date}")
    return text.format(model=model_title(order), date=date.today().isoformat())


def compute(captured: Captured, task: BackgroundTask) -> TeachResult:
    """Write the outlines, read what must be read through providers, and let the runner teach; in a thread.

    Raises any error of the tree. Temporary files are gone afterwards.
    """
    try:
        outlines = captured.outlines.write(captured.temporary / OUTLINES_FILE, task.is_cancelled)
        order = captured.order
        sources = with_image_facts(captured.hand_over.fetch(task.is_cancelled), order.scaling, order.acquired)
        request = dataclasses.replace(captured.request, sources=sources, outlines=str(outlines))
        answer = captured.runner.call(Method.TEACH.value, request.to_json(), task.report, task.is_cancelled)
        return TeachResult.from_json(answer)
    finally:
        remove_folder(captured.temporary)
