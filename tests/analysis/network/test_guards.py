"""What is not worked out closes nothing and opens nothing for certain: pods with security groups of their own,
host endpoints, policies on what machines forward.

Sources: EKS User Guide, "Assign security groups to individual Pods" (pods that a SecurityGroupPolicy chooses are
filtered by its groups instead of those of their node); Calico documentation, "Host endpoint" (traffic of the
host's own processes, and of pods in its network), "Global network policy" (applyOnForward, preDNAT, doNotTrack),
"Apply Calico policy to services exposed externally as cluster IPs" (before DNAT nothing is denied that no rule
denies).
"""

from pathlib import Path

import pytest

from tests.analysis.network.test_joined import INFRA, NAMED, PODS, service
from tests.cli.running import run
from tests.manifests import workload

OTHERS = workload("other") + workload("agent", kind="DaemonSet", spec="hostNetwork: true, ")
CHOSEN = "podSelector: {matchLabels: {app: web}}"
GROUPED = """
---
apiVersion: vpcresources.k8s.aws/v1beta1
kind: SecurityGroupPolicy
metadata: {name: web, namespace: shop}
spec: {CHOSEN, securityGroups: {groupIds: [sg-0a1b2c3d4e5f60718]}}
"""
HOST = """
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: one-eth0, labels: {role: machine}}
spec: {node: one, interfaceName: eth0, expectedIPs: [10.0.0.5]}
"""
ON_HOSTS = """
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: edge}
spec: {selector: "role == 'ROLE'", applyOnForward: true, order: 1, types: [Ingress, Egress], HOW}
"""
DENY = "ingress: [{action: Deny, source: {nets: [198.51.100.0/24]}}]"
ALLOW = "ingress: [{action: Allow}]"


def reach(folder: Path, source: str, target: str, *texts: str, infra: str = "") -> str:
    (folder / "pods.yaml").write_text("".join((PODS, OTHERS, *texts)), "utf-8")
    if infra:
        (folder / "main.tf").write_text(infra, "utf-8")
    told = run("ask", "reach", source, target, "--in", str(folder), "--format", "json").json
    return str(told["verdict"])


@pytest.mark.parametrize(
    ("chosen", "source", "target", "expected"),
    [
        (CHOSEN, "shop/other", "shop/web", "possible"),
        (CHOSEN, "shop/web", "shop/other", "possible"),
        (CHOSEN, "shop/web", "internet", "possible"),
        (CHOSEN, "shop/other", "internet", "reachable"),
        ("podSelector: {}", "shop/other", "internet", "possible"),
        ("serviceAccountSelector: {matchLabels: {role: x}}", "shop/other", "internet", "possible"),
        ("podSelector: {matchLabels: {app: none}}", "shop/other", "shop/web", "reachable"),
    ],
)
def test_pods_with_groups_of_their_own(
    tmp_path: Path, chosen: str, source: str, target: str, expected: str
) -> None:
    assert reach(tmp_path, source, target, GROUPED.replace("CHOSEN", chosen)) == expected


def test_the_groups_of_the_machine_close_and_open_nothing_for_them(tmp_path: Path) -> None:
    """Groups of a balancer that are named are not admitted to the machines, and may be to the pods' own; the store
    that admits the cluster's group may not admit theirs; the one that admits nobody never does."""
    balanced = service("LoadBalancer", **NAMED, nlb_target_type="ip")
    grouped = GROUPED.replace("CHOSEN", CHOSEN)
    ends = [("internet", "shop/web"), ("shop/web", "aws_db_instance.open"), ("shop/web", "aws_db_instance.shut")]
    plain = [reach(tmp_path, *each, balanced, infra=INFRA) for each in ends]
    assert plain == ["unreachable", "reachable", "unreachable"]
    own = [reach(tmp_path, *each, balanced, grouped, infra=INFRA) for each in ends]
    assert own == ["possible", "possible", "unreachable"]


@pytest.mark.parametrize(
    ("texts", "source", "target", "expected"),
    [
        ((HOST,), "shop/other", "shop/agent", "possible"),
        ((HOST,), "shop/other", "shop/web", "reachable"),
        ((HOST, ON_HOSTS.replace("ROLE", "machine").replace("HOW", DENY)), "shop/other", "shop/web", "possible"),
        ((HOST, ON_HOSTS.replace("ROLE", "web").replace("HOW", DENY)), "shop/other", "shop/web", "reachable"),
        ((ON_HOSTS.replace("ROLE", "machine").replace("HOW", DENY),), "shop/other", "internet", "possible"),
        (
            (ON_HOSTS.replace("ROLE", "machine").replace("HOW", f"preDNAT: true, {DENY}"),),
            "shop/other",
            "shop/web",
            "possible",
        ),
        (
            (ON_HOSTS.replace("ROLE", "machine").replace("HOW", f"preDNAT: true, {DENY}"),),
            "shop/other",
            "internet",
            "reachable",
        ),
        (
            (ON_HOSTS.replace("ROLE", "machine").replace("HOW", f"preDNAT: true, {ALLOW}"),),
            "shop/other",
            "shop/web",
            "reachable",
        ),
    ],
)
def test_host_endpoints(tmp_path: Path, texts: tuple[str, ...], source: str, target: str, expected: str) -> None:
    assert reach(tmp_path, source, target, *texts) == expected


def test_what_policies_close_stays_closed(tmp_path: Path) -> None:
    shut = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
"""
    assert reach(tmp_path, "shop/other", "shop/web", shut, GROUPED.replace("CHOSEN", CHOSEN)) == "unreachable"
