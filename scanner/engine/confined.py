"""Rego that is not ours, run in a process of its own with limits on memory and time.

The engine has no limits of its own: a range of 3e8 numbers aborts the process, nested literals parse
exponentially (facts/ecosystem.md 2.2).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from scanner.engine.backend import Decision, Deny, Malformed, crash, denies, unloadable
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.rule import Rule


@dataclass(frozen=True, slots=True)
class Limits:
    """For one rule: address space in bytes, processor seconds and wall seconds."""

    memory: int = 2 << 30
    processor: int = 20
    wall: float = 40.0


@dataclass(slots=True)
class Confined:
    """Runs rules in worker processes; a rule that breaks a limit is named, and the rest go on in a new worker."""

    limits: Limits = field(default_factory=Limits)

    def decide(self, document: bytes, rules: Sequence[Rule]) -> Iterator[Decision]:
        remaining = list(rules)
        while remaining:
            answers, why = self._run(document, remaining)
            yield from zip(remaining, answers, strict=False)
            remaining = remaining[len(answers) :]
            if remaining:
                rule = remaining.pop(0)
                yield rule, limit(rule, why)

    def _run(self, document: bytes, rules: Sequence[Rule]) -> tuple[list[list[Deny] | Diagnostic], str]:
        """What one worker answered before it ended, rule by rule, and why it ended."""
        command = [sys.executable, "-I", "-m", "scanner.engine.worker"]
        # Nothing of ours (tokens, credentials) is there to be read; Windows does not start without its root.
        bare = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=bare
        ) as worker:
            try:
                out, _ = worker.communicate(self._task(document, rules), timeout=self.limits.wall * len(rules))
                why = f"its process ended with {worker.returncode} (limits: {self._told()})"
            except subprocess.TimeoutExpired:
                worker.kill()
                out, _ = worker.communicate()
                why = f"it took more than {self.limits.wall * len(rules):g} s"
        lines = out.split(b"\n")[:-1]
        return [_answer(rule, line) for rule, line in zip(rules, lines, strict=False)], why

    def _task(self, document: bytes, rules: Sequence[Rule]) -> bytes:
        """Limits and rules on the first line, the document after it."""
        head = {
            "memory": self.limits.memory,
            "processor": self.limits.processor,
            "rules": [{"id": rule.id, "package": rule.package, "source": rule.source} for rule in rules],
        }
        return orjson.dumps(head) + b"\n" + document

    def _told(self) -> str:
        return f"{self.limits.memory >> 20} MB, {self.limits.processor} s"


def limit(rule: Rule, why: str) -> Diagnostic:
    """A rule that broke a limit."""
    return Diagnostic(Level.ERROR, "limit-rego", f"{rule.id}: stopped, {why}", remedy="its verdicts are unknown")


def _answer(rule: Rule, line: bytes) -> list[Deny] | Diagnostic:
    answer = orjson.loads(line)
    if "load" in answer:
        return unloadable(rule, answer["load"])
    if "crash" in answer:
        return crash(rule, answer["crash"])
    try:
        return denies(answer["value"])
    except Malformed as fault:
        return crash(rule, str(fault))
