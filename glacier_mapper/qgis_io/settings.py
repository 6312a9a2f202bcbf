"""The analyst's settings in QGIS's own settings store."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core.settings import Settings, with_values

GROUP = "glacier_mapper"


class SettingsStore(QObject):
    """Loads and saves `Settings`; a key that can't be read keeps its default, the others are kept."""

    changed = pyqtSignal(object)
    """The Settings, after they were saved with something different in them."""

    def load(self) -> Settings:
        """The settings as they are stored."""
        stored = QgsSettings()
        found = {
            one.name: _parsed(stored.value(f"{GROUP}/{one.name}"), getattr(Settings(), one.name))
            for one in fields(Settings)
            if stored.contains(f"{GROUP}/{one.name}")
        }
        return with_values(Settings(), found)

    def save(self, settings: Settings) -> None:
        """Store what differs from what is there."""
        before = self.load()
        if settings == before:
            return
        stored = QgsSettings()
        for one in fields(Settings):
            value = getattr(settings, one.name)
            if value != getattr(before, one.name):
                stored.setValue(f"{GROUP}/{one.name}", _storable(value))
        self.changed.emit(settings)

    def clear(self) -> None:
        """Go back to the defaults."""
        QgsSettings().remove(GROUP)


def _storable(value: Any) -> Any:
    if isinstance(value, tuple):
        return json.dumps([asdict(one) for one in value], sort_keys=True)
    return json.dumps(asdict(value), sort_keys=True) if is_dataclass(value) else value


def _parsed(value: Any, default: Any) -> Any:
    """An INI file gives back text for everything: read it as the kind that the default is of."""
    if not isinstance(value, str) or isinstance(default, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
