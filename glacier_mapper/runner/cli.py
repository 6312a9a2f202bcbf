"""The command line: the same jobs as the service, for a terminal and for scripts.

Exit codes: 0 done, 2 bad input or output (one line says what and the remedy), 3 cancelled, 1 our fault.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..core.days import check_period
from ..core.errors import Cancelled, GlacierMapperError, OutputNotWritableError
from ..core.extent import Extent
from ..core.protocol import Method
from ..core.request import BandRatioSettings, BandSource, MapRequest, NetworkSettings, OutlineSettings
from . import jobs
from .boundary import guarded
from .cli_learning import learning_question
from .cli_models import model_question
from .cli_output import ProgressLine, error_document, for_terminal, json_text, result_text
from .cli_parser import parse
from .cli_refine import refine_question
from .cli_sources import band_sources
from .lines import LineWriter, claim_stdin, claim_stdout
from .log import log_for_terminal, log_to_stderr

POLITE_COMMANDS = (
    "map", "outlines", "check", "import-keras", "export", "reduce", "dataset", "evaluate", "train", "finetune",
    "calibrate", "ensemble", "teach", "refine",
)  # fmt: skip
"""Those whose jobs listen for a cancel."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        options = parse(arguments)
    except GlacierMapperError as exc:
        return _report(exc, LineWriter(sys.stdout.fileno()), as_json)
    if options.command == "serve":
        from .service import serve

        log_to_stderr()
        output = claim_stdout()
        return serve(options.parent_pid, (claim_stdin(), output))
    log = log_for_terminal()
    return _run(options, LineWriter(claim_stdout()), log)


def _run(options: argparse.Namespace, output: LineWriter, log: Path | None) -> int:
    progress = ProgressLine()
    should_stop = _cancel_on_signals(polite=options.command in POLITE_COMMANDS)
    try:
        method, params = guarded(lambda: _question(options))
        controls = jobs.Controls(progress, should_stop)
        result = guarded(lambda: jobs.perform(method, params, controls))
        text = json_text(result) if options.json else result_text(options.command, result)
    except GlacierMapperError as exc:
        progress.close()
        if log is not None and exc.exit_code == 1:
            print(f"What the libraries said is in {log}", file=sys.stderr)
        return _report(exc, output, options.json)
    except KeyboardInterrupt:
        progress.close()
        return _report(Cancelled(), output, options.json)
    progress.close()
    return 0 if _write(output, text) else OutputNotWritableError.exit_code


def _report(error: GlacierMapperError, output: LineWriter, as_json: bool) -> int:
    print(for_terminal(str(error)), file=sys.stderr)
    if as_json:
        _write(output, json_text(jobs.to_plain(error_document(error))))
    return error.exit_code


def _write(output: LineWriter, text: str) -> bool:
    """Write a result; False, and the reason on stderr, where it can't be written. A reader who left is no fault."""
    try:
        output.write(text.encode("utf-8", "replace"))
    except BrokenPipeError:
        sys.stderr.write("nobody reads the output\n")
    except OSError as exc:
        print(OutputNotWritableError(path="stdout", reason=f"{exc.strerror or exc}."), file=sys.stderr)
        return False
    return True


def _cancel_on_signals(polite: bool) -> Callable[[], bool]:
    """Ctrl-C and SIGTERM ask the job to stop; where it can't hear that, or the second time, they interrupt it.

    Returns what tells whether it was asked.
    """
    asked: list[bool] = []

    def cancel(*_: Any) -> None:
        if asked or not polite:
            raise KeyboardInterrupt
        asked.append(True)

    signal.signal(signal.SIGINT, cancel)
    signal.signal(signal.SIGTERM, cancel)
    return lambda: bool(asked)


def _question(options: argparse.Namespace) -> tuple[Method, dict[str, Any]]:
    """The method and params that the command line asks for. Raises InputError kinds."""
    if options.command == "map":
        return Method.MAP, map_request(options).to_json()
    if options.command == "outlines":
        return Method.OUTLINES, _outlines_params(options)
    if options.command == "info":
        return Method.INFO, {"path": options.file}
    if options.command == "simulate":
        return Method.SIMULATE, _simulate_params(options)
    return (
        model_question(options) or learning_question(options) or refine_question(options) or (Method.MODELS, {})
    )


def _simulate_params(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "seed": options.seed,
        "size_px": options.size,
        "out_dir": options.out,
        "sensor": options.sensor,
        "kind": options.kind,
        "season": options.season,
        "dates": options.dates,
        "radar": options.radar,
        "clouds": options.clouds,
        "gaps": options.gaps,
        "top_of_atmosphere": options.toa,
        "terrain": options.terrain,
        "overwrite": options.overwrite,
    }


def _outlines_params(options: argparse.Namespace) -> dict[str, Any]:
    check_period(options.date)
    return {
        "probability": options.probability,
        "out_dir": options.out,
        "outlines": _outline_settings(options).__dict__,
        "meta": {"model": options.model, "src_date": options.date, "analyst": options.analyst},
        "overwrite": options.overwrite,
    }


def map_request(options: argparse.Namespace) -> MapRequest:
    """The request that `map` describes. Raises InputError kinds."""
    extent = Extent(*options.bounds, crs=options.bounds_crs) if options.bounds else None
    sources = band_sources(options)
    return MapRequest(
        sources=sources,
        notes=_notes_on_unused(options.optical, sources),
        out_dir=options.out,
        model=os.path.expanduser(options.model),
        extent=extent,
        band_ratio=_band_ratio(options),
        outlines=_outline_settings(options),
        network=_network(options),
        analyst=options.analyst,
        device=options.device,
        threads=options.threads,
        memory_limit_mb=options.memory_limit_mb,
        overwrite=options.overwrite,
        classes=options.classes,
    )


def _notes_on_unused(paths: Sequence[str], sources: Sequence[BandSource]) -> tuple[dict[str, Any], ...]:
    """What to say of the rasters of --optical that nothing is taken from."""
    if not paths:
        return ()
    from .scene import notes_on_unused

    return tuple(note.to_json() for note in notes_on_unused(paths, sources))


def _network(options: argparse.Namespace) -> NetworkSettings:
    return NetworkSettings(**{name: getattr(options, name) for name in NetworkSettings.__dataclass_fields__})


def _band_ratio(options: argparse.Namespace) -> BandRatioSettings:
    return BandRatioSettings(
        index=options.index,
        threshold=options.threshold,
        softness=options.softness,
        min_blue=options.min_blue,
        max_ndwi=options.max_ndwi,
        max_ndvi=options.max_ndvi,
        max_temperature_k=options.max_temperature_k,
        water_max_slope_deg=options.water_max_slope_deg,
        median_px=options.median_px,
    )


def _outline_settings(options: argparse.Namespace) -> OutlineSettings:
    return OutlineSettings(
        threshold=options.outline_threshold,
        min_area_km2=options.min_area_km2,
        min_hole_km2=options.min_hole_km2,
        smoothing=options.smoothing,
    )
