"""The part of the exception tree that speaks of model packages, data sets, devices, servers, memory and odd rasters.

    GlacierMapperError
    ├── OutOfMemoryError
    │   └── MemoryLimitError            exit 2: the limit is the caller's own
    ├── InputError
    │   ├── UnreadableRasterError
    │   │   └── ComplexRasterError      exit 2: not a fault of the file
    │   ├── ModelError                  exit 2: a model that can't be used as it is
    │   │   ├── InvalidPackageError     ├── ChecksumError           ├── WrongArchitectureError
    │   │   ├── PackageVersionError     ├── ModelOutputError        ├── UncheckedPrecisionError
    │   │   ├── NoReferenceError        ├── KerasWeightsError       ├── DownloadError
    │   │   ├── KerasPackageError       DownloadError: DownloadCutError, DownloadAccessError, DownloadGoneError
    │   │   ├── ServedEnsembleError     ├── UnlikeNetworksError     ├── PackedPackageError
    │   │   └── more in `teach_errors`  ModelOutputError: OffSampleError
    │   ├── InvalidDataSetError         exit 2: a data set for training that can't be used
    │   └── InvalidParameterError       PackageNameError: what a package can't be called
    └── RunnerError
        ├── MissingPythonPackageError   exit 1: the job needs a package that the environment lacks
        └── ServerError                 exit 1: a model server; exit 2 where the user can mend it: all kinds of it
            ├── ServerUnreachableError  ├── ServerAccessError       ├── ServerCertificateError
            ├── ServerModelError        └── ServerAnswerError
"""

from __future__ import annotations

from .errors import InputError, InvalidParameterError, OutOfMemoryError, RunnerError, UnreadableRasterError
from .messages import QT_TRANSLATE_NOOP

MOST_SAID = 4
"""How many mismatches stand in a message; what is wrong can be seen from a few."""


class MemoryLimitError(OutOfMemoryError):
    """The limit is too low for the width of the job. Details: needed_mb (the least that will do), limit_mb."""

    message = QT_TRANSLATE_NOOP("errors", "A memory limit of {limit_mb} MB is too low for this job.")
    remedy = QT_TRANSLATE_NOOP("errors", "Set the limit to {needed_mb} MB or more, or map a narrower part.")
    exit_code = 2


class ComplexRasterError(UnreadableRasterError):
    """A raster of complex numbers, as radar scenes come in. Details: path, reason."""

    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Write its amplitude or intensity into a raster of real numbers first, in SNAP or with gdal_calc.py "
        "--type=Float32 --calc=\"abs(A)\", and use that one.",
    )


class ModelError(InputError):
    """A model can't be used as it is. Details: model, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The model “{model}” can't be used: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose another model, or get the package anew.")


class PackageNameError(InvalidParameterError):
    """A package can't be called so: it is no folder's name, or one of the project's own. Details: as its kind."""


class InvalidPackageError(ModelError):
    """A folder or file is no model package, or its parts do not fit. Details: model, reason."""

    message = QT_TRANSLATE_NOOP("errors", "“{model}” is no model package that can be used: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "A package is a folder or a zip with model.json and model.onnx. Get it anew.")


class PackageVersionError(ModelError):
    """A card of a version that this release does not read. Details: model, found, known."""

    message = QT_TRANSLATE_NOOP(
        "errors", "The package “{model}” is of version {found}; this release reads up to version {known}."
    )
    remedy = QT_TRANSLATE_NOOP("errors", "Update Glacier Mapper, or get an older package of the model.")


class ChecksumError(ModelError):
    """A file is not what it should be. Details: path, expected, found."""

    message = QT_TRANSLATE_NOOP(
        "errors", "{path} is damaged or was changed: its checksum is {found}, and it should be {expected}."
    )
    remedy = QT_TRANSLATE_NOOP("errors", "Fetch the file again.")


class WrongArchitectureError(ModelError):
    """Weights that are not those of the architecture. Details: path, architecture, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{path} does not hold weights of “{architecture}”: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Check the architecture, its inputs and its location encoding.")


def wrong_architecture(path: str, architecture: str, problems: list[str]) -> WrongArchitectureError:
    """The error of weights that differ from the architecture's: the first few in words, all in details["problems"]."""
    rest = len(problems) - MOST_SAID
    said = [*problems[:MOST_SAID], *([f"and {rest} more"] if rest > 0 else [])]
    return WrongArchitectureError(
        path=path, architecture=architecture, reason=f"{'; '.join(said)}.", problems=problems, model=architecture
    )


class KerasWeightsError(ModelError):
    """A Keras weight file where weights of the project's own training should be. Details: path."""

    message = QT_TRANSLATE_NOOP("errors", "{path} is a weight file of Keras (.h5), which this command does not read.")
    remedy = QT_TRANSLATE_NOOP("errors", "Turn it into a package with the command import-keras.")


class KerasPackageError(KerasWeightsError):
    """A Keras weight file where a model package should be. Details: path."""

    message = QT_TRANSLATE_NOOP("errors", "{path} is a weight file of Keras (.h5), and no model package yet.")
    remedy = QT_TRANSLATE_NOOP(
        "errors", "Make a package of it: “Import Keras weights” in the model manager, or the command import-keras."
    )


class PackedPackageError(InvalidPackageError):
    """A file, such as a zip, where the folder of a model package is wanted. Details: path."""

    message = QT_TRANSLATE_NOOP("errors", "{path} is a file; here a model package is a folder with model.json.")
    remedy = QT_TRANSLATE_NOOP("errors", "Unpack the zip and name its folder, or add it in the model manager of QGIS.")


class ModelOutputError(ModelError):
    """A network answered with what is no probability. Details: model, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The model “{model}” gave {reason} instead of probabilities.")
    remedy = QT_TRANSLATE_NOOP(
        "errors", "Check that the layers' values are in the units that their roles ask for, or check the package."
    )


class OffSampleError(ModelOutputError):
    """A network computes something else than its golden sample says. Details: model, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The model “{model}” gave {reason}.")
    remedy = QT_TRANSLATE_NOOP("errors", "Get the package anew: its network and its sample do not belong together.")


class UncheckedPrecisionError(ModelError):
    """A package of reduced precision without its check. Details: model, precision."""

    message = QT_TRANSLATE_NOOP(
        "errors", "The package “{model}” is of reduced precision ({precision}), and nobody checked what that costs."
    )
    remedy = QT_TRANSLATE_NOOP("errors", "Make it with the command reduce, which checks it on real scenes.")


class NoReferenceError(ModelError):
    """Parity was asked of a model without a published deployment. Details: model, reason."""

    message = QT_TRANSLATE_NOOP("errors", "“{model}” has no published deployment that could be repeated: {reason}")
    remedy = QT_TRANSLATE_NOOP(
        "errors", "Leave the parity out, or choose a network that was imported from its published weights."
    )


class ServedEnsembleError(ModelError):
    """Several networks where a model server has one under a name. Details: model, count."""

    message = QT_TRANSLATE_NOOP(
        "errors",
        "“{model}” is an ensemble of {count} networks, which runs on this machine only: a model server has one network "
        "under a name.",
    )
    remedy = QT_TRANSLATE_NOOP(
        "errors", "Compute on this machine, or put one of its networks on the server as a package of its own."
    )


class UnlikeNetworksError(ModelError):
    """Packages that can't be one ensemble. Details: model, other, reason."""

    message = QT_TRANSLATE_NOOP("errors", "“{other}” can't be joined with “{model}”: {reason}")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Join packages whose networks take the same inputs, scaled and cut alike: trained with one plan on one data "
        "set, with different seeds.",
    )


class MissingPythonPackageError(RunnerError):
    """A job needs a package that the environment lacks. Details: package, job."""

    message = QT_TRANSLATE_NOOP("errors", "{job} needs the Python package {package}, which is not installed.")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "In QGIS, “Import Keras weights” and “Teach the model” offer to install it. On a terminal, install "
        "requirements/torch.txt and requirements/training.txt of the plugin's folder with the runner's Python.",
    )


class InvalidDataSetError(InputError):
    """A folder is no tile data set, or its parts do not fit. Details: path, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{path} is no tile data set that can be used: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Build it anew with the command dataset build.")


class DownloadError(ModelError):
    """A package can't be fetched. Details: url, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{url} can't be downloaded: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Check the address and QGIS's network settings, and try again.")


class DownloadCutError(DownloadError):
    """A part has arrived, and the same address goes on from there. Details: url, reason."""

    remedy = QT_TRANSLATE_NOOP(
        "errors", "Check the address and QGIS's network settings, and try again: what has arrived is kept."
    )


class DownloadAccessError(DownloadError):
    """The server wants to know who asks: 401 or 403. Details: url, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{url} can't be downloaded without access: {reason}")
    remedy = QT_TRANSLATE_NOOP(
        "errors",
        "Ask its owner for access, or for an address that is open. A file that a browser may fetch can be saved and "
        "added from there.",
    )


class DownloadGoneError(DownloadError):
    """The server has nothing at that address: 404 or 410. Details: url, reason."""

    remedy = QT_TRANSLATE_NOOP("errors", "Check the address: the file may have been moved or renamed.")


class ServerError(RunnerError):
    """A model server can't do its work. Details: url, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The model server {url} failed: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Try again, or compute on this machine.")


class ServerUnreachableError(ServerError):
    """Nobody answers, also after several tries. Details: url, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The model server {url} can't be reached: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Check the address and that the server runs, or compute on this machine.")
    exit_code = 2


class ServerAccessError(ServerError):
    """401 or 403. Details: url, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The model server {url} refuses access: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose a valid authentication for the server in the Glacier Mapper options.")
    exit_code = 2


class ServerCertificateError(ServerError):
    """TLS verification failed. Details: url, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The certificate of the model server {url} is not trusted: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Ask for the certificate of its authority and give its file in the options.")
    exit_code = 2


class ServerModelError(ServerError):
    """The server lacks the model, or has another one of that name. Details: url, model, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The model server {url} can't serve “{model}”: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Put the package on the server with the command export-repository.")
    exit_code = 2


class ServerAnswerError(ServerError):
    """An answer that is none of the protocol. Details: url, reason."""

    message = QT_TRANSLATE_NOOP("errors", "The model server {url} answered something unexpected: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Check that it speaks the Open Inference Protocol v2 over HTTP.")
    exit_code = 2
