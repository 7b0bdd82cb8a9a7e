"""What AWS refuses in a statement, in its normalized form (model/kinds.py)."""

from __future__ import annotations

from typing import Any

from scanner.analysis.access.conditions import is_operator
from scanner.model.value import Unknown

_EFFECTS = ("Allow", "Deny")


def refusal(statement: dict[str, Any]) -> str:
    """Why AWS refuses a statement, as the end of a sentence that begins with it; "" where nothing is known to be
    wrong."""
    effect = statement.get("effect")
    if not isinstance(effect, Unknown) and effect not in _EFFECTS:
        return f"has the Effect {effect!r}: it is Allow or Deny, in this case of letters"
    strange = statement.get("strange")
    if strange:
        return f"has elements that there are none of: {', '.join(map(str, strange))}"
    for one, other, name in (("actions", "not_actions", "Action"), ("resources", "not_resources", "Resource"),
                             ("principals", "not_principals", "Principal")):  # fmt: skip
        both = (statement[one], statement[other])
        if not any(isinstance(each, Unknown) for each in both) and all(both):
            return f"has both {name} and Not{name}"
    conditions = statement["conditions"]
    for condition in () if isinstance(conditions, Unknown) else conditions:
        operator = None if isinstance(condition, Unknown) else condition["operator"]
        if isinstance(operator, str) and not is_operator(operator):
            return f"has no known condition operator: {operator}"
    return ""
