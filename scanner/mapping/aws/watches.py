"""Which events of security a pattern over recorded calls looks for.

The words are those of the alarms that the CIS benchmark for AWS asks for, and of sign-in and account changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from scanner.hcl.partial import decoded
from scanner.mapping.extract import elements
from scanner.mapping.reader import Reader
from scanner.model.value import Undetermined, Unknown, Value

# What in a filter's text tells what it looks for: names of calls and fields of CloudTrail.
_SIGNS = (
    ("use of the root user", r"userIdentity\.type\s*=\s*\"?Root"),
    ("sign-in without a second factor", r"MFAUsed"),
    ("failed sign-in", r"Failed authentication"),
    ("refused calls", r"AccessDenied|UnauthorizedOperation"),
    ("changes of permissions", r"AttachRolePolicy|PutRolePolicy|CreatePolicyVersion"),
    ("changes of the audit trail", r"StopLogging|DeleteTrail"),
    ("loss of keys", r"DisableKey|ScheduleKeyDeletion"),
    ("changes of bucket policies", r"PutBucketPolicy|DeleteBucketPolicy"),
    ("changes of the configuration recorder", r"StopConfigurationRecorder|DeleteDeliveryChannel"),
    ("changes of security groups", r"AuthorizeSecurityGroupIngress"),
    ("changes of network access lists", r"CreateNetworkAcl|ReplaceNetworkAclEntry"),
    ("changes of gateways", r"AttachInternetGateway|CreateCustomerGateway"),
    ("changes of routes", r"CreateRoute\b|ReplaceRoute\b"),
    ("changes of networks", r"DeleteVpc\b|ModifyVpcAttribute"),
    ("changes of the organization", r"organizations\.amazonaws\.com"),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _SIGNS)
SIGN_IN = "sign-in"
_SOURCES = {
    "iam.amazonaws.com": "changes of permissions",
    "organizations.amazonaws.com": "changes of the organization",
    "account.amazonaws.com": "changes of the account",
    "cloudtrail.amazonaws.com": "changes of the audit trail",
}


def by_filter(reader: Reader) -> Value:
    """What a metric filter's pattern looks for."""
    pattern = str(reader.get("pattern", ""))
    return [name for name, sign in _PATTERNS if sign.search(pattern)]


def by_event(reader: Reader) -> Value:
    """What an event pattern over console sign-ins or recorded calls looks for."""
    pattern = decoded(reader.peek("event_pattern"))
    if pattern is None:
        return []
    if isinstance(pattern, str):
        try:
            pattern = json.loads(pattern)
        except ValueError:
            return []
    if isinstance(pattern, Unknown):
        raise Undetermined(pattern)
    return list(dict.fromkeys(_in_pattern(pattern))) if isinstance(pattern, dict) else []


def _in_pattern(pattern: dict[str, Value]) -> Iterator[Value]:
    types = [str(each) for each in elements(pattern.get("detail-type")) if not isinstance(each, Unknown)]
    detail = pattern.get("detail")
    detail = detail if isinstance(detail, dict) else {}
    identity = detail.get("userIdentity")
    kinds = elements(identity.get("type")) if isinstance(identity, dict) else []
    if "AWS Console Sign In via CloudTrail" in types:
        yield SIGN_IN
    if "Root" in [each for each in kinds if isinstance(each, str)]:
        yield "use of the root user"
    if "AWS API Call via CloudTrail" in types:
        for source in elements(detail.get("eventSource")):
            if isinstance(source, str) and source in _SOURCES:
                yield _SOURCES[source]


def measure(namespace: Value, name: Value) -> Value:
    """The name by which a filter and the alarm on its measure find each other."""
    for each in (name, namespace):
        if isinstance(each, Unknown):
            return each
    return f"metric {namespace}/{name}"
