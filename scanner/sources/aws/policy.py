"""The least that the collector needs, made from the registry: as JSON, for Terraform, for CloudFormation."""

from __future__ import annotations

import json
from typing import Any

from scanner.sources.aws.registry import OWN, operations

# Of our actions, what the AWS managed policies SecurityAudit and ViewOnlyAccess do not allow (versions of
# 2026-05; a test computes it from their texts).
_BEYOND: tuple[str, ...] = ()


def actions() -> list[str]:
    """Every IAM action that collecting may use, in order; AssumeRole is not among them."""
    own = {action for _, _, action in OWN if action}
    return sorted(({action for _, _, action in operations()} | own) - {"sts:AssumeRole"})


def document() -> dict[str, Any]:
    """The policy: those actions on everything, since listing knows no resource beforehand."""
    statement = {"Sid": "LayerproofReads", "Effect": "Allow", "Action": actions(), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def beyond_managed() -> list[str]:
    """What a session policy must add to SecurityAudit and ViewOnlyAccess."""
    return list(_BEYOND) or ["sts:GetCallerIdentity"]


def printed(form: str) -> str:
    """The policy as text, by form: json, terraform or cloudformation."""
    return {"json": _json, "terraform": _terraform, "cloudformation": _cloudformation}[form]()


def _json() -> str:
    return json.dumps(document(), indent=2) + "\n"


def _terraform() -> str:
    listed = "".join(f'      "{action}",\n' for action in actions())
    return _TERRAFORM.replace("@ACTIONS@", listed)


def _cloudformation() -> str:
    listed = "".join(f"                  - {action}\n" for action in actions())
    return _CLOUDFORMATION.replace("@ACTIONS@", listed)


_TERRAFORM = '''\
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

data "aws_iam_policy_document" "layerproof_reads" {
  statement {
    sid       = "LayerproofReads"
    resources = ["*"]
    actions = [
@ACTIONS@    ]
  }
}

resource "aws_iam_role" "layerproof_audit" {
  name                 = "layerproof-audit"
  description          = "Read-only collection by layerproof"
  assume_role_policy   = data.aws_iam_policy_document.layerproof_trust.json
  max_session_duration = 3600
}

resource "aws_iam_policy" "layerproof_reads" {
  name   = "layerproof-reads"
  policy = data.aws_iam_policy_document.layerproof_reads.json
}

resource "aws_iam_role_policy_attachment" "layerproof_reads" {
  role       = aws_iam_role.layerproof_audit.name
  policy_arn = aws_iam_policy.layerproof_reads.arn
}

output "layerproof_role_arn" {
  value = aws_iam_role.layerproof_audit.arn
}
'''

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
      ManagedPolicyArns:
        - !Ref Reads
  Reads:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: layerproof-reads
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: LayerproofReads
            Effect: Allow
            Resource: "*"
            Action:
@ACTIONS@Outputs:
  RoleArn:
    Value: !GetAtt Role.Arn
"""
