"""Which band has which role in the dock: guesses, overridden by what was chosen by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..core.choice import BandChoice
from ..core.guess import BandDescription, RoleGuess
from ..core.roles import Role

Band = tuple[str, int]
"""Layer id and band number, from 1."""


@dataclass
class RoleChoices:
    """The bookkeeping behind the table of roles. A band of None by hand means "not used"."""

    bands: tuple[BandDescription, ...] = ()
    guesses: dict[Role, RoleGuess] = field(default_factory=dict)
    by_hand: dict[Role, Band | None] = field(default_factory=dict)
    _left_out: dict[Role, frozenset[str]] = field(default_factory=dict)

    def offer(self, bands: Sequence[BandDescription], guesses: Sequence[RoleGuess]) -> None:
        """New bands and guesses; choices by hand stay while their band is there."""
        self.bands = tuple(bands)
        self.guesses = {guess.role: guess for guess in guesses}
        known = self.known()
        if bands:
            self.by_hand = {role: band for role, band in self.by_hand.items() if band is None or band in known}

    def known(self) -> set[Band]:
        """All bands on offer."""
        return {(band.layer_id, band.band) for band in self.bands}

    def pick(self, role: Role, band: Band | None) -> None:
        """Choose by hand."""
        self._left_out.pop(role, None)
        self.by_hand[role] = band

    def restore(self, choices: Sequence[BandChoice]) -> None:
        """Choices saved with a project; roles left out stay empty until a layer comes that was not there then."""
        self.by_hand = {choice.role: (choice.layer_id, choice.band) for choice in choices}
        layers = frozenset(band.layer_id for band in self.bands)
        self._left_out = {role: layers for role in Role if role not in self.by_hand}

    def forget(self) -> None:
        """Follow the guesses alone."""
        self.by_hand.clear()
        self._left_out.clear()

    def band_of(self, role: Role) -> Band | None:
        """The band that has the role, None where none has."""
        if role in self.by_hand:
            return self.by_hand[role]
        guess = self.guess_of(role)
        return None if guess is None else (guess.layer_id, guess.band)

    def guess_of(self, role: Role) -> RoleGuess | None:
        """The guess that counts: its band is on offer, and it was not left out when the project was saved."""
        guess = self.guesses.get(role)
        if guess is None or (guess.layer_id, guess.band) not in self.known():
            return None
        return None if guess.layer_id in self._left_out.get(role, frozenset()) else guess

    def chosen(self) -> tuple[BandChoice, ...]:
        """The roles that have a band, in the order of `Role`."""
        found = ((role, self.band_of(role)) for role in Role)
        return tuple(BandChoice(role, *band, by_hand=role in self.by_hand) for role, band in found if band is not None)

    def shared_bands(self) -> set[Band]:
        """Bands that have more than one role."""
        counts = Counter((choice.layer_id, choice.band) for choice in self.chosen())
        return {band for band, count in counts.items() if count > 1}
