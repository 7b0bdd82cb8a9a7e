"""A plan or state and the sources of the same root: one resource for what both speak of.

The plan is the fuller truth: it knows variables, data sources and keys that the sources leave open, so its
resources stand for the declared ones, written where these are. What the sources declare and the plan does not
hold has no instance (count is 0), unless the plan is partial or older than the sources: then it stays as it is
declared. A state is what was applied last, which the sources may have left behind: declared resources stand,
and recorded ones are added where the sources do not speak of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.resource import Call, Resource, Scope
from scanner.model.value import Sensitive, Unknown, Value, unwrap
from scanner.sources.terraform.names import calls, generic, split
from scanner.sources.terraform.overlay import Moved, Overlay
from scanner.sources.terraform.plan import Plan
from scanner.sources.terraform.read import Absent, Unit

_OWN = ("module", "terraform", "output")  # types that the sources tell better than a plan does


def _own(resource: Resource) -> bool:
    return resource.type in _OWN or resource.type.startswith("provider.")


@dataclass(slots=True)
class _Declared:
    """The resources of a root by address, with and without instance keys."""

    exact: dict[str, Resource] = field(default_factory=dict)
    blocks: dict[str, list[Resource]] = field(default_factory=dict)
    calls: dict[str, Resource] = field(default_factory=dict)
    absent: dict[str, Span] = field(default_factory=dict)

    @classmethod
    def of(cls, unit: Unit) -> _Declared:
        found = cls(absent={generic(each.address.partition("#")[2]): each.span for each in unit.absent})
        for resource in unit.resources:
            name = resource.address.name
            if resource.type == "module":
                found.calls.setdefault(generic(name), resource)
            elif not _own(resource):
                found.exact[name] = resource
                found.blocks.setdefault(generic(name), []).append(resource)
        return found

    def find(self, name: str) -> tuple[Resource | None, bool]:
        """The declared instance of an address, and whether it is that very one: an instance whose key the sources
        could not tell stands for all, another instance of the block only lends its places."""
        found = self.exact.get(name)
        if found is not None:
            return found, True
        others = self.blocks.get(generic(name), [])
        symbolic = next((each for each in others if each.presence is not None), None)
        return (symbolic, True) if symbolic is not None else (others[0] if others else None, False)

    def call(self, name: str) -> Resource | None:
        """The innermost call, on the way to an address, whose module the sources declare."""
        chain = [each for each, _ in calls(name)]
        for depth in range(len(chain), 0, -1):
            found = self.calls.get(".".join(f"module.{each}" for each in chain[:depth]))
            if found is not None:
                return found
        return None


def fits(plan: Plan, unit: Unit) -> bool:
    """Whether a plan is one of these sources: they share a block, or the plan has none at all."""
    declared = {generic(each.address.name) for each in unit.resources if not each.type.startswith("provider.")}
    declared |= {each.address.partition("#")[2] for each in unit.absent}
    planned = {generic(each.address.name) for each in plan.resources if not each.type.startswith("provider.")}
    return not planned or bool(declared & planned)


def planned(plan: Plan, unit: Unit) -> Unit:
    """The unit of a root whose sources lie beside its plan."""
    declared = _Declared.of(unit)
    found: dict[str, list[Resource]] = {}
    strangers: list[Resource] = []
    for resource in plan.resources:
        if _own(resource):
            continue
        source, exact = declared.find(resource.address.name)
        if source is not None:
            joined = _joined(resource, source, exact=exact)
            found.setdefault(generic(resource.address.name), []).append(joined)
        else:
            strangers.append(_elsewhere(resource, declared, plan))
    there = {generic(each.address.name) for each in strangers}
    absent = [each for each in unit.absent if generic(each.address.partition("#")[2]) not in there]
    kept = Unit(unit.root, directory=unit.directory, absent=absent)
    kept.interface, kept.undescribed = unit.interface, unit.undescribed
    older = _declared_ones(plan, unit, found, kept)
    kept.resources.extend(each for left in found.values() for each in left)
    kept.resources.extend(strangers)
    unplaced = [each for each in strangers if each.span.path == plan.artifact.file.path]
    kept.diagnostics.extend(_still_true(unit.diagnostics, partial=bool(plan.partial)))
    kept.diagnostics.extend(_stale(plan, [*older, *unplaced]))
    return kept


def _declared_ones(plan: Plan, unit: Unit, found: dict[str, list[Resource]], kept: Unit) -> list[Resource]:
    """Put the planned resources where the declared ones stood; returns those that the plan has not heard of."""
    older: list[Resource] = []
    placed: set[str] = set()
    for resource in unit.resources:
        name = resource.address.name
        block = generic(name)
        if _own(resource):
            kept.resources.append(_called(resource, plan))
        elif block in placed:
            continue
        elif block in found:
            placed.add(block)
            kept.resources.extend(found.pop(block))
        elif plan.partial or resource.type.startswith("data.") or not plan.configuration.block(name):
            kept.resources.append(resource)
            if not plan.partial and not resource.type.startswith("data."):
                older.append(resource)
        else:
            placed.add(block)
            kept.absent.append(Absent(str(resource.address), resource.type, resource.span))
    return older


def _called(resource: Resource, plan: Plan) -> Resource:
    """A module call whose code is not on disk is no gap where the plan holds what it gives."""
    if resource.type == "module" and resource.attributes.get("absent") and not plan.partial:
        return replace(resource, attributes={**resource.attributes, "absent": False})
    return resource


def _joined(planned: Resource, declared: Resource, *, exact: bool) -> Resource:
    overlay = Overlay(exact=exact)
    attributes = overlay.attributes(planned.attributes, declared.attributes)
    here, there = split(planned.address.name)[0], split(declared.address.name)[0]
    if here != there:
        attributes = {name: _renamed(value, there, here) for name, value in attributes.items()}

    def references(found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_prefixed(each, there, here) for each in found)

    return replace(
        declared,
        address=planned.address,
        attributes=attributes,
        plane=planned.plane,
        scope=_scope(declared.scope, planned.scope),
        origins=Moved(declared.origins, overlay.moves, lambda span: span),
        references=Moved(declared.references, overlay.moves, references),
        calls=_calls(declared.calls, planned.address.name),
        presence=None,
    )


def _scope(declared: Scope, planned: Scope) -> Scope:
    told = isinstance(declared.account, Unknown) and planned.account is not None
    account = planned.account if told else declared.account
    region = planned.region if isinstance(declared.region, Unknown) else declared.region
    return Scope(declared.provider, account, region)


def _calls(declared: tuple[Call, ...], address: str) -> tuple[Call, ...]:
    """The declared calls with the keys of an instance's own address."""
    shown: list[Call] = []
    prefix = ""
    for call, (name, key) in zip(declared, calls(address), strict=False):
        prefix = f"{prefix}.module.{name}{key}" if prefix else f"module.{name}{key}"
        shown.append(Call(prefix, call.span))
    return tuple(shown)


def _prefixed(name: str, old: str, new: str) -> str:
    return new + name.removeprefix(old) if old and name.startswith(old) else name


def _renamed(value: Value, old: str, new: str) -> Value:
    """A value whose unknown parts refer to another instance of the module, made to mean this one."""
    if isinstance(value, Unknown):
        references = tuple(_prefixed(each, old, new) for each in value.references)
        return Unknown(value.reason, value.cause, references, value.type, value.prefix, suffix=value.suffix)
    if isinstance(value, dict):
        return {name: _renamed(each, old, new) for name, each in value.items()}
    if isinstance(value, Sensitive):
        return Sensitive(_renamed(value.value, old, new))
    return [_renamed(each, old, new) for each in value] if isinstance(value, list) else value


def _elsewhere(resource: Resource, declared: _Declared, plan: Plan | None = None) -> Resource:
    """A resource without a declared instance: it stands at its block where our evaluation saw none of it, at the
    call where the code of its module is not on disk, else where the plan holds it."""
    span = declared.absent.get(generic(resource.address.name))
    if span is not None:
        return replace(resource, span=span, body=None, origins={})
    call = declared.call(resource.address.name)
    if call is None:
        return resource if plan is None else plan.placed(resource)
    return replace(resource, span=call.span, body=call.body, origins={}, calls=call.calls)


def _still_true(diagnostics: list[Diagnostic], *, partial: bool) -> list[Diagnostic]:
    """Without the warnings of our own evaluation: a whole plan tells what they miss."""
    if partial:
        return diagnostics
    return [each for each in diagnostics if each.level is Level.ERROR or each.group not in ("module", "evaluate")]


def _stale(plan: Plan, strangers: list[Resource]) -> list[Diagnostic]:
    blocks = sorted({generic(each.address.name) for each in strangers})
    if not blocks:
        return []
    path = plan.artifact.file.path
    shown = ", ".join(blocks[:3]) + (f" and {len(blocks) - 3} more" if len(blocks) > 3 else "")
    summary = f"{path} and the sources beside it do not hold the same blocks: {shown}"
    return [Diagnostic(Level.WARNING, "read-stale-plan", summary, Span(path, 0, 1), "make the plan anew")]


def identified(resources: list[Resource], unit: Unit) -> None:
    """Give the declared resources of a unit the ids and ARNs, and the account, that a state records of them."""
    known = {each.address.name: each for each in resources if not each.type.startswith("data.")}
    for position, resource in enumerate(unit.resources):
        held = known.get(resource.address.name)
        if held is None or _own(resource):
            continue
        said = (unwrap(held.attributes.get(name)) for name in ("arn", "id"))
        names = tuple(dict.fromkeys(each for each in said if isinstance(each, str) and each))
        scope = resource.scope
        if not isinstance(scope.account, str) and isinstance(held.scope.account, str):
            scope = Scope(scope.provider, held.scope.account, scope.region or held.scope.region)
        unit.resources[position] = replace(resource, identity=names, scope=scope)


def recorded(resources: list[Resource], unit: Unit) -> list[Resource]:
    """The resources of a state that the sources beside it do not speak of."""
    declared = _Declared.of(unit)
    found = []
    for resource in resources:
        block = generic(resource.address.name)
        if block in declared.blocks or block in declared.absent:
            continue
        found.append(_elsewhere(resource, declared))
    return found
