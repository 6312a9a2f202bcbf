"""The part of the exception tree that speaks of teaching a model.

    GlacierMapperError
    └── InputError
        ├── ModelError
        │   ├── NotTeachableError       ├── NoWeightsError          exit 2: a model that can't be taught
        │   └── EnsembleNotTaughtError
        ├── TeachTimeError              exit 2: a teaching that would come to nothing
        └── NothingReviewedError        └── TooLittleReviewedError
"""

from __future__ import annotations

from .errors import InputError
from .messages import QT_TRANSLATE_NOOP
from .model_errors import ModelError


class NotTeachableError(ModelError):
    """A model that is no network can't learn. Details: model."""

    message = QT_TRANSLATE_NOOP("errors", "“{model}” is no network and can't learn.")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose a network on the Map page, such as “compact”, and teach that one.")


class NoWeightsError(ModelError):
    """A package without the weights that a training goes on from. Details: model."""

    message = QT_TRANSLATE_NOOP(
        "errors", "“{model}” can't learn: its package holds no weights to go on from (weights.npz)."
    )
    remedy = QT_TRANSLATE_NOOP("errors", "Import or export it again with this release, or choose another network.")


class EnsembleNotTaughtError(ModelError):
    """An ensemble has no weights that could be changed as one. Details: model."""

    message = QT_TRANSLATE_NOOP("errors", "“{model}” can't learn: it is an ensemble of several networks.")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Choose another model. On a terminal, fine-tune its networks one by one and join them again.",
    )


class NothingReviewedError(InputError):
    """No outline of the view is accepted or rejected. Details: none."""

    message = QT_TRANSLATE_NOOP("errors", "No outline in the view is reviewed, so there is nothing to learn from.")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "On the Review page correct the outlines, accept those that are right and reject what is no glacier; or zoom "
        "to where you did.",
    )


class TooLittleReviewedError(InputError):
    """Too little known ground. Details: ice_km2, other_km2 (what is known), needed_km2 (the least of each)."""

    message = QT_TRANSLATE_NOOP(
        "errors",
        "Too little of the view is reviewed: {ice_km2} km² of glacier and {other_km2} km² of other ground can be "
        "learnt from, in parts that are too small to set one of them aside.",
    )
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Review more outlines, some way apart from one another: at least {needed_km2} km² of glacier, and as much of "
        "the ground around. A larger view or a wider strip round the outlines helps, too.",
    )


class TeachTimeError(InputError):
    """Hardly a step fits into the time. Details: model, minutes, needed."""

    message = QT_TRANSLATE_NOOP("errors", "{minutes} min are too short to teach “{model}” on this machine.")
    remedy = QT_TRANSLATE_NOOP("errors", "Allow {needed} min or more, or teach a smaller network.")
