"""`layerproof drift`: code against the live account."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import common
from scanner.cli.audit import collecting
from scanner.model.location import SourceFile

if TYPE_CHECKING:
    from scanner.audit.drift import Drift, Result
    from scanner.config import Config
    from scanner.scan import Built

_FAILS = click.Choice(["weaker", "changed", "any", "never"])


@click.command()
@common.input_options
@click.option(
    "--snapshot",
    "snapshots",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="What was collected of the live account; repeatable. Default: it is collected now.",
)
@collecting.collecting_options
@click.option(
    "--fail-on",
    type=_FAILS,
    default="any",
    show_default=True,
    help="Exit 1 for what nobody owns and what is weaker; also for any change; for all.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output form.")
def command(**given: Any) -> None:
    """Compare the code below PATH with what is really there."""
    from scanner import scan  # noqa: PLC0415 - after the usage errors
    from scanner.audit.drift import drift, services  # noqa: PLC0415 - as above

    tree, config, chosen = common.prepare(given["paths"], given["root"], given["config_file"], given["exclude"])
    snapshots = tuple(SourceFile(str(path), path.read_bytes()) for path in given["snapshots"]) or _collected(given)
    target = common.target(tree, config, chosen, given, snapshots=snapshots)
    built = scan.build(target, scan.read(target), config)
    rules, _ = common.load_rules()
    result = drift(built.whole, built.twins, rules, recorded=built.recorded, services=services())
    result.drifts = [each for each in result.drifts if not _ignored(config, each)]
    common.write(common.dump(_document(built, result)) if given["form"] == "json" else _text(built, result))
    raise click.exceptions.Exit(_exit(built, result, given["fail_on"]))


def _collected(given: dict[str, Any]) -> tuple[SourceFile, ...]:
    """The account as it is now."""
    collecting.needs_boto3()
    who = collecting.executor(given)
    plan = collecting.planned(given)
    with tempfile.TemporaryDirectory(prefix="layerproof-") as folder:
        out = Path(folder) / "aws.jsonl.gz"
        collecting.write(plan, out, who)
        return (SourceFile("live", out.read_bytes()),)


def _ignored(config: Config, found: Drift) -> bool:
    """Whether an `[[ignore]]` of `drift/CLASS` (or `drift/*`) fits and has not expired."""
    from fnmatch import fnmatchcase  # noqa: PLC0415 - only where something is ignored

    today = date.today().isoformat()
    return any(
        fnmatchcase(f"drift/{found.kind_of.value}", entry.rule)
        and any(fnmatchcase(name, f"*{entry.address}") for name in (found.node, found.twin))
        and bool(entry.reason)
        and (not entry.until or entry.until >= today)
        for entry in config.ignores
    )


def _document(built: Built, result: Result) -> dict[str, Any]:
    files = built.target.tree.files
    counts = {each: sum(found.kind_of.value == each for found in result.drifts) for each in _CLASSES}
    return {
        "summary": {"managed": result.managed, **counts},
        "drift": [
            {
                "class": each.kind_of.value,
                "node": each.node,
                "kind": each.kind,
                "layer": each.layer.value,
                "twin": each.twin or None,
                "owner": each.owner or None,
                "by": each.by or None,
                "direction": each.direction or None,
                "confidence": each.confidence or None,
                "reason": each.reason or None,
                "location": files.locate(each.span)._asdict() if each.span and each.span.path else None,
                "changes": [
                    {
                        "attribute": change.attribute,
                        "code": change.code,
                        "live": change.live,
                        "direction": change.direction,
                        "rules": list(change.rules),
                        "location": files.locate(change.span)._asdict() if change.span else None,
                    }
                    for change in each.changes
                ],
            }
            for each in result.drifts
        ],
        "coverage": [each for unit in built.units for each in _coverage(unit)],
    }


_CLASSES = ("unmanaged", "missing", "changed", "ghost", "unknown")


def _coverage(unit: Any) -> Iterator[dict[str, Any]]:
    yield {"unit": unit.unit, "status": unit.status, "reason": unit.reason or None}


def _text(built: Built, result: Result) -> str:
    return "".join(f"{line}\n" for line in _lines(built, result))


_SAID = {
    "unmanaged": "there, and in no code of this scan",
    "missing": "in code, and not there",
    "changed": "not as it is written",
    "ghost": "in code, never applied",
    "unknown": "cannot be told",
}


def _lines(built: Built, result: Result) -> Iterator[str]:
    from scanner.report.escape import terminal  # noqa: PLC0415 - text only

    files = built.target.tree.files
    for class_ in _CLASSES:
        found = [each for each in result.drifts if each.kind_of.value == class_]
        if not found:
            continue
        yield f"{class_} ({len(found)}): {_SAID[class_]}"
        for each in found:
            place = files.locate(each.span) if each.span and each.span.path else None
            where = f"  {place.path}:{place.line}" if place and class_ != "unmanaged" else ""
            whose = f"  [{each.owner}{f': {each.by}' if each.by else ''}]" if each.owner else ""
            yield terminal(f"  {each.kind}  {(each.twin or each.node).partition('#')[2]}{whose}{where}")
            if each.reason:
                yield terminal(f"      {each.reason}")
            for change in each.changes:
                rules = f"  ({', '.join(change.rules)})" if change.rules else ""
                told = f"{change.attribute}: {_short(change.code)} in code, {_short(change.live)} live"
                yield terminal(f"      {change.direction}: {told}{rules}")
        yield ""
    total = sum(each.kind_of.value != "unknown" for each in result.drifts)
    yield f"{result.managed} as written, {total} not, {len(result.drifts) - total} unknown"


def _short(value: Any) -> str:
    import json  # noqa: PLC0415 - text only

    text = json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _exit(built: Built, result: Result, fail_on: str) -> int:
    """1 for drift that counts, 3 where something could not be read, and the last line says why."""
    from scanner.audit.drift import NOBODY, Class  # noqa: PLC0415 - after the comparison

    def counts(each: Drift) -> bool:
        if fail_on == "never" or each.kind_of is Class.UNKNOWN:
            return False
        snowflake = each.kind_of is Class.UNMANAGED and each.owner == NOBODY
        if fail_on == "weaker":
            return snowflake or each.direction == "weaker"
        if fail_on == "changed":
            return snowflake or each.kind_of is Class.CHANGED
        return each.kind_of is not Class.UNMANAGED or snowflake

    failing = sum(map(counts, result.drifts))
    errors = [each for each in built.diagnostics if each.level.value == "error"]
    bad = [each for each in built.units if each.status not in ("ok", "partial", "not-enabled", "not_enabled")]
    if failing:
        click.echo(f"exit {common.FAILED}: {failing} not as written (--fail-on {fail_on})", err=True)
        return common.FAILED
    if errors or bad:
        for each in errors:
            click.echo(f"error[{each.code}]: {each.summary}", err=True)
        click.echo(f"exit {common.INCOMPLETE}: incomplete: {len(errors) + len(bad)} could not be read", err=True)
        return common.INCOMPLETE
    click.echo(f"exit {common.CLEAN}: no drift that counts", err=True)
    return common.CLEAN
