"""What is said of rules and kinds outside a report: Markdown pages, SARIF help, `explain`, indexes.

Everything here is generated from the rule, its fixtures and the vocabulary; nothing is written twice.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scanner.model.catalogue import STATES, Declined, Statement
from scanner.model.kind import Attribute, Kind
from scanner.model.kinds import COMMON, KINDS, RELATIONS
from scanner.model.layer import Layer
from scanner.model.rule import Rule

_MARK = re.compile(r"[ \t]*(?:#|//)[ \t]*expect(?:-unknown)?\b[^\n]*")
_EXAMPLE_LINES = 60
_LANGUAGES = {".tf": "hcl", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml"}


def layers_of(rule: Rule) -> tuple[Layer, ...]:
    """The layers of the kinds that a rule selects, lowest first."""
    found = {KINDS[name].layer for name in rule.selects if name in KINDS}
    return tuple(sorted(found, key=lambda layer: layer.number))


def first_sentence(text: str) -> str:
    """The first sentence of a text, on one line."""
    line = " ".join(text.strip().partition("\n\n")[0].split())
    end = re.search(r"(?<=[^.]{3}[.!?])\s+(?=[A-Z`\"])", line)
    return line[: end.start()] if end else line


def fixture_folder(rule: Rule, fixtures: Path) -> Path:
    """Where a rule's examples lie: `PRINCIPLE/NAME_IN_SNAKE_CASE` under the fixtures."""
    principle, _, name = rule.id.partition("/")
    return fixtures / principle.replace("-", "_") / name.replace("-", "_")


def examples(rule: Rule, fixtures: Path, verdict: str) -> Iterator[tuple[str, str]]:
    """(file name, text without marks) of each file of a rule's `bad`, `good` or `unknown` fixture, by name."""
    folder = fixture_folder(rule, fixtures)
    if not folder.is_dir():  # principles whose folder keeps its dash
        folder = fixtures / rule.id.partition("/")[0] / folder.name
    for path in sorted((folder / verdict).rglob("*")):
        if path.is_file() and path.name != "expect.txt":
            text = path.read_text("utf-8", "replace")
            yield path.relative_to(folder / verdict).as_posix(), without_marks(text)


def without_marks(text: str) -> str:
    """A fixture's text without `# expect` marks; lines that held nothing else go with them."""
    kept = []
    for line in text.splitlines():
        bare = _MARK.sub("", line)
        if bare.strip() or not line.strip():
            kept.append(bare)
    return "\n".join(kept).strip("\n") + "\n"


def help_text(rule: Rule) -> str:
    """What a viewer shows as plain text beside a finding. Never empty."""
    parts = (rule.title, rule.description, f"Fix: {rule.remedy}" if rule.remedy else "")
    return "\n\n".join(part for part in parts if part) or rule.id


def help_markdown(rule: Rule) -> str:
    """What a viewer shows as Markdown beside a finding: why, what to do, which controls ask for it."""
    parts = [f"**{rule.title or rule.id}**"]
    if rule.description:
        parts.append(f"## Why\n\n{rule.description}")
    if rule.remedy:
        parts.append(f"## Fix\n\n{rule.remedy}")
    parts.append(f"## References\n\n{_controls_list(rule.controls)}- `layerproof explain {rule.id}`")
    return "\n\n".join(parts)


def rule_page(rule: Rule, fixtures: Path | None) -> str:
    """The page of a rule in Markdown: what it says, why, what to do, an example of each, the controls."""
    parts = [f"# {rule.title or rule.id}", _facts_table(rule)]
    if rule.description:
        parts.append(rule.description)
    if rule.remedy:
        parts.append(f"## Remedy\n\n{rule.remedy}")
    if fixtures is not None:
        for verdict, heading in (("bad", "What it finds"), ("good", "What it asks for")):
            shown = [_example(name, text) for name, text in examples(rule, fixtures, verdict)]
            if shown:
                parts.append(f"## {heading}\n\n" + "\n\n".join(shown))
    if rule.controls:
        parts.append("## Controls\n\n" + _controls_list(rule.controls).rstrip())
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _facts_table(rule: Rule) -> str:
    rows = [
        ("Id", f"`{rule.id}`"),
        ("Severity", rule.severity.value),
        ("Principle", rule.principle),
        ("Layer", ", ".join(f"{layer.number:g} {layer.value}" for layer in layers_of(rule)) or "-"),
        ("Applies to", ", ".join(f"`{name}`" for name in rule.selects)),
        ("Says", f"{_cell(rule.message)}"),
        ("Written in", {"python": "Python", "rego": "Rego"}[rule.language]),
    ]
    if rule.reads:
        rows.append(("Reads", ", ".join(f"`{name}`" for name in rule.reads)))
    return "\n".join(("| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _example(name: str, text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    shown = lines[:_EXAMPLE_LINES]
    if len(lines) > len(shown):
        shown.append(f"# ... {len(lines) - len(shown)} more lines")
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    language = _LANGUAGES.get(Path(name).suffix, "")
    return "\n".join((f"`{name}`", "", fence + language, *shown, fence))


def _controls_list(controls: Mapping[str, tuple[str, ...]]) -> str:
    rows = ((name, ", ".join(f"`{each}`" for each in ids)) for name, ids in sorted(controls.items()))
    return "".join(f"- {name}: {ids}\n" for name, ids in rows)


def _folder(rule: Rule) -> str:
    return fixture_folder(rule, Path()).as_posix()


def index(rules: Iterable[Rule]) -> str:
    """The list of rules in Markdown, a table per principle, linking to the pages beside the fixtures."""
    grouped: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        grouped.setdefault(rule.principle, []).append(rule)
    parts = ["# Rules"]
    for principle, members in sorted(grouped.items()):
        rows = [
            f"| [`{rule.id}`](../fixtures/{_folder(rule)}/README.md) | {rule.severity.value} "
            f"| {', '.join(layer.value for layer in layers_of(rule))} | {_cell(rule.title)} |"
            for rule in members
        ]
        head = ("| Rule | Severity | Layer | What it finds |", "| --- | --- | --- | --- |")
        parts.append("\n".join((f"## {principle}", "", *head, *rows)))
    return "\n\n".join(parts) + "\n"


_CATALOGUE = (
    "The checkable statements of the reference model, and the rules that decide them. A covered statement has a"
    " rule for all of it that evidence can decide, and says what lies beyond evidence; one in part has rules for"
    " some of it, an open one has none. A comparison is answered by a command, and a declined statement says why"
    " nothing decides it. What only a person can attest is unknown until `[[attestation]]` of `layerproof.toml`"
    " gives it, with a name, a date and an end."
)


def catalogue_page(statements: Iterable[Statement], rules: Iterable[Rule]) -> str:
    """The statements of the reference model in Markdown: layer, rules, verdicts and planes of each, and which are
    for a person to attest or decided by no rule yet."""
    covering: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        for each in rule.controls.get("catalogue", ()):
            covering.setdefault(each, []).append(rule)
    rows, counts = [], Counter[str]()
    for statement in statements:
        found = covering.get(statement.id, [])
        state = statement.state(covered=bool(found))
        counts[state] += 1
        shown = "<br>".join(f"[`{rule.id}`](../fixtures/{_folder(rule)}/README.md)" for rule in found)
        if statement.remains and state != "open":
            shown += f"{'<br>' if shown else ''}not yet: {_cell(statement.remains)}"
        if statement.beyond:
            shown += f"{'<br>' if shown else ''}beyond evidence: {_cell(statement.beyond)}"
        if state == "command":
            shown = f"`{statement.by}`"
        elif state == "declined":
            shown = _cell(statement.declined)
        rows.append(
            f"| {statement.row} | {statement.id} | {', '.join(statement.layers)} | {_cell(statement.says)} "
            f"| {state} | {shown} | {', '.join(statement.verdicts)} | {', '.join(statement.planes) or '-'} |"
        )
    told = ", ".join(f"{counts[state]} {state}" for state in STATES)
    head = (
        "| Row | Id | Layer or tenet | Statement | State | Rules | Verdicts | Planes |",
        "| ---: | --- | --- | --- | --- | --- | --- | --- |",
    )
    intro = f"{_CATALOGUE} {len(rows)} statements: {told}."
    return "\n\n".join(("# Catalogue", intro, "\n".join((*head, *rows)))) + "\n"


_DECLINED = "What other scanners report of the same input and we do not; `layerproof explain ID` says the same."
_DIFFERS = (
    "Checks that ask what a rule of ours asks, and where we judge otherwise on purpose."
    " `tests/benchmarks/recall.py` compares by place what peers and we say of a tree."
)


def declined_page(entries: Iterable[Declined], differing: Iterable[Declined] = ()) -> str:
    """What other scanners report and we do not, and where we judge otherwise, with the reasons, in Markdown."""
    parts = ["# Declined", _DECLINED, _peers_table("Why not by us", entries)]
    if rows := list(differing):
        parts += ["## Judged otherwise", _DIFFERS, _peers_table("Why", rows)]
    return "\n\n".join(parts) + "\n"


def _peers_table(reason: str, entries: Iterable[Declined]) -> str:
    rows = []
    for each in entries:
        ids = "<br>".join(f"{tool}: {', '.join(names)}" for tool, names in sorted(each.checks.items()))
        rows.append(f"| {_cell(each.says)} | {ids} | {_cell(each.reason)} |")
    return "\n".join((f"| What is said | By | {reason} |", "| --- | --- | --- |", *rows))


def kinds_page() -> str:
    """The reference of kinds in Markdown: by layer, what can be asked of each and how kinds relate."""
    parts = [
        "# Kinds",
        (
            "What a rule can read. An attribute that cannot be told is named in `$unknown`; `null` means"
            ' "has none" or "does not apply".'
        ),
        "## Every kind\n\n" + _attributes_table(COMMON),
    ]
    for layer in Layer:
        members = sorted((kind for kind in KINDS.values() if kind.layer is layer), key=lambda kind: kind.name)
        parts.append(f"## {layer.number:g} {layer.value}")
        parts.extend(_kind_section(kind) for kind in members)
    rows = (f"| `{each.name}` | {_cell(each.doc)} |" for each in RELATIONS.values())
    parts.append("\n".join(("## Relations", "", "| Relation | Meaning |", "| --- | --- |", *rows)))
    return "\n\n".join(parts) + "\n"


def _kind_section(kind: Kind) -> str:
    lines = [f"### {kind.name}", "", kind.doc]
    if kind.attributes:
        lines += ["", _attributes_table(kind.attributes)]
    if kind.relations:
        lines += ["", "Relations: " + ", ".join(f"`{name}`" for name in kind.relations)]
    return "\n".join(lines)


def _attributes_table(attributes: Iterable[Attribute]) -> str:
    rows = (f"| `{each.name}` | {each.form} | {_cell(each.doc)} |" for each in attributes)
    return "\n".join(("| Attribute | Form | Meaning |", "| --- | --- | --- |", *rows))


def explain(rule: Rule, fixtures: Path | None, *, width: int = 100) -> str:
    """A rule for the terminal: plain text of at most `width` cells, examples as they stand."""
    layers = ", ".join(layer.value for layer in layers_of(rule)) or "-"
    applies = f"principle {rule.principle}; layer {layers}; applies to {', '.join(rule.selects)}"
    parts = [
        f"{rule.id} ({rule.severity.value})",
        textwrap.fill(rule.title, width),
        _wrapped(applies, width),
        _wrapped(rule.description, width),
    ]
    if rule.remedy:
        parts.append("Remedy\n" + _wrapped(rule.remedy, width, "  "))
    if fixtures is not None:
        for verdict, heading in (("bad", "Bad"), ("good", "Good")):
            for name, text in examples(rule, fixtures, verdict):
                parts.append(f"{heading}: {name}\n" + textwrap.indent(text.rstrip("\n"), "    "))
    if rule.controls:
        listed = (f"{name}: {', '.join(ids)}" for name, ids in sorted(rule.controls.items()))
        parts.append("\n".join(("Controls", *(_wrapped(each, width, "  ") for each in listed))))
    return "\n\n".join(part for part in parts if part) + "\n"


def _wrapped(text: str, width: int, indent: str = "") -> str:
    """Paragraphs filled to the width; lists and code, which begin with a sign or blanks, keep their lines."""
    filled = []
    for paragraph in text.split("\n\n"):
        if re.search(r"^(\s|[-*`|]|\d+\.)", paragraph, re.MULTILINE):
            filled.append(textwrap.indent(paragraph, indent))
        else:
            filled.append(
                textwrap.fill(
                    " ".join(paragraph.split()),
                    width,
                    initial_indent=indent,
                    subsequent_indent=indent,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
    return "\n\n".join(filled)
