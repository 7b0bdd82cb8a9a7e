"""Tag that splits the bill and that no tag policy spells."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, rule, some, text, undecided, unlisted


@rule(
    severity=Severity.INFO,
    selects="cost_tag",
    message="{node} splits the bill, and no tag policy of the organization says how it is written",
    controls={
        "reference-model": ["billing/monitoring"],
        "nist-800-53": ["CM-6", "CM-8"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["CMP-007"],
        "prowler": ["organizations_tags_policies_enabled_and_attached"],
    },
)
def check(tag: Node) -> Iterator[Match]:
    """CostCenter, costcenter and cost-center are three lines of the bill, and each accepts any value. A tag policy
    fixes the spelling and the values for all accounts. Code is judged where it holds tag policies; an account
    without an organization has none.

    ## Remedy
    Enable tag policies and attach one that names the key, its spelling and its values.
    """
    if not tag["active"]:
        return
    key = text(tag["key"]).lower()
    policies = list(_beside(tag, "guardrail"))
    if some(policies, lambda each: some(each["tag_keys"], lambda named: text(named).lower() == key)):
        return
    if tag.id.startswith("aws:"):
        if (why := unlisted(tag, "tag policies", "organizations")) is not None:
            raise Undetermined(why)
        if not any(True for _ in _beside(tag, "organization")):
            return
    elif not any(each["tag_keys"] for each in policies):
        raise undecided("tag policies may be kept in another configuration")
    yield Match(tag, "key")


def _beside(tag: Node, kind: str) -> Iterator[Node]:
    graph = tag.graph
    for index in graph.nodes(kind):
        if graph.addresses[index].root == graph.addresses[tag.index].root:
            yield Node(graph, index, tag.watch)
