"""File system that lets in whoever reaches it."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.LOW,
    selects="file_system",
    message="{node} lets in whoever reaches it on the network, as whom he says he is",
    controls={
        "reference-model": ["security/resources"],
        "nist-800-53": ["AC-3", "IA-2", "IA-9"],
        "nist-800-207": ["tenet-1", "tenet-3"],
        "catalogue": ["ZT1-001"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """A client of NFS names the user that it acts as, and the server believes it: root included. One machine taken
    over inside the security group reads and writes all there is.

    ## Remedy
    Give the file system a policy that allows the roles of its workloads only, mount with IAM authorization and
    TLS, and lead each workload to its directory by an access point.
    """
    if store["identity_asked"] is False:
        yield Match(store, "identity_asked")
