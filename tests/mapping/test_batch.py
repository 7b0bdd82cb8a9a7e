"""Which resources of a root belong together when only their sameness is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.config import Config
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree

SPLIT = """
variable "name" {{ type = string }}
resource "aws_s3_bucket" "data" {{ bucket = {bucket} }}
resource "aws_s3_bucket_versioning" "data" {{
  bucket = {versioning}
  versioning_configuration {{ status = "Enabled" }}
}}
"""


@pytest.mark.parametrize(
    ("bucket", "versioning", "expected"),
    [
        ("var.name", "var.name", True),
        ('"${var.name}-logs"', '"${var.name}-logs"', True),
        ('"${var.name}-logs"', '"${var.name}-data"', False),
        ('"logs"', '"logs"', True),
        ("var.name", "aws_s3_bucket.data.id", True),
    ],
)
def test_one_variable_names_one_bucket(tmp_path: Path, bucket: str, versioning: str, expected: bool) -> None:
    (tmp_path / "main.tf").write_text(SPLIT.format(bucket=bucket, versioning=versioning))
    target = Target(Tree(tmp_path))
    graph = build(target, read(target), Config()).graph

    stores = [index for index in graph.nodes("object_store") if index not in graph.stand_ins]

    assert [graph.peek(index, "versioned") for index in stores] == [expected]
