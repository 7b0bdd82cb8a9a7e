"""Object store open to everyone."""

from collections.abc import Callable, Iterator
from functools import partial

from scanner.rule import Match, Node, Severity, Unknown, Value, certain, every, open_to_anyone, rule, some, text

_READING = ("s3:get", "s3:list")
_READERS = ("viewer", "reader")
_NAMED = ("s3:getobject", "roles/storage.legacyobjectreader")


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
    guessed and indexed by search services within hours. It weighs less where strangers can only read what they
    know the name of. A store that is set up as a web site, and that strangers can only read, is meant to be seen:
    there it is the way past whatever stands before the site that remains.

    ## Remedy
    Remove the public access list entry or the statement for everyone, and block public access on the store and on
    the account. Serve public files through a content delivery network that signs its own requests to the store.
    """
    if not store["public_access"]:
        return
    if store.kind == "object":
        # who reads it must know its name; WRITE is for buckets only (S3 User Guide, "ACL overview")
        yield Match(store, at="public_access", values={"open": "can be read by"}, severity=Severity.HIGH)
        return
    yield Match(store, at="public_access", values={"open": "is open to"}, severity=_severity(store))


def _severity(store: Node) -> Severity | None:
    if certain(lambda: _is_site(store)) and certain(lambda: _only(store, _reads)):
        return Severity.MEDIUM
    if store.peek("names_needed") is True or certain(lambda: _only(store, _reads_named)):
        return Severity.HIGH
    return None


def _is_site(store: Node) -> bool:
    """Whether it is told to serve a site, or stands behind a load balancer."""
    return store.peek("website") is True or some(store.into("forwards_to"), lambda one: one.kind == "target_group")


def _only(store: Node, harmless: Callable[[Value], bool]) -> bool:
    """Whether what is given to everyone is known, and nothing else."""
    listed = store.peek("grants")
    if isinstance(listed, Unknown):  # who owns the objects is not written, though the list is
        no_more = harmless is _reads and store["list_writes"] is False  # a list that reads lists, too
        return no_more and every(store["statements"], lambda each: _is_harmless(each, harmless))
    given = [*store["statements"], *listed]
    opened = [each for each in given if certain(partial(_is_open, each))]
    return bool(opened) and every(given, lambda each: _is_harmless(each, harmless))


def _is_harmless(statement: Value, harmless: Callable[[Value], bool]) -> bool:
    return (
        every(statement["principals"], _names_another)
        or not _is_open(statement)
        or every(statement["actions"], harmless)
    )


def _is_open(statement: Value) -> bool:
    if statement.get("effect", "Allow") != "Allow":  # grants of a provider without denials have none
        return False
    return open_to_anyone(statement) or some(statement["principals"], lambda one: one["type"] == "*")


def _names_another(principal: Value) -> bool:
    """Whether it is someone who is not known here: of what is given the known part weighs."""
    return bool(principal["type"] == "AWS") and isinstance(principal["id"], Unknown)


def _reads(action: Value) -> bool:
    said = text(action).lower()
    return said.startswith(_READING) or said.endswith(_READERS)


def _reads_named(action: Value) -> bool:
    return text(action).lower().startswith(_NAMED)
