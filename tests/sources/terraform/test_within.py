"""Where the parts of a value are written."""

from __future__ import annotations

import pytest

from scanner.hcl.parse import parse
from scanner.sources.terraform.within import within

TEXT = b'a = {\n  one = 1\n  "x.y" = { deep = [10, { in = true }] }\n  (var.k) = 2\n}\n'


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (".one", b"one = 1"),
        (".x.y", b'"x.y" = { deep = [10, { in = true }] }'),
        (".x.y.deep[1].in", b"in = true"),
        (".x.y.deep[0]", b"10"),
        (".x.y.deep[5]", b"deep = [10, { in = true }]"),
        (".missing", None),
    ],
)
def test_a_path_leads_to_what_it_says(path: str, said: bytes | None) -> None:
    body, _ = parse(TEXT, "a.tf")
    found = within(body.attributes["a"].expr, path)
    assert (None if found is None else TEXT[found[0] : found[1]]) == said
