"""Whether the pods of a machine get what the machine itself is given: the credentials of its role."""

from __future__ import annotations

from scanner.analysis.access.escalation_world import NO, YES, Fact, Standing
from scanner.graph.columns import Graph
from scanner.model.value import Unknown

_UNSAID = Fact(Standing.UNKNOWN, ("the machine's metadata service answers pods",))


def answers_pods(graph: Graph, machine: int, *, hosted: bool) -> Fact:
    """Whether pods on a node group get the credentials of its role from the metadata service: where no session
    token is required, where answers travel further than one hop, or where the pod is on the machine's network.
    What is not written is decided by the machine image and the account (EC2 User Guide, "Configure the instance
    metadata options"; EKS best practices, "Restrict access to the instance profile")."""
    if hosted:
        return YES
    held = [each for each in (machine, *graph.targets("contains", machine)) if each is not None]
    required = [graph.peek(each, "tokens_required") for each in held if graph.kind(each).has("tokens_required")]
    hops = [graph.peek(each, "metadata_hops") for each in held if graph.kind(each).has("metadata_hops")]
    if any(each is False for each in required):
        return YES
    if any(isinstance(each, (int, float)) and each > 1 for each in hops):
        return YES
    if any(each is True for each in required) and hops and all(each == 1 for each in hops if not _open(each)):
        return NO if not any(map(_open, hops)) else _UNSAID
    return _UNSAID


def _open(value: object) -> bool:
    return isinstance(value, Unknown) or value is None
