<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>AddOnBox</name>
    <message>
        <source>&amp;Install training and import</source>
        <translation>&amp;Instalar entrenamiento e importación</translation>
    </message>
    <message>
        <source>Adding training and import to the model runner</source>
        <translation>Añadiendo entrenamiento e importación al ejecutor de modelos</translation>
    </message>
    <message>
        <source>Cancel installation</source>
        <translation>Cancelar la instalación</translation>
    </message>
    <message>
        <source>Cancelled. What was downloaded is kept.</source>
        <translation>Cancelado. Lo descargado se conserva.</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>Computes on: {device}</source>
        <translation>Calcula en: {device}</translation>
    </message>
    <message>
        <source>Download: {download}, on disk: {disk} ({free} free)</source>
        <translation>Descarga: {download}, en disco: {disk} ({free} libres)</translation>
    </message>
    <message>
        <source>From: {source}</source>
        <translation>De: {source}</translation>
    </message>
    <message>
        <source>Install the model runner in the Glacier Mapper panel first. Where a runner of your own is set, install requirements/torch.txt and requirements/training.txt with its Python.</source>
        <translation>Instale primero el ejecutor de modelos en el panel Glacier Mapper. Si ha fijado un ejecutor propio, instale requirements/torch.txt y requirements/training.txt con su Python.</translation>
    </message>
    <message>
        <source>Progress of the installation</source>
        <translation>Progreso de la instalación</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>Importing and teaching need PyTorch, which is not installed yet.</source>
        <translation>Importar y enseñar necesitan PyTorch, que aún no está instalado.</translation>
    </message>
</context>
<context>
    <name>AddressDialog</name>
    <message>
        <source>&amp;Address</source>
        <translation>&amp;Dirección</translation>
    </message>
    <message>
        <source>&amp;SHA-256</source>
        <translation>&amp;SHA-256</translation>
    </message>
    <message>
        <source>64 digits, where the page of the model names it</source>
        <translation>64 dígitos, si la página del modelo la indica</translation>
    </message>
    <message>
        <source>A SHA-256 checksum has 64 digits from 0 to 9 and a to f. Leave it empty if unsure.</source>
        <translation>Una suma de verificación SHA-256 tiene 64 dígitos del 0 al 9 y de la a a la f. Déjela vacía en caso de duda.</translation>
    </message>
    <message>
        <source>A package is a zip with model.json and model.onnx. It is fetched through QGIS&apos;s own network settings; the checksum in the package is verified in any case.</source>
        <translation>Un paquete es un zip con model.json y model.onnx. Se obtiene con la configuración de red propia de QGIS; la suma de verificación del paquete se comprueba en todo caso.</translation>
    </message>
    <message>
        <source>Add a model from an address</source>
        <translation>Añadir un modelo desde una dirección</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Dirección</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>SHA-256 checksum</source>
        <translation>Suma de verificación SHA-256</translation>
    </message>
    <message>
        <source>The address must begin with https:// or http://.</source>
        <translation>La dirección debe empezar por https:// o http://.</translation>
    </message>
</context>
<context>
    <name>AskServer</name>
    <message>
        <source>Asking {address}</source>
        <translation>Consultando {address}</translation>
    </message>
</context>
<context>
    <name>BandRatioPanel</name>
    <message>
        <source>&amp;Fine-tuning</source>
        <translation>A&amp;juste fino</translation>
    </message>
    <message>
        <source>Automatic &amp;threshold</source>
        <translation>&amp;Umbral automático</translation>
    </message>
    <message>
        <source>Automatic (the best there is)</source>
        <translation>Automático (el mejor disponible)</translation>
    </message>
    <message>
        <source>How gently the probability rises round the threshold: at this share beyond it, it is 0.88.</source>
        <translation>Con qué suavidad sube la probabilidad alrededor del umbral: a esta fracción por encima vale 0.88.</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>Índice</translation>
    </message>
    <message>
        <source>Median filter</source>
        <translation>Filtro de mediana</translation>
    </message>
    <message>
        <source>NDSI</source>
        <translation>NDSI</translation>
    </message>
    <message>
        <source>Near infrared / SWIR 1</source>
        <translation>Infrarrojo cercano / SWIR 1</translation>
    </message>
    <message>
        <source>Red / SWIR 1</source>
        <translation>Rojo / SWIR 1</translation>
    </message>
    <message>
        <source>Shows the probability on the map at a coarse pixel while you move a slider.</source>
        <translation>Muestra la probabilidad en el mapa con píxel grueso mientras mueve un deslizador.</translation>
    </message>
    <message>
        <source>Softness</source>
        <translation>Suavidad</translation>
    </message>
    <message>
        <source>Takes the valley between rock and ice in the histogram of the scene, or the published value.</source>
        <translation>Toma el valle entre roca y hielo en el histograma de la escena, o el valor publicado.</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Umbral</translation>
    </message>
    <message>
        <source>computing…</source>
        <translation>calculando…</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ninguno</translation>
    </message>
    <message>
        <source>{index}, {count} rules</source>
        <translation>{index}, {count} reglas</translation>
    </message>
    <message>
        <source>{size} × {size} pixels</source>
        <translation>{size} × {size} píxeles</translation>
    </message>
    <message>
        <source>Live preview of the view</source>
        <translation>Vista previa en vivo</translation>
    </message>
    <message>
        <source>Reset to defaults</source>
        <translation>Restablecer los valores por defecto</translation>
    </message>
    <message>
        <source>Reading the view</source>
        <translation>Leyendo la vista</translation>
    </message>
    <message>
        <source>reading… untick to stop</source>
        <translation>leyendo… desmarque para parar</translation>
    </message>
</context>
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
    <name>CurveWidget</name>
    <message>
        <source>Calibration curve</source>
        <translation>Curva de calibración</translation>
    </message>
    <message>
        <source>{x} becomes {y}</source>
        <translation>{x} pasa a {y}</translation>
    </message>
</context>
<context>
    <name>DevicePanel</name>
    <message>
        <source>Add and change model servers</source>
        <translation>Añadir y cambiar servidores de modelos</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automático</translation>
    </message>
    <message>
        <source>Automatic: {device}</source>
        <translation>Automático: {device}</translation>
    </message>
    <message>
        <source>C&amp;ompute on</source>
        <translation>C&amp;alcular con</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Calcular con</translation>
    </message>
    <message>
        <source>Model servers…</source>
        <translation>Servidores de modelos…</translation>
    </message>
    <message>
        <source>Server {address}</source>
        <translation>Servidor {address}</translation>
    </message>
    <message>
        <source>The tiles leave this machine: they are computed on the server.</source>
        <translation>Las teselas salen de este equipo: se calculan en el servidor.</translation>
    </message>
    <message>
        <source>This project computes on {address}, which is not among your model servers. Add it under Model servers, or go on with another device.</source>
        <translation>Este proyecto calcula con {address}, que no está entre sus servidores de modelos. Añádalo en Servidores de modelos o siga con otro dispositivo.</translation>
    </message>
    <message>
        <source>{device}: {reason}</source>
        <translation>{device}: {reason}</translation>
    </message>
    <message>
        <source>“{device}” is not available on this machine; automatic stands in for it.</source>
        <translation>«{device}» no está disponible en este equipo; en su lugar se usa automático.</translation>
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
    <name>ExportDialog</name>
    <message>
        <source>&amp;Cancel export</source>
        <translation>&amp;Cancelar la exportación</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportar</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>&amp;Formato</translation>
    </message>
    <message>
        <source>&amp;Outlines</source>
        <translation>C&amp;ontornos</translation>
    </message>
    <message>
        <source>Accepted only ({count})</source>
        <translation>Solo los aceptados ({count})</translation>
    </message>
    <message>
        <source>All ({count})</source>
        <translation>Todos ({count})</translation>
    </message>
    <message>
        <source>All but the rejected ({count})</source>
        <translation>Todos salvo los rechazados ({count})</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>Comprobación</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Columnas</translation>
    </message>
    <message>
        <source>Coordinate &amp;system</source>
        <translation>&amp;Sistema de coordenadas</translation>
    </message>
    <message>
        <source>Export glacier outlines</source>
        <translation>Exportar contornos de glaciares</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>Exportar a</translation>
    </message>
    <message>
        <source>Export “{layer}”</source>
        <translation>Exportar «{layer}»</translation>
    </message>
    <message>
        <source>F&amp;ile</source>
        <translation>Arch&amp;ivo</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>Progreso de la exportación</translation>
    </message>
    <message>
        <source>Replace the file?</source>
        <translation>¿Reemplazar el archivo?</translation>
    </message>
    <message>
        <source>This format always has WGS 84 longitude and latitude.</source>
        <translation>Este formato siempre usa longitud y latitud WGS 84.</translation>
    </message>
    <message>
        <source>{path} exists already. Replace it?</source>
        <translation>{path} ya existe. ¿Reemplazarlo?</translation>
    </message>
    <message>
        <source>C&amp;lose</source>
        <translation>C&amp;errar</translation>
    </message>
    <message>
        <source>This format cuts column names short; the list shows the names in the file.</source>
        <translation>Este formato acorta los nombres de columna; la lista muestra los nombres en el archivo.</translation>
    </message>
</context>
<context>
    <name>ExportOutlines</name>
    <message>
        <source>Check the outlines</source>
        <translation>Comprobar los contornos</translation>
    </message>
    <message>
        <source>Export the outlines</source>
        <translation>Exportar los contornos</translation>
    </message>
    <message>
        <source>Glacier outlines</source>
        <translation>Contornos de glaciares</translation>
    </message>
    <message>
        <source>The outlines are exported to {path}.</source>
        <translation>Los contornos se han exportado a {path}.</translation>
    </message>
    <message>
        <source>the layer “{layer}” of the project lies in it</source>
        <translation>la capa «{layer}» del proyecto está en él</translation>
    </message>
</context>
<context>
    <name>ExtrasPanel</name>
    <message>
        <source>Scaling</source>
        <translation>Escala</translation>
    </message>
    <message>
        <source>Scaling of the optical bands</source>
        <translation>Escala de las bandas ópticas</translation>
    </message>
    <message>
        <source>What the numbers of the image mean. Choose the product where the note under the result is wrong.</source>
        <translation>Qué significan los números de la imagen. Elija el producto si la nota bajo el resultado no es correcta.</translation>
    </message>
    <message>
        <source>classes.tif in the folder of the results: 0 other, 1 glacier, 2 debris where the model tells it apart, 255 no data.</source>
        <translation>classes.tif en la carpeta de los resultados: 0 otro, 1 glaciar, 2 derrubios donde el modelo los distingue, 255 sin datos.</translation>
    </message>
    <message>
        <source>Write classes &amp;beside the probability</source>
        <translation>Escri&amp;bir las clases junto a la probabilidad</translation>
    </message>
</context>
<context>
    <name>FieldChooser</name>
    <message>
        <source>All</source>
        <translation>Todas</translation>
    </message>
    <message>
        <source>Columns to export</source>
        <translation>Columnas que se exportan</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Ninguna</translation>
    </message>
    <message>
        <source>{label} → {name}</source>
        <translation>{label} → {name}</translation>
    </message>
</context>
<context>
    <name>FindingsList</name>
    <message>
        <source>&amp;Zoom there</source>
        <translation>&amp;Acercar a ese lugar</translation>
    </message>
    <message>
        <source>Checking the outlines …</source>
        <translation>Comprobando los contornos …</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Error</translation>
    </message>
    <message>
        <source>Export &amp;anyway, with these errors</source>
        <translation>Exportar de &amp;todos modos, con estos errores</translation>
    </message>
    <message>
        <source>Show on the map where this is</source>
        <translation>Mostrar en el mapa dónde está</translation>
    </message>
    <message>
        <source>The check found errors. Mend them, or export anyway.</source>
        <translation>La comprobación halló errores. Corríjalos o exporte de todos modos.</translation>
    </message>
    <message>
        <source>The check found nothing wrong.</source>
        <translation>La comprobación no halló nada incorrecto.</translation>
    </message>
    <message>
        <source>What the check found</source>
        <translation>Lo que halló la comprobación</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>y {count} más</translation>
    </message>
    <message>
        <source>Hint</source>
        <translation>Indicación</translation>
    </message>
    <message>
        <source>Nothing stands in the way. The check has hints:</source>
        <translation>Nada impide exportar. La comprobación da indicaciones:</translation>
    </message>
    <message>
        <source>&amp;Save edits</source>
        <translation>&amp;Guardar ediciones</translation>
    </message>
    <message>
        <source>Save the layer&apos;s edits, and check again</source>
        <translation>Guardar las ediciones de la capa y comprobar de nuevo</translation>
    </message>
    <message>
        <source>There is nothing to export.</source>
        <translation>No hay nada que exportar.</translation>
    </message>
</context>
<context>
    <name>FitTexts</name>
    <message>
        <source> and </source>
        <translation> y </translation>
    </message>
    <message>
        <source>Fits the layers in view.</source>
        <translation>Apto para las capas de la vista.</translation>
    </message>
    <message>
        <source>Lacks {roles}: add a layer with it, or give a band that role.</source>
        <translation>Falta {roles}: añada una capa con esa función o asígnela a una banda.</translation>
    </message>
    <message>
        <source>Made for {regions}; the view lies in {here}. Look at the result with care.</source>
        <translation>Hecho para: {regions}; región de la vista: {here}. Examine el resultado con cautela.</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>apto</translation>
    </message>
    <message>
        <source>lacks {roles}</source>
        <translation>falta {roles}</translation>
    </message>
    <message>
        <source>other region</source>
        <translation>otra región</translation>
    </message>
    <message>
        <source>{roles} and {count} more</source>
        <translation>{roles} y {count} más</translation>
    </message>
    <message>
        <source> or </source>
        <translation> o </translation>
    </message>
    <message>
        <source>Lacks one of these: {roles}. Add a layer with it, or give a band that role.</source>
        <translation>Falta uno de estos: {roles}. Añada una capa que lo tenga, o dé ese papel a una banda.</translation>
    </message>
    <message>
        <source>lacks one of {count}</source>
        <translation>falta uno de {count}</translation>
    </message>
    <message>
        <source>Needs {roles}.</source>
        <translation>Necesita {roles}.</translation>
    </message>
    <message>
        <source>Takes what there is of its bands; the more, the better.</source>
        <translation>Toma lo que haya de sus bandas; cuantas más, mejor.</translation>
    </message>
</context>
<context>
    <name>Foot</name>
    <message>
        <source>&amp;Repair model runner</source>
        <translation>&amp;Reparar el ejecutor de modelos</translation>
    </message>
    <message>
        <source>Copy versions, paths, device and last errors to the clipboard; nothing private</source>
        <translation>Copiar al portapapeles versiones, rutas, dispositivo y últimos errores; nada privado</translation>
    </message>
    <message>
        <source>Model runner</source>
        <translation>Ejecutor de modelos</translation>
    </message>
    <message>
        <source>Open the user guide</source>
        <translation>Abrir la guía del usuario</translation>
    </message>
    <message>
        <source>Re&amp;move model runner</source>
        <translation>Eli&amp;minar el ejecutor de modelos</translation>
    </message>
    <message>
        <source>Repair or remove the model runner</source>
        <translation>Reparar o eliminar el ejecutor de modelos</translation>
    </message>
    <message>
        <source>Show the log of Glacier Mapper</source>
        <translation>Mostrar el registro de Glacier Mapper</translation>
    </message>
    <message>
        <source>Threads, memory, analyst, folders</source>
        <translation>Hilos, memoria, analista, carpetas</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Copiar diagnóstico</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Opciones</translation>
    </message>
    <message>
        <source>Show log</source>
        <translation>Mostrar el registro</translation>
    </message>
</context>
<context>
    <name>GlacierMapperDock</name>
    <message>
        <source>Glacier Mapper</source>
        <translation>Glacier Mapper</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Mapa</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Páginas</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Revisión</translation>
    </message>
</context>
<context>
    <name>HistogramWidget</name>
    <message>
        <source>Drag the line to move the threshold; the arrow keys move it, too.</source>
        <translation>Arrastre la línea para mover el umbral; las teclas de flecha también lo mueven.</translation>
    </message>
    <message>
        <source>Histogram of the index in the view</source>
        <translation>Histograma del índice en la vista</translation>
    </message>
    <message>
        <source>Threshold {value}</source>
        <translation>Umbral {value}</translation>
    </message>
</context>
<context>
    <name>InstallAddOn</name>
    <message>
        <source>Adding training and import to the model runner</source>
        <translation>Añadiendo entrenamiento e importación al ejecutor de modelos</translation>
    </message>
    <message>
        <source>Looking for training and import</source>
        <translation>Buscando entrenamiento e importación</translation>
    </message>
</context>
<context>
    <name>InstallRunner</name>
    <message>
        <source>Installing the model runner</source>
        <translation>Instalando el ejecutor de modelos</translation>
    </message>
    <message>
        <source>Looking for the model runner</source>
        <translation>Buscando el ejecutor de modelos</translation>
    </message>
    <message>
        <source>Removing the model runner</source>
        <translation>Eliminando el ejecutor de modelos</translation>
    </message>
</context>
<context>
    <name>KerasDialog</name>
    <message>
        <source>&amp;Architecture</source>
        <translation>&amp;Arquitectura</translation>
    </message>
    <message>
        <source>&amp;Calibration</source>
        <translation>&amp;Calibración</translation>
    </message>
    <message>
        <source>&amp;Location</source>
        <translation>&amp;Ubicación</translation>
    </message>
    <message>
        <source>&amp;Minima and maxima</source>
        <translation>&amp;Mínimos y máximos</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Nombre</translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation>&amp;Título</translation>
    </message>
    <message>
        <source>&amp;Weights (.h5)</source>
        <translation>&amp;Pesos (.h5)</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Arquitectura</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Calibración</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importar</translation>
    </message>
    <message>
        <source>Import Keras weights</source>
        <translation>Importar pesos de Keras</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Entradas</translation>
    </message>
    <message>
        <source>JSON (*.json);;All files (*)</source>
        <translation>JSON (*.json);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Keras weights (*.h5 *.hdf5);;All files (*)</source>
        <translation>Pesos de Keras (*.h5 *.hdf5);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Location</source>
        <translation>Ubicación</translation>
    </message>
    <message>
        <source>Minima and maxima</source>
        <translation>Mínimos y máximos</translation>
    </message>
    <message>
        <source>Name of the package</source>
        <translation>Nombre del paquete</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Título</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Pesos</translation>
    </message>
    <message>
        <source>none: raw confidence</source>
        <translation>ninguna: confianza bruta</translation>
    </message>
    <message>
        <source>what lists call it</source>
        <translation>cómo aparece en las listas</translation>
    </message>
    <message>
        <source>The file is read layer by layer and every weight must fit the architecture; nothing in it is executed.</source>
        <translation>El archivo se lee capa por capa y cada peso debe encajar en la arquitectura; nada de él se ejecuta.</translation>
    </message>
    <message>
        <source>the network is not told</source>
        <translation>no se le dice a la red</translation>
    </message>
    <message>
        <source>told as coordinates (4 values)</source>
        <translation>se le dice como coordenadas (4 valores)</translation>
    </message>
    <message>
        <source>told as the region (12 values)</source>
        <translation>se le dice como región (12 valores)</translation>
    </message>
</context>
<context>
    <name>KnowModels</name>
    <message>
        <source>Looking for devices</source>
        <translation>Buscando dispositivos</translation>
    </message>
    <message>
        <source>Looking for models</source>
        <translation>Buscando modelos</translation>
    </message>
</context>
<context>
    <name>ManageModels</name>
    <message>
        <source>Adding the package…</source>
        <translation>Añadiendo el paquete…</translation>
    </message>
    <message>
        <source>Cancelled. What has arrived is kept: the same address goes on from there.</source>
        <translation>Cancelado. Lo recibido se conserva: la misma dirección continúa desde ahí.</translation>
    </message>
    <message>
        <source>Checking “{model}”…</source>
        <translation>Comprobando «{model}»…</translation>
    </message>
    <message>
        <source>Downloading…</source>
        <translation>Descargando…</translation>
    </message>
    <message>
        <source>Importing “{model}”…</source>
        <translation>Importando «{model}»…</translation>
    </message>
    <message>
        <source>Removing “{model}”…</source>
        <translation>Eliminando «{model}»…</translation>
    </message>
    <message>
        <source>“{model}” was added.</source>
        <translation>Se añadió «{model}».</translation>
    </message>
    <message>
        <source>“{model}” was imported.</source>
        <translation>Se importó «{model}».</translation>
    </message>
    <message>
        <source>“{model}” was removed.</source>
        <translation>Se eliminó «{model}».</translation>
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
    <name>MapGlaciersAlgorithm</name>
    <message>
        <source>Analyst</source>
        <translation>Analista</translation>
    </message>
    <message>
        <source>Band ratio: index</source>
        <translation>Cociente de bandas: índice</translation>
    </message>
    <message>
        <source>Band ratio: softness of the threshold</source>
        <translation>Cociente de bandas: suavidad del umbral</translation>
    </message>
    <message>
        <source>Band ratio: threshold (empty: automatic)</source>
        <translation>Cociente de bandas: umbral (vacío: automático)</translation>
    </message>
    <message>
        <source>Extent</source>
        <translation>Extensión</translation>
    </message>
    <message>
        <source>Highest surface temperature (K)</source>
        <translation>Temperatura superficial máxima (K)</translation>
    </message>
    <message>
        <source>Largest vegetation index</source>
        <translation>Índice de vegetación máximo</translation>
    </message>
    <message>
        <source>Largest water index</source>
        <translation>Índice de agua máximo</translation>
    </message>
    <message>
        <source>Map glaciers</source>
        <translation>Cartografiar glaciares</translation>
    </message>
    <message>
        <source>Median filter (pixels)</source>
        <translation>Filtro de mediana (píxeles)</translation>
    </message>
    <message>
        <source>Optical layers</source>
        <translation>Capas ópticas</translation>
    </message>
    <message>
        <source>Smallest blue reflectance</source>
        <translation>Reflectancia azul mínima</translation>
    </message>
    <message>
        <source>{role}: band</source>
        <translation>{role}: banda</translation>
    </message>
    <message>
        <source>{role}: {layer}, band {band}</source>
        <translation>{role}: {layer}, banda {band}</translation>
    </message>
    <message>
        <source>Maps glaciers from a satellite image and writes their probability, confidence, outlines with confidence and positional uncertainty, and a report that is enough to repeat the run.

Give the optical bands as one multi-band layer or as several layers: which band is which is guessed from descriptions, names and metadata, and written to the log. A layer named for a role under Advanced goes before the guess. The band-ratio model needs shortwave infrared 1 and one of red, near infrared and green; elevation, slope and thermal make it better. A network needs what its package says, and runs as under Advanced.

Empty extent: all that the optical layers cover. Empty threshold: automatic.</source>
        <translation>Cartografía glaciares a partir de una imagen de satélite y escribe su probabilidad, su confianza, los contornos con confianza e incertidumbre de posición, y un informe que basta para repetir la ejecución.

Indique las bandas ópticas como una capa multibanda o como varias capas: qué banda es cada una se deduce de descripciones, nombres y metadatos, y se escribe en el registro. Una capa indicada para una función en Avanzado prevalece sobre lo deducido. El modelo de cociente de bandas necesita el infrarrojo de onda corta 1 y uno de rojo, infrarrojo cercano y verde; la elevación, la pendiente y el térmico lo mejoran. Una red neuronal necesita lo que dice su paquete y se ejecuta según lo indicado en Avanzado.

Extensión vacía: todo lo que cubren las capas ópticas. Umbral vacío: automático.</translation>
    </message>
    <message>
        <source>Model ({names}, or the folder of a package)</source>
        <translation>Modelo ({names} o la carpeta de un paquete)</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Clases</translation>
    </message>
    <message>
        <source>Write classes beside the probability</source>
        <translation>Escribir las clases junto a la probabilidad</translation>
    </message>
    <message>
        <source>Day of the image (YYYY-MM-DD; empty: from the layer)</source>
        <translation>Día de la imagen (AAAA-MM-DD; vacío: el de la capa)</translation>
    </message>
    <message>
        <source>Scaling of the optical bands</source>
        <translation>Escala de las bandas ópticas</translation>
    </message>
    <message>
        <source>Model uncertainty: where its networks disagree</source>
        <translation>Incertidumbre del modelo: donde sus redes discrepan</translation>
    </message>
</context>
<context>
    <name>MapPage</name>
    <message>
        <source>Add a satellite image to the project to begin.</source>
        <translation>Para empezar, añada una imagen de satélite al proyecto.</translation>
    </message>
    <message>
        <source>Install the model runner first, at the top of this panel.</source>
        <translation>Instale primero el ejecutor de modelos, en la parte superior de este panel.</translation>
    </message>
    <message>
        <source>La&amp;yers</source>
        <translation>Ca&amp;pas</translation>
    </message>
    <message>
        <source>Looking for the model runner…</source>
        <translation>Buscando el ejecutor de modelos…</translation>
    </message>
    <message>
        <source>O&amp;utlines</source>
        <translation>Contorno&amp;s</translation>
    </message>
    <message>
        <source>Repair the model runner first, at the top of this panel.</source>
        <translation>Repare primero el ejecutor de modelos, en la parte superior de este panel.</translation>
    </message>
    <message>
        <source>Update the model runner first, at the top of this panel.</source>
        <translation>Actualice primero el ejecutor de modelos, en la parte superior de este panel.</translation>
    </message>
    <message>
        <source>Wait until the model runner is installed.</source>
        <translation>Espere a que el ejecutor de modelos esté instalado.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>The view shows nothing of “{layer}”. Zoom to it, or choose another layer.</source>
        <translation>La vista no muestra nada de «{layer}». Acérquese a ella o elija otra capa.</translation>
    </message>
    <message>
        <source>The project has no coordinate reference system. Click the globe at the right of QGIS&apos;s status bar and choose one.</source>
        <translation>El proyecto no tiene sistema de referencia de coordenadas. Haga clic en el globo a la derecha de la barra de estado de QGIS y elija uno.</translation>
    </message>
</context>
<context>
    <name>ModelDetails</name>
    <message>
        <source>Accuracy</source>
        <translation>Exactitud</translation>
    </message>
    <message>
        <source>Accuracy by region</source>
        <translation>Exactitud por región</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Calibración</translation>
    </message>
    <message>
        <source>Choose a model to read what it is.</source>
        <translation>Elija un modelo para leer qué es.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Copy the citation</source>
        <translation>Copiar la cita</translation>
    </message>
    <message>
        <source>Copy: {what}</source>
        <translation>Copiar: {what}</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Carpeta</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Entradas</translation>
    </message>
    <message>
        <source>Inputs by branch and band</source>
        <translation>Entradas por rama y banda</translation>
    </message>
    <message>
        <source>Its authors say nothing about its accuracy: check it where you know the glaciers.</source>
        <translation>Sus autores no dicen nada de su exactitud: compruébelo donde conozca los glaciares.</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Needs</source>
        <translation>Necesita</translation>
    </message>
    <message>
        <source>Please cite</source>
        <translation>Citar como</translation>
    </message>
    <message>
        <source>The curve falls in places: a higher raw confidence is not always a higher calibrated one.</source>
        <translation>La curva baja en algunos tramos: una confianza bruta mayor no siempre da una calibrada mayor.</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Versión</translation>
    </message>
    <message>
        <source>calibrated</source>
        <translation>calibrada</translation>
    </message>
    <message>
        <source>raw confidence</source>
        <translation>confianza bruta</translation>
    </message>
    <message>
        <source>raw probability</source>
        <translation>probabilidad bruta</translation>
    </message>
    <message>
        <source>No figures came with it. What is known stands at “Limits”; check it where you know the glaciers.</source>
        <translation>No trae cifras. Lo que se sabe está en «Límites»; compruébelo donde conozca los glaciares.</translation>
    </message>
</context>
<context>
    <name>ModelFacts</name>
    <message>
        <source>Architecture</source>
        <translation>Arquitectura</translation>
    </message>
    <message>
        <source>Band</source>
        <translation>Banda</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Rama</translation>
    </message>
    <message>
        <source>Checksum</source>
        <translation>Suma de verificación</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Creado</translation>
    </message>
    <message>
        <source>Each class has a scale and a shift of its own.</source>
        <translation>Cada clase tiene su propia escala y su propio desplazamiento.</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>IoU</source>
        <translation>IoU</translation>
    </message>
    <message>
        <source>Is told</source>
        <translation>Recibe</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Limitaciones</translation>
    </message>
    <message>
        <source>Made from</source>
        <translation>Hecho a partir de</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Needed</source>
        <translation>Necesaria</translation>
    </message>
    <message>
        <source>Optical</source>
        <translation>Óptico</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Precisión</translation>
    </message>
    <message>
        <source>Radar co-pol</source>
        <translation>Radar co-pol</translation>
    </message>
    <message>
        <source>Radar coherence</source>
        <translation>Coherencia radar</translation>
    </message>
    <message>
        <source>Radar cross-pol</source>
        <translation>Radar pol. cruzada</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Exhaustividad</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Región</translation>
    </message>
    <message>
        <source>Regions</source>
        <translation>Regiones</translation>
    </message>
    <message>
        <source>Scaled</source>
        <translation>Escalado</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Fuente</translation>
    </message>
    <message>
        <source>Terrain</source>
        <translation>Terreno</translation>
    </message>
    <message>
        <source>The confidence is read from a curve that belongs to this model; the probability stays.</source>
        <translation>La confianza se lee de una curva propia de este modelo; la probabilidad no cambia.</translation>
    </message>
    <message>
        <source>The probabilities are shown as the network gives them.</source>
        <translation>Las probabilidades se muestran como las da la red.</translation>
    </message>
    <message>
        <source>The probabilities are softened or sharpened by a temperature of {value}.</source>
        <translation>Las probabilidades se suavizan o agudizan con una temperatura de {value}.</translation>
    </message>
    <message>
        <source>Thermal</source>
        <translation>Térmico</translation>
    </message>
    <message>
        <source>Tiles</source>
        <translation>Teselas</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Versión</translation>
    </message>
    <message>
        <source>any</source>
        <translation>cualquiera</translation>
    </message>
    <message>
        <source>as they are</source>
        <translation>tal cual</translation>
    </message>
    <message>
        <source>from {a} to {b}</source>
        <translation>de {a} a {b}</translation>
    </message>
    <message>
        <source>full (float32)</source>
        <translation>completa (float32)</translation>
    </message>
    <message>
        <source>its coordinates</source>
        <translation>sus coordenadas</translation>
    </message>
    <message>
        <source>log10, {scaling}</source>
        <translation>log10, {scaling}</translation>
    </message>
    <message>
        <source>mean {a}, deviation {b}</source>
        <translation>media {a}, desviación {b}</translation>
    </message>
    <message>
        <source>no</source>
        <translation>no</translation>
    </message>
    <message>
        <source>not said: ask its authors before you share results</source>
        <translation>no indicada: pregunte a sus autores antes de compartir resultados</translation>
    </message>
    <message>
        <source>one of several</source>
        <translation>una de varias</translation>
    </message>
    <message>
        <source>or</source>
        <translation>o</translation>
    </message>
    <message>
        <source>reduced ({precision}), not checked</source>
        <translation>reducida ({precision}), sin comprobar</translation>
    </message>
    <message>
        <source>reduced ({precision}): {flipped} % of the pixels change sides, IoU lost {lost}</source>
        <translation>reducida ({precision}): el {flipped} % de los píxeles cambia de lado, IoU perdido {lost}</translation>
    </message>
    <message>
        <source>the region of the scene</source>
        <translation>la región de la escena</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>sí</translation>
    </message>
    <message>
        <source>{architecture}, {count} million parameters</source>
        <translation>{architecture}, {count} millones de parámetros</translation>
    </message>
    <message>
        <source>{side} × {side} pixels, step {step}</source>
        <translation>{side} × {side} píxeles, paso {step}</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>Redes</translation>
    </message>
    <message>
        <source>ensemble of {count}, trained one by one; their mean counts</source>
        <translation>conjunto de {count}, entrenadas una por una; cuenta su media</translation>
    </message>
    <message>
        <source>ensemble of {count}: one network under masks of its dropout; their mean counts</source>
        <translation>conjunto de {count}: una red con distintas máscaras de su dropout; cuenta su media</translation>
    </message>
    <message>
        <source>The probabilities are softened or sharpened by a temperature of each region: {regions}; elsewhere {value}.</source>
        <translation>Las probabilidades se suavizan o agudizan con una temperatura propia de cada región: {regions}; en las demás, {value}.</translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message>
        <source>Layers in view</source>
        <translation>Capas en la vista</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Versión</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>integrado</translation>
    </message>
    <message>
        <source>can&apos;t be used</source>
        <translation>no se puede usar</translation>
    </message>
</context>
<context>
    <name>ModelPanel</name>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>The model still needs {roles}.</source>
        <translation>El modelo aún necesita {roles}.</translation>
    </message>
    <message>
        <source>Version {version} · {licence}</source>
        <translation>Versión {version} · {licence}</translation>
    </message>
    <message>
        <source>Add, look at and remove models</source>
        <translation>Añadir, ver y eliminar modelos</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>Modelos…</translation>
    </message>
    <message>
        <source>This project maps with “{model}”, which is not installed. Add it under Models…, or go on with another model.</source>
        <translation>Este proyecto cartografía con «{model}», que no está instalado. Añádalo en Modelos… o siga con otro modelo.</translation>
    </message>
    <message>
        <source>{model} · {fit}</source>
        <translation>{model} · {fit}</translation>
    </message>
    <message>
        <source>Ensemble of {count} networks: each of them computes every tile.</source>
        <translation>Conjunto de {count} redes: cada una calcula todas las teselas.</translation>
    </message>
</context>
<context>
    <name>ModelsDialog</name>
    <message>
        <source>&amp;Add a model</source>
        <translation>&amp;Añadir un modelo</translation>
    </message>
    <message>
        <source>&amp;Remove…</source>
        <translation>&amp;Eliminar…</translation>
    </message>
    <message>
        <source>A model “{model}” is installed already. Replace it?</source>
        <translation>Ya hay instalado un modelo «{model}». ¿Reemplazarlo?</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>Chec&amp;k</source>
        <translation>&amp;Comprobar</translation>
    </message>
    <message>
        <source>Compute the sample that came with the package and compare</source>
        <translation>Calcular la muestra que venía con el paquete y comparar</translation>
    </message>
    <message>
        <source>Downloading: {there}</source>
        <translation>Descargando: {there}</translation>
    </message>
    <message>
        <source>Downloading: {there} of {total}</source>
        <translation>Descargando: {there} de {total}</translation>
    </message>
    <message>
        <source>Folder of a model package</source>
        <translation>Carpeta de un paquete de modelo</translation>
    </message>
    <message>
        <source>From a &amp;folder…</source>
        <translation>De una &amp;carpeta…</translation>
    </message>
    <message>
        <source>From a &amp;zip file…</source>
        <translation>De un archivo &amp;zip…</translation>
    </message>
    <message>
        <source>From an &amp;address…</source>
        <translation>De una &amp;dirección…</translation>
    </message>
    <message>
        <source>Import &amp;Keras weights…</source>
        <translation>Importar pesos de &amp;Keras…</translation>
    </message>
    <message>
        <source>Model package</source>
        <translation>Paquete de modelo</translation>
    </message>
    <message>
        <source>Model packages (*.zip);;All files (*)</source>
        <translation>Paquetes de modelos (*.zip);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>No package is installed yet. “Add a model” brings one here, from a file or from the network.</source>
        <translation>Aún no hay ningún paquete instalado. «Añadir un modelo» trae uno, de un archivo o de la red.</translation>
    </message>
    <message>
        <source>Packages lie in {folder}</source>
        <translation>Los paquetes están en {folder}</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Progreso</translation>
    </message>
    <message>
        <source>Remove the model?</source>
        <translation>¿Eliminar el modelo?</translation>
    </message>
    <message>
        <source>Remove “{model}” with all of its files? Maps made with it stay as they are.</source>
        <translation>¿Eliminar «{model}» con todos sus archivos? Los mapas hechos con él quedan como están.</translation>
    </message>
    <message>
        <source>Replace the model?</source>
        <translation>¿Reemplazar el modelo?</translation>
    </message>
    <message>
        <source>“{model}” computes its sample as it should: at most {difference} off, {tolerance} is allowed.</source>
        <translation>«{model}» calcula su muestra como debe: se desvía {difference} como máximo; se permite {tolerance}.</translation>
    </message>
    <message>
        <source>“{model}” loads and fits its card; it brought no sample to compare with.</source>
        <translation>«{model}» se carga y concuerda con su ficha; no traía ninguna muestra con la que comparar.</translation>
    </message>
    <message>
        <source>Name of the model</source>
        <translation>Nombre del modelo</translation>
    </message>
</context>
<context>
    <name>NetworkPanel</name>
    <message>
        <source>As the &amp;published deployment</source>
        <translation>Como el &amp;despliegue publicado</translation>
    </message>
    <message>
        <source>Average over 8 &amp;symmetries</source>
        <translation>Promediar 8 sime&amp;trías</translation>
    </message>
    <message>
        <source>Blending</source>
        <translation>Fusión</translation>
    </message>
    <message>
        <source>Blending of the tiles</source>
        <translation>Fusión de las teselas</translation>
    </message>
    <message>
        <source>Each place is computed about {count} times.</source>
        <translation>Cada lugar se calcula unas {count} veces.</translation>
    </message>
    <message>
        <source>Gaussian</source>
        <translation>Gaussiana</translation>
    </message>
    <message>
        <source>How many tiles are computed together; measured once on each machine.</source>
        <translation>Cuántas teselas se calculan a la vez; se mide una vez en cada equipo.</translation>
    </message>
    <message>
        <source>Maps the scene turned and mirrored as well. Eight times as long.</source>
        <translation>Cartografía también la escena girada y reflejada. Tarda ocho veces más.</translation>
    </message>
    <message>
        <source>More overlap hides the seams between tiles better and takes longer.</source>
        <translation>Más solape oculta mejor las costuras entre teselas y tarda más.</translation>
    </message>
    <message>
        <source>Overlap</source>
        <translation>Solape</translation>
    </message>
    <message>
        <source>Overlap of the tiles</source>
        <translation>Solape de las teselas</translation>
    </message>
    <message>
        <source>Pads, tiles and weights as the model&apos;s authors do, to compare with their maps digit by digit.</source>
        <translation>Rellena, divide en teselas y pondera como los autores del modelo, para comparar con sus mapas dígito a dígito.</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Región</translation>
    </message>
    <message>
        <source>Reset to defaults</source>
        <translation>Restablecer los valores por defecto</translation>
    </message>
    <message>
        <source>The model is told where it is. Automatic takes the region of the scene.</source>
        <translation>Se indica al modelo dónde está. Automático toma la región de la escena.</translation>
    </message>
    <message>
        <source>Tiles at a time</source>
        <translation>Teselas a la vez</translation>
    </message>
    <message>
        <source>Tiles step by half their side, weighted by a Gaussian, as published.</source>
        <translation>Las teselas avanzan la mitad de su lado, ponderadas con una gaussiana, según lo publicado.</translation>
    </message>
    <message>
        <source>as the model says</source>
        <translation>según el modelo</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automático</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>modificado</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>medido</translation>
    </message>
    <message>
        <source>raised cosine</source>
        <translation>coseno alzado</translation>
    </message>
    <message>
        <source>{share} %</source>
        <translation>{share} %</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Avanzado</translation>
    </message>
    <message>
        <source>Not for this model: it learnt its scenes with north up, and turned ones would mislead it.</source>
        <translation>No para este modelo: aprendió sus escenas con el norte arriba, y las giradas lo confundirían.</translation>
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
    <name>OptionsPage</name>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>&amp;Analyst&apos;s name</source>
        <translation>Nombre del &amp;analista</translation>
    </message>
    <message>
        <source>&amp;Folder</source>
        <translation>&amp;Carpeta</translation>
    </message>
    <message>
        <source>&amp;Memory limit</source>
        <translation>Límite de &amp;memoria</translation>
    </message>
    <message>
        <source>&amp;Packages (offline)</source>
        <translation>&amp;Paquetes (sin red)</translation>
    </message>
    <message>
        <source>&amp;Results in</source>
        <translation>&amp;Resultados en</translation>
    </message>
    <message>
        <source>&amp;Threads</source>
        <translation>&amp;Hilos</translation>
    </message>
    <message>
        <source>Analyst and results</source>
        <translation>Analista y resultados</translation>
    </message>
    <message>
        <source>Analyst&apos;s name</source>
        <translation>Nombre del analista</translation>
    </message>
    <message>
        <source>Click again to remove it</source>
        <translation>Pulse otra vez para eliminarlo</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>Cálculo</translation>
    </message>
    <message>
        <source>Folder for the results</source>
        <translation>Carpeta para los resultados</translation>
    </message>
    <message>
        <source>Folder of the model runner</source>
        <translation>Carpeta del ejecutor de modelos</translation>
    </message>
    <message>
        <source>Folder with downloaded packages</source>
        <translation>Carpeta con los paquetes descargados</translation>
    </message>
    <message>
        <source>Glacier Mapper</source>
        <translation>Glacier Mapper</translation>
    </message>
    <message>
        <source>How many processor threads a mapping may use.</source>
        <translation>Cuántos hilos del procesador puede usar una cartografía.</translation>
    </message>
    <message>
        <source>Large views are computed in strips that fit into this much memory.</source>
        <translation>Las vistas grandes se calculan por franjas que caben en esta memoria.</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>Límite de memoria</translation>
    </message>
    <message>
        <source>Model runner</source>
        <translation>Ejecutor de modelos</translation>
    </message>
    <message>
        <source>Remove model runner ({size})</source>
        <translation>Eliminar el ejecutor de modelos ({size})</translation>
    </message>
    <message>
        <source>The model runner has a Python environment of its own. Removing it touches no result.</source>
        <translation>El ejecutor de modelos tiene un entorno de Python propio. Eliminarlo no afecta a ningún resultado.</translation>
    </message>
    <message>
        <source>The model runner is not installed</source>
        <translation>El ejecutor de modelos no está instalado</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Hilos</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automático</translation>
    </message>
    <message>
        <source>beside the project</source>
        <translation>junto al proyecto</translation>
    </message>
    <message>
        <source>from the network</source>
        <translation>de la red</translation>
    </message>
    <message>
        <source>Folder of the model packages</source>
        <translation>Carpeta de los paquetes de modelos</translation>
    </message>
    <message>
        <source>Model packa&amp;ges in</source>
        <translation>Paquetes de m&amp;odelos en</translation>
    </message>
    <message>
        <source>Model servers</source>
        <translation>Servidores de modelos</translation>
    </message>
    <message>
        <source>Models and model servers</source>
        <translation>Modelos y servidores de modelos</translation>
    </message>
    <message>
        <source>Name or initials, written to each outline; the login name where it is empty</source>
        <translation>Nombre o iniciales que se escriben en cada contorno; si está vacío, el nombre de usuario</translation>
    </message>
    <message>
        <source>{name} (the login name)</source>
        <translation>{name} (el nombre de usuario)</translation>
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
    <message>
        <source>An edited outline of “{layer}” had several parts; each part is an outline of its own now.</source>
        <translation>Un contorno editado de «{layer}» tenía varias partes; cada parte es ahora un contorno propio.</translation>
    </message>
    <message>
        <source>Saved, but an edited outline of “{layer}” crosses itself. Mend it before the export.</source>
        <translation>Guardado, pero un contorno editado de «{layer}» se cruza a sí mismo. Corríjalo antes de exportar.</translation>
    </message>
    <message>
        <source>Saved, but an edited outline of “{layer}” has no shape. Delete it.</source>
        <translation>Guardado, pero un contorno editado de «{layer}» no tiene forma. Bórrelo.</translation>
    </message>
    <message>
        <source>A copy pasted onto its original in “{layer}” is not saved: outlines never overlap, so nothing was left of it.</source>
        <translation>No se guarda una copia pegada sobre su original en «{layer}»: los contornos nunca se solapan, así que no quedó nada de ella.</translation>
    </message>
    <message>
        <source>{count} copies pasted onto their originals in “{layer}” are not saved: outlines never overlap.</source>
        <translation>No se guardan {count} copias pegadas sobre sus originales en «{layer}»: los contornos nunca se solapan.</translation>
    </message>
    <message>
        <source>The ID of an outline of “{layer}” stays as it was: the history hangs on it.</source>
        <translation>El ID de un contorno de «{layer}» queda como estaba: de él depende su historial.</translation>
    </message>
    <message>
        <source>The IDs of {count} outlines of “{layer}” stay as they were.</source>
        <translation>Los ID de {count} contornos de «{layer}» quedan como estaban.</translation>
    </message>
    <message>
        <source>The review of an outline of “{layer}” is again what it was. It may be open, accepted, rejected or needs_work.</source>
        <translation>La revisión de un contorno de «{layer}» vuelve a ser la que era. Puede ser open, accepted, rejected o needs_work.</translation>
    </message>
    <message>
        <source>The review of {count} outlines of “{layer}” is again what it was. It may be open, accepted, rejected or needs_work.</source>
        <translation>La revisión de {count} contornos de «{layer}» vuelve a ser la que era. Puede ser open, accepted, rejected o needs_work.</translation>
    </message>
    <message>
        <source>The record of an outline of “{layer}” is again what it was: its origin, model, sources and last edit are written by Glacier Mapper alone.</source>
        <translation>El registro de un contorno de «{layer}» vuelve a ser el que era: su origen, modelo, fuentes y última edición los escribe solo Glacier Mapper.</translation>
    </message>
    <message>
        <source>The records of {count} outlines of “{layer}” are again what they were: their origin, model, sources and last edit are written by Glacier Mapper alone.</source>
        <translation>Los registros de {count} contornos de «{layer}» vuelven a ser los que eran: su origen, modelo, fuentes y última edición los escribe solo Glacier Mapper.</translation>
    </message>
</context>
<context>
    <name>OutlinePanel</name>
    <message>
        <source>From 0, none, to 1; the line never moves by more than half a pixel.</source>
        <translation>De 0, ninguno, a 1; la línea nunca se mueve más de medio píxel.</translation>
    </message>
    <message>
        <source>Outlines below this area are left out. Inventories use 0.01 km².</source>
        <translation>Los contornos por debajo de esta área se omiten. Los inventarios usan 0.01 km².</translation>
    </message>
    <message>
        <source>Probability at the line</source>
        <translation>Probabilidad en la línea</translation>
    </message>
    <message>
        <source>Rock islands below this area are filled; 0 keeps all of them.</source>
        <translation>Las islas de roca por debajo de esta área se rellenan; 0 las conserva todas.</translation>
    </message>
    <message>
        <source>Smallest glacier</source>
        <translation>Glaciar mínimo</translation>
    </message>
    <message>
        <source>Smallest hole</source>
        <translation>Hueco mínimo</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Suavizado</translation>
    </message>
    <message>
        <source>The outline runs where the probability of glacier has this value.</source>
        <translation>El contorno pasa por donde la probabilidad de glaciar tiene este valor.</translation>
    </message>
    <message>
        <source>from {area}, smoothing {smoothing}</source>
        <translation>desde {area}, suavizado {smoothing}</translation>
    </message>
</context>
<context>
    <name>OutlinesAlgorithm</name>
    <message>
        <source>Analyst</source>
        <translation>Analista</translation>
    </message>
    <message>
        <source>Glacier probability (0 to 1)</source>
        <translation>Probabilidad de glaciar (0 a 1)</translation>
    </message>
    <message>
        <source>Outlines from probability</source>
        <translation>Contornos a partir de la probabilidad</translation>
    </message>
    <message>
        <source>Day of the image (YYYY-MM-DD; empty: from the report)</source>
        <translation>Día de la imagen (AAAA-MM-DD; vacío: el del informe)</translation>
    </message>
    <message>
        <source>Model that made the probability (empty: from its report)</source>
        <translation>Modelo que hizo la probabilidad (vacío: el de su informe)</translation>
    </message>
    <message>
        <source>Traces glacier outlines in a raster of glacier probability (0 to 1), at the position of the threshold within the pixels. Writes outlines with area, confidence and positional uncertainty, and their boundary section by section, into a GeoPackage.

The raster may be in any coordinate reference system: one that is not in metres is traced in UTM, or polar stereographic near the poles. A layer without a file of its own is written into the folder, too.

Empty model and day: as the report says where the raster is a mapping&apos;s own probability.tif with its report.json beside it.</source>
        <translation>Traza contornos de glaciares en un ráster de probabilidad de glaciar (0 a 1), en la posición del umbral dentro de los píxeles. Escribe en un GeoPackage los contornos con área, confianza e incertidumbre de posición, y su límite tramo a tramo.

El ráster puede estar en cualquier sistema de referencia de coordenadas: uno que no esté en metros se traza en UTM, o en estereográfica polar cerca de los polos. Una capa sin archivo propio también se escribe en la carpeta.

Modelo y día vacíos: como diga el informe, si el ráster es el probability.tif de una cartografía con su report.json al lado.</translation>
    </message>
</context>
<context>
    <name>Plugin</name>
    <message>
        <source>Export glacier outlines…</source>
        <translation>Exportar contornos de glaciares…</translation>
    </message>
    <message>
        <source>Glacier Mapper panel</source>
        <translation>Panel de Glacier Mapper</translation>
    </message>
    <message>
        <source>Show the panel that maps glaciers in view</source>
        <translation>Mostrar el panel que cartografía los glaciares de la vista</translation>
    </message>
</context>
<context>
    <name>ReviewCard</name>
    <message>
        <source>Accept</source>
        <translation>Aceptar</translation>
    </message>
    <message>
        <source>Accept the outline (A)</source>
        <translation>Aceptar el contorno (A)</translation>
    </message>
    <message>
        <source>Choose one in the list, or press N.</source>
        <translation>Elija uno en la lista o pulse N.</translation>
    </message>
    <message>
        <source>Come back to it later (W)</source>
        <translation>Volver a él más tarde (W)</translation>
    </message>
    <message>
        <source>Correct the outline with QGIS&apos;s vertex tool (V)</source>
        <translation>Corregir el contorno con la herramienta de vértices de QGIS (V)</translation>
    </message>
    <message>
        <source>Edit vertices</source>
        <translation>Editar vértices</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>Formulario</translation>
    </message>
    <message>
        <source>Give the outline the shape again that the model drew (O)</source>
        <translation>Devolver al contorno la forma que dibujó el modelo (O)</translation>
    </message>
    <message>
        <source>Needs work</source>
        <translation>Por corregir</translation>
    </message>
    <message>
        <source>New outline</source>
        <translation>Contorno nuevo</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Siguiente</translation>
    </message>
    <message>
        <source>Next outline (N)</source>
        <translation>Contorno siguiente (N)</translation>
    </message>
    <message>
        <source>No outline selected</source>
        <translation>Ningún contorno seleccionado</translation>
    </message>
    <message>
        <source>Note on this outline</source>
        <translation>Nota sobre este contorno</translation>
    </message>
    <message>
        <source>Open the outline&apos;s attribute form (F)</source>
        <translation>Abrir el formulario de atributos del contorno (F)</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>Anterior</translation>
    </message>
    <message>
        <source>Previous outline (P)</source>
        <translation>Contorno anterior (P)</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Rechazar</translation>
    </message>
    <message>
        <source>Reject the outline: no glacier (R)</source>
        <translation>Rechazar el contorno: no es glaciar (R)</translation>
    </message>
    <message>
        <source>Restore original</source>
        <translation>Restaurar original</translation>
    </message>
    <message>
        <source>Show the outline on the map (Z)</source>
        <translation>Mostrar el contorno en el mapa (Z)</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Acercar</translation>
    </message>
    <message>
        <source>{area} km² together</source>
        <translation>{area} km² en conjunto</translation>
    </message>
    <message>
        <source>{count} outlines selected</source>
        <translation>{count} contornos seleccionados</translation>
    </message>
</context>
<context>
    <name>ReviewModel</name>
    <message>
        <source>#</source>
        <translation>#</translation>
    </message>
    <message>
        <source>Area in square kilometres</source>
        <translation>Área en kilómetros cuadrados</translation>
    </message>
    <message>
        <source>How far the line may lie off, in metres</source>
        <translation>Cuánto puede desviarse la línea, en metros</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>What you said of the outline</source>
        <translation>Lo que usted dijo del contorno</translation>
    </message>
    <message>
        <source>Where to look first: the most uncertain area has rank 1.</source>
        <translation>Dónde mirar primero: el área más incierta tiene el rango 1.</translation>
    </message>
    <message>
        <source>km²</source>
        <translation>km²</translation>
    </message>
    <message>
        <source>± m</source>
        <translation>± m</translation>
    </message>
    <message>
        <source>Conf.</source>
        <translation>Conf.</translation>
    </message>
    <message>
        <source>Confidence: how sure the model is of this outline, 0 to 1</source>
        <translation>Confianza: cuán seguro está el modelo de este contorno, de 0 a 1</translation>
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
    <name>ReviewPanel</name>
    <message>
        <source>All outlines</source>
        <translation>Todos los contornos</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Eliminado</translation>
    </message>
    <message>
        <source>Export the outlines</source>
        <translation>Exportar los contornos</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Find ID or note</source>
        <translation>Buscar ID o nota</translation>
    </message>
    <message>
        <source>Go on to the next outline after a verdict</source>
        <translation>Seguir con el siguiente tras un veredicto</translation>
    </message>
    <message>
        <source>Map glaciers first. Their outlines appear here, the least sure first.</source>
        <translation>Cartografíe primero los glaciares. Sus contornos aparecen aquí, los menos seguros primero.</translation>
    </message>
    <message>
        <source>New outline</source>
        <translation>Contorno nuevo</translation>
    </message>
    <message>
        <source>No outline fits the filter.</source>
        <translation>Ningún contorno cumple el filtro.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abierto</translation>
    </message>
    <message>
        <source>Outlines to review</source>
        <translation>Contornos por revisar</translation>
    </message>
    <message>
        <source>Outlines, the least sure first</source>
        <translation>Contornos, los menos seguros primero</translation>
    </message>
    <message>
        <source>Show outlines of this state</source>
        <translation>Mostrar los contornos de este estado</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>Pendiente</translation>
    </message>
    <message>
        <source>Reading the outlines…</source>
        <translation>Leyendo los contornos…</translation>
    </message>
    <message>
        <source>No glacier found. A lower threshold takes more.</source>
        <translation>Ningún glaciar encontrado. Un umbral más bajo abarca más.</translation>
    </message>
    <message>
        <source>The layer&apos;s filter hides all outlines.</source>
        <translation>El filtro de la capa oculta todos los contornos.</translation>
    </message>
    <message>
        <source>Teach the model by the outlines that are reviewed</source>
        <translation>Enseñar al modelo con los contornos revisados</translation>
    </message>
    <message>
        <source>Teach the model…</source>
        <translation>Enseñar al modelo…</translation>
    </message>
</context>
<context>
    <name>ReviewSummary</name>
    <message>
        <source>Share of the area reviewed</source>
        <translation>Proporción del área revisada</translation>
    </message>
    <message>
        <source>{count} accepted</source>
        <translation>{count} aceptados</translation>
    </message>
    <message>
        <source>{count} deleted</source>
        <translation>{count} eliminados</translation>
    </message>
    <message>
        <source>{count} open</source>
        <translation>{count} abiertos</translation>
    </message>
    <message>
        <source>{count} rejected</source>
        <translation>{count} rechazados</translation>
    </message>
    <message>
        <source>{percent} % of {area} km² reviewed</source>
        <translation>{percent} % de {area} km² revisado</translation>
    </message>
    <message>
        <source>{count} to work on</source>
        <translation>{count} por corregir</translation>
    </message>
    <message>
        <source>1 accepted</source>
        <translation>1 aceptado</translation>
    </message>
    <message>
        <source>1 deleted</source>
        <translation>1 eliminado</translation>
    </message>
    <message>
        <source>1 open</source>
        <translation>1 abierto</translation>
    </message>
    <message>
        <source>1 rejected</source>
        <translation>1 rechazado</translation>
    </message>
    <message>
        <source>1 to work on</source>
        <translation>1 por corregir</translation>
    </message>
    <message>
        <source>1 hidden by the layer&apos;s filter</source>
        <translation>1 oculto por el filtro de la capa</translation>
    </message>
    <message>
        <source>{count} hidden by the layer&apos;s filter</source>
        <translation>{count} ocultos por el filtro de la capa</translation>
    </message>
</context>
<context>
    <name>RoleRow</name>
    <message>
        <source>needed</source>
        <translation>necesaria</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>sin usar</translation>
    </message>
    <message>
        <source>one is needed</source>
        <translation>se necesita una</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>opcional</translation>
    </message>
</context>
<context>
    <name>RolesPanel</name>
    <message>
        <source>Also show roles without a use here</source>
        <translation>Mostrar también funciones sin uso aquí</translation>
    </message>
    <message>
        <source>Check: {reason}</source>
        <translation>Compruebe: {reason}</translation>
    </message>
    <message>
        <source>Chosen by hand.</source>
        <translation>Elegida a mano.</translation>
    </message>
    <message>
        <source>Computed from the elevation.</source>
        <translation>Calculada a partir de la elevación.</translation>
    </message>
    <message>
        <source>Guess the roles anew and drop what was chosen by hand</source>
        <translation>Deducir las funciones de nuevo y descartar lo elegido a mano</translation>
    </message>
    <message>
        <source>Left out by hand.</source>
        <translation>Excluida a mano.</translation>
    </message>
    <message>
        <source>Missing: choose a band.</source>
        <translation>Falta: elija una banda.</translation>
    </message>
    <message>
        <source>No band found.</source>
        <translation>No se encontró ninguna banda.</translation>
    </message>
    <message>
        <source>No raster layer yet.</source>
        <translation>Aún no hay ninguna capa ráster.</translation>
    </message>
    <message>
        <source>Optical</source>
        <translation>Óptico</translation>
    </message>
    <message>
        <source>Radar</source>
        <translation>Radar</translation>
    </message>
    <message>
        <source>Terrain</source>
        <translation>Terreno</translation>
    </message>
    <message>
        <source>Thermal</source>
        <translation>Térmico</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>sin usar</translation>
    </message>
    <message>
        <source>{count} set</source>
        <translation>Asignadas: {count}</translation>
    </message>
    <message>
        <source>{count} set, {unsure} to check</source>
        <translation>Asignadas: {count}, por comprobar: {unsure}</translation>
    </message>
    <message>
        <source>Check: this band has two roles.</source>
        <translation>Compruebe: esta banda tiene dos funciones.</translation>
    </message>
    <message>
        <source>Choose one of these.</source>
        <translation>Elija una de estas.</translation>
    </message>
    <message>
        <source>band {band} · {layer}</source>
        <translation>banda {band} · {layer}</translation>
    </message>
    <message>
        <source>{band} ({description}) · {layer}</source>
        <translation>{band} ({description}) · {layer}</translation>
    </message>
    <message>
        <source>All roles</source>
        <translation>Ver todas</translation>
    </message>
    <message>
        <source>Guess &amp;again</source>
        <translation>Deducir de n&amp;uevo</translation>
    </message>
    <message>
        <source>The first orbit stands in for it.</source>
        <translation>La sustituye la primera órbita.</translation>
    </message>
    <message>
        <source>In view but not mapped: {layers}. Zoom to it, or choose its bands here.</source>
        <translation>En la vista pero sin cartografiar: {layers}. Acérquese a ella o elija aquí sus bandas.</translation>
    </message>
</context>
<context>
    <name>RulesPanel</name>
    <message>
        <source>Lakes have a high ratio like ice; a high normalised difference water index tells them.</source>
        <translation>Los lagos tienen un cociente alto como el hielo; un índice de agua de diferencia normalizada alto los delata.</translation>
    </message>
    <message>
        <source>Melting ice is no warmer than 273 K; mixed pixels are a little warmer.</source>
        <translation>El hielo en fusión no supera los 273 K; los píxeles mixtos son algo más cálidos.</translation>
    </message>
    <message>
        <source>Plants in thin shadow can pass the ratio; their vegetation index tells them.</source>
        <translation>Las plantas en sombra tenue pueden superar el cociente; su índice de vegetación las delata.</translation>
    </message>
    <message>
        <source>Rock in shadow has a high ratio, too, but it is darker in the blue than ice in shadow.</source>
        <translation>La roca en sombra también tiene un cociente alto, pero en el azul es más oscura que el hielo en sombra.</translation>
    </message>
    <message>
        <source>Skipped: no band for {roles}.</source>
        <translation>Omitida: no hay banda para {roles}.</translation>
    </message>
    <message>
        <source>Water lies flat: where the slope is known, steeper ground is never taken for water.</source>
        <translation>El agua es horizontal: donde se conoce la pendiente, el terreno más inclinado nunca se toma por agua.</translation>
    </message>
    <message>
        <source>Water only on slopes below</source>
        <translation>Agua: pendiente menor de</translation>
    </message>
    <message>
        <source>Shadow: blue at least</source>
        <translation>Sombra: azul mínimo</translation>
    </message>
    <message>
        <source>Vegetation: NDVI at most</source>
        <translation>Vegetación: NDVI máximo</translation>
    </message>
    <message>
        <source>Warm ground: at most</source>
        <translation>Suelo cálido: máximo</translation>
    </message>
    <message>
        <source>Water: NDWI at most</source>
        <translation>Agua: NDWI máximo</translation>
    </message>
</context>
<context>
    <name>RunNotes</name>
    <message>
        <source>1 more note</source>
        <translation>1 nota más</translation>
    </message>
    <message>
        <source>1 note</source>
        <translation>1 nota</translation>
    </message>
    <message>
        <source>{count} more notes</source>
        <translation>{count} notas más</translation>
    </message>
    <message>
        <source>{count} notes</source>
        <translation>{count} notas</translation>
    </message>
</context>
<context>
    <name>RunPanel</name>
    <message>
        <source>1 outline, {area} km², in {time}</source>
        <translation>1 contorno, {area} km², en {time}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancel (Esc)</source>
        <translation>Cancelar (Esc)</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>Choose the folder for the results</source>
        <translation>Elegir la carpeta para los resultados</translation>
    </message>
    <message>
        <source>Folder for the results</source>
        <translation>Carpeta para los resultados</translation>
    </message>
    <message>
        <source>No glacier found in the view, in {time}. A lower threshold takes more.</source>
        <translation>Ningún glaciar en la vista, en {time}. Un umbral más bajo abarca más.</translation>
    </message>
    <message>
        <source>Open the folder with the results</source>
        <translation>Abrir la carpeta con los resultados</translation>
    </message>
    <message>
        <source>Pixels of {size} m, {tiles} tiles, {memory} of memory</source>
        <translation>Píxeles de {size} m, {tiles} teselas, {memory} de memoria</translation>
    </message>
    <message>
        <source>Progress of the mapping</source>
        <translation>Progreso de la cartografía</translation>
    </message>
    <message>
        <source>Results &amp;in</source>
        <translation>Resultados &amp;en</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Empezando…</translation>
    </message>
    <message>
        <source>about {time}</source>
        <translation>tiempo: {time}</translation>
    </message>
    <message>
        <source>beside the project</source>
        <translation>junto al proyecto</translation>
    </message>
    <message>
        <source>{count} outlines, {area} km², in {time}</source>
        <translation>{count} contornos, {area} km², en {time}</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} de {total}</translation>
    </message>
    <message>
        <source>{size} on disk</source>
        <translation>{size} en disco</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>quedan {time}</translation>
    </message>
    <message>
        <source>Device, time and size are not known yet.</source>
        <translation>El dispositivo, el tiempo y el tamaño aún no se conocen.</translation>
    </message>
    <message>
        <source>Map &amp;glaciers in view</source>
        <translation>Cartografiar los &amp;glaciares de la vista</translation>
    </message>
    <message>
        <source>Maps what the map canvas shows.</source>
        <translation>Cartografía lo que muestra el lienzo del mapa.</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>aún sin medir</translation>
    </message>
    <message>
        <source>{count} tiles</source>
        <translation>{count} teselas</translation>
    </message>
    <message>
        <source>{done} of {total} tiles</source>
        <translation>{done} de {total} teselas</translation>
    </message>
    <message>
        <source>Zoom to the layer</source>
        <translation>Acercarse a la capa</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>midiendo…</translation>
    </message>
</context>
<context>
    <name>RunnerCard</name>
    <message>
        <source>Cancelled. What was downloaded is kept.</source>
        <translation>Cancelado. Lo descargado se conserva.</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>Choose the folder with downloaded packages</source>
        <translation>Elegir la carpeta con los paquetes descargados</translation>
    </message>
    <message>
        <source>Computes on</source>
        <translation>Calcula con</translation>
    </message>
    <message>
        <source>Download: {download}, on disk: {disk} ({free} free)</source>
        <translation>Descarga: {download}, en disco: {disk} ({free} libres)</translation>
    </message>
    <message>
        <source>Folder with downloaded packages</source>
        <translation>Carpeta con los paquetes descargados</translation>
    </message>
    <message>
        <source>Folder with downloaded packages, for an installation without network</source>
        <translation>Carpeta con los paquetes descargados, para una instalación sin red</translation>
    </message>
    <message>
        <source>From: {source}</source>
        <translation>De: {source}</translation>
    </message>
    <message>
        <source>Installing the model runner…</source>
        <translation>Instalando el ejecutor de modelos…</translation>
    </message>
    <message>
        <source>Installs: {count} packages, Python {python}</source>
        <translation>Instala: {count} paquetes, Python {python}</translation>
    </message>
    <message>
        <source>Into: {folder}</source>
        <translation>En: {folder}</translation>
    </message>
    <message>
        <source>It is there but does not start.</source>
        <translation>Está ahí, pero no arranca.</translation>
    </message>
    <message>
        <source>It was made by another version of Glacier Mapper.</source>
        <translation>Lo creó otra versión de Glacier Mapper.</translation>
    </message>
    <message>
        <source>Looking for the model runner…</source>
        <translation>Buscando el ejecutor de modelos…</translation>
    </message>
    <message>
        <source>Maps are computed by a model runner with a Python of its own, so that QGIS stays fast and untouched. It is installed once, into a private folder that you can remove at any time.</source>
        <translation>Los mapas los calcula un ejecutor de modelos con un Python propio, para que QGIS siga rápido e intacto. Se instala una vez, en una carpeta privada que puede eliminar en cualquier momento.</translation>
    </message>
    <message>
        <source>One step before the first map</source>
        <translation>Un paso antes del primer mapa</translation>
    </message>
    <message>
        <source>Progress of the installation</source>
        <translation>Progreso de la instalación</translation>
    </message>
    <message>
        <source>The model runner needs an update</source>
        <translation>El ejecutor de modelos necesita una actualización</translation>
    </message>
    <message>
        <source>The model runner needs repair</source>
        <translation>El ejecutor de modelos necesita una reparación</translation>
    </message>
    <message>
        <source>You can go on working; QGIS is not touched.</source>
        <translation>Puede seguir trabajando; QGIS no se toca.</translation>
    </message>
    <message>
        <source>from the network</source>
        <translation>de la red</translation>
    </message>
    <message>
        <source>Cancel installation</source>
        <translation>Cancelar la instalación</translation>
    </message>
    <message>
        <source>Install model ru&amp;nner</source>
        <translation>&amp;Instalar el ejecutor de modelos</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Paquetes</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>Reparar</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>Needed to import Keras weights and to train: {download} more to download, {disk} more on disk. It can be added later, too.</source>
        <translation>Hace falta para importar pesos de Keras y para entrenar: {download} más de descarga, {disk} más en disco. También se puede añadir más tarde.</translation>
    </message>
    <message>
        <source>Training and import (PyTorch)</source>
        <translation>Entrenamiento e importación (PyTorch)</translation>
    </message>
</context>
<context>
    <name>RunnerHost</name>
    <message>
        <source>Starting the model runner</source>
        <translation>Arrancando el ejecutor de modelos</translation>
    </message>
</context>
<context>
    <name>Section</name>
    <message>
        <source>folded</source>
        <translation>plegado</translation>
    </message>
    <message>
        <source>unfolded</source>
        <translation>desplegado</translation>
    </message>
</context>
<context>
    <name>ServerDialog</name>
    <message>
        <source>&amp;Address</source>
        <translation>&amp;Dirección</translation>
    </message>
    <message>
        <source>&amp;Certificate</source>
        <translation>&amp;Certificado</translation>
    </message>
    <message>
        <source>&amp;Test connection</source>
        <translation>&amp;Probar la conexión</translation>
    </message>
    <message>
        <source>A server that speaks the Open Inference Protocol v2 over HTTP: Triton, OpenVINO Model Server, KServe or MLServer. It must have the same model packages; the tiles of your scene are sent to it.</source>
        <translation>Un servidor que usa el protocolo Open Inference Protocol v2 por HTTP: Triton, OpenVINO Model Server, KServe o MLServer. Debe tener los mismos paquetes de modelos; se le envían las teselas de su escena.</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Dirección</translation>
    </message>
    <message>
        <source>Asking the server…</source>
        <translation>Consultando el servidor…</translation>
    </message>
    <message>
        <source>Authentication</source>
        <translation>Autenticación</translation>
    </message>
    <message>
        <source>Certificate of the authority</source>
        <translation>Certificado de la autoridad</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>Certificados (*.pem *.crt *.cer);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>From QGIS&apos;s own authentication store. A token: API header, or basic with the user name Bearer.</source>
        <translation>Del almacén de autenticación propio de QGIS. Un token: API header, o básica con el nombre de usuario Bearer.</translation>
    </message>
    <message>
        <source>Model server</source>
        <translation>Servidor de modelos</translation>
    </message>
    <message>
        <source>The server answers, but says that it is not ready yet.</source>
        <translation>El servidor responde, pero indica que aún no está listo.</translation>
    </message>
    <message>
        <source>go on here</source>
        <translation>seguir aquí</translation>
    </message>
    <message>
        <source>stop the run</source>
        <translation>detener la ejecución</translation>
    </message>
    <message>
        <source>those that this machine trusts</source>
        <translation>los de confianza de este equipo</translation>
    </message>
    <message>
        <source>{server} answers and serves {models} and {count} more.</source>
        <translation>{server} responde y sirve {models} y {count} más.</translation>
    </message>
    <message>
        <source>{server} answers and serves {models}.</source>
        <translation>{server} responde y sirve {models}.</translation>
    </message>
    <message>
        <source>{server} answers. It keeps the list of its models to itself.</source>
        <translation>{server} responde. No revela la lista de sus modelos.</translation>
    </message>
    <message>
        <source>When it &amp;fails</source>
        <translation>Si &amp;falla</translation>
    </message>
    <message>
        <source>When the server fails</source>
        <translation>Si el servidor falla</translation>
    </message>
</context>
<context>
    <name>ServerDoors</name>
    <message>
        <source>it is not among your model servers.</source>
        <translation>no está entre sus servidores de modelos.</translation>
    </message>
</context>
<context>
    <name>ServersBox</name>
    <message>
        <source>&amp;Change…</source>
        <translation>Cam&amp;biar…</translation>
    </message>
    <message>
        <source>A&amp;dd…</source>
        <translation>Aña&amp;dir…</translation>
    </message>
    <message>
        <source>Model servers</source>
        <translation>Servidores de modelos</translation>
    </message>
    <message>
        <source>No server yet: networks are computed on this machine.</source>
        <translation>Aún no hay servidor: las redes se calculan en este equipo.</translation>
    </message>
    <message>
        <source>Remo&amp;ve</source>
        <translation>E&amp;liminar</translation>
    </message>
    <message>
        <source>goes on here when it dies</source>
        <translation>si se cae, sigue aquí</translation>
    </message>
    <message>
        <source>open</source>
        <translation>abierto</translation>
    </message>
    <message>
        <source>stops when it dies</source>
        <translation>si se cae, se detiene</translation>
    </message>
    <message>
        <source>with authentication</source>
        <translation>con autenticación</translation>
    </message>
    <message>
        <source>{address} · {door} · {loss}</source>
        <translation>{address} · {door} · {loss}</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Diagnostics are in the clipboard.</source>
        <translation>El diagnóstico está en el portapapeles.</translation>
    </message>
    <message>
        <source>The project was closed meanwhile. The result is in {folder}.</source>
        <translation>El proyecto se cerró entretanto. El resultado está en {folder}.</translation>
    </message>
    <message>
        <source>{count} outlines, {area} km², in {seconds} s.</source>
        <translation>{count} contornos, {area} km², en {seconds} s.</translation>
    </message>
    <message>
        <source>{count} outline, {area} km², in {seconds} s.</source>
        <translation>{count} contorno, {area} km², en {seconds} s.</translation>
    </message>
    <message>
        <source>No glacier found in the view, in {seconds} s. A lower threshold takes more.</source>
        <translation>Ningún glaciar en la vista, en {seconds} s. Un umbral más bajo abarca más.</translation>
    </message>
</context>
<context>
    <name>SourceDate</name>
    <message>
        <source>Day on which the image was taken</source>
        <translation>Día en que se tomó la imagen</translation>
    </message>
    <message>
        <source>Found in the image or its name: {days}.</source>
        <translation>Encontrada en la imagen o en su nombre: {days}.</translation>
    </message>
    <message>
        <source>Image date</source>
        <translation>Fecha de imagen</translation>
    </message>
    <message>
        <source>Not found in the image. Outlines need it for an inventory.</source>
        <translation>No está en la imagen. Los contornos la necesitan para un inventario.</translation>
    </message>
    <message>
        <source>Set by hand; kept in the project.</source>
        <translation>Puesta a mano; se guarda en el proyecto.</translation>
    </message>
    <message>
        <source>several</source>
        <translation>varias</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>desconocida</translation>
    </message>
</context>
<context>
    <name>TeachDialog</name>
    <message>
        <source> m</source>
        <translation> m</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Descartar</translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation>&amp;Conservar</translation>
    </message>
    <message>
        <source>&amp;No glacier up to</source>
        <translation>Sin &amp;glaciar hasta</translation>
    </message>
    <message>
        <source>&amp;Time at most</source>
        <translation>&amp;Tiempo máximo</translation>
    </message>
    <message>
        <source>&amp;Zoom to all</source>
        <translation>&amp;Ver todos</translation>
    </message>
    <message>
        <source>1 reviewed outline lies outside of the view.</source>
        <translation>1 contorno revisado queda fuera de la vista.</translation>
    </message>
    <message>
        <source>Accepted outlines are glacier. Rejected ones are not, nor is the ground round reviewed outlines. What nobody has reviewed is left out. A part of the view is kept aside to measure the model before and after; nothing is learnt from it.</source>
        <translation>Los contornos aceptados son glaciar. Los rechazados no lo son, ni tampoco el terreno alrededor de los contornos revisados. Lo que nadie ha revisado queda fuera. Una parte de la vista se aparta para medir el modelo antes y después; de ella no se aprende nada.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>Discard the model that was taught? The model that it began with stays as it is.</source>
        <translation>¿Descartar el modelo enseñado? El modelo del que partió queda como está.</translation>
    </message>
    <message>
        <source>Discard the model?</source>
        <translation>¿Descartar el modelo?</translation>
    </message>
    <message>
        <source>Ground round reviewed outlines that is no glacier</source>
        <translation>Terreno alrededor de los contornos revisados que no es glaciar</translation>
    </message>
    <message>
        <source>Progress of the teaching</source>
        <translation>Progreso de la enseñanza</translation>
    </message>
    <message>
        <source>Show all reviewed outlines</source>
        <translation>Mostrar todos los contornos revisados</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Empezando…</translation>
    </message>
    <message>
        <source>T&amp;each</source>
        <translation>&amp;Enseñar</translation>
    </message>
    <message>
        <source>Teach a model</source>
        <translation>Enseñar a un modelo</translation>
    </message>
    <message>
        <source>Teach the model</source>
        <translation>Enseñar al modelo</translation>
    </message>
    <message>
        <source>Teach “{model}” by the outlines in view</source>
        <translation>Enseñar a «{model}» con los contornos de la vista</translation>
    </message>
    <message>
        <source>Time that the teaching may take</source>
        <translation>Tiempo que puede durar la enseñanza</translation>
    </message>
    <message>
        <source>Up to this distance from a reviewed outline you are sure that no glacier is missing.</source>
        <translation>Hasta esta distancia de un contorno revisado está seguro de que no falta ningún glaciar.</translation>
    </message>
    <message>
        <source>{accepted} accepted · {rejected} rejected · {left_out} not reviewed, left out</source>
        <translation>{accepted} aceptados · {rejected} rechazados · {left_out} sin revisar, quedan fuera</translation>
    </message>
    <message>
        <source>{count} reviewed outlines lie outside of the view.</source>
        <translation>{count} contornos revisados quedan fuera de la vista.</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} de {total}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>quedan {time}</translation>
    </message>
</context>
<context>
    <name>TeachModel</name>
    <message>
        <source>Keep the model</source>
        <translation>Conservar el modelo</translation>
    </message>
    <message>
        <source>Outlines were changed meanwhile. Teach once more to use that, too.</source>
        <translation>Entretanto se cambiaron contornos. Enseñe otra vez para aprovechar también eso.</translation>
    </message>
    <message>
        <source>Teach the model</source>
        <translation>Enseñar al modelo</translation>
    </message>
    <message>
        <source>The name</source>
        <translation>El nombre</translation>
    </message>
    <message>
        <source>another name: a model of this name is there already</source>
        <translation>otro nombre: ya hay un modelo con este nombre</translation>
    </message>
    <message>
        <source>{model}, taught {date}</source>
        <translation>{model}, enseñado {date}</translation>
    </message>
    <message>
        <source>“{model}” is among the models now, and chosen.</source>
        <translation>«{model}» está ahora entre los modelos y queda elegido.</translation>
    </message>
</context>
<context>
    <name>TeachResultView</name>
    <message>
        <source>After</source>
        <translation>Después</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Antes</translation>
    </message>
    <message>
        <source>IoU</source>
        <translation>IoU</translation>
    </message>
    <message>
        <source>Learnt from {taught} km², {ice} km² of them glacier, in {time}; measured on {aside} km² that were kept aside.</source>
        <translation>Aprendido de {taught} km², {ice} km² de ellos glaciar, en {time}; medido en {aside} km² que se apartaron.</translation>
    </message>
    <message>
        <source>Map after the teaching</source>
        <translation>Mapa después de la enseñanza</translation>
    </message>
    <message>
        <source>Map before the teaching</source>
        <translation>Mapa antes de la enseñanza</translation>
    </message>
    <message>
        <source>Mapped and true, over mapped or true</source>
        <translation>Cartografiado y cierto, entre cartografiado o cierto</translation>
    </message>
    <message>
        <source>Na&amp;me</source>
        <translation>&amp;Nombre</translation>
    </message>
    <message>
        <source>Name of the new model</source>
        <translation>Nombre del modelo nuevo</translation>
    </message>
    <message>
        <source>On the part kept aside it maps about as well as before.</source>
        <translation>En la parte apartada cartografía más o menos igual que antes.</translation>
    </message>
    <message>
        <source>On the part kept aside it maps better than before.</source>
        <translation>En la parte apartada cartografía mejor que antes.</translation>
    </message>
    <message>
        <source>On the part kept aside it maps worse than before.</source>
        <translation>En la parte apartada cartografía peor que antes.</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Precisión</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Exhaustividad</translation>
    </message>
    <message>
        <source>Share of the glaciers that is mapped</source>
        <translation>Parte de los glaciares que se cartografía</translation>
    </message>
    <message>
        <source>Share of what is mapped that is glacier</source>
        <translation>Parte de lo cartografiado que es glaciar</translation>
    </message>
    <message>
        <source>dark: not known</source>
        <translation>oscuro: no se sabe</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>omitido</translation>
    </message>
    <message>
        <source>right</source>
        <translation>acertado</translation>
    </message>
    <message>
        <source>too much</source>
        <translation>de más</translation>
    </message>
</context>
<context>
    <name>auth</name>
    <message>
        <source>QGIS&apos;s authentication store is switched off.</source>
        <translation>el almacén de autenticación de QGIS está desactivado.</translation>
    </message>
    <message>
        <source>QGIS&apos;s master password was not given.</source>
        <translation>no se indicó la contraseña maestra de QGIS.</translation>
    </message>
    <message>
        <source>the authentication “{id}” is no longer in QGIS's store.</source>
        <translation>la autenticación «{id}» ya no está en el almacén de QGIS.</translation>
    </message>
    <message>
        <source>the method of the authentication “{id}” gives no header; take basic, API header or OAuth2.</source>
        <translation>el método de la autenticación «{id}» no da ninguna cabecera; use básica, API header u OAuth2.</translation>
    </message>
</context>
<context>
    <name>download</name>
    <message>
        <source>it is no address that begins with https:// or http://.</source>
        <translation>no es una dirección que empiece por https:// o http://.</translation>
    </message>
    <message>
        <source>the connection ended before all of it was there.</source>
        <translation>la conexión terminó antes de que llegara todo.</translation>
    </message>
    <message>
        <source>the server answered with {status}.</source>
        <translation>el servidor respondió con {status}.</translation>
    </message>
    <message>
        <source>the server sent another part of the file than was asked for.</source>
        <translation>el servidor envió una parte del archivo distinta de la pedida.</translation>
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
        <source>Give a layer that role, or choose another model.</source>
        <translation>Asigne esa función a una capa o elija otro modelo.</translation>
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
        <source>Zoom to the glaciers, or give bounds and their CRS that lie around them.</source>
        <translation>Acérquese a los glaciares, o indique unos límites con su SRC que los rodeen.</translation>
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
        <source>Install uv (docs.astral.sh/uv) or Python 3.10+ with venv (Debian: python3-venv). Tried: {tried}.</source>
        <translation>Instale uv (docs.astral.sh/uv) o Python 3.10+ con venv (Debian: python3-venv). Se probó: {tried}.</translation>
    </message>
    <message>
        <source>A package is a folder or a zip with model.json and model.onnx. Get it anew.</source>
        <translation>Un paquete es una carpeta o un zip con model.json y model.onnx. Obténgalo de nuevo.</translation>
    </message>
    <message>
        <source>Ask for the certificate of its authority and give its file in the options.</source>
        <translation>Solicite el certificado de su autoridad e indique el archivo en las opciones.</translation>
    </message>
    <message>
        <source>Check that it speaks the Open Inference Protocol v2 over HTTP.</source>
        <translation>Compruebe que usa el protocolo Open Inference Protocol v2 por HTTP.</translation>
    </message>
    <message>
        <source>Check that the layers&apos; values are in the units that their roles ask for, or check the package.</source>
        <translation>Compruebe que los valores de las capas estén en las unidades que piden sus funciones o compruebe el paquete.</translation>
    </message>
    <message>
        <source>Check the address and QGIS&apos;s network settings, and try again: what has arrived is kept.</source>
        <translation>Compruebe la dirección y la configuración de red de QGIS e inténtelo de nuevo: lo recibido se conserva.</translation>
    </message>
    <message>
        <source>Check the address and that the server runs, or compute on this machine.</source>
        <translation>Compruebe la dirección y que el servidor funcione o calcule en este equipo.</translation>
    </message>
    <message>
        <source>Check the architecture, its inputs and its location encoding.</source>
        <translation>Compruebe la arquitectura, sus entradas y su codificación de la ubicación.</translation>
    </message>
    <message>
        <source>Choose a valid authentication for the server in the Glacier Mapper options.</source>
        <translation>Elija una autenticación válida para el servidor en las opciones de Glacier Mapper.</translation>
    </message>
    <message>
        <source>Choose another model, or get the package anew.</source>
        <translation>Elija otro modelo u obtenga el paquete de nuevo.</translation>
    </message>
    <message>
        <source>Fetch the file again.</source>
        <translation>Obtenga el archivo de nuevo.</translation>
    </message>
    <message>
        <source>Make it with the command reduce, which checks it on real scenes.</source>
        <translation>Créelo con el comando reduce, que lo comprueba en escenas reales.</translation>
    </message>
    <message>
        <source>Put the package on the server with the command export-repository.</source>
        <translation>Ponga el paquete en el servidor con el comando export-repository.</translation>
    </message>
    <message>
        <source>The certificate of the model server {url} is not trusted: {reason}</source>
        <translation>El certificado del servidor de modelos {url} no es de confianza: {reason}</translation>
    </message>
    <message>
        <source>The model server {url} answered something unexpected: {reason}</source>
        <translation>El servidor de modelos {url} respondió algo inesperado: {reason}</translation>
    </message>
    <message>
        <source>The model server {url} can&apos;t be reached: {reason}</source>
        <translation>No se puede acceder al servidor de modelos {url}: {reason}</translation>
    </message>
    <message>
        <source>The model server {url} can't serve “{model}”: {reason}</source>
        <translation>El servidor de modelos {url} no puede servir «{model}»: {reason}</translation>
    </message>
    <message>
        <source>The model server {url} failed: {reason}</source>
        <translation>El servidor de modelos {url} falló: {reason}</translation>
    </message>
    <message>
        <source>The model server {url} refuses access: {reason}</source>
        <translation>El servidor de modelos {url} deniega el acceso: {reason}</translation>
    </message>
    <message>
        <source>The model “{model}” can't be used: {reason}</source>
        <translation>El modelo «{model}» no se puede usar: {reason}</translation>
    </message>
    <message>
        <source>The model “{model}” gave {reason} instead of probabilities.</source>
        <translation>El modelo «{model}» dio {reason} en lugar de probabilidades.</translation>
    </message>
    <message>
        <source>The package “{model}” is of reduced precision ({precision}), and nobody checked what that costs.</source>
        <translation>El paquete «{model}» es de precisión reducida ({precision}) y nadie ha comprobado qué se pierde con ello.</translation>
    </message>
    <message>
        <source>The package “{model}” is of version {found}; this release reads up to version {known}.</source>
        <translation>El paquete «{model}» es de la versión {found}; este Glacier Mapper lee hasta la versión {known}.</translation>
    </message>
    <message>
        <source>Try again, or compute on this machine.</source>
        <translation>Inténtelo de nuevo o calcule en este equipo.</translation>
    </message>
    <message>
        <source>Update Glacier Mapper, or get an older package of the model.</source>
        <translation>Actualice Glacier Mapper u obtenga un paquete más antiguo del modelo.</translation>
    </message>
    <message>
        <source>{job} needs the Python package {package}, which is not installed.</source>
        <translation>{job}: hace falta el paquete de Python {package}, que no está instalado.</translation>
    </message>
    <message>
        <source>{path} does not hold weights of “{architecture}”: {reason}</source>
        <translation>{path} no contiene pesos de «{architecture}»: {reason}</translation>
    </message>
    <message>
        <source>{path} is damaged or was changed: its checksum is {found}, and it should be {expected}.</source>
        <translation>{path} está dañado o se modificó: su suma de verificación es {found} y debería ser {expected}.</translation>
    </message>
    <message>
        <source>{url} can&apos;t be downloaded: {reason}</source>
        <translation>{url} no se puede descargar: {reason}</translation>
    </message>
    <message>
        <source>“{model}” is no model package that can be used: {reason}</source>
        <translation>«{model}» no es un paquete de modelo utilizable: {reason}</translation>
    </message>
    <message>
        <source>A memory limit of {limit_mb} MB is too low for this job.</source>
        <translation>Un límite de memoria de {limit_mb} MB es demasiado bajo para este trabajo.</translation>
    </message>
    <message>
        <source>Set the limit to {needed_mb} MB or more, or map a narrower part.</source>
        <translation>Ponga el límite en {needed_mb} MB o más, o cartografíe una parte más estrecha.</translation>
    </message>
    <message>
        <source>Write its amplitude or intensity into a raster of real numbers first, in SNAP or with gdal_calc.py --type=Float32 --calc=&quot;abs(A)&quot;, and use that one.</source>
        <translation>Escriba antes su amplitud o intensidad en un ráster de números reales, en SNAP o con gdal_calc.py --type=Float32 --calc=&quot;abs(A)&quot;, y use ese.</translation>
    </message>
    <message>
        <source>Leave the parity out, or choose a network that was imported from its published weights.</source>
        <translation>Quite la paridad, o elija una red importada a partir de sus pesos publicados.</translation>
    </message>
    <message>
        <source>Turn it into a package with the command import-keras.</source>
        <translation>Conviértalo en un paquete con el comando import-keras.</translation>
    </message>
    <message>
        <source>{path} is a weight file of Keras (.h5), which this command does not read.</source>
        <translation>{path} es un archivo de pesos de Keras (.h5), que este comando no lee.</translation>
    </message>
    <message>
        <source>“{model}” has no published deployment that could be repeated: {reason}</source>
        <translation>«{model}» no tiene ningún despliegue publicado que se pueda repetir: {reason}</translation>
    </message>
    <message>
        <source>Another run (process {pid}) is writing to {path}.</source>
        <translation>Otra ejecución (proceso {pid}) está escribiendo en {path}.</translation>
    </message>
    <message>
        <source>Assign the one that is meant in the layer&apos;s properties, or with gdal_edit.py -a_srs.</source>
        <translation>Asigne el que corresponde en las propiedades de la capa o con gdal_edit.py -a_srs.</translation>
    </message>
    <message>
        <source>Choose another band (in a terminal: --band ROLE=FILE:N).</source>
        <translation>Elija otra banda (en un terminal: --band ROLE=FILE:N).</translation>
    </message>
    <message>
        <source>Give the probability.tif of a mapping, or another raster with one band from 0 to 1. An image is mapped first.</source>
        <translation>Indique el probability.tif de una cartografía u otro ráster con una sola banda de 0 a 1. Una imagen se cartografía primero.</translation>
    </message>
    <message>
        <source>Wait for it to end, or choose another folder.</source>
        <translation>Espere a que termine o elija otra carpeta.</translation>
    </message>
    <message>
        <source>Zoom to the layer and try again (in a terminal: --bounds W S E N).</source>
        <translation>Acerque la vista a la capa e inténtelo de nuevo (en un terminal: --bounds W S E N).</translation>
    </message>
    <message>
        <source>{path} has no band {band}; its bands are 1 to {count}.</source>
        <translation>{path} no tiene la banda {band}; sus bandas van de la 1 a la {count}.</translation>
    </message>
    <message>
        <source>{path} has the coordinate reference system {crs}, which says nothing about where on Earth it lies.</source>
        <translation>{path} tiene el sistema de referencia de coordenadas {crs}, que no dice en qué lugar de la Tierra está.</translation>
    </message>
    <message>
        <source>{path} holds no probabilities: {reason}</source>
        <translation>{path} no contiene probabilidades: {reason}</translation>
    </message>
    <message>
        <source>Build it anew with the command dataset build.</source>
        <translation>Vuelva a crearlo con la orden dataset build.</translation>
    </message>
    <message>
        <source>{path} is no tile data set that can be used: {reason}</source>
        <translation>{path} no es un conjunto de teselas que se pueda usar: {reason}</translation>
    </message>
    <message>
        <source>A model package is a folder with model.json and model.onnx. Check the path, or get the package anew.</source>
        <translation>Un paquete de modelo es una carpeta con model.json y model.onnx. Compruebe la ruta u obtenga de nuevo el paquete.</translation>
    </message>
    <message>
        <source>Check the path: the file may have been moved or renamed.</source>
        <translation>Compruebe la ruta: puede que el archivo se haya movido o haya cambiado de nombre.</translation>
    </message>
    <message>
        <source>Choose an image, such as a GeoTIFF. QGIS shows what is in this file.</source>
        <translation>Elija una imagen, como un GeoTIFF. QGIS muestra lo que hay en este archivo.</translation>
    </message>
    <message>
        <source>Delete them or restore their shapes on the Review page, or choose another format.</source>
        <translation>Elimínelos o restaure sus formas en la página Revisión, o elija otro formato.</translation>
    </message>
    <message>
        <source>Outlines without a shape can&apos;t be written as {format}: {outlines}.</source>
        <translation>Los contornos sin forma no se pueden escribir como {format}: {outlines}.</translation>
    </message>
    <message>
        <source>{path} is no image: it holds shapes or a table.</source>
        <translation>{path} no es una imagen: contiene formas o una tabla.</translation>
    </message>
    <message>
        <source>Ask its owner for access, or for an address that is open. A file that a browser may fetch can be saved and added from there.</source>
        <translation>Pida acceso a su propietario o una dirección abierta. Un archivo que un navegador pueda obtener se puede guardar y añadir desde ahí.</translation>
    </message>
    <message>
        <source>Check the address and QGIS&apos;s network settings, and try again.</source>
        <translation>Compruebe la dirección y la configuración de red de QGIS, y vuelva a intentarlo.</translation>
    </message>
    <message>
        <source>Check the address: the file may have been moved or renamed.</source>
        <translation>Compruebe la dirección: puede que el archivo se haya movido o haya cambiado de nombre.</translation>
    </message>
    <message>
        <source>Make a package of it: “Import Keras weights” in the model manager, or the command import-keras.</source>
        <translation>Haga un paquete con él: «Importar pesos de Keras» en el gestor de modelos, o la orden import-keras.</translation>
    </message>
    <message>
        <source>Servers know a model by its name alone. Write one of the two to another folder, or make its package anew under another name.</source>
        <translation>Los servidores conocen un modelo solo por su nombre. Escriba uno de los dos en otra carpeta o vuelva a crear su paquete con otro nombre.</translation>
    </message>
    <message>
        <source>{path} is a weight file of Keras (.h5), and no model package yet.</source>
        <translation>{path} es un archivo de pesos de Keras (.h5) y todavía no un paquete de modelo.</translation>
    </message>
    <message>
        <source>{url} can&apos;t be downloaded without access: {reason}</source>
        <translation>No se puede descargar {url} sin acceso: {reason}</translation>
    </message>
    <message>
        <source>“{model}” can't be written to {path}: {reason}</source>
        <translation>No se puede escribir «{model}» en {path}: {reason}</translation>
    </message>
    <message>
        <source>Choose another file name. The folder stays as it is.</source>
        <translation>Elija otro nombre de archivo. La carpeta queda como está.</translation>
    </message>
    <message>
        <source>{path} can&apos;t be written: a folder has that name.</source>
        <translation>No se puede escribir {path}: una carpeta tiene ese nombre.</translation>
    </message>
    <message>
        <source>If it is not shown, the layer&apos;s filter hides it. Clear the filter in the layer&apos;s properties, Source.</source>
        <translation>Si no se ve, lo oculta el filtro de la capa. Quite el filtro en las propiedades de la capa, Fuente.</translation>
    </message>
    <message>
        <source>The outline {outline} is not deleted: it is still in “{layer}”.</source>
        <translation>El contorno {outline} no está eliminado: sigue en «{layer}».</translation>
    </message>
    <message>
        <source>Undo the deletion or renaming, or give the columns these names again in the layer&apos;s properties, Fields.</source>
        <translation>Deshaga la eliminación o el cambio de nombre, o dé de nuevo estos nombres a las columnas en las propiedades de la capa, Campos.</translation>
    </message>
    <message>
        <source>“{layer}” lacks columns that Glacier Mapper needs: {columns}.</source>
        <translation>A «{layer}» le faltan columnas que Glacier Mapper necesita: {columns}.</translation>
    </message>
    <message>
        <source>Choose another band for this role, or leave the role unused.</source>
        <translation>Elija otra banda para este papel o deje el papel sin usar.</translation>
    </message>
    <message>
        <source>The band for “{role}” has the same value everywhere ({value}): it is empty.</source>
        <translation>La banda para «{role}» tiene el mismo valor en todas partes ({value}): está vacía.</translation>
    </message>
    <message>
        <source>Name the one that is meant, as GDAL does ({inside}).</source>
        <translation>Indique la que quiere, como lo hace GDAL ({inside}).</translation>
    </message>
    <message>
        <source>{path} holds images inside and is none by itself.</source>
        <translation>{path} contiene imágenes y no es una por sí mismo.</translation>
    </message>
    <message>
        <source>Compute on this machine, or put one of its networks on the server as a package of its own.</source>
        <translation>Calcule en este equipo, o ponga una de sus redes en el servidor como paquete propio.</translation>
    </message>
    <message>
        <source>Join packages whose networks take the same inputs, scaled and cut alike: trained with one plan on one data set, with different seeds.</source>
        <translation>Una paquetes cuyas redes tomen las mismas entradas, escaladas y recortadas igual: entrenadas con un mismo plan y un mismo conjunto de datos, con semillas distintas.</translation>
    </message>
    <message>
        <source>“{model}” is an ensemble of {count} networks, which runs on this machine only: a model server has one network under a name.</source>
        <translation>«{model}» es un conjunto de {count} redes, que solo funciona en este equipo: un servidor de modelos tiene una sola red con cada nombre.</translation>
    </message>
    <message>
        <source>“{other}” can't be joined with “{model}”: {reason}</source>
        <translation>«{other}» no puede unirse con «{model}»: {reason}</translation>
    </message>
    <message>
        <source>Allow {needed} min or more, or teach a smaller network.</source>
        <translation>Permita {needed} min o más, o enseñe a una red más pequeña.</translation>
    </message>
    <message>
        <source>Choose a network on the Map page, such as “compact”, and teach that one.</source>
        <translation>Elija una red en la página Mapa, como «compact», y enseñe a esa.</translation>
    </message>
    <message>
        <source>Import or export it again with this release, or choose another network.</source>
        <translation>Impórtela o expórtela de nuevo con esta versión, o elija otra red.</translation>
    </message>
    <message>
        <source>In QGIS, “Import Keras weights” and “Teach the model” offer to install it. On a terminal, install requirements/torch.txt and requirements/training.txt of the plugin's folder with the runner's Python.</source>
        <translation>En QGIS, «Importar pesos de Keras» y «Enseñar al modelo» ofrecen instalarlo. En un terminal, instale requirements/torch.txt y requirements/training.txt de la carpeta del complemento con el Python del ejecutor.</translation>
    </message>
    <message>
        <source>No outline in the view is reviewed, so there is nothing to learn from.</source>
        <translation>Ningún contorno de la vista está revisado, así que no hay nada de qué aprender.</translation>
    </message>
    <message>
        <source>On the Review page correct the outlines, accept those that are right and reject what is no glacier; or zoom to where you did.</source>
        <translation>En la página Revisión corrija los contornos, acepte los que están bien y rechace lo que no es glaciar; o vaya a donde ya lo hizo.</translation>
    </message>
    <message>
        <source>Review more outlines, some way apart from one another: at least {needed_km2} km² of glacier, and as much of the ground around. A larger view or a wider strip round the outlines helps, too.</source>
        <translation>Revise más contornos, algo separados entre sí: al menos {needed_km2} km² de glaciar y otro tanto del terreno alrededor. También ayuda una vista mayor o una franja más ancha alrededor de los contornos.</translation>
    </message>
    <message>
        <source>Too little of the view is reviewed: {ice_km2} km² of glacier and {other_km2} km² of other ground can be learnt from, in parts that are too small to set one of them aside.</source>
        <translation>Hay demasiado poco revisado en la vista: se puede aprender de {ice_km2} km² de glaciar y {other_km2} km² de otro terreno, en partes demasiado pequeñas para apartar una de ellas.</translation>
    </message>
    <message>
        <source>{minutes} min are too short to teach “{model}” on this machine.</source>
        <translation>{minutes} min son demasiado poco para enseñar a «{model}» en esta máquina.</translation>
    </message>
    <message>
        <source>“{model}” can't learn: its package holds no weights to go on from (weights.npz).</source>
        <translation>«{model}» no puede aprender: su paquete no tiene pesos de los que partir (weights.npz).</translation>
    </message>
    <message>
        <source>“{model}” is no network and can't learn.</source>
        <translation>«{model}» no es una red y no puede aprender.</translation>
    </message>
    <message>
        <source>Clear the filter in the layer&apos;s properties, Source.</source>
        <translation>Quite el filtro en las propiedades de la capa, Fuente.</translation>
    </message>
    <message>
        <source>The filter of “{layer}” hides outlines ({count}), which would be taken for ground without a glacier.</source>
        <translation>El filtro de «{layer}» oculta contornos ({count}), que se tomarían por terreno sin glaciar.</translation>
    </message>
    <message>
        <source>Choose another model. On a terminal, fine-tune its networks one by one and join them again.</source>
        <translation>Elija otro modelo. En un terminal, ajuste sus redes una a una y vuelva a unirlas.</translation>
    </message>
    <message>
        <source>“{model}” can't learn: it is an ensemble of several networks.</source>
        <translation>«{model}» no puede aprender: es un conjunto de varias redes.</translation>
    </message>
    <message>
        <source>Get the package anew: its network and its sample do not belong together.</source>
        <translation>Obtenga el paquete de nuevo: su red y su muestra no se corresponden.</translation>
    </message>
    <message>
        <source>The model “{model}” gave {reason}.</source>
        <translation>El modelo «{model}» dio {reason}.</translation>
    </message>
    <message>
        <source>Unpack the zip and name its folder, or add it in the model manager of QGIS.</source>
        <translation>Descomprima el zip e indique su carpeta, o añádalo en el gestor de modelos de QGIS.</translation>
    </message>
    <message>
        <source>{path} is a file; here a model package is a folder with model.json.</source>
        <translation>{path} es un archivo; aquí un paquete de modelo es una carpeta con model.json.</translation>
    </message>
    <message>
        <source>Click on the outline where the line should begin.</source>
        <translation>Haga clic en el contorno donde deba empezar la línea.</translation>
    </message>
    <message>
        <source>Draw inside of it, or leave the tool, move the map, and begin again there.</source>
        <translation>Dibuje dentro de ella, o salga de la herramienta, mueva el mapa y empiece de nuevo allí.</translation>
    </message>
    <message>
        <source>Open it again with the strokes that were kept: they give the same outline.</source>
        <translation>Ábralo de nuevo con los trazos que se conservaron: dan el mismo contorno.</translation>
    </message>
    <message>
        <source>Stay inside of it, or leave the tool, move the map, and begin again there.</source>
        <translation>Quédese dentro de ella, o salga de la herramienta, mueva el mapa y empiece de nuevo allí.</translation>
    </message>
    <message>
        <source>The fixing of this outline is not open in the model runner any more.</source>
        <translation>La corrección de este contorno ya no está abierta en el ejecutor de modelos.</translation>
    </message>
    <message>
        <source>The line that follows edges has no beginning yet.</source>
        <translation>La línea que sigue los bordes todavía no tiene comienzo.</translation>
    </message>
    <message>
        <source>The outline is as it was when its fixing began.</source>
        <translation>El contorno está como cuando empezó su corrección.</translation>
    </message>
    <message>
        <source>The point lies outside of the part of the image that is being fixed.</source>
        <translation>El punto queda fuera de la parte de la imagen que se está corrigiendo.</translation>
    </message>
    <message>
        <source>The stroke lies outside of the part of the image that is being fixed.</source>
        <translation>El trazo queda fuera de la parte de la imagen que se está corrigiendo.</translation>
    </message>
    <message>
        <source>The view has {rows} × {cols} pixels, too many to be fixed by strokes.</source>
        <translation>La vista tiene {rows} × {cols} píxeles, demasiados para corregirla con trazos.</translation>
    </message>
    <message>
        <source>There is no stroke to undo.</source>
        <translation>No hay ningún trazo que deshacer.</translation>
    </message>
    <message>
        <source>Zoom in to the glacier, to at most {most} × {most} pixels of the image.</source>
        <translation>Acerque la vista al glaciar, a {most} × {most} píxeles de la imagen como máximo.</translation>
    </message>
</context>
<context>
    <name>export</name>
    <message>
        <source>ESRI Shapefile (.shp)</source>
        <translation>Shapefile de ESRI (.shp)</translation>
    </message>
    <message>
        <source>FlatGeobuf (.fgb)</source>
        <translation>FlatGeobuf (.fgb)</translation>
    </message>
    <message>
        <source>GeoJSON (.geojson)</source>
        <translation>GeoJSON (.geojson)</translation>
    </message>
    <message>
        <source>GeoPackage (.gpkg)</source>
        <translation>GeoPackage (.gpkg)</translation>
    </message>
    <message>
        <source>Outlines of several parts: {count}</source>
        <translation>Contornos de varias partes: {count}</translation>
    </message>
    <message>
        <source>Outlines that nobody has reviewed: {count}</source>
        <translation>Contornos que nadie ha revisado: {count}</translation>
    </message>
    <message>
        <source>Outlines that share an ID: {count}</source>
        <translation>Contornos que comparten ID: {count}</translation>
    </message>
    <message>
        <source>Outlines under 0.01 km²: {count}</source>
        <translation>Contornos de menos de 0.01 km²: {count}</translation>
    </message>
    <message>
        <source>Outlines whose area is not that of their shape: {count}</source>
        <translation>Contornos cuya área no es la de su forma: {count}</translation>
    </message>
    <message>
        <source>Outlines with a text too long for this format, it will be cut: {count}</source>
        <translation>Contornos con un texto demasiado largo para este formato, que se recortará: {count}</translation>
    </message>
    <message>
        <source>Outlines with an invalid shape: {count}</source>
        <translation>Contornos con una forma no válida: {count}</translation>
    </message>
    <message>
        <source>Outlines without ID: {count}</source>
        <translation>Contornos sin ID: {count}</translation>
    </message>
    <message>
        <source>Outlines without a shape: {count}</source>
        <translation>Contornos sin forma: {count}</translation>
    </message>
    <message>
        <source>Outlines without analyst: {count}</source>
        <translation>Contornos sin analista: {count}</translation>
    </message>
    <message>
        <source>Outlines without source date: {count}</source>
        <translation>Contornos sin fecha de la fuente: {count}</translation>
    </message>
    <message>
        <source>The layer has unsaved edits. Save them, so that areas are measured.</source>
        <translation>La capa tiene ediciones sin guardar. Guárdelas para que se midan las áreas.</translation>
    </message>
    <message>
        <source>Pairs of outlines that overlap: {count}</source>
        <translation>Pares de contornos que se solapan: {count}</translation>
    </message>
    <message>
        <source>Every outline is rejected: accept some in the review list or choose All.</source>
        <translation>Todos los contornos están rechazados: acepte algunos en la lista de revisión o elija Todos.</translation>
    </message>
    <message>
        <source>Nothing is accepted yet: accept outlines in the review list or choose All.</source>
        <translation>Aún no hay nada aceptado: acepte contornos en la lista de revisión o elija Todos.</translation>
    </message>
    <message>
        <source>The layer has no outlines: map glaciers or draw outlines first.</source>
        <translation>La capa no tiene contornos: cartografíe glaciares o dibuje contornos primero.</translation>
    </message>
    <message>
        <source>Outlines that the layer&apos;s filter hides and that are not exported: {count}</source>
        <translation>Contornos que el filtro de la capa oculta y que no se exportan: {count}</translation>
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
    <message>
        <source>{layer} was left out: its bands have the same roles as those that are used. To map neighbouring images together, build a virtual mosaic of them first (gdalbuildvrt, or Build virtual raster in QGIS).</source>
        <translation>{layer} quedó fuera: sus bandas tienen las mismas funciones que las que se usan. Para cartografiar juntas imágenes vecinas, cree antes con ellas un mosaico virtual (gdalbuildvrt, o Construir ráster virtual en QGIS).</translation>
    </message>
    <message>
        <source>{layer} was left out: none of its bands seems to have a role. Give them theirs by hand.</source>
        <translation>{layer} quedó fuera: ninguna de sus bandas parece tener una función. Asígnesela a mano.</translation>
    </message>
</context>
<context>
    <name>gui</name>
    <message>
        <source>Blue</source>
        <translation>Azul</translation>
    </message>
    <message>
        <source>Co-pol</source>
        <translation>Co-pol</translation>
    </message>
    <message>
        <source>Coherence</source>
        <translation>Coherencia</translation>
    </message>
    <message>
        <source>Cross-pol</source>
        <translation>Pol. cruzada</translation>
    </message>
    <message>
        <source>Elevation</source>
        <translation>Elevación</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>Verde</translation>
    </message>
    <message>
        <source>Near infrared</source>
        <translation>Infrarrojo cercano</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>Rojo</translation>
    </message>
    <message>
        <source>SWIR 1</source>
        <translation>SWIR 1</translation>
    </message>
    <message>
        <source>SWIR 2</source>
        <translation>SWIR 2</translation>
    </message>
    <message>
        <source>Slope</source>
        <translation>Pendiente</translation>
    </message>
    <message>
        <source>Thermal</source>
        <translation>Térmico</translation>
    </message>
    <message>
        <source>under 1 s</source>
        <translation>menos de 1 s</translation>
    </message>
    <message>
        <source>{count} Mpx</source>
        <translation>{count} Mpx</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} min {seconds} s</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>{size} GB</source>
        <translation>{size} GB</translation>
    </message>
    <message>
        <source>{size} MB</source>
        <translation>{size} MB</translation>
    </message>
    <message>
        <source>Co-pol 2</source>
        <translation>Co-pol 2</translation>
    </message>
    <message>
        <source>Coherence 2</source>
        <translation>Coherencia 2</translation>
    </message>
    <message>
        <source>Cross-pol 2</source>
        <translation>Pol. cruzada 2</translation>
    </message>
    <message>
        <source>{count} tiles/s</source>
        <translation>{count} teselas/s</translation>
    </message>
    <message>
        <source>{count} tiles/s on {device}</source>
        <translation>{count} teselas/s en {device}</translation>
    </message>
    <message>
        <source>{device}, 1 thread</source>
        <translation>{device}, 1 hilo</translation>
    </message>
    <message>
        <source>{device}, {count} threads</source>
        <translation>{device}, {count} hilos</translation>
    </message>
</context>
<context>
    <name>jobs</name>
    <message>
        <source>Exporting weights</source>
        <translation>Exportación de pesos</translation>
    </message>
    <message>
        <source>Importing Keras weights</source>
        <translation>Importación de pesos de Keras</translation>
    </message>
    <message>
        <source>Working with tile data sets</source>
        <translation>El trabajo con conjuntos de teselas</translation>
    </message>
    <message>
        <source>Training a random forest</source>
        <translation>El entrenamiento de un bosque aleatorio</translation>
    </message>
    <message>
        <source>Training a network</source>
        <translation>Entrenar una red</translation>
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
    <message>
        <source>Glacier probability (growing)</source>
        <translation>Probabilidad de glaciar (en curso)</translation>
    </message>
    <message>
        <source>Edge of the data</source>
        <translation>Borde de los datos</translation>
    </message>
    <message>
        <source>Model uncertainty: where its networks disagree</source>
        <translation>Incertidumbre del modelo: donde sus redes discrepan</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Clases</translation>
    </message>
    <message>
        <source>Debris-covered glacier</source>
        <translation>Glaciar cubierto de detritos</translation>
    </message>
    <message>
        <source>Glacier</source>
        <translation>Glaciar</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Otros</translation>
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
    <message>
        <source>Apple graphics (Core ML)</source>
        <translation>Gráficos de Apple (Core ML)</translation>
    </message>
    <message>
        <source>Graphics card (DirectML)</source>
        <translation>Tarjeta gráfica (DirectML)</translation>
    </message>
    <message>
        <source>Intel processor (OpenVINO)</source>
        <translation>Procesador Intel (OpenVINO)</translation>
    </message>
    <message>
        <source>It does not start here: {reason}.</source>
        <translation>Aquí no arranca: {reason}.</translation>
    </message>
    <message>
        <source>NVIDIA graphics card (CUDA)</source>
        <translation>Tarjeta gráfica NVIDIA (CUDA)</translation>
    </message>
    <message>
        <source>Network of this project.</source>
        <translation>Red neuronal de este proyecto.</translation>
    </message>
    <message>
        <source>Not evaluated yet: use the command evaluate on scenes with known outlines.</source>
        <translation>Aún sin evaluar: use el comando evaluate en escenas con contornos conocidos.</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>Procesador (CPU)</translation>
    </message>
    <message>
        <source>Published glacier network, imported from Keras weights.</source>
        <translation>Red neuronal de glaciares publicada, importada de pesos de Keras.</translation>
    </message>
    <message>
        <source>Six bands of top-of-atmosphere reflectance, elevation in metres and slope in degrees, backscatter as linear sigma0, as the network was trained on. The authors report IoU above 0.85 on unseen images in most cases, above 0.75 in debris-rich areas, above 0.90 where clean ice dominates, for their best strategy; these weights were not evaluated here. Not trained on Arctic Canada, the Russian Arctic, Iceland and North Asia.</source>
        <translation>Seis bandas de reflectancia en el techo de la atmósfera, elevación en metros y pendiente en grados, retrodispersión como sigma0 lineal, como se entrenó la red. Los autores indican, para su mejor estrategia, un IoU superior a 0.85 en imágenes no vistas en la mayoría de los casos, superior a 0.75 en zonas ricas en derrubios y superior a 0.90 donde domina el hielo limpio; estos pesos no se evaluaron aquí. No se entrenó con el Ártico canadiense, el Ártico ruso, Islandia ni el norte de Asia.</translation>
    </message>
    <message>
        <source>The installed onnxruntime {version} was built without it; {distribution} has it where it exists.</source>
        <translation>El onnxruntime {version} instalado se compiló sin él; {distribution} lo incluye donde existe.</translation>
    </message>
    <message>
        <source>The memory of the device did not hold several patches at once; they were computed in turn.</source>
        <translation>En la memoria del dispositivo no cabían varios parches a la vez; se calcularon uno tras otro.</translation>
    </message>
    <message>
        <source>The memory of the device did not hold {batch} patches at once; it was gone on with {half}.</source>
        <translation>En la memoria del dispositivo no cabían {batch} parches a la vez; se siguió con {half}.</translation>
    </message>
    <message>
        <source>The model is told the region {region}, as set.</source>
        <translation>Se indica al modelo la región {region}, según lo fijado.</translation>
    </message>
    <message>
        <source>The model is told the region {region}, found roughly from the scene&apos;s place. Set it where it is wrong.</source>
        <translation>Se indica al modelo la región {region}, hallada de forma aproximada por el lugar de la escena. Fíjela donde sea incorrecta.</translation>
    </message>
    <message>
        <source>The model server {url} differs by {difference} from the package&apos;s own sample; it may compute in reduced precision.</source>
        <translation>El servidor de modelos {url} difiere en {difference} de la muestra propia del paquete; quizá calcule con precisión reducida.</translation>
    </message>
    <message>
        <source>The model server {url} is shown its password or token unencrypted; use its https address.</source>
        <translation>El servidor de modelos {url} recibe su contraseña o token sin cifrar; use su dirección https.</translation>
    </message>
    <message>
        <source>The model server {url} takes numbers as text only (JSON), which is many times slower than binary.</source>
        <translation>El servidor de modelos {url} solo acepta números como texto (JSON), muchas veces más lento que en binario.</translation>
    </message>
    <message>
        <source>The model server {url} was lost ({reason}). The rest was computed on this machine: {device}.</source>
        <translation>Se perdió el servidor de modelos {url} ({reason}). El resto se calculó en este equipo: {device}.</translation>
    </message>
    <message>
        <source>The model “{model}” runs without {roles}, which no layer has.</source>
        <translation>El modelo «{model}» se ejecuta sin {roles}, que ninguna capa tiene.</translation>
    </message>
    <message>
        <source>The package in {folder} was left out. {reason}</source>
        <translation>El paquete de {folder} se omitió. {reason}</translation>
    </message>
    <message>
        <source>The package in {folder} was left out: “{name}” is a built-in model.</source>
        <translation>Se omitió el paquete de {folder}: «{name}» es un modelo incluido.</translation>
    </message>
    <message>
        <source>The published deployment is repeated: zero padding, half a patch of overlap.</source>
        <translation>Se repite el despliegue publicado: relleno con ceros, solape de medio parche.</translation>
    </message>
    <message>
        <source>{device} can&apos;t be used, so the processor computes. {reason}</source>
        <translation>No se puede usar {device}, así que calcula el procesador. {reason}</translation>
    </message>
    <message>
        <source>{role} is missing; {stand_in} takes its place.</source>
        <translation>Falta {role}; {stand_in} ocupa su lugar.</translation>
    </message>
    <message>
        <source>“{name}” is installed twice: {used} is used, {hidden} is not.</source>
        <translation>«{name}» está instalado dos veces: se usa {used}, no se usa {hidden}.</translation>
    </message>
    <message>
        <source>The memory does not hold {batch} patches at once, so {fewer} are computed at a time.</source>
        <translation>La memoria no admite {batch} parches a la vez, por lo que se calculan {fewer} cada vez.</translation>
    </message>
    <message>
        <source>The model server {url} could not be reached ({reason}). All was computed on this machine: {device}.</source>
        <translation>No se pudo acceder al servidor de modelos {url} ({reason}). Todo se calculó en este equipo: {device}.</translation>
    </message>
    <message>
        <source>“{model}” computes in {precision}: where that was checked, {flipped} % of the pixels changed their class, and {iou} of IoU was lost.</source>
        <translation>«{model}» calcula en {precision}: donde se comprobó, el {flipped} % de los píxeles cambió de clase y se perdió {iou} de IoU.</translation>
    </message>
    <message>
        <source>“{model}” computes in {precision}: where that was checked, {flipped} % of the pixels changed their class; without labels there, what it costs in IoU is not known.</source>
        <translation>«{model}» calcula en {precision}: donde se comprobó, el {flipped} % de los píxeles cambió de clase; sin etiquetas allí, no se sabe cuánto cuesta en IoU.</translation>
    </message>
    <message>
        <source>“{model}” was trained on top-of-atmosphere reflectance; these bands hold surface reflectance. Look at the result with more care, or take the Level 1 product.</source>
        <translation>«{model}» se entrenó con reflectancia de techo de la atmósfera; estas bandas contienen reflectancia de superficie. Mire el resultado con más cuidado o tome el producto de nivel 1.</translation>
    </message>
    <message>
        <source>The model server {url} said nothing for a while, and the run waited for it until it answered again.</source>
        <translation>El servidor de modelos {url} no respondió durante un tiempo y la ejecución lo esperó hasta que volvió a responder.</translation>
    </message>
    <message>
        <source>{role} has no data anywhere in the mapped area ({layer}), and “{model}” needs it: look at the result with care, or choose another layer.</source>
        <translation>{role} no tiene datos en ninguna parte del área cartografiada ({layer}) y «{model}» la necesita: mire el resultado con cuidado o elija otra capa.</translation>
    </message>
    <message>
        <source>{role} has no data anywhere in the mapped area ({layer}): “{model}” computed without it.</source>
        <translation>{role} no tiene datos en ninguna parte del área cartografiada ({layer}): «{model}» calculó sin ella.</translation>
    </message>
    <message>
        <source>The rule against {rule} was skipped, because a band has the same value everywhere: {bands}.</source>
        <translation>La regla contra {rule} se omitió porque una banda tiene el mismo valor en todas partes: {bands}.</translation>
    </message>
    <message>
        <source>“{model}” is an ensemble of {count} networks: each of them computes every tile, and model_uncertainty.tif shows where they disagree.</source>
        <translation>«{model}» es un conjunto de {count} redes: cada una calcula todas las teselas, y model_uncertainty.tif muestra dónde discrepan.</translation>
    </message>
    <message>
        <source>Late summer scenes with terrain go best. Under full winter snow and a low sun it finds little of what lies in deep shadow and takes snow for glacier: choose a late summer scene, or teach it your region. Debris without terrain or radar is a guess.</source>
        <translation>Lo mejor son las escenas de finales de verano con terreno. Con nieve invernal completa y sol bajo encuentra poco de lo que está en sombra profunda y toma nieve por glaciar: elija una escena de finales de verano, o enséñele su región. Los detritos sin terreno ni radar son una conjetura.</translation>
    </message>
    <message>
        <source>The bundled network: takes any of the optical, terrain, radar and thermal bands, and maps debris-covered ice too. Trained on simulated scenes alone.</source>
        <translation>La red incluida: toma cualquiera de las bandas ópticas, de terreno, de radar y térmicas, y cartografía también el hielo cubierto de detritos. Entrenada solo con escenas simuladas.</translation>
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
    <message>
        <source>{file} holds whole numbers up to {highest} and no scale; they were taken as parts of {full}.</source>
        <translation>{file} contiene números enteros hasta {highest} y ninguna escala; se tomaron como partes de {full}.</translation>
    </message>
</context>
<context>
    <name>processing</name>
    <message>
        <source>Add the products to the map</source>
        <translation>Añadir los productos al mapa</translation>
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
        <source>Folder for the products</source>
        <translation>Carpeta para los productos</translation>
    </message>
    <message>
        <source>Glacier area (km²)</source>
        <translation>Área de glaciares (km²)</translation>
    </message>
    <message>
        <source>Glacier outlines</source>
        <translation>Contornos de glaciares</translation>
    </message>
    <message>
        <source>Glacier probability</source>
        <translation>Probabilidad de glaciar</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartografía</translation>
    </message>
    <message>
        <source>Number of outlines</source>
        <translation>Número de contornos</translation>
    </message>
    <message>
        <source>Overwrite products in the folder</source>
        <translation>Sobrescribir los productos de la carpeta</translation>
    </message>
    <message>
        <source>Probability at which outlines are drawn</source>
        <translation>Probabilidad a la que se trazan los contornos</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Informe</translation>
    </message>
    <message>
        <source>Smallest glacier (km²)</source>
        <translation>Glaciar mínimo (km²)</translation>
    </message>
    <message>
        <source>Smallest hole (km²)</source>
        <translation>Hueco mínimo (km²)</translation>
    </message>
    <message>
        <source>Smoothing (0 none, 1 at most half a pixel)</source>
        <translation>Suavizado (0 ninguno, 1 como máximo medio píxel)</translation>
    </message>
    <message>
        <source>Compute on (auto, cpu, cuda … or a server)</source>
        <translation>Calcular con (auto, cpu, cuda … o un servidor)</translation>
    </message>
    <message>
        <source>Network: as the published deployment</source>
        <translation>Red: como el despliegue publicado</translation>
    </message>
    <message>
        <source>Network: average over 8 symmetries (8 × longer)</source>
        <translation>Red: promediar 8 simetrías (8 × más lento)</translation>
    </message>
    <message>
        <source>Network: blending</source>
        <translation>Red: fusión</translation>
    </message>
    <message>
        <source>Network: overlap of the tiles (empty: as the model says)</source>
        <translation>Red: solape de las teselas (vacío: según el modelo)</translation>
    </message>
    <message>
        <source>Network: region</source>
        <translation>Red: región</translation>
    </message>
    <message>
        <source>Network: tiles at a time (0: measured)</source>
        <translation>Red: teselas a la vez (0: medido)</translation>
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
    <message>
        <source>Checking the model</source>
        <translation>Comprobando el modelo</translation>
    </message>
    <message>
        <source>Comparing the maps</source>
        <translation>Comparando los mapas</translation>
    </message>
    <message>
        <source>Making the package</source>
        <translation>Creando el paquete</translation>
    </message>
    <message>
        <source>Measuring the speed</source>
        <translation>Midiendo la velocidad</translation>
    </message>
    <message>
        <source>Reading the package</source>
        <translation>Leyendo el paquete</translation>
    </message>
    <message>
        <source>Reading the weights</source>
        <translation>Leyendo los pesos</translation>
    </message>
    <message>
        <source>Calibrating the model</source>
        <translation>Calibrando el modelo</translation>
    </message>
    <message>
        <source>Simulating scenes</source>
        <translation>Simulando escenas</translation>
    </message>
    <message>
        <source>Training the model</source>
        <translation>Entrenando el modelo</translation>
    </message>
    <message>
        <source>Waiting for the model server</source>
        <translation>Esperando al servidor de modelos</translation>
    </message>
</context>
<context>
    <name>refine</name>
    <message>
        <source>A part of the stroke lies on a neighbouring outline, which stays as it is. Change that one itself.</source>
        <translation>Una parte del trazo queda sobre un contorno vecino, que se queda como está. Cambie ese contorno mismo.</translation>
    </message>
    <message>
        <source>A part of the stroke lies outside of the image; only the rest counts.</source>
        <translation>Una parte del trazo queda fuera de la imagen; solo cuenta el resto.</translation>
    </message>
    <message>
        <source>Nothing is left of the outline. Undo the stroke, or mark ice inside of it.</source>
        <translation>No queda nada del contorno. Deshaga el trazo, o marque hielo dentro de él.</translation>
    </message>
    <message>
        <source>The image has no data under a part of the stroke: only the line itself counts there. Draw the edge by hand.</source>
        <translation>La imagen no tiene datos bajo una parte del trazo: allí solo cuenta la línea misma. Dibuje el borde a mano.</translation>
    </message>
    <message>
        <source>The stroke crosses earlier ones that say the opposite. Where they meet, the last one counts.</source>
        <translation>El trazo cruza otros anteriores que dicen lo contrario. Donde se encuentran, cuenta el último.</translation>
    </message>
</context>
<context>
    <name>regions</name>
    <message>
        <source>Alaska and Western America</source>
        <translation>Alaska y oeste de América</translation>
    </message>
    <message>
        <source>Alps</source>
        <translation>Alpes</translation>
    </message>
    <message>
        <source>Antarctica</source>
        <translation>Antártida</translation>
    </message>
    <message>
        <source>Caucasus</source>
        <translation>Cáucaso</translation>
    </message>
    <message>
        <source>Greenland</source>
        <translation>Groenlandia</translation>
    </message>
    <message>
        <source>High-Mountain Asia</source>
        <translation>Alta montaña de Asia</translation>
    </message>
    <message>
        <source>Low latitudes</source>
        <translation>Bajas latitudes</translation>
    </message>
    <message>
        <source>New Zealand</source>
        <translation>Nueva Zelanda</translation>
    </message>
    <message>
        <source>Scandinavia</source>
        <translation>Escandinavia</translation>
    </message>
    <message>
        <source>Southern Andes</source>
        <translation>Andes del sur</translation>
    </message>
    <message>
        <source>Svalbard</source>
        <translation>Svalbard</translation>
    </message>
    <message>
        <source>another region</source>
        <translation>otra región</translation>
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
    <message>
        <source>Interferometric coherence, second orbit</source>
        <translation>Coherencia interferométrica, segunda órbita</translation>
    </message>
    <message>
        <source>Radar co-pol backscatter, second orbit</source>
        <translation>Retrodispersión radar copolarizada, segunda órbita</translation>
    </message>
    <message>
        <source>Radar cross-pol backscatter, second orbit</source>
        <translation>Retrodispersión radar de polarización cruzada, segunda órbita</translation>
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
    <message>
        <source>{layer} has 8 bits a band: 0 to 255 is taken for reflectance 0 to 1. Thresholds may need your hand.</source>
        <translation>{layer} tiene 8 bits por banda: 0 a 255 se toma como reflectancia de 0 a 1. Quizá deba ajustar los umbrales.</translation>
    </message>
    <message>
        <source>{layer} is not used: nothing says how its numbers become kelvin. For Landsat Level 1, put the MTL file beside it.</source>
        <translation>{layer} no se usa: nada dice cómo sus números se convierten en kelvin. Para Landsat Nivel 1, ponga el archivo MTL junto a ella.</translation>
    </message>
    <message>
        <source>{layer}: degrees Celsius + 273.15.</source>
        <translation>{layer}: grados Celsius + 273.15.</translation>
    </message>
    <message>
        <source>{layer}: feet × 0.3048.</source>
        <translation>{layer}: pies × 0.3048.</translation>
    </message>
    <message>
        <source>{layer}: scale {scale} and offset {offset}, as set.</source>
        <translation>{layer}: escala {scale} y desplazamiento {offset}, según lo fijado.</translation>
    </message>
    <message>
        <source>{layer}: scale {scale} and offset {offset}, as the file says.</source>
        <translation>{layer}: escala {scale} y desplazamiento {offset}, según el archivo.</translation>
    </message>
    <message>
        <source>{layer}: the numbers are taken as they are.</source>
        <translation>{layer}: los números se toman tal cual.</translation>
    </message>
    <message>
        <source>Automatic (from the file, its name and its numbers)</source>
        <translation>Automática (según el archivo, su nombre y sus números)</translation>
    </message>
    <message>
        <source>Landsat Collection 2, Level 1 (top of atmosphere)</source>
        <translation>Landsat Colección 2, nivel 1 (techo de la atmósfera)</translation>
    </message>
    <message>
        <source>Landsat Collection 2, Level 2 (surface reflectance)</source>
        <translation>Landsat Colección 2, nivel 2 (reflectancia de superficie)</translation>
    </message>
    <message>
        <source>Reflectance × 10000</source>
        <translation>Reflectancia × 10000</translation>
    </message>
    <message>
        <source>Reflectance, 0 to 1</source>
        <translation>Reflectancia, de 0 a 1</translation>
    </message>
    <message>
        <source>Reflectance, as chosen.</source>
        <translation>Reflectancia, según lo elegido.</translation>
    </message>
    <message>
        <source>Sentinel-2, Level 1C (top of atmosphere)</source>
        <translation>Sentinel-2, nivel 1C (techo de la atmósfera)</translation>
    </message>
    <message>
        <source>Sentinel-2, Level 2A (surface reflectance)</source>
        <translation>Sentinel-2, nivel 2A (reflectancia de superficie)</translation>
    </message>
    <message>
        <source>{layer} does not say how it is scaled: its numbers are taken for reflectance in percent. If that is wrong, choose its scaling.</source>
        <translation>{layer} no dice cómo está escalada: sus números se toman como reflectancia en porcentaje. Si no es así, elija su escala.</translation>
    </message>
    <message>
        <source>{layer} does not say how it is scaled: its numbers are taken for reflectance × 10000. If that is wrong, choose its scaling.</source>
        <translation>{layer} no dice cómo está escalada: sus números se toman como reflectancia × 10000. Si no es así, elija su escala.</translation>
    </message>
    <message>
        <source>{layer}: reflectance looks wrong with the scaling given: the median of a band is {median}, where 0 to 1 is usual. Check scale and offset.</source>
        <translation>{layer}: la reflectancia parece errónea con la escala dada: la mediana de una banda es {median}, y lo habitual es de 0 a 1. Revise la escala y el desplazamiento.</translation>
    </message>
    <message>
        <source>{layer} is not used: its numbers, about {median}, are no temperatures in kelvin. Choose the thermal band, or give the file the scale and offset that make kelvin of them.</source>
        <translation>{layer} no se usa: sus números, alrededor de {median}, no son temperaturas en kelvin. Elija la banda térmica, o dé al archivo la escala y el desplazamiento que los convierten en kelvin.</translation>
    </message>
    <message>
        <source>{layer} is not used: its numbers, about {median}, look like degrees Celsius, and nothing in the file says so. Give the file the offset 273.15, for example with gdal_edit.py -offset 273.15.</source>
        <translation>{layer} no se usa: sus números, alrededor de {median}, parecen grados Celsius, y nada en el archivo lo dice. Dé al archivo el desplazamiento 273.15, por ejemplo con gdal_edit.py -offset 273.15.</translation>
    </message>
    <message>
        <source>{layer}: reflectance looks wrong with the scaling that was assumed: the median of a band is {median}, where 0 to 1 is usual. Choose its scaling.</source>
        <translation>{layer}: la reflectancia parece errónea con la escala supuesta: la mediana de una banda es {median}, y lo habitual es de 0 a 1. Elija su escala.</translation>
    </message>
</context>
<context>
    <name>scene</name>
    <message>
        <source>The image is in {crs}, which is not in metres; it is mapped in {grid_crs}.</source>
        <translation>La imagen está en {crs}, que no está en metros; se cartografía en {grid_crs}.</translation>
    </message>
    <message>
        <source>{layer} does not cover the view and is not used.</source>
        <translation>{layer} no cubre la vista y no se usa.</translation>
    </message>
    <message>
        <source>{layer}, band {band} of {count}, is taken for “{role}”, but looks like “{guess}”. Please check.</source>
        <translation>{layer}, banda {band} de {count}, se toma como «{role}», pero parece «{guess}». Compruébelo, por favor.</translation>
    </message>
    <message>
        <source>{layer}, band {band} of {count}, is taken for “{role}”, though nothing in the file says so. Please check.</source>
        <translation>{layer}, banda {band} de {count}, se toma como «{role}», aunque nada en el archivo lo dice. Compruébelo, por favor.</translation>
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
    <message>
        <source>No NVIDIA GPU was found, so models run on the processor.</source>
        <translation>No se encontró ninguna GPU NVIDIA, así que los modelos se ejecutan en el procesador.</translation>
    </message>
    <message>
        <source>No NVIDIA GPU was found. Models run on the processor; another GPU could be used through DirectML.</source>
        <translation>No se encontró ninguna GPU NVIDIA. Los modelos se ejecutan en el procesador; otra GPU podría usarse mediante DirectML.</translation>
    </message>
    <message>
        <source>The model runner in {folder} is not complete. Repair goes on where it stopped.</source>
        <translation>El ejecutor de modelos de {folder} no está completo. Reparar continúa donde se detuvo.</translation>
    </message>
    <message>
        <source>The model runner in {folder} was made for another version of the plugin. Repair updates it.</source>
        <translation>El ejecutor de modelos de {folder} se creó para otra versión del complemento. Reparar lo actualiza.</translation>
    </message>
    <message>
        <source>The model runner is installed in {folder}.</source>
        <translation>El ejecutor de modelos está instalado en {folder}.</translation>
    </message>
    <message>
        <source>The model runner is not installed yet.</source>
        <translation>El ejecutor de modelos aún no está instalado.</translation>
    </message>
    <message>
        <source>{gpu} could be used. The processor is enough for the band ratio and needs far less to download.</source>
        <translation>Se podría usar {gpu}. Para el cociente de bandas basta el procesador, con una descarga mucho menor.</translation>
    </message>
    <message>
        <source>{gpu} has driver {driver}; {needed} or newer is needed to use it, so models run on the processor.</source>
        <translation>{gpu} tiene el controlador {driver}; para usarla hace falta {needed} o posterior, así que los modelos se ejecutan en el procesador.</translation>
    </message>
</context>
</TS>
