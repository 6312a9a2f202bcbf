"""The products of a mapping as layers, and the preview."""

from __future__ import annotations

import pytest
from products_maker import make_products
from qgis.core import (
    QgsFeature,
    QgsLayerTreeModel,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsRasterSymbolLegendNode,
    QgsRenderContext,
)
from qgis.PyQt.QtCore import Qt
from rasters_maker import layer_of, ramp, write_raster

from glacier_mapper.core.errors import UnreadableRasterError
from glacier_mapper.qgis_io.bands import describe_bands
from glacier_mapper.qgis_io.layers import (
    adding_products,
    open_products,
    outline_layers,
    product_layer,
    run_folders,
    show_result,
)
from glacier_mapper.qgis_io.preview_layer import PreviewLayer


@pytest.fixture
def project(tmp_path):
    made = QgsProject()
    made.addMapLayer(layer_of(write_raster(tmp_path / "scene.tif", ramp()), "imagery"))
    yield made
    made.clear()


@pytest.fixture
def result(tmp_path):
    return make_products(tmp_path / "run ü 'quoted'")


def names(group):
    return [node.layer().customProperty("glacier_mapper/product") for node in group.findLayers()]


def test_the_group_lies_above_the_imagery_with_outlines_on_top(project, result):
    group = show_result(project, result, "Glaciers 2021 (1)")
    root = project.layerTreeRoot()
    assert root.children()[0] is group or root.children()[0].name() == "Glaciers 2021 (1)"
    assert names(group) == ["outlines", "boundary", "confidence", "probability"]
    assert [layer.name() for layer in root.layerOrder()][-1] == "imagery"


def test_all_but_the_confidence_is_visible(project, result):
    group = show_result(project, result, "G")
    assert [node.itemVisibilityChecked() for node in group.findLayers()] == [True, True, False, True]


def test_where_networks_disagree_is_a_layer_of_its_own_switched_off(project, tmp_path):
    made = make_products(tmp_path / "several", networks=3)
    group = show_result(project, made, "G")
    assert names(group) == ["outlines", "boundary", "confidence", "model_uncertainty", "probability"]
    assert [node.itemVisibilityChecked() for node in group.findLayers()] == [True, True, False, False, True]
    layer = product_layer(group, "model_uncertainty")
    assert layer.name() == "Model uncertainty: where its networks disagree"
    assert layer.source() == made.model_uncertainty
    renderer = layer.renderer()
    assert (renderer.type(), renderer.classificationMax()) == ("singlebandpseudocolor", 0.5)
    assert renderer.shader().rasterShaderFunction().shade(0.0)[-1] == 0  # where they agree nothing is drawn


def test_classes_are_a_layer_switched_off_that_names_its_values(project, tmp_path):
    made = make_products(tmp_path / "told apart", classes=("other", "glacier", "debris-covered ice"))
    group = show_result(project, made, "G")
    assert names(group) == ["outlines", "boundary", "classes", "confidence", "probability"]
    assert [node.itemVisibilityChecked() for node in group.findLayers()] == [True, True, False, False, True]
    layer = product_layer(group, "classes")
    assert (layer.name(), layer.source()) == ("Classes", made.classes)
    shown = {one.value: (one.label, one.color.name(), one.color.alpha()) for one in layer.renderer().classes()}
    assert shown == {
        0: ("Other", "#dedede", 0), 1: ("Glacier", "#56b4e9", 255), 2: ("Debris-covered glacier", "#a0622d", 255),
    }  # fmt: skip
    assert layer.renderer().opacity() == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        (("other", "glacier"), ["Other", "Glacier"]),
        (("rock, water", "clean ice", "Debris"), ["rock, water", "clean ice", "Debris-covered glacier"]),
        (("", "glacier"), ["Glacier"]),
    ],
    ids=["no debris", "names of its own", "one without a name"],
)
def test_the_legend_of_the_classes_has_the_names_of_the_raster_alone(project, tmp_path, named, shown):
    layer = product_layer(show_result(project, make_products(tmp_path / "c", classes=named), "G"), "classes")
    assert [one.label for one in layer.renderer().classes()] == shown
    assert legend_of(project, layer) == shown


def legend_of(project, layer):
    """The entries of a layer in the layer tree that have a colour."""
    model = QgsLayerTreeModel(project.layerTreeRoot())
    nodes = model.layerLegendNodes(project.layerTreeRoot().findLayer(layer.id()))
    return [node.data(Qt.ItemDataRole.DisplayRole) for node in nodes if isinstance(node, QgsRasterSymbolLegendNode)]


def test_layers_are_styled(project, result):
    group = show_result(project, result, "G")
    assert product_layer(group, "probability").renderer().type() == "singlebandpseudocolor"
    assert product_layer(group, "confidence").renderer().type() == "singlebandpseudocolor"
    boundary = product_layer(group, "boundary").renderer()
    assert boundary.type() == "graduatedSymbol"
    assert [one.label() for one in boundary.ranges()] == ["Edge of the data", "< 0.5", "0.5 – 0.8", "≥ 0.8"]


@pytest.mark.parametrize(
    ("confidence", "data_edge", "label"),
    [(0.0, 1, "Edge of the data"), (0.0, 0, "< 0.5"), (0.0, None, "< 0.5"), (0.6, 0, "0.5 – 0.8"), (1.0, 0, "≥ 0.8")],
    ids=["edge", "unsure", "no word of an edge", "middling", "sure"],
)
def test_the_edge_of_the_data_is_a_thin_grey_dashed_line_and_no_unsure_one(
    project, result, confidence, data_edge, label
):
    layer = product_layer(show_result(project, result, "G"), "boundary")
    feature = QgsFeature(layer.fields())
    feature["confidence"], feature["data_edge"] = confidence, data_edge
    renderer, context = layer.renderer().clone(), QgsRenderContext()
    context.expressionContext().setFields(layer.fields())
    context.expressionContext().setFeature(feature)
    renderer.startRender(context, layer.fields())
    line = renderer.symbolForFeature(feature, context).symbolLayer(0)
    [shown] = [one.label() for one in renderer.ranges() if one.symbol().symbolLayer(0).color() == line.color()]
    assert shown == label
    is_edge = label == "Edge of the data"
    assert (line.penStyle() == Qt.PenStyle.DashLine) is is_edge
    assert (line.width() < 0.3) is is_edge
    assert (line.color().alpha() < 150) is is_edge
    renderer.stopRender(context)


def test_the_legend_of_the_boundary_speaks_spanish(spanish, project, result):
    boundary = product_layer(show_result(project, result, "G"), "boundary").renderer()
    assert boundary.ranges()[0].label() == "Borde de los datos"


def test_the_preview_has_the_blue_of_the_result(project, preview, tmp_path):
    preview.show(write_raster(tmp_path / "p.tif", ramp() / 20))
    colours = [item.color for item in preview.layer.renderer().shader().rasterShaderFunction().colorRampItemList()]
    assert all(colour.blue() > colour.red() for colour in colours)
    assert [colour.alpha() for colour in colours][-1] == 255


def test_low_probability_is_transparent_and_high_is_not(project, result):
    shader = product_layer(show_result(project, result, "G"), "probability").renderer().shader().rasterShaderFunction()
    alphas = {item.value: item.color.alpha() for item in shader.colorRampItemList()}
    assert alphas[0.0] == 0
    assert alphas[1.0] == 255


def test_the_outlines_can_be_edited(project, result):
    layer = product_layer(show_result(project, result, "G"), "outlines")
    assert layer.featureCount() == 1
    assert layer.startEditing()
    layer.rollBack()
    assert outline_layers(project) == [layer]


def test_products_never_become_sources(project, result):
    show_result(project, result, "G")
    assert {band.layer for band in describe_bands(project)} == {"imagery"}


def test_a_second_result_lies_above_the_first(project, result, tmp_path):
    show_result(project, result, "G (1)")
    show_result(project, make_products(tmp_path / "second"), "G (2)")
    assert [child.name() for child in project.layerTreeRoot().children()][:2] == ["G (2)", "G (1)"]
    assert len(outline_layers(project)) == 2
    assert len(run_folders(project)) == 2


def test_a_reopened_project_has_everything(project, result, tmp_path):
    show_result(project, result, "Glaciers")
    assert project.write(str(tmp_path / "p.qgz"))
    again = QgsProject()
    assert again.read(str(tmp_path / "p.qgz"))
    group = again.layerTreeRoot().findGroup("Glaciers")
    assert names(group) == ["outlines", "boundary", "confidence", "probability"]
    assert group.customProperty("glacier_mapper/run") == result.out_dir
    assert product_layer(group, "outlines").featureCount() == 1
    assert product_layer(group, "probability").renderer().type() == "singlebandpseudocolor"
    assert run_folders(again) == {result.out_dir}
    again.clear()


def test_a_product_that_is_gone_adds_nothing(project, result, tmp_path):
    (tmp_path / "run ü 'quoted'" / "confidence.tif").unlink()
    with pytest.raises(UnreadableRasterError, match=r"confidence\.tif"):
        show_result(project, result, "G")
    assert len(project.mapLayers()) == 1
    assert len(project.layerTreeRoot().children()) == 1


def test_a_layer_that_the_user_removed_is_none(project, result):
    group = show_result(project, result, "G")
    project.removeMapLayer(product_layer(group, "boundary").id())
    assert product_layer(group, "boundary") is None


@pytest.fixture
def preview(project):
    made = PreviewLayer(project)
    yield made
    made.release()


def test_the_preview_lies_on_top_and_is_private(project, preview, tmp_path):
    preview.show(write_raster(tmp_path / "p1.tif", ramp() / 20))
    order = project.layerTreeRoot().layerOrder()
    assert order[0].id() == preview.layer.id()
    assert preview.layer.flags() & QgsMapLayer.LayerFlag.Private
    assert describe_bands(project)[0].layer == "imagery"


def test_the_preview_is_replaced_in_place_and_keeps_its_style(project, preview, tmp_path):
    preview.show(write_raster(tmp_path / "p1.tif", ramp() / 20))
    layer_id = preview.layer.id()
    preview.show(write_raster(tmp_path / "p2.tif", ramp() / 40))
    assert preview.layer.id() == layer_id
    assert preview.layer.source().endswith("p2.tif")
    assert not preview.layer.isTemporary()
    assert preview.layer.renderer().type() == "singlebandpseudocolor"
    assert preview.layer.dataProvider().sample(preview.layer.extent().center(), 1)[1]
    assert len(project.mapLayers()) == 2


def test_the_same_file_written_anew_is_read_anew(project, preview, tmp_path):
    preview.show(write_raster(tmp_path / "p.tif", ramp() * 0))
    preview.show(write_raster(tmp_path / "p.tif", ramp() * 0 + 0.75))
    value, found = preview.layer.dataProvider().sample(preview.layer.extent().center(), 1)
    assert (found, value) == (True, 0.75)


def test_switching_the_preview_off_leaves_nothing(project, preview, tmp_path):
    preview.show(write_raster(tmp_path / "p1.tif", ramp()))
    preview.remove()
    assert preview.layer is None
    assert len(project.mapLayers()) == 1
    assert len(project.layerTreeRoot().findLayers()) == 1


def test_a_preview_that_the_user_removed_comes_again(project, preview, tmp_path):
    path = write_raster(tmp_path / "p1.tif", ramp())
    preview.show(path)
    project.removeMapLayer(preview.layer.id())
    preview.show(path)
    assert preview.layer is not None


def test_the_preview_makes_no_project_dirty(project, preview, tmp_path):
    project.setDirty(False)
    preview.show(write_raster(tmp_path / "p1.tif", ramp()))
    assert not project.isDirty()


@pytest.mark.parametrize("ending", ["qgs", "qgz"])
def test_the_preview_is_not_saved_with_the_project(project, preview, tmp_path, ending):
    preview.show(write_raster(tmp_path / "p1.tif", ramp()))
    layer_id = preview.layer.id()
    assert project.write(str(tmp_path / f"p.{ending}"))
    again = QgsProject()
    again.read(str(tmp_path / f"p.{ending}"))
    assert [layer.name() for layer in again.mapLayers().values()] == ["imagery"]
    assert again.layerTreeRoot().findLayerIds() == [next(iter(again.mapLayers()))]
    assert preview.layer is not None
    assert not project.isDirty()
    if ending == "qgs":
        assert layer_id not in (tmp_path / "p.qgs").read_text()
    again.clear()


def test_a_preview_in_a_project_file_is_swept_out(project, preview, tmp_path):
    stray = QgsRasterLayer(write_raster(tmp_path / "s.tif", ramp()), "stray")
    stray.setCustomProperty("glacier_mapper/product", "preview")
    project.addMapLayer(stray)
    project.write(str(tmp_path / "p.qgs"))
    project.read(str(tmp_path / "p.qgs"))
    assert [layer.name() for layer in project.mapLayers().values()] == ["imagery"]


def test_layers_are_added_one_a_step(project, result):
    steps = adding_products(project, list(open_products(result)), "G")
    counts = [len(group.findLayers()) for group in steps]
    assert counts == [1, 2, 3, 4]


def test_a_group_removed_between_two_steps_ends_the_adding(project, result):
    steps = adding_products(project, list(open_products(result)), "G")
    project.layerTreeRoot().removeChildNode(next(steps))
    assert list(steps) == []
    assert [layer.name() for layer in project.layerTreeRoot().layerOrder()] == ["imagery"]
