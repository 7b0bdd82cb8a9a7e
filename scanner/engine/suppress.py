"""Ignores: comments in the text, annotations on objects, entries of the configuration (DESIGN section 4).

An ignore counts only with a reason and until its date. What it covers is judged per node, before instances
are merged, so that one comment covers all instances of its block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from scanner.engine.callers import Callers
from scanner.engine.draft import Draft
from scanner.engine.findings import place
from scanner.graph.columns import Graph
from scanner.model.address import Address
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import Finding
from scanner.model.location import SourceFile, Span
from scanner.model.report import Files
from scanner.model.settings import IgnoreEntry

_MARK = b"layerproof:ignore"
_IGNORE = re.compile(r"(?P<lead>.*?)(?:#|//)[^\n]*?layerproof:ignore(?:\[(?P<ids>[^\]]*)\])?(?P<rest>.*)")
_COMMENT = re.compile(r"\s*(?:#|//)")
_REASON = re.compile(r'reason="((?:[^"\\]|\\.)*)"')
_UNTIL = re.compile(r"\buntil=(\S+)")
_ANNOTATED_UNTIL = re.compile(r";\s*until=(\S+)\s*$")
# The header of a block at the top of an HCL file.
_HEADER = re.compile(r"[A-Za-z_][\w-]*(?:\s+(?:\"[^\"]*\"|[\w-]+))*\s*\{")


@dataclass(eq=False, slots=True)
class Ignore:
    """One ignore of one rule; `in_source` in the scanned text, else the configuration; `used` once it covers
    something."""

    rule: str
    reason: str
    until: str
    span: Span | None
    in_source: bool = True
    used: bool = False

    def counts(self, today: date) -> bool:
        end = _date(self.until)
        return bool(self.reason) and (not self.until or (end is not None and end >= today))


@dataclass(slots=True)
class Ignores:
    """All ignores of a run, by how they find what they cover."""

    graph: Graph
    files: Files
    lines: dict[tuple[str, int], list[Ignore]] = field(default_factory=dict)
    nodes: dict[int, list[Ignore]] = field(default_factory=dict)
    globs: list[tuple[re.Pattern[str], Ignore]] = field(default_factory=list)
    every: list[Ignore] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    callers: Callers | None = None

    @classmethod
    def read(
        cls, graph: Graph, files: Files, entries: Sequence[IgnoreEntry] = (), *, inline: bool = True
    ) -> Ignores:
        """Collect the ignores of the files, the objects and the configuration."""
        ignores = cls(graph, files)
        if inline:
            for path in sorted(files.by_path):
                if _MARK in files.by_path[path].text and not path.endswith(".json"):
                    ignores._read_comments(files.by_path[path])
            ignores._read_annotations()
        for entry in entries:
            ignore = Ignore(entry.rule, entry.reason.strip(), entry.until, entry.span, in_source=False)
            ignores.globs.append((_glob(entry.address), ignore))
            ignores.every.append(ignore)
        return ignores

    def part(self, drafts: Iterable[Draft], today: date) -> tuple[list[Draft], list[tuple[Draft, Ignore]]]:
        """Drafts that stand, and those that are ignored, each with the ignore that counts."""
        standing: list[Draft] = []
        ignored: list[tuple[Draft, Ignore]] = []
        if not self.every:
            return list(drafts), ignored
        for draft in drafts:
            covering = None
            for ignore in self._covering(draft):
                ignore.used = True
                if covering is None and ignore.counts(today):
                    covering = ignore
            if covering is None:
                standing.append(draft)
            else:
                ignored.append((draft, covering))
        return standing, ignored

    def remarks(
        self, ran: frozenset[str], known: frozenset[str], unloaded: Sequence[str], today: date
    ) -> list[Diagnostic]:
        """What is wrong with the ignores: no reason, past their date, of no rule, of no use."""
        loose = [_glob(each) for each in unloaded]
        told = list(self.faults)
        for ignore in self.every:
            told.extend(_remark(ignore, ran, known, loose, today))
        return told

    def of_peer(self, finding: Finding, today: date) -> Ignore | None:
        """The ignore that counts for a peer's finding: by its line, its block, its node or its address."""
        address = Address.parse(finding.node)
        index = self.graph.find(address)
        found = [ignore for pattern, ignore in self.globs if _matches(pattern, address)]
        if index is not None:
            found.extend(self.nodes.get(index, ()))
        file = self.files.by_path.get(finding.location.path) if finding.location else None
        if file is not None and finding.location is not None:
            lines = (finding.location.line, _header(file, finding.location.line))
            found.extend(ignore for line in lines for ignore in self.lines.get((file.path, line), ()))
        for ignore in found:
            if ignore.rule == finding.rule and ignore.counts(today):
                ignore.used = True
                return ignore
        return None

    # what covers a draft

    def _covering(self, draft: Draft) -> Iterator[Ignore]:
        rule, index = draft.rule.id, draft.index
        for ignore in self._at(draft):
            if ignore.rule == rule:
                yield ignore
        for ignore in self.nodes.get(index, ()):
            if ignore.rule == rule:
                yield ignore
        if self.globs:
            address = self.graph.addresses[index]
            for pattern, ignore in self.globs:
                if ignore.rule == rule and _matches(pattern, address):
                    yield ignore

    def _at(self, draft: Draft) -> Iterator[Ignore]:
        """Ignores on the draft's line, or on the first line of a block that it stands in."""
        if not self.lines:
            return
        span = place(self.graph, draft.index, draft.attributes[0] if draft.attributes else "")
        header = self.graph.spans[draft.index]
        lines = [*self._around(span, header), *self._around(header, header)]
        blamed = self.callers.blamed(draft, span) if self.callers is not None and span is not None else None
        lines.extend(self._around(blamed, blamed or header))
        for index in self._objects(draft.index):
            lines.extend((*self._around(self.graph.spans[index], header), *self._first(self.graph.bodies[index])))
        for line in dict.fromkeys(lines):
            yield from self.lines.get(line, ())

    def _objects(self, index: int) -> Iterator[int]:
        """The node, and the manifest that a container stands in."""
        yield index
        if self.graph.addresses[index].scheme == "k8s":
            yield from self.graph.sources("contains", index)

    def _around(self, span: Span | None, header: Span) -> Iterator[tuple[str, int]]:
        """The line of a span and the lines above that open a block around it, up to its node's or resource's."""
        file = self._file(span)
        if file is None or span is None:
            return
        line = file.locate(span.start, span.end).line
        yield file.path, line
        top = _header(file, line)
        if not top and header.path == span.path:
            top = file.locate(header.start, header.end).line
        if top:
            yield from ((file.path, each) for each in _openers(file, line, top))
            yield file.path, top

    def _first(self, body: Span | None) -> Iterator[tuple[str, int]]:
        """The first line of a manifest, and the first of its content: a comment may stand on either side of
        the `---`."""
        file = self._file(body)
        if file is None or body is None:
            return
        line = file.locate(body.start, body.end).line
        yield file.path, line
        while line < file.lines and (file.line(line).startswith("---") or not file.line(line).strip()):
            line += 1
        yield file.path, _below(file, line)

    def _file(self, span: Span | None) -> SourceFile | None:
        """The file of a span, where it holds an ignore at all."""
        file = self.files.by_path.get(span.path) if span is not None else None
        return file if file is not None and _MARK in file.text else None

    # reading

    def _read_comments(self, file: SourceFile) -> None:
        """Each comment covers its own line, or, standing alone, the first line below that is no comment."""
        at = file.text.find(_MARK)
        done = 0
        while at >= 0:
            number = file.locate(at, at).line
            if number > done:
                done = number
                self._read_comment(file, number, at)
            at = file.text.find(_MARK, at + 1)

    def _read_comment(self, file: SourceFile, number: int, at: int) -> None:
        found = _IGNORE.match(file.line(number))
        if found is None:
            return
        span = Span(file.path, at, at + len(_MARK))
        ids = [each.strip() for each in (found["ids"] or "").split(",") if each.strip()]
        if not ids:
            said = "an ignore names its rules: layerproof:ignore[rule-id]"
            self.faults.append(Diagnostic(Level.ERROR, "ignore-form", said, span))
        reason = _REASON.search(found["rest"])
        until = _UNTIL.search(found["rest"].replace(reason[0], "") if reason else found["rest"])
        line = number if found["lead"].strip() else _below(file, number)
        for identifier in ids:
            text = re.sub(r"\\(.)", r"\1", reason[1]).strip() if reason else ""
            ignore = Ignore(identifier, text, until[1] if until else "", span)
            self.lines.setdefault((file.path, line), []).append(ignore)
            self.every.append(ignore)

    def _read_annotations(self) -> None:
        """Annotations of an object cover its node, and what the node contains."""
        for index, by_rule in sorted(self.graph.ignores.items()):
            for rule, (text, span) in sorted(by_rule.items()):
                until = _ANNOTATED_UNTIL.search(text)
                reason = text[: until.start()] if until else text
                ignore = Ignore(rule, reason.strip().rstrip(";").strip(), until[1] if until else "", span)
                self.every.append(ignore)
                for node in (index, *self.graph.targets("contains", index)):
                    self.nodes.setdefault(node, []).append(ignore)


def _remark(
    ignore: Ignore, ran: frozenset[str], known: frozenset[str], loose: Sequence[re.Pattern[str]], today: date
) -> Iterator[Diagnostic]:
    """What is to be said of one ignore: at most one thing."""
    name, span = ignore.rule, ignore.span
    end = _date(ignore.until)
    error, warning = Level.ERROR, Level.WARNING
    if name not in known and not any(each.fullmatch(name) for each in loose):
        remedy = "`layerproof rules list` has the ids"
        yield Diagnostic(error, "ignore-unknown-rule", f"no rule {name} to ignore", span, remedy)
    elif not ignore.reason:
        yield Diagnostic(error, "ignore-reason", f"ignoring {name} needs a reason", span, 'add reason="..."')
    elif ignore.until and end is None:
        said = f"until={ignore.until} of {name} is no date"
        yield Diagnostic(error, "ignore-until", said, span, "write until=YYYY-MM-DD")
    elif end is not None and end < today:
        said = f"ignoring {name} ended on {ignore.until}"
        yield Diagnostic(warning, "ignore-expired", said, span, "fix it or renew the date")
    elif not ignore.used and name in ran:
        yield Diagnostic(warning, "ignore-unused", f"nothing to ignore of {name}", span, "remove it")


def _matches(pattern: re.Pattern[str], address: Address) -> bool:
    return bool(pattern.fullmatch(str(address)) or pattern.fullmatch(address.name))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _below(file: SourceFile, number: int) -> int:
    """The first line after this one that is no comment: what comments that stand alone are about."""
    while _COMMENT.match(file.line(number)):
        number += 1
    return number


def _header(file: SourceFile, number: int) -> int:
    """The line of the top-level HCL block that a line stands in; 0 where there is none."""
    if not file.path.endswith((".tf", ".tofu", ".hcl")):
        return 0
    while number > 0:
        text = file.line(number)
        if _HEADER.match(text):
            return number
        if text.startswith("}"):
            return 0
        number -= 1
    return 0


def _openers(file: SourceFile, number: int, top: int) -> Iterator[int]:
    """Lines between `top` and a line that are indented less than all that follows: what opens its blocks."""
    depth = _indent(file.line(number))
    for above in range(number - 1, top, -1):
        text = file.line(above)
        if text.strip() and not _COMMENT.match(text) and _indent(text) < depth:
            depth = _indent(text)
            yield above


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _glob(text: str) -> re.Pattern[str]:
    """A glob in which only `*` and `?` are special: addresses hold brackets."""
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
