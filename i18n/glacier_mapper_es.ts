<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>BarActions</name>
    <message>
        <source>Zoom there</source>
        <translation>Acercar a ese lugar</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Abrir carpeta</translation>
    </message>
</context>
<context>
    <name>EditBooks</name>
    <message>
        <source>Measure edited outlines</source>
        <translation>Medir los contornos editados</translation>
    </message>
</context>
<context>
    <name>InstallRunner</name>
    <message>
        <source>Installing the model runner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for the model runner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removing the model runner</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MapGlaciers</name>
    <message>
        <source>Glaciers {label} ({number})</source>
        <translation>Glaciares {label} ({number})</translation>
    </message>
    <message>
        <source>Map glaciers in view</source>
        <translation>Cartografiar los glaciares de la vista</translation>
    </message>
</context>
<context>
    <name>Notifier</name>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
</context>
<context>
    <name>OutlineEditing</name>
    <message>
        <source>Saved, but {count} edited outlines of “{layer}” cross themselves. Mend them before the export.</source>
        <translation>Guardado, pero {count} contornos editados de «{layer}» se cruzan a sí mismos. Corríjalos antes de exportar.</translation>
    </message>
    <message>
        <source>Saved, but {count} edited outlines of “{layer}” have no shape. Delete them.</source>
        <translation>Guardado, pero {count} contornos editados de «{layer}» no tienen forma. Elimínelos.</translation>
    </message>
    <message>
        <source>{count} edited outlines of “{layer}” had several parts; each part is an outline of its own now.</source>
        <translation>{count} contornos editados de «{layer}» tenían varias partes; ahora cada parte es un contorno propio.</translation>
    </message>
</context>
<context>
    <name>ReviewOutlines</name>
    <message>
        <source>Accept outline</source>
        <translation>Aceptar el contorno</translation>
    </message>
    <message>
        <source>Mark outline as needing work</source>
        <translation>Marcar el contorno como pendiente de corrección</translation>
    </message>
    <message>
        <source>Mark outline as not reviewed</source>
        <translation>Marcar el contorno como no revisado</translation>
    </message>
    <message>
        <source>Note on an outline</source>
        <translation>Nota sobre un contorno</translation>
    </message>
    <message>
        <source>Reject outline</source>
        <translation>Rechazar el contorno</translation>
    </message>
    <message>
        <source>The layer is no longer in the project.</source>
        <translation>La capa ya no está en el proyecto.</translation>
    </message>
</context>
<context>
    <name>RunnerHost</name>
    <message>
        <source>Starting the model runner</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>edits</name>
    <message>
        <source>outlines</source>
        <translation>contornos</translation>
    </message>
    <message>
        <source>The layer can&apos;t be edited.</source>
        <translation>La capa no se puede editar.</translation>
    </message>
    <message>
        <source>The layer refused the change.</source>
        <translation>La capa rechazó el cambio.</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>Something went wrong: {reason}</source>
        <translation>Algo salió mal: {reason}</translation>
    </message>
    <message>
        <source>Look at the log for details.</source>
        <translation>Consulte los detalles en el registro.</translation>
    </message>
    <message>
        <source>No raster layer has a role yet.</source>
        <translation>Ninguna capa ráster tiene todavía una función.</translation>
    </message>
    <message>
        <source>Add a satellite image to the project and give its bands their roles.</source>
        <translation>Añada una imagen de satélite al proyecto y asigne funciones a sus bandas.</translation>
    </message>
    <message>
        <source>The model “{model}” needs {roles}, and no layer has that role.</source>
        <translation>El modelo «{model}» necesita {roles} y ninguna capa tiene esa función.</translation>
    </message>
    <message>
        <source>Give a layer that role in the dock, or choose another model.</source>
        <translation>Asigne esa función a una capa en el panel o elija otro modelo.</translation>
    </message>
    <message>
        <source>The role “{role}” is taken twice: {layers}.</source>
        <translation>La función «{role}» está asignada dos veces: {layers}.</translation>
    </message>
    <message>
        <source>Leave it to one of them and set the other to “not used”.</source>
        <translation>Déjela en una de ellas y ponga la otra en «sin usar».</translation>
    </message>
    <message>
        <source>The view lies outside {layers}.</source>
        <translation>La vista queda fuera de {layers}.</translation>
    </message>
    <message>
        <source>Zoom to the layer and try again.</source>
        <translation>Acérquese a la capa e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>{layers} has no valid pixel in the view.</source>
        <translation>{layers} no tiene ningún píxel válido en la vista.</translation>
    </message>
    <message>
        <source>Move the view to where the image has data, or check the no-data value.</source>
        <translation>Mueva la vista a donde la imagen tenga datos o compruebe el valor de «sin datos».</translation>
    </message>
    <message>
        <source>The extent {extent} can&apos;t be mapped: {reason}</source>
        <translation>La extensión {extent} no se puede cartografiar: {reason}</translation>
    </message>
    <message>
        <source>Zoom to the glaciers and try again.</source>
        <translation>Acérquese a los glaciares e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>The file {path} does not exist.</source>
        <translation>El archivo {path} no existe.</translation>
    </message>
    <message>
        <source>Check the path, or repair the layer&apos;s source.</source>
        <translation>Compruebe la ruta o repare la fuente de la capa.</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read: {reason}</source>
        <translation>{path} no se puede leer: {reason}</translation>
    </message>
    <message>
        <source>The file may be damaged or still downloading. Fetch it again.</source>
        <translation>El archivo puede estar dañado o aún descargándose. Obténgalo de nuevo.</translation>
    </message>
    <message>
        <source>{path} has no coordinate reference system.</source>
        <translation>{path} no tiene sistema de referencia de coordenadas.</translation>
    </message>
    <message>
        <source>Assign one in the layer&apos;s properties, or with gdal_edit.py -a_srs.</source>
        <translation>Asigne uno en las propiedades de la capa o con gdal_edit.py -a_srs.</translation>
    </message>
    <message>
        <source>There is no model “{model}”.</source>
        <translation>No existe el modelo «{model}».</translation>
    </message>
    <message>
        <source>Choose one of: {known}.</source>
        <translation>Elija uno de: {known}.</translation>
    </message>
    <message>
        <source>{name} can&apos;t be {value}.</source>
        <translation>{name} no puede ser {value}.</translation>
    </message>
    <message>
        <source>It must be {expected}.</source>
        <translation>Debe ser {expected}.</translation>
    </message>
    <message>
        <source>The layer “{layer}” is no longer in the project.</source>
        <translation>La capa «{layer}» ya no está en el proyecto.</translation>
    </message>
    <message>
        <source>Add it again, or choose another layer for its role.</source>
        <translation>Añádala de nuevo o elija otra capa para su función.</translation>
    </message>
    <message>
        <source>“{layer}” can't be used as glacier outlines: {reason}</source>
        <translation>«{layer}» no se puede usar como contornos de glaciares: {reason}</translation>
    </message>
    <message>
        <source>Choose the outlines of a mapping.</source>
        <translation>Elija los contornos de una cartografía.</translation>
    </message>
    <message>
        <source>{command}: {reason}.</source>
        <translation>{command}: {reason}.</translation>
    </message>
    <message>
        <source>Try “{command} --help”.</source>
        <translation>Pruebe «{command} --help».</translation>
    </message>
    <message>
        <source>{path} can&apos;t be written: {reason}</source>
        <translation>{path} no se puede escribir: {reason}</translation>
    </message>
    <message>
        <source>Choose another folder, or close the program that holds the file.</source>
        <translation>Elija otra carpeta o cierre el programa que tiene abierto el archivo.</translation>
    </message>
    <message>
        <source>{path} exists already.</source>
        <translation>{path} ya existe.</translation>
    </message>
    <message>
        <source>Choose another name, or allow overwriting.</source>
        <translation>Elija otro nombre o permita sobrescribir.</translation>
    </message>
    <message>
        <source>The disk is full: {path} needs {needed_mb} MB, {free_mb} MB are free.</source>
        <translation>El disco está lleno: {path} necesita {needed_mb} MB y hay {free_mb} MB libres.</translation>
    </message>
    <message>
        <source>Free some space, or choose a folder on another disk.</source>
        <translation>Libere espacio o elija una carpeta en otro disco.</translation>
    </message>
    <message>
        <source>The model runner is not installed yet.</source>
        <translation>El ejecutor de modelos aún no está instalado.</translation>
    </message>
    <message>
        <source>Click “Install model runner” in the Glacier Mapper panel.</source>
        <translation>Pulse «Instalar el ejecutor de modelos» en el panel de Glacier Mapper.</translation>
    </message>
    <message>
        <source>The model runner in {folder} does not start: {reason}</source>
        <translation>El ejecutor de modelos de {folder} no arranca: {reason}</translation>
    </message>
    <message>
        <source>Click “Repair” in the Glacier Mapper panel.</source>
        <translation>Pulse «Reparar» en el panel de Glacier Mapper.</translation>
    </message>
    <message>
        <source>The model runner stopped unexpectedly ({reason}).</source>
        <translation>El ejecutor de modelos se detuvo de forma inesperada ({reason}).</translation>
    </message>
    <message>
        <source>Your layers and edits are untouched. Click again: it restarts by itself.</source>
        <translation>Sus capas y ediciones están intactas. Pulse de nuevo: se reinicia solo.</translation>
    </message>
    <message>
        <source>The model runner did not answer within {seconds} s.</source>
        <translation>El ejecutor de modelos no respondió en {seconds} s.</translation>
    </message>
    <message>
        <source>Try again. If it stays so, use Copy diagnostics and report it.</source>
        <translation>Inténtelo de nuevo. Si persiste, use Copiar diagnóstico e infórmenos.</translation>
    </message>
    <message>
        <source>The model runner is still busy with “{job}”.</source>
        <translation>El ejecutor de modelos aún está ocupado con «{job}».</translation>
    </message>
    <message>
        <source>Wait for it to end, or cancel it.</source>
        <translation>Espere a que termine o cancélelo.</translation>
    </message>
    <message>
        <source>The model runner speaks protocol {runner}, the plugin speaks protocol {plugin}.</source>
        <translation>El ejecutor de modelos usa el protocolo {runner}; el complemento usa el protocolo {plugin}.</translation>
    </message>
    <message>
        <source>Click “Repair” in the Glacier Mapper panel to bring both to one version.</source>
        <translation>Pulse «Reparar» en el panel de Glacier Mapper para llevar ambos a la misma versión.</translation>
    </message>
    <message>
        <source>Installing the model runner failed at “{step}”: {reason}</source>
        <translation>La instalación del ejecutor de modelos falló en «{step}»: {reason}</translation>
    </message>
    <message>
        <source>Click “Retry”: what was done already is kept. Details are in the log.</source>
        <translation>Pulse «Reintentar»: lo ya hecho se conserva. Los detalles están en el registro.</translation>
    </message>
    <message>
        <source>No Python was found that can make the model runner&apos;s environment.</source>
        <translation>No se encontró ningún Python que pueda crear el entorno del ejecutor de modelos.</translation>
    </message>
    <message>
        <source>{host} can&apos;t be reached: {reason}</source>
        <translation>No se puede acceder a {host}: {reason}</translation>
    </message>
    <message>
        <source>Check the proxy in QGIS&apos;s network settings, or choose a folder with downloaded wheels.</source>
        <translation>Compruebe el proxy en la configuración de red de QGIS o elija una carpeta con paquetes descargados (wheels).</translation>
    </message>
    <message>
        <source>The job needs {needed_mb} MB of memory; the limit is {limit_mb} MB.</source>
        <translation>El trabajo necesita {needed_mb} MB de memoria; el límite es {limit_mb} MB.</translation>
    </message>
    <message>
        <source>Raise the memory limit in the options, or close other programs.</source>
        <translation>Aumente el límite de memoria en las opciones o cierre otros programas.</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Cancelado.</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>No se cambió nada.</translation>
    </message>
    <message>
        <source>An unexpected error happened: {reason}</source>
        <translation>Ocurrió un error inesperado: {reason}</translation>
    </message>
    <message>
        <source>Please report it with Copy diagnostics.</source>
        <translation>Infórmenos, por favor, con Copiar diagnóstico.</translation>
    </message>
    <message>
        <source>Install uv (docs.astral.sh/uv) or Python 3.10 or newer with venv (Debian: python3-venv). Tried: {tried}.</source>
        <translation>Instale uv (docs.astral.sh/uv) o Python 3.10 o posterior con venv (Debian: python3-venv). Se probó: {tried}.</translation>
    </message>
</context>
<context>
    <name>guess</name>
    <message>
        <source>The band is called “{text}”.</source>
        <translation>La banda se llama «{text}».</translation>
    </message>
    <message>
        <source>“{text}” is band {band} of {sensor}.</source>
        <translation>«{text}» es la banda {band} de {sensor}.</translation>
    </message>
    <message>
        <source>“{text}” is this band if the image is from {sensor}; please check.</source>
        <translation>«{text}» es esta banda si la imagen es de {sensor}; compruébelo, por favor.</translation>
    </message>
    <message>
        <source>Its wavelength is {wavelength_nm} nm.</source>
        <translation>Su longitud de onda es {wavelength_nm} nm.</translation>
    </message>
    <message>
        <source>The name “{name}” contains “{text}”.</source>
        <translation>El nombre «{name}» contiene «{text}».</translation>
    </message>
    <message>
        <source>It is band {band} of {count} of an image from {sensor}, as usually stacked.</source>
        <translation>Es la banda {band} de {count} de una imagen de {sensor}, en el orden habitual.</translation>
    </message>
    <message>
        <source>The image has {count} bands without names; in the usual order this is number {band}. Please check.</source>
        <translation>La imagen tiene {count} bandas sin nombre; en el orden habitual esta es la número {band}. Compruébelo, por favor.</translation>
    </message>
    <message>
        <source>It is a single band in metres.</source>
        <translation>Es una única banda en metros.</translation>
    </message>
    <message>
        <source>It looks like a picture for display: its numbers are no reflectance. Please check.</source>
        <translation>Parece una imagen para visualizar: sus números no son reflectancia. Compruébelo, por favor.</translation>
    </message>
</context>
<context>
    <name>layers</name>
    <message>
        <source>Glacier outlines</source>
        <translation>Contornos de glaciares</translation>
    </message>
    <message>
        <source>Boundary: how sure it is</source>
        <translation>Límite: qué seguro es</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Confianza</translation>
    </message>
    <message>
        <source>Glacier probability</source>
        <translation>Probabilidad de glaciar</translation>
    </message>
    <message>
        <source>Glacier preview</source>
        <translation>Vista previa de glaciares</translation>
    </message>
</context>
<context>
    <name>models</name>
    <message>
        <source>Band ratio (classical, clean ice)</source>
        <translation>Cociente de bandas (clásico, hielo limpio)</translation>
    </message>
    <message>
        <source>Index {index} with your threshold {threshold}.</source>
        <translation>Índice {index} con su umbral {threshold}.</translation>
    </message>
    <message>
        <source>Index {index}; the threshold {threshold} was found in the image.</source>
        <translation>Índice {index}; el umbral {threshold} se halló en la imagen.</translation>
    </message>
    <message>
        <source>The rule against {rule} was skipped, because it needs: {bands}.</source>
        <translation>La regla contra {rule} se omitió porque necesita: {bands}.</translation>
    </message>
    <message>
        <source>shadow (blue)</source>
        <translation>sombra (azul)</translation>
    </message>
    <message>
        <source>water (NDWI)</source>
        <translation>agua (NDWI)</translation>
    </message>
    <message>
        <source>vegetation (NDVI)</source>
        <translation>vegetación (NDVI)</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>temperatura</translation>
    </message>
    <message>
        <source>Index {index} with the published threshold {threshold}: the image shows no clear gap between ice and the rest. Check it with the slider.</source>
        <translation>Índice {index} con el umbral publicado {threshold}: la imagen no muestra una separación clara entre el hielo y lo demás. Compruébelo con el deslizador.</translation>
    </message>
    <message>
        <source>Red/SWIR1, NIR/SWIR1 or NDSI against a threshold, with rules for shadow, water and vegetation. It maps clean ice and snow; debris-covered ice needs your hand.</source>
        <translation>Rojo/SWIR1, NIR/SWIR1 o NDSI frente a un umbral, con reglas para sombra, agua y vegetación. Cartografía hielo limpio y nieve; el hielo cubierto de derrubios necesita su mano.</translation>
    </message>
</context>
<context>
    <name>originals</name>
    <message>
        <source>The model drew no outline {outline_id}.</source>
        <translation>El modelo no dibujó ningún contorno {outline_id}.</translation>
    </message>
    <message>
        <source>Restore original outline</source>
        <translation>Restaurar el contorno original</translation>
    </message>
</context>
<context>
    <name>outline_form</name>
    <message>
        <source>Review</source>
        <translation>Revisión</translation>
    </message>
    <message>
        <source>Measures</source>
        <translation>Medidas</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Fuente</translation>
    </message>
    <message>
        <source>Edits</source>
        <translation>Ediciones</translation>
    </message>
</context>
<context>
    <name>outline_style</name>
    <message>
        <source>By review</source>
        <translation>Por revisión</translation>
    </message>
    <message>
        <source>By confidence</source>
        <translation>Por confianza</translation>
    </message>
    <message>
        <source>Without review</source>
        <translation>Sin revisión</translation>
    </message>
</context>
<context>
    <name>outlines</name>
    <message>
        <source>As the model drew it</source>
        <translation>Como lo dibujó el modelo</translation>
    </message>
    <message>
        <source>Edited by hand</source>
        <translation>Editado a mano</translation>
    </message>
    <message>
        <source>Added by hand</source>
        <translation>Añadido a mano</translation>
    </message>
    <message>
        <source>Not reviewed</source>
        <translation>Sin revisar</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>Aceptado</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Rechazado</translation>
    </message>
    <message>
        <source>Needs work</source>
        <translation>Por corregir</translation>
    </message>
    <message>
        <source>Outline ID</source>
        <translation>ID del contorno</translation>
    </message>
    <message>
        <source>Area (km²)</source>
        <translation>Área (km²)</translation>
    </message>
    <message>
        <source>Area, lower bound (km²)</source>
        <translation>Área, límite inferior (km²)</translation>
    </message>
    <message>
        <source>Area, upper bound (km²)</source>
        <translation>Área, límite superior (km²)</translation>
    </message>
    <message>
        <source>Perimeter (m)</source>
        <translation>Perímetro (m)</translation>
    </message>
    <message>
        <source>Confidence (0–1)</source>
        <translation>Confianza (0–1)</translation>
    </message>
    <message>
        <source>Positional uncertainty (m)</source>
        <translation>Incertidumbre de posición (m)</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Model version</source>
        <translation>Versión del modelo</translation>
    </message>
    <message>
        <source>Source layers</source>
        <translation>Capas fuente</translation>
    </message>
    <message>
        <source>Source date</source>
        <translation>Fecha de la fuente</translation>
    </message>
    <message>
        <source>Analyst</source>
        <translation>Analista</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>Origen</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Revisión</translation>
    </message>
    <message>
        <source>Last edited by</source>
        <translation>Última edición por</translation>
    </message>
    <message>
        <source>Last edited at</source>
        <translation>Última edición el</translation>
    </message>
    <message>
        <source>Last edited with</source>
        <translation>Última edición con</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Nota</translation>
    </message>
</context>
<context>
    <name>progress</name>
    <message>
        <source>Reading the layers</source>
        <translation>Leyendo las capas</translation>
    </message>
    <message>
        <source>Mapping glaciers</source>
        <translation>Cartografiando glaciares</translation>
    </message>
    <message>
        <source>Writing the maps</source>
        <translation>Escribiendo los mapas</translation>
    </message>
    <message>
        <source>Tracing outlines</source>
        <translation>Trazando contornos</translation>
    </message>
    <message>
        <source>Measuring outlines</source>
        <translation>Midiendo contornos</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Hecho</translation>
    </message>
</context>
<context>
    <name>roles</name>
    <message>
        <source>Blue</source>
        <translation>Azul</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>Verde</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>Rojo</translation>
    </message>
    <message>
        <source>Near infrared</source>
        <translation>Infrarrojo cercano</translation>
    </message>
    <message>
        <source>Shortwave infrared 1 (1.6 µm)</source>
        <translation>Infrarrojo de onda corta 1 (1.6 µm)</translation>
    </message>
    <message>
        <source>Shortwave infrared 2 (2.2 µm)</source>
        <translation>Infrarrojo de onda corta 2 (2.2 µm)</translation>
    </message>
    <message>
        <source>Elevation</source>
        <translation>Elevación</translation>
    </message>
    <message>
        <source>Slope</source>
        <translation>Pendiente</translation>
    </message>
    <message>
        <source>Radar co-pol backscatter</source>
        <translation>Retrodispersión radar copolarizada</translation>
    </message>
    <message>
        <source>Radar cross-pol backscatter</source>
        <translation>Retrodispersión radar de polarización cruzada</translation>
    </message>
    <message>
        <source>Interferometric coherence</source>
        <translation>Coherencia interferométrica</translation>
    </message>
    <message>
        <source>Thermal infrared</source>
        <translation>Infrarrojo térmico</translation>
    </message>
</context>
<context>
    <name>scaling</name>
    <message>
        <source>Landsat Collection 2 Level 2: reflectance is number × 2.75e-5 - 0.2.</source>
        <translation>Landsat Colección 2 Nivel 2: la reflectancia es número × 2.75e-5 - 0.2.</translation>
    </message>
    <message>
        <source>Landsat Collection 2 Level 2: kelvin is number × 0.00341802 + 149.</source>
        <translation>Landsat Colección 2 Nivel 2: los kelvin son número × 0.00341802 + 149.</translation>
    </message>
    <message>
        <source>Landsat Level 1: top-of-atmosphere reflectance with the sun {sun_deg}° high, from the metadata.</source>
        <translation>Landsat Nivel 1: reflectancia en el techo de la atmósfera con el sol a {sun_deg}° de altura, según los metadatos.</translation>
    </message>
    <message>
        <source>Landsat Level 1: kelvin with K1 and K2 of the metadata.</source>
        <translation>Landsat Nivel 1: kelvin con K1 y K2 de los metadatos.</translation>
    </message>
    <message>
        <source>Sentinel-2: the offset was taken off already, as the metadata says.</source>
        <translation>Sentinel-2: el desplazamiento ya se había restado, según los metadatos.</translation>
    </message>
    <message>
        <source>Sentinel-2: offset {offset} from the metadata.</source>
        <translation>Sentinel-2: desplazamiento {offset} según los metadatos.</translation>
    </message>
    <message>
        <source>Sentinel-2, processing baseline {baseline}: offset {offset}.</source>
        <translation>Sentinel-2, versión de procesamiento {baseline}: desplazamiento {offset}.</translation>
    </message>
    <message>
        <source>Sentinel-2 from Earth Search: the offset was taken off already.</source>
        <translation>Sentinel-2 de Earth Search: el desplazamiento ya se había restado.</translation>
    </message>
    <message>
        <source>Sentinel-2 of {date}, processing baseline unknown: offset {offset} assumed from the date. Please check.</source>
        <translation>Sentinel-2 del {date}, versión de procesamiento desconocida: se supone el desplazamiento {offset} por la fecha. Compruébelo, por favor.</translation>
    </message>
    <message>
        <source>Sentinel-2 with unknown processing baseline and date: no offset taken. Please check.</source>
        <translation>Sentinel-2 de versión de procesamiento y fecha desconocidas: no se aplicó ningún desplazamiento. Compruébelo, por favor.</translation>
    </message>
    <message>
        <source>Landsat Level 1 without its MTL file: reflectance is not corrected for the height of the sun and comes out too dark. Ratios are right; put the MTL file beside the image to mend the rest.</source>
        <translation>Landsat Nivel 1 sin su archivo MTL: la reflectancia no está corregida por la altura del sol y resulta demasiado oscura. Los cocientes son correctos; ponga el archivo MTL junto a la imagen para corregir lo demás.</translation>
    </message>
</context>
<context>
    <name>setup</name>
    <message>
        <source>Checking folder and Python</source>
        <translation>Comprobando la carpeta y Python</translation>
    </message>
    <message>
        <source>Making a private Python environment</source>
        <translation>Creando un entorno privado de Python</translation>
    </message>
    <message>
        <source>Downloading packages</source>
        <translation>Descargando paquetes</translation>
    </message>
    <message>
        <source>Installing packages</source>
        <translation>Instalando paquetes</translation>
    </message>
    <message>
        <source>Testing the model runner</source>
        <translation>Probando el ejecutor de modelos</translation>
    </message>
    <message>
        <source>The model runner is installed</source>
        <translation>El ejecutor de modelos está instalado</translation>
    </message>
    <message>
        <source>Graphics card (DirectML)</source>
        <translation>Tarjeta gráfica (DirectML)</translation>
    </message>
    <message>
        <source>NVIDIA graphics card (CUDA)</source>
        <translation>Tarjeta gráfica NVIDIA (CUDA)</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>Procesador (CPU)</translation>
    </message>
</context>
</TS>
