"""Kubernetes objects as the Terraform provider `kubernetes` writes them (kubernetes_deployment_v1 and its kin).

The blocks follow the API with names in snake case and single blocks as lists; defaults are the API server's,
except where the provider sends its own (automount_service_account_token).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping import balancers
from scanner.mapping.aws_auth import AWS_AUTH
from scanner.mapping.ephemeral import TERRAFORM, claims_deleted, data_ephemeral
from scanner.mapping.extract import (
    EMPTY,
    NONE,
    elements,
    flag,
    has_block,
    number,
    strings,
    text,
    truth,
    whole,
)
from scanner.mapping.host_paths import TERRAFORM as MOUNTING
from scanner.mapping.host_paths import read_only_paths
from scanner.mapping.others import network_policies
from scanner.mapping.others.claims import selectable
from scanner.mapping.others.containers import container, token_seconds
from scanner.mapping.others.pod_security import pod_security
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import literal_secrets, stored_secrets
from scanner.mapping.starting import verbose_settings
from scanner.mapping.table import Fixed, Join, Part, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value, unwrap

_IN_NAMESPACE = Join("metadata.namespace", ("namespace",))
_POD = "spec.template.spec"
_JOB = "spec.job_template.spec.template.spec"


def _row(
    kind: str,
    attributes: dict[str, str | Extract | Fixed],
    relations: dict[str, Join | tuple[Join, ...]],
    parts: tuple[Part, ...] = (),
) -> Row:
    return Row(
        kind,
        attributes,
        relations,
        identity=("metadata.name", "metadata.uid", "id"),
        name="metadata.name",
        tags="metadata.labels",
        parts=parts,
    )  # fmt: skip


def _label(reader: Reader, path: str, key: str) -> Value:
    """A label or annotation; its key may hold dots, so it is no path."""
    held = reader.get(path)
    return unwrap(held.get(key)) if isinstance(held, dict) else None


# pods


def _service_account_name(pod: str) -> Extract:
    return lambda reader: reader.get(f"{pod}.service_account_name", "default")


def _host_paths(pod: str) -> Extract:
    return lambda reader: [
        value
        for volume in reader.blocks(f"{pod}.volume")
        for host in volume.blocks("host_path")
        for value in elements(host.peek("path"))
    ]


def _replicated(pod: str) -> Extract:
    if pod != _POD:
        return lambda reader: None
    return lambda reader: (whole(reader.get("spec.replicas", 1)) or 0) > 1


def _mounted(pod: str) -> Join:
    def values(reader: Reader) -> Iterator[Value]:
        for volume in reader.blocks(f"{pod}.volume"):
            for path in (
                "config_map.name",
                "secret.secret_name",
                "persistent_volume_claim.claim_name",
            ):
                yield from elements(volume.peek(path))

    return Join(f"{pod}.volume", ("config", "secret", "volume"), values=values)


def _workload(controller: str, pod: str = _POD) -> Row:
    return _row(
        "workload",
        {
            "controller": Fixed(controller),
            "host_network": flag(f"{pod}.host_network"),
            "host_pid": flag(f"{pod}.host_pid"),
            "host_ipc": flag(f"{pod}.host_ipc"),
            "host_paths": _host_paths(pod),
            "host_paths_read_only": read_only_paths(pod, MOUNTING),
            "service_account_name": _service_account_name(pod),
            # the provider sends true unless told otherwise
            "token_mounted": flag(f"{pod}.automount_service_account_token", absent=True),
            "token_seconds": token_seconds(pod),
            "replicated": _replicated(pod) if controller in ("Deployment", "StatefulSet") else NONE,
            "revisions": (
                number("spec.revision_history_limit", 10)
                if controller in ("DaemonSet", "Deployment", "StatefulSet")
                else NONE
            ),
            "data_ephemeral": data_ephemeral(pod, TERRAFORM, controller),
            "claims_deleted": claims_deleted(TERRAFORM) if controller == "StatefulSet" else NONE,
            "selector": lambda reader: elements(reader.peek(f"{pod.rpartition('.')[0]}.metadata.labels")),
            "owner": NONE,
            "addresses": EMPTY,
            "pod_security": pod_security(pod, f"{pod.rpartition('.')[0]}.metadata" if "." in pod else "metadata"),
        },
        {
            "in_namespace": _IN_NAMESPACE,
            "assumes": Join(f"{pod}.service_account_name", ("service_account",)),
            "mounts": _mounted(pod),
        },
        (
            Part(container(pod, init=False), "container", f"{pod}.container", edge="contains"),
            Part(container(pod, init=True), "container", f"{pod}.init_container", edge="contains"),
        ),
    )


# access, configuration, services


def _permissions(reader: Reader) -> Value:
    return [
        {
            "groups": elements(rule.peek("api_groups")),
            "resources": elements(rule.peek("resources")),
            "verbs": elements(rule.peek("verbs")),
            "names": elements(rule.peek("resource_names")),
            "urls": elements(rule.peek("non_resource_urls")),
        }
        for rule in reader.blocks("rule")
    ]


def _collects(reader: Reader) -> Value:
    return [
        {
            "labels": dict(each.get("match_labels") or {}),
            "expressions": [
                {
                    "key": one.peek("key"),
                    "operator": one.peek("operator"),
                    "values": elements(one.peek("values")),
                }
                for one in each.blocks("match_expressions")
            ],
        }
        for rule in reader.blocks("aggregation_rule")
        for each in rule.blocks("cluster_role_selectors")
    ]


def _subjects(reader: Reader) -> Value:
    return [
        {"kind": block.peek("kind"), "name": block.peek("name"), "namespace": block.peek("namespace")}
        for block in reader.blocks("subject")
    ]


def _accounts(reader: Reader) -> Iterator[Value]:
    for block in reader.blocks("subject"):
        if str(block.get("kind")) == "ServiceAccount":
            yield block.peek("name")


def _namespace(reader: Reader) -> Value:
    """The namespace of an object; the provider puts what names none into `default`."""
    return reader.get("metadata.namespace", "default")


def _binding(*, cluster_wide: bool) -> Row:
    return _row(
        "binding",
        {
            "role_name": text("role_ref.name"),
            "role_kind": text("role_ref.kind"),
            "subjects": _subjects,
            "cluster_wide": Fixed(cluster_wide),
            "namespaces": NONE if cluster_wide else lambda reader: [_namespace(reader)],
        },
        {
            "binds": Join("role_ref.name", ("cluster_role",)),
            "grants_to": Join("subject", ("service_account",), values=_accounts),
            "in_namespace": _IN_NAMESPACE,
        },
    )


def _cluster_role(*, cluster_wide: bool) -> Row:
    return _row(
        "cluster_role",
        {
            "permissions": _permissions,
            "cluster_wide": Fixed(cluster_wide),
            "aggregated": has_block("aggregation_rule"),
            "collects": _collects,
        },
        {},
    )


_CLOUD_ROLES = (
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
)


def _cloud_role(reader: Reader) -> Value:
    for key in (
        "eks.amazonaws.com/role-arn",
        "iam.gke.io/gcp-service-account",
        "azure.workload.identity/client-id",
    ):
        value = _label(reader, "metadata.annotations", key)
        if value is not None:
            return value
    return None


def _data_secrets(reader: Reader) -> Value:
    held = reader.get("data")
    return literal_secrets(held.items()) if isinstance(held, dict) else []


def _data_verbose(reader: Reader) -> Value:
    held = reader.get("data")
    pairs = held.items() if isinstance(held, dict) else ()
    return list(verbose_settings((str(key), unwrap(value)) for key, value in pairs))


def _secret_values(reader: Reader) -> Value:
    """Keys whose value stands in the text."""
    held = reader.get("data")
    return stored_secrets((str(key), value) for key, value in held.items()) if isinstance(held, dict) else []


_INTERNAL = {
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "cloud.google.com/load-balancer-type": ("internal",),
}


def _internal(reader: Reader) -> Value:
    if str(reader.get("spec.type", "ClusterIP")) != "LoadBalancer":
        return None
    return any(
        str(_label(reader, "metadata.annotations", key)).lower() in values for key, values in _INTERNAL.items()
    )


def _ports(reader: Reader) -> Value:
    return [
        {
            "name": block.peek("name"),
            "port": whole(block.peek("port")),
            "target": whole(block.peek("target_port")),
            "node_port": whole(block.peek("node_port")),
            "protocol": str(block.get("protocol", "TCP")).lower(),
        }
        for block in reader.blocks("spec.port")
    ]


def _account_mounted(reader: Reader) -> Value:
    return truth(reader.get("automount_service_account_token", True))


_CLAIM = _row(
    "volume",
    {
        "selectable": selectable,
        "own_copies": EMPTY,
        "encrypted": Fixed(Unknown("the storage class decides", Cause.OUTSIDE_SCAN)),
        "customer_key": Fixed(Unknown("the storage class decides", Cause.OUTSIDE_SCAN)),
        "placement": Fixed("self-managed"),
    },
    {"in_namespace": _IN_NAMESPACE},
)


def _pinned_level(reader: Reader) -> Value:
    said = _label(reader, "metadata.labels", "pod-security.kubernetes.io/enforce-version")
    return None if said == "latest" else said


_PLAIN: Table = {
    "kubernetes_namespace": _row(
        "namespace",
        {
            "pod_security": lambda reader: _label(reader, "metadata.labels", "pod-security.kubernetes.io/enforce"),
            "pod_security_version": _pinned_level,
            "mesh_injected": lambda reader: (
                _label(reader, "metadata.labels", "istio-injection") == "enabled"
                or _label(reader, "metadata.labels", "istio.io/rev") is not None
            ),
        },
        {},
    ),
    "kubernetes_service_account": _row(
        "service_account",
        {"token_mounted": _account_mounted, "role": _cloud_role, "namespace": _namespace},
        {
            "in_namespace": _IN_NAMESPACE,
            "assumes": Join(
                "metadata.annotations", ("role",), values=lambda reader: elements(_cloud_role(reader))
            ),
        },
    ),
    "kubernetes_config_map": _row(
        "config",
        {"literal_secrets": _data_secrets, "verbose": _data_verbose, "chart_version": NONE},
        {"in_namespace": _IN_NAMESPACE},
        parts=(AWS_AUTH,),
    ),
    "kubernetes_secret": _row(
        "secret",
        {
            "rotated": NONE,
            "customer_key": NONE,
            "recovery_days": NONE,  # no window can be set; what deletes it is not its own doing
            "literal_secrets": _secret_values,
            "statements": EMPTY,
        },
        {"in_namespace": _IN_NAMESPACE},
    ),
    "kubernetes_role": _cluster_role(cluster_wide=False),
    "kubernetes_cluster_role": _cluster_role(cluster_wide=True),
    "kubernetes_role_binding": _binding(cluster_wide=False),
    "kubernetes_cluster_role_binding": _binding(cluster_wide=True),
    "kubernetes_deployment": _workload("Deployment"),
    "kubernetes_stateful_set": _workload("StatefulSet"),
    "kubernetes_daemonset": _workload("DaemonSet"),
    "kubernetes_daemon_set": _workload("DaemonSet"),
    "kubernetes_replication_controller": _workload("ReplicationController"),
    "kubernetes_job": _workload("Job"),
    "kubernetes_cron_job": _workload("CronJob", _JOB),
    "kubernetes_pod": _workload("Pod", "spec"),
    "kubernetes_service": _row(
        "service",
        {
            "exposure": text("spec.type", "ClusterIP"),
            "internal": _internal,
            "source_ranges": strings("spec.load_balancer_source_ranges"),
            "ports": _ports,
            "selector": lambda reader: elements(reader.peek("spec.selector")),
            "external_addresses": strings("spec.external_ips"),
            "node_local": lambda reader: reader.get("spec.external_traffic_policy", "Cluster") == "Local",
            "headless": lambda reader: reader.get("spec.cluster_ip", "") == "None",
            "balancer": lambda reader: balancers.of_service(reader, "spec.load_balancer_class"),
        },
        {"in_namespace": _IN_NAMESPACE},
    ),
    "kubernetes_persistent_volume_claim": _CLAIM,
    "kubernetes_network_policy": _row(
        "network_policy", network_policies.ATTRIBUTES, {"in_namespace": _IN_NAMESPACE}
    ),
}

TABLE: Table = {
    **_PLAIN,
    **{f"{name}_v1": row for name, row in _PLAIN.items()},
    **{
        f"kubernetes_{name}": Skip(reason)
        for name, reason in {
            "annotations": "annotations of an object that is managed elsewhere",
            "labels": "labels of an object that is managed elsewhere",
            "env": "a variable of a workload that is managed elsewhere",
            "priority_class": "which pods go first",
            "priority_class_v1": "which pods go first",
            "pod_disruption_budget_v1": "how many pods may be away at once",
        }.items()
    },
}
