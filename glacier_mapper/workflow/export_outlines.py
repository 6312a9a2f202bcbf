"""Export outlines: check, ask, write to a temporary name, rename."""

from __future__ import annotations

from typing import Any, Callable

from qgis.core import QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas


class ExportOutlines:
    """Opens the export dialog, checks as the choice changes, and writes in the background.

    `make_dialog()` returns a `gui.export_dialog.ExportDialog`; `notices` is a
    `gui.export_notices.MessageBarNotices` or anything with its `show_exported(path)` and `show_error(error)`.
    """

    def __init__(
        self, project: QgsProject, canvas: QgsMapCanvas, make_dialog: Callable[[], Any], notices: Any
    ) -> None:
        self._project = project

    def open(self, layer: QgsVectorLayer | None = None) -> Any:
        """Show the dialog (not modal) for `layer`, or the project's first outlines layer."""

    def stop(self) -> None:
        """Cancel what runs, close the dialog, disconnect everything."""
