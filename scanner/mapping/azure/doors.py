"""How services of Azure let callers in: from which networks, by whose keys, over which version of TLS.

Defaults are those of the provider's documentation (azurerm 3 and 4).
"""

from __future__ import annotations

from scanner.mapping.extract import truth
from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Cause, Unknown, Value

_OLD = {"tls": "1.0", "tls10": "1.0", "tls11": "1.1", "tls12": "1.2", "tls13": "1.3",
        "disabled": "1.0", "tlsenforcementdisabled": "1.0"}  # fmt: skip


def any_network(rules: str, *folds: str) -> Extract:
    """Whether every network may call: public access is on, and no list of networks refuses the others.

    `rules` is the path of the list's default action inside the resource, `folds` are the types that hold such a
    list beside it, or one range each.
    """

    def extract(reader: Reader) -> Value:
        if not truth(reader.get("public_network_access_enabled", True)):
            return False
        for fold in (inner for type_ in folds for inner in reader.folded(type_)):
            return str(fold.get("default_action", "Deny")).lower() == "allow"
        default = reader.get(rules) if rules else None
        return default is None or str(default).lower() == "allow"

    return extract


def shared_key(path: str, *, absent: bool) -> Extract:
    """Whether keys of the whole service are taken; a path that begins with `!` switches them off."""
    return lambda reader: truth(reader.get(path.removeprefix("!"), absent)) is not path.startswith("!")


def tls(path: str, default: str | None) -> Extract:
    """The lowest version of TLS as `1.2`; without a default versions of the provider differ in it."""

    def extract(reader: Reader) -> Value:
        written = reader.get(path, default)
        if written is None:
            return Unknown("versions of the provider differ in the default", Cause.OUTSIDE_SCAN)
        plain = str(written).lower().replace("_", "").replace(".", "")
        return _OLD.get(plain, str(written))

    return extract
