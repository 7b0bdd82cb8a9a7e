"""The report for people: each finding with its lines, its path and what to do; then what could not be told,
what went wrong, and the counts.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from scanner.docs import first_sentence
from scanner.model.counted import counted
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import Finding, Severity, Step, Verdict
from scanner.model.location import Location
from scanner.model.report import Report
from scanner.model.rule import Rule
from scanner.report import compliance
from scanner.report.escape import terminal, unicode_text
from scanner.report.options import RenderOptions
from scanner.report.posture import text_lines
from scanner.report.snippet import gutter, snippet
from scanner.report.style import Style, cells, fill
from scanner.report.summary import diagnostic_location, ordered_diagnostics, parted, rules_of, split
from scanner.report.text_summary import summary_lines, unknown_lines

_LONGEST = 600  # characters of a name or message that are shown
_MOST_STEPS = 12
_MOST_INSTANCES = 4
_MOST_REMARKS = 10
_MOST_ALIKE = 3  # findings for information of one rule that are shown one by one


def render(report: Report, options: RenderOptions) -> bytes:
    return write(report, options).encode()


def write(report: Report, options: RenderOptions) -> str:
    return "".join(f"{line}\n" for line in lines(report, options))


def lines(report: Report, options: RenderOptions) -> Iterator[str]:
    """The report line by line, without line breaks."""
    page = _Page(report, options)
    found = split(report)
    shown, folded = (found.fails, []) if options.verbose else _folded(found.fails)
    for finding in (*shown, *(found.unknowns if options.show_unknown else ())):
        yield from page.finding(finding)
        yield ""
    yield from page.alike(folded)
    yield from page.diagnostics()
    if found.unknowns and not options.show_unknown:
        yield from unknown_lines(found.unknowns, page.style, page.width)
        yield ""
    if report.posture is not None:
        yield from text_lines(report.posture)
        yield ""
    yield from compliance.text_lines(report.compliance)
    yield from summary_lines(report, found, page.style, page.width, statistics=options.statistics)


def one(report: Report, finding: Finding, options: RenderOptions) -> Iterator[str]:
    """One finding of a report line by line, every step of its path shown."""
    page = _Page(report, options)
    page.most_steps = len(finding.path)
    yield from page.finding(finding)
    yield ""


def _folded(fails: Sequence[Finding]) -> tuple[list[Finding], list[list[Finding]]]:
    """What is shown one by one, and what is for information and said so often by one rule that it is counted."""
    groups: dict[str, list[Finding]] = {}
    for finding in fails:
        if finding.severity is Severity.INFO:
            groups.setdefault(finding.rule, []).append(finding)
    many = {rule: group for rule, group in groups.items() if len(group) > _MOST_ALIKE}
    shown = [each for each in fails if each.severity is not Severity.INFO or each.rule not in many]
    return shown, list(many.values())


def _safe(text: str) -> str:
    """Text of the input as it may be printed on one line, not endless."""
    shown = terminal(unicode_text(text))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _place(location: Location) -> str:
    return f"{_safe(location.path)}:{location.line}:{location.column}"


class _Page:
    """One report on one terminal."""

    def __init__(self, report: Report, options: RenderOptions) -> None:
        self.report = report
        self.rules = rules_of(report)
        self.style = Style(on=options.color)
        self.width = max(options.width, 40)
        self.verbose = options.verbose
        self.most_steps = _MOST_STEPS

    # findings

    def finding(self, finding: Finding) -> Iterator[str]:
        unknown = finding.verdict is Verdict.UNKNOWN
        severity = finding.severity.value
        head = f"{'unknown ' if unknown else ''}{severity}[{_safe(finding.rule)}]"
        yield from self._headline(head, "dim" if unknown else severity, _safe(finding.message))
        room = yield from self._source(finding.location, "note" if unknown else severity)
        yield from self._notes(finding, self.rules.get(finding.rule), room)

    def alike(self, groups: Sequence[Sequence[Finding]]) -> Iterator[str]:
        """A headline for each rule whose findings for information are counted, with the first place."""
        for group in groups:
            rule = self.rules.get(group[0].rule)
            told = f"{_safe(rule.title if rule else group[0].message)}: {len(group)} times"
            yield from self._headline(f"info[{_safe(group[0].rule)}]", "info", told)
            first = next((each.location for each in group if each.location), None)
            if first is not None:
                yield f" {self.style.paint('-->', 'gutter')} first at {_place(first)}"
        if groups:
            yield self.style.paint("these are for information; --verbose shows each", "dim")
            yield ""

    def _headline(self, head: str, level: str, message: str) -> Iterator[str]:
        filled = list(fill(message or "(no message)", self.width, 4, cells(head) + 2)) or ["(no message)"]
        yield f"{self.style.paint(head, level)}: {self.style.paint(filled[0], 'bold')}"
        for line in filled[1:]:
            yield self.style.paint(line, "bold")

    def _source(self, location: Location | None, level: str) -> Generator[str, None, int]:
        """The arrow and the snippet; returns the cells before the bar."""
        if location is None:
            return 1
        file = self.report.files.by_path.get(location.path)
        room = gutter(location, file)
        yield f"{' ' * room}{self.style.paint('-->', 'gutter')} {_place(location)}"
        if file is not None:
            yield from snippet(location, file, level, self.style, self.width)
        return room

    def _notes(self, finding: Finding, rule: Rule | None, room: int) -> Iterator[str]:
        if finding.verdict is Verdict.UNKNOWN:
            yield from self._note(room, "because", _safe(finding.reason or "reason not given"))
        yield from self._path(finding.path, room)
        others = [each for each in finding.instances if each != finding.node]
        if others:
            named = ", ".join(_safe(each) for each in others[:_MOST_INSTANCES])
            more = len(others) - _MOST_INSTANCES
            yield from self._note(room, "also", named + (f" and {more} more" if more > 0 else ""))
        for assumption in finding.assumptions:
            yield from self._note(room, "assuming", _safe(assumption))
        if finding.cut:
            yield from self._note(room, "cut", _safe(finding.cut))
        remedy = first_sentence(rule.remedy) if rule else ""
        if remedy:
            yield from self._note(room, "help", _safe(remedy))
        if rule and (rule.description or rule.remedy):
            yield from self._note(room, "more", f"layerproof explain {_safe(finding.rule)}")

    def _path(self, path: tuple[Step, ...], room: int) -> Iterator[str]:
        """One line per module call and per station: what is to be seen, then where."""
        calls, stations = parted(path)
        for step in calls:
            place = f", called at {_place(step.location)}" if step.location else ""
            yield from self._note(room, "in", _safe(step.node.rpartition("#")[2]) + place)
        shown = [step for step in stations if step.note or step.location]
        for number, step in enumerate(shown[: self.most_steps], 1):
            name = _safe(step.node.rpartition("#")[2] or step.node)
            said = f"{name}: {_safe(step.note)}" if step.note else name
            arrow = f"{_safe(step.relation).replace('_', ' ')} " if step.relation and number > 1 else ""
            place = f" ({_place(step.location)})" if step.location else ""
            label = f"{number}." if len(shown) > 1 else "note"
            yield from self._note(room, label, arrow + said + place)
        if len(shown) > self.most_steps:
            yield from self._note(room, "...", f"{len(shown) - self.most_steps} more steps")

    def _note(self, room: int, label: str, text: str) -> Iterator[str]:
        lead = f"{' ' * (room + 1)}{self.style.paint('=', 'gutter')} {self.style.paint(label, 'bold')}"
        colon = " " if label.endswith(".") else ": "
        start = room + 3 + cells(label) + len(colon)
        filled = list(fill(text, self.width, start, start)) or [""]
        yield f"{lead}{colon}{filled[0]}".rstrip()
        yield from filled[1:]

    # diagnostics

    def diagnostics(self) -> Iterator[str]:
        """Errors in full; of warnings the first ten, of notes none, unless all are asked for."""
        counts = {Level.ERROR: len(self.report.diagnostics), Level.WARNING: _MOST_REMARKS, Level.NOTE: 0}
        left = dict.fromkeys(Level, 0)
        for diagnostic in ordered_diagnostics(self.report):
            if counts[diagnostic.level] or self.verbose:
                counts[diagnostic.level] -= 1
                yield from self._diagnostic(diagnostic)
                yield ""
            else:
                left[diagnostic.level] += 1
        told = [counted(count, f"more {level.value}") for level, count in left.items() if count]
        if told:
            yield self.style.paint(f"{' and '.join(told)} not shown (--verbose shows them)", "dim")
            yield ""

    def _diagnostic(self, diagnostic: Diagnostic) -> Iterator[str]:
        level = diagnostic.level.value
        yield from self._headline(f"{level}[{_safe(diagnostic.code)}]", level, _safe(diagnostic.summary))
        where = diagnostic_location(self.report, diagnostic)
        room = yield from self._source(where, level)
        if diagnostic.remedy:
            yield from self._note(room, "help", _safe(diagnostic.remedy))
