"""`layerproof ask escalations`: which principals can become administrators or other principals, and how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import common
from scanner.cli.ask import asking
from scanner.model.counted import counted

if TYPE_CHECKING:
    from scanner.analysis.access.escalation import Escalations, Way
    from scanner.analysis.access.escalation_hops import Step
    from scanner.cli.ask.places import Places


@click.command("escalations", short_help="Who can become an administrator, and how.")
@click.option("--from", "sources", multiple=True, metavar="NODE", help="Only these principals; repeatable.")
@asking.question_options
def command(sources: tuple[str, ...], form: str, **given: Any) -> None:
    """Say for each principal whether it can become an administrator, and by which ways it gains more power.

    An administrator reaches, by its own permissions and by the known escalation paths, everything that the
    guardrails leave to any principal of its account. The answer is yes, conditional (with what must hold), no,
    or unknown (with what would have to exist outside the scan; `[scope] complete = ["trust"]` says that nothing
    does).
    NODE is an address or a name; of a workload, function or machine the roles that it acts as are asked about.
    """
    from scanner.analysis.access.escalation import Escalations  # noqa: PLC0415 - only when it is asked
    from scanner.cli.ask.places import Places  # noqa: PLC0415 - as above
    from scanner.report.escape import terminal  # noqa: PLC0415 - as above

    asked = asking.ask(given)
    found = Escalations(asked.graph, asked.config.complete)
    chosen = _chosen(asked, found, sources)
    writer = _Writer(found, Places(asked))
    if form == "json":
        common.write(common.dump({"principals": [writer.told(each) for each in chosen]}))
        return
    lines = [line for each in chosen for line in writer.lines(each)]
    common.write("".join(f"{terminal(line)}\n" for line in [*lines, _summary(found, chosen)]))


def _chosen(asked: asking.Asked, found: Escalations, sources: Sequence[str]) -> list[int]:
    """The principals that are asked about. Raises UsageError for a text that names nothing."""
    from scanner.graph.choose import choose  # noqa: PLC0415 - only when it is asked

    if not sources:
        return found.principals()
    chosen: list[int] = []
    for text in sources:
        named = choose(asked.graph, text)
        if not named:
            raise asking.names_nothing(text)
        chosen += (each for index in named for each in found.acting(index))
    return list(dict.fromkeys(chosen))


def _summary(found: Escalations, chosen: Sequence[int]) -> str:
    told = [found.admin(each) for each in chosen]
    counts = ", ".join(f"{told.count(word)} {word}" for word in ("yes", "conditional", "unknown", "no"))
    return f"{counted(len(chosen), 'principal')}; administrator: {counts}"


class _Writer:
    """Writes the answers about one graph."""

    def __init__(self, found: Escalations, places: Places) -> None:
        self.found = found
        self.places = places

    def told(self, index: int) -> dict[str, Any]:
        """One principal as JSON."""
        return {
            "node": self._id(index),
            "admin": self.found.admin(index),
            "paths": [self._path(way) for way in self.found.ways(index)],
        }

    def _path(self, way: Way) -> dict[str, Any]:
        return {
            "id": way.id,
            "steps": [self._step(each) for each in way.steps],
            "reaches": self.found.reached(way),
            "conditions": self.found.conditions(way),
        }

    def _step(self, step: Step) -> dict[str, Any]:
        source = self.places.source(step.source) if step.source is not None else None
        return {
            "node": self._id(step.node),
            "action": step.action,
            "target": self._target(step),
            "location": source["location"] if source else None,
        }

    def _target(self, step: Step) -> str:
        return self._id(step.target) if isinstance(step.target, int) else step.target

    def _id(self, index: int) -> str:
        return str(self.found.graph.addresses[index])

    def lines(self, index: int) -> Iterator[str]:
        """One principal for people: nothing of those who get nowhere."""
        ways, admin = self.found.ways(index), self.found.admin(index)
        if not ways and admin == "no":
            return
        yield f"{admin:<12}{self._id(index)}"
        if not ways:
            yield f"{'':<12}  {self.found.why_unknown(index)}"
        for way in ways:
            yield f"{'':<12}  {way.id} -> {self.found.reached(way)}"
            for step in way.steps:
                told = self._step(step)
                where = told["location"]
                place = f" ({where['path']}:{where['line']})" if where else ""
                yield f"{'':<12}    {told['action']} on {told['target']}{place}"
            yield from (f"{'':<12}    {text}" for text in self.found.conditions(way))
