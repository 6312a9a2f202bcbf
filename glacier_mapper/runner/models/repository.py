"""Model packages as a model repository that Triton and OpenVINO Model Server read.

    DIR/config.json              OpenVINO Model Server: the models' folders (ovms --config_path DIR/config.json)
    DIR/NAME/config.pbtxt        Triton: inputs, output, batches (tritonserver --model-repository DIR)
    DIR/NAME/1/model.onnx        the network; beside it the package's model.json, which says where it came from

A model that is there already is kept and gets the next version, 2, 3 …, which both servers take as the newest; the very
same network again gets none, and one of another architecture, inputs or classes is no version of it. Triton's format:
github.com/triton-inference-server/server, docs/model_configuration; OpenVINO's: docs.openvino.ai, "Models repository"
and "Multiple-model mode with a config file".
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...core.errors import InputError, OutputNotWritableError
from ...core.file_errors import OtherModelError
from ...core.model_card import ModelCard
from ...core.model_errors import ServedEnsembleError
from .input_shapes import FREE, served_shapes
from .package import CARD_FILE, MODEL_FILE, Package, file_sha256, read_card

TRITON_CONFIG = "config.pbtxt"
OVMS_CONFIG = "config.json"
MAX_BATCH = 8
QUEUE_DELAY_US = 2000


def export_repository(packages: Sequence[str], out: str) -> list[str]:
    """Write `packages` (names or folders) into the model repository `out`, made or extended; the paths written.

    Raises MissingFileError, InvalidPackageError, ChecksumError, ServedEnsembleError, OutputNotWritableError,
    OtherModelError for packages of one name that are no versions of each other. Each version of a model appears as a
    whole or not at all.
    """
    from .store import find_package

    found = _each_once([find_package(one) for one in packages], out)
    for card in (package.card for package in found if package.card.is_ensemble):
        raise ServedEnsembleError(model=card.name, count=len(card.networks), reason="")
    outputs = [_output_name(package) for package in found]
    folder = Path(out).absolute()
    for package in found:
        _check_version(folder / package.card.name, package)
    paths: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _read_ovms(folder)
        for package, output in zip(found, outputs):
            paths += _add(folder, package, config_pbtxt(package.card, output))
        paths.append(_list_for_ovms(folder, [package.card.name for package in found]))
    except OSError as exc:
        raise OutputNotWritableError(path=str(folder), reason=f"{exc.strerror or exc}.") from exc
    return [str(path) for path in paths]


def _each_once(packages: list[Package], out: str) -> list[Package]:
    """Each package once. Raises OtherModelError for two different ones of a name, of which nobody said the newer."""
    by_name: dict[str, Package] = {}
    for package in packages:
        first = by_name.setdefault(package.card.name, package)
        if first.card != package.card:
            reason = f"{first.folder} and {package.folder} are two packages of that name."
            raise OtherModelError(path=out, model=package.card.name, reason=reason)
    return list(by_name.values())


def _check_version(model: Path, package: Package) -> None:
    """Raise OtherModelError where the newest version in the folder `model` is of another kind than the package."""
    versions = _versions(model)
    try:
        there = read_card(model / str(versions[-1])) if versions else package.card
    except InputError:  # not written here, so nothing is known of it
        return
    differences = [
        f"{what} {_words(old)} there and {_words(new)} in {package.folder}"
        for what, old, new in (
            ("its architecture is", there.architecture, package.card.architecture),
            ("its inputs are", served_shapes(there), served_shapes(package.card)),
            ("its classes are", there.classes, package.card.classes),
        )
        if old != new
    ]
    if differences:
        reason = f"another model of that name is there: {'; '.join(differences)}."
        raise OtherModelError(path=str(model.parent), model=package.card.name, reason=reason)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {shape}" for name, shape in value.items())
    return value if isinstance(value, str) else ", ".join(value)


def _versions(model: Path) -> list[int]:
    """The versions in the folder of a model, the newest last."""
    return sorted(int(one.name) for one in model.glob("*") if one.is_dir() and one.name.isdigit())


def config_pbtxt(card: ModelCard, output: str) -> str:
    """Triton's configuration of a model whose first output is `output`; the batch is none of the dimensions."""
    side = card.tiling.patch_px if card.tiling.fixed else FREE
    lines = [
        f'name: "{card.name}"', 'platform: "onnxruntime_onnx"', 'backend: "onnxruntime"',
        f'default_model_filename: "{MODEL_FILE}"', f"max_batch_size: {MAX_BATCH}",
        *(_tensor("input", name, shape[1:]) for name, shape in served_shapes(card).items()),
        _tensor("output", output, [len(card.classes), side, side]),
        f"dynamic_batching {{ max_queue_delay_microseconds: {QUEUE_DELAY_US} }}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _tensor(kind: str, name: str, sizes: list[int]) -> str:
    dims = ", ".join(str(size) for size in sizes)
    return f'{kind} [ {{ name: "{name}" data_type: TYPE_FP32 dims: [ {dims} ] }} ]'


def _output_name(package: Package) -> str:
    """The name of the network's first output, after a look whether the network is what its card says.

    Raises InvalidPackageError.
    """
    from .checking import check_interface
    from .devices import make_session

    session = make_session(package.model_path, "cpu", 1)[0]
    check_interface(session, package)
    return str(session.get_outputs()[0].name)


def _add(folder: Path, package: Package, config: str) -> list[Path]:
    """The model's next version, and its configuration; nothing where the newest version is this network."""
    model = folder / package.card.name
    versions = _versions(model)
    newest = versions[-1] if versions else 0
    target = model / str(newest + 1)
    if newest and _same(model / str(newest) / MODEL_FILE, package):
        target = model / str(newest)
    else:
        partial = model.with_name(f".{model.name}.part-{os.getpid()}")
        try:
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            shutil.copyfile(package.model_path, partial / MODEL_FILE)
            shutil.copyfile(package.folder / CARD_FILE, partial / CARD_FILE)
            model.mkdir(exist_ok=True)
            _write(model / TRITON_CONFIG, config)
            partial.rename(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return [model / TRITON_CONFIG, target / MODEL_FILE, target / CARD_FILE]


def _same(path: Path, package: Package) -> bool:
    return path.is_file() and file_sha256(path) == package.card.file.sha256


def _list_for_ovms(folder: Path, names: list[str]) -> Path:
    """Add `names` to the list of OpenVINO Model Server and keep what stands in it; paths are relative to the file."""
    settings = _read_ovms(folder)
    listed = settings["model_config_list"]
    known = {one["config"]["name"] for one in listed}
    listed += [{"config": {"name": name, "base_path": name}} for name in dict.fromkeys(names) if name not in known]
    path = folder / OVMS_CONFIG
    _write(path, json.dumps(settings, indent=2) + "\n")
    return path


def _read_ovms(folder: Path) -> dict[str, Any]:
    """The list as it is, empty where there is none. Raises OutputNotWritableError for what is no such list."""
    path = folder / OVMS_CONFIG
    if not path.exists():
        return {"model_config_list": []}
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
        known = all(isinstance(one["config"]["name"], str) for one in settings["model_config_list"])
    except (ValueError, KeyError, TypeError) as exc:
        raise OutputNotWritableError(path=str(path), reason="it is there already and lists no models.") from exc
    if not known:
        raise OutputNotWritableError(path=str(path), reason="it is there already and lists no models.")
    return settings


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.part-{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
