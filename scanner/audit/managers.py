"""Who wrote which field of a cluster's object, as the API server notes it in `metadata.managedFields`.

Source: Kubernetes documentation, "Server-Side Apply" (field management), and structured-merge-diff's FieldsV1:
`f:NAME` a field, `k:{...}` the element of a list with those keys, `v:VALUE` a member of a set, `.` the thing
itself.
A request without a field manager of its own goes under the beginning of its user agent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from scanner.audit.drifts import Author
from scanner.model.value import Value, unwrap

PERSON, AUTOSCALER, CONTROLLER, DEPLOYMENT, OTHER = "person", "autoscaler", "controller", "deployment", "other"

# Managers that bring whole manifests: what else they own is defaults of the API server.
_DEPLOYS = frozenset((
    "kubectl-client-side-apply", "kubectl-create", "kubectl-replace", "kubectl-run", "kubectl-expose",
    "kubectl-last-applied", "before-first-apply", "helm", "Helm", "argocd", "argocd-controller",
    "argocd-application-controller", "kustomize-controller", "helm-controller", "flux", "Terraform", "HashiCorp",
    "terraform", "pulumi-kubernetes", "pulumi-resource-kubernetes", "kapp", "kapp-server", "skaffold", "werf",
    "ansible", "fleetagent", "cdk8s", "kubeadm", "k3s", "eks", "kops", "kube-apiserver", "kpt", "tanka",
))  # fmt: skip
# Commands of kubectl that change one thing, and what people sit before.
_PERSONS = frozenset((
    "kubectl-edit", "kubectl-patch", "kubectl-set", "kubectl-scale", "kubectl-label", "kubectl-annotate",
    "kubectl-rollout", "kubectl-taint", "kubectl-autoscale", "kubectl-debug", "kubectl-cordon", "kubectl-drain",
    "k9s", "Mozilla", "dashboard", "rancher", "node-fetch", "lens", "Lens", "freelens", "openlens", "headlamp",
    "kubernetes-dashboard",
))  # fmt: skip
_SCALERS = ("horizontal-pod-autoscaler", "vpa-", "vertical-pod-autoscaler", "keda", "cluster-autoscaler",
            "karpenter", "addon-resizer", "goldilocks")  # fmt: skip
_CONTROLS = ("-controller", "-controller-manager", "-operator", "-manager", "-scheduler", "-provisioner",
             "-injector", "kubelet", "kube-")  # fmt: skip


class Entry(NamedTuple):
    """What one manager owns."""

    manager: Author
    fields: Mapping[str, Any]


def entries(told: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """The entries of an object's managedFields as a snapshot keeps them, those of the status left out."""
    found = []
    for each in told:
        if each.get("subresource") == "status" or not isinstance(each.get("fields"), dict):
            continue
        name, operation = str(each.get("manager") or ""), str(each.get("operation") or "")
        what = _what(name, operation, str(each.get("subresource") or ""))
        found.append(Entry(Author(name, operation, str(each.get("time") or ""), what), each["fields"]))
    return found


def _what(name: str, operation: str, subresource: str) -> str:
    """What a manager is, by its name."""
    if name.startswith(_SCALERS) or (subresource == "scale" and name == "kube-controller-manager"):
        return AUTOSCALER
    if name == "kubectl":  # server-side apply; else a command that names itself no better (scale)
        return DEPLOYMENT if operation == "Apply" else PERSON
    if name in _PERSONS or name.startswith("Mozilla"):
        return PERSON
    if operation == "Apply" or name in _DEPLOYS:
        return DEPLOYMENT
    return CONTROLLER if any(part in name for part in _CONTROLS) else OTHER


Step = str | Mapping[str, Value]  # the name of a field, or the element of a list that has such keys


def owner(found: Sequence[Entry], path: Sequence[Step]) -> Author | None:
    """Who wrote the field at a path last; None where nobody is noted."""
    itself = [each.manager for each in found if owns(each.fields, path)]
    owning = itself or [each.manager for each in found if owns(each.fields, path, above=True)]
    return max(owning, key=lambda each: (each.at, each.what != DEPLOYMENT), default=None)


def owns(fields: Mapping[str, Any], path: Sequence[Step], *, above: bool = False) -> bool:
    """Whether a set of fields holds that path; with `above`, or a list or map above it as a whole."""
    here: Any = fields
    for number, step in enumerate(path):
        if above and number and not here:
            return True
        below = _below(here, step)
        if below is None:
            return False
        here = below
    return True


def _below(fields: Mapping[str, Any], step: Step) -> Mapping[str, Any] | None:
    if isinstance(step, str):
        found: Mapping[str, Any] | None = fields.get(f"f:{step}")
        return found
    for keys, inner in keyed(fields):
        if all(unwrap(step.get(name)) == value for name, value in keys.items()):
            return inner
    return None


def keyed(fields: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The elements of a list that a set of fields holds: their keys, and what is owned of each."""
    for name, inner in fields.items():
        if name.startswith("k:"):
            try:
                yield json.loads(name[2:]), inner
            except ValueError:
                continue
