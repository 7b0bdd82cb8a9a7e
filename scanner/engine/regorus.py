"""The embedded Rego engine. JSON entry points only: the others mangle booleans and sets (ecosystem facts 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from scanner.engine.backend import Decision, Malformed, crash, denies, unloadable
from scanner.engine.confined import Confined
from scanner.model.diagnostic import Diagnostic
from scanner.model.rule import Rule

_PLACE = re.compile(r"^--> (.*):(\d+):(\d+)$", re.MULTILINE)
_ERROR = re.compile(r"^error: (.*)", re.MULTILINE)


class EngineFault(Exception):
    """What the engine said, as one line: `file:line: message`."""


class Regorus:
    """Our rules in this process; rules of others in a confined one."""

    name = "regorus"

    def __init__(self, confined: Confined | None = None) -> None:
        self._engine = new_engine()
        self._refused: dict[str, Diagnostic] = {}
        self._confined = confined or Confined()

    def load(self, rules: Sequence[Rule]) -> list[Diagnostic]:
        """Compile our rules. Rules of others are parsed where they run, since parsing alone can run away."""
        faults = []
        self._engine = new_engine()
        self._refused.clear()
        for rule in rules:
            if rule.ours:
                why = add(self._engine, rule)
                if why is not None:
                    self._refused[rule.id] = unloadable(rule, why)
                    faults.append(self._refused[rule.id])
        return faults

    def decide(self, document: bytes, rules: Sequence[Rule]) -> Iterator[Decision]:
        self._engine.set_input_json(document.decode())
        strangers = [rule for rule in rules if not rule.ours]
        theirs = {rule.id: answer for rule, answer in self._confined.decide(document, strangers)}
        for rule in rules:
            if not rule.ours:
                yield rule, theirs[rule.id]
            elif rule.id in self._refused:
                yield rule, self._refused[rule.id]
            else:
                yield evaluate(self._engine, rule)

    def close(self) -> None:
        self._engine = new_engine()


def new_engine() -> Any:
    """A fresh engine of the `gordon-to-regorus` wheel (it ships no types)."""
    import regorus  # noqa: PLC0415 - 10 MB that `--version` does not need

    return regorus.Engine()


def add(engine: Any, rule: Rule) -> str | None:
    """Add a rule's policy to an engine; why not, where it does not compile alone.

    Faults such as unsafe variables show only at the first query and would then fail every package of the
    engine, so that each policy is tried in an engine of its own first (0.1 ms).
    """
    trial = new_engine()
    try:
        guarded(trial.add_policy, _shown(rule), rule.source)
        trial.set_input_json("{}")
        if not defined(guarded(trial.eval_query_as_json, f"data.{rule.package}.deny")):
            return "it has no set `deny`"
        guarded(engine.add_policy, _shown(rule), rule.source)
    except EngineFault as fault:
        return str(fault)
    return None


def evaluate(engine: Any, rule: Rule) -> Decision:
    """One rule's answer over the input that the engine holds."""
    try:
        text = guarded(engine.eval_query_as_json, f"data.{rule.package}.deny")
        return rule, denies(_value(text))
    except (EngineFault, Malformed) as fault:
        return rule, crash(rule, str(fault))


def guarded(call: Any, *arguments: str) -> Any:
    """Call the engine; whatever it raises (a Rust panic is a BaseException) becomes an EngineFault."""
    try:
        return call(*arguments)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise EngineFault(worded(str(error))) from None


def worded(text: str) -> str:
    """The engine's message as one line, without its snippet and stack."""
    text = text.partition("Stack backtrace:")[0].strip()
    place, error = _PLACE.search(text), _ERROR.search(text)
    if place is None or error is None:
        return text.partition("\n")[0] or "the engine failed without a word"
    return f"{place[1]}:{place[2]}: {error[1].strip()}"


def defined(text: str) -> bool:
    """Whether a query's JSON holds a result: a partial set is there even when it is empty."""
    return "result" in orjson.loads(text)


def _value(text: str) -> Any:
    result = orjson.loads(text).get("result")
    return result[0]["expressions"][0]["value"] if result else None


def _shown(rule: Rule) -> str:
    return f"{rule.id.replace('-', '_')}.rego"
