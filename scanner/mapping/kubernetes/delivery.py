"""What installs, certifies and carries the rest: Argo CD, Flux, cert-manager, Karpenter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.mapping.credential_names import lists_names, names_object
from scanner.mapping.extract import EMPTY, FALSE, NONE
from scanner.mapping.kubernetes.published import certificate_names
from scanner.mapping.kubernetes.reading import (
    IN_NAMESPACE,
    OUTSIDE,
    mapping,
    named,
    row,
    sequence,
    unknown,
)
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import literal_secrets
from scanner.mapping.table import Fold, Table
from scanner.model.value import Undetermined, Unknown, Value, unwrap

_COMMIT = re.compile(r"[0-9a-f]{40}$|[0-9a-f]{64}$")
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?$")


def _sources(reader: Reader) -> list[dict[str, Value]]:
    own = mapping(reader.get("spec.source"))
    return [own] if own else [mapping(each) for each in sequence(reader.get("spec.sources"))]


def _source(reader: Reader) -> Value:
    sources = _sources(reader)
    if not sources:
        return None
    first = sources[0]
    return "//".join(str(part) for part in (first.get("repoURL"), first.get("chart") or first.get("path")) if part)


def _pinned(reader: Reader) -> Value:
    """Every source at a commit, a chart at an exact version. A tag of a repository may move."""
    for position, source in enumerate(_sources(reader)):
        if not _fixed(source):
            one = reader.has("spec.source")
            reader.peek(f"{'spec.source' if one else f'spec.sources[{position}]'}.targetRevision")  # shown there
            return False
    return True


def _fixed(source: dict[str, Value]) -> bool:
    revision = str(source.get("targetRevision") or "HEAD")
    if source.get("chart"):
        return _VERSION.match(revision) is not None
    return _COMMIT.match(revision) is not None


def _synced(reader: Reader) -> Value:
    """Whether Argo CD applies what is written and undoes what is not (both are off unless asked for)."""
    automated = mapping(reader.get("spec.syncPolicy.automated"))
    asked = reader.has("spec.syncPolicy.automated") and automated.get("enabled") is not False
    return asked and automated.get("selfHeal") is True


# Flux


def _oci_pinned(reader: Reader) -> Value:
    """By digest, or by a tag that is one exact version, as charts have them; `semver` is a range."""
    tag = reader.get("spec.ref.tag")
    return reader.has("spec.ref.digest") or (tag is not None and _VERSION.match(str(tag)) is not None)


def _running(reader: Reader) -> Value:
    return not reader.get("spec.suspend", False)


def _release_literals(reader: Reader) -> Value:
    """The keys of the values that hold a credential; the last of them is what is shown."""
    written_in = reader.resource.span.path
    found: list[str] = []
    pending: Undetermined | None = None
    for path, name, value in _leaves(reader.get("spec.values"), "spec.values"):
        if names_object(name):
            continue
        try:
            if literal_secrets([(name, value)], written_in):
                found.append(name)
                reader.peek(path)
        except Undetermined as undetermined:
            pending = undetermined
    if pending is not None and not found:
        raise pending
    return list(dict.fromkeys(found))


# A key beside the name of a Secret is the key within it, whatever it is called.
_SECRET_NAME = frozenset(("secretName", "existingSecret", "secretRef"))
_KEY_OF_SECRET = frozenset(("secretKey", "key", "passwordKey", "secretKeyName"))


def _leaves(value: Value, path: str, *keys: str) -> Iterator[tuple[str, str, Value]]:
    """Every text in the values of a release below some keys: its path, its last key (none for what is itself the
    name of a secret), and itself."""
    value = unwrap(value)
    if isinstance(value, dict):
        beside = not _SECRET_NAME.isdisjoint(value)
        for key, inner in value.items():
            if not (beside and str(key) in _KEY_OF_SECRET):
                yield from _leaves(inner, f"{path}.{key}", *keys, str(key))
    elif isinstance(value, list):
        below = (*keys[:-1], "") if lists_names(keys, value) else keys
        for position, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{position}]", *below)
    elif isinstance(value, (str, Unknown)):
        yield path, keys[-1] if keys else "", value


_BOOTSTRAPPED = "flux-system"  # what `flux bootstrap` calls the repository that it is run in, and its namespace


def _git_pinned(reader: Reader) -> Value:
    if reader.get("metadata.name") == reader.get("metadata.namespace") == _BOOTSTRAPPED:
        return None
    return reader.has("spec.ref.commit")


# Karpenter

_CLASS = "karpenter.k8s.aws/EC2NodeClass"


def _public(reader: Reader) -> Value:
    said = reader.get("spec.associatePublicIPAddress")
    return Unknown("its subnets decide", OUTSIDE) if said is None else bool(said)


def _class_of(reader: Reader) -> Iterator[Value]:
    name = reader.get("spec.template.spec.nodeClassRef.name")
    if isinstance(name, str):
        yield named(reader.resource, _CLASS, name, "")


TABLE: Table = {
    "argoproj.io/Application": row(
        "module", {"source": _source, "pinned": _pinned, "local": FALSE, "reconciled": _synced}
    ),
    "source.toolkit.fluxcd.io/GitRepository": row(
        "module", {"source": "spec.url", "pinned": _git_pinned, "local": FALSE, "reconciled": _running}
    ),
    "source.toolkit.fluxcd.io/OCIRepository": row(
        "module",
        {
            "source": "spec.url",
            "pinned": _oci_pinned,
            "local": FALSE,
            "reconciled": _running,
        },
    ),
    "helm.toolkit.fluxcd.io/HelmRelease": row(
        "config",
        {"literal_secrets": _release_literals, "chart_version": "spec.chart.spec.version"},
        {"in_namespace": IN_NAMESPACE},
    ),
    "cert-manager.io/Certificate": row(
        "certificate",
        {
            "transparency_logged": unknown("its issuer decides"),
            "validation": NONE,
            "names": certificate_names,
            "secret": "spec.secretName",
        },
    ),
    _CLASS: row(
        "node_group",
        {
            "public_address": _public,
            "tokens_required": lambda reader: (
                reader.get("spec.metadataOptions.httpTokens", "required") == "required"
            ),
            "remote_access": EMPTY,
        },
    ),
    "karpenter.sh/NodePool": Fold((_CLASS,), "spec.template.spec.nodeClassRef", values=_class_of),
}
