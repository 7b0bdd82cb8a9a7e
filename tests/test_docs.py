"""What is said of rules and kinds."""

import pytest

from scanner import docs
from scanner.bundle import bundled
from scanner.engine.discover import discover
from scanner.model.finding import Severity
from scanner.model.kinds import KINDS, RELATIONS
from scanner.model.rule import Rule

RULE = Rule(
    id="least-privilege/role-too-wide",
    title="Role that may do everything",
    severity=Severity.HIGH,
    selects=("role", "object_store"),
    message="{node} may do | everything",
    description="Whoever is the role, is the account.\n\nMore of it, at length.",
    remedy="Name the actions, e.g. `s3:GetObject`. Then test it.",
    reads=("managed_policies",),
    controls={"nist-800-53": ("AC-6", "AC-3"), "checkov": ("CKV_AWS_1",)},
    package="layerproof.least_privilege.role_too_wide",
)


@pytest.fixture
def fixtures(tmp_path):
    bad = tmp_path / "least_privilege" / "role_too_wide" / "bad"
    good = bad.parent / "good"
    (bad / "module").mkdir(parents=True)
    good.mkdir()
    header = 'resource "aws_iam_role" "r" { # expect\n'
    bad.joinpath("main.tf").write_text(header + '  name = "r"\n}\n# expect-unknown\n')
    bad.joinpath("module", "x.yaml").write_text("kind: Pod # expect\n")
    bad.joinpath("expect.txt").write_text("x.json:1\n")
    good.joinpath("main.tf").write_text("# ````\n" + "x = 1\n" * 100)
    return tmp_path


def test_a_page_says_everything_once(fixtures):
    assert docs.rule_page(RULE, fixtures).startswith(
        "# Role that may do everything\n"
        "\n"
        "| | |\n"
        "| --- | --- |\n"
        "| Id | `least-privilege/role-too-wide` |\n"
        "| Severity | high |\n"
        "| Principle | least-privilege |\n"
        "| Layer | 2 permissions, 4 storage |\n"
        "| Applies to | `role`, `object_store` |\n"
        "| Says | {node} may do \\| everything |\n"
        "| Written in | Rego |\n"
        "| Reads | `managed_policies` |\n"
        "\n"
        "Whoever is the role, is the account.\n"
        "\n"
        "More of it, at length.\n"
        "\n"
        "## Remedy\n"
        "\n"
        "Name the actions, e.g. `s3:GetObject`. Then test it.\n"
        "\n"
        "## What it finds\n"
        "\n"
        "`main.tf`\n"
        "\n"
        "```hcl\n"
        'resource "aws_iam_role" "r" {\n'
        '  name = "r"\n'
        "}\n"
        "```\n"
        "\n"
        "`module/x.yaml`\n"
        "\n"
        "```yaml\n"
        "kind: Pod\n"
        "```\n"
        "\n"
        "## What it asks for\n"
        "\n"
        "`main.tf`\n"
        "\n"
        "`````hcl\n"
        "# ````\n"
    )


def test_marks_are_no_part_of_an_example(fixtures):
    page = docs.rule_page(RULE, fixtures)

    assert "expect" not in page
    assert "# ... 41 more lines\n`````" in page
    assert page.endswith("## Controls\n\n- checkov: `CKV_AWS_1`\n- nist-800-53: `AC-6`, `AC-3`\n")


def test_a_page_without_fixtures_has_no_examples(tmp_path):
    assert "## What it finds" not in docs.rule_page(RULE, tmp_path)
    assert "## What it finds" not in docs.rule_page(RULE, None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("Use e.g. this one. Then that.", "Use e.g. this one."),
        ("Version 1.2 is old\nand weak. Go on.", "Version 1.2 is old and weak."),
        ("No stop", "No stop"),
        ("Ask why? `x` does.", "Ask why?"),
        ("A title\n\nA paragraph. Two.", "A title"),
        ("", ""),
    ],
)
def test_first_sentences(text, sentence):
    assert docs.first_sentence(text) == sentence


def test_help_is_never_empty():
    bare = Rule("backup/x", "", Severity.LOW, ("volume",), "m")

    assert docs.help_text(bare) == "backup/x"
    assert "layerproof explain backup/x" in docs.help_markdown(bare)
    assert docs.help_text(RULE).endswith("Fix: Name the actions, e.g. `s3:GetObject`. Then test it.")
    assert "## Why\n\nWhoever is the role" in docs.help_markdown(RULE)


def test_the_index_lists_rules_by_principle():
    other = Rule("backup/x", "X | y", Severity.LOW, ("volume",), "m")
    page = docs.index([RULE, other])

    assert page.index("## backup") < page.index("## least-privilege")
    assert "| [`backup/x`](../fixtures/backup/x/README.md) | low | storage | X \\| y |" in page


def test_the_reference_names_every_kind_attribute_and_relation():
    page = docs.kinds_page()

    for kind in KINDS.values():
        assert f"\n### {kind.name}\n" in page
        for attribute in kind.attributes:
            assert f"| `{attribute.name}` | {attribute.form} |" in page
    for relation in RELATIONS:
        assert f"| `{relation}` |" in page


def test_explain_fits_the_terminal(fixtures):
    told = docs.explain(RULE, fixtures, width=60)

    assert told.startswith("least-privilege/role-too-wide (high)\n\nRole that may do everything\n")
    assert 'Bad: main.tf\n    resource "aws_iam_role" "r" {\n' in told
    assert "Remedy\n  Name the actions, e.g. `s3:GetObject`. Then test it.\n" in told
    assert max(map(len, told.splitlines())) <= 60


def test_lists_in_a_description_keep_their_lines():
    rule = Rule("a/b", "T", Severity.LOW, ("volume",), "m", description="Before.\n\n- one\n- two\n\nAfter it all.")

    assert "Before.\n\n- one\n- two\n\nAfter it all.\n" in docs.explain(rule, None)


def test_our_rules_have_pages():
    rules, _ = discover([bundled("rules")], [bundled("policies")])

    assert rules
    for rule in rules:
        page = docs.rule_page(rule, bundled("fixtures"))
        assert page.startswith(f"# {rule.title}\n")
        assert docs.layers_of(rule)
        assert docs.first_sentence(rule.remedy)
