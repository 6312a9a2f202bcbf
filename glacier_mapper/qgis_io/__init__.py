"""QGIS adapters: view to request, result to layers, edits, settings, tasks."""
