"""The part of QGIS's interface that the plugin uses, on a plain main window that remembers what it was given."""

from __future__ import annotations

from qgis.core import QgsProject
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QAction, QMainWindow


class FakeIface:
    def __init__(self):
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas(self.window)
        self.canvas.resize(QSize(400, 400))
        self.canvas.setDestinationCrs(QgsProject.instance().crs())
        self.bridge = QgsLayerTreeMapCanvasBridge(QgsProject.instance().layerTreeRoot(), self.canvas)
        self.bar = QgsMessageBar(self.window)
        self.toolbar, self.menu, self.factories, self.docks = [], [], [], []
        self.active = None

    def mainWindow(self):
        return self.window

    def mapCanvas(self):
        return self.canvas

    def messageBar(self):
        return self.bar

    def addToolBarIcon(self, action):
        self.toolbar.append(action)

    def removeToolBarIcon(self, action):
        self.toolbar = [one for one in self.toolbar if one is not action]

    def addPluginToRasterMenu(self, name, action):
        self.menu.append(action)

    def removePluginRasterMenu(self, name, action):
        self.menu = [one for one in self.menu if one is not action]

    def addDockWidget(self, area, dock):
        self.docks.append(dock)
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock):
        self.docks.remove(dock)
        self.window.removeDockWidget(dock)

    def registerOptionsWidgetFactory(self, factory):
        self.factories.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):
        self.factories.remove(factory)

    def setActiveLayer(self, layer):
        self.active = layer
        return True

    def actionVertexToolActiveLayer(self):
        return QAction(self.window)

    def openFeatureForm(self, layer, feature, update=False, modal=True):
        return True

    def showOptionsDialog(self, parent=None, page=""):
        self.options_page = page

    def bar_texts(self):
        return [item.text() for item in self.bar.items()]

    def close(self):
        self.bridge.deleteLater()
        self.canvas.stopRendering()
        self.window.close()
        self.window.deleteLater()
