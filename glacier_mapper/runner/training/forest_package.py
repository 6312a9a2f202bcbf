"""A random forest as a model package: its graph computes the features, so the engine maps with it as with a network."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from ...core.branches import BRANCH_ROLES, DERIVED, LOGARITHMIC
from ...core.errors import InternalError
from ...core.model_card import BranchSpec, Description, ModelCard, NoData, Tiling
from ...core.package_names import FOREST
from ..models.checking import MOST_TOLERANCE
from ..models.package import GOLDEN_FILE, MODEL_FILE, Package, write_package
from .forest import PLAIN, Forest, Rows, need_packages, session_of
from .forest_features import ML_OPSET, OPSET, TABLE, feature_names

VERSION = "1"
TILING = Tiling(patch_px=256, stride_px=240, window="cosine", fixed=False, multiple_px=1)
LARGEST_MEAN_DIFFERENCE = 1e-3
"""Between scikit-learn's probabilities and the package's, over the golden sample: single trees may turn at a
threshold that single precision rounds."""
GOLDEN_TREES = 2.0
"""Trees that may turn at a pixel on another processor."""


@dataclass(frozen=True)
class ForestPackage:
    """What the package says of itself; `provenance` names the data set."""

    out: str
    title: str = "Random forest"
    name: str = ""
    licence: str = ""
    citation: str = ""
    provenance: str = ""
    overwrite: bool = False


def whole_graph(forest: Forest) -> Any:
    """The features, the trees, and the probabilities put back in their places: (batch, 2, rows, cols)."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    width = len(feature_names(forest.settings.branches))
    trees = to_onnx(
        forest.classifier, initial_types=[(TABLE, FloatTensorType([None, width]))], options={"zipmap": False},
        target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
    )  # fmt: skip
    trees.ir_version = forest.features.ir_version
    del trees.opset_import[:]
    trees.opset_import.extend(forest.features.opset_import)
    chances = f"trees_{trees.graph.output[1].name}"
    merged = onnx.compose.merge_models(
        forest.features, trees, io_map=[(TABLE, TABLE)], prefix2="trees_", outputs=[chances]
    )
    image, first = forest.settings.branches[0].value, merged.graph
    axes, classes = np.array([0, 2, 3], np.int64), np.array([2], np.int64)
    first.initializer.extend([numpy_helper.from_array(axes, "place_axes"), numpy_helper.from_array(classes, "classes")])
    first.node.extend([
        helper.make_node("Shape", [image], ["image_shape"]),
        helper.make_node("Gather", ["image_shape", "place_axes"], ["places"]),
        helper.make_node("Concat", ["places", "classes"], ["chance_shape"], axis=0),
        helper.make_node("Reshape", [chances, "chance_shape"], ["chances_last"]),
        helper.make_node("Transpose", ["chances_last"], ["probabilities"], perm=[0, 3, 1, 2]),
    ])
    del first.output[:]
    shape = ["batch", 2, "rows", "columns"]
    first.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, shape))
    first.name, merged.producer_name, merged.producer_version = "random_forest", "glacier-mapper", ""
    first.ClearField("doc_string")
    onnx.checker.check_model(merged)
    return merged


def write_forest(forest: Forest, words: ForestPackage) -> Package:
    """Write the forest as a model package with a golden sample.

    Raises InternalError when the graph does not compute what scikit-learn does, OutputError kinds,
    MissingPythonPackageError.
    """
    need_packages()
    graph = whole_graph(forest)
    output = session_of(graph).run(["probabilities"], forest.sample)[0]
    _check(forest, output)
    with tempfile.TemporaryDirectory(prefix="glacier-mapper-") as folder:
        files = {name: Path(folder) / name for name in (MODEL_FILE, GOLDEN_FILE)}
        files[MODEL_FILE].write_bytes(graph.SerializeToString(deterministic=True))
        arrays = {f"input_{name}": value for name, value in forest.sample.items()}
        tolerance = np.float64(min(GOLDEN_TREES / forest.settings.trees, MOST_TOLERANCE))
        np.savez_compressed(files[GOLDEN_FILE], **arrays, output=output, tolerance=tolerance)
        return write_package(words.out, _card(forest, words), files, words.overwrite)


def _check(forest: Forest, output: Rows) -> None:
    table = session_of(forest.features).run([TABLE], forest.sample)[0]
    expected = forest.classifier.predict_proba(table)[:, 1]
    difference = float(np.abs(output[0, 1].ravel() - expected).mean())
    if not difference <= LARGEST_MEAN_DIFFERENCE:
        raise InternalError(reason=f"the exported forest differs by {difference:.2g} from the original.")


def _card(forest: Forest, words: ForestPackage) -> ModelCard:
    settings = forest.settings
    names = ", ".join(branch.value for branch in settings.branches)
    nodes = sum(tree.tree_.node_count for tree in forest.classifier.estimators_)
    return ModelCard(
        name=words.name or Path(words.out).absolute().name,
        version=VERSION,
        architecture=FOREST,
        branches=tuple(
            BranchSpec(branch, (PLAIN,) * len(BRANCH_ROLES[branch]), branch in LOGARITHMIC)
            for branch in settings.branches
        ),
        description=Description(
            title=words.title, licence=words.licence, citation=words.citation, provenance=words.provenance,
            summary=f"A random forest on pixels and their 5 x 5 neighbourhood, from {names}. A baseline.",
            limits="It sees 25 pixels: debris-covered ice, lakes and shadow are told by colour and slope alone.",
        ),
        needs=(forest.roles - DERIVED,),
        tiling=TILING,
        no_data=NoData.NAN,
        parameters=nodes,
        created=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        hyperparameters={
            **{name: value for name, value in asdict(settings).items() if name not in ("branches", "threads")},
            "training_pixels": forest.pixels, "training_tiles": forest.tiles, "importances": forest.importances,
        },
        golden=GOLDEN_FILE,
    )  # fmt: skip
