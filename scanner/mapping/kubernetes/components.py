"""The programs of a control plane, where manifests start them: which one, and with which flags.

Sources: the command line references of kube-apiserver, kube-controller-manager, kube-scheduler and etcd
(https://kubernetes.io/docs/reference/command-line-tools-reference/, https://etcd.io/docs/v3.5/op-guide/configuration/).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.kubernetes.reading import OUTSIDE, texts
from scanner.mapping.reader import Reader
from scanner.mapping.table import Part, Row
from scanner.model.value import Undetermined, Unknown, Value, unwrap

PROGRAMS = frozenset(("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"))
_SUBSTITUTED = ("${", "$(", "{{")
_FIRST = 3  # words among which the program stands: itself, or after a shell and its option


def _words(reader: Reader) -> Iterator[tuple[str, str]]:
    """Each word of the command line with the path of the element that holds it."""
    for path in ("command", "args"):
        for position, each in enumerate(texts(reader.get(path))):
            for word in each.split():
                yield f"{path}[{position}]", word


def _named(reader: Reader) -> str | None:
    """The program that a container starts, where it is one of a control plane."""
    for number, (_, word) in enumerate(_words(reader)):
        name = word.rpartition("/")[2]
        if name in PROGRAMS:
            return name
        if number >= _FIRST:
            return None
    return None


def _is_component(reader: Reader) -> bool:
    held = reader.value
    if not isinstance(held, dict) or isinstance(unwrap(held.get("command")), Unknown):
        return False
    try:
        return _named(reader) is not None
    except Undetermined:
        return False


def _flags(reader: Reader) -> Value:
    """`--name=value`, `--name value`, and `--name` alone, which means true; an unknown for what may be more."""
    found: list[Value] = []
    words = list(_words(reader))
    while words and words.pop(0)[1].rpartition("/")[2] not in PROGRAMS:
        pass  # a shell's own options
    for number, (path, word) in enumerate(words):
        if word.startswith(_SUBSTITUTED):
            found.append(Unknown(f"{word} is filled in later and may be any flags", OUTSIDE))
            continue
        if not word.startswith("-") or word.strip("-") == "":
            continue
        name, equals, value = word.lstrip("-").partition("=")
        follows = words[number + 1][1] if number + 1 < len(words) else "-"
        if not equals:
            value = "true" if follows.startswith("-") else follows
        reader.mark(len(found), reader, path)
        given = value.strip("'\"")
        filled = any(mark in given for mark in _SUBSTITUTED)
        found.append({"name": name, "value": Unknown(f"{given} is filled in later", OUTSIDE) if filled else given})
    reader.get("command")
    return found


_COMPONENT = Row("component", {"program": _named, "flags": _flags}, identity=(), tags=lambda reader: {})


def component(pod: str) -> Part:
    """The part of a workload whose pod spec stands at a path: one for each container that is such a program."""
    return Part(_COMPONENT, "component", f"{pod}.containers", when=_is_component)
