"""Runs inside QGIS (`qgis --code`): loads the scenario, hands it its helpers, writes down what happened, quits."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsPointXY, QgsProject
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog, QDockWidget, QMessageBox, QWidget
from qgis.utils import iface, plugins

CONFIG = "GLACIER_MAPPER_DESKTOP_CONFIG"


class Desktop:
    """What a scenario may do. `arguments` came from outside, `note` sends a value back."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.arguments: dict[str, Any] = config["arguments"]
        self.folder = Path(config["folder"])
        self.keep_open = bool(config["keep_open"])
        self.results: dict[str, Any] = {}
        self.failures: list[str] = []
        self.messages: list[str] = []
        self.finished = False
        self.iface = iface
        self._listen()

    # --- looking

    @property
    def plugin(self) -> Any:
        """The running plugin object."""
        return plugins["glacier_mapper"]

    @property
    def project(self) -> QgsProject:
        """The open project."""
        return QgsProject.instance()

    @property
    def dock(self) -> Any:
        """The plugin's dock."""
        return self.docks()[0]

    def docks(self) -> list[QDockWidget]:
        """Every dock of the plugin in the main window; more than one is a leak."""
        return [dock for dock in iface.mainWindow().findChildren(QDockWidget) if "Glacier" in type(dock).__name__]

    def bar_texts(self) -> list[str]:
        """The messages in the message bar, newest first."""
        bar = iface.messageBar()
        current = bar.currentItem()
        items = bar.items() if hasattr(bar, "items") else ([current] if current else [])
        return [f"{item.title()} {item.text()}".strip() for item in items]

    # --- doing

    def note(self, **values: Any) -> None:
        """Send values back; they must be what JSON can hold."""
        self.results.update(values)
        self.write()

    def expect(self, condition: Any, text: str) -> None:
        """Note a failure and go on."""
        if not condition:
            self.failures.append(text)

    def wait(self, seconds: float) -> None:
        """Let the program live for a while."""
        QTest.qWait(max(1, int(seconds * 1000)))

    def wait_until(self, condition: Callable[[], Any], seconds: float = 30.0, what: str = "") -> Any:
        """Let the program live until the condition holds; raises TimeoutError naming `what`."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {seconds:.0f} s for {what or condition}; bar: {self.bar_texts()}")
            QTest.qWait(20)
        return value

    def click(self, widget: QWidget) -> None:
        """A left click in the middle of a widget that the user could click, too."""
        if not (widget.isVisible() and widget.isEnabled()):
            raise RuntimeError(f"{widget.objectName() or widget} can't be clicked: hidden or disabled")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, widget.rect().center())

    def canvas_click(self, x: float, y: float, button: Any = None) -> None:
        """Move to map coordinates on the canvas and click there."""
        pixel = self.canvas_pixel(x, y)
        viewport = iface.mapCanvas().viewport()
        QTest.mouseMove(viewport, pixel)
        QTest.qWait(60)
        QTest.mouseClick(viewport, button or Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pixel)
        QTest.qWait(60)

    def canvas_pixel(self, x: float, y: float) -> QPoint:
        """Map coordinates as a point of the canvas widget."""
        point = iface.mapCanvas().getCoordinateTransform().transform(QgsPointXY(x, y))
        return QPoint(round(point.x()), round(point.y()))

    def settle(self, seconds: float = 30.0) -> None:
        """Wait until the canvas has drawn."""
        canvas = iface.mapCanvas()
        canvas.refresh()
        QTest.qWait(100)
        self.wait_until(lambda: not canvas.isDrawing(), seconds, "the canvas to finish drawing")

    def screenshot(self, name: str) -> Path:
        """Save the main window as `name` in the run's folder."""
        QApplication.processEvents()
        target = self.folder / name
        window = iface.mainWindow()
        picture = window.screen().grabWindow(window.winId()) if hasattr(window, "screen") else window.grab()
        if not picture.save(str(target)):
            raise OSError(f"{target} was not written")
        return target

    @contextlib.contextmanager
    def answer_dialog(self, kind: str, answer: Callable[[QDialog], None], seconds: float = 20.0) -> Iterator[None]:
        """While the body opens a modal dialog whose class name contains `kind`, call `answer` with it."""
        met: list[str] = []
        timer = QTimer()
        deadline = time.monotonic() + seconds

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is not None and kind in type(dialog).__name__ and not met:
                met.append(type(dialog).__name__)
                timer.stop()
                answer(dialog)
            elif time.monotonic() > deadline:
                timer.stop()
                if dialog is not None:
                    dialog.close()

        timer.timeout.connect(look)
        timer.start(50)
        yield
        if not met:
            self.wait_until(lambda: met, max(0.0, deadline - time.monotonic()), f"a dialog of kind {kind}")

    def add_rasters(self, *paths: str | Path) -> list[Any]:
        """Add raster files as the user would, and zoom to them."""
        layers = [iface.addRasterLayer(str(path), Path(path).stem) for path in paths]
        if not all(layer is not None and layer.isValid() for layer in layers):
            raise RuntimeError(f"{paths} could not be loaded")
        iface.setActiveLayer(layers[0])
        iface.mapCanvas().setExtent(layers[0].extent())
        self.settle()
        return layers

    # --- reporting

    def write(self) -> None:
        """Write everything noted so far, so that a killed QGIS leaves it behind, too."""
        data = {
            "results": self.results, "failures": self.failures, "messages": self.messages, "finished": self.finished,
        }
        part = self.folder / "results.part"
        part.write_text(json.dumps(data, default=str, indent=1), encoding="utf-8")
        part.replace(self.folder / "results.json")

    def record(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        """Note an exception that nobody caught."""
        self.failures.append("".join(traceback.format_exception(kind, error, trace)))
        self.write()

    def _listen(self) -> None:
        sys.excepthook = self.record
        threading.excepthook = lambda args: self.record(args.exc_type, args.exc_value, args.exc_traceback)
        QgsApplication.messageLog().messageReceived.connect(self._on_message)

    def _on_message(self, text: str, tag: str, level: Any) -> None:
        self.messages.append(f"[{tag}] {text}")
        if tag in ("Python error", "Python warning") and "glacier_mapper" in text:
            self.failures.append(f"{tag}: {text}")


def main() -> None:
    """Run the scenario, then close QGIS as the user would."""
    config = json.loads(Path(os.environ[CONFIG]).read_text(encoding="utf-8"))
    desktop = Desktop(config)
    try:
        spec = importlib.util.spec_from_file_location("scenario", config["scenario"])
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        desktop.wait_until(iface.mainWindow().isVisible, 30, "the main window")
        iface.mainWindow().setGeometry(0, 0, 1600, 980)
        desktop.wait(0.3)
        module.scenario(desktop)
        desktop.finished = True
    except BaseException as error:  # noqa: BLE001 (everything that a scenario does is reported)
        desktop.record(type(error), error, error.__traceback__)
        with contextlib.suppress(OSError):
            desktop.screenshot("failure.png")
    desktop.write()
    if not desktop.keep_open:
        close(desktop)


def close(desktop: Desktop) -> None:
    """Quit without a question about unsaved edits; a question that comes all the same is answered with discard."""
    for layer in QgsProject.instance().mapLayers().values():
        if hasattr(layer, "isEditable") and layer.isEditable():
            layer.rollBack()
    QgsProject.instance().setDirty(False)
    timer = QTimer(iface.mainWindow())
    timer.timeout.connect(discard_question)
    timer.start(300)
    QTimer.singleShot(0, iface.actionExit().trigger)


def discard_question() -> None:
    """Answer a message box that holds up the end."""
    box = QApplication.activeModalWidget()
    if isinstance(box, QMessageBox):
        button = box.button(QMessageBox.StandardButton.Discard) or box.button(QMessageBox.StandardButton.Ok)
        if button is not None:
            button.click()


QTimer.singleShot(0, main)
