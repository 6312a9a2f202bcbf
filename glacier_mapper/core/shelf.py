"""The models that there are: built in, and as packages in folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import GlacierMapperError
from .model_card import ModelCard
from .models import BUILT_IN, ModelInfo


@dataclass(frozen=True)
class Shelved:
    """A package on the disk: its `card`, or the `error` that says what is wrong with it.

    `removable` packages lie in the user's own folder; the others came with the plugin.
    """

    folder: Path
    card: ModelCard | None = None
    error: GlacierMapperError | None = None
    removable: bool = True

    @property
    def name(self) -> str:
        """The model's name, the folder's where the card can't be read."""
        return self.card.name if self.card is not None else self.folder.name


@dataclass(frozen=True)
class ModelShelf:
    """All of them; `home` is the folder that packages are added to.

    Of two packages of one name the first counts, as in the runner.
    """

    home: Path
    packages: tuple[Shelved, ...] = ()
    built_in: tuple[ModelInfo, ...] = BUILT_IN

    def cards(self) -> dict[str, ModelCard]:
        """The cards of the packages that can be used, by name."""
        found: dict[str, ModelCard] = {}
        taken = {info.name for info in self.built_in}
        for package in self.packages:
            if package.card is not None and package.card.name not in taken:
                found.setdefault(package.card.name, package.card)
        return found

    def infos(self) -> list[ModelInfo]:
        """All models that can be chosen: the built-in ones, then the packages by title."""
        cards = sorted(self.cards().values(), key=lambda card: card.description.title.casefold())
        return [*self.built_in, *(card.info() for card in cards)]
