"""Production and another environment in one account."""

from collections.abc import Callable, Iterator

from scanner.rule import Match, Node, Severity, both, certain, rule, some, text

_KINDS = ("network", "cluster", "database")
_KEYS = frozenset(("env", "environment", "stage"))
_OTHERS = frozenset(
    ("dev", "development", "develop", "test", "testing", "stage", "staging", "stg", "qa", "uat", "sandbox",
     "nonprod", "non-prod", "preprod", "pre-prod", "integration", "acceptance")
)  # fmt: skip
_PROJECTS = frozenset(("google",))  # each thing may name a project of its own


@rule(
    severity=Severity.LOW,
    selects=_KINDS,
    message="{node} is of {first}, and shares its account with {other} of {second}",
    controls={
        "reference-model": ["billing/accounts", "privilege/separation-of-duties"],
        "nist-800-53": ["AC-5", "CM-4(1)", "SC-3"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-001"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Permissions, quotas and guardrails end at an account: whoever may break what is tried out may break
    production, by mistake or by design. Networks, clusters and databases are asked for their environment by their
    tags; of each account the first of production is told.

    ## Remedy
    Give production an account of its own.
    """
    first = _environment(node)
    if not _produces(first) or node["provider"] in _PROJECTS:
        return

    def shares(each: Node, test: Callable[[str], bool]) -> bool:
        return both(
            lambda: each["provider"] == node["provider"],
            lambda: each["account"] == node["account"],
            lambda: test(_environment(each)),
        )

    earlier = filter(lambda each: each.index < node.index, _beside(node))
    if any(map(lambda each: certain(lambda: shares(each, _produces)), earlier)):
        return  # told there
    other = next(filter(lambda each: certain(lambda: shares(each, _tries)), _beside(node)), None)
    if other is not None:
        values = {"first": first, "other": other.id.partition("#")[2], "second": _environment(other)}
        yield Match(node, "tags", [other.at("tags", _environment(other))], values=values)
    else:
        some(_beside(node), lambda each: shares(each, _tries))  # raises where that was not told


def _beside(node: Node) -> Iterator[Node]:
    """What the same code declares, or the same account shows."""
    graph = node.graph
    for kind in _KINDS:
        for index in graph.nodes(kind):
            if graph.addresses[index][:2] == graph.addresses[node.index][:2]:
                yield Node(graph, index, node.watch)


def _produces(name: str) -> bool:
    return name.startswith(("prod", "prd"))


def _tries(name: str) -> bool:
    return name in _OTHERS


def _environment(node: Node) -> str:
    """What its tags call the environment; "" where none does."""
    for key, value in (node["tags"] or {}).items():
        if key.lower() in _KEYS:
            return text(value).lower()
    return ""
