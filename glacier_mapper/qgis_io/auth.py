"""QGIS's own authentication store: a configuration's id in, the headers of a request out; nothing is kept here."""

from __future__ import annotations

import base64

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtNetwork import QNetworkRequest

from ..core.model_errors import ServerAccessError

BEARER = "bearer"


def headers_of(auth_id: str, url: str) -> dict[str, str]:
    """The headers with which QGIS would ask `url` under the configuration `auth_id`; on the main thread.

    Works for every method that lives in headers: basic, API header, OAuth2. A basic configuration whose user is
    "Bearer" is a bearer token: older QGIS has no method of its own for one. QGIS may ask for its master password.
    Raises ServerAccessError.
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
    return {name: _as_bearer(value) if name.lower() == "authorization" else value for name, value in headers.items()}


def is_unlocked() -> bool:
    """Whether headers can be had without a question to the user."""
    manager = QgsApplication.authManager()
    return manager is not None and not manager.isDisabled() and manager.masterPasswordIsSet()


def _as_bearer(value: str) -> str:
    """Basic authentication of the user "Bearer" as a bearer token; anything else as it is."""
    kind, _, coded = value.partition(" ")
    if kind != "Basic":
        return value
    try:
        user, _, secret = base64.b64decode(coded, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return value
    return f"Bearer {secret}" if user.lower() == BEARER and secret else value


def _tr(text: str) -> str:
    return QCoreApplication.translate("auth", text)
