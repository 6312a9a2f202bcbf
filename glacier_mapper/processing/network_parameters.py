"""How a network is run, as parameters of an algorithm; band-ratio ignores them."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.branches import REGION_CODES
from ..core.request import NetworkSettings

WINDOWS = ("package", "cosine", "gaussian")
"""The first leaves it to the model."""
REGIONS = ("auto", *REGION_CODES)


def tr(text: str) -> str:
    """`text` in the user's language."""
    return QCoreApplication.translate("processing", text)


def network_parameters() -> list[QgsProcessingParameterDefinition]:
    """New definitions, all of them under Advanced."""
    number = QgsProcessingParameterNumber.Type
    device = QgsProcessingParameterString("DEVICE", tr("Compute on (auto, cpu, cuda … or a server)"), "auto")
    overlap = QgsProcessingParameterNumber(
        "OVERLAP", tr("Network: overlap of the tiles (empty: as the model says)"), number.Double, None, True, 0.0, 0.875
    )
    window = QgsProcessingParameterEnum(
        "WINDOW", tr("Network: blending"), list(WINDOWS), defaultValue=WINDOWS[0], usesStaticStrings=True
    )
    symmetries = QgsProcessingParameterBoolean(
        "SYMMETRIES", tr("Network: average over 8 symmetries (8 × longer)"), False
    )
    region = QgsProcessingParameterEnum(
        "REGION", tr("Network: region"), list(REGIONS), defaultValue="auto", usesStaticStrings=True
    )
    batch = QgsProcessingParameterNumber(
        "BATCH", tr("Network: tiles at a time (0: measured)"), number.Integer, 0, False, 0, 256
    )
    parity = QgsProcessingParameterBoolean("PARITY", tr("Network: as the published deployment"), False)
    made = [device, overlap, window, symmetries, region, batch, parity]
    for one in made:
        one.setFlags(one.flags() | one.Flag.FlagAdvanced)
    return made


def network_settings(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext, on_loss: str
) -> NetworkSettings:
    """The values of `network_parameters`. Raises InvalidParameterError."""
    window = algorithm.parameterAsEnumString(parameters, "WINDOW", context)
    has_overlap = parameters.get("OVERLAP") is not None
    return NetworkSettings(
        overlap=algorithm.parameterAsDouble(parameters, "OVERLAP", context) if has_overlap else None,
        window="" if window == WINDOWS[0] else window,
        symmetries=algorithm.parameterAsBool(parameters, "SYMMETRIES", context),
        parity="reference" if algorithm.parameterAsBool(parameters, "PARITY", context) else "",
        region=algorithm.parameterAsEnumString(parameters, "REGION", context),
        batch=algorithm.parameterAsInt(parameters, "BATCH", context),
        on_server_loss=on_loss,
    )
