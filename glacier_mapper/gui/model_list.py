"""The list of the model manager: built-in models and packages, whether they fit, and packages that are broken."""

from __future__ import annotations

from collections.abc import Collection

from qgis.PyQt.QtCore import QCoreApplication, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QPalette
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from ..core.fitting import fit_of
from ..core.model_card import ModelCard
from ..core.models import ModelInfo
from ..core.roles import Role
from ..core.shelf import ModelShelf, Shelved
from . import colors, texts
from .colors import Accent
from .fit_texts import FIT_SIGNS, fit_sentence, fit_word
from .icons import tinted_icon, tinted_pixmap

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
NAME, VERSION, SIZE, FITS = range(4)


class ModelList(QTreeWidget):
    """One line a model. `chosen` carries a ModelInfo (built in), a Shelved package, or None."""

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roles: frozenset[Role] = frozenset()
        self._here = ""
        self.setAccessibleName(self.tr("Models"))
        self.setRootIsDecorated(False)
        self.setAllColumnsShowFocus(True)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setIconSize(QSize(16, 16))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHeaderLabels([self.tr("Model"), self.tr("Version"), self.tr("Size"), self.tr("Layers in view")])
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # what tells two of a kind apart stands at the end
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (VERSION, SIZE, FITS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(lambda *_: self.chosen.emit(self.entry()))

    def show_view(self, roles: Collection[Role], here: str) -> None:
        """The roles that have a band, and the region of the view."""
        self._roles, self._here = frozenset(roles), here

    def show_shelf(self, shelf: ModelShelf) -> None:
        """Show what there is; the line that was chosen stays chosen where it is still there."""
        before = self._name_of(self.entry())
        self.blockSignals(True)
        self.clear()
        for info in shelf.built_in:
            self._add(info, info, ())
        for package in shelf.packages:
            if package.card is None:
                self._add_broken(package)
            else:
                self._add(package, package.card.info(), package.card.description.regions)
        self.blockSignals(False)
        if not self.select(before) and self.topLevelItemCount():
            self.setCurrentItem(self.topLevelItem(0))
        self.chosen.emit(self.entry())

    def entry(self) -> ModelInfo | Shelved | None:
        """What is chosen."""
        item = self.currentItem()
        return None if item is None else item.data(0, ENTRY_ROLE)

    def select(self, name: str) -> bool:
        """Choose a model by name; False where it is not there."""
        for place in range(self.topLevelItemCount()):
            item = self.topLevelItem(place)
            if name and self._name_of(item.data(0, ENTRY_ROLE)) == name:
                self.setCurrentItem(item)
                self.scrollToItem(item)
                return True
        return False

    def fit_text(self, info: ModelInfo, card: ModelCard | None) -> tuple[str, str, Accent]:
        """Whether a model fits, in a sentence and with a sign."""
        regions = () if card is None else card.description.regions
        fit = fit_of(info, regions, self._roles, self._here)
        return (fit_sentence(fit, regions), *FIT_SIGNS[fit.verdict])

    def follow_theme(self) -> None:
        """The signs take the theme's colours."""
        for place in range(self.topLevelItemCount()):
            self._show_signs(self.topLevelItem(place))

    def _show_signs(self, item: QTreeWidgetItem) -> None:
        name, kind = item.data(FITS, ENTRY_ROLE)
        item.setIcon(FITS, self._icon(name, colors.accent(kind, self, colors.SIGN_CONTRAST)))
        item.setIcon(NAME, self._icon("package", colors.soft_ink(self)))

    def _icon(self, name: str, color: QColor) -> QIcon:
        """An icon that can also be seen on the line that is chosen."""
        icon = tinted_icon(name, color)
        chosen = self.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
        for size in (16, 32):
            icon.addPixmap(tinted_pixmap(name, chosen, size), QIcon.Mode.Selected)
        return icon

    def _add(self, entry: ModelInfo | Shelved, info: ModelInfo, regions: tuple[str, ...]) -> None:
        fit = fit_of(info, regions, self._roles, self._here)
        title = QCoreApplication.translate("models", info.title)
        item = QTreeWidgetItem([title, info.version, self._size(entry), fit_word(fit)])
        item.setToolTip(NAME, title if title == info.name else f"{title}\n{info.name}")
        item.setToolTip(FITS, fit_sentence(fit, regions))
        self._finish(item, entry, FIT_SIGNS[fit.verdict])

    def _add_broken(self, package: Shelved) -> None:
        item = QTreeWidgetItem([package.folder.name, "", "", self.tr("can't be used")])
        item.setToolTip(NAME, str(package.folder))
        item.setToolTip(FITS, texts.error_text(package.error))
        self._finish(item, package, ("unsure", Accent.BAD))

    def _finish(self, item: QTreeWidgetItem, entry: ModelInfo | Shelved, sign: tuple[str, Accent]) -> None:
        item.setData(0, ENTRY_ROLE, entry)
        item.setData(FITS, ENTRY_ROLE, sign)
        item.setTextAlignment(SIZE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._show_signs(item)
        self.addTopLevelItem(item)

    def _size(self, entry: ModelInfo | Shelved) -> str:
        if isinstance(entry, ModelInfo):
            return self.tr("built in")
        return texts.megabytes(entry.card.network_bytes / 1e6)

    def _name_of(self, entry: ModelInfo | Shelved | None) -> str:
        return "" if entry is None else entry.name
