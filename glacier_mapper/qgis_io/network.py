"""QGIS's network settings, for the one download that happens outside QGIS: installing the model runner."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from qgis.core import QgsApplication, QgsNetworkAccessManager
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

PROBE_URL = "https://pypi.org/simple/"


@dataclass(frozen=True)
class Proxy:
    """A web proxy; `scheme` is "http" or "socks5"."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    scheme: str = "http"
    no_proxy: tuple[str, ...] = ()


def proxy(url: str = PROBE_URL) -> Proxy | None:
    """The proxy that QGIS would use for `url`, from its own settings or the system's; None for none."""
    manager = QgsNetworkAccessManager.instance()
    exceptions = [text for text in (*manager.excludeList(), *manager.noProxyList()) if text]
    if any(url.startswith(text) for text in exceptions):
        return None
    found = manager.fallbackProxy()
    if found.type() == QNetworkProxy.ProxyType.DefaultProxy:
        candidates = QNetworkProxyFactory.systemProxyForQuery(QNetworkProxyQuery(QUrl(url)))
        found = candidates[0] if candidates else found
    if not found.hostName():
        return None
    hosts = tuple(QUrl.fromUserInput(text).host() or text for text in exceptions)
    socks = found.type() == QNetworkProxy.ProxyType.Socks5Proxy
    return Proxy(
        found.hostName(), found.port() or 8080, found.user(), found.password(), "socks5" if socks else "http", hosts
    )


def write_ca_bundle(path: Path) -> Path | None:
    """The certificate authorities that QGIS trusts, institute ones included, as a PEM file; None without any."""
    manager = QgsApplication.authManager()
    text = bytes(manager.trustedCaCertsPemText()) if manager is not None and not manager.isDisabled() else b""
    if not text.strip():
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    except OSError:  # the runner's own bundle has to do; the installer says so when it can't connect
        return None
    return path
