"""What a plan says of its configuration: which expressions name what, and how providers are set up.

Local values are not part of it (format 1.2), so that what goes through one cannot be followed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.model.value import Cause, Unknown, Value
from scanner.sources.terraform.names import Named, calls, named, split

_Asked = tuple[str, str, frozenset[str]]
MOST = 200  # addresses kept for one expression; more say nothing
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_REGION = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d+$")


def mapping(value: Any) -> dict[str, Any]:
    """The value where it is an object, else an empty one: a plan may hold anything."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class Configuration:
    """The `configuration` of one plan, with the instances that the plan knows."""

    def __init__(self, document: Mapping[str, Any], addresses: Iterable[str]) -> None:
        told = mapping(document.get("configuration"))
        self._root = mapping(told.get("root_module"))
        self._providers = mapping(told.get("provider_config"))
        self._variables = mapping(document.get("variables"))
        self._addresses = frozenset(addresses)
        self._children = _children(self._addresses)
        self._blocks: dict[str, dict[str, dict[str, Any]]] = {}

    @property
    def present(self) -> bool:
        return bool(self._root)

    # modules and blocks

    def module(self, prefix: str) -> dict[str, Any]:
        """The configuration of a module by the module part of an address, whatever the keys."""
        here = self._root
        for name, _ in calls(prefix):
            here = mapping(mapping(mapping(here.get("module_calls")).get(name)).get("module"))
        return here

    def block(self, address: str) -> dict[str, Any]:
        """The configuration of a resource or data block by the address of an instance; {} where it has none."""
        prefix, rest = split(address)
        place = "".join(f"{name}." for name, _ in calls(prefix))
        table = self._blocks.get(place)
        if table is None:
            listed = sequence(self.module(prefix).get("resources"))
            table = {str(mapping(each).get("address")): mapping(each) for each in listed}
            self._blocks[place] = table
        found = named(rest)
        return table.get(found.block, {}) if found else {}

    def modules(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every module call: address without keys, path in the plan's JSON, and what is said of it."""
        work = [("", "configuration.root_module", self._root)]
        while work:
            prefix, path, here = work.pop()
            for name, call in mapping(here.get("module_calls")).items():
                inner = f"{path}.module_calls.{name}"
                yield f"{prefix}module.{name}", inner, mapping(call)
                work.append((f"{prefix}module.{name}.", f"{inner}.module", mapping(mapping(call).get("module"))))

    # expressions

    def expression(self, address: str, path: str) -> dict[str, Any] | None:
        """What is said of the expression at an attribute path: {} where nothing can be told, None where the
        configuration does not set it."""
        block = self.block(address)
        if "expressions" not in block:  # terraform leaves the key out where no argument is written
            return None if block else {}
        here: Any = block["expressions"]
        for name, index in _STEP.findall(path):
            if isinstance(here, dict) and _leaf(here) and here is not block["expressions"]:
                return here
            if name:
                here = here[0] if isinstance(here, list) and here else here
                if not isinstance(here, dict) or name not in here:
                    return None
                here = here[name]
            elif isinstance(here, list):
                here = here[min(int(index), len(here) - 1)] if here else None
        return here if isinstance(here, dict) else {"references": _all_references(here)}

    def named_by(self, address: str, path: str) -> tuple[str, ...]:
        """The resources named at an attribute path, each as `ADDRESS.ATTRIBUTE` (`ADDRESS.*` where it asks for
        more than one attribute)."""
        found = self.expression(address, path)
        return self.resolve(address, _all_references(found)) if found else ()

    def resolve(self, address: str, references: Iterable[str]) -> tuple[str, ...]:
        """References as an instance means them, followed through variables and outputs to resources."""
        found: dict[str, None] = {}
        seen: set[tuple[str, str]] = set()
        listed = list(references)
        work = list(_asked(address, listed))
        while work and len(found) < MOST:
            here, reference, beside = work.pop()
            if (here, reference) in seen:
                continue
            seen.add((here, reference))
            for each in self._targets(here, reference, beside):
                if isinstance(each, str):
                    found[each] = None
                else:
                    work.append(each)
        if not found and "each.value" in listed:
            over = mapping(self.block(address).get("for_each_expression"))
            return self.resolve(address, [each for each in _all_references(over) if each not in listed])
        return tuple(found)

    def _targets(self, here: str, reference: str, beside: frozenset[str]) -> Iterator[str | _Asked]:
        """Where a reference leads: to a resource's attribute, or further references with their own place."""
        prefix, _ = split(here)
        head, _, rest = reference.partition(".")
        if head in ("each", "count", "path", "terraform", "self", "local"):
            return
        if head == "var":
            yield from self._argument(prefix, re.split(r"[.\[]", rest, maxsplit=1)[0])
        elif head == "module":
            yield from self._outputs(prefix, reference)
        else:
            found = named(reference)
            if found is not None:
                yield from self._instances(prefix, found, here, beside)

    def _argument(self, prefix: str, name: str) -> Iterator[_Asked]:
        """The references that a module's call gives for a variable."""
        chain = calls(prefix)
        if not chain:
            return
        outer = "".join(f"module.{each}{key}." for each, key in chain[:-1])
        call = mapping(mapping(self.module(outer).get("module_calls")).get(chain[-1][0]))
        given = _all_references(mapping(call.get("expressions")).get(name))
        if "each.value" in given and all(each.startswith("each.") for each in given):
            given = [*given, *_all_references(call.get("for_each_expression"))]
        key = chain[-1][1]
        yield from _asked(f"{outer}$.$caller{key}", given)

    def _outputs(self, prefix: str, reference: str) -> Iterator[_Asked]:
        ((name, key),) = calls(reference)[:1] or [("", "")]
        _, _, rest = reference.partition(f"module.{name}{key}")
        wanted = re.split(r"[.\[]", rest.lstrip("."), maxsplit=1)[0]
        for child in [f"{prefix}module.{name}{key}."] if key else self._children.get((prefix, name), []):
            outputs = mapping(self.module(child).get("outputs"))
            for output in [wanted] if wanted in outputs else list(outputs):
                expression = mapping(outputs.get(output)).get("expression")
                yield from _asked(f"{child}$.$output", _all_references(expression))

    def _instances(self, prefix: str, found: Named, here: str, beside: frozenset[str]) -> Iterator[str]:
        attribute = re.split(r"[.\[]", found.rest, maxsplit=1)[0] or "*"
        base = f"{prefix}{found.block}"
        key = found.key
        if not key and beside & {"each.key", "count.index"}:  # `other[each.key]`: the reference shows no key
            own = re.search(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]$', here)
            key = own[0] if own and base + own[0] in self._addresses else ""
        yield f"{base}{key}.{attribute}"

    # providers

    def provider(self, address: str) -> tuple[str, str, dict[str, Value]]:
        """Local name, alias and arguments of the provider configuration that an instance uses."""
        key = str(self.block(address).get("provider_config_key") or "")
        told = mapping(self._providers.get(key))
        name = str(told.get("name") or split(address)[1].removeprefix("data.").partition("_")[0])
        return name, str(told.get("alias") or ""), self.arguments(told.get("expressions"))

    def providers(self) -> Iterator[tuple[str, str, str, dict[str, Value]]]:
        """Key, name, alias and arguments of each configuration of the root module."""
        for key, told in self._providers.items():
            about = mapping(told)
            if not about.get("module_address") and about.get("expressions"):
                name = str(about.get("name") or key)
                yield key, name, str(about.get("alias") or ""), self.arguments(about["expressions"])

    def arguments(self, expressions: Any) -> dict[str, Value]:
        """The arguments of a block as far as the plan tells them."""
        return {name: self._value(each) for name, each in mapping(expressions).items()}

    def _value(self, expression: Any, depth: int = 0) -> Value:
        if depth > 20:  # no provider nests its arguments as deep
            return Unknown("nested too deeply", Cause.LIMIT)
        if isinstance(expression, list):
            return [self._value(each, depth + 1) for each in expression]
        about = mapping(expression)
        if "constant_value" in about:
            return about["constant_value"]
        if about and not _leaf(about):
            return {name: self._value(each, depth + 1) for name, each in about.items()}
        return self._variable(_all_references(about))

    def _variable(self, references: list[str]) -> Value:
        """The value of the one variable that an expression names, where it can only be the whole of it."""
        if len(references) == 1 and references[0].startswith("var."):
            value = mapping(self._variables.get(references[0][4:])).get("value")
            if isinstance(value, str) and (_REGION.match(value) or value.startswith("arn:")):
                return value
        told = ", ".join(references) or "a function"
        return Unknown(f"the plan does not say what became of {told}", Cause.OUTSIDE_SCAN, tuple(references))


def _asked(here: str, references: Sequence[str]) -> Iterator[_Asked]:
    """References with where they stand and what stands beside them, the first last."""
    beside = frozenset(references)
    yield from ((here, each, beside) for each in reversed(_longest(references)))


def _children(addresses: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """The instances of each module call, by the prefix of the caller and the name of the call, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    known: set[str] = set()
    for address in sorted({split(each)[0] for each in addresses}):
        prefix = ""
        for name, key in calls(address):
            caller, prefix = prefix, f"{prefix}module.{name}{key}."
            if prefix not in known:
                known.add(prefix)
                found.setdefault((caller, name), []).append(prefix)
    return found


def _leaf(expression: dict[str, Any]) -> bool:
    """Whether an object is what is said of one expression, and not a nested block."""
    if not expression:
        return True
    return "constant_value" in expression or isinstance(expression.get("references"), list)


def _all_references(expression: Any) -> list[str]:
    """Every reference below an expression or block, in order."""
    found: dict[str, None] = {}
    stack = [expression]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            if isinstance(each.get("references"), list):
                found.update((name, None) for name in each["references"] if isinstance(name, str))
            else:
                stack.extend(reversed([inner for name, inner in each.items() if name != "constant_value"]))
        elif isinstance(each, list):
            stack.extend(reversed(each))
    return list(found)


def _longest(references: Iterable[str]) -> list[str]:
    """References without those that only repeat the beginning of the one before: terraform lists `a.b.id` as
    `a.b.id` and `a.b`."""
    kept: list[str] = []
    for each in references:
        if not (kept and (kept[-1].startswith((f"{each}.", f"{each}["))) and len(each) < len(kept[-1])):
            kept.append(each)
    return kept
