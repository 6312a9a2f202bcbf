"""Small wheels made on the spot, so that an installation can be tried without a network."""

from __future__ import annotations

import zipfile


def make_wheel(folder, name, version="1.0", body="", requires=(), module=""):  # noqa: PLR0917
    """A pure wheel with one module; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = name.replace("-", "_")
    module = module or stem
    info = f"{stem}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    files = {
        f"{module}/__init__.py": body or f"version = '{version}'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inner, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(inner, text)
    return path
