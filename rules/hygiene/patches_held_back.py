"""Plan for patches that lets none in."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

# Days that a fix may wait: critical ones are asked for within a month (PCI DSS 4.0.1, 6.3.3).
LONGEST = 30


@rule(
    severity=Severity.MEDIUM,
    selects="patch_plan",
    message="{node} {what}",
    controls={
        "reference-model": ["security/patching"],
        "nist-800-53": ["SI-2", "SI-2(2)", "SI-2(5)"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["ZT6-002"],
        "prowler": ["ssm_managed_compliant_patching"],
    },
)
def check(plan: Node) -> Iterator[Match]:
    """It looks as if machines were kept up to date, and fixes wait for someone who remembers them while the holes
    are known to everybody.

    ## Remedy
    Approve security fixes by rule after a few days, and let a window that is switched on install them.
    """
    if plan["active"] is False:
        yield Match(plan, "active", values={"what": "is switched off: what it installs waits"})
    elif plan["approves"] is False:
        yield Match(plan, "approves", values={"what": "lets in no fix that is yet to come"})
    elif plan["approve_days"] is not None and plan["approve_days"] > LONGEST:
        what = f"lets fixes in after {plan['approve_days']} days"
        yield Match(plan, "approve_days", values={"what": what}, severity=Severity.LOW)
