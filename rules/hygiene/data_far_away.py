"""Program that reads data in another Region."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Undetermined,
    Unknown,
    Value,
    both,
    certain,
    permits,
    rule,
    some,
    text,
    undecided,
)

# Actions that read data, by their service.
_READS = {
    "dynamodb": ("dynamodb:getitem", "dynamodb:batchgetitem", "dynamodb:query", "dynamodb:scan"),
    "s3": ("s3:getobject",),
    "sqs": ("sqs:receivemessage",),
    "kinesis": ("kinesis:getrecords",),
}
_WORKS = ("function", "instance", "container_service")
_STORES = frozenset(("table", "object_store", "queue", "stream"))


@rule(
    severity=Severity.INFO,
    selects=_WORKS,
    message="{node} runs in {here} and reads {store}, which lies in {there}",
    controls={
        "reference-model": ["storage/locality"],
        "nist-800-53": ["SA-9(5)", "SC-7"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["STO-003"],
    },
)
def check(work: Node) -> Iterator[Match]:
    """Every read crosses a border and is paid for, a fault of either Region stops it, and the law of two places
    holds for the data. What its role may read by name counts; a store with a copy in its own Region does not.

    ## Remedy
    Run it where its data lies, or keep a replica of the data beside it.
    """
    here = work["region"]
    if here is None:
        return
    found = next(_sure(work, text(here)), None)
    if found is not None:
        policy, store, there = found
        if _told_before(work, policy, text(here)):
            return
        related = [policy.at("statements", "lets it read that")]
        values = {"here": here, "there": there, "store": store}
        yield Match(work, "assumes", related, values=values)
        return
    # raises where something that was not told may lie elsewhere
    some(work.out("assumes"), lambda role: some(role.out("attaches"), lambda policy: _far(policy, text(here))))


def _sure(work: Node, here: str) -> Iterator[tuple[Node, str, str]]:
    """Policies of its roles, and what they surely let be read in which other Region."""
    for role in work.known("assumes"):
        for policy in role.known("attaches"):
            statements = policy.peek("statements")
            for statement in statements if isinstance(statements, list) else ():
                yield from _elsewhere(policy, statement, here)


def _told_before(work: Node, policy: Node, here: str) -> bool:
    """Whether an earlier program of the same Region has the policy: the cause is one."""
    graph = work.graph
    users = (user for role in graph.sources("attaches", policy.index) for user in graph.sources("assumes", role))
    return any(user < work.index and graph.kind(user).name in _WORKS and graph.peek(user, "region") == here
               for user in users if isinstance(graph.peek(user, "region"), str))  # fmt: skip


def _elsewhere(policy: Node, statement: Value, here: str) -> Iterator[tuple[Node, str, str]]:
    if not certain(lambda: _reads(statement)):
        return

    def away(named: Value) -> bool:
        return certain(lambda: _away(policy, statement, named, here))

    for named in filter(away, statement["resources"]):
        stores = _stores(policy, named)
        shown = stores[0].id.partition("#")[2] if stores else text(named)
        yield policy, shown, (_place(stores[0]) if stores else named.split(":")[3])


def _far(policy: Node, here: str) -> bool:
    def far(statement: Value) -> bool:
        return both(
            lambda: _reads(statement),
            lambda: some(statement["resources"], lambda named: _away(policy, statement, named, here)),
        )

    return some(policy["statements"], far)


def _reads(statement: Value) -> bool:
    return both(lambda: statement["effect"] == "Allow", lambda: permits(statement, _reading))


def _reading(action: str) -> bool:
    return any(action == f"{service}:*" or action.startswith(reads) for service, reads in _READS.items())


def _away(policy: Node, statement: Value, named: Value, here: str) -> bool:
    """Whether a resource lies in another Region, and not here as well."""
    stores = _stores(policy, named)
    if stores:
        return some(stores, lambda store: both(
            lambda: _place(store) != here,
            lambda: not _copied(store, here),
            lambda: not _alike(policy, store, here),
        ))  # fmt: skip
    if isinstance(named, Unknown):
        if policy.graph.meant(policy.index, named) or not _may_be_data(named.prefix):
            return False
        raise Undetermined(named)
    return _region(named) not in ("", here) and not some(
        statement["resources"], lambda other: not isinstance(other, Unknown) and _region(other) == here
    )


def _stores(policy: Node, named: Value) -> list[Node]:
    graph = policy.graph
    found = (Node(graph, each, policy.watch) for each in graph.meant(policy.index, named))
    return [each for each in found if each.kind in _STORES]


def _alike(policy: Node, store: Node, here: str) -> bool:
    """Whether the policy, or another of its role, names a store of the same kind that lies here: what is elsewhere
    is then the other half of something that spans Regions, a pipeline's artifacts or a module made in each."""
    graph = policy.graph
    roles = [Node(graph, each, policy.watch) for each in graph.sources("attaches", policy.index)]
    policies = dict.fromkeys((policy, *(each for role in roles for each in role.known("attaches"))))

    def names_near(given: Node) -> bool:
        resources = [each for statement in given["statements"] for each in statement["resources"]]
        near = [each for named in resources for each in _stores(given, named) if each.kind == store.kind]
        return some(near, lambda each: each["region"] == here)

    return some(policies, names_near)


def _place(store: Node) -> str:
    if store["region"] is None:
        raise undecided(f"no Region of {store.id.partition('#')[2]} is written")
    return text(store["region"])


def _may_be_data(prefix: str) -> bool:
    return prefix.count(":") < 3 or prefix.split(":")[2] in _READS


def _region(named: Value) -> str:
    """The Region that the ARN of a table, queue or stream names; "" for others, and where it is a pattern."""
    parts = str(named).split(":")
    if len(parts) < 6 or parts[2] not in _READS or "*" in parts[3] or "?" in parts[3]:
        return ""
    return parts[3]


def _copied(store: Node, here: str) -> bool:
    """Whether its data lies here as well: by replication, or by its own settings."""
    if some(store.out("copied_to"), lambda copy: copy["region"] == here):
        return True
    held = store["own_copies"] if store.kind in ("table", "object_store") else []
    return some(held or [], lambda each: _in(each, here))


def _in(copy: Value, here: str) -> bool:
    if isinstance(copy, Unknown):
        raise Undetermined(copy)
    return bool(copy.get("region") == here)
