"""Nodes by what people call them."""

from __future__ import annotations

from scanner.graph.columns import Graph


def choose(graph: Graph, text: str) -> list[int]:
    """The nodes that a text names, in the order of the graph; [] where it names none.

    In turn until one fits: the whole address, `kind:KIND`, `tier:TIER`, the address within its root (a
    Terraform address, `GROUP/KIND/NAMESPACE/NAME`, an ARN; `*` and `?` are wild; that of a part that says
    something of a node means the node), `NAMESPACE/NAME`, the end of an ARN (an instance's id), the thing's own
    name.
    """
    head, colon, rest = text.partition(":")
    if colon and head == "kind":
        return list(graph.nodes(rest))
    if colon and head == "tier":
        return [index for index, tier in enumerate(graph.tiers) if tier.value == rest]
    addresses = graph.addresses
    found = [index for index, each in enumerate(addresses) if str(each) == text]
    found = found or [index for index, each in enumerate(addresses) if each.name == text]
    found = found or [index for index, parts in enumerate(graph.folded) if text in (each.name for each in parts)]
    found = found or [index for index, each in enumerate(addresses) if each.matches(text)]
    found = found or [index for index, each in enumerate(addresses) if _in_namespace(each.scheme, each.name, text)]
    found = found or [index for index, each in enumerate(addresses) if _of_arn(each.scheme, each.name, text)]
    return found or [index for index in range(len(graph)) if _named(graph, index, text)]


def _in_namespace(scheme: str, name: str, text: str) -> bool:
    """Whether `GROUP/KIND/NAMESPACE/NAME` ends in a `NAMESPACE/NAME`; what names no namespace may be meant by
    `default/NAME`, where it goes unless someone chooses another."""
    if scheme != "k8s" or "/" not in text:
        return False
    return name.endswith((f"/{text}", f"//{text.removeprefix('default/')}"))


def _of_arn(scheme: str, name: str, text: str) -> bool:
    """Whether an ARN ends in an id or a name: `i-0123456789abcdef0`."""
    return scheme == "aws" and name.startswith("arn:") and name.endswith((f"/{text}", f":{text}"))


def _named(graph: Graph, index: int, text: str) -> bool:
    name = graph.peek(index, "name")
    return isinstance(name, str) and name == text
