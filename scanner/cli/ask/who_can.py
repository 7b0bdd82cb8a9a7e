"""`layerproof ask who-can ACTION RESOURCE`: which principals may do something to a resource, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import common
from scanner.cli.ask import asking, documents

if TYPE_CHECKING:
    from scanner.analysis.access.answers import Answer
    from scanner.analysis.access.policy import Policy
    from scanner.cli.ask.places import Places
    from scanner.graph.columns import Graph


@click.command("who-can", short_help="Which principals may do ACTION to RESOURCE.")
@click.argument("action")
@click.argument("resource")
@click.option(
    "--session",
    metavar="FILE",
    help="A session policy (a JSON document): what it does not allow, no session of a user or role may do.",
)
@asking.question_options
def command(action: str, resource: str, form: str, session: str | None, **given: Any) -> None:
    """Say which principals may do ACTION to RESOURCE, and which statements decide it.

    AWS: ACTION is that of an API, like s3:GetObject; `*` and `?` are wild. RESOURCE is an address, a name or
    kind:KIND of the scan, or an ARN, which may hold `*`: then any resource that fits.

    Kubernetes: ACTION is a verb, like get or k8s:get (k8s:* is all of them). RESOURCE is
    [NAMESPACE/]RESOURCE[.GROUP][/SUBRESOURCE][/NAME], like secrets, shop/secrets/db, pods/exec, deployments.apps,
    or a path like /metrics. Without a namespace it is any namespace, with `*` all of them at once; without a name
    any object. The answer lists service accounts, the users and groups that bindings name, and the AWS principals
    that access entries or aws-auth let into the cluster.

    For each principal the verdict is allowed, conditional (with what must hold), denied, or unknown; guardrails
    and policies outside the scan are not part of it.
    """
    from scanner.cli.ask.places import Places  # noqa: PLC0415 - only when it is asked
    from scanner.report.escape import terminal  # noqa: PLC0415 - as above

    if _VERB.match(action):
        if session is not None:
            raise click.UsageError("--session limits sessions of AWS; a cluster knows none")
        asked, found = _in_cluster(action, resource, given)
    else:
        asked, found = _in_account(action, resource, session, given)
    places = Places(asked)
    if form == "json":
        common.write(common.dump({"principals": [_told(each, places) for each in found]}))
        return
    common.write("".join(f"{terminal(line)}\n" for line in _lines(found, action, resource, places)))


# A verb of the Kubernetes API: in small letters, or said to be one. `*` alone is every action of AWS.
_VERB = re.compile(r"(?:k8s:(?:[a-z]+|\*)|[a-z]+)$")


def _in_account(
    action: str, resource: str, session: str | None, given: dict[str, Any]
) -> tuple[asking.Asked, list[Answer]]:
    from scanner.analysis.access.answers import who_can  # noqa: PLC0415 - only when it is asked
    from scanner.analysis.access.estate import Estate  # noqa: PLC0415 - as above

    _check(action)
    limit = _session(session)
    asked = asking.ask(given)
    wanted = _resources(asked, resource)
    estate = Estate.of(asked.graph) if limit is None else Estate(asked.graph, limit)
    return asked, who_can(estate, action, wanted)


def _session(path: str | None) -> Policy | None:
    """The policy that every session is limited by; a usage error where the file holds none."""
    if path is None:
        return None
    if path != "-" and not Path(path).is_file():
        raise click.UsageError(f"--session: {path} is no file")
    found = documents.document(path, "identity")
    if found.policy is None:
        raise click.UsageError(f"--session: {path} is no policy document")
    return found.policy.doubtful("the session policy has faults") if found.partial else found.policy


def _in_cluster(action: str, resource: str, given: dict[str, Any]) -> tuple[asking.Asked, list[Answer]]:
    from scanner.analysis.access import rbac_questions  # noqa: PLC0415 - only when it is asked

    asked = asking.ask(given)
    try:
        question = rbac_questions.read_question(action.removeprefix("k8s:"), resource, asked.graph)
    except rbac_questions.NoQuestionError as told:
        raise click.UsageError(str(told)) from None
    return asked, rbac_questions.who_can(asked.graph, question)


def _check(action: str) -> None:
    """A usage error for what is no action; a warning for one that the catalogue lacks."""
    from scanner.analysis.access.catalogue import catalogue  # noqa: PLC0415 - only when it is asked

    if ":" not in action and action != "*":
        raise click.UsageError(
            f"{action!r} is no action; it has the form SERVICE:ACTION, for example s3:GetObject, or is a verb of "
            "Kubernetes, for example get"
        )
    known = catalogue()
    if not known.bits(action):
        click.echo(f"warning[unknown-action]: {action} is not among AWS's actions of {known.date}", err=True)


def _resources(asked: asking.Asked, text: str) -> list[int | str]:
    """The nodes that a text names, or the ARN that it is."""
    from scanner.graph.choose import choose  # noqa: PLC0415 - only when it is asked

    if text == "*" or text.startswith("arn:"):
        return [text]
    found: list[int | str] = [*choose(asked.graph, text)]
    if not found:
        raise asking.names_nothing(text, ", and is no ARN")
    return found


def _told(answer: Answer, places: Places) -> dict[str, Any]:
    decision = answer.decision
    return {
        "node": answer.label,
        "verdict": decision.verdict.value,
        "conditions": list(decision.conditions or decision.unknowns),
        "because": [places.source(each) for each in decision.because],
    }


def levels(graph: Graph, answer: Answer) -> list[str]:
    """What a principal's permissions pass on their way down: guardrails, boundary; [] in a cluster."""
    from scanner.analysis.access.estate import Estate  # noqa: PLC0415 - as above
    from scanner.analysis.access.levels import levels as of_principal  # noqa: PLC0415 - only with answers

    if answer.node is None or graph.kind(answer.node).name in ("service_account", "binding"):
        return []
    return of_principal(Estate.of(graph), answer.node)


def _lines(found: list[Answer], action: str, resource: str, places: Places) -> Iterator[str]:
    shown = [each for each in found if each.decision.verdict.value != "denied"]
    for each in shown:
        yield f"{each.decision.verdict.value:<12}{each.label}"
        yield from (f"{'':<12}  if {text}" for text in each.decision.conditions)
        yield from (f"{'':<12}  unknown: {text}" for text in each.decision.unknowns)
        for source in each.decision.because:
            told = places.source(source)
            where = told["location"]
            line = f" ({where['path']}:{where['line']})" if where else ""
            yield f"{'':<12}  {told['statement']}{line}"
        within = levels(places.graph, each)
        if within:
            yield f"{'':<12}  within {' > '.join(within)}"
    allowed = sum(each.decision.verdict.value == "allowed" for each in shown)
    rest = f"{len(shown) - allowed} conditional or unknown, {len(found) - len(shown)} denied"
    yield f"{allowed} allowed, {rest}: {action} on {resource}"
