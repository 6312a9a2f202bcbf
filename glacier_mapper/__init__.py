"""Glacier Mapper: assisted glacier inventorying in QGIS. Imports nothing, so that both processes share the package."""


def classFactory(iface):  # noqa: N802, ANN001, ANN201 (the name and signature that QGIS calls)
    """Return the plugin; called by QGIS when it is enabled."""
    from .plugin import GlacierMapperPlugin

    return GlacierMapperPlugin(iface)
