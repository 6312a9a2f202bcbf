"""Fixing an outline by strokes and along edges: what an analyst sees in debris-covered ice, and the rest by machine.

    session = open_session(RefineRequest(scene))
    session.stroke(Stroke(((x, y), (x2, y2)), inside=True))
    session.outline().wkt
"""

from __future__ import annotations

from .session import Session, make_window, open_session

__all__ = ["Session", "make_window", "open_session"]
