"""What a mapping will cost, before the click."""

from __future__ import annotations

import math
import time

import numpy as np

from ...core.messages import Message
from ...core.request import MapRequest
from ...core.result import Estimate
from ..models import Model, NetworkModel, load_model
from ..models.devices import with_threads
from ..outlines import tracing_seconds_per_px
from ..scene import Scene, open_scene
from .cog import encode_tile
from .disk import bytes_needed
from .model_of import model_of
from .pace import remember_speed, remembered_speed
from .patch_plan import memory_bytes_of, plan_patches, rasters_of
from .patch_speed import device_title, is_measured_now, network_mb, room_mb, seconds_per_patch
from .rasters import thread_count
from .report import notes_json
from .strips import memory_bytes, strip_rows

START_S = 0.5
"""What every run takes, however small it is."""
LEAST_TELLING_PX = 1_000_000
"""Runs over fewer pixels say nothing of the speed."""
READ_NS_PER_BAND_PX = 15.0
"""Typical for deflated tiles; only for the first guess on a machine."""
OVERVIEW_SHARE = 4.0 / 3.0
GUESS_PX = 256
_guesses: dict[str, float] = {}
"""First guesses of this process, so that none is made twice."""


def estimate(request: MapRequest) -> Estimate:
    """Grid, tiles, time, memory and disk of a mapping. Reads no pixel.

    The time is what earlier runs on this machine took; before the first, a guess from a measurement of some
    hundredths of a second, for a network of about a second, which goes on when that is not enough: then the time is
    None, and the next estimate has it. Raises InputError kinds, MemoryLimitError.
    """
    load_model(request.model, request)  # what it lacks is said before a file is opened
    with open_scene(request) as scene:
        model = model_of(request, scene)
        if isinstance(model, NetworkModel):
            return _estimate_network(model, scene, request)
        return _estimate_pixelwise(model, scene, request)


def _estimate_pixelwise(model: Model, scene: Scene, request: MapRequest) -> Estimate:
    threads, grid = thread_count(request.threads), scene.grid
    blocks = scene.blocks(strip_rows(grid, len(model.roles), request.memory_limit_mb, request.classes))
    tallest = max((block.rows for block in blocks), default=0)
    key = speed_key(model, threads)
    speed = remembered_speed(key) or _guesses.get(key) or _guesses.setdefault(key, first_guess(model, threads))
    return Estimate(
        device=device_text(threads),
        grid=grid,
        tiles=len(blocks),
        seconds=round(START_S + grid.pixel_count / speed, 1),
        memory_mb=math.ceil(memory_bytes(grid, len(model.roles), tallest, request.classes) / 1e6),
        disk_mb=math.ceil(bytes_needed(grid, request.classes) / 1e6),
        notes=notes_json([*map(Message.from_json, request.notes), *scene.notes]),
    )


def _estimate_network(network: NetworkModel, scene: Scene, request: MapRequest) -> Estimate:
    """Patches that have no data are not computed, so the time is the most that it takes."""
    network.prepare(scene, lambda: False)
    plan = plan_patches(scene, network, request.memory_limit_mb, network_mb(network, request, slots=1))
    grid, tiles = scene.grid, plan.lattice.count
    patch_s = seconds_per_patch(network, request)
    taken = memory_bytes_of(plan, grid, network) / 1e6
    room = room_mb(plan, grid, network, request)
    return Estimate(
        device=with_threads(device_title(request), request.threads),
        grid=grid,
        tiles=tiles,
        seconds=None if patch_s is None else round(START_S + tiles * patch_s, 1),
        memory_mb=math.ceil(taken) + network_mb(network, request, room_mb=room),
        disk_mb=math.ceil(bytes_needed(grid, request.classes, rasters_of(network)) / 1e6),
        notes=notes_json([*map(Message.from_json, request.notes), *scene.notes]),
        is_measuring=patch_s is None and is_measured_now(network, request),
    )


def device_text(threads: int) -> str:
    """What computes, in words."""
    return "CPU, 1 thread" if threads == 1 else f"CPU, {threads} threads"


def speed_key(model: Model, threads: int) -> str:
    """Under what a run's speed is remembered."""
    return f"{model.info.name}, {threads} threads"


def learn_speed(model: Model, threads: int, pixels: int, seconds: float) -> None:
    """Remember how fast a run was, when it was large enough to tell."""
    if pixels >= LEAST_TELLING_PX:
        remember_speed(speed_key(model, threads), pixels / max(seconds - START_S, 0.1 * seconds, 1e-3))


def first_guess(model: Model, threads: int) -> float:
    """Pixels a second, from one tile predicted and deflated, and a small field traced."""
    rng = np.random.default_rng(0)
    side = GUESS_PX + 2 * model.halo_px
    bands = {role: rng.random((side, side), dtype=np.float32) for role in model.roles}
    start = time.perf_counter()
    tile = model.predict(bands, model.halo_px)
    predicted = time.perf_counter()
    encode_tile(np.rint(tile * 256) / np.float32(256))
    written = time.perf_counter()
    pixels = GUESS_PX * GUESS_PX
    write_s = 2 * OVERVIEW_SHARE * (written - predicted) / min(threads, 2)
    read_s = READ_NS_PER_BAND_PX * 1e-9 * len(model.roles) * pixels
    trace_s = tracing_seconds_per_px() * pixels
    return pixels / max(predicted - start + write_s + read_s + trace_s, 1e-6)
