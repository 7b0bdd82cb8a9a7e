"""What AWS resources say of copies of their data, in the graph's terms.

`selectable` is how backup plans name a store; `own_copies` what its own settings make. An entry of `own_copies`
is {"kind": "point-in-time" | "replica" | "synchronous-replica" | "history", "store", "medium", "hours": longest
time between two states (null: once), "keep_days" (null: for ever), "account" and "region" (absent: the store's
own; `{account}` and such are not known), "to": the store that it is replicated to, "partial": why it holds only a
part, "until": the latest moment that a live store can be
restored to, "lock": compliance, governance or "", "dies": it is deleted with the store, "note"}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scanner.hcl.partial import PartialText
from scanner.mapping.extract import gathered
from scanner.mapping.reader import Extract, Reader
from scanner.model.address import Address
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

MINUTES = 5 / 60  # how far continuous backups lie behind (RDS User Guide, DynamoDB Developer Guide: five minutes)
DAILY = 24.0
REGION, ACCOUNT = "{region}", "{account}"


def selectable(type_: str, service: str, lead: str, *names: str, unknown: str = "{}") -> Extract:
    """How plans name a store: the type of its opt-in, and its ARN; `names` are the paths of its own name, and
    `unknown` stands for it before AWS has given one."""

    def extract(reader: Reader) -> Value:
        written = unwrap(reader.peek("arn"))
        if isinstance(written, str) and written.startswith("arn:"):
            return {"type": type_, "arn": text(written)}
        found = (reader.peek(name) for name in names)
        name = next((each for each in found if each is not None), None)
        return {
            "type": type_,
            "arn": f"{_beginning(reader, service)}{lead}{unknown if name is None else text(name)}",
        }

    return extract


def _beginning(reader: Reader, service: str) -> str:
    scope = reader.resource.scope
    if service == "s3":
        return "arn:{partition}:s3:::"
    region, account = _told(scope.region, REGION), _told(scope.account, ACCOUNT)
    return f"arn:{{partition}}:{service}:{region}:{account}:"


def _told(value: Value, default: str) -> str:
    return value if isinstance(value, str) else default if value is None else "{}"


_CONSTANTS = (
    ("data.aws_region.", REGION),
    ("data.aws_caller_identity.", ACCOUNT),
    ("data.aws_partition.", "{partition}"),
)


def text(value: Value) -> str:
    """A text with `{}` for each part of it that is not known, `{region}` and such for what a root is applied
    with."""
    value = unwrap(value)
    if isinstance(value, PartialText):
        return text("".join(part if isinstance(part, str) else text(part) for part in value.parts))
    if isinstance(value, Unknown):
        for start, token in _CONSTANTS:
            if any(start in reference for reference in value.references):
                return token
        return f"{value.prefix}{{}}{value.suffix or ''}"
    return (
        str(value).replace("arn:aws:", "arn:{partition}:", 1) if str(value).startswith("arn:aws:") else str(value)
    )


def meant(reader: Reader, path: str, value: Value, *types: str) -> str:
    """What a value names: `@` and the address of the resource of one of these types, or its text."""
    value = unwrap(value)
    named: list[str] = []
    if isinstance(value, Unknown) and not isinstance(value, PartialText):
        named = [each.rpartition(".")[0] for each in value.references]
    written = [] if named else list(references(reader, path))
    found = [each for each in (*named, *written) if not types or _type(each) in types]
    if len(set(found)) == 1 and not (types == () and not isinstance(value, Unknown)):
        return at(reader, found[0])
    return text(value)


def at(reader: Reader, reference: str) -> str:
    """`@` and the whole address of what a reference names."""
    if reference.startswith("tf:"):
        return f"@{reference}"
    own = reader.resource.address
    return f"@{Address(own.scheme, own.root, reference)}"


def _type(reference: str) -> str:
    """The native type that a reference within a root names."""
    name = reference.partition("#")[2] if reference.startswith("tf:") else reference
    parts = [part for part in _outside_keys(name).split(".") if part]
    return f"data.{parts[-2]}" if len(parts) > 2 and parts[-3] == "data" else parts[-2] if len(parts) > 1 else ""


def _outside_keys(name: str) -> str:
    out, depth = [], 0
    for sign in name:
        depth += sign == "["
        if not depth:
            out.append(sign)
        depth -= sign == "]"
    return "".join(out)


def references(reader: Reader, path: str) -> tuple[str, ...]:
    """The resources that the expression at a path names; not those of a list around it."""
    return reader.resource.references.get(f"{reader.prefix}.{path}" if reader.prefix else path, ())


Maker = Callable[[Reader], Iterable[Value]]


def copies(*makers: Maker) -> Extract:
    """`own_copies` from what each maker yields; where one ends in an unknown, the list ends in it too."""

    def extract(reader: Reader) -> Value:
        return gathered(*(maker(reader) for maker in makers))

    return extract


def copy(kind: str, store: str, medium: str, hours: Value, keep_days: Value, **more: Value) -> dict[str, Value]:
    """One entry of `own_copies`."""
    return {"kind": kind, "store": store, "medium": medium, "hours": hours, "keep_days": keep_days, **more}


def point(service: str, hours: Value, keep_days: Value, **more: Value) -> dict[str, Value]:
    """A snapshot or log of changes, kept by the service itself."""
    return copy("point-in-time", f"native:{service}", "backup-store", hours, keep_days, **more)


def replica(service: str, medium: str, **more: Value) -> dict[str, Value]:
    return copy("replica", f"native:{service}", medium, 0.0, None, **more)


def scope_of(resource: Reader) -> dict[str, Value]:
    """Account and region of a resource that stands for a copy, where they are written."""
    scope = resource.resource.scope
    return {"account": _told(scope.account, ACCOUNT), "region": _told(scope.region, REGION)}


def settled(value: Callable[[], Value]) -> Value:
    """A value, or the Unknown that stands in its way: one unknown part of a copy leaves the others standing."""
    try:
        return value()
    except Undetermined as undetermined:
        return undetermined.unknown


def read(extract: Extract, reader: Reader) -> Value:
    """What an extractor says of a block or fold, or the Unknown that stands in its way."""
    return settled(lambda: extract(reader))


def elsewhere(reason: str) -> Maker:
    """Copies of which no configuration tells."""

    def maker(_reader: Reader) -> Iterator[Value]:
        yield Unknown(reason, Cause.OUTSIDE_SCAN)

    return maker
