"""What the algorithms share: how they say whether they can run, call the runner, and give their results."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from ..core.choice import BandChoice
from ..core.errors import GlacierMapperError
from ..core.extent import Extent
from ..core.messages import in_order_of_weight
from ..core.outline_fields import BOUNDARY_LAYER, OUTLINES_LAYER
from ..core.progress import Progress
from ..core.protocol import Method
from ..core.request import BandSource, OutlineSettings
from ..core.result import MapResult
from .services import Fetching, MapServices

CONTEXT = "processing"
NUMBER = QgsProcessingParameterNumber.Type.Double


def tr(text: str) -> str:
    """`text` in the user's language."""
    return QCoreApplication.translate("processing", text)


class Styler(QgsProcessingLayerPostProcessorInterface):
    """Loads a style when QGIS has added a result to the map."""

    def __init__(self, services: MapServices, name: str) -> None:
        super().__init__()
        self._services, self._name = services, name

    def postProcessLayer(self, layer: Any, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> None:
        """Called on the main thread."""
        self._services.style(layer, self._name)


class RunnerAlgorithm(QgsProcessingAlgorithm):
    """An algorithm that lets the runner do its work."""

    def __init__(self, services: MapServices) -> None:
        super().__init__()
        self._services = services
        self._stylers: list[Styler] = []
        self._folder: Path | None = None
        self._planned: Fetching | None = None

    def createInstance(self) -> RunnerAlgorithm:
        """A fresh one for every run."""
        return type(self)(self._services)

    def group(self) -> str:
        """The heading in the toolbox."""
        return tr("Mapping")

    def groupId(self) -> str:
        """The heading's id."""
        return "mapping"

    def icon(self) -> QIcon:
        """The plugin's icon."""
        return QIcon(self._services.resource("icons/glacier_mapper.svg"))

    def canExecute(self) -> tuple[bool, str]:
        """Whether the runner is installed, and what to do where it is not."""
        try:
            self._services.runner()
        except GlacierMapperError as error:
            return False, self._services.explain(error)
        return True, ""

    def add_outline_parameters(self) -> None:
        """How outlines are traced, with the same defaults as in the dock."""
        usual = OutlineSettings()
        drawn = tr("Probability at which outlines are drawn")
        self.add_number("OUTLINE_THRESHOLD", drawn, usual.threshold, (0.01, 0.99))
        self.add_number("MIN_AREA", tr("Smallest glacier (km²)"), usual.min_area_km2, (0.0, 1e6))
        self.add_number("MIN_HOLE", tr("Smallest hole (km²)"), usual.min_hole_km2, (0.0, 1e6))
        self.add_number("SMOOTHING", tr("Smoothing (0 none, 1 at most half a pixel)"), usual.smoothing, (0.0, 1.0))

    def add_result_parameters(self) -> None:
        """Where the products go, and what they are."""
        self.addParameter(QgsProcessingParameterBoolean("OVERWRITE", tr("Overwrite products in the folder"), False))
        self.addParameter(QgsProcessingParameterBoolean("LOAD", tr("Add the products to the map"), True))
        self.addParameter(QgsProcessingParameterFolderDestination("OUTPUT_FOLDER", tr("Folder for the products")))
        for name, text in (("PROBABILITY", tr("Glacier probability")), ("CONFIDENCE", tr("Confidence"))):
            self.addOutput(QgsProcessingOutputRasterLayer(name, text))
        polygons, lines = QgsProcessing.SourceType.TypeVectorPolygon, QgsProcessing.SourceType.TypeVectorLine
        self.addOutput(QgsProcessingOutputVectorLayer("OUTLINES", tr("Glacier outlines"), polygons))
        self.addOutput(QgsProcessingOutputVectorLayer("BOUNDARY", tr("Boundary: how sure it is"), lines))
        self.addOutput(QgsProcessingOutputFile("REPORT", tr("Report")))
        self.addOutput(QgsProcessingOutputNumber("COUNT", tr("Number of outlines")))
        self.addOutput(QgsProcessingOutputNumber("AREA_KM2", tr("Glacier area (km²)")))

    def add_number(
        self, name: str, text: str, default: float | None, limits: tuple[float, float], optional: bool = False
    ) -> None:
        """A number under Advanced."""
        number = QgsProcessingParameterNumber(name, text, NUMBER, default, optional, *limits)
        number.setFlags(number.flags() | number.Flag.FlagAdvanced)
        self.addParameter(number)

    def outline_settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> OutlineSettings:
        """The values of `add_outline_parameters`. Raises InvalidParameterError."""
        names = {"threshold": "OUTLINE_THRESHOLD", "min_area_km2": "MIN_AREA", "min_hole_km2": "MIN_HOLE"}
        names["smoothing"] = "SMOOTHING"
        values = {key: self.parameterAsDouble(parameters, name, context) for key, name in names.items()}
        return OutlineSettings(**values)

    def out_dir(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """The folder for the products; a relative one is below the working folder of this process."""
        return os.path.abspath(self.parameterAsString(parameters, "OUTPUT_FOLDER", context))

    def plan(self, chosen: Sequence[tuple[BandChoice, QgsRasterLayer]], extent: Extent | None) -> None:
        """Take what the thread needs of the layers; on the main thread. Raises InputError."""
        self._folder = self._services.temporary()
        try:
            self._planned = self._services.plan(chosen, extent, self._folder)
        except GlacierMapperError:
            self.clean()
            raise

    def fetch(self, feedback: QgsProcessingFeedback) -> tuple[BandSource, ...]:
        """The sources that were planned, all on disk; in the thread."""
        return self._planned.fetch(feedback.isCanceled)

    def clean(self) -> None:
        """Remove temporary files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def ask(self, method: Method, params: dict[str, Any], feedback: QgsProcessingFeedback) -> MapResult:
        """Let the runner work; progress goes to `feedback`, which can also cancel. Raises the errors of the tree."""
        said: list[str] = []

        def tell(progress: Progress) -> None:
            feedback.setProgress(100.0 * progress.fraction)
            text = self._services.say(progress)
            if text not in said:
                said.append(text)
                feedback.pushInfo(text)

        answer = self._services.runner().call(method.value, params, tell, feedback.isCanceled)
        result = MapResult.from_json(answer)
        for note in in_order_of_weight(result.notes):
            (feedback.pushWarning if note.to_check else feedback.pushInfo)(self._services.words(note))
        return result

    def fault(self, error: GlacierMapperError) -> QgsProcessingException:
        """The error as Processing wants it: what happened and what to do."""
        return QgsProcessingException(self._services.explain(error))

    def results(self, result: MapResult, context: QgsProcessingContext, load: bool) -> dict[str, Any]:
        """The outputs; with `load` QGIS is asked to add the layers when all is done."""
        outputs = {
            "PROBABILITY": result.probability,
            "CONFIDENCE": result.confidence,
            "BOUNDARY": f"{result.outlines}|layername={BOUNDARY_LAYER}",
            "OUTLINES": f"{result.outlines}|layername={OUTLINES_LAYER}",
            **({"CLASSES": result.classes} if result.classes else {}),
            **({"MODEL_UNCERTAINTY": result.model_uncertainty} if result.model_uncertainty else {}),
        }
        for name, source in outputs.items() if load else ():
            if source and Path(source.split("|", maxsplit=1)[0]).exists():
                self._load(name, source, context)
        return {
            **outputs,
            "OUTPUT_FOLDER": result.out_dir,
            "REPORT": result.report,
            "COUNT": result.outline_count,
            "AREA_KM2": result.area_km2,
        }

    def _load(self, name: str, source: str, context: QgsProcessingContext) -> None:
        text = self.outputDefinition(name).description()
        details = QgsProcessingContext.LayerDetails(text, context.project(), name)
        styler = Styler(self._services, name.lower())
        self._stylers.append(styler)
        details.setPostProcessor(styler)
        context.addLayerToLoadOnCompletion(source, details)
