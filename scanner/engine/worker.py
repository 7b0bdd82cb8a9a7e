"""The confined process: `python -I -m scanner.engine.worker` reads rules and a document, answers line by line.

One JSON line per rule, in order: {"value": the deny set} or {"load": why} or {"crash": why}.
"""

from __future__ import annotations

import sys
from typing import Any

import orjson


def main() -> None:
    """Answer rule by rule. The first line of standard input is the task, the rest the document."""
    head, _, document = sys.stdin.buffer.read().partition(b"\n")
    task = orjson.loads(head)
    for rule in task["rules"]:
        _confine(task["memory"], task["processor"])
        sys.stdout.buffer.write(orjson.dumps(_answer(rule, document.decode())) + b"\n")
        sys.stdout.buffer.flush()


def _confine(memory: int, processor: int) -> None:
    """Limits for the next rule: bytes of address space, and processor seconds from now."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, where the caller's wall limit stands alone
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + processor
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(rule: dict[str, str], document: str) -> dict[str, Any]:
    from scanner.engine.regorus import (  # noqa: PLC0415 - after the limits
        EngineFault,
        defined,
        guarded,
        new_engine,
    )

    engine = new_engine()
    query = f"data.{rule['package']}.deny"
    try:
        guarded(engine.add_policy, f"{rule['id']}.rego", rule["source"])
        engine.set_input_json("{}")
        if not defined(guarded(engine.eval_query_as_json, query)):
            return {"load": "it has no set `deny`"}
    except EngineFault as fault:
        return {"load": str(fault)}
    try:
        engine.set_input_json(document)
        result = orjson.loads(guarded(engine.eval_query_as_json, query)).get("result")
    except EngineFault as fault:
        return {"crash": str(fault)}
    return {"value": result[0]["expressions"][0]["value"] if result else None}


if __name__ == "__main__":
    main()
