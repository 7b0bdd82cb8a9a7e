"""Account that no guardrail of its organization holds back."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Undetermined,
    Unknown,
    both,
    narrows,
    rule,
    some,
    undecided,
    unlisted,
    unread_beside,
)

_ELSEWHERE = "guardrails may be attached by another configuration"


@rule(
    severity=Severity.MEDIUM,
    selects=("account", "organization"),
    message="{node}: no guardrail of the organization holds back {whom}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-3", "CM-7"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["PRV-007", "PRV-005"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """An administrator of the account may leave the organization, stop the audit trail, delete backups and work in
    Regions that nobody looks at. A guardrail counts where it takes something away, wherever it is attached: to the
    account, to a unit above it or to the root; the account that manages the organization is bound by none. Code is
    judged where it attaches guardrails to something; else they may be kept elsewhere. Of accounts side by side one
    is told, and of an organization that attaches none at all the organization.

    ## Remedy
    Attach a policy that denies what no account may do, at the root or at the unit of the account.
    """
    if node.kind == "organization":
        if not _is_top(node) or node["all_features"] is False:
            return  # without all features there are no guardrails, which has a rule of its own
        held = [each for each in _beside(node, "account") if _is_member(each)]
        if held and not _attached(node):
            _decided(node)
            yield Match(node, "all_features", values={"whom": f"any of its {len(held)} accounts"})
    elif _is_member(node) and _attached(node) and _unguarded(node):
        _decided(node)
        alike = [each for each in _siblings(node) if _unguarded(each)]
        if alike[0] == node:
            more = f" and {len(alike) - 1} more of its unit" if len(alike) > 1 else ""
            others = [each.at("", "nor it") for each in alike[1:6]]
            yield Match(node, related=others, values={"whom": f"it{more}"})


def _is_top(node: Node) -> bool:
    return node.peek("all_features") is not None


def _is_member(node: Node) -> bool:
    """Whether it is an account that guardrails can hold back, and does not manage the organization."""
    if not node["guardable"]:
        return False
    number = node.id.rpartition("/")[2]

    def paid_by(each: Node) -> bool:
        return both(lambda: _is_top(each), lambda: each["management_account"] == number)

    return not some(_beside(node, "organization"), paid_by)


def _beside(node: Node, kind: str) -> Iterator[Node]:
    """The nodes of a kind that the same code declares, or the same account shows."""
    graph = node.graph
    for index in graph.nodes(kind):
        if graph.addresses[index].root == graph.addresses[node.index].root:
            yield Node(graph, index, node.watch)


def _attached(node: Node) -> bool:
    """Whether a guardrail that takes something away is attached to anything."""

    def holds(guardrail: Node) -> bool:
        return both(lambda: _takes_away(guardrail), lambda: some(guardrail.out("filters"), lambda _: True))

    return some(_beside(node, "guardrail"), holds)


def _unguarded(account: Node) -> bool:
    return not some(_above(account), lambda level: some(level.into("filters"), _takes_away))


def _above(account: Node) -> Iterator[Node]:
    """The account and what it is in, up to the root; an account whose place is not written is in the root."""
    at: Node | None = account
    while at is not None:
        yield at
        last, at = at, next(at.out("member_of"), None)
        if at is None and last.kind == "account" and account["parent"] is None:
            at = next(filter(_is_top, _beside(account, "organization")), None)
    if not _is_top(last):
        raise undecided("the unit or root that it is in is not part of this scan")


def _siblings(account: Node) -> list[Node]:
    places = set(account.known("member_of"))
    return [
        each for each in _beside(account, "account") if _is_member(each) and set(each.known("member_of")) == places
    ]


def _takes_away(guardrail: Node) -> bool:
    """Whether a guardrail denies something, or allows less than everything; those of Google and Azure have
    no such statements."""
    return both(lambda: guardrail["limits"] is not None, lambda: some(guardrail["statements"], narrows))


def _decided(node: Node) -> None:
    """Raises Undetermined where guardrails may be attached that the scan does not show."""
    graph = node.graph
    guardrails = [Node(graph, each, node.watch) for each in graph.nodes("guardrail")]
    why: Unknown | None = None
    for each in guardrails:
        why = why or graph.why_open("filters", each.index)
    if node.id.startswith("aws:"):
        why = why or unlisted(node, "guardrails", "guardrail attachments")
    else:
        why = why or unread_beside(node)
        if not any(each.known("filters") for each in _beside(node, "guardrail")):
            why = why or undecided(_ELSEWHERE).unknown
    if why is not None:
        raise Undetermined(why)
