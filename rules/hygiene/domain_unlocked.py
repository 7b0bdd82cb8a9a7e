"""Domain that its registry lets anyone transfer."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("domain", "dns_zone"),
    message="{node} can be transferred: its registry shows no lock",
    controls={
        "reference-model": ["billing/domains"],
        "nist-800-53": ["CM-3", "SC-20"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["BIL-009"],
        "prowler": ["route53_domains_transferlock_enabled"],
    },
)
def check(name: Node) -> Iterator[Match]:
    """A stolen code or a talked-over registrar moves it, whatever the code of the infrastructure asks for: only
    what the registry shows is in force. Its answer comes from a file that `[registry]` of layerproof.toml names
    as `rdap`.

    ## Remedy
    Have the registrar set clientTransferProhibited, or the registry its own lock. Where the top-level domain knows
    neither, ignore this with that reason.
    """
    told = name.kind == "domain" and name.peek("transfer_locked") is False  # hygiene/domain-unprotected says it
    if not told and name["registry_locked"] is False:
        yield Match(name)
