"""What the runner can do, each method as JSON in and JSON out; the service and the command line both come here.

Heavy packages are imported when a job first needs them, so that the handshake is quick.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..core.outline_meta import OutlinesRequest
from ..core.progress import Controls
from ..core.protocol import Method
from ..core.request import MapRequest
from ..core.teach import TeachRequest
from . import jobs_refine
from .about import describe_runner
from .params import read as _read

LONG_JOBS = frozenset({
    Method.MAP, Method.OUTLINES, Method.SIMULATE, Method.CHECK, Method.IMPORT_KERAS, Method.EXPORT,
    Method.EXPORT_REPOSITORY, Method.REDUCE, Method.DATASET_BUILD, Method.DATASET_SIMULATE, Method.DATASET_CHECK,
    Method.EVALUATE, Method.TRAIN, Method.CALIBRATE, Method.ENSEMBLE, Method.TEACH,
    Method.REFINE_BENCHMARK,
})  # fmt: skip
"""One of these runs at a time; the others are answered meanwhile."""


def perform(method: Method, params: dict[str, Any], controls: Controls) -> Any:
    """Do what `method` asks and return its result as a JSON value.

    Raises InvalidParameterError when the params can't be read, and whatever the job raises.
    """
    return to_plain(_HANDLERS[method](params, controls))


def warm_up() -> None:
    """Import what the first mapping needs, so that it starts computing at once."""
    from . import mapping, models, scene  # noqa: F401


def to_plain(value: Any) -> Any:
    """`value` as JSON can hold it: numpy scalars and paths as plain values, NaN and infinities as text."""
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        return to_plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def read_request(params: dict[str, Any]) -> MapRequest:
    """The MapRequest in `params`. Raises InputError kinds."""
    return _read("MapRequest", lambda: MapRequest.from_json(params))


def _map(params: dict[str, Any], controls: Controls) -> Any:
    request = read_request(params)
    from .mapping import map_glaciers

    try:
        return map_glaciers(request, controls.on_progress, controls.should_stop).to_json()
    finally:
        remove_temporary(request)


def remove_temporary(request: MapRequest | TeachRequest) -> None:
    """Delete the files that were made for this run alone."""
    for source in request.sources:
        if source.temporary:
            Path(source.path).unlink(missing_ok=True)


def _estimate(params: dict[str, Any], _: Controls) -> Any:
    request = read_request(params)
    from .mapping import estimate

    return estimate(request).to_json()


def _preview(params: dict[str, Any], controls: Controls) -> Any:
    request = read_request(_read("preview", lambda: params["request"]))
    max_px = _read("max_px", lambda: int(params.get("max_px", 1024)))
    from .mapping import preview

    return preview(request, max_px, controls.should_stop).to_json()


def _outlines(params: dict[str, Any], controls: Controls) -> Any:
    request = _read("OutlinesRequest", lambda: OutlinesRequest.from_json(params))
    from .mapping import outlines_from_probability

    return outlines_from_probability(request, controls.on_progress, controls.should_stop).to_json()


def _simulate(params: dict[str, Any], _: Controls) -> Any:
    seed = _read("seed", lambda: int(params["seed"]))
    size_px = _read("size_px", lambda: int(params["size_px"]))
    out_dir = _read("out_dir", lambda: str(params["out_dir"]))
    dates = _read("dates", lambda: int(params.get("dates", 1)))
    texts = {name: str(params[name]) for name in ("sensor", "kind", "season", "terrain") if name in params}
    switches = {name: bool(params[name]) for name in ("clouds", "gaps", "top_of_atmosphere") if name in params}
    from .mapping import all_or_nothing
    from .training.simulate import SceneSettings, WriteOptions, write_scenes

    settings = SceneSettings(seed, size_px, **texts, **switches)
    options = WriteOptions(dates, bool(params.get("radar", False)))
    with all_or_nothing(out_dir, bool(params.get("overwrite", False))) as folder:
        names = [Path(path).name for path in write_scenes(settings, folder, options)]
    return {"paths": [str(Path(out_dir) / name) for name in names]}


def _models(_: dict[str, Any], __: Controls) -> Any:
    from .models import model_infos

    return [info.to_json() for info in model_infos()]


def _info(params: dict[str, Any], _: Controls) -> Any:
    path = _read("path", lambda: str(params["path"]))
    from .scene import describe_file

    return describe_file(path)


def _devices(_: dict[str, Any], __: Controls) -> Any:
    from .models.devices import devices

    return devices()


def _server(params: dict[str, Any], _: Controls) -> Any:
    url = _read("url", lambda: str(params["url"]))
    from .models.remote import describe_server

    return describe_server(url)


def _credentials(params: dict[str, Any], _: Controls) -> Any:
    url = _read("url", lambda: str(params["url"]))
    headers = _read("headers", lambda: {str(key): str(value) for key, value in params["headers"].items()})
    from .models.remote import remember_credentials

    remember_credentials(url, headers, str(params.get("ca_file", "")))
    return {}


def _check(params: dict[str, Any], controls: Controls) -> Any:
    package = _read("package", lambda: str(params["package"]))
    from .models import check_package

    return check_package(package, controls)


def _import_keras(params: dict[str, Any], controls: Controls) -> Any:
    from .architectures import KerasImport, import_keras

    return import_keras(_read("import_keras", lambda: KerasImport.from_json(params)), controls)


def _export(params: dict[str, Any], controls: Controls) -> Any:
    from .architectures import WeightsExport, export_package

    return export_package(_read("export", lambda: WeightsExport.from_json(params)), controls)


def _export_repository(params: dict[str, Any], _: Controls) -> Any:
    packages = _read("packages", lambda: [str(one) for one in params["packages"]])
    out_dir = _read("out", lambda: str(params["out"]))
    from .models import export_repository

    return {"paths": export_repository(packages, out_dir)}


def _reduce(params: dict[str, Any], controls: Controls) -> Any:
    names = ("package", "precision", "scenes", "out")
    values = _read("reduce", lambda: {name: str(params[name]) for name in names})
    from .mapping import reduce_precision

    return reduce_precision(**values, controls=controls)


def _dataset_build(params: dict[str, Any], controls: Controls) -> Any:
    from .training.tiles import BuildOrder, build_tiles

    return build_tiles(_read("dataset_build", lambda: BuildOrder.from_json(params)), controls)


def _dataset_simulate(params: dict[str, Any], controls: Controls) -> Any:
    from .training.simulated_tiles import SimulatedOrder, simulate_tiles

    return simulate_tiles(_read("dataset_simulate", lambda: SimulatedOrder.from_json(params)), controls)


def _dataset_info(params: dict[str, Any], _: Controls) -> Any:
    store = _read("store", lambda: str(params["store"]))
    from .training.tiles import describe_tiles

    return describe_tiles(store)


def _dataset_check(params: dict[str, Any], controls: Controls) -> Any:
    store = _read("store", lambda: str(params["store"]))
    from .training.tiles import check_tiles

    return check_tiles(store, controls)


def _evaluate(params: dict[str, Any], controls: Controls) -> Any:
    from .training.evaluation import EvaluateOrder, evaluate

    return evaluate(_read("evaluate", lambda: EvaluateOrder.from_json(params)), controls)


def _train(params: dict[str, Any], controls: Controls) -> Any:
    from .training.learn import TrainOrder, train

    return train(_read("train", lambda: TrainOrder.from_json(params)), controls)


def _calibrate(params: dict[str, Any], controls: Controls) -> Any:
    from .training.calibrating import CalibrateOrder, calibrate_package

    return calibrate_package(_read("calibrate", lambda: CalibrateOrder.from_json(params)), controls)


def _ensemble(params: dict[str, Any], controls: Controls) -> Any:
    from .models.ensembling import EnsembleOrder, make_ensemble

    return make_ensemble(_read("ensemble", lambda: EnsembleOrder.from_json(params)), controls)


def _teach(params: dict[str, Any], controls: Controls) -> Any:
    request = _read("TeachRequest", lambda: TeachRequest.from_json(params))
    from .training.teach import teach

    try:
        return teach(request, controls).to_json()
    finally:
        remove_temporary(request)


def _hello(params: dict[str, Any], _: Controls) -> Any:
    return describe_runner(check=tuple(params.get("check", ())))


def _nothing(_: dict[str, Any], __: Controls) -> Any:
    return {}


_HANDLERS: dict[Method, Callable[[dict[str, Any], Controls], Any]] = {
    Method.HELLO: _hello,
    Method.MODELS: _models,
    Method.INFO: _info,
    Method.ESTIMATE: _estimate,
    Method.MAP: _map,
    Method.PREVIEW: _preview,
    Method.OUTLINES: _outlines,
    Method.SIMULATE: _simulate,
    Method.DEVICES: _devices,
    Method.SERVER: _server,
    Method.CREDENTIALS: _credentials,
    Method.CHECK: _check,
    Method.IMPORT_KERAS: _import_keras,
    Method.EXPORT: _export,
    Method.EXPORT_REPOSITORY: _export_repository,
    Method.REDUCE: _reduce,
    Method.DATASET_BUILD: _dataset_build,
    Method.DATASET_SIMULATE: _dataset_simulate,
    Method.DATASET_INFO: _dataset_info,
    Method.DATASET_CHECK: _dataset_check,
    Method.EVALUATE: _evaluate,
    Method.TRAIN: _train,
    Method.CALIBRATE: _calibrate,
    Method.ENSEMBLE: _ensemble,
    Method.TEACH: _teach,
    Method.SHUTDOWN: _nothing,
    **jobs_refine.HANDLERS,
}
