"""Functions that read files, all through the scope's FileAccess, and templates."""

from __future__ import annotations

import base64
import posixpath
import re

from scanner.hcl.errors import EvaluationError, SyntaxFault
from scanner.hcl.functions.hashing import digest
from scanner.hcl.functions.selection import bare
from scanner.hcl.functions.signature import Function
from scanner.hcl.references import references
from scanner.hcl.scope import Scope, Variables
from scanner.hcl.syntax import Expression
from scanner.hcl.types import BOOL, STRING, collection
from scanner.hcl.values import MAX_STRING, SetValue, is_marked, marked, unknown_of
from scanner.model.value import Cause, Sensitive, Unknown, Value


def _bytes(scope: Scope, path: str) -> bytes | Unknown:
    found = scope.files.read(path)
    if isinstance(found, Unknown):
        return Unknown(found.reason, found.cause, found.references, "string", found.prefix)
    if len(found) > MAX_STRING:
        return Unknown(f'"{path}" is larger than {MAX_STRING} bytes', Cause.LIMIT, type="string")
    return found


def _text(scope: Scope, path: str) -> str | Unknown:
    found = _bytes(scope, path)
    if isinstance(found, Unknown):
        return found
    try:
        return found.decode()
    except UnicodeDecodeError as fault:
        raise EvaluationError(f'"{path}" is not UTF-8; use filebase64() for binary files') from fault


def _base64(scope: Scope, path: str) -> Value:
    found = _bytes(scope, path)
    return found if isinstance(found, Unknown) else base64.b64encode(found).decode()


def _hash(scope: Scope, path: str, algorithm: str, *, in_base64: bool = False) -> Value:
    found = _bytes(scope, path)
    if isinstance(found, Unknown):
        return found
    result = digest(algorithm, found)
    return base64.b64encode(result).decode() if in_base64 else result.hex()


def _exists(scope: Scope, path: str) -> Value:
    found = scope.files.exists(path)
    return unknown_of(BOOL, found) if isinstance(found, Unknown) else found


def _fileset(scope: Scope, base: str, pattern: str) -> Value:
    found = scope.files.glob(base, pattern)
    if isinstance(found, Unknown):
        return unknown_of(collection("set", STRING), found)
    return SetValue(found, STRING)


def _templatefile(scope: Scope, path: Value, values: Value) -> Value:
    found = _text(scope, bare(path))
    return found if isinstance(found, Unknown) else marked(_render(scope, found, values, f'"{bare(path)}"'), path)


def _templatestring(scope: Scope, text: Value, values: Value) -> Value:
    return marked(_render(scope, bare(text), values, "the template"), text)


class _Template(Variables):
    """The scope of a template, in which no other can be rendered."""

    __slots__ = ("within_template",)

    def __init__(self, values: dict[str, Value], outer: Scope) -> None:
        super().__init__(values, outer.files)
        self.within_template = True


def _check_names(template: Expression, given: dict[str, Value]) -> None:
    """Refuse a template that names what it is not given, also where try() stands around the name."""
    for key in given:
        if not key.replace("-", "_").isidentifier() or key.startswith("-"):
            raise EvaluationError(f'"{key}" cannot be a variable of a template')
    for reference in references(template):
        if str(reference[0]) not in given:
            raise EvaluationError(f'there is no variable named "{reference[0]}" here')


def _render(scope: Scope, text: str, values: Value, name: str) -> Value:
    from scanner.hcl.evaluate import evaluate  # noqa: PLC0415 - evaluation calls functions
    from scanner.hcl.expression import read_template  # noqa: PLC0415 - beside it

    inside = bare(values)
    if isinstance(inside, Unknown):
        return marked(unknown_of(STRING, inside), values)
    if not isinstance(inside, dict):
        raise EvaluationError("the variables of a template must be a map or object")
    if getattr(scope, "within_template", False):
        raise EvaluationError("a template cannot render another template")
    try:
        template = read_template(text.encode())
        _check_names(template, inside)
        found = evaluate(template, _Template(inside, scope))
        return Sensitive(found) if is_marked(values) and not isinstance(found, Sensitive) else found
    except SyntaxFault as fault:
        line = text.encode()[: fault.start].count(b"\n") + 1
        raise EvaluationError(f"{name}, line {line}: {fault.message}") from fault
    except EvaluationError as error:
        start = error.span[0] if error.span is not None else 0
        line = text.encode()[:start].count(b"\n") + 1
        raise EvaluationError(f"{name}, line {line}: {error.message}", None, error.code) from error


def _clean(path: str) -> str:
    """As Go's filepath.Clean."""
    if not path:
        return "."
    found = posixpath.normpath(path)
    return found[1:] if found.startswith("//") else found


def _dirname(path: str) -> str:
    return _clean(path[: path.rfind("/") + 1])


def _basename(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def _abspath(path: str) -> Value:
    if path.startswith("/"):
        return _clean(path)
    return Unknown("abspath() depends on where terraform runs", Cause.OUTSIDE_SCAN, type="string")


def _pathexpand(path: str) -> Value:
    if re.match(r"~(?:/|\Z)", path):
        return Unknown("pathexpand() depends on who runs terraform", Cause.OUTSIDE_SCAN, type="string")
    return path


FUNCTIONS: dict[str, Function] = {
    "abspath": Function(_abspath, "string -> string"),
    "basename": Function(_basename, "string -> string"),
    "dirname": Function(_dirname, "string -> string"),
    "file": Function(_text, "string -> string", scope=True),
    "filebase64": Function(_base64, "string -> string", scope=True),
    "filebase64sha256": Function(
        lambda s, p: _hash(s, p, "sha256", in_base64=True), "string -> string", scope=True
    ),
    "filebase64sha512": Function(
        lambda s, p: _hash(s, p, "sha512", in_base64=True), "string -> string", scope=True
    ),
    "fileexists": Function(_exists, "string -> bool", scope=True),
    "filemd5": Function(lambda s, p: _hash(s, p, "md5"), "string -> string", scope=True),
    "fileset": Function(_fileset, "string, string -> set(string)", scope=True),
    "filesha1": Function(lambda s, p: _hash(s, p, "sha1"), "string -> string", scope=True),
    "filesha256": Function(lambda s, p: _hash(s, p, "sha256"), "string -> string", scope=True),
    "filesha512": Function(lambda s, p: _hash(s, p, "sha512"), "string -> string", scope=True),
    "pathexpand": Function(_pathexpand, "string -> string"),
    "templatefile": Function(_templatefile, "string, any -> any", scope=True, unknown="inside", marks=True),
    "templatestring": Function(_templatestring, "string, any -> any", scope=True, unknown="inside", marks=True),
}
