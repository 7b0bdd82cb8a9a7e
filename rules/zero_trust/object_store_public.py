"""Object store open to everyone."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Unknown, Value, certain, every, open_to_anyone, rule, some, text

_READING = ("s3:get", "s3:list")
_READERS = ("viewer", "reader")


@rule(
    severity=Severity.CRITICAL,
    selects=("object_store", "object"),
    message="{node} {open} anyone on the internet",
    controls={
        "reference-model": ["security/resources"],
        "nist-800-53": ["AC-3", "AC-6", "SC-7"],
        "nist-800-207": ["tenet-1", "tenet-3"],
        "catalogue": ["STO-006"],
        "checkov": ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_70", "CKV_AWS_375", "CKV2_AWS_43"],
        "trivy": ["AWS-0092"],
        "prowler": ["s3_bucket_public_access"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Anyone who learns the name of the store can list, download or replace what is in it. Names of stores are
    guessed and indexed by search services within hours. A store that is set up as a web site, and that strangers
    can only read, is meant to be seen: there it is the way past whatever stands before the site that remains.

    ## Remedy
    Remove the public access list entry or the statement for everyone, and block public access on the store and on
    the account. Serve public files through a content delivery network that signs its own requests to the store.
    """
    if not store["public_access"]:
        return
    if store.kind == "object":
        yield Match(store, at="public_access", values={"open": "can be read by"})
        return
    shown = certain(lambda: _is_site(store)) and certain(lambda: _only_read(store))
    severity = Severity.MEDIUM if shown else None
    yield Match(store, at="public_access", values={"open": "is open to"}, severity=severity)


def _is_site(store: Node) -> bool:
    """Whether it is told to serve a site, or stands behind a load balancer."""
    return store.peek("website") is True or some(store.into("forwards_to"), lambda one: one.kind == "target_group")


def _only_read(store: Node) -> bool:
    """Whether what is given to everyone is known, and no more than to read."""
    listed = store.peek("grants")
    if isinstance(listed, Unknown):  # who owns the objects is not written, though the list is
        return store["list_writes"] is False and every(
            store["statements"], lambda each: not _is_open(each) or every(each["actions"], _reads)
        )
    given = [*store["statements"], *listed]
    opened = [each for each in given if certain(lambda each=each: _is_open(each))]
    return bool(opened) and every(given, lambda each: not _is_open(each) or every(each["actions"], _reads))


def _is_open(statement: Value) -> bool:
    return open_to_anyone(statement) or some(statement["principals"], lambda one: one["type"] == "*")


def _reads(action: Value) -> bool:
    said = text(action).lower()
    return said.startswith(_READING) or said.endswith(_READERS)
