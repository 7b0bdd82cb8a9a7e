"""Plans as `terraform show -json` tells them (format 1.x): what will be, without what will be deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.model.address import Address
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.resource import Plane, Resource, Scope
from scanner.model.value import Cause, Unknown, Value
from scanner.sources.terraform.artifact import Artifact
from scanner.sources.terraform.configuration import Configuration, mapping, sequence
from scanner.sources.terraform.json_places import Places, objects
from scanner.sources.terraform.names import generic
from scanner.sources.terraform.partly import LEFT, Blanks, Left
from scanner.sources.terraform.providers import Provider, placed

_MAJOR = re.compile(r"^[01]\.")


@dataclass(frozen=True, slots=True)
class Held:
    """One resource instance as a plan or state holds it; `path` is where it stands in the JSON."""

    address: str
    type: str
    values: dict[str, Any]
    sensitive: Any
    path: str
    unknown: Any = None


@dataclass(slots=True)
class Plan:
    """A plan that was read. `partial` says why resources may be missing from it; "" where none are; `spans` and
    `paths` say where its resources stand, by address."""

    artifact: Artifact
    configuration: Configuration
    spans: Spans
    paths: dict[str, str]
    resources: list[Resource] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    partial: str = ""

    def placed(self, resource: Resource) -> Resource:
        """A resource at its place in the plan's own text."""
        path = self.paths.get(resource.address.name)
        if path is None:
            return resource
        span = self.spans.of(path)
        return replace(resource, span=span, body=span, origins=self.spans.places(path))


def read_plan(artifact: Artifact, root: str, *, placed: bool = True) -> Plan:
    """The resources of a plan: planned ones, and data sources as they were read for it.

    They stand where the plan holds them if they are to be `placed`; else at its beginning, until they are.
    """
    document = artifact.document
    held = _held(document)
    configuration = Configuration(document, (each.address for each in held))
    spans = Spans(artifact, "values", _sections(document))
    paths = {each.address: each.path for each in held}
    plan = Plan(artifact, configuration, spans, paths, partial=_partial(document))
    version = str(document["format_version"])
    if not _MAJOR.match(version):
        summary = f"{artifact.file.path} has plan format {version}; it was read as format 1"
        plan.diagnostics.append(Diagnostic(Level.WARNING, "read-format", summary, Span(artifact.file.path, 0, 1)))
    teller = _Teller(configuration, root, spans if placed else None, Span(artifact.file.path, 0, 1))
    plan.resources.extend(teller.resource(each) for each in held)
    plan.resources.extend(teller.modules())
    plan.resources.extend(teller.providers())
    return plan


def _sections(document: Mapping[str, Any]) -> frozenset[str]:
    """The parts of a plan in which its resources are looked up."""
    planned = "planned_values" if mapping(document.get("planned_values")) else "resource_changes"
    return frozenset({planned, "prior_state", "configuration"})


def _partial(document: Mapping[str, Any]) -> str:
    if document.get("errored") is True:
        return "planning failed halfway"
    whole_plan = document.get("complete") is not False
    return "" if whole_plan else "terraform calls it incomplete (-target, or deferred changes)"


def _held(document: Mapping[str, Any]) -> list[Held]:
    """Planned resources in the order of the plan, then the data sources that were read for it."""
    masks = _masks(document)
    found: dict[str, Held] = {}
    planned = mapping(document.get("planned_values"))
    if planned:
        for each in held_in(planned, "planned_values"):
            unknown, secret = masks.get(each.address, (None, None))
            found[each.address] = replace(each, unknown=unknown, sensitive=secret or each.sensitive)
    else:
        found.update((each.address, each) for each in _changed(document))
    prior = mapping(mapping(document.get("prior_state")).get("values"))
    for each in held_in(prior, "prior_state.values"):
        if each.type.startswith("data."):
            found.setdefault(each.address, each)
    return list(found.values())


def held_in(values: Mapping[str, Any], path: str) -> Iterator[Held]:
    """The resources of a values representation, modules after their callers."""
    work = [(mapping(values.get("root_module")), f"{path}.root_module")]
    while work:
        module, place = work.pop()
        for position, each in enumerate(sequence(module.get("resources"))):
            about = mapping(each)
            told = about.get("address")
            if isinstance(told, str) and isinstance(about.get("type"), str):
                prefix = str(module.get("address") or "")
                address = told if not prefix or told.startswith(prefix) else f"{prefix}.{told}"
                yield Held(
                    address,
                    _type(about),
                    mapping(about.get("values")),
                    about.get("sensitive_values"),
                    f"{place}.resources[{position}]",
                )
        inner = enumerate(sequence(module.get("child_modules")))
        work.extend(reversed([(mapping(each), f"{place}.child_modules[{at}]") for at, each in inner]))


def _type(about: Mapping[str, Any]) -> str:
    return f"data.{about['type']}" if about.get("mode") == "data" else str(about["type"])


def _masks(document: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is unknown and what is sensitive in each planned resource, by address."""
    found = {}
    for each in sequence(document.get("resource_changes")):
        about = mapping(each)
        if "deposed" not in about:
            change = mapping(about.get("change"))
            found[str(about.get("address"))] = (change.get("after_unknown"), change.get("after_sensitive"))
    return found


def _changed(document: Mapping[str, Any]) -> Iterator[Held]:
    """The resources of a plan that lists changes only."""
    for position, each in enumerate(sequence(document.get("resource_changes"))):
        about = mapping(each)
        change = mapping(about.get("change"))
        if "deposed" in about or not isinstance(about.get("type"), str):
            continue
        gone = change.get("actions") in (["delete"], ["forget"])
        if not gone and isinstance(about.get("address"), str):
            yield Held(
                about["address"],
                _type(about),
                mapping(change.get("after")),
                change.get("after_sensitive"),
                f"resource_changes[{position}]",
                change.get("after_unknown"),
            )


class Spans:
    """Where the resources of a plan or state stand in its file; the text is searched when the first is asked."""

    def __init__(self, artifact: Artifact, inside: str, sections: frozenset[str]) -> None:
        self._file = artifact.file
        self._inside = inside
        self._sections = sections
        self._found: dict[str, tuple[int, int]] | None = None

    def of(self, path: str) -> Span:
        if self._found is None:
            self._found = objects(self._file.text, self._sections)
        return Span(self._file.path, *self._found.get(path, (0, min(1, len(self._file.text)))))

    def places(self, path: str) -> Places:
        span = self.of(path)
        inside = "change.after" if path.startswith("resource_changes") else self._inside
        return Places(span.path, self._file.text, span.start, span.end, inside)


class _Teller:
    """Makes resources of what a plan holds, placed in its file."""

    def __init__(self, configuration: Configuration, root: str, spans: Spans | None, start: Span) -> None:
        self._root = root
        self._configuration = configuration
        self._spans = spans
        self._start = start
        self._first: dict[str, Span] = {}

    def _span(self, path: str) -> Span:
        return self._start if self._spans is None else self._spans.of(path)

    def resource(self, held: Held) -> Resource:
        span = self._span(held.path)
        blanks = Blanks(lambda path: self._unknown(held, path), lambda path: self._unset(held, path))
        attributes = blanks.whole(held.values, held.unknown, held.sensitive)
        name, alias, arguments = self._configuration.provider(held.address)
        block = self._first.setdefault(generic(held.address), span)  # one finding for all instances of a block
        return Resource(
            address=Address("tf", self._root, held.address),
            type=held.type,
            attributes=attributes if isinstance(attributes, dict) else {},
            span=block,
            plane=Plane.PLANNED,
            scope=placed(Provider(name, alias, arguments).scope, held.values),
            origins={} if self._spans is None else self._spans.places(held.path),
            references=Resolved(self._configuration, held.address),
            body=span,
        )

    def _unset(self, held: Held, path: str) -> bool:
        return self._configuration.expression(held.address, path) is None

    def _unknown(self, held: Held, path: str) -> Unknown | Left:
        """Why an attribute is unknown; LEFT out where the configuration does not set it and it is the provider's
        to fill in, as a declared resource leaves it out."""
        expression = self._configuration.expression(held.address, path)
        if expression is None or expression.get("constant_value") in ([], {}):
            return LEFT  # what is written empty and not known is filled in just as well
        named = self._configuration.named_by(held.address, path)
        own = f"{held.address}.{path}"
        told = ", ".join(each.removesuffix(".*") for each in named) or own
        verb = "are" if len(named) > 1 else "is"
        return Unknown(f"{told} {verb} known after apply", Cause.PROVIDER_COMPUTED, named)

    def modules(self) -> Iterator[Resource]:
        for name, path, call in self._configuration.modules():
            attributes: dict[str, Value] = {"source": call.get("source"), "absent": False}
            if call.get("version_constraint"):
                attributes["version"] = call["version_constraint"]
            yield self._plain(name, "module", attributes, path)

    def providers(self) -> Iterator[Resource]:
        for key, name, alias, arguments in self._configuration.providers():
            shown = f"provider.{name}.{alias}" if alias else f"provider.{name}"
            yield self._plain(shown, f"provider.{name}", arguments, f"configuration.provider_config.{key}")

    def _plain(self, name: str, type_: str, attributes: dict[str, Value], path: str) -> Resource:
        span = self._span(path)
        address = Address("tf", self._root, name)
        return Resource(address, type_, attributes, span, Plane.PLANNED, Scope("terraform"), body=span)


class Resolved(Mapping[str, tuple[str, ...]]):
    """The resources named at each attribute path of one instance, worked out when one is asked for."""

    __slots__ = ("_address", "_configuration")

    def __init__(self, configuration: Configuration, address: str) -> None:
        self._configuration = configuration
        self._address = address

    def __getitem__(self, path: str) -> tuple[str, ...]:
        if self._configuration.expression(self._address, path) is None:
            raise KeyError(path)
        named = self._configuration.named_by(self._address, path)
        return tuple(dict.fromkeys(each.rpartition(".")[0] for each in named))

    def __iter__(self) -> Iterator[str]:
        return iter(mapping(self._configuration.block(self._address).get("expressions")))

    def __len__(self) -> int:
        return len(mapping(self._configuration.block(self._address).get("expressions")))
