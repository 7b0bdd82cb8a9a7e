"""`layerproof resources`: what was understood, before any mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click

from scanner.cli import common
from scanner.cli.telling import tell_faults
from scanner.model.address import Address
from scanner.model.counted import counted
from scanner.model.diagnostic import Diagnostic
from scanner.model.resource import Resource
from scanner.model.value import Unknown, Value, portable, unknowns


@click.command(short_help="List what was understood: every resource, evaluated.")
@common.input_options
@click.option(
    "--address", "globs", multiple=True, metavar="GLOB", help="Only these (the native address or all of it)."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output form.")
@click.option("--show-sensitive", is_flag=True, help="Do not mask sensitive values.")
def command(**given: Any) -> None:
    """List every resource, data source, module output and manifest below PATH with its evaluated attributes."""
    from scanner import scan  # noqa: PLC0415 - after the usage errors

    tree, config, chosen = common.prepare(given["paths"], given["root"], given["config_file"], given["exclude"])
    target = common.target(tree, config, chosen, given)
    target.settings = replace(target.settings, outputs=True)
    listed: list[dict[str, Any]] = []
    diagnostics: list[Diagnostic] = []
    shown = given["show_sensitive"]
    for unit in scan.read(target):
        diagnostics.extend(unit.diagnostics)
        chosen_ones = (each for each in unit.resources if _wanted(each.address, given["globs"]))
        listed.extend(_resource(target, each, show_sensitive=shown) for each in chosen_ones)
        listed.extend(
            _absent(target, each) for each in unit.absent if _wanted(Address.parse(each.address), given["globs"])
        )
    listed.sort(key=lambda each: (each["location"]["path"], each["location"]["line"], each["address"]))
    common.write(common.dump(listed) if given["form"] == "json" else "".join(_text(listed)))
    if not tell_faults(target, diagnostics, all_levels=True):
        raise click.exceptions.Exit(common.INCOMPLETE)


def _wanted(address: Address, globs: tuple[str, ...]) -> bool:
    return not globs or any(address.matches(glob) for glob in globs)


def _absent(target: Any, absent: Any) -> dict[str, Any]:
    """A block without instances, which is listed all the same."""
    location = target.tree.files.locate(absent.span)._asdict()
    return {"address": absent.address, "type": absent.type, "count": 0, "location": location}


def _resource(target: Any, resource: Resource, *, show_sensitive: bool) -> dict[str, Any]:
    scope = resource.scope
    why = list(_whys(resource))
    return {
        "address": str(resource.address),
        "type": resource.type,
        "plane": resource.plane.value,
        "scope": {
            "provider": scope.provider,
            "account": portable(scope.account),
            "region": portable(scope.region),
        },
        "attributes": portable(resource.attributes, show_sensitive=show_sensitive),
        "location": target.tree.files.locate(resource.span)._asdict(),
        **({"because": why} if why else {}),
    }


def _whys(resource: Resource) -> Iterator[dict[str, Any]]:
    """For each unknown: its path, the names that lead to the cause, and what would tell."""
    if resource.explains is None:
        return
    for path, unknown in _unknowns(resource.attributes):
        found = resource.explains.why(path, unknown.reason)
        if found is not None:
            chain = [link.name for link in found.links]
            yield {"path": path, "chain": chain, "reason": found.reason, "remedy": found.remedy or None}


def _unknowns(attributes: Value) -> Iterator[tuple[str, Unknown]]:
    """Paths of the unknowns in an attribute's value, the first of each attribute."""
    for name, value in attributes.items():
        found = next(unknowns(value), None)
        if found is not None:
            yield name, found


def _text(listed: list[dict[str, Any]]) -> Iterator[str]:
    from scanner.report.escape import terminal  # noqa: PLC0415 - text only

    for each in listed:
        place = each["location"]
        yield f"{terminal(each['address'])}  {terminal(place['path'])}:{place['line']}\n"
        if each.get("count") == 0:
            yield "    no instance (count is 0 or for_each is empty)\n"
            continue
        why = {told["path"]: told for told in each.get("because", ())}
        for name, value in each["attributes"].items():
            yield f"    {terminal(str(name))} = {terminal(_shown(value))}\n"
            told = why.get(name)
            if told is not None:
                remedy = f": {told['remedy']}" if told["remedy"] else ""
                yield f"        because of {terminal(' <- '.join(told['chain']) + remedy)}\n"
    yield f"{counted(len(listed), 'resource')}\n"


def _shown(value: Value) -> str:
    import json  # noqa: PLC0415 - text only

    if isinstance(value, dict) and "$unknown" in value:
        return f"(unknown: {value['$unknown']})"
    if isinstance(value, Unknown):
        return f"(unknown: {value.reason})"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 160 else f"{text[:157]}..."
