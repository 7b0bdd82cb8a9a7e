"""`layerproof ask compare NEW REFERENCE`: whether a policy document grants something that another does not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import common
from scanner.model.location import SourceFile

if TYPE_CHECKING:
    from scanner.analysis.access.algebra import Answer
    from scanner.analysis.access.documents import Document

_FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


@click.command("compare")
@click.argument("new", type=_FILE)
@click.argument("reference", type=_FILE)
@click.option(
    "--type",
    "form",
    type=click.Choice(["identity", "resource", "trust"]),
    default="identity",
    help="What the documents are. Default: identity.",
)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="Output form.")
def command(new: Path, reference: Path, form: str, output: str) -> None:
    """Say whether the policy NEW grants any request that REFERENCE does not, with one such request.

    Both are files with policy documents in JSON (- reads standard input). Exit code 1 where there is new access,
    2 where a document is none, 3 where it cannot be told.
    """  # fmt: skip
    from scanner.analysis.access.algebra import difference  # noqa: PLC0415 - loads the action catalogue

    documents = [_read(path, form) for path in (new, reference)]
    policies = [each.policy for each in documents if each.policy and (each.policy.statements or not each.partial)]
    if len(policies) < len(documents):  # nothing is left of one of them
        raise click.exceptions.Exit(common.USAGE)
    answer = difference(policies[0], policies[1])
    told = _told(answer, partial=any(each.partial for each in documents), form=form)
    common.write(common.dump(told) if output == "json" else _text(told, answer))
    code = {"yes": common.FAILED, "no": common.CLEAN, "unknown": common.INCOMPLETE}[told["new_access"]]
    raise click.exceptions.Exit(code)


def _read(path: Path, form: str) -> Document:
    """A document; its faults are told on standard error with their places."""
    from scanner.analysis.access.documents import read  # noqa: PLC0415 - as above

    if str(path) != "-" and not path.is_file():
        raise click.UsageError(f"{path} does not exist")
    data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    document = read(data.decode("utf-8-sig", "replace"), str(path), form)
    file = SourceFile(str(path), data)
    for each in document.diagnostics:
        where = file.locate(each.span.start, each.span.end) if each.span else None
        at = f"{path}:{where.line}:{where.column}" if where else str(path)
        click.echo(f"{at}: {each.level.value}[{each.code}]: {each.summary}", err=True)
    return document


def _told(answer: Answer, *, partial: bool, form: str) -> dict[str, Any]:
    """{"new_access", "witness"}. Where a statement had to be left out, no is not certain."""
    verdict = "unknown" if answer.verdict == "no" and partial else answer.verdict
    found = answer.witness
    witness = None
    if found is not None:
        witness = {
            "action": found.action,
            "resource": None if form == "trust" else found.resource,
            "principal": found.principal,
            "context": {
                key: list(value) if isinstance(value, tuple) else value for key, value in found.context.items()
            },
        }
    return {"new_access": verdict, "witness": witness}


def _text(told: dict[str, Any], answer: Answer) -> str:
    from scanner.report.escape import terminal  # noqa: PLC0415 - text only

    lines = [f"new access: {told['new_access']}"]
    witness = told["witness"]
    if witness is not None:
        lines += [f"  {name}: {witness[name]}" for name in ("action", "resource", "principal") if witness[name]]
        lines += [f"  {key}: {'absent' if value is None else value}" for key, value in witness["context"].items()]
    elif told["new_access"] == "unknown":
        lines.append(f"  {answer.reason or 'a statement of a document was left out'}")
    return "".join(f"{terminal(str(line))}\n" for line in lines)
