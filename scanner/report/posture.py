"""The posture as the writers show it: a document for programs, a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model.catalogue import Attested
from scanner.model.posture import TENETS, Posture, Score
from scanner.report.escape import markdown, terminal, unicode_text

HEADER = ("", "proven", "possible", "decided", "stage", "obligations")


def document(posture: Posture) -> dict[str, Any]:
    """The posture in JSON: shares are 0 to 1, null where nothing was assessed."""
    return {
        "overall": {"lower": _rounded(posture.overall), "weakest": posture.weakest or None},
        "tenets": [_score(name, each, TENETS[name]) for name, each in posture.tenets.items()],
        "layers": [_score(name, each) for name, each in posture.layers.items()],
        "principles": [_score(name, each) for name, each in posture.principles.items()],
        "unknown": [{"code": each.code, "count": each.count, "remedy": each.remedy} for each in posture.open],
        "inventory": {"nodes": posture.nodes, "unmapped": posture.unmapped},
        "attestations": [_attested(each) for each in posture.attestations],
    }


def _attested(each: Attested) -> dict[str, Any]:
    """One statement that only a person can vouch for; what does not count is unknown for want of it."""
    counts = each.state == "attested"
    return {
        "statement": each.statement,
        "says": each.says,
        "verdict": "pass" if counts else "unknown",
        "state": each.state.replace(" ", "_"),
        "code": None if counts else "ATTESTATION_MISSING",
        "by": each.by or None,
        "date": each.date or None,
        "until": each.until or None,
        "note": each.note or None,
    }


def _score(name: str, score: Score, title: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {"id": name, "title": title} if title else {"id": name}
    return {
        **told,
        "lower": _rounded(score.lower),
        "upper": _rounded(score.upper),
        "coverage": _rounded(score.coverage),
        "stage": score.stage,
        "obligations": score.count,
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def rows(posture: Posture) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Title and rows of each of the three tables, cells as HEADER names them."""
    yield "tenets of NIST SP 800-207", tuple(_rows(posture.tenets, TENETS))
    yield "layers", tuple(_rows(posture.layers, {}))
    yield "principles", tuple(_rows(posture.principles, {}))


def _rows(scores: Mapping[str, Score], titles: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for name, score in scores.items():
        label = f"{name.removeprefix('tenet-')} {titles[name]}" if name in titles else name
        shares = (_percent(score.lower), _percent(score.upper), _percent(score.coverage))
        yield (label, *shares, score.stage, str(score.count))


def _percent(share: float | None) -> str:
    """Rounded down, so that nothing looks proven that is not."""
    return "-" if share is None else f"{int(share * 100)} %"


def overall(posture: Posture) -> str:
    """The one sentence: the weakest link."""
    if posture.overall is None:
        return "no tenet was assessed"
    share, weakest = _percent(posture.overall), posture.weakest
    return f"proven to {share}, as far as its weakest tenet ({weakest.removeprefix('tenet-')}: {TENETS[weakest]})"


def text_lines(posture: Posture) -> Iterator[str]:
    """The tables for a terminal."""
    yield f"posture: {overall(posture)}"
    for title, table in rows(posture):
        width = max(len(title), *(len(row[0]) for row in table))
        yield ""
        yield f"  {title:<{width}}  {HEADER[1]:>8}  {HEADER[2]:>8}  {HEADER[3]:>8}  {HEADER[4]:<12}  {HEADER[5]}"
        for label, lower, upper, coverage, stage, count in table:
            yield f"  {label:<{width}}  {lower:>8}  {upper:>8}  {coverage:>8}  {stage:<12}  {count:>11}"
    if posture.open:
        yield ""
        yield "  unknown obligations, by what would decide them:"
        for each in posture.open:
            yield f"  {each.count:>7}  {each.code}: {each.remedy}"
    if posture.unmapped:
        yield f"  {posture.unmapped} resources without a mapping count as unknown in every tenet and principle"
    if posture.attestations:
        yield ""
        yield "  what only a person can attest ([[attestation]] in layerproof.toml):"
        for attested in posture.attestations:
            yield f"  {attested.statement:<9}  {attested.state:<9}  {terminal(unicode_text(vouched(attested)))}"


def vouched(each: Attested) -> str:
    """The statement, and who vouches for it until when."""
    if each.state == "missing":
        return each.says
    return f"{each.says} ({each.by}, {each.date} to {each.until}{': ' if each.note else ''}{each.note})"


def markdown_lines(posture: Posture) -> Iterator[str]:
    """The tables in Markdown; every name in them is ours but those of attestations."""
    yield "### Posture"
    yield ""
    yield f"{overall(posture)[0].upper()}{overall(posture)[1:]}."
    for title, table in rows(posture):
        yield ""
        yield f"| {title} | {' | '.join(HEADER[1:])} |"
        yield f"| --- |{' ---: |' * 3} --- | ---: |"
        for row in table:
            yield f"| {' | '.join(row)} |"
    if posture.attestations:
        yield ""
        yield "| attestations | state | |"
        yield "| --- | --- | --- |"
        for each in posture.attestations:
            yield f"| {each.statement} | {each.state} | {markdown(unicode_text(vouched(each)))} |"
    yield ""
