"""What is asked before an object is let in: namespaces' Pod Security, webhooks, admission policies."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import EMPTY, NONE, TRUE
from scanner.mapping.kubernetes.configured import excepted, exempting, kyverno_exempts
from scanner.mapping.kubernetes.reading import (
    OUTSIDE,
    annotation,
    label,
    mapping,
    named,
    row,
    texts,
    whole,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Join, Part, Row, Table
from scanner.model.value import Undetermined, Unknown, Value

_GROUP = "admissionregistration.k8s.io"
_POLICY = f"{_GROUP}/ValidatingAdmissionPolicy"
_BINDING = f"{_POLICY}Binding"
# The groups of the API server itself, and all of them (Kubernetes API reference); other groups are custom ones.
_SERVED = frozenset(
    ("*", "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
     "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
     "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io",
     "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io",
     "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io")
)  # fmt: skip
_ENFORCE = "pod-security.kubernetes.io/enforce"
# Without rules it would be asked of nothing: its program writes them, as Knative's does.
_UNRULED = Unknown("what it is asked of is not written here", OUTSIDE)
_CONSTRAINED = Unknown("OpenShift's security context constraints decide what its pods may do", OUTSIDE)


def _pod_security(reader: Reader) -> Value:
    """The level of the label. Without one a cluster falls back on its configuration, `privileged` unless that
    was changed (managed clusters cannot): none. OpenShift holds pods back by security context constraints, and
    writes the label itself (documentation, "Understanding and managing pod security admission")."""
    level = label(reader, _ENFORCE)
    if level is None and any(_of_openshift(key) for key in _keys(reader)):
        raise Undetermined(_CONSTRAINED)
    return level


def _keys(reader: Reader) -> Iterator[str]:
    """The names of an object's labels and annotations."""
    for path in ("metadata.annotations", "metadata.labels"):
        yield from mapping(reader.get(path))


def _of_openshift(key: str) -> bool:
    domain = key.partition("/")[0]
    return domain == "openshift.io" or domain.endswith(".openshift.io")


def _pod_security_version(reader: Reader) -> Value:
    said = label(reader, f"{_ENFORCE}-version")
    return None if said in (None, "latest") else said


def _mesh_injected(reader: Reader) -> Value:
    if label(reader, "istio-injection") == "enabled" or label(reader, "istio.io/rev"):
        return True
    if label(reader, "istio.io/dataplane-mode") == "ambient":
        return True
    return annotation(reader, "linkerd.io/inject") in ("enabled", "ingress")


# webhooks


def _fails_open(reader: Reader) -> Value:
    """FailurePolicy is Fail by default in v1, Ignore in v1beta1."""
    beta = str(whole(reader).get("apiVersion")).endswith("v1beta1")
    return reader.get("failurePolicy", "Ignore" if beta else "Fail") == "Ignore"


def _own_kinds(path: str) -> Extract:
    """Whether its rules name none of the API server's own kinds but ConfigMaps: whoever makes custom resources, or
    is set up by a ConfigMap, checks their form so."""

    def extract(reader: Reader) -> Value:
        rules = list(reader.blocks(path))
        if not rules:
            raise Undetermined(_UNRULED)
        return all(_is_own(each) for each in rules)

    return extract


def _is_own(rule: Reader) -> bool:
    groups, resources = texts(rule.get("apiGroups")), texts(rule.get("resources"))
    if groups == [""]:
        return bool(resources) and set(resources) <= {"configmaps"}
    return bool(groups) and _SERVED.isdisjoint(groups)


def _avoidable(reader: Reader) -> Value:
    """Labels of objects, not of namespaces, that keep the webhook from being asked."""
    found: list[str] = []
    for each in reader.blocks("objectSelector.matchExpressions"):
        if each.get("operator") in ("NotIn", "DoesNotExist"):
            reader.mark(len(found), each, "key")
            found.append(str(each.get("key")))
    return found


def _policy_avoidable(reader: Reader) -> Value:
    inner = reader.block("spec.matchConstraints")
    return [] if inner is None else _avoidable(inner)


def _called(reader: Reader) -> Iterator[Value]:
    name, namespace = reader.get("clientConfig.service.name"), reader.get("clientConfig.service.namespace")
    if isinstance(name, str):
        yield named(reader.resource, "/Service", name, str(namespace) if namespace else None)


def _webhooks(purpose: str) -> Row:
    """The configuration as a node of its own, a webhook for each entry."""
    denies = TRUE if purpose == "validating" else NONE
    hook = Row(
        "webhook",
        {
            "purpose": Fixed(purpose),
            "fails_open": _fails_open,
            "own_kinds": _own_kinds("rules"),
            "denies": denies,
            "avoidable": _avoidable,
            "exempts": exempting("namespaceSelector"),
        },
        {"forwards_to": Join("clientConfig.service", ("service",), values=_called)},
        identity=(),
    )
    return row(
        "config",
        {"literal_secrets": EMPTY, "chart_version": NONE},
        parts=(Part(hook, "webhook", "webhooks", "contains"),),
    )


# admission policies


def _policy_denies(reader: Reader) -> Value:
    """Whether a binding refuses what violates the policy; bindings may be applied from elsewhere."""
    bound = False
    for binding in reader.folded(_BINDING):
        bound = True
        if "Deny" in texts(binding.get("spec.validationActions")):
            return True
    return False if bound else Unknown("no binding of the policy is part of this scan", OUTSIDE)


def _bound_policy(reader: Reader) -> Iterator[Value]:
    name = reader.get("spec.policyName")
    if isinstance(name, str):
        yield named(reader.resource, _POLICY, name, "")


def _kyverno_denies(reader: Reader) -> Value:
    """The rules' own failureAction, else the policy's; Audit unless said."""
    overall = str(reader.get("spec.validationFailureAction", "Audit")).lower()
    actions = [
        str(rule.get("validate.failureAction", overall)).lower()
        for rule in reader.blocks("spec.rules")
        if rule.has("validate")
    ]
    return all(action == "enforce" for action in actions) if actions else None


def _kyverno_fails_open(reader: Reader) -> Value:
    said = reader.get("spec.failurePolicy") or reader.get("spec.webhookConfiguration.failurePolicy", "Fail")
    return bool(said == "Ignore")


_KYVERNO = row(
    "webhook",
    {
        "purpose": Fixed("policy"),
        "fails_open": _kyverno_fails_open,
        "own_kinds": NONE,
        "denies": _kyverno_denies,
        "avoidable": EMPTY,  # what its rules exclude has conditions of its own
        "exempts": kyverno_exempts,
    },
)

TABLE: Table = {
    "/Namespace": row(
        "namespace",
        {
            "pod_security": _pod_security,
            "pod_security_version": _pod_security_version,
            "mesh_injected": _mesh_injected,
        },
    ),
    f"{_GROUP}/ValidatingWebhookConfiguration": _webhooks("validating"),
    f"{_GROUP}/MutatingWebhookConfiguration": _webhooks("mutating"),
    _POLICY: row(
        "webhook",
        {
            "purpose": Fixed("policy"),
            "fails_open": lambda reader: reader.get("spec.failurePolicy", "Fail") == "Ignore",
            "own_kinds": _own_kinds("spec.matchConstraints.resourceRules"),
            "denies": _policy_denies,
            "avoidable": _policy_avoidable,
            "exempts": exempting("spec.matchConstraints.namespaceSelector"),
        },
    ),
    _BINDING: Fold((_POLICY,), "spec.policyName", values=_bound_policy),
    "kyverno.io/PolicyException": Fold(("kyverno.io/ClusterPolicy",), "spec.exceptions", values=excepted),
    "kyverno.io/ClusterPolicy": _KYVERNO,
    "kyverno.io/Policy": _KYVERNO,
}
