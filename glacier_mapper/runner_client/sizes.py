"""How much the runner's packages weigh, measured.

Linux x86-64, Python 3.11: wheel files as the index serves them, and files as pip lays them down with their
compiled modules (PACKAGES_MB); the accelerated builds from the index's file sizes, unpacked about threefold.
Other platforms differ by a fifth or so, which is enough to decide on.
"""

from __future__ import annotations

from collections.abc import Iterable

PACKAGES_MB: dict[str, tuple[float, float]] = {
    "affine": (0.1, 0.1),
    "attrs": (0.1, 0.5),
    "filelock": (0.2, 2.0),
    "fsspec": (0.2, 2.0),
    "h5py": (5.0, 16.8),
    "jinja2": (0.1, 1.2),
    "ml-dtypes": (0.4, 1.9),
    "mpmath": (0.6, 4.9),
    "onnx": (8.9, 26.3),
    "setuptools": (0.9, 6.2),
    "torch": (191.8, 756.6),
    "torch-cuda": (2700.0, 6200.0),  # with the CUDA 13 libraries
    "certifi": (0.1, 0.2),
    "charset-normalizer": (0.3, 1.0),
    "click": (0.1, 1.0),
    "idna": (0.1, 0.5),
    "imageio": (0.3, 2.6),
    "networkx": (2.1, 16.6),
    "numpy": (16.9, 71.4),
    "onnxruntime": (27.8, 80.2),
    "onnxruntime-directml": (25.4, 76.0),
    "onnxruntime-gpu": (1566.0, 3100.0),  # with the CUDA 13 and cuDNN packages
    "packaging": (0.1, 1.0),
    "pillow": (7.1, 21.9),
    "protobuf": (0.3, 2.4),
    "pyogrio": (33.3, 106.3),
    "pyparsing": (0.1, 1.1),
    "pyproj": (9.5, 32.9),
    "rasterio": (35.9, 111.1),
    "requests": (0.1, 0.5),
    "scikit-image": (13.7, 32.0),
    "scipy": (35.3, 142.9),
    "shapely": (2.3, 9.4),
    "sympy": (6.3, 75.5),
    "tifffile": (0.2, 2.2),
    "urllib3": (0.1, 1.0),
}
"""MB to download and on disk."""

OTHER_MB = (0.1, 0.3)
PIP_MB = 22.0
MANAGED_PYTHON_MB = (35.0, 110.0)


def sizes_mb(names: Iterable[str], managed_python: bool = False, pip: bool = True) -> tuple[int, int]:
    """MB (10^6 bytes) to download and on disk for these packages, with pip or with a Python that uv fetches."""
    pairs = [PACKAGES_MB.get(name, OTHER_MB) for name in names]
    extra = MANAGED_PYTHON_MB if managed_python else (0.0, PIP_MB if pip else 0.0)
    return round(sum(one[0] for one in pairs) + extra[0]), round(sum(one[1] for one in pairs) + extra[1])
