"""`glaciermapper:outlinesfromprobability`: outlines from a probability raster that is there already."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRasterLayer,
)

from ..core.choice import BandChoice
from ..core.errors import GlacierMapperError
from ..core.outline_meta import OutlineMeta
from ..core.protocol import Method
from ..core.roles import Role
from .base import RunnerAlgorithm, tr


class OutlinesAlgorithm(RunnerAlgorithm):
    """Traces the glaciers of a probability raster, whoever made it."""

    def name(self) -> str:
        """The id."""
        return "outlinesfromprobability"

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Outlines from probability")

    def shortHelpString(self) -> str:
        """What it does, in and out."""
        return tr(
            "Traces glacier outlines in a raster of glacier probability (0 to 1), at the position of the "
            "threshold within the pixels. Writes outlines with area, confidence and positional uncertainty, "
            "and their boundary section by section, into a GeoPackage. The raster must be in a projected "
            "coordinate reference system in metres."
        )

    def initAlgorithm(self, config: dict[str, Any] | None = None) -> None:
        """Parameters and outputs."""
        self.addParameter(QgsProcessingParameterRasterLayer("INPUT", tr("Glacier probability (0 to 1)")))
        self.addParameter(QgsProcessingParameterString("ANALYST", tr("Analyst"), optional=True))
        self.add_outline_parameters()
        self.add_result_parameters()

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Take the layer; on the main thread."""
        layer = self.parameterAsRasterLayer(parameters, "INPUT", context)
        if not isinstance(layer, QgsRasterLayer):
            return False
        self._name = layer.name()
        try:
            self.plan([(BandChoice(Role.COHERENCE, layer.id(), 1), layer)], None)
        except GlacierMapperError as error:
            raise self.fault(error) from error
        return True

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Let the runner trace; in a thread."""
        try:
            path = self.fetch(feedback)[0].path
            result = self.ask(Method.OUTLINES, self._params(path, parameters, context), feedback)
        except GlacierMapperError as error:
            raise self.fault(error) from error
        finally:
            self.clean()
        return self.results(result, context, self.parameterAsBool(parameters, "LOAD", context))

    def _params(self, path: str, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        analyst = self.parameterAsString(parameters, "ANALYST", context) or self._services.order().analyst
        return {
            "probability": path,
            "out_dir": self.out_dir(parameters, context),
            "outlines": asdict(self.outline_settings(parameters, context)),
            "meta": OutlineMeta(sources=self._name, analyst=analyst).to_json(),
            "overwrite": self.parameterAsBool(parameters, "OVERWRITE", context),
        }
