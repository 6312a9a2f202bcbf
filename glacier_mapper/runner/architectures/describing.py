"""What people read of a network that was imported or trained: title, licence, citation, regions, limits."""

from __future__ import annotations

from ...core.branches import REGION_CODES
from ...core.messages import QT_TRANSLATE_NOOP
from ...core.model_card import Description, Location
from .orders import WeightsExport
from .registry import Architecture

PAPER = (
    "Maslov, K. A., Persello, C., Schellenberger, T., Stein, A. (2025): Globally scalable glacier mapping by deep "
    "learning matches expert delineation accuracy. Nature Communications 16, 43, doi:10.1038/s41467-024-54956-x"
)
PUBLISHED_LICENCE = "GPL-2.0-only"
"""Of the repository that the weights are published with; nothing else is said of the weights."""
OWN_LICENCE = "GPL-2.0-or-later"
PUBLISHED_SUMMARY = QT_TRANSLATE_NOOP("models", "Published glacier network, imported from Keras weights.")
OWN_SUMMARY = QT_TRANSLATE_NOOP("models", "Network of this project.")
PUBLISHED_LIMITS = QT_TRANSLATE_NOOP(
    "models",
    "Six bands of top-of-atmosphere reflectance, elevation in metres and slope in degrees, backscatter as linear "
    "sigma0, as the network was trained on. The authors report IoU above 0.85 on unseen images in most cases, above "
    "0.75 in debris-rich areas, above 0.90 where clean ice dominates, for their best strategy; these weights were not "
    "evaluated here. Not trained on Arctic Canada, the Russian Arctic, Iceland and North Asia.",
)
OWN_LIMITS = QT_TRANSLATE_NOOP("models", "Not evaluated yet: use the command evaluate on scenes with known outlines.")


def describe(kind: Architecture, order: WeightsExport) -> Description:
    """The description of a network, where its weights come from aside."""
    told = {Location.NONE: "", Location.REGION: ", region vector", Location.COORDINATES: ", coordinates"}
    listed = " + ".join(branch.value for branch in order.inputs)
    title = kind.title if kind.every_branch else f"{kind.title} ({listed}{told[order.location]})"
    if not order.is_published:
        return Description(title, OWN_SUMMARY, OWN_LICENCE, limits=OWN_LIMITS)
    regions = REGION_CODES[:-1]
    return Description(title, PUBLISHED_SUMMARY, PUBLISHED_LICENCE, PAPER, regions, PUBLISHED_LIMITS)
