"""AWS accounts and what is paid for: organizations, guardrails, passwords, budgets, domains."""

from __future__ import annotations

from scanner.mapping.aws.guards import guard
from scanner.mapping.aws.inherited import held_in, tag_keys
from scanner.mapping.aws.policy import statements_of
from scanner.mapping.extract import NONE, TRUE, equals, flag, number, strings, whole
from scanner.mapping.reader import Reader
from scanner.mapping.table import Edge, Fixed, Fold, Join, Part, Row, Skip, Table
from scanner.model.logic import every, some
from scanner.model.value import Cause, Undetermined, Unknown, Value

_PRIVACY = ("admin_privacy", "registrant_privacy", "tech_privacy", "billing_privacy")


def _has_any(reader: Reader, *paths: str) -> bool:
    """Whether a list at one of the paths has an element, known or not."""
    return some(paths, lambda path: bool(reader.get(path)))


def _budget_limit(reader: Reader) -> Value:
    amount = reader.get("limit_amount")
    return whole(amount if amount is not None else reader.get("planned_limit.amount"))


def _budget_notified(reader: Reader) -> Value:
    lists = ("subscriber_email_addresses", "subscriber_sns_topic_arns")
    return some(reader.blocks("notification"), lambda block: _has_any(block, *lists))


def _anomaly_notified(reader: Reader) -> Value:
    subscriptions = reader.folded("aws_ce_anomaly_subscription")
    return some(subscriptions, lambda each: some(each.blocks("subscriber"), lambda _subscriber: True))


def _reuse_prevented(reader: Reader) -> Value:
    return bool(whole(reader.get("password_reuse_prevention", 0)))


def _maximum_age(reader: Reader) -> Value:
    """0 means that passwords do not expire (IAM API, UpdateAccountPasswordPolicy)."""
    return whole(reader.get("max_password_age", 0)) or None


_ACCOUNT = Row(
    "account",
    {"email": "email", "parent": "parent_id", "guardable": TRUE},
    {"member_of": Join("parent_id", ("organization",))},
)

_PASSWORDS = Row(
    "password_policy",
    {
        "minimum_length": number("minimum_password_length", 6),  # IAM API, UpdateAccountPasswordPolicy
        "reuse_prevented": _reuse_prevented,
        "maximum_age_days": _maximum_age,
    },
    name=lambda _reader: "account password policy",
)


def _expires(reader: Reader) -> Value:
    """States and live accounts tell it; code cannot."""
    told = reader.get("expiration_date")
    if told is None:
        raise Undetermined(Unknown("its registrar fixes the end", Cause.PROVIDER_COMPUTED))
    return told


_DOMAIN = Row(
    "domain",
    {
        # True unless told otherwise (provider documentation of aws_route53domains_registered_domain).
        "transfer_locked": flag("transfer_lock", absent=True),
        "auto_renewed": flag("auto_renew", absent=True),
        "expires": _expires,
        "private": lambda reader: every(_PRIVACY, lambda path: flag(path, absent=True)(reader)),
    },
    identity=("domain_name",),
    name="domain_name",
)

_UNIT = Row(
    "organization",
    {"all_features": NONE},  # a property of the organization above it
    {"member_of": Join("parent_id", ("organization",))},
)

# What a policy of each type limits (Organizations API, CreatePolicy); other types hold no statements.
_LIMITS = {"SERVICE_CONTROL_POLICY": "principals", "RESOURCE_CONTROL_POLICY": "resources"}


def _limits(reader: Reader) -> Value:
    return _LIMITS.get(str(reader.get("type", "SERVICE_CONTROL_POLICY")))


def _guarding(reader: Reader) -> Value:
    return statements_of("content")(reader) if _limits(reader) else []


# What a backup policy does in accounts where its text cannot be read (`inherited` makes plans of it otherwise).
_INHERITED = Unknown("a backup policy of the organization may select it", Cause.OUTSIDE_SCAN)
_BACKUPS = Part(
    Row(
        "backup_plan",
        {
            "scheduled": Fixed(_INHERITED),
            "copied": Fixed(_INHERITED),
            "keep_days": Fixed(_INHERITED),
            "rules": Fixed([_INHERITED]),
            "selections": Fixed([_INHERITED]),
            "opted_in": NONE,
            "managed": NONE,
        },
        identity=(),
    ),
    "backups",
    when=lambda reader: (
        reader.get("type", "SERVICE_CONTROL_POLICY") == "BACKUP_POLICY" and held_in(reader.peek("content")) is None
    ),
)


def _tag_keys(reader: Reader) -> Value:
    return tag_keys(reader.get("content")) if reader.get("type", "SERVICE_CONTROL_POLICY") == "TAG_POLICY" else []


_GUARDRAIL = Row(
    "guardrail", {"statements": _guarding, "limits": _limits, "tag_keys": _tag_keys}, parts=(_BACKUPS,)
)


def _receivers(reader: Reader) -> Value:
    return [each.peek("principal") for each in reader.folded("aws_ram_principal_association")]


_SHARE = Row(
    "share",
    # provider documentation of aws_ram_resource_share: false unless told otherwise
    {"receivers": _receivers, "external": flag("allow_external_principals")},
)

_SETTINGS = Skip("a setting of the account that no rule reads")

TABLE: Table = {
    "aws_organizations_account": _ACCOUNT,
    "aws_organizations_organization": Row(
        "organization",
        {
            "all_features": equals("feature_set", "ALL", default="ALL"),
            "management_account": lambda reader: reader.get("master_account_id"),
        },
        identity=("id", "arn", "name", "roots.id"),
        name=lambda _reader: "organization",
    ),
    "aws_organizations_organizational_unit": _UNIT,
    "aws_organizations_policy": _GUARDRAIL,
    # listed by itself when an account is read; Terraform has one type for all policies
    "aws_organizations_tag_policy": _GUARDRAIL,
    "aws_organizations_policy_attachment": Edge(
        "filters", Join("policy_id", ("guardrail",)), Join("target_id", ("account", "organization"))
    ),
    "aws_organizations_delegated_administrator": _SETTINGS,
    "aws_organizations_resource_policy": _SETTINGS,
    "aws_iam_organizations_features": guard(
        "passwords and keys of root users in the organization's accounts",
        lambda reader: "RootCredentialsManagement" in strings("enabled_features")(reader),
    ),
    "data.aws_organizations_organization": Skip("an organization kept outside the configuration"),
    "data.aws_organizations_organizational_units": Skip("a lookup"),
    "aws_controltower_control": _SETTINGS,
    "aws_controltower_landing_zone": _SETTINGS,
    "aws_servicequotas_service_quota": _SETTINGS,
    "aws_iam_account_alias": _SETTINGS,
    "aws_iam_account_password_policy": _PASSWORDS,
    "aws_account_primary_contact": _SETTINGS,
    "aws_account_region": _SETTINGS,
    "aws_budgets_budget": Row("budget", {"limit": _budget_limit, "notified": _budget_notified}),
    "aws_budgets_budget_action": Skip("what happens when a budget is spent"),
    "aws_ce_anomaly_monitor": Row("cost_alert", {"notified": _anomaly_notified}),
    "aws_ce_anomaly_subscription": Fold(("aws_ce_anomaly_monitor",), "monitor_arn_list"),
    "aws_ce_cost_category": _SETTINGS,
    "aws_cur_report_definition": _SETTINGS,
    "aws_bcmdataexports_export": _SETTINGS,
    "aws_route53domains_registered_domain": _DOMAIN,
    "aws_route53domains_domain": _DOMAIN,
    "aws_route53domains_delegation_signer_record": Fold(
        ("aws_route53domains_registered_domain", "aws_route53domains_domain"), "domain_name"
    ),
    "aws_licensemanager_license_configuration": _SETTINGS,
    "aws_servicecatalog_portfolio": _SETTINGS,
    "aws_servicecatalog_product": _SETTINGS,
    "aws_ram_resource_share": _SHARE,
    "aws_ram_resource_association": Edge("shares", Join("resource_share_arn", ("share",)), Join("resource_arn")),
    "aws_ram_principal_association": Fold(("aws_ram_resource_share",), "resource_share_arn"),
    "aws_ram_resource_share_accepter": Skip("a receiver of a share"),
    "data.aws_caller_identity": Skip("a constant of the account"),
    "data.aws_partition": Skip("a constant of the account"),
    "data.aws_region": Skip("a constant of the account"),
    "data.aws_regions": Skip("a lookup"),
    "data.aws_service_principal": Skip("a constant of the account"),
    "data.aws_default_tags": Skip("a constant of the provider"),
    "data.aws_arn": Skip("a computed value"),
    "data.aws_billing_service_account": Skip("a constant of the region"),
    "aws_computeoptimizer_enrollment_status": _SETTINGS,
    "aws_computeoptimizer_recommendation_preferences": _SETTINGS,
    "aws_costoptimizationhub_enrollment_status": _SETTINGS,
    "aws_costoptimizationhub_preferences": _SETTINGS,
    "aws_licensemanager_association": _SETTINGS,
    "aws_licensemanager_grant": _SETTINGS,
    "aws_licensemanager_grant_accepter": _SETTINGS,
    "aws_ram_sharing_with_organization": _SETTINGS,
    "aws_resourceexplorer2_index": _SETTINGS,
    "aws_resourceexplorer2_view": _SETTINGS,
    "aws_resourcegroups_resource": _SETTINGS,
    "aws_servicecatalog_budget_resource_association": _SETTINGS,
    "aws_servicecatalog_constraint": _SETTINGS,
    "aws_servicecatalog_organizations_access": _SETTINGS,
    "aws_servicecatalog_portfolio_share": _SETTINGS,
    "aws_servicecatalog_principal_portfolio_association": _SETTINGS,
    "aws_servicecatalog_product_portfolio_association": _SETTINGS,
    "aws_servicecatalog_provisioned_product": _SETTINGS,
    "aws_servicecatalog_provisioning_artifact": _SETTINGS,
    "aws_servicecatalog_service_action": _SETTINGS,
    "aws_servicecatalog_tag_option": _SETTINGS,
    "aws_servicecatalog_tag_option_resource_association": _SETTINGS,
    "aws_servicecatalogappregistry_attribute_group": _SETTINGS,
    "aws_servicecatalogappregistry_attribute_group_association": _SETTINGS,
    "aws_servicequotas_template": _SETTINGS,
    "aws_servicequotas_template_association": _SETTINGS,
}
