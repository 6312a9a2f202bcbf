"""A model taught by the outlines that an analyst has reviewed: in minutes, measured on a part of the view kept aside.

    result = teach(TeachRequest(sources, "corrected.gpkg", "compact", "models/my-valley"), controls)
    result.before["iou"], result.after["iou"]

torch is needed by this job and imported when one starts.
"""

from __future__ import annotations

from ....core.package_names import NO_PACKAGES
from ....core.progress import Controls
from ....core.teach import TeachRequest, TeachResult
from ....core.teach_errors import NotTeachableError
from ..learn import need_training

__all__ = ["teach"]


def teach(request: TeachRequest, controls: Controls) -> TeachResult:
    """Teach, measure, and write the new package; see `job.teach`.

    Raises NotTeachableError, NoWeightsError, MissingPythonPackageError, NothingReviewedError, TooLittleReviewedError,
    TeachTimeError, what `map_glaciers` raises, OutputError kinds, Cancelled.
    """
    if request.model.lower() in NO_PACKAGES:
        raise NotTeachableError(model=request.model)
    need_training()
    from .job import teach as work

    return work(request, controls)
