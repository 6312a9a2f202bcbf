"""Whether a model fits the layers in view, in words and with a sign."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qgis.PyQt.QtCore import QCoreApplication

from ..core.branches import REGION_CODES
from ..core.fitting import Fit, Verdict
from ..core.regions import REGION_LABELS
from ..core.roles import Role
from . import texts
from .colors import Accent

FIT_SIGNS: dict[Verdict, tuple[str, Accent]] = {
    Verdict.FITS: ("certain", Accent.GOOD),
    Verdict.LACKS: ("missing", Accent.BAD),
    Verdict.ELSEWHERE: ("unsure", Accent.WARN),
}
MOST_ROLES = 2
"""A short word names this many roles and counts the rest."""
MOST_ALTERNATIVES = 2
"""A short word names the first of so many alternatives, and counts more."""


MOST_NEEDS = 3
"""Of more alternatives, a sentence names so many, those with the fewest roles."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("FitTexts", text)


def region_label(code: str) -> str:
    """A region's name; what is no code is a name already."""
    return QCoreApplication.translate("regions", REGION_LABELS[code]) if code in REGION_LABELS else code


def regions_text(regions: Sequence[str]) -> str:
    """Regions by name."""
    known = [code for code in REGION_CODES if code in regions]
    rest = [name for name in regions if name not in REGION_CODES]
    return texts.enumeration([region_label(code) for code in (*known, *rest)], _tr(" and "))


def roles_text(roles: Sequence[Role] | frozenset[Role], most: int = len(Role)) -> str:
    """Roles by their short names, in the order of the roles."""
    names = [texts.short_role_label(role) for role in Role if role in roles]
    if len(names) <= most:
        return texts.enumeration(names, _tr(" and "))
    more = _tr("{roles} and {count} more")
    return more.format(roles=", ".join(names[:most]), count=len(names) - most)


def alternatives_text(sets: Collection[Collection[Role]]) -> str:
    """Sets of roles any one of which is enough: "a and b or c" where all hold a, else "a, b and c or d".

    A set that holds another one says nothing more and is left out.
    """
    least = list(dict.fromkeys(frozenset(one) for one in sets))
    least = [one for one in least if not any(other < one for other in least)]
    common = frozenset.intersection(*least) if least else frozenset()
    rest = sorted(filter(None, (one - common for one in least)), key=len)[:MOST_NEEDS]
    parts = [texts.short_role_label(role) for role in Role if role in common]
    if rest and all(len(one) == 1 for one in rest):
        names = [texts.short_role_label(role) for role in Role if frozenset({role}) in rest]
        parts.append(texts.enumeration(names, _tr(" or ")))
    elif rest:
        parts.append(texts.enumeration([roles_text(one) for one in rest], _tr(" or ")))
    return texts.enumeration(parts, _tr(" and "))


def needs_sentence(needs: Collection[Collection[Role]]) -> str:
    """What a model needs at least; one that runs with a single band of several kinds takes what there is."""
    if len(needs) > MOST_NEEDS and any(len(one) == 1 for one in needs):
        return _tr("Takes what there is of its bands; the more, the better.")
    return _tr("Needs {roles}.").format(roles=alternatives_text(needs))


def fit_word(fit: Fit) -> str:
    """The verdict in a word or two, for a list."""
    if fit.verdict is Verdict.LACKS and len(fit.gaps) > MOST_ALTERNATIVES:
        return _tr("lacks one of {count}").format(count=len(fit.gaps))
    if fit.verdict is Verdict.LACKS:
        lacking = [roles_text(gap, MOST_ROLES) for gap in fit.gaps or (fit.missing,)]
        return _tr("lacks {roles}").format(roles=_tr(" or ").join(lacking))
    return _tr("other region") if fit.verdict is Verdict.ELSEWHERE else _tr("fits")


def fit_sentence(fit: Fit, regions: Sequence[str]) -> str:
    """The verdict in a sentence, with what to do about it."""
    if fit.verdict is Verdict.LACKS and len(fit.gaps) > 1:
        text = _tr("Lacks one of these: {roles}. Add a layer with it, or give a band that role.")
        return text.format(roles="; ".join(map(roles_text, fit.gaps)))
    if fit.verdict is Verdict.LACKS:
        text = _tr("Lacks {roles}: add a layer with it, or give a band that role.")
        return text.format(roles=roles_text(fit.missing))
    if fit.verdict is Verdict.ELSEWHERE:
        text = _tr("Made for {regions}; the view lies in {here}. Look at the result with care.")
        return text.format(regions=regions_text(regions), here=region_label(fit.here))
    return _tr("Fits the layers in view.")
