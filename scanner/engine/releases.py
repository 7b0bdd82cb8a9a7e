"""Directories of releases: the same manifests kept once for each version (`install/v0.10.0`, `task/build/0.2`)."""

from __future__ import annotations

import re

# Two or three numbers, which tells a version from an API (`v1`) and from an address (`10.0.0.1`).
_RELEASE = re.compile(r"(?:^|(?<=/))v?([0-9]+\.[0-9]+(?:\.[0-9]+)?)([-+][0-9A-Za-z.+-]+)?(?=/|$)")

Age = tuple[tuple[int, ...], bool, tuple[tuple[int, str], ...]]


def line(root: str) -> str:
    """The directory that all releases have in common, `*` in place of the release; "" where it names none."""
    found = _RELEASE.sub("*", root)
    return found if found != root and "@" not in root else ""


def age(root: str) -> Age:
    """What sorts releases, the oldest first (Semantic Versioning 2.0, 11: `-rc1` before the release)."""
    found = _RELEASE.search(root)
    if found is None:
        return (), False, ()
    numbers = tuple(int(each) for each in found[1].split("."))
    parts = re.findall(r"[0-9]+|[A-Za-z]+", found[2] or "")
    order = tuple((int(each), "") if each.isdigit() else (-1, each) for each in parts)
    return numbers, not found[2], order
