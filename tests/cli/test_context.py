"""`--context`: material that is joined and used, never reported on (DESIGN section 2, Worlds)."""

from __future__ import annotations

import pytest

from tests.cli.running import PUBLIC, process, run, scan, write
from tests.manifests import namespace, workload

POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
"""
WORKLOAD = namespace() + workload("web")
RULE = "tiers/workload-without-network-policy"


def test_a_policy_beside_the_tree_is_used(tmp_path):
    """Kubernetes documentation, "Network Policies": a policy selects pods of its namespace."""
    app = write(tmp_path / "app", {"web.yaml": WORKLOAD})
    platform = write(tmp_path / "platform", {"policy.yaml": POLICY})

    assert RULE in scan(app).rules
    assert RULE not in scan(app, "--context", platform).rules


def test_a_policy_elsewhere_in_the_tree_is_used(tmp_path):
    tree = write(tmp_path, {"app/web.yaml": WORKLOAD, "platform/policy.yaml": POLICY})

    assert RULE in scan(tree / "app", "--root", tree).rules
    assert RULE not in scan(tree / "app", "--root", tree, "--context", tree / "platform").rules


@pytest.mark.parametrize("inside", [True, False])
def test_nothing_of_the_context_is_reported(tmp_path, inside):
    tree = write(tmp_path / "tree", {"app/main.tf": PUBLIC})
    other = write((tree if inside else tmp_path) / "other", {"main.tf": PUBLIC.replace('"d"', '"e"')})

    alone = scan(tree / "app", "--root", tree)
    beside = scan(tree / "app", "--root", tree, "--context", other)

    assert alone.rules
    assert beside.json["findings"] == alone.json["findings"]
    assert beside.json["summary"] == alone.json["summary"]
    assert beside.code == alone.code


def test_a_context_that_holds_the_scanned_path(tmp_path):
    tree = write(tmp_path, {"app/main.tf": PUBLIC, "main.tf": PUBLIC.replace('"d"', '"e"')})

    ran = scan(tree / "app", "--root", tree, "--context", tree)

    assert {each["node"] for each in ran.json["findings"]} == {
        each["node"] for each in scan(tree / "app", "--root", tree).json["findings"]
    }


def test_two_trees_of_one_name_do_not_mix(tmp_path):
    app = write(tmp_path / "app", {"main.tf": PUBLIC})
    one = write(tmp_path / "one" / "infra", {"main.tf": PUBLIC.replace('"d"', '"e"')})
    two = write(tmp_path / "two" / "infra", {"main.tf": PUBLIC})

    ran = scan(app, "--context", one, "--context", two)

    assert ran.json["findings"] == scan(app).json["findings"]


def test_what_cannot_be_read_of_it_is_told(tmp_path):
    app = write(tmp_path / "app", {"main.tf": PUBLIC})
    other = write(tmp_path / "other", {"main.tf": 'resource "aws_vpc" {{{'})

    ran = scan(app, "--context", other, "--fail-on", "never")

    assert (ran.code, {each["location"]["path"] for each in ran.json["diagnostics"]}) == (3, {"@other/main.tf"})


def test_it_reads_nothing_outside_itself(tmp_path):
    app = write(tmp_path / "app", {"main.tf": PUBLIC})
    bucket = 'resource "aws_s3_bucket" "b" {\n  bucket = file("../secret.txt")\n}\n'
    write(tmp_path, {"secret.txt": "hidden", "other/main.tf": bucket})

    ran = scan(app, "--context", tmp_path / "other")

    assert "hidden" not in ran.out


def test_no_such_path_is_2(tmp_path):
    assert run("scan", write(tmp_path, {"main.tf": PUBLIC}), "--context", tmp_path / "nowhere").code == 2


def test_no_cache_is_taken(tmp_path):
    tree = write(tmp_path, {"main.tf": PUBLIC})

    assert scan(tree, "--no-cache").out == scan(tree).out


def test_audits_take_context_of_an_account_and_leave_that_of_a_cluster():
    aws, cluster = process("audit", "aws", "--help").out, process("audit", "cluster", "--help").out

    assert "--context PATH|SNAPSHOT" in aws
    assert "--context NAME" in cluster
    assert "PATH|SNAPSHOT" not in cluster
