"""The roles that come with every cluster and that people bind: what they allow.

Source: Kubernetes documentation, "Using RBAC Authorization", user-facing roles; checked against the bootstrap
policy of the API server (plugin/pkg/auth/authorizer/rbac/bootstrappolicy, release 1.31).
"""

from __future__ import annotations

from typing import Any

_READ = "get list watch"
_WRITE = "create delete deletecollection patch update"

# Role: rows of (API groups, resources, verbs); "core" is the group without a name.
_VIEW = (
    ("core", ("configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods"
              " replicationcontrollers replicationcontrollers/scale serviceaccounts services"
              " services/status"), _READ),
    ("core", ("bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status"
             " resourcequotas resourcequotas/status namespaces"), _READ),
    ("discovery.k8s.io", "endpointslices", _READ),
    ("apps", ("controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status"
             " replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale"
             " statefulsets/status"), _READ),
    ("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status", _READ),
    ("batch", "cronjobs cronjobs/status jobs jobs/status", _READ),
    ("extensions", ("daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses"
                   " ingresses/status networkpolicies replicasets replicasets/scale replicasets/status"
                   " replicationcontrollers/scale"), _READ),
    ("policy", "poddisruptionbudgets poddisruptionbudgets/status", _READ),
    ("networking.k8s.io", "ingresses ingresses/status networkpolicies", _READ),
)  # fmt: skip
_EDIT = (
    ("core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy", _READ),
    ("core", "serviceaccounts", "impersonate"),
    ("core", "pods pods/attach pods/exec pods/portforward pods/proxy", _WRITE),
    ("core", "pods/eviction serviceaccounts/token", "create"),
    ("core", ("configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale"
              " secrets serviceaccounts services services/proxy"), _WRITE),
    ("apps", ("daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale"
             " statefulsets statefulsets/scale"), _WRITE),
    ("autoscaling", "horizontalpodautoscalers", _WRITE),
    ("batch", "cronjobs jobs", _WRITE),
    ("extensions", ("daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies"
                   " replicasets replicasets/scale replicationcontrollers/scale"), _WRITE),
    ("policy", "poddisruptionbudgets", _WRITE),
    ("networking.k8s.io", "ingresses networkpolicies", _WRITE),
    ("coordination.k8s.io", "leases", f"{_READ} {_WRITE}"),
)  # fmt: skip
_ADMIN = (
    ("authorization.k8s.io", "localsubjectaccessreviews", "create"),
    ("rbac.authorization.k8s.io", "rolebindings roles", f"{_READ} {_WRITE}"),
)


def _rules(*rows: tuple[str, str, str]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"groups": ["" if group == "core" else group], "resources": resources.split(), "verbs": verbs.split()}
        for group, resources, verbs in rows
    )


_ALL = ({"groups": ["*"], "resources": ["*"], "verbs": ["*"]}, {"urls": ["*"], "verbs": ["*"]})

# Name of the ClusterRole to its rules, in the normalized form.
BUILT_IN: dict[str, tuple[dict[str, Any], ...]] = {
    "cluster-admin": _ALL,
    "admin": _rules(*_VIEW, *_EDIT, *_ADMIN),
    "edit": _rules(*_VIEW, *_EDIT),
    "view": _rules(*_VIEW),
}
