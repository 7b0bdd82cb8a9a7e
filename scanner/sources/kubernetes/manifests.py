"""Manifests as resources: which documents are Kubernetes objects, what they are called, what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scanner.model.address import Address
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.resource import Plane, Resource, Scope
from scanner.model.value import Sensitive, Unknown, Value
from scanner.sources.kubernetes.origins import Origins
from scanner.sources.kubernetes.placeholders import opened
from scanner.sources.kubernetes.templates import template_at

if TYPE_CHECKING:
    from scanner.sources.kubernetes.yaml import Document


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Kinds of the API that live outside namespaces; what is not listed is taken as its manifest says.
CLUSTER_SCOPED = _names("""
    Namespace Node PersistentVolume ClusterRole ClusterRoleBinding StorageClass IngressClass PriorityClass
    RuntimeClass GatewayClass MutatingWebhookConfiguration ValidatingWebhookConfiguration
    ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy
    MutatingAdmissionPolicyBinding CustomResourceDefinition APIService CSIDriver CSINode FlowSchema
    PriorityLevelConfiguration CertificateSigningRequest VolumeSnapshotClass VolumeSnapshotContent
    VolumeAttachment ClusterIssuer ClusterSecretStore ClusterExternalSecret CiliumClusterwideNetworkPolicy
    GlobalNetworkPolicy GlobalNetworkSet AdminNetworkPolicy BaselineAdminNetworkPolicy ClusterNetworkPolicy
    ClusterPolicy PodSecurityPolicy ComponentStatus NodePool EC2NodeClass ServiceCIDR IPAddress DeviceClass
""")

# Groups whose documents look like objects and configure a program instead.
_CONFIGURATION = _names("""
    kustomize.config.k8s.io kind.x-k8s.io kubeadm.k8s.io kubelet.config.k8s.io kubeproxy.config.k8s.io
    kubescheduler.config.k8s.io apiserver.config.k8s.io apiserver.k8s.io client.authentication.k8s.io
    audit.k8s.io eksctl.io k3d.io skaffold minikube.sigs.k8s.io ctlptl.dev tilt.dev backstage.io
    controller-runtime.sigs.k8s.io config.karmada.io cli.config.k8s.io
""")
# Of them, the kinds that say how a program of a cluster guards itself. They have no names: their file has one.
_GUARDED = frozenset(
    (
        ("kubelet.config.k8s.io", "KubeletConfiguration"),
        ("apiserver.config.k8s.io", "AdmissionConfiguration"),
        ("pod-security.admission.config.k8s.io", "PodSecurityConfiguration"),
    )
)
_BUILT_IN = re.compile(r"(?:|apps|batch|autoscaling|policy|extensions|(?:[a-z0-9.-]+\.)?k8s\.io)$")
_GROUP = re.compile(r"(?:([A-Za-z0-9.-]+)/)?(v[0-9][A-Za-z0-9]*)$")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]*$")
_LOOKS_OURS = re.compile(rb"""^\s*(?:-\s+)?["']?apiVersion["']?\s*:""", re.MULTILINE)
_LISTS = re.compile(r"(?:[A-Z][A-Za-z0-9]*)?List$")
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # the byte order marks of UTF-16
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_POD_SPECS = {
    "CronJob": "spec.jobTemplate.spec.template.spec",
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"),
        "spec.template.spec",
    ),
}


def read(file: SourceFile) -> tuple[list[Resource], list[Diagnostic], bool]:
    """The objects of one file, what is wrong with it, and whether it holds anything of Kubernetes at all.

    A file that holds none costs a search of its bytes and, where it names apiVersion and kind, a parse; it
    gives no diagnostics, whatever is wrong with it.
    """
    text = file.text
    if b"apiVersion" not in text or b"kind" not in text:
        return _wide(file) if text[:2] in _WIDE else ([], [], False)
    from scanner.sources.kubernetes.yaml import load, load_json  # noqa: PLC0415 - most trees hold YAML without manifests

    resources: list[Resource] = []
    diagnostics: list[Diagnostic] = []
    ours = False
    reader = load_json if file.path.endswith(".json") else load
    for document in reader(text, file.path):
        templated = template_at(document, text)
        if templated is not None:
            # whatever else stands in a template depends on how it is rendered
            return ([], [_unrendered(templated)], True) if _LOOKS_OURS.search(text) else ([], [], False)
        found, told, counts = _document(document, file)
        resources += found
        diagnostics += told
        ours = ours or counts
    return resources, diagnostics, ours


def _wide(file: SourceFile) -> tuple[list[Resource], list[Diagnostic], bool]:
    """A file in UTF-16, as PowerShell writes them: named, where it holds a manifest."""
    if "apiVersion" not in file.text.decode("utf-16", "ignore"):
        return [], [], False
    span = Span(file.path, 0, 2)
    told = Diagnostic(Level.ERROR, "parse-encoding", "UTF-16: expected UTF-8", span, "save the file as UTF-8")
    return [], [told], True


def distinct(resources: Iterable[Resource]) -> Iterator[Resource]:
    """The resources with one address each: what the same root declares again is called NAME@FILE, and again
    in that file NAME@FILE:2. Feed it whole roots, files in order."""
    taken: set[Address] = set()
    for resource in resources:
        address = resource.address
        if address in taken:
            file = PurePosixPath(resource.span.path).name
            address = address._replace(name=f"{address.name}@{file}")
            again, count = address, 1
            while again in taken:
                count += 1
                again = address._replace(name=f"{address.name}:{count}")
            resource = replace(resource, address=again)  # noqa: PLW2901 - the same resource, renamed
        taken.add(resource.address)
        yield resource


def chart_root(path: str, exists: Callable[[str], bool]) -> str | None:
    """The folder of the Helm chart that a file belongs to, or None: the nearest folder above it that holds a
    Chart.yaml. `exists` is asked for paths relative to the tree, with slashes."""
    for folder in PurePosixPath(path).parents:
        if exists((folder / "Chart.yaml").as_posix()):
            return folder.as_posix()
    return None


def _unrendered(span: Span) -> Diagnostic:
    return Diagnostic(
        Level.WARNING,
        "render-template",
        f"{span.path} is a template: what it deploys is known only once it is rendered",
        span,
        "render it first, and scan what comes out; of a chart: helm template CHART | layerproof scan -",
    )


def _document(document: Document, file: SourceFile) -> tuple[list[Resource], list[Diagnostic], bool]:
    if document.broken:
        part = file.text[document.span.start : document.span.end]
        return ([], list(document.diagnostics), True) if _LOOKS_OURS.search(part) else ([], [], False)
    resources: list[Resource] = []
    diagnostics: list[Diagnostic] = []
    for value, origins, body in _objects(document.value, document.origins, document.span):
        found = _resource(opened(value, file.text[body.start : body.end]), origins, body, file.path)
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
        elif found is not None:
            resources.append(found)
    ours = bool(resources or diagnostics)
    if ours:
        diagnostics += document.diagnostics
    return resources, diagnostics, ours


def _objects(value: Value, origins: Origins, body: Span) -> Iterator[tuple[dict[str, Value], Origins, Span]]:
    """The objects in a value, each with its places and its whole text: itself, or what a List holds."""
    if not isinstance(value, dict):
        return
    items = value.get("items")
    kind = value.get("kind")
    if isinstance(items, list) and isinstance(kind, str) and _LISTS.match(kind):
        for position, item in enumerate(items):
            where = f"items[{position}]"
            yield from _objects(_typed(item, value), origins.inside(where), origins.value(where) or body)
        return
    yield value, origins, body


def _typed(item: Value, parent: Mapping[str, Value]) -> Value:
    """An item of a typed list (PodList, as the API answers) may leave out its kind: the list says it."""
    kind = str(parent.get("kind"))[: -len("List")]
    if not isinstance(item, dict) or not kind or "kind" in item:
        return item
    return {"apiVersion": parent.get("apiVersion"), "kind": kind, **item}


def _resource(value: dict[str, Value], origins: Origins, body: Span, path: str) -> Resource | Diagnostic | None:
    identity = _identity(value)
    if identity is None:
        return None
    group, kind = identity
    span = origins.get("kind") or body
    metadata = value.get("metadata")
    name = _name(metadata)
    if identity in _GUARDED:
        metadata, name = {}, PurePosixPath(path).stem
    if not isinstance(metadata, dict) or not name:
        return _nameless(group, kind, span)
    if lack := _fragment(value, group, kind, path):
        return _incomplete(kind, name, lack, span)
    written = metadata.get("namespace")
    namespace = written if isinstance(written, str) and written and kind not in CLUSTER_SCOPED else ""
    return Resource(
        address=Address("k8s", _root(path), f"{group}/{kind}/{namespace}/{name}"),
        type=f"{group}/{kind}",
        attributes=_masked(value) if kind == "Secret" and not group else value,
        span=span,
        plane=Plane.DECLARED,
        scope=Scope("kubernetes", None, namespace or None),
        origins=origins,
        body=body,
    )


def _identity(value: Mapping[str, Value]) -> tuple[str, str] | None:
    """Group and kind of an object; None for what is no object of an API server."""
    version, kind = value.get("apiVersion"), value.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str) or not _KIND.match(kind):
        return None
    parts = _GROUP.match(version)
    if parts is None:
        return None
    group = parts.group(1) or ""
    if (group in _CONFIGURATION and (group, kind) not in _GUARDED) or (kind == "Config" and not group):
        return None
    return group, kind


def _name(metadata: Value) -> str:
    if not isinstance(metadata, dict):
        return ""
    name, generated = metadata.get("name"), metadata.get("generateName")
    if isinstance(name, (str, int, float)) and not isinstance(name, bool) and name != "":
        return str(name)
    return f"{generated}*" if isinstance(generated, str) and generated else ""


def _root(path: str) -> str:
    return PurePosixPath(path).parent.as_posix()


def _nameless(group: str, kind: str, span: Span) -> Diagnostic | None:
    if not _BUILT_IN.match(group) or kind.endswith(("Configuration", "Review")):
        return None  # files for a program; questions to the API (AdmissionReview), which have no names
    return Diagnostic(
        Level.WARNING, "parse-manifest", f"{kind} without metadata.name: no API server takes it", span
    )


def _fragment(value: Mapping[str, Value], group: str, kind: str, path: str) -> str:
    """What tells that an object is a patch that Kustomize applies: its directive, or that a workload lacks what
    none can lack, a selector and the images of its containers or, in a file that is called a patch, labels of its
    pods; that there it says nothing at all. "" where nothing tells it."""
    if "$patch" in value:
        return "says what to do with another object ($patch)"
    called = any("patch" in each for each in path.split("/")[-2:])
    if called and not value.keys() - {"apiVersion", "kind", "metadata"}:
        return "says nothing but its metadata"
    where = _POD_SPECS.get(kind)
    if where is None or group not in ("", "apps", "batch", "extensions"):
        return ""
    spec: Value = value.get("spec")
    if group == "apps" and isinstance(spec, dict):
        if spec.get("selector"):
            return ""
        template = spec.get("template")
        about = template.get("metadata") if isinstance(template, dict) else None
        labelled = isinstance(about, dict) and about.get("labels")
        if called and isinstance(template, dict) and not labelled:
            return "has neither a selector nor labels for its pods"
    spec = value
    for step in where.split("."):
        spec = spec.get(step) if isinstance(spec, dict) else None
    containers = spec.get("containers") if isinstance(spec, dict) else None
    listed = containers if isinstance(containers, list) else []
    if not listed or any(isinstance(each, dict) and _without_image(each.get("image")) for each in listed):
        return "names no image for its containers"
    return ""


def _without_image(image: Value) -> bool:
    return not isinstance(image, Unknown) and not image  # `${IMAGE}` is one, filled in later


def _incomplete(kind: str, name: str, lack: str, span: Span) -> Diagnostic:
    return Diagnostic(
        Level.NOTE,
        "render-patch",
        f"{kind} {name} {lack}: it is taken for a patch and not judged",
        span,
        "render it first: kustomize build OVERLAY | layerproof scan -",
    )


def _masked(value: dict[str, Value]) -> dict[str, Value]:
    """A Secret with its values marked as not to be shown, and what kubectl noted of them."""
    masked = dict(value)
    for part in ("data", "stringData"):
        held = masked.get(part)
        if isinstance(held, dict):
            masked[part] = {name: Sensitive(item) for name, item in held.items()}
    metadata = masked.get("metadata")
    notes = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(metadata, dict) and isinstance(notes, dict) and _APPLIED in notes:
        hidden = {**notes, _APPLIED: Sensitive(notes[_APPLIED])}
        masked["metadata"] = {**metadata, "annotations": hidden}
    return masked
