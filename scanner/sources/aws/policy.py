"""The least that the collector needs, made from the registry: as JSON, for Terraform, for CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from scanner.sources.aws.registry import OWN, operations

# Of our actions, what the AWS managed policies SecurityAudit and ViewOnlyAccess do not allow (a test computes it
# from their texts of 2026-09).
_BEYOND = (
    "account:GetContactInformation",
    "account:ListRegions",
    "backup:GetRestoreTestingSelection",
    "backup:ListRestoreTestingPlans",
    "backup:ListRestoreTestingSelections",
    "budgets:ViewBudget",
    "ce:GetAnomalyMonitors",
    "ce:GetAnomalySubscriptions",
    "ce:ListCostAllocationTags",
    "docdb-elastic:GetCluster",
    "docdb-elastic:ListClusterSnapshots",
    "docdb-elastic:ListTagsForResource",
    "macie2:GetMacieSession",
    "memorydb:DescribeSnapshots",
    "rbin:ListRules",
    "redshift-serverless:ListNamespaces",
    "redshift-serverless:ListSnapshotCopyConfigurations",
    "timestream:DescribeEndpoints",
    "timestream:ListDatabases",
    "timestream:ListTables",
    "timestream:ListTagsForResource",
    "vpc-lattice:GetListener",
    "vpc-lattice:GetService",
    "vpc-lattice:GetServiceNetworkVpcAssociation",
    "vpc-lattice:ListListeners",
    "vpc-lattice:ListServiceNetworkServiceAssociations",
    "vpc-lattice:ListServiceNetworkVpcAssociations",
    "vpc-lattice:ListServiceNetworks",
    "vpc-lattice:ListServices",
    "vpc-lattice:ListTargetGroups",
    "vpc-lattice:ListTargets",
)

# Actions that would read more than we ask for if they were allowed on everything (API Gateway has one action for
# all of its reading, keys of clients included).
_NARROWED = {
    "apigateway:GET": [
        "arn:aws*:apigateway:*::/restapis*",
        "arn:aws*:apigateway:*::/apis*",
        "arn:aws*:apigateway:*::/domainnames*",
    ]
}
MOST_CHARACTERS = 10_240  # of a role's inline policies together, without white space (IAM quotas)


def actions() -> list[str]:
    """Every IAM action that collecting may use, in order; AssumeRole is not among them."""
    own = {action for _, _, action in OWN if action}
    return sorted(({action for _, _, action in operations()} | own) - {"sts:AssumeRole"})


def document(writes: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """The policy: those actions on everything, since listing knows no resource beforehand.

    `writes` are actions of exports that were asked for by name, each with its resources. It is too long for a
    managed policy (6,144 characters) and fits a role's own inline policy.
    """
    plain = [action for action in actions() if action not in _NARROWED]
    statements: list[dict[str, Any]] = [
        {"Sid": "LayerproofReads", "Effect": "Allow", "Action": plain, "Resource": "*"}
    ]
    for number, (action, resources) in enumerate(_NARROWED.items()):
        sid = f"LayerproofReadsSome{number}"
        statements.append({"Sid": sid, "Effect": "Allow", "Action": [action], "Resource": resources})
    for number, (action, where) in enumerate(sorted((writes or {}).items())):
        sid = f"LayerproofWrites{number}"
        statements.append({"Sid": sid, "Effect": "Allow", "Action": [action], "Resource": list(where)})
    return {"Version": "2012-10-17", "Statement": statements}


def beyond_managed() -> list[str]:
    """What a session policy must add to SecurityAudit and ViewOnlyAccess."""
    return list(_BEYOND)


def printed(form: str, writes: Mapping[str, Sequence[str]] | None = None) -> str:
    """The policy as text, by form: json, terraform or cloudformation; with what exports write."""
    return {"json": _json, "terraform": _terraform, "cloudformation": _cloudformation}[form](document(writes))


def _json(policy: Mapping[str, Any]) -> str:
    return json.dumps(policy, indent=2) + "\n"


def _terraform(policy: Mapping[str, Any]) -> str:
    statements = "".join(_terraform_statement(each) for each in policy["Statement"])
    return _TERRAFORM.replace("@STATEMENTS@", statements)


def _terraform_statement(statement: dict[str, Any]) -> str:
    def listed(values: str | list[str]) -> str:
        return "".join(f'      "{each}",\n' for each in ([values] if isinstance(values, str) else values))

    return (
        f'\n  statement {{\n    sid = "{statement["Sid"]}"\n'
        f"    actions = [\n{listed(statement['Action'])}    ]\n"
        f"    resources = [\n{listed(statement['Resource'])}    ]\n  }}\n"
    )


def _cloudformation(policy: Mapping[str, Any]) -> str:
    return _CLOUDFORMATION.replace("@POLICY@", json.dumps(policy, indent=2).replace("\n", "\n            "))


_TERRAFORM = """\
# The role that layerproof audits with: it lists and describes, and reads no data. Apply it in every account.
variable "layerproof_principal_arns" {
  description = "Who may take the role: the ARN of the identity that runs the audit."
  type        = list(string)
}

variable "layerproof_external_id" {
  description = "A secret word that the audit must name (--external-id)."
  type        = string
  sensitive   = true
}

data "aws_iam_policy_document" "layerproof_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.layerproof_principal_arns
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.layerproof_external_id]
    }
  }
}

data "aws_iam_policy_document" "layerproof_reads" {@STATEMENTS@}

resource "aws_iam_role" "layerproof_audit" {
  name                 = "layerproof-audit"
  description          = "Read-only collection by layerproof"
  assume_role_policy   = data.aws_iam_policy_document.layerproof_trust.json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "layerproof_reads" {
  name   = "layerproof-reads"
  role   = aws_iam_role.layerproof_audit.name
  policy = data.aws_iam_policy_document.layerproof_reads.minified_json
}

output "layerproof_role_arn" {
  value = aws_iam_role.layerproof_audit.arn
}
"""

_CLOUDFORMATION = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: The role that layerproof audits with; it lists and describes, and reads no data.
Parameters:
  PrincipalArn:
    Type: String
    Description: The ARN of the identity that runs the audit.
  ExternalId:
    Type: String
    NoEcho: true
    Description: A secret word that the audit must name (--external-id).
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: layerproof-audit
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Ref PrincipalArn}
            Action: sts:AssumeRole
            Condition:
              StringEquals: {"sts:ExternalId": !Ref ExternalId}
      Policies:
        - PolicyName: layerproof-reads
          PolicyDocument:
            @POLICY@
Outputs:
  RoleArn:
    Value: !GetAtt Role.Arn
"""
