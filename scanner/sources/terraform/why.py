"""Why a value is not known: the names that lead from where it stands to what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scanner.hcl.errors import EvaluationError
from scanner.hcl.references import body_references, references
from scanner.hcl.syntax import Attribute, Block
from scanner.model.location import Span
from scanner.model.resource import Because, Link
from scanner.model.value import Cause, Unknown, Value, unknowns, unwrap
from scanner.sources.terraform.decode import Sites
from scanner.sources.terraform.instance import Instance
from scanner.sources.terraform.module import Declared

if TYPE_CHECKING:
    from scanner.sources.terraform.evaluation import Evaluation

Reference = tuple[str | int, ...]
MOST_LINKS = 40
_INIT = "run terraform init, so that the module is on disk"
_PLAN = "a plan (terraform show -json) knows what data sources answer"
_GIVE = "give it with --var, --var-file or [[roots]] vars"
_REMEDIES = {
    Cause.NO_DEFAULT: _GIVE,
    Cause.MODULE_ABSENT: _INIT,
    Cause.DATA_SOURCE: _PLAN,
}


class Site(NamedTuple):
    """An expression, where it stands, and the module instance whose names it uses."""

    owner: Instance
    path: str
    syntax: Attribute | Block

    @property
    def span(self) -> Span:
        syntax = self.syntax
        return Span(self.path, syntax.start, syntax.end if isinstance(syntax, Attribute) else syntax.header_end)

    @property
    def named(self) -> tuple[Reference, ...]:
        syntax = self.syntax
        return references(syntax.expr) if isinstance(syntax, Attribute) else body_references(syntax.body)


class _Step(NamedTuple):
    """A name on the way: what it is called, where it is settled, and what it hangs on in turn (if anything)."""

    name: str
    span: Span
    further: tuple[Site, ...]


class Why:
    """Follows the unknowns of one evaluation."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def of(self, sites: Sequence[Site], reason: str) -> Because | None:
        """The way from one of some expressions to the unknown of a given reason; None where none leads there."""
        for site in sites:
            seen: set[tuple[Instance, Reference]] = set()
            found = self._follow(site, reason, seen)
            if found is not None:
                unknown, steps = found
                links = [Link(each.name, each.span) for each in steps]
                return Because(tuple(links), unknown.reason, _REMEDIES.get(unknown.cause, ""))
        return None

    def _follow(
        self, start: Site, reason: str, seen: set[tuple[Instance, Reference]]
    ) -> tuple[Unknown, list[_Step]] | None:
        """Depth first along names whose value holds the unknown; the first such name decides at each turn."""
        steps: list[_Step] = []
        last: Unknown | None = None
        work: tuple[Site, ...] = (start,)
        while work and len(steps) < MOST_LINKS:
            found = self._next(work, reason, seen)
            if found is None:
                break
            last, step = found
            steps.append(step)
            work = step.further
        return None if last is None else (last, steps)

    def _next(
        self, sites: tuple[Site, ...], reason: str, seen: set[tuple[Instance, Reference]]
    ) -> tuple[Unknown, _Step] | None:
        for site in sites:
            for reference in site.named:
                if (site.owner, reference) in seen:
                    continue
                seen.add((site.owner, reference))
                unknown = self._unknown(site.owner, reference, reason)
                if unknown is not None:
                    return unknown, self._step(site.owner, reference, site)
        return None

    def _unknown(self, owner: Instance, reference: Reference, reason: str) -> Unknown | None:
        """The unknown of that reason in what a reference means; None where it means something else."""
        if reference[0] in ("each", "count", "self", "path"):
            return None
        try:
            value, used = self._evaluation.resolve(owner, str(reference[0]), reference[1:])
            value = _along(value, reference[1 + used :])
        except (EvaluationError, KeyError, IndexError, TypeError):
            return None
        for each in unknowns(value):
            if each.reason == reason or each.reason in reason:
                return each
        block = _block_of(owner, reference)
        if block and f"{owner.prefix}{block}" in reason:
            return Unknown(reason, Cause.DATA_SOURCE if reference[0] == "data" else Cause.PROVIDER_COMPUTED)
        return None

    # what a name stands for

    def _step(self, owner: Instance, reference: Reference, site: Site) -> _Step:
        root, name = reference[0], str(reference[1]) if len(reference) > 1 else ""
        shown = owner.prefix + _dotted(reference)
        if root == "local" and name in owner.module.locals:
            local = owner.module.locals[name]
            inner = Site(owner, local.path, local.attribute)
            return _Step(shown, inner.span, (inner,))
        if root == "var" and name in owner.module.variables:
            return self._variable(owner, name, shown)
        if root == "module" and name in owner.module.calls:
            return self._output(owner, name, reference[2:], shown)
        declared = _declared(owner, reference)
        if declared is None:
            return _Step(shown, site.span, ())
        return _Step(shown, declared.header, tuple(self._written(owner, reference, declared)))

    def _variable(self, owner: Instance, name: str, shown: str) -> _Step:
        declared = owner.module.variables[name]
        argument = owner.call.block.body.attributes.get(name) if owner.call else None
        if argument is None or owner.parent is None or owner.call is None:
            return _Step(shown, declared.header, ())
        inner = Site(owner.parent, owner.call.path, argument)
        return _Step(shown, inner.span, (inner, *expansion_sites(owner.parent, owner.call)))

    def _output(self, owner: Instance, name: str, steps: Reference, shown: str) -> _Step:
        call = owner.module.calls[name]
        sites: list[Site] = []
        for key, child in owner.children.get(name, {}).items():
            rest = steps[1:] if key is not None and steps and steps[0] == key else steps
            for output in [rest[0]] if rest and rest[0] in child.module.outputs else child.module.outputs:
                declared = child.module.outputs[str(output)]
                value = declared.block.body.attributes.get("value")
                if value is not None:
                    sites.append(Site(child, declared.path, value))
        span = sites[0].span if sites else call.header
        return _Step(shown, span, (*sites, *expansion_sites(owner, call)))

    def _written(self, owner: Instance, reference: Reference, declared: Declared) -> Iterator[Site]:
        """What the named attribute of a block is written as, then what its instances hang on."""
        strings = [each for each in reference[1:] if isinstance(each, str)]
        wanted = strings[2] if reference[0] == "data" and len(strings) > 2 else ""
        if reference[0] != "data" and len(strings) > 1:
            wanted = strings[1]
        attribute = declared.block.body.attributes.get(wanted)
        if attribute is not None:
            yield Site(owner, declared.path, attribute)
        yield from expansion_sites(owner, declared)


def expansion_sites(owner: Instance, declared: Declared) -> Iterator[Site]:
    """What the instances of a block or call hang on: its `for_each` or `count`."""
    for form in ("for_each", "count"):
        attribute = declared.block.body.attributes.get(form)
        if attribute is not None:
            yield Site(owner, declared.path, attribute)


def candidates(owner: Instance, sites: Sites, expansion: Attribute | None, paths: Sequence[str]) -> list[Site]:
    """Where to look for an unknown of one block: its attributes at some paths, what its instances hang on, and
    what the instances of the calls that lead to it do.
    """
    found = [Site(owner, *sites.found[path]) for path in paths]
    if expansion is not None:
        home = next(iter(sites.found.values()))[0] if sites.found else ""
        found.append(Site(owner, home, expansion))
    here: Instance | None = owner
    while here is not None and here.parent is not None and here.call is not None:
        found.extend(expansion_sites(here.parent, here.call))
        here = here.parent
    return found


def _declared(owner: Instance, reference: Reference) -> Declared | None:
    steps = [str(each) for each in reference[:3]]
    if reference[0] == "data" and len(steps) > 2:
        return owner.module.data.get((steps[1], steps[2]))
    return owner.module.resources.get((steps[0], steps[1])) if len(steps) > 1 else None


def _block_of(owner: Instance, reference: Reference) -> str:
    """The address of the block that a reference names, "" where it names none."""
    if _declared(owner, reference) is None:
        return ""
    return ".".join(str(each) for each in reference[: 3 if reference[0] == "data" else 2])


def _along(value: Value, steps: Reference) -> Value:
    for step in steps:
        value = unwrap(value)
        if isinstance(value, Unknown) or value is None:
            return value
        if isinstance(value, list) and isinstance(step, str):
            return value
        value = value[step]
    return value


def _dotted(reference: Reference) -> str:
    text = str(reference[0])
    for step in reference[1:]:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text
