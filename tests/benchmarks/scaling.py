"""How cost grows with the instances of a configuration, and how much text is parsed and evaluated in a second.

    python -m tests.benchmarks.scaling [--instances 1000,4000,16000,64000] [--megabytes 4] [--checkov FILE]

Instances come from modules called with for_each, as estates have them: each instance of the module holds a
bucket, its encryption, a role and a policy document. Text is written out, block after block, with variables,
locals, templates and functions. A figure is the wall time of a whole process (instances) or of the library in
this process (text). checkov reads the same directory where it is named, for the counts it can finish.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import time
from pathlib import Path

from scanner.sources.terraform.inputs import Settings
from scanner.sources.terraform.module import Loader
from scanner.sources.terraform.read import read
from scanner.sources.tree import Tree
from tests.benchmarks.bench import best, layerproof, peer

MODULE = """
variable "name" { type = string }
variable "key" { type = string }
locals { full = "prod-${lower(var.name)}" }
resource "aws_s3_bucket" "b" {
  count  = 2
  bucket = "${local.full}-${count.index}"
  tags   = { Name = local.full, Index = var.key }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  count  = 2
  bucket = aws_s3_bucket.b[count.index].id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "aws:kms" }
  }
}
resource "aws_iam_role" "r" {
  count              = 2
  name               = "${local.full}-role-${count.index}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
data "aws_iam_policy_document" "d" {
  count = 2
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b[count.index].arn}/*"]
  }
}
"""
CALL = """
module "part" {
  source   = "./part"
  for_each = { for pair in setproduct(range(%d), range(125)) : join("-", pair) => "name-${join("-", pair)}" }
  name     = each.value
  key      = each.key
}
"""
BLOCK = """
resource "aws_security_group" "g%(n)d" {
  name        = format("%%s-%%03d", local.prefix, %(n)d)
  description = "Group ${%(n)d} of ${var.environment}: ${join(", ", sort(local.zones))}"
  vpc_id      = var.vpc_id
  ingress {
    description = "https from the balancer, if there is one"
    from_port   = var.ports["https"] + 0
    to_port     = var.ports["https"]
    protocol    = "tcp"
    cidr_blocks = [for zone in local.zones : cidrsubnet(var.cidr, 8, index(local.zones, zone))]
  }
  tags = merge(local.tags, { Name = "${local.prefix}-%(n)d", Tier = %(n)d > 100 ? "internal" : "core" })
}
"""
HEAD = """
variable "environment" { default = "prod" }
variable "vpc_id" { default = "vpc-0123456789abcdef0" }
variable "cidr" { default = "10.0.0.0/8" }
variable "ports" { default = { https = 443, http = 80 } }
locals {
  prefix = "app-${var.environment}"
  zones  = ["c", "a", "b"]
  tags   = { Environment = var.environment, Owner = "platform" }
}
"""


def estate(folder: Path, instances: int) -> Path:
    """A root that calls one module so often that its resources number `instances` (eight a call)."""
    tree = folder / f"estate-{instances}"
    (tree / "part").mkdir(parents=True)
    (tree / "part" / "main.tf").write_text(MODULE)
    (tree / "main.tf").write_text(CALL % (instances // 1000))
    return tree


def rate(folder: Path, megabytes: float) -> tuple[float, float]:
    """Size in MB and seconds to parse and evaluate every attribute of a written-out configuration, one core."""
    tree = folder / "text"
    tree.mkdir()
    (tree / "head.tf").write_text(HEAD)
    number, size = 0, 0
    for part in range(int(megabytes)):
        blocks = []
        while size < (part + 1) * 1_000_000:
            blocks.append(BLOCK % {"n": number})
            size += len(blocks[-1])
            number += 1
        (tree / f"part{part}.tf").write_text("".join(blocks))
    files = Tree(tree)
    gc.disable()  # as a scan does while it reads
    try:
        begin = time.process_time()
        unit = read(files, Loader(files), ".", Settings())
        taken = time.process_time() - begin
    finally:
        gc.enable()
    assert len(unit.resources) >= number
    return size / 1e6, taken


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--instances", default="1000,2000,4000,8000,16000,32000,64000")
    parser.add_argument("--megabytes", type=float, default=4)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--checkov", default=os.environ.get("LAYERPROOF_CHECKOV", ""))
    parser.add_argument("--checkov-most", type=int, default=2000, help="instances that checkov is given at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("instances   seconds   milliseconds an instance")
        for count in map(int, options.instances.split(",")):
            tree = str(estate(folder, count))
            took = best(
                [*layerproof(), "scan", tree, "--fail-on", "never", "--format", "json"], options.runs, (0, 3)
            )
            print(f"{count:9,} {took:9.2f} {1000 * took / count:9.2f}", flush=True)
            if options.checkov and count <= options.checkov_most:
                theirs = peer(options.checkov, tree, 1)
                print(f"  checkov {theirs:9.2f} {1000 * theirs / count:9.2f}", flush=True)
        size, took = rate(folder, options.megabytes)
        print(f"\n{size:.1f} MB of HCL parsed and evaluated in {took:.2f} s of one core: {size / took:.2f} MB/s")


if __name__ == "__main__":
    main()
