"""What live listings are called by rules: which listing of which service tells all of something.

A rule that judges the absence of a thing asks whether it was listed to the end (`scanner.rule.unlisted`). The
words are ours; types are those of the graph's `unread`, of AWS's services.
"""

from __future__ import annotations

from collections.abc import Mapping

LISTINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "contacts": ("account", ("aws_account_alternate_contact",)),
    "guardrail attachments": ("organizations", ("aws_organizations_policy_attachment",)),
    "guardrails": ("organizations", ("aws_organizations_policy",)),
    "hole scanners": ("inspector2", ("aws_inspector2_enabler",)),
    "images": ("ec2", ("aws_ami",)),
    "names": ("route53", ("aws_route53_record",)),
    "organizations": ("organizations", ("aws_organizations_organization",)),
    "password policies": ("iam", ("aws_iam_account_password_policy",)),
    "tag policies": ("organizations", ("aws_organizations_tag_policy",)),
    "threat detectors": ("guardduty", ("aws_guardduty_detector",)),
    "trails": ("cloudtrail", ("aws_cloudtrail",)),
    "users": ("iam", ("aws_iam_user", "aws_iam_user_login_profile")),
    "virtual factors": ("iam", ("aws_iam_virtual_mfa_device",)),
    "volumes": ("ec2", ("aws_ebs_volume",)),
}
