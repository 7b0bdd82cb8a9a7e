"""AWS's own samples for CheckNoNewAccess: reference policies with candidates that pass or fail.

`LAYERPROOF_AWS_SAMPLES` names a checkout of github.com/aws-samples/iam-access-analyzer-custom-policy-check-samples
(MIT-0). Two placeholders for account ids are filled in; one sample is left out: the network ACL that candidate 3
of ec2-network-acl.md names (acl-123456) is not the one that its reference protects.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from scanner.analysis.access.algebra import difference
from scanner.analysis.access.documents import read

SAMPLES = os.environ.get("LAYERPROOF_AWS_SAMPLES", "")
_PART = re.compile(r"^(#+[^\n]*)$|```json[ \t]*\r?\n(.*?)```", re.DOTALL | re.MULTILINE)
WRONG = {("ec2-network-acl.md", 3)}

pytestmark = pytest.mark.skipif(not SAMPLES, reason="LAYERPROOF_AWS_SAMPLES names no checkout of the samples")


def cases() -> list[tuple[str, int, str, str, str, str]]:
    """File, number of the candidate, form, candidate, reference, verdict."""
    found = []
    for path in sorted(Path(SAMPLES).rglob("*.md")) if SAMPLES else ():
        form = "identity" if "identity-policies" in path.parts else "resource"
        form = "trust" if "role-trust-policies" in path.parts else form
        head, reference, number = "", "", 0
        for title, body in _PART.findall(path.read_text("utf-8")):
            if title:
                head = title if "Candidate" in title or "eference policy" in title else head
            elif "Candidate" not in head:
                reference = body.replace("<ACCOUNT ID>", "111111111111")
            else:
                number += 1
                found.append((path.name, number, form, body, reference, "no" if "PASS" in head else "yes"))
    return found


@pytest.mark.parametrize(
    ("form", "candidate", "reference", "expected"),
    [pytest.param(*case[2:], id=f"{case[0]}-{case[1]}") for case in cases() if case[:2] not in WRONG],
)
def test_sample(form: str, candidate: str, reference: str, expected: str) -> None:
    new, old = (read(text, "sample", form).policy for text in (candidate, reference))
    assert new is not None
    assert old is not None
    assert difference(new, old).verdict == expected
