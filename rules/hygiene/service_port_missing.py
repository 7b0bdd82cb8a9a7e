"""Service that sends to a port no pod has."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.MEDIUM,
    selects="service",
    message="{node} sends to the port {port}, which none of its pods has",
    controls={
        "reference-model": ["source-of-truth/consistent"],
        "nist-800-53": ["CM-2", "CM-6"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["SOT-006"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A named target port is looked up in each pod. Where none has the name nothing is ever sent, and whoever
    renames it back opens a port that nobody has looked at.

    ## Remedy
    Name a port of the containers, or give the number.
    """
    wanted = [port["target"] for port in node["ports"] if isinstance(port["target"], str) and port["target"]]
    for name in wanted:
        if name.isdigit() or not node.known("forwards_to"):
            continue
        if not some(node.out("forwards_to"), lambda pod, name=name: offers(pod, name)):
            yield Match(node, at="ports", values={"port": name})
            return
    if wanted:
        list(node.out("forwards_to"))  # its pods may be declared elsewhere


def offers(workload: Node, name: str) -> bool:
    """Whether a container of a workload has a port of a name."""
    return some(workload.out("contains"), lambda each: some(each["ports"], lambda port: port["name"] == name))
