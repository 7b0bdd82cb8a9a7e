"""Texts that are known in part: what surrounds the unknown pieces, and the JSON that such a text spells."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from scanner.model.value import Unknown, Value

_OPEN, _CLOSE = "\ue000", "\ue001"  # private use characters stand for the holes while JSON is read


class Present(Unknown):
    """What is not known but is known not to be null: what operators and most functions give."""

    __slots__ = ()


def present(value: Unknown) -> Unknown:
    """The unknown as one that is not null."""
    if isinstance(value, Present):
        return value
    return Present(value.reason, value.cause, value.references, value.type, value.prefix, suffix=value.suffix)


class PartialText(Present):
    """A template's result: strings and the Unknowns between them, in order."""

    __slots__ = ("parts",)
    parts: tuple[str | Unknown, ...]

    def __init__(self, why: Unknown, parts: Sequence[str | Unknown]) -> None:
        flat: list[str | Unknown] = []
        for part in parts:
            flat.extend(part.parts if isinstance(part, PartialText) else (part,))
        suffix = flat[-1] if flat and isinstance(flat[-1], str) else ""
        super().__init__(why.reason, why.cause, why.references, "string", why.prefix, suffix=suffix)
        self.parts = tuple(flat)

    def document(self) -> Value:
        """The JSON value that the text spells, with Unknown for each hole; None where it spells none."""
        if not self.prefix.lstrip().startswith(("{", "[")):
            return None
        return self._read(*self._marked())

    def read(self, load: Callable[[str], Value]) -> Value:
        """What a format's reader makes of the text, with Unknown for each hole. Raises what the reader raises."""
        text, holes = self._marked()
        return _filled(load(text), holes)

    def _marked(self) -> tuple[str, list[Unknown]]:
        """The text with marks for its holes."""
        holes: list[Unknown] = []
        text = ""
        for part in self.parts:
            if isinstance(part, str):
                text += part
            else:
                text += f"{_OPEN}{len(holes)}{_CLOSE}"
                holes.append(part)
        return text, holes

    def _read(self, text: str, holes: list[Unknown]) -> Value:
        for quoted in (text, _quoted(text)):
            try:
                return _filled(json.loads(quoted, strict=False), holes)
            except ValueError:
                continue
        return None


class Document(Present):
    """A text that is not known as a whole although the value it encodes (JSON) is known in part."""

    __slots__ = ("document",)

    def __init__(self, why: Unknown, document: Value) -> None:
        super().__init__(why.reason, why.cause, why.references, "string", why.prefix)
        self.document = document


def decoded(value: Value) -> Value:
    """What a partly known text encodes, or the value itself where nothing can be told of it."""
    if isinstance(value, Document):
        return value.document
    if isinstance(value, PartialText):
        found = value.document()
        return value if found is None else found
    return value


def _quoted(text: str) -> str:
    """Holes that stand as whole values (outside quotes) in quotes, so that JSON reads them."""
    out: list[str] = []
    inside = False
    for at, sign in enumerate(text):
        if sign == '"' and (at == 0 or text[at - 1] != "\\"):
            inside = not inside
        if sign == _OPEN and not inside:
            out.append('"')
        out.append(sign)
        if sign == _CLOSE and not inside:
            out.append('"')
    return "".join(out)


def _filled(value: Value, holes: list[Unknown]) -> Value:
    if isinstance(value, str) and _OPEN in value:
        return _hole(value, holes)
    if isinstance(value, list):
        return [_filled(each, holes) for each in value]
    if isinstance(value, dict):
        return {_key(key, holes): _filled(each, holes) for key, each in value.items()}
    return value


def _hole(text: str, holes: list[Unknown]) -> Unknown:
    """A string with holes: one hole alone is that Unknown, else a PartialText of its own."""
    parts: list[str | Unknown] = []
    rest = text
    while _OPEN in rest:
        before, _, rest = rest.partition(_OPEN)
        number, _, rest = rest.partition(_CLOSE)
        if before:
            parts.append(before)
        parts.append(holes[int(number)])
    if rest:
        parts.append(rest)
    if len(parts) == 1 and isinstance(parts[0], Unknown):
        return parts[0]
    found = [part for part in parts if isinstance(part, Unknown)]
    lead = parts[0] if isinstance(parts[0], str) else parts[0].prefix
    references = tuple(dict.fromkeys(each for part in found for each in part.references))
    return PartialText(Unknown(found[0].reason, found[0].cause, references, "string", lead), parts)


def _key(text: str, holes: list[Unknown]) -> str:
    """A key with a hole cannot be told; its reason stands for it, so that the value beside it is kept."""
    return f"(unknown: {holes[0].reason})" if _OPEN in text else text
