"""What the analyst chose in the dock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .errors import DuplicateRoleError, NoLayersError
from .roles import Role


@dataclass(frozen=True)
class BandChoice:
    """One band of one layer of the project, and the role it plays. `band` counts from 1."""

    role: Role
    layer_id: str
    band: int = 1


def check_choices(choices: Sequence[BandChoice]) -> None:
    """Raise NoLayersError when nothing was chosen, DuplicateRoleError when a role is taken twice."""
    if not choices:
        raise NoLayersError()
    seen: dict[Role, BandChoice] = {}
    for choice in choices:
        other = seen.setdefault(choice.role, choice)
        if other is not choice:
            raise DuplicateRoleError(role=choice.role.value, layers=f"{other.layer_id}, {choice.layer_id}")
