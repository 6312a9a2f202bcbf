"""`glaciermapper:mapglaciers`: the dock's one click as an algorithm."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputRasterLayer,
    QgsProcessingParameterBand,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.choice import BandChoice, MapOrder, check_choices, check_model
from ..core.devices import AUTOMATIC
from ..core.errors import GlacierMapperError
from ..core.extent import Extent
from ..core.guess import guess_roles
from ..core.left_out import left_out
from ..core.models import BUILT_IN
from ..core.protocol import Method
from ..core.request import BandRatioSettings, check_device
from ..core.roles import OPTICAL_ROLES, ROLE_LABELS, Role
from ..core.scaling_choice import scaling_choices
from ..core.servers import clean_address
from .base import RunnerAlgorithm, tr
from .network_parameters import network_parameters, network_settings

INDEXES = ("auto", "red_swir", "nir_swir", "ndsi")
RULES = {
    "MIN_BLUE": "min_blue",
    "MAX_NDWI": "max_ndwi",
    "MAX_NDVI": "max_ndvi",
    "MAX_TEMPERATURE": "max_temperature_k",
}
"""Parameters of the band ratio that switch a rule off when they are empty."""
OPEN_ROLES = (Role.ELEVATION, Role.THERMAL)
"""Roles outside Advanced, besides the optical layers."""


class MapGlaciersAlgorithm(RunnerAlgorithm):
    """Maps glaciers from raster layers with a model, like the button of the dock."""

    def name(self) -> str:
        """The id."""
        return "mapglaciers"

    def displayName(self) -> str:
        """The name in the toolbox."""
        return tr("Map glaciers")

    def shortHelpString(self) -> str:
        """What it does, in and out."""
        return tr(
            "Maps glaciers from a satellite image and writes their probability, confidence, outlines with "
            "confidence and positional uncertainty, and a report that is enough to repeat the run.\n\n"
            "Give the optical bands as one multi-band layer or as several layers: which band is which is guessed "
            "from descriptions, names and metadata, and written to the log. A layer named for a role under "
            "Advanced goes before the guess. The band-ratio model needs shortwave infrared 1 and one of red, "
            "near infrared and green; elevation, slope and thermal make it better. A network needs what its "
            "package says, and runs as under Advanced.\n\n"
            "Empty extent: all that the optical layers cover. Empty threshold: automatic."
        )

    def initAlgorithm(self, config: dict[str, Any] | None = None) -> None:
        """Parameters and outputs."""
        raster = QgsProcessing.SourceType.TypeRaster
        self.addParameter(QgsProcessingParameterMultipleLayers("OPTICAL", tr("Optical layers"), raster, optional=True))
        for role in OPEN_ROLES:
            self._add_role(role, advanced=False)
        self.addParameter(QgsProcessingParameterExtent("EXTENT", tr("Extent"), optional=True))
        self._add_image_facts()
        self._add_model()
        for role in (*OPTICAL_ROLES, Role.SLOPE, Role.CO_POL, Role.CROSS_POL, Role.COHERENCE):
            self._add_role(role, advanced=True)
        self._add_band_ratio()
        for parameter in network_parameters():
            self.addParameter(parameter)
        self.addParameter(QgsProcessingParameterString("ANALYST", tr("Analyst"), optional=True))
        self.add_outline_parameters()
        with_classes = tr("Write classes beside the probability")
        self.addParameter(QgsProcessingParameterBoolean("WITH_CLASSES", with_classes, False))
        self.add_result_parameters()
        self.addOutput(QgsProcessingOutputRasterLayer("CLASSES", tr("Classes")))
        disagree = tr("Model uncertainty: where its networks disagree")
        self.addOutput(QgsProcessingOutputRasterLayer("MODEL_UNCERTAINTY", disagree))

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Find out which layers are which; on the main thread."""
        try:
            chosen = self._choose(parameters, context, feedback)
            self._order = self._make_order(tuple(choice for choice, _ in chosen), parameters, context)
            names = {layer.id(): layer.name() for _, layer in chosen}
            check_choices(self._order.choices, names)
            check_model(self._order, tr_role)
            check_device(self._order.device)
            self._access = self._services.access(self._order.device)
            self._extent = self._make_extent(parameters, context)
            self.plan(chosen, self._extent)
        except GlacierMapperError as error:
            raise self.fault(error) from error
        return True

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Let the runner map; in a thread."""
        try:
            request = self._order.request(self.fetch(feedback), self._order.out_dir, self._extent)
            overwrite = self.parameterAsBool(parameters, "OVERWRITE", context)
            request = dataclasses.replace(request, overwrite=overwrite, notes=self._left_out)
            self._services.let_in(self._services.runner(), self._access, feedback.isCanceled)
            result = self.ask(Method.MAP, request.to_json(), feedback)
        except GlacierMapperError as error:
            raise self.fault(error) from error
        finally:
            self.clean()
        return self.results(result, context, self.parameterAsBool(parameters, "LOAD", context))

    def _add_model(self) -> None:
        """A name, with those that are there proposed where QGIS can do so; or the folder of a package."""
        names = [model.name for model in self._services.models()]
        text = tr("Model ({names}, or the folder of a package)").format(names=", ".join(names))
        model = QgsProcessingParameterString("MODEL", text, BUILT_IN[0].name)
        model.setMetadata({"widget_wrapper": {"value_hints": names}})
        self.addParameter(model)

    def _add_image_facts(self) -> None:
        """What the analyst knows of the image and its file does not say."""
        titles = [QCoreApplication.translate("scaling", title) for _, title in scaling_choices()]
        scaling = QgsProcessingParameterEnum("SCALING", tr("Scaling of the optical bands"), titles, defaultValue=0)
        scaling.setFlags(scaling.flags() | scaling.Flag.FlagAdvanced)
        self.addParameter(scaling)
        text = tr("Day of the image (YYYY-MM-DD; empty: from the layer)")
        self.addParameter(QgsProcessingParameterString("DATE", text, optional=True))

    def _add_role(self, role: Role, advanced: bool) -> None:
        """A layer for a role, and its band."""
        name, label = role.name, tr_role(role)
        layer = QgsProcessingParameterRasterLayer(name, label, optional=True)
        band = QgsProcessingParameterBand(
            f"{name}_BAND", tr("{role}: band").format(role=label), 1, parentLayerParameterName=name, optional=True
        )
        layer.setFlags(layer.flags() | layer.Flag.FlagAdvanced if advanced else layer.flags())
        band.setFlags(band.flags() | band.Flag.FlagAdvanced)
        self.addParameter(layer)
        self.addParameter(band)

    def _add_band_ratio(self) -> None:
        usual = BandRatioSettings()
        index = QgsProcessingParameterEnum(
            "INDEX", tr("Band ratio: index"), list(INDEXES), defaultValue=INDEXES[0], usesStaticStrings=True
        )
        index.setFlags(index.flags() | index.Flag.FlagAdvanced)
        self.addParameter(index)
        self.add_number("THRESHOLD", tr("Band ratio: threshold (empty: automatic)"), None, (-1.0, 100.0), True)
        self.add_number("SOFTNESS", tr("Band ratio: softness of the threshold"), usual.softness, (0.01, 2.0))
        self.add_number("MIN_BLUE", tr("Smallest blue reflectance"), usual.min_blue, (-1.0, 2.0), True)
        self.add_number("MAX_NDWI", tr("Largest water index"), usual.max_ndwi, (-1.0, 1.0), True)
        self.add_number("MAX_NDVI", tr("Largest vegetation index"), usual.max_ndvi, (-1.0, 1.0), True)
        kelvin = tr("Highest surface temperature (K)")
        self.add_number("MAX_TEMPERATURE", kelvin, usual.max_temperature_k, (150.0, 400.0), True)
        median = QgsProcessingParameterEnum(
            "MEDIAN", tr("Median filter (pixels)"), ["1", "3", "5", "7"], defaultValue="3", usesStaticStrings=True
        )
        median.setFlags(median.flags() | median.Flag.FlagAdvanced)
        self.addParameter(median)

    def _choose(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> list[tuple[BandChoice, QgsRasterLayer]]:
        """Layers given for a role, then guesses for the roles that are left."""
        given = {choice.role: (choice, layer) for choice, layer in self._given(parameters, context)}
        layers = self.parameterAsLayerList(parameters, "OPTICAL", context)
        rasters = {layer.id(): layer for layer in layers if isinstance(layer, QgsRasterLayer)}
        bands = [band for layer in rasters.values() for band in self._services.describe(layer)]
        for guess in guess_roles(bands):
            if guess.role not in given:
                choice = BandChoice(guess.role, guess.layer_id, guess.band)
                given[guess.role] = (choice, rasters[guess.layer_id])
        used = {layer.id() for _, layer in given.values()}
        self._left_out = tuple(note.to_json() for note in left_out(bands, used))
        for choice, layer in given.values():
            text = tr("{role}: {layer}, band {band}")
            feedback.pushInfo(text.format(role=tr_role(choice.role), layer=layer.name(), band=choice.band))
        return list(given.values())

    def _given(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> Iterator[tuple[BandChoice, QgsRasterLayer]]:
        for role in Role:
            layer = self.parameterAsRasterLayer(parameters, role.name, context)
            if layer is not None:
                band = self.parameterAsInt(parameters, f"{role.name}_BAND", context) or 1
                yield BandChoice(role, layer.id(), band, by_hand=band != 1), layer

    def _make_order(
        self, choices: tuple[BandChoice, ...], parameters: dict[str, Any], context: QgsProcessingContext
    ) -> MapOrder:
        usual = self._services.order()
        name = _model_name(self.parameterAsString(parameters, "MODEL", context).strip())
        device = clean_address(self.parameterAsString(parameters, "DEVICE", context)) or AUTOMATIC
        server = self._services.server(device)
        return dataclasses.replace(
            usual,
            choices=choices,
            model=name,
            info=next((model for model in self._services.models() if model.name == name), None),
            device=device,
            network=network_settings(self, parameters, context, server.on_loss if server is not None else "local"),
            band_ratio=self._band_ratio(parameters, context),
            outlines=self.outline_settings(parameters, context),
            out_dir=self.out_dir(parameters, context),
            analyst=self.parameterAsString(parameters, "ANALYST", context) or usual.analyst,
            classes=self.parameterAsBool(parameters, "WITH_CLASSES", context),
            scaling=scaling_choices()[self.parameterAsEnum(parameters, "SCALING", context)][0],
            acquired=self.parameterAsString(parameters, "DATE", context).strip(),
        )

    def _band_ratio(self, parameters: dict[str, Any], context: QgsProcessingContext) -> BandRatioSettings:
        """Raises InvalidParameterError."""
        rules = {key: self._optional(name, parameters, context) for name, key in RULES.items()}
        return BandRatioSettings(
            index=self.parameterAsEnumString(parameters, "INDEX", context),
            threshold=self._optional("THRESHOLD", parameters, context),
            softness=self.parameterAsDouble(parameters, "SOFTNESS", context),
            median_px=int(self.parameterAsEnumString(parameters, "MEDIAN", context)),
            **rules,
        )

    def _optional(self, name: str, parameters: dict[str, Any], context: QgsProcessingContext) -> float | None:
        """The number, the default where nothing is said, None where it was emptied on purpose."""
        default = self.parameterDefinition(name).defaultValue()
        if parameters.get(name, default) is None:
            return None
        return self.parameterAsDouble(parameters, name, context)

    def _make_extent(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Extent | None:
        if not parameters.get("EXTENT"):
            return None
        rectangle = self.parameterAsExtent(parameters, "EXTENT", context)
        return self._services.extent(rectangle, self.parameterAsExtentCrs(parameters, "EXTENT", context))


def _model_name(text: str) -> str:
    """The name of a model, or the folder of a package, which may be relative to the working folder."""
    is_folder = any(sign in text for sign in "/\\") and Path(text).is_dir()
    return str(Path(text).absolute()) if is_folder else text or BUILT_IN[0].name


def tr_role(role: Role) -> str:
    """The role's name in the user's language."""
    return QCoreApplication.translate("roles", ROLE_LABELS[role])
