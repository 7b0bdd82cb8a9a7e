"""Google Kubernetes Engine: clusters, their own pool of machines, and further pools."""

from __future__ import annotations

from scanner.mapping.extract import EMPTY, NONE, each, elements, equals, has_block, text, truth
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Join, Part, Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value

_IDENTITY = ("id", "self_link", "name")
_EVERYONE = ["0.0.0.0/0"]
_DECIDES = Unknown("the cluster decides it for pools that do not say", Cause.OUTSIDE_SCAN)


def _public_endpoint(reader: Reader) -> Value:
    """Whether it has a public address; with endpoints of IP switched off only its name leads there, for callers
    that IAM lets in (GKE documentation, "Control plane access")."""
    if not truth(reader.get("control_plane_endpoints_config.ip_endpoints_config.enabled", True)):
        return False
    return not truth(reader.get("private_cluster_config.enable_private_endpoint", False))


def _public_cidrs(reader: Reader) -> Value:
    """Who may reach the control plane: everyone, unless authorized networks are written (then only they)."""
    if not _public_endpoint(reader):
        return []
    blocks = list(reader.blocks("master_authorized_networks_config"))
    if not blocks:
        return _EVERYONE
    return [value for block in blocks for value in each("cidr_blocks", "cidr_block")(block)]


def _logs(reader: Reader) -> Value:
    """Components whose logs are kept; GKE's own default is the system and the workloads.

    Requests to the API server, with who made them, are always in Cloud Audit Logs (GKE documentation, "Audit
    logging": admin activity cannot be switched off).
    """
    always: list[Value] = ["audit", "authenticator"]
    if str(reader.get("logging_service", "")) == "none":
        return always
    kept = reader.get("logging_config.enable_components")
    return always + (["SYSTEM_COMPONENTS", "WORKLOADS"] if kept is None else elements(kept))


def _workloads_logged(reader: Reader) -> Value:
    if str(reader.get("logging_service", "")) == "none":
        return False
    kept = reader.get("logging_config.enable_components")
    return kept is None or "WORKLOADS" in elements(kept)


def _legacy(reader: Reader) -> Value:
    """Attribute-based access, or certificates issued to clients; both are off by default."""
    if truth(reader.get("enable_legacy_abac", False)):
        return True
    return truth(reader.get("master_auth.client_certificate_config.issue_client_certificate", False))


def _network_policy(reader: Reader) -> Value:
    """Enforced by Dataplane V2, which Autopilot always has, or by the Calico add-on."""
    if truth(reader.get("enable_autopilot", False)):
        return True
    if str(reader.get("datapath_provider", "")).upper() == "ADVANCED_DATAPATH":
        return True
    return truth(reader.get("network_policy.enabled", False))


def _upgraded(reader: Reader) -> Value:
    """New clusters are enrolled in a release channel, which upgrades them, unless they are kept out of all (GKE
    documentation, "About release channels")."""
    return str(reader.get("release_channel.channel", "REGULAR")).upper() != "UNSPECIFIED"


# pools of machines


def _pool_public(reader: Reader) -> Value:
    private = reader.get("network_config.enable_private_nodes")
    if private is None:
        return Unknown("the cluster decides whether nodes get public addresses", Cause.OUTSIDE_SCAN)
    return not truth(private)


def is_default_account(given: Value) -> bool:
    """Whether machines act as the default account of Compute Engine: by its address, its short name, or where no
    account is named (Compute Engine documentation, "Service accounts"; GKE API, NodeConfig)."""
    return given in (None, "", "default") or str(given).endswith("-compute@developer.gserviceaccount.com")


def _default_identity(reader: Reader) -> Value:
    """Without an account of their own machines run as the default account of Compute Engine."""
    return is_default_account(reader.get("node_config.service_account"))


def _identity_hidden(default: Extract) -> Extract:
    """Whether pods meet the metadata server of GKE instead of the machine's: by default where the cluster has
    workload identity (GKE documentation, "Workload Identity Federation for GKE")."""

    def extract(reader: Reader) -> Value:
        config = "node_config.workload_metadata_config"
        mode = reader.get(f"{config}.mode", reader.get(f"{config}.node_metadata"))
        return default(reader) if mode is None else str(mode).upper().startswith("GKE_METADATA")

    return extract


_HAS_IDENTITIES = has_block("workload_identity_config")


def _pool_upgraded(reader: Reader) -> Value:
    """In a management block nothing is updated that it does not say (provider documentation)."""
    if reader.block("management") is None:
        return _DECIDES
    return truth(reader.get("management.auto_upgrade", False)) and truth(
        reader.get("management.auto_repair", False)
    )


def _secure_boot(reader: Reader) -> Value:
    return truth(reader.get("node_config.shielded_instance_config.enable_secure_boot", False))


_MACHINES: dict[str, Extract | Fixed] = {
    "tokens_required": NONE,
    "remote_access": EMPTY,
    "secure_boot": _secure_boot,
    "default_identity": _default_identity,
}
_OWN_POOL = Row(
    "node_group",
    {
        **_MACHINES,
        "public_address": lambda reader: (
            not truth(reader.get("private_cluster_config.enable_private_nodes", False))
        ),
        "identity_hidden": _identity_hidden(_HAS_IDENTITIES),
        "upgraded": NONE,  # the cluster's channel says so
    },
    identity=(),
    tags=lambda reader: {},
)


_INNER_POOL = Row(
    "node_group",
    {
        **_MACHINES,
        "public_address": lambda pool: (
            not truth(
                pool.get(
                    "network_config.enable_private_nodes",
                    Reader(pool.resource).get("private_cluster_config.enable_private_nodes", False),
                )
            )
        ),
        "identity_hidden": _identity_hidden(lambda pool: _HAS_IDENTITIES(Reader(pool.resource))),
        "upgraded": _pool_upgraded,
    },
    identity=(),
    tags=lambda reader: {},
)


def _keeps_pools(reader: Reader) -> bool:
    """Whether the pool that comes with a cluster stays; Autopilot's machines are Google's."""
    cluster = Reader(reader.resource)
    return not truth(cluster.get("remove_default_node_pool", False)) and not truth(
        cluster.get("enable_autopilot", False)
    )


def _keeps_own_pool(reader: Reader) -> bool:
    """Whether that pool is described by the cluster's own node_config: not where pools are written inside."""
    return _keeps_pools(reader) and reader.block("node_pool") is None


TABLE: Table = {
    "google_container_cluster": Row(
        "cluster",
        {
            "flavour": Fixed("kubernetes"),
            "version": text("min_master_version"),
            "public_endpoint": _public_endpoint,
            "public_cidrs": _public_cidrs,
            "secrets_encrypted": equals("database_encryption.state", "ENCRYPTED", default="DECRYPTED"),
            "logs": _logs,
            "legacy_authorization": _legacy,
            "access_entries": NONE,
            "creator_administers": NONE,
            "network_policy": _network_policy,
            "upgraded": _upgraded,
            "workloads_logged": _workloads_logged,
        },
        {
            "in_network": Join("network", ("network",)),
            "in_subnet": Join("subnetwork", ("subnet",)),
            "encrypted_with": Join("database_encryption.key_name", ("key",)),
            "assumes": Join("node_config.service_account", ("role",)),
        },
        identity=_IDENTITY,
        tags="resource_labels",
        parts=(
            Part(_OWN_POOL, "default-pool", edge="contains", when=_keeps_own_pool),
            Part(_INNER_POOL, "pool", "node_pool", edge="contains", when=_keeps_pools),
        ),
    ),
    "google_container_node_pool": Row(
        "node_group",
        {
            **_MACHINES,
            "public_address": _pool_public,
            "identity_hidden": _identity_hidden(lambda reader: _DECIDES),
            "upgraded": _pool_upgraded,
        },
        {"runs_on": Join("cluster", ("cluster",)), "assumes": Join("node_config.service_account", ("role",))},
    ),
    "google_gke_hub_membership": Skip("enters a cluster in a fleet"),
    "google_gke_hub_feature": Skip("a feature of a fleet"),
}
