"""Arguments whose value differs with every run, so that each plan shows a change of their resource."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.hcl.syntax import Traversal, Tuple
from scanner.model.value import Unknown, Value, unknowns
from scanner.sources.terraform.module import Declared

_EVERY_RUN = "differs with every run"  # how evaluation words what timestamp(), uuid() and bcrypt() give
# Their triggers are steps of their own (mapping/others/steps.py).
_STEPS = frozenset(("null_resource", "terraform_data"))


def unsettled(type_: str, declared: Declared, attributes: Mapping[str, Value], seen: dict[int, Unknown]) -> str:
    """The name of the first argument of a resource that is new in every run, unless its changes are ignored; ""
    where there is none. `seen` holds the values that were told already: a local that many resources use is one
    cause."""
    found = ""
    for name, value in attributes.items():
        for each in unknowns(value):
            if _EVERY_RUN in each.reason and id(each) not in seen and type_ not in _STEPS:
                ignored = _ignored(declared)
                if "all" in ignored or name.removesuffix("_all") in ignored or name in ignored:
                    break
                seen[id(each)] = each
                found = found or name
    return found


def _ignored(declared: Declared) -> set[str]:
    """The arguments whose changes the lifecycle block ignores; `all` among them means all."""
    names: set[str] = set()
    for block in declared.block.body.blocks:
        attribute = block.body.attributes.get("ignore_changes") if block.type == "lifecycle" else None
        if attribute is not None:
            given = attribute.expr
            for each in given.items if isinstance(given, Tuple) else (given,):
                if isinstance(each, Traversal):
                    names.add(each.root)
    return names
