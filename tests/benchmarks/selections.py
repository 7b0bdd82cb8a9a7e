"""checkov's false alarms and false passes on selections, beside ours: python -m tests.benchmarks.selections.

CKV2_AWS_8, _9 and _18 ask that an RDS cluster, EBS volume or EFS file system is in a backup plan. A selection by
tag or by `*` is an edge to nothing, so they alarm; a name in `not_resources` is an edge, so they pass.
`--checkov PATH` names the program; without it only ours is shown, beside the truth.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from scanner.analysis.copies.estate import Estate
from scanner.config import Config
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree

STORES = {
    "CKV2_AWS_8": (
        "aws_rds_cluster",
        'cluster_identifier = "x"\n  engine = "aurora-mysql"\n  tags = { backup = "y" }',
    ),
    "CKV2_AWS_9": ("aws_ebs_volume", 'availability_zone = "eu-central-1a"\n  size = 1\n  tags = { backup = "y" }'),
    "CKV2_AWS_18": ("aws_efs_file_system", 'tags = { backup = "y" }'),
}
PLAN = """
provider "aws" { region = "eu-central-1" }
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = "Default"
  }
}
resource "aws_backup_selection" "s" {
  name         = "s"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::111122223333:role/b"
  %s
}
"""
SELECTIONS = {
    "by tag": ('selection_tag {\n    type  = "STRINGEQUALS"\n    key   = "backup"\n    value = "y"\n  }', True),
    "by *": ('resources = ["*"]', True),
    "by * but not this": ('resources     = ["*"]\n  not_resources = [%s.x.arn]', False),
}


def main() -> int:
    """Print one line per store and selection; 1 where ours is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkov", help="path of checkov's program")
    program = parser.parse_args().checkov
    wrong = theirs_wrong = 0
    print(f"{'store':<22}{'selection':<20}{'in truth':<12}{'layerproof':<12}{'checkov':<12}")
    for check, (type_, body) in STORES.items():
        for name, (selection, truth) in SELECTIONS.items():
            chosen = selection % type_ if "%s" in selection else selection
            text = f'{PLAN % chosen}\nresource "{type_}" "x" {{\n  {body}\n}}\n'
            ours, theirs = saved(text), asked(program, check, text) if program else None
            wrong += ours is not truth
            theirs_wrong += theirs is not None and theirs is not truth
            print(f"{type_:<22}{name:<20}{_word(truth):<12}{_word(ours):<12}{_word(theirs):<12}")
    print(f"wrong: layerproof {wrong}, checkov {theirs_wrong if program else 'not run'}")
    return int(wrong > 0)


def _word(told: bool | None) -> str:
    return "-" if told is None else "saved" if told else "not saved"


def saved(text: str) -> bool:
    """Whether a plan selects the store, by ours."""
    config = Config(complete=("backup",))
    with TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_text(text, "utf-8")
        target = Target(Tree(Path(folder)))
        graph = build(target, read(target), config).graph
    estate = Estate(graph, config)
    return any(estate.plans(index)[0] for index in estate.assets.stores())


def asked(program: str, check: str, text: str) -> bool | None:
    """Whether checkov passes its check; None where it says nothing."""
    with TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_text(text, "utf-8")
        command = [program, "-d", folder, "-c", check, "-o", "json", "--quiet", "--compact", "--skip-download"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=folder)
    found = json.loads(done.stdout or "{}")
    summary = found.get("summary", {}) if isinstance(found, dict) else {}
    if summary.get("failed"):
        return False
    return True if summary.get("passed") or found.get("passed") else None


if __name__ == "__main__":
    sys.exit(main())
