"""What an instance address names: one instance, or all instances of a block."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from scanner.hcl.partial import PartialText
from scanner.model.value import Cause

_T = TypeVar("_T")


class Named(Generic[_T]):
    """Things by root and instance address; a reference is looked up in constant time, however many instances."""

    __slots__ = ("_exact", "_of_block")

    def __init__(self) -> None:
        self._exact: dict[tuple[Hashable, str], list[_T]] = {}
        self._of_block: dict[tuple[Hashable, str], list[_T]] = {}

    def add(self, root: Hashable, name: str, item: _T) -> None:
        self._exact.setdefault((root, name), []).append(item)
        block = base(name)
        if block != name:
            self._of_block.setdefault((root, block), []).append(item)

    def meant(self, root: Hashable, reference: str) -> Sequence[_T]:
        """What a reference names: the instance itself, or where it has no key, every instance of the block."""
        exact = self._exact.get((root, reference))
        return exact if exact is not None else self._of_block.get((root, reference), ())


def spelled(value: PartialText, root: str) -> str | None:
    """A name with holes as a text that is the same wherever the same thing is meant: each hole is one
    computed attribute of the root (`logs-{ROOT#random_pet.this.id}`), or one variable that nobody gave. None
    where a hole may be filled in otherwise."""
    found: list[str] = []
    for part in value.parts:
        if isinstance(part, str):
            found.append(part)
        elif _PARTITION in "".join(part.references):
            found.append("aws")
        elif part.cause is Cause.PROVIDER_COMPUTED and len(part.references) == 1:
            found.append(f"{{{root}#{part.references[0]}}}")
        elif part.cause is Cause.NO_DEFAULT and not part.references:  # one variable of the root is one thing
            found.append(f"{{{root}#{part.reason}}}")
        else:
            return None
    return "".join(found)


_PARTITION = "data.aws_partition."  # nearly everywhere `aws`; names in the others are made the same way


def base(name: str) -> str:
    """The address without instance keys of its last segment: `a.b["x.y"]` -> `a.b`."""
    return name[: name.rindex("[", 0, _key_end(name))] if name.endswith("]") else name


def _key_end(name: str) -> int:
    """Where to look back from for the bracket that opens the last key (keys may hold brackets in quotes)."""
    if name.endswith('"]'):
        at = len(name) - 2
        while at > 0:
            at = name.rfind('"', 0, at)
            if at < 1 or name[at - 1] == "[":
                return max(at, 0)
    return len(name)


def matches(reference: str, name: str) -> bool:
    """Whether a reference names an instance: exactly, or as one of all its instances."""
    return reference == name or base(name) == reference
