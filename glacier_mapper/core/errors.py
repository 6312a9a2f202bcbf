"""The one exception tree.

    GlacierMapperError
    ├── InputError                  exit 2: the caller can mend it
    │   ├── NoLayersError           ├── MissingRoleError        ├── DuplicateRoleError
    │   ├── NoOverlapError          ├── NoValidPixelsError      ├── InvalidExtentError
    │   ├── MissingFileError        ├── UnreadableRasterError   ├── MissingCrsError
    │   ├── UnknownModelError       ├── InvalidParameterError   ├── LayerGoneError
    │   ├── InvalidOutlinesError    └── UsageError
    ├── OutputError                 exit 2: where the result should go
    │   ├── OutputNotWritableError  ├── OutputExistsError       └── DiskFullError
    ├── RunnerError                 exit 1: the model runner
    │   ├── RunnerMissingError      ├── RunnerBrokenError       ├── RunnerCrashedError
    │   ├── RunnerTimeoutError      ├── RunnerBusyError         ├── ProtocolMismatchError
    │   └── SetupError              ├── NoPythonError           ├── NoNetworkError
    ├── OutOfMemoryError            exit 1  ├── Cancelled           exit 3
    └── InternalError               exit 1: our fault

Every class has a `message` that names the thing and a `remedy` that says what to do next: templates over the details
that it was raised with. `to_json`, `from_json` carry it over the process boundary. More: `model_errors`, `file_errors`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .messages import QT_TRANSLATE_NOOP, Message, in_one_line

CONTEXT = "errors"


class GlacierMapperError(Exception):
    """Root of every error that the project raises on purpose."""

    message: ClassVar[str] = QT_TRANSLATE_NOOP("errors", "Something went wrong: {reason}")
    remedy: ClassVar[str] = QT_TRANSLATE_NOOP("errors", "Look at the log for details.")
    exit_code: ClassVar[int] = 1

    def __init__(self, **details: Any) -> None:
        self.details = {"reason": "", **details}
        super().__init__(str(self.to_message()))

    def to_message(self) -> Message:
        """What happened, for translation and display."""
        return Message(self.message, self.details)

    def to_remedy(self) -> Message:
        """What the user can do next, for translation and display."""
        return Message(self.remedy, self.details)

    def __str__(self) -> str:
        """Both in one English line: what happened, then the remedy."""
        return in_one_line(str(self.to_message()), str(self.to_remedy()))

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, `{"type", "details"}`."""
        return {"type": type(self).__name__, "details": self.details}


class InputError(GlacierMapperError):
    """The input can't be used as it is."""

    exit_code = 2


class NoLayersError(InputError):
    """Nothing was chosen to map from."""

    message = QT_TRANSLATE_NOOP("errors", "No raster layer has a role yet.")
    remedy = QT_TRANSLATE_NOOP("errors", "Add a satellite image to the project and give its bands their roles.")


class MissingRoleError(InputError):
    """The model needs a band that nothing provides. Details: model, roles (text)."""

    message = QT_TRANSLATE_NOOP("errors", "The model “{model}” needs {roles}, and no layer has that role.")
    remedy = QT_TRANSLATE_NOOP("errors", "Give a layer that role, or choose another model.")


class DuplicateRoleError(InputError):
    """Two bands were given one role. Details: role, layers (text)."""

    message = QT_TRANSLATE_NOOP("errors", "The role “{role}” is taken twice: {layers}.")
    remedy = QT_TRANSLATE_NOOP("errors", "Leave it to one of them and set the other to “not used”.")


class NoOverlapError(InputError):
    """The view and the layers do not meet. Details: layers (text)."""

    message = QT_TRANSLATE_NOOP("errors", "The view lies outside {layers}.")
    remedy = QT_TRANSLATE_NOOP("errors", "Zoom to the layer and try again (in a terminal: --bounds W S E N).")


class NoValidPixelsError(InputError):
    """Every pixel is no data. Details: layers (text)."""

    message = QT_TRANSLATE_NOOP("errors", "{layers} has no valid pixel in the view.")
    remedy = QT_TRANSLATE_NOOP("errors", "Move the view to where the image has data, or check the no-data value.")


class InvalidExtentError(InputError):
    """An extent is empty, infinite or not a number. Details: extent."""

    message = QT_TRANSLATE_NOOP("errors", "The extent {extent} can't be mapped: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Zoom to the glaciers, or give bounds and their CRS that lie around them.")


class MissingFileError(InputError):
    """A file is not there. Details: path."""

    message = QT_TRANSLATE_NOOP("errors", "The file {path} does not exist.")
    remedy = QT_TRANSLATE_NOOP("errors", "Check the path, or repair the layer's source.")


class UnreadableRasterError(InputError):
    """A raster can't be opened or a part of it can't be read. Details: path, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{path} can't be read: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "The file may be damaged or still downloading. Fetch it again.")


class MissingCrsError(InputError):
    """A raster says nothing about where it lies. Details: path."""

    message = QT_TRANSLATE_NOOP("errors", "{path} has no coordinate reference system.")
    remedy = QT_TRANSLATE_NOOP("errors", "Assign one in the layer's properties, or with gdal_edit.py -a_srs.")


class UnknownModelError(InputError):
    """No model of that name. Details: model, known (text)."""

    message = QT_TRANSLATE_NOOP("errors", "There is no model “{model}”.")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose one of: {known}.")


class InvalidParameterError(InputError):
    """A setting is out of range. Details: name, value, expected."""

    message = QT_TRANSLATE_NOOP("errors", "{name} can't be {value}.")
    remedy = QT_TRANSLATE_NOOP("errors", "It must be {expected}.")


class LayerGoneError(InputError):
    """A layer was removed while it was needed. Details: layer."""

    message = QT_TRANSLATE_NOOP("errors", "The layer “{layer}” is no longer in the project.")
    remedy = QT_TRANSLATE_NOOP("errors", "Add it again, or choose another layer for its role.")


class InvalidOutlinesError(InputError):
    """A vector layer is not an outlines layer, or its content is wrong. Details: layer, reason."""

    message = QT_TRANSLATE_NOOP("errors", "“{layer}” can't be used as glacier outlines: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose the outlines of a mapping.")


class UsageError(InputError):
    """A command line that can't be read. Details: command, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{command}: {reason}.")
    remedy = QT_TRANSLATE_NOOP("errors", "Try “{command} --help”.")


class OutputError(GlacierMapperError):
    """The result has no place to go."""

    exit_code = 2


class OutputNotWritableError(OutputError):
    """The folder or file can't be written. Details: path, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{path} can't be written: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose another folder, or close the program that holds the file.")


class OutputExistsError(OutputError):
    """Something is there already. Details: path."""

    message = QT_TRANSLATE_NOOP("errors", "{path} exists already.")
    remedy = QT_TRANSLATE_NOOP("errors", "Choose another name, or allow overwriting.")


class DiskFullError(OutputError):
    """Not enough room. Details: path, needed_mb, free_mb."""

    message = QT_TRANSLATE_NOOP("errors", "The disk is full: {path} needs {needed_mb} MB, {free_mb} MB are free.")
    remedy = QT_TRANSLATE_NOOP("errors", "Free some space, or choose a folder on another disk.")


class RunnerError(GlacierMapperError):
    """The model runner can't do its work."""


class RunnerMissingError(RunnerError):
    """The runner's environment has not been made yet. Details: folder."""

    message = QT_TRANSLATE_NOOP("errors", "The model runner is not installed yet.")
    remedy = QT_TRANSLATE_NOOP("errors", "Click “Install model runner” in the Glacier Mapper panel.")


class RunnerBrokenError(RunnerError):
    """The environment is there but does not work. Details: folder, reason, log_tail."""

    message = QT_TRANSLATE_NOOP("errors", "The model runner in {folder} does not start: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Click “Repair” in the Glacier Mapper panel.")


class RunnerCrashedError(RunnerError):
    """The runner ended during a job. Details: reason, log_tail."""

    message = QT_TRANSLATE_NOOP("errors", "The model runner stopped unexpectedly ({reason}).")
    remedy = QT_TRANSLATE_NOOP("errors", "Your layers and edits are untouched. Click again: it restarts by itself.")


class RunnerTimeoutError(RunnerError):
    """The runner did not answer. Details: method, seconds."""

    message = QT_TRANSLATE_NOOP("errors", "The model runner did not answer within {seconds} s.")
    remedy = QT_TRANSLATE_NOOP("errors", "Try again. If it stays so, use Copy diagnostics and report it.")


class RunnerBusyError(RunnerError):
    """A job is running. Details: job."""

    message = QT_TRANSLATE_NOOP("errors", "The model runner is still busy with “{job}”.")
    remedy = QT_TRANSLATE_NOOP("errors", "Wait for it to end, or cancel it.")


class ProtocolMismatchError(RunnerError):
    """Plugin and runner are of different versions. Details: runner, plugin."""

    message = QT_TRANSLATE_NOOP(
        "errors", "The model runner speaks protocol {runner}, the plugin speaks protocol {plugin}."
    )
    remedy = QT_TRANSLATE_NOOP("errors", "Click “Repair” in the Glacier Mapper panel to bring both to one version.")


class SetupError(RunnerError):
    """Making the environment failed. Details: step, reason."""

    message = QT_TRANSLATE_NOOP("errors", "Installing the model runner failed at “{step}”: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Click “Retry”: what was done already is kept. Details are in the log.")


class NoPythonError(RunnerError):
    """Neither uv nor a Python with venv. Details: tried (text)."""

    message = QT_TRANSLATE_NOOP("errors", "No Python was found that can make the model runner's environment.")
    remedy = QT_TRANSLATE_NOOP(
        "errors", "Install uv (docs.astral.sh/uv) or Python 3.10+ with venv (Debian: python3-venv). Tried: {tried}."
    )


class NoNetworkError(RunnerError):
    """The package index can't be reached. Details: host, reason."""

    message = QT_TRANSLATE_NOOP("errors", "{host} can't be reached: {reason}")
    remedy = QT_TRANSLATE_NOOP(
        "errors", "Check the proxy in QGIS's network settings, or choose a folder with downloaded wheels."
    )


class OutOfMemoryError(GlacierMapperError):
    """A job needs more memory than it may use. Details: needed_mb, limit_mb."""

    message = QT_TRANSLATE_NOOP("errors", "The job needs {needed_mb} MB of memory; the limit is {limit_mb} MB.")
    remedy = QT_TRANSLATE_NOOP("errors", "Raise the memory limit in the options, or close other programs.")


class Cancelled(GlacierMapperError):  # noqa: N818 (a decision of the user, not a fault)
    """The user cancelled. Nothing was left behind."""

    message = QT_TRANSLATE_NOOP("errors", "Cancelled.")
    remedy = QT_TRANSLATE_NOOP("errors", "Nothing was changed.")
    exit_code = 3


class InternalError(GlacierMapperError):
    """A fault of ours. Details: reason, log_tail."""

    message = QT_TRANSLATE_NOOP("errors", "An unexpected error happened: {reason}")
    remedy = QT_TRANSLATE_NOOP("errors", "Please report it with Copy diagnostics.")


def all_errors(root: type[GlacierMapperError] = GlacierMapperError) -> dict[str, type[GlacierMapperError]]:
    """Every class of the tree below and with `root`, by name."""
    from . import file_errors, model_errors, refine_errors, teach_errors  # noqa: F401 (the rest of the tree)

    found = {root.__name__: root}
    for child in root.__subclasses__():
        found.update(all_errors(child))
    return found


def from_json(data: dict[str, Any]) -> GlacierMapperError:
    """The error that `to_json` described; an unknown type becomes an `InternalError`."""
    details, kind = dict(data.get("details", {})), all_errors().get(str(data.get("type")))
    return InternalError(reason=f"{data.get('type')}: {details}") if kind is None else kind(**details)
