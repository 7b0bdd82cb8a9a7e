"""Groups whose names say that administration is what they are for."""

import re

_ADMINISTRATORS = frozenset(
    ("admin", "admins", "administrator", "administrators", "clusteradmin", "clusteradmins", "superadmins")
)
# Groups of the API server's own: those of service accounts are called after their namespace.
_BUILT_IN = "system:"


def names_administrators(group: str) -> bool:
    """Whether a word of a group's name says that its members are administrators: `cluster-admins`,
    `login:k8s-admins`."""
    words = re.split(r"[^a-z0-9]+", group.lower())
    return not group.startswith(_BUILT_IN) and not _ADMINISTRATORS.isdisjoint(words)
