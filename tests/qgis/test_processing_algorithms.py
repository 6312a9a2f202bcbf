"""The Processing provider with the real runner, in this process and by qgis_process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from products_maker import make_products
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelParameter,
    QgsProcessingParameterRasterLayer,
    QgsProject,
    QgsVectorLayer,
)
from rasters_maker import layer_of, ramp, write_raster
from test_workflow_map import ROLES, SIZE, write_scene
from tiny_models import make_tiny

from glacier_mapper.core.errors import RunnerMissingError
from glacier_mapper.core.messages import Message
from glacier_mapper.core.request import NetworkSettings
from glacier_mapper.core.scaling_choice import scaling_choices
from glacier_mapper.core.servers import ServerSetting
from glacier_mapper.core.settings import Settings
from glacier_mapper.processing.provider import GlacierMapperProvider
from glacier_mapper.runner_client.fake import FakeAnswer, FakeRunner
from glacier_mapper.workflow.offer_processing import map_services
from glacier_mapper.workflow.runner_host import PYTHON_VARIABLE, RunnerHost

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def host():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PYTHON_VARIABLE, str(ROOT / ".venv" / "bin" / "python"))
        made = RunnerHost(Settings)
        yield made
        made.stop()


@pytest.fixture
def register(qgis_app):
    """Register a provider on a runner; gives a function that runs an algorithm of it."""
    registry, added = QgsApplication.processingRegistry(), []

    def add(runner, settings=Settings):
        provider = GlacierMapperProvider(map_services(runner, settings))
        assert registry.addProvider(provider)
        added.append(provider)
        return run

    def run(name, **parameters):
        algorithm = registry.createAlgorithmById(f"glaciermapper:{name}")
        context, feedback = QgsProcessingContext(), Feedback()
        context.setProject(QgsProject.instance())
        ok, words = algorithm.checkParameterValues(parameters, context)
        assert ok, words
        if not algorithm.prepare(parameters, context, feedback):
            raise QgsProcessingException("\n".join(feedback.errors))
        try:
            results = algorithm.runPrepared(parameters, context, feedback)
        finally:
            run.feedback, run.context = feedback, context
        return results

    yield add
    run.feedback = run.context = None  # they belong to QGIS and must go before it does
    for provider in added:
        registry.removeProvider(provider)
    QgsProject.instance().clear()


class Feedback(QgsProcessingFeedback):
    def __init__(self):
        super().__init__(False)
        self.infos, self.warnings, self.errors, self.steps = [], [], [], []
        self.progressChanged.connect(self.steps.append)

    def pushInfo(self, info):
        self.infos.append(info)

    def pushWarning(self, warning):
        self.warnings.append(warning)

    def reportError(self, error, fatalError=False):  # noqa: N803 (Qt's name)
        self.errors.append(error)


@pytest.fixture
def run(register, host):
    return register(host.runner)


def test_mapglaciers_gives_products_and_numbers(run, tmp_path):
    out = tmp_path / "out ü"
    results = run("mapglaciers", OPTICAL=[write_scene(tmp_path / "scene.tif")], OUTPUT_FOLDER=str(out), ANALYST="Ann")
    assert results["COUNT"] == 1
    assert results["AREA_KM2"] == pytest.approx(0.04, rel=0.03)
    assert gdal.Open(results["PROBABILITY"]).ReadAsArray().shape == (SIZE, SIZE)
    assert gdal.Open(results["CONFIDENCE"]) is not None
    outlines = QgsVectorLayer(results["OUTLINES"], "o", "ogr")
    assert [feature["analyst"] for feature in outlines.getFeatures()] == ["Ann"]
    assert QgsVectorLayer(results["BOUNDARY"], "b", "ogr").featureCount() >= 1
    assert json.loads(Path(results["REPORT"]).read_text())
    assert run.feedback.steps[-1] == 100.0
    assert "Shortwave infrared 1 (1.6 µm): scene, band 4" in run.feedback.infos


def test_what_the_run_noted_is_told(run, tmp_path):
    """The scene says nothing of how its whole numbers are scaled."""
    scene = str(tmp_path / "counts.tif")
    source = write_scene(tmp_path / "scene.tif")
    gdal.Translate(scene, source, outputType=gdal.GDT_UInt16, scaleParams=[[0, 1, 0, 10000]])
    run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "out"))
    assert any(text.startswith("counts does not say how it is scaled") for text in run.feedback.warnings)
    assert any(info.startswith("The rule against temperature was skipped") for info in run.feedback.infos)


def test_a_band_given_by_its_number_is_not_doubted(run, tmp_path):
    scene = write_scene(tmp_path / "scene.tif")
    warm = write_raster(tmp_path / "warm.tif", np.full((2, SIZE, SIZE), 270.0, np.float32), names=["one", "two"])
    given = {"OPTICAL": [scene], "THERMAL": warm}
    run("mapglaciers", **given, THERMAL_BAND=2, OUTPUT_FOLDER=str(tmp_path / "named"))
    assert not [text for text in run.feedback.warnings if "nothing in the file" in text]
    run("mapglaciers", **given, OUTPUT_FOLDER=str(tmp_path / "default"))
    assert [text for text in run.feedback.warnings if "nothing in the file" in text]


def test_the_products_are_loaded_when_asked(run, tmp_path):
    scene = write_scene(tmp_path / "scene.tif")
    run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "a"))
    assert len(run.context.layersToLoadOnCompletion()) == 4
    run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "b"), LOAD=False)
    assert run.context.layersToLoadOnCompletion() == {}


def test_single_bands_given_for_their_roles(run, tmp_path):
    scene = write_scene(tmp_path / "scene.tif")
    parameters = {}
    for number, role in enumerate(ROLES, 1):
        target = str(tmp_path / f"x{number}.tif")
        gdal.Translate(target, scene, bandList=[number])
        parameters[role.name] = target
    results = run("mapglaciers", OUTPUT_FOLDER=str(tmp_path / "out"), **parameters)
    assert results["COUNT"] == 1


def test_a_band_given_by_hand_goes_before_the_guess(run, tmp_path):
    scene = write_scene(tmp_path / "scene.tif")
    run("mapglaciers", OPTICAL=[scene], RED=scene, RED_BAND=3, OUTPUT_FOLDER=str(tmp_path / "out"))
    assert "Red: scene, band 3" in run.feedback.infos


def test_the_extent_limits_the_mapping(run, tmp_path):
    results = run(
        "mapglaciers",
        OPTICAL=[write_scene(tmp_path / "scene.tif")],
        EXTENT="600000,600200,5199600,5200000 [EPSG:32632]",
        OUTPUT_FOLDER=str(tmp_path / "out"),
    )
    rows, cols = gdal.Open(results["PROBABILITY"]).ReadAsArray().shape
    assert (rows, cols) == (SIZE, SIZE // 2)


def test_a_memory_layer_of_the_project(run, tmp_path):
    write_scene("/vsimem/processing_scene.tif")
    layer = QgsProject.instance().addMapLayer(layer_of("/vsimem/processing_scene.tif", "memory"))
    results = run("mapglaciers", OPTICAL=[layer.id()], OUTPUT_FOLDER=str(tmp_path / "out"))
    assert results["COUNT"] == 1
    gdal.Unlink("/vsimem/processing_scene.tif")


def test_classes_are_written_and_loaded_when_asked(run, tmp_path):
    scene = write_scene(tmp_path / "scene.tif")
    plain = run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "plain"))
    assert "CLASSES" not in plain
    results = run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "out"), WITH_CLASSES=True, LOAD=True)
    raster = gdal.Open(results["CLASSES"])  # a band is gone with its raster
    band = raster.GetRasterBand(1)
    assert (band.GetNoDataValue(), band.GetMetadataItem("CLASS_1")) == (255, "glacier")
    probability = gdal.Open(results["PROBABILITY"]).ReadAsArray()
    np.testing.assert_array_equal(band.ReadAsArray() == 1, probability > 0.5)
    assert results["CLASSES"] in run.context.layersToLoadOnCompletion()


def test_parity_without_a_published_deployment_is_refused(run, tmp_path):
    scene = write_scene(tmp_path / "scene.tif")
    with pytest.raises(QgsProcessingException, match="“band-ratio” has no published deployment"):
        run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "out"), PARITY=True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("device", ["https://gpu:8000/?token=hush", "https://ana:hush@gpu:8000"])
def test_an_address_with_a_secret_is_refused_and_not_shown(register, tmp_path, device):
    run = register(lambda: FakeRunner({}))
    scene = write_scene(tmp_path / "s.tif")
    with pytest.raises(QgsProcessingException, match="authentication store") as caught:
        run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path), DEVICE=device)
    assert "hush" not in str(caught.value)


def test_settings_reach_the_runner(register, tmp_path):
    result = make_products(tmp_path / "made")
    runner = FakeRunner({"map": result.to_json()})
    run = register(lambda: runner, lambda: Settings(threads=2, memory_limit_mb=700, analyst="Bo"))
    scene = write_scene(tmp_path / "scene.tif")
    run(
        "mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "out"), INDEX="ndsi", THRESHOLD=0.4, MIN_BLUE=None,
        MEDIAN="5", OUTLINE_THRESHOLD=0.7, MIN_AREA=0.05, OVERWRITE=True,
    )  # fmt: skip
    [params] = runner.params_of("map")
    ratio = params["band_ratio"]
    assert (ratio["index"], ratio["threshold"], ratio["min_blue"], ratio["median_px"]) == ("ndsi", 0.4, None, 5)
    assert ratio["max_ndwi"] == 0.4
    assert (params["outlines"]["threshold"], params["outlines"]["min_area_km2"]) == (0.7, 0.05)
    assert (params["threads"], params["memory_limit_mb"], params["analyst"]) == (2, 700, "Bo")
    assert params["overwrite"] is True
    assert params["extent"] is None


def test_where_networks_disagree_is_a_product(register, tmp_path):
    made = make_products(tmp_path / "made", networks=3)
    answers = {"map": made.to_json()}
    run = register(lambda: FakeRunner(answers))
    scene = write_scene(tmp_path / "scene.tif")
    results = run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "out"), LOAD=True)
    assert results["MODEL_UNCERTAINTY"] == made.model_uncertainty
    assert made.model_uncertainty in run.context.layersToLoadOnCompletion()
    answers["map"] = make_products(tmp_path / "plain").to_json()
    assert "MODEL_UNCERTAINTY" not in run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "out"))


def test_what_the_analyst_says_of_the_image_reaches_the_runner(register, tmp_path):
    runner = FakeRunner({"map": make_products(tmp_path / "made").to_json()})
    run = register(lambda: runner)
    scene, words = write_scene(tmp_path / "scene.tif"), [word for word, _ in scaling_choices()]
    run(
        "mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path), SCALING=words.index("landsat-c2-l1"),
        DATE="2021-08-30",
    )  # fmt: skip
    assert {(s["scaling"], s["date"]) for s in runner.params_of("map")[0]["sources"]} == {
        ("landsat-c2-l1", "2021-08-30")
    }
    run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path))
    assert {s["scaling"] for s in runner.params_of("map")[1]["sources"]} == {"auto"}
    with pytest.raises(QgsProcessingException, match="a day as 2026-08-31"):
        run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path), DATE="30.8.2021")


def test_a_second_tile_is_named_among_the_notes(register, tmp_path):
    runner = FakeRunner({"map": make_products(tmp_path / "made").to_json()})
    tiles = [write_scene(tmp_path / f"{name}.tif") for name in ("west", "east")]
    register(lambda: runner)("mapglaciers", OPTICAL=tiles, OUTPUT_FOLDER=str(tmp_path))
    [note] = runner.params_of("map")[0]["notes"]
    assert Message.from_json(note).details["layer"] in ("west.tif", "east.tif")
    assert "virtual mosaic" in note["template"]


@pytest.mark.parametrize(("index", "threshold"), [("red_swir", -0.5), ("nir_swir", 0.0), ("ndsi", 1.5)])
def test_a_threshold_that_no_pixel_can_reach_is_refused(register, tmp_path, index, threshold):
    run = register(lambda: FakeRunner({}))
    with pytest.raises(QgsProcessingException, match="threshold can't be"):
        run(
            "mapglaciers", OPTICAL=[write_scene(tmp_path / "s.tif")], OUTPUT_FOLDER=str(tmp_path), INDEX=index,
            THRESHOLD=threshold,
        )  # fmt: skip


def test_network_settings_and_device_reach_the_runner(register, tmp_path):
    runner = FakeRunner({"map": make_products(tmp_path / "made").to_json(), "credentials": {}})
    settings = Settings(servers=(ServerSetting("https://gpu:8000", on_loss="stop"),))
    run = register(lambda: runner, lambda: settings)
    scene = write_scene(tmp_path / "scene.tif")
    run(
        "mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "out"), MODEL="/p/glavitu", OVERLAP=0.75,
        WINDOW="gaussian", SYMMETRIES=True, REGION="NZ", BATCH=4, PARITY=True, DEVICE="https://gpu:8000/",
    )  # fmt: skip
    [params] = runner.params_of("map")
    assert (params["model"], params["device"], params["live"]) == ("/p/glavitu", "https://gpu:8000", "")
    assert NetworkSettings(**params["network"]) == NetworkSettings(
        0.75, "gaussian", True, "reference", "NZ", 4, "stop"
    )
    assert runner.params_of("credentials") == [{"url": "https://gpu:8000", "headers": {}, "ca_file": ""}]


def test_without_a_word_about_networks_the_defaults_hold(register, tmp_path):
    runner = FakeRunner({"map": make_products(tmp_path / "made").to_json()})
    register(lambda: runner)("mapglaciers", OPTICAL=[write_scene(tmp_path / "s.tif")], OUTPUT_FOLDER=str(tmp_path))
    [params] = runner.params_of("map")
    assert (params["model"], params["device"]) == ("band-ratio", "auto")
    assert NetworkSettings(**params["network"]) == NetworkSettings()


@pytest.mark.parametrize(("device", "text"), [
    ("https://theirs:8000", "not among your model servers"), ("quantum", "can't be quantum"),
])  # fmt: skip
def test_a_device_that_is_not_there_is_named(register, tmp_path, device, text):
    run = register(lambda: FakeRunner({}))
    scene = write_scene(tmp_path / "s.tif")
    with pytest.raises(QgsProcessingException, match=text):
        run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path), DEVICE=device)


def test_an_installed_package_is_offered_checked_and_run(register, tmp_path, monkeypatch):
    monkeypatch.setenv(PYTHON_VARIABLE, str(ROOT / ".venv" / "bin" / "python"))
    settings = Settings(models_folder=str(make_tiny(tmp_path / "models")))
    host = RunnerHost(lambda: settings)
    run = register(host.runner, lambda: settings)
    words = QgsApplication.processingRegistry().createAlgorithmById("glaciermapper:mapglaciers")
    assert "band-ratio, compact, tiny" in words.parameterDefinition("MODEL").description()
    with pytest.raises(QgsProcessingException, match="needs Blue"):
        run("mapglaciers", OPTICAL=[write_scene(tmp_path / "s.tif")], OUTPUT_FOLDER=str(tmp_path / "o"), MODEL="tiny")
    names = ("blue", "green", "red", "nir", "swir16", "swir22", "elevation")
    bands = np.stack([np.full((100, 100), value, np.float32) for value in (0.7, 0.65, 0.6, 0.5, 0.08, 0.05, 3000.0)])
    whole = write_raster(tmp_path / "w.tif", bands, names=names)
    try:
        results = run("mapglaciers", OPTICAL=[whole], OUTPUT_FOLDER=str(tmp_path / "o"), MODEL="tiny")
    finally:
        host.stop()
    # 8 x (0.65 - 0.08) = 4.56, and the logistic function of that is 0.98965
    assert gdal.Open(results["PROBABILITY"]).ReadAsArray()[50, 50] == pytest.approx(0.9896, abs=1e-3)


def test_an_empty_threshold_is_automatic(register, tmp_path):
    result = make_products(tmp_path / "made")
    runner = FakeRunner({"map": result.to_json()})
    scene = write_scene(tmp_path / "s.tif")
    register(lambda: runner)("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "o"))
    assert runner.params_of("map")[0]["band_ratio"]["threshold"] is None


def test_outlines_from_probability(run, tmp_path):
    probability = write_scene(tmp_path / "scene.tif")
    first = run("mapglaciers", OPTICAL=[probability], OUTPUT_FOLDER=str(tmp_path / "first"))
    results = run(
        "outlinesfromprobability", INPUT=first["PROBABILITY"], OUTPUT_FOLDER=str(tmp_path / "second"), SMOOTHING=0.0
    )
    assert results["COUNT"] == 1
    assert results["AREA_KM2"] == pytest.approx(0.04, rel=0.03)
    assert QgsVectorLayer(results["OUTLINES"], "o", "ogr").featureCount() == 1


def first_outline(results):
    return next(QgsVectorLayer(results["OUTLINES"], "o", "ogr").getFeatures())


def test_outlines_of_a_mapping_take_their_origin_from_its_report(run, tmp_path):
    scene = write_scene(tmp_path / "scene.tif")
    first = run("mapglaciers", OPTICAL=[scene], OUTPUT_FOLDER=str(tmp_path / "first"), DATE="2021-08-30")
    folders = [str(tmp_path / name) for name in ("second", "third")]
    again = run("outlinesfromprobability", INPUT=first["PROBABILITY"], OUTPUT_FOLDER=folders[0])
    names = ("model", "model_version", "sources", "src_date")
    assert [first_outline(again)[name] for name in names] == ["band-ratio", "1.0", "scene", "2021-08-30"]
    said = {"MODEL": "by hand", "DATE": "2020-07-01/2020-08-31"}
    other = run("outlinesfromprobability", INPUT=first["PROBABILITY"], OUTPUT_FOLDER=folders[1], **said)
    assert [first_outline(other)[name] or "" for name in names] == ["by hand", "", "scene", "2020-07-01/2020-08-31"]


@pytest.mark.parametrize("day", ["2999-01-01", "31.8.2021", "2021-08-31/", "2021-09-01/2021-08-31"])
def test_outlines_of_a_day_that_cannot_be_are_refused(run, tmp_path, day):
    path = write_raster(tmp_path / "p.tif", np.full((20, 20), 0.7, np.float32))
    with pytest.raises(QgsProcessingException, match="date can't be"):
        run("outlinesfromprobability", INPUT=path, DATE=day, OUTPUT_FOLDER=str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_the_probability_of_a_layer_in_memory_is_kept(run, tmp_path):
    path = write_raster("/vsimem/p.tif", np.full((20, 20), 0.7, np.float32))
    layer = QgsProject.instance().addMapLayer(layer_of(path, "My layer"))
    results = run("outlinesfromprobability", INPUT=layer.id(), OUTPUT_FOLDER=str(tmp_path / "out"))
    assert results["PROBABILITY"] == str(tmp_path / "out" / "probability.tif")
    assert gdal.Open(results["PROBABILITY"]).ReadAsArray().max() == pytest.approx(0.7)
    assert first_outline(results)["sources"] == "My layer"
    assert "00_coherence" not in Path(results["REPORT"]).read_text()
    assert {details.name for details in run.context.layersToLoadOnCompletion().values()} >= {"Glacier probability"}


def test_an_error_about_a_layer_in_memory_names_the_layer(run, tmp_path):
    path = write_raster("/vsimem/q.tif", np.full((20, 20), 7.0, np.float32))
    layer = QgsProject.instance().addMapLayer(layer_of(path, "My layer"))
    with pytest.raises(QgsProcessingException, match="My layer") as caught:
        run("outlinesfromprobability", INPUT=layer.id(), OUTPUT_FOLDER=str(tmp_path / "out"))
    assert "00_coherence" not in str(caught.value)


def test_a_missing_role_is_named(run, tmp_path):
    path = write_raster(tmp_path / "dem.tif", ramp())
    with pytest.raises(QgsProcessingException, match=r"needs .*Shortwave infrared 1"):
        run("mapglaciers", ELEVATION=path, OUTPUT_FOLDER=str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_no_layer_at_all(run, tmp_path):
    with pytest.raises(QgsProcessingException, match="Add a satellite image"):
        run("mapglaciers", OUTPUT_FOLDER=str(tmp_path / "out"))


def test_a_second_run_into_the_same_folder_overwrites_only_when_told(run, tmp_path):
    parameters = {"OPTICAL": [write_scene(tmp_path / "scene.tif")], "OUTPUT_FOLDER": str(tmp_path / "out")}
    run("mapglaciers", **parameters)
    with pytest.raises(QgsProcessingException, match="exists already"):
        run("mapglaciers", **parameters)
    assert run("mapglaciers", OVERWRITE=True, **parameters)["COUNT"] == 1


def test_cancel_is_heard(register, tmp_path):
    runner = FakeRunner({"map": FakeAnswer({}, delay_s=10)})
    run = register(lambda: runner)

    class Cancelled(Feedback):
        def isCanceled(self):
            return True

    algorithm = QgsApplication.processingRegistry().createAlgorithmById("glaciermapper:mapglaciers")
    parameters = {"OPTICAL": [write_scene(tmp_path / "s.tif")], "OUTPUT_FOLDER": str(tmp_path / "o")}
    context, feedback = QgsProcessingContext(), Cancelled()
    feedback.cancel()
    assert algorithm.prepare(parameters, context, feedback)
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        algorithm.runPrepared(parameters, context, feedback)
    assert run


def test_without_a_runner_the_algorithms_are_there_and_say_what_to_do(register, tmp_path):
    def missing():
        raise RunnerMissingError(folder="x")

    register(missing)
    provider = QgsApplication.processingRegistry().providerById("glaciermapper")
    assert len(provider.algorithms()) == 2
    for algorithm in provider.algorithms():
        can, words = algorithm.canExecute()
        assert not can
        assert "Install model runner" in words


def test_every_parameter_and_output_has_a_description(register):
    register(FakeRunner)
    provider = QgsApplication.processingRegistry().providerById("glaciermapper")
    assert not provider.icon().isNull()
    for algorithm in provider.algorithms():
        assert len(algorithm.shortHelpString()) > 100
        for one in (*algorithm.parameterDefinitions(), *algorithm.outputDefinitions()):
            assert one.description()
            assert one.description() != one.name()


def step(name, values):
    """A step of a model; `values` are sources by parameter."""
    child = QgsProcessingModelChildAlgorithm(f"glaciermapper:{name}")
    child.setChildId(name)
    for parameter, source in values.items():
        child.addParameterSources(parameter, [source])
    return child


def test_the_algorithms_are_steps_of_a_processing_model(run, tmp_path):
    """The probability of one step is traced anew, from a higher value, by the next."""
    source = QgsProcessingModelChildParameterSource
    model = QgsProcessingModelAlgorithm("mapping", "tests")
    scene = QgsProcessingParameterRasterLayer("scene", "Scene")
    model.addModelParameter(scene, QgsProcessingModelParameter("scene"))
    model.addChildAlgorithm(step("mapglaciers", {
        "OPTICAL": source.fromModelParameter("scene"), "LOAD": source.fromStaticValue(False),
        "OUTPUT_FOLDER": source.fromStaticValue(str(tmp_path / "mapped")),
    }))  # fmt: skip
    model.addChildAlgorithm(step("outlinesfromprobability", {
        "INPUT": source.fromChildOutput("mapglaciers", "PROBABILITY"), "LOAD": source.fromStaticValue(False),
        "OUTLINE_THRESHOLD": source.fromStaticValue(0.9),
        "OUTPUT_FOLDER": source.fromStaticValue(str(tmp_path / "high")),
    }))  # fmt: skip
    context, feedback = QgsProcessingContext(), Feedback()
    context.setProject(QgsProject.instance())
    assert model.canExecute() == (True, "")
    _, ok = model.run({"scene": write_scene(tmp_path / "scene.tif")}, context, feedback)
    assert ok, feedback.errors
    areas = {}
    for name in ("mapped", "high"):
        layer = QgsVectorLayer(f"{tmp_path / name / 'outlines.gpkg'}|layername=outlines", name, "ogr")
        [areas[name]] = [feature["area_km2"] for feature in layer.getFeatures()]
    assert areas["mapped"] == pytest.approx(0.04, rel=0.03)
    assert 0.03 < areas["high"] < areas["mapped"]


@pytest.fixture
def process(tmp_path):
    """Runs qgis_process with the plugin enabled, in a profile of its own."""
    program = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
    if program is None:
        pytest.skip("no qgis_process on this machine")
    sys.path.insert(0, str(ROOT / "tests" / "tools"))
    import package

    plugins = tmp_path / "profiles" / "default" / "python" / "plugins"
    plugins.mkdir(parents=True)
    package.link_source(plugins)
    ini = tmp_path / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    ini.parent.mkdir(parents=True)
    ini.write_text("[PythonPlugins]\nglacier_mapper=true\n")
    environment = {
        **os.environ,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "QT_QPA_PLATFORM": "offscreen",
        "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path),
        PYTHON_VARIABLE: str(ROOT / ".venv" / "bin" / "python"),
    }
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environment.pop(name, None)

    def call(*words, folder=None):
        return subprocess.run(
            [program, *words], env=environment, cwd=folder, capture_output=True, text=True, timeout=180, check=False
        )

    return call


def test_qgis_process_maps_without_a_desktop(process, tmp_path):
    scene, out = write_scene(tmp_path / "scene.tif"), tmp_path / "out"
    ended = process("--json", "run", "glaciermapper:mapglaciers", "--", f"OPTICAL={scene}", f"OUTPUT_FOLDER={out}")
    assert ended.returncode == 0, ended.stderr
    results = json.loads(ended.stdout)["results"]
    assert results["COUNT"] == 1
    assert Path(results["PROBABILITY"]) == out / "probability.tif"


def test_relative_paths_are_below_the_folder_where_qgis_process_was_started(process, tmp_path):
    (tmp_path / "in").mkdir()
    write_scene(tmp_path / "in" / "scene.tif")
    words = ("OPTICAL=./in/scene.tif", "RED=in/scene.tif", "RED_BAND=1", "OUTPUT_FOLDER=made here/out")
    ended = process("--json", "run", "glaciermapper:mapglaciers", "--", *words, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert sorted(path.name for path in (tmp_path / "made here").iterdir()) == ["out"]
    report = json.loads((tmp_path / "made here" / "out" / "report.json").read_text())
    assert {source["path"] for source in report["sources"]} == {str(tmp_path / "in" / "scene.tif")}


def test_what_the_user_guide_says_to_type_for_help_gives_help(process):
    guide = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8")
    [words] = re.findall(r"^    qgis_process (help .*)$", guide, re.MULTILINE)
    ended = process(*words.split())
    assert ended.returncode == 0, ended.stderr
    assert "OPTICAL" in ended.stdout
    assert "OUTPUT_FOLDER" in ended.stdout
