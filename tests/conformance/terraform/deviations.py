# ruff: noqa: E501 - tables read better with a row on one line
"""Where we answer otherwise than terraform 1.11, on purpose. At most ten, each with its reason."""

from __future__ import annotations

import re
from typing import Any

from tests.conformance.terraform.generate import Program
from tests.conformance.terraform.real import Answer

DEVIATIONS = {
    "symbolic instances": "count or for_each over an unknown is an error there; here one symbolic instance stands for "
    "all, and what would be refused in it is as unknown as its presence",
    "no instance": "a block or call without instances is type-checked there and not evaluated here: what it would "
    "hold if it were there is no fault of the configuration",
    "types first": "terraform first checks types with all variables unknown and tells nothing else where that fails; "
    "here the values are known, and what they fail with is told (both refuse the same place)",
    "logic stops": "1.12 and newer do not look at the right side that the left has decided; so do we",
    "more known": "an unknown condition over two equal arms, or one pair of elements that differs already, decides: "
    "terraform says unknown",
    "base64gzip": "the compressed bytes hang on the compressor; here they are unknown",
    "format null": "an untyped null in format() is unknown there (fixed later); here it is the text null or the error "
    "that a typed null gives",
    "refinements": "terraform narrows some unknowns further than we do (an id is not null, a number lies within "
    "bounds) and then knows what we call unknown; never the other way round, and never a wrong value",
    "absent file": "a file that is not in the tree is an error there; here it is unknown, since builds make files",
    "output mark": "a module output declared sensitive stays masked for its callers; 1.11 drops the mark in the plan",
}


def deviation(said: str, program: Program, theirs: Answer, ours: Answer) -> str | None:
    """The name of the deviation that explains a difference, if one does."""
    text = "".join(program.files.values())
    if said == "only terraform refuses":
        if any(value == {"$perhaps": True} for value in ours.values.values()):
            return "symbolic instances"
        if _without_instances(program, theirs, ours):
            return "no instance"
        if re.search(r"&&|\|\|", text):
            return "logic stops"
    if said == "another cause":
        if _without_instances(program, theirs, ours):
            return "no instance"
        if {each[3] for each in theirs.errors} & {each[3] for each in ours.errors}:
            return "types first"
    if "base64gzip(" in text and said in ("another value", "only terraform refuses"):
        return "base64gzip"
    if any("no such file" in each[1] or "no file exists" in each[1] for each in theirs.errors):
        return "absent file" if said == "only terraform refuses" else None
    if re.search(r"format(?:list)?\(.*null", text) and said != "only terraform refuses":
        return "format null"
    if said == "another value" and more_known(ours.values, theirs.values):
        return "more known"
    if (
        said == "another value"
        and "sensitive = true" in text
        and more_known(_bare(theirs.values), _bare(ours.values))
    ):
        return "output mark"
    if said == "another value" and more_known(theirs.values, ours.values):
        return "refinements"
    return None


def _without_instances(program: Program, theirs: Answer, ours: Answer) -> bool:
    """Whether all errors stand in a block or module of which there is no instance here."""
    if re.search(rf"terraform_data\.{program.name}(?:\[|$)", " ".join(ours.values)) is None:
        return True
    inside = f"module.{program.name}"
    return f'module "{program.name}"' in "".join(program.files.values()) and not any(
        each.startswith(inside) for each in ours.values
    )


def more_known(mine: Any, theirs: Any) -> bool:
    """Whether values differ only in that theirs is unknown where mine is not."""
    if theirs == {"$unknown": True}:
        return True
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return mine.keys() == theirs.keys() and all(more_known(mine[key], theirs[key]) for key in mine)
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(more_known, mine, theirs))
    return bool(mine == theirs)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return _bare(value["$sensitive"]) if "$sensitive" in value else {k: _bare(v) for k, v in value.items()}
    return [_bare(each) for each in value] if isinstance(value, list) else value


# Programs among the first 20,000 that disagree and are no deviation: to be mended, never to be added to lightly. Most
# are types that terraform infers for arms, elements or unknown arguments and we do not.
REMAINING = frozenset({
    1401, 2071, 4596, 9028, 11564, 13231, 16138, 16222, 16338, 16424, 16695, 18391, 18914, 19581,
})  # fmt: skip
