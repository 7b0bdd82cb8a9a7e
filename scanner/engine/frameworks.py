"""Frameworks from `rules/frameworks/*.toml`: which rules cover which requirement, and what a scan says of it.

There is one place per mapping. A file whose `mapped_by` is "rules" lists ids only, and each rule names its ids in
its `controls`; with "file" it maps ids to rules itself (`[whole]`, `[partial]`); with "nist-800-53" it maps ids to
those of NIST SP 800-53 (`[through]`), which every rule names. Ids in `controls` count in each case: a rule, or one
of a user, needs no file but its own.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scanner.bundle import bundled
from scanner.model.framework import Compliance, Framework, Requirement
from scanner.model.rule import Rule

PIVOT = "nist-800-53"


def directory() -> Path:
    """Where the frameworks that we ship lie."""
    return bundled("rules") / "frameworks"


def listed() -> tuple[str, ...]:
    """The ids of the frameworks that we have a list of."""
    return tuple(sorted(path.stem for path in directory().glob("*.toml")))


def known(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Every framework that can be asked for: those with a list, and those that rules name in their controls."""
    return tuple(sorted({*listed(), *(name for rule in rules for name in rule.controls)}))


def load(name: str, rules: Iterable[Rule] = ()) -> Framework:
    """A framework by its id. Without a list of ours its requirements are the ids that `rules` name.

    Raises KeyError for one that neither has.
    """
    path = directory() / f"{name}.toml"
    if name in listed():
        return read(tomllib.loads(path.read_text("utf-8")))
    ids = sorted({each for rule in rules for each in rule.controls.get(name, ())})
    if not ids:
        raise KeyError(name)
    return Framework(name, name, requirements=dict.fromkeys(ids, ""), listed=False)


def read(data: Mapping[str, Any]) -> Framework:
    """A Framework from the parsed TOML of its file."""
    statements = data.get("statement", ())
    titles = {each["id"]: each["says"] for each in statements} or data["requirements"]
    return Framework(
        id=data["id"],
        name=data["name"],
        version=data["version"],
        date=data["date"],
        source=data["source"],
        licence=data["licence"],
        text=data["text"],
        requirements=titles,
        whole=_mapping(data.get("whole", {})),
        partial=_mapping(data.get("partial", {})),
        kinds=_kinds(data),
        through=_mapping(data.get("through", {})),
        always_partial=data.get("always_partial", False),
        incomplete=frozenset(each["id"] for each in statements if each.get("remains")),
        attested=frozenset(each["id"] for each in statements if "attestation" in each["verdicts"]),
    )


def _mapping(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {each: tuple(rule.partition("@")[0] for rule in rules) for each, rules in table.items()}


def _kinds(data: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, ...]]:
    """What stands behind the `@` of rules: a rule asks for more kinds than the requirement."""
    found = {}
    for table in ("whole", "partial"):
        for each, rules in data.get(table, {}).items():
            for rule, mark, kinds in (text.partition("@") for text in rules):
                if mark:
                    found[each, rule] = tuple(kinds.split(","))
    return found


def named(framework: Framework, rules: Iterable[Rule]) -> list[Rule]:
    """Those of the rules that cover something of the framework, with its ids in their controls."""
    ids: dict[str, dict[str, None]] = {}
    for mapping in (framework.whole, framework.partial):
        for each, covering in mapping.items():
            for name in covering:
                ids.setdefault(name, {})[each] = None
    pivot: dict[str, list[str]] = {}
    for each, controls in framework.through.items():
        for name in controls:
            pivot.setdefault(name, []).append(each)
    found = []
    for rule in rules:
        through = (each for name in rule.controls.get(PIVOT, ()) for each in pivot.get(name, ()))
        own = (*rule.controls.get(framework.id, ()), *ids.get(rule.id, ()), *through)
        if own:
            told = {**rule.controls, framework.id: tuple(dict.fromkeys(own))}
            found.append(replace(rule, controls=told))
    return found


def with_controls(rules: Sequence[Rule]) -> list[Rule]:
    """All rules, each with its ids of every framework that we have a list of: for pages and explanations."""
    told = {rule.id: rule for rule in rules}
    for name in listed():
        told.update((rule.id, rule) for rule in named(load(name), told.values()))
    return list(told.values())


def coverage(framework: Framework, rules: Iterable[Rule]) -> dict[str, tuple[str, ...]]:
    """The ids of the rules that cover each requirement, in part or whole, in the framework's order."""
    found: dict[str, list[str]] = {each: [] for each in framework.requirements}
    for rule in named(framework, rules):
        for each in rule.controls[framework.id]:
            found.setdefault(each, []).append(rule.id)
    return {each: tuple(sorted(ids)) for each, ids in found.items()}


def in_part(framework: Framework, requirement: str) -> bool:
    """Whether what covers a requirement covers it in part only."""
    if framework.always_partial or requirement in framework.incomplete:
        return True
    return requirement in framework.partial and requirement not in framework.whole


def comply(
    framework: Framework,
    rules: Sequence[Rule],
    counts: Mapping[str, Mapping[str, int]],
    attested: Collection[str] = (),
) -> Compliance:
    """The table of a framework: `rules` are all that could cover it, `counts` has pass, fail and unknown by the id
    of each rule that ran, and by `ID@KIND` where the framework limits a rule to kinds; `attested` are the
    requirements that a valid attestation stands for."""
    rows = []
    for each, covering in coverage(framework, rules).items():
        title = framework.requirements.get(each, "")
        ran = [rule for rule in covering if rule in counts]
        told = _total(counts, (part for rule in ran for part in _parts(framework, each, rule)))
        row = Requirement(
            id=each,
            title=title,
            state="",
            passed=told["pass"],
            failed=told["fail"],
            unknown=told["unknown"],
            rules=covering,
            partial=bool(covering) and (len(ran) < len(covering) or in_part(framework, each)),
        )
        rows.append(_attested(_decided(row), attested) if each in framework.attested else _decided(row))
    return Compliance(framework, tuple(rows))


def _parts(framework: Framework, requirement: str, rule: str) -> tuple[str, ...]:
    kinds = framework.kinds.get((requirement, rule))
    return tuple(f"{rule}@{kind}" for kind in kinds) if kinds else (rule,)


def _total(counts: Mapping[str, Mapping[str, int]], parts: Iterable[str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(counts.get(part, {}))
    return total


def _decided(row: Requirement) -> Requirement:
    if not row.rules:
        return replace(row, state="not covered")
    if row.failed:
        return replace(row, state="fail")
    if row.unknown:
        return replace(row, state="unknown")
    if not row.passed:
        return replace(row, state="not assessed")
    if row.partial:
        return replace(row, state="unknown", note="what is checked passes; the rest is not")
    return replace(row, state="pass")


def _attested(row: Requirement, attested: Collection[str]) -> Requirement:
    """An attestation stands where no rule fails; without one, what no rule covers is unknown."""
    if row.id in attested and row.state != "fail":
        return replace(row, state="pass", note="attested")
    if row.state == "not covered":
        return replace(row, state="unknown", note="no attestation that counts")
    return row
