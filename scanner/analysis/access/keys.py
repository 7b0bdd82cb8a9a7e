"""Condition keys that every service knows, and the types of values that operators compare with.

Source: IAM User Guide, "AWS global condition context keys" (2026-10) and "IAM JSON policy elements: Condition
operators".
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from scanner.analysis.access.comparisons import FAMILIES, moment, number

_NAMES = """
AssumedRoot CalledVia CalledViaFirst CalledViaLast CalledViaAWSMCP ChatbotSourceArn CurrentTime
Ec2InstanceSourcePrivateIPv4 Ec2InstanceSourceVpc EpochTime FederatedProvider FunctionArn IsMcpServiceAction
LinkedAccountId MultiFactorAuthAge MultiFactorAuthPresent PrincipalAccount PrincipalArn PrincipalIsAWSService
PrincipalOrgID PrincipalOrgPaths PrincipalServiceName PrincipalServiceNamesList PrincipalType Referer
RequestedRegion ResourceAccount ResourceOrgID ResourceOrgPaths RoleSessionName SecureTransport SignInSessionArn
SourceAccount SourceArn SourceIdentity SourceIp SourceOrgID SourceOrgPaths SourceOwner SourceVpc SourceVpcArn
SourceVpce TagKeys TokenIssueTime UserAgent UserId Username ViaAWSMCPService ViaAWSService VpceAccount VpceOrgID
VpceOrgPaths VpcSourceIp
"""
GLOBAL = frozenset(f"aws:{name.lower()}" for name in _NAMES.split())
_TAGS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")


def is_global(key: str) -> bool:
    """Whether a key of `aws:` is one that AWS documents."""
    return key.lower() in GLOBAL or key.lower().startswith(_TAGS)


def misfit(operator: str, value: Any) -> str:
    """What an operator compares with, where a value is none of these; "" where it is."""
    name = operator.lower().rpartition(":")[2].removesuffix("ifexists")
    family = FAMILIES.get(name, ("", False))[0]
    text = str(value).strip()
    if "${" in text:
        return ""
    if family.startswith("number"):
        return "numbers" if number(text) is None else ""
    if family.startswith("date"):
        return "dates" if moment(text) is None else ""
    if family in ("bool", "null"):
        return "true or false" if text.lower() not in ("true", "false") else ""
    return "addresses" if family == "ip" and not _is_network(text) else ""


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
