"""Domain whose registration ends soon, or has ended."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

# Registrars that renew by themselves do so earlier than this; what is left a month before has not been renewed.
DAYS = 30


@rule(
    severity=Severity.HIGH,
    selects=("domain", "dns_zone"),
    message="{node} {becomes}",
    controls={
        "reference-model": ["billing/domains"],
        "nist-800-53": ["CM-3", "SC-20"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["BIL-010"],
        "prowler": ["route53_domains_autorenew_enabled"],
    },
)
def check(name: Node) -> Iterator[Match]:
    """Whoever registers it next has its mail, its certificates and every login that is reset by mail. A live
    account tells the end of what it has registered; of other domains the registry's answer does, from a file
    that `[registry]` of layerproof.toml names as `rdap`.

    ## Remedy
    Renew it, for several years where that can be had, and find out why its registrar has not: a card that has
    expired, a contact that nobody reads.
    """
    days = name["expires_days"]
    if isinstance(days, int) and days < DAYS:
        left = "1 day" if days == 1 else f"{days} days" if days else "less than a day"
        yield Match(name, values={"becomes": "has expired" if days < 0 else f"expires in {left}"})
