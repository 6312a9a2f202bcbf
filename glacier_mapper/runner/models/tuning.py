"""How a network runs fastest on this machine: measured once, then remembered.

On two cores, two runs side by side at one thread each took 0.84 to 0.89 of the time of one run at two threads, and
batches changed little; on other machines it is otherwise, so a short measurement decides.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from ..cache import read_cache, write_cache

TUNING_FILE = "tuning.json"
BUDGET_S = 2.0
"""What the whole measurement may take, besides the first two patches."""
SLOW_S = 0.4
"""Networks that take longer for a patch are run as the default says: a measurement would take too long."""
POLL_S = 0.05
"""How often a measurement looks for a cancel."""
CLEARLY = 1.03
"""How much faster than the default another way must be to be taken."""


@dataclass(frozen=True)
class Config:
    """`slots` runs side by side of `batch` patches each, every one at `intra` threads.

    `patch_s` is the time a patch takes when all slots are busy, 0 where it was not measured; `slot_mb` the memory of
    a run, 0 likewise.
    """

    intra: int
    slots: int
    batch: int = 1
    patch_s: float = 0.0
    slot_mb: int = 0

    def __post_init__(self) -> None:
        if min(self.intra, self.slots, self.batch) < 1:
            raise ValueError(f"no way to run a network: {self}")


def remembered(key: str) -> Config | None:
    """What was measured for a network, a device, a number of threads and a version of ONNX Runtime; None for new."""
    entry = read_cache(TUNING_FILE).get(key)
    try:
        return Config(**entry) if isinstance(entry, dict) else None
    except (TypeError, ValueError):
        return None


def remember(key: str, config: Config) -> None:
    """Keep what was measured."""
    write_cache(TUNING_FILE, key, asdict(config))


def default(threads: int, on_cpu: bool) -> Config:
    """What is good on most machines: a run a core up to four, two runs in turn on a graphics card."""
    if not on_cpu:
        return Config(1, 2)
    slots = min(threads, 4)
    return Config(max(1, threads // slots), slots)


def fitting(config: Config, room_mb: int) -> Config:
    """As many patches a run, then as many runs side by side, as `room_mb` holds, but one; 0 is no bound.

    The threads of the runs that are left out go to those that stay.
    """
    if room_mb <= 0 or not config.slot_mb:
        return config
    batch = max(1, min(config.batch, room_mb // config.slot_mb))
    slots = max(1, min(config.slots, room_mb // (config.slot_mb * batch)))
    return replace(config, intra=config.intra * config.slots // slots, slots=slots, batch=batch)


def candidates(threads: int, on_cpu: bool) -> list[Config]:
    """The ways that are tried, the default first."""
    first = default(threads, on_cpu)
    if on_cpu:
        ways = [first, Config(1, threads), Config(threads, 1), Config(first.intra, first.slots, 2)]
    else:
        ways = [first, *(Config(1, 2, batch) for batch in (2, 4, 8))]
    return list(dict.fromkeys(ways))


def fastest(ways: Sequence[Config], rate: Callable[[Config, float], float]) -> tuple[Config, float]:
    """The way with the most patches a second, and how many; the first one unless another is clearly faster.

    `rate(way, seconds)` measures one for about that long.
    """
    seconds = BUDGET_S / max(1, len(ways))
    best, best_rate = ways[0], rate(ways[0], seconds)
    to_beat = best_rate * CLEARLY
    for way in ways[1:]:
        found = rate(way, seconds)
        if found > to_beat:
            best, best_rate, to_beat = way, found, found
    return best, best_rate


@contextmanager
def ended_by(should_stop: Callable[[], bool], end: Callable[[], None]) -> Iterator[None]:
    """`end` is called as soon as somebody asks to stop, before the block or from another thread while it runs."""
    if should_stop():
        end()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(POLL_S):
            if should_stop():
                end()
                return

    watcher = threading.Thread(target=watch, name="watching a measurement")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def rate_of(run: Callable[[], None], config: Config, seconds: float) -> float:
    """Patches a second of `run`, which computes one batch, in as many threads as there are slots."""
    run()
    start = time.perf_counter()

    def busily() -> int:
        count = 0
        while count == 0 or time.perf_counter() - start < seconds:
            run()
            count += 1
        return count

    with ThreadPoolExecutor(config.slots, thread_name_prefix="tuning") as pool:
        counts = [future.result() for future in [pool.submit(busily) for _ in range(config.slots)]]
    return sum(counts) * config.batch / (time.perf_counter() - start)
