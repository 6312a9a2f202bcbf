"""What a new model package may be called: a plain folder name on every system that no built-in model has."""

from __future__ import annotations

import re
import unicodedata

from .model_card_files import RESERVED
from .model_card_read import NAME_PATTERN
from .model_errors import PackageNameError
from .models import BUILT_IN

FOREST = "random-forest"
"""What train calls the classical baseline beside the networks."""
NO_PACKAGES = frozenset({*(info.name for info in BUILT_IN), FOREST})
"""Names of models that are computed without a package."""
OWN_NETWORK = "compact"
"""The name of the package that comes with the project, and of its architecture."""
MOST_LETTERS = 64


def is_package_name(name: str) -> bool:
    """Whether it is a plain folder name on every system."""
    return NAME_PATTERN.fullmatch(name) is not None and RESERVED.fullmatch(name) is None


def check_new_name(name: str, architecture: str = "", hint: str = "") -> None:
    """Raise PackageNameError, its remedy with `hint`, for what a package of that architecture can't be called."""
    if not is_package_name(name):
        expected = "3 to 64 letters, digits and ._-, with a letter first and no mark last"
        raise PackageNameError(name="name", value=name or "empty", expected=f"{expected}{hint}")
    taken = NO_PACKAGES if architecture == OWN_NETWORK else NO_PACKAGES | {OWN_NETWORK}
    if name.lower() in taken:
        expected = f"another name; {', '.join(sorted(taken))} are the project's own models"
        raise PackageNameError(name="name", value=name, expected=f"{expected}{hint}")


def name_of_folder(folder: str) -> str:
    """A package's name made of that of its folder: the same where it can be one, else as near as letters allow."""
    return folder if is_package_name(folder) else plain_name(folder)


def plain_name(text: str) -> str:
    """`text` in small letters, digits and ._- without accents; too short where little of it can be kept."""
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9._-]+", "-", letters.lower())
    return re.sub(r"^[^a-z]+", "", name)[:MOST_LETTERS].rstrip("-._")
