"""Makes an outlines layer ready for editing: form, defaults, snapping."""

from __future__ import annotations

from qgis.core import (
    QgsAttributeEditorContainer,
    QgsAttributeEditorField,
    QgsDefaultValue,
    QgsEditFormConfig,
    QgsEditorWidgetSetup,
    QgsExpression,
    QgsProject,
    QgsSnappingConfig,
    QgsTolerance,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.outline_fields import EDIT_STATE_LABELS, OUTLINE_FIELDS, REVIEW_LABELS, EditState, Review
from .outline_style import style_outlines

PREPARED = "glacier_mapper/prepared"
DRESSED = "glacier_mapper/dressed"
SNAP_PX = 12.0
NEEDED = ("outline_id", "area_km2", "confidence", "edit_state", "review")


def is_outlines_layer(layer: object) -> bool:
    """Whether a map layer holds glacier outlines: polygons with the columns that the review needs."""
    if not isinstance(layer, QgsVectorLayer) or not layer.isValid():
        return False
    if layer.geometryType() != QgsWkbTypes.GeometryType.PolygonGeometry:
        return False
    names = {column.name() for column in layer.fields()}
    return names.issuperset(NEEDED) and "layername=originals" not in layer.source()


def missing_columns(layer: QgsVectorLayer) -> list[str]:
    """The columns that the review needs and the layer has no more."""
    names = {column.name() for column in layer.fields()}
    return [name for name in NEEDED if name not in names]


def prepare_outlines(layer: QgsVectorLayer, project: QgsProject) -> None:
    """Form, style and snapping of a new outlines layer, once: what the user changes later stays.

    All of it is saved with the project.
    """
    if layer.customProperty(PREPARED):
        return
    dress_outlines(layer)
    set_snapping(layer, project)
    layer.setCustomProperty(PREPARED, 1)


def dress_outlines(layer: QgsVectorLayer) -> None:
    """Form and style of a new outlines layer, once; the layer need not be in a project yet."""
    if not layer.customProperty(DRESSED):
        make_form(layer)
        style_outlines(layer)
        layer.setCustomProperty(DRESSED, 1)


def make_form(layer: QgsVectorLayer) -> None:
    """Aliases, value maps, tabs, read-only computed columns, defaults for outlines drawn by hand."""
    fields = layer.fields()
    config = layer.editFormConfig()
    for column in OUTLINE_FIELDS:
        index = fields.lookupField(column.name)
        if index < 0:
            continue
        layer.setFieldAlias(index, QCoreApplication.translate("outlines", column.label))
        config.setReadOnly(index, column.computed)
    _set_widgets(layer)
    _hide_fid(layer)
    _set_tabs(layer, config)
    layer.setEditFormConfig(config)
    layer.setDisplayExpression('"outline_id"')
    _set_default(layer, "review", Review.OPEN.value)
    _set_default(layer, "edit_state", EditState.ADDED.value)


def set_default_analyst(layer: QgsVectorLayer, analyst: str) -> None:
    """The name that outlines drawn by hand get in the form."""
    _set_default(layer, "analyst", analyst)


def set_snapping(layer: QgsVectorLayer, project: QgsProject) -> None:
    """Snap to vertices and segments, keep shared borders shared, never overlap a neighbour.

    Snapping that the user has set up for other layers stays as it is.
    """
    config = project.snappingConfig()
    if not config.enabled():
        config = QgsSnappingConfig(project)
        config.setMode(QgsSnappingConfig.SnappingMode.AdvancedConfiguration)
        config.setEnabled(True)
    flags = QgsSnappingConfig.VertexFlag | QgsSnappingConfig.SegmentFlag
    one = QgsSnappingConfig.IndividualLayerSettings(True, flags, SNAP_PX, QgsTolerance.UnitType.Pixels)
    config.setIndividualLayerSettings(layer, one)
    project.setSnappingConfig(config)
    project.setTopologicalEditing(True)
    others = [other for other in project.avoidIntersectionsLayers() if other.id() != layer.id()]
    project.setAvoidIntersectionsLayers([*others, layer])
    project.setAvoidIntersectionsMode(QgsProject.AvoidIntersectionsMode.AvoidIntersectionsLayers)


def _set_default(layer: QgsVectorLayer, name: str, text: str) -> None:
    index = layer.fields().lookupField(name)
    if index >= 0:
        layer.setDefaultValueDefinition(index, QgsDefaultValue(QgsExpression.quotedString(text) if text else ""))


def _set_widgets(layer: QgsVectorLayer) -> None:
    fields = layer.fields()
    labels = {"review": REVIEW_LABELS, "edit_state": EDIT_STATE_LABELS}
    for name, texts in labels.items():
        entries = [{QCoreApplication.translate("outlines", text): key.value} for key, text in texts.items()]
        layer.setEditorWidgetSetup(fields.lookupField(name), QgsEditorWidgetSetup("ValueMap", {"map": entries}))
    layer.setEditorWidgetSetup(
        fields.lookupField("note"), QgsEditorWidgetSetup("TextEdit", {"IsMultiline": True, "UseHtml": False})
    )


def _hide_fid(layer: QgsVectorLayer) -> None:
    """Not in the attribute table; the form's tabs leave it out already.

    A "Hidden" widget would do both, but then QGIS 3.22's tool that merges features takes 0 for the key of the
    outline to keep, and the commit fails.
    """
    config = layer.attributeTableConfig()
    config.update(layer.fields())
    columns = config.columns()
    for column in columns:
        if column.name == "fid":
            column.hidden = True
    config.setColumns(columns)
    layer.setAttributeTableConfig(config)


def _set_tabs(layer: QgsVectorLayer, config: QgsEditFormConfig) -> None:
    config.setLayout(QgsEditFormConfig.EditorLayout.TabLayout)
    config.clearTabs()
    root = config.invisibleRootContainer()
    for title, names in _tabs():
        tab = QgsAttributeEditorContainer(title, root)
        tab.setIsGroupBox(False)
        tab.setColumnCount(1)
        for name in names:
            index = layer.fields().lookupField(name)
            if index >= 0:
                tab.addChildElement(QgsAttributeEditorField(name, index, tab))
        config.addTab(tab)


def _tabs() -> list[tuple[str, tuple[str, ...]]]:
    translate = QCoreApplication.translate
    measures = ("area_km2", "area_min_km2", "area_max_km2", "perimeter_m", "confidence", "unc_m")
    return [
        (translate("outline_form", "Review"), ("review", "note", "analyst", "outline_id")),
        (translate("outline_form", "Measures"), measures),
        (translate("outline_form", "Source"), ("model", "model_version", "sources", "src_date")),
        (translate("outline_form", "Edits"), ("edit_state", "edited_by", "edited_at", "edited_with")),
    ]
