"""What a real API server answered to 76 network policies, most of them wrong, and that we say the same.

`refused.json` holds its answers (kube-apiserver built from master, 2026-11; dry run, strict fields, as kubectl
asks). Where a server can be started, it is asked again.
"""

import json
import urllib.error
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.mapping.kubernetes.refused import diagnostics
from scanner.model.location import SourceFile
from scanner.sources.kubernetes.manifests import read
from tests.audit.real_cluster import APISERVER, ETCD, running

ANSWERS = json.loads((Path(__file__).parent / "refused.json").read_text("utf-8"))
_GROUP = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies?dryRun=All&fieldValidation=Strict"


def policy(spec: str) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "p", "namespace": "shop"},
        "spec": {"podSelector": {}, **yaml.safe_load(f"{{{spec}}}")},
    }


def said(spec: str) -> str:
    """What we say, put together as the server puts it."""
    found, told, _ = read(SourceFile("p.yaml", json.dumps(policy(spec)).encode()))
    assert told == []
    ours = [each.summary for each in diagnostics(found)]
    if not ours:
        return "OK"
    if " cannot be handled as " in ours[0]:
        return "; ".join(ours)
    faults = [each.removeprefix('NetworkPolicy "p" is invalid: ') for each in ours]
    shown = faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]"
    return f'NetworkPolicy.networking.k8s.io "p" is invalid: {shown}'


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case["spec"])
def test_we_say_what_the_server_said(case: dict[str, str]) -> None:
    assert said(case["spec"]) == case["answer"]


@pytest.mark.skipif(not (APISERVER and ETCD), reason="no kube-apiserver and etcd to ask")
def test_the_server_says_so_still(tmp_path: Path) -> None:
    with running(tmp_path) as cluster:
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
        for case in ANSWERS:
            try:
                cluster.request("POST", _GROUP, policy(case["spec"]))
                answer = "OK"
            except urllib.error.HTTPError as refused:
                answer = json.loads(refused.read())["message"]
            assert answer == case["answer"], case["spec"]
