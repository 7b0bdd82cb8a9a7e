"""What is asked before an object is let in: namespaces' Pod Security, webhooks, admission policies."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import EMPTY, NONE, TRUE
from scanner.mapping.kubernetes.configured import excepted, exempting, kyverno_exempts
from scanner.mapping.kubernetes.reading import (
    OUTSIDE,
    annotation,
    label,
    named,
    row,
    texts,
    whole,
)
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fixed, Fold, Join, Part, Row, Table
from scanner.model.value import Unknown, Value

_GROUP = "admissionregistration.k8s.io"
_POLICY = f"{_GROUP}/ValidatingAdmissionPolicy"
_BINDING = f"{_POLICY}Binding"
_ENFORCE = "pod-security.kubernetes.io/enforce"


def _pod_security(reader: Reader) -> Value:
    """The level of the label. Without one a cluster falls back on its configuration, `privileged` unless that
    was changed (managed clusters cannot): none."""
    return label(reader, _ENFORCE)


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
