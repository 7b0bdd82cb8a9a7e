"""Workload in the account that manages the organization."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

_WORK = ("instance", "function", "cluster", "container_service", "database", "load_balancer")


@rule(
    severity=Severity.MEDIUM,
    selects="organization",
    message="{node} is managed from an account that runs {work} as well",
    controls={
        "reference-model": ["privilege/separation-of-duties", "billing/accounts"],
        "nist-800-53": ["AC-5", "AC-6", "SC-3"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-001"],
    },
)
def check(organization: Node) -> Iterator[Match]:
    """Guardrails do not bind this account, and who takes it over has every other one. Each workload in it is one
    more way in.

    ## Remedy
    Move workloads into accounts of their own, and keep only billing and the organization here.
    """
    if organization["all_features"] is None or not _at_home(organization):
        return
    graph = organization.graph
    for kind in _WORK:
        for index in graph.nodes(kind):
            work = Node(graph, index, organization.watch)
            if _beside(organization, work):
                yield Match(organization, "all_features", [work.at("", "runs here")],
                            values={"work": work.id.partition("#")[2]})  # fmt: skip
                return


def _at_home(organization: Node) -> bool:
    """Whether the account that it was read in, or is declared in, is the one that manages it."""
    owner = organization["management_account"]
    return owner is None or owner == organization["account"]


def _beside(organization: Node, work: Node) -> bool:
    """Whether both are in one account: of one root, by the same provider; a template is nothing that runs."""
    roots = [work.graph.addresses[each.index].root for each in (organization, work)]
    if roots[0] != roots[1] or (work.kind == "instance" and work["template"]):
        return False
    return bool(organization["account"] == work["account"])
