"""Database with a public endpoint."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Unknown, certain, open_to_anyone, rule, some


@rule(
    severity=Severity.HIGH,
    selects=("database", "stream", "table"),
    message="{node} {how}",
    controls={
        "reference-model": ["security/resources", "cluster-network/structure"],
        "nist-800-53": ["AC-3", "SC-7"],
        "nist-800-207": ["tenet-1", "tenet-2"],
        "catalogue": ["STO-006"],
        "checkov": ["CKV_AWS_17", "CKV_AWS_69", "CKV_AWS_87", "CKV_AWS_89", "CKV_AWS_102", "CKV_AWS_291"],
        "trivy": ["AWS-0180"],
        "prowler": ["rds_instance_no_public_access"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """A data store with a public address is one password or one wrong firewall rule away from strangers, and is
    found by scanners within minutes. One that is shared with everyone does not even ask for the password.

    ## Remedy
    Take the public address away, place the store in private subnets and let clients come through the network, a
    bastion or a private endpoint. Where a grant or policy shares it with everyone, name those who need it. A
    public address whose own list lets no network in yet is medium: one entry makes it high; so is one to which its
    groups let in certain addresses only.
    """
    if not store["public_access"]:
        return
    if store.kind == "table":  # tables have no address: somebody granted it
        yield Match(store, at="public_access", values={"how": "is shared with everyone"})
    elif store.kind == "database" and certain(lambda: some(store["statements"], open_to_anyone)):
        how = "has a public endpoint and a policy that lets everyone in"
        yield Match(store, at=("statements", "public_access"), values={"how": how})
    elif store.kind == "database" and certain(lambda: store["networks_let_in"] == []):
        how = "has a public endpoint, which lets in no network so far"
        yield Match(store, at="public_access", values={"how": how}, severity=Severity.MEDIUM)
    elif _narrowed(store):
        how = "has a public endpoint, to which certain addresses are let in"
        yield Match(store, at="public_access", values={"how": how}, severity=Severity.MEDIUM)
    else:
        yield Match(store, at="public_access", values={"how": "has a public endpoint"})


def _narrowed(store: Node) -> bool:
    """Whether the ways in from the internet are known, and none is open to everyone."""
    ways = store.peek("exposures")
    if isinstance(ways, Unknown) or not ways:
        return False
    return not any(isinstance(way, Unknown) or way["world"] for way in ways)
