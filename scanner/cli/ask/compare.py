"""`layerproof ask compare NEW REFERENCE`: whether a policy grants something that another does not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import common
from scanner.cli.ask import asking, documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.analysis.access.algebra import Answer
    from scanner.analysis.access.documents import Document
    from scanner.analysis.access.policy import Policy
    from scanner.model.value import Value


@click.command("compare", short_help="Whether one policy grants more than another.")
@click.argument("new")
@click.argument("reference")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["identity", "resource", "trust"]),
    default="identity",
    help="What the documents are. Default: identity.",
)
@asking.question_options
def command(new: str, reference: str, kind: str, form: str, **given: Any) -> None:
    """Say whether the policy NEW grants any request that REFERENCE does not, with one such request.

    Each is a file with a policy document in JSON (- reads standard input), or a node of what --in names that holds
    statements. Exit code 1 where there is new access, 2 where a document is none, 3 where it cannot be told.
    """  # fmt: skip
    from scanner.analysis.access.algebra import difference  # noqa: PLC0415 - loads the action catalogue

    asked = cache(lambda: asking.ask(given))
    read = [_document(text, kind, asked) for text in (new, reference)]
    policies = [each.policy for each in read if each.policy and (each.policy.statements or not each.partial)]
    if len(policies) < len(read):  # nothing is left of one of them
        raise click.exceptions.Exit(common.USAGE)
    answer = difference(policies[0], policies[1])
    told = _told(answer, partial=any(each.partial for each in read), kind=kind)
    common.write(common.dump(told) if form == "json" else _text(told, answer))
    code = {"yes": common.FAILED, "no": common.CLEAN, "unknown": common.INCOMPLETE}[told["new_access"]]
    raise click.exceptions.Exit(code)


def _document(text: str, kind: str, asked: Callable[[], asking.Asked]) -> Document:
    """A document from a file, or the policy of a node."""
    from scanner.analysis.access.documents import Document  # noqa: PLC0415 - as above

    if text.endswith(".json") and not Path(text).is_file():
        raise click.UsageError(f"{text} is no file")
    if text != "-" and not Path(text).is_file():
        return Document(_of_node(text, kind, asked()), partial=False, diagnostics=[])
    return documents.document(text, kind)


def _of_node(text: str, kind: str, asked: asking.Asked) -> Policy:
    """The statements of the one node that a text names: of a role's trust, where trusts are compared."""
    from scanner.analysis.access.names import Names  # noqa: PLC0415 - as above
    from scanner.analysis.access.normal import normal  # noqa: PLC0415 - as above
    from scanner.analysis.access.policy import Policy  # noqa: PLC0415 - as above
    from scanner.graph.choose import choose  # noqa: PLC0415 - as above

    graph = asked.graph
    found = choose(graph, text)
    if kind == "trust":
        found = [trust for each in found for trust in graph.targets("trusts", each) or (each,)]
    holders = [each for each in found if any(one.name == "statements" for one in graph.kind(each).attributes)]
    if len(holders) != 1:
        said = "several policies" if holders else "no file, and no policy of the scan"
        raise click.UsageError(f"{text} names {said}")
    names, root = Names(graph), graph.addresses[holders[0]].root

    def known(value: Value) -> Value:
        """The text that an ARN of the scan has, where all of it is known."""
        told = names.text(value, root)
        return told if told.isascii() else value

    return Policy.of(normal(graph.peek(holders[0], "statements"), known))


def _told(answer: Answer, *, partial: bool, kind: str) -> dict[str, Any]:
    """{"new_access", "witness"}. Where a statement had to be left out, no is not certain."""
    verdict = "unknown" if answer.verdict == "no" and partial else answer.verdict
    found = answer.witness
    if found is None:
        return {"new_access": verdict, "witness": None}
    context = {key: list(value) if isinstance(value, tuple) else value for key, value in found.context.items()}
    resource = None if kind == "trust" else found.resource
    witness = {"action": found.action, "resource": resource, "principal": found.principal, "context": context}
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
