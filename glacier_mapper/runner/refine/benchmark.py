"""`refine benchmark`: how many strokes an outline takes, against simple methods and against drawing it by hand.

    benchmark(BenchmarkOrder("out/"), controls)["figures"]["from_model"]["walk"]["noc"]["0.90"]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ...core.branches import Branch
from ...core.errors import Cancelled, InvalidParameterError
from ...core.progress import Controls, Progress, Stage
from ..mapping.staging import check_target, staged
from .benchmark_report import PRODUCTS, write_reports
from .cases import Case, CaseSource, real_cases, simulated_cases
from .figures import figures_of
from .latency import latencies
from .playing import Played, Simple, by_nearest, by_plain_walker, play, session_of, vertices_needed
from .rivals import SOLVERS

HELD_OUT_SEED = 910_001
"""Simulated scenes from here on served for no training and no choice of a setting."""
MOST_SCENES = 500
LAST = 0.95
"""The share of the job that the cases take."""


@dataclass(frozen=True)
class BenchmarkOrder:
    """What is to be measured.

    `scenes` simulated scenes from `seed` on; `real` is a folder of labelled scenes, "" for none, `split` a part of it.
    `inputs` are the branches that the model maps from; the strokes see all. `solvers`: compare the ways to solve a
    step; `latency`: time large windows; `click`: clicks instead of lines.
    """

    out: str
    scenes: int = 24
    seed: int = HELD_OUT_SEED
    model: str = "compact"
    inputs: tuple[str, ...] = ("optical", "dem")
    real: str = ""
    split: str = ""
    solvers: bool = False
    latency: bool = True
    click: bool = False
    overwrite: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.scenes <= MOST_SCENES:
            raise InvalidParameterError(name="scenes", value=self.scenes, expected=f"from 0 to {MOST_SCENES}")
        if self.seed < 0:
            raise InvalidParameterError(name="seed", value=self.seed, expected="0 or more")
        if not self.scenes and not self.real:
            raise InvalidParameterError(name="scenes", value=0, expected="1 or more, or a folder of real scenes")
        object.__setattr__(self, "inputs", tuple(Branch(one).value for one in self.inputs))

    @property
    def source(self) -> CaseSource:
        """The model and what it sees."""
        return CaseSource(self.model, tuple(Branch(one) for one in self.inputs))


def benchmark(order: BenchmarkOrder, controls: Controls) -> dict[str, Any]:
    """Play all cases with all methods; write the reports into the folder `out`; give all figures, as JSON.

    Raises OutputError kinds, Cancelled, what `map_glaciers` raises, InvalidParameterError where no case is found.
    """
    out = Path(order.out).absolute()
    check_target(out, PRODUCTS, order.overwrite)
    started = time.perf_counter()
    sets = {"simulated": _Set(order), "real": _Set(order)}
    _play_all(order, sets, controls)
    if not any(one.cases for one in sets.values()):
        raise InvalidParameterError(name="scenes", value=order.scenes, expected="more: none of these has a tongue")
    result = {
        "order": {**asdict(order), "inputs": list(order.inputs)},
        **{name: one.figures() for name, one in sets.items() if one.cases},
        "latency": latencies(order.seed) if order.latency else {},
        "seconds": round(time.perf_counter() - started, 1),
    }  # fmt: skip
    with staged(out, PRODUCTS, order.overwrite) as folder:
        write_reports(folder, result)
    controls.on_progress(Progress(Stage.DONE, 1, 1, 1.0))
    return {**result, "files": [str(out / name) for name in PRODUCTS]}


def _play_all(order: BenchmarkOrder, sets: dict[str, _Set], controls: Controls) -> None:
    """Play every case as it comes. Raises Cancelled."""
    seeds = range(order.seed, order.seed + order.scenes)
    for done, seed in enumerate(seeds):
        controls.on_progress(Progress(Stage.SIMULATING, done, len(seeds), LAST * done / len(seeds)))
        for case in simulated_cases(order.source, range(seed, seed + 1), controls):
            sets["simulated"].take(case, controls)
    if order.real:
        for case in real_cases(order.source, order.real, order.split, controls):
            sets["real"].take(case, controls)


class _Set:
    """The cases of one kind, each played by every method."""

    def __init__(self, order: BenchmarkOrder) -> None:
        self._order = order
        self.cases: list[dict[str, Any]] = []
        self._played: dict[str, dict[str, list[Played]]] = {"from_model": {}, "from_nothing": {}}

    def take(self, case: Case, controls: Controls) -> None:
        """Play a case. Raises Cancelled."""
        for start, name, player in self._players(case):
            if controls.should_stop():
                raise Cancelled()
            self._played[start].setdefault(name, []).append(play(case, player(), self._order.click))
        rows, cols = case.grid.shape_yx
        self.cases.append({
            "case": case.name, "rows": rows, "cols": cols, "pixel_m": case.grid.pixel_size_m,
            "vertices": {f"{goal:.2f}": count for goal, count in vertices_needed(case).items()},
            "iou": {
                start: {name: [round(value, 4) for value in played[-1].ious] for name, played in by_method.items()}
                for start, by_method in self._played.items()
            },
        })  # fmt: skip

    def _players(self, case: Case) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        """(start, method, maker) of all that play."""
        solvers = SOLVERS if self._order.solvers else ("walk",)
        for start in self._played:
            for solver in solvers:
                yield start, solver, partial(session_of, case, start == "from_model", solver)
        for name, method in (("nearest stroke", by_nearest), ("plain random walker", by_plain_walker)):
            yield "from_nothing", name, partial(Simple, case, method)

    def figures(self) -> dict[str, Any]:
        """All figures, as JSON."""
        return figures_of(self._played, self.cases)
