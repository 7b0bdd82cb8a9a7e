"""Classes of characters in RE2: general categories, scripts, and what `(?i)` holds for one character."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial

from scanner.hcl.functions.scripts import SCRIPTS, in_script

_CATEGORIES = frozenset(
    (
        *(
            "C",
            "Cc",
            "Cf",
            "Co",
            "Cs",
            "L",
            "Ll",
            "Lm",
            "Lo",
            "Lt",
            "Lu",
            "M",
            "Mc",
            "Me",
            "Mn",
            "N",
            "Nd",
            "Nl",
            "No",
        ),
        *("No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs"),
    )
)


def folds(char: str) -> tuple[str, ...]:
    """The character and what differs from it in case alone."""
    special = {"k": "\u212a", "s": "\u017f", "\u212a": "k", "\u017f": "s"}
    return tuple(
        item for item in (char, char.lower(), char.upper(), special.get(char.lower(), char)) if len(item) == 1
    )


def of_property(name: str, *, negated: bool, fold: bool) -> Callable[[str], bool] | None:
    """The test of a general category such as L or Lu, or of a script such as Greek; None for another name."""
    if name == "Any":
        return lambda _: not negated
    if name in SCRIPTS:
        test = partial(in_script, name=name)
    elif name in _CATEGORIES:
        test = partial(_in_category, name=name)
    else:
        return None
    return lambda char: (any(map(test, folds(char))) if fold else test(char)) != negated


def _in_category(char: str, name: str) -> bool:
    found = unicodedata.category(char)
    return found.startswith(name) and found != "Cn"
