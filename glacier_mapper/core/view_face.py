"""What the view shows of the layers that are chosen, for the dock to say before the click."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ViewFace:
    """`outside` names the chosen layers where none of them lies in the view, else it is "".

    `left_out` names layers that would do as well and show a part of the view that the chosen ones do not. `has_crs` is
    False where the project has no coordinate reference system: then nobody knows where the view is.
    """

    outside: str = ""
    left_out: tuple[str, ...] = ()
    has_crs: bool = True
