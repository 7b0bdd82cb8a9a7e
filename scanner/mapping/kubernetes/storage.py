"""What a cluster keeps: claims, volumes, their classes and snapshots, secrets, configuration, backups."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import replace

from scanner.mapping.aws_auth import AWS_AUTH
from scanner.mapping.credential_names import names_object_by
from scanner.mapping.extract import EMPTY, FALSE, NONE, UNLOCKED
from scanner.mapping.kubernetes.configured import KUBELET
from scanner.mapping.kubernetes.pipelines import PIPELINE
from scanner.mapping.kubernetes.plugins import CILIUM
from scanner.mapping.kubernetes.reading import (
    IN_NAMESPACE,
    OUTSIDE,
    annotation,
    beside,
    entry,
    identity,
    joined,
    label,
    mapping,
    named,
    row,
    texts,
    unknown,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import BINARY, literal_secrets, stored_secrets
from scanner.mapping.starting import verbose_settings
from scanner.mapping.table import Fixed, Join, Part, Row, Table
from scanner.model.value import Undetermined, Unknown, Value, unwrap

# The marker of an attribute that a claim's storage class decides; `connect` resolves it.
CLASS_DECIDES = "its storage class decides"
_CLASS = unknown(CLASS_DECIDES)
_STORAGE_CLASS = "storage.k8s.io/StorageClass"
_DECIDES = "the provider's account or pool decides"

# What a claim says of itself: nothing; `connect` takes it from the class.
CLAIM: dict[str, str | Extract | Fixed] = {
    "encrypted": _CLASS,
    "customer_key": _CLASS,
    "placement": _CLASS,
    "own_copies": EMPTY,
}

# Drivers whose disks are encrypted whatever is asked for (Google, Azure: documentation of the services).
_ALWAYS = frozenset(
    ("pd.csi.storage.gke.io", "kubernetes.io/gce-pd", "disk.csi.azure.com", "kubernetes.io/azure-disk",
     "filestore.csi.storage.gke.io", "file.csi.azure.com", "kubernetes.io/azure-file")
)  # fmt: skip
_LOCAL = frozenset(
    ("kubernetes.io/no-provisioner", "rancher.io/local-path", "k8s.io/minikube-hostpath", "local.csi.openebs.io",
     "hostpath.csi.k8s.io", "openebs.io/local", "docker.io/hostpath", "topolvm.io", "topolvm.cybozu.com")
)  # fmt: skip
_MANAGED = re.compile(
    r"ebs|efs|fsx|gce-pd|gke\.io|azure|digitalocean|linode|hetzner|vultr|oci|ibm|scaleway|exoscale"
)


# claims, volumes, classes


def _class_encrypted(reader: Reader) -> Value:
    driver = str(reader.get("provisioner", ""))
    said = entry(reader, "parameters", "encrypted")
    if said is not None:
        return str(said).lower() == "true"
    if driver in _ALWAYS or _class_key(reader):
        return True
    return Unknown(_DECIDES, OUTSIDE)


def _class_key(reader: Reader) -> bool:
    keys = ("kmsKeyId", "kmskeyid", "disk-encryption-kms-key", "diskEncryptionSetID", "encryptionKMSID")
    return any(entry(reader, "parameters", key) for key in keys)


def placement(driver: str) -> Value:
    """Where a driver keeps its volumes: on the machine, in the cluster, or with a provider."""
    if driver in _LOCAL:
        return "node-local"
    return "managed" if _MANAGED.search(driver) else "self-managed"


def _volume_placement(reader: Reader) -> Value:
    spec = mapping(reader.get("spec"))
    if "hostPath" in spec or "local" in spec:
        return "node-local"
    driver = reader.get("spec.csi.driver")
    if driver:
        return placement(str(driver))
    cloud = ("awsElasticBlockStore", "gcePersistentDisk", "azureDisk", "azureFile")
    return "managed" if any(name in spec for name in cloud) else "self-managed"


def _volume_encrypted(reader: Reader) -> Value:
    driver = str(reader.get("spec.csi.driver", ""))
    spec = mapping(reader.get("spec"))
    if driver in _ALWAYS or "gcePersistentDisk" in spec or "azureDisk" in spec:
        return True
    return Unknown("the manifest names the volume, not how it was made", OUTSIDE)


def _claim_names(reader: Reader) -> Iterator[str]:
    """A claim is also named by those who mean every volume, or every one of a namespace."""
    yield from identity(reader)
    yield from every_volume(reader, "*")
    region = reader.resource.scope.region
    if isinstance(region, str):
        yield from every_volume(reader, region)


def every_volume(reader: Reader, namespace: str) -> Iterator[str]:
    """The identity that all claims of a namespace answer to ("*": of all)."""
    cluster = reader.resource.scope.account
    yield f"a volume of namespace {namespace}" + (f" of {cluster}" if isinstance(cluster, str) else "")


def claim(reader: Reader) -> Value:
    """What schedules look at: the name that pods know it by, its class and modes, and marks that leave it out."""
    return {
        "type": "claim",
        "name": str(reader.get("metadata.name", "")),
        "volume": str(reader.get("metadata.name", "")),
        "class": str(reader.get("spec.storageClassName", "")),
        "modes": ",".join(texts(reader.get("spec.accessModes"))),
        "k8up": annotation(reader, "k8up.io/backup") or "",
        "velero": label(reader, "velero.io/exclude-from-backup") or "",
    }


# A claim that names no class is made by the cluster's default one.
_DEFAULT = "the default storage class"
_IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def made_by(path: str) -> Join:
    """The class of a claim whose spec stands at a path."""

    def names(reader: Reader) -> Iterator[Value]:
        said = reader.get(f"{path}.storageClassName")
        if said is None:
            yield _DEFAULT
        elif said != "":
            yield named(reader.resource, _STORAGE_CLASS, str(said), "")

    return Join(f"{path}.storageClassName", ("storage_class",), values=names)


def _class_names(reader: Reader) -> Iterator[str]:
    yield from identity(reader)
    if annotation(reader, _IS_DEFAULT) == "true":
        yield _DEFAULT


# secrets


def _committed(reader: Reader) -> Value:
    """The keys of a Secret whose value stands in the manifest. A template's placeholder is no value."""
    found: list[str] = []
    for part in ("data", "stringData"):
        pairs = [(str(key), unwrap(value)) for key, value in mapping(reader.get(part)).items()]
        for key, value in pairs:
            if isinstance(value, Unknown):
                raise Undetermined(value)
            held = _decoded(value) if part == "data" else value
            if stored_secrets([(key, held)], reader.resource.span.path):
                found.append(f"{part}.{key}")
    return _shown(reader, found)


def _shown(reader: Reader, found: list[str]) -> list[str]:
    """The keys of some paths; the last of them is what is shown."""
    if found:
        reader.peek(found[-1])
    return list(dict.fromkeys(path.partition(".")[2] for path in found))


def _decoded(value: Value) -> Value:
    """What base64 says: bytes that are no text count as a key, what is not base64 as it stands."""
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode()
    except binascii.Error:
        return value
    except UnicodeDecodeError:
        return BINARY


def _secret_names(reader: Reader) -> Iterator[str]:
    """What makes a Secret is named by those who name the Secret."""
    yield from identity(reader)
    target = reader.get("spec.target.name") or reader.get("metadata.name")
    if target is not None:
        yield beside(reader.resource, "/Secret", str(target))


def _secret(literal: Extract | Fixed, rotated: Extract | Fixed) -> Row:
    return row(
        "secret",
        {
            "rotated": rotated,
            "customer_key": NONE,
            "recovery_days": NONE,
            "statements": EMPTY,
            "literal_secrets": literal,
        },
        identity=_secret_names,
    )


def _is_token(reader: Reader) -> bool:
    return bool(reader.get("type") == "kubernetes.io/service-account-token")


def _token_active(reader: Reader) -> Value:
    reader.get("type")
    return True


# A Secret of this type is a token without an end (Kubernetes documentation, "Service account token Secrets").
_TOKEN = Part(
    Row(
        "access_key",
        {"active": _token_active, "root": FALSE},
        identity=(),
        name="metadata.name",
        tags="metadata.labels",
    ),
    "token",
    when=_is_token,
)


def _refreshed(reader: Reader) -> Value:
    return str(reader.get("spec.refreshInterval", "1h")) not in ("0", "0s")


def _config_literals(reader: Reader) -> Value:
    """The keys of a ConfigMap that hold a credential; a file of settings is judged by what it says."""
    written_in = reader.resource.span.path
    given = mapping(reader.get("data")).items()
    held = [(str(key), value) for key, value in given if not names_object_by(str(key), unwrap(value))]
    return _shown(reader, [f"data.{key}" for key in literal_secrets(held, written_in)])


def _config_verbose(reader: Reader) -> Value:
    held = [(str(key), unwrap(value)) for key, value in mapping(reader.get("data")).items()]
    return _shown(reader, [f"data.{key}" for key in verbose_settings(held)])


def _held(reader: Reader) -> Value:
    """Live alone: not where its claim is gone (Kubernetes documentation, "Persistent Volumes", Phase)."""
    phase = reader.get("status.phase")
    return None if phase is None else phase not in ("Released", "Failed")


# snapshots


def _snapshot_source(reader: Reader) -> Iterator[Value]:
    claim = reader.get("spec.source.persistentVolumeClaimName")
    if claim is not None:
        yield beside(reader.resource, "/PersistentVolumeClaim", str(claim))


TABLE: Table = {
    "/PersistentVolumeClaim": row(
        "volume",
        {**CLAIM, "selectable": claim},
        {"made_by": made_by("spec")},
        identity=_claim_names,
    ),
    "/PersistentVolume": row(
        "volume",
        {
            "encrypted": _volume_encrypted,
            "customer_key": unknown("the manifest names the volume, not how it was made"),
            "placement": _volume_placement,
            "selectable": NONE,
            "own_copies": NONE,  # its claim stands for the data
            "in_use": _held,
            "created": "metadata.creationTimestamp",
        },
    ),
    _STORAGE_CLASS: row(
        "storage_class",
        {
            "encrypted": _class_encrypted,
            "customer_key": _class_key,
            "placement": lambda reader: placement(str(reader.get("provisioner", ""))),
        },
        identity=_class_names,
    ),
    "snapshot.storage.k8s.io/VolumeSnapshot": row(
        "snapshot",
        {"encrypted": unknown("the volume that it was taken of decides"), "public_access": FALSE, **UNLOCKED},
        {"snapshot_of": joined("spec.source", ("volume",), _snapshot_source)},
    ),
    "/Secret": replace(_secret(_committed, NONE), parts=(_TOKEN,)),
    "bitnami.com/SealedSecret": _secret(EMPTY, NONE),
    "external-secrets.io/ExternalSecret": _secret(EMPTY, _refreshed),
    "external-secrets.io/ClusterExternalSecret": _secret(EMPTY, _refreshed),
    "opentelemetry.io/OpenTelemetryCollector": row(
        "config",
        {"literal_secrets": EMPTY, "chart_version": NONE},
        {"in_namespace": IN_NAMESPACE},
        parts=(PIPELINE,),
    ),
    "/ConfigMap": row(
        "config",
        {"literal_secrets": _config_literals, "verbose": _config_verbose, "chart_version": NONE},
        {"in_namespace": IN_NAMESPACE},
        parts=(AWS_AUTH, PIPELINE, CILIUM, KUBELET),
    ),
}
