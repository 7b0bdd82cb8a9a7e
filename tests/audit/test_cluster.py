"""A live cluster, listed through its API, is judged as its manifests are; what may not be listed is unknown."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.audit.api_server import ApiServer
from tests.cli.running import Ran, process, scan

MANIFESTS = Path(__file__).parent / "cluster" / "manifests.yaml"


def objects() -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(MANIFESTS.read_text()) if each]


@pytest.fixture
def server():
    """The manifests as a cluster would list them, two to a page."""
    served = ApiServer(objects(), page=2)
    yield served
    served.close()


def audit(server: ApiServer, folder: Path, *options: str) -> Ran:
    (folder / "config").write_text(server.kubeconfig())
    where = ("--kubeconfig", str(folder / "config"), "--context", "test", "--format", "json")
    return process("audit", "cluster", *where, *options, cwd=folder)


def verdicts(report: dict[str, Any]) -> Counter:
    """(rule, verdict, kind, name within the cluster) of every finding's every node; a root is only in code."""
    return Counter(
        (each["rule"], each["verdict"], each["kind"], node.partition("#")[2])
        for each in report["findings"]
        if each["kind"] != "root"
        for node in each["instances"] or [each["node"]]
    )


def test_a_cluster_is_judged_as_its_manifests(server, tmp_path):
    live = audit(server, tmp_path)
    files = scan(MANIFESTS)

    assert live.code == files.code == 1
    assert verdicts(live.json) == verdicts(files.json)
    assert all(each["planes"] == ["live"] for each in live.json["findings"])
    assert all(each["node"].startswith("k8s:test#") for each in live.json["findings"])
    assert {each["status"] for each in live.json["coverage"]} == {"ok"}
    assert server.methods == {"GET"}
    assert not [each for each in server.asked if "secrets" in each]


def test_what_may_not_be_listed_is_unknown_and_told(server, tmp_path):
    path = "/apis/networking.k8s.io/v1/networkpolicies"
    server.faults[path] = (403, 1, 'User "auditor" cannot list resource "networkpolicies"')
    ran = audit(server, tmp_path, "--select", "tiers/workload-without-network-policy")

    (unit,) = [each for each in ran.json["coverage"] if each["status"] == "denied"]
    assert unit["unit"] == "k8s:test/networking.k8s.io/NetworkPolicy"
    assert "cannot list" in unit["reason"]
    assert {each["verdict"] for each in ran.json["findings"]} == {"unknown"}
    assert "may not be listed" in ran.json["findings"][0]["reason"]


def test_a_busy_server_is_asked_again(server, tmp_path):
    server.faults["/api/v1/pods"] = (429, 2, "busy")
    server.faults["/apis/apps/v1/deployments"] = (500, 1, "oops")

    assert {each["status"] for each in audit(server, tmp_path).json["coverage"]} == {"ok"}


def test_a_list_that_the_server_forgot_is_begun_anew(server, tmp_path):
    server.faults["/api/v1/serviceaccounts"] = (410, 1, "expired")
    ran = audit(server, tmp_path)

    assert {each["status"] for each in ran.json["coverage"]} == {"ok"}


def test_a_snapshot_keeps_no_values_and_is_judged_anywhere(server, tmp_path):
    kept = tmp_path / "kept.jsonl.gz"
    live = audit(server, tmp_path, "--keep", str(kept))

    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    import gzip

    text = gzip.decompress(kept.read_bytes()).decode()
    assert "wJalrXUtnFEMI" not in text
    assert "last-applied" not in text
    again = scan(kept)
    hidden = {each for each in verdicts(live.json) if each[0] == "zero-trust/literal-credential"}
    assert hidden
    assert set(verdicts(live.json)) - hidden <= set(verdicts(again.json))
    assert not [
        each
        for each in again.json["findings"]
        if each["rule"] in {r for r, *_ in hidden} and each["verdict"] == "fail"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no kubeconfig"),
        ("{", "no kubeconfig"),
        ('{"current-context": "x"}', "no context 'x'"),
        ('{"contexts": []}', "no current context"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used(tmp_path, text, said):
    (tmp_path / "config").write_text(text)
    ran = process("audit", "cluster", "--kubeconfig", str(tmp_path / "config"), cwd=tmp_path)

    assert ran.code == 3
    assert said in ran.err


def test_plain_http_elsewhere_is_refused(tmp_path, server):
    (tmp_path / "config").write_text(server.kubeconfig().replace("127.0.0.1", "192.0.2.1"))
    ran = process("audit", "cluster", "--kubeconfig", str(tmp_path / "config"), cwd=tmp_path)

    assert ran.code == 3
    assert "not encrypted" in ran.err


def test_a_program_is_run_only_from_the_users_own_kubeconfig(tmp_path, server):
    """`exec` of a kubeconfig in the work tree that we stand in is not run."""
    program = tmp_path / "login"
    program.write_text(
        f'#!/bin/sh\ntouch {tmp_path}/ran\necho \'{{"kind": "ExecCredential", "status": {{"token": "t"}}}}\'\n'
    )
    program.chmod(0o700)
    held = json.loads(server.kubeconfig())
    held["users"][0]["user"] = {"exec": {"command": str(program), "apiVersion": "client.authentication.k8s.io/v1"}}
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / "config").write_text(json.dumps(held))

    refused = process("audit", "cluster", "--kubeconfig", str(tree / "config"), cwd=tree)
    assert refused.code == 3
    assert "not run from there" in refused.err
    assert not (tmp_path / "ran").exists()

    (tmp_path / "own").write_text(json.dumps(held))
    allowed = process("audit", "cluster", "--kubeconfig", str(tmp_path / "own"), "--format", "json", cwd=tree)
    assert allowed.code == 1
    assert (tmp_path / "ran").exists()


def test_the_role_that_is_needed_lists_and_reads_no_secrets():
    printed = process("audit", "cluster", "--print-rbac")
    role, _, binding = yaml.safe_load_all(printed.out)

    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"list"}
    assert "secrets" not in role["rules"][0]["resources"]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert os.linesep
