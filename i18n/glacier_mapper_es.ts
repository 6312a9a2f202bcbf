<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>BarActions</name>
    <message>
        <location filename="../glacier_mapper/qgis_io/bar_actions.py" line="33"/>
        <source>Zoom there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/bar_actions.py" line="39"/>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EditBooks</name>
    <message>
        <location filename="../glacier_mapper/qgis_io/edit_books.py" line="64"/>
        <source>Measure edited outlines</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Notifier</name>
    <message>
        <location filename="../glacier_mapper/qgis_io/notify.py" line="70"/>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>edits</name>
    <message>
        <location filename="../glacier_mapper/qgis_io/edits.py" line="39"/>
        <source>outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/edits.py" line="41"/>
        <source>The layer can&apos;t be edited.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/edits.py" line="48"/>
        <source>The layer refused the change.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="37"/>
        <source>Something went wrong: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="38"/>
        <source>Look at the log for details.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="71"/>
        <source>No raster layer has a role yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="72"/>
        <source>Add a satellite image to the project and give its bands their roles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="78"/>
        <source>The model “{model}” needs {roles}, and no layer has that role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="79"/>
        <source>Give a layer that role in the dock, or choose another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="85"/>
        <source>The role “{role}” is taken twice: {layers}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="86"/>
        <source>Leave it to one of them and set the other to “not used”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="92"/>
        <source>The view lies outside {layers}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="93"/>
        <source>Zoom to the layer and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="99"/>
        <source>{layers} has no valid pixel in the view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="100"/>
        <source>Move the view to where the image has data, or check the no-data value.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="106"/>
        <source>The extent {extent} can&apos;t be mapped: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="107"/>
        <source>Zoom to the glaciers and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="113"/>
        <source>The file {path} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="114"/>
        <source>Check the path, or repair the layer&apos;s source.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="120"/>
        <source>{path} can&apos;t be read: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="121"/>
        <source>The file may be damaged or still downloading. Fetch it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="127"/>
        <source>{path} has no coordinate reference system.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="128"/>
        <source>Assign one in the layer&apos;s properties, or with gdal_edit.py -a_srs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="134"/>
        <source>There is no model “{model}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="135"/>
        <source>Choose one of: {known}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="141"/>
        <source>{name} can&apos;t be {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="142"/>
        <source>It must be {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="148"/>
        <source>The layer “{layer}” is no longer in the project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="149"/>
        <source>Add it again, or choose another layer for its role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="155"/>
        <source>“{layer}” can't be used as glacier outlines: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="156"/>
        <source>Choose the outlines of a mapping.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="162"/>
        <source>{command}: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="163"/>
        <source>Try “{command} --help”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="175"/>
        <source>{path} can&apos;t be written: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="176"/>
        <source>Choose another folder, or close the program that holds the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="182"/>
        <source>{path} exists already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="183"/>
        <source>Choose another name, or allow overwriting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="189"/>
        <source>The disk is full: {path} needs {needed_mb} MB, {free_mb} MB are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="190"/>
        <source>Free some space, or choose a folder on another disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="200"/>
        <source>The model runner is not installed yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="201"/>
        <source>Click “Install model runner” in the Glacier Mapper panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="207"/>
        <source>The model runner in {folder} does not start: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="208"/>
        <source>Click “Repair” in the Glacier Mapper panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="214"/>
        <source>The model runner stopped unexpectedly ({reason}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="215"/>
        <source>Your layers and edits are untouched. Click again: it restarts by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="221"/>
        <source>The model runner did not answer within {seconds} s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="222"/>
        <source>Try again. If it stays so, use Copy diagnostics and report it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="228"/>
        <source>The model runner is still busy with “{job}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="229"/>
        <source>Wait for it to end, or cancel it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="235"/>
        <source>The model runner speaks protocol {runner}, the plugin speaks protocol {plugin}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="238"/>
        <source>Click “Repair” in the Glacier Mapper panel to bring both to one version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="244"/>
        <source>Installing the model runner failed at “{step}”: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="245"/>
        <source>Click “Retry”: what was done already is kept. Details are in the log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="251"/>
        <source>No Python was found that can make the model runner&apos;s environment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="261"/>
        <source>{host} can&apos;t be reached: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="262"/>
        <source>Check the proxy in QGIS&apos;s network settings, or choose a folder with downloaded wheels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="270"/>
        <source>The job needs {needed_mb} MB of memory; the limit is {limit_mb} MB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="271"/>
        <source>Raise the memory limit in the options, or close other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="277"/>
        <source>Cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="278"/>
        <source>Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="285"/>
        <source>An unexpected error happened: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/errors.py" line="286"/>
        <source>Please report it with Copy diagnostics.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>guess</name>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="20"/>
        <source>The band is called “{text}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="21"/>
        <source>“{text}” is band {band} of {sensor}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="22"/>
        <source>“{text}” is this band if the image is from {sensor}; please check.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="23"/>
        <source>Its wavelength is {wavelength_nm} nm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="24"/>
        <source>The name “{name}” contains “{text}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="25"/>
        <source>It is band {band} of {count} of an image from {sensor}, as usually stacked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="26"/>
        <source>The image has {count} bands without names; in the usual order this is number {band}. Please check.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="29"/>
        <source>It is a single band in metres.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/guess.py" line="30"/>
        <source>It looks like a picture for display: its numbers are no reflectance. Please check.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>layers</name>
    <message>
        <location filename="../glacier_mapper/qgis_io/layers.py" line="37"/>
        <source>Glacier outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/layers.py" line="38"/>
        <source>Boundary: how sure it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/layers.py" line="39"/>
        <source>Confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/layers.py" line="40"/>
        <source>Glacier probability</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>models</name>
    <message>
        <location filename="../glacier_mapper/core/models.py" line="46"/>
        <source>Band ratio (classical, clean ice)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner/models/band_ratio.py" line="116"/>
        <source>Index {index} with your threshold {threshold}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner/models/band_ratio.py" line="118"/>
        <source>Index {index}; the threshold {threshold} was found in the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner/models/band_ratio.py" line="129"/>
        <source>The rule against {rule} was skipped, because it needs: {bands}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner/models/spectral.py" line="139"/>
        <source>shadow (blue)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner/models/spectral.py" line="139"/>
        <source>water (NDWI)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner/models/spectral.py" line="139"/>
        <source>vegetation (NDVI)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner/models/spectral.py" line="139"/>
        <source>temperature</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>originals</name>
    <message>
        <location filename="../glacier_mapper/qgis_io/originals.py" line="57"/>
        <source>The model drew no outline {outline_id}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/originals.py" line="94"/>
        <source>Restore original outline</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>outline_form</name>
    <message>
        <location filename="../glacier_mapper/qgis_io/outline_form.py" line="133"/>
        <source>Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/outline_form.py" line="134"/>
        <source>Measures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/outline_form.py" line="135"/>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/outline_form.py" line="136"/>
        <source>Edits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>outline_style</name>
    <message>
        <location filename="../glacier_mapper/qgis_io/outline_style.py" line="42"/>
        <source>By review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/outline_style.py" line="43"/>
        <source>By confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/qgis_io/outline_style.py" line="58"/>
        <source>Without review</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>outlines</name>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="33"/>
        <source>As the model drew it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="34"/>
        <source>Edited by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="35"/>
        <source>Added by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="38"/>
        <source>Not reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="39"/>
        <source>Accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="40"/>
        <source>Rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="41"/>
        <source>Needs work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Outline ID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Area (km²)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Area, lower bound (km²)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Area, upper bound (km²)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Perimeter (m)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Confidence (0–1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Positional uncertainty (m)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Model version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Source layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Source date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Analyst</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Origin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Last edited by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Last edited at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Last edited with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/outline_fields.py" line="55"/>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>progress</name>
    <message>
        <location filename="../glacier_mapper/core/progress.py" line="24"/>
        <source>Reading the layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/progress.py" line="25"/>
        <source>Mapping glaciers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/progress.py" line="26"/>
        <source>Writing the maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/progress.py" line="27"/>
        <source>Tracing outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/progress.py" line="28"/>
        <source>Measuring outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/progress.py" line="29"/>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>roles</name>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="31"/>
        <source>Blue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="32"/>
        <source>Green</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="33"/>
        <source>Red</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="34"/>
        <source>Near infrared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="35"/>
        <source>Shortwave infrared 1 (1.6 µm)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="36"/>
        <source>Shortwave infrared 2 (2.2 µm)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="37"/>
        <source>Elevation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="38"/>
        <source>Slope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="39"/>
        <source>Radar co-pol backscatter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="40"/>
        <source>Radar cross-pol backscatter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="41"/>
        <source>Interferometric coherence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/core/roles.py" line="42"/>
        <source>Thermal infrared</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>setup</name>
    <message>
        <location filename="../glacier_mapper/runner_client/setup_values.py" line="43"/>
        <source>Checking folder and Python</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner_client/setup_values.py" line="44"/>
        <source>Making a private Python environment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner_client/setup_values.py" line="45"/>
        <source>Downloading packages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner_client/setup_values.py" line="46"/>
        <source>Installing packages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner_client/setup_values.py" line="47"/>
        <source>Testing the model runner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../glacier_mapper/runner_client/setup_values.py" line="48"/>
        <source>The model runner is installed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
