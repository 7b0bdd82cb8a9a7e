"""What a large cluster's manifests cost: 5,000 objects, 50 MB of YAML, every rule.

    python -m tests.benchmarks.manifests [--objects 5000] [--megabytes 50] [--profile FILE]

The objects are drawn from a fixed recipe (workloads with several containers, services, configuration, roles and
their bindings, network policies) over a hundred namespaces; what is left of the size is configuration data, as in
clusters. With --dense every object is a workload instead. The scan is timed as a process of its own, from its
start to its end.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.bench import layerproof

SPACES = 100
_CONTAINER = """\
        - name: {name}
          image: registry.example.com/team-{space}/{name}:1.{number}.0
          args: ["--listen", ":8080", "--log-level=info", "--cluster=main"]
          env:
{env}
          ports: [{{name: http, containerPort: 8080}}]
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          readinessProbe:
            httpGet: {{path: /ready, port: http}}
          livenessProbe:
            httpGet: {{path: /live, port: http}}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: {locked}
            capabilities: {{drop: [ALL]}}
          volumeMounts:
            - {{name: settings, mountPath: /etc/{name}}}
"""
_WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  namespace: team-{space}
  labels: {{app: app-{number}, team: team-{space}}}
  annotations:
    example.com/description: The service that answers for number {number} of its team
spec:
  replicas: 3
  selector:
    matchLabels: {{app: app-{number}}}
  template:
    metadata:
      labels: {{app: app-{number}, team: team-{space}}}
    spec:
      serviceAccountName: app-{number}
      securityContext: {{runAsNonRoot: true, seccompProfile: {{type: RuntimeDefault}}}}
      containers:
{containers}
      volumes:
        - name: settings
          configMap: {{name: app-{number}}}
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata: {{name: app-{number}, namespace: team-{space}}}
spec:
  selector: {{app: app-{number}}}
  ports: [{{name: http, port: 80, targetPort: http}}]
"""
_ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata: {{name: app-{number}, namespace: team-{space}}}
automountServiceAccountToken: false
"""
_ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: app-{number}, namespace: team-{space}}}
rules:
  - {{apiGroups: [""], resources: [configmaps], resourceNames: [app-{number}], verbs: [get, watch]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: app-{number}, namespace: team-{space}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: app-{number}}}
subjects: [{{kind: ServiceAccount, name: app-{number}, namespace: team-{space}}}]
"""
_POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: app-{number}, namespace: team-{space}}}
spec:
  podSelector: {{matchLabels: {{app: app-{number}}}}}
  policyTypes: [Ingress, Egress]
  ingress: [{{from: [{{podSelector: {{matchLabels: {{team: team-{space}}}}}}}], ports: [{{port: 8080}}]}}]
  egress: [{{to: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: team-{space}}}}}}}]}}]
"""
_CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: app-{number}, namespace: team-{space}}}
data:
  settings.yaml: |
{lines}
  mode: production
"""


def workload(number: int, settings: int = 40) -> str:
    env = "\n".join(
        f"            - {{name: SETTING_{each}, value: value-{each}}}" for each in range(settings)
    ) or ("            []")
    containers = "".join(
        _CONTAINER.format(
            name=f"part-{each}", number=number, space=number % SPACES, env=env, locked=str(number % 2 == 0).lower()
        )
        for each in range(3)
    )
    return _WORKLOAD.format(number=number, space=number % SPACES, containers=containers.rstrip())


def written(number: int, lines: int) -> str:
    """The objects of one application, five documents and six objects."""
    space = number % SPACES
    data = "\n".join(f"    setting-{each}: the value of setting {each} of {number}" for each in range(lines))
    small: list[Callable[..., str]] = [_SERVICE.format, _ACCOUNT.format, _ROLE.format, _POLICY.format]
    rest = [make(number=number, space=space) for make in small]
    return "---\n".join([workload(number), *rest, _CONFIG.format(number=number, space=space, lines=data)])


def write(folder: Path, objects: int, megabytes: float) -> tuple[int, int]:
    """Write the manifests; the number of objects and of bytes."""
    spaces = "".join(
        f"---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-{each}\n"
        "  labels: {pod-security.kubernetes.io/enforce: baseline}\n"
        for each in range(SPACES)
    )
    (folder / "namespaces.yaml").write_text(spaces)
    applications = (objects - SPACES) // 7
    bare = len(written(1, 0))
    lines = max(
        0, int((megabytes * 1e6 / applications - bare) / len("    setting-100: the value of setting 100 of 100\n"))
    )
    size = len(spaces)
    for number in range(applications):
        text = written(number, lines)
        size += len(text)
        (folder / f"app-{number}.yaml").write_text(text)
    return SPACES + applications * 7, size


def dense(folder: Path, objects: int, megabytes: float) -> tuple[int, int]:
    """Write that many workloads; the number of objects and of bytes."""
    bare = len(workload(1, 0))
    line = (len(workload(1, 100)) - bare) / 100
    settings = max(0, int((megabytes * 1e6 / objects - bare) / line))
    size = 0
    for number in range(objects):
        text = workload(number, settings)
        size += len(text)
        (folder / f"app-{number}.yaml").write_text(text)
    return objects, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=5000)
    parser.add_argument("--megabytes", type=float, default=50)
    parser.add_argument("--dense", action="store_true", help="workloads only")
    parser.add_argument("--keep", type=Path, help="write the manifests here and leave them")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        make = dense if given.dense else write
        objects, size = make(folder, given.objects, given.megabytes)
        print(f"{objects} objects, {size / 1e6:.1f} MB of YAML")
        began = time.perf_counter()
        done = subprocess.run(
            [*layerproof(), "scan", str(folder), "--fail-on", "never", "--format", f"json={made}/report.json"],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        took = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        worked, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        last = (done.stdout + done.stderr).strip().splitlines()[-1]
        print(f"{took:.1f} s ({worked:.1f} s of processor), {peak:.0f} MB at most: {last}")


if __name__ == "__main__":
    main()
