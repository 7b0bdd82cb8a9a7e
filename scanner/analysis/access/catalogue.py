"""The action catalogue: every action that AWS documents, as one bit each.

A set of actions is a Python integer; bit `n` is the action `catalogue().names[n]`. Names are compared without
regard to case, and `*` and `?` stand anywhere in a pattern (IAM User Guide, "IAM JSON policy elements: Action").
"""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

LEVELS = {"L": "List", "R": "Read", "W": "Write", "P": "Permissions management", "T": "Tagging"}
# What changes who may do what although AWS calls it a plain write (policy_sentry overrides the same ones).
_PERMISSIONS = frozenset(
    {"iam:passrole", "iam:createaccesskey", "iam:createloginprofile", "iam:updateloginprofile"}
)


class Catalogue:
    """The actions, their levels, resource types and ARN formats; `date` and `source` of the snapshot."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.date: str = content["date"]
        self.source: str = content["source"]
        self.guarded_services: frozenset[str] = frozenset(content["rcp"])  # those that RCPs apply to
        self.services: dict[str, dict[str, Any]] = content["services"]
        names: list[str] = []
        told: list[list[str]] = []
        for service, each in self.services.items():
            names += [f"{service}:{name}" for name in each["actions"]]
            told += each["actions"].values()
        keys = [name.lower() for name in names]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self.keys = [keys[at] for at in order]
        self.names = [names[at] for at in order]
        self._told = [told[at] for at in order]
        self.everything = (1 << len(order)) - 1
        self._index = {key: at for at, key in enumerate(self.keys)}
        self._memo: dict[str, int] = {}

    def find(self, action: str) -> int | None:
        """The bit's number of an action; None where the catalogue does not have it."""
        return self._index.get(action.lower())

    def bits(self, pattern: str) -> int:
        """The set of actions that a pattern means; 0 where the catalogue has none."""
        found = self._memo.get(pattern)
        if found is None:
            found = self._memo[pattern] = self._expand(pattern.lower())
        return found

    def _expand(self, pattern: str) -> int:
        if pattern in ("*", "*:*"):
            return self.everything
        head = re.split(r"[*?]", pattern, maxsplit=1)[0]
        if head == pattern:
            at = self._index.get(pattern)
            return 0 if at is None else 1 << at
        low = bisect_left(self.keys, head)
        high = bisect_left(self.keys, head + "\U0010ffff")
        if pattern == head + "*":
            return ((1 << (high - low)) - 1) << low
        fits = glob(pattern).fullmatch
        found = 0
        for at in range(low, high):
            if fits(self.keys[at]):
                found |= 1 << at
        return found

    def members(self, bits: int) -> list[str]:
        """The names in a set, in the order of the catalogue."""
        found = []
        while bits:
            low = bits & -bits
            found.append(self.names[low.bit_length() - 1])
            bits ^= low
        return found

    def types(self, at: int) -> list[str]:
        """The resource types that an action takes; [] where it takes none (it is then asked of `*`)."""
        return [each.rstrip("!") for each in self._told[at][1].split()]

    def required_types(self, at: int) -> list[str]:
        """The resource types that a call of an action always needs."""
        return [each[:-1] for each in self._told[at][1].split() if each.endswith("!")]

    def formats(self, at: int) -> list[str]:
        """The ARN formats of the resources that an action takes, `${...}` for what varies."""
        service = self.keys[at].partition(":")[0]
        known: dict[str, str] = self.services[service]["resources"]
        return [known[each] for each in self.types(at) if each in known]

    def level(self, at: int) -> str:
        """The access level: List, Read, Write, Permissions management or Tagging."""
        return LEVELS["P"] if self.keys[at] in _PERMISSIONS else LEVELS[self._told[at][0]]

    def dependents(self, at: int) -> list[str]:
        """Actions that a call may need besides (iam:PassRole for a service that takes a role)."""
        return self._told[at][2].split()

    def alike(self, at: int) -> int:
        """The set of actions that take the same types of resources as one, and always need the same."""
        of_action, sets = _shapes()
        return sets[of_action[at]]

    @property
    def unscoped(self) -> int:
        """The set of actions that take no resource: only `*` allows or denies them."""
        return _unscoped()


@cache
def catalogue() -> Catalogue:
    """The snapshot that is shipped."""
    return Catalogue(_read("catalogue.json.gz"))


def _read(name: str) -> Any:
    import orjson  # noqa: PLC0415 - only where permissions are asked about

    data = files("scanner.analysis.access.data").joinpath(name).read_bytes()
    return orjson.loads(gzip.decompress(data))


@cache
def _unscoped() -> int:
    known = catalogue()
    found = bytearray((len(known.names) + 7) // 8)
    for at in range(len(known.names)):
        if not known._told[at][1]:
            found[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(found, "little")


@cache
def _shapes() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shape's number of each action, and the sets of actions by number."""
    known = catalogue()
    numbers: dict[tuple[str, str], int] = {}
    of_action: list[int] = []
    sets: list[bytearray] = []
    for at, key in enumerate(known.keys):
        types = known._told[at][1]
        number = numbers.setdefault((key.partition(":")[0] if types else "", types), len(numbers))
        if number == len(sets):
            sets.append(bytearray((len(known.keys) + 7) // 8))
        sets[number][at >> 3] |= 1 << (at & 7)
        of_action.append(number)
    return tuple(of_action), tuple(int.from_bytes(each, "little") for each in sets)


@lru_cache(maxsize=65536)
def glob(pattern: str) -> re.Pattern[str]:
    """A pattern of `*` and `?` as a regular expression over the whole text."""
    return re.compile(
        "".join(".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern), re.DOTALL
    )


def fits_action(pattern: str, action: str) -> bool:
    """Whether an action's name fits a pattern, case aside."""
    return glob(pattern.lower()).fullmatch(action.lower()) is not None
