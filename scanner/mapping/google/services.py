"""Google services around stores: messages, keys, secrets, registries, logs and alerts."""

from __future__ import annotations

from scanner.mapping.extract import EMPTY, elements, flag, has_block, outside, truth, whole, written
from scanner.mapping.google.grants import folds, grants, public_grants
from scanner.mapping.google.stores import store
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import kept
from scanner.mapping.table import Fold, Given, Join, Row, Skip, Table
from scanner.model.value import Value

_IDENTITY = ("id", "self_link", "name")


def _granted(kind: str, key: str, type_: str, given: Given) -> Row:
    return store(kind, key, {"public_access": public_grants(type_), "statements": grants(type_), **given})


def _pushed_over_tls(reader: Reader) -> Value:
    """A push endpoint over HTTPS; pulling always is."""
    return not str(reader.get("push_config.push_endpoint", "https:")).startswith("http:")


def _key_rotated(reader: Reader) -> Value:
    """Symmetric keys renew where a period is written; others cannot."""
    if str(reader.get("purpose", "ENCRYPT_DECRYPT")) != "ENCRYPT_DECRYPT":
        return None
    return written("rotation_period")(reader)


def _key_days(reader: Reader) -> Value:
    """Days between the order and the destruction: 30 by default (Cloud KMS)."""
    duration = str(reader.get("destroy_scheduled_duration", "2592000s"))
    return int(float(duration.rstrip("s"))) // 86400


def _secret_customer_key(reader: Reader) -> Value:
    return written(
        "replication.auto.customer_managed_encryption.kms_key_name",
        "replication.user_managed.replicas.customer_managed_encryption.kms_key_name",
    )(reader)


def _secret_literals(reader: Reader) -> Value:
    """A version in clear text, unless the name of the secret says what else it is."""
    label = reader.resource.address.name.rpartition(".")[2].partition("[")[0]
    named = reader.again().peek("secret_id")
    for fold in reader.folded("google_secret_manager_secret_version"):
        if kept(named, label, fold.peek("secret_data"), fold.resource.span.path):
            return ["secret_data"]
    return []


def _secret_days(reader: Reader) -> Value:
    """Days that a destroyed version can be brought back: none unless a delay is set."""
    duration = str(reader.get("version_destroy_ttl", "0s"))
    return int(float(duration.rstrip("s"))) // 86400


_SERVICES: Table = {
    "google_pubsub_topic": _granted("topic", "kms_key_name", "google_pubsub_topic", {}),
    "google_pubsub_subscription": Row(
        "subscription",
        {"encrypted": _pushed_over_tls},
        {"forwards_to": Join("topic", ("topic",), reverse=True)},
        tags="labels",
    ),
    **folds(("google_pubsub_topic", "topic"), ("google_pubsub_subscription", "subscription")),
    "google_pubsub_schema": Skip("the form of messages"),
    "google_kms_key_ring": Skip("a name for keys"),
    "google_kms_crypto_key": Row(
        "key",
        {
            "rotated": _key_rotated,
            "deletion_days": _key_days,
            "statements": grants("google_kms_crypto_key"),
            "grants": EMPTY,
        },
        identity=_IDENTITY,
        tags="labels",
    ),
    **folds(("google_kms_crypto_key", "crypto_key_id")),
    "google_secret_manager_secret": Row(
        "secret",
        {
            "rotated": has_block("rotation"),
            "customer_key": _secret_customer_key,
            "recovery_days": _secret_days,
            "statements": grants("google_secret_manager_secret"),
            "literal_secrets": _secret_literals,
        },
        identity=("id", "name", "secret_id"),
        name="secret_id",
        tags="labels",
    ),
    "google_secret_manager_secret_version": Fold(("google_secret_manager_secret",), "secret"),
    **folds(("google_secret_manager_secret", "secret_id")),
    "google_artifact_registry_repository": store(
        "registry",
        "kms_key_name",
        {
            "immutable": flag("docker_config.immutable_tags"),
            "scanned": outside("the project decides whether images are scanned"),
            "public_access": public_grants("google_artifact_registry_repository"),
            "statements": grants("google_artifact_registry_repository"),
        },
        name="repository_id",
    ),
    **folds(("google_artifact_registry_repository", "repository")),
    "google_container_registry": Skip("switches the registry of a project on; its images lie in a bucket"),
    "google_logging_project_bucket_config": Row(
        "log_group",
        {"keep_days": lambda reader: whole(reader.get("retention_days", 30)),
         "customer_key": written("cmek_settings.kms_key_name")},
        name="bucket_id",
    ),
    "google_logging_metric": Skip("counts log lines"),
    **{
        f"google_logging_{level}_sink": Skip("where logs are sent on")
        for level in ("project", "folder", "organization", "billing_account")
    },
    "google_monitoring_alert_policy": Row(
        "alarm",
        {"actionable": lambda reader: truth(reader.get("enabled", True)) and bool(
            elements(reader.get("notification_channels")))},
        name="display_name",
    ),
    "google_monitoring_notification_channel": Skip("who is told of alerts"),
    "google_monitoring_dashboard": Skip("shows measures"),
    "google_monitoring_uptime_check_config": Skip("asks whether a service answers"),
}  # fmt: skip

# IAM of kinds that have no policy of their own in the graph
_SILENT: Table = {
    name: Skip("who may read from it") for name in folds(("google_pubsub_subscription", "subscription"))
}
_ASKED = "asks the project for something that exists"
_READ = (
    "kms_key_ring kms_crypto_key kms_secret secret_manager_secret secret_manager_secret_version pubsub_topic"
    " artifact_registry_repository"
)
TABLE: Table = {**_SERVICES, **_SILENT, **{f"data.google_{name}": Skip(_ASKED) for name in _READ.split()}}
