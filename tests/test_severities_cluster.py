"""How much weighs what is asked of the callers of a workload, by what the scan holds of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import scan, write
from tests.manifests import namespace, workload

SERVICE = """---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
PROBED = workload("web").replace(':1.0"', ':1.0", readinessProbe: {tcpSocket: {port: 80}}')
JOB = """---
apiVersion: batch/v1
kind: Job
metadata: {name: web, namespace: shop}
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: "example.org/c:1.0"}]}}
"""


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        # Kubernetes API reference, Container.ports: "not specifying a port here DOES NOT prevent that
        # port from being exposed", hence told, though slight
        (workload("web"), "info"),
        (JOB, "info"),
        (workload("web", 80), "medium"),
        (PROBED, "medium"),
        (workload("web") + SERVICE, "medium"),
        (workload("web") + SERVICE.replace("app: web", "app: api"), "info"),
    ],
)
def test_what_listens_on_nothing_weighs_little_unfiltered(tmp_path: Path, text: str, severity: str) -> None:
    write(tmp_path, {"a.yaml": namespace() + text})
    ran = scan(tmp_path, "--select", "tiers/workload-without-network-policy", "--fail-on", "never")

    assert [each["severity"] for each in ran.json["findings"]] == [severity]


MESHED = """apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: open, namespace: shop}
spec:
  action: ALLOW
  selector: {matchLabels: {app: web}}
  rules: [{}]
"""
HOOK = """---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: checks}
webhooks:
  - name: checks.example.com
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: {service: {name: web, namespace: shop}}
    rules: [{apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [shops]}]
"""


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        # Kubernetes documentation, "Dynamic Admission Control": the API server calls the webhook's service
        (SERVICE + HOOK, "low"),
        (SERVICE, "medium"),
        (SERVICE + HOOK.replace("service: {name: web", "service: {name: other"), "medium"),
    ],
)
def test_a_mesh_policy_for_a_webhook_names_no_caller(tmp_path: Path, more: str, severity: str) -> None:
    write(tmp_path, {"a.yaml": "---\n".join((MESHED, namespace("shop"), workload("web"))) + more})
    ran = scan(tmp_path, "--select", "zero-trust/mesh-policy-open", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


@pytest.mark.parametrize(("policy", "severity"), [("before-hook-creation,hook-succeeded", "medium"), ("", "high")])
def test_what_a_hook_holds_only_while_it_runs_weighs_less(tmp_path: Path, policy: str, severity: str) -> None:
    """Helm, "Chart Hooks": hook-succeeded deletes the resource after the hook has run."""
    note = f"annotations: {{helm.sh/hook: pre-install, helm.sh/hook-delete-policy: '{policy}'}}" if policy else ""
    rule = (
        "{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [patch]}"
    )
    write(
        tmp_path,
        {
            "a.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c}\n"
            f"rules: [{rule}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\n"
            f"metadata:\n  name: c\n  {note}\n"
            "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: c}\n"
            "subjects: [{kind: ServiceAccount, name: c, namespace: n}]\n"
        },
    )
    ran = scan(tmp_path, "--select", "least-privilege/cluster-takeover", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]
