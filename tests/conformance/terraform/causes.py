# ruff: noqa: E501 - tables read better with a row on one line
"""Errors by their cause, in terraform's words and in ours: "both refuse" is agreement only for the same cause."""

from __future__ import annotations

import re
from collections.abc import Iterable

_THEIRS = {
    "Invalid index": "index", "Unsupported attribute": "attribute", "Missing map element": "attribute",
    "Attempt to get attribute from null value": "null step", "Attempt to index null value": "null step",
    "Inconsistent conditional result types": "conditional", "Incorrect condition type": "condition",
    "Null condition": "condition", "Invalid operand": "operand", "Operation failed": "operand",
    "Unsupported operator": "operand", "Error during operation": "operand",
    "Duplicate object key": "key", "Invalid object key": "key", "Null value as key": "key", "Incorrect key type": "key",
    "Invalid template interpolation value": "template", "Iteration over null value": "for",
    "Iteration over non-iterable value": "for", "Invalid 'for' condition": "for condition",
    "Condition is null": "for condition", "Invalid value for input variable": "variable",
    "Invalid default value for variable": "variable", "Required variable not set": "variable",
    "Missing required argument": "missing", "Invalid for_each argument": "for_each",
    "Invalid for_each set argument": "for_each", "Invalid dynamic for_each value": "for_each", "Invalid count argument": "count", "Incorrect value type": "count",
    "Invalid expanding argument value": "expand", "Splat of null value": "null step",
}  # fmt: skip
_CONVERTED = ("operand", "condition", "for condition", "template", "key", "index", "variable", "conditional")
_OURS = (
    (r"variable \"", ("variable", "missing")),
    (r"index .* is outside|no element with the key|index of a list must|index must not be null|no elements to index|a set has no order", ("index",)),
    (r"of a null value|index into a null", ("null step", "index")),
    (r"has no attribute|this map has no element|which has no attributes|of a list; use", ("attribute", "index")),
    (r"two results of a conditional", ("conditional",)),
    (r"condition must not be null", ("condition", "template")),
    (r"condition of a for expression", ("for condition",)),
    (r"an operand must not be null|zero divided|on infinities", ("operand",)),
    (r"two elements have the key|key must not be null", ("key",)),
    (r"template cannot include a null", ("template",)),
    (r"a for expression over", ("for",)),
    (r"for_each", ("for_each",)),
    (r"count ", ("count",)),
    (r"is given|not given|must be given|no default", ("missing", "variable")),
    (r"infinity cannot be written", ("infinity",)),
    (r"what is expanded", ("expand",)),
    (r" is required|elements must have the same type", _CONVERTED),
)  # fmt: skip


_FAILS = re.compile(r"(?:condition of \S+ fails|fails its validation|^\S*check\.\S+ fails): ", re.DOTALL)
_NOT_SHOWN = ("its message is not known", "its message is empty", "its message holds a sensitive value")
HIDDEN = "hidden"


def words(detail: str) -> str:
    """The author's words for what does not hold, on one line, in terraform's detail; HIDDEN where it hides them."""
    told = " ".join(re.split(r"\n\nThis was checked by", detail)[0].split())
    return HIDDEN if told.startswith("This check failed, but has an invalid error message") else told


def message(summary: str) -> str:
    """The same words in our summary."""
    told = _FAILS.split(summary, maxsplit=1)[1]
    return HIDDEN if told in _NOT_SHOWN else told


def theirs(errors: Iterable[tuple[str, str, str, str]]) -> set[str]:
    """The causes of terraform's errors: (summary, detail, function called, place)."""
    return {_cause(summary, detail, called) for summary, detail, called, _ in errors}


def _cause(summary: str, detail: str, called: str) -> str:
    if summary.endswith("condition failed") or "This was checked by the validation rule" in detail:
        return f"condition: {words(detail)}"
    if called:
        return f"{called}()"
    if "infinity" in summary:
        return "infinity"
    return _THEIRS.get(summary, summary)


def ours(errors: Iterable[tuple[str, str, str, str]]) -> set[str]:
    """What our errors may be in those words: (code, summary, _, place)."""
    found: set[str] = set()
    for _, summary, _, _ in errors:
        if _FAILS.search(summary):
            found.add(f"condition: {message(summary)}")
            continue
        called = re.search(r"(?:^|: )(\w+)\(\)", summary)
        if called is not None:
            found.add(f"{called[1]}()")
            continue
        found.update(next((causes for pattern, causes in _OURS if re.search(pattern, summary)), (summary,)))
    return found
