"""Organization that leaves every Region open."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some, text

_KEY = "aws:requestedregion"


@rule(
    severity=Severity.INFO,
    selects="organization",
    message="{node} has guardrails, and none of them says which Regions may be used",
    controls={
        "reference-model": ["privilege/least-privilege", "storage/locality"],
        "nist-800-53": ["AC-3", "CM-7", "SA-9(5)"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["STO-003"],
        "prowler": ["organizations_scp_check_deny_regions"],
    },
)
def check(organization: Node) -> Iterator[Match]:
    """Data can be put where the law or a contract forbids it, and a thief works in a Region that nobody looks at.

    ## Remedy
    Deny what is asked of other Regions than yours, except for global services.
    """
    if not organization["all_features"]:
        return
    graph = organization.graph
    home = graph.addresses[organization.index].root
    guardrails = [Node(graph, each, organization.watch) for each in graph.nodes("guardrail")
                  if graph.addresses[each].root == home]  # fmt: skip
    if guardrails and not some(guardrails, _by_region):
        yield Match(organization, "all_features", [guardrails[0].at("statements", "one that does not")])


def _by_region(guardrail: Node) -> bool:
    return some(guardrail["statements"], lambda statement: some(statement["conditions"], _names_region))


def _names_region(condition: dict[str, object]) -> bool:
    return text(condition["key"]).lower() == _KEY
