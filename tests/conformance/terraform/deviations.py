# ruff: noqa: E501 - tables read better with a row on one line
"""Where we answer otherwise than terraform 1.11, on purpose. At most ten, each with its reason.

A deviation must prove itself: where our own choice is the cause, the program is evaluated once more with that choice
undone, and must then agree; else the place and the form of the difference must be those that the reason names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from unittest import mock

from scanner.hcl import evaluate, parse, traverse, unify
from scanner.hcl.convert import convert
from scanner.hcl.errors import EvaluationError
from scanner.hcl.functions import attempts, formatting, signature, table
from scanner.hcl.scope import Early, Scope
from scanner.hcl.syntax import Block, Call, Conditional, Splat
from scanner.hcl.types import ANY, STRING, Type, type_of_expr
from scanner.hcl.unify import has_any
from scanner.hcl.values import type_of, unknown_of
from scanner.model.value import Sensitive, Unknown, Value
from scanner.sources.terraform.instance import Frame
from tests.conformance.terraform import causes, ours, provider
from tests.conformance.terraform.generate import Program
from tests.conformance.terraform.real import Answer

_ATTEMPT, _CHOSEN, _SPLAT, _EARLY = attempts.attempt, evaluate._chosen, traverse._splat_unknown, Early.resolve
_ELEMENTS, _RESOLVE, _RUN = unify._elements_convert, Frame.resolve, signature._run
_FORMAT = formatting.format_values
_TYPED_NULL = "a typed null"
DEVIATIONS = {
    "symbolic instances": "count or for_each over an unknown is an error there; here one symbolic instance stands for "
    "all, and what would be refused in it is as unknown as its presence",
    "no instance": "a block or call without instances is type-checked there and not evaluated here: what it would "
    "hold if it were there is no fault of the configuration",
    "types first": "terraform first checks types with all variables unknown and tells nothing else where that fails; "
    "here the values and types of a plan are known: what they fail with is told, and what is well with them "
    "is not refused for what else they might have been",
    "logic stops": "1.12 and newer do not look at the right side that the left has decided; so do we",
    "more known": "try() over a plain path to a partly unknown value keeps the value, two arms keep their common prefix, format() its known pieces, "
    "one false decides alltrue(), and what hangs on that is known or refused: terraform says unknown",
    "null types": "a null has no type here: terraform refuses that of a variable or conversion where another type is wanted, and an "
    "untyped null in format() makes all of it unknown there (fixed later), not the text or error of a typed one",
    "tofu template": "OpenTofu's templatestring() takes any template, terraform's only a reference to one",
    "refinements": "terraform narrows some unknowns further than we do (a number lies within bounds, a set has one "
    "element) and then knows what we call unknown; never the other way round, and never a wrong value",
    "absent file": "a file that is not in the tree is an error there; here it is unknown, since builds make files",
    "unknown secret": "a sensitive variable whose value is unknown carries no mark: there is nothing to mask, and the "
    "reason why it is unknown is shown",
}  # fmt: skip


def deviation(said: str, program: Program, theirs: Answer, mine: Answer) -> str | None:
    """The name of the deviation that explains a difference, if one does."""
    found = next((name for name, explains in _EXPLAINS.items() if explains(said, program, theirs, mine)), None)
    assert found is None or found in DEVIATIONS
    return found


def _symbolic(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    """Terraform's errors stand in what is only perhaps there, or are about its number; or ours stand in blocks that
    it does not read, since a dynamic block beside them is unknown and with it their whole list."""
    if said == "only we refuse":
        return provider.hidden(theirs.values)
    if said == "only terraform refuses" and provider.hidden(mine.values):
        return all(_within_dynamic(program, error) for error in theirs.errors)
    perhaps = [address for address, value in mine.values.items() if value == {"$perhaps": True}]
    if said not in ("only terraform refuses", "another cause") or not perhaps:
        return False
    return all(
        re.fullmatch(r"Invalid (?:count|for_each)(?: set)? argument", error[0])
        or any(_stands_in(address, program, error[3]) for address in perhaps)
        for error in theirs.errors
    )


def _within_dynamic(program: Program, error: tuple[str, str, str, str]) -> bool:
    """Whether an error stands in a dynamic block within a dynamic block: where that is unknown, it is not expanded."""
    path, _, line = error[3].rpartition(":")
    text = program.files.get(path, "").encode()
    at = sum(len(each) + 1 for each in text.split(b"\n")[: int(line or 1) - 1])
    return _dynamic_around(parse.parse(text, path)[0].blocks, at) > 1


def _dynamic_around(blocks: Iterable[Block], at: int) -> int:
    """How many dynamic blocks there are around a place."""
    for block in blocks:
        if block.start <= at < block.end:
            return (block.type == "dynamic") + _dynamic_around(block.body.blocks, at)
    return 0


def _absent(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    """All of terraform's errors that we do not tell stand in blocks or modules without an instance here."""
    if said not in ("only terraform refuses", "another cause"):
        return False
    told = {error[3] for error in mine.errors}
    places = [error[3] for error in theirs.errors if error[3] not in told or not mine.errors]
    return bool(places) and all(_without_instance(program, place, mine) for place in places)


def _without_instance(program: Program, place: str, mine: Answer) -> bool:
    path, _, line = place.rpartition(":")
    folder = path.rpartition("/")[0]
    if folder:
        inner = r"\.module\.inner" if folder.endswith("/inner") else ""
        wanted = rf"module\.{program.name}(?:\[.*?\])?{inner}\."
    else:
        head = _head(program.files.get(path, ""), int(line or 0))
        found = re.match(r'(resource "terraform_data"|module) "(\w+)"', head)
        if found is None:
            return False
        lead = "module" if found[1] == "module" else "terraform_data"
        wanted = rf"{lead}\.{found[2]}(?:\[|\.|$)"
    return not any(re.match(wanted, address) for address in mine.values)


def _head(text: str, line: int) -> str:
    """The first line of the top-level block around a line."""
    heads = [each for each in text.splitlines()[:line] if re.match(r"\w.*\{$", each)]
    return heads[-1] if heads else ""


def _stands_in(address: str, program: Program, place: str) -> bool:
    path, _, line = place.rpartition(":")
    if "/" in path:
        return address.startswith(f"module.{program.name}")
    head = _head(program.files.get(path, ""), int(line or 0))
    return any(f'"{part}"' in head for part in re.findall(r"\w+", address))


def _types_first(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    if said not in ("only terraform refuses", "another cause"):
        return False
    places = {error[3] for error in mine.errors}
    same_place = all(
        _is_absent_file(error) or places & {error[3], *re.findall(r"defined at (\S+:\d+)", error[1])}
        for error in theirs.errors
    )
    return same_place or _agrees(theirs, program, {
        "scanner.hcl.scope.Early.resolve": _untyped_variables,
        "scanner.hcl.unify._elements_convert": _settled_elements_convert,
        "scanner.sources.terraform.phantom.DataValue._typed": lambda value, name, _: value.computed(name),
    }) or _agrees(theirs, program, {
        "scanner.sources.terraform.evaluation.names_of": _unnumbered,
        "scanner.sources.terraform.instance.Frame.resolve": _validated,
        "scanner.hcl.functions.signature._check_elements": _same_elements,
        "scanner.hcl.functions.signature._run": _run_typed,
        "scanner.hcl.unify._elements_convert": _settled_elements_convert,
    })  # fmt: skip


def _unnumbered(expansion: Any, _: Any) -> dict[str, Value]:
    """What `count` and `each` are while terraform validates: of a type, and not known."""
    if expansion.form == "single":
        return {}
    if expansion.form == "count":
        return {"count": {"index": Unknown("validated", type="number")}}
    return {"each": {"key": Unknown("validated", type="string"), "value": Unknown("validated")}}


def _validated(frame: Frame, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
    """What anything is while terraform validates: variables are not known, and resources are not of any type yet."""
    value, used = _RESOLVE(frame, root, steps)
    if root == "var":
        block = frame.instance.module.variables[str(steps[0])].block
        declared = block.body.attributes.get("type")
        told = ANY if declared is None else type_of_expr(declared.expr)
        return Unknown("validated", type="" if has_any(told) else str(told)), 1
    return (Unknown(value.reason) if isinstance(value, Unknown) else value), used


def _run_typed(function: Any, args: list[Value], scope: Scope) -> Value:
    """A call with what is not of any type yet has no type yet."""
    found = _RUN(function, args, scope)
    untyped = any(isinstance(arg, Unknown) and type_of(arg).is_any for arg in args)
    return Unknown("validated") if untyped and isinstance(found, Unknown) else found


def _same_elements(have: Type, want: Type, at: int) -> None:
    """Elements of any type are no texts either."""
    if not want.is_any and have != want:
        raise EvaluationError(f"argument {at + 1}: {want.kind} required, not {have.kind}")


def _settled_elements_convert(have: Type, want: Type) -> bool:
    """Elements of any type become no list."""
    told = unify.elements(have)
    if want.kind != "map" and have.kind == "tuple" and want.element is not None and want.element.is_any and told:
        shared = unify.unify(told)
        return shared is not None and not shared.is_any
    return _ELEMENTS(have, want)


def _untyped_variables(scope: Early, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
    """What a variable is while terraform validates, where it is declared to be of any type."""
    value, used = _EARLY(scope, root, steps)
    return (Unknown("validated"), 1) if root == "var" else (value, used)


def _logic_stops(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    if said not in ("only terraform refuses", "another cause") or "||" not in _text(program) + "||" * (
        "&&" in _text(program)
    ):
        return False
    return _agrees(theirs, program, {"scanner.hcl.evaluate.decides": lambda *_: False})


def _more_known(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    if said not in ("another value", "only we refuse"):
        return False
    return _agrees(theirs, program, {
        "scanner.hcl.functions.attempts._is_path": lambda *_: False,
        "scanner.hcl.functions.attempts.attempt": _untyped_attempt,
        "scanner.hcl.evaluate._shared_prefix": lambda *_: "",
        "scanner.hcl.functions.formatting.format_values": _whole_format,
    }, {"startswith": _whole_prefix(), "alltrue": _in_order("alltrue"), "anytrue": _in_order("anytrue")})  # fmt: skip


def _whole_format(spec: str, args: tuple[Value, ...]) -> Value:
    """A text of which something is not known, without its known pieces."""
    found = _FORMAT(spec, args)
    return unknown_of(STRING, found) if isinstance(found, Unknown) else found


def _in_order(name: str) -> Any:
    """alltrue() and anytrue() that stop at the first unknown, whatever stands behind it."""
    function = table()[name]

    def run(listed: Any) -> Any:
        for at, each in enumerate(listed):
            if isinstance(each, Unknown):
                before = function.run(listed[:at])
                return before if before is (name == "anytrue") else each
        return function.run(listed)

    return replace(function, run=run)


def _whole_prefix() -> Any:
    """startswith() that looks at the known part of a text only where that is as long as what it is compared with."""
    function = table()["startswith"]

    def run(text: Value, prefix: Value) -> Value:
        if isinstance(text, Unknown) and isinstance(prefix, str) and len(text.prefix) < len(prefix):
            return unknown_of(ANY, text)
        return function.run(text, prefix)

    return replace(function, run=run)


def _untyped_attempt(expr: Call, scope: Scope) -> Value:
    """try() that keeps nothing of an unknown, its type neither."""
    found = _ATTEMPT(expr, scope)
    return unknown_of(ANY, found) if isinstance(found, Unknown) else found


def _tofu_template(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    told = (
        "templatestring is only for rendering templates retrieved dynamically",
        "invalid template expression: must be a direct reference to a single string",
    )
    return (
        said != "another value"
        and bool(theirs.errors)
        and all(any(map(error[1].__contains__, told)) for error in theirs.errors)
    )


def _null_types(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    if said in ("only terraform refuses", "another cause"):
        return _agrees(theirs, program, {
            "scanner.hcl.evaluate._chosen": _typed_chosen,
            "scanner.hcl.functions.types.convert": _typed_convert,
            "scanner.sources.terraform.variables.convert": _typed_convert,
            "scanner.hcl.traverse._splat_unknown": _splat_of_null,
        }, {"coalescelist": _no_null("coalescelist")})  # fmt: skip
    return _agrees(theirs, program, {}, {name: _unknown_for_null(name) for name in ("format", "formatlist")})


def _typed_convert(value: Value, want: Type) -> Value:
    """A conversion that gives a null the wanted type, as an unknown has it."""
    return Unknown(_TYPED_NULL, type=str(want)) if value is None else convert(value, want)


def _splat_of_null(value: Unknown, step: Splat, evaluate: Any) -> Value:
    """A splat that refuses a null of a list's type."""
    if value.reason == _TYPED_NULL and type_of(value).kind in ("list", "set", "tuple"):
        raise EvaluationError("a splat of a null value")
    return _SPLAT(value, step, evaluate)


def _no_null(name: str) -> Any:
    """A function that refuses every null."""
    function = table()[name]

    def run(*args: Any) -> Any:
        if None in [
            arg.value if isinstance(arg, Sensitive) else arg
            for arg in args
            if arg is None or isinstance(arg, Sensitive)
        ]:
            raise EvaluationError(f"{name}(): an argument is null")
        return function.run(*args)

    return replace(function, run=run)


def _typed_chosen(expr: Conditional, scope: Scope, *, first: bool) -> Value:
    """A conditional whose null has the type of the other arm, as an unknown has it."""
    found = _CHOSEN(expr, scope, first=first)
    if found is not None:
        return found
    other = _CHOSEN(expr, scope, first=not first)
    return None if other is None else unknown_of(type_of(other), Unknown(_TYPED_NULL))


def _unknown_for_null(name: str) -> Any:
    function = table()[name]

    def run(*args: Any) -> Any:
        if any((arg.value if isinstance(arg, Sensitive) else arg) is None for arg in args):
            return Unknown("an untyped null")
        return function.run(*args)

    return replace(function, run=run)


def _refined(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    narrowed = r"\?|\*|[<>]|[!=]=|\b(?:min|max|abs|ceil|floor|length|range|toset|setunion)\("
    return (
        said == "another value"
        and more_known(theirs.values, mine.values)
        and bool(re.search(narrowed, _text(program)))
    )


def _absent_file(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    if said not in ("only terraform refuses", "another cause"):
        return False
    return bool(theirs.errors) and all(map(_is_absent_file, theirs.errors))


def _is_absent_file(error: tuple[str, str, str, str]) -> bool:
    return any(told in error[1] for told in ("no such file", "no file exists"))


def _unknown_secret(said: str, program: Program, theirs: Answer, mine: Answer) -> bool:
    if said != "another value" or "sensitive = true" not in _text(program):
        return False
    if _unmarked(theirs.values, mine.values):
        return True
    return _agrees(theirs, program, {"scanner.sources.terraform.variables.marked": _marked_though_unknown})


def _marked_though_unknown(value: Value, declared: Any) -> Value:
    attribute = declared.block.body.attributes.get("sensitive")
    hidden = attribute is not None and getattr(attribute.expr, "value", None) is True
    return Sensitive(value) if hidden and not isinstance(value, Sensitive) else value


_EXPLAINS: dict[str, Callable[[str, Program, Answer, Answer], bool]] = {
    "symbolic instances": _symbolic, "no instance": _absent, "absent file": _absent_file, "unknown secret": _unknown_secret,
    "null types": _null_types, "tofu template": _tofu_template, "logic stops": _logic_stops, "types first": _types_first, "more known": _more_known,
    "refinements": _refined,
}  # fmt: skip


def _agrees(
    theirs: Answer, program: Program, undone: dict[str, Any], functions: dict[str, Any] | None = None
) -> bool:
    """Whether terraform's answer is ours once a choice of ours is undone."""
    from tests.conformance.terraform.compare import same

    with ExitStack() as stack:
        for name, instead in undone.items():
            stack.enter_context(mock.patch(name, instead))
        stack.enter_context(mock.patch.dict(table(), functions or {}))
        again = ours.ask([program])[program.number]
    if theirs.errors or again.errors:
        return bool(causes.theirs(theirs.errors) & causes.ours(again.errors))
    return same(theirs.values, again.values)


def _text(program: Program) -> str:
    return "".join(program.files.values())


def more_known(mine: Any, theirs: Any) -> bool:
    """Whether values differ only in that theirs is unknown where mine is not."""
    return all(other == {"$unknown": True} for one, other in _differences(mine, theirs))


def _unmarked(theirs: Any, mine: Any) -> bool:
    """Whether values differ only in that an unknown is marked there and not here."""
    return all(
        other == {"$unknown": True} and one == {"$sensitive": other} for one, other in _differences(theirs, mine)
    )


def _differences(one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """The smallest parts in which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from _differences(one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for pair in zip(one, other, strict=True):
            yield from _differences(*pair)
    elif one != other:
        yield one, other


# Programs among the first 20,000 that disagree and are no deviation: to be mended, never to be added to lightly.
REMAINING: frozenset[int] = frozenset()
