"""What every cluster brings along: the resources of its API and the roles that the API server makes by itself.

Recorded from a real API server (`tests/analysis/access/rbac_oracle/built_in.py`); the file names its release.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

Rules = tuple[dict[str, Any], ...]  # in the normalized form {verbs, groups, resources, names, urls}


class ResourceType(NamedTuple):
    """A resource of the API, or what only permissions speak of; subresources as `pods/exec`."""

    group: str
    namespaced: bool = False
    kind: str = ""


# What the authorizer is asked about although no object is behind it (Kubernetes documentation, "User
# impersonation", "Certificates and Certificate Signing Requests").
_VIRTUAL = {
    "users": ResourceType(""),
    "groups": ResourceType(""),
    "uids": ResourceType("authentication.k8s.io"),
    "userextras": ResourceType("authentication.k8s.io"),
    "signers": ResourceType("certificates.k8s.io"),
}


@cache
def built_in() -> dict[str, Rules]:
    """The ClusterRoles that come with every cluster; those that collect others hold what these allow."""
    return {name: tuple(rules) for name, rules in _read()["cluster_roles"].items()}


@cache
def built_in_roles() -> dict[str, Rules]:
    """The Roles that come with every cluster, by NAMESPACE/NAME."""
    return {name: tuple(rules) for name, rules in _read()["roles"].items()}


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """The resources of the API by name in the plural."""
    return {**{name: ResourceType(*told) for name, told in _read()["resources"].items()}, **_VIRTUAL}


@cache
def _read() -> dict[str, Any]:
    import orjson  # noqa: PLC0415 - only where a cluster is judged

    data = files("scanner.analysis.access.data").joinpath("kubernetes.json.gz").read_bytes()
    told: dict[str, Any] = orjson.loads(gzip.decompress(data))
    return told
