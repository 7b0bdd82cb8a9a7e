"""`layerproof doctor`: whether this installation is whole, and what it can use."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata

import click

from scanner import __version__
from scanner.cli import common

_NEEDED = ("click", "PyYAML", "tree-sitter", "tree-sitter-hcl", "orjson", "gordon-to-regorus", "python-hcl2",
           "sarif-om", "pathspec")  # fmt: skip
_EXTRAS = {
    "boto3": "aws",
    "opa-python-client": "opa",
    "SQLAlchemy": "store",
    "distributed": "fleet",
    "jinja2": "html",
}
_TOOLS = {"checkov": "scan --with checkov", "opa": "tests of policies on a server", "helm": "rendering charts",
          "terraform": "terraform init for modules", "git": "--changed-since, diff"}  # fmt: skip


@click.command(short_help="Check the installation.")
def command() -> None:
    """Check the installation; exit 1 when something that we need is missing or broken."""
    healthy = True
    for good, text in _checks():
        mark = {True: "ok     ", False: "BROKEN ", None: "absent "}[good]
        click.echo(f"{mark} {text}")
        healthy = healthy and good is not False
    raise click.exceptions.Exit(common.CLEAN if healthy else common.FAILED)


def _checks() -> Iterator[tuple[bool | None, str]]:
    yield True, f"layerproof {__version__}, Python {platform.python_version()}, {platform.platform()}"
    yield sys.version_info >= (3, 11), "Python 3.11 or newer"
    for name in _NEEDED:
        yield from _package(name, None)
    yield _rego()
    yield _rules()
    for name, extra in _EXTRAS.items():
        yield from _package(name, extra)
    for name, use in _TOOLS.items():
        path = shutil.which(name)
        yield (True, f"{name} at {path}") if path else (None, f"{name} (only for {use})")
    own = common.user_config()
    yield (True, f"user configuration {own}") if own else (None, "user configuration (none)")


def _package(name: str, extra: str | None) -> Iterator[tuple[bool | None, str]]:
    try:
        yield True, f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        if extra:
            yield None, f"{name} (pip install 'layerproof[{extra}]')"
        else:
            yield False, f"{name} is not installed; reinstall layerproof"


def _rego() -> tuple[bool, str]:
    """Two distributions install a module called regorus; ours is one of them, and the other answers wrongly."""
    owners = metadata.packages_distributions().get("regorus", [])
    if owners != ["gordon-to-regorus"]:
        return False, f"module regorus comes from {', '.join(owners) or 'nowhere'}, not gordon-to-regorus alone"
    try:
        from scanner.engine.regorus import new_engine  # noqa: PLC0415 - the thing that is being checked

        answer = new_engine().eval_query_as_json("1 + 1 == 2")
    except Exception as error:  # whatever it is, it is the finding
        return False, f"embedded Rego engine: {error}"
    return "true" in answer, "embedded Rego engine answers"


def _rules() -> tuple[bool, str]:
    rules, diagnostics = common.load_rules()
    if diagnostics or not rules:
        return False, f"{len(rules)} bundled rules, {len(diagnostics)} of them broken: {diagnostics[:1]}"
    rego = sum(rule.language == "rego" for rule in rules)
    return True, f"{len(rules)} bundled rules ({rego} Rego, {len(rules) - rego} Python)"
