"""`layerproof rules new`: a rule with its three examples, which pass `rules lint` and `rules test` as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from scanner.model.finding import PRINCIPLES

KINDS = ("object_store", "workload")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DOES = {
    "object_store": ("store", "versioned", "keeps no earlier version of its objects", "Enable versioning on it."),
    "workload": ("workload", "revisions", "keeps no earlier revision to go back to", "Keep one revision or more."),
}

_PYTHON = '''"""{title}."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="{kind}",
    message="{{node}} {wrong}",
    controls={{}},
)
def check({name}: Node) -> Iterator[Match]:
    """Say here why it matters, in a sentence or two.

    ## Remedy
    {remedy}
    """
    if {test}:  # an unknown value ends the check as unknown; rules/KINDS.md lists what a node has
        yield Match({name}, "{attribute}")
'''

_REGO = """# METADATA
# title: {title}
# description: |
#   Say here why it matters, in a sentence or two.
#   ## Remedy
#   {remedy}
# custom:
#   severity: medium
#   selects: [{kind}]
#   reads: [{attribute}]
#   message: "{{node}} {wrong}"
#   controls: {{}}
package layerproof.{package}

import rego.v1

deny contains {{"node": {name}.id, "at": "{attribute}"}} if {{
	some {name} in input.kinds.{kind}
	{test}
}}
"""

_BUCKET = """{lead}resource "aws_s3_bucket" "data" {{
  bucket = "example-data"
}}

resource "aws_s3_bucket_versioning" "data" {{
  bucket = aws_s3_bucket.data.id
  versioning_configuration {{
    status = {value}
  }}
}}
"""
_DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  revisionHistoryLimit: {value}
  selector:
    matchLabels: {{app: web}}
  template:
    metadata:
      labels: {{app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0
"""


@click.command("new", short_help="Write a rule and its fixture, to be changed.")
@click.argument("identifier", metavar="PRINCIPLE/NAME")
@click.option("--rego", is_flag=True, help="A Rego rule. Default: Python.")
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True,
              help="What the example judges: a bucket in Terraform, or a Deployment in a manifest.")  # fmt: skip
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR",
              help="Where rules, policies and fixtures lie. Default: the current directory.")  # fmt: skip
def command(identifier: str, rego: bool, kind: str, folder: Path) -> None:  # noqa: FBT001 - click passes flags so
    """Write a rule and its fixture of three examples, to be changed into one of yours.

    Nothing is overwritten. What is written passes `rules lint` and `rules test` as it is.
    """
    principle, name = _parts(identifier)
    files = dict(_files(principle, name, kind, rego=rego))
    there = [each for each in files if (folder / each).exists()]
    if there:
        raise click.UsageError(f"{folder / there[0]} exists, and nothing is overwritten")
    for each, text in files.items():
        path = folder / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        click.echo(path.as_posix())
    option = "policies" if rego else "rules"
    place = (folder / option).as_posix()
    click.echo(f"\ntry it: layerproof rules test {identifier} --{option} {place}")
    click.echo(f"use it: layerproof scan --{option} {place}")


def _parts(identifier: str) -> tuple[str, str]:
    """Principle and name. Raises UsageError where they are none, or where a rule of ours has that id."""
    principle, slash, name = identifier.partition("/")
    if principle not in PRINCIPLES:
        raise click.UsageError(f"{principle!r} is no principle; there are {', '.join(PRINCIPLES)}")
    if not slash or not _NAME.fullmatch(name):
        raise click.UsageError(f"{identifier!r}: a rule is called PRINCIPLE/NAME, its name in-words-like-this")
    from scanner.bundle import bundled  # noqa: PLC0415 - after the usage errors
    from scanner.engine.discover import identifiers  # noqa: PLC0415 - as above

    if identifier in identifiers([bundled("rules")], [bundled("policies")]):
        raise click.UsageError(f"{identifier} is a rule of ours (layerproof explain {identifier})")
    return principle, name


def _files(principle: str, name: str, kind: str, *, rego: bool) -> Iterator[tuple[str, str]]:
    """Each file's name and text."""
    lead, snake = principle.replace("-", "_"), name.replace("-", "_")
    called, attribute, wrong, remedy = _DOES[kind]
    words = name.replace("-", " ")
    parts = {
        "title": f"{words[0].upper()}{words[1:]}", "kind": kind, "name": called, "attribute": attribute,
        "wrong": wrong, "remedy": remedy, "package": f"{lead}.{snake}",
    }  # fmt: skip
    if rego:
        test = f"not {called}.{attribute}" if kind == "object_store" else f"{called}.{attribute} == 0"
        yield f"policies/{lead}/{snake}.rego", _REGO.format(**parts, test=test)
    else:
        test = f'not {called}["{attribute}"]' if kind == "object_store" else f'{called}["{attribute}"] == 0'
        yield f"rules/{lead}/{snake}.py", _PYTHON.format(**parts, test=test)
    place = f"fixtures/{lead}/{snake}"
    if kind == "object_store":
        variable = 'variable "status" {\n  type = string\n}\n\n'
        yield f"{place}/bad/main.tf", _BUCKET.format(lead="", value='"Suspended" # expect')
        yield f"{place}/good/main.tf", _BUCKET.format(lead="", value='"Enabled"')
        yield f"{place}/unknown/main.tf", _BUCKET.format(lead=variable, value="var.status # expect-unknown")
        return
    yield f"{place}/bad/deployment.yaml", _DEPLOYMENT.format(value="0 # expect")
    yield f"{place}/good/deployment.yaml", _DEPLOYMENT.format(value="2")
    yield f"{place}/unknown/deployment.yaml", _DEPLOYMENT.format(value="${HISTORY} # expect-unknown")
