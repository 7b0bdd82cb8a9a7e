"""`layerproof ask reach FROM TO`: whether one end reaches another over the network, and by which way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import click
import orjson

from scanner.analysis.network.atoms import INTERNET, Ranges, cidr, connection_text, protocol_number
from scanner.analysis.network.verdict import Answer, Reach, Step, best
from scanner.cli.ask import asking
from scanner.cli.ask.asking import Asked
from scanner.engine.findings import place
from scanner.graph.choose import choose
from scanner.graph.columns import Graph

End = int | Ranges
_MOST = 2000  # pairs of ends that one question asks about
_MANY = 4  # ends, from which on it is worth telling which are alike


@click.command(short_help="Whether FROM reaches TO, and by which path.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--port", type=click.IntRange(0, 65535), help="The destination's own port. Default: any.")
@click.option("--protocol", metavar="NAME", help="tcp, udp, icmp, ... Default: tcp with a port, any without.")
@asking.question_options
def command(source: str, target: str, port: int | None, protocol: str | None, **given: Any) -> None:
    """Whether FROM reaches TO: the verdict, the path with what permits each hop, or what stands in the way.

    FROM and TO are `internet`, a node's address or name, a CIDR, `tier:core`, `kind:database` or `NAMESPACE/NAME`.
    """
    if protocol is not None:
        _checked(protocol)
    asked = asking.ask(given)
    sources, targets = _ends(asked, source), _ends(asked, target)
    chosen = _answer(asked, sources, targets, port, protocol)
    told = _told(asked, chosen)
    if given["form"] == "json":
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo("\n".join(_text(source, target, chosen, told)))


def _checked(protocol: str) -> None:
    try:
        protocol_number(protocol)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None


def _ends(asked: Asked, text: str) -> list[End]:
    """What a text means: addresses, or nodes of the graph."""
    if text == "internet":
        return [INTERNET]
    try:
        return [cidr(text)]
    except ValueError:
        found = choose(asked.graph, text)
    if not found:
        raise asking.names_nothing(text)
    return [*(_standing(asked.graph, found) or found)]


def _standing(graph: Graph, found: Sequence[int]) -> list[int]:
    """Of the nodes that a name means in a cluster those that take or send something: a workload and its service,
    not the policy or the configuration of the same name."""
    if not any(graph.peek(each, "provider") == "kubernetes" for each in found):
        return list(found)
    from scanner.analysis.network.kubernetes_reach import knows  # noqa: PLC0415 - only where a cluster is meant

    return [each for each in found if graph.peek(each, "provider") != "kubernetes" or knows(graph, each)]


def _answer(
    asked: Asked, sources: Sequence[End], targets: Sequence[End], port: int | None, protocol: str | None
) -> Answer:
    """The strongest answer of all pairs of ends; what is alike to the cloud's network is asked about once."""
    senders = _distinct(asked, sources, receiving=False)
    receivers = _distinct(asked, targets, receiving=True)
    pairs = (each for each in product(senders, receivers) if each[0] is not each[1] and each[0] != each[1])
    answers = []
    for number, (one, other) in enumerate(pairs):
        if number == _MOST:
            answers.append(Answer(Reach.POSSIBLE, reason=f"only the first {_MOST} pairs of ends were asked about"))
            break
        answers.append(pair(asked, one, other, port, protocol))
        if answers[-1].verdict is Reach.REACHABLE and answers[-1].direct:
            break
    return best(answers) or pair(asked, sources[0], targets[0], port, protocol)


def _distinct(asked: Asked, ends: Sequence[End], *, receiving: bool) -> Sequence[End]:
    if len(ends) < _MANY or not all(isinstance(each, int) and not _in_cluster(asked, each) for each in ends):
        return ends
    from scanner.analysis.network.aws import distinct  # noqa: PLC0415 - only for many ends

    return distinct(asked.graph, [each for each in ends if isinstance(each, int)], receiving=receiving)


def _in_cluster(asked: Asked, index: int) -> bool:
    return asked.graph.addresses[index].scheme == "k8s"


def pair(asked: Asked, source: End, target: End, port: int | None, protocol: str | None) -> Answer:
    """One pair, over the networks that are there and over overlays, where the scan declares any."""
    found = _under(asked, source, target, port, protocol)
    if found.verdict is Reach.REACHABLE or not asked.graph.nodes("overlay_peer"):
        return found
    from scanner.analysis.network.overlays import reach_overlay  # noqa: PLC0415 - only where there is one

    over = reach_overlay(asked.graph, source, target, port, protocol)
    peers = [each for each in (source, target) if isinstance(each, int)]
    if over is not None and any(asked.graph.kind(each).name == "overlay_peer" for each in peers):
        return over
    return found if over is None else best((found, over)) or found


def _under(asked: Asked, source: End, target: End, port: int | None, protocol: str | None) -> Answer:
    """By whoever knows the ends: the cluster's network, the cloud's, or both."""
    from scanner.analysis.network.kubernetes_reach import knows, reach_kubernetes  # noqa: PLC0415 - when asked

    graph, config = asked.graph, asked.config
    if not any(isinstance(each, int) and knows(graph, each) for each in (source, target)):
        from scanner.analysis.network.aws import reach_aws  # noqa: PLC0415 - only where a cloud is asked about

        return reach_aws(graph, source, target, port, protocol)
    from scanner.analysis.network.joined import reach_joined, spans_both  # noqa: PLC0415 - only with both

    if spans_both(graph, source, target):
        return reach_joined(graph, config, source, target, port, protocol)
    return reach_kubernetes(graph, config, source, target, port, protocol)


def _told(asked: Asked, answer: Answer) -> dict[str, Any]:
    """The answer as JSON."""
    addresses = asked.graph.addresses
    return {
        "verdict": answer.verdict.value,
        "connections": answer.told(),
        "direct": answer.direct,
        "via": [str(addresses[each]) for each in answer.via],
        "path": list(steps_told(asked, answer.path)),
        "blocked_by": list(steps_told(asked, answer.blocked_by)),
        "reason": answer.reason,
        "assumptions": list(answer.assumptions),
    }


def steps_told(asked: Asked, steps: Iterable[Step]) -> Iterator[dict[str, Any]]:
    """The steps of an answer for JSON."""
    files = asked.built.target.tree.files
    for step in steps:
        node, location = step.name or None, None
        if step.node is not None:
            node = str(asked.graph.addresses[step.node])
            span = place(asked.graph, step.node, step.attribute)
            location = files.locate(span)._asdict() if span is not None else None
        yield {"node": node, "note": step.note, "location": location}


def _text(source: str, target: str, answer: Answer, told: dict[str, Any]) -> Iterator[str]:
    how = " directly" if answer.direct else " through relays" if answer.via else ""
    yield f"{answer.verdict.value}: {source} -> {target}{how}"
    if answer.connections:
        yield f"  connections: {connection_text(answer.connections)}"
    if told["via"]:
        yield f"  via: {', '.join(told['via'])}"
    if answer.reason:
        yield f"  reason: {answer.reason}"
    for title, steps in (("path", told["path"]), ("blocked by", told["blocked_by"])):
        if steps:
            yield f"  {title}:"
            yield from (_line(step) for step in steps)
    for each in answer.assumptions:
        yield f"  assumed: {each}"


def _line(step: dict[str, Any]) -> str:
    place = step["location"]
    where = f"  ({place['path']}:{place['line']})" if place else ""
    return f"    {step['node'] or '-'}: {step['note']}{where}"
