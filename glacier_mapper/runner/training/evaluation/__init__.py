"""How well a model maps scenes whose glaciers are known: figures, tables, and a report with maps of the errors.

    evaluate(EvaluateOrder("compact", "scenes/", "out/"), controls)["pooled"]["iou"]
"""

from __future__ import annotations

from .order import EvaluateOrder
from .running import evaluate
from .scoring import Score, score

__all__ = ["EvaluateOrder", "Score", "evaluate", "score"]
