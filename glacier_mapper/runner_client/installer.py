"""The commands that make the environment, with pip or with uv."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..core.file_errors import MissingNamedFileError
from .add_on import index_of
from .clean_env import cleaned_environment
from .layout import Layout
from .makers import MANAGED_PYTHON
from .setup_values import Maker, SetupOptions

DEFAULT_INDEX = "https://pypi.org/simple"


@dataclass(frozen=True)
class Installer:
    """Argument lists and environment for one maker."""

    maker: Maker
    layout: Layout
    options: SetupOptions
    is_add_on: bool = False
    """Whether the packages are those of the add-on, laid into an environment that works and stays as it is."""

    @property
    def pins(self) -> Path:
        """The packages to install."""
        return self.layout.added_pins if self.is_add_on else self.layout.pins

    def check(self) -> None:
        """Raises MissingFileError when a file or folder that the options name is not there."""
        for path in (self.options.ca_bundle, self.options.wheel_folder):
            if path is not None and not Path(path).exists():
                raise MissingNamedFileError(path=str(path))

    def create_command(self) -> list[str]:
        """Make an empty environment in place of what is there."""
        venv = str(self.layout.venv)
        if self.maker.kind == "venv":
            return [str(self.maker.program), "-I", "-m", "venv", "--clear", venv]
        python = str(self.maker.python) if self.maker.python else MANAGED_PYTHON
        preference = ["--no-managed-python"] if self.maker.python else ["--managed-python"]
        return [str(self.maker.program), "venv", "--clear", "--no-project", "--python", python, *preference, venv]

    def install_command(self, force: bool = False) -> list[str]:
        """Install the pins; wheels only, so that nothing is compiled. `force` lays every package down anew."""
        source = ["--no-index", "--find-links", str(self.options.wheel_folder)] if self.options.wheel_folder else []
        common = ["--only-binary", ":all:", *source, *self._add_on_arguments(), "-r", str(self.pins)]
        if self.maker.kind == "uv":
            target = ["--python", str(self.layout.python)]
            offline = ["--offline"] if source else []
            return [str(self.maker.program), "pip", "install", *target, *offline, *_if(force, "--reinstall"), *common]
        quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2"]
        pip = [str(self.layout.python), "-I", "-m", "pip", "install"]
        return [*pip, *quiet, *_if(force, "--force-reinstall"), *common]

    def _add_on_arguments(self) -> list[str]:
        """The index of PyTorch's builds beside the usual one, and what is there already as it is."""
        if not self.is_add_on:
            return []
        index = index_of(self.options)
        # uv would otherwise take every package from the first index that knows its name
        strategy = _if(self.maker.kind == "uv", "--index-strategy=unsafe-best-match")
        return ["-c", str(self.layout.pins), *(["--extra-index-url", index, *strategy] if index else [])]

    def test_command(self) -> list[str]:
        """Ends with 0 when the interpreter works, is an environment's own, and has pip where pip installs."""
        pip = "import pip; " if self.maker.kind == "venv" else ""
        return [str(self.layout.python), "-I", "-c", f"{pip}import sys; sys.exit(sys.prefix == sys.base_prefix)"]

    def environment(self) -> dict[str, str]:
        """The variables of the commands. Secret: the proxy's and index's credentials are in here, and only here."""
        variables = cleaned_environment()
        variables.update(self._own_variables())
        variables.update(self._network_variables())
        return variables

    def source(self) -> str:
        """Where packages come from; may hold credentials."""
        if self.options.wheel_folder:
            return str(self.options.wheel_folder)
        return self.options.index_url or os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX

    def _own_variables(self) -> dict[str, str]:
        cache = self.layout.cache
        return {
            "PIP_CACHE_DIR": str(cache / "pip"),
            "PIP_NO_COLOR": "1",
            "NO_COLOR": "1",
            "UV_CACHE_DIR": str(cache / "uv"),
            "UV_PYTHON_INSTALL_DIR": str(self.layout.managed_python),
            "UV_NO_CONFIG": "1",
            "UV_NO_PROGRESS": "1",
            "UV_LINK_MODE": "copy",
            "UV_NATIVE_TLS": "1",
        }

    def _network_variables(self) -> dict[str, str]:
        variables: dict[str, str] = {}
        if not self.options.wheel_folder and self.source() != DEFAULT_INDEX:
            variables.update({"PIP_INDEX_URL": self.source(), "UV_DEFAULT_INDEX": self.source()})
        if self.options.ca_bundle is not None:
            bundle = str(self.options.ca_bundle)
            variables.update({"SSL_CERT_FILE": bundle, "PIP_CERT": bundle, "REQUESTS_CA_BUNDLE": bundle})
        if self.options.proxy is not None:
            url = self.options.proxy.url
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                variables.update({name: url, name.lower(): url})
            exceptions = ",".join(self.options.proxy.no_proxy)
            variables.update({"NO_PROXY": exceptions, "no_proxy": exceptions} if exceptions else {})
        return variables


def _if(condition: bool, argument: str) -> list[str]:
    return [argument] if condition else []
