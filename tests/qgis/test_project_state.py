"""What is saved in the project and in the settings."""

from __future__ import annotations

import pytest
from qgis.core import QgsProject, QgsSettings
from rasters_maker import layer_of, ramp, write_raster

from glacier_mapper.core.choice import BandChoice
from glacier_mapper.core.request import BandRatioSettings, NetworkSettings, OutlineSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.core.servers import ServerSetting
from glacier_mapper.core.settings import Settings
from glacier_mapper.qgis_io.project_state import SCOPE, ProjectState, ProjectStateStore
from glacier_mapper.qgis_io.run_folder import give_back, reserve_run_folder, results_folder
from glacier_mapper.qgis_io.settings import SettingsStore


@pytest.fixture
def project(tmp_path):
    made = QgsProject()
    made.addMapLayer(layer_of(write_raster(tmp_path / "scene.tif", ramp()), "scene"))
    made.setDirty(False)
    yield made
    made.clear()


@pytest.fixture
def state(project):
    layer_id = next(iter(project.mapLayers()))
    return ProjectState(
        choices=(BandChoice(Role.RED, layer_id, 1), BandChoice(Role.SWIR1, layer_id, 1)),
        model="band-ratio",
        band_ratio=BandRatioSettings(index="ndsi", threshold=0.45, min_blue=None, median_px=5),
        outlines=OutlineSettings(threshold=0.6, min_area_km2=0.05),
        dock_open=True,
        network=NetworkSettings(overlap=0.75, window="gaussian", symmetries=True, region="NZ", batch=8),
        device="https://gpu.example.org:8000",
        scaling="reflectance",
        classes=True,
    )


def test_a_project_without_anything_gives_defaults(project):
    assert ProjectStateStore(project).load() == ProjectState()
    assert not ProjectStateStore(project).load().is_saved


def test_the_state_comes_back_from_the_file(project, state, tmp_path):
    ProjectStateStore(project).save(state)
    project.write(str(tmp_path / "p.qgz"))
    again = QgsProject()
    again.read(str(tmp_path / "p.qgz"))
    assert ProjectStateStore(again).load() == state
    again.clear()


def test_saving_makes_the_project_dirty_only_where_something_changed(project, state):
    ProjectStateStore(project).save(state)
    assert project.isDirty()
    project.setDirty(False)
    ProjectStateStore(project).save(state)
    assert not project.isDirty()


def test_roles_that_were_only_guessed_are_not_saved(project):
    ProjectStateStore(project).save(ProjectState(choices=None, model="band-ratio"))
    assert ProjectStateStore(project).load().choices is None


def test_no_role_at_all_is_a_choice_too(project):
    ProjectStateStore(project).save(ProjectState(choices=(), model="band-ratio"))
    assert ProjectStateStore(project).load().choices == ()


def test_roles_of_layers_that_are_gone_are_dropped(project, state):
    ProjectStateStore(project).save(state)
    project.removeAllMapLayers()
    assert ProjectStateStore(project).load().choices == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("roles", "no json"),
        ("roles", '[{"role": "purple", "layer": "x", "band": 1}, 7, null]'),
        ("band_ratio", '{"softness": "soft"}'),
        ("band_ratio", "[1, 2]"),
        ("outlines", '{"threshold": 7, "unknown": 1}'),
        ("network", '{"overlap": 3, "window": "square"}'),
        ("device", "https://anna:pw@host"),
        ("scaling", "of-a-later-version"),
        ("classes", "perhaps"),
    ],
)
def test_one_bad_value_drops_nothing_else(project, state, key, value):
    ProjectStateStore(project).save(state)
    project.writeEntry(SCOPE, key, value)
    loaded = ProjectStateStore(project).load()
    assert loaded.model == "band-ratio"
    assert loaded.dock_open is True
    assert loaded.choices == (state.choices if key != "roles" else None if value == "no json" else ())
    assert loaded.band_ratio == (state.band_ratio if key != "band_ratio" else BandRatioSettings())
    assert loaded.outlines == (state.outlines if key != "outlines" else OutlineSettings())
    assert loaded.network == (state.network if key != "network" else NetworkSettings())
    assert loaded.device == (state.device if key != "device" else "")
    assert loaded.scaling == (state.scaling if key != "scaling" else "auto")
    assert loaded.classes == (key != "classes")


def test_clear_forgets(project, state):
    ProjectStateStore(project).save(state)
    ProjectStateStore(project).clear()
    assert ProjectStateStore(project).load() == ProjectState()


@pytest.fixture
def store():
    made = SettingsStore()
    made.clear()
    yield made
    made.clear()


def test_settings_come_back(store):
    settings = Settings(
        runner_folder="/x/ü", threads=2, memory_limit_mb=900, analyst="Ann",
        band_ratio=BandRatioSettings(threshold=2.0), models_folder="/m", device="cuda",
        network=NetworkSettings(overlap=0.5),
        servers=(ServerSetting("https://a", "id12345", "/ca.pem", "stop"), ServerSetting("http://b:8000")),
    )
    store.save(settings)
    assert SettingsStore().load() == settings


def test_defaults_where_nothing_is_stored(store):
    assert store.load() == Settings()


def test_a_bad_key_keeps_the_others(store):
    store.save(Settings(threads=2, analyst="Ann"))
    QgsSettings().setValue("glacier_mapper/threads", "many")
    QgsSettings().setValue("glacier_mapper/band_ratio", "{broken")
    assert store.load() == Settings(analyst="Ann")


def test_a_list_of_servers_that_cannot_be_read_keeps_the_rest(store):
    store.save(Settings(analyst="Ann", servers=(ServerSetting("https://a"),)))
    QgsSettings().setValue("glacier_mapper/servers", '[{"url": "https://a"}, {"url": "nonsense"}, 3]')
    assert store.load().servers == (ServerSetting("https://a"),)
    QgsSettings().setValue("glacier_mapper/servers", "{broken")
    assert store.load() == Settings(analyst="Ann")


def test_numbers_that_an_ini_file_gives_as_text(store):
    QgsSettings().setValue("glacier_mapper/threads", "3")
    QgsSettings().setValue("glacier_mapper/analyst", "007")
    assert store.load() == Settings(threads=3, analyst="007")


def test_a_change_is_told_once(store):
    told = []
    store.changed.connect(told.append)
    store.save(Settings(threads=1))
    store.save(Settings(threads=1))
    assert told == [Settings(threads=1)]


def test_results_lie_beside_the_project(project, tmp_path):
    project.write(str(tmp_path / "p.qgz"))
    assert results_folder(project) == tmp_path / "glaciers"
    assert results_folder(project, str(tmp_path / "else")) == tmp_path / "else"


def test_an_unsaved_project_writes_to_the_documents():
    assert results_folder(QgsProject()).parts[-2:] == ("Glacier Mapper", "glaciers")


def test_run_folders_are_numbered_and_never_shared(tmp_path):
    made = [reserve_run_folder(tmp_path / "new", "2021-08-24").name for _ in range(3)]
    assert made == ["2021-08-24_001", "2021-08-24_002", "2021-08-24_003"]


def test_a_label_becomes_a_name_that_every_system_takes(tmp_path):
    assert reserve_run_folder(tmp_path, "Ötz/scene: 'a' ..").name == "Ötz_scene_a_001"
    assert reserve_run_folder(tmp_path, "///").name == "run_001"


def test_only_an_empty_folder_is_given_back(tmp_path):
    empty, full = reserve_run_folder(tmp_path, "a"), reserve_run_folder(tmp_path, "b")
    (full / "probability.tif").write_text("x")
    give_back(empty)
    give_back(full)
    assert (empty.exists(), full.exists()) == (False, True)


def test_what_a_dead_runner_left_in_its_folder_goes_and_nothing_else(tmp_path):
    dead, full = reserve_run_folder(tmp_path, "a[1]"), reserve_run_folder(tmp_path, "b")
    for folder in (dead, full):
        (folder / f".{folder.name}.part-4711").mkdir()
        (folder / f".{folder.name}.part-4711" / "probability.tif").write_text("half")
    (full / "probability.tif").write_text("whole")
    (full / ".mine.part-1").mkdir()
    give_back(dead)
    give_back(full)
    assert not dead.exists()
    assert sorted(path.name for path in full.iterdir()) == [".mine.part-1", "probability.tif"]
