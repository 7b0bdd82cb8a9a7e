"""Classified data under a key that the provider keeps."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

# Tags that say how much data is worth, and the values that say it is worth more than other data.
_KEYS = frozenset(
    ["dataclassification", "dataclass", "datasensitivity", "classification", "sensitivity", "confidentiality"]
)
_VALUES = frozenset(
    (
        *("confidential", "highlyconfidential", "strictlyconfidential", "restricted", "secret", "topsecret"),
        *("sensitive", "pii", "phi", "pci", "spii"),
    )
)


@rule(
    severity=Severity.MEDIUM,
    selects=("backup_vault", "cache", "database", "file_system", "log_group", "object_store", "queue", "registry",
             "secret", "stream", "table", "topic", "volume"),
    message="{node} holds data classified as {classified}, under a key that is not your own",
    controls={
        "reference-model": ["storage/persistence"],
        "nist-800-53": ["SC-12", "SC-28(1)"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["STO-005"],
    },
)  # fmt: skip
def check(store: Node) -> Iterator[Match]:
    """Its tags say that the data is worth more than other data. Under the provider's own key everyone who may read
    the store may decrypt it, nobody can take the key away, and its use stands in no log of yours.

    ## Remedy
    Encrypt it with a key of your own whose policy names who may decrypt.
    """
    classified = _classified(store)
    if classified and store["customer_key"] is False:
        yield Match(store, at=("customer_key", "tags"), values={"classified": classified})


def _classified(store: Node) -> str:
    """The class that a tag says, where it is one that asks for more."""
    for key, value in (store["tags"] or {}).items():
        if _plain(key) in _KEYS and _plain(str(value)) in _VALUES:
            return str(value)
    return ""


def _plain(word: str) -> str:
    return "".join(sign for sign in word.rpartition(":")[2].lower() if sign.isalnum())
