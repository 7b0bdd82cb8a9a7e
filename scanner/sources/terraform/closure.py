"""Which resources an expression names, directly or through locals, variables and outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scanner.hcl.references import body_references, references
from scanner.hcl.syntax import Attribute, Block
from scanner.model.location import Span
from scanner.model.resource import Because
from scanner.sources.terraform.decode import Sites
from scanner.sources.terraform.instance import Instance, shown_key
from scanner.sources.terraform.why import Site, Why, candidates

Reference = tuple[str | int, ...]
MOST = 200  # addresses kept for one expression; more say nothing


class Closure:
    """Follows names to resource addresses, each name once."""

    def __init__(self, why: Why) -> None:
        self._why = why

    def explain(self, sites: list[Site], reason: str) -> Because | None:
        """Why the value of one of some expressions is unknown."""
        return self._why.of(sites, reason)

    def of(self, owner: Instance, named: Iterable[Reference]) -> tuple[str, ...]:
        """The addresses (within the root) of the resources that references lead to, in order of mention."""
        found: dict[str, None] = {}
        seen: set[tuple[Instance, Reference]] = set()
        work: list[tuple[Instance, Reference]] = [(owner, each) for each in reversed(list(named))]
        while work and len(found) < MOST:
            here, reference = work.pop()
            if (here, reference) in seen:
                continue
            seen.add((here, reference))
            address = _address(here, reference)
            if address is not None:
                found[address] = None
            else:
                work.extend(_further(here, reference))
        return tuple(found)


def _address(owner: Instance, reference: Reference) -> str | None:
    root, steps = reference[0], reference[1:]
    if root == "data" and len(steps) > 1 and (steps[0], steps[1]) in owner.module.data:
        rest = steps[2:]
        return f"{owner.prefix}data.{steps[0]}.{steps[1]}{_key(rest)}"
    if steps and (root, steps[0]) in owner.module.resources:
        return f"{owner.prefix}{root}.{steps[0]}{_key(steps[1:])}"
    return None


def _key(rest: Reference) -> str:
    """The instance key, where the step after the name is one (a name in brackets cannot be told from `.name`)."""
    return shown_key(rest[0]) if rest and isinstance(rest[0], int) else ""


def _further(owner: Instance, reference: Reference) -> Iterator[tuple[Instance, Reference]]:
    root, steps = reference[0], reference[1:]
    first = steps[0] if steps else None
    if root == "local" and first in owner.module.locals:
        expr = owner.module.locals[str(first)].attribute.expr
        yield from ((owner, each) for each in references(expr))
    elif root == "var" and owner.parent is not None and owner.call is not None and isinstance(first, str):
        argument = owner.call.block.body.attributes.get(first)
        if argument is not None:
            yield from ((owner.parent, each) for each in references(argument.expr))
    elif root == "module" and isinstance(first, str):
        yield from _outputs(owner, first, steps[1:])


def _outputs(owner: Instance, name: str, steps: Reference) -> Iterator[tuple[Instance, Reference]]:
    for key, child in owner.children.get(name, {}).items():
        rest = steps[1:] if key is not None and steps and steps[0] == key else steps
        wanted = rest[0] if rest and rest[0] in child.module.outputs else None
        for output in [wanted] if wanted is not None else list(child.module.outputs):
            value = child.module.outputs[str(output)].block.body.attributes.get("value")
            if value is not None:
                yield from ((child, each) for each in references(value.expr))


class References(Mapping[str, tuple[str, ...]]):
    """The resources named at each attribute path of one block, worked out when one is asked for; and why what
    stands there is unknown.
    """

    __slots__ = ("_closure", "_extra", "_origins", "_owner", "_sites")

    def __init__(
        self, closure: Closure, owner: Instance, sites: Sites, extra: Attribute | None, origins: Mapping[str, Span]
    ) -> None:
        self._closure = closure
        self._owner = owner
        self._sites = sites
        self._extra = extra
        self._origins = origins

    def why(self, path: str, reason: str) -> Because | None:
        while path and path not in self._sites.found:
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return self._why([path] if path else [], reason)

    def why_at(self, span: Span, reason: str) -> Because | None:
        paths = [path for path in self._sites.found if self._origins.get(path) == span]
        return self._why(paths, reason)

    def _why(self, paths: list[str], reason: str) -> Because | None:
        sites = candidates(self._owner, self._sites, self._extra, paths)
        return self._closure.explain(sites, reason)

    def __getitem__(self, path: str) -> tuple[str, ...]:
        _, syntax = self._sites.found[path]
        named = body_references(syntax.body) if isinstance(syntax, Block) else references(syntax.expr)
        found = self._closure.of(self._owner, named)
        if not found and self._extra is not None and any(each[0] == "each" for each in named):
            found = self._closure.of(self._owner, references(self._extra.expr))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._sites.found)

    def __len__(self) -> int:
        return len(self._sites.found)
