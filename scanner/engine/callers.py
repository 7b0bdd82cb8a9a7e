"""Which call of a shared module has a finding on its conscience: none where all calls have it, since then the
module is the cause; else what the call gives the module, or the call itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.engine.draft import Draft
from scanner.graph.columns import Graph
from scanner.model.finding import Verdict
from scanner.model.location import Span
from scanner.model.report import Files
from scanner.model.resource import Call

if TYPE_CHECKING:
    from scanner.hcl.syntax import Block

# An instance key: `[0]`, `["x"]`, with escaped quotes inside.
KEY = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_NAMED = re.compile(rb"\b(var|local)\.([A-Za-z_][\w-]*)")
_MOST_LOCALS = 50  # followed for one place

# One call of a root: a module that is called in several roots is called once in each.
_Instance = tuple[str, str]
_Block = tuple[Span, str]  # what all instances of one block share


@dataclass(slots=True)
class Callers:
    """The calls of every module, by what they lead to and which of it fails."""

    graph: Graph
    files: Files
    failed: dict[str, set[int]] = field(default_factory=dict)
    alike: dict[_Block, list[int]] = field(default_factory=dict)
    found: dict[tuple[str, int, Span], Span | None] = field(default_factory=dict)
    sound: dict[tuple[str, _Block, Span], tuple[set[str], set[Span]]] = field(default_factory=dict)
    # Each once, however many calls are asked about: blocks of a file by their start, files of a folder, variables.
    blocks: dict[str, dict[int, Block]] = field(default_factory=dict)
    folders: dict[str, list[str]] = field(default_factory=dict)
    named: dict[Span, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph, files: Files, drafts: Iterable[Draft]) -> Callers:
        """The callers of what these drafts say."""
        callers = cls(graph, files)
        for draft in drafts:
            if draft.verdict is Verdict.FAIL and graph.calls[draft.index]:
                callers.failed.setdefault(draft.rule.id, set()).add(draft.index)
        if callers.failed:
            for index, calls in enumerate(graph.calls):
                if calls:
                    callers.alike.setdefault(callers._block(index), []).append(index)
        return callers

    def blamed(self, draft: Draft, span: Span) -> Span | None:
        """The place, at a call, of what makes the draft's rule fail at `span` in the called module; None where
        that is in the module itself.
        """
        failed = self.failed.get(draft.rule.id, set())
        if draft.index not in failed:
            return None
        asked = (draft.rule.id, draft.index, span)
        if asked not in self.found:
            call = holder(self.graph.calls[draft.index], self.graph.spans[draft.index], span)
            spared = call is not None and self._spares(draft.rule.id, draft.index, call, span)
            self.found[asked] = self._given(call, span) if call is not None and spared else None
        return self.found[asked]

    def _block(self, index: int) -> _Block:
        """What all instances of one block, or of one part of it, share."""
        name = KEY.sub("", self.graph.addresses[index].name)
        within = KEY.sub("", self.graph.calls[index][-1].address)
        return self.graph.spans[index], name.removeprefix(within + ".")

    def _spares(self, rule: str, index: int, call: Call, span: Span) -> bool:
        """Whether another call leads to the same block, and the rule does not fail there."""
        asked = (rule, self._block(index), span)
        if asked not in self.sound:
            self.sound[asked] = self._sound(*asked)
        roots, headers = self.sound[asked]
        return self.graph.addresses[index].root in roots or len(headers) > (call.span in headers)

    def _sound(self, rule: str, block: _Block, span: Span) -> tuple[set[str], set[Span]]:
        """The roots and the headers of the calls that lead to a block and in which the rule does not fail."""
        calls: dict[_Instance, tuple[Call, bool]] = {}
        for each in self.alike[block]:
            other = holder(self.graph.calls[each], self.graph.spans[each], span)
            if other is not None:
                instance = (self.graph.addresses[each].root, other.address)
                bad = each in self.failed[rule] or calls.get(instance, (other, False))[1]
                calls[instance] = (other, bad)
        good = [(instance[0], other.span) for instance, (other, bad) in calls.items() if not bad]
        return {root for root, _ in good}, {header for _, header in good}

    def _given(self, call: Call, span: Span) -> Span | None:
        """The argument of a call that the text at a place in its module hangs on, and else whether the block is
        there; the call where neither names a variable, or several that it gives; None where the text names only
        such as the call leaves at their defaults."""
        named = self._variables(span)
        given = self._arguments(call.span)
        told = [given[each] for each in named or self._counted(span) if each in given]
        if len(told) == 1 or (told and span.path and self._plain(span)):
            return told[0]
        return None if named and not told else call.span

    def _plain(self, span: Span) -> bool:
        """Whether a text is one line: the first of its variables is then what it says, the others qualify."""
        file = self.files.by_path.get(span.path)
        return file is not None and b"\n" not in file.text[span.start : span.end]

    def _counted(self, span: Span) -> list[str]:
        """The variables that decide how often the block around a place is there."""
        blocks = self._blocks(span.path).values()
        held = next((each for each in blocks if each.start <= span.start < each.end), None)
        written = held.body.attributes if held is not None else {}
        counts = (written[name] for name in ("count", "for_each") if name in written)
        return [each for count in counts for each in self._variables(Span(span.path, count.start, count.end))]

    def _arguments(self, header: Span) -> dict[str, Span]:
        """What a call's block gives, by name."""
        block = self._blocks(header.path).get(header.start)
        written = block.body.attributes if block is not None else {}
        return {name: Span(header.path, each.start, each.end) for name, each in written.items()}

    def _variables(self, span: Span) -> list[str]:
        """The variables that a text names, by itself or by the locals of its module."""
        if span not in self.named:
            self.named[span] = self._followed(span)
        return self.named[span]

    def _followed(self, span: Span) -> list[str]:
        file = self.files.by_path.get(span.path)
        shown = [span, *self._repeated(span)] if file is not None else []
        work = [name for each in shown if file is not None for name in _names(file.text[each.start : each.end])]
        found: dict[str, None] = {}
        seen: set[str] = set()
        while work:
            kind, name = work.pop(0)
            if kind == "var":
                found[name] = None
            elif name not in seen and len(seen) < _MOST_LOCALS:
                seen.add(name)
                work.extend(_names(self._local(span.path, name)))
        return list(found)

    def _repeated(self, span: Span) -> Iterator[Span]:
        """The `for_each` of the dynamic blocks around a place, outermost first: its iterator hands on what they
        are given."""
        held = list(self._blocks(span.path).values())
        while held:
            block = next((each for each in held if each.start <= span.start < each.end), None)
            if block is None:
                return
            given = block.body.attributes.get("for_each") if block.type == "dynamic" else None
            if given is not None:
                yield Span(span.path, given.start, given.end)
            held = block.body.blocks

    def _local(self, path: str, name: str) -> bytes:
        """What a local value of the module says whose file this is."""
        if not self.folders:
            for each in self.files.by_path:
                self.folders.setdefault(each.rpartition("/")[0], []).append(each)
        for other in self.folders[path.rpartition("/")[0]]:
            text = self.files.by_path[other].text
            for block in self._blocks(other).values() if name.encode() in text else ():
                held = block.body.attributes.get(name) if block.type == "locals" else None
                if held is not None:
                    return text[held.start : held.end]
        return b""

    def _blocks(self, path: str) -> dict[int, Block]:
        from scanner.hcl.parse import parse  # noqa: PLC0415 - only where calls differ

        if path not in self.blocks:
            file = self.files.by_path.get(path)
            found = parse(file.text, path)[0].blocks if file is not None and path.endswith(".tf") else []
            self.blocks[path] = {each.start: each for each in found}
        return self.blocks[path]


def _names(text: bytes) -> Iterator[tuple[str, str]]:
    return ((found[1].decode(), found[2].decode()) for found in _NAMED.finditer(text))


def holder(calls: Sequence[Call], block: Span, span: Span) -> Call | None:
    """The module call inside whose code a place stands: that of the block itself, or of one that hands its value
    on; None where it stands in the root.
    """
    if calls and span.path == block.path:
        return calls[-1]
    inner = range(len(calls) - 1, 0, -1)
    return next((calls[each - 1] for each in inner if calls[each].span.path == span.path), None)
