"""`glaciermapper:outlinesfromprobability`: outlines from a probability raster that is there already."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRasterLayer,
)

from ..core.choice import BandChoice
from ..core.days import check_period
from ..core.errors import GlacierMapperError
from ..core.outline_meta import OutlineMeta, OutlinesRequest
from ..core.protocol import Method
from ..core.request import BandSource
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
            "and their boundary section by section, into a GeoPackage.\n\n"
            "The raster may be in any coordinate reference system: one that is not in metres is traced in UTM, or "
            "polar stereographic near the poles. A layer without a file of its own is written into the folder, too.\n\n"
            "Empty model and day: as the report says where the raster is a mapping's own probability.tif with its "
            "report.json beside it."
        )

    def initAlgorithm(self, config: dict[str, Any] | None = None) -> None:
        """Parameters and outputs."""
        self.addParameter(QgsProcessingParameterRasterLayer("INPUT", tr("Glacier probability (0 to 1)")))
        model = tr("Model that made the probability (empty: from its report)")
        self.addParameter(QgsProcessingParameterString("MODEL", model, optional=True))
        day = tr("Day of the image (YYYY-MM-DD; empty: from the report)")
        self.addParameter(QgsProcessingParameterString("DATE", day, optional=True))
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
            check_period(self.parameterAsString(parameters, "DATE", context).strip())
            self.plan([(BandChoice(Role.COHERENCE, layer.id(), 1), layer)], None)
        except GlacierMapperError as error:
            raise self.fault(error) from error
        return True

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Let the runner trace; in a thread."""
        try:
            [source] = self.fetch(feedback)
            result = self.ask(Method.OUTLINES, self._params(source, parameters, context), feedback)
        except GlacierMapperError as error:
            raise self.fault(error) from error
        finally:
            self.clean()
        return self.results(result, context, self.parameterAsBool(parameters, "LOAD", context))

    def _params(
        self, source: BandSource, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> dict[str, Any]:
        model, day, analyst = (
            self.parameterAsString(parameters, name, context).strip() for name in ("MODEL", "DATE", "ANALYST")
        )
        analyst = analyst or self._services.order().analyst
        return OutlinesRequest(
            source.path,
            self.out_dir(parameters, context),
            self.outline_settings(parameters, context),
            OutlineMeta(model=model, src_date=day, analyst=analyst),
            overwrite=self.parameterAsBool(parameters, "OVERWRITE", context),
            layer=self._name,
            keep=source.temporary,
        ).to_json()
