"""What is read of a rule without running its file is what running it gives."""

from dataclasses import fields
from pathlib import Path

import pytest

from scanner.bundle import bundled
from scanner.engine.discover import RuleFile, discover
from scanner.engine.sketch import sketch

RULES = sorted(bundled("rules").glob("*/*.py"))
TEXT = """\"\"\"Title.\"\"\"

@rule(
    severity=Severity.LOW,
    selects=%s,
    message="{node}",
)
def check(node: Node) -> Iterator[Match]:
    \"\"\"Why.

    ## Remedy
    What.
    \"\"\"
"""


def never() -> None:
    raise AssertionError("loaded before it was asked")


@pytest.mark.parametrize("path", RULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sketch_is_what_the_file_gives(path: Path) -> None:
    from scanner.engine import discover as engine

    identifier = f"{path.parent.name}/{path.stem}".replace("_", "-")
    text = path.read_text("utf-8")
    whole = engine._run_python(RuleFile(identifier, path, path.name), text, ours=True)
    told = sketch(identifier, path, text, lambda: whole)
    if told is not None:
        names = [each.name for each in fields(whole) if each.name != "check"]
        assert {name: getattr(told, name) for name in names} == {name: getattr(whole, name) for name in names}


def test_nearly_every_rule_of_ours_has_the_form() -> None:
    told = [sketch(path.stem, path, path.read_text("utf-8"), never) for path in RULES]
    assert sum(each is None for each in told) <= len(RULES) // 20


@pytest.mark.parametrize(("selects", "expected"), [('"volume"', ("volume",)), ("_KINDS", None)])
def test_an_argument_that_the_file_computes_is_left_to_it(selects: str, expected: tuple[str, ...] | None) -> None:
    told = sketch("a/b", Path("b.py"), TEXT % selects, never)
    assert (told and told.selects) == expected
    assert told is None or (told.title, told.description, told.remedy) == ("Title.", "Why.", "What.")


def test_rules_of_others_are_run_at_once(tmp_path: Path) -> None:
    (tmp_path / "hygiene").mkdir()
    (tmp_path / "hygiene" / "broken.py").write_text(TEXT % '"volume"')  # imports nothing: it cannot run
    rules, faults = discover([tmp_path], [], ours=False)
    assert rules == []
    assert len(faults) == 1
