"""What the rules say of both sides: findings new or fixed, what became unknown, ignores that were added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from scanner.cli.diff.pairs import Pairs
from scanner.cli.diff.sides import Side, Sides
from scanner.config import Config
from scanner.engine.suppress import Ignore, Ignores
from scanner.model.finding import Finding, Verdict
from scanner.model.location import Location
from scanner.model.settings import Registry


class Ignored(NamedTuple):
    """An ignore that the head has and the base had not, and how many findings it covers."""

    rule: str
    reason: str
    until: str
    location: Location | None
    covers: int


class Setting(NamedTuple):
    """A key of the configuration that says something else."""

    key: str
    base: str
    head: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What differs between the two reports."""

    new: list[Finding]
    fixed: list[Finding]
    unknown: list[Finding]
    ignores: list[Ignored]
    settings: list[Setting]


def compared(sides: Sides, pairs: Pairs) -> Judged:
    """Hold both reports against each other, by fingerprint; of things that only changed their address by rule."""
    base, head = sides.base.report, sides.head.report
    was, now = _by_mark(base.findings), _by_mark(head.findings)
    moved = _moved(sides, pairs, was, now)
    was_suppressed = {each.finding.fingerprint for each in base.suppressed}
    new, unknown = [], []
    for mark, each in now.items():
        before = was.get(mark) or moved.get(mark)
        if each.verdict is Verdict.FAIL and (before is None or before.verdict is Verdict.UNKNOWN):
            if mark not in was_suppressed or before is not None:
                new.append(each)
        elif each.verdict is Verdict.UNKNOWN and (before is None or before.verdict is Verdict.FAIL):
            unknown.append(each)
    still = {*now, *(each.fingerprint for each in moved.values())}
    hidden = {each.finding.fingerprint for each in head.suppressed}
    fixed = [
        each
        for mark, each in was.items()
        if each.verdict is Verdict.FAIL and mark not in still and mark not in hidden
    ]
    return Judged(
        _ordered(new),
        _ordered(fixed),
        _ordered(unknown),
        list(_ignores(sides)),
        list(_settings(sides.base.config, sides.head.config)),
    )


def _ordered(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda each: each.order)


def _by_mark(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {each.fingerprint: each for each in findings}


def _moved(
    sides: Sides, pairs: Pairs, was: Mapping[str, Finding], now: Mapping[str, Finding]
) -> dict[str, Finding]:
    """Findings of the head whose node had another address in the base, with the finding of before."""
    gone: dict[tuple[str, str, str], list[Finding]] = {}
    for mark, each in was.items():
        if mark not in now and pairs.name(each.node) != each.node:
            gone.setdefault((each.rule, pairs.name(each.node), each.verdict.value), []).append(each)
    found = {}
    for mark, each in now.items():
        before = gone.get((each.rule, each.node, each.verdict.value)) if mark not in was else None
        if before:
            found[mark] = before.pop(0)
    return found


# ignores


def _ignores(sides: Sides) -> Iterator[Ignored]:
    """The ignores of comments, annotations and the configuration that are new; one that moved is the old one."""
    known = Counter(_same(each) for each in _read(sides.base))
    files = sides.head.asked.built.target.tree.files
    covered = Counter((each.finding.rule, each.reason) for each in sides.head.report.suppressed)
    for each in _read(sides.head):
        if known[_same(each)]:
            known[_same(each)] -= 1
            continue
        location = files.locate(each.span) if each.span is not None else None
        yield Ignored(each.rule, each.reason, each.until, location, covered[each.rule, each.reason])


def _read(side: Side) -> list[Ignore]:
    built, config = side.asked.built, side.config
    return Ignores.read(built.graph, built.target.tree.files, config.ignores).every


def _same(each: Ignore) -> tuple[str, str, str, str]:
    return (each.rule, each.reason, each.until, each.span.path if each.span is not None else "")


def _settings(base: Config, head: Config) -> Iterator[Setting]:
    """Keys that say something else; ignores are told one by one."""
    for field in fields(Config):
        if field.name in ("origin", "ignores"):
            continue
        one, other = (_said(getattr(each, field.name)) for each in (base, head))
        if one != other:
            yield Setting(field.name, _short(one), _short(other))


def _said(value: Any) -> Any:
    """A value without the folder that it was read in."""
    return replace(value, folder="") if isinstance(value, Registry) else value


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        text = ", ".join(_short(each) for each in value) or "nothing"
    else:
        text = str(getattr(value, "value", value)) or "nothing"
    return text if len(text) <= 200 else f"{text[:197]}..."
