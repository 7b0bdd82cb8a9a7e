"""Namespace of a mesh where some workloads take every call."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, rule, some, text, undecided

SHOWN = 3


@rule(
    severity=Severity.MEDIUM,
    selects="namespace",
    message="{node} has workloads that no policy of the mesh guards: {names}",
    controls={
        "reference-model": ["integration/service-mesh", "security/fail-closed"],
        "nist-800-53": ["AC-3", "AC-4", "SC-7(5)"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["INT-003"],
    },
)
def check(namespace: Node) -> Iterator[Match]:
    """A mesh lets every call through to a workload that no policy which allows selects. Where policies guard some
    workloads of a namespace, the others are easily taken for guarded too.

    ## Remedy
    Add a policy without a selector and without rules, which allows nothing by default, and allow the callers of
    each workload.
    """
    if namespace["mesh_injected"] is not True:
        return
    inside = list(namespace.into("in_namespace"))
    if not certain(lambda: some(inside, allows_some)):
        raise undecided("no policy for its callers is part of this scan")
    bare = [each for each in inside if each.kind == "workload" and not some(each.into("selects"), allows_some)]
    if bare:
        names = ", ".join(text(each["name"]) for each in bare[:SHOWN])
        more = " and others" if bare[SHOWN:] else ""
        yield Match(namespace, related=[each.at("", "unguarded") for each in bare], values={"names": names + more})


def allows_some(policy: Node) -> bool:
    """Whether a policy says whom it lets in, so that others stay out."""
    return policy.kind == "mesh_policy" and bool(policy["action"] == "allow")
