"""Model servers as the user has added them, and what opens their doors: the first is saved, the second never."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .addresses import plain_address
from .errors import InvalidParameterError
from .request import check_device, is_server

ON_LOSS = ("local", "stop")


@dataclass(frozen=True)
class ServerSetting:
    """A server in the user's settings.

    `auth_id` is the id of a configuration in QGIS's authentication store, never a secret; `ca_file` a PEM file of
    the authority that signed the server's certificate, "" for those that the machine trusts. `on_loss` "local" goes
    on here when the server dies, "stop" ends the run.
    """

    url: str
    auth_id: str = ""
    ca_file: str = ""
    on_loss: str = "local"

    def __post_init__(self) -> None:
        if not is_server(self.url):
            expected = "the address of a server (http://…, https://…)"
            raise InvalidParameterError(name="address", value=plain_address(self.url), expected=expected)
        check_device(self.url)
        if any(sign in self.url for sign in ("?", "#", " ")) or self.url.endswith("/"):
            expected = "an address such as https://server:8000, with nothing after it"
            raise InvalidParameterError(name="address", value=plain_address(self.url), expected=expected)
        if self.on_loss not in ON_LOSS:
            raise InvalidParameterError(name="on_loss", value=self.on_loss, expected=" or ".join(ON_LOSS))


def clean_address(text: str) -> str:
    """What was typed as an address: no blanks, no slash at the end."""
    return text.strip().rstrip("/")


def find_server(servers: Sequence[ServerSetting], url: str) -> ServerSetting | None:
    """The setting of the server at `url`, None where the user has not added it."""
    return next((server for server in servers if server.url == clean_address(url)), None)


@dataclass(frozen=True)
class ServerAccess:
    """What opens a server's door, for the runner's memory alone: not shown, not logged, not saved."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str = ""

    def params(self) -> dict[str, Any]:
        """The params of the runner's method `credentials`."""
        return {"url": self.url, "headers": dict(self.headers), "ca_file": self.ca_file}


@dataclass(frozen=True)
class ServerReport:
    """What a server said of itself. `models` are names."""

    url: str
    live: bool
    name: str = ""
    version: str = ""
    models: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ServerReport:
        """From the runner's answer to `server`; models may be names or objects with one."""
        listed = data.get("models") or ()
        models = tuple(str(one.get("name", "")) if isinstance(one, Mapping) else str(one) for one in listed)
        return cls(
            url=str(data.get("url", "")),
            live=bool(data.get("live", False)),
            name=str(data.get("name") or ""),
            version=str(data.get("version") or ""),
            models=models,
        )
