"""A folder of scenes: which files belong to a scene, which roles their bands have, and what a split.json says."""

from __future__ import annotations

import json

import numpy as np
import pytest
from learning_scenes import checked_label, write_scene

from glacier_mapper.core.errors import InvalidParameterError, MissingFileError
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.request import MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.mapping.scene_maps import map_scene
from glacier_mapper.runner.scene import find_scenes, open_scene, read_split, scenes_of_part


@pytest.fixture
def folder(make_raster, tmp_path):
    """"full" has all that a scene can have, "bare" an image alone."""
    home = tmp_path / "scenes"
    label = checked_label(20, 20)
    dem = np.full((20, 20), 1500.0)
    write_scene(make_raster, home, "full", label=label, debris=label, dem=dem)
    write_scene(make_raster, home, "bare", label=label)
    (home / "bare_label.tif").unlink()
    for tail, value in (("co_pol", 0.1), ("cross_pol", 0.02), ("coherence", 0.5)):
        bands = np.stack([np.full((20, 20), value * (orbit + 1), np.float32) for orbit in (0, 1)])
        make_raster(f"full_{tail}.tif", bands if tail != "coherence" else bands[:1], folder=home)
    return home


def test_files_belong_to_the_scene_whose_name_they_have(folder):
    bare, full = find_scenes(str(folder))
    assert (bare.name, bare.terrain, bare.label, bare.debris, bare.radar) == ("bare", None, None, None, ())
    assert full.name == "full"
    assert {path.name for path in (full.terrain, full.label, full.debris, *full.radar)} == {
        "full_dem.tif", "full_label.tif", "full_debris.tif", "full_co_pol.tif", "full_cross_pol.tif",
        "full_coherence.tif",
    }  # fmt: skip


def test_scenes_come_by_name(folder, make_raster):
    write_scene(make_raster, folder, "a_b_img", label=checked_label(4, 4))
    assert [scene.name for scene in find_scenes(str(folder))] == ["a_b_img", "bare", "full"]


def test_bands_of_radar_are_told_by_the_name_of_the_file(folder):
    sources = {source.role: source for source in find_scenes(str(folder))[1].sources()}
    assert (sources[Role.CO_POL].band, sources[Role.CO_POL_2].band) == (1, 2)
    assert sources[Role.CROSS_POL_2].path.endswith("full_cross_pol.tif")
    assert Role.COHERENCE in sources
    assert Role.COHERENCE_2 not in sources
    assert sources[Role.ELEVATION].path.endswith("full_dem.tif")


def test_radar_is_read_as_it_lies(folder):
    scene = find_scenes(str(folder))[1]
    with open_scene(MapRequest(scene.sources(), "")) as opened:
        bands = opened.read(0, 20, [Role.CO_POL, Role.CO_POL_2, Role.COHERENCE, Role.SLOPE])
    assert [float(bands[role][5, 5]) for role in (Role.CO_POL, Role.CO_POL_2)] == pytest.approx([0.1, 0.2])
    assert float(bands[Role.COHERENCE][5, 5]) == pytest.approx(0.5)
    assert float(bands[Role.SLOPE][5, 5]) == pytest.approx(0.0)


def test_no_role_is_taken_twice(folder):
    """MapRequest refuses doubled roles, so that this would raise."""
    for scene in find_scenes(str(folder)):
        request = MapRequest(scene.sources(), "")
        assert len(request.by_role) == len(request.sources)


def test_a_scene_is_mapped_over_what_is_there(folder, tmp_path):
    scene = find_scenes(str(folder))[1]
    first = map_scene(scene, "band-ratio", tmp_path / "m", Controls())
    again = map_scene(scene, "band-ratio", tmp_path / "m", Controls())
    assert first.probability == again.probability
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == [
        "confidence.tif", "outlines.gpkg", "probability.tif", "report.json",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_scenes(tmp_path, name):
    with pytest.raises(InvalidParameterError, match=r"a folder with files \*_img\.tif"):
        find_scenes(str(tmp_path / name))


# parts


def test_a_part_has_the_scenes_that_it_names(folder):
    (folder / "split.json").write_text(json.dumps({"train": ["full"], "validation": ["bare"], "test": []}))
    assert [scene.name for scene in scenes_of_part(str(folder), "train")] == ["full"]
    assert [scene.name for scene in scenes_of_part(str(folder), "")] == ["bare", "full"]
    assert read_split(folder / "split.json") == {"train": ("full",), "validation": ("bare",), "test": ()}
    for part in ("test", "trian"):
        with pytest.raises(InvalidParameterError, match="one of train, validation, test"):
            scenes_of_part(str(folder), part)


def test_without_a_split_all_scenes_are_there_but_no_part(folder):
    assert len(scenes_of_part(str(folder), "")) == 2
    with pytest.raises(MissingFileError, match=r"split\.json"):
        scenes_of_part(str(folder), "train")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"train"', "3", '{"train": "full"}', '{"train": {"full": 1}}', '{"train": null}'],
)  # fmt: skip
def test_a_split_that_can_not_be_read(tmp_path, text):
    (tmp_path / "split.json").write_text(text)
    with pytest.raises(InvalidParameterError, match=r"split\.json"):
        read_split(tmp_path / "split.json")


def test_a_split_that_is_no_text(tmp_path):
    (tmp_path / "split.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidParameterError, match=r"split\.json"):
        read_split(tmp_path / "split.json")


def test_a_scene_stands_in_one_part(tmp_path):
    (tmp_path / "split.json").write_text('{"train": ["a", "b"], "test": ["b", "c", "c"]}')
    with pytest.raises(InvalidParameterError, match="b, c does not"):
        read_split(tmp_path / "split.json")
