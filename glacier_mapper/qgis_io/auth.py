"""QGIS's own authentication store: a configuration's id in, the headers of a request out; nothing is kept here."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtNetwork import QNetworkRequest

from ..core.model_errors import ServerAccessError


def headers_of(auth_id: str, url: str) -> dict[str, str]:
    """The headers with which QGIS would ask `url` under the configuration `auth_id`; on the main thread.

    Works for every method that lives in headers: basic, API header (bearer token), OAuth2. QGIS may ask for its
    master password. Raises ServerAccessError.
    """
    manager = QgsApplication.authManager()
    if manager is None or manager.isDisabled():
        raise ServerAccessError(url=url, reason=_tr("QGIS's authentication store is switched off."))
    if auth_id not in manager.configIds():
        reason = _tr("the authentication “{id}” is no longer in QGIS's store.").format(id=auth_id)
        raise ServerAccessError(url=url, reason=reason)
    if not manager.setMasterPassword(True):
        raise ServerAccessError(url=url, reason=_tr("QGIS's master password was not given."))
    done, request = manager.updateNetworkRequest(QNetworkRequest(QUrl(url)), auth_id)
    names = [bytes(name) for name in request.rawHeaderList()]
    headers = {name.decode("latin-1"): bytes(request.rawHeader(name)).decode("latin-1") for name in names}
    if not done or not headers:
        reason = _tr("the method of the authentication “{id}” gives no header; take basic, API header or OAuth2.")
        raise ServerAccessError(url=url, reason=reason.format(id=auth_id))
    return headers


def is_unlocked() -> bool:
    """Whether headers can be had without a question to the user."""
    manager = QgsApplication.authManager()
    return manager is not None and not manager.isDisabled() and manager.masterPasswordIsSet()


def _tr(text: str) -> str:
    return QCoreApplication.translate("auth", text)
