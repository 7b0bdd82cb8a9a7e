"""AWS queues, topics, streams, brokers and registries of images."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws import kafka
from scanner.mapping.aws.keys import customer_key, key_join, own_key
from scanner.mapping.aws.policy import folded_statements, public_policy
from scanner.mapping.aws.volumes import MANAGED
from scanner.mapping.extract import FALSE, NONE, TRUE, equals, flag, truth, written
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Row, Skip, Table
from scanner.mapping.versions import engine_release
from scanner.model.logic import either, some
from scanner.model.value import Cause, Unknown, Value

_QUEUE_POLICY = folded_statements("policy", ("aws_sqs_queue_policy", "policy"))
_TOPIC_POLICY = folded_statements("policy", ("aws_sns_topic_policy", "policy"))
_REGISTRY_POLICY = folded_statements("", ("aws_ecr_repository_policy", "policy"))
_PUBLIC_REGISTRY_POLICY = folded_statements("", ("aws_ecrpublic_repository_policy", "policy"))
_TO_PEOPLE = ("email", "email-json", "sms")


def _queue_encrypted(reader: Reader) -> Value:
    """SQS encrypts new queues with its own key (SQS Developer Guide, "Configuring server-side encryption"); only
    an explicit false without a KMS key turns that off."""
    if written("kms_master_key_id")(reader):
        return True
    return truth(reader.get("sqs_managed_sse_enabled", True))


def _topic_encrypted(reader: Reader) -> Value:
    """SNS encrypts at rest only with a KMS key that is named (SNS Developer Guide, "Data encryption")."""
    return written("kms_master_key_id")(reader)


def _subscription_encrypted(reader: Reader) -> Value:
    """Not over plain HTTP. Nobody chooses how mail and short messages travel."""
    protocol = str(reader.get("protocol")).lower()
    return None if protocol in _TO_PEOPLE else protocol != "http"


def _confirmed(reader: Reader) -> Value:
    """Whether the owner of a mailbox or address has said yes; the answer stands in the state and the account."""
    if str(reader.get("protocol")).lower() not in ("email", "email-json", "http", "https"):
        return None
    pending = reader.get("pending_confirmation")
    if pending is not None:
        return not truth(pending)
    return Unknown("the owner of the address has to confirm it", Cause.OUTSIDE_SCAN)


def _endpoint(reader: Reader) -> Iterator[Value]:
    """The receiver of a subscription where it is a resource of AWS, and not someone's mailbox."""
    if str(reader.get("protocol")).lower() in ("sqs", "lambda", "firehose"):
        yield reader.peek("endpoint")


_RECEIVER = Join("endpoint", ("queue", "function", "stream"), values=_endpoint)


def _kms(path: str, mode: str) -> Extract:
    """Whether encryption by KMS is on (`mode` holds KMS) and its key is the customer's own."""
    return lambda reader: reader.get(mode) == "KMS" and own_key(reader.peek(path))


def _delivery_encrypted(reader: Reader) -> Value:
    """Firehose keeps what it buffers encrypted where it is asked to, or where its source is a stream, which then
    decides (Firehose Developer Guide, "Data protection")."""
    if written("kinesis_source_configuration")(reader):
        return None
    return flag("server_side_encryption.enabled")(reader)


def _delivery_key(reader: Reader) -> Value:
    return reader.get("server_side_encryption.key_type") == "CUSTOMER_MANAGED_CMK" and own_key(
        reader.peek("server_side_encryption.key_arn")
    )


def _delivery_targets(reader: Reader) -> Iterator[Value]:
    for kind in ("extended_s3", "s3"):
        for block in reader.blocks(f"{kind}_configuration"):
            yield block.peek("bucket_arn")


# Registries


def _expires(reader: Reader) -> Value:
    return some(reader.folded("aws_ecr_lifecycle_policy"), lambda _fold: True)


def _registry_key(reader: Reader) -> Value:
    return some(reader.blocks("encryption_configuration"), _names_key)


def _names_key(block: Reader) -> bool:
    return str(block.get("encryption_type")).startswith("KMS") and own_key(block.peek("kms_key"))


def _immutable(reader: Reader) -> Value:
    """IMMUTABLE with an exclusion filter leaves some tags movable."""
    return reader.get("image_tag_mutability", "MUTABLE") == "IMMUTABLE"


def _scanned(reader: Reader) -> Value:
    """Scans on push: by the repository's own setting, or by a rule of the registry for every repository."""
    return either(
        lambda: truth(reader.get("image_scanning_configuration.scan_on_push", False)),
        lambda: some(reader.folded("aws_ecr_registry_scanning_configuration"), _scans_all),
    )


def _scans_all(registry: Reader) -> bool:
    return some(registry.blocks("rule"), _rule_scans_all)


def _rule_scans_all(rule: Reader) -> bool:
    if rule.get("scan_frequency") not in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN"):
        return False
    return some(rule.blocks("repository_filter"), lambda each: each.get("filter") == "*")


_QUEUE = Row(
    "queue",
    {
        "encrypted": _queue_encrypted,
        "customer_key": customer_key("kms_master_key_id"),
        "placement": MANAGED,
        "public_access": public_policy(_QUEUE_POLICY),
        "statements": _QUEUE_POLICY,
    },
    {"encrypted_with": key_join("kms_master_key_id")},
    identity=("id", "arn", "url", "name"),
)

_TOPIC = Row(
    "topic",
    {
        "encrypted": _topic_encrypted,
        "customer_key": customer_key("kms_master_key_id"),
        "placement": MANAGED,
        "public_access": public_policy(_TOPIC_POLICY),
        "statements": _TOPIC_POLICY,
    },
    {"encrypted_with": key_join("kms_master_key_id")},
)

_SUBSCRIPTION = (
    Row(
        "subscription",
        {"encrypted": _subscription_encrypted, "confirmed": _confirmed},
        {"forwards_to": (_RECEIVER, Join("topic_arn", ("topic",), reverse=True))},
        name="endpoint",
    ),
    Edge("forwards_to", Join("topic_arn", ("topic",)), _RECEIVER),
)

_STREAM = Row(
    "stream",
    {
        # Kinesis encrypts only where it is asked to; clients reach it over TLS (Kinesis Developer Guide).
        "encrypted": equals("encryption_type", "KMS"),
        "customer_key": _kms("kms_key_id", "encryption_type"),
        "placement": MANAGED,
        "tls_required": TRUE,
        "public_access": FALSE,
    },
    {"encrypted_with": key_join("kms_key_id")},
)

_DELIVERY = Row(
    "stream",
    {
        "encrypted": _delivery_encrypted,
        "customer_key": _delivery_key,
        "placement": MANAGED,
        "tls_required": TRUE,
        "public_access": FALSE,
    },
    {
        "encrypted_with": key_join("server_side_encryption.key_arn"),
        "copied_to": Join("extended_s3_configuration", ("object_store",), values=_delivery_targets),
    },
)

_VIDEO = Row(
    "stream",
    {
        # Kinesis Video Streams always encrypts at rest (Kinesis Video Streams Developer Guide).
        "encrypted": TRUE,
        "customer_key": customer_key("kms_key_id"),
        "placement": MANAGED,
        "tls_required": TRUE,
        "public_access": FALSE,
    },
    {"encrypted_with": key_join("kms_key_id")},
)

_BROKER = Row(
    "stream",
    {
        # Amazon MQ always encrypts; its endpoints speak TLS only (Amazon MQ Developer Guide, "Data protection").
        "encrypted": TRUE,
        "customer_key": customer_key("encryption_options.kms_key_id"),
        "placement": MANAGED,
        "tls_required": TRUE,
        "public_access": flag("publicly_accessible"),
        "engine_release": engine_release("", named="engine_type"),
    },
    {
        "encrypted_with": key_join("encryption_options.kms_key_id"),
        "in_subnet": Join("subnet_ids", ("subnet",)),
        "uses": Join("security_groups", ("security_group",)),
    },
    identity=("arn", "id", "broker_name"),
    name="broker_name",
)


def _registry(
    key: Extract | Fixed,
    scanned: Extract | Fixed,
    open_: Extract | Fixed,
    policy: Extract,
    expires: Extract | Fixed = NONE,
) -> Row:
    return Row(
        "registry",
        {
            "encrypted": TRUE,  # ECR always encrypts at rest (ECR User Guide, "Encryption at rest")
            "customer_key": key,
            "placement": MANAGED,
            "immutable": _immutable,
            "scanned": scanned,
            "public_access": open_,
            "expires": expires,
            "statements": policy,
        },
        {"encrypted_with": key_join("encryption_configuration.kms_key")},
        identity=("name", "repository_name", "arn", "id", "repository_url"),
        name=lambda reader: reader.peek("name") or reader.peek("repository_name"),
    )


_OF_REPOSITORY = Fold(("aws_ecr_repository",), "repository")
_MAIL = Skip("sends mail and messages to people")
_BESIDE = Skip("has no data and decides nothing that rules ask")

TABLE: Table = {
    "aws_sqs_queue": _QUEUE,
    "aws_sqs_queue_policy": Fold(("aws_sqs_queue",), "queue_url"),
    "aws_sqs_queue_redrive_policy": Fold(("aws_sqs_queue",), "queue_url"),
    "aws_sqs_queue_redrive_allow_policy": Fold(("aws_sqs_queue",), "queue_url"),
    "data.aws_sqs_queue": Skip("a queue kept outside the configuration"),
    "aws_sns_topic": _TOPIC,
    "aws_sns_topic_policy": Fold(("aws_sns_topic",), "arn"),
    "aws_sns_topic_data_protection_policy": Fold(("aws_sns_topic",), "arn"),
    "aws_sns_topic_subscription": _SUBSCRIPTION,
    "aws_sns_platform_application": _BESIDE,
    "aws_sns_sms_preferences": _BESIDE,
    "data.aws_sns_topic": Skip("a topic kept outside the configuration"),
    "aws_kinesis_stream": _STREAM,
    "aws_kinesis_stream_consumer": Fold(("aws_kinesis_stream",), "stream_arn"),
    "aws_kinesis_resource_policy": Fold(("aws_kinesis_stream",), "resource_arn"),
    "aws_kinesis_firehose_delivery_stream": _DELIVERY,
    "aws_kinesis_video_stream": _VIDEO,
    "aws_kinesis_analytics_application": _BESIDE,
    "aws_kinesisanalyticsv2_application": _BESIDE,
    "aws_kinesisanalyticsv2_application_snapshot": _BESIDE,
    "data.aws_kinesis_stream": Skip("a stream kept outside the configuration"),
    "aws_mq_broker": _BROKER,
    "aws_mq_configuration": Fold(("aws_mq_broker",), "configuration.id", named=True),
    "data.aws_mq_broker": Skip("a broker kept outside the configuration"),
    "aws_ecr_repository": _registry(
        _registry_key, _scanned, public_policy(_REGISTRY_POLICY), _REGISTRY_POLICY, _expires
    ),
    # A public gallery is for everyone to pull from: that is what it is, and no fault. Its policy says who pushes.
    "aws_ecrpublic_repository": _registry(
        FALSE, FALSE, public_policy(_PUBLIC_REGISTRY_POLICY), _PUBLIC_REGISTRY_POLICY
    ),
    "aws_ecr_repository_policy": _OF_REPOSITORY,
    "aws_ecr_lifecycle_policy": _OF_REPOSITORY,
    "aws_ecrpublic_repository_policy": Fold(("aws_ecrpublic_repository",), "repository_name"),
    "aws_ecr_registry_scanning_configuration": Fold(("aws_ecr_repository",), "", scope="region"),
    "aws_ecr_registry_policy": _BESIDE,
    "aws_ecr_replication_configuration": _BESIDE,
    "aws_ecr_pull_through_cache_rule": _BESIDE,
    "aws_ecr_repository_creation_template": _BESIDE,
    "aws_ecr_account_setting": _BESIDE,
    "data.aws_ecr_repository": Skip("a registry kept outside the configuration"),
    "data.aws_ecr_image": Skip("a lookup"),
    "data.aws_ecr_lifecycle_policy_document": Skip("evaluated where its JSON is used"),
    "data.aws_ecr_authorization_token": Skip("a credential made while applying"),
    "data.aws_ecrpublic_authorization_token": Skip("a credential made while applying"),
    "aws_chatbot_slack_channel_configuration": _MAIL,
    "aws_chatbot_teams_channel_configuration": _MAIL,
    "aws_pinpoint_adm_channel": _MAIL,
    "aws_pinpoint_apns_channel": _MAIL,
    "aws_pinpoint_apns_sandbox_channel": _MAIL,
    "aws_pinpoint_apns_voip_channel": _MAIL,
    "aws_pinpoint_apns_voip_sandbox_channel": _MAIL,
    "aws_pinpoint_app": _MAIL,
    "aws_pinpoint_baidu_channel": _MAIL,
    "aws_pinpoint_email_channel": _MAIL,
    "aws_pinpoint_email_template": _MAIL,
    "aws_pinpoint_event_stream": _MAIL,
    "aws_pinpoint_gcm_channel": _MAIL,
    "aws_pinpoint_sms_channel": _MAIL,
    "aws_pinpointsmsvoicev2_configuration_set": _MAIL,
    "aws_pinpointsmsvoicev2_opt_out_list": _MAIL,
    "aws_pinpointsmsvoicev2_phone_number": _MAIL,
    "aws_ses_active_receipt_rule_set": _MAIL,
    "aws_ses_configuration_set": _MAIL,
    "aws_ses_domain_dkim": _MAIL,
    "aws_ses_domain_identity": _MAIL,
    "aws_ses_domain_identity_verification": _MAIL,
    "aws_ses_domain_mail_from": _MAIL,
    "aws_ses_email_identity": _MAIL,
    "aws_ses_event_destination": _MAIL,
    "aws_ses_identity_notification_topic": _MAIL,
    "aws_ses_identity_policy": _MAIL,
    "aws_ses_receipt_filter": _MAIL,
    "aws_ses_receipt_rule": _MAIL,
    "aws_ses_receipt_rule_set": _MAIL,
    "aws_ses_template": _MAIL,
    "aws_sesv2_account_suppression_attributes": _MAIL,
    "aws_sesv2_account_vdm_attributes": _MAIL,
    "aws_sesv2_configuration_set": _MAIL,
    "aws_sesv2_configuration_set_event_destination": _MAIL,
    "aws_sesv2_contact_list": _MAIL,
    "aws_sesv2_dedicated_ip_assignment": _MAIL,
    "aws_sesv2_dedicated_ip_pool": _MAIL,
    "aws_sesv2_email_identity": _MAIL,
    "aws_sesv2_email_identity_feedback_attributes": _MAIL,
    "aws_sesv2_email_identity_mail_from_attributes": _MAIL,
    "aws_sesv2_email_identity_policy": _MAIL,
    **kafka.TABLE,
}
