"""Versions of Kubernetes, and what the Pod Security Standards forbid in one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NEWEST = "1.37"
_VERSION = re.compile(r"v?1\.(\d{1,3})(?:\..*)?")


def minor(version: str) -> int:
    """The minor number of a version (`1.31`, `v1.31.4`). Raises ValueError."""
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise ValueError(f"not a version of Kubernetes: {version!r} (expected 1.N)")
    return int(found.group(1))


def forbidden_in(violation: Mapping[str, Any], version: str) -> bool:
    """Whether a violation (`since` a version, `until` before one or null) is one in a version."""
    now = minor(version)
    until = violation["until"]
    return minor(violation["since"]) <= now and (until is None or now < minor(until))
