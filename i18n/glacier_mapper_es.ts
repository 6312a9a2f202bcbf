<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>BarActions</name>
    <message>
        <source>Zoom there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EditBooks</name>
    <message>
        <source>Measure edited outlines</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MapGlaciers</name>
    <message>
        <source>Glaciers {label} ({number})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map glaciers in view</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Notifier</name>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OutlineEditing</name>
    <message>
        <source>Saved, but {count} edited outlines of “{layer}” cross themselves. Mend them before the export.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved, but {count} edited outlines of “{layer}” have no shape. Delete them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} edited outlines of “{layer}” had several parts; each part is an outline of its own now.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReviewOutlines</name>
    <message>
        <source>Accept outline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark outline as needing work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark outline as not reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note on an outline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reject outline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The layer is no longer in the project.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>edits</name>
    <message>
        <source>outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The layer can&apos;t be edited.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The layer refused the change.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>Something went wrong: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the log for details.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No raster layer has a role yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a satellite image to the project and give its bands their roles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model “{model}” needs {roles}, and no layer has that role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a layer that role in the dock, or choose another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The role “{role}” is taken twice: {layers}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it to one of them and set the other to “not used”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The view lies outside {layers}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom to the layer and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{layers} has no valid pixel in the view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the view to where the image has data, or check the no-data value.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The extent {extent} can&apos;t be mapped: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom to the glaciers and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file {path} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the path, or repair the layer&apos;s source.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} can&apos;t be read: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file may be damaged or still downloading. Fetch it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} has no coordinate reference system.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Assign one in the layer&apos;s properties, or with gdal_edit.py -a_srs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model “{model}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of: {known}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} can&apos;t be {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It must be {expected}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The layer “{layer}” is no longer in the project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add it again, or choose another layer for its role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{layer}” can't be used as glacier outlines: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the outlines of a mapping.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{command}: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try “{command} --help”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} can&apos;t be written: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder, or close the program that holds the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} exists already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name, or allow overwriting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full: {path} needs {needed_mb} MB, {free_mb} MB are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space, or choose a folder on another disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model runner is not installed yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click “Install model runner” in the Glacier Mapper panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model runner in {folder} does not start: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click “Repair” in the Glacier Mapper panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model runner stopped unexpectedly ({reason}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your layers and edits are untouched. Click again: it restarts by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model runner did not answer within {seconds} s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again. If it stays so, use Copy diagnostics and report it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model runner is still busy with “{job}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait for it to end, or cancel it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model runner speaks protocol {runner}, the plugin speaks protocol {plugin}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click “Repair” in the Glacier Mapper panel to bring both to one version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Installing the model runner failed at “{step}”: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click “Retry”: what was done already is kept. Details are in the log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No Python was found that can make the model runner&apos;s environment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host} can&apos;t be reached: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the proxy in QGIS&apos;s network settings, or choose a folder with downloaded wheels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job needs {needed_mb} MB of memory; the limit is {limit_mb} MB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raise the memory limit in the options, or close other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An unexpected error happened: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please report it with Copy diagnostics.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install uv (docs.astral.sh/uv) or Python 3.10 or newer with venv (Debian: python3-venv). Tried: {tried}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>guess</name>
    <message>
        <source>The band is called “{text}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{text}” is band {band} of {sensor}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{text}” is this band if the image is from {sensor}; please check.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its wavelength is {wavelength_nm} nm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name “{name}” contains “{text}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is band {band} of {count} of an image from {sensor}, as usually stacked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The image has {count} bands without names; in the usual order this is number {band}. Please check.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a single band in metres.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It looks like a picture for display: its numbers are no reflectance. Please check.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>layers</name>
    <message>
        <source>Glacier outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Boundary: how sure it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Glacier probability</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Glacier preview</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>models</name>
    <message>
        <source>Band ratio (classical, clean ice)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Index {index} with your threshold {threshold}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Index {index}; the threshold {threshold} was found in the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule against {rule} was skipped, because it needs: {bands}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shadow (blue)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>water (NDWI)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vegetation (NDVI)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Index {index} with the published threshold {threshold}: the image shows no clear gap between ice and the rest. Check it with the slider.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Red/SWIR1, NIR/SWIR1 or NDSI against a threshold, with rules for shadow, water and vegetation. It maps clean ice and snow; debris-covered ice needs your hand.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>originals</name>
    <message>
        <source>The model drew no outline {outline_id}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore original outline</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>outline_form</name>
    <message>
        <source>Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>outline_style</name>
    <message>
        <source>By review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without review</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>outlines</name>
    <message>
        <source>As the model drew it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edited by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Added by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outline ID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Area (km²)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Area, lower bound (km²)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Area, upper bound (km²)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Perimeter (m)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confidence (0–1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Positional uncertainty (m)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Analyst</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Origin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last edited by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last edited at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last edited with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>progress</name>
    <message>
        <source>Reading the layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mapping glaciers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing the maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tracing outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>roles</name>
    <message>
        <source>Blue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Green</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Red</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Near infrared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shortwave infrared 1 (1.6 µm)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shortwave infrared 2 (2.2 µm)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Elevation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Radar co-pol backscatter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Radar cross-pol backscatter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interferometric coherence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thermal infrared</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>scaling</name>
    <message>
        <source>Landsat Collection 2 Level 2: reflectance is number × 2.75e-5 - 0.2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Landsat Collection 2 Level 2: kelvin is number × 0.00341802 + 149.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Landsat Level 1: top-of-atmosphere reflectance with the sun {sun_deg}° high, from the metadata.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Landsat Level 1: kelvin with K1 and K2 of the metadata.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sentinel-2: the offset was taken off already, as the metadata says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sentinel-2: offset {offset} from the metadata.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sentinel-2, processing baseline {baseline}: offset {offset}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sentinel-2 from Earth Search: the offset was taken off already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sentinel-2 of {date}, processing baseline unknown: offset {offset} assumed from the date. Please check.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sentinel-2 with unknown processing baseline and date: no offset taken. Please check.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Landsat Level 1 without its MTL file: reflectance is not corrected for the height of the sun and comes out too dark. Ratios are right; put the MTL file beside the image to mend the rest.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>setup</name>
    <message>
        <source>Checking folder and Python</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making a private Python environment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloading packages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Installing packages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Testing the model runner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model runner is installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Graphics card (DirectML)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NVIDIA graphics card (CUDA)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
