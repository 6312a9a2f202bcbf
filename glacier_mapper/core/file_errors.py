"""The part of the exception tree that speaks of files that are no layer's, of what is in a raster, of busy folders.

    GlacierMapperError
    ├── InputError
    │   ├── UnusableCrsError        ├── MissingBandError        ├── NotProbabilityError
    │   ├── MissingFileError        ├── MissingNamedFileError   └── MissingPackageFileError
    │   ├── UnreadableRasterError   ├── NoRasterError           not a fault of the file
    │   │                           └── ContainerRasterError    nor is this
    │   ├── DeadBandError
    │   └── InvalidOutlinesError    ├── OutlineWithoutShapeError    ├── OutlineNotDeletedError
    │                               ├── MissingColumnError          └── HiddenOutlinesError
    └── OutputError
        ├── OutputBusyError         ├── OtherModelError         └── FolderInTheWayError
"""

from __future__ import annotations

from .errors import InputError, InvalidOutlinesError, MissingFileError, OutputError, UnreadableRasterError
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


class DeadBandError(InputError):
    """A band that the model can't do without has one value everywhere. Details: role (a message), value."""

    message = QT_TRANSLATE_NOOP("errors", "The band for “{role}” has the same value everywhere ({value}): it is empty.")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose another band for this role, or leave the role unused.")


class NotProbabilityError(InputError):
    """A raster to trace holds something else than probabilities. Details: path, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{path} holds no probabilities: {reason}")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Give the probability.tif of a mapping, or another raster with one band from 0 to 1. An image is mapped first.",
    )


class MissingNamedFileError(MissingFileError):
    """A file that was named and is no layer's is not there: weights, figures, a package to add. Details: path."""

    remedy = QT_TRANSLATE_NOOP("errors", "Check the path: the file may have been moved or renamed.")


class MissingPackageFileError(MissingFileError):
    """A model package is not there, or lacks one of its files. Details: path."""

    remedy = QT_TRANSLATE_NOOP(
        "errors", "A model package is a folder with model.json and model.onnx. Check the path, or get the package anew."
    )


class NoRasterError(UnreadableRasterError):
    """A file of shapes where an image is wanted. Details: path."""

    message = QT_TRANSLATE_NOOP("errors", "{path} is no image: it holds shapes or a table.")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose an image, such as a GeoTIFF. QGIS shows what is in this file.")


class ContainerRasterError(UnreadableRasterError):
    """A file that holds other images, such as a NetCDF file or an archive. Details: path, inside (names to give)."""

    message = QT_TRANSLATE_NOOP("errors", "{path} holds images inside and is none by itself.")
    remedy = QT_TRANSLATE_NOOP("errors", "Name the one that is meant, as GDAL does ({inside}).")


class OutlineWithoutShapeError(InvalidOutlinesError):
    """Outlines have no shape, and a file format wants one. Details: outlines, format."""

    message = QT_TRANSLATE_NOOP("errors", "Outlines without a shape can't be written as {format}: {outlines}.")
    remedy = QT_TRANSLATE_NOOP(
        "errors", "Delete them or restore their shapes on the Review page, or choose another format."
    )


class OutlineNotDeletedError(InvalidOutlinesError):
    """An outline is to be brought back that is still there. Details: layer, outline."""

    message = QT_TRANSLATE_NOOP("errors", "The outline {outline} is not deleted: it is still in “{layer}”.")
    remedy = QT_TRANSLATE_NOOP(
        "errors", "If it is not shown, the layer's filter hides it. Clear the filter in the layer's properties, Source."
    )


class MissingColumnError(InvalidOutlinesError):
    """Columns of an outlines layer were deleted or renamed. Details: layer, columns (text)."""

    message = QT_TRANSLATE_NOOP("errors", "“{layer}” lacks columns that Glacier Mapper needs: {columns}.")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Undo the deletion or renaming, or give the columns these names again in the layer's properties, Fields.",
    )


class HiddenOutlinesError(InvalidOutlinesError):
    """A layer's filter hides outlines, and what is outside of all outlines would count. Details: layer, count."""

    message = QT_TRANSLATE_NOOP(
        "errors",
        "The filter of “{layer}” hides outlines ({count}), which would be taken for ground without a glacier.",
    )
    remedy = QT_TRANSLATE_NOOP("errors", "Clear the filter in the layer's properties, Source.")


class OutputBusyError(OutputError):
    """Another run writes to the same folder. Details: path, pid."""

    message = QT_TRANSLATE_NOOP("errors", "Another run (process {pid}) is writing to {path}.")
    remedy = QT_TRANSLATE_NOOP("errors", "Wait for it to end, or choose another folder.")


class FolderInTheWayError(OutputError):
    """A file is to be written under the name of a folder. Details: path."""

    message = QT_TRANSLATE_NOOP("errors", "{path} can't be written: a folder has that name.")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose another file name. The folder stays as it is.")


class OtherModelError(OutputError):
    """In a model repository, two different models would be versions of one. Details: path, model, reason."""

    message = QT_TRANSLATE_NOOP("errors", "“{model}” can't be written to {path}: {reason}")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Servers know a model by its name alone. Write one of the two to another folder, or make its package anew "
        "under another name.",
    )
