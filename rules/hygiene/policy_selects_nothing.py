"""Policy that selects no pod."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Unknown, is_live, rule, text, undecided

RELATIONS = {"network_policy": "filters", "mesh_policy": "selects"}


@rule(
    severity=Severity.LOW,
    selects=("mesh_policy", "network_policy"),
    message="{node} selects no pod of its cluster",
    controls={
        "reference-model": ["source-of-truth/consistent"],
        "nist-800-53": ["CM-2", "CM-6", "AC-4"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["SOT-006"],
        "kube-linter": ["dangling-networkpolicy", "dangling-networkpolicypeer-podselector"],
        "kube-score": ["networkpolicy-targets-pod"],
    },
)
def check(policy: Node) -> Iterator[Match]:
    """It looks as if something were guarded, and nothing is: a label was renamed, or what it was written for is
    gone. Only a whole cluster tells that nothing has the labels, so it is said of clusters that were read live.

    ## Remedy
    Select labels that the pods carry, or delete the policy.
    """
    relation = RELATIONS[policy.kind]
    if not asks(policy) or policy.known(relation):
        return
    graph = policy.graph
    if not is_live(policy):
        list(policy.out(relation))  # what it selects may be declared elsewhere
        return
    cluster = text(policy["account"])
    if (cluster, None, "kubernetes") not in graph.read_whole or any(each[0] == cluster for each in graph.unread):
        raise undecided("not everything of the cluster was listed")
    yield Match(policy, "selector")


def asks(policy: Node) -> bool:
    """Whether it asks for labels, and not for all pods of a place."""
    if policy.kind == "network_policy" and policy["selects_all"] is True:
        return False
    return any(
        each["labels"] or each["expressions"] for each in policy["selector"] or () if not isinstance(each, Unknown)
    )
