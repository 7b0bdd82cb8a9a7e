"""Files that configure programs of a cluster: the kubelet's, and what admission lets pass unseen.

Sources: the reference of kubelet.config.k8s.io/v1beta1, of which the defaults differ from those of the flags
(anonymous requests and the read-only port are off, authorization is Webhook); "Configure the Admission Controller"
of Pod Security Admission; kubeadm, which keeps the kubelet's file in the ConfigMap kubelet-config of kube-system.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.extract import EMPTY, FALSE, NONE
from scanner.mapping.kubernetes.reading import OUTSIDE, mapping, named, row, sequence, texts, walked
from scanner.mapping.reader import Reader
from scanner.mapping.table import Fixed, Part, Row, Table
from scanner.model.value import Undetermined, Unknown, Value, unwrap

# The field of the file, the flag that means the same, whether its list is one text of the flag.
_FIELDS = {
    "authentication.anonymous.enabled": "anonymous-auth",
    "authentication.webhook.enabled": "authentication-token-webhook",
    "authentication.x509.clientCAFile": "client-ca-file",
    "authorization.mode": "authorization-mode",
    "readOnlyPort": "read-only-port",
    "tlsCipherSuites": "tls-cipher-suites",
    "tlsMinVersion": "tls-min-version",
    "tlsCertFile": "tls-cert-file",
    "rotateCertificates": "rotate-certificates",
    "serverTLSBootstrap": "rotate-server-certificates",
    "streamingConnectionIdleTimeout": "streaming-connection-idle-timeout",
    "protectKernelDefaults": "protect-kernel-defaults",
    "makeIPTablesUtilChains": "make-iptables-util-chains",
}


def _flags(reader: Reader) -> Value:
    """What the file says, as the flags that mean the same; what it leaves out is at the file's own defaults."""
    found: list[Value] = []
    for path, name in _FIELDS.items():
        value = reader.get(path)
        if value is not None:
            reader.mark(len(found), reader, path)
            found.append({"name": name, "value": _as_flag(value)})
    return found


def _as_flag(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(texts(value)) if isinstance(value, list) else str(value)


_KUBELET = {"program": Fixed("kubelet"), "flags": _flags}


def _kept_flags(reader: Reader) -> Value:
    """Of the text in a ConfigMap; its place is that of the whole text."""
    held = _parsed(reader.get("data.kubelet"))
    reader.get("data.kubelet")
    return [
        {"name": name, "value": _as_flag(value)}
        for path, name in _FIELDS.items()
        if (value := walked(held, *path.split("."))) is not None
    ]


def _parsed(text: Value) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - only where there is such a ConfigMap

    try:
        found = yaml.safe_load(text) if isinstance(text, str) else text
    except (yaml.YAMLError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Undetermined(Unknown("the kubelet's configuration is no YAML, or is filled in later", OUTSIDE))
    return found


def _is_kept(reader: Reader) -> bool:
    name, namespace = reader.peek("metadata.name"), reader.peek("metadata.namespace")
    return isinstance(name, str) and name.startswith("kubelet-config") and namespace == "kube-system"


# The kubelet's configuration as kubeadm keeps it for machines that join.
KUBELET = Part(
    Row("component", {"program": Fixed("kubelet"), "flags": _kept_flags}, identity=(), tags=lambda reader: {}),
    "kubelet",
    when=_is_kept,
)


# Pod Security Admission

_EXEMPT = {"usernames": "user", "runtimeClasses": "runtime", "namespaces": "namespace"}


def _exempts(at: str) -> Any:
    def extract(reader: Reader) -> Value:
        found: list[Value] = []
        for field, word in _EXEMPT.items():
            for position, name in enumerate(texts(reader.get(f"{at}exemptions.{field}"))):
                reader.mark(len(found), reader, f"{at}exemptions.{field}[{position}]")
                found.append(f"{word} {name}")
        return found

    return extract


def _admission(at: str) -> dict[str, Any]:
    return {
        "purpose": Fixed("policy"),
        "fails_open": FALSE,  # it runs inside the API server
        "own_kinds": NONE,
        "denies": NONE,  # the labels of namespaces say so
        "avoidable": EMPTY,
        "exempts": _exempts(at),
    }


def _is_pod_security(reader: Reader) -> bool:
    return walked(reader.value, "name") == "PodSecurity" and walked(reader.value, "configuration") is not None


def excluded(reader: Reader, path: str = "namespaceSelector") -> Iterator[tuple[Reader, str, str]]:
    """Namespaces that a selector leaves out by their names, each with its place."""
    for each in reader.blocks(f"{path}.matchExpressions"):
        if each.get("key") == "kubernetes.io/metadata.name" and each.get("operator") == "NotIn":
            for position, name in enumerate(texts(each.get("values"))):
                yield each, f"values[{position}]", f"namespace {name}"


def exempting(path: str) -> Any:
    """What a webhook or a policy with a selector at a path leaves out by name."""

    def extract(reader: Reader) -> Value:
        found: list[Value] = []
        for source, place, what in excluded(reader, path):
            reader.mark(len(found), source, place)
            found.append(what)
        return found

    return extract


# Kyverno: what the rules of a policy exclude, and the exceptions beside it.

_EXCEPTION = "kyverno.io/PolicyException"


def kyverno_exempts(reader: Reader) -> Value:
    """Namespaces that every rule excludes whatever else is asked, and exceptions that match all there is."""
    found: list[Value] = []
    for rule in reader.blocks("spec.rules"):
        for path in ("exclude.any", "exclude.all", "exclude"):
            for each in rule.blocks(path):
                for source, place, name in _wholly(each):
                    reader.mark(len(found), source, place)
                    found.append(f"namespace {name}")
    for exception in reader.folded(_EXCEPTION):
        for path in ("spec.match.any", "spec.match.all"):
            for each in exception.blocks(path):
                for source, place, name in _wholly(each):
                    reader.mark(len(found), source, place)
                    found.append(f"namespace {name}")
    return found


def _wholly(each: Reader) -> Iterator[tuple[Reader, str, str]]:
    """The namespaces of a block that asks for nothing but namespaces (and kinds)."""
    asked = set(mapping(walked(each.value, "resources")))
    others = set(mapping(unwrap(each.value))) - {"resources"}
    if asked <= {"namespaces", "kinds"} and "namespaces" in asked and not others:
        for position, name in enumerate(texts(each.get("resources.namespaces"))):
            yield each, f"resources.namespaces[{position}]", name


def excepted(reader: Reader) -> Iterator[Value]:
    """The names of the policies that an exception speaks of."""
    for each in sequence(reader.get("spec.exceptions")):
        name = walked(each, "policyName")
        if isinstance(name, str):
            yield named(reader.resource, "kyverno.io/ClusterPolicy", name.rpartition("/")[2])


def _gatekeeper_exempts(reader: Reader) -> Value:
    found: list[Value] = []
    for each in reader.blocks("spec.match"):
        if {"*", "webhook"} & set(texts(each.get("processes"))):
            for position, name in enumerate(texts(each.get("excludedNamespaces"))):
                reader.mark(len(found), each, f"excludedNamespaces[{position}]")
                found.append(f"namespace {name}")
    return found


_PLUGIN = Row("webhook", _admission("configuration."), identity=(), tags=lambda reader: {})
_SETTINGS = {"literal_secrets": EMPTY, "chart_version": NONE}
TABLE: Table = {
    "kubelet.config.k8s.io/KubeletConfiguration": row("component", _KUBELET),
    "apiserver.config.k8s.io/AdmissionConfiguration": row(
        "config", _SETTINGS, parts=(Part(_PLUGIN, "plugin", "plugins", when=_is_pod_security),)
    ),
    "pod-security.admission.config.k8s.io/PodSecurityConfiguration": row("webhook", _admission("")),
    "config.gatekeeper.sh/Config": row(
        "webhook",
        {
            "purpose": Fixed("policy"),
            "fails_open": NONE,  # its webhook says so
            "own_kinds": NONE,
            "denies": NONE,
            "avoidable": EMPTY,
            "exempts": _gatekeeper_exempts,
        },
    ),
}
