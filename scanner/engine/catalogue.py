"""The catalogue of statements from `rules/frameworks/catalogue.toml`, and which attestations stand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache

from scanner.engine.frameworks import directory
from scanner.model.attestation import AttestationEntry
from scanner.model.catalogue import Attested, Statement
from scanner.model.diagnostic import Diagnostic, Level


@cache
def statements() -> tuple[Statement, ...]:
    """Every statement, in the order of the reference model."""
    data = tomllib.loads((directory() / "catalogue.toml").read_text("utf-8"))
    return tuple(
        Statement(
            id=each["id"],
            row=each["row"],
            layers=tuple(each["layers"]),
            says=each["says"],
            verdicts=tuple(each["verdicts"]),
            planes=tuple(each["planes"]),
            remains=each.get("remains", ""),
            beyond=each.get("beyond", ""),
            by=each.get("by", ""),
            declined=each.get("declined", ""),
        )
        for each in data["statement"]
    )


def standing(entries: Iterable[AttestationEntry], today: date) -> list[Attested]:
    """What stands for each statement that a person may attest: of several attestations the one that counts
    longest."""
    given: dict[str, list[AttestationEntry]] = {}
    for entry in entries:
        given.setdefault(entry.statement, []).append(entry)
    return [_standing(each, given.get(each.id, ()), today) for each in statements() if each.attested]


def _standing(statement: Statement, given: Sequence[AttestationEntry], today: date) -> Attested:
    if not given:
        return Attested(statement.id, statement.says, "missing")
    best = max(given, key=lambda entry: (_state(entry, today) == "attested", entry.until, entry.date))
    state = _state(best, today)
    return Attested(statement.id, statement.says, state, best.by, best.date, best.until, best.note)


def _state(entry: AttestationEntry, today: date) -> str:
    """`until` is the last day that counts."""
    if entry.date > today.isoformat():
        return "not yet"
    return "expired" if entry.until < today.isoformat() else "attested"


def remarks(entries: Iterable[AttestationEntry], today: date) -> Iterator[Diagnostic]:
    """What is wrong with attestations: of no statement, of one that is not a person's to decide, or expired."""
    known = {each.id: each for each in statements()}
    open_to_people = ", ".join(each.id for each in known.values() if each.attested)
    for entry in entries:
        statement = known.get(entry.statement)
        if statement is None:
            told = f"attestation of {entry.statement}: the catalogue has no such statement"
            remedy = f"a person can attest {open_to_people}"
        elif not statement.attested:
            told = f"attestation of {entry.statement}: rules decide this, so it does not count"
            remedy = f"a person can attest {open_to_people}"
        elif _state(entry, today) == "expired":
            told = f"attestation of {entry.statement} by {entry.by} expired on {entry.until}, so it does not count"
            remedy = "attest it anew, or remove it"
        else:
            continue
        yield Diagnostic(Level.WARNING, "config-attestation", told, entry.span, remedy)
