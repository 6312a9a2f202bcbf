"""The part of the exception tree that speaks of what is in a raster file, and of a folder that is in use.

    GlacierMapperError
    ├── InputError
    │   ├── UnusableCrsError        ├── MissingBandError        └── NotProbabilityError
    └── OutputError
        ├── OutputBusyError         └── OtherModelError
"""

from __future__ import annotations

from .errors import InputError, OutputError
from .messages import QT_TRANSLATE_NOOP


class UnusableCrsError(InputError):
    """A raster's coordinate reference system leads nowhere on Earth. Details: path, crs."""

    message = QT_TRANSLATE_NOOP(
        "errors", "{path} has the coordinate reference system {crs}, which says nothing about where on Earth it lies."
    )
    remedy = QT_TRANSLATE_NOOP(
        "errors", "Assign the one that is meant in the layer's properties, or with gdal_edit.py -a_srs."
    )


class MissingBandError(InputError):
    """A raster has fewer bands than were asked for. Details: path, band, count."""

    message = QT_TRANSLATE_NOOP("errors", "{path} has no band {band}; its bands are 1 to {count}.")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose another band (in a terminal: --band ROLE=FILE:N).")


class NotProbabilityError(InputError):
    """A raster to trace holds something else than probabilities. Details: path, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{path} holds no probabilities: {reason}")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Give the probability.tif of a mapping, or another raster with one band from 0 to 1. An image is mapped first.",
    )


class OutputBusyError(OutputError):
    """Another run writes to the same folder. Details: path, pid."""

    message = QT_TRANSLATE_NOOP("errors", "Another run (process {pid}) is writing to {path}.")
    remedy = QT_TRANSLATE_NOOP("errors", "Wait for it to end, or choose another folder.")


class OtherModelError(OutputError):
    """In a model repository, two different models would be versions of one. Details: path, model, reason."""

    message = QT_TRANSLATE_NOOP("errors", "“{model}” can't be written to {path}: {reason}")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Servers know a model by its name alone. Write one of the two to another folder, or make its package anew "
        "under another name.",
    )
