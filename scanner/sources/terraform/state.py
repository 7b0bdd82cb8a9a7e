"""States: what terraform recorded when it last applied. State files (version 4) and `terraform show -json`.

Everything in a state is known, so that edges follow from values. Whose account it is stands in the resources'
own ARNs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from scanner.model.address import Address
from scanner.model.resource import Plane, Resource, Scope
from scanner.model.value import Value, unwrap
from scanner.sources.terraform.artifact import Artifact
from scanner.sources.terraform.configuration import mapping, sequence
from scanner.sources.terraform.names import generic, key_text
from scanner.sources.terraform.partly import LEFT, Blanks
from scanner.sources.terraform.plan import Held, Spans, held_in
from scanner.sources.terraform.providers import Provider, placed

_SECTIONS = frozenset({"resources", "values"})
_PROVIDER = re.compile(r'provider\["(?:[^"/]*/)*([^"/]+)"\](?:\.([\w-]+))?$')
_BLANKS = Blanks(lambda _: LEFT, lambda _: True)
_TYPES = ("string", "number", "bool", "dynamic", "object", "map", "tuple", "list", "set")
_OWNER = re.compile(r"^arn:[^:]*:[^:]*:([^:]*):(\d{12}):")


def read_state(artifact: Artifact, root: str) -> list[Resource]:
    """The resources and data sources that a state records."""
    shown = artifact.form == "shown"
    held = list(_shown(artifact) if shown else _raw(artifact))
    spans = Spans(artifact, "values" if shown else "attributes", _SECTIONS)
    scopes = _scopes(held)
    first: dict[str, Any] = {}
    found = []
    for each, provider in held:
        span = spans.of(each.path)
        attributes = _BLANKS.whole(each.values, None, each.sensitive)
        resource = Resource(
            address=Address("tf", root, each.address),
            type=each.type,
            attributes=attributes if isinstance(attributes, dict) else {},
            span=first.setdefault(generic(each.address), span),
            plane=Plane.RECORDED,
            scope=placed(scopes[provider], each.values),
            origins=spans.places(each.path),
            body=span,
        )
        found.append(resource)
    return found


def _shown(artifact: Artifact) -> Iterator[tuple[Held, str]]:
    values = mapping(artifact.document.get("values"))
    for each in held_in(values, "values"):
        yield each, each.type.removeprefix("data.").partition("_")[0]


def _raw(artifact: Artifact) -> Iterator[tuple[Held, str]]:
    """The instances of a state file, without objects that are only left to be destroyed."""
    for position, each in enumerate(sequence(artifact.document.get("resources"))):
        about = mapping(each)
        if not isinstance(about.get("type"), str) or not isinstance(about.get("name"), str):
            continue
        data = about.get("mode") == "data"
        type_ = f"data.{about['type']}" if data else about["type"]
        module = f"{about['module']}." if isinstance(about.get("module"), str) else ""
        for at, instance in enumerate(sequence(about.get("instances"))):
            told = mapping(instance)
            if "deposed" in told:
                continue
            yield (
                Held(
                    f"{module}{type_}.{about['name']}{key_text(told.get('index_key'))}",
                    type_,
                    {name: _typed(each) for name, each in mapping(told.get("attributes")).items()},
                    _secrets(sequence(told.get("sensitive_attributes"))),
                    f"resources[{position}].instances[{at}]",
                ),
                str(about.get("provider") or ""),
            )


def _typed(value: Any) -> Any:
    """An attribute of any type, which a state file keeps with its type, as `terraform show` tells it."""
    if not isinstance(value, dict) or value.keys() != {"value", "type"}:
        return value
    type_ = value["type"]
    shape = type_[0] if isinstance(type_, list) and type_ else type_
    return value["value"] if shape in _TYPES else value


def _secrets(paths: list[Any]) -> Any:
    """The paths of a state file as a mask: true at what is sensitive."""
    mask: dict[str, Any] = {}
    for path in paths:
        steps = [_step(mapping(each)) for each in sequence(path)]
        if steps and isinstance(steps[0], str):
            _mark(mask, steps)
    return mask


def _mark(mask: dict[str, Any], steps: list[str | int | None]) -> None:
    """Mark what a path leads to: the whole of the attribute where the path goes through a list or set."""
    here = mask
    for at, step in enumerate(steps):
        last = at + 1 == len(steps) or not isinstance(steps[at + 1], str)
        if last or here.get(str(step)) is True:
            here[str(step)] = True
            return
        here = here.setdefault(str(step), {})


def _step(step: dict[str, Any]) -> str | int | None:
    value = step.get("value")
    if step.get("type") == "index":
        value = mapping(value).get("value")
    return value if isinstance(value, (str, int)) else None


def _scopes(held: list[tuple[Held, str]]) -> dict[str, Scope]:
    """By provider configuration: its name, and the account and region that the ARNs of its resources share."""
    owners: dict[str, Counter[tuple[str, str]]] = {}
    for each, provider in held:
        seen = owners.setdefault(provider, Counter())
        arn: Value = unwrap(each.values.get("arn"))
        found = _OWNER.match(arn) if isinstance(arn, str) and not each.type.startswith("data.") else None
        if found:
            seen[found[1], found[2]] += 1
    return {provider: _scope(provider, seen) for provider, seen in owners.items()}


def _scope(provider: str, seen: Counter[tuple[str, str]]) -> Scope:
    found = _PROVIDER.search(provider)
    name = found[1] if found else provider
    accounts = {account for _, account in seen}
    regions = {region for region, _ in seen if region}
    account = accounts.pop() if len(accounts) == 1 else None
    return Scope(Provider(name).scope.provider, account, regions.pop() if len(regions) == 1 else None)
