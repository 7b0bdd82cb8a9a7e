"""How many tasks an ECS service keeps: the number asked for, or the least that its scaling allows."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import whole
from scanner.mapping.reader import Reader
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

_ELSEWHERE = Unknown("the number of tasks is set elsewhere", Cause.OUTSIDE_SCAN)


def service_names(reader: Reader) -> Iterator[str]:
    """Id, ARN, and the name under which Application Auto Scaling knows it: service/CLUSTER/NAME."""
    for path in ("id", "arn"):
        if isinstance(value := unwrap(reader.peek(path)), str):
            yield value
    cluster, name = unwrap(reader.peek("cluster")), unwrap(reader.peek("name"))
    if isinstance(cluster, str) and isinstance(name, str):
        yield f"service/{cluster.rpartition('/')[2]}/{name}"


def service_replicated(reader: Reader) -> Value:
    """Of a daemon null: it has one task on each machine."""
    if str(reader.get("scheduling_strategy", "REPLICA")).upper() == "DAEMON":
        return None
    for target in reader.folded("aws_appautoscaling_target"):
        return _several(target.get("min_capacity"))
    asked = reader.get("desired_count")
    return _ELSEWHERE if asked is None else _several(asked)


def _several(count: Value) -> bool:
    number = whole(count)
    if not isinstance(number, int):
        raise Undetermined(_ELSEWHERE)
    return number != 1
