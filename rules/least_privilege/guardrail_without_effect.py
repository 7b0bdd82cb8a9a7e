"""Guardrail that holds nobody back."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, narrows, rule, some, text, unlisted

_OWN = ("FullAWSAccess", "RCPFullAWSAccess")  # AWS attaches them itself; the others stand beside them


@rule(
    severity=Severity.LOW,
    selects="guardrail",
    message="{node} holds nobody back: it {why}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "CM-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005", "PRV-007"],
    },
)
def check(guardrail: Node) -> Iterator[Match]:
    """Whoever reads its name believes that something is forbidden. A policy of an organization forbids only by a
    Deny, or by allowing less than everything, and only where it is attached: to the root, a unit or an account.
    Code may attach it elsewhere; an account that was read live tells.

    ## Remedy
    Attach it, deny in it what no account may do, or delete it.
    """
    if guardrail["limits"] is None or text(guardrail["name"]) in _OWN:
        return
    if not some(guardrail["statements"], narrows):
        yield Match(guardrail, "statements", values={"why": "denies nothing, and allows everything"})
    elif guardrail.id.startswith("aws:") and not some(guardrail.out("filters"), lambda _: True):
        why = unlisted(guardrail, "guardrail attachments")
        if why is not None:
            raise Undetermined(why)
        yield Match(guardrail, values={"why": "is attached to nothing"})
